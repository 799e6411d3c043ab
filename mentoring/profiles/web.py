"""Mentoring for everybody: what it is, where one can sign up, and one's own part. Other pages are in ``web_…``."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Request, Response, get

from academy import clock
from academy.accounts.guards import me
from academy.invites.times import uk_date, utc_to_local
from academy.web.access import Visitor, Who
from academy.web.pages import page, redirect
from mentoring.profiles import (
    forms,
    places,
    queries,
    rules,
    web_choices,
    web_criteria,
    web_import,
    web_mine,
    web_people,
    web_person,
    web_rounds,
)
from mentoring.profiles.places import Card
from mentoring.profiles.queries import OwnProfile, RoundView
from mentoring.profiles.tables import Audience, PoolStatus, RoundStatus, Side

NO_ROUND = "No round is looking for mentors at the moment. Come back when the next one opens."


@get("/mentoring", who=Who.ANYONE)
async def front(request: Request[Any, Any, Any]) -> Response[Any]:
    """What it is, open rounds, and what is mine. Pairings and runs add their cards (see ``places``)."""
    now = clock.now()
    visitor: Visitor | None = request.user
    person = me(request) if visitor else None
    profiles = await queries.of_person(person) if person else []
    cards = [card for part in places.mine for card in await part(person, now)] if person else []
    return page(
        request,
        "mentoring/profiles/front.html",
        section="Mentoring" if visitor and visitor.coordinator else "Home",
        open_rounds=[each for each in await queries.open_rounds(now) if not _complete(each, profiles)],
        cards=cards,
        profiles=[_card(one, today=utc_to_local(now).date()) for one in profiles if not one.withdrawn],
        mine={(one.round, one.side.value) for one in profiles if not one.withdrawn},
        closed_to=Audience.NOBODY,
        sign_up_words=forms.sign_up_words,
        now=now,
    )


@get("/mentoring/offer", who=Who.SIGNED_IN)
async def offer(request: Request[Any, Any, Any]) -> Response[Any]:
    """Where “Be a mentor” in mails, on Home and on the learning record leads: the form of the round that is open."""
    found = await queries.rounds_to_offer(me(request), now=clock.now())
    if len(found) == 1:
        return redirect(f"/mentoring/{found[0]}/mentor")
    return redirect("/mentoring", said="" if found else NO_ROUND)


def _complete(here: RoundView, profiles: list[OwnProfile]) -> bool:
    """Whether this person takes part already in every way that a round offers."""
    offered = {
        side
        for side, may in ((Side.MENTOR, here.mentors_may), (Side.MENTEE, here.mentees_may))
        if may is not Audience.NOBODY
    }
    return bool(offered) and offered <= {one.side for one in profiles if one.round == here.id and not one.withdrawn}


def _card(one: OwnProfile, *, today: date) -> Card:
    mentor = one.side is Side.MENTOR
    paused = mentor and not rules.takes_new(one.paused_until, today=today)
    return Card(
        title=f"{'Mentor' if mentor else 'Mentee'} in {one.round_name}",
        text=_standing(one, paused=paused),
        href=one.path,
        tag="Paused" if paused else "",
        colour="grey" if paused else "",
    )


def _standing(one: OwnProfile, *, paused: bool) -> str:
    if one.round_status is RoundStatus.CLOSED:
        return "This round is closed."
    if paused and one.paused_until:
        return f"You take nobody new before {uk_date(one.paused_until)}."
    if one.side is Side.MENTOR:
        return f"You take up to {one.capacity} mentees." if one.capacity > 1 else "You take one mentee."
    if one.status == PoolStatus.NO_MATCH_FOUND:
        return "We have not found a mentor for you yet. You come first the next time."
    if one.status == PoolStatus.WAITING_REMATCH:
        return "We look for another mentor for you, and you come first."
    if one.round_status is RoundStatus.RUNNING:
        return "What you told us when you signed up."
    return "You can change what you are looking for at any time."


routes: list[Any] = [
    front,
    offer,
    *web_mine.routes,
    *web_choices.routes,
    *web_rounds.routes,
    *web_criteria.routes,
    *web_people.routes,
    *web_person.routes,
    *web_import.routes,
]
