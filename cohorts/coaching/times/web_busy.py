"""The page on which coaches say which calendars tell when they are busy elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import limits
from academy.accounts.guards import actor
from academy.errors import DomainError, Invalid, NotFound
from academy.settings import Settings
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form, read_upload
from academy.web.pages import page, redirect
from cohorts.coaching.times import busy, sources
from cohorts.coaching.times.addresses import BadAddress, parse
from cohorts.coaching.times.content import MOST_OCTETS
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.sources import SourceView
from cohorts.coaching.times.tables import BusySourceKind
from cohorts.coaching.times.web_rules import SECTION, own

BUSY = "/coach/busy"
TYPED = ("name", "address", "file_name")


class NoAddresses(DomainError):
    """This installation fetches no calendars."""


def may_fetch(request: Request[Any, Any, Any]) -> bool:
    settings: Settings = request.app.state.settings
    return settings.calendar_import


@get("/coach/busy", who=Who.COACH)
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    return await _page(request, await own(request))


@post("/coach/busy/addresses", who=Who.COACH)
async def add_address(request: Request[Any, Any, Any]) -> Response[Any]:
    """Add a published calendar and read it at once, so that the coach sees whether that works."""
    coach = await own(request)
    _need_addresses(request)
    fields, now = await read_form(request), clock.now()
    reader = Reader(fields)
    name = reader.text("name", most=100, label="The name")
    try:
        address = parse(fields.get("address", ""))
    except BadAddress as error:
        reader.wrong("address", error.message)
    try:
        reader.done()
        await _limit(coach)
        made = await busy.add_address(coach.id, name or address.host, address.address, actor=actor(request), now=now)
    except Invalid as error:
        return await _page(request, coach, typed=fields, errors=error.errors)
    except (busy.KnownAlready, busy.TooManyCalendars) as error:
        return await _page(request, coach, typed=fields, errors={"address": error.message})
    return await _read(coach, made)


@post("/coach/busy/files", who=Who.COACH, request_max_body_size=MOST_OCTETS + 100_000)
async def add_file(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    fields, content = await read_form(request), await read_upload(request, "file", most=MOST_OCTETS)
    reader = Reader(fields)
    name = reader.text("file_name", most=100, label="The name")
    if not content:
        reader.wrong("file", "Choose the file of a calendar. Its name ends in .ics.")
    try:
        reader.done()
        await _limit(coach)
        made = await busy.add_file(coach.id, name or "File", content, actor=actor(request), now=clock.now())
    except Invalid as error:
        return await _page(request, coach, typed=fields, errors=error.errors)
    except (busy.CannotRead, busy.TooManyCalendars) as error:
        return await _page(request, coach, typed=fields, errors={"file": error.message})
    found = await _own_calendar(coach, made)
    return redirect(BUSY, said=f"The file is read. {_counted(found)} It is not kept.")


@post("/coach/busy/{calendar:uuid}/read", who=Who.COACH)
async def read_again(request: Request[Any, Any, Any], calendar: FromPath[UUID]) -> Response[Any]:
    coach = await own(request)
    _need_addresses(request)
    if (await _own_calendar(coach, calendar)).kind is not BusySourceKind.ADDRESS:
        raise NotFound
    await _limit(coach)
    return await _read(coach, calendar)


@get("/coach/busy/{calendar:uuid}/remove", who=Who.COACH)
async def ask_remove(request: Request[Any, Any, Any], calendar: FromPath[UUID]) -> Response[Any]:
    found = await _own_calendar(await own(request), calendar)
    return page(request, "cohorts/coaching/times/remove_calendar.html", section=SECTION, calendar=found)


@post("/coach/busy/{calendar:uuid}/remove", who=Who.COACH)
async def remove(request: Request[Any, Any, Any], calendar: FromPath[UUID]) -> Response[Any]:
    coach = await own(request)
    found = await _own_calendar(coach, calendar)
    await busy.remove_source(calendar, coach=coach.id, actor=actor(request), now=clock.now())
    return redirect(BUSY, said=f"The calendar {found.name} and its busy times are removed.")


# ------------------------------------------------------------------------ parts
async def _page(
    request: Request[Any, Any, Any],
    coach: CoachView,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "cohorts/coaching/times/busy.html",
        section=SECTION,
        errors=errors,
        typed={name: typed.get(name, "") if typed else "" for name in TYPED},
        calendars=await sources.sources_of(coach.id, now=clock.now()),
        may_fetch=may_fetch(request),
        zone=coach.zone,
        most=busy.MOST_CALENDARS,
    )


async def _own_calendar(coach: CoachView, calendar: UUID) -> SourceView:
    """Raises NotFound, also for another coach's."""
    for each in await sources.sources_of(coach.id, now=clock.now()):
        if each.id == calendar:
            return each
    raise NotFound


async def _read(coach: CoachView, calendar: UUID) -> Response[Any]:
    """Read a calendar and say what came of it."""
    good = await busy.read(calendar, now=clock.now())
    found = await _own_calendar(coach, calendar)
    if good:
        return redirect(BUSY, said=f"The calendar {found.name} is read. {_counted(found)}")
    return redirect(BUSY, warned=f"The calendar {found.name} could not be read. {found.problem}")


async def _limit(coach: CoachView) -> None:
    """Nobody makes us ask other servers, or read files, without end. Raises TooMany."""
    await limits.check("calendar", str(coach.id), most=20, minutes=10, now=clock.now())


def _need_addresses(request: Request[Any, Any, Any]) -> None:
    """Raises NoAddresses."""
    if not may_fetch(request):
        raise NoAddresses("Calendars cannot be read from addresses here. Save yours as a file, and load that.")


def _counted(found: SourceView) -> str:
    if not found.times:
        return "It has no busy times in the coming weeks."
    return "It has 1 busy time to come." if found.times == 1 else f"It has {found.times} busy times to come."


routes: list[Any] = [show, add_address, add_file, read_again, ask_remove, remove]
