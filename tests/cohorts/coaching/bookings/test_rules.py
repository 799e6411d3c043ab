"""Decisions about coaching sessions, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.coaching.bookings import rules
from cohorts.coaching.bookings.rules import ALLOWED, REQUEST, Consequence, Moving, Party
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits.rules import Rules
from cohorts.coaching.credits.tables import CreditKind

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule looks at: an hour in three days."""

    status: S = S.BOOKED
    starts_at: datetime = NOW + 72 * HOUR
    ends_at: datetime = NOW + 73 * HOUR
    moves: int = 0
    has_credit: bool = True


def starting(in_hours: float, **changed: Any) -> Session:
    starts_at = NOW + in_hours * HOUR
    return Session(starts_at=starts_at, ends_at=starts_at + HOUR, **changed)


def some_rules(**changed: Any) -> Rules:
    return Rules(id=uuid4(), programme=uuid4(), version=1, changed_at=NOW, **changed)


def named(refused: object) -> str:
    return type(refused).__name__ if isinstance(refused, Exception) else ""


# ------------------------------------------------------------------- statuses
def test_every_status_has_its_row_in_the_table_of_moves_and_its_words() -> None:
    assert set(rules.MOVES) == set(rules.CALLED) == set(S)
    assert set(rules.HOLDS_TIME) | set(rules.CANCELLED) == set(S)
    assert set(rules.KIND_CALLED) == set(SessionKind)
    assert set(rules.CANCELLED_BY) == set(Party)


@pytest.mark.parametrize("status", rules.CANCELLED)
def test_what_is_cancelled_stays_cancelled(status: S) -> None:
    assert rules.MOVES[status] == frozenset()
    with pytest.raises(rules.ForbiddenMove):
        rules.move(status, S.BOOKED)


@pytest.mark.parametrize("before", rules.OUTCOMES)
def test_a_wrong_outcome_can_be_put_right_or_taken_back(before: S) -> None:
    others = {each for each in rules.OUTCOMES if each is not before}

    assert rules.MOVES[before] == {S.BOOKED, *others}


# ----------------------------------------------------------------- cancelling
@pytest.mark.parametrize(
    ("hours", "late"), [(72, False), (24, False), (23.99, True), (1, True)], ids=["days", "to the minute", "late", "1h"]
)
def test_a_coachee_cancels_freely_until_the_cut_off(hours: float, late: bool) -> None:
    found = rules.what_cancelling_means(starting(hours), some_rules(), by=Party.COACHEE, now=NOW)

    assert found == Consequence(late=late, uses_credit=late)


def test_a_late_cancellation_costs_nothing_where_the_rules_say_so_or_nothing_was_held() -> None:
    kind = some_rules(late_cancel_uses_credit=False)

    found = rules.what_cancelling_means(starting(1), kind, by=Party.COACHEE, now=NOW)
    free = rules.what_cancelling_means(starting(1, has_credit=False), some_rules(), by=Party.COACHEE, now=NOW)

    assert found == free == Consequence(late=True)


@given(hours=st.floats(-100, 100), by=st.sampled_from([Party.COACH, Party.ACADEMY]))
def test_coach_and_academy_always_give_the_credit_back(hours: float, by: Party) -> None:
    assert rules.what_cancelling_means(starting(hours), some_rules(), by=by, now=NOW) == Consequence()


def test_a_booking_that_waits_for_a_yes_is_cancelled_freely() -> None:
    waiting = starting(1, status=S.REQUESTED)

    assert rules.what_cancelling_means(waiting, some_rules(), by=Party.COACHEE, now=NOW) == Consequence()


def test_a_coachee_cannot_cancel_what_has_begun_and_nobody_what_is_over() -> None:
    begun, marked = starting(0), starting(-5, status=S.COMPLETED)

    assert named(rules.why_not_cancel(begun, by=Party.COACHEE, now=NOW)) == "TooLate"
    assert rules.why_not_cancel(begun, by=Party.COACH, now=NOW) is None
    assert [named(rules.why_not_cancel(marked, by=by, now=NOW)) for by in Party] == ["ForbiddenMove"] * 3


# --------------------------------------------------------------------- moving
@pytest.mark.parametrize(("hours", "means"), [(72, ALLOWED), (24, ALLOWED), (23.99, REQUEST), (0.01, REQUEST)])
def test_a_move_after_the_cut_off_is_a_request(hours: float, means: Moving) -> None:
    assert rules.what_moving_means(starting(hours), some_rules(), by=Party.COACHEE, now=NOW) is means


def test_the_cut_offs_for_moving_and_cancelling_are_apart() -> None:
    ours = some_rules(move_hours=48, cancel_hours=12)
    session = starting(24)

    assert rules.what_moving_means(session, ours, by=Party.COACHEE, now=NOW) is REQUEST
    assert not rules.what_cancelling_means(session, ours, by=Party.COACHEE, now=NOW).late


def test_a_coach_who_confirms_is_asked_about_a_move_too_unless_the_booking_still_waits() -> None:
    def means(status: S) -> object:
        return rules.what_moving_means(
            starting(72, status=status), some_rules(), by=Party.COACHEE, confirms=True, now=NOW
        )

    assert (means(S.BOOKED), means(S.REQUESTED)) == (REQUEST, ALLOWED)


@given(hours=st.floats(-100, 100), moves=st.integers(0, 9), by=st.sampled_from([Party.COACH, Party.ACADEMY]))
def test_coach_and_academy_are_bound_by_nothing(hours: float, moves: int, by: Party) -> None:
    session = starting(hours, moves=moves)

    assert rules.what_moving_means(session, some_rules(), by=by, now=NOW) is ALLOWED


@pytest.mark.parametrize(
    ("most", "moves", "said"),
    [
        (0, 0, "This session can't be moved."),
        (1, 1, "This session has been moved once."),
        (2, 2, "This session has been moved 2 times."),
        (2, 1, ""),
    ],
)
def test_a_session_is_moved_only_so_often(most: int, moves: int, said: str) -> None:
    found = rules.what_moving_means(starting(72, moves=moves), some_rules(most_moves=most), by=Party.COACHEE, now=NOW)

    rest = " Write to your coach or the coordinator, who can still move it."
    assert (str(found) if isinstance(found, Exception) else "") == (said + rest if said else "")


def test_what_has_begun_is_not_moved_by_a_coachee_and_what_is_over_by_nobody() -> None:
    begun, over = starting(0), starting(-5, status=S.CANCELLED_BY_COACH)

    assert named(rules.what_moving_means(begun, some_rules(), by=Party.COACHEE, now=NOW)) == "TooLate"
    assert named(rules.what_moving_means(over, some_rules(), by=Party.ACADEMY, now=NOW)) == "ForbiddenMove"


# ------------------------------------------------------------------- outcomes
@pytest.mark.parametrize(
    ("status", "stands"),
    [
        (S.REQUESTED, CreditKind.RESERVED),
        (S.BOOKED, CreditKind.RESERVED),
        (S.COMPLETED, CreditKind.USED),
        (S.NO_SHOW_COACHEE, CreditKind.USED),
        (S.NO_SHOW_COACH, CreditKind.RETURNED),
        (S.CANCELLED_BY_COACHEE, CreditKind.RETURNED),
        (S.CANCELLED_BY_COACH, CreditKind.RETURNED),
        (S.CANCELLED_BY_ACADEMY, CreditKind.RETURNED),
    ],
)
def test_what_each_status_does_to_the_credit(status: S, stands: CreditKind) -> None:
    assert rules.credit_after(status, some_rules()) is stands


def test_a_no_show_and_a_late_cancellation_follow_the_rules_of_the_programme() -> None:
    kind = some_rules(no_show_uses_credit=False)

    assert rules.credit_after(S.NO_SHOW_COACHEE, kind) is CreditKind.RETURNED
    assert rules.credit_after(S.CANCELLED_BY_COACHEE, kind, uses_credit=True) is CreditKind.USED
    assert rules.credit_after(S.CANCELLED_BY_COACH, kind, uses_credit=True) is CreditKind.RETURNED


def test_how_it_went_is_known_once_it_has_begun() -> None:
    assert named(rules.why_not_mark(starting(0.1), S.COMPLETED, now=NOW)) == "TooEarly"
    assert rules.why_not_mark(starting(0), S.COMPLETED, now=NOW) is None


@pytest.mark.parametrize("status", [S.REQUESTED, *rules.CANCELLED])
def test_what_did_not_count_is_not_marked(status: S) -> None:
    session = starting(-5, status=status)

    assert {named(rules.why_not_mark(session, each, now=NOW)) for each in S} == {"ForbiddenMove"}


def test_an_outcome_is_not_a_way_to_cancel() -> None:
    marks = {each for each in S if rules.why_not_mark(starting(-5), each, now=NOW) is None}

    assert marks == {S.BOOKED, *rules.OUTCOMES}


@pytest.mark.parametrize(
    ("status", "told", "stands"),
    [(S.COMPLETED, None, 60), (S.COMPLETED, 45, 45), (S.COMPLETED, 9999, 480), (S.NO_SHOW_COACHEE, 45, None)],
)
def test_minutes_are_those_planned_unless_said_otherwise(status: S, told: int | None, stands: int | None) -> None:
    assert rules.minutes_spent(starting(-5), status, told) == stands


# -------------------------------------------------------------------- booking
minute = st.integers(0, 600).map(lambda number: NOW + timedelta(minutes=number))


@given(minute, st.integers(1, 120), minute, st.integers(1, 120))
def test_overlap_is_the_same_both_ways_and_touching_is_none(
    one: datetime, minutes: int, other: datetime, other_minutes: int
) -> None:
    ends, other_ends = one + timedelta(minutes=minutes), other + timedelta(minutes=other_minutes)
    first, second = Session(starts_at=one, ends_at=ends), Session(starts_at=other, ends_at=other_ends)
    shared = {one + timedelta(minutes=n) for n in range(minutes)} & {
        other + timedelta(minutes=n) for n in range(other_minutes)
    }

    assert rules.overlap(first, other, other_ends) == rules.overlap(second, one, ends) == bool(shared)


def length(minutes: int, kind: SessionKind = SessionKind.COACHING, *, by: Party = Party.COACHEE) -> str:
    try:
        rules.check_minutes(minutes, kind, by=by, lengths=(45, 60), rules=some_rules())
    except rules.WrongLength as wrong:
        return str(wrong)
    return ""


def test_a_coachee_books_a_length_that_the_coach_offers() -> None:
    said = "This coach offers sessions of 45 or 60 minutes. Choose one of them."

    assert (length(45), length(60), length(30)) == ("", "", said)
    assert length(30, SessionKind.CHEMISTRY) == ""
    assert length(60, SessionKind.CHEMISTRY) == "A chemistry call takes 30 minutes."


def test_coach_and_academy_agree_on_any_length_of_a_day() -> None:
    assert length(90, by=Party.COACH) == length(480, by=Party.ACADEMY) == ""
    assert length(481, by=Party.ACADEMY) == length(0, by=Party.ACADEMY) != ""


@pytest.mark.parametrize(
    ("calls", "made", "chosen", "said"),
    [
        (3, 2, False, ""),
        (3, 3, False, "You have used all 3 chemistry calls. Choose your coach now."),
        (1, 1, False, "You have used the one chemistry call. Choose your coach now."),
        (3, 0, True, "You have chosen your coach, so there are no more chemistry calls."),
        (0, 0, False, "This programme has no chemistry calls. Book a coaching session."),
    ],
)
def test_chemistry_calls_come_before_the_choice_and_are_so_many(calls: int, made: int, chosen: bool, said: str) -> None:
    refused = rules.why_no_chemistry_call(some_rules(chemistry_calls=calls), made=made, chosen=chosen)

    assert str(refused or "") == said


def test_there_is_one_chemistry_call_with_each_coach() -> None:
    told = "You have your chemistry call with Daniel Reid already: there is one with each coach. "
    told += "Talk to another coach, or choose yours now."

    again = rules.why_no_chemistry_call(some_rules(chemistry_calls=3), made=1, chosen=False, again="Daniel Reid")
    most = rules.why_no_chemistry_call(some_rules(chemistry_calls=1), made=1, chosen=False, again="Daniel Reid")

    assert str(again) == told
    assert str(most) == "You have used the one chemistry call. Choose your coach now."


def test_a_chemistry_call_takes_a_credit_only_where_the_rules_say_so() -> None:
    assert rules.needs_credit(SessionKind.COACHING, some_rules())
    assert not rules.needs_credit(SessionKind.CHEMISTRY, some_rules())
    assert rules.needs_credit(SessionKind.CHEMISTRY, some_rules(chemistry_uses_credit=True))
