"""Pages where coordinators plan cohorts. What also reaches enrolments is in cohorts/dashboard."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.accounts.presses import new_press, pressed
from academy.database.transactions import Row
from academy.errors import Invalid
from academy.invites.times import utc_to_local
from academy.programmes import queries as programmes
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form
from academy.web.pages import page, redirect
from cohorts.schedule import forms, queries, rules, service, web_sessions

SECTION = "Cohorts"


@get("/programmes/{slug:str}/cohorts/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    programme = await programmes.found_programme(slug)
    sponsor = await programmes.current_sponsor(programme["id"], on=utc_to_local(clock.now()).date())
    typed = forms.new_cohort(programme, sponsorship=sponsor["id"] if sponsor else None)
    return await _new_page(request, programme, typed)


@post("/programmes/{slug:str}/cohorts/new", who=Who.COORDINATOR)
async def create(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    programme = await programmes.found_programme(slug)
    fields = await read_form(request)
    if fields.get("do") == "more":
        return await _new_page(request, programme, {**fields, "rows": str(forms.rows(fields) + 1)})
    try:
        zone = fields.get("zone", "")
        sessions, errors = [], {}
        try:
            sessions = forms.read_sessions(fields, zone=zone if zone in rules.ZONES else rules.ZONES[0])
        except Invalid as error:
            errors = error.errors
        first = min((each.starts_at for each in sessions), default=None)
        try:
            details = forms.read_cohort(fields, programme_name=programme["name"], starts_at=first)
        except Invalid as error:
            errors = {**error.errors, **errors}
        errors |= _which_hour(fields, zone)
        if errors:
            raise Invalid(errors)
        now = clock.now()

        async def made() -> tuple[str, str]:
            who = actor(request)
            row = await queries.by_id(
                await service.create_cohort(programme["id"], details, sessions=sessions, actor=who, now=now)
            )
            assert row is not None
            return f"/cohorts/{row['code']}/sessions", f"{row['name']} is planned. Only coordinators see it."

        return await pressed(request, fields, made, now=now)
    except Invalid as error:
        return await _new_page(request, programme, fields, errors=error.errors)
    except rules.CodeTaken as error:
        return await _new_page(request, programme, {**fields, "code": details.code}, errors={"code": error.message})


@post("/cohorts/{code:str}/publish", who=Who.COORDINATOR)
async def publish(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    row = await queries.found_cohort(code)
    await service.publish(row["id"], actor=actor(request), now=clock.now())
    return redirect(f"/cohorts/{code}/manage", said=f"{row['name']} is published. Everyone can see it now.")


@get("/cohorts/{code:str}/make-virtual", who=Who.COORDINATOR)
async def ask_make_virtual(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    row = await queries.found_cohort(code)
    return await _virtual_page(request, row, {"link": row["link"], "reason": ""})


@post("/cohorts/{code:str}/make-virtual", who=Who.COORDINATOR)
async def make_virtual(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    row = await queries.found_cohort(code)
    fields = await read_form(request)
    reader = Reader(fields)
    link = reader.web_address("link", "Enter the link that people join by.")
    needs_reason = "Enter a reason. Everyone who is invited reads it." if row["status"] == "open" else ""
    reason = reader.text("reason", needs_reason, most=300, label="The reason")
    try:
        reader.done()
    except Invalid as error:
        return await _virtual_page(request, row, fields, errors=error.errors)
    count = await service.make_virtual(row["id"], link, reason, actor=actor(request), now=clock.now())
    sessions = "1 session takes" if count == 1 else f"{count} sessions take"
    return redirect(f"/cohorts/{code}/sessions", said=f"{row['name']} is virtual. {sessions} place online.")


def _which_hour(fields: Fields, zone: str) -> dict[str, str]:
    """A row whose time stands on the clock twice has to say which; asked once, with the question on the form."""
    if zone not in rules.ZONES:
        return {}
    return {
        f"{prefix}starts": web_sessions.TWICE
        for prefix in (f"s{number}_" for number in range(1, forms.rows(fields) + 1))
        if forms.comes_twice(fields, zone=zone, prefix=prefix) and f"{prefix}asked" not in fields
    }


async def _new_page(
    request: Request[Any, Any, Any],
    programme: Row,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    prefixes = [f"s{number}_" for number in range(1, forms.rows(typed) + 1)]
    zone = typed.get("zone", "")
    wrong = errors or {}
    names = (*forms.LABELS, "version", "reason")
    return page(
        request,
        "cohorts/schedule/new.html",
        section=SECTION,
        staff=True,
        errors=forms.in_order(wrong, prefixes),
        wrong=wrong,
        programme=programme,
        cohort=None,
        press=new_press(),
        typed={**{name: typed.get(name, "") for name in names}, "rows": str(len(prefixes))},
        rows=[_row(typed, prefix, zone) for prefix in prefixes],
        most_rows=forms.MOST_ROWS,
        **await choices(programme["id"], zone),
    )


def _row(typed: dict[str, str], prefix: str, zone: str) -> dict[str, Any]:
    names = ("title", "on", "starts", "ends", "compulsory", "second")
    twice = zone in rules.ZONES and forms.comes_twice(typed, zone=zone, prefix=prefix)
    return {**{name: typed.get(prefix + name, "") for name in names}, "prefix": prefix, "twice": twice}


async def choices(programme: Any, zone: str) -> dict[str, Any]:
    """What the cohort form chooses from."""
    sponsors = [
        (str(each["id"]), f"{each['organisation_name']} ({each['role']})")
        for each in await programmes.sponsorships(programme)
    ]
    zones = rules.ZONES if zone in rules.ZONES or not zone else (zone, *rules.ZONES)
    return {
        "regions": forms.REGIONS,
        "formats": forms.FORMATS,
        "zones": [(name, name.replace("_", " ")) for name in zones],
        "sponsors": [("", "No sponsor"), *sponsors],
    }


async def _virtual_page(
    request: Request[Any, Any, Any], cohort: Row, typed: dict[str, str], *, errors: dict[str, str] | None = None
) -> Response[Any]:
    now = clock.now()
    sessions = await service.remaining_sessions(cohort["id"], now=now)
    return page(
        request,
        "cohorts/schedule/make_virtual.html",
        section=SECTION,
        staff=True,
        errors=errors,
        cohort=cohort,
        stage=rules.stage(cohort, now),
        sessions=sessions,
        people=await web_sessions.invited(sessions),
        typed={name: typed.get(name, "") for name in ("link", "reason")},
        why_not=rules.why_not_changeable(cohort["status"]),
    )


routes = [new, create, publish, ask_make_virtual, make_virtual, *web_sessions.routes]
