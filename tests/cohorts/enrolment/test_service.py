"""The verbs, with rows, mails and invites."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry
from academy.invites.tables import Invitee
from academy.outbox import rendering
from academy.outbox.tables import Message
from academy.people import service as people
from academy.people.tables import EmailAddress, Employment
from academy.settings import Settings
from cohorts.enrolment import queries, rules, service, standing
from cohorts.enrolment.tables import Enrolment, EnrolmentChange, Source
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import Cohort
from tests.support import makers

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def register(cohort: UUID, who: str, now: datetime) -> service.Registered:
    return await service.register(cohort, name=who, address=f"{who.lower()}@council.example", now=now)


async def enrol(cohort: UUID, now: datetime, who: str = "") -> service.Registered:
    person = await makers.a_person(name=who or "Ana Example", now=now)
    return await makers.an_enrolment(cohort=cohort, person=person, now=now)


async def how(cohort: UUID) -> dict[str, S]:
    return {one.name: one.status for one in await queries.roster(cohort, everybody=True)}


async def kinds(now: datetime | None = None) -> list[str]:
    query = Message.select(Message.kind)
    return sorted(row["kind"] for row in (await query if now is None else await query.where(Message.queued_at == now)))


async def themself(made: service.Registered) -> Actor:
    mine = await standing.enrolment(made.enrolment)
    return Actor(mine.person, "Themself")


# ------------------------------------------------------------------- coming
async def test_a_stranger_holds_a_place_for_a_day(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=2, now=now)

    made = await register(cohort, "Ana", now)

    mine = await standing.enrolment(made.enrolment)
    assert (made.status, made.position, made.new) == (S.OFFERED, None, True)
    assert (mine.held_until, mine.confirmed_at) == (now + DAY, None)
    assert await Invitee.count() == 0


async def test_a_stranger_who_finds_it_full_gets_the_next_number(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)

    made = [await register(cohort, who, now) for who in ("Ana", "Bea", "Cem")]

    assert [(one.status, one.position) for one in made] == [
        (S.OFFERED, None),
        (S.WAITLISTED, 1),
        (S.WAITLISTED, 2),
    ]


async def test_who_we_know_is_enrolled_and_invited_at_once(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(sessions=3, now=now)

    made = await enrol(cohort, now)

    assert made.status is S.ENROLLED
    assert await kinds() == ["registration-confirmed", "session-invite", "session-invite", "session-invite"]


async def test_nobody_on_the_waiting_list_is_invited(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    await enrol(cohort, now)
    await enrol(cohort, now)

    assert await Invitee.count() == 1


async def test_registering_again_gives_the_same_registration(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(now=now)
    person = await makers.a_person(now=now)

    first = await makers.an_enrolment(cohort=cohort, person=person, now=now)
    second = await makers.an_enrolment(cohort=cohort, person=person, now=now + HOUR)

    assert (second.enrolment, second.status, second.new) == (first.enrolment, S.ENROLLED, False)
    assert await EnrolmentChange.count() == 1


async def test_who_registers_again_later_is_told_so_by_mail(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    await people.find_or_create(name="Ana", address="ana@council.example", now=now)
    made = await register(cohort, "Ana", now)
    await service.confirm(made.enrolment, now=now)

    await register(cohort, "Ana", now + HOUR)

    assert await kinds(now + HOUR) == ["already-registered"]


async def test_the_mail_goes_to_the_address_that_was_typed(database: room.Engine, now: datetime) -> None:
    person = await makers.a_person(name="Ana", address="old@council.example", now=now)
    await people.add_address(person, address="new@council.example", now=now)
    cohort = await makers.a_cohort(now=now)

    await service.register(cohort, name="Anna", address="new@council.example", now=now)

    rows = await Message.select(Message.to_address, Message.to_name, Message.person)
    assert rows == [{"to_address": "new@council.example", "to_name": "Ana", "person": person}]


async def test_confirming_on_the_waiting_list_keeps_the_number(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now)
    made = await register(cohort, "Bea", now)

    done = await service.confirm(made.enrolment, now=now + HOUR)

    assert (done.status, done.position) == (S.WAITLISTED, 1)
    assert (await standing.enrolment(made.enrolment)).held_until is None
    assert await kinds(now + HOUR) == ["waiting-list-joined"]


async def test_confirming_notes_where_the_person_works(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(now=now)
    made = await service.register(
        cohort, name="Ana", address="ana@x.example", organisation_name="My Council", job_title="Head of IT", now=now
    )
    before = await Employment.count()

    await service.confirm(made.enrolment, now=now)

    rows = await Employment.select(Employment.organisation_name, Employment.job_title)
    assert (before, rows) == (0, [{"organisation_name": "My Council", "job_title": "Head of IT"}])


async def test_the_same_employer_keeps_the_job_title_that_we_know(database: room.Engine, now: datetime) -> None:
    council = await makers.an_organisation(now=now)
    person = await makers.a_person(address="ana@x.example", now=now)
    await people.set_employment(
        person, organisation=council, organisation_name="", job_title="Chief Digital Officer", on=now.date()
    )
    cohort = await makers.a_cohort(now=now)
    made = await service.register(cohort, name="Ana", address="ana@x.example", organisation=council, now=now)

    await service.confirm(made.enrolment, now=now + 30 * HOUR)

    rows = await Employment.select(Employment.job_title)
    assert rows == [{"job_title": "Chief Digital Officer"}]


async def test_a_late_joiner_gets_the_sessions_still_to_come(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(sessions=3, now=now)
    after_the_first = now + 23 * DAY + HOUR

    made = await makers.an_enrolment(cohort=cohort, now=after_the_first)

    assert made.status is S.ENROLLED
    assert await Invitee.count() == 2


async def test_the_person_themself_comes_too_late_then(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(sessions=3, now=now)
    person = await makers.a_person(now=now)

    with pytest.raises(rules.RegistrationClosed):
        await service.enrol_person(
            cohort, person, source=Source.SELF, actor=Actor(person, "Ana"), now=now + 23 * DAY + HOUR
        )


async def test_a_refused_registration_leaves_nothing_behind(database: room.Engine, now: datetime) -> None:
    from academy.people.tables import Person

    cohort = await makers.a_cohort(registration_opens_at=now + DAY, now=now)

    with pytest.raises(rules.NotOpenYet):
        await register(cohort, "Ana", now)

    assert (await Person.count(), await Enrolment.count(), await Message.count()) == (0, 0, 0)


# ------------------------------------------------------------------- going
async def test_the_place_goes_to_the_first_who_joined_the_list(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    first = await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await enrol(cohort, now, "Cem")

    await service.withdraw(first.enrolment, actor=await themself(first), now=now + HOUR)

    assert await how(cohort) == {"Ana": S.WITHDRAWN, "Bea": S.ENROLLED, "Cem": S.WAITLISTED}
    assert await kinds(now + HOUR) == ["moved-up", "place-withdrawn", "session-invite"]


async def test_who_has_not_confirmed_is_offered_the_place_until_a_deadline(
    database: room.Engine, now: datetime
) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    first = await enrol(cohort, now)
    waiting = await register(cohort, "Bea", now)

    await service.withdraw(first.enrolment, actor=ACADEMY, now=now + HOUR)

    mine = await standing.enrolment(waiting.enrolment)
    assert (mine.status, mine.held_until) == (S.OFFERED, now + HOUR + DAY)
    assert await kinds(now + HOUR) == ["confirm-registration", "place-withdrawn", "withdrawn-by-coordinator"]


async def test_withdrawing_twice_is_fine_and_told_once(database: room.Engine, now: datetime) -> None:
    made = await enrol(await makers.a_cohort(sessions=1, now=now), now)

    for _ in range(2):
        await service.withdraw(made.enrolment, actor=ACADEMY, now=now + HOUR)

    assert await kinds(now + HOUR) == ["place-withdrawn", "withdrawn-by-coordinator"]
    assert await EnrolmentChange.count() == 2


async def test_who_leaves_the_list_frees_nothing(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    second = await enrol(cohort, now, "Bea")
    await enrol(cohort, now, "Cem")

    await service.withdraw(second.enrolment, actor=await themself(second), now=now)

    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.WITHDRAWN, "Cem": S.WAITLISTED}


async def test_a_declined_offer_goes_to_the_next(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    offered = await register(cohort, "Ana", now)
    await enrol(cohort, now, "Bea")

    status = await service.withdraw(offered.enrolment, actor=await themself(offered), now=now)

    assert status is S.DECLINED
    assert await how(cohort) == {"Ana": S.DECLINED, "Bea": S.ENROLLED}


async def test_too_late_to_withdraw_by_oneself_but_not_for_the_coordinator(
    database: room.Engine, now: datetime
) -> None:
    made = await enrol(await makers.a_cohort(now=now), now)
    started = now + 23 * DAY

    with pytest.raises(rules.TooLateToWithdraw):
        await service.withdraw(made.enrolment, actor=await themself(made), now=started)

    assert await service.withdraw(made.enrolment, actor=ACADEMY, now=started) is S.WITHDRAWN


async def test_who_comes_back_takes_up_the_same_row_and_is_invited_anew(database: room.Engine, now: datetime) -> None:
    made = await enrol(await makers.a_cohort(sessions=1, now=now), now)
    await service.withdraw(made.enrolment, actor=ACADEMY, now=now + HOUR)

    back = await service.come_back(made.enrolment, now=now + 2 * HOUR)

    assert (back.enrolment, back.status) == (made.enrolment, S.ENROLLED)
    assert await kinds(now + 2 * HOUR) == ["registration-confirmed", "session-invite"]


async def test_who_comes_back_to_a_full_cohort_joins_the_end(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    first = await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await enrol(cohort, now, "Cem")
    await service.withdraw(first.enrolment, actor=ACADEMY, now=now)

    back = await service.reinstate(first.enrolment, actor=ACADEMY, now=now)

    assert (back.status, back.position) == (S.WAITLISTED, 2)
    assert [one.name for one in await queries.waiting(cohort)] == ["Cem", "Ana"]


# ------------------------------------------------------------ freed places
async def test_a_place_that_is_not_confirmed_in_time_goes_to_the_next(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    await register(cohort, "Ana", now)
    await enrol(cohort, now, "Bea")

    early = await service.release_unconfirmed(now + DAY - timedelta(seconds=1))
    late = await service.release_unconfirmed(now + DAY)
    again = await service.release_unconfirmed(now + DAY)

    assert (early, late, again) == (0, 1, 0)
    assert await how(cohort) == {"Ana": S.EXPIRED, "Bea": S.ENROLLED}
    assert await kinds(now + DAY) == ["moved-up", "registration-expired", "session-invite"]


async def test_a_number_on_the_list_that_is_not_confirmed_ends_too(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    await register(cohort, "Bea", now)
    await enrol(cohort, now, "Cem")

    await service.release_unconfirmed(now + DAY)

    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.EXPIRED, "Cem": S.WAITLISTED}


async def test_more_places_go_to_the_list_in_order(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    made = [await enrol(cohort, now, who) for who in ("Ana", "Bea", "Cem", "Dan")]
    await Cohort.update({Cohort.capacity: 3}).where(Cohort.id == cohort)

    moved = await service.fill_free_places(cohort, now=now)

    assert moved == [made[1].enrolment, made[2].enrolment]


async def test_the_job_fills_what_was_freed_elsewhere(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)

    await service.release_unconfirmed(now)

    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.ENROLLED}


async def test_a_newcomer_does_not_pass_the_list(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)  # and nobody has filled it yet

    made = await enrol(cohort, now, "Cem")

    assert made.status is S.WAITLISTED


async def test_nobody_is_moved_up_after_the_last_start(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    first = await enrol(cohort, now)
    await enrol(cohort, now)

    await service.withdraw(first.enrolment, actor=ACADEMY, now=now + 23 * DAY)

    assert [one.status for one in await queries.roster(cohort)] == [S.WAITLISTED]


async def test_moving_the_first_up_says_that_they_are_next_already(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now)
    waiting = await enrol(cohort, now)

    with pytest.raises(rules.NoFreePlace):
        await service.move_up(waiting.enrolment, actor=ACADEMY, now=now)


async def test_moving_somebody_up_gives_them_the_free_place(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    made = [await enrol(cohort, now, who) for who in ("Ana", "Bea", "Cem")]
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)

    done = await service.move_up(made[2].enrolment, reason="Agreed with Bea.", actor=ACADEMY, now=now)

    assert done.status is S.ENROLLED
    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.WAITLISTED, "Cem": S.ENROLLED}


async def test_a_cancelled_cohort_cancels_everybody_and_tells_them(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    gone = await enrol(cohort, now, "Cem")
    await service.withdraw(gone.enrolment, actor=ACADEMY, now=now)

    many = await service.cancel_cohort(cohort, reason="Too few.", actor=ACADEMY, now=now + HOUR)

    assert many == 2
    assert await how(cohort) == {"Ana": S.CANCELLED, "Bea": S.CANCELLED, "Cem": S.WITHDRAWN}
    assert await kinds(now + HOUR) == ["cohort-cancelled", "cohort-cancelled", "session-cancelled"]


async def test_after_that_nothing_moves_any_more(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(now=now)
    made = await enrol(cohort, now)
    await service.cancel_cohort(cohort, reason="Too few.", actor=ACADEMY, now=now)

    assert await service.withdraw(made.enrolment, actor=ACADEMY, now=now) is S.CANCELLED
    with pytest.raises(rules.CohortCancelled):
        await service.reinstate(made.enrolment, actor=ACADEMY, now=now)
    with pytest.raises(rules.CohortCancelled):
        await service.come_back(made.enrolment, now=now)


# -------------------------------------------------------------------- many
async def test_hundreds_are_enrolled_by_the_same_rules(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=300, sessions=1, now=now)
    already = await makers.a_person(name="Ana", now=now)
    await makers.an_enrolment(cohort=cohort, person=already, now=now)
    new = [people.NewPerson(name=f"Person {n}", address=f"p{n}@x.example") for n in range(320)]
    ids = await people.find_or_create_many(new, now)

    done = await service.enrol_many(cohort, [already, *ids], source=Source.IMPORT, actor=ACADEMY, now=now)
    again = await service.enrol_many(cohort, ids, source=Source.IMPORT, actor=ACADEMY, now=now)

    assert [one.new for one in done] == [False] + [True] * 320
    assert [one.position for one in done[300:]] == list(range(1, 22))
    assert {one.new for one in again} == {False}
    found = (await queries.counts([cohort]))[cohort]
    assert (found.enrolled, found.waiting) == (300, 21)
    assert await Invitee.count() == 300
    assert await EnrolmentChange.count() == 321
    assert len([kind for kind in await kinds() if kind == "waiting-list-joined"]) == 21


async def test_a_session_added_later_reaches_everybody_once(database: room.Engine, now: datetime) -> None:
    from cohorts.schedule import service as schedule
    from cohorts.schedule.rules import SessionDetails

    cohort = await makers.a_cohort(capacity=2, sessions=1, now=now)
    for _ in range(3):
        await enrol(cohort, now)
    added = SessionDetails(title="Day 2", starts_at=now + 24 * DAY, ends_at=now + 24 * DAY + HOUR)
    await schedule.add_session(cohort, added, actor=ACADEMY, now=now)

    for _ in range(2):
        await service.invite_to_remaining(cohort, now=now + HOUR)

    assert await kinds(now + HOUR) == ["session-invite", "session-invite"]


# ------------------------------------------------------------ what is written
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
