"""Everybody's coaching in the JSON API, for coordinators: dates, attendance and counts, never what was said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.calls import perform
from academy.accounts.guards import actor
from academy.errors import Invalid, NotFound
from academy.web import api
from academy.web.access import Who
from academy.web.api import Json
from cohorts.coaching import api_shapes as shapes
from cohorts.coaching.api_shapes import Cancelling, Coaches, CoachingSessionOut, Cohort, Grant, Line, Waiver
from cohorts.coaching.bookings import queries, service
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.credits import queries as credit_queries
from cohorts.coaching.credits import service as credits
from cohorts.coaching.credits.rules import Balance
from cohorts.coaching.times import queries as times
from cohorts.enrolment import queries as enrolments
from cohorts.schedule import queries as schedule

EVERYBODY = ["Coaching"]


# ---------------------------------------------------------------- everybody's
@get("/api/coaches", who=Who.API_MANAGE, tags=EVERYBODY, gives=Coaches)
async def coaches(request: Request[Any, Any, Any]) -> Json:
    """Everybody who coaches."""
    return api.answer(Coaches([shapes.coach(each) for each in await times.all_coaches() if each.left_at is None]))


@get("/api/cohorts/{code:str}/coaching", who=Who.API_MANAGE, tags=EVERYBODY, gives=Cohort)
async def of_cohort(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Everybody's credits and sessions in a cohort: dates, attendance and counts."""
    row = await schedule.by_code(code)
    if row is None or await credit_queries.rules_of_cohort(row["id"]) is None:
        raise NotFound("There is no such cohort with coaching.")
    people = await enrolments.expected(row["id"])
    balances = await credit_queries.balances([each.enrolment for each in people])
    sessions = await queries.of_cohort(row["id"])
    return api.answer(
        Cohort(
            code,
            [
                Line(
                    enrolment=each.enrolment,
                    person=each.person,
                    name=each.name,
                    credits=balances[each.enrolment],
                    sessions=shapes.sessions([one for one in sessions if one.enrolment == each.enrolment]),
                )
                for each in people
            ],
        )
    )


@post("/api/enrolments/{enrolment:uuid}/credits", who=Who.API_MANAGE, tags=EVERYBODY, body=Grant, gives=Balance)
async def grant(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """Grant somebody credits, or take back what is left of them. The answer is how they stand now."""
    now = clock.now()

    async def change(body: Grant) -> tuple[int, Balance]:
        if body.credits == 0:
            raise Invalid({"credits": "Give a number of credits that is not 0."})
        verb = credits.grant if body.credits > 0 else credits.withdraw
        await verb(enrolment, abs(body.credits), note=body.note, actor=actor(request), now=now)
        return 200, (await credit_queries.balances([enrolment]))[enrolment]

    return await perform(request, Grant, change, now=now)


@post("/api/coaching-sessions/{session:uuid}/cancel", who=Who.API_MANAGE, tags=EVERYBODY, body=Cancelling,
      gives=CoachingSessionOut)  # fmt: skip
async def call_off(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Cancel anybody's session. The credit comes back, and both are told."""
    now = clock.now()

    async def cancel_it(body: Cancelling) -> tuple[int, CoachingSessionOut]:
        await service.cancel(session, reason=body.reason, by=Party.ACADEMY, actor=actor(request), now=now)
        return 200, shapes.session(await queries.session_for_staff(session))

    return await perform(request, Cancelling, cancel_it, now=now)


@post(
    "/api/coaching-sessions/{session:uuid}/waive",
    who=Who.API_MANAGE,
    tags=EVERYBODY,
    body=Waiver,
    gives=CoachingSessionOut,
)
async def waive(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Give back the credit that a session has used."""
    now = clock.now()

    async def give_back(body: Waiver) -> tuple[int, CoachingSessionOut]:
        await service.waive(session, reason=body.reason, actor=actor(request), now=now)
        return 200, shapes.session(await queries.session_for_staff(session))

    return await perform(request, Waiver, give_back, now=now)


routes: list[Any] = [coaches, of_cohort, grant, call_off, waive]
