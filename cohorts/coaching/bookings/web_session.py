"""The page of one coaching session, for its coachee and its coach. It keeps its address through every move."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import DomainError, Invalid, NotFound
from academy.invites import ical
from academy.invites import queries as invited
from academy.invites.feeds import MEDIA_TYPE
from academy.settings import Settings
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import download, page, redirect
from cohorts.coaching.bookings import forms, parts, queries, rules, service, words
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import CANCELLED, Moving, Party
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits.rules import Rules, of_session

JOIN_WITHIN = timedelta(days=1)
"""So long before, joining online is the main thing to do."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A session that one of its two people has opened."""

    session: SessionView
    party: Party
    rules: Rules
    now: datetime

    @property
    def path(self) -> str:
        return f"/coaching/sessions/{self.session.id}"

    @property
    def is_coach(self) -> bool:
        return self.party is Party.COACH

    @property
    def other(self) -> str:
        """The name of the other one."""
        return self.session.coachee_name if self.is_coach else self.session.coach_name

    @property
    def title(self) -> str:
        return words.called(self.session, for_coach=self.is_coach)

    @property
    def moving(self) -> Moving | DomainError:
        """What moving it now would be, or why it cannot be moved."""
        return rules.what_moving_means(
            self.session,
            self.rules,
            by=self.party,
            confirms=self.session.confirms,
            gone=self.session.coach_gone,
            now=self.now,
        )


async def opened(request: Request[Any, Any, Any], session: UUID) -> Opened:
    """The session, for its coachee and its coach. Raises NotFound for everybody else."""
    person = me(request)
    found = await queries.session(session, person=person)
    known, party = await credits.rules_of_enrolment(found.enrolment), found.party_of(person)
    if known is None or party is None:
        raise NotFound
    return Opened(session=found, party=party, rules=known, now=clock.now())


def section(request: Request[Any, Any, Any], here: Opened) -> str:
    """Where in the menu the page stands: a coach opens it from their own pages."""
    return "Coaching" if here.is_coach else request.user.own_section


@get("/coaching/sessions/{session:uuid}", who=Who.SIGNED_IN)
async def show(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """When, where and with whom; what can be done about it; and what has been written about it."""
    here = await opened(request, session)
    found, zone = here.session, request.user.time_zone
    ledger = await credits.ledger(found.enrolment)
    balance = None if here.is_coach else (await credits.balances([found.enrolment]))[found.enrolment]
    settings: Settings = request.app.state.settings
    others: dict[str, Any] = await parts.shown(found, me(request), settings=settings, now=here.now)
    means = here.moving
    over = found.ends_at <= here.now
    again = f"/coaching/{found.enrolment}/times" if balance and balance.left and found.status in CANCELLED else ""
    return page(
        request,
        "cohorts/coaching/bookings/session.html",
        section=section(request, here),
        session=found,
        is_coach=here.is_coach,
        title=here.title,
        tag=words.tag(found, now=here.now),
        live=found.live,
        over=over,
        soon=found.starts_at - here.now <= JOIN_WITHIN,
        cancelled=found.status in CANCELLED,
        standing=words.standing(found, of_session(ledger, found.id), for_coach=here.is_coach, now=here.now),
        move_refused=means.message if isinstance(means, DomainError) else "",
        move_text="Ask to move this session" if means is Moving.REQUEST else "Move this session",
        again=again,
        balance=balance,
        steps=[words.step(each, zone) for each in await queries.history(found.id)],
        zone=zone,
        now=here.now,
        others=parts.templates(),
        **others,
    )


@get("/coaching/sessions/{session:uuid}/invite.ics", who=Who.SIGNED_IN)
async def file(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[bytes]:
    """The session as a file for calendars, with the identity of the mailed invite."""
    here = await opened(request, session)
    if here.session.event is None:
        raise NotFound("This session is not in calendars yet: it is not confirmed.")
    event = await invited.event_of(me(request), here.session.event)
    octets = ical.feed([invited.in_calendar(event)], name=event.title, zone=event.zone, refresh=timedelta(hours=12))
    return download(octets, name="coaching.ics", media_type=MEDIA_TYPE)


# ----------------------------------------------------------------- cancelling
@get("/coaching/sessions/{session:uuid}/cancel", who=Who.SIGNED_IN)
async def ask_cancel(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Says what becomes of the credit, and asks."""
    here = await opened(request, session)
    if rules.why_not_cancel(here.session, by=here.party, now=here.now) is not None:
        return redirect(here.path)
    return await _ask_cancel(request, here)


@post("/coaching/sessions/{session:uuid}/cancel", who=Who.SIGNED_IN)
async def cancel(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Cancel. A second tap finds it cancelled and says so."""
    here = await opened(request, session)
    fields = await read_form(request)
    if here.session.status is rules.CANCELLED_BY[here.party]:
        return redirect(here.path)
    try:
        reason = forms.short(fields, "reason")
    except Invalid as error:
        return await _ask_cancel(request, here, typed=fields, errors=error.errors)
    means = await service.cancel(session, reason=reason, by=here.party, actor=actor(request), now=here.now)
    return redirect(here.path, said=words.cancelled(here.session, means, by=here.party))


async def _ask_cancel(
    request: Request[Any, Any, Any],
    here: Opened,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    found = here.session
    means = rules.what_cancelling_means(found, here.rules, by=here.party, now=here.now)
    balance = None if here.is_coach else (await credits.balances([found.enrolment]))[found.enrolment]
    return page(
        request,
        "cohorts/coaching/bookings/cancel.html",
        section=section(request, here),
        errors=errors,
        session=found,
        caption=here.title,
        other=here.other,
        meaning=words.cancelling(found, means, here.rules, balance, by=here.party),
        uses_credit=means.uses_credit,
        can_move=isinstance(here.moving, Moving) and found.kind is SessionKind.COACHING,
        zone=request.user.time_zone,
        typed=typed or {},
    )


routes: list[Any] = [show, file, ask_cancel, cancel]
