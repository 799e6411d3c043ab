"""The best plan of pairs, exactly: who mentors whom so that the plan's value (see ``levels``) is the highest there is.

Only a mentee's best candidates are looked at while solving. Afterwards every allowed pair is checked against the
prices; where one would gain it joins the candidates, and the solve is repeated until none would. So it is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from heapq import nlargest
from operator import itemgetter

import msgspec

from mentoring.matching.chains import CANDIDATES, NOBODY, Option, Plan, best_plan, first_of
from mentoring.matching.levels import Levels, Value


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A table of scores and what else decides. People are numbers from 0: places in ``mentors`` and ``mentees``."""

    rows: Sequence[bytes]
    """A row for each mentee, a byte in it for each mentor: 0 when the pair is not allowed, otherwise score + 1."""
    places: Sequence[int]
    """For each mentor."""
    mentors: Sequence[str] = ()
    """Ids, for the lot that decides between plans of equal value; numbers when there are none."""
    mentees: Sequence[str] = ()
    pins: dict[int, int] = {}
    """Mentee to mentor: settled before anything else, allowed or not. Each takes a place, as far as there is one."""
    previous: dict[int, int] = {}
    """Mentee to mentor, in the last run."""
    waited: frozenset[int] = frozenset()
    """Mentees who come first."""
    let_down: frozenset[int] = frozenset()
    """Mentors who come first among plans that are equal otherwise."""
    floors: tuple[int, ...] = ()
    keep: int = 0
    coverage: bool = True
    """False: the total alone decides, and nobody is paired for the sake of being paired."""
    seed: int = 0
    """Another seed, another lot between equals."""


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """A best plan, with the proof."""

    mates: list[int]
    """For each mentee the mentor, or -1."""
    prices: list[int]
    """For each mentor what one more place would add to the plan, 0 when a place is free."""
    gains: list[int]
    """For each mentee what they add to the plan beyond their mentor's price, 0 when unpaired; 0 for pinned ones."""
    levels: Levels
    value: Value
    """Without the pinned pairs."""


def solve(problem: Problem, progress: Callable[[float], None] | None = None) -> Solution:
    """The best plan. Of plans with the same value the one that keeps most pairs, then the one with most pairs of
    mentors who were let down, and then a lot by ids decides."""
    told = progress or (lambda _: None)
    levels = Levels(
        people=max(1, len(problem.rows)), floors=problem.floors, keep=problem.keep, coverage=problem.coverage
    )
    places = free_places(problem)
    rows = [b"" if one in problem.pins else row for one, row in enumerate(problem.rows)]
    worths = [levels.waited if one in problem.waited else levels.plain for one in range(len(rows))]
    bonus = _bonus(problem, rows, levels)
    options = [_first_options(one, rows[one], places, worths[one], bonus.get(one)) for one in range(len(rows))]

    def gaining(one: int, plan: Plan) -> list[Option]:
        gain, prices = plan.gains[one], plan.prices
        return [
            (mentor, worth)
            for mentor, worth in worth_at_least(gain + plan.cheapest + 1, rows[one], worths[one])
            if worth - prices[mentor] > gain and places[mentor]
        ]

    plan = best_plan(options, places, gaining, lambda done: told(0.9 * done))
    told(0.9)
    mates = _settle_ties(problem, plan, rows, places, worths, bonus)
    chosen = [
        bonus[one][1] if one in bonus and bonus[one][0] == mate else worths[one][rows[one][mate]]
        for one, mate in enumerate(mates)
        if mate != NOBODY
    ]
    for one, mate in problem.pins.items():
        mates[one] = mate
    told(1.0)
    return Solution(mates=mates, prices=plan.prices, gains=plan.gains, levels=levels, value=levels.read(sum(chosen)))


def free_places(problem: Problem) -> list[int]:
    """What the pinned pairs leave."""
    places = list(problem.places)
    for mentor in problem.pins.values():
        places[mentor] -= 1
    return [max(0, each) for each in places]


def best_of(row: bytes, most: int, *, first: int = 0) -> list[int]:
    """The mentors with the highest scores of a row, at most so many, from the best down; of equals ``first`` first."""
    found: list[int] = []
    for value in range(max(row, default=0), 0, -1):
        for begin, end in ((first, len(row)), (0, first)):
            at = row.find(value, begin, end)
            while at >= 0:
                found.append(at)
                if len(found) == most:
                    return found
                at = row.find(value, at + 1, end)
    return found


def lot(seed: int, mentor: str, mentee: str) -> int:
    """A number that follows from the ids alone: the same on every machine, whatever the order of rows."""
    told = f"{seed}\0{mentor}\0{mentee}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=6).digest(), "big")


def _bonus(problem: Problem, rows: Sequence[bytes], levels: Levels) -> dict[int, Option]:
    """For each mentee of the last run their mentor then, and what keeping the pair is worth."""
    return {
        one: (mentor, levels.worth(rows[one][mentor] - 1, waited=one in problem.waited, kept=True))
        for one, mentor in problem.previous.items()
        if rows[one] and rows[one][mentor]
    }


def _first_options(
    one: int, row: bytes, places: Sequence[int], worths: list[int], bonus: Option | None
) -> list[Option]:
    best = best_of(row, CANDIDATES, first=first_of(one, len(row)))
    mine = [(mentor, worths[row[mentor]]) for mentor in best if places[mentor]]
    if bonus is not None and places[bonus[0]]:
        mine = [bonus, *(each for each in mine if each[0] != bonus[0])]
    return mine


def worth_at_least(least: int, row: bytes, worths: list[int]) -> list[tuple[int, int]]:
    """The mentors of a row that are worth so much or more, with their worth, the highest first."""
    found: list[tuple[int, int]] = []
    for value in range(max(row, default=0), 0, -1):
        worth = worths[value]
        if worth < least:
            break
        at = row.find(value)
        while at >= 0:
            found.append((at, worth))
            at = row.find(value, at + 1)
    return found


def _settle_ties(
    problem: Problem,
    plan: Plan,
    rows: Sequence[bytes],
    places: Sequence[int],
    worths: Sequence[list[int]],
    bonus: dict[int, Option],
) -> list[int]:
    """Of all plans of the highest value the one that keeps most pairs, then the one in which most pairs have a mentor
    who was let down, then the one that the lot likes best.

    A plan is of the highest value exactly when all its pairs are worth their prices, everybody with a gain is paired
    and every mentor with a price is full. So only such pairs are offered, and both demands count more than any lot.
    """
    mentors = problem.mentors or [str(each) for each in range(len(places))]
    mentees = problem.mentees or [str(each) for each in range(len(rows))]
    let_down = (len(rows) + 1) << 48
    kept = let_down * (len(rows) + 1)
    demand = kept * (len(rows) + 1)
    tight: list[list[Option]] = []
    for one, row in enumerate(rows):
        gain = plan.gains[one]
        before, special = bonus.get(one, (NOBODY, 0))
        offered = worth_at_least(gain + plan.cheapest, row, worths[one])
        if before != NOBODY:
            offered = [(before, special), *(each for each in offered if each[0] != before)]
        tight.append(
            [
                (
                    mentor,
                    lot(problem.seed, mentors[mentor], mentees[one])
                    + 1
                    + (kept if mentor == before else 0)
                    + (let_down if mentor in problem.let_down else 0)
                    + demand * ((gain > 0) + (plan.prices[mentor] > 0)),
                )
                for mentor, worth in offered
                if worth - plan.prices[mentor] == gain and places[mentor]
            ]
        )

    def gaining(one: int, so_far: Plan) -> list[Option]:
        gain = so_far.gains[one]
        return [each for each in tight[one] if each[1] - so_far.prices[each[0]] > gain]

    options = [nlargest(CANDIDATES, mine, key=itemgetter(1)) for mine in tight]
    return best_plan(options, places, gaining).mates
