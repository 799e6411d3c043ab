"""A person's own page: details, address, browsers, calendar feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post, route
from litestar.params import FromPath

from academy import clock
from academy.accounts import details, forms, limits, queries, rules, service
from academy.accounts.guards import actor, me
from academy.accounts.sessions import no_cookie
from academy.errors import Invalid
from academy.people import queries as people
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.pages import page, redirect

FEED_PATH = "/feeds/{token}.ics"
"""Where the invites room serves a person's own calendar."""


@get("/account", who=Who.SIGNED_IN)
async def account(request: Request[Any, Any, Any]) -> Response[Any]:
    return await _account(request)


async def _account(
    request: Request[Any, Any, Any],
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[Any]:
    person = me(request)
    known = await people.details(person)
    return page(
        request,
        "academy/accounts/account.html",
        status=status,
        errors=errors,
        known=known,
        typed={**forms.typed_details(known), "email": "", **(typed or {})},
        organisations=[("", "Not in this list"), *await people.organisation_choices()],
        time_zones=forms.time_zones(),
        browsers=await queries.browsers(person, coordinator=request.user.coordinator, now=clock.now()),
        feed_since=await queries.feed_since(person),
        zone=known.time_zone,
    )


@post("/account", who=Who.SIGNED_IN)
async def change(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await read_form(request)
    try:
        typed = forms.read_details(fields)
        await details.change_details(
            me(request), **msgspec.structs.asdict(typed), actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        return await _account(request, status=422, errors=error.errors, typed=fields)
    return redirect("/account", said="Your details are saved.")


@post("/account/address", who=Who.SIGNED_IN)
async def new_address(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await read_form(request)
    reader = Reader(fields)
    address = reader.email("email")
    try:
        reader.done()
        await details.start_address_change(me(request), address=address, now=clock.now())
    except Invalid as error:
        return await _account(request, status=422, errors=error.errors, typed=fields)
    return redirect("/account", said=f"We have sent a link to {address}. Your address changes when you use it.")


@route("/account/address/{token:str}", http_method=["GET", "HEAD"], who=Who.LINK_HOLDER)
async def open_address_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    address = await details.waiting_address(token, now=clock.now())
    if address is None:
        return page(request, "academy/accounts/address_link_ended.html", status=410)
    return page(request, "academy/accounts/confirm_address.html", token=token, address=address)


@post("/account/address/{token:str}", who=Who.LINK_HOLDER)
async def use_address_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    try:
        address = await details.confirm_address_change(token, now=clock.now())
    except rules.LinkUsed:
        return page(request, "academy/accounts/address_link_ended.html", status=410)
    return redirect(
        "/account" if request.user else "/sign-in",
        said=f"Your email address is now {address}. We have told the old one.",
    )


@post("/account/sign-out-everywhere", who=Who.SIGNED_IN)
async def sign_out_everywhere(request: Request[Any, Any, Any]) -> Response[Any]:
    await service.sign_out_everywhere(me(request), actor=actor(request), now=clock.now())
    response = redirect("/sign-in", said="You are signed out on every device.")
    response.set_cookie(no_cookie(request.app.state.settings))
    return response


@get("/account/calendar", who=Who.SIGNED_IN)
async def calendar(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(
        request,
        "academy/accounts/calendar.html",
        since=await queries.feed_since(me(request)),
        address="",
        zone=request.user.time_zone,
    )


@post("/account/calendar", who=Who.SIGNED_IN)
async def create_feed(request: Request[Any, Any, Any]) -> Response[Any]:
    """Make a new secret address, which is shown on this one page; a former one ends."""
    now = clock.now()
    await limits.check("feed", request.user.person, most=20, minutes=60, now=now)
    token = await service.create_feed_token(me(request), now, actor=actor(request))
    address = request.app.state.settings.address + FEED_PATH.format(token=token)
    return page(request, "academy/accounts/calendar.html", since=now, address=address, zone=request.user.time_zone)


@post("/account/calendar/end", who=Who.SIGNED_IN)
async def end_feed(request: Request[Any, Any, Any]) -> Response[Any]:
    await service.revoke_feed(me(request), clock.now(), actor=actor(request))
    return redirect("/account/calendar", said="Your calendar address no longer works.")


routes: list[Any] = [
    account,
    change,
    new_address,
    open_address_link,
    use_address_link,
    sign_out_everywhere,
    calendar,
    create_feed,
    end_feed,
]
