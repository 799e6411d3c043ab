"""How sessions end, and what stands in the record."""

from datetime import datetime, timedelta

import pytest

from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.errors import NotFound
from academy.outbox.tables import Message
from cohorts.coaching.bookings import queries, rules, service
from cohorts.coaching.bookings.rules import Consequence, Party
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import rules as credit_rules
from tests.cohorts.coaching.bookings.seen import DAY, HOUR, chain, coach, coachee, coaching_of, left, mails, status
from tests.support import makers

pytestmark = pytest.mark.usefixtures("database")


# ------------------------------------------------------------------ cancelling
async def test_a_cancelled_session_leaves_both_calendars_and_its_credit_comes_back(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)

    means = [
        await service.cancel(session, reason="A panel", by=Party.COACHEE, actor=coachee(who), now=now) for _ in range(2)
    ]

    assert means == [Consequence(), Consequence()]
    assert await coaching_of(who.person, who.coach_person) == [[], []]
    assert await chain(who, session) == ["reserved", "returned"]
    assert await left(who) == 3
    assert len(await mails("coaching-cancelled")) == 2


async def test_a_late_cancellation_uses_the_credit_and_a_coordinator_gives_it_back(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    late = now + 8 * DAY - HOUR

    means = [await service.cancel(session, by=Party.COACHEE, actor=coachee(who), now=late) for _ in range(2)]
    spent = await left(who)
    for _ in range(2):
        await service.waive(session, reason="Ill", actor=ACADEMY, now=late)

    assert means == [Consequence(late=True, uses_credit=True)] * 2
    assert (spent, await left(who)) == (2, 3)
    assert await chain(who, session) == ["reserved", "used", "returned"]
    assert (await queries.any_session(session)).waived_reason == "Ill"


async def test_the_time_of_a_cancelled_session_can_be_booked_again(now: datetime) -> None:
    who = await makers.coaching(now=now)
    first = await makers.a_booking(who, now=now)
    await service.cancel(first, by=Party.COACH, actor=coach(who), now=now)

    second = await makers.a_booking(who, now=now)

    assert second != first
    ((mine,),) = await coaching_of(who.person)
    assert mine.starts_at == now + 8 * DAY


async def test_only_what_was_used_is_given_back_and_for_a_reason(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)

    with pytest.raises(credit_rules.NothingToGiveBack):
        await service.waive(session, reason="Ill", actor=ACADEMY, now=now)
    with pytest.raises(credit_rules.ReasonNeeded):
        await service.waive(session, reason=" ", actor=ACADEMY, now=now)


# --------------------------------------------------------------------- marking
async def test_how_it_went_is_marked_put_right_and_taken_back_with_the_credit(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    after = now + 9 * DAY
    seen = []

    for mark in (S.COMPLETED, S.COMPLETED, S.NO_SHOW_COACH, S.NO_SHOW_COACHEE, S.BOOKED):
        await service.mark(session, mark, actor=coach(who), now=after)
        view = await queries.any_session(session)
        seen.append((view.status, view.minutes, await left(who)))

    assert seen == [
        (S.COMPLETED, 60, 2),
        (S.COMPLETED, 60, 2),
        (S.NO_SHOW_COACH, None, 3),
        (S.NO_SHOW_COACHEE, None, 2),
        (S.BOOKED, None, 2),
    ]
    found = (await credits.balances([who.enrolment]))[who.enrolment]
    assert (found.reserved, found.used - found.returned) == (1, 0)
    assert view.outcome_at is None


async def test_minutes_can_be_corrected(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)

    await service.mark(session, S.COMPLETED, actor=coach(who), now=now + 9 * DAY)
    await service.mark(session, S.COMPLETED, minutes=45, actor=coach(who), now=now + 10 * DAY)

    assert (await queries.any_session(session)).minutes == 45
    assert await chain(who, session) == ["reserved", "used"]


async def test_a_credit_that_was_given_back_stays_given_back_when_the_mark_is_put_right(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    after = now + 9 * DAY
    await service.mark(session, S.NO_SHOW_COACHEE, actor=coach(who), now=after)
    await service.waive(session, reason="Train", actor=ACADEMY, now=after)

    await service.mark(session, S.COMPLETED, actor=coach(who), now=after)
    kept = await left(who)
    await service.mark(session, S.BOOKED, actor=coach(who), now=after)

    assert (kept, await left(who)) == (3, 2)
    assert (await queries.any_session(session)).waived_reason == ""


async def test_a_mark_whose_credit_has_been_spent_meanwhile_is_refused(now: datetime) -> None:
    who = await makers.coaching(credits=1, now=now)
    session = await makers.a_booking(who, now=now)
    await service.mark(session, S.NO_SHOW_COACH, actor=coach(who), now=now + 9 * DAY)
    await makers.a_booking(who, days=20, now=now + 9 * DAY)

    with pytest.raises(credit_rules.NoCredit) as refused:
        await service.mark(session, S.COMPLETED, actor=coach(who), now=now + 9 * DAY)

    assert str(refused.value) == "No coaching session is left. A coordinator can grant another."
    assert await status(session) is S.NO_SHOW_COACH


async def test_what_waits_for_a_yes_cannot_be_marked(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    teacher = await makers.a_coach(programme=programme, confirms=True, now=now)
    who = await makers.coaching(programme=programme, coach=teacher, now=now)
    session = await makers.a_booking(who, now=now)

    for mark in (S.BOOKED, S.COMPLETED):
        with pytest.raises(rules.ForbiddenMove):
            await service.mark(session, mark, actor=coach(who), now=now + 9 * DAY)


async def test_another_place_is_told_once_and_asks_again(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)

    for _ in range(2):
        await service.set_place(session, place="County Hall", link="", actor=coach(who), now=now)

    assert len(await mails("coaching-changed")) == 2
    assert (await queries.any_session(session)).place == "County Hall"


# ---------------------------------------------------------- going on elsewhere
async def test_sessions_to_come_go_along_to_another_cohort_and_nobody_notices(now: datetime) -> None:
    who = await makers.coaching(now=now)
    past, to_come = await makers.a_booking(who, now=now), await makers.a_booking(who, days=30, now=now)
    await service.mark(past, S.COMPLETED, actor=coach(who), now=now + 9 * DAY)
    before = await coaching_of(who.person, who.coach_person)
    there = await makers.a_cohort(programme=who.programme, now=now)
    new = (await makers.an_enrolment(cohort=there, person=who.person, now=now)).enrolment

    moved = await service.transfer(who.enrolment, new, actor=ACADEMY, now=now + 10 * DAY)

    found = await credits.balances([who.enrolment, new])
    assert moved == 1
    assert [(each.reserved, each.used, each.left) for each in found.values()] == [(0, 1, 0), (1, 0, 1)]
    assert [(await queries.any_session(each)).enrolment for each in (past, to_come)] == [who.enrolment, new]
    assert await coaching_of(who.person, who.coach_person) == before


async def test_coaching_goes_along_with_one_person_in_one_programme_only(now: datetime) -> None:
    who, other = await makers.coaching(now=now), await makers.coaching(name="Bea Example", now=now)

    with pytest.raises(service.OtherPerson):
        await service.transfer(who.enrolment, other.enrolment, actor=ACADEMY, now=now)


# ------------------------------------------------------------------ the record
async def test_every_step_stands_in_the_history_and_in_the_audit_trail(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    minute = timedelta(minutes=1)
    await service.move(session, starts_at=now + 9 * DAY, by=Party.COACHEE, actor=coachee(who), now=now + minute)
    await service.cancel(session, reason="Ill", by=Party.COACH, actor=coach(who), now=now + 2 * minute)

    steps = await queries.history(session)
    told = await Entry.select(Entry.verb, Entry.person).where(Entry.about_id == session).order_by(Entry.at)
    assert [(each.verb, each.to_status, each.by_name, each.reason) for each in steps] == [
        ("book", S.BOOKED, "Priya Nair", ""),
        ("move", S.BOOKED, "Priya Nair", ""),
        ("cancel", S.CANCELLED_BY_COACH, "Daniel Reid", "Ill"),
    ]
    assert (steps[1].from_starts_at, steps[1].to_starts_at) == (now + 8 * DAY, now + 9 * DAY)
    assert [(each["verb"], each["person"]) for each in told] == [
        ("coaching.book", who.person),
        ("coaching.move", who.person),
        ("coaching.cancel", who.person),
    ]


async def test_what_the_coachee_wrote_is_read_by_the_two_alone(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, note="My manager", now=now)

    for_two = [(await queries.session(session, person=each)).coachee_note for each in (who.person, who.coach_person)]
    for_staff = [
        (await queries.session_for_staff(session)).coachee_note,
        *(each.coachee_note for each in await queries.of_cohort(who.cohort)),
        *(each.coachee_note for each in await queries.of_enrolment(who.enrolment)),
    ]
    trail = await Entry.select(Entry.before, Entry.after, Entry.note)
    sent = await Message.select(Message.context, Message.calendar)

    assert for_two == ["My manager"] * 2
    assert for_staff == ["", "", ""]
    assert not any("My manager" in str(each) for each in (*trail, *sent))
    with pytest.raises(NotFound):
        await queries.session(session, person=await makers.a_person(now=now))
