"""Moving a session in three steps: Move, a time, Yes. After the cut-off the same steps ask the coach."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import DomainError, Invalid, NotFound
from academy.invites.times import utc_to_local, when
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.coaching.bookings import days, forms, own, service, slots, words
from cohorts.coaching.bookings.rules import Clash, Moving, SlotTaken
from cohorts.coaching.bookings.web_session import Opened, opened, section
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.rules import nearest

AROUND = timedelta(days=2)
"""The list starts so long before the session: most moves are small."""


@get("/coaching/sessions/{session:uuid}/move", who=Who.SIGNED_IN)
async def choose_time(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """The coach's other free times, from shortly before the session on, and what choosing one means."""
    here = await opened(request, session)
    found, zone, means = here.session, request.user.time_zone, here.moving
    refused = means.message if isinstance(means, DomainError) else ""
    shown = None
    if not refused:
        starts = await _free(here)
        clashes = await _clashes(request, here, starts)

        def shown_from(since: date | None) -> days.Days:
            return days.by_day(
                starts,
                minutes=found.length,
                zone=zone,
                coach_zone=found.zone,
                clashes=clashes,
                since=since,
                now=here.now,
            )

        around = utc_to_local(found.starts_at, zone).date() - AROUND
        asked = "from" in request.query_params
        shown = shown_from(forms.since(request.query_params) if asked else around)
        if not shown.days and not asked:
            shown = shown_from(None)
    return page(
        request,
        "cohorts/coaching/bookings/move.html",
        section=section(request, here),
        session=found,
        caption=here.title,
        other=here.other,
        asks=means is Moving.REQUEST,
        refused=refused,
        meaning=refused or _meaning(here),
        found=shown,
        zone=zone,
    )


@get("/coaching/sessions/{session:uuid}/move/check", who=Who.SIGNED_IN)
async def check(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """From when to when, and what follows, with one button."""
    here = await opened(request, session)
    return await _check(request, here, forms.start(request.query_params))


@post("/coaching/sessions/{session:uuid}/move", who=Who.SIGNED_IN)
async def move(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Move the session, or ask the coach to. The row, the address and the entries in both calendars stay the same."""
    here = await opened(request, session)
    fields = await read_form(request)
    starts_at = forms.start(fields)
    if starts_at is None:
        raise NotFound
    asked = here.session.open_request
    if here.session.live and (here.session.starts_at == starts_at or (asked and asked.starts_at == starts_at)):
        return redirect(here.path)  # the button was tapped twice
    try:
        note = forms.short(fields, "note")
    except Invalid as error:
        return await _check(request, here, starts_at, typed=fields, errors=error.errors, status=422)
    if not here.is_coach:
        await own.not_too_often(here.session.coachee, now=here.now)
    try:
        done = await service.move(
            session,
            starts_at=starts_at,
            note=note,
            despite_clash=fields.get("despite") == "yes",
            by=here.party,
            actor=actor(request),
            now=here.now,
        )
    except SlotTaken as error:
        return await _gone(request, here, starts_at, error.nearest, why=own.why(error))
    except Clash as clash:
        if fields.get("despite") == "yes":
            raise
        return await _check(request, here, starts_at, typed=fields, clash=clash, status=409)
    said = words.moved(here.session, starts_at, requested=done.requested, by=here.party, zone=request.user.time_zone)
    return redirect(here.path, said=said)


@post("/coaching/sessions/{session:uuid}/move/withdraw", who=Who.SIGNED_IN)
async def withdraw(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """The coachee takes the request back; the session stays where it is. A second tap changes nothing."""
    here = await opened(request, session)
    if here.is_coach:
        raise NotFound
    if here.session.open_request is None:
        return redirect(here.path)
    await service.withdraw_move(here.session.open_request.id, actor=actor(request), now=clock.now())
    return redirect(here.path, said="Your request is taken back. The session stays where it is.")


async def _check(
    request: Request[Any, Any, Any],
    here: Opened,
    starts_at: datetime | None,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    clash: Clash | None = None,
    status: int = 200,
) -> Response[Any]:
    if starts_at is None or starts_at == here.session.starts_at:
        return redirect(f"{here.path}/move")
    found, zone, means = here.session, request.user.time_zone, here.moving
    if isinstance(means, DomainError):
        raise means
    starts = await _free(here)
    if starts_at not in starts:
        return await _gone(request, here, starts_at, nearest(starts, starts_at))
    own_event = (await _clashes(request, here, [starts_at])).get(starts_at)
    ends_at = starts_at + timedelta(minutes=found.length)
    return page(
        request,
        "cohorts/coaching/bookings/move_check.html",
        section=section(request, here),
        status=status,
        errors=errors,
        session=found,
        caption=here.title,
        other=here.other,
        asks=means is Moving.REQUEST,
        starts=days.written(starts_at),
        overlaps=f"This overlaps {own_event} in your calendar." if own_event else clash.message if clash else "",
        rows=[
            ("Now", when(found.starts_at, found.ends_at, zone, found.zone)),
            ("New", when(starts_at, ends_at, zone, found.zone), f"{here.path}/move"),
        ],
        meaning=_meaning(here),
        typed=typed or {},
    )


async def _gone(
    request: Request[Any, Any, Any],
    here: Opened,
    starts_at: datetime,
    nearest: list[datetime],
    *,
    why: str = "",
) -> Response[Any]:
    found, zone = here.session, request.user.time_zone
    coach = await times.coach(found.coach)
    shown = days.by_day(nearest, minutes=found.length, zone=zone, coach_zone=found.zone, now=here.now)
    gone = days.spoken(starts_at, zone)
    return page(
        request,
        "cohorts/coaching/bookings/gone.html",
        section=section(request, here),
        status=409,
        gone=gone[:1].upper() + gone[1:],
        not_offered=await own.not_offered(coach, starts_at, minutes=found.length, mine=here.is_coach, now=here.now),
        coach_name=found.coach_name,
        kept=f"{why} Nothing was changed: the session stays where it is.".strip(),
        nearest=[each for day in shown.days for each in day.times],
        note="",
        check=f"{here.path}/move/check?",
        other_times=f"{here.path}/move",
    )


def _meaning(here: Opened) -> str:
    means = here.moving
    assert isinstance(means, Moving)
    return words.moving(here.session, means, here.rules, by=here.party, now=here.now)


async def _free(here: Opened) -> list[datetime]:
    """Where the session could be instead."""
    coach = await times.coach(here.session.coach)
    starts = await own.free(coach, here.session.coachee, minutes=here.session.length, now=here.now, but=here.session.id)
    return [each for each in starts if each != here.session.starts_at]


async def _clashes(request: Request[Any, Any, Any], here: Opened, starts: list[datetime]) -> dict[datetime, str]:
    """What of the reader's own calendar the times overlap. A coach is not told what their coachee has."""
    if here.is_coach:
        return {}
    return await slots.clashes(me(request), starts, minutes=here.session.length, but=here.session.event)


routes: list[Any] = [choose_time, check, move, withdraw]
