"""Mentoring in the JSON API, for coordinators: rounds, suggested pairs with their reasons, publishing, pairings.

What people said in confidence is in no answer: a rule that removed a pair is named, never who said so.
"""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.calls import perform
from academy.accounts.guards import actor
from academy.errors import NotFound
from academy.web import api
from academy.web.access import Who
from academy.web.api import Json, Nothing
from mentoring import api_shapes as shapes
from mentoring.api_shapes import Holding, Holds, Pairings, Published, Result, Rounds, RunOut, Runs, Suggesting
from mentoring.pairings import queries as pairing_queries
from mentoring.profiles import queries as profiles
from mentoring.runs import queries, service

TAG = ["Mentoring"]
ROUND = "/api/mentoring/rounds/{round:str}"


@get("/api/mentoring/rounds", who=Who.API_MANAGE, tags=TAG, gives=Rounds)
async def rounds(request: Request[Any, Any, Any]) -> Json:
    """All rounds, the newest first."""
    return api.answer(Rounds([shapes.round_out(each) for each in await profiles.rounds()]))


@get(ROUND + "/runs", who=Who.API_MANAGE, tags=TAG, gives=Runs)
async def runs(request: Request[Any, Any, Any], round: FromPath[str]) -> Json:
    """Every suggestion of a round, the newest first."""
    here = await profiles.round(round)
    return api.answer(Runs([shapes.run_out(each) for each in await queries.runs_of(here.id)]))


@post(ROUND + "/runs", who=Who.API_MANAGE, tags=TAG, body=Suggesting, gives=RunOut, codes=(201,))
async def suggest(request: Request[Any, Any, Any], round: FromPath[str]) -> Json:
    """Suggest pairs. A small round is done in the answer; a large one is worked out meanwhile: read it again."""
    now = clock.now()

    async def ask(body: Suggesting) -> tuple[int, RunOut]:
        here = await profiles.round(round)
        run = await service.suggest(here.id, mode=body.mode, seed=body.seed, actor=actor(request), now=now)
        found = await queries.run(run)
        if not found.done:
            service.start(run)
        return 201, shapes.run_out(found)

    return await perform(request, Suggesting, ask, now=now)


@get(ROUND + "/runs/{number:int}", who=Who.API_MANAGE, tags=TAG, gives=Result)
async def result(request: Request[Any, Any, Any], round: FromPath[str], number: FromPath[int]) -> Json:
    """A suggestion with its pairs: score, points by criterion, reasons in words, and the best alternatives."""
    here = await profiles.round(round)
    run = await queries.by_number(here.id, number)
    return api.answer(await asyncio.to_thread(shapes.result, run))  # a thousand pairs take a moment


@post(ROUND + "/runs/{number:int}/publish", who=Who.API_MANAGE, tags=TAG, body=Nothing, gives=Published)
async def publish_pairs(request: Request[Any, Any, Any], round: FromPath[str], number: FromPath[int]) -> Json:
    """Ask the mentors of all pairs of the newest suggestion by email. What has changed since is refused with 409."""
    now = clock.now()

    async def go(_: Nothing) -> tuple[int, Published]:
        here = await profiles.round(round)
        run = await queries.by_number(here.id, number)
        return 200, Published(await service.publish(run.id, actor=actor(request), now=now))

    return await perform(request, Nothing, go, now=now)


@get(ROUND + "/holds", who=Who.API_MANAGE, tags=TAG, gives=Holds)
async def holds(request: Request[Any, Any, Any], round: FromPath[str]) -> Json:
    """Pairs that are pinned or ruled out."""
    here = await profiles.round(round)
    return api.answer(shapes.holds(await queries.holds(here.id)))


@post(ROUND + "/holds", who=Who.API_MANAGE, tags=TAG, body=Holding, gives=Holds)
async def hold(request: Request[Any, Any, Any], round: FromPath[str]) -> Json:
    """Pin a pair, rule it out, or let go of it, for all further suggestions. The answer is all that is held."""
    now = clock.now()

    async def change(body: Holding) -> tuple[int, Holds]:
        here = await profiles.round(round)
        mentor = await profiles.mentor_of(here.id, body.mentor)
        mentee = await profiles.mentee_of(here.id, body.mentee)
        if mentor is None or mentee is None:
            raise NotFound("One of these two does not take part in this round.")
        if body.held == "free":
            await service.release(mentor.id, mentee.id, actor=actor(request), now=now)
        else:
            verb = service.pin if body.held == "pinned" else service.rule_out
            await verb(mentor.id, mentee.id, reason=body.reason, actor=actor(request), now=now)
        return 200, shapes.holds(await queries.holds(here.id))

    return await perform(request, Holding, change, now=now)


@get(ROUND + "/pairings", who=Who.API_MANAGE, tags=TAG, gives=Pairings)
async def pairings(request: Request[Any, Any, Any], round: FromPath[str]) -> Json:
    """Every pairing of a round with how it is: dates and counts, never anybody's words."""
    here = await profiles.round(round)
    now = clock.now()
    found = await pairing_queries.of_round(here.id, now=now)
    return api.answer(Pairings([shapes.pairing(each, now=now) for each in found]))


routes: list[Any] = [rounds, runs, suggest, result, publish_pairs, holds, hold, pairings]
