"""Pages about the sessions of a cohort: all of them, changing one, calling one off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.database.transactions import Row
from academy.errors import ChangedMeanwhile, DomainError, Invalid, NotFound
from academy.invites.queries import replies
from academy.invites.times import when
from academy.people.queries import contacts
from academy.web.access import Who
from academy.web.forms import Fields, Reader, differing, read_form
from academy.web.pages import page, redirect
from cohorts.schedule import forms, queries, rules, service
from cohorts.schedule.rules import Engagement, SessionDetails
from cohorts.schedule.sessions import Leaders, mark_of

TWICE = "The clocks go back that day, so this time comes twice. Say which of the two is meant."
REASON = "Enter a reason. Everyone who is invited reads it."
LABELS = {"title": "Title", "on": "Date", "starts": "Starts", "ends": "Ends", "place": "Place", "link": "Link"}


class Clashing(Exception):
    """Somebody who leads is elsewhere at that time; the coordinator has not said yet that this is known."""

    def __init__(self, clashes: list[Engagement]) -> None:
        super().__init__()
        self.clashes = clashes


@get("/cohorts/{code:str}/sessions", who=Who.COORDINATOR)
async def sessions(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    cohort = await queries.found_cohort(code)
    now = clock.now()
    rows = await queries.sessions(cohort["id"])
    return page(
        request,
        "cohorts/schedule/sessions.html",
        section="Cohorts",
        staff=True,
        cohort=cohort,
        stage=rules.stage(cohort, now),
        sessions=rows,
        facilitators=await queries.facilitators(cohort["id"]),
        now=now,
        why_not_publish=service.why_not_publish(cohort, rows),
        why_not=rules.why_not_changeable(cohort["status"]),
    )


@get("/cohorts/{code:str}/sessions/{session:uuid}", who=Who.COORDINATOR)
async def session(request: Request[Any, Any, Any], code: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    cohort, row = await _both(code, session)
    leaders = [str(each["person"]) for each in await queries.facilitators_of(session)]
    typed = {**forms.typed_session(row, venue_and_link=usual(cohort)), "seen": mark_of(row)}
    return await form_page(request, cohort, row, typed, leaders)


@post("/cohorts/{code:str}/sessions/{session:uuid}", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], code: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    cohort, row = await _both(code, session)
    fields = await read_form(request)
    ticked = fields.all("facilitator")
    try:
        details, leaders = await read(fields, cohort, zone=row["zone"], session=row)
        reason = Reader(fields).text("reason", most=300, label="The reason")
        moved = await service.change_session(
            session,
            details,
            reason=reason,
            seen=fields.get("seen", ""),
            leaders=leaders,
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return await form_page(request, cohort, row, fields, ticked, errors=error.errors)
    except Clashing as found:
        return await form_page(request, cohort, row, fields, ticked, clashes=found.clashes)
    except ChangedMeanwhile:
        theirs = forms.typed_session(row, venue_and_link=usual(cohort))
        return await form_page(request, cohort, row, {**fields, "seen": mark_of(row)}, ticked, theirs=theirs)
    except DomainError as error:
        if error.status != 422:
            raise
        return await form_page(request, cohort, row, fields, ticked, errors={_field(error): error.message})
    told = ""
    if cohort["status"] == "open" and moved:
        told = " Everyone invited is told and asked again."
    elif cohort["status"] == "open" and details.title != row["title"]:
        told = " Calendars follow, and nobody is asked again."
    return redirect(f"/cohorts/{code}/sessions", said=f"{details.title} is saved.{told}")


@get("/cohorts/{code:str}/sessions/{session:uuid}/cancel", who=Who.COORDINATOR)
async def ask_cancel(request: Request[Any, Any, Any], code: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    return await _cancel_page(request, *await _both(code, session))


@post("/cohorts/{code:str}/sessions/{session:uuid}/cancel", who=Who.COORDINATOR)
async def cancel(request: Request[Any, Any, Any], code: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    cohort, row = await _both(code, session)
    reader = Reader(await read_form(request))
    reason = reader.text("reason", REASON if cohort["status"] == "open" else "", most=300, label="The reason")
    try:
        reader.done()
    except Invalid as error:
        return await _cancel_page(request, cohort, row, reason=reader.fields.get("reason", ""), errors=error.errors)
    await service.cancel_session(session, reason, actor=actor(request), now=clock.now())
    told = " Everyone invited is told." if cohort["status"] == "open" else ""
    return redirect(f"/cohorts/{code}/sessions", said=f"{row['title']} is cancelled.{told}")


# ---------------------------------------- also for the page that adds a session
async def read(fields: Fields, cohort: Row, *, zone: str, session: Row | None = None) -> tuple[SessionDetails, Leaders]:
    """What was typed, checked for the hour that comes twice and for clashes. Raises Invalid and Clashing.

    A new time is held against everything that the people of the cohort have in their calendars, too.
    """
    errors: dict[str, str] = {}
    if forms.comes_twice(fields, zone=zone) and "asked" not in fields:
        errors["starts"] = TWICE
    leaders = Leaders()
    try:
        known = {key for key, _ in await queries.known_facilitators()}
        leaders = forms.read_leaders(fields, known)
    except Invalid as error:
        errors |= error.errors
    try:
        details = forms.read_session(fields, zone=zone)
    except Invalid as error:
        raise Invalid({**error.errors, **errors}) from error
    if errors:
        raise Invalid(errors)
    if "clashes_known" not in fields:
        begins, ends = details.starts_at, details.ends_at
        found = await queries.clashes(
            leaders.people, starts_at=begins, ends_at=ends, session=session["id"] if session else None
        )
        if session is None or (session["starts_at"], session["ends_at"]) != (begins, ends):
            booked = await queries.participants_elsewhere(cohort["id"], starts_at=begins, ends_at=ends)
            asked = await queries.participants_asked(cohort["id"], starts_at=begins, ends_at=ends)
            for people, title in ((booked, "something else"), (asked, queries.ASKED_FOR_COACHING)):
                if people:
                    who = "1 person who takes part" if people == 1 else f"{people} people who take part"
                    found.append(Engagement(starts_at=begins, ends_at=ends, title=title, person_name=who, zone=zone))
        if found:
            raise Clashing(found)
    return details, leaders


async def form_page(
    request: Request[Any, Any, Any],
    cohort: Row,
    session: Row | None,
    typed: dict[str, str],
    leaders: Sequence[str],
    *,
    errors: dict[str, str] | None = None,
    clashes: list[Engagement] | None = None,
    theirs: dict[str, str] | None = None,
) -> Response[Any]:
    """The form of a session, new or there already."""
    if clashes:
        errors = {"clashes_known": "Somebody is elsewhere at that time. Tick the box if that is all right."}
    zone = session["zone"] if session else cohort["zone"]
    blank = forms.typed_session(None)
    why_not = rules.why_not_session_changeable(
        cohort_status=cohort["status"], session_status=session["status"] if session else "planned"
    )
    return page(
        request,
        "cohorts/schedule/session.html",
        section="Cohorts",
        staff=True,
        status=409 if theirs else None,
        errors=errors,
        cohort=cohort,
        stage=rules.stage(cohort, clock.now()),
        session=session,
        zone=zone,
        typed={name: typed.get(name, "") for name in blank},
        twice=forms.comes_twice(typed, zone=zone),
        usual=usual(cohort),
        known=await queries.known_facilitators(),
        leaders=leaders,
        clashes=[(one.person_name, one.title, when(one.starts_at, one.ends_at, one.zone)) for one in clashes or ()],
        theirs=theirs,
        differing=differing(LABELS, theirs, typed),
        why_not=why_not,
    )


def usual(cohort: Row) -> tuple[str, str]:
    """Place and link of a session that has none of its own."""
    return rules.place_and_link(format=cohort["format"], venue=cohort["venue"], link=cohort["link"])


async def invited(sessions: Sequence[Row]) -> list[str]:
    """The names of everybody who is invited to any of these sessions, in two queries and one for the names."""
    answers = await replies([each["event"] for each in sessions])
    people = {one.person for each in answers.values() for one in each if one.invited}
    return sorted((each.name for each in (await contacts(list(people))).values()), key=str.casefold)


def _field(error: DomainError) -> str:
    """The field that a rule's sentence belongs to."""
    return {rules.ReasonMissing: "reason", rules.BadPlace: "place", rules.BadTimes: "on"}.get(type(error), "ends")  # type: ignore[call-overload]


async def _both(code: str, session: UUID) -> tuple[Row, Row]:
    cohort, row = await queries.found_cohort(code), await queries.session(session)
    if row is None or row["cohort"] != cohort["id"]:
        raise NotFound
    return cohort, row


async def _cancel_page(
    request: Request[Any, Any, Any],
    cohort: Row,
    session: Row,
    *,
    reason: str = "",
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "cohorts/schedule/cancel_session.html",
        section="Cohorts",
        staff=True,
        errors=errors,
        cohort=cohort,
        session=session,
        people=await invited([session]),
        reason=reason,
        why_not=rules.why_not_session_changeable(cohort_status=cohort["status"], session_status=session["status"]),
    )


routes = [sessions, session, change, ask_cancel, cancel]
