"""Sign-in and sign-out."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post, route
from litestar.params import FromPath, FromQuery

from academy import clock
from academy.accounts import limits, rules, service, web_account, web_tokens
from academy.accounts.sessions import cookie_name, no_cookie, session_cookie
from academy.accounts.tables import Role
from academy.accounts.tokens import looks_like_one
from academy.errors import Invalid
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.pages import local_path, page, redirect

ANSWER_AFTER = 0.3
"""Seconds until the answer to an asked-for link, whether or not the address is known."""


@get("/sign-in", who=Who.ANYONE)
async def sign_in(request: Request[Any, Any, Any], next: FromQuery[str] = "/") -> Response[Any]:
    """Ask for a link."""
    if request.user is not None:
        return redirect(_landing(local_path(next), coordinator=request.user.coordinator))
    return page(request, "academy/accounts/sign_in.html", next=local_path(next), typed={})


@post("/sign-in", who=Who.ANYONE)
async def ask_for_link(request: Request[Any, Any, Any]) -> Response[Any]:
    """Mail a link, if somebody has the address. The answer is the same if nobody has, and takes as long."""
    fields = await read_form(request)
    next_path = local_path(fields.get("next", "/"))
    reader = Reader(fields)
    address = reader.email("email")
    try:
        reader.done()
    except Invalid as error:
        return page(
            request,
            "academy/accounts/sign_in.html",
            errors=error.errors,
            typed=fields,
            next=next_path,
        )
    now, network = clock.now(), limits.network(request)
    await limits.check("sign-in-network", network, most=30, minutes=15, now=now)
    await limits.check("sign-in-address", f"{address.casefold()} {network}", most=5, minutes=15, now=now)
    _, _ = await asyncio.gather(_send(address, next_path), asyncio.sleep(ANSWER_AFTER))
    return page(request, "academy/accounts/link_sent.html", address=address, minutes=service.LINK_MINUTES)


async def _send(address: str, next_path: str) -> None:
    """At most ten mails to an address while a link lives, from wherever they are asked for.

    So a mailbox is not flooded; and its owner is not locked out, since a link that was mailed still works.
    """
    now = clock.now()
    if await limits.allowed("sign-in-mail", address.casefold(), most=10, minutes=service.LINK_MINUTES, now=now):
        await service.send_sign_in_link(address, next_path, now)


@route("/sign-in/{token:str}", http_method=["GET", "HEAD"], who=Who.LINK_HOLDER)
async def open_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Show one button. Mail scanners open links before their readers do, so opening one does nothing."""
    whose = await service.whose_link(token, now=clock.now())
    if whose is None:
        return page(request, "academy/accounts/link_ended.html", status=410)
    return page(request, "academy/accounts/use_link.html", token=token, whose=whose)


@post("/sign-in/{token:str}", who=Who.LINK_HOLDER)
async def use_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Use the link up. The browser gets a new session, whatever cookie it came with."""
    settings = request.app.state.settings
    former = request.cookies.get(cookie_name(settings), "")
    try:
        made = await service.consume_link(
            token,
            request.headers.get("user-agent", ""),
            clock.now(),
            former=former if looks_like_one(former) else "",
        )
    except rules.LinkUsed:
        return page(request, "academy/accounts/link_ended.html", status=410)
    response = redirect(await _first_page(made))
    response.set_cookie(session_cookie(settings, made.token))
    return response


async def _first_page(made: service.SessionMade) -> str:
    return _landing(made.next_path, coordinator=await service.has_role(made.person, Role.COORDINATOR))


def _landing(next_path: str, *, coordinator: bool) -> str:
    """Where somebody was going; who was going nowhere sees what waits for them."""
    if next_path != "/":
        return next_path
    return "/today" if coordinator else "/home"


@post("/sign-out", who=Who.ANYONE)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End this session here and in the database."""
    if request.user is not None:
        await service.sign_out(UUID(request.user.session))
    response = redirect("/", said="You are signed out.")
    response.set_cookie(no_cookie(request.app.state.settings))
    return response


routes: list[Any] = [sign_in, ask_for_link, open_link, use_link, sign_out, *web_account.routes, *web_tokens.routes]
