"""Help and the accessibility statement."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from academy.accounts.service import LINK_MINUTES
from academy.people.imports import CREDIT
from academy.web.access import Who
from academy.web.pages import page


@get("/help", who=Who.ANYONE)
async def help_page(request: Request[Any, Any, Any]) -> Response[Any]:
    return _page(request, "help", credit=CREDIT, link_minutes=LINK_MINUTES)


@get("/accessibility", who=Who.ANYONE)
async def accessibility(request: Request[Any, Any, Any]) -> Response[Any]:
    return _page(request, "accessibility", address=request.app.state.settings.address)


def _page(request: Request[Any, Any, Any], name: str, **context: Any) -> Response[Any]:
    return page(request, f"academy/pages/{name}.html", contact=request.app.state.settings.mail_from, **context)


routes: list[Any] = [help_page, accessibility]
