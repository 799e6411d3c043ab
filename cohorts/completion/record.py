"""A person's learning record: what they attended and completed, and their hours in each calendar year."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.alumni import queries as alumni
from academy.alumni.queries import CertificateFacts
from academy.invites.times import utc_to_local
from cohorts.attendance.rules import Times
from cohorts.attendance.tables import Mark
from cohorts.completion import rules
from cohorts.completion.tables import OutcomeKind
from cohorts.schedule.tables import CohortStatus

OF_PERSON = database.compiled_sql("""
    SELECT en.id AS enrolment, en.status AS enrolment_status, c.id AS cohort, c.code, c.name AS cohort_name,
           c.status AS cohort_status, p.name AS programme_name, p.cpd_minutes, s.id AS session, s.title,
           e.starts_at, e.ends_at, e.zone, a.mark, a.minutes, ou.outcome
    FROM enrolment en
    JOIN cohort c ON c.id = en.cohort
    JOIN programme p ON p.id = c.programme
    JOIN cohort_session s ON s.cohort = c.id
    JOIN calendar_event e ON e.id = s.event
    LEFT JOIN attendance a ON a.session = s.id AND a.enrolment = en.id
    LEFT JOIN outcome ou ON ou.enrolment = en.id
    WHERE en.person = :person AND c.status IN ('open', 'closed') AND s.status <> 'cancelled'
    ORDER BY e.starts_at, s.id
""")


class Attended(msgspec.Struct, frozen=True, kw_only=True):
    """One session that is over or was marked. ``cpd`` is its share of the programme's CPD, in minutes."""

    session: UUID
    title: str
    times: Times
    mark: Mark
    minutes: int
    cpd: int


class CohortRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort in a person's record."""

    id: UUID
    code: str
    name: str
    programme_name: str
    sessions: list[Attended]
    minutes: int
    cpd: int
    outcome: OutcomeKind | None
    """None until the cohort is closed."""
    certificate: CertificateFacts | None


class Year(msgspec.Struct, frozen=True):
    """Minutes really attended in one calendar year, by the clocks where the sessions were."""

    year: int
    contact: int
    cpd: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The whole record: cohorts and years, latest first, and certificates that are valid."""

    cohorts: list[CohortRecord]
    years: list[Year]
    certificates: list[CertificateFacts]

    def year(self, number: int) -> Year:
        return next((year for year in self.years if year.year == number), Year(number, 0, 0))


async def record_of(person: UUID, now: datetime) -> Record:
    """What one person attended and completed. Two queries."""
    rows = await OF_PERSON.run(person=person)
    certificates = await alumni.certificates_of(person)
    latest = {one.cohort_id: one for one in reversed(certificates)}
    by_enrolment: dict[UUID, list[dict[str, object]]] = {}
    for row in rows:
        by_enrolment.setdefault(row["enrolment"], []).append(row)
    cohorts = [cohort for group in by_enrolment.values() if (cohort := _cohort(group, latest, now)) is not None]
    cohorts.sort(key=lambda cohort: cohort.sessions[-1].times.starts_at, reverse=True)
    return Record(cohorts=cohorts, years=_years(cohorts), certificates=[one for one in certificates if one.valid])


def _cohort(rows: list[dict], latest: dict[UUID, CertificateFacts], now: datetime) -> CohortRecord | None:  # type: ignore[type-arg]
    """One cohort with the sessions that are over or were marked; None if there are none, or the person left before."""
    times = {row["session"]: Times(row["starts_at"], row["ends_at"], row["zone"]) for row in rows}
    planned = sum(one.minutes for one in times.values())
    enrolled = rows[0]["enrolment_status"] == "enrolled"
    sessions: list[Attended] = []
    so_far = 0
    for row in rows:
        mark = Mark(row["mark"] or Mark.UNMARKED)
        if mark is Mark.UNMARKED and not (enrolled and times[row["session"]].ends_at <= now):
            continue
        before = rules.cpd_minutes(so_far, planned, row["cpd_minutes"])
        so_far += row["minutes"] or 0
        sessions.append(
            Attended(
                session=row["session"],
                title=row["title"],
                times=times[row["session"]],
                mark=mark,
                minutes=row["minutes"] or 0,
                cpd=rules.cpd_minutes(so_far, planned, row["cpd_minutes"]) - before,
            )
        )
    if not sessions:
        return None
    first = rows[0]
    return CohortRecord(
        id=first["cohort"],
        code=first["code"],
        name=first["cohort_name"],
        programme_name=first["programme_name"],
        sessions=sessions,
        minutes=so_far,
        cpd=sum(session.cpd for session in sessions),
        outcome=OutcomeKind(first["outcome"])
        if first["outcome"] and first["cohort_status"] == CohortStatus.CLOSED
        else None,
        certificate=latest.get(first["cohort"]),
    )


def _years(cohorts: list[CohortRecord]) -> list[Year]:
    contact: dict[int, int] = {}
    cpd: dict[int, int] = {}
    for cohort in cohorts:
        for session in cohort.sessions:
            year = utc_to_local(session.times.starts_at, session.times.zone).year
            contact[year] = contact.get(year, 0) + session.minutes
            cpd[year] = cpd.get(year, 0) + session.cpd
    return [Year(year, contact[year], cpd[year]) for year in sorted(contact, reverse=True)]
