"""Events as people see them: who answered what, what is in whose calendar, what overlaps."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.database.transactions import Row
from academy.errors import NotFound
from academy.invites import ical, rules
from academy.invites.tables import CalendarEvent, EventStatus, Invitee, InviteeState, Reply

_EVENT = database.compiled(CalendarEvent.select().where(CalendarEvent.id == database.value("event")))
_OWN = """
    SELECT e.*, i.state, i.reply, i.reply_sequence, i.replied_at, i.invited_at, i.path, i.title AS own_title,
        i.takes_part, i.leads
    FROM invitee i JOIN calendar_event e ON e.id = i.event
    WHERE i.person = :person AND
"""
_OF_PERSON = database.compiled_sql(_OWN + "e.ends_at > :since ORDER BY e.starts_at, e.id")
_ONE_OF_PERSON = database.compiled_sql(_OWN + "i.state = 'invited' AND e.id = :event")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One person's invitation to one event, and their answer as it counts now."""

    event: UUID
    person: UUID
    invited: bool
    """False: the person was withdrawn."""
    reply: Reply
    replied_at: datetime | None
    note: str
    older: Reply | None = None
    """What they answered to a version before people were asked again."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event in one person's calendar, with the title that it has there."""

    id: UUID
    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str
    description: str
    status: EventStatus
    reply: Reply
    path: str
    created_at: datetime
    changed_at: datetime
    wording: str = rules.SESSION
    private: bool = False
    takes_part: bool = True
    """False: they are here only to lead."""
    leads: bool = False

    @property
    def asks(self) -> bool:
        """Whether we ask if they are coming: of sessions of cohorts that they take part in. Who leads a session, or
        has agreed a time with one other person, manages that on its own page.
        """
        return self.takes_part and self.wording == rules.SESSION

    @property
    def silent(self) -> bool:
        """We ask, and they have not answered."""
        return self.asks and self.reply is Reply.NEEDS_ACTION


async def event(id: UUID) -> Row:
    """The row of an event. Raises NotFound."""
    row = await _EVENT.first(event=id)
    if row is None:
        raise NotFound
    return row


def shown(row: Row) -> rules.Shown:
    """What of an event's row stands in calendars."""
    names = rules.Shown.__struct_fields__
    return rules.Shown(**{name: row[name] for name in names})


async def replies(events: Sequence[UUID]) -> dict[UUID, list[Answer]]:
    """The invitations to these events with their answers, in two queries for any number of events."""
    found: dict[UUID, list[Answer]] = {event: [] for event in events}
    ids = list(found)
    if not ids:
        return found
    asked = {
        row["id"]: row["asked_sequence"]
        for row in await CalendarEvent.select(CalendarEvent.id, CalendarEvent.asked_sequence).where(
            CalendarEvent.id.is_in(ids)
        )
    }
    for row in await Invitee.select().where(Invitee.event.is_in(ids)).order_by(Invitee.invited_at, Invitee.id):
        reply = Reply(row["reply"])
        counts = rules.effective_reply(reply, reply_sequence=row["reply_sequence"], asked_sequence=asked[row["event"]])
        found[row["event"]].append(
            Answer(
                event=row["event"],
                person=row["person"],
                invited=row["state"] == InviteeState.INVITED,
                reply=counts,
                replied_at=row["replied_at"],
                note=row["note"],
                older=reply if reply is not counts else None,
            )
        )
    return found


async def events_of(person: UUID, *, now: datetime) -> list[Event]:
    """The events still to come (or running) in a person's calendar, the next first."""
    return [_event(row) for row in await _OF_PERSON.run(person=person, since=now) if _stands(row)]


class PersonalCalendar(msgspec.Struct, frozen=True):
    """What stands in a person's feed, and when that last changed."""

    events: list[Event]
    changed_at: datetime | None


async def calendar_of(person: UUID, *, now: datetime) -> PersonalCalendar:
    """A person's feed: a year back, and cancelled events for 30 days after they were cancelled."""
    rows = await _OF_PERSON.run(person=person, since=now - rules.PAST_STAYS)
    events = []
    changes = []
    for row in rows:
        changes += [row["changed_at"], row["stamped_at"], row["invited_at"]]  # an event that left has changed the feed
        leaves_at = row["changed_at"] + rules.CANCELLED_STAYS
        if row["status"] == EventStatus.CANCELLED and leaves_at <= now:
            changes.append(leaves_at)
        elif row["state"] == InviteeState.INVITED:
            events.append(_event(row))
    return PersonalCalendar(events, max(changes, default=None))


async def event_of(person: UUID, event: UUID) -> Event:
    """One event of a person. Raises NotFound, also if it is somebody else's."""
    found = await _ONE_OF_PERSON.first(person=person, event=event)
    if found is None:
        raise NotFound
    return _event(found)


async def clashes(person: UUID, *, starts_at: datetime, ends_at: datetime, but: UUID | None = None) -> list[Event]:
    """A person's events that overlap an interval (ends and starts may touch), other than ``but``: for warnings."""
    found = await _OF_PERSON.run(person=person, since=starts_at)
    return [_event(row) for row in found if row["starts_at"] < ends_at and _stands(row) and row["id"] != but]


class Busy(msgspec.Struct, frozen=True):
    """Time that an event takes from somebody. The title is their own: show it to nobody else."""

    event: UUID
    starts_at: datetime
    ends_at: datetime
    title: str


MOST_PEOPLE = 512
"""Asked for at once; the statement is written for 1, 2, 4 … people, so that it is compiled a few times only."""


async def busy(people: Sequence[UUID], *, since: datetime, until: datetime) -> dict[UUID, list[Busy]]:
    """What stands in these people's calendars and overlaps the time from ``since`` to ``until``, the first first.

    Touching is not overlapping; cancelled events and those that a person was withdrawn from leave them free, whatever
    they answered. Everyone asked for is in the answer. One query for up to 512 people.
    """
    found: dict[UUID, list[Busy]] = {person: [] for person in people}
    unique = list(found)
    for start in range(0, len(unique), MOST_PEOPLE):
        part = unique[start : start + MOST_PEOPLE]
        places = 1 << (len(part) - 1).bit_length()
        wanted = part + part[-1:] * (places - len(part))
        given = {f"person_{number}": person for number, person in enumerate(wanted)}
        for row in await _busy(places).run(**given, since=since, until=until):
            found[row["person"]].append(Busy(row["event"], row["starts_at"], row["ends_at"], row["title"]))
    return found


@lru_cache
def _busy(places: int) -> database.CompiledSQL:
    wanted = ", ".join(f":person_{number}" for number in range(places))
    return database.compiled_sql(f"""
        SELECT i.person, e.id AS event, e.starts_at, e.ends_at,
            CASE WHEN i.title = '' THEN e.title ELSE i.title END AS title
        FROM invitee i JOIN calendar_event e ON e.id = i.event
        WHERE i.person IN ({wanted}) AND i.state = 'invited' AND e.status = 'confirmed'
            AND e.ends_at > :since AND e.starts_at < :until
        ORDER BY e.starts_at, e.id
    """)  # noqa: S608 - only names of places


def in_calendar(each: Event) -> ical.Event:
    """An event as a feed writes it. The same UID as in the invite, so that no calendar shows it twice."""
    return ical.Event(
        uid=each.uid,
        title=each.title,
        starts=each.starts_at,
        ends=each.ends_at,
        zone=each.zone,
        created=each.created_at,
        changed=each.changed_at,
        sequence=each.sequence,
        description=each.description,
        place=each.place,
        join_link=each.link,
        cancelled=each.status is EventStatus.CANCELLED,
        private=each.private,
    )


def _stands(row: dict[str, Any]) -> bool:
    return row["state"] == InviteeState.INVITED and row["status"] == EventStatus.CONFIRMED


def _event(row: dict[str, Any]) -> Event:
    reply = rules.effective_reply(
        Reply(row["reply"]), reply_sequence=row["reply_sequence"], asked_sequence=row["asked_sequence"]
    )
    given = {name: row[name] for name in Event.__struct_fields__}
    title = row["own_title"] or row["title"]
    return Event(**{**given, "title": title, "status": EventStatus(row["status"]), "reply": reply})
