"""Why this one, why not that one, why nobody: every answer is checked against what it says."""

from __future__ import annotations

import msgspec
import pytest

from mentoring.matching.criteria import Criteria, Mode, Rules
from mentoring.matching.levels import Value
from mentoring.matching.people import Earlier, Ended, Mentee, Mentor, Pair, Pool
from mentoring.matching.results import Answer, Barrier, Kind, Spare, Why
from mentoring.matching.rules import Reason, told, why_not
from mentoring.matching.run import NotInPool, prepare
from mentoring.matching.suggest import price_in, price_of, suggest
from tests.support.schemes import a_scheme

SCHEME = a_scheme(mentees=60, mentors=40, seed=2, places=(1, 0, 0))
"""One place each: places run out."""
FOUND = suggest(SCHEME.pool, SCHEME.criteria, pins=SCHEME.pins)
MENTORS = {one.id: one for one in SCHEME.pool.mentors}
MENTEES = {one.id: one for one in SCHEME.pool.mentees}
RULES = SCHEME.criteria.rules


def allowed(mentee: str, rules: Rules = RULES) -> set[str]:
    return {name for name, mentor in MENTORS.items() if not why_not(mentor, MENTEES[mentee], rules)}


def test_everybody_without_a_mentor_is_told_why_and_what_would_help() -> None:
    assert {one.why for one in FOUND.unmatched} == {Why.NOBODY_ALLOWED, Why.PLACES_RAN_OUT}
    for one in FOUND.unmatched:
        assert one.allowed == len(allowed(one.mentee))
        assert (one.why is Why.NOBODY_ALLOWED) == (one.allowed == 0)
        assert one.sentence and (one.reasons or one.allowed)
        assert one.would_help


def test_the_mentors_that_a_rule_removes_are_counted_one_by_one() -> None:
    for one in FOUND.unmatched:
        broken = {
            name: {
                Reason.NOT_THIS_PERSON if each is Reason.ENDED_BADLY else each
                for each in why_not(mentor, MENTEES[one.mentee], RULES)
            }
            for name, mentor in MENTORS.items()
        }
        assert set(one.reasons) == {
            Barrier(
                reason=reason,
                removes=sum(reason in each for each in broken.values()),
                alone=sum(each == {reason} for each in broken.values()),
            )
            for reason in set().union(*broken.values())
        }


def test_lifting_a_rule_opens_as_many_mentors_as_was_said() -> None:
    wider = msgspec.structs.replace(RULES, gap_from=None)

    for one in FOUND.unmatched:
        said = sum(each.alone for each in one.reasons if each.reason is Reason.GAP_TOO_SMALL)
        assert len(allowed(one.mentee, wider)) - len(allowed(one.mentee)) == said


def test_one_more_place_where_it_was_said_to_help_does_help() -> None:
    helped = 0
    for one in FOUND.unmatched:
        if one.why is not Why.PLACES_RAN_OUT:
            continue
        name = one.alternatives[0].mentor
        more = tuple(
            msgspec.structs.replace(each, places=each.places + 1) if each.id == name else each
            for each in SCHEME.pool.mentors
        )
        again = suggest(Pool(mentors=more, mentees=SCHEME.pool.mentees), SCHEME.criteria, pins=SCHEME.pins)
        assert again.totals.paired == FOUND.totals.paired + 1
        helped += 1
    assert helped


def test_every_stated_choice_has_its_answer() -> None:
    seen = set()
    pinned_away = {mentor for mentor in MENTORS if sum(pin.mentor == mentor for pin in SCHEME.pins)}
    for one in (*FOUND.pairs, *FOUND.unmatched):
        mentee = MENTEES[one.mentee]
        assert [choice.mentor for choice in one.choices] == list(mentee.choices)
        for choice in one.choices:
            seen.add(choice.answer)
            reasons = why_not(MENTORS[choice.mentor], mentee, RULES)
            assert (choice.answer is Answer.GRANTED) == (Pair(choice.mentor, one.mentee) in FOUND.plan())
            if choice.answer is Answer.BARRED:
                assert choice.reasons == reasons != ()
            elif choice.answer is not Answer.GRANTED:
                assert reasons == ()
                assert (choice.answer is Answer.FULL_OF_PINS) == (choice.mentor in pinned_away)
    assert {Answer.GRANTED, Answer.BARRED, Answer.POSSIBLE} <= seen


def test_a_choice_whose_mentor_is_full_of_pinned_people_says_so() -> None:
    pool = Pool(mentors=(Mentor(id="a"), Mentor(id="b")), mentees=(Mentee(id="x", choices=("a", "z")), Mentee(id="y")))

    found = suggest(pool, Criteria(), pins=[Pair("a", "y")])

    assert [choice.answer for choice in found.pairs[0].choices] == [Answer.FULL_OF_PINS, Answer.NOT_IN_POOL]
    assert found.pairs[0].alternatives == ()


@pytest.mark.parametrize("mode", [Mode.FLOORS, Mode.QUALITY])
def test_no_bound_is_above_the_exact_price_and_some_are_it(mode: Mode) -> None:
    criteria = msgspec.structs.replace(SCHEME.criteria, mode=mode)
    found = suggest(SCHEME.pool, criteria, pins=SCHEME.pins)
    run = prepare(SCHEME.pool, criteria, pins=SCHEME.pins)
    bounds = [
        (choice.at_least, price_in(run, Pair(choice.mentor, one.mentee), plan=found.plan()).cost)
        for one in (*found.pairs, *found.unmatched)
        for choice in one.choices
        if choice.answer is Answer.POSSIBLE and one.mentee not in {pin.mentee for pin in SCHEME.pins}
    ]
    nothing = Value(above=(0, 0, 0) if mode is Mode.FLOORS else ())

    assert len(bounds) > 10
    assert all(bound is not None and nothing <= bound <= exact for bound, exact in bounds)
    assert any(bound == exact for bound, exact in bounds)
    assert any(bound != exact for bound, exact in bounds)


def test_the_price_of_a_pair_is_what_the_plan_loses_when_it_is_pinned() -> None:
    one = next(each for each in FOUND.pairs if each.alternatives and not each.pinned)
    pair = Pair(one.alternatives[0].mentor, one.mentee)

    price = price_of(SCHEME.pool, SCHEME.criteria, pair, pins=SCHEME.pins)
    granted = suggest(SCHEME.pool, SCHEME.criteria, pins=(*SCHEME.pins, pair))

    assert pair in granted.plan()
    assert price.cost.points == FOUND.totals.total - granted.totals.total
    assert price.cost.paired == FOUND.totals.paired - granted.totals.paired
    before, after = ({each.mentee: each.mentor for each in found.plan()} for found in (FOUND, granted))
    assert {(move.mentee, move.before, move.after) for move in price.moves} == {
        (name, before.get(name, ""), after.get(name, ""))
        for name in MENTEES
        if name != one.mentee and before.get(name, "") != after.get(name, "")
    }


def test_a_price_is_the_same_whether_or_not_the_plan_is_given() -> None:
    pair = Pair(FOUND.pairs[3].alternatives[0].mentor, FOUND.pairs[3].mentee)

    given = price_of(SCHEME.pool, SCHEME.criteria, pair, pins=SCHEME.pins, plan=FOUND.plan())

    assert given == price_of(SCHEME.pool, SCHEME.criteria, pair, pins=SCHEME.pins)


def test_a_pair_of_the_plan_costs_nothing_and_moves_nobody() -> None:
    price = price_of(SCHEME.pool, SCHEME.criteria, FOUND.plan()[0], pins=SCHEME.pins)

    assert (price.cost, price.moves) == (Value(above=(0, 0, 0)), ())
    assert price.cost.in_words() == "0 points less"


def test_a_pair_that_breaks_a_rule_has_its_price_and_says_which() -> None:
    mentee = FOUND.pairs[0].mentee
    barred = next(name for name in MENTORS if name not in allowed(mentee))

    price = price_of(SCHEME.pool, SCHEME.criteria, Pair(barred, mentee), pins=SCHEME.pins)

    assert price.breaks == why_not(MENTORS[barred], MENTEES[mentee], RULES)


def test_the_price_of_somebody_who_does_not_take_part_is_refused() -> None:
    with pytest.raises(NotInPool) as refused:
        price_of(SCHEME.pool, SCHEME.criteria, Pair("nobody", FOUND.pairs[0].mentee))

    assert (str(refused.value), refused.value.status) == ("nobody does not take part in this run.", 404)


def test_alternatives_are_the_best_others_with_a_free_place_or_somebody_to_displace() -> None:
    spare = {one.mentor for one in FOUND.spare}
    full_of_pins = {pin.mentor for pin in SCHEME.pins}
    given = {one.mentee: one.mentor for one in FOUND.pairs}
    run = prepare(SCHEME.pool, SCHEME.criteria)
    for one in (*FOUND.pairs, *FOUND.unmatched):
        scores = sorted(
            (
                run.table.score(run.table.mentor_at[name], run.table.mentee_at[one.mentee]) or 0
                for name in allowed(one.mentee) - full_of_pins - {given.get(one.mentee)}
            ),
            reverse=True,
        )
        assert [other.score for other in one.alternatives] == scores[:5]
        for other in one.alternatives:
            assert other.free == (other.mentor in spare)
            assert other.free or given[other.displaces] == other.mentor


def test_a_mentor_with_places_left_is_listed_with_those_they_could_have() -> None:
    pool = Pool(
        mentors=(Mentor(id="a", places=3, grade=3), Mentor(id="b", opted_in=False)),
        mentees=(Mentee(id="x", grade=1), Mentee(id="y", grade=2), Mentee(id="z", grade=4)),
    )

    found = suggest(pool, Criteria())

    assert found.spare == (Spare(mentor="a", places=1, allowed=2),)
    assert (found.totals.places, found.totals.places_left) == (3, 1)


def test_a_mode_with_a_least_score_says_how_far_somebody_is_below_it() -> None:
    pool = Pool(mentors=(Mentor(id="a", name="Ada", region="Wales"),), mentees=(Mentee(id="x", region="Wales"),))

    one = suggest(pool, Criteria(mode=Mode.QUALITY, least=30)).unmatched[0]

    assert (one.why, one.sentence) == (
        Why.BELOW_LEAST,
        "1 mentor would be allowed, but none reaches a score of 30.",
    )
    assert one.would_help == ("A least score of 8 would allow Ada.",)


@pytest.mark.parametrize("mode", [Mode.STABLE, Mode.WORST])
def test_a_mode_whose_prices_promise_nothing_gives_no_bounds(mode: Mode) -> None:
    found = suggest(SCHEME.pool, msgspec.structs.replace(SCHEME.criteria, mode=mode))

    assert {other.at_least for one in found.pairs for other in one.alternatives} == {None}
    assert {choice.at_least for one in found.pairs for choice in one.choices} == {None}


def test_warnings_name_pairs_below_floors_and_mentors_in_demand() -> None:
    pool = Pool(
        mentors=(Mentor(id="a", name="Ada"), Mentor(id="b", name="Bob")),
        mentees=tuple(
            Mentee(id=f"e{number}", name=f"Eve {number}", skills_wanted=("Tact",), choices=("b", "c", "d", "e", "a"))
            for number in range(3)
        ),
    )

    found = suggest(pool, Criteria())

    assert [(one.kind, one.sentence) for one in found.warnings if one.kind is Kind.IN_DEMAND] == [
        (Kind.IN_DEMAND, "3 mentees chose Ada, who has 1 place."),
        (Kind.IN_DEMAND, "3 mentees chose Bob, who has 1 place."),
    ]
    low = [(one.mentor, one.sentence.split(" score ")[1]) for one in found.warnings if one.kind is Kind.BELOW_FLOOR]
    assert low == [("a", "3, below 10.")]


def test_a_list_that_asks_little_is_said_once_and_not_for_each_pair() -> None:
    pool = Pool(
        mentors=tuple(Mentor(id=f"m{number}", grade=7, profession="Law") for number in range(3)),
        mentees=tuple(Mentee(id=f"e{number}", grade=4, profession="Law") for number in range(4)),
    )

    found = suggest(pool, Criteria())

    assert [(one.kind, one.sentence) for one in found.warnings] == [
        (
            Kind.FEW_ANSWERS,
            "Of 4 of 4 mentees so little is known that no pair of theirs can score 30. "
            "Compare their scores with each other, not with 100.",
        )
    ]
    assert {(one.score, one.reach) for one in found.pairs} == {(8, 8)}
    assert found.unmatched[0].would_help[-1] == (
        "More answers in their profile: with what is known, no pair scores above 8."
    )


def test_the_mentor_most_in_demand_is_worth_what_another_place_would_add() -> None:
    wanted = FOUND.demand[0]
    more = tuple(
        msgspec.structs.replace(one, places=one.places + 1) if one.id == wanted.mentor else one
        for one in SCHEME.pool.mentors
    )

    again = suggest(Pool(mentors=more, mentees=SCHEME.pool.mentees), SCHEME.criteria, pins=SCHEME.pins)

    assert again.value.minus(FOUND.value) <= wanted.place_worth
    assert wanted.named_by == sum(wanted.mentor in one.choices for one in SCHEME.pool.mentees)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Value(points=14), "14 points less"),
        (Value(points=-1), "1 point more"),
        (Value(paired=1, waited=1, above=(0, 1), points=0), "1 person fewer with a mentor, 1 of those who waited "
         "before without one, 1 more pair below a floor"),
        (Value(above=(-1, -1)), "1 fewer pair below a floor"),
    ],
)  # fmt: skip
def test_a_cost_is_told_in_words(value: Value, told: str) -> None:
    assert value.in_words() == told


def test_a_cost_names_the_floors_when_they_are_known() -> None:
    assert (
        Value(above=(0, 1, -2), points=3).in_words((10, 20, 30))
        == "1 more pair below 20, 2 fewer pairs below 30, 3 points less"
    )


def test_the_price_of_one_more_than_a_mentor_offers_says_so() -> None:
    pool = Pool(mentors=(Mentor(id="a"),), mentees=(Mentee(id="x"), Mentee(id="y")))

    asked = [price_of(pool, Criteria(), Pair("a", "y"), pins=pins) for pins in ((), (Pair("a", "x"),))]

    assert [price.over_places for price in asked] == [False, True]


def test_people_who_are_kept_apart_are_told_of_as_one_whatever_the_reason() -> None:
    pool = Pool(
        mentors=tuple(Mentor(id=each, grade=7) for each in "abc"),
        mentees=(
            Mentee(
                id="x", grade=5, not_these=("a",), choices=("a", "b"), history=(Earlier(mentor="b", ended=Ended.BADLY),)
            ),
        ),
    )

    (alone,) = suggest(pool, Criteria(), ruled_out=[Pair("c", "x")]).unmatched

    assert [(one.reason, one.removes, one.alone) for one in alone.reasons] == [
        (Reason.NOT_THIS_PERSON, 2, 2),
        (Reason.RULED_OUT, 1, 1),
    ]
    assert (
        alone.sentence
        == "No mentor is allowed. Kept apart: 2 of 3; ruled out by a coordinator, or has said no: 1 of 3."
    )
    assert alone.would_help == ("1 mentor would become possible if that were taken back.",)
    assert [told(choice.reasons) for choice in alone.choices] == [["They are kept apart."]] * 2
