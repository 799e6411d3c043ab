"""What people are told of an event: one mail to each, in their own words, with their own calendar entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.audit.service import About
from academy.database.transactions import Row
from academy.invites import frozen, queries, rules, times
from academy.invites.ical import Method
from academy.invites.rules import Shown
from academy.invites.tables import InviteeState, Reply
from academy.outbox import letters
from academy.outbox import rules as outbox_rules
from academy.outbox import service as outbox
from academy.people.queries import Contact, contacts


class Told(msgspec.Struct, frozen=True):
    """What a change came to: the event's version, how many people were told, and whether they are asked again."""

    sequence: int
    people: int
    asked: bool = False


class Mail(msgspec.Struct, frozen=True):
    """What is told, and what it does in calendars."""

    what: str
    method: Method
    removed_only: bool = False


INVITE = Mail("invite", Method.REQUEST)
CHANGE = Mail("changed", Method.REQUEST)
WITHDRAW = Mail("withdrawn", Method.CANCEL, removed_only=True)
CANCEL = Mail("cancelled", Method.CANCEL)


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """One person as an event concerns them."""

    person: UUID
    path: str = ""
    reply: Reply = Reply.NEEDS_ACTION
    title: str = ""
    """Their own; empty: the event's."""
    context: Mapping[str, Any] = {}
    """What their mails alone say."""
    only_leads: bool = False

    def sees(self, shown: Shown) -> Shown:
        """The event as it stands in this person's calendar."""
        return msgspec.structs.replace(shown, title=self.title) if self.title else shown


def guest(known: Row, *, reply: Reply = Reply.NEEDS_ACTION) -> Guest:
    """From the row of an invitee."""
    return Guest(
        person=known["person"],
        path=known["path"],
        reply=reply,
        title=known["title"],
        context=read(known["context"]),
        only_leads=known["leads"] and not known["takes_part"],
    )


def present(known: Iterable[Row], event: Row) -> list[Guest]:
    """Those who are invited now, with the answers that still count."""
    return [
        guest(
            each,
            reply=rules.effective_reply(
                Reply(each["reply"]), reply_sequence=each["reply_sequence"], asked_sequence=event["asked_sequence"]
            ),
        )
        for each in known
        if each["state"] == InviteeState.INVITED
    ]


async def tell(
    event: Row,
    guests: Sequence[Guest],
    mail: Mail,
    *,
    extra: Mapping[str, Any] | None = None,
    own: Mapping[UUID, Mapping[str, Any]] | None = None,
    now: datetime,
) -> Told:
    """Queue the present version of an event for these people, one mail to each.

    ``extra`` is said to all of them, ``own`` to one alone. Raises WrongContext if a mail lacks a value that it needs.
    """
    shown = queries.shown(event)
    kind = rules.mail_kind(event["wording"], mail.what)
    found = await contacts([each.person for each in guests])
    until = outbox_rules.deadline(now=now, starts_at=shown.starts_at, ends_at=shown.ends_at)
    written = [
        outbox.Letter(
            kind=kind,
            key=rules.message_key(event["id"], each.person, event["sequence"], mail.method),
            to=found[each.person],
            context=_words(
                kind, event, each, found[each.person], {**(extra or {}), **(own or {}).get(each.person, {})}
            ),
            about=About("event", event["id"], event["title"]),
            deadline=until,
            calendar=frozen.facts(
                each.sees(shown),
                uid=event["uid"],
                method=mail.method,
                sequence=event["sequence"],
                stamped_at=event["stamped_at"],
                created_at=event["created_at"],
                changed_at=event["changed_at"],
                reply=each.reply,
                removed_only=mail.removed_only,
                private=event["private"],
            ),
            thread=rules.thread(event["id"], each.person),
            number=event["sequence"],
        )
        for each in guests
        if each.person in found
    ]
    return Told(event["sequence"], await outbox.queue_many(written, now=now))


async def remind(event: Row, guests: Sequence[Guest], *, days_before: int, now: datetime) -> int:
    """Queue reminders, without a calendar part; how many are new."""
    kind = rules.mail_kind(event["wording"], "reminder")
    found = await contacts([each.person for each in guests])
    soon = {"how_soon": rules.how_soon(event["starts_at"], event["zone"], now)}
    written = [
        outbox.Letter(
            kind=kind,
            key=rules.reminder_key(event["id"], each.person, days_before, event["starts_at"]),
            to=found[each.person],
            context=_words(kind, event, each, found[each.person], soon),
            about=About("event", event["id"], event["title"]),
            deadline=event["starts_at"],
        )
        for each in guests
        if each.person in found
    ]
    return await outbox.queue_many(written, now=now)


def _words(kind: str, event: Row, guest: Guest, to: Contact, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a mail about an event; of those we have, the ones that this mail takes. Raises WrongContext."""
    title = guest.title or event["title"]
    values = {
        "cohort": event["title"],
        "title": title,
        "day": times.uk_day(event["starts_at"], event["zone"]),
        "when": times.when(event["starts_at"], event["ends_at"], event["zone"], to.time_zone),
        "place": event["place"],
        "join_link": event["link"],
        "about": event["description"],
        "manage_path": guest.path or "/home",
        "programme_path": "/programmes",
        "leads": guest.only_leads,
        **read(event["context"]),
        **guest.context,
        **extra,
    }
    takes = letters.fields(kind)
    said = {name: value for name, value in values.items() if outbox_rules.link_name(name) in takes}
    said_as = {outbox_rules.link_name(name) for name in said}
    if missing := letters.needed(kind) - said_as - {"first_name"}:
        raise letters.WrongContext(f"{kind} also needs {sorted(missing)}: give them as context= or own=.")
    return said


def read(context: str) -> dict[str, Any]:
    """What a row keeps for its mails."""
    found: dict[str, Any] = msgspec.json.decode(context)
    return found


def written(values: Mapping[str, Any]) -> str:
    """As a row keeps it."""
    return msgspec.json.encode(values).decode()
