"""What the registers say."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from cohorts.attendance.rules import Planned, Times, attended
from cohorts.attendance.tables import Mark
from cohorts.schedule.tables import CohortStatus, SessionStatus

SESSION = database.compiled_sql("""
    SELECT s.id, s.title, s.status, s.compulsory, s.event, e.starts_at, e.ends_at, e.zone, e.place, e.link,
           c.id AS cohort, c.code, c.name AS cohort_name, c.status AS cohort_status, p.name AS programme_name
    FROM cohort_session s
    JOIN calendar_event e ON e.id = s.event
    JOIN cohort c ON c.id = s.cohort
    JOIN programme p ON p.id = c.programme
    WHERE s.id = :session
""")

PEOPLE = database.compiled_sql("""
    SELECT en.id AS enrolment, en.person, pe.name, en.status, en.organisation_name, o.name AS organisation,
           i.reply, i.state AS invited, a.mark, a.minutes, a.note, a.previous_mark, a.previous_minutes,
           a.previous_note, a.marked_at, a.source, m.name AS marker
    FROM enrolment en
    JOIN person pe ON pe.id = en.person
    LEFT JOIN organisation o ON o.id = en.organisation
    LEFT JOIN invitee i ON i.event = :event AND i.person = en.person AND i.takes_part
    LEFT JOIN attendance a ON a.enrolment = en.id AND a.session = :session
    LEFT JOIN person m ON m.id = a.marked_by
    WHERE en.cohort = :cohort AND (en.status = 'enrolled' OR (a.mark IS NOT NULL AND a.mark <> 'unmarked'))
""")

LED_BY = database.compiled_sql("""
    SELECT s.id, s.title, s.status, s.cancel_reason, c.id AS cohort, c.name AS cohort_name, c.status AS cohort_status,
           p.name AS programme_name, e.starts_at, e.ends_at, e.zone, e.place, e.link,
           (SELECT count(*) FROM enrolment en WHERE en.cohort = c.id AND en.status = 'enrolled') AS expected,
           (SELECT count(*) FROM attendance a WHERE a.session = s.id AND a.mark <> 'unmarked') AS marked
    FROM facilitator f
    JOIN cohort_session s ON s.id = f.session
    JOIN calendar_event e ON e.id = s.event
    JOIN cohort c ON c.id = s.cohort
    JOIN programme p ON p.id = c.programme
    WHERE f.person = :person AND c.status <> 'planned'
    ORDER BY e.starts_at
""")

STATES = database.compiled_sql("""
    SELECT s.id, count(en.id) AS expected,
           sum(CASE WHEN a.mark IS NOT NULL AND a.mark <> 'unmarked' THEN 1 ELSE 0 END) AS marked,
           sum(CASE WHEN a.mark IN ('present', 'late', 'partial') THEN 1 ELSE 0 END) AS there
    FROM cohort_session s
    LEFT JOIN enrolment en ON en.cohort = s.cohort AND en.status = 'enrolled'
    LEFT JOIN attendance a ON a.session = s.id AND a.enrolment = en.id
    WHERE s.cohort = :cohort
    GROUP BY s.id
""")

MARKS = database.compiled_sql("""
    SELECT a.session, a.enrolment, a.mark, a.minutes
    FROM attendance a JOIN cohort_session s ON s.id = a.session
    WHERE s.cohort = :cohort AND a.mark <> 'unmarked'
""")

SESSIONS = database.compiled_sql("""
    SELECT s.id, s.title, s.compulsory, s.status, e.starts_at, e.ends_at, e.zone
    FROM cohort_session s JOIN calendar_event e ON e.id = s.event
    WHERE s.cohort = :cohort
    ORDER BY e.starts_at, s.id
""")

MINUTES = database.compiled_sql("""
    SELECT a.enrolment, en.person, sum(a.minutes) AS minutes
    FROM attendance a
    JOIN cohort_session s ON s.id = a.session
    JOIN enrolment en ON en.id = a.enrolment
    WHERE s.cohort = :cohort AND s.status <> 'cancelled'
    GROUP BY a.enrolment, en.person
""")


UNDO = "undo"
"""The source of marks that a save was taken back to."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The session that a register belongs to."""

    id: UUID
    title: str
    status: SessionStatus
    compulsory: bool
    event: UUID
    times: Times
    place: str
    link: str
    cohort: UUID
    cohort_code: str
    cohort_name: str
    cohort_status: CohortStatus
    programme_name: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One person in a register. ``was`` is the mark before the last save; empty: nothing to undo."""

    enrolment: UUID
    person: UUID
    name: str
    organisation: str
    enrolled: bool
    reply: str
    mark: Mark
    minutes: int
    note: str
    was: str
    was_minutes: int
    was_note: str
    marked_at: datetime | None
    marked_by: str
    source: str


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """A register as it stands."""

    session: Held
    lines: list[Line]

    @property
    def saved_at(self) -> datetime | None:
        """When it was last saved."""
        return max((line.marked_at for line in self.lines if line.marked_at), default=None)

    @property
    def last_save(self) -> list[Line]:
        """Who was marked by the last save and can be put back to what was before."""
        latest = self.saved_at
        return [line for line in self.lines if line.was and line.marked_at == latest]

    @property
    def saved_by(self) -> str:
        latest = self.saved_at
        return next((line.marked_by for line in self.lines if latest and line.marked_at == latest), "")

    @property
    def undone(self) -> bool:
        """Whether the last save took another one back. To undo it brings that one back."""
        latest = self.saved_at
        return any(line.source == UNDO for line in self.lines if latest and line.marked_at == latest)

    @property
    def marked(self) -> int:
        return sum(line.mark is not Mark.UNMARKED for line in self.lines)


async def session_held(session: UUID) -> Held | None:
    """The session with its cohort, or None."""
    row = await SESSION.first(session=session)
    if row is None:
        return None
    return Held(
        id=row["id"],
        title=row["title"],
        status=SessionStatus(row["status"]),
        compulsory=row["compulsory"],
        event=row["event"],
        times=Times(row["starts_at"], row["ends_at"], row["zone"]),
        place=row["place"],
        link=row["link"],
        cohort=row["cohort"],
        cohort_code=row["code"],
        cohort_name=row["cohort_name"],
        cohort_status=CohortStatus(row["cohort_status"]),
        programme_name=row["programme_name"],
    )


async def register(session: UUID) -> Register | None:
    """The register by name: who is enrolled, and who was marked before they left. Two queries.

    None if there is no such session.
    """
    held = await session_held(session)
    if held is None:
        return None
    rows = await PEOPLE.run(event=held.event, session=held.id, cohort=held.cohort)
    lines = [
        Line(
            enrolment=row["enrolment"],
            person=row["person"],
            name=row["name"],
            organisation=row["organisation"] or row["organisation_name"],
            enrolled=row["status"] == "enrolled",
            reply=(row["reply"] or "") if row["invited"] == "invited" else "",
            mark=Mark(row["mark"] or Mark.UNMARKED),
            minutes=row["minutes"] or 0,
            note=row["note"] or "",
            was=row["previous_mark"] or "",
            was_minutes=row["previous_minutes"] or 0,
            was_note=row["previous_note"] or "",
            marked_at=row["marked_at"],
            marked_by=row["marker"] or "",
            source=row["source"] or "",
        )
        for row in rows
    ]
    return Register(session=held, lines=sorted(lines, key=lambda line: (line.name.casefold(), str(line.enrolment))))


class Led(msgspec.Struct, frozen=True, kw_only=True):
    """One session on its facilitator's list."""

    id: UUID
    title: str
    cohort_name: str
    programme_name: str
    times: Times
    place: str
    link: str
    cancelled: bool
    cancel_reason: str
    closed: bool
    expected: int
    marked: int

    def untaken(self, now: datetime) -> bool:
        """Whether the session is over and its register still has somebody unmarked."""
        over = self.times.ends_at <= now and not self.cancelled and not self.closed
        return over and self.marked < self.expected


async def led_by(person: UUID) -> list[Led]:
    """The sessions that a person leads, earliest first; cohorts that are not published yet are left out. One query."""
    return [
        Led(
            id=row["id"],
            title=row["title"],
            cohort_name=row["cohort_name"],
            programme_name=row["programme_name"],
            times=Times(row["starts_at"], row["ends_at"], row["zone"]),
            place=row["place"] or ("Online" if row["link"] else ""),
            link=row["link"],
            cancelled="cancelled" in (row["status"], row["cohort_status"]),
            cancel_reason=row["cancel_reason"],
            closed=row["cohort_status"] == CohortStatus.CLOSED,
            expected=row["expected"],
            marked=row["marked"],
        )
        for row in await LED_BY.run(person=person)
    ]


class State(msgspec.Struct, frozen=True):
    """How far a register is: people enrolled, marked, and there (present, late or partly)."""

    expected: int
    marked: int
    there: int


async def states(cohort: UUID) -> dict[UUID, State]:
    """How far the register of each session of a cohort is. One query."""
    return {
        row["id"]: State(row["expected"], row["marked"] or 0, row["there"] or 0)
        for row in await STATES.run(cohort=cohort)
    }


async def marks(cohort: UUID) -> dict[UUID, dict[UUID, tuple[Mark, int]]]:
    """For each enrolment, the mark and minutes in each session where it was marked. One query."""
    found: dict[UUID, dict[UUID, tuple[Mark, int]]] = {}
    for row in await MARKS.run(cohort=cohort):
        found.setdefault(row["enrolment"], {})[row["session"]] = (Mark(row["mark"]), row["minutes"])
    return found


async def sessions(cohort: UUID) -> list[Planned]:
    """The sessions of a cohort, earliest first, cancelled ones too. One query."""
    return [
        Planned(
            id=row["id"],
            title=row["title"],
            compulsory=row["compulsory"],
            cancelled=row["status"] == SessionStatus.CANCELLED,
            times=Times(row["starts_at"], row["ends_at"], row["zone"]),
        )
        for row in await SESSIONS.run(cohort=cohort)
    ]


class Standing(msgspec.Struct, frozen=True):
    """What the registers say of one person: minutes attended, and compulsory sessions held without them."""

    minutes: int
    missed_compulsory: list[str]


async def standing(cohort: UUID) -> dict[UUID, Standing]:
    """The same for everybody who was ever marked in a cohort, by person. Three queries."""
    held = [session for session in await sessions(cohort) if not session.cancelled]
    marked = await marks(cohort)
    return {
        row["person"]: Standing(
            int(row["minutes"]),
            [
                session.title
                for session in held
                if session.compulsory
                and not attended(
                    *marked.get(row["enrolment"], {}).get(session.id, (Mark.UNMARKED, 0)), session.times.minutes
                )
            ],
        )
        for row in await MINUTES.run(cohort=cohort)
    }
