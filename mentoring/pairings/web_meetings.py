"""Offer a meeting, move or cancel it, log one in seconds; and the mailed page that asks whether two have met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import links
from academy.accounts.guards import actor, me
from academy.audit.service import Actor
from academy.errors import DomainError, Invalid, NotFound
from academy.invites.times import UK, uk_date, utc_to_local
from academy.web.access import Who
from academy.web.forms import Fields, read_form, typed_instant
from academy.web.pages import page, redirect, turned_back
from mentoring.pairings import alive, forms, letters, meetings, queries, rules, service
from mentoring.pairings.meetings import MeetingView
from mentoring.pairings.own_page import LENGTHS, own_pairing, section, show
from mentoring.pairings.queries import PairingView
from mentoring.pairings.web_pairing import PAIRING

MEETING = f"{PAIRING}/meetings/{{meeting:uuid}}"


# --------------------------------------------------------------------- to come
@get(f"{PAIRING}/meetings/offer", who=Who.SIGNED_IN)
async def offer_page(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    if refused := rules.why_not_meet(found.status):
        return redirect(letters.path(pairing), warned=refused.message)
    today = utc_to_local(clock.now(), request.user.time_zone).date()
    day = rules.likely_day(today)
    return _form(request, found, typed={"day": day.isoformat(), "at": "10:00", "minutes": "60"})


@post(f"{PAIRING}/meetings/offer", who=Who.SIGNED_IN)
async def offer(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    fields, now = await read_form(request), clock.now()
    try:
        form = forms.meeting(fields, zone=request.user.time_zone, now=now)
        await service.offer_meeting(
            pairing,
            starts_at=form.starts_at,
            minutes=form.minutes,
            place=form.place,
            link=form.link,
            about=form.about,
            zone=request.user.time_zone,
            by=me(request),
            actor=actor(request),
            now=now,
        )
    except Invalid as error:
        return _form(request, found, typed=fields, errors=error.errors)
    except DomainError as refused:
        return turned_back(letters.path(pairing), refused)
    other = found.other(me(request))[1]
    return redirect(letters.path(pairing), said=f"Offered. You and {other} get an invite for your calendars.")


@get(f"{MEETING}/move", who=Who.SIGNED_IN)
async def move_page(request: Request[Any, Any, Any], pairing: FromPath[UUID], meeting: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    one = await meetings.one(pairing, meeting)
    if refused := rules.why_not_move_meeting(one.status, one.starts_at, booked=one.event is not None, now=clock.now()):
        return redirect(letters.path(pairing), warned=refused.message)
    day, at = typed_instant(one.starts_at, request.user.time_zone)
    typed = {"day": day, "at": at, "minutes": str(one.minutes), "place": one.place, "link": one.link}
    return _form(request, found, typed=typed, meeting=one)


@post(f"{MEETING}/move", who=Who.SIGNED_IN)
async def move(request: Request[Any, Any, Any], pairing: FromPath[UUID], meeting: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    one = await meetings.one(pairing, meeting)
    fields, now = await read_form(request), clock.now()
    try:
        form = forms.meeting(fields, zone=request.user.time_zone, now=now)
        await service.change_meeting(
            pairing,
            meeting,
            starts_at=form.starts_at,
            minutes=form.minutes,
            place=form.place,
            link=form.link,
            actor=actor(request),
            now=now,
        )
    except Invalid as error:
        return _form(request, found, typed=fields, errors=error.errors, meeting=one)
    except DomainError as refused:
        return turned_back(letters.path(pairing), refused)
    return redirect(letters.path(pairing), said="Changed. Both calendars follow.")


def _form(
    request: Request[Any, Any, Any],
    found: PairingView,
    *,
    typed: Mapping[str, str],
    errors: dict[str, str] | None = None,
    meeting: MeetingView | None = None,
) -> Response[Any]:
    at = letters.path(found.id)
    return page(
        request,
        "mentoring/pairings/meeting.html",
        section=section(request),
        errors=errors,
        typed=typed,
        at=at,
        action=f"{at}/meetings/{meeting.id}/move" if meeting else f"{at}/meetings/offer",
        meeting=meeting,
        first=not found.meetings,
        other_name=found.other(me(request))[1],
        lengths=LENGTHS,
        abroad="" if request.user.time_zone == UK else request.user.time_zone,
    )


@get(f"{MEETING}/cancel", who=Who.SIGNED_IN)
async def ask_cancel(
    request: Request[Any, Any, Any], pairing: FromPath[UUID], meeting: FromPath[UUID]
) -> Response[Any]:
    """Asks first, for a meeting to come as for one that was logged."""
    found = await own_pairing(request, pairing)
    one = await meetings.one(pairing, meeting)
    return page(
        request,
        "mentoring/pairings/cancel.html",
        section=section(request),
        pairing=found,
        meeting=one,
        logged=one.status is not meetings.MeetingStatus.PLANNED,
        other_name=found.other(me(request))[1],
        at=letters.path(pairing),
        zone=request.user.time_zone,
    )


@post(f"{MEETING}/cancel", who=Who.SIGNED_IN)
async def cancel(request: Request[Any, Any, Any], pairing: FromPath[UUID], meeting: FromPath[UUID]) -> Response[Any]:
    await own_pairing(request, pairing)
    one, at = await meetings.one(pairing, meeting), letters.path(pairing)
    try:
        reason = forms.reason(await read_form(request))
        await service.cancel_meeting(pairing, meeting, reason=reason, actor=actor(request), now=clock.now())
    except DomainError as refused:
        return turned_back(at, refused)
    planned = one.status is meetings.MeetingStatus.PLANNED
    return redirect(at, said="Cancelled. It leaves both calendars." if planned else "Removed.")


# ------------------------------------------------------------------------ held
@post(f"{PAIRING}/meetings", who=Who.SIGNED_IN)
async def log(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    """Log a meeting that both have had."""
    found = await own_pairing(request, pairing)
    fields, now = await read_form(request), clock.now()
    try:
        form = forms.held(fields, today=utc_to_local(now, UK).date())
        logged = await service.log_meeting(
            pairing, day=form.day, minutes=form.minutes, by=me(request), actor=actor(request), now=now
        )
    except Invalid as error:
        return await show(request, found, typed=fields, errors=error.errors)
    except NotFound:
        raise
    except DomainError as refused:
        return await show(request, found, typed=fields, errors={"day": refused.message}, status=refused.status)
    return redirect(letters.path(pairing), **_said(logged, form.minutes))


@post(f"{MEETING}/missed", who=Who.SIGNED_IN)
async def missed(request: Request[Any, Any, Any], pairing: FromPath[UUID], meeting: FromPath[UUID]) -> Response[Any]:
    await own_pairing(request, pairing)
    at = letters.path(pairing)
    try:
        await service.did_not_meet(pairing, meeting, actor=actor(request), now=clock.now())
    except DomainError as refused:
        return turned_back(at, refused)
    return redirect(at, said="Thank you. Offer another time whenever it suits.")


def _said(logged: MeetingView, minutes: int) -> dict[str, str]:
    if logged.minutes != minutes:
        told = f"A meeting on {uk_date(logged.day)} was logged already, with {logged.minutes} minutes. It stays so."
        return {"warned": told}
    return {"said": f"Logged: {uk_date(logged.day)}, {logged.minutes} minutes."}


# -------------------------------------------------------------- did you meet?
@get("/met/{token:str}", who=Who.LINK_HOLDER)
async def met_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Opening it changes nothing, since mail programs follow links."""
    return await _met(request, token)


@post("/met/{token:str}", who=Who.LINK_HOLDER)
async def met(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Yes with date and minutes, or no."""
    fields, now = await read_form(request), clock.now()
    asked, found, who = await _behind(token, now)
    try:
        if fields.get("met") == "no":
            await service.answer_check_in(asked.id, met=False, actor=who, now=now)
            return redirect(f"/met/{token}", said="Thank you. Nobody is told off.")
        form = forms.held(fields, today=utc_to_local(now, UK).date())
        await service.answer_check_in(asked.id, met=True, day=form.day, minutes=form.minutes, actor=who, now=now)
    except Invalid as error:
        return await _met(request, token, typed=fields, errors=error.errors)
    except NotFound:
        raise
    except DomainError as refused:
        return await _met(request, token, typed=fields, errors={"day": refused.message}, status=refused.status)
    return redirect(f"/met/{token}", said=f"Logged: {uk_date(form.day)}, {form.minutes} minutes. Thank you.")


async def _behind(token: str, now: datetime) -> tuple[alive.Asked, PairingView, Actor]:
    asked = await alive.check_in(links.read(letters.CHECK_IN, token))
    found = await queries.pairing_for_staff(asked.pairing, now=now)
    name = found.mentor_name if asked.person == found.mentor else found.mentee_name
    return asked, found, Actor(asked.person, name)


async def _met(
    request: Request[Any, Any, Any],
    token: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    now = clock.now()
    asked, found, _ = await _behind(token, now)
    one = await meetings.one(asked.pairing, asked.meeting) if asked.meeting else None
    day = one.day if one else utc_to_local(asked.asked_at, UK).date()
    return page(
        request,
        "mentoring/pairings/met.html",
        section="Home",
        status=status,
        errors=errors,
        asked=asked,
        meeting=one,
        pairing=found,
        other_name=found.other(asked.person)[1],
        open=not asked.met and found.status in rules.MET,
        token=token,
        typed=typed or {"day": day.isoformat(), "minutes": str(one.minutes if one else 60)},
        lengths=LENGTHS,
        pairing_path=letters.path(found.id),
    )


routes: list[Any] = [
    offer_page,
    offer,
    move_page,
    move,
    ask_cancel,
    cancel,
    log,
    missed,
    met_page,
    met,
]
