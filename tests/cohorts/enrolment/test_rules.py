"""Decisions about places, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from cohorts.enrolment import rules
from cohorts.enrolment.rules import CohortFacts
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import CohortStatus

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def facts(**changed: object) -> CohortFacts:
    """An open cohort of 20 places whose two days are still to come."""
    values: dict[str, object] = {
        "status": CohortStatus.OPEN,
        "capacity": 20,
        "first_starts_at": NOW + 23 * DAY,
        "next_starts_at": NOW + 23 * DAY,
        "last_starts_at": NOW + 24 * DAY,
    }
    return CohortFacts(**{**values, **changed})  # type: ignore[arg-type]


def named(refused: Exception | None) -> str:
    return "" if refused is None else type(refused).__name__


# ------------------------------------------------------------------- moves
def test_every_status_has_its_row_in_the_table_of_moves() -> None:
    assert set(rules.MOVES) == set(S)
    assert set(rules.CALLED) == set(S)


def test_who_left_can_come_back_to_the_same_row() -> None:
    for ended in (S.WITHDRAWN, S.DECLINED, S.EXPIRED, S.DEFERRED, S.TRANSFERRED):
        assert {after for after in S if after in rules.MOVES[ended]} == {S.OFFERED, S.WAITLISTED, S.ENROLLED}


def test_a_cancelled_enrolment_stays_cancelled() -> None:
    assert rules.MOVES[S.CANCELLED] == frozenset()


@pytest.mark.parametrize(
    ("before", "after"),
    [(S.ENROLLED, S.WAITLISTED), (S.ENROLLED, S.OFFERED), (S.ENROLLED, S.EXPIRED), (S.CANCELLED, S.ENROLLED)],
)
def test_a_forbidden_move_is_refused(before: S, after: S) -> None:
    with pytest.raises(rules.ForbiddenMove):
        rules.move(before, after)


def test_a_forbidden_move_is_said_in_words() -> None:
    with pytest.raises(rules.ForbiddenMove) as refused:
        rules.move(S.ENROLLED, S.WAITLISTED)

    assert refused.value.message == "An enrolment that is enrolled cannot become waiting list."


def test_an_enrolment_does_not_begin_at_its_end() -> None:
    with pytest.raises(rules.ForbiddenMove):
        rules.move(None, S.WITHDRAWN)


def test_a_move_in_the_table_gives_the_new_status() -> None:
    assert rules.move(S.OFFERED, S.ENROLLED) is S.ENROLLED
    assert rules.move(None, S.WAITLISTED) is S.WAITLISTED


# ---------------------------------------------------------- who may register
@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({}, ""),
        ({"status": CohortStatus.PLANNED}, "NotOpenYet"),
        ({"status": CohortStatus.CANCELLED}, "CohortCancelled"),
        ({"status": CohortStatus.CLOSED}, "CohortOver"),
        ({"opens_at": NOW + HOUR}, "NotOpenYet"),
        ({"opens_at": NOW}, ""),
        ({"closes_at": NOW + HOUR}, ""),
        ({"closes_at": NOW}, "RegistrationClosed"),
        ({"first_starts_at": NOW}, "RegistrationClosed"),
        ({"first_starts_at": NOW, "closes_at": NOW + HOUR}, ""),
        ({"first_starts_at": NOW - DAY, "last_starts_at": NOW}, "CohortOver"),
        ({"first_starts_at": None, "next_starts_at": None, "last_starts_at": None}, ""),
        ({"capacity": 0}, ""),
    ],
)
def test_when_people_can_register_by_themselves(changed: dict[str, object], refused: str) -> None:
    assert named(rules.why_not_register(facts(**changed), now=NOW)) == refused


def test_a_full_cohort_still_takes_registrations_for_its_list() -> None:
    assert rules.why_not_register(facts(capacity=2, taken=2, waiting=9), now=NOW) is None


def test_the_page_says_when_registration_opens() -> None:
    refused = rules.why_not_register(facts(opens_at=datetime(2026, 6, 8, 8, 30, tzinfo=UTC)), now=NOW)

    assert refused is not None
    assert refused.message == "Registration opens on Monday 8 June 2026 at 9:30am."


def test_a_late_joiner_asks_the_coordinator_who_can_add_them() -> None:
    running = facts(first_starts_at=NOW - HOUR)

    assert named(rules.why_not_register(running, now=NOW)) == "RegistrationClosed"
    assert rules.why_not_enrol(running, now=NOW) is None


def test_a_coordinator_can_add_people_before_the_cohort_is_published() -> None:
    assert rules.why_not_enrol(facts(status=CohortStatus.PLANNED), now=NOW) is None


@pytest.mark.parametrize("status", [CohortStatus.CANCELLED, CohortStatus.CLOSED])
def test_nobody_can_be_added_to_what_is_cancelled_or_closed(status: CohortStatus) -> None:
    assert rules.why_not_enrol(facts(status=status), now=NOW) is not None


# -------------------------------------------------------------------- places
@pytest.mark.parametrize(
    ("capacity", "taken", "waiting", "confirmed", "becomes"),
    [
        (20, 19, 0, True, S.ENROLLED),
        (20, 19, 0, False, S.OFFERED),
        (20, 20, 0, True, S.WAITLISTED),
        (20, 20, 0, False, S.WAITLISTED),
        (20, 25, 0, True, S.WAITLISTED),
        (0, 0, 0, True, S.WAITLISTED),
        (20, 19, 1, True, S.WAITLISTED),  # the free place is somebody's who waits
        (20, 18, 1, True, S.ENROLLED),
    ],
)
def test_a_newcomer_gets_a_free_place_or_joins_the_list(
    capacity: int, taken: int, waiting: int, confirmed: bool, becomes: S
) -> None:
    cohort = facts(capacity=capacity, taken=taken, waiting=waiting)

    assert rules.place_or_list(cohort, confirmed=confirmed) is becomes


@pytest.mark.parametrize(
    ("capacity", "taken", "waiting", "filled"),
    [(20, 20, 5, 0), (20, 18, 5, 2), (20, 18, 1, 1), (20, 18, 0, 0), (20, 23, 5, 0)],
)
def test_every_free_place_goes_to_the_list(capacity: int, taken: int, waiting: int, filled: int) -> None:
    assert rules.places_to_fill(facts(capacity=capacity, taken=taken, waiting=waiting), now=NOW) == filled


def test_nobody_is_moved_up_once_the_last_session_has_started() -> None:
    assert rules.places_to_fill(facts(taken=1, waiting=1, last_starts_at=NOW), now=NOW) == 0


def test_people_are_moved_up_between_two_sessions() -> None:
    assert rules.places_to_fill(facts(taken=1, waiting=1, first_starts_at=NOW - DAY), now=NOW) == 1


def test_nobody_is_moved_up_in_a_cancelled_cohort() -> None:
    assert rules.places_to_fill(facts(status=CohortStatus.CANCELLED, waiting=1), now=NOW) == 0


def test_a_held_place_waits_for_a_day() -> None:
    assert rules.held_until(facts(), now=NOW) == NOW + DAY


def test_a_held_place_never_waits_past_the_next_start() -> None:
    assert rules.held_until(facts(next_starts_at=NOW + 2 * HOUR), now=NOW) == NOW + 2 * HOUR


def test_without_sessions_a_held_place_waits_for_a_day() -> None:
    assert rules.held_until(facts(next_starts_at=None), now=NOW) == NOW + DAY


# ---------------------------------------------------------------- withdrawing
@pytest.mark.parametrize(
    ("status", "first_starts_at", "refused"),
    [
        (S.ENROLLED, NOW + HOUR, ""),
        (S.ENROLLED, None, ""),
        (S.ENROLLED, NOW, "TooLateToWithdraw"),
        (S.WAITLISTED, NOW - DAY, ""),
        (S.OFFERED, NOW - DAY, ""),
    ],
)
def test_people_withdraw_by_themselves_until_the_first_session_starts(
    status: S, first_starts_at: datetime | None, refused: str
) -> None:
    assert named(rules.why_not_withdraw(status, first_starts_at=first_starts_at, now=NOW)) == refused


def test_not_taking_up_an_offer_is_declining_it() -> None:
    assert rules.left_by_themself(S.OFFERED) is S.DECLINED
    assert rules.left_by_themself(S.ENROLLED) is S.WITHDRAWN
    assert rules.left_by_themself(S.WAITLISTED) is S.WITHDRAWN


# -------------------------------------------------------------------- repeats
@pytest.mark.parametrize(("minutes", "number"), [(0, 0), (1, 0), (14, 0), (15, 1), (29, 1), (30, 2), (60, 4), (-5, 0)])
def test_registering_again_is_answered_once_a_quarter_of_an_hour(minutes: int, number: int) -> None:
    assert rules.repeat_number(NOW, now=NOW + timedelta(minutes=minutes)) == number
