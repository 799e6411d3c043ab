"""A mentee looks through the mentors of a large round and chooses. In a small one the list stands on their own page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock, database
from academy.accounts.guards import actor, me
from academy.errors import NotFound
from academy.web.access import Who
from academy.web.forms import Reader, read_form
from academy.web.lists import show, wanted
from academy.web.pages import page, redirect
from mentoring.profiles import options, queries, rules, service
from mentoring.profiles.answers import MOST_CHOICES
from mentoring.profiles.queries import Chosen, MenteeView, MentorView, RoundView
from mentoring.profiles.tables import ApartKind, MentorStatus, Side
from mentoring.profiles.web_mine import my_mentee, visible

SIZE = 20
"""Mentors on one page."""
RANKS = ("first", "second", "third", "fourth", "fifth")


@get("/mentoring/{round:str}/mentee/mentors", who=Who.SIGNED_IN)
async def mentors(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The mentors of a round, found by name, employer, job or what they offer, and whom one has chosen."""
    here = await visible(round)
    mine = await my_mentee(here, me(request))
    asked = wanted(request)
    everybody = [each for each in await queries.mentors(here.id) if each.person != mine.person]
    chosen = await queries.choices(here.id, Side.MENTEE, mine.person)
    there = {each.person for each in everybody}
    found = [each for each in everybody if asked.find.casefold() in _searched(each)] if asked.find else everybody
    return page(
        request,
        "mentoring/profiles/choose_mentors.html",
        section="Home" if not request.user.coordinator else "Mentoring",
        round=here,
        shown=show(found, (), asked, size=SIZE),
        many=len(everybody),
        chosen=[(each, each.person in there) for each in chosen],
        ranks={each.person: RANKS[place] for place, each in enumerate(chosen[: len(RANKS)])},
        full=len(chosen) >= MOST_CHOICES,
        apart={each.other for each in await queries.said_in_confidence(mine.person)},
        skill_words=lambda keys: [options.words(options.SKILLS, key) for key in keys],
        may_change=rules.why_not_change(here.status) is None,
        back=urlencode({key: asked.query[key] for key in ("q", "page") if asked.query.get(key)}),
    )


@post("/mentoring/{round:str}/mentee/mentors", who=Who.SIGNED_IN)
async def choose(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Choose a mentor, move one up, take one out, or say in confidence: not this person (``do``)."""
    here = await visible(round)
    mine = await my_mentee(here, me(request))
    fields = await read_form(request)
    reader = Reader(fields)
    mentor = reader.uuid("mentor", "Choose a mentor from the list.")
    do = reader.one_of("do", ("choose", "up", "out", "apart"), "Choose what to do.")
    reader.done()
    assert mentor is not None
    said = await _do(here, mine, mentor, do, request)
    query = fields.get("back", "")
    return redirect(f"/mentoring/{round}/mentee/mentors{'?' + query if query else ''}", said=said)


async def _do(here: RoundView, mine: MenteeView, mentor: UUID, do: str, request: Request[Any, Any, Any]) -> str:
    """Change the choices; what has come of it, in words. Raises NotFound, CannotSignUp and BadProfile."""
    chosen = await queries.choices(here.id, Side.MENTEE, mine.person)
    found = await queries.mentor_of(here.id, mentor)
    name = next((each.name for each in chosen if each.person == mentor), found.name if found else "")
    if not name or mentor == mine.person or (do == "choose" and not _takes_part(found)):
        raise NotFound("This mentor does not take part in the round.")
    after = _after(chosen, mentor, do)
    async with database.transaction():
        await service.change_mentee(
            mine.id, mine.answers, choices=after, version=mine.version, actor=actor(request), now=clock.now()
        )
        if do == "apart":
            await service.keep_apart(mine.person, mentor, ApartKind.CONFIDENTIAL, actor=actor(request), now=clock.now())
    if do == "apart":
        return f"You will not be paired with {name}. Only you see that you said so."
    if mentor not in after:
        return f"{name} is not among your choices any more."
    return f"{name} is your {RANKS[after.index(mentor)]} choice."


def _takes_part(mentor: MentorView | None) -> bool:
    return mentor is not None and mentor.status is MentorStatus.ACTIVE


def _after(chosen: list[Chosen], mentor: UUID, do: str) -> list[UUID]:
    """The choices as they are then. Who is chosen already stays where they are."""
    people = [each.person for each in chosen]
    if do == "choose":
        return people if mentor in people else [*people, mentor]
    if do == "up":
        place = people.index(mentor) if mentor in people else 0
        above = max(0, place - 1)
        return [*people[:above], *people[above : place + 1][::-1], *people[place + 1 :]]
    return [each for each in people if each != mentor]


def _searched(mentor: MentorView) -> str:
    answers = mentor.answers
    skills = (options.words(options.SKILLS, key) for key in answers.skills)
    return " ".join((mentor.name, mentor.organisation_name, answers.job_title, answers.region, *skills)).casefold()


routes: list[Any] = [mentors, choose]
