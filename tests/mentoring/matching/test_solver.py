"""The solver alone: as good as trying everything, as good as another exact solver, and with a proof."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from mentoring.matching import chains, solver
from mentoring.matching.levels import Value
from mentoring.matching.run import prepare
from mentoring.matching.solver import NOBODY, Problem, Solution, solve
from tests.support.examples import examples
from tests.support.schemes import CRITERIA, a_scheme

FLOORS = (10, 20, 30)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """At most 6 mentees and 4 mentors, with everything that can decide."""
    mentors, mentees = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    score = st.one_of(st.just(0), st.integers(1, 60), st.sampled_from((1, 11, 21, 31)))
    rows = [bytes(draw(st.lists(score, min_size=mentors, max_size=mentors))) for _ in range(mentees)]
    someone = st.dictionaries(st.integers(0, mentees - 1), st.integers(0, mentors - 1), max_size=mentees)
    return Problem(
        rows=rows,
        places=draw(st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors)),
        pins=draw(st.one_of(st.just({}), someone)),
        previous=draw(someone),
        waited=draw(st.frozensets(st.integers(0, mentees - 1))),
        let_down=draw(st.frozensets(st.integers(0, mentors - 1))),
        floors=draw(st.sampled_from(((), (10,), FLOORS))),
        keep=draw(st.sampled_from((0, 1, 5))),
        coverage=draw(st.booleans()),
    )


def everything(problem: Problem) -> Iterator[list[int]]:
    """Every plan that breaks no rule and fills no place twice."""
    left = list(problem.places)
    for mentor in problem.pins.values():
        left[mentor] -= 1

    def plans(mates: list[int]) -> Iterator[list[int]]:
        mentee = len(mates)
        if mentee == len(problem.rows):
            yield mates
            return
        if mentee in problem.pins:
            yield from plans([*mates, problem.pins[mentee]])
            return
        yield from plans([*mates, NOBODY])
        for mentor, value in enumerate(problem.rows[mentee]):
            if value and left[mentor] > 0:
                left[mentor] -= 1
                yield from plans([*mates, mentor])
                left[mentor] += 1

    return plans([])


def value_of(problem: Problem, mates: list[int]) -> tuple[int, ...]:
    """The levels of a plan, told in another way than the solver does: without its pinned pairs, then pairs kept and
    pairs of mentors who were let down."""
    pairs = [(one, mate) for one, mate in enumerate(mates) if mate != NOBODY and one not in problem.pins]
    kept = {one for one, mate in pairs if problem.previous.get(one) == mate}
    scores = {one: problem.rows[one][mate] - 1 for one, mate in pairs}
    points = sum(scores.values()) + problem.keep * len(kept)
    again = sum(mate in problem.let_down for _, mate in pairs)
    if not problem.coverage:
        return points, len(kept), again
    below = [-len([one for one in scores if scores[one] < floor and one not in kept]) for floor in problem.floors]
    return len(pairs), len([one for one in scores if one in problem.waited]), *below, points, len(kept), again


def flat(value: Value, *, coverage: bool) -> tuple[int, ...]:
    return (value.paired, value.waited, *value.above, value.points) if coverage else (value.points,)


def proof_fails(problem: Problem, found: Solution) -> list[str]:
    """Why these prices do not prove that no plan is better; empty when they do."""
    fails = []
    left = solver.free_places(problem)
    used = [0] * len(left)
    total = 0
    for one, row in enumerate(problem.rows):
        if one in problem.pins:
            continue
        mate, gain = found.mates[one], found.gains[one]
        if gain < 0 or (gain and mate == NOBODY):
            fails.append(f"mentee {one} has a gain and nobody")
        for mentor, value in enumerate(row):
            if value and left[mentor]:
                kept = problem.previous.get(one) == mentor
                worth = found.levels.worth(value - 1, waited=one in problem.waited, kept=kept)
                if worth - found.prices[mentor] > gain:
                    fails.append(f"mentee {one} would gain by mentor {mentor}")
                if mentor == mate and worth - found.prices[mentor] != gain:
                    fails.append(f"mentee {one} does not gain what mentor {mentor} is worth")
                if mentor == mate:
                    used[mentor] += 1
                    total += worth
    for mentor, price in enumerate(found.prices):
        if price < 0 or (price and used[mentor] < left[mentor]):
            fails.append(f"mentor {mentor} has a price and a free place")
    if total != sum(found.gains) + sum(p * n for p, n in zip(found.prices, left, strict=True)):
        fails.append("prices and gains do not add up to the plan")
    return fails


@examples(100, derandomize=True)
@given(problem=problems())
def test_the_plan_is_the_best_of_all_that_there_are(problem: Problem) -> None:
    best = max(value_of(problem, mates) for mates in everything(problem))

    found = solve(problem)

    assert value_of(problem, found.mates) == best
    assert flat(found.value, coverage=problem.coverage) == best[:-2]
    assert proof_fails(problem, found) == []


@examples(60, derandomize=True)
@given(problem=problems())
def test_no_rule_no_place_and_no_pin_is_broken(problem: Problem) -> None:
    found = solve(problem)

    assert {one: found.mates[one] for one in problem.pins} == problem.pins
    others = {one: mate for one, mate in enumerate(found.mates) if mate != NOBODY and one not in problem.pins}
    assert all(problem.rows[one][mate] for one, mate in others.items())
    free = solver.free_places(problem)
    assert all(list(others.values()).count(mentor) <= free[mentor] for mentor in range(len(free)))


def scheme_problem(mentees: int, mentors: int, *, seed: int, places: tuple[int, ...] = (60, 30, 10)) -> Problem:
    scheme = a_scheme(mentees=mentees, mentors=mentors, seed=seed, places=places)
    return prepare(scheme.pool, CRITERIA, pins=scheme.pins).problem()


def best_by_scipy(problem: Problem) -> tuple[int, int]:
    """People paired and total, by an independent exact solver on mentors' single places, one level above the other."""
    columns = [mentor for mentor, places in enumerate(solver.free_places(problem)) for _ in range(places)]
    people = [row for one, row in enumerate(problem.rows) if one not in problem.pins]
    values = np.array([[row[mentor] for mentor in columns] for row in people], dtype=np.float64)
    worth = np.where(values > 0, values - 1 + 1e6, 0.0)
    chosen = worth[linear_sum_assignment(worth, maximize=True)].sum()
    return int(chosen // 1e6), int(chosen % 1e6)


@pytest.mark.parametrize("places", [(60, 30, 10), (1, 0, 0)], ids=["enough", "scarce"])
@pytest.mark.parametrize(("mentees", "mentors"), [(37, 30), (200, 150)])
def test_an_independent_exact_solver_finds_nothing_better(mentees: int, mentors: int, places: tuple[int, ...]) -> None:
    for seed in range(3):
        problem = msgspec.structs.replace(scheme_problem(mentees, mentors, seed=seed, places=places), floors=())

        found = solve(problem)

        assert (found.value.paired, found.value.points) == best_by_scipy(problem)
        assert proof_fails(problem, found) == []


def test_prices_prove_the_plan_with_floors() -> None:
    problem = scheme_problem(200, 150, seed=4)

    assert proof_fails(problem, solve(problem)) == []


def test_the_proof_sees_a_plan_that_is_not_the_best() -> None:
    problem = scheme_problem(37, 30, seed=1)
    found = solve(problem)
    one, other = next(
        (a, b)
        for a, mine in enumerate(found.mates)
        for b, yours in enumerate(found.mates)
        if mine != yours and NOBODY not in (mine, yours) and problem.rows[a][yours] and problem.rows[b][mine]
    )
    swapped = list(found.mates)
    swapped[one], swapped[other] = swapped[other], swapped[one]

    assert value_of(problem, swapped) < value_of(problem, found.mates)
    assert proof_fails(problem, msgspec.structs.replace(found, mates=swapped)) != []


def test_a_single_candidate_for_each_is_enough_to_find_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = scheme_problem(60, 40, seed=2)
    usual = solve(problem)
    for room in (solver, chains):
        monkeypatch.setattr(room, "CANDIDATES", 1)

    assert solve(problem).mates == usual.mates


def test_candidates_alone_would_miss_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = scheme_problem(60, 40, seed=2)
    usual = solve(problem)
    monkeypatch.setattr(solver, "CANDIDATES", 1)
    monkeypatch.setattr(
        solver, "best_plan", lambda options, places, gaining, told=None: chains.assign(options, places, told)
    )

    assert flat(solve(problem).value, coverage=True) < flat(usual.value, coverage=True)


@pytest.mark.parametrize("seed", range(3))
def test_floors_leave_fewer_poor_pairs_and_nobody_more_without_one(seed: int) -> None:
    problem = scheme_problem(200, 150, seed=seed)
    plain_problem = msgspec.structs.replace(problem, floors=())

    found, plain = solve(problem), solve(plain_problem)

    with_floors = value_of(problem, found.mates)
    without = value_of(problem, plain.mates)
    assert with_floors[0] == without[0]
    assert with_floors[2:5] >= without[2:5]
    assert found.value.points <= plain.value.points


def test_without_floors_more_pairs_are_poor() -> None:
    problem = scheme_problem(200, 150, seed=1)
    plain = solve(msgspec.structs.replace(problem, floors=()))

    assert value_of(problem, plain.mates)[2:5] < value_of(problem, solve(problem).mates)[2:5]


# Monotone in value: what is added to a scheme never makes the plan as a whole worse.


@examples(25, derandomize=True)
@given(problem=problems(), dice=st.randoms(use_true_random=False))
def test_one_more_place_never_lowers_the_value(problem: Problem, dice: random.Random) -> None:
    problem = msgspec.structs.replace(problem, pins={})
    before = flat(solve(problem).value, coverage=problem.coverage)
    places = list(problem.places)
    places[dice.randrange(len(places))] += 1

    after = flat(solve(msgspec.structs.replace(problem, places=places)).value, coverage=problem.coverage)

    assert after >= before


@examples(25, derandomize=True)
@given(problem=problems(), score=st.integers(1, 60))
def test_one_more_mentor_never_lowers_the_value(problem: Problem, score: int) -> None:
    before = flat(solve(problem).value, coverage=problem.coverage)
    rows = [row + bytes([score if one % 2 else 0]) for one, row in enumerate(problem.rows)]

    more = msgspec.structs.replace(problem, rows=rows, places=[*problem.places, 1])

    assert flat(solve(more).value, coverage=problem.coverage) >= before


@examples(25, derandomize=True)
@given(problem=problems(), score=st.integers(1, 60), dice=st.randoms(use_true_random=False))
def test_one_more_allowed_pair_never_lowers_the_value(problem: Problem, score: int, dice: random.Random) -> None:
    before = flat(solve(problem).value, coverage=problem.coverage)
    rows = [bytearray(row) for row in problem.rows]
    row = dice.choice(rows)
    closed = [mentor for mentor, value in enumerate(row) if not value]
    if closed:
        row[dice.choice(closed)] = score

    after = flat(solve(msgspec.structs.replace(problem, rows=rows)).value, coverage=problem.coverage)

    assert after >= before


@pytest.mark.parametrize("seed", range(3))
def test_raising_a_chosen_pair_keeps_it_and_adds_just_that(seed: int) -> None:
    problem = msgspec.structs.replace(scheme_problem(60, 40, seed=seed), floors=())
    found = solve(problem)
    mentee, mentor = next((one, mate) for one, mate in enumerate(found.mates) if mate != NOBODY)
    rows = [bytearray(row) for row in problem.rows]
    rows[mentee][mentor] += 7

    raised = solve(msgspec.structs.replace(problem, rows=rows))

    assert raised.mates[mentee] == mentor
    assert raised.value.points == found.value.points + 7


@pytest.mark.parametrize("seed", range(3))
def test_closing_pairs_that_were_not_chosen_changes_nothing(seed: int) -> None:
    problem = scheme_problem(60, 40, seed=seed)
    found = solve(problem)
    dice = random.Random(seed)
    rows = [
        bytes(0 if mentor != mate and dice.random() < 0.2 else value for mentor, value in enumerate(row))
        for row, mate in zip(problem.rows, found.mates, strict=True)
    ]

    assert solve(msgspec.structs.replace(problem, rows=rows)).mates == found.mates


def test_the_same_points_more_for_everybody_leave_the_best_plans_the_best() -> None:
    problem = msgspec.structs.replace(scheme_problem(60, 40, seed=5), floors=())
    rows = [bytes(2 * (value - 1) + 3 + 1 if value else 0 for value in row) for row in problem.rows]
    scaled = msgspec.structs.replace(problem, rows=rows)

    found, other = solve(problem), solve(scaled)

    assert value_of(problem, other.mates) == value_of(problem, found.mates)


# Runs that follow each other.


@pytest.mark.parametrize("keep", [0, 5])
@pytest.mark.parametrize("seed", range(4))
def test_its_own_answer_is_what_it_comes_to_again(seed: int, keep: int) -> None:
    problem = msgspec.structs.replace(scheme_problem(60, 40, seed=seed), keep=keep)
    found = solve(problem)
    again = {one: mate for one, mate in enumerate(found.mates) if mate != NOBODY and one not in problem.pins}

    assert solve(msgspec.structs.replace(problem, previous=again, seed=9)).mates == found.mates


def test_another_seed_alone_would_draw_another_lot() -> None:
    problem = msgspec.structs.replace(scheme_problem(200, 150, seed=1), keep=0)

    found, other = solve(problem), solve(msgspec.structs.replace(problem, seed=9))

    assert found.mates != other.mates
    assert found.value == other.value


@examples(40, derandomize=True)
@given(problem=problems())
def test_of_plans_with_the_same_value_the_one_that_keeps_most_is_taken(problem: Problem) -> None:
    best = max(value_of(problem, mates)[:-2] for mates in everything(problem))
    kept = max(value_of(problem, mates)[-2] for mates in everything(problem) if value_of(problem, mates)[:-2] == best)

    assert value_of(problem, solve(problem).mates)[-2] == kept


def test_rows_in_another_order_give_the_same_pairs() -> None:
    problem = named(scheme_problem(60, 40, seed=3))
    found = by_name(problem, solve(problem))

    for seed in range(5):
        other = turned_round(problem, seed=seed)

        assert by_name(other, solve(other)) == found


def test_without_ids_the_order_of_rows_would_decide() -> None:
    problem = named(scheme_problem(60, 40, seed=3))
    numbered = [turned_round(problem, seed=seed) for seed in range(5)]

    found = {
        tuple(sorted(by_name(each, solve(msgspec.structs.replace(each, mentors=(), mentees=()))).items()))
        for each in numbered
    }

    assert len(found) > 1


def named(problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, pins={}, keep=0)


def turned_round(problem: Problem, *, seed: int) -> Problem:
    """The same problem with its mentees and mentors in another order."""
    dice = random.Random(seed)
    mentees, mentors = list(range(len(problem.rows))), list(range(len(problem.places)))
    dice.shuffle(mentees)
    dice.shuffle(mentors)
    return msgspec.structs.replace(
        problem,
        rows=[bytes(problem.rows[one][mentor] for mentor in mentors) for one in mentees],
        places=[problem.places[mentor] for mentor in mentors],
        mentors=[problem.mentors[mentor] for mentor in mentors],
        mentees=[problem.mentees[one] for one in mentees],
        waited=frozenset(place for place, one in enumerate(mentees) if one in problem.waited),
    )


def by_name(problem: Problem, found: Solution) -> dict[str, str]:
    return {problem.mentees[one]: problem.mentors[mate] for one, mate in enumerate(found.mates) if mate != NOBODY}


def test_people_who_are_all_alike_are_paired_by_lot_in_any_order_of_rows() -> None:
    """As many ties as there can be: every plan is as good as any other."""
    alike = Problem(
        rows=[bytes([1]) * 60] * 90,
        places=[1] * 60,
        mentors=[f"m{number}" for number in range(60)],
        mentees=[f"e{number}" for number in range(90)],
        floors=FLOORS,
    )
    found = solve(alike)

    assert found.value == Value(paired=60, above=(-60, -60, -60))
    assert proof_fails(alike, found) == []
    other = turned_round(alike, seed=1)
    assert by_name(other, solve(other)) == by_name(alike, found)


def test_progress_only_rises_and_ends_at_the_end() -> None:
    told: list[float] = []

    solve(scheme_problem(200, 150, seed=0), told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0
