"""Sign-in by mailed link, sessions, roles, tokens. Verbs that give out a secret return it once; its hash is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.accounts import rules
from academy.accounts.sessions import LIFETIME
from academy.accounts.tables import ApiToken, FeedToken, Role, RoleGrant, SignInLink, WebSession
from academy.accounts.tokens import hash_of, looks_like_one, new_secret
from academy.audit.service import ACADEMY, About, Actor, record
from academy.errors import NotAllowed, NotFound
from academy.outbox import service as outbox
from academy.people import service as people
from academy.people.queries import Contact, contact
from academy.people.rules import NotAnAddress, normalise

LINK_MINUTES = 10


class SessionMade(msgspec.Struct, frozen=True):
    """A browser is signed in: the secret for its cookie, and where the person wanted to go."""

    token: str
    next_path: str
    person: UUID


_BY_ADDRESS = database.compiled_sql("""
    SELECT a.id, a.address, a.person, p.name, p.time_zone
    FROM email_address a JOIN person p ON p.id = a.person WHERE a.normalised = :address
""")
_USE_LINK = database.compiled_sql(
    "UPDATE sign_in_link SET used_at = :now WHERE token_hash = :token AND used_at IS NULL AND expires_at > :now "
    "RETURNING person, next_path, sent_to",
    types={"person": UUID, "sent_to": UUID},
)
_USE_OTHERS = database.compiled_sql("UPDATE sign_in_link SET used_at = :now WHERE person = :person AND used_at IS NULL")
_OPEN_LINK = database.compiled_sql("""
    SELECT p.name, a.address FROM sign_in_link l JOIN person p ON p.id = l.person
    LEFT JOIN email_address a ON a.id = l.sent_to
    WHERE l.token_hash = :token AND l.used_at IS NULL AND l.expires_at > :now
""")


async def send_sign_in_link(address: str, next_path: str, now: datetime) -> None:
    """Mail a link to this address if it is somebody's, any of their addresses. The caller learns nothing from it."""
    try:
        normalised = normalise(address)
    except NotAnAddress:
        return
    found = await _BY_ADDRESS.first(address=normalised)
    if found is None:
        return
    async with database.transaction():
        link, token = await _new_link(found["person"], next_path, sent_to=found["id"], minutes=LINK_MINUTES, now=now)
        await outbox.queue(
            "sign-in-link",
            key=f"sign-in:{link}",
            to=Contact(found["person"], found["name"], found["address"], found["time_zone"]),
            context={"link": sign_in_path(token), "minutes": LINK_MINUTES},
            about=About("person", found["person"], found["name"]),
            now=now,
            deadline=now + timedelta(minutes=LINK_MINUTES),
        )


async def make_sign_in_link(person: UUID, now: datetime, minutes: int = LINK_MINUTES) -> str:
    """The path of a link that signs this person in once: for commands and the demonstration. Raises NotFound."""
    await contact(person)
    async with database.transaction():
        _, token = await _new_link(person, "/", sent_to=None, minutes=minutes, now=now)
    return sign_in_path(token)


async def _new_link(
    person: UUID, next_path: str, *, sent_to: UUID | None, minutes: int, now: datetime
) -> tuple[UUID, str]:
    link, token = uuid4(), new_secret()
    await SignInLink.insert(
        SignInLink(
            id=link,
            person=person,
            sent_to=sent_to,
            token_hash=hash_of(token),
            next_path=next_path[:500],
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )
    )
    return link, token


def sign_in_path(token: str) -> str:
    return f"/sign-in/{token}"


async def whose_link(token: str, *, now: datetime) -> str | None:
    """Whom an unused link signs in, so that its page can say so: their address, else their name. Uses nothing up."""
    row = await _OPEN_LINK.first(token=hash_of(token), now=now) if looks_like_one(token) else None
    return None if row is None else row["address"] or row["name"]


async def consume_link(token: str, browser: str, now: datetime, *, former: str = "") -> SessionMade:
    """Use the link up and start a session; the person's other links end, and so does the session of this browser.

    ``former`` is the cookie the browser came with: it is never carried on. Of two at once one wins.
    Raises LinkUsed for any link that does not work.
    """
    async with database.transaction():
        rows = await _USE_LINK.run(token=hash_of(token), now=now) if looks_like_one(token) else []
        if not rows:
            raise rules.LinkUsed
        person: UUID = rows[0]["person"]
        await _USE_OTHERS.run(person=person, now=now)
        if rows[0]["sent_to"] is not None:
            await people.verify(rows[0]["sent_to"], now=now)
        if former:
            await WebSession.delete().where(WebSession.token_hash == hash_of(former))
        secret = await start_session(person, browser=browser, now=now)
        who = await contact(person)
        await record("signed in", About("person", person, who.name), actor=Actor(person, who.name), now=now)
    return SessionMade(secret, rows[0]["next_path"], person)


async def start_session(person: UUID, *, browser: str, now: datetime) -> str:
    """Sign a browser in and return the secret for its cookie."""
    secret = new_secret()
    await WebSession.insert(
        WebSession(
            person=person,
            token_hash=hash_of(secret),
            browser=rules.browser_name(browser),
            created_at=now,
            seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return secret


async def sign_out(session: UUID) -> None:
    """End one session."""
    await WebSession.delete().where(WebSession.id == session)


async def sign_out_everywhere(person: UUID, *, actor: Actor, now: datetime) -> int:
    """End all sessions of a person and all their unused links, at once. Returns how many sessions there were."""
    async with database.transaction():
        ended = await WebSession.delete().where(WebSession.person == person).returning(WebSession.id)
        await _USE_OTHERS.run(person=person, now=now)
        await record("signed out everywhere", About("person", person), actor=actor, now=now, person=person)
    return len(ended)


async def grant(person: UUID, role: Role, actor: Actor, now: datetime) -> bool:
    """Give a role, from this instant; False if the person has it already. Raises NotFound."""
    who = await contact(person)
    try:
        async with database.transaction():
            await RoleGrant.insert(RoleGrant(person=person, role=role, granted_at=now, granted_by=actor.person))
            await record(
                "role given",
                About("person", person, who.name),
                actor=actor,
                now=now,
                person=person,
                after={"role": role.value},
            )
    except database.Duplicate:
        return False
    return True


async def revoke(person: UUID, role: Role, actor: Actor, now: datetime) -> bool:
    """End a role, from this instant: the next request is without it; False if the person has it not.

    Raises NotFound, LastCoordinator.
    """
    who = await contact(person)
    async with database.transaction():
        await database.lock("roles")
        held = await RoleGrant.select(RoleGrant.person).where(RoleGrant.role == role, RoleGrant.ended_at.is_null())
        if person not in {row["person"] for row in held}:
            return False
        if role is Role.COORDINATOR and len(held) == 1:
            raise rules.LastCoordinator
        await RoleGrant.update({RoleGrant.ended_at: now}).where(
            RoleGrant.person == person, RoleGrant.role == role, RoleGrant.ended_at.is_null()
        )
        await record(
            "role ended",
            About("person", person, who.name),
            actor=actor,
            now=now,
            person=person,
            before={"role": role.value},
        )
    return True


async def has_role(person: UUID, role: Role) -> bool:
    """Whether a person holds a role now."""
    return await RoleGrant.exists().where(
        RoleGrant.person == person, RoleGrant.role == role, RoleGrant.ended_at.is_null()
    )


async def create_api_token(
    person: UUID,
    name: str,
    scopes: frozenset[str],
    now: datetime,
    *,
    days: int | None = 365,
    actor: Actor = ACADEMY,
) -> str:
    """A token of the JSON API, which acts as this person within its scopes; shown once.

    Raises UnknownScope, and NotAllowed for scope manage if the person is no coordinator.
    """
    rules.check_scopes(scopes)
    async with database.transaction():
        if "manage" in scopes and not await has_role(person, Role.COORDINATOR):
            raise NotAllowed("Only a coordinator's token can manage.")
        secret, row = new_secret(), uuid4()
        await ApiToken.insert(
            ApiToken(
                id=row,
                person=person,
                token_hash=hash_of(secret),
                name=name[:80],
                scopes=" ".join(sorted(scopes)),
                created_at=now,
                expires_at=None if days is None else now + timedelta(days=days),
            )
        )
        await record(
            "token created",
            About("token", row, name),
            actor=actor,
            now=now,
            person=person,
            after={"scopes": sorted(scopes)},
        )
    return secret


async def revoke_api_token(token: UUID, *, person: UUID, actor: Actor, now: datetime) -> str:
    """End one of a person's tokens at once and return its name. Raises NotFound."""
    async with database.transaction():
        rows = await (
            ApiToken.update({ApiToken.revoked_at: now})
            .where(ApiToken.id == token, ApiToken.person == person, ApiToken.revoked_at.is_null())
            .returning(ApiToken.name)
        )
        if not rows:
            raise NotFound
        await record("token ended", About("token", token, rows[0]["name"]), actor=actor, now=now, person=person)
    return str(rows[0]["name"])


async def create_feed_token(person: UUID, now: datetime, *, actor: Actor = ACADEMY) -> str:
    """The secret of the person's own calendar feed, shown once. A former one ends."""
    secret = new_secret()
    async with database.transaction():
        await _end_feeds(person, now)
        await FeedToken.insert(FeedToken(person=person, token_hash=hash_of(secret), created_at=now))
        await record("calendar feed created", About("person", person), actor=actor, now=now, person=person)
    return secret


async def revoke_feed(person: UUID, now: datetime, *, actor: Actor = ACADEMY) -> None:
    """End the person's calendar feed: its address answers nothing more."""
    async with database.transaction():
        if await _end_feeds(person, now):
            await record("calendar feed ended", About("person", person), actor=actor, now=now, person=person)


async def _end_feeds(person: UUID, now: datetime) -> bool:
    ended = await (
        FeedToken.update({FeedToken.revoked_at: now})
        .where(FeedToken.person == person, FeedToken.revoked_at.is_null())
        .returning(FeedToken.id)
    )
    return bool(ended)
