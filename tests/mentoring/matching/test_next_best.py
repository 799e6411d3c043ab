"""A mentor declines: the next best is asked, and nobody else is disturbed."""

from __future__ import annotations

import msgspec
import pytest

from mentoring.matching.criteria import Criteria, Mode
from mentoring.matching.next_best import next_best
from mentoring.matching.people import Mentee, Mentor, Pair, Pool
from mentoring.matching.run import NotInPool, prepare
from mentoring.matching.suggest import suggest
from tests.support.schemes import a_scheme, shuffled

SCHEME = a_scheme(mentees=60, mentors=40, seed=2)
PLAN = suggest(SCHEME.pool, SCHEME.criteria).plan()


def test_the_next_is_who_a_run_would_take_if_all_others_were_pinned() -> None:
    same = 0
    for declined in PLAN[:20]:
        rest = [pair for pair in PLAN if pair != declined]

        found = next_best(SCHEME.pool, SCHEME.criteria, declined.mentee, plan=rest, ruled_out=[declined])

        again = suggest(SCHEME.pool, SCHEME.criteria, pins=rest, ruled_out=[declined]).pairs
        theirs = [one.score for one in again if one.mentee == declined.mentee]
        assert [one.score for one in found[:1]] == theirs
        same += len(theirs)
    assert same > 10


def test_only_mentors_with_a_free_place_whom_no_rule_bars_are_named() -> None:
    run = prepare(SCHEME.pool, SCHEME.criteria)
    taken = [pair.mentor for pair in PLAN[1:]]

    found = next_best(SCHEME.pool, SCHEME.criteria, PLAN[0].mentee, plan=PLAN)

    scores = {one.mentor: one.score for one in found}
    mentee = run.table.mentee_at[PLAN[0].mentee]
    assert scores == {
        one.id: run.table.score(place, mentee)
        for place, one in enumerate(run.pool.mentors)
        if run.table.score(place, mentee) is not None and taken.count(one.id) < one.places
    }
    assert [one.score for one in found] == sorted(scores.values(), reverse=True)


def test_the_order_of_rows_decides_nothing_between_equals() -> None:
    alike = Pool(mentors=tuple(Mentor(id=f"m{number}") for number in range(9)), mentees=(Mentee(id="e"),))

    orders = [next_best(pool, Criteria(), "e", plan=()) for pool in (alike, shuffled(alike, seed=1))]

    assert orders[0] == orders[1]
    assert next_best(alike, Criteria(), "e", plan=(), seed=1) != orders[0]


def test_where_quality_alone_counts_nobody_below_the_least_score_is_asked() -> None:
    criteria = msgspec.structs.replace(SCHEME.criteria, mode=Mode.QUALITY)

    found = next_best(SCHEME.pool, criteria, PLAN[0].mentee, plan=())

    assert found and all(one.score >= 30 for one in found)


def test_somebody_who_does_not_take_part_has_no_next() -> None:
    with pytest.raises(NotInPool):
        next_best(SCHEME.pool, SCHEME.criteria, "nobody", plan=[Pair("a", "b")])
