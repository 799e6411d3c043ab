"""Cohorts in the JSON API, for reading. The filters are those of the public calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import FromPath

from academy import clock, database
from academy.database.transactions import Row
from academy.errors import NotFound
from academy.web import api
from academy.web.access import Visitor, Who
from academy.web.api import Json
from cohorts.calendar import queries, rules
from cohorts.schedule.rules import Stage, stage_of

TAGS = ["Cohorts"]

# Answers are encoded from the rows themselves: structs would double what a line costs. Tests compare the names.

FILTERS = {
    "type": "Kind of programme: " + ", ".join(rules.KINDS) + ".",
    "region": "Name of a region.",
    "format": "How people meet: " + ", ".join(rules.FORMATS) + ".",
    "when": "upcoming (the default) or past.",
    "q": "Words in the name, the programme, its summary or the place.",
    "page": f"From 1; {rules.PAGE} cohorts each.",
}
"""As in the address of the calendar. What is none of these counts as not said."""


class CohortLine(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort in a list."""

    code: str
    name: str
    programme: str
    """The slug of its programme."""
    programme_name: str
    kind: str
    stage: Stage
    region: str
    format: str
    venue: str
    zone: str
    starts_at: api.Moment
    """Start of the first session."""
    ends_at: api.Moment
    """End of the last session."""
    capacity: int
    places_left: int
    waiting: int
    """People on the waiting list."""
    registration_opens_at: api.Moment | None
    registration_closes_at: api.Moment | None


class CohortList(msgspec.Struct, frozen=True):
    """One page of a list of cohorts. ``total`` counts those of all pages."""

    total: int
    page: int
    pages: int
    cohorts: list[CohortLine]


class SessionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a cohort. Its link to join is told to those who have a place."""

    id: UUID
    title: str
    status: str
    cancel_reason: str
    compulsory: bool
    starts_at: api.Moment
    ends_at: api.Moment
    zone: str
    place: str


class CohortOut(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort with its sessions."""

    id: UUID
    code: str
    name: str
    programme: str
    """The slug of its programme."""
    programme_name: str
    kind: str
    stage: Stage
    cancel_reason: str
    region: str
    format: str
    venue: str
    zone: str
    starts_at: api.Moment | None
    ends_at: api.Moment | None
    capacity: int
    minimum: int
    places_left: int
    waiting: int
    """People on the waiting list."""
    registration_opens_at: api.Moment | None
    registration_closes_at: api.Moment | None
    sessions: list[SessionOut]


@get("/api/cohorts", who=Who.API_READ, tags=TAGS, gives=CohortList, asks=FILTERS)
async def list_cohorts(request: Request[Any, Any, Any]) -> Json:
    """Published cohorts: upcoming from the soonest, past from the latest."""
    view = rules.view(request.query_params)
    rows = await queries.listed_for_programs(view, now=clock.now())
    total = rows[0]["total"] if rows else 0
    lines = [_line(row) for row in rows]
    return api.answer({"total": total, "page": view.page, "pages": -(-total // rules.PAGE) or 1, "cohorts": lines})


@get("/api/cohorts/{code:str}", who=Who.API_READ, tags=TAGS, gives=CohortOut)
async def get_cohort(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """One cohort with its sessions and the places left. A coordinator's token also sees what is not published."""
    return api.answer(await cohort_out(code, now=clock.now(), everything=manages(request.user)))


def manages(visitor: Visitor) -> bool:
    """Whether a token opens what only coordinators see."""
    return visitor.coordinator and "manage" in visitor.scopes


_COHORT = database.compiled_sql("""
    SELECT as_json(c.id, id) AS id, c.code, c.name, c.status, c.cancel_reason, c.region, c.format,
           c.venue, c.zone, c.capacity, c.minimum, as_json(c.registration_opens_at, instant) AS registration_opens_at,
           as_json(c.registration_closes_at, instant) AS registration_closes_at,
           as_json(c.first_starts_at, instant) AS starts_at, as_json(c.last_ends_at, instant) AS ends_at,
           c.first_starts_at <= :now AS begun, c.last_ends_at <= :now AS over, c.published_at IS NULL AS hidden,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
           p.slug AS programme, p.name AS programme_name, p.kind
    FROM cohort c JOIN programme p ON p.id = c.programme
    WHERE c.code = :code
""")
_SESSIONS = database.compiled_sql("""
    SELECT as_json(s.id, id) AS id, s.title, s.status, s.cancel_reason, s.compulsory,
           as_json(v.starts_at, instant) AS starts_at, as_json(v.ends_at, instant) AS ends_at, v.zone, v.place
    FROM cohort_session s JOIN calendar_event v ON v.id = s.event
    WHERE s.cohort = :cohort ORDER BY v.starts_at, s.id
""")


async def cohort_out(code: str, *, now: datetime, everything: bool) -> Row:
    """A CohortOut by its code; with ``everything`` also one that is not published. Raises NotFound."""
    row = await _COHORT.first(code=code, now=now)
    if row is None or (row["hidden"] and not everything):
        raise NotFound("There is no such cohort.")
    row.pop("hidden")
    row["sessions"] = await _SESSIONS.run(cohort=row["id"])
    return _with_stage(row)


def _line(row: Row) -> Row:
    """A row as a CohortLine."""
    del row["total"]
    return _with_stage(row)


def _with_stage(row: Row) -> Row:
    """What the query counted, as we tell it."""
    taken, capacity = row.pop("taken"), row["capacity"]
    row["stage"] = stage_of(row.pop("status"), begun=row.pop("begun"), over=row.pop("over"), full=taken >= capacity)
    row["places_left"] = max(capacity - taken, 0)
    return row


routes: list[Any] = [list_cohorts, get_cohort]
