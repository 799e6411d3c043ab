"""Cohorts in the JSON API, for reading. The filters are those of the public calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from academy import clock, database
from academy.database.transactions import Row
from academy.errors import NotFound
from academy.web import api
from academy.web.access import Visitor, Who
from cohorts.calendar import queries, rules
from cohorts.calendar.queries import Listed
from cohorts.schedule.rules import Stage, stage

TAGS = ["Cohorts"]

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
async def list_cohorts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Published cohorts: upcoming from the soonest, past from the latest."""
    now = clock.now()
    view = rules.view(request.query_params)
    rows = await queries.listed(view, now=now)
    total = rows[0].total if rows else 0
    return api.answer(
        CohortList(total, view.page, -(-total // rules.PAGE) or 1, [_line(row, now) for row in rows])
    )


@get("/api/cohorts/{code:str}", who=Who.API_READ, tags=TAGS, gives=CohortOut)
async def get_cohort(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """One cohort with its sessions and the places left. A coordinator's token also sees what is not published."""
    return api.answer(await cohort_out(code, now=clock.now(), everything=manages(request.user)))


def manages(visitor: Visitor) -> bool:
    """Whether a token opens what only coordinators see."""
    return visitor.coordinator and "manage" in visitor.scopes


_COHORT = database.compiled_sql("""
    SELECT c.id, c.code, c.name, c.status, c.cancel_reason, c.region, c.format, c.venue, c.zone, c.capacity, c.minimum,
           c.registration_opens_at, c.registration_closes_at, c.first_starts_at, c.last_ends_at, c.published_at,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
           p.slug AS programme, p.name AS programme_name, p.kind
    FROM cohort c JOIN programme p ON p.id = c.programme
    WHERE c.code = :code
""")


async def cohort_out(code: str, *, now: datetime, everything: bool) -> CohortOut:
    """A cohort by its code; with ``everything`` also one that is not published. Raises NotFound."""
    row = await _COHORT.first(code=code)
    if row is None or (row["published_at"] is None and not everything):
        raise NotFound("There is no such cohort.")
    return CohortOut(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        programme=row["programme"],
        programme_name=row["programme_name"],
        kind=row["kind"],
        stage=stage(row, now),
        cancel_reason=row["cancel_reason"],
        region=row["region"],
        format=row["format"],
        venue=row["venue"],
        zone=row["zone"],
        starts_at=row["first_starts_at"],
        ends_at=row["last_ends_at"],
        capacity=row["capacity"],
        minimum=row["minimum"],
        places_left=max(row["capacity"] - row["taken"], 0),
        waiting=row["waiting"],
        registration_opens_at=row["registration_opens_at"],
        registration_closes_at=row["registration_closes_at"],
        sessions=[_session(each) for each in await queries.sessions(row["id"])],
    )


def _session(row: Row) -> SessionOut:
    return SessionOut(**row)


def _line(row: Listed, now: datetime) -> CohortLine:
    return CohortLine(
        code=row.code,
        name=row.name,
        programme=row.programme_slug,
        programme_name=row.programme_name,
        kind=row.kind,
        stage=stage(row, now),
        region=row.region,
        format=row.format,
        venue=row.venue,
        zone=row.zone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        capacity=row.capacity,
        places_left=max(row.capacity - row.taken, 0),
        waiting=row.waiting,
        registration_opens_at=row.registration_opens_at,
        registration_closes_at=row.registration_closes_at,
    )


routes: list[Any] = [list_cohorts, get_cohort]
