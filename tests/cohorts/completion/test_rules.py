"""Who has completed: k of n, compulsory sessions, cancelled sessions, and what is missing in words."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cohorts.attendance.rules import Planned, Times
from cohorts.attendance.tables import Mark
from cohorts.completion import rules
from cohorts.schedule.tables import CohortStatus

START = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)
PRESENT, ABSENT = (Mark.PRESENT, 180), (Mark.ABSENT, 0)


def days(number: int, *, compulsory: tuple[int, ...] = (), cancelled: tuple[int, ...] = ()) -> list[Planned]:
    return [
        Planned(
            id=uuid4(),
            title=f"Day {day}",
            compulsory=day in compulsory,
            cancelled=day in cancelled,
            times=Times(START + timedelta(days=day), START + timedelta(days=day, hours=3)),
        )
        for day in range(1, number + 1)
    ]


def at(sessions: list[Planned], *there: int) -> dict[UUID, tuple[Mark, int]]:
    return {session.id: PRESENT if day in there else ABSENT for day, session in enumerate(sessions, 1)}


def test_without_a_number_all_sessions_are_needed() -> None:
    both = days(2)

    assert rules.decide(both, at(both, 1, 2), None).completed
    assert rules.decide(both, at(both, 1), None).missing == ["1 more session"]
    assert rules.decide(both, at(both), None).missing == ["2 more sessions"]


def test_k_of_n_lets_people_miss_the_rest() -> None:
    five = days(5)

    assert rules.decide(five, at(five, 1, 2, 5), 3).completed
    assert rules.decide(five, at(five, 1), 3).missing == ["2 more sessions"]


def test_more_sessions_asked_than_there_are_means_all() -> None:
    both = days(2)

    assert rules.decide(both, at(both, 1, 2), 7).completed
    assert not rules.decide(both, at(both, 1), 7).completed


def test_a_compulsory_session_is_named() -> None:
    three = days(3, compulsory=(2,))

    assert rules.decide(three, at(three, 1, 3), 2).missing == ["Day 2 is compulsory"]
    assert rules.decide(three, at(three, 2, 3), 2).completed
    assert rules.decide(three, at(three), 2).missing == ["Day 2 is compulsory", "1 more session"]


def test_cancelled_sessions_count_against_nobody() -> None:
    three = days(3, compulsory=(3,), cancelled=(3,))

    assert rules.decide(three, at(three, 1), 2).completed
    assert rules.decide(three, at(three), 2).missing == ["1 more session"]
    assert rules.enough(three, 2) == 1


def test_nobody_completes_without_having_been_anywhere() -> None:
    none = days(2, cancelled=(1, 2))

    assert rules.decide(none, {}, None).missing == ["No session was held"]
    assert rules.decide(days(2), {}, 0).missing == ["1 more session"]


def test_partly_counts_from_half_of_the_session() -> None:
    (day,) = days(1)

    assert not rules.decide([day], {day.id: (Mark.PARTIAL, 89)}, None).completed
    assert rules.decide([day], {day.id: (Mark.PARTIAL, 90)}, None).completed


def test_minutes_are_those_really_attended() -> None:
    three = days(3, cancelled=(3,))
    marks = {three[0].id: (Mark.LATE, 150), three[1].id: (Mark.PARTIAL, 60)}

    assert rules.decide(three, marks, 1).minutes == 210


@pytest.mark.parametrize(
    ("sessions", "needed", "words"),
    [
        (days(1), None, "Completing takes the one session."),
        (days(2), None, "Completing takes both sessions."),
        (days(3), None, "Completing takes all 3 sessions."),
        (days(5, compulsory=(2,)), 4, "Completing takes 4 of 5 sessions. Day 2 is compulsory."),
        (
            days(5, cancelled=(3,)),
            4,
            "Completing takes 4 of 5 sessions. 1 session was cancelled and counts against nobody: "
            "3 of the 4 held are enough.",
        ),
    ],
)
def test_the_rule_in_words(sessions: list[Planned], needed: int | None, words: str) -> None:
    assert rules.rule_in_words(sessions, needed) == words


def test_cpd_is_the_share_of_the_time_attended() -> None:
    assert rules.cpd_minutes(360, 360, 600) == 600
    assert rules.cpd_minutes(270, 360, 600) == 450
    assert rules.cpd_minutes(0, 360, 600) == 0
    assert rules.cpd_minutes(100, 0, 600) == 0


def test_a_cohort_closes_after_its_last_session() -> None:
    two = days(2)
    end = two[1].times.ends_at

    assert rules.why_not_close(CohortStatus.OPEN, two, end) is None
    assert rules.why_not_close(CohortStatus.CLOSED, two, end) is None
    refused = rules.why_not_close(CohortStatus.OPEN, two, end - timedelta(minutes=1))
    assert isinstance(refused, rules.NotOver)
    assert refused.message == "Day 2 ends on Friday 26 June at 12:30pm. Close the cohort after it."


def test_a_cancelled_last_session_does_not_hold_up_closing() -> None:
    two = days(2, cancelled=(2,))

    assert rules.why_not_close(CohortStatus.OPEN, two, two[0].times.ends_at) is None


def test_what_never_ran_is_not_closed() -> None:
    over = START + timedelta(days=9)

    assert isinstance(rules.why_not_close(CohortStatus.PLANNED, days(1), over), rules.NotRunning)
    assert isinstance(rules.why_not_close(CohortStatus.CANCELLED, days(1), over), rules.NotRunning)
    assert isinstance(rules.why_not_close(CohortStatus.OPEN, days(1, cancelled=(1,)), over), rules.NothingHeld)
    assert isinstance(rules.why_not_close(CohortStatus.OPEN, [], over), rules.NothingHeld)


# ------------------------------------------------------------- properties
@some.composite
def cases(draw: some.DrawFn) -> tuple[list[Planned], dict[UUID, tuple[Mark, int]], int | None]:
    number = draw(some.integers(0, 6))
    which = some.lists(some.integers(1, 6), unique=True).map(tuple)
    sessions = days(number, compulsory=draw(which), cancelled=draw(which))
    marks = {
        session.id: (draw(some.sampled_from(Mark)), draw(some.integers(0, 180)))
        for session in sessions
        if draw(some.booleans())
    }
    return sessions, marks, draw(some.none() | some.integers(0, 7))


@given(case=cases(), data=some.data())
def test_attending_more_never_takes_a_completion_away(case, data) -> None:  # type: ignore[no-untyped-def]
    sessions, marks, needed = case
    if not sessions:
        return
    session = data.draw(some.sampled_from(sessions))
    before = rules.decide(sessions, marks, needed)

    after = rules.decide(sessions, {**marks, session.id: PRESENT}, needed)

    assert after.completed >= before.completed
    assert len(after.missing) <= max(len(before.missing), 1)


@given(case=cases(), data=some.data())
def test_cancelling_a_session_never_takes_a_completion_away(case, data) -> None:  # type: ignore[no-untyped-def]
    sessions, marks, needed = case
    if not sessions:
        return
    index = data.draw(some.integers(0, len(sessions) - 1))
    before = rules.decide(sessions, marks, needed)
    fewer = [*sessions]
    fewer[index] = msgspec.structs.replace(sessions[index], cancelled=True)

    after = rules.decide(fewer, marks, needed)

    assert after.completed >= before.completed


@given(case=cases())
def test_completed_and_missing_never_disagree(case) -> None:  # type: ignore[no-untyped-def]
    sessions, marks, needed = case

    decision = rules.decide(sessions, marks, needed)

    assert decision.completed == (not decision.missing)
    if decision.completed and decision.held:
        assert decision.attended >= rules.enough(sessions, needed) - 1


@given(attended=some.integers(0, 10_000), more=some.integers(0, 500), held=some.integers(0, 10_000))
def test_more_minutes_never_mean_less_cpd(attended: int, more: int, held: int) -> None:
    assert rules.cpd_minutes(attended + more, held, 600) >= rules.cpd_minutes(attended, held, 600)
    assert 0 <= rules.cpd_minutes(attended, held, 600) <= 600
