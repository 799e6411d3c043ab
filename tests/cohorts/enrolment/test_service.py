"""What the verbs of enrolment write down."""

from datetime import datetime
from typing import Any

import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.outbox import rendering
from academy.outbox.tables import Message
from academy.people.tables import EmailAddress
from academy.settings import Settings
from cohorts.enrolment import queries, service
from cohorts.enrolment.tables import EnrolmentChange
from cohorts.enrolment.tables import EnrolmentStatus as S
from tests.cohorts.enrolment.verbs import DAY, HOUR, enrol, register, themself
from tests.support import makers


async def test_every_step_has_its_history_and_its_line_in_the_audit_trail(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    made = await register(cohort, "Ana", now)
    await service.confirm(made.enrolment, now=now + HOUR)
    await service.withdraw(made.enrolment, reason="Ill", actor=await themself(made), now=now + 2 * HOUR)

    history = await EnrolmentChange.select().order_by(EnrolmentChange.at)
    assert [(each["from_status"], each["to_status"], each["reason"]) for each in history] == [
        ("", "offered", ""),
        ("offered", "enrolled", ""),
        ("enrolled", "withdrawn", "Ill"),
    ]
    trail = await Entry.select().where(Entry.verb.like("enrolment.%")).order_by(Entry.at)
    assert [(each["verb"], each["actor_name"], each["about_id"]) for each in trail] == [
        ("enrolment.register", "Registration page", cohort),
        ("enrolment.confirm", "Ana", cohort),
        ("enrolment.withdraw", "Themself", cohort),
    ]


async def test_every_mail_that_we_queue_can_be_written(database: room.Engine, now: datetime) -> None:
    """A mail whose values do not fit its template would fail only when it is sent."""
    cohort = await makers.a_cohort(capacity=1, sessions=2, now=now)
    offered = await register(cohort, "Ana", now)
    waiting = await register(cohort, "Bea", now)
    await register(cohort, "Cem", now)
    await service.confirm(offered.enrolment, now=now)
    await service.confirm(waiting.enrolment, now=now)
    await register(cohort, "Ana", now + HOUR)
    await service.withdraw(offered.enrolment, reason="Ill", actor=ACADEMY, now=now + HOUR)
    await service.release_unconfirmed(now + DAY)
    await service.cancel_cohort(cohort, reason="Too few.", actor=ACADEMY, now=now + DAY)

    rows = await Message.select()
    head = rendering.letterhead(Settings(base_url="https://academy.example.org"))
    written = {row["kind"]: rendering.letter(row, head) for row in rows}

    assert sorted(written) == [
        "already-registered",
        "cohort-cancelled",
        "confirm-registration",
        "moved-up",
        "place-withdrawn",
        "registration-confirmed",
        "registration-expired",
        "session-cancelled",
        "session-invite",
        "waiting-list-joined",
        "withdrawn-by-coordinator",
    ]
    link = f"https://academy.example.org{service.manage_path(offered.enrolment)}"
    assert link in written["registration-confirmed"].text


async def test_the_roster_takes_one_query_for_one_and_for_three_people(
    database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    original = type(database).run

    async def counted(self: room.Engine, sql: str, *rest: Any, **more: Any) -> Any:
        asked.append(sql)
        return await original(self, sql, *rest, **more)

    counts = []
    for people_in in (1, 3):
        cohort = await makers.a_cohort(now=now)
        for _ in range(people_in):
            await enrol(cohort, now)
        asked.clear()
        monkeypatch.setattr(type(database), "run", counted)
        found = await queries.roster(cohort)
        monkeypatch.undo()
        counts.append((len(found), len(asked)))

    assert counts == [(1, 1), (3, 1)]


async def test_counts_of_several_cohorts_come_together(database: room.Engine, now: datetime) -> None:
    one, other = await makers.a_cohort(capacity=1, now=now), await makers.a_cohort(now=now)
    await enrol(one, now)
    await enrol(one, now)
    await register(other, "Ana", now)

    found = await queries.counts([one, other])

    assert [(each.enrolled, each.offered, each.waiting, each.taken) for each in (found[one], found[other])] == [
        (1, 0, 1, 1),
        (0, 1, 0, 1),
    ]
    assert await queries.counts([]) == {}


async def test_a_person_sees_their_own_enrolments_with_the_position(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    person = await makers.a_person(now=now)
    await enrol(cohort, now)
    await makers.an_enrolment(cohort=cohort, person=person, now=now)

    (mine,) = await queries.of_person(person)

    assert (mine.cohort, mine.status, mine.position) == (cohort, S.WAITLISTED, 1)


async def test_confirming_shows_that_the_address_is_theirs(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(now=now)
    asked = {"name": "Ana Jones", "address": "ana@essex.example", "organisation": None}
    made = await service.register(cohort, **asked, organisation_name="", job_title="", now=now)
    known = EmailAddress.select(EmailAddress.verified_at).where(EmailAddress.normalised == "ana@essex.example")
    before = await known

    await service.confirm(made.enrolment, now=now)

    assert (before, await known) == ([{"verified_at": None}], [{"verified_at": now}])
