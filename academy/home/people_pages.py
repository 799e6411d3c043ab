"""Coordinators find people, add them and put their records right. One person's whole page is in ``person_page``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import details as accounts_details
from academy.accounts import forms, service
from academy.accounts import queries as accounts
from academy.accounts.guards import actor
from academy.accounts.tables import Role
from academy.errors import DomainError, Invalid, NotFound
from academy.home import records
from academy.people import queries, search
from academy.people.organisations import KIND_NAMES, REGIONS
from academy.people.rules import check_name
from academy.people.search import PersonRow
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.lists import Column, Shown, export, wanted
from academy.web.pages import page, redirect

SECTION = "People"
SIZE = 50
MOST_EXPORTED = 50_000

COLUMNS: list[Column[PersonRow]] = [
    Column("name", "Name", lambda row: row.name),
    Column("address", "Email address", lambda row: row.address),
    Column("organisation", "Employer", lambda row: row.organisation),
    Column("job_title", "Job title", lambda row: row.job_title),
    Column("region", "Region", lambda row: row.region),
    Column("joined", "Known since", lambda row: row.created_at.astimezone(ZoneInfo("Europe/London")).date()),
]
KINDS = [("", "Any employer"), *((kind.value, name) for kind, name in KIND_NAMES.items())]
REGION_CHOICES = [("", "Any region"), *((region, region) for region in REGIONS)]
TROUBLES = [("", "Any address"), *search.TROUBLES.items()]


@get("/people", who=Who.COORDINATOR)
async def people(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = wanted(request)
    chosen: dict[str, Any] = {name: asked.query.get(name, "") for name in ("kind", "region", "trouble")}
    if asked.export:
        found = await search.people(find=asked.find, sort=asked.sort, most=MOST_EXPORTED, **chosen)
        return await export(found.rows, COLUMNS, asked, name="people")
    found = await search.people(find=asked.find, sort=asked.sort, most=SIZE, skip=(asked.page - 1) * SIZE, **chosen)
    pages = max(1, -(-found.total // SIZE))
    if asked.page > pages:
        return redirect(f"/people{asked.page_base}page={pages}")
    return page(
        request,
        "academy/people/people.html",
        section=SECTION,
        staff=True,
        shown=Shown(found.rows, found.total, asked.page, pages, asked),
        chosen=chosen,
        filtered=bool(asked.find or any(chosen.values())),
        kinds=KINDS,
        regions=REGION_CHOICES,
        troubles=TROUBLES,
    )


@get("/people/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, "academy/people/new.html", section=SECTION, staff=True, typed={"name": "", "email": ""})


@post("/people/new", who=Who.COORDINATOR)
async def add(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await read_form(request)
    reader = Reader(fields)
    name = reader.text("name", "Enter a name.", most=120, label="The name")
    name = (reader.check("name", lambda: check_name(name)) or "") if name else ""
    address = reader.email("email")
    try:
        reader.done()
    except Invalid as error:
        return page(
            request,
            "academy/people/new.html",
            section=SECTION,
            staff=True,
            errors=error.errors,
            typed={"name": "", "email": "", **fields},
        )
    person = await records.add_person(name=name, address=address, actor=actor(request), now=clock.now())
    return redirect(f"/people/{person}/edit")


@get("/people/{person:uuid}/edit", who=Who.COORDINATOR)
async def edit(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    return await _edit(request, person)


async def _edit(
    request: Request[Any, Any, Any],
    person: UUID,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[Any]:
    known = await queries.details(person)
    return page(
        request,
        "academy/people/edit.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        known=known,
        typed={**forms.typed_details(known), "email": "", **(typed or {})},
        organisations=[("", "Not in this list"), *await queries.organisation_choices()],
        time_zones=forms.time_zones(),
        alike=await search.perhaps_the_same_as(known),
        coordinator=Role.COORDINATOR in await accounts.roles(person),
        zone=request.user.time_zone,
    )


@post("/people/{person:uuid}/edit", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    try:
        typed = forms.read_details(fields)
        await accounts_details.change_details(
            person, **msgspec.structs.asdict(typed), actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        return await _edit(request, person, status=422, errors=error.errors, typed=fields)
    return redirect(_back(person), said="The details are saved.")


@post("/people/{person:uuid}/addresses", who=Who.COORDINATOR)
async def add_address(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    reader = Reader(fields)
    address = reader.email("email")
    try:
        reader.done()
        await records.add_address(
            person, address=address, verified=reader.yes("verified"), actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        return await _edit(request, person, status=422, errors=error.errors, typed=fields)
    except NotFound:
        raise
    except DomainError as error:
        return await _edit(request, person, status=error.status, errors={"email": error.message}, typed=fields)
    return redirect(_back(person), said="The address is added.")


@post("/people/{person:uuid}/addresses/{address:uuid}/primary", who=Who.COORDINATOR)
async def make_primary(
    request: Request[Any, Any, Any], person: FromPath[UUID], address: FromPath[UUID]
) -> Response[Any]:
    await records.make_primary(person, address=address, actor=actor(request), now=clock.now())
    return redirect(_back(person), said="We write to this address from now on.")


@post("/people/{person:uuid}/addresses/{address:uuid}/verified", who=Who.COORDINATOR)
async def verified(request: Request[Any, Any, Any], person: FromPath[UUID], address: FromPath[UUID]) -> Response[Any]:
    await records.verify_address(person, address=address, actor=actor(request), now=clock.now())
    return redirect(_back(person), said="The address is verified.")


@get("/people/{person:uuid}/addresses/{address:uuid}/remove", who=Who.COORDINATOR)
async def ask_remove(request: Request[Any, Any, Any], person: FromPath[UUID], address: FromPath[UUID]) -> Response[Any]:
    known = await queries.details(person)
    return page(
        request,
        "academy/people/remove_address.html",
        section=SECTION,
        staff=True,
        known=known,
        address=queries.address_of(known, address),
    )


@post("/people/{person:uuid}/addresses/{address:uuid}/remove", who=Who.COORDINATOR)
async def remove(request: Request[Any, Any, Any], person: FromPath[UUID], address: FromPath[UUID]) -> Response[Any]:
    removed = await records.remove_address(person, address=address, actor=actor(request), now=clock.now())
    return redirect(_back(person), said=f"{removed} is removed.")


@get("/people/{person:uuid}/role", who=Who.COORDINATOR)
async def ask_role(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    return page(
        request,
        "academy/people/role.html",
        section=SECTION,
        staff=True,
        known=await queries.details(person),
        coordinator=Role.COORDINATOR in await accounts.roles(person),
    )


@post("/people/{person:uuid}/role", who=Who.COORDINATOR)
async def change_role(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    if fields.get("coordinator") == "yes":
        await service.grant(person, Role.COORDINATOR, actor(request), clock.now())
        said = "This person is a coordinator now."
    else:
        await service.revoke(person, Role.COORDINATOR, actor(request), clock.now())
        said = "This person is no longer a coordinator."
    return redirect(_back(person), said=said)


def _back(person: UUID) -> str:
    return f"/people/{person}/edit"


routes: list[Any] = [
    people,
    new,
    add,
    edit,
    change,
    add_address,
    make_primary,
    verified,
    ask_remove,
    remove,
    ask_role,
    change_role,
]
