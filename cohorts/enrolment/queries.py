"""Who is in, who waits, who has left, for pages and other rooms. One query an answer, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from cohorts.enrolment.rules import CALLED, LIVE
from cohorts.enrolment.tables import EnrolmentStatus as S

TAG_COLOUR = {S.ENROLLED: "green", S.OFFERED: "yellow", S.WAITLISTED: "blue"}
"""Others are grey."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One person in a cohort, as a list shows them."""

    enrolment: UUID
    person: UUID
    name: str
    address: str
    organisation: str
    status: S
    confirmed: bool
    held_until: datetime | None
    joined_list_at: datetime | None
    since: datetime
    """When they enrolled, joined the list, or left."""
    reason: str

    @property
    def status_name(self) -> str:
        return CALLED[self.status]

    @property
    def colour(self) -> str:
        return TAG_COLOUR.get(self.status, "grey")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many people stand how in a cohort."""

    enrolled: int = 0
    offered: int = 0
    waiting: int = 0
    left: int = 0
    """Withdrawn, declined, expired or cancelled."""

    @property
    def taken(self) -> int:
        return self.enrolled + self.offered


_LINE = """
    SELECT e.id AS enrolment, e.person, p.name, a.address, o.name AS organisation, e.organisation_name, e.status,
           e.confirmed_at, e.held_until, e.joined_list_at, e.created_at, e.enrolled_at, e.ended_at, e.reason
    FROM enrolment e JOIN person p ON p.id = e.person
    LEFT JOIN email_address a ON a.person = p.id AND a."primary"
    LEFT JOIN organisation o ON o.id = e.organisation
"""
_ROSTER = database.compiled_sql(_LINE + "WHERE e.cohort = :cohort ORDER BY lower(p.name), e.id")
_WAITING = database.compiled_sql(_LINE + "WHERE e.cohort = :cohort AND e.status = 'waitlisted' ORDER BY e.list_number")
_EXPECTED = database.compiled_sql(
    _LINE + "WHERE e.cohort = :cohort AND e.status = 'enrolled' ORDER BY lower(p.name), e.id"
)
_ONE = database.compiled_sql(_LINE + "WHERE e.id = :enrolment AND e.cohort = :cohort")


async def roster(cohort: UUID, *, everybody: bool = False) -> list[Entry]:
    """Who has a place, is offered one or waits, by name; with ``everybody`` also who has left."""
    found = [_entry(row) for row in await _ROSTER.run(cohort=cohort)]
    return found if everybody else [entry for entry in found if entry.status in LIVE]


async def waiting(cohort: UUID) -> list[Entry]:
    """The waiting list in its order: the first gets the next place."""
    return [_entry(row) for row in await _WAITING.run(cohort=cohort)]


async def expected(cohort: UUID) -> list[Entry]:
    """Who is enrolled, and so expected at the sessions, by name."""
    return [_entry(row) for row in await _EXPECTED.run(cohort=cohort)]


async def entry(cohort: UUID, enrolment: UUID) -> Entry | None:
    """One line of the roster; None for an enrolment of another cohort."""
    row = await _ONE.first(cohort=cohort, enrolment=enrolment)
    return None if row is None else _entry(row)


def _entry(row: dict[str, Any]) -> Entry:
    status = S(row["status"])
    since = {S.ENROLLED: row["enrolled_at"], S.WAITLISTED: row["joined_list_at"], S.OFFERED: row["created_at"]}
    return Entry(
        enrolment=row["enrolment"],
        person=row["person"],
        name=row["name"],
        address=row["address"] or "",
        organisation=row["organisation"] or row["organisation_name"],
        status=status,
        confirmed=row["confirmed_at"] is not None,
        held_until=row["held_until"],
        joined_list_at=row["joined_list_at"],
        since=since.get(status, row["ended_at"]) or row["created_at"],
        reason=row["reason"],
    )


async def counts(cohorts: Sequence[UUID]) -> dict[UUID, Counts]:
    """How many people stand how, for each of these cohorts."""
    found: dict[UUID, dict[str, int]] = {cohort: {} for cohort in cohorts}
    if not found:
        return {}
    rows = await database.fetch(
        "SELECT cohort, status, count(*) AS people FROM enrolment "
        f"WHERE cohort IN ({', '.join(['{}'] * len(found))}) GROUP BY cohort, status",  # noqa: S608
        *found,
    )
    for row in rows:
        found[row["cohort"]][row["status"]] = row["people"]
    return {cohort: _counts(by_status) for cohort, by_status in found.items()}


def _counts(by_status: dict[str, int]) -> Counts:
    return Counts(
        enrolled=by_status.get(S.ENROLLED, 0),
        offered=by_status.get(S.OFFERED, 0),
        waiting=by_status.get(S.WAITLISTED, 0),
        left=_sum(by_status, (S.WITHDRAWN, S.DECLINED, S.EXPIRED, S.CANCELLED)),
    )


def _sum(by_status: dict[str, int], statuses: Iterable[S]) -> int:
    return sum(by_status.get(status, 0) for status in statuses)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step in the life of an enrolment, in words."""

    at: datetime
    what: str
    who: str
    reason: str


_HISTORY = database.compiled_sql("""
    SELECT h.at, h.from_status, h.to_status, h.reason, h.by, p.name
    FROM enrolment_change h LEFT JOIN person p ON p.id = h.by
    WHERE h.enrolment = :enrolment ORDER BY h.at DESC, h.id
""")


async def history(enrolment: UUID) -> list[Step]:
    """The steps of an enrolment, the latest first."""
    return [
        Step(
            at=row["at"],
            what=CALLED[S(row["to_status"])],
            who=row["name"] or ("The academy" if row["from_status"] else "Registration page"),
            reason=row["reason"],
        )
        for row in await _HISTORY.run(enrolment=enrolment)
    ]


class OwnEnrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A person's own line: one cohort they are or were in."""

    enrolment: UUID
    cohort: UUID
    code: str
    name: str
    programme_name: str
    status: S
    position: int
    """On the waiting list; 0 for who is not on it."""
    confirmed: bool
    held_until: datetime | None
    first_starts_at: datetime | None
    last_ends_at: datetime | None
    zone: str

    @property
    def status_name(self) -> str:
        return CALLED[self.status]


_OF_PERSON = database.compiled_sql("""
    SELECT e.id AS enrolment, e.cohort, c.code, c.name, g.name AS programme_name, e.status, e.confirmed_at,
           e.held_until, c.first_starts_at, c.last_ends_at, c.zone,
           (SELECT count(*) FROM enrolment o WHERE e.status = 'waitlisted' AND o.cohort = e.cohort
               AND o.status = 'waitlisted' AND o.list_number <= e.list_number) AS position
    FROM enrolment e JOIN cohort c ON c.id = e.cohort JOIN programme g ON g.id = c.programme
    WHERE e.person = :person ORDER BY c.first_starts_at DESC, e.id
""")


async def of_person(person: UUID) -> list[OwnEnrolment]:
    """Every cohort a person is or was in, the latest first."""
    return [
        OwnEnrolment(
            **{name: value for name, value in row.items() if name not in ("status", "confirmed_at")},
            status=S(row["status"]),
            confirmed=row["confirmed_at"] is not None,
        )
        for row in await _OF_PERSON.run(person=person)
    ]


_ORGANISATION_NAMED = database.compiled_sql("""
    SELECT id FROM organisation WHERE lower(name) IN (:typed, :other) OR lower(short_name) IN (:typed, :other)
    UNION SELECT organisation FROM organisation_name WHERE lower(name) IN (:typed, :other)
""")


async def organisation_named(typed: str) -> UUID | None:
    """The organisation that somebody means, by its name or another of its names; None if none or two have it."""
    plain = " ".join(typed.lower().split())
    if not plain:
        return None
    other = plain.replace(" & ", " and ") if " & " in plain else plain.replace(" and ", " & ")
    rows = await _ORGANISATION_NAMED.run(typed=plain, other=other)
    return rows[0]["id"] if len(rows) == 1 else None
