"""Moving to another time or another coach: the same row, address and calendar entry."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from academy.audit.service import ACADEMY
from academy.errors import NotFound
from academy.outbox.tables import Message
from cohorts.coaching.bookings import queries, rules, service
from cohorts.coaching.bookings.rules import NotYourCoach, Party, SlotTaken
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.times import service as coaches
from tests.cohorts.coaching.bookings.seen import DAY, HOUR, chain, coach, coachee, coaching_of, left, mails, status
from tests.support import makers
from tests.support.makers import Coaching

pytestmark = pytest.mark.usefixtures("database")


# ---------------------------------------------------------------------- moving
async def test_a_move_changes_both_calendars_in_place_and_is_no_new_booking(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    before = await coaching_of(who.person, who.coach_person)

    for _ in range(2):  # the second is a double click
        done = await service.move(session, starts_at=now + 9 * DAY, by=Party.COACHEE, actor=coachee(who), now=now)

    after = await coaching_of(who.person, who.coach_person)
    assert done == service.Moved(session)
    for (was,), (becomes,) in zip(before, after, strict=True):
        assert (becomes.uid, becomes.title) == (was.uid, was.title)
        assert becomes.sequence == was.sequence + 1
        assert (was.starts_at, becomes.starts_at) == (now + 8 * DAY, now + 9 * DAY)
    assert await chain(who, session) == ["reserved"]
    assert (await queries.any_session(session)).moves == 1


async def test_the_most_moves_bind_the_coachee_alone(now: datetime) -> None:
    who = await makers.coaching(most_moves=1, now=now)
    session = await makers.a_booking(who, now=now)
    await service.move(session, starts_at=now + 9 * DAY, by=Party.COACHEE, actor=coachee(who), now=now)

    with pytest.raises(rules.TooManyMoves):
        await service.move(session, starts_at=now + 10 * DAY, by=Party.COACHEE, actor=coachee(who), now=now)
    await service.move(session, starts_at=now + 10 * DAY, by=Party.COACH, actor=coach(who), now=now)

    view = await queries.any_session(session)
    assert (view.starts_at, view.moves) == (now + 10 * DAY, 1)


async def test_a_session_may_move_by_half_its_length(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)

    await service.move(session, starts_at=now + 8 * DAY + HOUR / 2, by=Party.COACHEE, actor=coachee(who), now=now)

    assert (await queries.any_session(session)).starts_at == now + 8 * DAY + HOUR / 2


async def test_a_late_move_is_a_wish_and_the_old_time_stands_until_the_coach_says_yes(now: datetime) -> None:
    who = await makers.coaching(move_hours=240, now=now)
    session = await makers.a_booking(who, now=now)

    for _ in range(2):
        done = await service.move(
            session, starts_at=now + 9 * DAY, note="A panel", by=Party.COACHEE, actor=coachee(who), now=now
        )

    view = await queries.any_session(session)
    assert done == service.Moved(session, requested=True)
    assert (view.starts_at, view.moves) == (now + 8 * DAY, 0)
    assert view.open_request is not None
    assert (view.open_request.starts_at, view.open_request.note) == (now + 9 * DAY, "A panel")
    assert await mails("coaching-request") == [
        "Daniel Reid: Another time for coaching: Priya Nair waits for your answer"
    ]

    for _ in range(2):
        await service.answer_move(view.open_request.id, yes=True, actor=coach(who), now=now)

    view = await queries.any_session(session)
    (mine,), (theirs,) = await coaching_of(who.person, who.coach_person)
    assert (view.starts_at, view.moves, view.open_request) == (now + 9 * DAY, 1, None)
    assert (mine.starts_at, mine.sequence, theirs.sequence) == (now + 9 * DAY, 1, 1)


async def a_wish(who: Coaching, now: datetime) -> tuple[UUID, UUID]:
    """A session, and an open wish to move it by a day."""
    session = await makers.a_booking(who, now=now)
    await service.move(session, starts_at=now + 9 * DAY, by=Party.COACHEE, actor=coachee(who), now=now)
    asked = (await queries.any_session(session)).open_request
    assert asked is not None
    return session, asked.id


async def test_a_wish_holds_no_time_and_a_yes_that_comes_after_others_offers_the_nearest_three(now: datetime) -> None:
    who = await makers.coaching(move_hours=240, now=now)
    session, wish = await a_wish(who, now)
    other = await makers.coaching(programme=who.programme, coach=who.coach, name="Bea Example", now=now)
    await makers.a_booking(other, days=9, now=now)

    with pytest.raises(SlotTaken) as taken:
        await service.answer_move(wish, yes=True, actor=coach(who), now=now)

    assert taken.value.status == 409
    assert taken.value.nearest == [now + 9 * DAY + hours * HOUR for hours in (3, 3.5, 4)]
    view = await queries.any_session(session)
    assert view.starts_at == now + 8 * DAY
    assert view.open_request is not None  # the coach may say no, or offer another time


async def test_a_no_to_a_wish_leaves_everything_as_it_is(now: datetime) -> None:
    who = await makers.coaching(move_hours=240, now=now)
    session, wish = await a_wish(who, now)

    for _ in range(2):
        await service.answer_move(wish, yes=False, note="I teach then.", actor=coach(who), now=now)

    view = await queries.any_session(session)
    assert (view.starts_at, view.open_request, view.moves) == (now + 8 * DAY, None, 0)
    assert await mails("coaching-answer") == ["Priya Nair: Your coaching session stays as it is"]
    with pytest.raises(rules.RequestGone):
        await service.answer_move(wish, yes=True, actor=coach(who), now=now)


async def test_a_wish_that_was_taken_back_is_not_granted(now: datetime) -> None:
    who = await makers.coaching(move_hours=240, now=now)
    _, wish = await a_wish(who, now)

    for _ in range(2):
        await service.withdraw_move(wish, actor=coachee(who), now=now)

    with pytest.raises(rules.RequestGone):
        await service.answer_move(wish, yes=True, actor=coach(who), now=now)
    (asked,) = await Message.select(Message.state).where(Message.kind == "coaching-request")
    assert asked["state"] == "dropped"


async def test_a_new_wish_takes_the_place_of_the_one_before(now: datetime) -> None:
    who = await makers.coaching(move_hours=240, now=now)
    session, first = await a_wish(who, now)

    await service.move(session, starts_at=now + 10 * DAY, by=Party.COACHEE, actor=coachee(who), now=now)

    asked = (await queries.any_session(session)).open_request
    assert asked is not None
    assert asked.id != first
    assert asked.starts_at == now + 10 * DAY


async def test_who_moves_onto_a_taken_time_hears_of_the_nearest_three_with_their_own_time_among_the_free(
    now: datetime,
) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    other = await makers.coaching(programme=who.programme, coach=who.coach, name="Bea Example", now=now)
    await makers.a_booking(other, days=8, hour=12, now=now)

    with pytest.raises(SlotTaken) as taken:
        await service.move(session, starts_at=now + 8 * DAY + 3 * HOUR, by=Party.COACHEE, actor=coachee(who), now=now)

    assert taken.value.nearest == [now + 8 * DAY + hours * HOUR for hours in (1, 4.5, 5)]


# --------------------------------------------------------------- other coaches
async def test_another_coach_takes_a_session_over_in_place(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    eve = await makers.a_coach(name="Eve Adams", programme=who.programme, link="https://meet.example/eve", now=now)
    eve_person = (await makers.coaches.coach(eve)).person
    ((before,),) = await coaching_of(who.person)

    for _ in range(2):
        await service.reassign(session, eve, starts_at=now + 8 * DAY, actor=ACADEMY, now=now)

    (mine,), former, (new,) = await coaching_of(who.person, who.coach_person, eve_person)
    view = await queries.any_session(session)
    assert (view.coach, view.status, view.link) == (eve, S.BOOKED, "https://meet.example/eve")
    assert former == []
    assert mine.uid == new.uid == before.uid
    assert (mine.title, new.title) == ("Coaching with Eve Adams", "Coaching: Priya Nair")
    assert mine.sequence > before.sequence
    assert await mails("coaching-withdrawn") == [
        "Daniel Reid: Removed from your calendar: Coaching: Priya Nair, Tuesday 9 June"
    ]
    assert await chain(who, session) == ["reserved"]
    assert await credits.choice(who.enrolment) == who.coach
    with pytest.raises(NotFound):
        await queries.session(session, person=who.coach_person)


async def handed(who: Coaching, now: datetime, **told: Any) -> tuple[UUID, UUID, UUID]:
    """A session, given to Eve, who confirms: the session, she as a coach, and as a person."""
    session = await makers.a_booking(who, now=now)
    eve = await makers.a_coach(name="Eve Adams", programme=who.programme, confirms=True, now=now)
    reason = "Daniel can’t be there."
    for _ in range(2):
        await service.reassign(session, eve, starts_at=now + 8 * DAY, reason=reason, actor=ACADEMY, now=now, **told)
    return session, eve, (await makers.coaches.coach(eve)).person


async def test_a_coach_who_confirms_is_asked_first_and_the_coachee_is_told_that_it_waits(now: datetime) -> None:
    who = await makers.coaching(now=now)

    session, eve, person = await handed(who, now)

    view = await queries.any_session(session)
    assert (view.coach, view.status, view.event, view.handed_at) == (eve, S.REQUESTED, None, now)
    assert await coaching_of(who.person, who.coach_person, person) == [[], [], []]
    assert await mails("coaching-withdrawn") == [
        "Daniel Reid: Removed from your calendar: Coaching: Priya Nair, Tuesday 9 June"
    ]
    assert await mails("coaching-request") == ["Eve Adams: Can you take a coaching session of Priya Nair?"]
    (told,) = await Message.select(Message.to_name, Message.context).where(Message.kind == "coaching-cancelled")
    assert told["to_name"] == "Priya Nair"
    assert json.loads(told["context"])["reason"] == (
        "Daniel can’t be there. We have asked Eve Adams to coach you instead: Tuesday 9 June 2026, 10am to 11am "
        "(UK time). You get an email with the answer, and the time is kept for you until then."
    )
    assert await chain(who, session) == ["reserved"]


async def test_their_yes_puts_it_into_both_calendars(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session, _, person = await handed(who, now)

    await service.answer_booking(session, yes=True, actor=ACADEMY, now=now)

    (mine,), (theirs,), former = await coaching_of(who.person, person, who.coach_person)
    assert (mine.title, theirs.title, former) == ("Coaching with Eve Adams", "Coaching: Priya Nair", [])
    assert mine.uid == theirs.uid
    assert (await status(session), await left(who)) == (S.BOOKED, 2)


async def test_their_no_gives_the_session_back(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session, _, _ = await handed(who, now)

    await service.answer_booking(session, yes=False, actor=ACADEMY, now=now)

    assert (await status(session), await left(who)) == (S.CANCELLED_BY_COACH, 3)
    assert await mails("coaching-answer") == ["Priya Nair: Your coaching session is not booked"]


async def test_who_has_said_yes_already_is_not_asked(now: datetime) -> None:
    who = await makers.coaching(now=now)

    session, eve, person = await handed(who, now, agreed=True)

    (mine,), (theirs,) = await coaching_of(who.person, person)
    view = await queries.any_session(session)
    assert (view.coach, view.status, view.handed_at) == (eve, S.BOOKED, None)
    assert mine.uid == theirs.uid
    assert await mails("coaching-request") == []


async def test_a_booking_that_waited_for_one_coach_waits_for_another(now: datetime) -> None:
    who = await makers.coaching(now=now)
    first = await makers.a_coach(name="Amy Bell", programme=who.programme, confirms=True, now=now)
    eve = await makers.a_coach(name="Eve Adams", programme=who.programme, confirms=True, now=now)
    session = await makers.a_booking(who, coach=first, now=now)

    for other in (eve, first, eve):  # there and back: each is asked anew
        now += HOUR
        await service.reassign(session, other, starts_at=now.replace(hour=9) + 8 * DAY, actor=ACADEMY, now=now)

    assert await status(session) is S.REQUESTED
    assert await mails("coaching-answer") == [
        "Priya Nair: We have asked Amy Bell to coach you",
        "Priya Nair: We have asked Eve Adams to coach you",
        "Priya Nair: We have asked Eve Adams to coach you",
    ]
    rows = await Message.select(Message.to_name, Message.state).where(Message.kind == "coaching-request")
    waiting = [(row["to_name"], row["state"]) for row in rows if row["state"] != "dropped"]
    assert waiting == [("Eve Adams", "queued")]


async def test_a_session_comes_back_to_the_coach_it_was_taken_from(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    eve = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)

    await service.reassign(session, eve, starts_at=now + 8 * DAY, actor=ACADEMY, now=now)
    await service.reassign(session, who.coach, starts_at=now + 9 * DAY, actor=ACADEMY, now=now)

    (mine,), (theirs,) = await coaching_of(who.person, who.coach_person)
    assert (mine.starts_at, theirs.starts_at) == (now + 9 * DAY, now + 9 * DAY)
    assert (mine.title, theirs.title) == ("Coaching with Daniel Reid", "Coaching: Priya Nair")


async def test_a_coach_who_is_not_free_or_of_another_programme_takes_nothing_over(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    eve, stranger = await makers.a_coach(programme=who.programme, now=now), await makers.a_coach(now=now)
    other = await makers.coaching(programme=who.programme, coach=eve, name="Bea Example", now=now)
    await makers.a_booking(other, now=now)

    with pytest.raises(SlotTaken) as taken:
        await service.reassign(session, eve, starts_at=now + 8 * DAY, actor=ACADEMY, now=now)
    with pytest.raises(NotYourCoach):
        await service.reassign(session, stranger, starts_at=now + 8 * DAY, actor=ACADEMY, now=now)

    assert len(taken.value.nearest) == 3
    assert (await queries.any_session(session)).coach == who.coach


@pytest.mark.parametrize("gone", ["from the academy", "from the programme"])
async def test_a_coachee_does_not_move_to_another_time_of_a_coach_who_has_gone(gone: str, now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    if gone == "from the academy":
        await coaches.leave(who.coach, actor=ACADEMY, now=now)
    else:
        await coaches.end_in_programme(who.coach, who.programme, actor=ACADEMY, now=now)

    with pytest.raises(NotYourCoach):
        await service.move(session, starts_at=now + 9 * DAY, by=Party.COACHEE, actor=coachee(who), now=now)

    assert (await queries.any_session(session)).starts_at == now + 8 * DAY
