"""What a run gives back: pairs, people without one, warnings, totals, and how each came about."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from mentoring.matching.criteria import SCALE, Mode
from mentoring.matching.levels import Value
from mentoring.matching.people import Pair
from mentoring.matching.points import Contributions
from mentoring.matching.rules import Reason

VERSION = 2
"""Rises when the same input would give another answer than before."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Another mentor who would be allowed."""

    mentor: str
    score: int
    free: bool
    """A place of theirs is free."""
    displaces: str = ""
    """The mentee who would most likely have to make room."""
    at_least: Value | None = None
    """What the plan would lose at the least; the exact price is asked for separately. None where no prices exist."""


class Answer(StrEnum):
    GRANTED = "granted"
    BARRED = "barred"
    FULL_OF_PINS = "full_of_pins"
    BELOW_LEAST = "below_least"
    POSSIBLE = "possible"
    NOT_IN_POOL = "not_in_pool"


class ChoiceAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a stated choice."""

    mentor: str
    rank: int
    """From 1."""
    answer: Answer
    reasons: tuple[Reason, ...] = ()
    score: int | None = None
    at_least: Value | None = None
    """What granting it would cost the plan at the least, when it is possible."""


class Match(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One suggested pair."""

    mentor: str
    mentee: str
    score: int
    points: Contributions
    reach: int = SCALE
    """The most that any mentor could score with what the mentee answered."""
    pinned: bool = False
    kept: bool = False
    """The pair of the last run."""
    strongest: str = ""
    weakest: str = ""
    breaks: tuple[Reason, ...] = ()
    """Rules that a pinned pair breaks."""
    alternatives: tuple[Alternative, ...] = ()
    choices: tuple[ChoiceAnswer, ...] = ()

    @property
    def pair(self) -> Pair:
        return Pair(self.mentor, self.mentee)


class Barrier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many people a rule removes for somebody."""

    reason: Reason
    removes: int
    """Broken with so many, whether or not another rule is broken too."""
    alone: int
    """So many would become possible if this rule alone were lifted."""


class Why(StrEnum):
    """Why somebody is without a mentor."""

    NOBODY_ALLOWED = "nobody_allowed"
    PLACES_RAN_OUT = "places_ran_out"
    BELOW_LEAST = "below_least"


class Unmatched(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A mentee without a mentor."""

    mentee: str
    why: Why
    sentence: str
    would_help: tuple[str, ...] = ()
    """Sentences: what would change it, the easiest first."""
    allowed: int = 0
    """Mentors whom no rule bars."""
    reasons: tuple[Barrier, ...] = ()
    """Which rule removes how many mentors, the one that removes most first."""
    alternatives: tuple[Alternative, ...] = ()
    choices: tuple[ChoiceAnswer, ...] = ()


class Spare(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A mentor with places left."""

    mentor: str
    places: int
    """Left."""
    allowed: int
    """Mentees whom no rule bars."""


class Kind(StrEnum):
    """What a warning is about."""

    PIN_BREAKS_RULE = "pin_breaks_rule"
    PINS_OVER_PLACES = "pins_over_places"
    PIN_TWICE = "pin_twice"
    PIN_UNKNOWN = "pin_unknown"
    BELOW_FLOOR = "below_floor"
    FEW_ANSWERS = "few_answers"
    IN_DEMAND = "in_demand"


class Caution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to look at before publishing."""

    kind: Kind
    sentence: str
    mentor: str = ""
    mentee: str = ""


class Below(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    floor: int
    pairs: int


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    mentees: int
    mentors: int
    places: int
    """That mentors who opted in offer."""
    paired: int
    total: int
    """The sum of all scores."""
    worst: int | None = None
    below: tuple[Below, ...] = ()
    first_choices: int = 0
    stated_choices: int = 0
    """Paired with any mentor whom they had named."""
    kept: int = 0
    places_left: int = 0


class Demand(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A mentor whose places are worth more than others'."""

    mentor: str
    named_by: int
    """Mentees who named them among their choices."""
    place_worth: Value
    """What one more place with them would add to the plan."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a run."""

    mode: Mode
    seed: int
    pairs: tuple[Match, ...]
    """By the id of the mentee."""
    unmatched: tuple[Unmatched, ...]
    spare: tuple[Spare, ...]
    warnings: tuple[Caution, ...]
    totals: Totals
    demand: tuple[Demand, ...] = ()
    """The most wanted first."""
    value: Value = Value()
    """The plan without the pinned pairs, level by level."""
    version: int = VERSION

    def plan(self) -> tuple[Pair, ...]:
        """The pairs alone: what the next run takes as ``previous``."""
        return tuple(one.pair for one in self.pairs)


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One mentee's mentor before and after; empty for none."""

    mentee: str
    before: str
    after: str


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What granting a pair costs, exactly."""

    pair: Pair
    cost: Value
    moves: tuple[Move, ...]
    """Who else would have another mentor, or none."""
    breaks: tuple[Reason, ...] = ()
    over_places: bool = False
    """All places of the mentor are pinned already: this would be one more than they offer."""


class ModeRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one mode comes to with these people. Pinned pairs are not counted."""

    mode: Mode
    paired: int
    total: int
    worst: int | None
    below: tuple[Below, ...]
    first_choices: int
    stated_choices: int
    kept: int
    blocking: int
    """Pairs that are not suggested though both would rather have each other."""
