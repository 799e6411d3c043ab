"""The register in the JSON API. Only coordinators' tokens open it: nobody marks themself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, put
from litestar.params import FromPath
from msgspec import Meta

from academy import clock
from academy.accounts.calls import perform
from academy.accounts.guards import actor
from academy.errors import Invalid, NotFound
from academy.web import api
from academy.web.access import Who
from academy.web.api import Json
from cohorts.attendance import queries, rules, service
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark

TAGS = ["Attendance"]

Minutes = Annotated[int, Meta(ge=1, le=1440)]


class RegisterLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person in a register. ``minutes`` are those attended."""

    enrolment: UUID
    name: str
    organisation: str
    enrolled: bool
    """False for who was marked and left later."""
    reply: str
    mark: Mark
    minutes: int
    note: str
    marked_at: api.Moment | None
    marked_by: str


class RegisterOut(msgspec.Struct, frozen=True, kw_only=True):
    """The register of a session, by name."""

    session: UUID
    title: str
    cohort: str
    """The code of the cohort."""
    starts_at: api.Moment
    ends_at: api.Moment
    closed: str
    """Why it cannot be taken now; empty: it can."""
    lines: list[RegisterLine]


class MarkIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of one person. Late and partial need minutes; late without them counts from now, while it runs."""

    enrolment: UUID
    mark: Mark
    minutes: Minutes | None = None
    note: Annotated[str, Meta(max_length=rules.MOST_NOTE)] = ""


class Marks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Marks to save. Who is not named stays as they are, unless ``rest`` says what to mark them, once."""

    marks: Annotated[list[MarkIn], Meta(max_length=2000)]
    rest: Mark | None = None
    """For everybody enrolled whom nobody has marked, here or before."""


@get("/api/sessions/{session:uuid}/register", who=Who.API_MANAGE, tags=TAGS, gives=RegisterOut)
async def read_register(session: FromPath[UUID]) -> Json:
    """Who is expected at a session, and how they are marked."""
    return api.answer(await register_out(session, now=clock.now()))


@put("/api/sessions/{session:uuid}/register", who=Who.API_MANAGE, tags=TAGS, body=Marks, gives=RegisterOut)
async def take_register(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Save marks, from one hour before the session starts. After the cohort was closed, certificates are compared."""
    now = clock.now()

    async def save(body: Marks) -> tuple[int, RegisterOut]:
        given = {each.enrolment: MarkGiven(each.mark, each.minutes, each.note.strip()) for each in body.marks}
        if len(given) != len(body.marks):
            raise Invalid({"marks": "Name each enrolment once."})
        await service.mark(session, given, actor=actor(request), now=now, source="api", rest=body.rest)
        return 200, await register_out(session, now=now)

    return await perform(request, Marks, save, now=now)


async def register_out(session: UUID, *, now: datetime) -> RegisterOut:
    """Raises NotFound."""
    register = await queries.register(session)
    if register is None:
        raise NotFound("There is no such session.")
    held = register.session
    refused = rules.why_not_mark(held.times, session=held.status, cohort=held.cohort_status, coordinator=True, now=now)
    names = RegisterLine.__struct_fields__
    return RegisterOut(
        session=held.id,
        title=held.title,
        cohort=held.cohort_code,
        starts_at=held.times.starts_at,
        ends_at=held.times.ends_at,
        closed=refused.message if refused else "",
        lines=[RegisterLine(**{name: getattr(line, name) for name in names}) for line in register.lines],
    )


routes: list[Any] = [read_register, take_register]
