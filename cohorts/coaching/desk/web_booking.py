"""Coordinators book and move for somebody: any coach of the programme, any time, not bound by the cut-offs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import DomainError, Invalid, NotFound
from academy.invites.times import utc_to_local, when
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.coaching.bookings import days, own, service, slots
from cohorts.coaching.bookings import forms as choices
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import CALLED, Clash, Party, SlotTaken, is_asked_first
from cohorts.coaching.desk import forms
from cohorts.coaching.desk.coaches import usual_length
from cohorts.coaching.desk.web_person import SECTION, Here, coaches_for, opened
from cohorts.coaching.times.queries import CoachView

PERSON = "/cohorts/{code:str}/coaching/{enrolment:uuid}"
BOOK, MOVE = PERSON + "/book", PERSON + "/sessions/{session:uuid}/move"
AROUND = timedelta(days=2)
ANY_LENGTH = (30, 45, 60, 90, 120)


class Choosing(msgspec.Struct, frozen=True, kw_only=True):
    """A time is being chosen: for a new session, or for one that is moved."""

    here: Here
    session: SessionView | None
    coaches: list[CoachView]
    coach: CoachView | None
    minutes: int
    starts_at: datetime | None
    now: datetime

    @property
    def path(self) -> str:
        return f"{self.here.path}/sessions/{self.session.id}/move" if self.session else f"{self.here.path}/book"

    @property
    def title(self) -> str:
        return f"Move {self.here.one.name}’s session" if self.session else f"Book a session for {self.here.one.name}"

    @property
    def query(self) -> str:
        """Coach and length as the next address holds them."""
        return f"coach={self.coach.id if self.coach else ''}&minutes={self.minutes}"


async def _choosing(code: str, enrolment: UUID, session: UUID | None, given: Mapping[str, str]) -> Choosing:
    here = await opened(code, enrolment)
    found = here.session(session) if session else None
    coaches = await coaches_for(here)
    asked = forms.read_uuid(given.get("coach", ""))
    wanted = [asked, found.coach if found else None, here.one.coach]
    coach = next((each for id in wanted for each in coaches if each.id == id), coaches[0] if coaches else None)
    usual = usual_length(coach) if coach else 60
    return Choosing(
        here=here,
        session=found,
        coaches=coaches,
        coach=coach,
        minutes=found.length if found else forms.read_minutes(given.get("minutes", ""), default=usual),
        starts_at=choices.start(given),
        now=clock.now(),
    )


@get(BOOK, who=Who.COORDINATOR)
async def times_to_book(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]
) -> Response[Any]:
    """The free times of a coach, and a way to choose any other time."""
    return await _times(request, await _choosing(code, enrolment, None, request.query_params))


@get(BOOK + "/check", who=Who.COORDINATOR)
async def check_booking(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]
) -> Response[Any]:
    return await _check(request, await _choosing(code, enrolment, None, request.query_params), request.query_params)


@post(BOOK, who=Who.COORDINATOR)
async def book(request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID]) -> Response[Any]:
    """Book for somebody; both are invited. The same booking again is the same session."""
    fields = await read_form(request)
    return await _do(request, await _choosing(code, enrolment, None, fields), fields)


@get(MOVE, who=Who.COORDINATOR)
async def times_to_move(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """The free times of its coach, or of another one of the programme."""
    return await _times(request, await _choosing(code, enrolment, session, request.query_params))


@get(MOVE + "/check", who=Who.COORDINATOR)
async def check_move(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    chosen = await _choosing(code, enrolment, session, request.query_params)
    return await _check(request, chosen, request.query_params)


@post(MOVE, who=Who.COORDINATOR)
async def move(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """Another time, another coach, or both: the same session, in place in every calendar."""
    fields = await read_form(request)
    return await _do(request, await _choosing(code, enrolment, session, fields), fields)


async def _do(request: Request[Any, Any, Any], chosen: Choosing, fields: Fields) -> Response[Any]:
    here, coach, starts_at = chosen.here, chosen.coach, chosen.starts_at
    if coach is None or starts_at is None:
        raise NotFound
    if chosen.session is not None and not chosen.session.live:
        called = CALLED[chosen.session.status].lower()
        return redirect(f"{here.path}/sessions/{chosen.session.id}", warned=f"It can’t be moved: {called}.")
    despite = fields.get("despite") == "yes"
    who, now, zone = actor(request), chosen.now, request.user.time_zone
    try:
        if chosen.session is None:
            made = await service.book(
                here.one.enrolment,
                coach.id,
                starts_at=starts_at,
                minutes=chosen.minutes,
                despite_clash=despite,
                by=Party.ACADEMY,
                actor=who,
                now=now,
            )
            told = f"Booked for {days.spoken(starts_at, zone)}. {here.one.name} and {coach.name} get a calendar invite."
            return redirect(f"{here.path}/sessions/{made}", said=told)
        session = chosen.session.id
        waits = await service.reassign(
            session,
            coach.id,
            starts_at=starts_at,
            despite_clash=despite,
            agreed="agreed" in fields,
            actor=who,
            now=now,
        )
        if waits:
            told = f"We have asked {coach.name} for {days.spoken(starts_at, zone)}. {here.one.name} is told, "
            return redirect(f"{here.path}/sessions/{session}", said=f"{told}and that the answer follows.")
        with_whom = f" with {coach.name}" if coach.id != chosen.session.coach else ""
        told = f"The session is now at {days.spoken(starts_at, zone)}{with_whom}. Everyone concerned gets an email."
        return redirect(f"{here.path}/sessions/{session}", said=told)
    except Clash as error:
        return await _check(request, chosen, fields, clash=error.message, status=409)
    except SlotTaken as error:
        return await _times(request, chosen, gone=error.message, nearest=error.nearest, status=409)
    except DomainError as error:
        return await _times(request, chosen, gone=error.message, status=error.status)


async def _times(
    request: Request[Any, Any, Any],
    chosen: Choosing,
    *,
    gone: str = "",
    nearest: list[datetime] | None = None,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    zone, coach, session = request.user.time_zone, chosen.coach, chosen.session
    if session is not None and not session.live:
        raise NotFound
    found, near = None, []
    if coach is not None:
        starts = await _free(chosen, coach)
        but = session.event if session else None
        busy = await slots.clashes(chosen.here.one.person, starts, minutes=chosen.minutes, but=but)
        clashes = dict.fromkeys(busy, "something else")  # titles are their owner's alone
        told: dict[str, Any] = {"minutes": chosen.minutes, "zone": zone, "coach_zone": coach.zone, "now": chosen.now}
        since = choices.since(request.query_params)
        if since is None and session is not None and "from" not in request.query_params:
            since = utc_to_local(session.starts_at, zone).date() - AROUND
        found = days.by_day(starts, clashes=clashes, since=since, **told)
        if not found.days:
            found = days.by_day(starts, clashes=clashes, **told)
        near = [each for day in days.by_day(nearest or [], **told).days for each in day.times]
    lengths = sorted({*ANY_LENGTH, chosen.minutes, *(coach.lengths if coach else ())})
    return page(
        request,
        "cohorts/coaching/desk/times.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        typed={"on": "", "at": "", **(typed or {})},
        cohort=chosen.here.cohort,
        one=chosen.here.one,
        person=chosen.here.path,
        at=chosen.path,
        title=chosen.title,
        query=chosen.query,
        session=session,
        coach=coach,
        coaches=[(str(each.id), each.name) for each in chosen.coaches],
        minutes=chosen.minutes,
        lengths=[(str(each), f"{each} minutes") for each in lengths],
        found=found,
        gone=gone,
        nearest=near,
        zone=zone,
    )


async def _check(
    request: Request[Any, Any, Any],
    chosen: Choosing,
    given: Mapping[str, str],
    *,
    clash: str = "",
    status: int = 200,
) -> Response[Any]:
    zone, coach, session, here = request.user.time_zone, chosen.coach, chosen.session, chosen.here
    starts_at = chosen.starts_at
    if coach is None:
        return redirect(chosen.path)
    if starts_at is None:
        try:
            starts_at = forms.read_time(Fields(given.items()), zone=zone, now=chosen.now)
        except Invalid as error:
            return await _times(request, chosen, typed=given, errors=error.errors, status=422)
    ends_at = starts_at + timedelta(minutes=chosen.minutes)
    rows = [("When", when(starts_at, ends_at, zone, coach.zone), f"{chosen.path}?{chosen.query}")]
    if session is not None:
        rows = [("Now", f"{when(session.starts_at, session.ends_at, zone)} with {session.coach_name}"), *rows]  # type: ignore[list-item]
    return page(
        request,
        "cohorts/coaching/desk/check.html",
        section=SECTION,
        staff=True,
        status=status,
        cohort=here.cohort,
        one=here.one,
        at=chosen.path,
        query=chosen.query,
        title="Move it?" if session else "Book it?",
        session=session,
        coach=coach,
        minutes=chosen.minutes,
        starts=days.written(starts_at),
        rows=[*rows, ("Coach", coach.name), ("Where", own.where(coach) or "Not said yet")],
        clash=clash,
        is_free=starts_at in await _free(chosen, coach),
        changes_coach=session is not None and session.coach != coach.id,
        asks=session is not None
        and is_asked_first(confirms=coach.confirms, other=session.coach != coach.id, agreed=False),
        agreed="agreed" in given,
        left=counted(max(0, here.one.balance.left - 1), "session"),
        any_left=here.one.balance.left > 0,
    )


async def _free(chosen: Choosing, coach: CoachView) -> list[datetime]:
    but = chosen.session.id if chosen.session else None
    starts = await own.free(coach, chosen.here.one.person, minutes=chosen.minutes, now=chosen.now, but=but)
    stands = chosen.session.starts_at if chosen.session and chosen.session.coach == coach.id else None
    return [each for each in starts if each != stands]


routes: list[Any] = [times_to_book, check_booking, book, times_to_move, check_move, move]
