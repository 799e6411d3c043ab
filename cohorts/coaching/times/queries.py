"""Coaches and their times as pages and other rooms read them, in a constant number of queries for many coaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.database.transactions import Row
from academy.errors import NotFound
from cohorts.coaching.times.rules import NO_TIMES, DayException, Interval, Pattern, Stretch, Week
from cohorts.coaching.times.tables import ExceptionKind, Nation

_PATTERN_OF_COACH = [name for name in Pattern.__struct_fields__ if name not in ("weekly", "exceptions")]

CHUNK = 5000
"""Coaches in one query; the databases take some 32,000 values."""


class CoachView(msgspec.Struct, frozen=True, kw_only=True):
    """A coach, with the rules under which they can be booked."""

    id: UUID
    person: UUID
    name: str
    headline: str
    profile: str
    zone: str
    nation: Nation
    place: str
    link: str
    lengths: tuple[int, ...]
    """Minutes of a session that they offer, the shortest first."""
    buffer_minutes: int
    notice_hours: int
    horizon_days: int
    most_a_day: int | None
    most_a_week: int | None
    confirms: bool
    version: int
    created_at: datetime
    left_at: datetime | None
    programmes: tuple[UUID, ...]
    """The ids of those they belong to now."""


class Held(Interval, frozen=True, kw_only=True):
    """A session of a coach that is booked or asked for."""

    id: UUID


class ExceptionView(DayException, frozen=True, kw_only=True):
    """An exception as its coach sees it. ``note`` is theirs alone."""

    id: UUID
    note: str


_COACH_COLUMNS = """
    c.id, c.person, n.name, c.headline, c.profile, c.zone, c.nation, c.place, c.link, c.lengths, c.buffer_minutes,
    c.notice_hours, c.horizon_days, c.most_a_day, c.most_a_week, c.confirms, c.version, c.created_at, c.left_at
"""
_COACHES = f"""
SELECT {_COACH_COLUMNS}, m.programme FROM coach c JOIN person n ON n.id = c.person
LEFT JOIN coach_programme m ON m.coach = c.id AND m.ended_at IS NULL
"""
_IN_ORDER = " ORDER BY lower(n.name), n.name, c.id, m.added_at, m.id"
_COACH = database.compiled_sql(_COACHES + "WHERE c.id = :coach" + _IN_ORDER)
_COACH_OF = database.compiled_sql(_COACHES + "WHERE c.person = :person" + _IN_ORDER)
_ALL_COACHES = database.compiled_sql(_COACHES + _IN_ORDER)
_COACHES_OF = database.compiled_sql(
    _COACHES
    + "WHERE c.left_at IS NULL AND EXISTS (SELECT 1 FROM coach_programme w WHERE w.coach = c.id"
    + " AND w.programme = :programme AND w.ended_at IS NULL)"
    + _IN_ORDER
)

_WEEKLY = database.compiled_sql(
    "SELECT weekday, from_minute, to_minute FROM weekly_time WHERE coach = :coach ORDER BY weekday, from_minute"
)
_EXCEPTIONS = database.compiled_sql(
    "SELECT id, kind, from_on, to_on, from_minute, to_minute, note FROM time_exception"
    " WHERE coach = :coach AND to_on >= :since ORDER BY from_on, from_minute, id"
)
_SOURCES = database.compiled_sql(
    "SELECT id, coach, kind, name, address, next_read_at, read_at, failures, problem, created_at FROM busy_source"
    " WHERE coach = :coach ORDER BY created_at, id"
)

_HELD = database.compiled_sql(
    "SELECT id, starts_at, ends_at FROM coaching_session WHERE coach = :coach AND ends_at > :since"
    " AND status IN ('requested', 'booked') ORDER BY starts_at"
)

_RULES_OF_MANY = """
SELECT id, zone, nation, lengths, buffer_minutes, notice_hours, horizon_days, most_a_day, most_a_week
FROM coach WHERE id IN ({coaches})
"""
_WEEKLY_OF_MANY = "SELECT coach, weekday, from_minute, to_minute FROM weekly_time WHERE coach IN ({coaches})"
_EXCEPTIONS_OF_MANY = """
SELECT coach, kind, from_on, to_on, from_minute, to_minute FROM time_exception WHERE coach IN ({coaches})
"""
_BUSY_OF_MANY = """
SELECT coach, starts_at, ends_at FROM busy_time
WHERE coach IN ({coaches}) AND ends_at > {{}} AND starts_at < {{}} ORDER BY coach, starts_at, ends_at
"""


# ------------------------------------------------------------------ coaches
async def coach(id: UUID) -> CoachView:
    """One coach, also one who has left. Raises NotFound."""
    found = _views(await _COACH.run(coach=id))
    if not found:
        raise NotFound
    return found[0]


async def coach_of(person: UUID) -> CoachView | None:
    """The coach that this person is or was (``left_at``), or none."""
    found = _views(await _COACH_OF.run(person=person))
    return found[0] if found else None


async def coaches_of(programme: UUID) -> list[CoachView]:
    """Who coaches in a programme now, by name."""
    return _views(await _COACHES_OF.run(programme=programme))


async def all_coaches() -> list[CoachView]:
    """Everyone who coaches or has coached, by name."""
    return _views(await _ALL_COACHES.run())


def _views(rows: Sequence[Row]) -> list[CoachView]:
    """One for each coach, from a row for each coach and programme."""
    found: dict[UUID, tuple[Row, list[UUID]]] = {}
    for row in rows:
        programme = row.pop("programme")
        programmes = found.setdefault(row["id"], (row, []))[1]
        if programme is not None:
            programmes.append(programme)
    return [
        CoachView(
            **{
                **row,
                "nation": Nation(row["nation"]),
                "lengths": lengths_of(row["lengths"]),
                "confirms": bool(row["confirms"]),
                "programmes": tuple(programmes),
            }
        )
        for row, programmes in found.values()
    ]


def lengths_of(stored: str) -> tuple[int, ...]:
    """``45,60`` as numbers."""
    return tuple(sorted(int(part) for part in stored.split(",") if part))


# -------------------------------------------------------------------- times
async def weekly(coach: UUID) -> Week:
    """The weekly pattern: the stretches of each weekday, Monday first, in order."""
    return _week(
        (row["weekday"], Stretch(row["from_minute"], row["to_minute"])) for row in await _WEEKLY.run(coach=coach)
    )


async def exceptions(coach: UUID, *, since: date = date.min) -> list[ExceptionView]:
    """The coach's exceptions that last until ``since`` or longer, from the first."""
    return [
        ExceptionView(**{**row, "kind": ExceptionKind(row["kind"])})
        for row in await _EXCEPTIONS.run(coach=coach, since=since)
    ]


async def sources(coach: UUID) -> list[Row]:
    """The calendars that the coach's busy times are read from. ``address`` is a secret: show it shortened."""
    return await _SOURCES.run(coach=coach)


async def held(coach: UUID, *, since: datetime) -> list[Held]:
    """The coach's sessions that hold their time and end after ``since``, in order: their own pages say where they clash
    with what the coach plans."""
    return [Held(**row) for row in await _HELD.run(coach=coach, since=since)]


async def patterns(coaches: Sequence[UUID]) -> dict[UUID, Pattern]:
    """What decides when each of these can be booked, in three queries. Who is no coach is left out."""
    stretches: dict[UUID, list[tuple[int, Stretch]]] = {}
    for row in await _of_many(_WEEKLY_OF_MANY, coaches):
        told = row["weekday"], Stretch(row["from_minute"], row["to_minute"])
        stretches.setdefault(row["coach"], []).append(told)
    special: dict[UUID, list[DayException]] = {}
    for row in await _of_many(_EXCEPTIONS_OF_MANY, coaches):
        owner = row.pop("coach")
        row["kind"] = ExceptionKind(row["kind"])
        special.setdefault(owner, []).append(DayException(**row))
    found = {}
    for row in await _of_many(_RULES_OF_MANY, coaches):
        owner = row.pop("id")
        row["nation"], row["lengths"] = Nation(row["nation"]), lengths_of(row["lengths"])
        week, apart = _week(stretches.get(owner, ())), tuple(special.get(owner, ()))
        found[owner] = Pattern(**row, weekly=week, exceptions=apart)
    return found


def pattern_of(coach: CoachView, week: Week, apart: Sequence[DayException]) -> Pattern:
    """The pattern of one coach whose parts are known already."""
    told = {name: getattr(coach, name) for name in _PATTERN_OF_COACH}
    return Pattern(**told, weekly=week, exceptions=tuple(apart))


async def busy(coaches: Sequence[UUID], since: datetime, until: datetime) -> dict[UUID, list[Interval]]:
    """When each of these is busy between two instants, as their calendars elsewhere say; in order, in one query."""
    found: dict[UUID, list[Interval]] = {coach: [] for coach in coaches}
    for row in await _of_many(_BUSY_OF_MANY, coaches, since, until):
        found[row["coach"]].append(Interval(row["starts_at"], row["ends_at"]))
    return found


def _week(told: Any) -> Week:
    days: list[list[Stretch]] = [[] for _ in NO_TIMES]
    for weekday, stretch in told:
        days[weekday].append(stretch)
    return tuple(tuple(sorted(day, key=lambda each: each.from_minute)) for day in days)


async def _of_many(sql: str, coaches: Sequence[UUID], *values: Any) -> list[Row]:
    """The rows of all these coaches; ``sql`` has ``{coaches}`` where their ids go."""
    unique = list(dict.fromkeys(coaches))
    rows: list[Row] = []
    for start in range(0, len(unique), CHUNK):
        part = unique[start : start + CHUNK]
        rows += await database.fetch(sql.format(coaches=", ".join(["{}"] * len(part))), *part, *values)
    return rows
