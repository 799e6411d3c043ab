"""What each mode promises, and what it costs."""

from __future__ import annotations

import msgspec
import pytest

from mentoring.matching.coverage import most_paired
from mentoring.matching.criteria import Mode
from mentoring.matching.modes import at_least, best_worst, decide, mode_row
from mentoring.matching.people import Pool
from mentoring.matching.run import Run, prepare
from mentoring.matching.solver import NOBODY, solve
from mentoring.matching.stable import blocking_pairs
from mentoring.matching.suggest import prices_of_modes, suggest
from tests.support.schemes import a_scheme


def runs(places: tuple[int, ...] = (60, 30, 10), waiting: int = 5) -> list[Run]:
    """Three schemes; every so-many-th mentee waited before."""
    made = []
    for seed in range(3):
        scheme = a_scheme(mentees=60, mentors=40, seed=seed, places=places)
        mentees = tuple(
            msgspec.structs.replace(one, waited_before=number % waiting == 0)
            for number, one in enumerate(scheme.pool.mentees)
        )
        pool = Pool(mentors=scheme.pool.mentors, mentees=mentees)
        made.append(prepare(pool, scheme.criteria, pins=scheme.pins))
    return made


@pytest.mark.parametrize("places", [(60, 30, 10), (1, 0, 0)], ids=["enough", "scarce"])
def test_as_many_can_be_paired_as_the_best_plan_pairs(places: tuple[int, ...]) -> None:
    for run in runs(places):
        best = solve(run.problem()).value

        assert most_paired(run.problem(), least=0) == (best.paired, best.waited)


@pytest.mark.parametrize("places", [(60, 30, 10), (1, 0, 0)], ids=["enough", "scarce"])
def test_the_worst_pair_cannot_be_better_without_pairing_fewer(places: tuple[int, ...]) -> None:
    for run in runs(places):
        most = most_paired(run.problem(), least=0)
        found = mode_row(run, Mode.WORST, decide(run, Mode.WORST).mates)
        least = best_worst(run)

        assert found.paired == most[0]
        assert found.worst == least
        assert most_paired(run.problem(), least=least + 1) < most


def test_of_plans_with_that_worst_pair_the_highest_total_is_taken() -> None:
    for run in runs():
        least = best_worst(run)
        rows = at_least(run.table.rows, least)

        found = decide(run, Mode.WORST)

        assert found.solution is not None
        assert found.solution.value == solve(run.problem(rows=rows, floors=False)).value


def test_quality_pairs_nobody_below_its_least_score_and_no_total_above_it_is_higher() -> None:
    for run in runs():
        found = mode_row(run, Mode.QUALITY, decide(run, Mode.QUALITY).mates)

        assert (found.worst or 0) >= 30
        assert found.total == solve(run.problem(rows=at_least(run.table.rows, 30), coverage=False)).value.points
        assert found.paired < mode_row(run, Mode.FLOORS, decide(run, Mode.FLOORS).mates).paired


@pytest.mark.parametrize("places", [(60, 30, 10), (1, 0, 0)], ids=["enough", "scarce"])
def test_nobody_in_the_stable_mode_would_rather_have_each_other(places: tuple[int, ...]) -> None:
    for run in runs(places):
        mates = decide(run, Mode.STABLE).mates

        assert blocking_pairs(run, mates) == 0
        assert {mentee: mates[mentee] for mentee in run.pins} == run.pins
        assert all(run.table.rows[one][mate] for one, mate in enumerate(mates) if mate != NOBODY)


def test_in_other_modes_somebody_would() -> None:
    assert all(blocking_pairs(run, decide(run, Mode.FLOORS).mates) > 0 for run in runs())


def test_the_price_of_each_mode_is_what_a_run_in_it_comes_to() -> None:
    scheme = a_scheme(mentees=60, mentors=40, seed=1)

    rows = prices_of_modes(scheme.pool, scheme.criteria)

    assert [row.mode for row in rows] == list(Mode)
    for row in rows:
        found = suggest(scheme.pool, msgspec.structs.replace(scheme.criteria, mode=row.mode)).totals
        assert (row.paired, row.total, row.worst, row.below) == (found.paired, found.total, found.worst, found.below)
        assert (row.first_choices, row.stated_choices) == (found.first_choices, found.stated_choices)


def test_the_modes_do_what_they_are_named_for() -> None:
    floors, quality, worst, stable = prices_of_modes(
        (scheme := a_scheme(mentees=200, mentors=150, seed=3)).pool, scheme.criteria
    )

    assert floors.paired == worst.paired == max(row.paired for row in (floors, quality, worst, stable))
    assert [each.pairs for each in floors.below] <= [each.pairs for each in worst.below]
    assert (worst.worst or 0) >= (floors.worst or 0)
    assert stable.blocking == 0
    assert stable.total < worst.total
