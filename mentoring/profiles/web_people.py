"""Who is in a round: lists of mentors and mentees with filters and export, and adding somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock, database
from academy.accounts.guards import actor
from academy.errors import Invalid
from academy.invites.times import utc_to_local
from academy.people import queries as people
from academy.people import service as people_service
from academy.people.rules import check_name
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.lists import Column, export, show, wanted
from academy.web.pages import page, redirect
from mentoring.profiles import known, options, queries, rules, service
from mentoring.profiles.profile_words import STATES, Line, line_of
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.tables import PoolStatus, ProfileSource, Side
from mentoring.profiles.web_rounds import head
from mentoring.waiting import beside

STATE_CHOICES = {
    Side.MENTOR: ("active", "paused", "withdrawn"),
    Side.MENTEE: ("active", "waiting_rematch", "no_match_found", "withdrawn"),
}


def columns(side: Side) -> list[Column[Line]]:
    found: list[Column[Line]] = [
        Column("name", "Name", lambda line: line.name),
        Column("address", "Email address", lambda line: line.address),
        Column("organisation", "Organisation", lambda line: line.organisation),
        Column("job_title", "Job title", lambda line: line.job_title),
        Column("grade", "Level", lambda line: line.grade),
        Column("profession", "Profession", lambda line: line.profession),
        Column("region", "Region", lambda line: line.region),
        Column("skills", "Offers" if side is Side.MENTOR else "Wants", lambda line: line.skills),
        Column("state", "State", lambda line: STATES[line.state][0]),
        Column("source", "Came by", lambda line: line.source),
        Column("signed_up", "Since", lambda line: line.signed_up),
    ]
    if side is Side.MENTOR:
        found.insert(8, Column("places", "Places", lambda line: line.places))
    return found


@get("/mentoring/rounds/{round:str}/people", who=Who.COORDINATOR)
async def list_people(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    asked, now = wanted(request), clock.now()
    side = Side.MENTEE if asked.query.get("side") == Side.MENTEE.value else Side.MENTOR
    views: list[MentorView | MenteeView] = (
        [*await queries.mentors(here.id, withdrawn=True)]
        if side is Side.MENTOR
        else [*await queries.mentees(here.id, withdrawn=True)]
    )
    today = utc_to_local(now).date()
    lines = await beside(lambda found: [line_of(each, today=today) for each in found], views)
    state, region = asked.query.get("state", ""), asked.query.get("region", "")
    found = [
        line
        for line in lines
        if (line.state == state or (not state and line.state != "withdrawn"))
        and (not region or line.region == region)
        and (not asked.find or asked.find.casefold() in _searched(line))
    ]
    if asked.export:
        return await export(found, columns(side), asked, name=f"{here.slug}-{side.value}s")
    regions = sorted({line.region for line in lines if line.region})
    return page(
        request,
        "mentoring/profiles/people.html",
        shown=show(found, columns(side), asked),
        side=side.value,
        sides=[
            ("Mentors", f"/mentoring/rounds/{round}/people", here.mentors),
            ("Mentees", f"/mentoring/rounds/{round}/people?side=mentee", here.mentees),
        ],
        state=state,
        region=region,
        filtered=bool(state or region or asked.find),
        states=STATES,
        state_choices=[("", "All but withdrawn"), *((key, STATES[key][0]) for key in STATE_CHOICES[side])],
        regions=[("", "Any region"), *((each, each) for each in regions)],
        grade_words=lambda grade: options.words(options.GRADES, grade).partition(" (")[0] or "–",
        **head(request, here, "People"),
    )


def _searched(line: Line) -> str:
    return f"{line.name} {line.address} {line.organisation} {line.job_title} {line.skills}".casefold()


@get("/mentoring/rounds/{round:str}/people/add", who=Who.COORDINATOR)
async def ask_add(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    side = request.query_params.get("side", Side.MENTOR.value)
    return await _add_page(request, here, {"side": side})


@post("/mentoring/rounds/{round:str}/people/add", who=Who.COORDINATOR)
async def add(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Add somebody by name and address; then their profile opens, with what is known of them."""
    here = await queries.round(round)
    reader, now = Reader(await read_form(request)), clock.now()
    name = reader.text("name", "Enter the person's name.", most=120, label="The name")
    if name:
        reader.check("name", lambda: check_name(name))
    address = reader.email("email")
    organisation = reader.text("organisation", most=200, label="The organisation")
    side = reader.choice("side", Side, "Choose whether they are a mentor or a mentee.")
    try:
        reader.done()
        assert side is not None
        async with database.transaction():
            person = await people_service.find_or_create(name=name, address=address, now=now)
            if organisation and person not in await people.jobs([person]):
                known_as = {text.casefold(): UUID(key) for key, text in await people.organisation_choices()}
                await people_service.set_employment(
                    person,
                    organisation=known_as.get(organisation.casefold()),
                    organisation_name=organisation,
                    job_title="",
                    on=utc_to_local(now).date(),
                )
            await _join(here, person, side, request)
    except Invalid as error:
        return await _add_page(request, here, reader.fields, errors=error.errors)
    except rules.CannotSignUp as error:
        return await _add_page(request, here, reader.fields, errors={"": error.message}, status=error.status)
    known_name = (await people.contact(person)).name
    return redirect(
        f"/mentoring/rounds/{round}/people/{person}/{side.value}",
        said=f"{known_name} is a {side.value} of this round. Add what you know, or leave it to them.",
    )


async def _join(here: RoundView, person: UUID, side: Side, request: Request[Any, Any, Any]) -> None:
    """Make the profile from what is known; who is in already keeps what they said."""
    now, by = clock.now(), actor(request)
    if side is Side.MENTOR:
        await service.from_alumni(here.id, person, source=ProfileSource.COORDINATOR, actor=by, now=now)
        return
    mine = await queries.mentee_of(here.id, person)
    if mine is None or mine.status is PoolStatus.WITHDRAWN:
        answers = await known.known_mentee(person)
        await service.sign_up_mentee(here.id, person, answers, source=ProfileSource.COORDINATOR, actor=by, now=now)


async def _add_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    return page(
        request,
        "mentoring/profiles/add.html",
        status=status,
        errors=errors,
        typed={name: typed.get(name, "") for name in ("name", "email", "organisation", "side")},
        **head(request, here, "People"),
    )


routes: list[Any] = [list_people, ask_add, add]
