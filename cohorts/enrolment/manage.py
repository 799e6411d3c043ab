"""A person's own registration, at the one address that is mailed to them and works for ever.

The link is the key: it opens one registration of one cohort and nothing else. Opening it changes nothing, since mail
programs follow links; every change is a button. Our pages send no address to other sites (Referrer-Policy), and
nothing of this is kept by caches.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts import guards, links
from academy.audit.service import Actor
from academy.errors import Invalid, NotFound
from academy.invites import ical
from academy.invites import queries as invited
from academy.invites import service as invites
from academy.invites.feeds import MEDIA_TYPE
from academy.invites.tables import Reply
from academy.invites.times import uk_day, uk_time
from academy.people import queries as people
from academy.people.queries import Contact
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import download, page, redirect
from cohorts.enrolment import forms, letters, rules, service, standing
from cohorts.enrolment.standing import Cohort, Mine, Session
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule import queries as schedule

REPLIES = {
    Reply.ACCEPTED: ("Coming", "green"),
    Reply.DECLINED: ("Can't come", "red"),
    Reply.TENTATIVE: ("Perhaps", "yellow"),
    Reply.NEEDS_ACTION: ("No reply yet", "grey"),
}


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One session on a person's own page."""

    session: Session
    past: bool
    reply: Reply | None
    """None where the person is not invited (any more)."""

    @property
    def answer(self) -> tuple[str, str]:
        """Their reply in words, and its colour."""
        return REPLIES[self.reply] if self.reply else ("", "")


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page of one registration shows."""

    token: str
    mine: Mine
    cohort: Cohort
    contact: Contact
    now: datetime

    @property
    def actor(self) -> Actor:
        return Actor(self.mine.person, self.contact.name)

    @property
    def path(self) -> str:
        return f"/r/{self.token}"

    @property
    def refused(self) -> str:
        """Why they cannot come back now; empty: they can."""
        refused = rules.why_not_register(self.cohort.facts, now=self.now)
        return refused.message if refused else ""

    @property
    def stays(self) -> str:
        """Why they cannot withdraw by themselves; empty: they can."""
        first = self.cohort.facts.first_starts_at
        refused = rules.why_not_withdraw(self.mine.status, first_starts_at=first, now=self.now)
        return refused.message if refused else ""

    @property
    def confirm_by(self) -> str:
        zone = self.cohort.facts.zone
        until = self.mine.held_until
        return f"{uk_time(until, zone)} on {uk_day(until, zone)}" if until else ""


async def own(token: str) -> Own:
    """The registration that a link opens. Raises NotFound for any link that we did not make."""
    now = clock.now()
    mine = await standing.enrolment(links.read(letters.LINK, token))
    cohort = await standing.read(mine.cohort, now=now)
    return Own(token=token, mine=mine, cohort=cohort, contact=await people.contact(mine.person), now=now)


@get("/r/{token:str}", who=Who.LINK_HOLDER)
async def manage(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """How a registration stands, with everything that can be done about it."""
    here = await own(token)
    known = {}
    if here.mine.status is S.ENROLLED:
        calendar = await invited.calendar_of(here.mine.person, now=here.now)
        known = {each.id: each.reply for each in calendar.events}
    meetings = [
        Meeting(session=each, past=each.ends_at <= here.now, reply=known.get(each.event))
        for each in here.cohort.sessions
    ]
    return page(request, "cohorts/enrolment/manage.html", own=here, meetings=meetings, S=S, Reply=Reply)


@post("/r/{token:str}/confirm", who=Who.LINK_HOLDER)
async def confirm(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """The person shows that the address is theirs."""
    done = await service.confirm(links.read(letters.LINK, token), now=clock.now())
    return redirect(f"/r/{token}", said=said(done))


@post("/r/{token:str}/come-back", who=Who.LINK_HOLDER)
async def come_back(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Register again, after having withdrawn."""
    done = await service.come_back(links.read(letters.LINK, token), now=clock.now())
    return redirect(f"/r/{token}", said=said(done))


@get("/r/{token:str}/withdraw", who=Who.LINK_HOLDER)
async def ask_withdraw(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Asks first; the reason is optional."""
    here = await own(token)
    if not here.mine.live:
        return redirect(here.path)
    return page(request, "cohorts/enrolment/withdraw.html", own=here, S=S, typed={})


@post("/r/{token:str}/withdraw", who=Who.LINK_HOLDER)
async def withdraw(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Give the place back, or leave the waiting list."""
    here = await own(token)
    fields = await read_form(request)
    try:
        reason = forms.reason(fields)
    except Invalid as error:
        return page(
            request, "cohorts/enrolment/withdraw.html", status=422, errors=error.errors, own=here, S=S, typed=fields
        )
    await service.withdraw(here.mine.id, reason=reason, actor=here.actor, now=here.now)
    return redirect(here.path, said=_left(here.mine))


@post("/r/{token:str}/sessions/{session:uuid}", who=Who.LINK_HOLDER)
async def reply(request: Request[Any, Any, Any], token: FromPath[str], session: FromPath[UUID]) -> Response[Any]:
    """Say for one session whether you come."""
    here = await own(token)
    meeting = next((each for each in here.cohort.sessions if each.session == session), None)
    given = {"coming": Reply.ACCEPTED, "not-coming": Reply.DECLINED}.get((await read_form(request)).get("reply", ""))
    if meeting is None or given is None:
        raise NotFound
    await invites.reply(meeting.event, here.mine.person, given, now=here.now)
    coming = given is Reply.ACCEPTED
    told = "You are coming to" if coming else "You have told us that you can't come to"
    return redirect(f"{here.path}#session-{session}", said=f"{told} {meeting.title}.")


@get("/r/{token:str}/calendar.ics", who=Who.LINK_HOLDER)
async def own_calendar(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """The person's own sessions of this cohort as a file, with the same identities as in the invites."""
    here = await own(token)
    ours = {each.event for each in here.cohort.sessions}
    calendar = await invited.calendar_of(here.mine.person, now=here.now)
    events = [each for each in calendar.events if each.id in ours]
    if not events:
        raise NotFound("There is no session of yours to put in a calendar.")
    octets = ical.feed(
        [invited.in_calendar(each) for each in events],
        name=here.cohort.name,
        zone=here.cohort.facts.zone,
        refresh=timedelta(hours=12),
    )
    return download(octets, name=f"{here.cohort.code}.ics", media_type=MEDIA_TYPE)


@get("/my/cohorts/{code:str}", who=Who.SIGNED_IN)
async def mine_of(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """A signed-in person's registration, at its own address."""
    row = await schedule.by_code(code)
    mine = await standing.mine(row["id"], guards.me(request)) if row else None
    if mine is None:
        raise NotFound
    return redirect(letters.manage_path(mine.id))


def said(done: service.Registered) -> str:
    """What a person reads after registering or confirming."""
    if done.status is S.WAITLISTED:
        return f"You are number {done.position} on the waiting list. We tell you by email when a place is yours."
    return "You have a place. Calendar invites are on their way by email."


def _left(mine: Mine) -> str:
    if mine.status is S.WAITLISTED:
        return "You have left the waiting list."
    return "You have given back your place. Thank you for telling us: somebody else can have it now."


routes: list[Any] = [manage, confirm, come_back, ask_withdraw, withdraw, reply, own_calendar, mine_of]
