"""One person's whole record: who they are, where they are and were, what they were told, what was changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import queries as accounts
from academy.accounts.guards import actor
from academy.alumni import queries as alumni
from academy.alumni.contributions import contributions_of
from academy.audit import queries as audit
from academy.errors import DomainError
from academy.home import queries
from academy.invites.times import utc_to_local
from academy.outbox import queries as outbox
from academy.outbox import reading
from academy.outbox.rules import WORDS as MAIL_WORDS
from academy.outbox.web import COLOURS as MAIL_COLOURS
from academy.people.queries import details
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import page, redirect
from cohorts.attendance import queries as attendance
from cohorts.attendance.rules import CALLED as MARKS
from cohorts.coaching.bookings import queries as coaching
from cohorts.coaching.times import queries as coaches
from cohorts.dashboard.web_overview import REPLIES
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.queries import TAG_COLOUR
from cohorts.enrolment.tables import EnrolmentStatus, Source
from cohorts.schedule import queries as schedule
from mentoring.pairings import queries as pairings
from mentoring.pairings.rules import CALLED
from mentoring.profiles import queries as profiles
from mentoring.profiles.profile_words import state_of

MAILS = 30
ENTRIES = 50


@get("/people/{person:uuid}", who=Who.COORDINATOR)
async def one(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    """Everything about one person. Twenty queries or so, however much there is."""
    return await _page(request, person)


async def _page(
    request: Request[Any, Any, Any], person: UUID, *, wrong: str = "", chosen: str = "", status: int = 200
) -> Response[Any]:
    now = clock.now()
    known = await details(person)
    roles = await accounts.roles(person)
    return page(
        request,
        "academy/people/person.html",
        section="People",
        staff=True,
        status=status,
        errors={"cohort": wrong} if wrong else None,
        known=known,
        roles=sorted(role.value.capitalize() for role in roles),
        memberships=await queries.memberships(person),
        places=await queries.places_of(person),
        led=await attendance.led_by(person),
        coaching=await coaching.own(person, now),
        coaches_as=await coaches.coach_of(person),
        certificates=await alumni.certificates_of(person),
        contributions=await contributions_of(person),
        rounds=[(each, state_of(each, today=utc_to_local(now).date())) for each in await profiles.of_person(person)],
        pairings=await pairings.of_person_for_staff(person, now=now),
        pairing_words=CALLED,
        mails=await outbox.of_person(person, most=MAILS + 1),
        most_mails=MAILS,
        entries=await audit.entries_of_person(person, most=ENTRIES),
        joinable=await queries.joinable(person, now=now),
        chosen=chosen,
        replies=REPLIES,
        marks=MARKS,
        colours=TAG_COLOUR,
        mail_words=MAIL_WORDS,
        mail_colours=MAIL_COLOURS,
        kind_words=reading.kind_words,
        zone=request.user.time_zone,
        now=now,
    )


@post("/people/{person:uuid}/cohorts", who=Who.COORDINATOR)
async def add_to_cohort(request: Request[Any, Any, Any], person: FromPath[UUID]) -> Response[Any]:
    """Give the person a place in a cohort, or one on its waiting list; they are told by mail."""
    known = await details(person)
    code = (await read_form(request)).get("cohort", "")
    cohort = await schedule.by_code(code) if code else None
    if cohort is None:
        return await _page(request, person, wrong="Choose a cohort.", status=422)
    try:
        done = await enrolment.enrol_person(
            cohort["id"], person, source=Source.COORDINATOR, actor=actor(request), now=clock.now()
        )
    except DomainError as error:
        return await _page(request, person, wrong=error.message, chosen=code, status=error.status)
    if not done.new:
        return redirect(f"/people/{person}", warned=f"{known.name} was in {cohort['name']} already.")
    if done.status is EnrolmentStatus.WAITLISTED:
        said = f"{known.name} is number {done.position} on the waiting list of {cohort['name']}."
    else:
        said = f"{known.name} has a place in {cohort['name']} and is invited."
    return redirect(f"/people/{person}", said=said)


routes: list[Any] = [one, add_to_cohort]
