"""A run as coordinators read it. Pure: a run that was worked out, without a database."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec

from mentoring.matching.criteria import Criteria
from mentoring.matching.people import Mentee, Mentor, Pair, Pool
from mentoring.matching.suggest import suggest
from mentoring.matching.worker import Request
from mentoring.runs.queries import Held, RunView
from mentoring.runs.review import Review, Show
from mentoring.runs.tables import HoldKind, RunState
from tests.support.schemes import a_scheme

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
MIA = Mentor(id="mia", name="Mia", grade=8, role="Director", organisation="Leeds", skills=("Budgets", "Data"))
MAX = Mentor(id="max", name="Max", grade=8, organisation="York", skills=("Data",))
ANA = Mentee(id="ana", name="Ana", grade=5, organisation="Hull", skills_wanted=("Budgets",), wants_gap=3)
BEN = Mentee(id="ben", name="Ben", grade=5, organisation="Hull", skills_wanted=("Data",), wants_gap=1)


def a_run(*, number: int = 1, previous: tuple[Pair, ...] = (), **given: Any) -> RunView:
    """A run of these people that is done."""
    pool = Pool(mentors=given.pop("mentors", (MIA, MAX)), mentees=given.pop("mentees", (ANA, BEN)))
    request = Request(pool=pool.in_order(), criteria=given.pop("criteria", Criteria()), previous=previous, **given)
    found = suggest(
        pool, request.criteria, pins=request.pins, ruled_out=request.ruled_out, previous=previous, seed=request.seed
    )
    return RunView(
        id=uuid4(), round=uuid4(), number=number, state=RunState.READY, criteria_number=1, mode="floors", seed=0,
        inputs_hash="", matched=len(found.pairs), unmatched=len(found.unmatched), total=found.totals.total,
        progress=100, problem="", asked_by="Cora", asked_at=AT, done_at=AT, published_at=None, published_by="",
        request=request, suggestion=found,
    )  # fmt: skip


def a_hold(mentor: Mentor, mentee: Mentee, kind: HoldKind = HoldKind.PINNED) -> Held:
    held = Held(
        id=uuid4(), kind=kind, mentor=uuid4(), mentor_name=mentor.name, mentor_profile=uuid4(), mentee=uuid4(),
        mentee_name=mentee.name, mentee_profile=uuid4(), reason="", held_by="Cora", held_at=AT,
    )  # fmt: skip
    return msgspec.structs.replace(held, mentor=mentor.id, mentee=mentee.id)  # ids of this file are words


def test_a_pair_below_the_highest_floor_is_poor_and_says_so() -> None:
    review = Review(a_run(criteria=Criteria(floors=(10, 80))))

    poor = [card for card in review.cards if card.low]
    assert [(card.mentee_name, card.warnings) for card in poor] == [("Ben", ("A low score: 35, of 45 at most.",))]
    assert review.cards[0].mentee_name == "Ben"
    assert review.counts()[Show.LOOK] == 1


def test_who_said_little_has_no_poor_pair_for_it_and_their_score_says_what_was_possible() -> None:
    ida = Mentee(id="ida", name="Ida", grade=5, profession="Law")
    law = Mentor(id="law", name="Lou", grade=8, profession="Law")
    cards = {card.mentee: card for card in Review(a_run(mentors=(MIA, law), mentees=(ANA, ida))).cards}

    assert (cards["ida"].score, cards["ida"].most, cards["ida"].warnings) == (8, 8, ())
    assert (cards["ana"].score, cards["ana"].most) == (45, 0)


def test_who_said_little_and_has_nothing_in_common_with_the_mentor_is_looked_at() -> None:
    ida = Mentee(id="ida", name="Ida", grade=5, profession="Law")
    (card,) = Review(a_run(mentors=(MIA,), mentees=(ida,))).cards

    assert card.warnings == ("A low score: 0, of 8 at most.",)


def test_points_by_criterion_add_up_to_the_score() -> None:
    review = Review(a_run())

    for card in review.cards:
        assert sum(row.points for row in review.full(card).points) == card.score


def test_each_criterion_that_both_answered_is_told_in_words() -> None:
    review = Review(a_run())
    (ana,) = [review.full(card) for card in review.cards if card.mentee == "ana"]

    assert [(row.name, row.points, row.most, row.why) for row in ana.points] == [
        ("Skills", 30, 30, "offers the skill wanted"),
        ("Seniority", 15, 15, "3 levels above, as wanted"),
    ]


def test_another_mentor_is_free_or_would_displace_somebody_who_could_swap() -> None:
    noa = Mentor(id="noa", name="Noa", grade=8)
    review = Review(a_run(mentors=(MIA, MAX, noa)))
    (ana,) = [review.full(card) for card in review.cards if card.mentee == "ana"]

    others = [(other.name, other.displaced, other.swap) for other in ana.others]
    assert ("Max", "Ben", True) in others
    assert ("Noa", "", False) in others


def test_a_swap_says_what_the_other_would_have_then() -> None:
    review = Review(a_run())
    (ana,) = [review.full(card) for card in review.cards if card.mentee == "ana"]

    assert [other.swapped for other in ana.others] == ["Ben would have Mia, 35 points instead of 35"]


def test_no_swap_is_offered_that_a_rule_forbids() -> None:
    york = msgspec.structs.replace(MIA, organisation="Hull East")
    ben = msgspec.structs.replace(BEN, organisation="Hull East")
    review = Review(a_run(mentors=(york, MAX), mentees=(ANA, ben)))
    (ana,) = [review.full(card) for card in review.cards if card.mentee == "ana"]

    assert [(other.name, other.swap) for other in ana.others] == [("Max", False)]


def test_what_was_held_since_is_counted_in_words() -> None:
    run = a_run()
    assert Review(run).since == ""

    pinned = Review(run, held=[a_hold(MIA, ANA)])
    both = Review(run, held=[a_hold(MIA, ANA), a_hold(MAX, BEN, HoldKind.RULED_OUT)])

    assert pinned.since == "1 pair pinned"
    assert both.since == "1 pair pinned and 1 pair ruled out"


def test_a_pin_that_the_run_knew_is_nothing_new_and_letting_go_of_it_is() -> None:
    run = a_run(pins=(Pair("mia", "ana"),))

    assert Review(run, held=[a_hold(MIA, ANA)]).since == ""
    assert Review(run).since == "1 pin let go of"


def test_a_mentee_who_was_pinned_elsewhere_since_says_to_whom() -> None:
    review = Review(a_run(), held=[a_hold(MAX, ANA)])

    assert {card.mentee: card.pinned_to for card in review.cards} == {"ana": "Max", "ben": ""}
    assert [card.mentee for card in review.chosen(Show.PINNED)] == ["ana"]


def test_what_changed_against_the_run_before() -> None:
    former = a_run()
    run = a_run(number=2, previous=former.suggestion.plan() if former.suggestion else (), pins=(Pair("max", "ana"),))

    review = Review(run, former=former)

    assert review.changed is not None
    assert len(review.changed.moved) == 2
    assert {card.mentee: card.before for card in review.cards} == {"ana": "Mia", "ben": "Max"}
    assert len(review.chosen(Show.CHANGED)) == 2


def test_the_first_run_has_changed_nothing() -> None:
    review = Review(a_run())

    assert review.changed is None
    assert review.chosen(Show.CHANGED) == []


def test_pairs_are_found_by_either_name() -> None:
    review = Review(a_run())

    assert [card.mentee for card in review.chosen(Show.ALL, "MIA")] == ["ana"]
    assert [card.mentee for card in review.chosen(Show.ALL, "ben")] == ["ben"]


def test_a_large_run_is_read_too() -> None:
    scheme = a_scheme(mentees=60, mentors=50, seed=3)
    review = Review(a_run(mentors=scheme.pool.mentors, mentees=scheme.pool.mentees))

    cards = [review.full(card) for card in review.cards]

    looks = [card.look for card in cards]
    assert looks == sorted(looks, reverse=True)
    assert all(sum(row.points for row in card.points) == card.score for card in cards)
