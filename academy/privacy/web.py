"""The privacy page, and where a copy of everything that is held on a person is taken."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import limits
from academy.accounts.guards import actor, me
from academy.accounts.sessions import LIFETIME, STAFF_LIFETIME
from academy.outbox.rendering import Letterhead, letterhead
from academy.people.queries import details
from academy.privacy import copying, service
from academy.privacy.classes import CLASSES
from academy.privacy.drawn import DRAWN
from academy.privacy.register import REGISTER
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import download, page, redirect

MOST_COPIES = 10
"""In an hour, for each person who asks: a copy is much work."""


@get("/privacy", who=Who.ANYONE)
async def privacy(request: Request[Any, Any, Any]) -> Response[Any]:
    settings = request.app.state.settings
    return page(
        request,
        "academy/privacy/privacy.html",
        contact=settings.mail_from,
        classes=CLASSES,
        remembered_days=LIFETIME.days,
        staff_hours=int(STAFF_LIFETIME.total_seconds() // 3600),
        secure=settings.secure,
    )


@get("/account/everything", who=Who.SIGNED_IN)
async def mine(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, "academy/privacy/mine.html", parts=[*REGISTER, *DRAWN], classes=CLASSES)


@post("/account/everything", who=Who.SIGNED_IN, status_code=200)
async def take_mine(request: Request[Any, Any, Any]) -> Response[Any]:
    return await _file(request, me(request), staff=False)


@get("/people/{person:uuid}/everything", who=Who.COORDINATOR)
async def theirs(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    return page(
        request,
        "academy/privacy/theirs.html",
        section="People",
        staff=True,
        known=await details(person),
        told_at=await service.told_at(person),
        zone=request.user.time_zone,
        left_out=copying.left_out((*REGISTER, *DRAWN), staff=True),
        only_them=copying.ONLY_THEM,
    )


@post("/people/{person:uuid}/everything", who=Who.COORDINATOR, status_code=200)
async def take_theirs(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    return await _file(request, person, staff=True)


@post("/people/{person:uuid}/everything/tell", who=Who.COORDINATOR)
async def tell(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    """Write to the person where they take their own copy."""
    known = await details(person)
    await read_form(request)
    here = f"/people/{person}/everything"
    if not await service.tell_where(person, actor=actor(request), now=clock.now()):
        return redirect(here, warned=f"{known.name} was told today already.")
    return redirect(here, said=f"We have written to {known.name} where to take their copy.")


async def _file(request: Request[Any, Any, Any], person: UUID, *, staff: bool) -> Response[Any]:
    now = clock.now()
    await read_form(request)
    await limits.check("copy", str(me(request)), most=MOST_COPIES, minutes=60, now=now)
    file = await service.take_copy(person, staff=staff, head=_head(request), actor=actor(request), now=now)
    return download(file, name=f"everything-{now:%Y-%m-%d}.zip", media_type="application/zip")


def _head(request: Request[Any, Any, Any]) -> Letterhead:
    return letterhead(request.app.state.settings)


routes: list[Any] = [privacy, mine, take_mine, theirs, take_theirs, tell]
