"""Every page and every read of coaching and mentoring asks as much for three of everything as for one.

The routes come from the application, so a new one is counted at once. Pages whose lists are about something else have
tests of their own in their rooms.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar

from academy.audit.service import ACADEMY, Actor
from academy.programmes.tables import Programme
from academy.web.access import Who
from cohorts.coaching.bookings.tables import CoachingSession
from cohorts.coaching.record import actions, log
from cohorts.coaching.record.log import NewEntry
from cohorts.coaching.record.tables import LogKind
from cohorts.coaching.times import busy
from cohorts.coaching.times import service as times
from cohorts.coaching.times.rules import DayException
from cohorts.coaching.times.tables import ExceptionKind
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule.tables import Cohort
from mentoring.pairings import notes
from mentoring.pairings import service as pairings
from mentoring.profiles import service as profiles
from mentoring.profiles.tables import ApartKind, MentoringRound
from tests.support import makers
from tests.support.courses import OVER
from tests.support.crowd import Crowd
from tests.support.paired import a_pairing
from tests.support.queries import counted
from tests.support.visitors import Route, Visitors, routes_of

ROOMS = ("coach", "coaches", "coachees", "mentoring", "goals", "met", "p")
ASKED_BY = {
    Who.ANYONE: "anonymous",
    Who.LINK_HOLDER: "anonymous",
    Who.SIGNED_IN: "participant",
    Who.COACH: "coach",
    Who.COORDINATOR: "coordinator",
    Who.API_READ: "read",
    Who.API_ENROL: "enrol",
    Who.API_MANAGE: "manage",
}


def is_ours(route: Route) -> bool:
    """Whether a route belongs to coaching or mentoring."""
    room = route.path.removeprefix("/api").removeprefix("/my").lstrip("/").partition("/")[0]
    return route.method == "GET" and (room in ROOMS or "/coaching" in route.path)


async def taught(crowd: Crowd) -> UUID:
    """The programme of the cohort under which coordinators look at Ana's coaching."""
    (found,) = await Programme.select(Programme.id).where(Programme.slug == crowd.own["{slug:str}"])
    made: UUID = found["id"]
    return made


async def coaching_grows(crowd: Crowd) -> None:
    """Two more of everything that Ana and her coach have."""
    ids = crowd.own
    enrolment, coach = UUID(ids["/coaching/{enrolment:uuid}"]), UUID(ids["{coach:uuid}"])
    session = UUID(ids["/coaching/sessions/{session:uuid}"])
    (place,) = await Enrolment.select(Enrolment.cohort).where(Enrolment.id == enrolment)
    (cohort,) = await Cohort.select(Cohort.programme).where(Cohort.id == place["cohort"])
    for number in (1, 2):
        starts_at = OVER + timedelta(days=30 + number)
        await CoachingSession.insert(
            CoachingSession(
                coach=coach,
                enrolment=enrolment,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1),
                created_at=OVER,
            )
        )
        await actions.add_action(session, f"Action {number}", author=crowd.participant, now=OVER)
        entry = NewEntry(kind=LogKind.CPD, day=OVER.date(), minutes=60, what=f"Course {number}")
        await log.add_log(coach, entry, now=OVER)
        day = starts_at.date() + timedelta(days=30)
        off = DayException(kind=ExceptionKind.OFF, from_on=day, to_on=day)
        await times.add_exception(coach, off, actor=Actor(crowd.coach, "Cody Coach"), now=OVER)
        await busy.add_address(
            coach, f"C{number}", f"https://calendar.invalid/{number}.ics", actor=Actor(crowd.coach, "Cody"), now=OVER
        )
        other = await makers.a_coach(programme=cohort["programme"], name=f"Coach {number}", now=OVER)
        await makers.a_coach(programme=await taught(crowd), name=f"Trainer {number}", now=OVER)
        await makers.coaching(
            programme=cohort["programme"], cohort=place["cohort"], coach=coach, name=f"Bo {number}", now=OVER
        )
        await makers.coaching(programme=cohort["programme"], coach=other, name=f"Di {number}", now=OVER)


async def mentoring_grows(crowd: Crowd) -> None:
    """Two more of everything in Ana's round and between her and her mentor."""
    ids = crowd.own
    (here,) = await MentoringRound.select(MentoringRound.id).where(MentoringRound.slug == ids["{round:str}"])
    pair = UUID(ids["{pairing:uuid}"])
    ana = Actor(crowd.participant, "Ana")
    for number in (1, 2):
        await a_pairing(here["id"], now=OVER)
        await makers.a_mentor(round=here["id"], name=f"Mentor {number}", now=OVER)
        waits = await makers.a_person(name=f"Mentee {number}", now=OVER)
        await makers.a_mentee(round=here["id"], person=waits, now=OVER)
        await profiles.keep_apart(crowd.participant, waits, ApartKind.CONFIDENTIAL, actor=ACADEMY, now=OVER)
        starts_at = OVER + timedelta(days=30 + number)
        await pairings.offer_meeting(pair, starts_at=starts_at, minutes=60, by=crowd.participant, actor=ana, now=OVER)
        await pairings.add_goal(pair, f"Goal {number}", by=crowd.participant, now=OVER)
        await pairings.write_note(pair, f"Note {number}", author=crowd.participant, now=OVER)
        await makers.a_round(name=f"Round {number}", now=OVER)


async def asked(visitors: Visitors, app: Litestar) -> dict[str, int]:
    """How often each route asks the database, when it is opened for the second time."""
    found = {}
    for route in filter(is_ours, routes_of(app)):
        for _ in range(2):
            with counted() as statements:
                await visitors.ask(ASKED_BY[route.who], route, route.at(visitors.crowd.own))
        found[str(route)] = len(statements)
    return found


async def that_cost_more(visitors: Visitors, app: Litestar) -> list[str]:
    """The routes that ask more often when there are three of everything than when there is one."""
    await makers.a_coach(programme=await taught(visitors.crowd), now=OVER)
    one = await asked(visitors, app)
    await coaching_grows(visitors.crowd)
    await mentoring_grows(visitors.crowd)
    three = await asked(visitors, app)
    return [each for each in one if three[each] > one[each]]


async def test_three_cost_no_more_than_one(app: Litestar, visitors: Visitors) -> None:
    assert await that_cost_more(visitors, app) == []


async def test_control_a_page_that_asks_for_each_note_is_found(
    app: Litestar, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = notes.notes

    async def one_by_one(pairing: UUID, *, author: UUID) -> list[notes.Note]:
        written = len(await at_once(pairing, author=author))
        return [(await at_once(pairing, author=author))[number] for number in range(written)]

    monkeypatch.setattr(notes, "notes", one_by_one)

    of_a_pair = "GET /mentoring/pairings/{pairing:uuid}"
    assert await that_cost_more(visitors, app) == [of_a_pair, of_a_pair + "/notes/{note:uuid}"]
