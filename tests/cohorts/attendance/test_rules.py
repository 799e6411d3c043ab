"""When a register may be taken, and what its marks are worth."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cohorts.attendance import rules
from cohorts.attendance.rules import MarkGiven, Times
from cohorts.attendance.tables import Mark
from cohorts.schedule.tables import CohortStatus, SessionStatus

START = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)  # 9:30am in London
DAY = Times(START, START + timedelta(hours=6))


def why_not(now: datetime, **changed: object) -> rules.RegisterClosed | None:
    facts = {"session": SessionStatus.PLANNED, "cohort": CohortStatus.OPEN, "coordinator": False, **changed}
    return rules.why_not_mark(DAY, now=now, **facts)  # type: ignore[arg-type]


def test_the_register_opens_an_hour_before_the_session() -> None:
    assert why_not(START - timedelta(hours=1)) is None


def test_a_minute_earlier_it_says_when_it_opens_in_local_time() -> None:
    refused = why_not(START - timedelta(minutes=61))

    assert isinstance(refused, rules.TooEarly)
    assert refused.message == "The register opens 1 hour before the session: Wednesday 24 June at 8:30am."


def test_a_cancelled_session_or_cohort_has_no_register() -> None:
    assert isinstance(why_not(START, session=SessionStatus.CANCELLED), rules.SessionCancelled)
    assert isinstance(why_not(START, cohort=CohortStatus.CANCELLED), rules.SessionCancelled)


def test_after_closing_only_a_coordinator_corrects() -> None:
    assert isinstance(why_not(START, cohort=CohortStatus.CLOSED), rules.CohortClosed)
    assert why_not(START, cohort=CohortStatus.CLOSED, coordinator=True) is None


AFTER = DAY.ends_at + timedelta(days=1)


@pytest.mark.parametrize(
    ("mark", "minutes", "worth"),
    [
        (Mark.PRESENT, None, 360),
        (Mark.PRESENT, 5, 360),
        (Mark.LATE, 330, 330),
        (Mark.PARTIAL, 1, 1),
        (Mark.PARTIAL, 360, 360),
        (Mark.ABSENT, 90, 0),
        (Mark.ABSENT_EXCUSED, None, 0),
        (Mark.UNMARKED, 90, 0),
    ],
)
def test_what_a_mark_is_worth(mark: Mark, minutes: int | None, worth: int) -> None:
    assert rules.minutes_attended(MarkGiven(mark, minutes), DAY, now=AFTER) == worth


@pytest.mark.parametrize("minutes", [0, -1, 361, None])
def test_minutes_that_cannot_be_are_refused(minutes: int | None) -> None:
    for mark in rules.WITH_MINUTES:
        with pytest.raises(rules.MinutesNeeded):
            rules.minutes_attended(MarkGiven(mark, minutes), DAY, now=AFTER)


def test_late_while_the_session_runs_counts_from_now() -> None:
    at_ten = START + timedelta(minutes=30, seconds=20)

    assert rules.minutes_attended(MarkGiven(Mark.LATE), DAY, now=at_ten) == 329


def test_partly_never_counts_from_now() -> None:
    with pytest.raises(rules.MinutesNeeded):
        rules.minutes_attended(MarkGiven(Mark.PARTIAL), DAY, now=START + timedelta(hours=1))


def test_partly_counts_from_half_of_the_session_on() -> None:
    assert not rules.attended(Mark.PARTIAL, 179, 360)
    assert rules.attended(Mark.PARTIAL, 180, 360)
    assert rules.attended(Mark.LATE, 10, 360)
    assert not rules.attended(Mark.ABSENT_EXCUSED, 360, 360)


@given(mark=some.sampled_from(Mark), minutes=some.none() | some.integers(-5, 2000), length=some.integers(1, 900))
def test_nobody_is_there_longer_than_the_session(mark: Mark, minutes: int | None, length: int) -> None:
    times = Times(START, START + timedelta(minutes=length))
    try:
        worth = rules.minutes_attended(MarkGiven(mark, minutes), times, now=AFTER)
    except rules.MinutesNeeded:
        return

    assert 0 <= worth <= length
