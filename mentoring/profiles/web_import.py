"""Bringing a list of mentors or mentees: the file, its columns, a look at what would happen, and the import."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import Invalid
from academy.web import sheets
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form, read_upload
from academy.web.pages import page, redirect
from academy.web.words import counted
from mentoring.profiles import columns, options, queries, rules, service
from mentoring.profiles.columns import Mapping
from mentoring.profiles.queries import RoundView
from mentoring.profiles.service import File, Standing
from mentoring.profiles.tables import Side
from mentoring.profiles.web_rounds import head
from mentoring.waiting import WorkState

SIDES = [("", "The file says it in a column"), (Side.MENTOR.value, "Mentors"), (Side.MENTEE.value, "Mentees")]
MOST_SHOWN = 100
SAMPLES = 3


@get("/mentoring/rounds/{round:str}/import", who=Who.COORDINATOR)
async def choose_file(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    return _upload_page(request, await queries.round(round), {})


@post(
    "/mentoring/rounds/{round:str}/import",
    who=Who.COORDINATOR,
    request_max_body_size=sheets.LARGEST_FILE + 100_000,
)
async def bring(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    fields = await read_form(request)
    octets = await read_upload(request, "file", most=sheets.LARGEST_FILE)
    reader = Reader(fields)
    side = reader.one_of("side", [key for key, _ in SIDES], "Choose whether these are mentors or mentees.")
    try:
        reader.done()
        file = await service.bring_file(
            here.id,
            octets=octets,
            file_name=await _file_name(request),
            side=Side(side) if side else None,
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return _upload_page(request, here, fields, errors=error.errors)
    except rules.CannotSignUp as error:
        return _upload_page(request, here, fields, errors={"": error.message}, status=error.status)
    return redirect(f"/mentoring/rounds/{round}/import/{file}")


@get("/mentoring/rounds/{round:str}/import/{file:uuid}", who=Who.COORDINATOR)
async def map_columns(request: Request[Any, Any, Any], round: FromPath[str], file: FromPath[UUID]) -> Response[Any]:
    """Which column is what, as guessed; each with its first cells. A known list needs one click."""
    here = await queries.round(round)
    found = await service.file_of(here.id, file)
    return _columns_page(request, here, found, found.mapping)


@post("/mentoring/rounds/{round:str}/import/{file:uuid}", who=Who.COORDINATOR)
async def choose_columns(request: Request[Any, Any, Any], round: FromPath[str], file: FromPath[UUID]) -> Response[Any]:
    here = await queries.round(round)
    found = await service.file_of(here.id, file)
    fields = await read_form(request)
    if fields.get("do") == "as-guessed":
        mapping = columns.guess(found.headings, found.side)
    else:
        keys = {field.key for field in columns.fields_of(found.side)}
        mapping = {at: key for at in range(len(found.headings)) if (key := fields.get(f"column-{at}", "")) in keys}
    try:
        await service.choose_columns(file, mapping)
    except Invalid as error:
        return _columns_page(request, here, found, mapping, errors=error.errors)
    return redirect(f"/mentoring/rounds/{round}/import/{file}/check")


@get("/mentoring/rounds/{round:str}/import/{file:uuid}/check", who=Who.COORDINATOR)
async def check(request: Request[Any, Any, Any], round: FromPath[str], file: FromPath[UUID]) -> Response[Any]:
    """Who will be imported, and who not and why; nothing has happened yet. Then how far it is, and what it did."""
    here = await queries.round(round)
    standing = await service.standing(here.id, file)
    if standing.under_way or standing.state is WorkState.READY:
        return _standing_page(request, here, standing)
    found = await service.file_of(here.id, file)
    looked = await service.preview(found)
    return page(
        request,
        "mentoring/profiles/import_check.html",
        file=found,
        problem=standing.problem,
        looked=looked,
        most=MOST_SHOWN,
        noted=sum(bool(each.notes) for each in looked.imported),
        grade_words=lambda grade: options.words(options.GRADES, grade) if grade else "–",
        **head(request, here, "People"),
    )


@post("/mentoring/rounds/{round:str}/import/{file:uuid}/check", who=Who.COORDINATOR)
async def carry_out(request: Request[Any, Any, Any], round: FromPath[str], file: FromPath[UUID]) -> Response[Any]:
    """Import a short list at once, and a long one while its page says how far it is."""
    here = await queries.round(round)
    found = await service.ask_import(here.id, file, actor=actor(request), now=clock.now())
    if found.state is not WorkState.READY:
        if found.state is WorkState.WAITING:
            service.start_import(file)
        return redirect(f"/mentoring/rounds/{round}/import/{file}/check")
    return redirect(_people_of(here, found), said=_did(found))


def _did(found: Standing) -> str:
    return f"{counted(found.added or 0, found.side.value)} imported, {counted(found.skipped or 0, 'row')} left out."


def _people_of(here: RoundView, found: Standing) -> str:
    return f"/mentoring/rounds/{here.slug}/people{'?side=mentee' if found.side is Side.MENTEE else ''}"


def _standing_page(request: Request[Any, Any, Any], here: RoundView, found: Standing) -> Response[Any]:
    return page(
        request,
        "mentoring/profiles/import_standing.html",
        file=found,
        did=_did(found),
        people=_people_of(here, found),
        zone=request.user.time_zone,
        **head(request, here, "People"),
    )


async def _file_name(request: Request[Any, Any, Any]) -> str:
    file = (await request.form()).get("file")
    return file.filename if isinstance(file, UploadFile) else ""


def _upload_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    typed: dict[str, str] | Fields,
    *,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    return page(
        request,
        "mentoring/profiles/import.html",
        status=status,
        errors=errors,
        typed={"side": typed.get("side", "")},
        sides=SIDES,
        **head(request, here, "People"),
    )


def _columns_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    file: File,
    mapping: Mapping,
    *,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    fields = columns.fields_of(file.side)
    return page(
        request,
        "mentoring/profiles/import_columns.html",
        errors=errors,
        file=file,
        known=columns.is_known_list(file.headings, file.side),
        usable=not columns.why_not_usable(columns.guess(file.headings, file.side)),
        columns=[
            {
                "at": at,
                "heading": heading or f"Column {at + 1}",
                "chosen": mapping.get(at, ""),
                "samples": [row.cells[at][:60] for row in file.rows[:20] if at < len(row.cells) and row.cells[at]][
                    :SAMPLES
                ],
            }
            for at, heading in enumerate(file.headings)
        ],
        fields=[("", "Leave it out"), *((field.key, field.words) for field in fields)],
        **head(request, here, "People"),
    )


routes: list[Any] = [choose_file, bring, map_columns, choose_columns, check, carry_out]
