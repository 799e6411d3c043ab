"""Mails as coordinators look at them: lists, counts, one with all it holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.database.transactions import Row
from academy.outbox.tables import Message, MessageState

PAGE = 50
MOST_BOXES = 200
RECENT = timedelta(days=14)
"""Nobody needs to be told of an older failure every day."""
STUCK_AFTER = timedelta(minutes=15)
_LIST = "id, kind, subject, person, to_address, to_name, state, attempts, queued_at, sent_at, next_attempt_at, error"
_ONE = database.compiled(Message.select().where(Message.id == database.value("id")))
_OF_PERSON = database.compiled(
    Message.select(
        Message.id,
        Message.kind,
        Message.subject,
        Message.person,
        Message.to_address,
        Message.to_name,
        Message.state,
        Message.attempts,
        Message.queued_at,
        Message.sent_at,
        Message.next_attempt_at,
        Message.error,
    )
    .where(Message.person == database.value("person"))
    .order_by(Message.queued_at, ascending=False)
    .limit(database.value("most"))
)
_COUNTS = database.compiled_sql("SELECT state, count(*) AS n FROM message GROUP BY state", types={"n": int})
_WAITING = database.compiled_sql(
    "SELECT min(queued_at) AS oldest FROM message WHERE state IN ('queued', 'sending')", types={"oldest": datetime}
)


_TROUBLES = database.compiled_sql("""
    SELECT (SELECT count(*) FROM message WHERE state IN ('failed', 'expired') AND queued_at > :recent) AS failed,
           (SELECT count(*) FROM message WHERE state IN ('queued', 'sending') AND attempts > 0
               AND queued_at < :stuck) AS stuck
""")


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which mails are wanted; what is empty does not matter."""

    state: str = ""
    kind: str = ""
    person: UUID | None = None
    about: tuple[UUID, ...] = ()
    """Mails about any of these records, such as a cohort and the events of its sessions."""
    find: str = ""
    """Part of a subject, an address or a name."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One mail in a list."""

    id: UUID
    kind: str
    subject: str
    person: UUID | None
    to_address: str
    to_name: str
    state: MessageState
    attempts: int
    queued_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime
    error: str


class Box(msgspec.Struct, frozen=True):
    """A person with mails, for the mailbox of the demonstration."""

    person: UUID
    name: str
    address: str
    mails: int
    newest_at: datetime


async def message(id: UUID) -> Row | None:
    """One mail with everything that is frozen in it."""
    return await _ONE.first(id=id)


async def lines(wanted: Filter, *, page: int, size: int = PAGE, oldest_first: bool = False) -> tuple[list[Line], int]:
    """One page of mails, the newest first, and how many there are in all."""
    where, values = _where(wanted)
    order = "ASC" if oldest_first else "DESC"
    count = await database.fetch(f"SELECT count(*) AS n FROM message WHERE {where}", *values)  # noqa: S608
    found = await database.fetch(
        f"SELECT {_LIST} FROM message WHERE {where} ORDER BY queued_at {order}, id LIMIT {{}} OFFSET {{}}",  # noqa: S608
        *values,
        size,
        (page - 1) * size,
    )
    return [_line(row) for row in found], count[0]["n"]


async def of_person(person: UUID, *, most: int = 100) -> list[Line]:
    """A person's mails, the newest first."""
    return [_line(row) for row in await _OF_PERSON.run(person=person, most=most)]


async def counts() -> dict[MessageState, int]:
    """How many mails stand in each state."""
    found = {MessageState(row["state"]): row["n"] for row in await _COUNTS.run()}
    return {state: found.get(state, 0) for state in MessageState}


async def kinds() -> list[str]:
    """The kinds of mail there have been."""
    return [row["kind"] for row in await database.fetch("SELECT DISTINCT kind FROM message ORDER BY kind")]


async def status(*, now: datetime) -> dict[str, Any]:
    """The counts, and for how many seconds the oldest mail that is not sent has waited: for operators."""
    waiting = await _WAITING.first()
    oldest = waiting["oldest"] if waiting else None
    return {
        **{state.value: n for state, n in (await counts()).items()},
        "oldest_waiting_seconds": 0 if oldest is None else max(0, int((now - oldest).total_seconds())),
    }


async def troubles(*, now: datetime) -> tuple[int, bool]:
    """For the page of today, in one query: how many mails of the last 14 days failed for good or came too late, and
    whether mail has been stuck for 15 minutes.
    """
    row = await _TROUBLES.first(recent=now - RECENT, stuck=now - STUCK_AFTER)
    return (row["failed"], row["stuck"] > 0) if row else (0, False)


async def boxes(find: str = "", *, most: int = MOST_BOXES) -> list[Box]:
    """The people with mails, who got one last first."""
    where, values = _where(Filter(find=find))
    found = await database.fetch(
        "SELECT person, max(to_name) AS name, max(to_address) AS address, count(*) AS mails, "  # noqa: S608
        "max(queued_at) AS newest_at "
        f"FROM message WHERE person IS NOT NULL AND {where} GROUP BY person ORDER BY max(queued_at) DESC LIMIT {{}}",
        *values,
        most,
    )
    return [
        Box(_uuid(row["person"]), row["name"], row["address"], row["mails"], _instant(row["newest_at"]))
        for row in found
    ]


async def rows(ids: Sequence[UUID]) -> list[Row]:
    """Whole mails by their ids, the oldest first."""
    found: list[Row] = []
    for start in range(0, len(ids), 500):
        part = Message.select().where(Message.id.is_in(list(ids[start : start + 500])))
        found += await part.order_by(Message.queued_at, Message.number)
    return found


async def overtaken(ids: Sequence[UUID]) -> set[UUID]:
    """Those of these mails after which a later one of their thread was written."""
    found: set[UUID] = set()
    for start in range(0, len(ids), 500):
        part = list(ids[start : start + 500])
        places = ", ".join(["{}"] * len(part))
        for row in await database.fetch(
            f"SELECT m.id FROM message m WHERE m.id IN ({places}) AND m.thread <> '' AND EXISTS "  # noqa: S608
            "(SELECT 1 FROM message p WHERE p.thread = m.thread AND p.number > m.number)",
            *part,
        ):
            found.add(_uuid(row["id"]))
    return found


async def copied(ids: Sequence[UUID], *, since: datetime) -> set[UUID]:
    """Those of these mails of which a copy waits, or was written after ``since``."""
    found: set[UUID] = set()
    for start in range(0, len(ids), 500):
        part = list(ids[start : start + 500])
        places = ", ".join(["{}"] * len(part))
        for row in await database.fetch(
            f"SELECT resend_of FROM message WHERE resend_of IN ({places}) "  # noqa: S608
            "AND (state IN ('queued', 'sending') OR queued_at > {})",
            *part,
            since,
        ):
            found.add(_uuid(row["resend_of"]))
    return found


async def newest_of_threads(threads: Sequence[str]) -> list[UUID]:
    """The latest mail of each of these threads, sent or not."""
    newest: dict[str, UUID] = {}
    for start in range(0, len(threads), 500):
        wanted = Message.thread.is_in(list(threads[start : start + 500]))
        found = Message.select(Message.id, Message.thread).where(wanted)
        for row in await found.order_by(Message.number, Message.queued_at):
            newest[row["thread"]] = row["id"]
    return list(newest.values())


async def failed_ids() -> list[UUID]:
    """Mails that failed or came too late."""
    failed = Message.state.is_in([MessageState.FAILED.value, MessageState.EXPIRED.value])
    return [row["id"] for row in await Message.select(Message.id).where(failed).order_by(Message.queued_at)]


def _where(wanted: Filter) -> tuple[str, list[Any]]:
    parts, values = ["1 = 1"], []
    for column, value in (("state", wanted.state), ("kind", wanted.kind), ("person", wanted.person)):
        if value:
            parts.append(f"{column} = {{}}")
            values.append(value)
    if wanted.about:
        parts.append(f"about_id IN ({', '.join(['{}'] * len(wanted.about))})")
        values += wanted.about
    if wanted.find:
        pattern = f"%{_plain(wanted.find.lower())}%"
        parts.append(
            "(lower(subject) LIKE {} ESCAPE '!' OR lower(to_address) LIKE {} ESCAPE '!' "
            "OR lower(to_name) LIKE {} ESCAPE '!')"
        )
        values += [pattern] * 3
    return " AND ".join(parts), values


def _plain(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _line(row: Row) -> Line:
    return Line(**{**row, "state": MessageState(row["state"])})


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
