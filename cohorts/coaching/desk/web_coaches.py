"""All coaches, and one: programmes, hours, sessions with attendance, leave; nothing written in confidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.audit import queries as audit
from academy.invites.times import UK, utc_to_local
from academy.web.access import Who
from academy.web.lists import Column, export, show, wanted
from academy.web.pages import page, redirect
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings import words
from cohorts.coaching.bookings.hours import hours_in
from cohorts.coaching.bookings.rules import CALLED, KIND_CALLED
from cohorts.coaching.desk import coaches, queries
from cohorts.coaching.desk.coaches import Line
from cohorts.coaching.record import hours
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import service
from cohorts.coaching.times.tables import ExceptionKind

SECTION = "Coaches"
PAST = 30
"""Sessions of the past that the page of a coach shows."""

COLUMNS: list[Column[Line]] = [
    Column("name", "Name", lambda row: row.coach.name),
    Column("programmes", "Programmes", lambda row: ", ".join(each.name for each in row.programmes)),
    Column(
        "offered", "Hours offered this month (by times as they are now)", lambda row: hours.decimal(row.hours.offered)
    ),
    Column("booked", "Hours booked this month", lambda row: hours.decimal(row.hours.booked)),
    Column("delivered", "Hours delivered this month", lambda row: hours.decimal(row.hours.delivered)),
    Column("live", "Sessions to come", lambda row: row.live),
    Column("free", "Next free time (UK time)", lambda row: row.next_free and utc_to_local(row.next_free, UK)),
    Column("waiting", "Requests waiting", lambda row: row.waiting),
    Column("unmarked", "Sessions without outcome", lambda row: row.unmarked),
    Column("left", "Left on", lambda row: row.coach.left_at and utc_to_local(row.coach.left_at, UK).date()),
]
STATES = [("", "Coaching now"), ("left", "Left"), ("any", "Everyone")]
WAITS = [("", "Anything"), ("requests", "Requests wait"), ("outcome", "Outcome missing"), ("none", "No free time")]
AWAY_CALLED = {ExceptionKind.LEAVE: "Leave", ExceptionKind.OFF: "Not available", ExceptionKind.EXTRA: "Extra hours"}


@get("/coaches", who=Who.COORDINATOR)
async def all_coaches(request: Request[Any, Any, Any]) -> Response[Any]:
    """Who coaches, how much this month, when they are free next, and what waits for them."""
    asked = wanted(request)
    chosen = {name: asked.query.get(name, "") for name in ("programme", "state", "waits")}
    now = clock.now()
    lines = await coaches.lines(now=now)
    found = [each for each in lines if _fits(each, asked.find, chosen)]
    if asked.export:
        return await export(found, COLUMNS, asked, name="coaches")
    programmes = await queries.programmes()
    return page(
        request,
        "cohorts/coaching/desk/coaches.html",
        section=SECTION,
        staff=True,
        shown=show(found, COLUMNS, asked),
        any_at_all=bool(lines),
        year=await coaches.year(until=now),
        year_before=await coaches.year(until=now - timedelta(days=365)),
        chosen=chosen,
        programmes=[("", "Any programme"), *((each.slug, each.name) for each in programmes)],
        with_rules=[each for each in programmes if each.has_rules],
        states=STATES,
        waits=WAITS,
        in_hours=hours.shown,
        zone=request.user.time_zone,
    )


@get("/coaches/{coach:uuid}", who=Who.COORDINATOR)
async def one_coach(request: Request[Any, Any, Any], coach: FromPath[UUID]) -> Response[Any]:
    """One coach for the coordinator: never notes, and never why they are away."""
    now = clock.now()
    known = await times.coach(coach)
    zone = request.user.time_zone
    sessions = [msgspec.structs.replace(each, coachee_note="") for each in await bookings.of_coach(coach)]
    pattern = (await times.patterns([coach]))[coach]
    since, until = coaches.month_of(now)
    offered = {"offered_since": known.created_at, "offered_until": known.left_at}
    year_ago = now - timedelta(days=365)
    today = utc_to_local(now, known.zone).date()
    past = [each for each in reversed(sessions) if each.ends_at <= now or not each.live]
    return page(
        request,
        "cohorts/coaching/desk/coach.html",
        section=SECTION,
        staff=True,
        coach=known,
        programmes=[each for each in await queries.programmes() if each.id in known.programmes],
        month=hours_in(pattern, sessions, since, until, **offered),
        year=hours_in(pattern, sessions, year_ago, now, **offered),
        in_hours=hours.shown,
        coming=[each for each in sessions if each.live and each.ends_at > now],
        past=past[:PAST],
        more_past=max(0, len(past) - PAST),
        next_free=(await coaches.next_free([known], now=now)).get(coach) if known.left_at is None else None,
        exceptions=await times.exceptions(coach, since=today),
        away_called=AWAY_CALLED,
        entries=await audit.entries_about("coach", coach),
        tag=lambda session: words.tag(session, now=now),
        called=CALLED,
        kinds=KIND_CALLED,
        zone=zone,
        now=now,
    )


@post("/coaches/{coach:uuid}/come-back", who=Who.COORDINATOR)
async def come_back(request: Request[Any, Any, Any], coach: FromPath[UUID]) -> Response[Any]:
    """A coach who had left can be booked again, with the times and in the programmes of before."""
    await service.come_back(coach, actor=actor(request), now=clock.now())
    known = await times.coach(coach)
    return redirect(f"/coaches/{coach}", said=f"{known.name} is back and can be booked again, at the times of before.")


@post("/coaches/{coach:uuid}/exceptions/{exception:uuid}/remove", who=Who.COORDINATOR)
async def remove_exception(
    request: Request[Any, Any, Any], coach: FromPath[UUID], exception: FromPath[UUID]
) -> Response[Any]:
    """The coach is there after all: the weekly times hold again on these days."""
    await service.remove_exception(exception, coach=coach, actor=actor(request), now=clock.now())
    told = "Removed. The weekly times hold again on these days. Sessions that were moved or cancelled stay as they are."
    return redirect(f"/coaches/{coach}", said=told)


def _fits(line: Line, find: str, chosen: dict[str, str]) -> bool:
    if chosen["state"] != "any" and line.left != (chosen["state"] == "left"):
        return False
    if chosen["programme"] and chosen["programme"] not in {each.slug for each in line.programmes}:
        return False
    waits = {"requests": line.waiting > 0, "outcome": line.unmarked > 0, "none": line.next_free is None}
    if not waits.get(chosen["waits"], True):
        return False
    text = f"{line.coach.name} {line.coach.headline}".casefold()
    return all(word in text for word in find.casefold().split())


routes: list[Any] = [all_coaches, one_coach, come_back, remove_exception]
