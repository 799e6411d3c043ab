"""Publishing: the mentors of all pairs of a run are asked, or none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import DomainError
from mentoring.matching.criteria import Mode
from mentoring.pairings import service as pairing_service
from mentoring.pairings.service import Proposed
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as profile_service
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import PoolStatus, RoundStatus
from mentoring.runs import holds, inputs, queries, rules
from mentoring.runs.inputs import Inputs
from mentoring.runs.queries import RunView
from mentoring.runs.tables import MatchRun


async def publish(run: UUID, *, actor: Actor, now: datetime) -> list[UUID]:
    """Ask the mentors of all pairs of a run. Returns the pairings.

    Whoever publishes second is told so, and nobody is asked twice. Raises AlreadyPublished, NotReady, OutOfDate,
    CannotSuggest, NeverPaired and NotFound.
    """
    async with database.transaction():
        seen = await queries.run(run)
        await database.lock(f"runs:{seen.round}")
        found = await queries.run(run)
        here = await profiles.round_by_id(found.round)
        refused, current = await _ready(found, now=now)
        if refused is not None:
            raise refused
        assert current is not None and found.suggestion is not None  # it is ready, and nothing has changed
        pairs = found.suggestion.pairs
        asked = [
            Proposed(
                mentor_profile=current.mentor_profiles[each.mentor],
                mentee_profile=current.mentee_profiles[each.mentee],
                score=each.score,
                points=msgspec.to_builtins(each.points),
                run=run,
            )
            for each in pairs
        ]
        made = await pairing_service.propose(found.round, asked, actor=actor, now=now)
        without = [current.mentee_profiles[each.mentee] for each in found.suggestion.unmatched]
        await profile_service.set_pool_statuses(found.round, without, PoolStatus.NO_MATCH_FOUND, now, actor=actor)
        await MatchRun.update({MatchRun.published_at: now, MatchRun.published_by: actor.person}).where(
            MatchRun.id == run
        )
        await holds.let_go_of_pins([(each.mentor_profile, each.mentee_profile) for each in asked], round=found.round)
        await _begin(here, actor=actor, now=now)
        told = {"run": found.number, "pairs": len(made)}
        await audit.record(
            "run.publish", About("mentoring round", here.id, here.name), actor=actor, now=now, after=told
        )
        return made


async def why_not_publish(run: RunView, *, now: datetime) -> DomainError | None:
    """Why a run cannot be published as it is; None when it can. What ``publish`` asks, too."""
    return (await _ready(run, now=now))[0]


async def _ready(run: RunView, *, now: datetime) -> tuple[DomainError | None, Inputs | None]:
    """Why not, or else what the run would be given now."""
    current = None if run.published_at else await _as_now(run, now=now)
    newest = await queries.latest(run.round)
    refused = rules.why_not_publish(
        run.state,
        published_at=run.published_at,
        latest=newest is not None and newest.id == run.id,
        pairs=len(run.suggestion.pairs) if run.suggestion else 0,
        current=current is not None,
    )
    return refused or rules.why_not_these(run), current


async def _as_now(run: RunView, *, now: datetime) -> Inputs | None:
    """What the run would be given now, if that is what it was given; None when something has changed."""
    former = await queries.before(run)
    previous = former.suggestion.plan() if former and former.suggestion else ()
    mode = Mode(run.mode)
    found = await inputs.of_round(run.round, mode=mode, seed=run.seed, previous=previous, now=now)
    same = inputs.hash_of(inputs.as_json(found.request)) == run.inputs_hash
    return found if same and found.criteria_number == run.criteria_number else None


async def _begin(here: RoundView, *, actor: Actor, now: datetime) -> None:
    """A round whose pairs are published is running."""
    way = {RoundStatus.OPEN: (RoundStatus.MATCHING, RoundStatus.RUNNING), RoundStatus.MATCHING: (RoundStatus.RUNNING,)}
    for status in way.get(here.status, ()):
        await profile_service.move_round(here.id, status, actor=actor, now=now)
