"""A cohort, and one person's enrolment in it, as they stand: read under the cohort's lock where it matters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit.service import About
from academy.errors import NotFound
from academy.invites.times import when
from cohorts.enrolment.rules import LIVE, CohortFacts
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import CohortStatus

_COHORT = database.compiled_sql("""
    SELECT c.id, c.code, c.name, c.status, c.zone, c.capacity, c.registration_opens_at, c.registration_closes_at,
           p.name AS programme_name, p.slug AS programme_slug,
           EXISTS (SELECT 1 FROM coaching_rules r WHERE r.programme = c.programme) AS has_coaching,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
           (SELECT coalesce(max(e.list_number), 0) FROM enrolment e WHERE e.cohort = c.id) AS last_number
    FROM cohort c JOIN programme p ON p.id = c.programme
    WHERE c.id = :cohort
""")

_SESSIONS = database.compiled_sql("""
    SELECT v.id AS event, s.id AS session, s.title, v.starts_at, v.ends_at, v.zone, v.place, v.link
    FROM cohort_session s JOIN calendar_event v ON v.id = s.event
    WHERE s.cohort = :cohort AND s.status = 'planned'
    ORDER BY v.starts_at, s.id
""")


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A planned session, with the time and place of its calendar event."""

    session: UUID
    event: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str

    @property
    def when(self) -> str:
        return when(self.starts_at, self.ends_at, self.zone)

    @property
    def where(self) -> str:
        """The place in words; the link of a virtual session is in its invite and nowhere else."""
        return self.place or ("Online" if self.link else "")


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort with what is taken in it, read under its lock (or for a page)."""

    id: UUID
    code: str
    name: str
    programme_name: str
    programme_slug: str
    has_coaching: bool
    facts: CohortFacts
    last_number: int
    """The highest list number ever given in this cohort."""
    sessions: tuple[Session, ...]
    """The planned ones, in order."""

    @property
    def about(self) -> About:
        return About("cohort", self.id, self.name)

    def to_come(self, now: datetime) -> list[Session]:
        return [session for session in self.sessions if session.starts_at > now]


async def read(cohort: UUID, *, now: datetime) -> Cohort:
    """The cohort as it stands. Raises NotFound."""
    row = await _COHORT.first(cohort=cohort)
    if row is None:
        raise NotFound
    sessions = tuple(Session(**each) for each in await _SESSIONS.run(cohort=cohort))
    return Cohort(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        programme_name=row["programme_name"],
        programme_slug=row["programme_slug"],
        has_coaching=bool(row["has_coaching"]),
        last_number=row["last_number"],
        sessions=sessions,
        facts=CohortFacts(
            status=CohortStatus(row["status"]),
            capacity=row["capacity"],
            taken=row["taken"],
            waiting=row["waiting"],
            opens_at=row["registration_opens_at"],
            closes_at=row["registration_closes_at"],
            first_starts_at=sessions[0].starts_at if sessions else None,
            next_starts_at=next((each.starts_at for each in sessions if each.starts_at > now), None),
            last_starts_at=sessions[-1].starts_at if sessions else None,
            zone=row["zone"],
        ),
    )


async def lock(cohort: UUID, *, now: datetime) -> Cohort:
    """Serialise on the cohort until the end of the transaction, then read it: before deciding about places."""
    await database.lock(f"cohort:{cohort}")
    return await read(cohort, now=now)


_ENROLMENT = """
    SELECT e.id, e.cohort, e.person, e.status, e.confirmed_at, e.held_until, e.organisation, e.organisation_name,
           e.job_title,
           (SELECT count(*) FROM enrolment o WHERE e.status = 'waitlisted' AND o.cohort = e.cohort
               AND o.status = 'waitlisted' AND o.list_number <= e.list_number) AS position
    FROM enrolment e WHERE
"""
_MINE = database.compiled_sql(_ENROLMENT + "e.cohort = :cohort AND e.person = :person")
_BY_ID = database.compiled_sql(_ENROLMENT + "e.id = :enrolment")
_EVERYBODY = database.compiled_sql("""
    SELECT id, cohort, person, status, confirmed_at, held_until, organisation, organisation_name, job_title,
           0 AS position
    FROM enrolment WHERE cohort = :cohort
""")


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """One person's enrolment as it stands."""

    id: UUID
    cohort: UUID
    person: UUID
    status: S
    confirmed_at: datetime | None
    held_until: datetime | None
    organisation: UUID | None
    organisation_name: str
    job_title: str
    position: int
    """On the waiting list; 1 is next. 0 for who is not on it."""

    @property
    def live(self) -> bool:
        return self.status in LIVE


async def mine(cohort: UUID, person: UUID) -> Mine | None:
    """The person's enrolment, whatever its status."""
    row = await _MINE.first(cohort=cohort, person=person)
    return None if row is None else _mine(row)


async def everybody(cohort: UUID) -> dict[UUID, Mine]:
    """All enrolments by person, without positions."""
    return {row["person"]: _mine(row) for row in await _EVERYBODY.run(cohort=cohort)}


async def enrolment(enrolment: UUID) -> Mine:
    """One enrolment. Raises NotFound."""
    row = await _BY_ID.first(enrolment=enrolment)
    if row is None:
        raise NotFound
    return _mine(row)


async def lock_both(enrolment_id: UUID, *, now: datetime) -> tuple[Cohort, Mine]:
    """An enrolment and its cohort, under the cohort's lock. Raises NotFound."""
    here = await lock((await enrolment(enrolment_id)).cohort, now=now)
    return here, await enrolment(enrolment_id)  # again, now that nobody else changes it


def _mine(row: dict[str, Any]) -> Mine:
    return Mine(**{**row, "status": S(row["status"])})
