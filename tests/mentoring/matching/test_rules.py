"""Each hard rule: the pair it bars, the pair it leaves alone, and that a missing answer bars nobody."""

from __future__ import annotations

import msgspec
import pytest

from mentoring.matching.criteria import Apart, BadCriteria, Criteria, Criterion, Rules, Weights
from mentoring.matching.people import Earlier, Ended, Format, Mentee, Mentor
from mentoring.matching.regions import NEIGHBOURS, hops
from mentoring.matching.rules import CHANGES, SENTENCES, Reason, why_not

MENTOR = Mentor(
    id="ada",
    organisation="Leeds",
    organisation_group="West Yorkshire",
    grade=7,
    region="Wales",
    formats=(Format.VIRTUAL, Format.IN_PERSON),
    languages=("en",),
    access_offered=("Captions",),
)
MENTEE = Mentee(
    id="eve",
    organisation="Kent",
    organisation_group="South",
    grade=5,
    region="Wales",
    formats=(Format.VIRTUAL, Format.IN_PERSON),
    languages=("en",),
    access_needs=("captions",),
)
IN_PERSON, VIRTUAL = (Format.IN_PERSON,), (Format.VIRTUAL,)


def barred(*, mentor: dict[str, object], mentee: dict[str, object], **rules: object) -> tuple[Reason, ...]:
    return why_not(msgspec.structs.replace(MENTOR, **mentor), msgspec.structs.replace(MENTEE, **mentee), Rules(**rules))


def test_a_pair_that_breaks_no_rule_is_allowed() -> None:
    assert why_not(MENTOR, MENTEE, Rules()) == ()


@pytest.mark.parametrize(
    ("reason", "mentor", "mentee", "rules"),
    [
        (Reason.MENTOR_NOT_IN, {"opted_in": False}, {}, {}),
        (Reason.MENTEE_NOT_IN, {}, {"opted_in": False}, {}),
        (Reason.NO_PLACES, {"places": 0}, {}, {}),
        (Reason.ONESELF, {"id": "eve"}, {}, {}),
        (Reason.SAME_ORGANISATION, {}, {"organisation": " LEEDS "}, {}),
        (Reason.SAME_GROUP, {}, {"organisation_group": "West Yorkshire"}, {"apart": Apart.GROUP}),
        (Reason.IN_LINE, {}, {"line": ("ada",)}, {}),
        (Reason.IN_LINE, {"line": ("eve",)}, {}, {}),
        (Reason.GAP_TOO_SMALL, {"grade": 5}, {}, {}),
        (Reason.GAP_TOO_LARGE, {"grade": 9}, {}, {"gap_to": 3}),
        (Reason.NO_SHARED_FORMAT, {"formats": IN_PERSON}, {"formats": VIRTUAL}, {}),
        (Reason.TOO_FAR, {"formats": IN_PERSON}, {"region": "Scotland"}, {}),
        (Reason.NO_SHARED_LANGUAGE, {}, {"languages": ("cy", "bsl")}, {}),
        (Reason.ACCESS_NEEDS, {"access_offered": ()}, {}, {}),
        (Reason.NOT_THIS_PERSON, {"not_these": ("eve",)}, {}, {}),
        (Reason.NOT_THIS_PERSON, {}, {"not_these": ("ada",)}, {}),
        (Reason.ENDED_BADLY, {}, {"history": (Earlier(mentor="ada", ended=Ended.BADLY),)}, {}),
    ],
)
def test_a_broken_rule_is_the_only_reason(
    reason: Reason, mentor: dict[str, object], mentee: dict[str, object], rules: dict[str, object]
) -> None:
    assert barred(mentor=mentor, mentee=mentee, **rules) == (reason,)


@pytest.mark.parametrize(
    ("mentor", "mentee", "rules"),
    [
        ({}, {"organisation": "Leeds"}, {"apart": Apart.ANY}),
        ({}, {"organisation_group": "West Yorkshire"}, {}),
        ({}, {"line": ("ada",)}, {"not_in_line": False}),
        ({"grade": 5}, {}, {"gap_from": 0}),
        ({"grade": 1}, {}, {"gap_from": None}),
        ({"formats": IN_PERSON}, {"formats": VIRTUAL}, {"shared_format": False}),
        ({"formats": IN_PERSON}, {"region": "Scotland"}, {"in_person_hops": 9}),
        ({"formats": IN_PERSON}, {"region": "South West"}, {}),
        ({}, {"languages": ("cy",)}, {"language": False}),
        ({"access_offered": ()}, {}, {"access": False}),
        ({}, {"history": (Earlier(mentor="ada", ended=Ended.BADLY),)}, {"ended_badly": False}),
        ({}, {"history": (Earlier(mentor="bob", ended=Ended.BADLY),)}, {}),
    ],
)
def test_a_rule_that_is_off_or_wider_bars_nobody(
    mentor: dict[str, object], mentee: dict[str, object], rules: dict[str, object]
) -> None:
    assert barred(mentor=mentor, mentee=mentee, **rules) == ()


def test_all_reasons_are_given_not_the_first_only() -> None:
    found = barred(mentor={"grade": 2, "languages": ("cy",)}, mentee={"organisation": "Leeds"})

    assert found == (Reason.SAME_ORGANISATION, Reason.GAP_TOO_SMALL, Reason.NO_SHARED_LANGUAGE)


def test_answers_that_were_not_given_bar_nobody() -> None:
    strict = Rules(apart=Apart.GROUP, gap_to=1, in_person_hops=0)

    assert why_not(Mentor(id="ada"), MENTEE, strict) == ()
    assert why_not(MENTOR, Mentee(id="eve"), strict) == ()
    assert why_not(Mentor(id="ada"), Mentee(id="eve"), strict) == ()


def test_every_reason_has_its_sentence_and_what_would_change_it() -> None:
    assert set(SENTENCES) == set(CHANGES) == set(Reason)


def test_regions_are_counted_in_borders() -> None:
    found = [hops("Wales", other) for other in ("wales", "North West", "East Midlands", "London", "Atlantis", "")]

    assert found == [0, 1, 2, 3, None, None]
    assert hops("Atlantis", "Atlantis") == 0


def test_neighbours_know_each_other_and_every_region_can_be_reached() -> None:
    assert all(one in NEIGHBOURS[other] for one, others in NEIGHBOURS.items() for other in others)
    assert all(hops(one, other) is not None for one in NEIGHBOURS for other in NEIGHBOURS)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Rules(gap_from=3, gap_to=1), "At least so many levels above is more than at most. Swap the two."),
        (lambda: Rules(in_person_hops=-1), "Regions apart must be a number from 0 to 12."),
        (lambda: Weights(skills=101), "Points must be numbers from 0 to 100; only an earlier pairing may take"),
        (lambda: Weights(role=(4, 8, 12)), "The steps of a criterion must fall: the best answer gives the most"),
        (lambda: Weights(choices=(6, 5, 4, 3, 2, 1)), "At most five choices can count."),
        (lambda: Weights(skills=100, seniority=100), "Together the criteria give more than 200 points. Lower some"),
        (lambda: Criteria(floors=(30, 10)), "Floors must be different scores from 1 to 100, the lowest first."),
        (lambda: Criteria(floors=(1, 2, 3, 4, 5, 6)), "At most five floors can be set."),
        (lambda: Criteria(keep=-1), "The least score and the points for keeping a pair must be numbers from 0 to"),
    ],
)
def test_criteria_that_cannot_be_used_say_why(make: object, sentence: str) -> None:
    assert callable(make)
    with pytest.raises(BadCriteria) as refused:
        make()

    assert str(refused.value).startswith(sentence)


def test_one_number_for_each_criterion_makes_weights_in_the_usual_proportions() -> None:
    made = Weights.of({Criterion.SKILLS: 40, Criterion.ROLE: 24, Criterion.CHOICE: 10, Criterion.SENIORITY: 0})

    assert Weights.of({}) == Weights()
    assert (made.skills, made.role, made.choices, made.seniority) == (40, (24, 16, 8), (10, 7, 4, 3, 2), 0)


def test_criteria_travel_as_json_and_come_back_the_same() -> None:
    criteria = Criteria(rules=Rules(apart=Apart.GROUP, gap_to=4), weights=Weights(related=(("A", "B"),)), floors=(5,))

    assert msgspec.json.decode(msgspec.json.encode(criteria), type=Criteria) == criteria
