"""Where a cohort stands on its way to being closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from cohorts.attendance import queries as attendance
from cohorts.attendance.queries import State
from cohorts.attendance.rules import Planned
from cohorts.completion import rules
from cohorts.completion.tables import OutcomeKind
from cohorts.schedule.tables import CohortStatus

_COHORT = """
    SELECT c.id, c.code, c.name, c.status, c.zone, c.closed_at, c.programme, p.name AS programme_name,
           p.sessions_needed, p.cpd_minutes, s.role AS sponsor_role, o.name AS sponsor,
           EXISTS (SELECT 1 FROM coaching_rules r WHERE r.programme = c.programme) AS has_coaching
    FROM cohort c
    JOIN programme p ON p.id = c.programme
    LEFT JOIN sponsorship s ON s.id = c.sponsorship
    LEFT JOIN organisation o ON o.id = s.organisation
"""
BY_ID = database.compiled_sql(f"{_COHORT} WHERE c.id = :cohort")
BY_CODE = database.compiled_sql(f"{_COHORT} WHERE c.code = :code")

ENROLLED = database.compiled_sql("""
    SELECT en.id AS enrolment, en.person, pe.name, en.organisation_name, o.name AS organisation, ou.outcome,
           ou.missing AS recorded_missing
    FROM enrolment en
    JOIN person pe ON pe.id = en.person
    LEFT JOIN organisation o ON o.id = en.organisation
    LEFT JOIN outcome ou ON ou.enrolment = en.id
    WHERE en.cohort = :cohort AND en.status = 'enrolled'
""")


BETWEEN = "\n"
"""Stands between what is missing, as stored."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """What closing a cohort needs to know of it."""

    id: UUID
    code: str
    name: str
    status: CohortStatus
    zone: str
    closed_at: datetime | None
    programme: UUID
    programme_name: str
    sessions_needed: int | None
    cpd_minutes: int
    sponsor_line: str
    has_coaching: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the way out. ``recorded`` is the outcome stored so far."""

    enrolment: UUID
    person: UUID
    name: str
    organisation: str
    completed: bool
    missing: list[str]
    minutes: int
    attended: int
    held: int
    recorded: OutcomeKind | None
    recorded_missing: list[str]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort with its sessions, how far each register is, and a verdict on everybody enrolled, by name."""

    cohort: Closing
    sessions: list[Planned]
    registers: Mapping[UUID, State]
    verdicts: list[Verdict]

    @property
    def completed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.completed]

    @property
    def unmarked(self) -> list[tuple[Planned, int]]:
        """Sessions whose register is not complete, and how many people are not marked in it."""
        return [
            (session, self.registers[session.id].expected - self.registers[session.id].marked)
            for session in self.sessions
            if not session.cancelled and self.registers[session.id].marked < self.registers[session.id].expected
        ]

    @property
    def held_minutes(self) -> int:
        return sum(session.times.minutes for session in self.sessions if not session.cancelled)


async def cohort_with_code(code: str) -> UUID | None:
    row = await BY_CODE.first(code=code)
    return None if row is None else row["id"]


async def standing(cohort: UUID) -> Standing | None:
    """Where the cohort stands; None if there is no such cohort. Five queries, however many people."""
    row = await BY_ID.first(cohort=cohort)
    if row is None:
        return None
    sponsor = f"{row['sponsor_role']} {row['sponsor']}" if row["sponsor"] else ""
    found = Closing(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        status=CohortStatus(row["status"]),
        zone=row["zone"],
        closed_at=row["closed_at"],
        programme=row["programme"],
        programme_name=row["programme_name"],
        sessions_needed=row["sessions_needed"],
        cpd_minutes=row["cpd_minutes"],
        sponsor_line=sponsor,
        has_coaching=bool(row["has_coaching"]),
    )
    sessions = await attendance.sessions(cohort)
    marks = await attendance.marks(cohort)
    verdicts = []
    for person in await ENROLLED.run(cohort=cohort):
        decision = rules.decide(sessions, marks.get(person["enrolment"], {}), found.sessions_needed)
        verdicts.append(
            Verdict(
                enrolment=person["enrolment"],
                person=person["person"],
                name=person["name"],
                organisation=person["organisation"] or person["organisation_name"],
                completed=decision.completed,
                missing=decision.missing,
                minutes=decision.minutes,
                attended=decision.attended,
                held=decision.held,
                recorded=OutcomeKind(person["outcome"]) if person["outcome"] else None,
                recorded_missing=[part for part in (person["recorded_missing"] or "").split(BETWEEN) if part],
            )
        )
    return Standing(
        cohort=found,
        sessions=sessions,
        registers=await attendance.states(cohort),
        verdicts=sorted(verdicts, key=lambda verdict: (verdict.name.casefold(), str(verdict.enrolment))),
    )
