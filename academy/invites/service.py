"""Put events into people's calendars, change them there, and take them out again.

Each verb is one transaction: the event's new version, and one mail for each person it concerns. SEQUENCE rises with
every message after the first (RFC 5546 2.1.4), under the event's lock, so that two changes never share a number.

An event has a *wording*: which mails tell of it (``coaching-invite``, ``coaching-changed`` …; those of ``session`` are
the sessions of cohorts). What all its mails say is its ``context``. What is for one person alone is given by person
and kept with their invitation, so that it is there again in every later mail: ``paths`` (the page where they manage
their place), ``titles`` (of their calendar entry and mails, instead of the event's) and ``own`` (values that only
their mails say, such as ``{coachee: {"with_name": "Daniel Reid"}}``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.database.transactions import Row
from academy.invites import queries, rules, telling, times
from academy.invites.rules import Shown
from academy.invites.tables import CalendarEvent, EventStatus, Invitee, InviteeState, Reply
from academy.invites.telling import Told as Told
from academy.outbox import letters
from academy.outbox import service as outbox


async def create_event(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    zone: str = times.UK,
    place: str = "",
    link: str = "",
    description: str = "",
    wording: str = rules.SESSION,
    private: bool = False,
    now: datetime,
    context: Mapping[str, Any] | None = None,
) -> UUID:
    """An event that nobody is invited to yet. ``context`` is what every mail about it also says (``cohort``).

    ``wording`` chooses the mails; all five must be there, else LookupError. ``private``: shared calendars show only
    that the person is busy (CLASS:PRIVATE). Raises WrongTimes.
    """
    event = Shown(
        title=title, starts_at=starts_at, ends_at=ends_at, zone=zone, place=place, link=link, description=description
    )
    rules.check(event)
    for what in rules.MAILS:
        letters.fields(rules.mail_kind(wording, what))
    made = CalendarEvent(
        uid=f"{uuid4()}@leadership-academy",
        sequence=0,
        status=EventStatus.CONFIRMED,
        stamped_at=now.replace(microsecond=0),
        created_at=now,
        changed_at=now,
        context=telling.written(context or {}),
        wording=wording,
        private=private,
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
    titles: Mapping[UUID, str] | None = None,
    own: Mapping[UUID, Mapping[str, Any]] | None = None,
    leading: bool = False,
) -> Told:
    """Invite people: one mail to each who is not invited yet.

    Who joins late gets the version that everybody has. Who comes back after being withdrawn gets a higher one than
    the CANCEL, or calendars would ignore it; the others hear nothing. ``paths`` lead each person to the page where
    they manage their place; ``titles`` and ``own`` as above. Who comes back keeps what was theirs and is not given
    again; of those who are invited already, ``change_event`` changes it.

    ``leading``: they come to lead. They are told so, and are nobody that answers and places are counted of. Somebody
    can take part and lead; they have one calendar entry, and hear nothing new.
    Raises EventCancelled; for what is over nobody is told.
    """
    async with database.transaction():
        row = await _locked(event)
        if row["status"] == EventStatus.CANCELLED:
            raise rules.EventCancelled("This session is cancelled.")
        await _learn(row, context)
        wanted = list(dict.fromkeys(people))
        given = _Given(paths or {}, titles or {}, own or {})
        known = await _invitees(event, *(wanted if len(wanted) == 1 else ()))
        new = [_invitee(event, person, given, leading=leading, now=now) for person in wanted if person not in known]
        back = [known[p] for p in wanted if p in known and known[p]["state"] == InviteeState.WITHDRAWN]
        if back:
            await _next_version(row, now)
        await database.insert(new)
        for each in back:
            await _write(
                each,
                state=_moved(each, InviteeState.INVITED).value,
                reply=Reply.NEEDS_ACTION.value,
                note="",
                invited_at=now,
                takes_part=not leading,
                leads=leading,
                **given.of(each),
            )
        also = "leads" if leading else "takes_part"
        for each in known.values():
            if each["person"] in wanted and not each[also]:
                await _write(each, **{also: True}, **({} if leading else given.of(each)))
        if rules.is_over(queries.shown(row), now):
            return Told(row["sequence"], 0)
        guests = [telling.guest(each.to_dict()) for each in new] + [telling.guest(each) for each in back]
        return await telling.tell(row, guests, telling.INVITE, now=now)


async def change_event(
    event: UUID,
    *,
    now: datetime,
    reason: str = "",
    context: Mapping[str, Any] | None = None,
    paths: Mapping[UUID, str] | None = None,
    titles: Mapping[UUID, str] | None = None,
    own: Mapping[UUID, Mapping[str, Any]] | None = None,
    **changed: Any,
) -> Told:
    """Change what stands in calendars (``starts_at``, ``ends_at``, ``zone``, ``title``, ``place``, ``link``,
    ``description``) and tell everybody in whose calendar something is another; ``titles`` alone tell only those
    whose title is new.

    Another time or place asks them again; anything else keeps their answers. If nothing shown differs, nobody is
    told. Waiting reminders of the former date are taken back. ``context`` as in ``create_event``; ``paths``,
    ``titles`` and ``own`` as in ``invite``, for people who are invited. When somebody takes another's part, so:
    ``withdraw`` the one, ``change_event`` for those who stay, ``invite`` the other.
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
        known = await _invitees(event) if titles or own or paths or rules.shows_change(before, after) else {}
        was = {each.person: each.sees(before) for each in telling.present(known.values(), row)}
        given = _Given(paths or {}, titles or {}, own or {})
        for person in given.people() & was.keys():
            await _write(known[person], **given.of(known[person]))
        is_now = {each.person: each.sees(after) for each in telling.present(known.values(), row)}
        concerned = {person for person in was if rules.shows_change(was[person], is_now[person])}
        if not concerned and not rules.shows_change(before, after):
            return Told(row["sequence"], 0)
        asked = rules.asks_again(before, after)
        row.update(msgspec.structs.asdict(after))
        await _next_version(row, now, asks=asked, **msgspec.structs.asdict(after))
        if before.starts_at != after.starts_at:
            await outbox.drop(rules.reminder_prefix(event), now=now)
        if rules.is_over(before, now) and rules.is_over(after, now):
            return Told(row["sequence"], 0, asked)
        told = await telling.tell(
            row,
            [each for each in telling.present(known.values(), row) if each.person in concerned],
            telling.CHANGE,
            extra={"reason": reason, "answer_stands": not asked},
            own={person: {"changed": rules.changes_in_words(was[person], is_now[person])} for person in concerned},
            now=now,
        )
        return msgspec.structs.replace(told, asked=asked)


async def withdraw(event: UUID, person: UUID, *, now: datetime, leading: bool = False) -> Told:
    """Take one person's place away: a CANCEL to them alone; the event goes on.

    With ``leading`` it is the part of the one who leads that ends. Who took part and led keeps the other part and
    hears nothing. Nothing happens for who is not invited so; nobody is told of what is over or cancelled.
    """
    async with database.transaction():
        row = await _locked(event)
        known = (await _invitees(event, person)).get(person)
        part, other = ("leads", "takes_part") if leading else ("takes_part", "leads")
        if known is None or known["state"] != InviteeState.INVITED or not known[part]:
            return Told(row["sequence"], 0)
        await outbox.drop(rules.reminder_prefix(event, person), now=now)
        if known[other]:
            await _write(known, **{part: False})
            return Told(row["sequence"], 0)
        await _write(known, state=_moved(known, InviteeState.WITHDRAWN).value)
        if row["status"] == EventStatus.CANCELLED or rules.is_over(queries.shown(row), now):
            return Told(row["sequence"], 0)
        await _next_version(row, now)
        return await telling.tell(row, [telling.guest(known)], telling.WITHDRAW, now=now)


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
        guests = telling.present((await _invitees(event)).values(), row)
        return await telling.tell(row, guests, telling.CANCEL, extra=extra, now=now)


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
        wanted = set(people)
        guests = telling.present((await _invitees(event)).values(), row)
        return await telling.remind(
            row, [each for each in guests if each.person in wanted], days_before=days_before, now=now
        )


class _Given(msgspec.Struct, frozen=True):
    """What was given for single people, by person."""

    paths: Mapping[UUID, str]
    titles: Mapping[UUID, str]
    own: Mapping[UUID, Mapping[str, Any]]

    def people(self) -> set[UUID]:
        return {*self.paths, *self.titles, *self.own}

    def of(self, known: Row) -> dict[str, Any]:
        """The columns of this person's invitation that become others; values join those that are kept."""
        person = known["person"]
        found: dict[str, Any] = {}
        if person in self.paths:
            found["path"] = self.paths[person]
        if person in self.titles:
            found["title"] = self.titles[person]
        if person in self.own:
            found["context"] = telling.written({**telling.read(known["context"]), **self.own[person]})
        return found


def _invitee(event: UUID, person: UUID, given: _Given, *, leading: bool, now: datetime) -> Invitee:
    own = given.of({"person": person, "context": "{}"})
    return Invitee(event=event, person=person, invited_at=now, takes_part=not leading, leads=leading, **own)


async def _write(known: Row, **changed: Any) -> None:
    """Change an invitation, in the table and in ``known``."""
    if changed:
        known.update(changed)
        await Invitee.update(dict[Any, Any](changed)).where(Invitee.id == known["id"])


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


def _moved(known: Row, to: InviteeState) -> InviteeState:
    if to not in rules.INVITEE_MOVES[InviteeState(known["state"])]:
        raise ValueError(f"An invitee cannot move from {known['state']} to {to}.")
    return to


async def _learn(row: Row, context: Mapping[str, Any] | None) -> None:
    """Keep what every mail about an event also says, where that has changed."""
    kept = telling.read(row["context"])
    if context and (merged := {**kept, **context}) != kept:
        row["context"] = telling.written(merged)
        await CalendarEvent.update({CalendarEvent.context: row["context"]}).where(CalendarEvent.id == row["id"])
