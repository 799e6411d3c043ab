"""Booking a session: the times by day, the check, and the booking. Two taps from the list of times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import DomainError, Invalid, NotFound
from academy.invites.times import utc_to_local, when
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.coaching.bookings import days, forms, own, service, slots, words
from cohorts.coaching.bookings.forms import Choice
from cohorts.coaching.bookings.own import Here
from cohorts.coaching.bookings.rules import Clash, Party, SlotTaken, overlap
from cohorts.coaching.bookings.steps import COACHED_ELSEWHERE
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import nearest


@get("/coaching/{enrolment:uuid}/times", who=Who.SIGNED_IN)
async def choose_time(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """A coach's free times by day, on the reader's own clock. Each is a link to the check."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    wanted = forms.choice(request.query_params)
    coach = here.coach(wanted.coach)
    if coach is None:
        return redirect(f"{here.path}/coaches")
    minutes = own.length_of(here.mine, coach, wanted.kind, wanted.minutes)
    chemistry = wanted.kind is SessionKind.CHEMISTRY
    refused = own.why_not_book(here.mine, wanted.kind, coach)
    zone = request.user.time_zone
    found = None
    if refused is None:
        found = await own.free_days(coach, here.person, minutes=minutes, zone=zone, since=wanted.since, now=now)
    base = f"coach={coach.id}&minutes={minutes}&kind={wanted.kind.value}&"
    many = len(here.coaches) > 1
    return page(
        request,
        "cohorts/coaching/bookings/times.html",
        section=request.user.own_section,
        mine=here.mine,
        coach=coach,
        about=_about(here, coach, minutes, chemistry=chemistry),
        back=(f"{here.path}/coaches", "All coaches") if many else ("/coaching", "Your coaching"),
        chemistry=chemistry,
        minutes=minutes,
        lengths=[] if chemistry else coach.lengths,
        refused=refused.message if refused else "",
        found=found,
        others=many,
        horizon=words.days(coach.horizon_days),
        here=f"{here.path}/times?{base}",
        check=f"{here.path}/check?{base}",
    )


@get("/coaching/{enrolment:uuid}/check", who=Who.SIGNED_IN)
async def check(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """What is about to be booked, on one page with one button."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    return await _check(request, here, forms.choice(request.query_params), now=now)


@post("/coaching/{enrolment:uuid}/check", who=Who.SIGNED_IN)
async def check_again(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """The check of another time with what was typed before. Nothing is booked by it."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    fields = await read_form(request)
    return await _check(request, here, forms.choice(fields), typed=fields, now=now)


@post("/coaching/{enrolment:uuid}/book", who=Who.SIGNED_IN)
async def book(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """Book. Who comes second is shown the nearest free times; a second tap on the button leads to the session."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    fields = await read_form(request)
    wanted = forms.choice(fields)
    coach, starts_at = _chosen(here, wanted)
    if (booked := _booked(here, coach, starts_at)) is not None:
        return redirect(f"/coaching/sessions/{booked}")
    try:
        note = forms.note(fields)
    except Invalid as error:
        return await _check(request, here, wanted, typed=fields, errors=error.errors, status=422, now=now)
    minutes = own.length_of(here.mine, coach, wanted.kind, wanted.minutes)
    await own.not_too_often(here.person, now=now)
    try:
        session = await service.book(
            enrolment,
            coach.id,
            starts_at=starts_at,
            minutes=minutes,
            kind=wanted.kind,
            note=note,
            despite_clash=fields.get("despite") == "yes",
            by=Party.COACHEE,
            actor=actor(request),
            now=now,
        )
    except DomainError as error:
        here = await own.here(request, enrolment, now=now)
        if (booked := _booked(here, coach, starts_at)) is not None:  # the button was tapped twice
            return redirect(f"/coaching/sessions/{booked}")
        if isinstance(error, SlotTaken):
            note = fields.get("note", "")
            why = own.why(error)
            return await gone(request, here, wanted, coach, nearest=error.nearest, note=note, why=why, now=now)
        if isinstance(error, Clash) and fields.get("despite") != "yes":
            return await _check(request, here, wanted, typed=fields, status=409, now=now)
        raise
    asked = coach.confirms
    return redirect(f"/coaching/sessions/{session}", said=words.booked(coach.name, asked=asked))


async def _check(
    request: Request[Any, Any, Any],
    here: Here,
    wanted: Choice,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    now: datetime,
) -> Response[Any]:
    if here.coach(wanted.coach) is None or wanted.starts_at is None:
        return redirect(f"{here.path}/times")
    coach, starts_at = _chosen(here, wanted)
    if (refused := own.why_not_book(here.mine, wanted.kind, coach)) is not None:
        raise refused
    minutes = own.length_of(here.mine, coach, wanted.kind, wanted.minutes)
    starts = await own.free(coach, here.person, minutes=minutes, now=now)
    if starts_at not in starts:
        ends_at = starts_at + timedelta(minutes=minutes)
        coached = any(each.live and overlap(each, starts_at, ends_at) for each in here.mine.sessions)
        return await gone(
            request,
            here,
            wanted,
            coach,
            why=COACHED_ELSEWHERE[Party.COACHEE] if coached else "",
            nearest=nearest(starts, starts_at),
            note=typed.get("note", "") if typed else "",
            now=now,
        )
    clashes = await slots.clashes(here.person, [starts_at], minutes=minutes)
    zone = request.user.time_zone
    ends_at = starts_at + timedelta(minutes=minutes)
    other_times = _times(here, wanted, coach, minutes, starts_at, zone)
    afterwards = [words.both_told(coach.name, asked=coach.confirms)]
    if here.choosing and wanted.kind is SessionKind.COACHING and here.mine.rules.one_coach:
        afterwards.append(f"By booking you choose {coach.name} as your coach for all your sessions.")
    afterwards.append(words.until_when(starts_at, here.mine.rules, kind=wanted.kind, zone=zone, now=now))
    return page(
        request,
        "cohorts/coaching/bookings/check.html",
        section=request.user.own_section,
        status=status,
        errors=errors,
        mine=here.mine,
        coach=coach,
        starts=days.written(starts_at),
        minutes=minutes,
        kind=wanted.kind.value,
        overlaps=clashes.get(starts_at, ""),
        rows=[
            ("When", when(starts_at, ends_at, zone, coach.zone), other_times),
            ("Coach", coach.name),
            ("What", f"{'Chemistry call' if wanted.kind is SessionKind.CHEMISTRY else 'Coaching'}, {minutes} minutes"),
            ("Where", own.where(coach) or f"{coach.name} tells you"),
            ("Sessions left after this", words.left_after(here.mine.balance, wanted.kind, here.mine.rules)),
        ],
        other_times=other_times,
        afterwards=afterwards,
        typed=typed or {},
    )


async def gone(
    request: Request[Any, Any, Any],
    here: Here,
    wanted: Choice,
    coach: CoachView,
    *,
    nearest: list[datetime],
    note: str,
    why: str = "",
    now: datetime,
) -> Response[Any]:
    """Status 409: somebody else was faster, or the time was never offered. The nearest three are one tap away."""
    starts_at = wanted.starts_at or now
    zone = request.user.time_zone
    minutes = own.length_of(here.mine, coach, wanted.kind, wanted.minutes)
    found = days.by_day(nearest, minutes=minutes, zone=zone, coach_zone=coach.zone, now=now)
    fields = {"coach": str(coach.id), "minutes": str(minutes), "kind": wanted.kind.value}
    return page(
        request,
        "cohorts/coaching/bookings/gone.html",
        section=request.user.own_section,
        status=409,
        gone=_capital(days.spoken(starts_at, zone)),
        not_offered=await own.not_offered(coach, starts_at, minutes=minutes, now=now),
        coach_name=coach.name,
        kept=f"{why} Nothing was booked, and you have all your sessions still.".strip(),
        nearest=[each for day in found.days for each in day.times],
        note=note,
        fields={**fields, "note": note},
        again=f"{here.path}/check",
        check=f"{here.path}/check?" + "".join(f"{name}={value}&" for name, value in fields.items()),
        other_times=_times(here, wanted, coach, minutes, starts_at, zone),
    )


def _chosen(here: Here, wanted: Choice) -> tuple[CoachView, datetime]:
    coach = here.coach(wanted.coach)
    if coach is None or wanted.starts_at is None:
        raise NotFound
    return coach, wanted.starts_at


def _booked(here: Here, coach: CoachView, starts_at: datetime) -> UUID | None:
    """The person's own session with this coach at this time."""
    return next(
        (
            each.id
            for each in here.mine.sessions
            if each.coach == coach.id
            and each.starts_at == starts_at
            and each.status in (SessionStatus.BOOKED, SessionStatus.REQUESTED)
        ),
        None,
    )


def _times(here: Here, wanted: Choice, coach: CoachView, minutes: int, starts_at: datetime, zone: str) -> str:
    """The list of times, from the day that was chosen on."""
    day = utc_to_local(starts_at, zone).date().isoformat()
    return f"{here.path}/times?coach={coach.id}&minutes={minutes}&kind={wanted.kind.value}&from={day}"


def _about(here: Here, coach: CoachView, minutes: int, *, chemistry: bool) -> str:
    where = own.where(coach)
    told = f"{minutes} minutes. {where}." if where else f"{minutes} minutes."
    return told if chemistry else f"{told} {here.mine.balance.left} of {here.mine.balance.all} sessions left."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


routes: list[Any] = [choose_time, check, check_again, book]
