"""Coordinators keep the list of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import Invalid
from academy.home import records
from academy.people import imports, search
from academy.people.organisations import KIND_NAMES, NATIONS, REGIONS, CodeTaken, NewOrganisation
from academy.people.search import OrganisationRow
from academy.people.tables import OrganisationKind
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form, read_upload
from academy.web.lists import Column, export, show, wanted
from academy.web.pages import page, redirect

SECTION = "People"

COLUMNS: list[Column[OrganisationRow]] = [
    Column("name", "Name", lambda row: row.name),
    Column("kind", "Kind", lambda row: KIND_NAMES[row.kind]),
    Column("nation", "Nation", lambda row: row.nation),
    Column("region", "Region", lambda row: row.region),
    Column("code", "Code", lambda row: row.code),
    Column("member", "Member", lambda row: row.member),
    Column("people", "People here", lambda row: row.people),
]
KINDS = [(kind.value, name) for kind, name in KIND_NAMES.items()]
REGION_CHOICES = [(region, region) for region in REGIONS]
EMPTY = {"name": "", "short_name": "", "kind": "", "nation": "", "region": "", "code": "", "member": ""}


@get("/organisations", who=Who.COORDINATOR)
async def organisations(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = wanted(request)
    chosen = {name: asked.query.get(name, "") for name in ("kind", "region")}
    found = await search.organisations(find=asked.find, **chosen)
    if asked.export:
        return await export(found, COLUMNS, asked, name="organisations")
    return page(
        request,
        "academy/people/organisations.html",
        section=SECTION,
        staff=True,
        shown=show(found, COLUMNS, asked),
        chosen=chosen,
        filtered=bool(asked.find or any(chosen.values())),
        kind_names=KIND_NAMES,
        kinds=[("", "Any kind"), *KINDS],
        regions=[("", "Any region"), *REGION_CHOICES],
    )


@get("/organisations/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    return _form(request, EMPTY)


@post("/organisations/new", who=Who.COORDINATOR)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await read_form(request)
    try:
        typed = read_organisation(fields)
        await records.create_organisation(typed, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _form(request, fields, errors=error.errors, status=422)
    except CodeTaken as error:
        return _form(request, fields, errors={"code": error.message}, status=error.status)
    return redirect("/organisations", said=f"{typed.name} is added.")


@get("/organisations/{organisation:uuid}/edit", who=Who.COORDINATOR)
async def edit(request: Request[Any, Any, Any], organisation: FromPath[UUID]) -> Response[Any]:
    known = await search.organisation(organisation)
    typed = {
        "name": known.name,
        "short_name": known.short_name,
        "kind": known.kind.value,
        "nation": known.nation,
        "region": known.region,
        "code": known.code,
        "member": "yes" if known.member else "",
    }
    return _form(request, typed, known=known)


@post("/organisations/{organisation:uuid}/edit", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], organisation: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    known = await search.organisation(organisation)
    try:
        typed = read_organisation(fields)
        await records.change_organisation(organisation, typed, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _form(request, fields, known=known, errors=error.errors, status=422)
    except CodeTaken as error:
        return _form(request, fields, known=known, errors={"code": error.message}, status=error.status)
    return redirect("/organisations", said=f"{typed.name} is saved.")


def _form(
    request: Request[Any, Any, Any],
    typed: Mapping[str, str],
    *,
    known: OrganisationRow | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    return page(
        request,
        "academy/people/organisation.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        typed={**EMPTY, **typed},
        known=known,
        kinds=[("", "Choose"), *KINDS],
        nations=[("", "Not said"), *((nation, nation) for nation in NATIONS)],
        regions=[("", "Not said"), *REGION_CHOICES],
    )


def read_organisation(fields: Fields) -> NewOrganisation:
    """Raises Invalid with every error at once."""
    reader = Reader(fields)
    typed = NewOrganisation(
        name=reader.text("name", "Enter the name of the organisation.", most=200, label="The name"),
        short_name=reader.text("short_name", most=120, label="The short name"),
        kind=reader.choice("kind", OrganisationKind, "Choose the kind of organisation.")
        or OrganisationKind.OTHER_PUBLIC,
        nation=reader.one_of("nation", ("", *NATIONS), "Choose a nation from the list."),
        region=reader.one_of("region", ("", *REGIONS), "Choose a region from the list."),
        code=reader.text("code", most=40, label="The code") or None,
        member=reader.yes("member"),
    )
    reader.done()
    return typed


@get("/organisations/import", who=Who.COORDINATOR)
async def choose_file(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, "academy/people/import.html", section=SECTION, staff=True, problems=[])


@post("/organisations/import", who=Who.COORDINATOR, request_max_body_size=imports.LARGEST_FILE + 100_000)
async def bring_in(request: Request[Any, Any, Any]) -> Response[Any]:
    octets = await read_upload(request, "file", most=imports.LARGEST_FILE)
    try:
        if not octets:
            raise Invalid({"file": "Choose a CSV file."})
        done = await records.import_organisations(
            imports.read_organisations(octets), actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        first = next(iter(error.errors.values()))
        return page(
            request,
            "academy/people/import.html",
            section=SECTION,
            staff=True,
            errors={"file": first},
            problems=list(error.errors.values()),
        )
    said = f"{done.created} added, {done.changed} changed, {done.unchanged} as they were."
    return redirect("/organisations", said=said)


routes: list[Any] = [organisations, new, create, edit, change, choose_file, bring_in]
