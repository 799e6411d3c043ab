"""What was written: notes for their author, actions for coach and coachee, the log of a coach."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.record.tables import LogKind, Party

_SEAT = database.compiled_sql("""
    SELECT s.id AS session, s.enrolment, s.coach, s.kind, s.status, s.starts_at, s.ends_at, s.zone,
           k.person AS coach_person, kp.name AS coach_name, en.person AS coachee, ep.name AS coachee_name
    FROM coaching_session s
    JOIN coach k ON k.id = s.coach
    JOIN person kp ON kp.id = k.person
    JOIN enrolment en ON en.id = s.enrolment
    JOIN person ep ON ep.id = en.person
    WHERE s.id = :session AND (k.person = :person OR en.person = :person)
""")

_NOTE = database.compiled_sql("""
    SELECT text, written_at, changed_at, in_copies FROM private_note WHERE session = :session AND author = :author
""")

_NOTES_OF = database.compiled_sql("""
    SELECT n.session, n.text, n.written_at, n.changed_at, n.in_copies, s.starts_at, s.ends_at, s.zone,
           kp.name AS coach_name, ep.name AS coachee_name, g.name AS programme_name
    FROM private_note n
    JOIN coaching_session s ON s.id = n.session
    JOIN coach k ON k.id = s.coach
    JOIN person kp ON kp.id = k.person
    JOIN enrolment en ON en.id = s.enrolment
    JOIN person ep ON ep.id = en.person
    JOIN cohort c ON c.id = en.cohort
    JOIN programme g ON g.id = c.programme
    WHERE n.author = :author
    ORDER BY s.starts_at, n.session
""")

_ACTIONS = database.compiled_sql("""
    SELECT a.id, a.session, a.text, a.due_on, a.done_at, a.added_by, a.added_at, p.name AS added_by_name,
           s.starts_at AS session_starts_at
    FROM shared_action a
    JOIN coaching_session s ON s.id = a.session
    JOIN person p ON p.id = a.added_by
    WHERE s.enrolment = :enrolment AND s.coach = :coach AND s.starts_at <= :starts_at
        AND (a.session = :session OR a.done_at IS NULL)
    ORDER BY s.starts_at DESC, a.added_at, a.id
""")

_ACTION = database.compiled_sql("""
    SELECT a.id, a.session, a.text, a.due_on, a.done_at, a.added_by, a.added_at, p.name AS added_by_name,
           s.starts_at AS session_starts_at
    FROM shared_action a
    JOIN coaching_session s ON s.id = a.session
    JOIN person p ON p.id = a.added_by
    WHERE a.id = :action AND s.enrolment = :enrolment AND s.coach = :coach
""")

_LOG = database.compiled_sql("""
    SELECT id, kind, day, minutes, what, learned, added_at FROM log_entry
    WHERE coach = :coach ORDER BY day DESC, added_at DESC, id
""")

_LOG_ENTRY = database.compiled_sql("""
    SELECT id, kind, day, minutes, what, learned, added_at FROM log_entry WHERE id = :entry AND coach = :coach
""")

_COACH_ID = database.compiled_sql("SELECT id FROM coach WHERE person = :person")


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two people of a coaching session, in it."""

    session: UUID
    enrolment: UUID
    coach: UUID
    kind: SessionKind
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    zone: str
    coach_person: UUID
    coach_name: str
    coachee: UUID
    coachee_name: str
    party: Party

    @property
    def other_name(self) -> str:
        """Who sits opposite."""
        return self.coachee_name if self.party is Party.COACH else self.coach_name

    @property
    def path(self) -> str:
        return f"/coaching/sessions/{self.session}"


async def seat(session: UUID, person: UUID) -> Seat:
    """This person's seat in a session. Raises NotFound unless they are its coach or its coachee."""
    row = await _SEAT.first(session=session, person=person)
    if row is None:
        raise NotFound
    party = Party.COACHEE if row["coachee"] == person else Party.COACH
    kind, status = SessionKind(row.pop("kind")), SessionStatus(row.pop("status"))
    return Seat(**row, kind=kind, status=status, party=party)


def seat_of(view: SessionView, person: UUID) -> Seat:
    """The same for a session that is loaded already."""
    party = view.party_of(person)
    if party is None:
        raise NotFound
    names = ("enrolment", "coach", "kind", "status", "starts_at", "ends_at", "zone", "coach_person", "coach_name")
    return Seat(
        **{name: getattr(view, name) for name in (*names, "coachee", "coachee_name")},
        session=view.id,
        party=Party(party.value),
    )


class Note(msgspec.Struct, frozen=True):
    """A private note, for its author."""

    text: str
    written_at: datetime
    changed_at: datetime
    in_copies: bool = False
    """Whether the coachee's copy of everything held on them has it. Never true of what a coachee writes."""


async def note(session: UUID, author: UUID) -> Note | None:
    """What this author wrote about this session. There is no way to ask for somebody else's."""
    row = await _NOTE.first(session=session, author=author)
    return None if row is None else Note(**row)


class NoteOf(msgspec.Struct, frozen=True, kw_only=True):
    """One note in the file that its author takes away."""

    session: UUID
    text: str
    written_at: datetime
    changed_at: datetime
    in_copies: bool
    starts_at: datetime
    ends_at: datetime
    zone: str
    coach_name: str
    coachee_name: str
    programme_name: str


async def notes_of(author: UUID) -> list[NoteOf]:
    """Everything that one person wrote for themselves, the earliest session first."""
    return [NoteOf(**row) for row in await _NOTES_OF.run(author=author)]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What the coachee will do."""

    id: UUID
    session: UUID
    text: str
    due_on: date | None
    done_at: datetime | None
    added_by: UUID
    added_by_name: str
    added_at: datetime
    session_starts_at: datetime


async def actions(seat: Seat) -> list[Action]:
    """The actions of this session, then what is still open from earlier ones with the same coach."""
    rows = await _ACTIONS.run(
        enrolment=seat.enrolment, coach=seat.coach, session=seat.session, starts_at=seat.starts_at
    )
    found = [Action(**row) for row in rows]
    return sorted(found, key=lambda action: action.session != seat.session)


async def action(seat: Seat, action: UUID) -> Action:
    """One action of these two people. Raises NotFound."""
    row = await _ACTION.first(action=action, enrolment=seat.enrolment, coach=seat.coach)
    if row is None:
        raise NotFound
    return Action(**row)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a coach's log."""

    id: UUID
    kind: LogKind
    day: date
    minutes: int
    what: str
    learned: str
    added_at: datetime


async def log_of(coach: UUID) -> list[Entry]:
    """A coach's own log, the latest day first. For nobody else: pass the id of the coach who asks."""
    return [Entry(**row | {"kind": LogKind(row["kind"])}) for row in await _LOG.run(coach=coach)]


async def log_entry(coach: UUID, entry: UUID) -> Entry:
    """One line of this coach's log. Raises NotFound for another coach's."""
    row = await _LOG_ENTRY.first(coach=coach, entry=entry)
    if row is None:
        raise NotFound
    return Entry(**row | {"kind": LogKind(row["kind"])})


async def coach_id(person: UUID) -> UUID:
    """The coach that a person is. Raises NotFound."""
    row = await _COACH_ID.first(person=person)
    if row is None:
        raise NotFound
    coach: UUID = row["id"]
    return coach
