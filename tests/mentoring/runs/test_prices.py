"""What a change costs everybody, as a coordinator counts it."""

import pytest

from mentoring.matching.criteria import Criteria
from mentoring.matching.people import Mentee, Pair
from mentoring.matching.results import Below, Move
from mentoring.matching.suggest import price_of
from mentoring.runs.prices import Effects, Figures, Moved, compared, effects
from mentoring.runs.queries import RunView
from mentoring.runs.review import Review
from tests.mentoring.runs.test_review import ANA, BEN, MAX, MIA, a_run
from tests.support.schemes import a_scheme


def low(*pairs: int) -> tuple[Below, ...]:
    return tuple(Below(floor=floor, pairs=count) for floor, count in zip((10, 20), pairs, strict=True))


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (Figures(paired=9, points=100, worst=8, below=low(1, 2)), "It costs nothing."),
        (
            Figures(paired=9, points=87, worst=8, below=low(1, 2)),
            "It costs 13 points in all (87 instead of 100).",
        ),
        (
            Figures(paired=9, points=1100, worst=8, below=low(1, 3)),
            "It costs 1 more pair below 20 points. It brings 1,000 points in all (1,100 instead of 100).",
        ),
        (
            Figures(paired=8, points=99, worst=11, below=low(0, 1)),
            "It costs 1 mentee their mentor and 1 point in all (99 instead of 100). "
            "It brings 1 fewer pair below 10 points and a lowest score of 11 instead of 8.",
        ),
        (
            Figures(paired=9, points=99, worst=8, below=low(2, 4)),
            "It costs 1 more pair below 10 points, 2 more pairs below 20 points "
            "and 1 point in all (99 instead of 100).",
        ),
        (
            Figures(paired=9, points=100, worst=8, below=low(1, 2), waited=-1),
            "It costs a mentor for 1 mentee who waited before.",
        ),
    ],
)
def test_what_is_worse_is_told_before_what_is_better(after: Figures, told: str) -> None:
    assert compared(Figures(paired=9, points=100, worst=8, below=low(1, 2)), after).in_words() == told


def asked(run: RunView, pair: Pair) -> Effects:
    request = run.request
    return effects(Review(run), price_of(request.pool, request.criteria, pair, pins=request.pins))


def test_granting_a_pair_tells_who_would_have_whom_and_how_well_it_fits() -> None:
    zoe = Mentee(id="zoe", name="Zoe", grade=5, organisation="Hull", skills_wanted=("Data",), wants_gap=3)
    found = asked(a_run(mentees=(ANA, zoe), criteria=Criteria(floors=(20,))), Pair("max", "ana"))

    assert found.own == Moved(mentee="Ana", before="Mia", before_score=45, after="Max", after_score=15)
    assert found.moves == (Moved(mentee="Zoe", before="Max", before_score=45, after="Mia", after_score=45),)
    assert found.rows == [
        ("Mentees with a mentor", 2, 2),
        ("Pairs below 20 points", 0, 1),
        ("All scores added up", 90, 60),
    ]


def test_somebody_who_would_be_left_without_a_mentor_has_none_in_the_list() -> None:
    found = asked(a_run(mentors=(MAX,), mentees=(ANA, BEN)), Pair("max", "ana"))

    assert found.moves == (Moved(mentee="Ben", before="Max", before_score=35, after="", after_score=None),)


def test_the_figures_are_those_of_the_run_that_pins_the_pair() -> None:
    scheme = a_scheme(mentees=37, mentors=30, seed=5)
    run = a_run(mentors=scheme.pool.mentors, mentees=scheme.pool.mentees)
    assert run.suggestion is not None

    for one in [each for each in run.suggestion.pairs if each.alternatives][:10]:
        pair = Pair(one.alternatives[0].mentor, one.mentee)
        granted = a_run(mentors=scheme.pool.mentors, mentees=scheme.pool.mentees, pins=(pair,)).suggestion
        assert granted is not None
        found = asked(run, pair)
        assert (found.after.paired, found.after.points) == (granted.totals.paired, granted.totals.total)
        assert found.after.below == granted.totals.below


def test_nobody_is_listed_whose_mentor_stays() -> None:
    found = asked(a_run(mentors=(MIA, MAX)), Pair("max", "ana"))

    assert [move.mentee for move in found.moves] == ["Ben"]
    assert (
        Move(mentee="ben", before="max", after="mia")
        in price_of(a_run().request.pool, Criteria(), Pair("max", "ana")).moves
    )
