"""Coaching of one cohort: everybody's credits and sessions, who has not booked, and one button to remind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.audit import queries as audit
from academy.database.transactions import Row
from academy.errors import NotFound
from academy.invites.times import utc_to_local
from academy.web import lists
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.lists import Column
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.desk import queries, service
from cohorts.coaching.desk.queries import Coached
from cohorts.coaching.record import circle
from cohorts.coaching.record.rules import LEAST_FOR_AVERAGE
from cohorts.schedule.queries import found_cohort
from cohorts.schedule.rules import stage

SECTION = "Cohorts"

SHOW = [
    ("", "Everybody"),
    ("idle", "Nothing booked, sessions left"),
    ("unmarked", "Outcome missing"),
    ("waiting", "Waits for the coach"),
    ("none", "No coach, or coach has left"),
]

COLUMNS: list[Column[Coached]] = [
    Column("name", "Name", lambda one: one.name),
    Column("organisation", "Organisation", lambda one: one.organisation),
    Column("email", "Email", lambda one: one.address),
    Column("coach", "Coach", lambda one: one.coach_name),
    Column("granted", "Sessions in all", lambda one: one.balance.all),
    Column("left", "Left to book", lambda one: one.balance.left),
    Column("booked", "Booked", lambda one: one.balance.reserved),
    Column("used", "Used", lambda one: one.balance.used - one.balance.returned),
    Column("delivered", "Took place", lambda one: one.delivered),
    Column("missed", "Did not come", lambda one: one.missed),
    Column("last", "Last session", lambda one: one.last and utc_to_local(one.last.starts_at, one.last.zone)),
    Column("next", "Next session", lambda one: one.next and utc_to_local(one.next.starts_at, one.next.zone)),
]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The cohort in four numbers."""

    people: int
    with_booking: int
    """Had or have a session."""
    delivered: int
    granted: int
    idle: int


@get("/cohorts/{code:str}/coaching", who=Who.COORDINATOR)
async def overview(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Everybody of the cohort with credits, coach, last and next session."""
    now = clock.now()
    cohort = await _cohort(code)
    asked = lists.wanted(request)
    chosen = asked.query.get("show", "")
    everyone = await queries.coached(cohort["id"], now=now)
    found = [one for one in everyone if _fits(one, asked.find, chosen)]
    if asked.export:
        return await lists.export(found, COLUMNS, asked, name=f"{code}-coaching")
    here = await queries.figures_of(cohort["id"], now=now)
    entries = await audit.entries_about("cohort", cohort["id"])
    evaluations = await circle.evaluations(cohort["id"], reader=me(request), now=now)
    return page(
        request,
        "cohorts/coaching/desk/cohort.html",
        section=SECTION,
        staff=True,
        cohort=cohort,
        stage=stage(cohort, now),
        shown=lists.show(found, COLUMNS, asked, size=100),
        figures=_figures(everyone),
        here=here,
        chosen=chosen,
        show=SHOW,
        evaluations=evaluations,
        least=LEAST_FOR_AVERAGE,
        entries=[each for each in entries if each.actor and each.verb.startswith(("coaching.", "credits."))],
        zone=request.user.time_zone,
        now=now,
    )


@post("/cohorts/{code:str}/coaching/remind", who=Who.COORDINATOR)
async def remind(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Write to everybody who has sessions left and none to come, once a day at most."""
    cohort = await _cohort(code)
    back = (await read_form(request)).get("back", "")
    to = back if back in ("/today", f"/cohorts/{code}/manage") else f"/cohorts/{code}/coaching"
    told = await service.remind(cohort["id"], actor=actor(request), now=clock.now())
    if not told:
        return redirect(to, warned="They were all reminded today already.")
    return redirect(to, said=f"Reminder to book sent to {counted(told, 'person', 'people')}.")


async def _cohort(code: str) -> Row:
    """Raises NotFound, also for a cohort of a programme without coaching."""
    cohort = await found_cohort(code)
    if await credits.rules_of_cohort(cohort["id"]) is None:
        raise NotFound
    return cohort


def _figures(everyone: Sequence[Coached]) -> Figures:
    there = [one for one in everyone if one.enrolled]
    return Figures(
        people=len(there),
        with_booking=sum(bool(one.next) or one.delivered > 0 for one in there),
        delivered=sum(one.delivered for one in everyone),
        granted=sum(one.balance.all for one in there),
        idle=sum(one.is_idle for one in there),
    )


def _fits(one: Coached, find: str, chosen: str) -> bool:
    waits = one.next is not None and (
        one.next.status is SessionStatus.REQUESTED or any(each.open_request for each in one.sessions if each.live)
    )
    wanted = {
        "idle": one.is_idle,
        "unmarked": one.unmarked > 0,
        "waiting": waits or any(each.status is SessionStatus.REQUESTED for each in one.sessions),
        "none": one.enrolled and (one.coach is None or one.coach_gone),
    }
    text = f"{one.name} {one.organisation} {one.coach_name}".casefold()
    return wanted.get(chosen, True) and all(word in text for word in find.casefold().split())


routes: list[Any] = [overview, remind]
