"""Booking, and the yes of coaches who confirm, with what stands in calendars, mails and ledgers afterwards."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from academy.audit.service import ACADEMY
from academy.invites import service as invites
from academy.outbox.tables import Message
from cohorts.coaching.bookings import queries, rules, service
from cohorts.coaching.bookings.rules import Clash, NotYourCoach, Party, SlotTaken
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import rules as credit_rules
from cohorts.coaching.times import service as times
from cohorts.enrolment import service as enrolments
from tests.cohorts.coaching.bookings.seen import DAY, HOUR, chain, coach, coachee, coaching_of, left, mails, status
from tests.support import makers

pytestmark = pytest.mark.usefixtures("database")


# --------------------------------------------------------------------- booking
async def test_a_booking_stands_in_both_calendars_each_with_its_own_title(now: datetime) -> None:
    who = await makers.coaching(now=now)

    session = await makers.a_booking(who, note="My panel in July", now=now)

    view = await queries.session(session, person=who.coach_person)
    (mine,), (theirs,) = await coaching_of(who.person, who.coach_person)
    assert (view.status, view.coachee_note, view.length) == (S.BOOKED, "My panel in July", 60)
    assert (mine.title, theirs.title) == ("Coaching with Daniel Reid", "Coaching: Priya Nair")
    assert mine.uid == theirs.uid
    assert (mine.starts_at, mine.ends_at) == (view.starts_at, view.ends_at)
    assert await chain(who, session) == ["reserved"]
    assert await left(who) == 2


async def test_shared_calendars_show_only_that_they_are_busy(now: datetime) -> None:
    await makers.a_booking(now=now)

    rows = await Message.select(Message.calendar).where(Message.kind == "coaching-invite")

    assert [json.loads(row["calendar"])["private"] for row in rows] == [True, True]


async def test_a_booking_chooses_the_coach(now: datetime) -> None:
    who = await makers.coaching(now=now)
    other = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)
    await makers.a_booking(who, now=now)

    with pytest.raises(NotYourCoach) as refused:
        await makers.a_booking(who, coach=other, days=9, now=now)
    await makers.a_booking(who, coach=other, days=9, by=Party.ACADEMY, now=now)

    assert str(refused.value) == "You have chosen Daniel Reid as your coach. Ask the coordinator to change that."
    assert await credits.choice(who.enrolment) == who.coach


async def test_a_coordinator_s_booking_chooses_for_who_has_lost_their_coach(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await makers.a_booking(who, now=now)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme, now=now)
    await makers.a_booking(who, coach=helen, days=9, by=Party.ACADEMY, actor=ACADEMY, now=now)
    before = await credits.choice(who.enrolment)
    await times.leave(who.coach, actor=ACADEMY, now=now)

    await makers.a_booking(who, coach=helen, days=10, by=Party.ACADEMY, actor=ACADEMY, now=now)

    assert (before, await credits.choice(who.enrolment)) == (who.coach, helen)


async def test_chemistry_calls_come_first_and_choose_nobody(now: datetime) -> None:
    who = await makers.coaching(chemistry_calls=2, now=now)
    other = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)
    call: dict[str, Any] = {"kind": SessionKind.CHEMISTRY, "minutes": 30, "now": now}

    first = await makers.a_booking(who, **call)
    await makers.a_booking(who, coach=other, days=9, **call)
    with pytest.raises(rules.TooManyChemistryCalls):
        await makers.a_booking(who, days=10, **call)
    await service.cancel(first, by=Party.COACH, actor=coach(who), now=now)
    await makers.a_booking(who, days=10, **call)

    assert await credits.choice(who.enrolment) is None
    assert await left(who) == 3


async def test_there_is_one_chemistry_call_with_each_coach_unless_the_academy_books(now: datetime) -> None:
    who = await makers.coaching(chemistry_calls=3, now=now)
    call: dict[str, Any] = {"kind": SessionKind.CHEMISTRY, "minutes": 30, "now": now}
    first = await makers.a_booking(who, **call)

    with pytest.raises(rules.TooManyChemistryCalls) as refused:
        await makers.a_booking(who, days=9, **call)
    twice = await makers.a_booking(who, **call)
    by_hand = await makers.a_booking(who, days=9, by=Party.ACADEMY, **call)

    assert str(refused.value).startswith("You have your chemistry call with Daniel Reid already")
    assert twice == first != by_hand


async def test_a_call_that_was_called_off_can_be_had_with_the_same_coach(now: datetime) -> None:
    who = await makers.coaching(chemistry_calls=2, now=now)
    call: dict[str, Any] = {"kind": SessionKind.CHEMISTRY, "minutes": 30, "now": now}
    first = await makers.a_booking(who, **call)
    await service.cancel(first, by=Party.COACHEE, actor=coachee(who), now=now)

    again = await makers.a_booking(who, days=9, **call)

    assert again != first


async def test_who_has_no_credit_left_books_nothing(now: datetime) -> None:
    who = await makers.coaching(credits=1, now=now)
    await makers.a_booking(who, now=now)

    with pytest.raises(credit_rules.NoCredit) as refused:
        await makers.a_booking(who, days=9, now=now)

    assert str(refused.value) == "You have no coaching sessions left. Ask the coordinator if you need another."


async def test_only_coaches_of_the_programme_can_be_booked_and_nobody_by_themself(now: datetime) -> None:
    who = await makers.coaching(now=now)
    stranger = await makers.a_coach(now=now)
    oneself = await makers.a_coach(person=who.person, programme=who.programme, now=now)
    await times.leave(who.coach, actor=ACADEMY, now=now)

    for each in (stranger, oneself, who.coach):
        with pytest.raises(NotYourCoach):
            await makers.a_booking(who, coach=each, now=now)


async def test_without_a_place_or_without_coaching_nothing_can_be_booked(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await enrolments.withdraw(who.enrolment, actor=ACADEMY, now=now)
    other = await makers.an_enrolment(now=now)

    for enrolment in (who.enrolment, other.enrolment):
        with pytest.raises(credit_rules.NoCoaching):
            await makers.a_booking(who, enrolment=enrolment, now=now)


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        (0, "has passed"),
        (23, "is too soon: Daniel Reid can be booked until 24 hours before"),
        (38, "is not one of the times that Daniel Reid offers"),
        (24.25, "is not one of the times that Daniel Reid offers"),
        (24 * 57, "is too far ahead: Daniel Reid can be booked for the next 8 weeks"),
    ],
    ids=["now", "too soon", "evening", "between two starts", "too far"],
)
async def test_a_coachee_books_free_times_and_nothing_else(now: datetime, hours: float, why: str) -> None:
    who = await makers.coaching(now=now)

    with pytest.raises(SlotTaken) as taken:
        await makers.a_booking(who, starts_at=now + hours * HOUR, now=now)

    assert str(taken.value) == f"This time {why}. Choose another one."
    assert (taken.value.offered, len(taken.value.nearest)) == (False, 3)


async def test_a_time_that_somebody_else_has_is_taken_and_one_beside_it_was_never_offered(now: datetime) -> None:
    who = await makers.coaching(now=now)
    other = await makers.coaching(programme=who.programme, coach=who.coach, name="Bea Example", now=now)
    await makers.a_booking(other, now=now)

    with pytest.raises(SlotTaken) as taken:
        await makers.a_booking(who, now=now)
    with pytest.raises(SlotTaken) as never:
        await makers.a_booking(who, starts_at=now + 8 * DAY + 0.25 * HOUR, now=now)

    assert (str(taken.value), taken.value.offered) == ("This time has just been taken. Choose another one.", True)
    assert (never.value.offered, len(never.value.nearest)) == (False, 3)


async def test_coach_and_academy_agree_on_any_time(now: datetime) -> None:
    who = await makers.coaching(now=now)

    evening = await makers.a_booking(who, starts_at=now + 10 * HOUR, minutes=90, by=Party.COACH, now=now)
    past = await makers.a_booking(who, starts_at=now - DAY, by=Party.ACADEMY, now=now)

    assert (await status(evening), await status(past)) == (S.BOOKED, S.BOOKED)
    assert len((await coaching_of(who.person))[0]) == 1  # nobody is told of what is over


async def test_ones_own_event_is_a_warning_and_the_coachs_is_in_the_way(now: datetime) -> None:
    who = await makers.coaching(now=now)
    at = now + 8 * DAY
    for person, starts_at in ((who.person, at), (who.coach_person, at + DAY)):
        event = await invites.create_event(title="Panel", starts_at=starts_at, ends_at=starts_at + HOUR, now=now)
        await invites.invite(event, [person], now=now)

    with pytest.raises(Clash) as clash:
        await makers.a_booking(who, starts_at=at, now=now)
    with pytest.raises(SlotTaken):
        await makers.a_booking(who, starts_at=at + DAY, despite_clash=True, now=now)
    with pytest.raises(Clash) as staff:
        await makers.a_booking(who, starts_at=at + DAY, by=Party.ACADEMY, now=now)
    await makers.a_booking(who, starts_at=at, despite_clash=True, now=now)

    assert str(clash.value) == "You have Panel at this time."
    assert str(staff.value) == "The coach has something else in the calendar at this time."


async def test_a_coach_who_is_coached_is_not_in_two_places(now: datetime) -> None:
    who = await makers.coaching(now=now)
    daniel = await makers.an_enrolment(cohort=who.cohort, person=who.coach_person, now=now)
    other = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)
    await makers.a_booking(who, enrolment=daniel.enrolment, coach=other, now=now)

    with pytest.raises(SlotTaken):
        await makers.a_booking(who, now=now)


# --------------------------------------------------------- coaches who confirm
async def test_a_coach_who_confirms_is_asked_first(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    who = await makers.coaching(
        programme=programme, coach=await makers.a_coach(programme=programme, confirms=True, now=now), now=now
    )

    session = await makers.a_booking(who, now=now)

    assert await status(session) is S.REQUESTED
    assert await mails("coaching-request") == ["Daniel Reid: A booking for coaching: Priya Nair waits for your answer"]
    assert await coaching_of(who.person, who.coach_person) == [[], []]

    for _ in range(2):
        await service.answer_booking(session, yes=True, actor=coach(who), now=now)

    assert await status(session) is S.BOOKED
    assert [len(each) for each in await coaching_of(who.person, who.coach_person)] == [1, 1]
    with pytest.raises(rules.ForbiddenMove):
        await service.answer_booking(session, yes=False, actor=coach(who), now=now)


async def test_a_no_gives_the_credit_back_and_is_told(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    teacher = await makers.a_coach(programme=programme, confirms=True, now=now)
    who = await makers.coaching(programme=programme, coach=teacher, now=now)
    session = await makers.a_booking(who, now=now)

    for _ in range(2):
        await service.answer_booking(session, yes=False, note="I am away.", actor=coach(who), now=now)

    assert await status(session) is S.CANCELLED_BY_COACH
    assert await chain(who, session) == ["reserved", "returned"]
    assert await mails("coaching-answer") == ["Priya Nair: Your coaching session is not booked"]
    (asked,) = await Message.select(Message.state).where(Message.kind == "coaching-request")
    assert asked["state"] == "dropped"


async def test_a_yes_that_comes_too_late_is_none(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    teacher = await makers.a_coach(programme=programme, confirms=True, now=now)
    who = await makers.coaching(programme=programme, coach=teacher, now=now)
    session = await makers.a_booking(who, now=now)

    with pytest.raises(rules.TooLate):
        await service.answer_booking(session, yes=True, actor=coach(who), now=now + 9 * DAY)


async def busy(person: UUID, at: datetime, *, now: datetime) -> None:
    event = await invites.create_event(title="Panel", starts_at=at, ends_at=at + HOUR, now=now)
    await invites.invite(event, [person], now=now)


async def test_what_a_coachee_has_of_their_own_neither_stops_nor_reaches_the_coach_who_says_yes(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    teacher = await makers.a_coach(programme=programme, confirms=True, now=now)
    who = await makers.coaching(programme=programme, coach=teacher, now=now)
    await busy(who.person, now + 8 * DAY, now=now)
    await busy(who.person, now + 9 * DAY, now=now)
    session = await makers.a_booking(who, starts_at=now + 8 * DAY, despite_clash=True, now=now)

    await service.answer_booking(session, yes=True, actor=coach(who), now=now)
    asked = await service.move(
        session, starts_at=now + 9 * DAY, despite_clash=True, by=Party.COACHEE, actor=coachee(who), now=now
    )
    wish = (await queries.any_session(session)).open_request
    assert asked.requested and wish is not None
    await service.answer_move(wish.id, yes=True, actor=coach(who), now=now)

    view = await queries.any_session(session)
    assert (view.status, view.starts_at) == (S.BOOKED, now + 9 * DAY)


async def test_what_a_coach_has_got_meanwhile_is_asked_before_a_yes(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    teacher = await makers.a_coach(programme=programme, confirms=True, now=now)
    who = await makers.coaching(programme=programme, coach=teacher, now=now)
    session = await makers.a_booking(who, now=now)
    await busy(who.coach_person, now + 8 * DAY, now=now)

    with pytest.raises(Clash) as clash:
        await service.answer_booking(session, yes=True, actor=coach(who), now=now)
    await service.answer_booking(session, yes=True, despite_clash=True, actor=coach(who), now=now)

    assert str(clash.value) == "You have something else in your calendar at this time."
    assert await status(session) is S.BOOKED
