"""The register of a session, for coordinators and for who leads it. The list of a facilitator's sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.alumni.rules import hours
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.invites import times
from academy.invites.tables import Reply
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from academy.web.templates import template_filter
from cohorts.attendance import forms, queries, rules, service
from cohorts.attendance.queries import Register
from cohorts.attendance.tables import Mark
from cohorts.schedule.queries import leads

for words in (hours, times.uk_date, times.uk_day, times.uk_time, times.when):
    template_filter(words)

PAGE = 100
"""Rows on one page of a long register; a webinar has 300."""

REPLIES = {Reply.DECLINED: "Declined the invite", Reply.TENTATIVE: "May not come"}


async def register_for(request: Request[Any, Any, Any], session: UUID) -> Register:
    """The register, if the visitor may see it: coordinators, and who leads this session. Raises NotFound."""
    if not request.user.coordinator and not await leads(me(request), session):
        raise NotFound
    found = await queries.register(session)
    if found is None:
        raise NotFound
    return found


def refusal(request: Request[Any, Any, Any], register: Register, now: datetime) -> rules.RegisterClosed | None:
    held = register.session
    return rules.why_not_mark(
        held.times, session=held.status, cohort=held.cohort_status, coordinator=request.user.coordinator, now=now
    )


def render(
    request: Request[Any, Any, Any],
    register: Register,
    *,
    now: datetime,
    number: int,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[str]:
    refused = refusal(request, register, now)
    pages = max(1, -(-len(register.lines) // PAGE))
    number = min(max(number, 1), pages)
    lines = register.lines[(number - 1) * PAGE : number * PAGE]
    return page(
        request,
        "cohorts/attendance/register.html",
        section="Cohorts" if request.user.coordinator else "My sessions",
        staff=True,
        errors=errors,
        register=register,
        held=register.session,
        rows=forms.shown(lines, typed),
        choices=forms.CHOICES,
        replies=REPLIES,
        called=rules.CALLED,
        why_not=refused.message if refused else "",
        can_undo=bool(
            register.last_save
            and not refused
            and not rules.why_not_undo(register.last_save[0].marked_at or now, now=now)
        ),
        now=now,
        number=number,
        pages=pages,
    )


def page_number(request: Request[Any, Any, Any]) -> int:
    text = str(request.query_params.get("page", "1"))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


@get("/sessions/{session:uuid}/register", who=Who.FACILITATOR)
async def show(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[str]:
    register = await register_for(request, session)
    return render(request, register, now=clock.now(), number=page_number(request))


@post("/sessions/{session:uuid}/register", who=Who.FACILITATOR)
async def save(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Save what was changed on the page; the second button also marks everybody else as present."""
    now, fields, number = clock.now(), await read_form(request), page_number(request)
    register = await register_for(request, session)
    rest = Mark.PRESENT if fields.get("rest") == "present" else None
    try:
        marks = forms.parse(fields, register)
        saved = await service.mark(
            session, marks, actor=actor(request), now=now, coordinator=request.user.coordinator, rest=rest
        )
    except Invalid as error:
        return render(request, register, now=now, number=number, typed=fields, errors=error.errors)
    here = f"/sessions/{session}/register" + (f"?page={number}" if number > 1 else "")
    return redirect(here, said=told(saved)) if saved.changed else redirect(here, warned=told(saved))


@post("/sessions/{session:uuid}/register/undo", who=Who.FACILITATOR)
async def undo(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    undone = (await register_for(request, session)).undone
    try:
        saved_at = datetime.fromisoformat(fields.get("saved_at", ""))
    except ValueError:
        saved_at = None
    if saved_at is None or saved_at.tzinfo is None:
        raise ChangedMeanwhile("The register was saved again meanwhile, so nothing was undone. Look at it first.")
    saved = await service.undo(
        session, saved_at=saved_at, actor=actor(request), now=clock.now(), coordinator=request.user.coordinator
    )
    people = "1 person is" if saved.changed == 1 else f"{saved.changed} people are"
    text = f"The save is back: {people} marked as it said." if undone else f"Undone: {people} marked as before."
    return redirect(f"/sessions/{session}/register", said=text)


def told(saved: service.Saved) -> str:
    """What the page says after a save."""
    if not saved.changed:
        return "Nothing was changed."
    text = "Saved: 1 mark." if saved.changed == 1 else f"Saved: {saved.changed} marks."
    if saved.flagged:
        text += " 1 certificate needs" if saved.flagged == 1 else f" {saved.flagged} certificates need"
        text += (
            " a decision, because it no longer agrees with the register."
            if saved.flagged == 1
            else (" a decision, because they no longer agree with the register.")
        )
    return text


@get("/my-sessions", who=Who.FACILITATOR)
async def my_sessions(request: Request[Any, Any, Any]) -> Response[str]:
    """The sessions that the visitor leads: those to come first, then those that are over, latest first."""
    now = clock.now()
    led = await queries.led_by(me(request))
    return page(
        request,
        "cohorts/attendance/my_sessions.html",
        section="My sessions",
        coming=[one for one in led if one.times.ends_at > now],
        past=[one for one in reversed(led) if one.times.ends_at <= now],
        opens_before=rules.OPENS_BEFORE,
        now=now,
    )


routes = [show, save, undo, my_sessions]
