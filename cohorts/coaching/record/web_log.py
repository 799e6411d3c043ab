"""A coach's own log of professional development and supervision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import me
from academy.errors import Invalid
from academy.invites.times import uk_date, utc_to_local
from academy.web import lists
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.lists import Column
from academy.web.pages import page, redirect
from cohorts.coaching.record import forms, log, queries, rules
from cohorts.coaching.record.queries import Entry
from cohorts.coaching.record.tables import LogKind

COLUMNS: list[Column[Entry]] = [
    Column("day", "Day", lambda row: row.day),
    Column("kind", "Kind", lambda row: rules.LOG_CALLED[row.kind]),
    Column("what", "What", lambda row: row.what),
    Column("minutes", "Minutes", lambda row: row.minutes),
    Column("learned", "What I learned", lambda row: row.learned),
]
CHOICES = [(kind.value, rules.LOG_CALLED[kind]) for kind in LogKind]


@get("/coach/log", who=Who.COACH)
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    """The sums of each year, the lines, and a form for one more."""
    asked = lists.wanted(request)
    if asked.export:
        lines = await queries.log_of(await queries.coach_id(me(request)))
        return await lists.export(lines, COLUMNS, asked, name="coaching-log")
    return await _show(request)


@post("/coach/log", who=Who.COACH)
async def add(request: Request[Any, Any, Any]) -> Response[Any]:
    """Write a line down."""
    now = clock.now()
    fields = await read_form(request)
    try:
        entry = forms.log_entry(fields, today=_today(request, now))
    except Invalid as error:
        return await _show(request, typed=fields, errors=error.errors)
    await log.add_log(await queries.coach_id(me(request)), entry, now=now)
    return redirect("/coach/log", said=f"Added: {entry.what}.")


async def _show(
    request: Request[Any, Any, Any], *, typed: Fields | None = None, errors: dict[str, str] | None = None
) -> Response[Any]:
    lines = await queries.log_of(await queries.coach_id(me(request)))
    asked = lists.wanted(request)
    return page(
        request,
        "cohorts/coaching/record/log.html",
        section="Coaching",
        errors=errors,
        shown=lists.show(lines, COLUMNS, asked),
        years=log.years(lines),
        choices=CHOICES,
        called=rules.LOG_CALLED,
        typed=typed or {},
    )


@get("/coach/log/{entry:uuid}/change", who=Who.COACH)
async def ask_change(request: Request[Any, Any, Any], entry: FromPath[UUID]) -> Response[Any]:
    found = await queries.log_entry(await queries.coach_id(me(request)), entry)
    return _change(
        request,
        found,
        typed={
            "kind": found.kind.value,
            "day": found.day.isoformat(),
            "minutes": str(found.minutes),
            "what": found.what,
            "learned": found.learned,
        },
    )


@post("/coach/log/{entry:uuid}/change", who=Who.COACH)
async def change(request: Request[Any, Any, Any], entry: FromPath[UUID]) -> Response[Any]:
    coach = await queries.coach_id(me(request))
    found = await queries.log_entry(coach, entry)
    fields = await read_form(request)
    try:
        new = forms.log_entry(fields, today=_today(request, clock.now()))
    except Invalid as error:
        return _change(request, found, typed=fields, errors=error.errors)
    await log.change_log(coach, entry, new)
    return redirect("/coach/log", said=f"Changed: {new.what}.")


def _change(
    request: Request[Any, Any, Any], found: Entry, *, typed: dict[str, str], errors: dict[str, str] | None = None
) -> Response[Any]:
    return page(
        request,
        "cohorts/coaching/record/log_change.html",
        section="Coaching",
        errors=errors,
        entry=found,
        choices=CHOICES,
        typed=typed,
    )


@get("/coach/log/{entry:uuid}/remove", who=Who.COACH)
async def ask_remove(request: Request[Any, Any, Any], entry: FromPath[UUID]) -> Response[Any]:
    """Asks first: what is removed is gone."""
    found = await queries.log_entry(await queries.coach_id(me(request)), entry)
    return page(
        request,
        "cohorts/coaching/record/log_remove.html",
        section="Coaching",
        entry=found,
        called=rules.LOG_CALLED,
    )


@post("/coach/log/{entry:uuid}/remove", who=Who.COACH)
async def remove(request: Request[Any, Any, Any], entry: FromPath[UUID]) -> Response[Any]:
    found = await log.remove_log(await queries.coach_id(me(request)), entry)
    return redirect("/coach/log", said=f"Removed: {found.what}, {uk_date(found.day)}.")


def _today(request: Request[Any, Any, Any], now: datetime) -> date:
    return utc_to_local(now, request.user.time_zone).date()


routes: list[Any] = [show, add, ask_change, change, ask_remove, remove]
