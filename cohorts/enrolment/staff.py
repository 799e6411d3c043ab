"""What coordinators do with the people of a cohort: add, withdraw, reinstate, move up, tell again, export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import guards
from academy.errors import Invalid, NotFound
from academy.people import queries as people
from academy.web import lists
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.lists import Column
from academy.web.pages import page, redirect
from cohorts.enrolment import forms, queries, rules, service, standing
from cohorts.enrolment.queries import Entry
from cohorts.enrolment.standing import Cohort
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule import queries as schedule
from cohorts.schedule.rules import stage


# ------------------------------------------------------------------ adding
@get("/cohorts/{code:str}/people/add", who=Who.COORDINATOR)
async def add_form(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Name, address and organisation of somebody to add."""
    return await _add_form(request, await cohort(code))


@post("/cohorts/{code:str}/people/add", who=Who.COORDINATOR)
async def add(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Add somebody: to a free place, else to the end of the waiting list."""
    here = await cohort(code)
    fields = await read_form(request)
    try:
        form = forms.registration(fields, by_themself=False)
    except Invalid as error:
        return await _add_form(request, here, typed=fields, errors=error.errors)
    done = await service.add_person(
        here.id,
        name=form.name,
        address=form.address,
        organisation=await queries.organisation_named(form.organisation),
        organisation_name=form.organisation,
        actor=guards.actor(request),
        now=clock.now(),
    )
    entry = await queries.entry(here.id, done.enrolment)  # who is known to us keeps the name they have
    text = _added(entry.name if entry else form.name, done)
    return redirect(_roster(here), said=text) if done.new else redirect(_roster(here), warned=text)


async def _add_form(
    request: Request[Any, Any, Any], here: Cohort, *, typed: Fields | None = None, errors: dict[str, str] | None = None
) -> Response[Any]:
    refused = rules.why_not_enrol(here.facts, now=clock.now())
    return page(
        request,
        "cohorts/enrolment/add.html",
        section="Cohorts",
        staff=True,
        errors=errors,
        cohort=here,
        refused=refused.message if refused else "",
        listed=not rules.has_place(here.facts),
        organisations=[name for _, name in await people.organisation_choices()],
        typed=typed or {},
    )


def _added(name: str, done: service.Registered) -> str:
    if done.status is S.WAITLISTED:
        where = f"number {done.position} on the waiting list"
        return f"{name} is {where}." if done.new else f"{name} was {where} already."
    return f"{name} has a place and is invited." if done.new else f"{name} had a place already."


# --------------------------------------------------------------- one person
@get("/cohorts/{code:str}/people/{enrolment:uuid}", who=Who.COORDINATOR)
async def one(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """One person in one cohort: how they stand, how it came about, and what can be done."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    refused = rules.why_not_enrol(here.facts, now=clock.now())
    return page(
        request,
        "cohorts/enrolment/person.html",
        section="Cohorts",
        staff=True,
        cohort=here,
        entry=entry,
        live=entry.status in rules.LIVE,
        refused=refused.message if refused else "",
        comes_back=bool(rules.MOVES[entry.status]),
        history=await queries.history(enrolment),
        manage_path=service.manage_path(enrolment),
    )


@get("/cohorts/{code:str}/people/{enrolment:uuid}/withdraw", who=Who.COORDINATOR)
async def ask_withdraw(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]
) -> Response[Any]:
    """Asks, and says what will happen."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    if entry.status not in rules.LIVE:
        return redirect(f"/cohorts/{code}/people/{enrolment}")
    return _withdraw_form(request, here, entry)


@post("/cohorts/{code:str}/people/{enrolment:uuid}/withdraw", who=Who.COORDINATOR)
async def withdraw(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """Withdraw somebody, with a reason that they read; the next on the list gets the place."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    fields = await read_form(request)
    try:
        reason = forms.reason(fields)
    except Invalid as error:
        return _withdraw_form(request, here, entry, typed=fields, errors=error.errors)
    await service.withdraw(enrolment, reason=reason, actor=guards.actor(request), now=clock.now())
    to = f"/cohorts/{code}/waiting-list" if entry.status is S.WAITLISTED else _roster(here)
    return redirect(to, said=f"{entry.name} is withdrawn and is told by email. You can take them back in.")


def _withdraw_form(
    request: Request[Any, Any, Any],
    here: Cohort,
    entry: Entry,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "cohorts/enrolment/withdraw_person.html",
        section="Cohorts",
        staff=True,
        errors=errors,
        cohort=here,
        entry=entry,
        S=S,
        typed=typed or {},
    )


@get("/cohorts/{code:str}/people/{enrolment:uuid}/reinstate", who=Who.COORDINATOR)
async def ask_reinstate(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]
) -> Response[Any]:
    """Says where the person would stand, with one button."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    if entry.status in rules.LIVE or not rules.MOVES[entry.status]:
        return redirect(f"/cohorts/{code}/people/{enrolment}")
    refused = rules.why_not_enrol(here.facts, now=clock.now())
    return page(
        request,
        "cohorts/enrolment/reinstate.html",
        section="Cohorts",
        staff=True,
        cohort=here,
        entry=entry,
        refused=refused.message if refused else "",
        listed=not rules.has_place(here.facts),
    )


@post("/cohorts/{code:str}/people/{enrolment:uuid}/reinstate", who=Who.COORDINATOR)
async def reinstate(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """Take somebody back in who has left."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    done = await service.reinstate(enrolment, actor=guards.actor(request), now=clock.now())
    return redirect(f"/cohorts/{code}/people/{enrolment}", said=_added(entry.name, done))


@post("/cohorts/{code:str}/people/{enrolment:uuid}/resend", who=Who.COORDINATOR)
async def resend(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """Tell somebody again how they stand, with their link."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    await service.resend_confirmation(enrolment, actor=guards.actor(request), now=clock.now())
    return redirect(f"/cohorts/{code}/people/{enrolment}", said=f"An email to {entry.name} is on its way.")


# ------------------------------------------------------------- waiting list
class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the waiting list."""

    position: int
    entry: Entry


COLUMNS: list[Column[Waiting]] = [
    Column("position", "Position", lambda each: each.position),
    Column("name", "Name", lambda each: each.entry.name),
    Column("email", "Email", lambda each: each.entry.address),
    Column("organisation", "Organisation", lambda each: each.entry.organisation),
    Column("joined", "Joined the list", lambda each: each.entry.joined_list_at),
    Column("confirmed", "Confirmed", lambda each: "Yes" if each.entry.confirmed else "Not yet"),
]


@get("/cohorts/{code:str}/waiting-list", who=Who.COORDINATOR)
async def waiting_list(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """The list in its order, on the page or as a file."""
    here = await cohort(code)
    asked = lists.wanted(request)
    lines = [Waiting(position=at, entry=each) for at, each in enumerate(await queries.waiting(here.id), start=1)]
    if asked.export:
        return await lists.export(lines, COLUMNS, asked, name=f"waiting-list-{here.code}")
    head = await schedule.by_code(code)
    return page(
        request,
        "cohorts/enrolment/waiting_list.html",
        section="Cohorts",
        staff=True,
        head=head,
        stage=stage(head, clock.now()),
        cohort=here,
        shown=lists.show(lines, COLUMNS, asked, size=100),
    )


@get("/cohorts/{code:str}/waiting-list/{enrolment:uuid}/move-up", who=Who.COORDINATOR)
async def ask_move_up(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """Asks why somebody goes before the others."""
    here = await cohort(code)
    await _entry(here, enrolment)
    return await _move_up_form(request, here, enrolment)


@post("/cohorts/{code:str}/waiting-list/{enrolment:uuid}/move-up", who=Who.COORDINATOR)
async def move_up(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """Put somebody at the head of the list, with the reason kept."""
    here = await cohort(code)
    entry = await _entry(here, enrolment)
    fields = await read_form(request)
    try:
        reason = forms.reason(fields, missing="Say why this person goes before the others. It is kept in the history.")
    except Invalid as error:
        return await _move_up_form(request, here, enrolment, typed=fields, errors=error.errors)
    done = await service.move_up(enrolment, reason=reason, actor=guards.actor(request), now=clock.now())
    what = "is next on the waiting list" if done.status is S.WAITLISTED else "has the free place and is told by email"
    return redirect(f"/cohorts/{code}/waiting-list", said=f"{entry.name} {what}.")


async def _move_up_form(
    request: Request[Any, Any, Any],
    here: Cohort,
    enrolment: UUID,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    entry = await _entry(here, enrolment)
    mine = await standing.enrolment(enrolment)
    if mine.status is not S.WAITLISTED:
        return redirect(f"/cohorts/{here.code}/people/{enrolment}")
    return page(
        request,
        "cohorts/enrolment/move_up.html",
        section="Cohorts",
        staff=True,
        errors=errors,
        cohort=here,
        entry=entry,
        position=mine.position,
        typed=typed or {},
    )


# ------------------------------------------------------------------ shared
async def cohort(code: str) -> Cohort:
    """The cohort of an address, published or not. Raises NotFound."""
    row = await schedule.found_cohort(code)
    return await standing.read(row["id"], now=clock.now())


async def _entry(here: Cohort, enrolment: UUID) -> Entry:
    """One person of this cohort. Raises NotFound, also for a person of another one."""
    found = await queries.entry(here.id, enrolment)
    if found is None:
        raise NotFound
    return found


def _roster(here: Cohort) -> str:
    return f"/cohorts/{here.code}/manage"


routes: list[Any] = [
    add_form,
    add,
    one,
    ask_withdraw,
    withdraw,
    ask_reinstate,
    reinstate,
    resend,
    waiting_list,
    ask_move_up,
    move_up,
]
