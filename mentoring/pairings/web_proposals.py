"""The page on which a mentor says yes or no: behind the link in the mail, and for who is signed in.

Opening it changes nothing, since mail programs follow links; each answer is a button. Nobody's address is on it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import links
from academy.accounts.guards import me
from academy.audit.service import Actor
from academy.errors import DomainError, Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import page, redirect
from mentoring.pairings import forms, letters, queries, rules, service
from mentoring.pairings.queries import StaffView
from mentoring.pairings.reasons import reasons
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import options
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import Side


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as its mentor sees it, and at which address."""

    pairing: StaffView
    path: str
    now: datetime

    @property
    def actor(self) -> Actor:
        return Actor(self.pairing.mentor, self.pairing.mentor_name)

    @property
    def refused(self) -> str:
        """Why it can no longer be answered; empty: it can."""
        pairing = self.pairing
        refused = rules.why_not_answer(pairing.status, answer_by=pairing.answer_by, now=self.now)
        return refused.message if refused else ""


async def _behind(token: str) -> Asked:
    now = clock.now()
    found = await queries.pairing_for_staff(links.read(letters.PROPOSAL, token), now=now)
    return Asked(pairing=found, path=f"/p/{token}", now=now)


async def _of(person: UUID, pairing: UUID) -> Asked:
    now = clock.now()
    found = await queries.pairing_for_staff(pairing, now=now)
    if found.mentor != person:
        raise NotFound
    return Asked(pairing=found, path=f"/mentoring/proposals/{pairing}", now=now)


@get("/p/{token:str}", who=Who.LINK_HOLDER)
async def open_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    return await _show(request, await _behind(token))


@post("/p/{token:str}/accept", who=Who.LINK_HOLDER)
async def accept_by_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    return await _accept(await _behind(token))


@post("/p/{token:str}/decline", who=Who.LINK_HOLDER)
async def decline_by_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    return await _decline(request, await _behind(token))


@get("/mentoring/proposals/{pairing:uuid}", who=Who.SIGNED_IN)
async def proposal(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    return await _show(request, await _of(me(request), pairing))


@post("/mentoring/proposals/{pairing:uuid}/accept", who=Who.SIGNED_IN)
async def accept(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    return await _accept(await _of(me(request), pairing))


@post("/mentoring/proposals/{pairing:uuid}/decline", who=Who.SIGNED_IN)
async def decline(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    return await _decline(request, await _of(me(request), pairing))


async def _accept(here: Asked) -> Response[Any]:
    try:
        await service.accept(here.pairing.id, actor=here.actor, now=here.now)
    except DomainError as refused:
        return redirect(here.path, warned=refused.message)
    return redirect(here.path, said=f"Thank you. You and {here.pairing.mentee_name} have been introduced by email.")


async def _decline(request: Request[Any, Any, Any], here: Asked) -> Response[Any]:
    fields = await read_form(request)
    try:
        form = forms.decline(fields)
    except Invalid as error:
        return await _show(request, here, typed=fields, errors=error.errors)
    try:
        await service.decline(here.pairing.id, form.reason, note=form.note, actor=here.actor, now=here.now)
    except DomainError as refused:
        return redirect(here.path, warned=refused.message)
    return redirect(here.path, said="Thank you for telling us. We ask somebody else.")


async def _show(
    request: Request[Any, Any, Any],
    here: Asked,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    pairing = here.pairing
    round = await profiles.round_by_id(pairing.round)
    mentor, mentee = await profiles.mentor(pairing.mentor_profile), await profiles.mentee(pairing.mentee_profile)
    wanted = [options.words(options.SKILLS, key) for key in mentee.answers.skills_wanted]
    return page(
        request,
        "mentoring/pairings/proposal.html",
        section="Home",
        errors=errors,
        here=here,
        pairing=pairing,
        round=round,
        signed_in=request.user is not None and me(request) == pairing.mentor,
        work=letters.work(mentee),
        mentee=mentee.answers,
        wanted=wanted,
        why=reasons(mentor.answers, mentee.answers, pairing.points, to=Side.MENTOR),
        choices=[(each.value, rules.REASONS[each]) for each in DeclineReason],
        answer_by=letters.day_and_time(pairing.answer_by) if pairing.answer_by else "",
        said_yes=pairing.status in rules.MET,
        said_no=pairing.status is PairingStatus.DECLINED,
        pairing_path=letters.path(pairing.id),
        typed=typed or {},
    )


routes: list[Any] = [open_link, accept_by_link, decline_by_link, proposal, accept, decline]
