"""What a person's account page shows: browsers, tokens, the feed; and whom a feed belongs to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.accounts.sessions import STAFF_LIFETIME
from academy.accounts.tables import Role
from academy.accounts.tokens import hash_of, looks_like_one


class Browser(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in."""

    id: UUID
    browser: str
    created_at: datetime
    seen_at: datetime


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token of the API that works."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None


_BROWSERS = database.compiled_sql("""
    SELECT id, browser, created_at, seen_at FROM web_session
    WHERE person = :person AND expires_at > :now AND created_at > :since ORDER BY seen_at DESC
""")
_TOKENS = database.compiled_sql("""
    SELECT id, name, scopes, created_at, expires_at FROM api_token
    WHERE person = :person AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
    ORDER BY created_at DESC
""")
_FEED = database.compiled_sql("SELECT created_at FROM feed_token WHERE person = :person AND revoked_at IS NULL")
_FEED_OWNER = database.compiled_sql("SELECT person FROM feed_token WHERE token_hash = :token AND revoked_at IS NULL")
_ROLES = database.compiled_sql("SELECT role FROM role_grant WHERE person = :person AND ended_at IS NULL")
_HOLDERS = database.compiled_sql(
    "SELECT person FROM role_grant WHERE role = :role AND ended_at IS NULL ORDER BY granted_at, id"
)


async def browsers(person: UUID, *, coordinator: bool, now: datetime) -> list[Browser]:
    """Where a person is signed in, the last used first."""
    since = now - STAFF_LIFETIME if coordinator else datetime.min.replace(year=2000, tzinfo=now.tzinfo)
    return [Browser(**row) for row in await _BROWSERS.run(person=person, now=now, since=since)]


async def tokens(person: UUID, *, now: datetime) -> list[Token]:
    """A person's API tokens, the newest first."""
    return [Token(**{**row, "scopes": row["scopes"].split()}) for row in await _TOKENS.run(person=person, now=now)]


async def feed_since(person: UUID) -> datetime | None:
    """Since when the person has a calendar feed, or none."""
    row = await _FEED.first(person=person)
    return None if row is None else row["created_at"]


async def feed_owner(token: str) -> UUID | None:
    """Whose feed the secret in an address opens."""
    row = await _FEED_OWNER.first(token=hash_of(token)) if looks_like_one(token) else None
    return None if row is None else row["person"]


async def roles(person: UUID) -> set[Role]:
    """The roles a person holds now."""
    return {Role(row["role"]) for row in await _ROLES.run(person=person)}


async def holders(role: Role) -> list[UUID]:
    """Everybody who holds a role now, who has it longest first."""
    return [row["person"] for row in await _HOLDERS.run(role=role)]
