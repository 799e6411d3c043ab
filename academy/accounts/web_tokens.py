"""Tokens with which a person's own programs use the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import queries, rules, service
from academy.accounts.guards import actor, me
from academy.errors import Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form
from academy.web.pages import page, redirect

LIVES = [("30", "30 days"), ("90", "90 days"), ("365", "1 year")]


@get("/account/tokens", who=Who.SIGNED_IN)
async def tokens(request: Request[Any, Any, Any]) -> Response[Any]:
    return await _tokens(request)


async def _tokens(
    request: Request[Any, Any, Any],
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    typed: Fields | None = None,
    secret: str = "",
) -> Response[Any]:
    return page(
        request,
        "academy/accounts/tokens.html",
        status=status,
        errors=errors,
        typed={"name": "", "days": "365", **(typed or {})},
        ticked=typed.all("scopes") if typed else ["read"],
        scopes=_scopes(request),
        lives=LIVES,
        tokens=await queries.tokens(me(request), now=clock.now()),
        secret=secret,
        zone=request.user.time_zone,
    )


def _scopes(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    return [(key, words) for key, words in rules.SCOPES.items() if key != "manage" or request.user.coordinator]


@post("/account/tokens", who=Who.SIGNED_IN)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    """Make a token, which is shown on this one page."""
    fields = await read_form(request)
    reader = Reader(fields)
    name = reader.text("name", "Enter what the token is for.", most=80, label="The name")
    days = reader.one_of("days", [days for days, _ in LIVES], "Choose how long the token works.")
    scopes = frozenset(fields.all("scopes"))
    if not scopes or not scopes <= {key for key, _ in _scopes(request)}:
        reader.wrong("scopes", "Choose what the token may do.")
    try:
        reader.done()
    except Invalid as error:
        return await _tokens(request, status=422, errors=error.errors, typed=fields)
    secret = await service.create_api_token(
        me(request), name, scopes, clock.now(), days=int(days), actor=actor(request)
    )
    return await _tokens(request, secret=secret)


@get("/account/tokens/{token:uuid}/end", who=Who.SIGNED_IN)
async def ask_end(request: Request[Any, Any, Any], token: FromPath[UUID]) -> Response[Any]:
    found = [each for each in await queries.tokens(me(request), now=clock.now()) if each.id == token]
    if not found:
        raise NotFound
    return page(request, "academy/accounts/end_token.html", token=found[0])


@post("/account/tokens/{token:uuid}/end", who=Who.SIGNED_IN)
async def end(request: Request[Any, Any, Any], token: FromPath[UUID]) -> Response[Any]:
    name = await service.revoke_api_token(token, person=me(request), actor=actor(request), now=clock.now())
    return redirect("/account/tokens", said=f"The token {name} no longer works.")


routes: list[Any] = [tokens, create, ask_end, end]
