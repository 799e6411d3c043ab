"""The guard at every route: closed, unless the route says who may pass and the visitor is one of them."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException, NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from academy.accounts.sessions import is_api
from academy.audit.service import Actor
from academy.errors import NotAllowed, NotFound
from academy.settings import Settings
from academy.web.access import Visitor, Who
from academy.web.pages import local_path, redirect

log = logging.getLogger("academy")

_READS = {"GET", "HEAD", "OPTIONS"}
_SCOPE = {Who.API_READ: "read", Who.API_ENROL: "enrol", Who.API_MANAGE: "manage"}
_OPEN = {Who.ANYONE, Who.LINK_HOLDER}

EXPIRED = "You are no longer signed in, so nothing was saved. Sign in and try again."


class SignInFirst(NotAuthorizedException):
    """The page is for people who are signed in, and this visitor is not."""


class Gate(ASGIMiddleware):
    """Asks ``who_may`` before each handler. A guard of the framework does the same, but is given a copy of the handler
    at every request, which costs more than the query that finds the visitor."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        await who_may(ASGIConnection(scope), scope["route_handler"])
        await next_app(scope, receive, send)


async def who_may(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let the visitor pass or raise NotFound, NotAllowed or SignInFirst. A route without ``who`` is closed."""
    who = handler.opt.get("who")
    if not isinstance(who, Who):
        if connection.scope.get("method") == "OPTIONS":  # the framework's own handler, which nobody needs
            raise MethodNotAllowedException
        log.error("a route has no rule", extra={"path_template": connection.scope.get("path_template", "")})
        raise NotFound
    settings: Settings = connection.app.state.settings
    if who is Who.DEMO and not settings.demo:
        raise NotFound
    api = is_api(str(connection.scope.get("path_template") or connection.scope["path"]))
    if not api and connection.scope["method"] not in _READS:  # type: ignore[typeddict-item]
        check_origin(connection, settings)
    if who in _OPEN or who is Who.DEMO:
        return
    visitor: Visitor | None = connection.scope.get("user")
    if visitor is None:
        raise SignInFirst(headers={"WWW-Authenticate": "Bearer"} if api else None)
    if not allowed(who, visitor):
        raise NotAllowed


def allowed(who: Who, visitor: Visitor) -> bool:
    """Whether somebody who is known may use a route. Tokens open what asks for their scope, and nothing else."""
    if who in _SCOPE:
        return _SCOPE[who] in visitor.scopes and (who is not Who.API_MANAGE or visitor.coordinator)
    if not visitor.session:
        return False
    if who is Who.COORDINATOR:
        return visitor.coordinator
    if who is Who.FACILITATOR:
        return visitor.coordinator or visitor.facilitator
    if who is Who.COACH:
        return visitor.coach
    return who is Who.SIGNED_IN


def check_origin(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> None:
    """Refuse a change that another site's page asks for (besides the token in the form). Raises NotAllowed.

    Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin; what says neither is no browser
    that could be tricked.
    """
    site = connection.headers.get("sec-fetch-site", "")
    origin = connection.headers.get("origin", "")
    ours = {urlsplit(settings.address).netloc.lower(), connection.headers.get("host", "").lower()}
    if (site and site not in ("same-origin", "none")) or (origin and _host(origin) not in ours):
        raise NotAllowed("This form was sent from another site. Open the page here and send it again.")


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower() or "null"
    except ValueError:
        return "null"


def to_sign_in(request: Request[Any, Any, Any], error: SignInFirst) -> Response[Any]:
    """Browsers go to the sign-in page and come back to where they were; programs are told 401."""
    from academy.web.failures import http_error, wants_json

    if wants_json(request):
        return http_error(request, error)
    if request.method in _READS:
        return redirect(sign_in_path(_here(request)))
    return redirect(sign_in_path(_page_before(request)), warned=EXPIRED)


def sign_in_path(next_path: str) -> str:
    """The sign-in page that leads on to a path of ours."""
    safe = local_path(next_path)
    return "/sign-in" if safe == "/" else "/sign-in?" + urlencode({"next": safe[:500]})


def _here(request: Request[Any, Any, Any]) -> str:
    query = request.scope.get("query_string", b"").decode("latin-1")
    return request.url.path + (f"?{query}" if query else "")


def _page_before(request: Request[Any, Any, Any]) -> str:
    try:
        before = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    if before.netloc.lower() != request.headers.get("host", "").lower():
        return "/"
    return before.path + (f"?{before.query}" if before.query else "")


def actor(request: Request[Any, Any, Any]) -> Actor:
    """The signed-in person, as the audit trail names them. Only behind a route that asks for sign-in."""
    visitor: Visitor = request.user
    return Actor(UUID(visitor.person), visitor.name)


def me(request: Request[Any, Any, Any]) -> UUID:
    """The id of the signed-in person."""
    return UUID(request.user.person)
