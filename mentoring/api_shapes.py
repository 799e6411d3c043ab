"""What programs send and read about mentoring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from academy.web import api
from academy.web.api import Reason
from mentoring.matching.criteria import Mode
from mentoring.matching.results import Totals
from mentoring.pairings.queries import StaffView
from mentoring.pairings.rules import Health
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import RoundStatus
from mentoring.runs.queries import Held, RunLine, RunView
from mentoring.runs.review import Review
from mentoring.runs.tables import HoldKind, RunState


class Suggesting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to suggest; without a word as the criteria of the round say."""

    mode: Mode | None = None
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    """Draws another lot between equals."""


class Holding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pair, by the ids of the two persons, and whether it is pinned, ruled out, or neither."""

    mentor: UUID
    mentee: UUID
    held: Literal["pinned", "ruled_out", "free"]
    reason: Reason = ""


class RoundOut(msgspec.Struct, frozen=True, kw_only=True):
    """A round of mentoring. Its word in addresses is ``slug``."""

    slug: str
    name: str
    status: RoundStatus
    starts_on: date | None
    ends_on: date | None
    mentors: int
    places: int
    mentees: int


class Rounds(msgspec.Struct, frozen=True):
    rounds: list[RoundOut]


class RunOut(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion: who asked, with what, and what came out. The same fingerprint means the same was given."""

    number: int
    state: RunState
    progress: int
    """Per cent."""
    mode: str
    seed: int
    criteria_version: int
    fingerprint: str
    asked_by: str
    asked_at: api.Moment
    done_at: api.Moment | None
    published_at: api.Moment | None
    matched: int | None
    unmatched: int | None
    total: int | None
    problem: str


class Runs(msgspec.Struct, frozen=True):
    runs: list[RunOut]


class Somebody(msgspec.Struct, frozen=True):
    person: UUID
    name: str


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Another mentor who would be allowed."""

    mentor: Somebody
    score: int
    free: bool
    displaces: Somebody | None
    """Who would most likely have to make room."""


class PairOut(msgspec.Struct, frozen=True, kw_only=True):
    """A suggested pair."""

    mentor: Somebody
    mentee: Somebody
    score: int
    points: dict[str, int]
    """By criterion; they add up to the score."""
    pinned: bool
    strongest: str
    weakest: str
    warnings: list[str]
    others: list[Other]


class Without(msgspec.Struct, frozen=True, kw_only=True):
    """A mentee without a mentor."""

    mentee: Somebody
    why: Literal["nobody_allowed", "places_ran_out", "below_least"]
    sentence: str
    would_help: list[str]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion with everybody in it; without pairs while it is not done."""

    run: RunOut
    totals: Totals | None
    pairs: list[PairOut]
    unmatched: list[Without]
    warnings: list[str]


class HoldOut(msgspec.Struct, frozen=True, kw_only=True):
    mentor: Somebody
    mentee: Somebody
    held: HoldKind
    by: str
    at: api.Moment
    reason: str


class Holds(msgspec.Struct, frozen=True):
    holds: list[HoldOut]


class Published(msgspec.Struct, frozen=True):
    """The pairings whose mentors are asked now."""

    pairings: list[UUID]


class PairingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing as coordinators see it: dates and counts, never anybody's words."""

    id: UUID
    mentor: Somebody
    mentee: Somebody
    status: PairingStatus
    health: Health
    score: int | None
    answer_by: api.Moment | None
    starts_on: date | None
    ends_on: date | None
    last_met_on: date | None
    meetings: int
    minutes: int


class Pairings(msgspec.Struct, frozen=True):
    pairings: list[PairingOut]


def round_out(here: RoundView) -> RoundOut:
    return RoundOut(
        slug=here.slug,
        name=here.name,
        status=here.status,
        starts_on=here.starts_on,
        ends_on=here.ends_on,
        mentors=here.mentors,
        places=here.places,
        mentees=here.mentees,
    )


def run_out(run: RunLine) -> RunOut:
    same = ("number", "state", "progress", "mode", "seed", "asked_by", "asked_at", "done_at", "published_at", "matched",
            "unmatched", "total", "problem")  # fmt: skip
    return RunOut(
        criteria_version=run.criteria_number,
        fingerprint=run.inputs_hash,
        **{name: getattr(run, name) for name in same},
    )


def result(run: RunView) -> Result:
    """A run with its pairs by the mentee's name."""
    found = run.suggestion
    if found is None:
        return Result(run=run_out(run), totals=None, pairs=[], unmatched=[], warnings=[])
    review = Review(run)
    warnings = {card.mentee: card.warnings for card in review.cards}
    return Result(
        run=run_out(run),
        totals=found.totals,
        pairs=[
            PairOut(
                mentor=_somebody(review, each.mentor),
                mentee=_somebody(review, each.mentee),
                score=each.score,
                points={one.value: worth for one, worth in each.points.by_criterion().items()},
                pinned=each.pinned,
                strongest=each.strongest,
                weakest=each.weakest,
                warnings=list(warnings[each.mentee]),
                others=[
                    Other(
                        mentor=_somebody(review, other.mentor),
                        score=other.score,
                        free=other.free,
                        displaces=_somebody(review, other.displaces) if other.displaces else None,
                    )
                    for other in each.alternatives
                ],
            )
            for each in sorted(found.pairs, key=lambda one: (review.name(one.mentee).casefold(), one.mentee))
        ],
        unmatched=[
            Without(
                mentee=_somebody(review, each.mentee),
                why=each.why.value,
                sentence=each.sentence,
                would_help=list(each.would_help),
            )
            for each in found.unmatched
        ],
        warnings=[each.sentence for each in review.cautions],
    )


def holds(held: Sequence[Held]) -> Holds:
    return Holds(
        [
            HoldOut(
                mentor=Somebody(each.mentor, each.mentor_name),
                mentee=Somebody(each.mentee, each.mentee_name),
                held=each.kind,
                by=each.held_by,
                at=each.held_at,
                reason=each.reason,
            )
            for each in held
        ]
    )


def pairing(each: StaffView, *, now: datetime) -> PairingOut:
    return PairingOut(
        id=each.id,
        mentor=Somebody(each.mentor, each.mentor_name),
        mentee=Somebody(each.mentee, each.mentee_name),
        status=each.status,
        health=each.health(now),
        score=each.score,
        answer_by=each.answer_by,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        last_met_on=each.last_met_on,
        meetings=each.meetings,
        minutes=each.minutes,
    )


def _somebody(review: Review, person: str) -> Somebody:
    return Somebody(UUID(person), review.name(person))
