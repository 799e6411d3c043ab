"""Queue a mail in the transaction of what it tells about, send it again, drop it. Sending is in ``delivery``."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.outbox import bell, queries, rendering, rules
from academy.outbox.tables import Message, MessageState
from academy.people.queries import Contact, contacts

PIECE = 200
"""Mails that are written down together."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one person, not queued yet.

    ``key`` names what is told, so that it is told once. ``context`` holds plain values for ``templates/email/<kind>``;
    our own addresses as paths (``manage_path`` becomes ``manage_link``), ``first_name`` is added. ``calendar`` are
    the frozen facts of an invite. Mails of one ``thread`` leave in the order of ``number``.
    """

    kind: str
    key: str
    to: Contact
    context: Mapping[str, Any]
    about: About
    deadline: datetime | None = None
    calendar: Mapping[str, Any] | None = None
    thread: str = ""
    number: int = 0


class Again(msgspec.Struct, frozen=True):
    """What became of a wish to send mails again: how many wait now, and why others do not."""

    queued: int
    refused: dict[UUID, str]


async def queue(
    kind: str,
    *,
    key: str,
    to: Contact,
    context: Mapping[str, Any],
    about: About,
    now: datetime,
    deadline: datetime | None = None,
    calendar: Mapping[str, Any] | None = None,
    thread: str = "",
    number: int = 0,
) -> bool:
    """Write a mail down, in the caller's transaction; it leaves after the commit.

    False, and nothing happens, if something with the same key was told before. Without a ``deadline`` sending is
    tried for 72 hours.
    """
    letter = Letter(
        kind=kind,
        key=key,
        to=to,
        context=context,
        about=about,
        deadline=deadline,
        calendar=calendar,
        thread=thread,
        number=number,
    )
    return await queue_many([letter], now=now) == 1


async def queue_many(letters: Sequence[Letter], *, now: datetime) -> int:
    """Write many mails down. Returns how many of them are new."""
    new = 0
    for start in range(0, len(letters), PIECE):  # a subject takes a moment, and others have their turn in between
        rows = [_values(letter, now) for letter in letters[start : start + PIECE]]
        new += await database.insert_values(Message, rows, unless=Message.key)
    if new:
        bell.ring()
    return new


def _values(letter: Letter, now: datetime) -> dict[str, Any]:
    """What stands in the row of a mail."""
    return {
        "key": letter.key,
        "kind": letter.kind,
        "person": letter.to.person,
        "to_address": letter.to.address,
        "to_name": letter.to.name,
        "subject": rendering.subject(letter.kind, letter.context, name=letter.to.name),
        "about_kind": letter.about.kind,
        "about_id": letter.about.id,
        "context": _json(letter.context),
        "calendar": None if letter.calendar is None else _json(letter.calendar),
        "message_id": rules.message_id(letter.key),
        "thread": letter.thread,
        "number": letter.number,
        "state": MessageState.QUEUED,
        "queued_at": now.replace(microsecond=0),
        "next_attempt_at": now,
        "deadline_at": letter.deadline or rules.deadline(now=now),
    }


async def drop(prefix: str, *, now: datetime) -> int:
    """Take back the mails that still wait and whose keys start so, such as the reminders of a cancelled session."""
    why = f"No longer needed since {now:%Y-%m-%d %H:%M}."
    dropped = await (
        Message.update({Message.state: MessageState.DROPPED, Message.error: why})
        .where(Message.state == MessageState.QUEUED, Message.key.like(rules.like_prefix(prefix)))
        .returning(Message.id)
    )
    return len(dropped)


async def send_again(messages: Iterable[UUID], *, actor: Actor, now: datetime) -> Again:
    """Send mails a second time, to the address that each person has now.

    One that was sent goes out as a new mail with a new Message-ID and the same invite; one that failed or came too
    late is tried anew. What a later mail has overtaken stays where it is, with the reason; so does what was sent
    again a moment ago.
    """
    wanted = list(dict.fromkeys(messages))
    async with database.transaction():
        await database.lock("outbox:again")
        lately = now - rules.ONE_CLICK
        copied = await queries.copied(wanted, since=lately)
        rows = await queries.rows(wanted)
        overtaken = await queries.overtaken(wanted)
        people = await contacts([row["person"] for row in rows if row["person"]])
        refused, queued = {}, 0
        for row in rows:
            state = MessageState(row["state"])
            why = rules.why_not_again(
                row["kind"],
                state,
                overtaken=row["id"] in overtaken,
                over=_over(row, now),
                forgotten=not row["context"],
                copied=row["id"] in copied or (row["resend_of"] is not None and row["queued_at"] > lately),
            )
            if why:
                refused[row["id"]] = why
                continue
            to = people.get(row["person"]) or Contact(row["person"], row["to_name"], row["to_address"], "Europe/London")
            await (_resend(row, to, now) if state is MessageState.SENT else _retry(row, to, now))
            queued += 1
            about = About("mail", row["id"], row["subject"])
            await audit.record("mail sent again", about, actor=actor, now=now, person=row["person"])
    if queued:
        bell.ring()
    return Again(queued, refused)


async def retry_failed(*, actor: Actor, now: datetime) -> Again:
    """Try everything anew that failed or came too late."""
    return await send_again(await queries.failed_ids(), actor=actor, now=now)


async def _resend(row: Mapping[str, Any], to: Contact, now: datetime) -> None:
    times = await Message.count().where(Message.resend_of == row["id"])
    key = f"{row['key'][:180]}:again:{times + 1}"
    letter = Letter(
        kind=row["kind"],
        key=key,
        to=to,
        context=msgspec.json.decode(row["context"]),
        about=About(row["about_kind"], row["about_id"]),
        deadline=_deadline(row, now),
        calendar=None if row["calendar"] is None else msgspec.json.decode(row["calendar"]),
        thread=row["thread"],
        number=row["number"],
    )
    await database.insert_values(Message, [{**_values(letter, now), "resend_of": row["id"]}])


async def _retry(row: Mapping[str, Any], to: Contact, now: datetime) -> None:
    await Message.update(
        {
            Message.state: rules.move(MessageState(row["state"]), MessageState.QUEUED),
            Message.to_address: to.address,
            Message.to_name: to.name,
            Message.attempts: 0,
            Message.error: "",
            Message.next_attempt_at: now,
            Message.deadline_at: _deadline(row, now),
        }
    ).where(Message.id == row["id"], Message.state == row["state"])


async def keep_as_sent(*, before: datetime) -> int:
    """Call every mail queued before an instant sent, without sending it: for a demonstration's past."""
    rows = await database.fetch(
        "UPDATE message SET state = 'sent', sent_at = queued_at, attempts = 1 "
        "WHERE state = 'queued' AND queued_at < {} RETURNING id",
        before,
    )
    return len(rows)


async def purge(now: datetime) -> None:
    """Forget the words of old mails, and later the mails. What still waits is not touched."""
    over = "state NOT IN ('queued', 'sending')"
    async with database.transaction():
        await database.fetch(
            f"UPDATE message SET context = '', calendar = NULL WHERE {over} AND context <> '' "  # noqa: S608
            "AND deadline_at < {} AND queued_at < {}",
            now - rules.WORDS_KEPT,
            now - rules.WORDS_KEPT,
        )
        await database.fetch(
            f"DELETE FROM message WHERE {over} AND queued_at < {{}}",  # noqa: S608
            now - rules.ROW_KEPT,
        )


def _deadline(row: Mapping[str, Any], now: datetime) -> datetime:
    starts, ends = _times(row)
    return rules.deadline(now=now, starts_at=starts, ends_at=ends)


def _over(row: Mapping[str, Any], now: datetime) -> bool:
    ends = _times(row)[1]
    return ends is not None and ends <= now


def _times(row: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    if row["calendar"] is None:
        return None, None
    facts = msgspec.json.decode(row["calendar"])
    return datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"])


def _json(values: Mapping[str, Any]) -> str:
    return msgspec.json.encode(values).decode()
