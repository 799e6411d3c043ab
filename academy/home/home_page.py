"""A person's own page: what is next, what they have to do, where they stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post

from academy import clock, database
from academy.accounts.guards import me
from academy.home.tasks import tasks
from academy.invites import queries as invited
from academy.invites import service as invites
from academy.invites.rules import at_the_same_time
from academy.invites.tables import Reply
from academy.invites.times import utc_to_local
from academy.outbox.rules import first_name
from academy.web.access import Who
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.attendance import queries as attendance
from cohorts.attendance.rules import OPENS_BEFORE
from cohorts.coaching.bookings import queries as coaching
from cohorts.coaching.bookings.answers import answers
from cohorts.coaching.record import coachees
from cohorts.completion.record import record_of
from cohorts.enrolment import queries as enrolments
from cohorts.enrolment.manage import REPLIES
from cohorts.enrolment.rules import LIVE
from cohorts.enrolment.service import manage_path
from mentoring.profiles import places as places_of_mentoring
from mentoring.profiles import queries as mentoring

JOIN_WITHIN = timedelta(days=1)
"""The button that joins a session online is shown so long before."""

AHEAD = 6
"""Sessions shown after the next one."""

MOST_REGISTERS = 3
"""Registers to take that are shown; the page of all sessions has the others."""


@get("/home", who=Who.SIGNED_IN)
async def home(request: Request[Any, Any, Any]) -> Response[Any]:
    """Everything a participant needs on one page, on a phone too; facilitators also see what they lead."""
    now = clock.now()
    person = me(request)
    everything = await invited.events_of(person, now=now)
    events = [one for one in everything if one.takes_part]  # what they lead comes below
    places = await enrolments.of_person(person)
    record = await record_of(person, now)
    led = await attendance.led_by(person) if request.user.facilitator else []
    coached = [each for each in await coaching.own(person, now) if each.enrolled or each.next]
    answered = await answers(person, now=now) if coached else []
    mentored = [card for part in places_of_mentoring.mine for card in await part(person, now)]
    year = utc_to_local(now, request.user.time_zone).year
    return page(
        request,
        "academy/home/home.html",
        section=request.user.own_section,
        name=first_name(request.user.name),
        tasks=tasks(
            places,
            events,
            [one for one in reversed(led) if one.untaken(now)][:MOST_REGISTERS],
            coached,
            answered,
            await coachees.asked_of(person) if coached else [],
            await coachees.waits_for(person, now=now) if request.user.coach else None,
            mentored=mentored,
            zone=request.user.time_zone,
            now=now,
        ),
        mentored=[card for card in mentored if not card.action],
        coached=coached,
        next=events[0] if events else None,
        ahead=events[1 : 1 + AHEAD],
        further=len(events[1 + AHEAD :]),
        overlaps=at_the_same_time(one for one in everything if one.reply is not Reply.DECLINED),
        places=[place for place in places if place.status in LIVE and not _over(place, now)],
        manage_path=manage_path,
        led=[one for one in led if not one.cancelled and not one.closed and one.times.ends_at > now][:3],
        opens_before=OPENS_BEFORE,
        record=record,
        may_mentor=bool(record.certificates and await mentoring.rounds_to_offer(person, now=now)),
        hours_of=record.year(year),
        replies=REPLIES,
        Reply=Reply,
        join_within=JOIN_WITHIN,
        zone=request.user.time_zone,
        now=now,
    )


@post("/home/coming", who=Who.SIGNED_IN)
async def coming(request: Request[Any, Any, Any]) -> Response[Any]:
    """Say yes to every session that waits for an answer; each can be changed afterwards."""
    now = clock.now()
    person = me(request)
    async with database.transaction():
        silent = [one for one in await invited.events_of(person, now=now) if one.silent]
        for event in silent:
            await invites.reply(event.id, person, Reply.ACCEPTED, now=now)
    if not silent:
        return redirect("/home", warned="You had answered for every session already.")
    sessions = counted(len(silent), "session")
    return redirect("/home", said=f"You are coming to {sessions}. Thank you.")


def _over(place: enrolments.OwnEnrolment, now: datetime) -> bool:
    return place.last_ends_at is not None and place.last_ends_at <= now


routes: list[Any] = [home, coming]
