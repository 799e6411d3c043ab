"""The fast table and the readable functions agree on every cell."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.matching import table as room
from mentoring.matching.criteria import Apart, Rules, Weights
from mentoring.matching.people import Earlier, Ended, Format, Mentee, Mentor, Pair, Pool
from mentoring.matching.points import contributions
from mentoring.matching.rules import Reason, why_not
from mentoring.matching.table import Table
from tests.support.examples import examples
from tests.support.schemes import CRITERIA, a_scheme

WORDS = st.sampled_from(("a", "A ", "b", "c", ""))
LISTS = st.lists(WORDS, max_size=7).map(tuple)
SOMEBODY = st.lists(st.sampled_from(("1", "2", "3", "4", "9")), max_size=6).map(tuple)
SHARED = {
    "organisation": WORDS,
    "organisation_group": WORDS,
    "grade": st.none() | st.integers(1, 6),
    "role": WORDS,
    "profession": WORDS,
    "region": st.sampled_from(("Wales", "wales", "Scotland", "London", "Atlantis", "")),
    "formats": st.lists(st.sampled_from(Format), max_size=2).map(tuple),
    "languages": LISTS,
    "line": SOMEBODY,
    "not_these": SOMEBODY,
    "opted_in": st.sampled_from((True, True, True, False)),
}
MENTORS = st.builds(
    Mentor,
    id=st.just(""),
    access_offered=st.none() | LISTS,
    skills=LISTS,
    characteristics=LISTS,
    choices=SOMEBODY,
    places=st.integers(0, 3),
    **SHARED,
)
MENTEES = st.builds(
    Mentee,
    id=st.just(""),
    access_needs=LISTS,
    skills_wanted=LISTS,
    wants_gap=st.none() | st.integers(-1, 3),
    background_wanted=LISTS,
    choices=SOMEBODY,
    history=st.lists(
        st.builds(Earlier, mentor=st.sampled_from(("1", "2", "9")), ended=st.sampled_from(Ended)), max_size=3
    ).map(tuple),
    **SHARED,
)
RULES = st.builds(
    Rules,
    apart=st.sampled_from(Apart),
    not_in_line=st.booleans(),
    gap_from=st.none() | st.integers(-1, 1),
    gap_to=st.none() | st.integers(1, 3),
    shared_format=st.booleans(),
    in_person_hops=st.integers(0, 3),
    language=st.booleans(),
    access=st.booleans(),
    ended_badly=st.booleans(),
)
WEIGHTS = st.sampled_from(
    (
        Weights(),
        Weights(related=(("a", "b"), ("C", "a"), ("", "b"), ("c", "c"))),
        Weights(skills=0, role=(0, 0, 0), choices=(), completed=-100),
        Weights(skills=100, role=(50, 20, 10), seniority=0, region=(0, 0, 0), choices=(10,), go_on=0),
    )
)


def numbered(people: list[msgspec.Struct]) -> tuple[msgspec.Struct, ...]:
    return tuple(msgspec.structs.replace(one, id=str(number)) for number, one in enumerate(people, start=1))


@examples(50, derandomize=True)
@given(
    mentors=st.lists(MENTORS, max_size=4),
    mentees=st.lists(MENTEES, max_size=4),
    rules=RULES,
    weights=WEIGHTS,
    out=st.lists(st.builds(Pair, SOMEBODY.map("".join), SOMEBODY.map("".join)), max_size=3),
)
def test_every_cell_is_what_the_readable_functions_say(
    mentors: list[Mentor], mentees: list[Mentee], rules: Rules, weights: Weights, out: list[Pair]
) -> None:
    pool = Pool(mentors=numbered(mentors), mentees=numbered(mentees))

    found = Table(pool, rules, weights, ruled_out=out)

    assert cells_that_differ(found, pool, rules, weights, ruled_out=out) == []


def test_every_cell_of_a_whole_scheme_agrees() -> None:
    pool = a_scheme(mentees=120, mentors=90, seed=7).pool.in_order()

    found = Table(pool, CRITERIA.rules, CRITERIA.weights)

    assert cells_that_differ(found, pool, CRITERIA.rules, CRITERIA.weights) == []


def test_a_cell_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = a_scheme(mentees=20, mentors=10, seed=7).pool.in_order()
    monkeypatch.setattr(room.points, "region_points", lambda *_: 3)
    wrong = Table(pool, CRITERIA.rules, CRITERIA.weights)
    monkeypatch.undo()

    assert cells_that_differ(wrong, pool, CRITERIA.rules, CRITERIA.weights) != []


def test_the_mentors_that_each_rule_bars_are_those_that_it_bars_one_by_one() -> None:
    pool = a_scheme(mentees=60, mentors=40, seed=3).pool.in_order()
    found = Table(pool, CRITERIA.rules, CRITERIA.weights)

    for mentee in pool.mentees:
        masks = found.barred(mentee)

        for reason in Reason:
            octets = masks.get(reason, 0).to_bytes(len(pool.mentors), "little")
            barred = [mentor for mentor in pool.mentors if reason in why_not(mentor, mentee, CRITERIA.rules)]
            assert [mentor for mentor, hit in zip(pool.mentors, octets, strict=True) if hit] == barred


def cells_that_differ(
    found: Table, pool: Pool, rules: Rules, weights: Weights, *, ruled_out: list[Pair] | tuple[()] = ()
) -> list[tuple[str, str]]:
    differ = []
    for row, mentee in enumerate(pool.mentees):
        for place, mentor in enumerate(pool.mentors):
            closed = bool(why_not(mentor, mentee, rules)) or Pair(mentor.id, mentee.id) in ruled_out
            told = None if closed else contributions(mentor, mentee, weights).score
            if found.score(place, row) != told:
                differ.append((mentor.id, mentee.id))
    return differ


def test_the_mentees_whom_each_mentor_could_have_are_counted() -> None:
    pool = a_scheme(mentees=300, mentors=20, seed=3).pool.in_order()

    found = Table(pool, CRITERIA.rules, CRITERIA.weights)

    assert found.open_to() == [
        sum(not why_not(mentor, mentee, CRITERIA.rules) for mentee in pool.mentees) for mentor in pool.mentors
    ]
