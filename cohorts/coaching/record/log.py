"""A coach's own log of professional development and supervision. Nobody else reads it, so nobody else is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec

from academy import database
from cohorts.coaching.record import queries
from cohorts.coaching.record.queries import Entry
from cohorts.coaching.record.tables import LogEntry, LogKind


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line as the coach typed it."""

    kind: LogKind
    day: date
    minutes: int
    what: str
    learned: str = ""


async def add_log(coach: UUID, entry: NewEntry, *, now: datetime) -> UUID:
    """Write a line down."""
    row = LogEntry(coach=coach, added_at=now, **msgspec.structs.asdict(entry))
    await LogEntry.insert(row)
    added: UUID = row.id
    return added


async def change_log(coach: UUID, entry: UUID, new: NewEntry) -> None:
    """Put another line in its place. Raises NotFound for another coach's."""
    async with database.transaction():
        await queries.log_entry(coach, entry)
        await LogEntry.update(
            {
                LogEntry.kind: new.kind,
                LogEntry.day: new.day,
                LogEntry.minutes: new.minutes,
                LogEntry.what: new.what,
                LogEntry.learned: new.learned,
            }
        ).where(LogEntry.id == entry, LogEntry.coach == coach)


async def remove_log(coach: UUID, entry: UUID) -> Entry:
    """Take a line out. Raises NotFound for another coach's."""
    async with database.transaction():
        found = await queries.log_entry(coach, entry)
        await LogEntry.delete().where(LogEntry.id == entry, LogEntry.coach == coach)
        return found


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """The minutes of one year."""

    year: int
    cpd: int
    supervision: int


def years(entries: Iterable[Entry]) -> list[Year]:
    """The sum of each year, the latest first."""
    sums: dict[int, dict[LogKind, int]] = {}
    for entry in entries:
        of_year = sums.setdefault(entry.day.year, dict.fromkeys(LogKind, 0))
        of_year[entry.kind] += entry.minutes
    return [
        Year(year=year, cpd=sums[year][LogKind.CPD], supervision=sums[year][LogKind.SUPERVISION])
        for year in sorted(sums, reverse=True)
    ]
