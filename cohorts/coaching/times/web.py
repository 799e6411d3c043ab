"""The pages on which coaches say when they can be booked: the week, and what holds instead of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.invites.times import uk_date, zone_label
from academy.web.access import Who
from academy.web.forms import read_form, version_of
from academy.web.pages import page, redirect
from academy.web.templates import template_filter
from academy.web.words import counted
from cohorts.coaching.times import forms, queries, rules, service, web_rules
from cohorts.coaching.times.clocks import day_of
from cohorts.coaching.times.forms import Row
from cohorts.coaching.times.preview import preview
from cohorts.coaching.times.queries import CoachView, ExceptionView, Held
from cohorts.coaching.times.sources import sources_of
from cohorts.coaching.times.tables import ExceptionKind
from cohorts.coaching.times.web_rules import SECTION, TIMES, own

KIND_WORDS = {
    ExceptionKind.LEAVE: ("Leave", "orange"),
    ExceptionKind.OFF: ("Not available", "orange"),
    ExceptionKind.EXTRA: ("Extra hours", "green"),
}
SAID = {
    ExceptionKind.LEAVE: ("Leave", "is"),
    ExceptionKind.OFF: ("Time off", "is"),
    ExceptionKind.EXTRA: ("Extra hours", "are"),
}
"""How a sentence about one begins."""


@template_filter
def days_of(exception: rules.DayException) -> str:
    """``3 August 2026, 9am to 12pm``; ``3 August 2026 to 14 August 2026``."""
    days = uk_date(exception.from_on)
    if exception.to_on != exception.from_on:
        days += f" to {uk_date(exception.to_on)}"
    if exception.from_minute is None or exception.to_minute is None:
        return days
    every = " each day" if exception.to_on != exception.from_on else ""
    return f"{days}, {forms.told(rules.Stretch(exception.from_minute, exception.to_minute))}{every}"


# -------------------------------------------------------------- the weekly times
@get("/coach/times", who=Who.COACH)
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    return await _times_page(request, coach)


@post("/coach/times", who=Who.COACH)
async def save(request: Request[Any, Any, Any]) -> Response[Any]:
    """Save the week; or give back the form with one more row, or with Monday's rows on other days."""
    coach = await own(request)
    fields = await read_form(request)
    rows, wanted = forms.rows_of(fields), fields.get("do", "")
    if wanted.startswith("add-") and wanted[4:] in tuple("0123456"):
        more = forms.with_one_more(rows, int(wanted[4:]))
        new = forms.name(int(wanted[4:]), more[int(wanted[4:])][-1].number, "from")
        return await _times_page(request, coach, rows=more, version=version_of(fields), focus=new, unsaved=True)
    if wanted == "copy":
        more = forms.like_monday(rows)
        return await _times_page(request, coach, rows=more, version=version_of(fields), unsaved=True)
    try:
        await service.set_weekly(
            coach.id,
            forms.read_week(fields),
            version=version_of(fields),
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        version = version_of(fields)
        return await _times_page(request, coach, rows=rows, version=version, errors=error.errors, status=422)
    except ChangedMeanwhile:
        return await _times_page(request, await queries.coach(coach.id), rows=rows, meanwhile=True, status=409)
    return redirect(TIMES, said="Your week is saved. People see the new times now; what is booked stays booked.")


# ------------------------------------------------------------------ exceptions
@post("/coach/times/exceptions", who=Who.COACH)
async def add(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    fields, now = await read_form(request), clock.now()
    try:
        exception, note = forms.read_exception(fields, today=day_of(now, coach.zone))
    except Invalid as error:
        typed = {name: fields.get(name, "") for name in forms.EXCEPTION}
        return await _times_page(request, coach, typed=typed, errors=error.errors, status=422)
    await service.add_exception(coach.id, exception, note=note, actor=actor(request), now=now)
    said = f"{' '.join(SAID[exception.kind])} added: {days_of(exception)}."
    if exception.kind is not ExceptionKind.EXTRA:
        inside = _inside(exception, await queries.held(coach.id, since=now), coach.zone)
        if inside:
            said += f" {_sessions(len(inside))} in that time until you move or cancel {_them(len(inside))}."
    return redirect(TIMES, said=said)


@get("/coach/times/exceptions/{exception:uuid}/remove", who=Who.COACH)
async def ask_remove(request: Request[Any, Any, Any], exception: FromPath[UUID]) -> Response[Any]:
    found = await _exception(await own(request), exception)
    return page(
        request,
        "cohorts/coaching/times/remove_exception.html",
        section=SECTION,
        exception=found,
        kind=SAID[found.kind][0],
        extra=found.kind is ExceptionKind.EXTRA,
    )


@post("/coach/times/exceptions/{exception:uuid}/remove", who=Who.COACH)
async def remove(request: Request[Any, Any, Any], exception: FromPath[UUID]) -> Response[Any]:
    coach = await own(request)
    found = await _exception(coach, exception)
    await service.remove_exception(exception, coach=coach.id, actor=actor(request), now=clock.now())
    return redirect(TIMES, said=f"{' '.join(SAID[found.kind])} removed: {days_of(found)}.")


# ----------------------------------------------------------------------- parts
async def _exception(coach: CoachView, exception: UUID) -> ExceptionView:
    for each in await queries.exceptions(coach.id):
        if each.id == exception:
            return each
    raise NotFound


def _inside(exception: rules.DayException, sessions: list[Held], zone: str) -> list[Held]:
    return [each for each in sessions if rules.falls_in(exception, each, zone)]


def _sessions(count: int) -> str:
    return "1 session stays booked" if count == 1 else f"{count} sessions stay booked"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


async def _times_page(
    request: Request[Any, Any, Any],
    coach: CoachView,
    *,
    rows: list[list[Row]] | None = None,
    version: int | None = None,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    meanwhile: bool = False,
    unsaved: bool = False,
    focus: str = "",
    status: int = 200,
) -> Response[Any]:
    """The page with the week. ``rows`` and ``typed`` are what was sent; ``meanwhile``: another week was saved first."""
    now = clock.now()
    week = await queries.weekly(coach.id)
    apart = await queries.exceptions(coach.id, since=day_of(now, coach.zone))
    sessions = await queries.held(coach.id, since=now - rules.SESSIONS_AROUND)
    pattern = queries.pattern_of(coach, week, apart)
    minutes = _minutes(request, coach)
    coming = [each for each in sessions if each.ends_at > now]
    return page(
        request,
        "cohorts/coaching/times/times.html",
        section=SECTION,
        status=status,
        errors=errors,
        coach=coach,
        version=coach.version if version is None else version,
        zone=zone_label(now, coach.zone),
        weekdays=forms.WEEKDAYS,
        rows=forms.typed_week(week) if rows is None else rows,
        most=forms.MOST_STRETCHES,
        focus=focus,
        unsaved=unsaved,
        empty=not any(week) and not apart,
        meanwhile=meanwhile,
        differing=_differing(week, rows) if meanwhile and rows else [],
        kinds=forms.KINDS,
        kind_words=KIND_WORDS,
        typed=typed or dict.fromkeys(forms.EXCEPTION, ""),
        exceptions=[
            (each, _inside(each, coming, coach.zone) if each.kind is not ExceptionKind.EXTRA else []) for each in apart
        ],
        preview=await preview(coach, pattern, sessions, minutes=minutes, now=now),
        minutes=minutes,
        calendars=await sources_of(coach.id, now=now),
        rules_told=_told(coach, now),
    )


def _minutes(request: Request[Any, Any, Any], coach: CoachView) -> int:
    """The length that the preview is for."""
    wanted = request.query_params.get("minutes", "")
    known = {str(each): each for each in coach.lengths}
    return known.get(wanted, coach.lengths[0] if coach.lengths else 60)


def _differing(week: rules.Week, rows: list[list[Row]]) -> list[tuple[str, str, str]]:
    """What two windows say differently: weekday, theirs, yours."""
    found = []
    for number, weekday in enumerate(forms.WEEKDAYS):
        theirs = ", ".join(f"{row.starts} to {row.ends}" for row in forms.typed_week(week)[number] if row.starts)
        yours = ", ".join(f"{row.starts} to {row.ends}" for row in rows[number] if row.starts or row.ends)
        if theirs != yours:
            found.append((weekday, theirs, yours))
    return found


def _told(coach: CoachView, now: datetime) -> list[tuple[str, str]]:
    """The rules in words."""
    most = [
        f"{number} {span}" for number, span in ((coach.most_a_day, "a day"), (coach.most_a_week, "a week")) if number
    ]
    return [
        ("Length", ", ".join(f"{each} minutes" for each in coach.lengths)),
        ("Where", "\n".join(each for each in (coach.place, coach.link) if each) or "Not said yet"),
        ("Time zone", f"{coach.zone.replace('_', ' ')} ({zone_label(now, coach.zone)})"),
        ("Bank holidays", dict(forms.NATIONS)[coach.nation.value].partition(":")[0]),
        ("Kept free around sessions", f"{coach.buffer_minutes} minutes"),
        ("Minimum notice", _hours(coach.notice_hours)),
        ("How far ahead", counted(coach.horizon_days, "day")),
        ("Most sessions", ", ".join(most) or "No limit"),
        ("Each booking", "You say yes first" if coach.confirms else "Counts at once"),
    ]


def _hours(number: int) -> str:
    if number and number % 24 == 0:
        return counted(number // 24, "day")
    return counted(number, "hour")


routes: list[Any] = [show, save, add, ask_remove, remove, *web_rules.routes]
