"""Certificates, completions and alumni, for this room and others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.alumni import rules
from academy.alumni.tables import CertificateState

_CERTIFICATE = """
    SELECT ce.id, ce.number, ce.code, ce.state, ce.holder_name, ce.title, ce.organisation_name, ce.sponsor_line,
           ce.contact_minutes, ce.cpd_minutes, ce.awarded_on, ce.issued_at, ce.needs_decision, ce.ended_at,
           ce.end_reason, ce.replaced_by, co.id AS completion, co.person, co.programme_name, co.cohort_name,
           co.cohort_id, co.cohort_code, co.completed_on
    FROM certificate ce JOIN completion co ON co.id = ce.completion
"""

_VALID_LAST = "CASE WHEN ce.state = 'valid' THEN 1 ELSE 0 END"

BY_ID = database.compiled_sql(f"{_CERTIFICATE} WHERE ce.id = :certificate")
BY_CODE = database.compiled_sql(f"{_CERTIFICATE} WHERE ce.code = :code")
OF_PERSON = database.compiled_sql(
    f"{_CERTIFICATE} WHERE co.person = :person ORDER BY ce.awarded_on DESC, {_VALID_LAST} DESC, ce.issued_at DESC"
)
OF_COHORT = database.compiled_sql(f"{_CERTIFICATE} WHERE co.cohort_id = :cohort ORDER BY {_VALID_LAST}, ce.issued_at")

PEOPLE_OF_COHORT = database.compiled_sql("SELECT person FROM completion WHERE cohort_id = :cohort")

ALUMNI = database.compiled_sql(
    """
    SELECT a.person, pe.name, a.since_on, em.organisation_name AS typed, o.name AS organisation,
           count(co.id) AS completions, coalesce(sum(co.contact_minutes), 0) AS minutes,
           max(co.completed_on) AS latest_on
    FROM alumnus a
    JOIN person pe ON pe.id = a.person
    LEFT JOIN employment em ON em.person = a.person AND em.to_on IS NULL
    LEFT JOIN organisation o ON o.id = em.organisation
    LEFT JOIN completion co ON co.person = a.person
    GROUP BY a.person, pe.name, a.since_on, em.organisation_name, o.name
    """,
    types={"latest_on": date},
)
COMPLETED = database.compiled_sql(
    "SELECT person, programme_id, programme_name, completed_on FROM completion ORDER BY completed_on"
)


class CertificateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate in the words it was awarded with."""

    id: UUID
    person: UUID
    completion: UUID
    number: str
    code: str
    state: CertificateState
    holder_name: str
    title: str
    programme_name: str
    cohort_name: str
    cohort_id: UUID
    cohort_code: str
    organisation_name: str
    sponsor_line: str
    contact_minutes: int
    cpd_minutes: int
    completed_on: date
    awarded_on: date
    issued_at: datetime
    needs_decision: str
    ended_at: datetime | None
    end_reason: str
    replaced_by: UUID | None

    @property
    def valid(self) -> bool:
        return self.state is CertificateState.VALID

    @property
    def path(self) -> str:
        """The page for the holder and for coordinators."""
        return f"/certificates/{self.id}"

    @property
    def verify_path(self) -> str:
        """The page that anybody may be given."""
        return f"/verify/{self.code}"

    @property
    def file_name(self) -> str:
        return f"certificate-{self.number}.pdf"

    @property
    def cohort_beside(self) -> str:
        """The cohort, without the programme's name before it."""
        return rules.cohort_beside(self.programme_name, self.cohort_name)


def _facts(row: dict[str, Any]) -> CertificateFacts:
    return CertificateFacts(**{**row, "state": CertificateState(row["state"])})


async def certificate(certificate: UUID) -> CertificateFacts | None:
    row = await BY_ID.first(certificate=certificate)
    return None if row is None else _facts(row)


async def by_code(code: str) -> CertificateFacts | None:
    """The certificate with this code, whatever its state."""
    row = await BY_CODE.first(code=code)
    return None if row is None else _facts(row)


async def certificates_of(person: UUID) -> list[CertificateFacts]:
    """A person's certificates of any state, newest first."""
    return [_facts(row) for row in await OF_PERSON.run(person=person)]


async def certificates_of_cohort(cohort: UUID) -> dict[UUID, CertificateFacts]:
    """For each person who completed the cohort, their latest certificate. One query."""
    return {row["person"]: _facts(row) for row in await OF_COHORT.run(cohort=cohort)}


async def completed_by(cohort: UUID) -> set[UUID]:
    """Who is on record as having completed the cohort."""
    return {row["person"] for row in await PEOPLE_OF_COHORT.run(cohort=cohort)}


class AlumnusRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person in the list of alumni."""

    person: UUID
    name: str
    organisation: str
    since_on: date
    completions: int
    minutes: int
    latest_on: date | None
    latest_programme: str
    programmes: frozenset[str]
    """Ids, as text."""


class Alumni(msgspec.Struct, frozen=True):
    """All alumni by name, and the programmes that they completed (id as text, name)."""

    rows: list[AlumnusRow]
    programmes: list[tuple[str, str]]


async def alumni() -> Alumni:
    """The whole list. Two queries; names are searched in Python, since the databases disagree about ``ŵ`` and ``Ŵ``."""
    latest: dict[UUID, str] = {}
    completed: dict[UUID, set[str]] = {}
    programmes: dict[str, str] = {}
    for row in await COMPLETED.run():
        latest[row["person"]] = row["programme_name"]
        completed.setdefault(row["person"], set()).add(str(row["programme_id"]))
        programmes[str(row["programme_id"])] = row["programme_name"]
    rows = [
        AlumnusRow(
            person=row["person"],
            name=row["name"],
            organisation=row["organisation"] or row["typed"] or "",
            since_on=row["since_on"],
            completions=row["completions"],
            minutes=int(row["minutes"]),
            latest_on=row["latest_on"],
            latest_programme=latest.get(row["person"], ""),
            programmes=frozenset(completed.get(row["person"], ())),
        )
        for row in await ALUMNI.run()
    ]
    rows.sort(key=lambda row: (row.name.casefold(), str(row.person)))
    return Alumni(rows, sorted(programmes.items(), key=lambda item: item[1].casefold()))
