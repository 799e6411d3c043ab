"""The plan with the highest sum of worths, by shortest chains, with prices that prove it.

Mentees come one by one. Each takes the mentor who is worth most to the whole, and moves others along the cheapest chain
when that mentor is full (shortest augmenting paths). Every mentor has a price: what one more place with them would be
worth to the plan. Prices prove at the end that nothing is better: nobody could gain by a pair at these prices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush, nlargest

import msgspec

NOBODY = -1
CANDIDATES = 16
"""So many options of each mentee are looked at first, and so many may join at a time."""

Option = tuple[int, int]
"""A mentor, and what the pair is worth."""
Told = Callable[[float], None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Who is with whom, and the proof that nothing is worth more."""

    mates: list[int]
    prices: list[int]
    gains: list[int]
    cheapest: int
    """The lowest price of all mentors who have a place."""


def best_plan(
    options: list[list[Option]],
    places: Sequence[int],
    gaining: Callable[[int, Plan], list[Option]],
    told: Told | None = None,
) -> Plan:
    """The best plan of all pairs that there are, of which ``options`` need only be some.

    ``gaining`` gives all pairs by which a mentee would gain at the prices of a plan. The best of them join the options,
    and the plan is made again, until nobody would gain by anything. Then the prices prove it the best.
    """
    rounds = 0
    while True:
        begun = rounds / (rounds + 2)  # nobody knows how many rounds it takes: each is half of what seems left
        plan = assign(options, places, _part(told, begun) if told else None)
        rounds += 1
        joined = False
        for one, mine in enumerate(options):
            if better := gaining(one, plan):
                known = {mentor for mentor, _ in mine}
                fresh = [
                    (worth - plan.prices[mentor], -turned(one, mentor, len(places)), mentor, worth)
                    for mentor, worth in better
                    if mentor not in known
                ]
                mine += [(mentor, worth) for _, _, mentor, worth in nlargest(CANDIDATES, fresh)]
                joined = joined or bool(fresh)
        if not joined:
            return plan


def turned(mentee: int, mentor: int, mentors: int) -> int:
    """Each mentee begins with another mentor, so that people who all like everybody alike do not all ask the same."""
    return (mentor - first_of(mentee, mentors)) % mentors


def first_of(mentee: int, mentors: int) -> int:
    return mentee * 7919 % mentors if mentors else 0


def _part(told: Told, begun: float) -> Told:
    return lambda done: told(begun + (1 - begun) * done / 2)


def assign(options: list[list[Option]], places: Sequence[int], told: Told | None = None) -> Plan:
    """The best plan among these options. Whoever has most to bring comes first: then fewer are moved again later."""
    prices, held = [0] * len(places), [list[int]() for _ in places]
    mates, gains = [NOBODY] * len(options), [0] * len(options)
    brings = [-max((worth for _, worth in mine), default=0) for mine in options]
    for done, one in enumerate(sorted(range(len(options)), key=brings.__getitem__)):
        if told is not None and done % 256 == 0:
            told(done / len(options))
        best, at = 0, NOBODY
        for mentor, worth in options[one]:
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
    cheapest = min((price for price, there in zip(prices, places, strict=True) if there), default=0)
    return Plan(mates=mates, prices=prices, gains=gains, cheapest=cheapest)


def _make_room(
    new: int,
    options: list[list[Option]],
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
            if cost < away.get(mentor, cheapest):
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
