"""Pause a pairing, take it up again, end it, or say at the end how it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import DomainError, Invalid
from academy.invites.times import uk_date, utc_to_local
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import page, redirect, turned_back
from mentoring.pairings import ending, forms, letters, rules, service
from mentoring.pairings.own_page import own_pairing, section
from mentoring.pairings.queries import PairingView
from mentoring.pairings.tables import PairingStatus
from mentoring.pairings.web_pairing import PAIRING
from mentoring.profiles.tables import Side


@get(f"{PAIRING}/pause", who=Who.SIGNED_IN)
async def ask_pause(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    if found.status not in (PairingStatus.ACTIVE, PairingStatus.PAUSED):
        return redirect(letters.path(pairing), warned="Only a pairing that has begun can be paused.")
    typed = {"paused_until": found.paused_until.isoformat() if found.paused_until else ""}
    return _page(request, "pause", found, typed=typed)


@post(f"{PAIRING}/pause", who=Who.SIGNED_IN)
async def pause(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    fields, now = await read_form(request), clock.now()
    try:
        until = forms.pause_until(fields, today=utc_to_local(now).date())
        await service.pause(pairing, until=until, actor=actor(request), now=now)
    except Invalid as error:
        return _page(request, "pause", found, typed=fields, errors=error.errors)
    except DomainError as refused:
        return turned_back(letters.path(pairing), refused)
    return redirect(
        letters.path(pairing), said=f"Paused until {uk_date(until)}." if until else "Paused until one of you goes on."
    )


@post(f"{PAIRING}/resume", who=Who.SIGNED_IN)
async def resume(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    await own_pairing(request, pairing)
    try:
        await service.resume(pairing, actor=actor(request), now=clock.now())
    except DomainError as refused:
        return turned_back(letters.path(pairing), refused)
    return redirect(letters.path(pairing), said="You go on.")


@get(f"{PAIRING}/end", who=Who.SIGNED_IN)
async def ask_end(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    if found.status not in rules.UNDER_WAY:
        return redirect(letters.path(pairing))
    return _page(request, "end", found)


@post(f"{PAIRING}/end", who=Who.SIGNED_IN)
async def end(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    """Either ends it alone. ``how``: complete, where everything is done; else before its time."""
    found = await own_pairing(request, pairing)
    fields, now = await read_form(request), clock.now()
    try:
        reason = forms.reason(fields)
        if fields.get("how") == "complete":
            await service.complete(pairing, actor=actor(request), now=now)
            return redirect(f"{letters.path(pairing)}/evaluation", said="Your pairing is complete.")
        await service.end(pairing, reason=reason, actor=actor(request), now=now)
    except Invalid as error:
        return _page(request, "end", found, typed=fields, errors=error.errors)
    except DomainError as refused:
        return turned_back(letters.path(pairing), refused)
    other = found.other(me(request))[1]
    return redirect("/mentoring", said=f"It has ended. {other} hears that it has, and not why.")


@get(f"{PAIRING}/evaluation", who=Who.SIGNED_IN)
async def evaluation_page(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    if found.status is not PairingStatus.COMPLETED:
        return redirect(letters.path(pairing), warned="You can say how it was once the pairing is complete.")
    if await ending.evaluation_of(pairing, me(request)):
        return redirect(letters.path(pairing), said="You have answered. Thank you.")
    return _page(request, "evaluation", found)


@post(f"{PAIRING}/evaluation", who=Who.SIGNED_IN)
async def evaluate(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    fields = await read_form(request)
    try:
        said = forms.evaluation(fields)
        await service.evaluate(pairing, said, person=me(request), actor=actor(request), now=clock.now())
    except Invalid as error:
        return _page(request, "evaluation", found, typed=fields, errors=error.errors)
    except DomainError as refused:
        return turned_back(letters.path(pairing), refused)
    return redirect(letters.path(pairing), said="Thank you. Coordinators read it, and nobody else.")


def _page(
    request: Request[Any, Any, Any],
    name: str,
    found: PairingView,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        f"mentoring/pairings/{name}.html",
        section=section(request),
        errors=errors,
        typed=typed or {},
        pairing=found,
        is_mentor=found.side_of(me(request)) is Side.MENTOR,
        other_name=found.other(me(request))[1],
        begun=found.status in (PairingStatus.ACTIVE, PairingStatus.PAUSED),
        at=letters.path(found.id),
    )


routes: list[Any] = [ask_pause, pause, resume, ask_end, end, evaluation_page, evaluate]
