"""What happens to coaching by itself: credits come and go with the place, nobody waits for ever, both are reminded."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.outbox.tables import Message
from cohorts.coaching import jobs
from cohorts.coaching.bookings import queries, service
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as ledgers
from cohorts.coaching.credits import service as credits
from cohorts.coaching.credits.rules import Balance
from cohorts.coaching.credits.tables import CreditEntry
from cohorts.enrolment import service as enrolments
from cohorts.schedule.tables import Cohort
from tests.support import makers
from tests.support.makers import Coaching

pytestmark = pytest.mark.usefixtures("database")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def the_balance(who: Coaching) -> Balance:
    return (await ledgers.balances([who.enrolment]))[who.enrolment]


async def all_jobs(now: datetime) -> None:
    for job in (jobs.grant, jobs.leave, jobs.expire, jobs.remind):
        await job(now)


# ---------------------------------------------------------------------- grant
async def test_credits_are_granted_once_to_everybody_with_a_place(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, now=now)
    await makers.an_enrolment(now=now)  # of a programme without coaching

    granted = [await jobs.grant(now) for _ in range(2)]

    assert granted == [2, 0]
    assert await CreditEntry.count() == 2
    assert await the_balance(who) == Balance(granted=3, left=3)


async def test_who_comes_back_has_what_they_had_not_spent(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    await service.mark(session, S.COMPLETED, actor=ACADEMY, now=now + 9 * DAY)
    later = now + 10 * DAY
    await enrolments.withdraw(who.enrolment, actor=ACADEMY, now=later)
    await jobs.leave(later)
    gone = await the_balance(who)
    await enrolments.reinstate(who.enrolment, actor=ACADEMY, now=later + DAY)

    granted = [await jobs.grant(later + DAY) for _ in range(2)]

    assert gone == Balance(granted=3, used=1, expired=2)
    assert granted == [1, 0]
    assert await the_balance(who) == Balance(granted=5, used=1, expired=2, left=2)


# ---------------------------------------------------------------------- leave
async def test_when_a_place_ends_sessions_to_come_are_cancelled_and_credits_expire(now: datetime) -> None:
    who = await makers.coaching(now=now)
    past, to_come = await makers.a_booking(who, now=now), await makers.a_booking(who, days=22, now=now)
    later = now + 10 * DAY
    await enrolments.withdraw(who.enrolment, actor=ACADEMY, now=later)

    ended = [await jobs.leave(later) for _ in range(2)]

    views = [await queries.any_session(each) for each in (past, to_come)]
    assert ended == [1, 0]
    assert [each.status for each in views] == [
        S.BOOKED,
        S.CANCELLED_BY_ACADEMY,
    ]  # how the past one went is still to say
    assert views[1].reason == "The place in the programme has ended."
    assert await the_balance(who) == Balance(granted=3, reserved=1, expired=2)
    told = await Message.select(Message.to_name).where(Message.kind == "coaching-cancelled")
    assert sorted(row["to_name"] for row in told) == ["Daniel Reid", "Priya Nair"]


async def test_what_comes_back_after_a_place_has_ended_expires_too(now: datetime) -> None:
    who = await makers.coaching(now=now)
    past = await makers.a_booking(who, now=now)
    later = now + 10 * DAY
    await enrolments.withdraw(who.enrolment, actor=ACADEMY, now=later)
    await jobs.leave(later)
    await service.mark(past, S.NO_SHOW_COACH, actor=ACADEMY, now=later)

    await jobs.leave(later)

    assert await the_balance(who) == Balance(granted=3, expired=3)


async def test_a_cancelled_cohort_takes_its_coaching_with_it(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    await enrolments.cancel_cohort(who.cohort, reason="Too few", actor=ACADEMY, now=now)

    await all_jobs(now)

    assert (await queries.any_session(session)).status is S.CANCELLED_BY_ACADEMY
    assert (await the_balance(who)).left == 0


# --------------------------------------------------------------------- expire
async def over(who: Coaching, at: datetime) -> None:
    await Cohort.update({Cohort.last_ends_at: at}).where(Cohort.id == who.cohort)


async def test_credits_expire_some_days_after_the_cohort_is_over_if_the_rules_say_so(now: datetime) -> None:
    who = await makers.coaching(expire_days=30, now=now)
    for_ever = await makers.coaching(now=now)
    await jobs.grant(now)
    for each in (who, for_ever):
        await over(each, now)

    ended = [await jobs.expire(now + days * DAY) for days in (29, 30, 30)]

    assert ended == [0, 1, 0]
    assert (await the_balance(who)).expired == 3
    assert (await the_balance(for_ever)).left == 3


async def test_what_a_coordinator_grants_after_that_stays(now: datetime) -> None:
    who = await makers.coaching(expire_days=30, now=now)
    await jobs.grant(now)
    await over(who, now)
    await credits.grant(who.enrolment, 2, note="To finish", actor=ACADEMY, now=now + 31 * DAY)

    await jobs.expire(now + 32 * DAY)
    await jobs.expire(now + 33 * DAY)

    assert await the_balance(who) == Balance(granted=5, expired=3, left=2)


async def asked(now: datetime, **rules: int) -> tuple[Coaching, UUID]:
    """A booking that waits for a coach."""
    programme = await makers.a_programme(now=now)
    coach = await makers.a_coach(programme=programme, confirms=True, now=now)
    who = await makers.coaching(programme=programme, coach=coach, now=now, **rules)
    return who, await makers.a_booking(who, now=now)


async def test_a_booking_that_nobody_answers_lapses_and_its_credit_comes_back(now: datetime) -> None:
    who, session = await asked(now)

    ended = [await jobs.expire(now + days * DAY) for days in (7, 8, 9)]

    assert ended == [0, 1, 0]
    assert (await queries.any_session(session)).status is S.CANCELLED_BY_ACADEMY
    assert (await the_balance(who)).left == 3
    (told,) = await Message.select(Message.to_name, Message.context).where(Message.kind == "coaching-answer")
    assert told["to_name"] == "Priya Nair"
    assert "The coach did not answer in time." in told["context"]


async def test_a_wish_that_nobody_answers_lapses_and_the_session_stands(now: datetime) -> None:
    who = await makers.coaching(move_hours=240, now=now)
    session = await makers.a_booking(who, now=now)
    me = Actor(who.person, "Priya Nair")
    await service.move(session, starts_at=now + 7 * DAY, by=Party.COACHEE, actor=me, now=now)

    ended = [await jobs.expire(now + days * DAY) for days in (6, 7, 8)]

    view = await queries.any_session(session)
    assert ended == [0, 1, 0]
    assert (view.status, view.starts_at, view.open_request) == (S.BOOKED, now + 8 * DAY, None)


# --------------------------------------------------------------------- remind
async def test_both_are_reminded_once_on_the_day_before(now: datetime) -> None:
    await makers.a_booking(now=now)

    sent = [await jobs.remind(now + 8 * DAY - hours * HOUR) for hours in (25, 24, 23, 1, -1)]

    told = await Message.select(Message.to_name, Message.subject).where(Message.kind == "coaching-reminder")
    assert sent == [0, 2, 0, 0, 0]
    assert sorted(row["subject"] for row in told) == [
        "Reminder: Coaching with Daniel Reid is tomorrow",
        "Reminder: Coaching: Priya Nair is tomorrow",
    ]


async def test_a_session_that_was_moved_is_reminded_of_at_its_new_time(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    first = await jobs.remind(now + 7 * DAY)
    moved_at = now + 7 * DAY + HOUR
    await service.move(session, starts_at=now + 10 * DAY, by=Party.COACH, actor=ACADEMY, now=moved_at)

    second = [await jobs.remind(now + days * DAY) for days in (8, 9)]

    assert (first, second) == (2, [0, 2])


async def test_who_has_just_been_told_and_who_has_nothing_to_come_to_is_not_reminded(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await makers.a_booking(who, starts_at=now + 25 * HOUR, now=now)
    cancelled = await makers.a_booking(who, now=now)
    await service.cancel(cancelled, by=Party.COACH, actor=ACADEMY, now=now)

    assert await jobs.remind(now + 2 * HOUR) == 0
    assert await jobs.remind(now + 7 * DAY + HOUR) == 0


# --------------------------------------------------------------------- together
async def test_two_schedulers_do_everything_once(database: room.Engine, now: datetime) -> None:
    who = await makers.coaching(now=now)
    await asked(now)
    leaving = await makers.coaching(now=now)
    await makers.a_booking(leaving, now=now)
    await makers.a_booking(who, now=now)
    await enrolments.withdraw(leaving.enrolment, actor=ACADEMY, now=now)
    later = now + 7 * DAY

    await asyncio.gather(*(all_jobs(later) for _ in range(3)))
    await asyncio.gather(*(all_jobs(later + 2 * DAY) for _ in range(3)))

    kinds = [row["kind"] for row in await Message.select(Message.kind)]
    assert kinds.count("coaching-reminder") == 2
    assert kinds.count("coaching-cancelled") == 2
    assert kinds.count("coaching-answer") == 1
    assert await the_balance(leaving) == Balance(granted=3, expired=3)
