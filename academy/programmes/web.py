"""Pages where coordinators make programmes. The public ones are in cohorts/calendar."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.accounts.presses import new_press, pressed
from academy.database.transactions import Row
from academy.errors import ChangedMeanwhile, Invalid
from academy.invites.times import utc_to_local
from academy.programmes import forms, queries, rules, service, web_sponsors
from academy.web.access import Who
from academy.web.forms import Fields, differing, read_form, version_of
from academy.web.lists import Column, export, show, wanted
from academy.web.pages import page, redirect

SECTION = "Programmes"

COLUMNS: list[Column[Row]] = [
    Column("name", "Name", lambda row: row["name"]),
    Column("kind", "Kind", lambda row: rules.KIND_WORDS[row["kind"]]),
    Column("status", "Status", lambda row: rules.STATUS_WORDS[row["status"]][0]),
    Column("contact", "Contact minutes", lambda row: row["contact_minutes"]),
    Column("cpd", "CPD minutes", lambda row: row["cpd_minutes"]),
    Column("sponsor", "Sponsor", lambda row: ", ".join(row["sponsors"])),
    Column("created", "Created", lambda row: row["created_at"]),
]


@get("/programmes/manage", who=Who.COORDINATOR)
async def manage(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = wanted(request)
    kind, status = asked.query.get("kind", ""), asked.query.get("status", "")
    rows = await queries.all_programmes()
    sponsors = await queries.sponsors_by_programme(on=utc_to_local(clock.now()).date())
    for row in rows:
        row["sponsors"] = [each["organisation_name"] for each in sponsors.get(row["id"], [])]
    found = [
        row
        for row in rows
        if asked.find.casefold() in row["name"].casefold()
        and (kind in ("", row["kind"]))
        and (status in ("", row["status"]))
    ]
    if asked.export:
        return await export(found, COLUMNS, asked, name="programmes")
    return page(
        request,
        "academy/programmes/manage.html",
        section=SECTION,
        staff=True,
        shown=show(found, COLUMNS, asked),
        kinds=[("", "Any kind"), *forms.KINDS],
        statuses=[("", "Any status"), *((key, words[0]) for key, words in rules.STATUS_WORDS.items())],
        kind=kind,
        state=status,
        any_at_all=bool(rows),
        status_words=rules.STATUS_WORDS,
        kind_words=rules.KIND_WORDS,
    )


@get("/programmes/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    return _form(request, None, forms.typed_programme(None))


@post("/programmes/new", who=Who.COORDINATOR)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await read_form(request)
    if fields.get("do") == "preview":
        return _form(request, None, _typed(fields), preview=True)
    try:
        details = forms.read_programme(fields)
    except Invalid as error:
        return _form(request, None, _typed(fields), errors=error.errors, status=422)
    now = clock.now()

    async def made() -> tuple[str, str]:
        row = await queries.by_id(await service.create_programme(details, actor=actor(request), now=now))
        assert row is not None
        return f"/programmes/{row['slug']}/edit", f"{details.name} is a draft. Only coordinators see it."

    return await pressed(request, fields, made, now=now)


@get("/programmes/{slug:str}/edit", who=Who.COORDINATOR)
async def edit(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    row = await queries.found_programme(slug)
    return _form(request, row, forms.typed_programme(row))


@post("/programmes/{slug:str}/edit", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    row = await queries.found_programme(slug)
    fields = await read_form(request)
    if fields.get("do") == "preview":
        return _form(request, row, _typed(fields), preview=True)
    try:
        details = forms.read_programme(fields)
        await service.change_programme(
            row["id"],
            details,
            version=version_of(fields),
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return _form(request, row, _typed(fields), errors=error.errors, status=422)
    except ChangedMeanwhile:
        row = await queries.found_programme(slug)
        theirs = forms.typed_programme(row)
        typed = {**_typed(fields), "version": theirs["version"]}
        return _form(request, row, typed, theirs=theirs, status=409)
    return redirect(f"/programmes/{slug}/edit", said=f"{details.name} is saved.")


@post("/programmes/{slug:str}/publish", who=Who.COORDINATOR)
async def publish(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    row = await queries.found_programme(slug)
    await service.publish(row["id"], actor=actor(request), now=clock.now())
    return redirect(f"/programmes/{slug}/edit", said=f"{row['name']} is published. Everyone can see it now.")


@get("/programmes/{slug:str}/archive", who=Who.COORDINATOR)
async def ask_archive(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    row = await queries.found_programme(slug)
    return page(request, "academy/programmes/archive.html", section=SECTION, staff=True, programme=row)


@post("/programmes/{slug:str}/archive", who=Who.COORDINATOR)
async def archive(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    row = await queries.found_programme(slug)
    await service.archive(row["id"], actor=actor(request), now=clock.now())
    return redirect("/programmes/manage", said=f"{row['name']} is archived. You can publish it again at any time.")


def _typed(fields: Fields) -> dict[str, str]:
    return {name: fields.get(name, "") for name in (*forms.LABELS, "version")}


def _form(
    request: Request[Any, Any, Any],
    programme: Row | None,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    theirs: dict[str, str] | None = None,
    preview: bool = False,
    status: int = 200,
) -> Response[Any]:
    """The one form. ``theirs`` is what somebody else saved meanwhile."""
    return page(
        request,
        "academy/programmes/edit.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        programme=programme,
        press=new_press(),
        typed=typed,
        kinds=forms.KINDS,
        status_words=rules.STATUS_WORDS,
        preview=preview,
        theirs=theirs,
        differing=differing(forms.LABELS, theirs, typed),
        why_not_publish=programme
        and rules.why_not_publish(
            status=programme["status"], summary=programme["summary"], description=programme["description"]
        ),
    )


routes = [manage, new, create, edit, change, publish, ask_archive, archive, *web_sponsors.routes]
