"""The verbs of runs, for this room and others: suggest pairs, hold some fast, publish, follow up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, About, Actor
from mentoring.matching.criteria import Mode
from mentoring.matching.people import Pair
from mentoring.matching.results import Suggestion
from mentoring.matching.worker import answer
from mentoring.pairings import queries as pairings
from mentoring.pairings import service as pairing_service
from mentoring.pairings.queries import StaffView
from mentoring.pairings.rules import MOST_ASKED, asked_before
from mentoring.pairings.service import Proposed
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as profile_service
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import PoolStatus, RoundStatus
from mentoring.runs import inputs, queries, rules, working
from mentoring.runs.holds import pin as pin
from mentoring.runs.holds import release as release
from mentoring.runs.holds import rule_out as rule_out
from mentoring.runs.holds import swap as swap
from mentoring.runs.inputs import Inputs
from mentoring.runs.queries import RunView
from mentoring.runs.tables import MatchRun, RunState
from mentoring.runs.working import start as start
from mentoring.runs.working import take_up as take_up


async def suggest(
    round: UUID, *, mode: Mode | None = None, seed: int | None = None, actor: Actor, now: datetime
) -> UUID:
    """Ask for pairs. A small pool is matched at once; for a large one the run is a row that waits for ``start``.

    ``mode`` and ``seed`` are those of the criteria and of the last run unless they are told. Pairs of the last run
    weigh more, so that others change little. Raises CannotSuggest and NotFound.
    """
    async with database.transaction():
        await database.lock(f"runs:{round}")
        here = await profiles.round_by_id(round)
        former = await queries.latest_ready(round)
        given = await inputs.of_round(
            round,
            mode=mode,
            seed=seed if seed is not None else former.seed if former else 0,
            previous=former.suggestion.plan() if former and former.suggestion else (),
            now=now,
        )
        pool = given.request.pool
        if refused := rules.why_not_suggest(here.status, mentors=len(pool.mentors), mentees=len(pool.mentees)):
            raise refused
        run, newest, stored = uuid4(), await queries.latest(round), inputs.as_json(given.request)
        number = newest.number + 1 if newest else 1
        await MatchRun.insert(
            MatchRun(
                id=run,
                round=round,
                number=number,
                state=RunState.WAITING,
                criteria_number=given.criteria_number,
                mode=given.request.criteria.mode.value,
                seed=given.request.seed,
                inputs=stored,
                inputs_hash=inputs.hash_of(stored),
                asked_by=actor.person,
                asked_at=now,
            )
        )
        await audit.record("run.ask", _about(here), actor=actor, now=now, after={"run": number})
    if given.cells <= rules.SMALL:
        await working.work(run, now=now)
    return run


async def again(run: RunView) -> bool:
    """Whether the stored inputs give the stored answer, once more. Call it for runs that are not large."""
    line = answer(run.request)
    return line.suggestion is not None and line.suggestion == run.suggestion


async def publish(run: UUID, *, actor: Actor, now: datetime) -> list[UUID]:
    """Ask the mentors of all pairs of a run. Returns the pairings.

    Whoever publishes second is told so, and nobody is asked twice. Raises AlreadyPublished, NotReady, OutOfDate,
    CannotSuggest and NotFound.
    """
    async with database.transaction():
        seen = await queries.run(run)
        await database.lock(f"runs:{seen.round}")
        found = await queries.run(run)
        here = await profiles.round_by_id(found.round)
        current = await _as_now(found, now=now)
        newest = await queries.latest(found.round)
        pairs = found.suggestion.pairs if found.suggestion else ()
        refused = rules.why_not_publish(
            found.state,
            published_at=found.published_at,
            latest=newest is not None and newest.id == run,
            pairs=len(pairs),
            current=current is not None,
        )
        if refused is not None or current is None or found.suggestion is None:
            raise refused or rules.OutOfDate("Suggest pairs again before you publish.")
        made = await pairing_service.propose(
            found.round,
            [
                Proposed(
                    mentor_profile=current.mentor_profiles[each.mentor],
                    mentee_profile=current.mentee_profiles[each.mentee],
                    score=each.score,
                    points=msgspec.to_builtins(each.points),
                    run=run,
                )
                for each in pairs
            ],
            actor=actor,
            now=now,
        )
        for each in found.suggestion.unmatched:
            await profile_service.set_pool_status(
                current.mentee_profiles[each.mentee], PoolStatus.NO_MATCH_FOUND, now, actor=actor
            )
        await MatchRun.update({MatchRun.published_at: now, MatchRun.published_by: actor.person}).where(
            MatchRun.id == run
        )
        await _begin(here, actor=actor, now=now)
        told = {"run": found.number, "pairs": len(made)}
        await audit.record("run.publish", _about(here), actor=actor, now=now, after=told)
        return made


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


# ------------------------------------------------------------------- following up
async def follow_up(now: datetime) -> int:
    """Where a mentor said no, or nothing in time: ask the next best who has a place. Returns how many were asked.

    Nobody else is disturbed. After three mentors, or when there is none left, the mentee is on the coordinator's list.
    """
    asked = 0
    for each in await pairings.unfollowed(now):
        asked += await _follow(each, now=now)
    return asked


async def _follow(lost: StaffView, *, now: datetime) -> bool:
    async with database.transaction():
        await database.lock(f"runs:{lost.round}")
        here = await profiles.round_by_id(lost.round)
        mentee = await profiles.mentee(lost.mentee_profile)
        tried = await pairings.of_mentee(lost.mentee_profile, now=now)
        waits = here.status is RoundStatus.RUNNING and mentee.status is not PoolStatus.WITHDRAWN
        if not waits or any(each.live for each in tried):
            await pairing_service.followed(lost.id, asked_again=True, now=now)  # nobody waits, so nobody is told
            return False
        proposed = None
        if asked_before([each.status for each in tried]) < MOST_ASKED:
            proposed = await _next_best(lost, now=now)
        if proposed is not None:
            await pairing_service.propose(lost.round, [proposed], actor=ACADEMY, now=now)
        await pairing_service.followed(lost.id, asked_again=proposed is not None, now=now)
        return proposed is not None


async def _next_best(lost: StaffView, *, now: datetime) -> Proposed | None:
    given = inputs.for_one(await inputs.of_round(lost.round, now=now), str(lost.mentee))
    if not given.request.pool.mentees or not given.request.pool.mentors:
        return None
    found: Suggestion | None = answer(given.request).suggestion
    best = found.pairs[0] if found and found.pairs else None
    if best is None:
        return None
    return Proposed(
        mentor_profile=given.mentor_profiles[best.mentor],
        mentee_profile=given.mentee_profiles[best.mentee],
        score=best.score,
        points=msgspec.to_builtins(best.points),
        run=lost.run,
    )


async def stands(round: UUID, pair: Pair) -> tuple[UUID, UUID] | None:
    """The profiles of a pair of persons in a round, if both are there."""
    mentor = await profiles.mentor_of(round, UUID(pair.mentor))
    mentee = await profiles.mentee_of(round, UUID(pair.mentee))
    return (mentor.id, mentee.id) if mentor and mentee else None


def _about(here: RoundView) -> About:
    return About("mentoring round", here.id, here.name)
