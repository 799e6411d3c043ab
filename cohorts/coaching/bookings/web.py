"""One's own coaching, and choosing a coach. Booking is in ``web_booking``, one session in ``web_session``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import NotFound
from academy.web.access import Who
from academy.web.pages import page, redirect
from cohorts.coaching.bookings import days, own, queries, rules, slots, web_booking, web_move, web_session, words
from cohorts.coaching.bookings.days import Days, Time
from cohorts.coaching.bookings.own import Here
from cohorts.coaching.bookings.queries import OwnCoaching, SessionView
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.credits import service as credits
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView

SOONEST, WITHIN = 3, 10
"""Free times shown beside one's credits, each on another one of so many days: booking takes two taps from there."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One place as the page of one's own coaching shows it."""

    mine: OwnCoaching
    now: datetime
    refused: str = ""
    coach: UUID | None = None
    coach_name: str = ""
    calls_left: int = 0
    minutes: int = 60
    soonest: list[Time] = []
    zone_label: str = ""
    coach_zone: str = ""

    @property
    def coming(self) -> list[SessionView]:
        return [each for each in self.mine.sessions if each.live and each.ends_at > self.now]

    @property
    def past(self) -> list[SessionView]:
        return [each for each in reversed(self.mine.sessions) if not each.live or each.ends_at <= self.now]

    @property
    def coach_gone(self) -> str:
        """Why a coach is to be chosen anew; empty if the chosen one coaches still."""
        return gone(self.mine)

    def called(self, session: SessionView) -> str:
        return words.called(session)

    def tag(self, session: SessionView) -> tuple[str, str]:
        return words.tag(session, now=self.now)


@get("/coaching", who=Who.SIGNED_IN)
async def mine(request: Request[Any, Any, Any]) -> Response[Any]:
    """What is left, what is booked, and the next free times of one's coach."""
    now = clock.now()
    person = me(request)
    places = await queries.own(person, now)
    shown = [await _shown(request, each, person, first=each is places[0], now=now) for each in places]
    return page(
        request,
        "cohorts/coaching/bookings/mine.html",
        section=request.user.own_section,
        places=shown,
        coaches=request.user.coach,
        zone=request.user.time_zone,
    )


async def _shown(
    request: Request[Any, Any, Any], each: OwnCoaching, person: UUID, *, first: bool, now: datetime
) -> Shown:
    """The newest place is shown with free times; older ones lead to them, so that the queries stay the same."""
    refused = own.why_not_book(each, SessionKind.COACHING)
    if refused is not None:
        return Shown(mine=each, now=now, refused=refused.message if each.enrolled else "")
    if not first:
        return Shown(mine=each, now=now, coach=each.choice, coach_name=each.choice_name)
    here = own.of(each, await times.coaches_of(each.programme), person)
    coach = here.coach(None)
    if coach is None or here.choosing and each.rules.chemistry_calls:
        return Shown(mine=each, now=now, calls_left=here.calls_left)
    minutes = own.length_of(each, coach, SessionKind.COACHING, None)
    zone = request.user.time_zone
    found = await own.free_days(coach, person, minutes=minutes, zone=zone, now=now, most=WITHIN)
    return Shown(
        mine=each,
        now=now,
        coach=coach.id,
        coach_name=coach.name,
        minutes=minutes,
        soonest=soonest(found),
        zone_label=found.zone,
        coach_zone=found.coach_zone,
    )


def soonest(found: Days) -> list[Time]:
    """The first time of each of the next days that overlaps nothing of the person's own."""
    firsts = (next((time for time in day.times if not time.overlaps), None) for day in found.days)
    return [first for first in firsts if first is not None][:SOONEST]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A coach in the list to choose from."""

    coach: CoachView
    facts: str
    next: str
    """The first free time, in words; empty if there is none."""
    call: bool
    """Whether a chemistry call can be booked."""
    called: SessionView | None
    """The chemistry call that is booked or was had."""


@get("/coaching/{enrolment:uuid}/coaches", who=Who.SIGNED_IN)
async def coaches(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """The coaches of this programme and of no other, each with the first time at which they are free."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    ids = [each.id for each in here.coaches]
    until = now + timedelta(days=max((each.horizon_days for each in here.coaches), default=0) + 1)
    minutes = here.mine.rules.chemistry_minutes if here.calls_left else 60
    free = await slots.free(ids, minutes=minutes, since=now, until=until, now=now, coachee=here.person) if ids else {}
    zone = request.user.time_zone
    to_call = here.to_call
    calls = {each.coach: each for each in here.mine.sessions if rules.is_call(each)}
    return page(
        request,
        "cohorts/coaching/bookings/coaches.html",
        section=request.user.own_section,
        mine=here.mine,
        coach_gone=gone(here.mine),
        choosing=here.choosing,
        calls_left=here.calls_left,
        here=here.path,
        coaches=[
            Listed(
                coach=each,
                facts=_facts(each),
                next=days.spoken(free[each.id][0], zone) if free.get(each.id) else "",
                call=each in to_call,
                called=calls.get(each.id),
            )
            for each in here.coaches
        ],
        zone=zone,
    )


@get("/coaching/{enrolment:uuid}/coaches/{coach:uuid}/choose", who=Who.SIGNED_IN)
async def ask_choose(
    request: Request[Any, Any, Any], enrolment: FromPath[UUID], coach: FromPath[UUID]
) -> Response[Any]:
    """Asks first, since only the academy can change it afterwards."""
    here = await own.here(request, enrolment, now=clock.now())
    chosen = _one(here, coach)
    if here.mine.choice is not None:
        return redirect(f"{here.path}/times")
    return page(
        request,
        "cohorts/coaching/bookings/choose.html",
        section=request.user.own_section,
        mine=here.mine,
        coach=chosen,
        calls_left=here.calls_left,
    )


@post("/coaching/{enrolment:uuid}/coaches/{coach:uuid}/choose", who=Who.SIGNED_IN)
async def choose(request: Request[Any, Any, Any], enrolment: FromPath[UUID], coach: FromPath[UUID]) -> Response[Any]:
    """Choose a coach for all sessions; the times follow."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    chosen = _one(here, coach)
    await credits.choose_coach(enrolment, chosen.id, actor=actor(request), now=now)
    return redirect(f"{here.path}/times", said=f"{chosen.name} is your coach. Choose a time for your first session.")


def gone(mine: OwnCoaching) -> str:
    """That the chosen coach has left, kindly; empty if they have not."""
    return words.coach_gone(mine.former_name, mine.balance.left) if mine.former and mine.enrolled else ""


def _one(here: Here, coach: UUID) -> CoachView:
    found = here.coach(coach)
    if found is None:
        raise NotFound
    return found


def _facts(coach: CoachView) -> str:
    lengths = " or ".join(str(each) for each in coach.lengths)
    where = own.where(coach)
    return f"{lengths} minutes. {where}." if where else f"{lengths} minutes."


routes: list[Any] = [mine, coaches, ask_choose, choose, *web_booking.routes, *web_session.routes, *web_move.routes]
