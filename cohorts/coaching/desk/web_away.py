"""A coach is ill or leaves, in three steps: the days, what becomes of each booking, one button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import DomainError, Invalid
from academy.invites.times import uk_date, utc_to_local, when
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.coaching.desk import away as aways
from cohorts.coaching.desk import forms, taking_over
from cohorts.coaching.desk.away import Booking, Decision, Fate, Plan
from cohorts.coaching.desk.taking_over import Done
from cohorts.coaching.desk.web_coaches import SECTION
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView

FIELD = "s-"
"""Starts the name of the field with the choice for one session."""


@get("/coaches/{coach:uuid}/away", who=Who.COORDINATOR)
async def ask(request: Request[Any, Any, Any], coach: FromPath[UUID]) -> Response[Any]:
    """Which days; and with days in the address, all bookings in them, each with a sensible choice."""
    known = await times.coach(coach)
    given = Fields(request.query_params.items())
    if "for" not in given:
        return _days(request, known, given)
    try:
        away = forms.read_away(given, today=_today(known))
    except Invalid as error:
        return _days(request, known, given, errors=error.errors)
    plan = await aways.plan(known, away, zone=request.user.time_zone, now=clock.now())
    return _list(request, plan, given)


@post("/coaches/{coach:uuid}/away/check", who=Who.COORDINATOR)
async def check(request: Request[Any, Any, Any], coach: FromPath[UUID]) -> Response[Any]:
    """What will be done and who is told, before anything is."""
    known = await times.coach(coach)
    fields = await read_form(request)
    try:
        away = forms.read_away(fields, today=_today(known))
    except Invalid as error:
        return _days(request, known, fields, errors=error.errors)
    plan = await aways.plan(known, away, zone=request.user.time_zone, now=clock.now())
    try:
        reason = forms.read_reason(fields, "Write one sentence. Everyone who is told reads it.")
        decisions = _decisions(plan.bookings, fields, defaults=True)
    except Invalid as error:
        return _list(request, plan, fields, errors=error.errors, status=422)
    zone = request.user.time_zone
    return page(
        request,
        "cohorts/coaching/desk/away_check.html",
        section=SECTION,
        staff=True,
        coach=known,
        away=away,
        days=_told(plan),
        reason=reason,
        lines=[(each.session, _becomes(plan, each, decisions[each.session.id], zone)) for each in plan.bookings],
        kept={each.session.id for each in plan.bookings if decisions[each.session.id].fate is Fate.KEEP},
        hidden={f"{FIELD}{id}": decision.value for id, decision in decisions.items()},
        told=counted(len(plan.told(decisions)), "person", "people"),
        any_told=bool(plan.told(decisions)),
        zone=zone,
    )


@post("/coaches/{coach:uuid}/away", who=Who.COORDINATOR)
async def do(request: Request[Any, Any, Any], coach: FromPath[UUID]) -> Response[Any]:
    """Do it all. What somebody else was faster with stays in the list, with a sentence."""
    known = await times.coach(coach)
    fields = await read_form(request)
    now, zone = clock.now(), request.user.time_zone
    try:
        away = forms.read_away(fields, today=_today(known))
    except Invalid as error:
        return _days(request, known, fields, errors=error.errors)
    plan = await aways.plan(known, away, zone=zone, now=now)
    if fields.get("do") == "back":
        return _list(request, plan, fields)
    try:
        reason = forms.read_reason(fields, "Write one sentence. Everyone who is told reads it.")
        decisions = _decisions(plan.bookings, fields)
        done = await taking_over.take_over(known, away, decisions, reason=reason, actor=actor(request), now=now)
    except Invalid as error:
        return _list(request, plan, fields, errors=error.errors, status=422)
    if done.lost:
        known = await times.coach(coach)
        plan = await aways.plan(known, away, zone=zone, now=now)
        return _list(request, plan, fields, done=done, status=409)
    return redirect(f"/coaches/{coach}", said=f"{_told(plan)} {_summary(done)}".strip())


def _decisions(bookings: list[Booking], fields: Fields, *, defaults: bool = False) -> dict[UUID, Decision]:
    """What was chosen for each booking. Raises Invalid with every error at once."""
    found: dict[UUID, Decision] = {}
    wrong: dict[str, str] = {}
    for each in bookings:
        name = f"{FIELD}{each.session.id}"
        value = fields.get(name, each.default if defaults else "")
        if not value:
            continue
        try:
            found[each.session.id] = aways.read(value)
        except DomainError as error:
            wrong[name] = error.message
    if wrong:
        raise Invalid(wrong)
    return found


def _today(coach: CoachView) -> Any:
    return utc_to_local(clock.now(), coach.zone).date()


def _days(
    request: Request[Any, Any, Any],
    coach: CoachView,
    typed: Fields,
    *,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    today = _today(coach).isoformat()
    return page(
        request,
        "cohorts/coaching/desk/away.html",
        section=SECTION,
        staff=True,
        errors=errors,
        coach=coach,
        typed={"since": today, "until": today, "for": "days", **typed},
    )


def _list(
    request: Request[Any, Any, Any],
    plan: Plan,
    typed: Fields,
    *,
    errors: dict[str, str] | None = None,
    done: Done | None = None,
    status: int = 200,
) -> Response[Any]:
    lost = done.lost if done else {}
    kept = {f"{FIELD}{each.session.id}" for each in plan.bookings if typed.get(f"{FIELD}{each.session.id}") == "keep"}
    shown = [
        each for each in plan.bookings if not done or each.session.id in lost or f"{FIELD}{each.session.id}" not in kept
    ]
    values = {
        each.session.id: value
        if (value := typed.get(f"{FIELD}{each.session.id}", "")) in dict(each.options) and each.session.id not in lost
        else each.default
        for each in shown
    }
    name = plan.coach.name
    usual = f"{name} no longer coaches here." if plan.away.for_good else f"{name} can’t be there at that time."
    return page(
        request,
        "cohorts/coaching/desk/away_list.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors or {f"{FIELD}{id}": sentence for id, sentence in lost.items()} or None,
        wrong=errors or {f"{FIELD}{id}": sentence for id, sentence in lost.items()},
        coach=plan.coach,
        away=plan.away,
        days=_told(plan),
        bookings=shown,
        values=values,
        field=FIELD,
        hidden=kept if done else set(),
        reason=typed.get("reason", usual),
        did=_summary(done) if done else "",
        zone=request.user.time_zone,
    )


def _told(plan: Plan) -> str:
    """The days in a sentence."""
    away, name = plan.away, plan.coach.name
    if away.until is None:
        return f"{name} leaves for good."
    if away.until == away.since:
        return f"{name} is away on {uk_date(away.since)}."
    return f"{name} is away from {uk_date(away.since)} to {uk_date(away.until)}."


def _becomes(plan: Plan, booking: Booking, decision: Decision, zone: str) -> str:
    session = booking.session
    if decision.fate is Fate.KEEP:
        return f"Stays with {plan.coach.name}. Nobody is told."
    if decision.coach is None or decision.starts_at is None:
        back = " and gets the session back" if session.has_credit else ""
        return f"Cancelled. {session.coachee_name} is told{back}, and is asked to book again."
    who = plan.names.get(decision.coach, "another coach")
    ends_at = decision.starts_at + (session.ends_at - session.starts_at)
    then = when(decision.starts_at, ends_at, zone)
    if decision.coach in plan.confirming:
        at = "the same time" if decision.starts_at == session.starts_at else then
        return f"{who} is asked for {at}, and confirms. {session.coachee_name} is told that it waits."
    if decision.starts_at == session.starts_at:
        return f"With {who} instead, at the same time."
    return f"With {who}: {then}."


def _summary(done: Done) -> str:
    parts = []
    if done.given:
        parts.append(f"{counted(done.given, 'session')} moved")
    if done.asked:
        parts.append(f"{counted(done.asked, 'session')} asked of another coach, who confirms")
    if done.back:
        parts.append(f"{counted(done.back, 'session')} given back")
    if done.kept:
        parts.append(f"{counted(done.kept, 'session')} left as {'it is' if done.kept == 1 else 'they are'}")
    told = " Everyone concerned gets an email." if done.given or done.asked or done.back else ""
    return f"{', '.join(parts)}.{told}" if parts else "No session was booked in that time."


routes: list[Any] = [ask, check, do]
