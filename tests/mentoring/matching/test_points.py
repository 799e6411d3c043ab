"""What each criterion contributes, and the words for it."""

from __future__ import annotations

import msgspec
import pytest

from mentoring.matching.criteria import Criterion, Weights
from mentoring.matching.people import Earlier, Ended, Mentee, Mentor
from mentoring.matching.points import Contributions, contributions, is_poor, reach
from mentoring.matching.words import strongest, weakest
from tests.support.schemes import a_scheme

WEIGHTS = Weights(related=(("Finance", "Audit"), ("", "Law")))


def points(mentor: dict[str, object], mentee: dict[str, object], weights: Weights = WEIGHTS) -> dict[str, int]:
    """Only the criteria that contribute."""
    found = contributions(Mentor(id="ada", **mentor), Mentee(id="eve", **mentee), weights)
    return {name.value: worth for name, worth in found.by_criterion().items() if worth}


@pytest.mark.parametrize(
    ("offered", "wanted", "worth"),
    [
        (("Planning", "budgets "), ("Planning", "Budgets"), 30),
        (("Planning",), ("Planning", "Budgets"), 20),
        (("Budgets",), ("Planning", "Budgets"), 10),
        (("Budgets",), ("a", "b", "c", "d", "Budgets"), 2),
        (("Budgets",), ("a", "b", "c", "d", "e", "Budgets"), 0),
        (("Retail",), ("AI",), 0),
        ((), ("Planning",), 0),
        (("Planning",), (), 0),
        (("Planning",), ("planning", "PLANNING"), 30),
    ],
)
def test_skills_count_by_their_rank_and_only_whole_ones(
    offered: tuple[str, ...], wanted: tuple[str, ...], worth: int
) -> None:
    assert points({"skills": offered}, {"skills_wanted": wanted}).get("skills", 0) == worth


@pytest.mark.parametrize(
    ("mentor", "mentee", "worth"),
    [
        (("Buyer", "Finance"), ("buyer", "Law"), 12),
        (("Buyer", "Finance"), ("Clerk", "finance"), 8),
        (("Buyer", "Finance"), ("Clerk", "Audit"), 4),
        (("Buyer", "Audit"), ("Clerk", "Finance"), 4),
        (("Buyer", "Finance"), ("Clerk", "Law"), 0),
        (("", ""), ("", ""), 0),
        (("", ""), ("", "Law"), 0),
    ],
)
def test_the_same_role_the_same_profession_or_a_related_one(
    mentor: tuple[str, str], mentee: tuple[str, str], worth: int
) -> None:
    one, other = ({"role": role, "profession": profession} for role, profession in (mentor, mentee))

    assert points(one, other).get("role", 0) == worth


@pytest.mark.parametrize(
    ("grades", "wanted", "worth"),
    [((7, 5), 2, 15), ((7, 5), 1, 10), ((9, 5), 2, 5), ((9, 5), 1, 0), ((9, 1), 1, 0), ((7, None), 2, 0)],
)
def test_seniority_is_best_at_the_gap_that_was_wanted(grades: tuple[int, int | None], wanted: int, worth: int) -> None:
    found = points({"grade": grades[0]}, {"grade": grades[1], "wants_gap": wanted})

    assert found.get("seniority", 0) == worth


def test_without_a_wish_for_a_gap_grades_give_nothing() -> None:
    assert points({"grade": 7}, {"grade": 5}) == {}


@pytest.mark.parametrize(
    ("one", "other", "worth"),
    [("Wales", "Wales", 8), ("Wales", "South West", 5), ("Wales", "South East", 2), ("Wales", "London", 0)],
)
def test_regions_count_by_their_distance(one: str, other: str, worth: int) -> None:
    assert points({"region": one}, {"region": other}).get("region", 0) == worth


def test_stated_choices_count_by_their_rank() -> None:
    ranked = [points({}, {"choices": (*("x",) * place, "ada")}).get("choice", 0) for place in range(6)]

    assert ranked == [20, 14, 8, 5, 3, 0]


def test_the_mentors_own_choice_counts() -> None:
    assert points({"choices": ("bob", "eve")}, {}) == {"mentors_choice": 6}


def test_a_background_counts_only_where_the_mentee_asked_for_it() -> None:
    assert points({"characteristics": ("Woman", "Carer")}, {"background_wanted": ("carer",)}) == {"background": 10}
    assert points({"characteristics": ("Woman", "Carer")}, {}) == {}


@pytest.mark.parametrize(
    ("ended", "worth"),
    [((Ended.GO_ON,), 15), ((Ended.COMPLETED, Ended.GO_ON), 15), ((Ended.COMPLETED,), -10), ((Ended.BADLY,), 0)],
)
def test_history_speaks_for_going_on_and_against_the_same_again(ended: tuple[Ended, ...], worth: int) -> None:
    history = tuple(Earlier(mentor="ada", ended=how) for how in ended)

    found = contributions(Mentor(id="ada"), Mentee(id="eve", history=history), WEIGHTS)

    assert found.history == worth


def test_a_score_never_falls_below_nothing() -> None:
    found = contributions(
        Mentor(id="ada"), Mentee(id="eve", history=(Earlier(mentor="ada", ended=Ended.COMPLETED),)), WEIGHTS
    )

    assert (found.score, found.limit) == (0, 10)


def test_a_score_never_rises_above_a_hundred() -> None:
    heavy = Weights(skills=70, background=50)
    found = contributions(
        Mentor(id="ada", skills=("x",), characteristics=("y",)),
        Mentee(id="eve", skills_wanted=("x",), background_wanted=("y",)),
        heavy,
    )

    assert (found.score, found.limit) == (100, -20)


def test_there_is_a_contribution_for_every_criterion() -> None:
    assert set(Contributions().by_criterion()) == set(Criterion)


MENTOR = Mentor(id="ada", skills=("Planning",), role="Buyer", profession="Finance", grade=9, region="Wales")
MENTEE = Mentee(
    id="eve", skills_wanted=("Planning", "Budgets"), role="Clerk", profession="Finance", grade=5, wants_gap=2,
    region="London", choices=("bob",),
)  # fmt: skip


def words(mentor: Mentor, mentee: Mentee) -> tuple[str, str]:
    found = contributions(mentor, mentee, WEIGHTS)
    return strongest(mentor, mentee, found, WEIGHTS), weakest(mentor, mentee, found, WEIGHTS)


def test_the_strongest_and_the_weakest_are_told_in_words() -> None:
    assert words(MENTOR, MENTEE) == (
        "offers 1 of 2 skills wanted, the first among them",
        "not among the mentee's choices",
    )


@pytest.mark.parametrize(
    ("mentor", "mentee", "told"),
    [
        ({"skills": ()}, {"choices": ("ada",)}, ("the mentee's first choice", "4 levels above, 2 wanted")),
        (
            {"skills": (), "grade": 7},
            {"choices": ("x", "y", "ada")},
            ("2 levels above, as wanted", "only the mentee's third choice"),
        ),
        ({"skills": ("x",)}, {"choices": ()}, ("the same profession (Finance)", "does not offer Planning and 1 more")),
        (
            {"skills": (), "role": "Clerk", "region": "London", "grade": None},
            {"choices": ()},
            ("the same role (Clerk)", ""),
        ),
        (
            {"skills": (), "role": "", "profession": "", "grade": None},
            {"choices": (), "history": (Earlier(mentor="ada", ended=Ended.COMPLETED),)},
            ("", "they have completed a pairing before"),
        ),
    ],
)
def test_only_what_is_true_is_told(mentor: dict[str, object], mentee: dict[str, object], told: tuple[str, str]) -> None:
    assert words(msgspec.structs.replace(MENTOR, **mentor), msgspec.structs.replace(MENTEE, **mentee)) == told


@pytest.mark.parametrize(
    ("mentee", "most"),
    [
        ({}, 0),
        ({"profession": "Law"}, 8),
        ({"profession": "Law", "role": "Clerk"}, 12),
        ({"grade": 4}, 0),
        ({"grade": 4, "wants_gap": 2}, 15),
        ({"skills_wanted": ("Tact",), "region": "Wales", "choices": ("ada",)}, 58),
        ({"background_wanted": ("gender: woman",)}, 10),
        ({"history": (Earlier(mentor="ada", ended=Ended.GO_ON),)}, 15),
        ({"history": (Earlier(mentor="ada", ended=Ended.COMPLETED),)}, 0),
    ],
)
def test_what_a_mentee_answered_limits_what_a_pair_can_score(mentee: dict[str, object], most: int) -> None:
    assert reach(Mentee(id="eve", **mentee), WEIGHTS) == most


def test_no_score_is_above_what_the_mentees_answers_make_possible_but_for_the_mentors_choice() -> None:
    scheme = a_scheme(mentees=60, mentors=40, seed=11)
    weights = scheme.criteria.weights

    for mentee in scheme.pool.mentees:
        for mentor in scheme.pool.mentors:
            points = contributions(mentor, mentee, weights)
            assert points.score - points.mentors_choice <= reach(mentee, weights)


@pytest.mark.parametrize(
    ("score", "possible", "poor"),
    [(29, 100, True), (30, 100, False), (14, 50, True), (15, 50, False), (0, 8, True), (3, 8, False), (0, 0, False)],
)
def test_a_floor_is_as_high_as_the_answers_let_it_be(score: int, possible: int, poor: bool) -> None:
    assert is_poor(score, floor=30, reach=possible) is poor
