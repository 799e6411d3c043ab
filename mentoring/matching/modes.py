"""The ways to decide what is best for everybody together, and what each of them costs with these people."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from mentoring.matching.coverage import most_paired
from mentoring.matching.criteria import Mode
from mentoring.matching.results import Below, ModeRow
from mentoring.matching.run import Run
from mentoring.matching.solver import NOBODY, Solution, solve
from mentoring.matching.stable import blocking_pairs, stable_mates

Progress = Callable[[float], None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a mode decided."""

    mates: list[int]
    """For each mentee the mentor, or -1; pinned ones too."""
    solution: Solution | None = None
    """With prices; the stable mode has none."""
    least: int = 0
    """Pairs with a lower score were not considered."""


def decide(run: Run, mode: Mode, progress: Progress | None = None) -> Outcome:
    """The plan of this mode."""
    match mode:
        case Mode.FLOORS:
            solution = solve(run.problem(), progress)
            return Outcome(mates=solution.mates, solution=solution)
        case Mode.QUALITY:
            least = max(1, run.criteria.least)
            rows = at_least(run.table.rows, least)
            solution = solve(run.problem(rows=rows, floors=False, coverage=False), progress)
            return Outcome(mates=solution.mates, solution=solution, least=least)
        case Mode.WORST:
            least = best_worst(run)
            rows = at_least(run.table.rows, least)
            solution = solve(run.problem(rows=rows, floors=False), progress)
            return Outcome(mates=solution.mates, solution=solution, least=least)
        case _:
            return Outcome(mates=stable_mates(run))


def at_least(rows: list[bytes], least: int) -> list[bytes]:
    """The same rows without the pairs that score lower."""
    if least <= 0:
        return rows
    keep = bytes(value if value > least else 0 for value in range(256))
    return [row.translate(keep) for row in rows]


def best_worst(run: Run) -> int:
    """The highest score for which all pairs can have it or more, with as many people paired as without it."""
    problem = run.problem()
    most = most_paired(problem, least=0)
    low, high = 0, 100
    while low < high:
        middle = (low + high + 1) // 2
        if most_paired(problem, least=middle) == most:
            low = middle
        else:
            high = middle - 1
    return low


def mode_row(run: Run, mode: Mode, mates: list[int]) -> ModeRow:
    """The figures of a plan, without pinned pairs."""
    pairs = [(mentee, mentor) for mentee, mentor in enumerate(mates) if mentor != NOBODY and mentee not in run.pins]
    scores = [run.table.rows[mentee][mentor] - 1 for mentee, mentor in pairs]
    ranks = [_rank(run, mentee, mentor) for mentee, mentor in pairs]
    return ModeRow(
        mode=mode,
        paired=len(pairs),
        total=sum(scores),
        worst=min(scores, default=None),
        below=tuple(Below(floor=floor, pairs=sum(score < floor for score in scores)) for floor in run.criteria.floors),
        first_choices=ranks.count(0),
        stated_choices=sum(rank >= 0 for rank in ranks),
        kept=sum(run.previous.get(mentee) == mentor for mentee, mentor in pairs),
        blocking=blocking_pairs(run, mates),
    )


def _rank(run: Run, mentee: int, mentor: int) -> int:
    choices = run.pool.mentees[mentee].choices
    name = run.pool.mentors[mentor].id
    return choices.index(name) if name in choices else -1
