"""Programmes in the JSON API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath

from academy import clock, database
from academy.accounts.calls import perform
from academy.accounts.guards import actor
from academy.errors import Invalid, NotFound
from academy.programmes import queries, service
from academy.programmes.forms import read_programme
from academy.programmes.tables import ProgrammeKind
from academy.web import api
from academy.web.access import Who
from academy.web.api import Json
from academy.web.forms import Fields

TAGS = ["Programmes"]


class ProgrammeOut(msgspec.Struct, frozen=True):
    """A programme. Lengths are in minutes; texts are Markdown."""

    id: UUID
    slug: str
    name: str
    kind: ProgrammeKind
    status: str
    summary: str
    audience: str
    description: str
    outcomes: str
    contact_minutes: int
    cpd_minutes: int
    sessions_needed: int | None


class NewProgramme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a programme is made from. Lengths are in minutes."""

    name: str
    summary: str
    kind: ProgrammeKind = ProgrammeKind.LEADERSHIP
    audience: str = ""
    description: str = ""
    outcomes: str = ""
    contact_minutes: int = 0
    cpd_minutes: int = 0
    sessions_needed: int | None = None
    publish: bool = False


def shown(row: dict[str, Any]) -> ProgrammeOut:
    return ProgrammeOut(**{name: row[name] for name in ProgrammeOut.__struct_fields__})


@get("/api/programmes", who=Who.API_READ, tags=TAGS, gives=list[ProgrammeOut])
async def list_programmes() -> Json:
    """Every published programme, by name."""
    return api.answer([shown(row) for row in await queries.published()])


@get("/api/programmes/{slug:str}", who=Who.API_READ, tags=TAGS, gives=ProgrammeOut)
async def get_programme(slug: FromPath[str]) -> Json:
    """One published programme."""
    row = await queries.published_by_slug(slug)
    if row is None:
        raise NotFound("There is no published programme with this slug.")
    return api.answer(shown(row))


@post("/api/programmes", who=Who.API_MANAGE, tags=TAGS, body=NewProgramme, gives=ProgrammeOut, codes=(201,))
async def create_programme(request: Request[Any, Any, Any]) -> Json:
    """Create a programme, and publish it if the body says so."""
    now = clock.now()

    async def create(body: NewProgramme) -> tuple[int, ProgrammeOut]:
        async with database.transaction():
            made = await service.create_programme(details(body), actor=actor(request), now=now)
            if body.publish:
                await service.publish(made, actor=actor(request), now=now)
            row = await queries.by_id(made)
        assert row is not None
        return 201, shown(row)

    return await perform(request, NewProgramme, create, now=now)


def details(body: NewProgramme) -> service.ProgrammeDetails:
    """The same checks as the form's. Raises Invalid."""
    for name in ("contact_minutes", "cpd_minutes"):
        if not 0 <= getattr(body, name) <= 60_000:
            raise Invalid({name: "Give minutes from 0 to 60000."})
    typed = {
        name: "" if value is None else str(value)
        for name, value in msgspec.structs.asdict(body).items()
        if name not in ("publish", "contact_minutes", "cpd_minutes")
    }
    read = read_programme(Fields({**typed, "kind": body.kind.value}.items()))
    return msgspec.structs.replace(read, contact_minutes=body.contact_minutes, cpd_minutes=body.cpd_minutes)


routes = [list_programmes, get_programme, create_programme]
