"""A round's pairings for coordinators: the list with health, filters and export, one pairing, and pairing by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.alumni.rules import hours
from academy.errors import DomainError, Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.lists import export, show, wanted
from academy.web.pages import page, redirect, turned_back
from mentoring.pairings import ending, forms, meetings, queries, rules, service, shared, standing
from mentoring.pairings.own_page import COLOURS
from mentoring.pairings.queries import StaffView
from mentoring.pairings.service import Proposed
from mentoring.pairings.standing import COLUMNS, TAB, VIEWS, line
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles.queries import RoundView
from mentoring.profiles.web_rounds import head

LIST = "/mentoring/rounds/{round:str}/pairings"
ONE = f"{LIST}/{{pairing:uuid}}"


@get(LIST, who=Who.COORDINATOR)
async def list_pairings(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Who is paired and how it is. A constant number of queries."""
    here, now, asked = await profiles.round(round), clock.now(), wanted(request)
    view = asked.query.get("view", "") if asked.query.get("view", "") in VIEWS else "live"
    lines = [line(each, now=now) for each in await queries.of_round(here.id, now=now)]
    found = [
        each
        for each in lines
        if standing.wanted(each, view) and (not asked.find or asked.find.casefold() in _searched(each.pairing))
    ]
    if asked.export:
        return await export(found, COLUMNS, asked, name=f"{here.slug}-pairings")
    return page(
        request,
        "mentoring/pairings/pairings.html",
        shown=show(found, COLUMNS, asked),
        view=view,
        views=[(key, f"{words} ({sum(standing.wanted(each, key) for each in lines)})") for key, words in VIEWS.items()],
        any=bool(lines),
        filtered=view != "live" or bool(asked.find),
        **head(request, here, TAB),
    )


def _searched(pairing: StaffView) -> str:
    return (
        f"{pairing.mentor_name} {pairing.mentee_name} {pairing.mentor_address} {pairing.mentee_address} "
        f"{pairing.mentor_organisation} {pairing.mentee_organisation}"
    ).casefold()


@get(ONE, who=Who.COORDINATOR)
async def one(request: Request[Any, Any, Any], round: FromPath[str], pairing: FromPath[UUID]) -> Response[Any]:
    """History, reasons, meetings by date and minutes, and what both said at the end."""
    here, found = await _found(round, pairing)
    now = clock.now()
    held = await meetings.of_pairing(found.id)
    said = await ending.evaluations(found.id)
    return page(
        request,
        "mentoring/pairings/one.html",
        pairing=found,
        line=line(found, now=now),
        called=rules.CALLED,
        changes=await queries.changes(found.id),
        meetings=list(reversed(held)),
        meeting_words=rules.MEETING_CALLED,
        goals=await shared.goals(found.id),
        signed=await shared.signed(found.id),
        evaluations=[(found.mentor_name if each.person == found.mentor else found.mentee_name, each) for each in said],
        ended_by=_who(found),
        spent=hours(found.minutes) if found.minutes else "none",
        under_way=found.status in rules.UNDER_WAY,
        proposed=found.status is PairingStatus.PROPOSED,
        may_complete=PairingStatus.COMPLETED in rules.MOVES[found.status],
        status_words=(rules.CALLED[found.status], COLOURS[found.status]),
        now=now,
        zone=request.user.time_zone,
        **head(request, here, TAB),
    )


@get(f"{ONE}/end", who=Who.COORDINATOR)
async def ask_end(request: Request[Any, Any, Any], round: FromPath[str], pairing: FromPath[UUID]) -> Response[Any]:
    here, found = await _found(round, pairing)
    if found.status not in rules.UNDER_WAY:
        return redirect(_at(round, pairing), warned="This pairing is not under way.")
    return _end_page(request, here, found)


@post(f"{ONE}/end", who=Who.COORDINATOR)
async def end(request: Request[Any, Any, Any], round: FromPath[str], pairing: FromPath[UUID]) -> Response[Any]:
    """Both are told that it has ended, and not why; the mentee comes first in the next run."""
    here, found = await _found(round, pairing)
    fields = await read_form(request)
    try:
        reason = forms.reason(fields)
        await service.end(pairing, reason=reason, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _end_page(request, here, found, typed=fields, errors=error.errors)
    except DomainError as refused:
        return turned_back(_at(round, pairing), refused)
    return redirect(_at(round, pairing), said="It has ended. Both have been told.")


@post(f"{ONE}/complete", who=Who.COORDINATOR)
async def complete(request: Request[Any, Any, Any], round: FromPath[str], pairing: FromPath[UUID]) -> Response[Any]:
    await _found(round, pairing)
    try:
        await service.complete(pairing, actor=actor(request), now=clock.now())
    except DomainError as refused:
        return turned_back(_at(round, pairing), refused)
    return redirect(_at(round, pairing), said="It is complete. Both are asked how it was.")


@post(f"{ONE}/take-back", who=Who.COORDINATOR)
async def take_back(request: Request[Any, Any, Any], round: FromPath[str], pairing: FromPath[UUID]) -> Response[Any]:
    """Ask this mentor no longer. The mentee waits again; nobody else is asked by itself."""
    _, found = await _found(round, pairing)
    try:
        await service.take_back(pairing, actor=actor(request), now=clock.now())
    except DomainError as refused:
        return turned_back(_at(round, pairing), refused)
    return redirect(_at(round, pairing), said=f"{found.mentor_name} is asked no longer. Ask somebody else by hand.")


@get(f"{LIST}/new", who=Who.COORDINATOR)
async def ask_new(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await profiles.round(round)
    typed = {name: request.query_params.get(name, "") for name in ("mentee", "mentor")}
    return await _new_page(request, here, typed={**typed, "how": "ask"})


@post(f"{LIST}/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Ask a mentor of one's own choice, or pair two who have agreed to it."""
    here, now = await profiles.round(round), clock.now()
    reader = Reader(await read_form(request))
    mentee = reader.uuid("mentee", "Choose the mentee.")
    mentor = reader.uuid("mentor", "Choose the mentor.")
    how = reader.one_of("how", ("ask", "pair"), "Choose whether the mentor is asked.")
    try:
        reader.done()
        assert mentee is not None and mentor is not None
        pair = Proposed(mentor_profile=mentor, mentee_profile=mentee)
        if how == "pair":
            made = await service.pair_by_hand(here.id, pair, actor=actor(request), now=now)
        else:
            [made] = await service.propose(here.id, [pair], actor=actor(request), now=now)
    except Invalid as error:
        return await _new_page(request, here, typed=reader.fields, errors=error.errors)
    except NotFound:
        raise
    except DomainError as refused:
        return await _new_page(
            request, here, typed=reader.fields, errors={"mentor": refused.message}, status=refused.status
        )
    said = "They are a pair, and both have been told." if how == "pair" else "The mentor has been asked."
    return redirect(_at(round, made), said=said)


async def _new_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    *,
    typed: Mapping[str, str],
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    now = clock.now()
    paired = {each.mentee_profile for each in await queries.live(here.id, now=now)}
    taken = await queries.places_taken(here.id)
    mentees = [each for each in await profiles.mentees(here.id) if each.id not in paired]
    free = [each for each in await profiles.mentors(here.id) if taken.get(each.id, 0) < each.capacity]
    return page(
        request,
        "mentoring/pairings/new.html",
        status=status,
        errors=errors,
        typed=typed,
        mentees=[("", "Choose"), *((str(each.id), _named(each)) for each in mentees)],
        mentors=[("", "Choose"), *((str(each.id), _named(each)) for each in free)],
        **head(request, here, TAB),
    )


def _named(profile: Any) -> str:
    return f"{profile.name}, {profile.organisation_name}" if profile.organisation_name else str(profile.name)


def _end_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    found: StaffView,
    *,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "mentoring/pairings/end_staff.html",
        errors=errors,
        typed=typed or {},
        pairing=found,
        may_complete=PairingStatus.COMPLETED in rules.MOVES[found.status],
        **head(request, here, TAB),
    )


async def _found(round: str, pairing: UUID) -> tuple[RoundView, StaffView]:
    """A pairing of this round. Raises NotFound."""
    here = await profiles.round(round)
    found = await queries.pairing_for_staff(pairing, now=clock.now())
    if found.round != here.id:
        raise NotFound
    return here, found


def _who(found: StaffView) -> str:
    names = {found.mentor: f"{found.mentor_name} (mentor)", found.mentee: f"{found.mentee_name} (mentee)"}
    return names.get(found.ended_by, "a coordinator") if found.ended_by else "the academy"


def _at(round: str, pairing: UUID) -> str:
    return f"/mentoring/rounds/{round}/pairings/{pairing}"


routes: list[Any] = [list_pairings, ask_new, new, one, ask_end, end, complete, take_back]
