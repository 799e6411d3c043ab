"""Registering for a cohort. How a registration is managed is in ``manage``, what coordinators do in ``staff``."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock, database
from academy.accounts import guards, limits
from academy.errors import Invalid, NotFound
from academy.people import queries as people
from academy.web.access import Visitor, Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.enrolment import forms, manage, queries, rules, service, staff, standing
from cohorts.enrolment.standing import Cohort
from cohorts.enrolment.tables import Source
from cohorts.schedule import queries as schedule
from cohorts.schedule.tables import CohortStatus


@get("/cohorts/{code:str}/register", who=Who.ANYONE)
async def register_form(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Three fields for newcomers, one button for who is signed in, a sentence where nobody can register."""
    here = await published(code)
    visitor: Visitor | None = request.user
    if visitor is not None:
        mine = await standing.mine(here.id, guards.me(request))
        if mine is not None and mine.live:
            return redirect(f"/my/cohorts/{code}")
    return await _form(request, here)


@post("/cohorts/{code:str}/register", who=Who.ANYONE)
async def register(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Register. Strangers get the same answer whether we know the address or not."""
    now = clock.now()
    here = await published(code)
    fields = await read_form(request)
    if request.user is not None:
        actor = guards.actor(request)
        done = await service.enrol_person(here.id, guards.me(request), source=Source.SELF, actor=actor, now=now)
        return redirect(f"/my/cohorts/{code}", said=manage.said(done))
    try:
        form = forms.registration(fields)
    except Invalid as error:
        return await _form(request, here, typed=fields, errors=error.errors)
    if refused := rules.why_not_register(here.facts, now=now):
        raise refused
    organisation = await queries.organisation_named(form.organisation)
    async with database.transaction():  # counted and registered in one commit: a booking flushes to disk once
        await _limit(request)
        await service.register(
            here.id,
            name=form.name,
            address=form.address,
            organisation=organisation,
            organisation_name=form.organisation,
            now=now,
        )
    place = "" if rules.has_place(here.facts) else "?list=yes"
    return redirect(f"/cohorts/{code}/registered{place}", said=f"We have sent an email to {form.address}.")


@get("/cohorts/{code:str}/registered", who=Who.ANYONE)
async def registered(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """What happens next. It depends on the cohort only, so that nobody learns who is registered."""
    here = await published(code)
    now = clock.now()
    a_day = rules.held_until(here.facts, now=now) == now + rules.HELD_FOR
    return page(
        request,
        "cohorts/enrolment/registered.html",
        section="Calendar",
        cohort=here,
        listed="list" in request.query_params,
        held_for="for 24 hours" if a_day else "until the next session starts",
    )


async def published(code: str) -> Cohort:
    """A cohort that the public may see. Raises NotFound."""
    row = await schedule.by_code(code)
    if row is None or row["status"] == CohortStatus.PLANNED:
        raise NotFound("We can't find that cohort. It may have moved: look for it in the calendar.")
    return await standing.read(row["id"], now=clock.now())


async def _form(
    request: Request[Any, Any, Any], here: Cohort, *, typed: Fields | None = None, errors: dict[str, str] | None = None
) -> Response[Any]:
    refused = rules.why_not_register(here.facts, now=clock.now())
    asks = refused is None and request.user is None
    return page(
        request,
        "cohorts/enrolment/register.html",
        section="Calendar",
        errors=errors,
        cohort=here,
        refused=refused.message if refused else "",
        listed=not rules.has_place(here.facts),
        free=max(0, here.facts.capacity - here.facts.taken - here.facts.waiting),
        organisations=[name for _, name in await people.organisation_choices()] if asks else [],
        typed=typed or {},
    )


async def _limit(request: Request[Any, Any, Any]) -> None:
    most = request.app.state.settings.registrations_per_10_minutes
    await limits.check("register", limits.network(request), most=most, minutes=10, now=clock.now())


routes: list[Any] = [register_form, register, registered, *manage.routes, *staff.routes]
