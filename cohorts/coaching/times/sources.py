"""The calendars that busy times are read from, as pages and timed work ask for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from academy import database
from cohorts.coaching.times.tables import BusySourceKind

FILE_DAYS = 365
"""How far ahead a file is read; it says nothing about what comes later."""
WORRYING = 3
"""Failures in a row from which on a calendar's times are no longer to be relied on."""


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """One calendar as its coach sees it. The address is a secret and not part of it."""

    id: UUID
    kind: BusySourceKind
    name: str
    server: str
    """Whose address it is, without what makes it a secret; empty for a file."""
    read_at: datetime | None
    failures: int
    problem: str
    times: int
    """Busy times to come, in as many stretches."""

    @property
    def failing(self) -> bool:
        return self.failures >= WORRYING

    @property
    def until(self) -> datetime | None:
        """Up to when a file was read."""
        if self.kind is not BusySourceKind.FILE or self.read_at is None:
            return None
        return self.read_at + timedelta(days=FILE_DAYS)


class ToRead(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a calendar takes."""

    id: UUID
    coach: UUID
    person: UUID
    kind: BusySourceKind
    name: str
    address: str
    zone: str
    horizon_days: int
    left_at: datetime | None


_OF_COACH = database.compiled_sql("""
    SELECT s.id, s.kind, s.name, s.address, s.read_at, s.failures, s.problem,
        (SELECT count(*) FROM busy_time b WHERE b.source = s.id AND b.ends_at > :now) AS times
    FROM busy_source s WHERE s.coach = :coach ORDER BY s.created_at, s.id
""")
_TO_READ = database.compiled_sql("""
    SELECT s.id, s.coach, c.person, s.kind, s.name, s.address, c.zone, c.horizon_days, c.left_at
    FROM busy_source s JOIN coach c ON c.id = s.coach WHERE s.id = :source
""")
_DUE = database.compiled_sql(
    """
    SELECT s.id FROM busy_source s JOIN coach c ON c.id = s.coach
    WHERE s.next_read_at <= :now AND c.left_at IS NULL ORDER BY s.next_read_at, s.id LIMIT 40
    """,
    types={"id": UUID},
)
_ADDRESSES = database.compiled_sql("SELECT normalised FROM email_address WHERE person = :person")


async def sources_of(coach: UUID, *, now: datetime) -> list[SourceView]:
    """A coach's calendars, the first first, in one query."""
    found = []
    for row in await _OF_COACH.run(coach=coach, now=now):
        server = urlsplit(row.pop("address")).hostname or ""
        found.append(SourceView(**{**row, "kind": BusySourceKind(row["kind"])}, server=server))
    return found


async def to_read(source: UUID) -> ToRead | None:
    row = await _TO_READ.first(source=source)
    return ToRead(**{**row, "kind": BusySourceKind(row["kind"])}) if row else None


async def due(now: datetime) -> list[UUID]:
    """The calendars that are to be read by now, of coaches who have not left; a batch of them."""
    return [row["id"] for row in await _DUE.run(now=now)]


async def addresses(person: UUID) -> frozenset[str]:
    """All e-mail addresses of somebody, to know which answer to an invite was theirs."""
    return frozenset(row["normalised"].lower() for row in await _ADDRESSES.run(person=person))
