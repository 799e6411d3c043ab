"""Booking, moving, cancelling and marking, with what stands in calendars, mails and ledgers afterwards."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry
from academy.errors import NotFound
from academy.invites import service as invites
from academy.outbox.tables import Message
from academy.people.queries import contacts
from cohorts.coaching.bookings import queries, rules, service
from cohorts.coaching.bookings.rules import Clash, Consequence, NotYourCoach, Party, SlotTaken
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import rules as credit_rules
from cohorts.coaching.times import service as times
from cohorts.enrolment import service as enrolments
from tests.support import makers
from tests.support.calendars import Calendars
from tests.support.calendars import Entry as Shown
from tests.support.makers import Coaching

pytestmark = pytest.mark.usefixtures("database")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def coachee(who: Coaching) -> Actor:
    return Actor(who.person, "Priya Nair")


def coach(who: Coaching) -> Actor:
    return Actor(who.coach_person, "Daniel Reid")


async def left(who: Coaching) -> int:
    return (await credits.balances([who.enrolment]))[who.enrolment].left


async def chain(who: Coaching, session: UUID) -> list[str]:
    """The lines of the ledger about one session."""
    return [each.kind.value for each in await credits.ledger(who.enrolment) if each.session == session]


async def mails(kind: str) -> list[str]:
    """The subjects of the mails of a kind, with whom they go to."""
    rows = await Message.select(Message.to_name, Message.subject).where(Message.kind == kind)
    return sorted(f"{row['to_name']}: {row['subject']}" for row in rows)


async def calendars() -> Calendars:
    found = Calendars()
    found.read(await Message.select().where(Message.calendar.is_not_null()))
    return found


async def coaching_of(*people: UUID) -> list[list[Shown]]:
    """What of coaching stands in these people's calendars."""
    found, known = await calendars(), await contacts(list(people))
    return [[each for each in found.of(known[one].address) if "Day" not in each.title] for one in people]


async def status(session: UUID) -> S:
    return (await queries.any_session(session)).status


# -------------------------------------------------------------------- booking
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


@pytest.mark.parametrize("hours", [0, 23, 14.25, 24 * 57], ids=["now", "too soon", "evening", "too far"])
async def test_a_coachee_books_free_times_and_nothing_else(now: datetime, hours: float) -> None:
    who = await makers.coaching(now=now)

    with pytest.raises(SlotTaken) as taken:
        await makers.a_booking(who, starts_at=now + hours * HOUR, now=now)

    assert len(taken.value.nearest) == 3


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


# ---------------------------------------------------------- coaches who confirm
async def test_a_coach_who_confirms_is_asked_first(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    who = await makers.coaching(
        programme=programme, coach=await makers.a_coach(programme=programme, confirms=True, now=now), now=now
    )

    session = await makers.a_booking(who, now=now)

    assert await status(session) is S.REQUESTED
    assert await mails("coaching-request") == ["Daniel Reid: A booking for coaching: Priya Nair waits for your answer"]
    assert await coaching_of(who.person, who.coach_person) == [[], []]
    assert [each.id for each in await queries.requests_of_coach(who.coach, now)] == [session]

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


# --------------------------------------------------------------------- moving
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


# ----------------------------------------------------------------- other coaches
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


# --------------------------------------------------------------- going on elsewhere
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


# -------------------------------------------------------------------- the record
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
