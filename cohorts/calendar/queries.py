"""What anyone may see of programmes and cohorts. One query an answer, whatever the number of rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.database import CompiledSQL
from academy.database.transactions import Row
from cohorts.calendar.rules import PAGE, View

KEPT_IN_FEED = timedelta(days=30)
"""How long what is over or cancelled stays in a feed (calendar clients would keep it for ever otherwise)."""


class Listed(msgspec.Struct, frozen=True):
    """A cohort as one line of the calendar."""

    code: str
    name: str
    programme_name: str
    programme_slug: str
    kind: str
    summary: str
    region: str
    format: str
    venue: str
    zone: str
    status: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    waiting: int
    sessions: int
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    total: int


_TAKEN = """
       (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
       (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
"""
_FROM = """
FROM cohort c JOIN programme p ON p.id = c.programme
WHERE c.status IN ('open', 'closed', 'cancelled') AND c.published_at IS NOT NULL AND {conditions}
ORDER BY {order}, c.code LIMIT :size OFFSET :skip
"""
_LATEST = "c.first_starts_at DESC"
_SOONEST = "c.first_starts_at <= :now, c.first_starts_at"  # what runs already comes last: nobody can join it
_LISTED = f"""
SELECT c.code, c.name, p.name AS programme_name, p.slug AS programme_slug, p.kind, p.summary, c.region, c.format,
       c.venue, c.zone, c.status, c.first_starts_at AS starts_at, c.last_ends_at AS ends_at, c.capacity, {_TAKEN}
       (SELECT count(*) FROM cohort_session s WHERE s.cohort = c.id AND s.status = 'planned') AS sessions,
       c.registration_opens_at, c.registration_closes_at, count(*) OVER () AS total
{_FROM}"""
_FOR_PROGRAMS = f"""
SELECT c.code, c.name, p.name AS programme_name, p.slug AS programme, p.kind, c.region, c.format, c.venue, c.zone,
       c.status, as_json(c.first_starts_at, instant) AS starts_at, as_json(c.last_ends_at, instant) AS ends_at,
       c.first_starts_at <= :now AS begun, c.last_ends_at <= :now AS over, c.capacity, {_TAKEN}
       as_json(c.registration_opens_at, instant) AS registration_opens_at,
       as_json(c.registration_closes_at, instant) AS registration_closes_at, count(*) OVER () AS total
{_FROM}"""

_CONDITIONS = {
    "kind": "p.kind = :kind",
    "region": "c.region = :region",
    "format": "c.format = :format",
    "find": "(lower(c.name) LIKE :find ESCAPE '!' OR lower(p.name) LIKE :find ESCAPE '!'"
    " OR lower(p.summary) LIKE :find ESCAPE '!' OR lower(c.venue) LIKE :find ESCAPE '!')",
}


@lru_cache(maxsize=128)
def _compiled(sql: str, filters: frozenset[str], past: bool) -> CompiledSQL:
    """The query of one combination of filters, compiled once."""
    when = "c.last_ends_at < :now" if past else "c.last_ends_at >= :now AND c.status <> 'cancelled'"
    conditions = " AND ".join([when, *(_CONDITIONS[name] for name in sorted(filters))])
    return database.compiled_sql(sql.format(conditions=conditions, order=_LATEST if past else _SOONEST))


async def listed(view: View, *, now: datetime) -> list[Listed]:
    """One page of a view: upcoming from the soonest and then what runs already; past from the latest."""
    return [Listed(**row) for row in await _page(_LISTED, view, now=now)]


async def listed_for_programs(view: View, *, now: datetime) -> list[Row]:
    """The same page for the API, with instants as JSON writes them."""
    return await _page(_FOR_PROGRAMS, view, now=now)


async def _page(sql: str, view: View, *, now: datetime) -> list[Row]:
    given = {"kind": view.kind, "region": view.region, "format": view.format}
    values: dict[str, Any] = {name: value for name, value in given.items() if value}
    if view.find:
        escaped = view.find.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values["find"] = f"%{escaped}%"
    query = _compiled(sql, frozenset(values), view.when == "past")
    return await query.run(now=now, size=PAGE, skip=(view.page - 1) * PAGE, **values)


REGIONS = database.compiled_sql(
    "SELECT DISTINCT region FROM cohort WHERE status IN ('open', 'closed') AND published_at IS NOT NULL"
    " AND region <> '' ORDER BY region"
)


async def regions() -> list[str]:
    """The regions that have a cohort, for the filter."""
    return [row["region"] for row in await REGIONS.run()]


class FeedEvent(msgspec.Struct, frozen=True):
    """A session as it stands in the public feed: no link to join, no person."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    description: str
    place: str
    status: str
    changed_at: datetime
    created_at: datetime
    code: str
    cohort_name: str
    format: str


_FEED = """
SELECT v.uid, v.sequence, v.starts_at, v.ends_at, v.zone, s.title, p.summary AS description, v.place, v.status,
       v.changed_at, v.created_at, c.code, c.name AS cohort_name, c.format
FROM cohort_session s
JOIN cohort c ON c.id = s.cohort JOIN programme p ON p.id = c.programme JOIN calendar_event v ON v.id = s.event
WHERE c.published_at IS NOT NULL AND c.status IN ('open', 'closed', 'cancelled') AND v.ends_at >= :since
  AND (v.status = 'confirmed' OR v.changed_at >= :since) AND {conditions}
ORDER BY v.starts_at, v.uid LIMIT 1000
"""


@lru_cache(maxsize=64)
def _feed(filters: frozenset[str]) -> CompiledSQL:
    return database.compiled_sql(
        _FEED.format(conditions=" AND ".join(["1 = 1", *(_CONDITIONS[name] for name in sorted(filters))]))
    )


async def feed_events(view: View, *, now: datetime) -> list[FeedEvent]:
    """The sessions of a view for a calendar: what is to come, and what ended or was cancelled in the last 30 days."""
    given = {"kind": view.kind, "region": view.region, "format": view.format}
    values: dict[str, Any] = {name: value for name, value in given.items() if value}
    if view.find:
        escaped = view.find.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values["find"] = f"%{escaped}%"
    return [FeedEvent(**row) for row in await _feed(frozenset(values)).run(since=now - KEPT_IN_FEED, **values)]


class CohortPage(msgspec.Struct, frozen=True):
    """What the page of a cohort says."""

    id: UUID
    code: str
    name: str
    status: str
    region: str
    format: str
    venue: str
    zone: str
    capacity: int
    minimum: int
    taken: int
    waiting: int
    published_at: datetime | None
    cancel_reason: str
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    last_starts_at: datetime | None
    programme_name: str
    programme_slug: str
    kind: str
    summary: str
    audience: str
    description: str
    outcomes: str
    contact_minutes: int
    cpd_minutes: int
    sessions_needed: int | None
    sponsor_id: UUID | None
    sponsor_role: str | None
    sponsor_name: str | None
    sponsor_alt: str | None
    sponsor_has_logo: bool
    sponsor_address: str | None


COHORT = database.compiled_sql(
    """
SELECT c.id, c.code, c.name, c.status, c.region, c.format, c.venue, c.zone, c.capacity, c.minimum,
       (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
       (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
       c.published_at, c.cancel_reason, c.registration_opens_at, c.registration_closes_at,
       c.first_starts_at AS starts_at, c.last_ends_at AS ends_at,
       (SELECT max(v.starts_at) FROM cohort_session t JOIN calendar_event v ON v.id = t.event
        WHERE t.cohort = c.id AND t.status = 'planned') AS last_starts_at,
       p.name AS programme_name, p.slug AS programme_slug, p.kind, p.summary, p.audience, p.description, p.outcomes,
       p.contact_minutes, p.cpd_minutes, p.sessions_needed,
       s.id AS sponsor_id, s.role AS sponsor_role, o.name AS sponsor_name, s.logo_alt AS sponsor_alt,
       (s.logo IS NOT NULL) AS sponsor_has_logo, s.web_address AS sponsor_address
FROM cohort c
JOIN programme p ON p.id = c.programme
LEFT JOIN sponsorship s ON s.id = c.sponsorship
LEFT JOIN organisation o ON o.id = s.organisation
WHERE c.code = :code
""",
    types={"sponsor_has_logo": bool, "last_starts_at": datetime},
)

SESSIONS = database.compiled_sql(
    """
SELECT s.id, s.title, s.compulsory, s.status, s.cancel_reason, v.starts_at, v.ends_at, v.zone, v.place
FROM cohort_session s JOIN calendar_event v ON v.id = s.event
WHERE s.cohort = :cohort ORDER BY v.starts_at, s.id
"""
)


async def cohort_page(code: str) -> CohortPage | None:
    """A cohort by its code, with its programme, places and sponsor."""
    row = await COHORT.first(code=code)
    return CohortPage(**row) if row else None


async def sessions(cohort: UUID) -> list[dict[str, Any]]:
    """The sessions of a cohort in order of time, without the link to join."""
    return await SESSIONS.run(cohort=cohort)


PROGRAMMES = database.compiled_sql(
    """
SELECT p.slug, p.name, p.kind, p.summary, p.audience, p.contact_minutes, p.cpd_minutes,
       (SELECT count(*) FROM cohort c WHERE c.programme = p.id AND c.status = 'open' AND c.published_at IS NOT NULL
        AND c.last_ends_at >= :now) AS upcoming,
       (SELECT min(c.first_starts_at) FROM cohort c WHERE c.programme = p.id AND c.status = 'open'
        AND c.published_at IS NOT NULL AND c.first_starts_at >= :now) AS next_at
FROM programme p WHERE p.status = 'published' ORDER BY lower(p.name), p.name
""",
    types={"next_at": datetime},
)

PROGRAMME = database.compiled_sql(
    """
SELECT p.id, p.slug, p.name, p.kind, p.status, p.summary, p.audience, p.description, p.outcomes, p.contact_minutes,
       p.cpd_minutes, p.sessions_needed
FROM programme p WHERE p.slug = :slug AND p.status <> 'draft'
"""
)

COHORTS_OF_PROGRAMME = database.compiled_sql(
    _LISTED.format(conditions="p.id = :programme AND c.status <> 'cancelled'", order=_LATEST)
)


async def programmes(*, now: datetime) -> list[dict[str, Any]]:
    """Every published programme, with how many of its cohorts are to come and when the next one starts."""
    return await PROGRAMMES.run(now=now)


async def programme(slug: str) -> dict[str, Any] | None:
    """A programme that is or was published."""
    return await PROGRAMME.first(slug=slug)


async def cohorts_of_programme(programme: UUID) -> list[Listed]:
    """The latest cohorts of a programme, newest first."""
    return [Listed(**row) for row in await COHORTS_OF_PROGRAMME.run(programme=programme, size=PAGE, skip=0)]
