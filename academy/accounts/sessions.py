"""Who is behind a request: one compiled query for a browser with a session or a program with a token, none for others.

Browsers are known by a cookie, everywhere but under ``/api``; programs by a bearer token, only under ``/api``. So no
page of another site can use somebody's cookie against the API, and no token opens a page.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from academy import clock, database
from academy.accounts.tokens import hash_of, looks_like_one
from academy.errors import Busy
from academy.settings import Settings
from academy.web.access import Visitor

LIFETIME = timedelta(days=30)
"""A remembered browser: from sign-in, however often it is used."""
STAFF_LIFETIME = timedelta(hours=12)
"""The same for coordinators, who see everybody: a working day. It follows the role held now."""
SEEN_EVERY = timedelta(minutes=10)
"""How exactly we know when a browser was last here."""

_BY_COOKIE = database.compiled_sql("""
    SELECT s.id, s.person, s.created_at, s.seen_at, s.expires_at, p.name, p.time_zone,
           EXISTS (SELECT 1 FROM role_grant g
                   WHERE g.person = s.person AND g.role = 'coordinator' AND g.ended_at IS NULL) AS coordinator,
           EXISTS (SELECT 1 FROM role_grant g
                   WHERE g.person = s.person AND g.role = 'facilitator' AND g.ended_at IS NULL) AS facilitator,
           EXISTS (SELECT 1 FROM role_grant g
                   WHERE g.person = s.person AND g.role = 'coach' AND g.ended_at IS NULL) AS coach
    FROM web_session s JOIN person p ON p.id = s.person
    WHERE s.token_hash = :token
""")

_BY_TOKEN = database.compiled_sql("""
    SELECT as_json(t.person, id) AS person, t.scopes, t.expires_at, p.name, p.time_zone,
           EXISTS (SELECT 1 FROM role_grant g
                   WHERE g.person = t.person AND g.role = 'coordinator' AND g.ended_at IS NULL) AS coordinator
    FROM api_token t JOIN person p ON p.id = t.person
    WHERE t.token_hash = :token AND t.revoked_at IS NULL
""")

_SEEN = database.compiled_sql("UPDATE web_session SET seen_at = :now WHERE id = :session")


class SessionMiddleware(ASGIMiddleware):
    """Sets ``request.user`` to a Visitor or to None."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["user"] = await visitor_of(scope)
        scope["auth"] = None
        await next_app(scope, receive, send)


async def visitor_of(scope: Scope) -> Visitor | None:
    """Who sends this request."""
    path = str(scope.get("path_template") or scope["path"])
    if path.startswith(("/static/", "/health/")) or path == "/theme.css":
        return None
    if is_api(path):
        return await by_token(_header(scope, b"authorization"), now=clock.now())
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    token = connection.cookies.get(cookie_name(connection.app.state.settings), "")
    return await by_cookie(token, now=clock.now()) if looks_like_one(token) else None


def _header(scope: Scope, name: bytes) -> str:
    """One header, without parsing the others."""
    return next((value.decode("latin-1") for found, value in scope["headers"] if found == name), "")


def is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


async def by_cookie(token: str, *, now: datetime) -> Visitor | None:
    """The person of a session that has not ended; notes at most every ten minutes that it was seen."""
    rows = await _BY_COOKIE.run(token=hash_of(token))
    if not rows:
        return None
    row = rows[0]
    coordinator = bool(row["coordinator"])
    ends = min(row["expires_at"], row["created_at"] + STAFF_LIFETIME) if coordinator else row["expires_at"]
    if now >= ends:
        return None
    if now - row["seen_at"] >= SEEN_EVERY:
        with suppress(Busy):  # nobody waits for a page because of this
            await _SEEN.run(now=now, session=row["id"])
    return Visitor(
        person=str(row["person"]),
        name=row["name"],
        coordinator=coordinator,
        facilitator=bool(row["facilitator"]),
        coach=bool(row["coach"]),
        session=str(row["id"]),
        time_zone=row["time_zone"],
    )


async def by_token(header: str, *, now: datetime) -> Visitor | None:
    """The person of an ``Authorization: Bearer`` header (RFC 6750, section 2.1), with the token's scopes."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not looks_like_one(token.strip()):
        return None
    rows = await _BY_TOKEN.run(token=hash_of(token.strip()))
    if not rows or (rows[0]["expires_at"] is not None and now >= rows[0]["expires_at"]):
        return None
    row = rows[0]
    return Visitor(
        person=str(row["person"]),
        name=row["name"],
        coordinator=bool(row["coordinator"]),
        scopes=frozenset(row["scopes"].split()),
        time_zone=row["time_zone"],
    )


def cookie_name(settings: Settings) -> str:
    """With HTTPS the name binds the cookie to this host, so that no sister site can plant one."""
    return "__Host-session" if settings.secure else "session"


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The cookie that remembers a browser."""
    return _cookie(settings, token, int(LIFETIME.total_seconds()))


def no_cookie(settings: Settings) -> Cookie:
    """The cookie that takes it away."""
    return _cookie(settings, "", 0)


def _cookie(settings: Settings, value: str, seconds: int) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=value,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
