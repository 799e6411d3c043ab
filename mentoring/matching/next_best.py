"""Who comes next when a mentor declines, and nobody else is to move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from mentoring.matching.criteria import Criteria, Mode
from mentoring.matching.people import Pair, Pool
from mentoring.matching.results import Alternative
from mentoring.matching.run import NotInPool
from mentoring.matching.solver import best_of, lot
from mentoring.matching.table import Table


def next_best(
    pool: Pool,
    criteria: Criteria,
    mentee: str,
    *,
    plan: Iterable[Pair],
    ruled_out: Iterable[Pair] = (),
    seed: int = 0,
) -> tuple[Alternative, ...]:
    """The mentors with a free place whom no rule bars, the best first; of equals who was let down, then the lot of the
    run.

    ``plan`` are the pairs that stay, ``ruled_out`` those that declined. Only one row is scored, so it takes no time.
    In the mode ``quality`` nobody below its least score is named. Raises NotInPool.
    """
    wanted = [one for one in pool.mentees if one.id == mentee]
    if not wanted:
        raise NotInPool(f"{mentee} does not take part in this run.")
    taken = Counter(pair.mentor for pair in plan if pair.mentee != mentee)
    free = tuple(msgspec.structs.replace(one, places=max(0, one.places - taken[one.id])) for one in pool.mentors)
    table = Table(
        Pool(mentors=free, mentees=tuple(wanted)).in_order(), criteria.rules, criteria.weights, ruled_out=ruled_out
    )
    row, mentors = table.rows[0], table.pool.mentors
    least = max(1, criteria.least) if criteria.mode is Mode.QUALITY else 0
    best = [place for place in best_of(row, len(row)) if row[place] > least]
    best.sort(key=lambda at: (-row[at], not mentors[at].let_down, -lot(seed, mentors[at].id, mentee)))
    return tuple(Alternative(mentor=mentors[place].id, score=row[place] - 1, free=True) for place in best)
