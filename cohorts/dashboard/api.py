"""Coordinators' verbs for cohorts and sessions in the JSON API: the same as on the dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, patch, post, put
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from academy import clock, database
from academy.accounts.calls import perform
from academy.accounts.guards import actor
from academy.database.transactions import Row
from academy.errors import NotFound
from academy.programmes import queries as programmes
from academy.web import api
from academy.web.access import Who
from academy.web.api import Instant, Json, Nothing, Reason
from academy.web.forms import Fields, Reader
from cohorts.calendar.api import CohortOut, cohort_out
from cohorts.dashboard import changes
from cohorts.schedule import forms, queries, rules, service
from cohorts.schedule.rules import CohortDetails, SessionDetails
from cohorts.schedule.tables import Format

TAGS = ["Cohorts"]
SESSIONS = ["Sessions"]

Places = Annotated[int, Meta(ge=1, le=5000)]
Title = Annotated[str, Meta(min_length=1, max_length=160)]
Place = Annotated[str, Meta(max_length=300)]
Link = Annotated[str, Meta(max_length=500, description="Empty, or starts with https://.")]


class NewSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session to add. Without a place or link of its own it is where its cohort is."""

    title: Title
    starts_at: Instant
    ends_at: Instant
    compulsory: bool = False
    place: Place | None = None
    link: Link | None = None


class NewCohort(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cohort to plan. An empty code is made from programme, place and year."""

    programme: Annotated[str, Meta(max_length=160, description="The slug of the programme.")]
    name: Title
    region: Annotated[str, Meta(extra_json_schema={"enum": list(rules.REGIONS)})]
    code: Annotated[str, Meta(max_length=60)] = ""
    format: Format = Format.IN_PERSON
    venue: Place = ""
    link: Link = ""
    zone: Annotated[str, Meta(max_length=64)] = "Europe/London"
    capacity: Places = 20
    minimum: Annotated[int, Meta(ge=0, le=5000)] = 0
    registration_opens_at: Instant | None = None
    registration_closes_at: Instant | None = None
    reminder_days: Annotated[list[Annotated[int, Meta(ge=0, le=60)]], Meta(max_length=4)] = msgspec.field(
        default_factory=lambda: [7, 1]
    )
    sessions: Annotated[list[NewSession], Meta(max_length=100)] = []
    publish: bool = False


class NewCapacity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many places there are to be."""

    capacity: Places


class SessionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different. A new time or place needs a reason, which everyone invited reads."""

    title: Title | UnsetType = UNSET
    starts_at: Instant | UnsetType = UNSET
    ends_at: Instant | UnsetType = UNSET
    compulsory: bool | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    link: Link | UnsetType = UNSET
    reason: Reason = ""


class Virtual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where everybody joins from now on, and why."""

    link: Link
    reason: Reason = ""


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason, which everyone invited reads."""

    reason: Reason = ""


class ClashOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who leads the session is elsewhere at that time."""

    name: str
    title: str
    """What they lead or are invited to; of what is private, only that it is there."""
    starts_at: api.Moment
    ends_at: api.Moment


class ChangedSession(CohortOut, frozen=True, kw_only=True):
    """The cohort as it is now, and a warning."""

    clashes: list[ClashOut]
    """The change is saved all the same."""


# ----------------------------------------------------------------- cohorts
@post("/api/cohorts", who=Who.API_MANAGE, tags=TAGS, body=NewCohort, gives=CohortOut, codes=(201,))
async def create_cohort(request: Request[Any, Any, Any]) -> Json:
    """Plan a cohort with its sessions, and publish it if the body says so."""
    now = clock.now()

    async def create(body: NewCohort) -> tuple[int, Row]:
        programme = await programmes.by_slug(body.programme)
        if programme is None:
            raise NotFound("There is no programme with this slug.")
        sessions = [session_details(each, f"sessions[{number}].") for number, each in enumerate(body.sessions)]
        details = cohort_details(body, programme, sessions)
        async with database.transaction():
            made = await service.create_cohort(
                programme["id"], details, sessions=sessions, actor=actor(request), now=now
            )
            if body.publish:
                await service.publish(made, actor=actor(request), now=now)
            return 201, await cohort_out(details.code, now=now, everything=True)

    return await perform(request, NewCohort, create, now=now)


@post("/api/cohorts/{code:str}/publish", who=Who.API_MANAGE, tags=TAGS, body=Nothing, gives=CohortOut)
async def publish(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Show the cohort to everyone."""
    now = clock.now()

    async def show(_: Nothing) -> tuple[int, Row]:
        await service.publish((await _cohort(code))["id"], actor=actor(request), now=now)
        return 200, await cohort_out(code, now=now, everything=True)

    return await perform(request, Nothing, show, now=now)


@put("/api/cohorts/{code:str}/capacity", who=Who.API_MANAGE, tags=TAGS, body=NewCapacity, gives=CohortOut)
async def set_capacity(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Change the number of places. Places added go to the waiting list at once; nobody loses one."""
    now = clock.now()

    async def change(body: NewCapacity) -> tuple[int, Row]:
        async with database.transaction():
            cohort = (await _cohort(code))["id"]
            await database.lock(f"cohort:{cohort}")
            row = await queries.by_id(cohort)
            assert row is not None
            details = CohortDetails(
                **{name: row[name] for name in CohortDetails.__struct_fields__ if name not in ("capacity", "format")},
                capacity=body.capacity,
                format=Format(row["format"]),
            )
            await changes.change_cohort(cohort, details, version=row["version"], actor=actor(request), now=now)
            return 200, await cohort_out(code, now=now, everything=True)

    return await perform(request, NewCapacity, change, now=now)


@post("/api/cohorts/{code:str}/virtual", who=Who.API_MANAGE, tags=TAGS, body=Virtual, gives=CohortOut)
async def make_virtual(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Move everything that is still to come to a link. Everyone invited is told."""
    now = clock.now()

    async def move(body: Virtual) -> tuple[int, Row]:
        reader = _reader(body, "link", "reason")
        link, reason = reader.web_address("link", "Enter the link that people join by."), _reason(reader)
        reader.done()
        await service.make_virtual((await _cohort(code))["id"], link, reason, actor=actor(request), now=now)
        return 200, await cohort_out(code, now=now, everything=True)

    return await perform(request, Virtual, move, now=now)


# ---------------------------------------------------------------- sessions
@post("/api/cohorts/{code:str}/sessions", who=Who.API_MANAGE, tags=SESSIONS, body=NewSession, gives=CohortOut,
      codes=(201,))  # fmt: skip
async def add_session(request: Request[Any, Any, Any], code: FromPath[str]) -> Json:
    """Add a session to a cohort. Everybody who has a place is invited."""
    now = clock.now()

    async def add(body: NewSession) -> tuple[int, Row]:
        details = session_details(body)
        await changes.add_session((await _cohort(code))["id"], details, actor=actor(request), now=now)
        return 201, await cohort_out(code, now=now, everything=True)

    return await perform(request, NewSession, add, now=now)


@patch("/api/sessions/{session:uuid}", who=Who.API_MANAGE, tags=SESSIONS, body=SessionChange, gives=ChangedSession)
async def change_session(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Move or rename a session: what the body does not name stays. A new time or place asks everyone again.

    `clashes` names who leads the session and is elsewhere at its time.
    """
    now = clock.now()

    async def change(body: SessionChange) -> tuple[int, Row]:
        async with database.transaction():
            row = await _session(session)
            details, reason = changed_details(row, body)
            await service.change_session(session, details, reason=reason, actor=actor(request), now=now)
            changed = await cohort_out(row["code"], now=now, everything=True)
            return 200, {**changed, "clashes": await _clashes(session, details)}

    return await perform(request, SessionChange, change, now=now)


@post("/api/sessions/{session:uuid}/cancel", who=Who.API_MANAGE, tags=SESSIONS, body=Why, gives=CohortOut)
async def cancel_session(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Call a session off. Everyone invited is told why."""
    now = clock.now()

    async def cancel(body: Why) -> tuple[int, Row]:
        reader = _reader(body, "reason")
        reason = _reason(reader)
        reader.done()
        row = await _session(session)
        await service.cancel_session(session, reason, actor=actor(request), now=now)
        return 200, await cohort_out(row["code"], now=now, everything=True)

    return await perform(request, Why, cancel, now=now)


# ------------------------------------------------------------------ bodies
def cohort_details(body: NewCohort, programme: Row, sessions: list[SessionDetails]) -> CohortDetails:
    """The same checks as the form's. Raises Invalid."""
    same = ("name", "region", "code", "venue", "link", "zone")
    typed = {
        **{name: getattr(body, name) for name in same},
        "format": body.format.value,
        "capacity": str(body.capacity),
        "minimum": str(body.minimum),
        "reminder_days": ", ".join(map(str, body.reminder_days)),
    }
    first = min((each.starts_at for each in sessions), default=None)
    read = forms.read_cohort(Fields(typed.items()), programme_name=programme["name"], starts_at=first)
    return msgspec.structs.replace(
        read,
        registration_opens_at=body.registration_opens_at and api.utc(body.registration_opens_at),
        registration_closes_at=body.registration_closes_at and api.utc(body.registration_closes_at),
    )


def session_details(body: NewSession, prefix: str = "") -> SessionDetails:
    """Raises Invalid, with ``prefix`` before the names of fields."""
    return _read_session(
        prefix,
        title=body.title,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        compulsory=body.compulsory,
        own=None if body.place is None and body.link is None else (body.place or "", body.link or ""),
    )


def changed_details(row: Row, body: SessionChange) -> tuple[SessionDetails, str]:
    """A session as it is to be, and why. What nobody names stays, also where the session is. Raises Invalid."""
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    wanted: dict[str, Any] = {**row, **given}
    reader = _reader(body, "reason")
    reason = _reason(reader)
    reader.done()
    as_cohort = rules.place_and_link(format=row["format"], venue=row["venue"], link=row["cohort_link"])
    own = (wanted["place"], wanted["link"])
    details = _read_session(
        "",
        title=wanted["title"],
        starts_at=wanted["starts_at"],
        ends_at=wanted["ends_at"],
        compulsory=wanted["compulsory"],
        own=None if own == as_cohort else own,
    )
    return details, reason


def _read_session(
    prefix: str, *, title: str, starts_at: datetime, ends_at: datetime, compulsory: bool, own: tuple[str, str] | None
) -> SessionDetails:
    place, link = own or ("", "")
    reader = Reader({f"{prefix}title": title, f"{prefix}place": place, f"{prefix}link": link})
    details = SessionDetails(
        title=reader.text(f"{prefix}title", "Enter what the session is about.", most=160, label="The title"),
        starts_at=api.utc(starts_at),
        ends_at=api.utc(ends_at),
        compulsory=compulsory,
        place=reader.text(f"{prefix}place", most=300, label="The place") if own else None,
        link=reader.web_address(f"{prefix}link") if own else None,
    )
    reader.check(f"{prefix}ends_at", lambda: rules.check_times(starts_at=starts_at, ends_at=ends_at))
    reader.done()
    return details


def _reader(body: msgspec.Struct, *names: str) -> Reader:
    return Reader({name: getattr(body, name) for name in names})


def _reason(reader: Reader) -> str:
    return reader.text("reason", most=300, lines=True, label="The reason")


# ------------------------------------------------------------------ finding
async def _cohort(code: str) -> Row:
    row = await queries.by_code(code)
    if row is None:
        raise NotFound("There is no such cohort.")
    return row


async def _session(session: UUID) -> Row:
    row = await queries.session(session)
    if row is None:
        raise NotFound("There is no such session.")
    return row


async def _clashes(session: UUID, details: SessionDetails) -> list[ClashOut]:
    leaders = [row["person"] for row in await queries.facilitators_of(session)]
    found = await queries.clashes(leaders, starts_at=details.starts_at, ends_at=details.ends_at, session=session)
    return [
        ClashOut(name=one.person_name, title=one.title, starts_at=one.starts_at, ends_at=one.ends_at) for one in found
    ]


routes: list[Any] = [
    create_cohort, publish, set_capacity, make_virtual, add_session, change_session, cancel_session
]  # fmt: skip
