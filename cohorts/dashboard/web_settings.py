"""The settings of a cohort, and calling it off."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.database.transactions import Row
from academy.errors import ChangedMeanwhile, DomainError, Invalid
from academy.web.access import Who
from academy.web.forms import Fields, Reader, differing, read_form, version_of
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.dashboard import changes
from cohorts.enrolment import service as enrolment
from cohorts.schedule import forms, queries, rules, service
from cohorts.schedule.queries import found_cohort
from cohorts.schedule.web import choices

FIELD_OF: dict[type[DomainError], str] = {
    rules.CodeTaken: "code",
    rules.CodeFixed: "code",
    rules.TooFewPlaces: "capacity",
    rules.BadTimes: "closes_on",
    rules.ReasonMissing: "reason",
}


@get("/cohorts/{code:str}/edit", who=Who.COORDINATOR)
async def edit(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    row = await found_cohort(code)
    return await _page(request, row, forms.typed_cohort(row))


@post("/cohorts/{code:str}/edit", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    row = await found_cohort(code)
    fields = await read_form(request)
    try:
        details = forms.read_cohort(fields, programme_name=row["programme_name"], starts_at=row["first_starts_at"])
        moved_up = await changes.change_cohort(
            row["id"],
            details,
            version=version_of(fields),
            reason=Reader(fields).text("reason", most=300),
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return await _page(request, row, fields, errors=error.errors)
    except ChangedMeanwhile:
        row = await found_cohort(code)
        theirs = forms.typed_cohort(row)
        return await _page(request, row, {**fields, "version": theirs["version"]}, theirs=theirs)
    except DomainError as error:
        if error.status != 422:
            raise
        return await _page(request, row, fields, errors={_field(error, fields): error.message})
    told = f" {counted(moved_up, 'person', 'people')} moved up from the waiting list." if moved_up else ""
    return redirect(f"/cohorts/{details.code}/edit", said=f"The settings of {details.name} are saved.{told}")


@get("/cohorts/{code:str}/cancel", who=Who.COORDINATOR)
async def ask_cancel(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    return await _cancel_page(request, await found_cohort(code))


@post("/cohorts/{code:str}/cancel", who=Who.COORDINATOR)
async def cancel(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    row = await found_cohort(code)
    reader = Reader(await read_form(request))
    needed = "Enter a reason. Everyone who has a place reads it." if row["status"] == "open" else ""
    reason = reader.text("reason", needed, most=300, label="The reason")
    try:
        reader.done()
    except Invalid as error:
        return await _cancel_page(request, row, reason=reader.fields.get("reason", ""), errors=error.errors)
    people = await enrolment.cancel_cohort(row["id"], reason=reason, actor=actor(request), now=clock.now())
    told = f" {people} {'person is' if people == 1 else 'people are'} told." if people else ""
    return redirect("/cohorts", said=f"{row['name']} is cancelled.{told}")


def _field(error: DomainError, fields: Fields) -> str:
    """The field that a rule's sentence belongs to."""
    if isinstance(error, rules.BadPlace):
        return "link" if fields.get("format") != "in_person" and not fields.get("link", "").strip() else "venue"
    return FIELD_OF.get(type(error), "name")


async def _page(
    request: Request[Any, Any, Any],
    cohort: Row,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    theirs: dict[str, str] | None = None,
) -> Response[Any]:
    now = clock.now()
    names = (*forms.LABELS, "version", "reason")
    return page(
        request,
        "cohorts/schedule/edit.html",
        section="Cohorts",
        staff=True,
        status=409 if theirs else None,
        errors=errors,
        cohort=cohort,
        stage=rules.stage(cohort, now),
        typed={name: typed.get(name, "") for name in names},
        theirs=theirs,
        differing=differing(forms.LABELS, theirs, typed),
        taken=await changes.places_taken(cohort["id"]),
        why_not=rules.why_not_changeable(cohort["status"]),
        why_not_publish=service.why_not_publish(cohort, await queries.sessions(cohort["id"])),
        **await choices(cohort["programme"], cohort["zone"]),
    )


async def _cancel_page(
    request: Request[Any, Any, Any], cohort: Row, *, reason: str = "", errors: dict[str, str] | None = None
) -> Response[Any]:
    now = clock.now()
    sessions = await service.remaining_sessions(cohort["id"], now=now)
    return page(
        request,
        "cohorts/schedule/cancel.html",
        section="Cohorts",
        staff=True,
        errors=errors,
        cohort=cohort,
        stage=rules.stage(cohort, now),
        sessions=sessions,
        people=await changes.everybody(cohort["id"]),
        reason=reason,
        why_not=rules.why_not_changeable(cohort["status"]),
    )


routes = [edit, change, ask_cancel, cancel]
