"""The face of matching: same input same answer, pins that stay, little that changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import msgspec
import pytest

from mentoring.matching.criteria import Criteria, Mode, Rules, Weights
from mentoring.matching.difference import Difference, difference
from mentoring.matching.people import BadPool, Mentee, Mentor, Pair, Pool
from mentoring.matching.results import Answer, Kind, Move, Suggestion
from mentoring.matching.rules import Reason, why_not
from mentoring.matching.run import prepare
from mentoring.matching.suggest import suggest
from tests.support.schemes import SKILLS, Scheme, a_scheme, shuffled

ROOT = Path(__file__).parents[3]
SMALL = a_scheme(mentees=37, mentors=30, seed=1)
LARGER = a_scheme(mentees=200, mentors=150, seed=1)


def run(scheme: Scheme, **given: object) -> Suggestion:
    return suggest(scheme.pool, scheme.criteria, **{"pins": scheme.pins, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", Mode)
def test_rows_in_another_order_change_nothing_at_all(mode: Mode) -> None:
    criteria = msgspec.structs.replace(SMALL.criteria, mode=mode)
    found = suggest(SMALL.pool, criteria, pins=SMALL.pins)

    for seed in range(3):
        assert suggest(shuffled(SMALL.pool, seed=seed), criteria, pins=SMALL.pins[::-1]) == found


PROGRAM = """
import hashlib, msgspec
from mentoring.matching.suggest import suggest
from tests.support.schemes import a_scheme
scheme = a_scheme(mentees=60, mentors=40, seed=2)
found = msgspec.json.encode(suggest(scheme.pool, scheme.criteria, pins=scheme.pins))
print(hashlib.sha256(found).hexdigest(), hash("a word"))
"""


def test_another_process_with_other_hashes_gives_the_same_answer_to_the_letter() -> None:
    answers = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    scheme = a_scheme(mentees=60, mentors=40, seed=2)
    here = hashlib.sha256(msgspec.json.encode(run(scheme))).hexdigest()

    assert [answer[0] for answer in answers] == [here, here]
    assert answers[0][1] != answers[1][1], "the two processes must differ in how they hash words"


def test_what_is_stored_gives_the_same_answer_again() -> None:
    pool = msgspec.json.decode(msgspec.json.encode(SMALL.pool), type=Pool)
    criteria = msgspec.json.decode(msgspec.json.encode(SMALL.criteria), type=Criteria)

    again = suggest(pool, criteria, pins=SMALL.pins)

    assert msgspec.json.decode(msgspec.json.encode(again), type=Suggestion) == run(SMALL)


def test_no_pair_breaks_a_rule_and_no_mentor_has_more_than_their_places() -> None:
    found = run(LARGER)
    mentors = {one.id: one for one in LARGER.pool.mentors}
    mentees = {one.id: one for one in LARGER.pool.mentees}

    assert all(why_not(mentors[one.mentor], mentees[one.mentee], Rules()) == () for one in found.pairs)
    assert all(sum(pair.mentor == name for pair in found.pairs) <= mentor.places for name, mentor in mentors.items())
    assert len({one.mentee for one in found.pairs}) == len(found.pairs)


def test_everybody_is_in_a_pair_or_among_those_without_one() -> None:
    found = run(LARGER)

    names = [one.mentee for one in (*found.pairs, *found.unmatched)]

    assert sorted(names) == sorted(one.id for one in LARGER.pool.mentees)
    assert (found.totals.paired, found.totals.mentees) == (len(found.pairs), 200)


def test_contributions_add_up_to_the_score_and_scores_to_the_total() -> None:
    found = run(LARGER)

    assert all(sum(one.points.by_criterion().values()) == one.score for one in found.pairs)
    assert sum(one.score for one in found.pairs) == found.totals.total


def test_people_who_answered_nothing_are_paired_too() -> None:
    pool = Pool(mentors=(Mentor(id="a"), Mentor(id="b")), mentees=(Mentee(id="x"), Mentee(id="y")))

    found = suggest(pool, Criteria())

    assert [one.score for one in found.pairs] == [0, 0]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "pool",
    [
        Pool(mentors=(), mentees=()),
        Pool(mentors=(), mentees=(Mentee(id="x"),)),
        Pool(mentors=(Mentor(id="a"),), mentees=()),
    ],
    ids=["nobody", "no mentors", "no mentees"],
)
def test_an_empty_side_gives_an_empty_plan(pool: Pool, mode: Mode) -> None:
    found = suggest(pool, Criteria(mode=mode))

    assert (found.pairs, len(found.unmatched), len(found.spare)) == ((), len(pool.mentees), len(pool.mentors))


def test_nobody_can_stand_twice_on_one_side() -> None:
    with pytest.raises(BadPool) as refused:
        suggest(Pool(mentors=(), mentees=(Mentee(id="x"), Mentee(id="x", name="Eve"))), Criteria())

    assert str(refused.value) == "Eve stands among the mentees twice. Keep one of the two."


def test_one_person_can_be_mentor_and_mentee_and_is_not_their_own_mentor() -> None:
    pool = Pool(mentors=(Mentor(id="ada"), Mentor(id="bob")), mentees=(Mentee(id="ada"), Mentee(id="bob")))

    assert suggest(pool, Criteria()).plan() == (Pair("bob", "ada"), Pair("ada", "bob"))


@pytest.mark.parametrize("name", ["a", "b"])
def test_among_equals_the_mentor_who_was_let_down_comes_first(name: str) -> None:
    """… and a better pair is not given up for it."""
    mentors = tuple(Mentor(id=each, let_down=each == name) for each in "ab")
    equal = suggest(Pool(mentors=mentors, mentees=(Mentee(id="x"),)), Criteria())
    other = "b" if name == "a" else "a"
    better = suggest(Pool(mentors=mentors, mentees=(Mentee(id="x", choices=(other,)),)), Criteria())

    assert equal.plan() == (Pair(name, "x"),)
    assert better.plan() == (Pair(other, "x"),)


def test_who_waited_before_comes_first() -> None:
    strong = Mentee(id="x", choices=("a",))
    waited = Mentee(id="y", waited_before=True)
    pool = Pool(mentors=(Mentor(id="a"),), mentees=(strong, waited))

    assert suggest(pool, Criteria()).plan() == (Pair("a", "y"),)
    first_time = msgspec.structs.replace(waited, waited_before=False)
    assert suggest(Pool(mentors=pool.mentors, mentees=(strong, first_time)), Criteria()).plan() == (Pair("a", "x"),)


# Pins, and pairs that are ruled out.


def test_pinned_pairs_stay() -> None:
    found = run(LARGER)

    assert LARGER.pins != ()
    assert {one.pair for one in found.pairs if one.pinned} == set(LARGER.pins)
    assert [one for one in found.warnings if one.kind is Kind.PIN_BREAKS_RULE] == []


PAIR = Pool(
    mentors=(Mentor(id="a", name="Ada", organisation="Leeds"), Mentor(id="b", name="Bob", organisation="Kent")),
    mentees=(Mentee(id="x", name="Eve", organisation="Leeds"), Mentee(id="y", name="Flo", organisation="York")),
)


def test_a_pin_that_breaks_a_rule_is_kept_and_told() -> None:
    found = suggest(PAIR, Criteria(), pins=[Pair("a", "x")])

    assert [(one.pair, one.breaks) for one in found.pairs if one.pinned] == [
        (Pair("a", "x"), (Reason.SAME_ORGANISATION,))
    ]
    assert [(one.kind, one.sentence) for one in found.warnings if one.mentee == "x"][0] == (
        Kind.PIN_BREAKS_RULE,
        "The pinned pair Ada and Eve breaks a rule: They work for the same organisation.",
    )


def test_pins_beyond_the_places_are_kept_and_told() -> None:
    found = suggest(PAIR, Criteria(), pins=[Pair("b", "x"), Pair("b", "y")])

    assert found.plan() == (Pair("b", "x"), Pair("b", "y"))
    assert [one.sentence for one in found.warnings if one.kind is Kind.PINS_OVER_PLACES] == [
        "Bob has 2 pinned mentees and 1 place."
    ]


def test_of_two_pins_of_one_mentee_the_first_is_used_and_the_other_told() -> None:
    found = suggest(PAIR, Criteria(), pins=[Pair("b", "y"), Pair("a", "y")])

    assert Pair("a", "y") in found.plan()
    assert [one.sentence for one in found.warnings if one.kind is Kind.PIN_TWICE] == [
        "Flo is pinned to two mentors. The pin with Ada was used, the one with Bob was not."
    ]


def test_a_pin_of_somebody_who_left_is_told() -> None:
    found = suggest(PAIR, Criteria(), pins=[Pair("gone", "y")])

    assert [one.sentence for one in found.warnings if one.kind is Kind.PIN_UNKNOWN] == [
        "A pinned pair was left out: gone does not take part any more."
    ]


def test_a_pair_that_is_ruled_out_is_not_suggested_and_the_reason_is_given() -> None:
    first = run(SMALL)
    pair = first.pairs[0].pair

    found = run(SMALL, ruled_out=[pair])

    assert pair not in found.plan()
    wanted = msgspec.structs.replace(PAIR.mentees[1], choices=("b",))
    asked = suggest(Pool(mentors=PAIR.mentors, mentees=(wanted,)), Criteria(), ruled_out=[Pair("b", "y")])
    answers = [(one.answer, one.reasons) for one in asked.pairs[0].choices]
    assert answers == [(Answer.BARRED, (Reason.RULED_OUT,))]


def test_a_pin_counts_more_than_a_pair_ruled_out_and_says_so() -> None:
    found = suggest(PAIR, Criteria(), pins=[Pair("b", "y")], ruled_out=[Pair("b", "y")])

    assert [(one.pair, one.breaks) for one in found.pairs if one.pinned] == [(Pair("b", "y"), (Reason.RULED_OUT,))]


# A second run.


@pytest.mark.parametrize("mode", [Mode.FLOORS, Mode.QUALITY, Mode.WORST])
def test_a_second_run_without_a_change_changes_nothing(mode: Mode) -> None:
    scheme = msgspec.structs.replace(LARGER, criteria=msgspec.structs.replace(LARGER.criteria, mode=mode))
    first = run(scheme).plan()

    second = run(scheme, previous=first)

    assert difference(first, second.plan()) == Difference(moved=(), new=(), lost=(), same=len(first))
    assert second.totals.kept == len(first)


def edited(scheme: Scheme, dice: Random) -> tuple[Pool, str]:
    """One mentee's wishes change."""
    mentees = list(scheme.pool.mentees)
    place = dice.randrange(len(mentees))
    mentees[place] = msgspec.structs.replace(mentees[place], skills_wanted=tuple(dice.sample(SKILLS, 3)))
    return Pool(mentors=scheme.pool.mentors, mentees=tuple(mentees)), mentees[place].id


def others_changed(*, keep: int, remembered: bool) -> list[int]:
    """For ten single edits, how many other mentees have another mentor afterwards."""
    criteria = msgspec.structs.replace(LARGER.criteria, keep=keep)
    first = suggest(LARGER.pool, criteria, pins=LARGER.pins).plan()
    counts = []
    for seed in range(10):
        pool, who = edited(LARGER, Random(seed))
        previous = first if remembered else ()
        second = suggest(pool, criteria, pins=LARGER.pins, previous=previous).plan()
        changed = difference(first, second)
        counts.append(sum(one.mentee != who for one in (*changed.moved, *changed.new, *changed.lost)))
    return counts


def test_one_edit_leaves_nearly_all_others_where_they_are() -> None:
    counts = others_changed(keep=5, remembered=True)

    assert sum(counts) / len(counts) <= 1
    assert max(counts) <= 5


def test_a_run_that_remembers_nothing_would_move_more_people() -> None:
    assert sum(others_changed(keep=5, remembered=False)) > sum(others_changed(keep=5, remembered=True))


def test_keeping_a_pair_is_worth_its_points_and_no_more() -> None:
    first = run(LARGER).plan()
    pool, _ = edited(LARGER, Random(3))
    second = suggest(pool, LARGER.criteria, pins=LARGER.pins, previous=first).plan()
    fresh = suggest(pool, LARGER.criteria, pins=LARGER.pins).plan()
    judged = prepare(pool, LARGER.criteria, pins=LARGER.pins, previous=first)

    values = [judged.value(mates_of(pool, plan)) for plan in (second, fresh, first)]

    assert values[0] == max(values)


def mates_of(pool: Pool, plan: tuple[Pair, ...]) -> list[int]:
    ordered = pool.in_order()
    at = {one.id: place for place, one in enumerate(ordered.mentors)}
    given = {one.mentee: at[one.mentor] for one in plan}
    return [given.get(one.id, -1) for one in ordered.mentees]


def test_pairs_of_people_who_left_are_forgotten() -> None:
    first = run(SMALL).plan()

    assert run(SMALL, previous=(*first, Pair("gone", "gone"))) == run(SMALL, previous=first)


def test_another_seed_draws_another_lot_between_equals_of_the_same_value() -> None:
    pool = Pool(
        mentors=tuple(Mentor(id=f"m{number}") for number in range(8)),
        mentees=tuple(Mentee(id=f"e{number}") for number in range(8)),
    )

    plans = {suggest(pool, Criteria(), seed=seed).plan() for seed in range(5)}

    assert len(plans) == 5


def test_the_difference_names_who_moved_came_and_went() -> None:
    before = (Pair("a", "x"), Pair("b", "y"), Pair("c", "z"))
    after = (Pair("a", "x"), Pair("c", "y"), Pair("b", "w"))

    assert difference(before, after) == Difference(
        moved=(Move(mentee="y", before="b", after="c"),),
        new=(Move(mentee="w", before="", after="b"),),
        lost=(Move(mentee="z", before="c", after=""),),
        same=1,
    )


def test_progress_says_what_is_being_done() -> None:
    told: list[tuple[float, str]] = []

    suggest(LARGER.pool, LARGER.criteria, progress=lambda done, doing: told.append((done, doing)))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert list(dict.fromkeys(doing for _, doing in told)) == [
        "Scoring every pair",
        "Finding the best pairs",
        "Explaining each pair",
        "Done",
    ]


def test_weights_of_nothing_still_pair_people() -> None:
    nothing = Weights(
        skills=0, role=(0, 0, 0), seniority=0, region=(0, 0, 0), choices=(), mentors_choice=0, background=0,
        completed=0, go_on=0,
    )  # fmt: skip

    found = suggest(SMALL.pool, msgspec.structs.replace(SMALL.criteria, weights=nothing))

    assert found.totals.paired == run(SMALL, pins=()).totals.paired
    assert found.totals.total == 0
