"""The best plan of pairs, exactly: who mentors whom so that the plan's value (see ``levels``) is the highest there is.

Mentees come one by one. Each takes the mentor who is worth most to the whole, and moves others along the cheapest chain
when that mentor is full (shortest augmenting paths). Every mentor has a price: what one more place with them would be
worth to the plan. Prices prove at the end that nothing is better: nobody could gain by a pair at these prices.

Only a mentee's best candidates are looked at while solving. Afterwards every allowed pair is checked against the
prices; where one would gain it joins the candidates, and the solve is repeated until none would. So it is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from heapq import heappop, heappush, nlargest

import msgspec

from mentoring.matching.levels import Levels, Value

CANDIDATES = 16
NOBODY = -1

Options = list[list[tuple[int, int]]]
"""For each mentee the pairs that can be chosen: mentor, worth."""


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


class Plan(msgspec.Struct, kw_only=True):
    """What ``assign`` comes to."""

    mates: list[int]
    prices: list[int]
    gains: list[int]


def solve(problem: Problem, progress: Callable[[float], None] | None = None) -> Solution:
    """The best plan. Of plans with the same value the one that keeps most pairs, and then a lot by ids decides."""
    told = progress or (lambda _: None)
    levels = Levels(
        people=max(1, len(problem.rows)), floors=problem.floors, keep=problem.keep, coverage=problem.coverage
    )
    places = free_places(problem)
    rows = [b"" if one in problem.pins else row for one, row in enumerate(problem.rows)]
    worths = [levels.waited if one in problem.waited else levels.plain for one in range(len(rows))]
    bonus = _bonus(problem, rows, levels)
    options: Options = [
        _first_options(row, places, worth, bonus.get(one))
        for one, (row, worth) in enumerate(zip(rows, worths, strict=True))
    ]
    rounds = 0
    while True:
        begun = rounds / (rounds + 2)
        plan = assign(options, places, partial(_tell, told, begun))
        rounds += 1
        if not _add_what_would_gain(options, plan, rows, places, worths):
            break
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


def _tell(told: Callable[[float], None], begun: float, done: float) -> None:
    """Nobody knows how many rounds it takes: each is half of what seems left."""
    told(0.9 * (begun + (1 - begun) * done / 2))


def free_places(problem: Problem) -> list[int]:
    """What the pinned pairs leave."""
    places = list(problem.places)
    for mentor in problem.pins.values():
        places[mentor] -= 1
    return [max(0, each) for each in places]


def assign(options: Options, places: Sequence[int], progress: Callable[[float], None] | None = None) -> Plan:
    """The plan of the highest sum of worths among these options, with prices that prove it."""
    prices, held = [0] * len(places), [list[int]() for _ in places]
    mates, gains = [NOBODY] * len(options), [0] * len(options)
    for one, mine in enumerate(options):
        if progress is not None and one % 256 == 0:
            progress(one / len(options))
        best, at = 0, NOBODY
        for mentor, worth in mine:
            if worth - prices[mentor] > best:
                best, at = worth - prices[mentor], mentor
        if at == NOBODY:
            continue
        gains[one] = best
        if len(held[at]) < places[at]:
            mates[one] = at
            held[at].append(one)
        else:
            _make_room(one, options, places, prices, held, mates, gains)
    return Plan(mates=mates, prices=prices, gains=gains)


def _make_room(
    new: int,
    options: Options,
    places: Sequence[int],
    prices: list[int],
    held: list[list[int]],
    mates: list[int],
    gains: list[int],
) -> None:
    """Find the cheapest chain from the new mentee to a free place, or to somebody who then goes without."""
    away: dict[int, int] = {}  # what reaching a mentor costs
    by: dict[int, int] = {}  # who would go there
    final: list[tuple[int, int]] = []
    queue: list[tuple[int, int]] = []
    cheapest, leaver, end = gains[new], new, NOBODY

    def look(mentee: int, so_far: int) -> None:
        base = so_far + gains[mentee]
        for mentor, worth in options[mentee]:
            cost = base - worth + prices[mentor]
            if cost < cheapest and cost < away.get(mentor, cheapest):
                away[mentor] = cost
                by[mentor] = mentee
                heappush(queue, (cost, mentor))

    look(new, 0)
    while queue:
        cost, mentor = heappop(queue)
        if cost >= cheapest:
            break
        if cost > away[mentor]:
            continue
        if len(held[mentor]) < places[mentor]:
            cheapest, leaver, end = cost, NOBODY, mentor
            break
        final.append((cost, mentor))
        for mentee in held[mentor]:
            if cost + gains[mentee] < cheapest:
                cheapest, leaver, end = cost + gains[mentee], mentee, NOBODY
        for mentee in held[mentor]:
            look(mentee, cost)
    gains[new] -= cheapest
    for cost, mentor in final:
        rise = cheapest - cost
        if rise > 0:
            prices[mentor] += rise
            for mentee in held[mentor]:
                gains[mentee] -= rise
    if leaver == new:
        return
    if leaver != NOBODY:
        end = mates[leaver]
        held[end].remove(leaver)
        mates[leaver] = NOBODY
    while True:
        mentee = by[end]
        before = mates[mentee]
        mates[mentee] = end
        held[end].append(mentee)
        if mentee == new:
            return
        held[before].remove(mentee)
        end = before


def best_of(row: bytes, most: int) -> list[int]:
    """The mentors with the highest scores of a row, at most so many, from the best down."""
    found: list[int] = []
    for value in range(max(row, default=0), 0, -1):
        at = row.find(value)
        while at >= 0:
            found.append(at)
            if len(found) == most:
                return found
            at = row.find(value, at + 1)
    return found


def lot(seed: int, mentor: str, mentee: str) -> int:
    """A number that follows from the ids alone: the same on every machine, whatever the order of rows."""
    told = f"{seed}\0{mentor}\0{mentee}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=6).digest(), "big")


def _bonus(problem: Problem, rows: Sequence[bytes], levels: Levels) -> dict[int, tuple[int, int]]:
    """For each mentee of the last run their mentor then, and what keeping the pair is worth."""
    return {
        one: (mentor, levels.worth(rows[one][mentor] - 1, waited=one in problem.waited, kept=True))
        for one, mentor in problem.previous.items()
        if rows[one] and rows[one][mentor]
    }


def _first_options(
    row: bytes, places: Sequence[int], worths: list[int], bonus: tuple[int, int] | None
) -> list[tuple[int, int]]:
    mine = [(mentor, worths[row[mentor]]) for mentor in best_of(row, CANDIDATES) if places[mentor]]
    if bonus is not None and places[bonus[0]]:
        mine = [bonus, *(each for each in mine if each[0] != bonus[0])]
    return mine


def _add_what_would_gain(
    options: Options,
    plan: Plan,
    rows: Sequence[bytes],
    places: Sequence[int],
    worths: Sequence[list[int]],
) -> bool:
    """Check all allowed pairs against the prices; the best of those that would gain join the options."""
    prices, cheapest = plan.prices, _cheapest(plan, places)
    added = False
    for one, row in enumerate(rows):
        gain = plan.gains[one]
        better = [
            (worth - prices[mentor], mentor, worth)
            for mentor, worth in worth_at_least(gain + cheapest + 1, row, worths[one])
            if worth - prices[mentor] > gain and places[mentor]
        ]
        if better:
            known = {mentor for mentor, _ in options[one]}
            fresh = [each for each in better if each[1] not in known]
            options[one] += [(mentor, worth) for _, mentor, worth in nlargest(CANDIDATES, fresh)]
            added = added or bool(fresh)
    return added


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


def _cheapest(plan: Plan, places: Sequence[int]) -> int:
    return min((price for price, free in zip(plan.prices, places, strict=True) if free), default=0)


def _settle_ties(
    problem: Problem,
    plan: Plan,
    rows: Sequence[bytes],
    places: Sequence[int],
    worths: Sequence[list[int]],
    bonus: dict[int, tuple[int, int]],
) -> list[int]:
    """Of all plans of the highest value the one that keeps most pairs, then the one that the lot likes best.

    A plan is of the highest value exactly when all its pairs are worth their prices, everybody with a gain is paired
    and every mentor with a price is full. So only such pairs are offered, and both demands count more than any lot.
    """
    mentors = problem.mentors or [str(each) for each in range(len(places))]
    mentees = problem.mentees or [str(each) for each in range(len(rows))]
    kept = (len(rows) + 1) << 48
    demand = kept * (len(rows) + 1)
    prices, cheapest = plan.prices, _cheapest(plan, places)
    options: Options = []
    for one, row in enumerate(rows):
        gain = plan.gains[one]
        before, special = bonus.get(one, (NOBODY, 0))
        offered = worth_at_least(gain + cheapest, row, worths[one])
        if before != NOBODY:
            offered = [(before, special), *(each for each in offered if each[0] != before)]
        options.append(
            [
                (
                    mentor,
                    lot(problem.seed, mentors[mentor], mentees[one])
                    + 1
                    + (kept if mentor == before else 0)
                    + demand * ((gain > 0) + (prices[mentor] > 0)),
                )
                for mentor, worth in offered
                if worth - prices[mentor] == gain and places[mentor]
            ]
        )
    return assign(options, places).mates
