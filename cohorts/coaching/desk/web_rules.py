"""Coaching of a programme: its rules, and its coaches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.accounts.presses import new_press, pressed
from academy.audit import queries as audit
from academy.database.transactions import Row
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.people import search
from academy.people.queries import details
from academy.programmes import rules as programme_rules
from academy.programmes.queries import found_programme
from academy.web.access import Who
from academy.web.forms import differing, read_form, version_of
from academy.web.pages import page, redirect
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import service
from cohorts.coaching.credits.rules import RuleChoices, Rules
from cohorts.coaching.desk import forms, queries
from cohorts.coaching.desk import service as desk
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import service as coaches

SECTION = "Programmes"
SHOWN = 20
"""People found for a name."""


@get("/programmes/{slug:str}/coaching", who=Who.COORDINATOR)
async def show(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    programme = await found_programme(slug)
    return await _page(request, programme, await credits.rules_of(programme["id"]))


@post("/programmes/{slug:str}/coaching/start", who=Who.COORDINATOR)
async def start(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """Coaching with the usual rules, to be changed afterwards."""
    programme = await found_programme(slug)
    if await credits.rules_of(programme["id"]) is None:
        await service.set_rules(programme["id"], RuleChoices(), version=0, actor=actor(request), now=clock.now())
    told = f"{programme['name']} has coaching now, with the usual rules. Change them below, and add coaches."
    return redirect(_path(slug), said=told)


@post("/programmes/{slug:str}/coaching", who=Who.COORDINATOR)
async def save(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    programme = await found_programme(slug)
    before = await credits.rules_of(programme["id"])
    fields = await read_form(request)
    typed, version = forms.sent_rules(fields), version_of(fields)
    try:
        choices = forms.read_rules(fields)
        await service.set_rules(programme["id"], choices, version=version, actor=actor(request), now=clock.now())
    except Invalid as error:
        return await _page(request, programme, before, typed=typed, version=version, errors=error.errors, status=422)
    except ChangedMeanwhile:
        theirs = await credits.rules_of(programme["id"])
        return await _page(request, programme, theirs, typed=typed, changed=True, status=409)
    told = "The rules are saved. They hold from now on; what was granted and booked before stays as it is."
    return redirect(_path(slug), said=told)


@get("/programmes/{slug:str}/coaching/coaches", who=Who.COORDINATOR)
async def find_coach(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """Somebody who is known, by name or address; or somebody new."""
    return await _find(request, await found_programme(slug), find=request.query_params.get("q", ""))


@post("/programmes/{slug:str}/coaching/coaches", who=Who.COORDINATOR)
async def add_coach(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """Make somebody of the list a coach of this programme, or somebody new by name and address."""
    programme = await found_programme(slug)
    fields = await read_form(request)
    now = clock.now()
    chosen = forms.read_uuid(fields.get("person", ""))
    if chosen is not None:
        name = (await details(chosen)).name
        made = await coaches.make_coach(chosen, programme=programme["id"], actor=actor(request), now=now)
    else:
        try:
            name, address = forms.person_typed(fields)
        except Invalid as error:
            return await _find(request, programme, find=fields.get("q", ""), typed=fields, errors=error.errors)

        async def new() -> tuple[str, str]:
            made = await desk.add_new_coach(programme["id"], name=name, address=address, actor=actor(request), now=now)
            return _path(slug), _added((await times.coach(made)).name, programme)

        return await pressed(request, fields, new, now=now)
    return redirect(_path(slug), said=_added((await times.coach(made)).name or name, programme))


@post("/programmes/{slug:str}/coaching/coaches/{coach:uuid}/end", who=Who.COORDINATOR)
async def end_coach(request: Request[Any, Any, Any], slug: FromPath[str], coach: FromPath[UUID]) -> Response[Any]:
    """The coach is offered to nobody of this programme any more. Adding them again undoes it."""
    programme = await found_programme(slug)
    known = await times.coach(coach)
    now = clock.now()
    await coaches.end_in_programme(coach, programme["id"], actor=actor(request), now=now)
    live = (await queries.live_in(programme["id"], now=now)).get(coach, 0)
    if not live:
        told = f"{known.name} no longer coaches in {programme['name']}. You can add them again at any time."
        return redirect(_path(slug), said=told)
    stays = "1 session to come stays" if live == 1 else f"{live} sessions to come stay"
    told = f"{known.name} can’t be booked in {programme['name']} any more. {stays} booked: look at them below."
    return redirect(f"/coaches/{coach}", warned=told)


def _path(slug: str) -> str:
    return f"/programmes/{slug}/coaching"


def _added(name: str, programme: Row) -> str:
    return f"{name} is a coach of {programme['name']}. They set their times when they sign in."


async def _page(
    request: Request[Any, Any, Any],
    programme: Row,
    rules: Rules | None,
    *,
    typed: dict[str, str] | None = None,
    version: int | None = None,
    changed: bool = False,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    theirs = forms.typed_rules(rules or RuleChoices())
    now = clock.now()
    entries = await audit.entries_about("programme", programme["id"])
    return page(
        request,
        "cohorts/coaching/desk/rules.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        programme=programme,
        status_words=programme_rules.STATUS_WORDS,
        rules=rules,
        typed=typed or theirs,
        version=(rules.version if rules else 0) if version is None else version,
        theirs=changed,
        differing=differing(forms.RULES, theirs if changed else None, typed or theirs),
        coaches=await times.coaches_of(programme["id"]),
        live=await queries.live_in(programme["id"], now=now),
        entries=[each for each in entries if each.verb == "coaching.rules"],
        zone=request.user.time_zone,
    )


async def _find(
    request: Request[Any, Any, Any],
    programme: Row,
    *,
    find: str,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    if await credits.rules_of(programme["id"]) is None:
        raise NotFound
    find = find.replace("\x00", "").strip()[:100]
    found = await search.people(find=find, most=SHOWN) if find else search.Found([], 0)
    there = {each.person for each in await times.coaches_of(programme["id"])}
    known = {each.person: each for each in await times.all_coaches()}
    return page(
        request,
        "cohorts/coaching/desk/add_coach.html",
        section=SECTION,
        staff=True,
        errors=errors,
        programme=programme,
        find=find,
        found=found,
        there=there,
        known=known,
        others=[each for each in known.values() if each.person not in there and each.left_at is None],
        typed={"name": "", "address": "", **(typed or {})},
        press=new_press(),
    )


routes: list[Any] = [show, start, save, find_coach, add_coach, end_coach]
