"""The verbs of runs, for this room and others: suggest pairs, hold some fast, publish, follow up."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, About, Actor
from academy.errors import DomainError
from mentoring import waiting
from mentoring.matching.criteria import Mode
from mentoring.matching.next_best import next_best
from mentoring.matching.points import contributions
from mentoring.pairings import queries as pairings
from mentoring.pairings import service as pairing_service
from mentoring.pairings.queries import StaffView
from mentoring.pairings.rules import MOST_ASKED, asked_before
from mentoring.pairings.service import Proposed
from mentoring.profiles import queries as profiles
from mentoring.profiles.queries import RoundView
from mentoring.profiles.tables import PoolStatus, RoundStatus
from mentoring.runs import inputs, queries, rules, working
from mentoring.runs.holds import pin as pin
from mentoring.runs.holds import release as release
from mentoring.runs.holds import rule_out as rule_out
from mentoring.runs.holds import swap as swap
from mentoring.runs.publishing import publish as publish
from mentoring.runs.publishing import why_not_publish as why_not_publish
from mentoring.runs.questions import ask as ask
from mentoring.runs.questions import begin as begin
from mentoring.runs.tables import MatchRun, RunState

log = logging.getLogger("academy.mentoring")


async def suggest(
    round: UUID, *, mode: Mode | None = None, seed: int | None = None, actor: Actor, now: datetime
) -> UUID:
    """Ask for pairs. A small pool is matched at once; for a large one the run is a row that waits for ``start``.

    ``mode`` and ``seed`` are those of the criteria and of the last run unless they are told. Pairs of the last run
    weigh more, so that others change little. While a run is being worked on, that one is returned.
    Raises CannotSuggest and NotFound.
    """
    async with database.transaction():
        await database.lock(f"runs:{round}")
        here = await profiles.round_by_id(round)
        newest = await queries.latest(round)
        if newest and not newest.done:
            return newest.id  # pressed twice, or by two coordinators
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
        run, stored = uuid4(), inputs.as_json(given.request)
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
        await waiting.work(working.RUNS, run, now=now)
    return run


def start(run: UUID) -> None:
    """Begin in the background, outside any transaction. Whoever looks meanwhile sees the progress."""
    waiting.start(working.RUNS, run)


async def take_up(now: datetime) -> int:
    """Work on suggestions, and on what was asked about them, that nobody works on, such as after a restart.

    Returns how many. A minute job.
    """
    return await waiting.take_up((working.RUNS, working.QUESTIONS), now)


# ------------------------------------------------------------------- following up
async def follow_up(now: datetime) -> int:
    """Where a mentor said no, or nothing in time: ask the next best who has a place. Returns how many were asked.

    Nobody else is disturbed. After three mentors, or when there is none left, the mentee is on the coordinator's list.
    A minute job.
    """
    asked = 0
    for each in await pairings.unfollowed(now):
        try:
            asked += await _follow(each, now=now)
        except DomainError as refused:  # a place went meanwhile: the next minute looks again, and the others wait not
            log.warning("a proposal could not be followed", extra={"pairing": str(each.id), "why": refused.message})
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
    """The mentor to whom the mentee is pinned, or else the best of those whose place nobody is pinned to.

    Who said a moment ago that they have no time is not asked again by itself, only by a coordinator.
    """
    given = await inputs.of_round(lost.round, now=now)
    mentee, request = str(lost.mentee), given.request
    if mentee not in given.mentee_profiles:
        return None
    found = next_best(
        request.pool,
        request.criteria,
        mentee,
        plan=request.pins,
        ruled_out=request.ruled_out,
        seed=request.seed,
    )
    pinned = {pair.mentor for pair in request.pins if pair.mentee == mentee}
    busy = {str(each) for each in await pairings.without_time(lost.round)} - pinned
    found = tuple(each for each in found if each.mentor not in busy)
    best = next((each for each in found if each.mentor in pinned), found[0] if found else None)
    if best is None:
        return None
    people = {one.id: one for one in request.pool.mentors}, {one.id: one for one in request.pool.mentees}
    points = contributions(people[0][best.mentor], people[1][mentee], request.criteria.weights)
    return Proposed(
        mentor_profile=given.mentor_profiles[best.mentor],
        mentee_profile=lost.mentee_profile,
        score=best.score,
        points=msgspec.to_builtins(points),
        run=lost.run,
    )


def _about(here: RoundView) -> About:
    return About("mentoring round", here.id, here.name)
