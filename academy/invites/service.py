"""Put events into people's calendars, change them there, and take them out again.

Each verb is one transaction: the event's new version, and one mail for each person it concerns. SEQUENCE rises with
every message after the first (RFC 5546 2.1.4), under the event's lock, so that two changes never share a number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit.service import About
from academy.database.transactions import Row
from academy.invites import frozen, queries, rules, times
from academy.invites.ical import Method
from academy.invites.rules import Shown
from academy.invites.tables import CalendarEvent, EventStatus, Invitee, InviteeState, Reply
from academy.outbox import letters
from academy.outbox import rules as outbox_rules
from academy.outbox import service as outbox
from academy.people.queries import Contact, contacts

reminder_key = rules.reminder_key


class Told(msgspec.Struct, frozen=True):
    """What a change came to: the event's version, how many people were told, and whether they are asked again."""

    sequence: int
    people: int
    asked: bool = False


async def create_event(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    zone: str = times.UK,
    place: str = "",
    link: str = "",
    description: str = "",
    now: datetime,
    context: Mapping[str, Any] | None = None,
) -> UUID:
    """An event that nobody is invited to yet. ``context`` is what every mail about it also says (``cohort``)."""
    event = Shown(
        title=title, starts_at=starts_at, ends_at=ends_at, zone=zone, place=place, link=link, description=description
    )
    rules.check(event)
    made = CalendarEvent(
        uid=f"{uuid4()}@leadership-academy",
        sequence=0,
        status=EventStatus.CONFIRMED,
        stamped_at=now.replace(microsecond=0),
        created_at=now,
        changed_at=now,
        context=_json(context or {}),
        **msgspec.structs.asdict(event),
    )
    await CalendarEvent.insert(made)
    return made.id


async def invite(
    event: UUID,
    people: Sequence[UUID],
    *,
    now: datetime,
    context: Mapping[str, Any] | None = None,
    paths: Mapping[UUID, str] | None = None,
) -> Told:
    """Invite people: one mail to each who is not invited yet.

    Who joins late gets the version that everybody has. Who comes back after being withdrawn gets a higher one than
    the CANCEL, or calendars would ignore it; the others hear nothing. ``paths`` lead each person to the page where
    they manage their place. Raises EventCancelled; for what is over nobody is told.
    """
    paths = paths or {}
    async with database.transaction():
        row = await _locked(event)
        if row["status"] == EventStatus.CANCELLED:
            raise rules.EventCancelled("This session is cancelled.")
        await _learn(row, context)
        wanted = list(dict.fromkeys(people))
        known = await _invitees(event, *(wanted if len(wanted) == 1 else ()))
        new = [person for person in wanted if person not in known]
        back = [p for p in wanted if p in known and known[p]["state"] == InviteeState.WITHDRAWN]
        if back:
            await _next_version(row, now)
        await database.insert(
            [Invitee(event=event, person=person, invited_at=now, path=paths.get(person, "")) for person in new]
        )
        for person in back:
            await Invitee.update(
                {
                    Invitee.state: _moved(known[person], InviteeState.INVITED),
                    Invitee.reply: Reply.NEEDS_ACTION,
                    Invitee.note: "",
                    Invitee.invited_at: now,
                    Invitee.path: paths.get(person, known[person]["path"]),
                }
            ).where(Invitee.id == known[person]["id"])
        if rules.is_over(queries.shown(row), now):
            return Told(row["sequence"], 0)
        all_paths = {**{p: known[p]["path"] for p in back}, **paths}
        return await _tell(row, [(p, all_paths.get(p, ""), Reply.NEEDS_ACTION) for p in new + back], now, _INVITE)


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to invite to one event."""

    event: UUID
    people: Sequence[UUID]
    context: Mapping[str, Any] = {}
    paths: Mapping[UUID, str] = {}


async def invite_many(invitations: Iterable[Invitation], *, now: datetime) -> int:
    """Invite to several events in one transaction. Returns the number of mails."""
    async with database.transaction():
        told = [
            await invite(each.event, each.people, now=now, context=each.context, paths=each.paths)
            for each in invitations
        ]
        return sum(each.people for each in told)


async def change_event(
    event: UUID, *, now: datetime, reason: str = "", context: Mapping[str, Any] | None = None, **changed: Any
) -> Told:
    """Change what stands in calendars (``starts_at``, ``ends_at``, ``zone``, ``title``, ``place``, ``link``,
    ``description``) and tell everybody who is invited.

    Another time or place asks them again; anything else keeps their answers. If nothing shown differs, nobody is
    told. Waiting reminders of the former date are taken back. ``context`` as in ``create_event``.
    Raises EventCancelled and WrongTimes.
    """
    async with database.transaction():
        row = await _locked(event)
        if row["status"] == EventStatus.CANCELLED:
            raise rules.EventCancelled("This session is cancelled. It cannot be changed.")
        await _learn(row, context)
        before = queries.shown(row)
        after = msgspec.structs.replace(before, **changed)
        rules.check(after)
        if not rules.shows_change(before, after):
            return Told(row["sequence"], 0)
        asked = rules.asks_again(before, after)
        row.update(msgspec.structs.asdict(after))
        await _next_version(row, now, asks=asked, **msgspec.structs.asdict(after))
        if before.starts_at != after.starts_at:
            await outbox.drop(rules.reminder_prefix(event), now=now)
        if rules.is_over(before, now) and rules.is_over(after, now):
            return Told(row["sequence"], 0, asked)
        extra = {"changed": rules.changes_in_words(before, after), "reason": reason, "answer_stands": not asked}
        told = await _tell(row, _present(await _invitees(event), row), now, _CHANGE, extra)
        return msgspec.structs.replace(told, asked=asked)


async def withdraw(event: UUID, person: UUID, *, now: datetime, wording: str = "place-withdrawn") -> Told:
    """Take one person's place away: a CANCEL to them alone; the event goes on. ``wording`` names the mail.

    Nothing happens for who is not invited; nobody is told of what is over or cancelled.
    """
    async with database.transaction():
        row = await _locked(event)
        known = (await _invitees(event, person)).get(person)
        if known is None or known["state"] != InviteeState.INVITED:
            return Told(row["sequence"], 0)
        await Invitee.update({Invitee.state: _moved(known, InviteeState.WITHDRAWN)}).where(Invitee.id == known["id"])
        await outbox.drop(rules.reminder_prefix(event, person), now=now)
        if row["status"] == EventStatus.CANCELLED or rules.is_over(queries.shown(row), now):
            return Told(row["sequence"], 0)
        await _next_version(row, now)
        mail = msgspec.structs.replace(_WITHDRAW, kind=wording)
        return await _tell(row, [(person, known["path"], Reply.NEEDS_ACTION)], now, mail)


async def cancel_event(event: UUID, *, reason: str, now: datetime, rebook_path: str = "") -> Told:
    """The event does not take place: everybody who is invited is told, and reminders are taken back.

    ``rebook_path`` leads to other dates. A second call does nothing.
    """
    async with database.transaction():
        row = await _locked(event)
        if row["status"] == EventStatus.CANCELLED:
            return Told(row["sequence"], 0)
        await _next_version(row, now, status=EventStatus.CANCELLED)
        await outbox.drop(rules.reminder_prefix(event), now=now)
        if rules.is_over(queries.shown(row), now):
            return Told(row["sequence"], 0)
        extra = {"reason": reason, **({"programme_path": rebook_path} if rebook_path else {})}
        return await _tell(row, _present(await _invitees(event), row), now, _CANCEL, extra)


async def reply(event: UUID, person: UUID, reply: Reply, *, now: datetime, note: str = "") -> None:
    """Keep a person's answer. Raises NotInvited, EventCancelled or TooLateToReply."""
    async with database.transaction():
        row = await _locked(event)
        known = (await _invitees(event, person)).get(person)
        rules.check_reply(
            state=InviteeState(known["state"]) if known else None,
            status=EventStatus(row["status"]),
            ends_at=row["ends_at"],
            now=now,
        )
        await Invitee.update(
            {
                Invitee.reply: reply,
                Invitee.replied_at: now,
                Invitee.reply_sequence: row["sequence"],
                Invitee.note: note[:300],
            }
        ).where(Invitee.event == event, Invitee.person == person)


async def remind(event: UUID, people: Sequence[UUID], *, days_before: int, now: datetime) -> int:
    """Remind people of an event to come, once for each date it has and each number of days before. Returns how many.

    Who is not invited (any more) gets nothing, nor does anybody for what is cancelled or has begun.
    """
    async with database.transaction():
        row = await _locked(event)
        if row["status"] == EventStatus.CANCELLED or row["starts_at"] <= now:
            return 0
        known = await _invitees(event)
        invited = {person for person, _, _ in _present(known, row)}
        found = await contacts([person for person in people if person in invited])
        soon = {"how_soon": rules.how_soon(row["starts_at"], row["zone"], now)}
        written = [
            outbox.Letter(
                kind="session-reminder",
                key=rules.reminder_key(event, person, days_before, row["starts_at"]),
                to=to,
                context=_words("session-reminder", row, to, known[person]["path"], soon),
                about=About("event", event, row["title"]),
                deadline=row["starts_at"],
            )
            for person, to in found.items()
        ]
        return await outbox.queue_many(written, now=now)


class _Mail(msgspec.Struct, frozen=True):
    kind: str
    method: Method
    removed_only: bool = False


_INVITE = _Mail("session-invite", Method.REQUEST)
_CHANGE = _Mail("session-changed", Method.REQUEST)
_WITHDRAW = _Mail("place-withdrawn", Method.CANCEL, removed_only=True)
_CANCEL = _Mail("session-cancelled", Method.CANCEL)


async def _tell(
    row: Row,
    people: Sequence[tuple[UUID, str, Reply]],
    now: datetime,
    mail: _Mail,
    extra: Mapping[str, Any] | None = None,
) -> Told:
    """Queue the present version of an event for these people (person, path, answer), one mail to each."""
    shown = queries.shown(row)
    found = await contacts([person for person, _, _ in people])
    until = outbox_rules.deadline(now=now, starts_at=shown.starts_at, ends_at=shown.ends_at)
    written = [
        outbox.Letter(
            kind=mail.kind,
            key=rules.message_key(row["id"], person, row["sequence"], mail.method),
            to=found[person],
            context=_words(mail.kind, row, found[person], path, extra or {}),
            about=About("event", row["id"], row["title"]),
            deadline=until,
            calendar=frozen.facts(
                shown,
                uid=row["uid"],
                method=mail.method,
                sequence=row["sequence"],
                stamped_at=row["stamped_at"],
                created_at=row["created_at"],
                changed_at=row["changed_at"],
                reply=reply,
                removed_only=mail.removed_only,
            ),
            thread=rules.thread(row["id"], person),
            number=row["sequence"],
        )
        for person, path, reply in people
        if person in found
    ]
    return Told(row["sequence"], await outbox.queue_many(written, now=now))


def _words(kind: str, row: Row, to: Contact, path: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a mail about an event; of those we have, the ones that this mail takes."""
    values = {
        "cohort": row["title"],
        "title": row["title"],
        "day": times.uk_day(row["starts_at"], row["zone"]),
        "when": times.when(row["starts_at"], row["ends_at"], row["zone"], to.time_zone),
        "place": row["place"],
        "join_link": row["link"],
        "about": row["description"],
        "manage_path": path or "/home",
        "programme_path": "/programmes",
        **_context(row),
        **extra,
    }
    takes = letters.fields(kind)
    return {name: value for name, value in values.items() if outbox_rules.link_name(name) in takes}


async def _locked(event: UUID) -> Row:
    """The event's row, with everybody else who would change it waiting. Raises NotFound."""
    await database.lock(f"event:{event}")
    return await queries.event(event)


async def _next_version(row: Row, now: datetime, *, asks: bool = False, **changed: Any) -> None:
    """Raise SEQUENCE and DTSTAMP, in the table and in ``row``."""
    if changed:  # else it is only a number for the message to one person: calendars show what they showed
        changed["changed_at"] = now
    changed["sequence"] = row["sequence"] + 1
    changed["stamped_at"] = rules.next_stamp(row["stamped_at"], now)
    if asks:
        changed["asked_sequence"] = changed["sequence"]
    row.update(changed)
    await CalendarEvent.update(dict[Any, Any](changed)).where(CalendarEvent.id == row["id"])


_ALL_INVITED = database.compiled(
    Invitee.select().where(Invitee.event == database.value("event")).order_by(Invitee.invited_at, Invitee.id)
)
_ONE_INVITED = database.compiled(
    Invitee.select()
    .where(Invitee.event == database.value("event"), Invitee.person == database.value("person"))
    .order_by(Invitee.id)
)


async def _invitees(event: UUID, person: UUID | None = None) -> dict[UUID, Row]:
    """Who is or was invited to an event, or one of them."""
    if person is not None:
        return {row["person"]: row for row in await _ONE_INVITED.run(event=event, person=person)}
    return {row["person"]: row for row in await _ALL_INVITED.run(event=event)}


def _present(known: Mapping[UUID, Row], row: Row) -> list[tuple[UUID, str, Reply]]:
    """Those who are invited now, with the answers that still count."""
    return [
        (
            person,
            each["path"],
            rules.effective_reply(
                Reply(each["reply"]), reply_sequence=each["reply_sequence"], asked_sequence=row["asked_sequence"]
            ),
        )
        for person, each in known.items()
        if each["state"] == InviteeState.INVITED
    ]


def _moved(known: Row, to: InviteeState) -> InviteeState:
    if to not in rules.INVITEE_MOVES[InviteeState(known["state"])]:
        raise ValueError(f"An invitee cannot move from {known['state']} to {to}.")
    return to


async def _learn(row: Row, context: Mapping[str, Any] | None) -> None:
    """Keep what every mail about an event also says, where that has changed."""
    if context and (merged := {**_context(row), **context}) != _context(row):
        row["context"] = _json(merged)
        await CalendarEvent.update({CalendarEvent.context: row["context"]}).where(CalendarEvent.id == row["id"])


def _context(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(row["context"])
    return found


def _json(values: Mapping[str, Any]) -> str:
    return msgspec.json.encode(values).decode()
