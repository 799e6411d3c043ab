"""How people come into a cohort, with rows, mails and invites."""

from datetime import datetime

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.invites.tables import Invitee
from academy.outbox.tables import Message
from academy.people import service as people
from academy.people.tables import Employment
from cohorts.enrolment import queries, rules, service, standing
from cohorts.enrolment.tables import Enrolment, EnrolmentChange, Source
from cohorts.enrolment.tables import EnrolmentStatus as S
from tests.cohorts.enrolment.verbs import DAY, HOUR, enrol, kinds, register
from tests.support import makers


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
