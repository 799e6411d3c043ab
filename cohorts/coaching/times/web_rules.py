"""The pages on which coaches say under which rules they can be booked, and who they are."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import differing, read_form, version_of
from academy.web.pages import page, redirect
from cohorts.coaching.times import forms, queries, service
from cohorts.coaching.times.queries import CoachView
from cohorts.schedule.rules import ZONES

SECTION = "Coaching"
TIMES = "/coach/times"


async def own(request: Request[Any, Any, Any]) -> CoachView:
    """The coach that the visitor is. Raises NotFound for somebody who has the role and coaches no longer."""
    found = await queries.coach_of(me(request))
    if found is None or found.left_at is not None:
        raise NotFound
    return found


def offered(coach: CoachView) -> list[int]:
    """The lengths of a session to choose from."""
    return sorted({*forms.LENGTHS, *coach.lengths})


@get("/coach/times/rules", who=Who.COACH)
async def show_rules(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    return _rules_page(request, coach, forms.typed_rules(coach))


@post("/coach/times/rules", who=Who.COACH)
async def save_rules(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    fields = await read_form(request)
    typed, version = forms.sent_rules(fields), version_of(fields)
    try:
        found = forms.read_rules(fields, offered=offered(coach))
        await service.change_coach(coach.id, found, version=version, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _rules_page(request, coach, typed, version=version, errors=error.errors, status=422)
    except ChangedMeanwhile:
        now_there = await queries.coach(coach.id)
        return _rules_page(request, now_there, typed, theirs=forms.typed_rules(now_there), status=409)
    return redirect(TIMES, said="Your rules are saved. They hold for new bookings; what is booked stays as it is.")


@get("/coach/profile", who=Who.COACH)
async def show_profile(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    return _profile_page(request, coach, _profile_of(coach))


@post("/coach/profile", who=Who.COACH)
async def save_profile(request: Request[Any, Any, Any]) -> Response[Any]:
    coach = await own(request)
    fields = await read_form(request)
    typed, version = {name: fields.get(name, "") for name in forms.PROFILE}, version_of(fields)
    try:
        found = forms.read_profile(fields)
        await service.change_coach(coach.id, found, version=version, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _profile_page(request, coach, typed, version=version, errors=error.errors, status=422)
    except ChangedMeanwhile:
        now_there = await queries.coach(coach.id)
        return _profile_page(request, now_there, typed, theirs=_profile_of(now_there), status=409)
    return redirect("/coach/profile", said="Your profile is saved. The people of your programmes see it now.")


def _rules_page(
    request: Request[Any, Any, Any],
    coach: CoachView,
    typed: dict[str, Any],
    *,
    version: int | None = None,
    errors: dict[str, str] | None = None,
    theirs: dict[str, Any] | None = None,
    status: int = 200,
) -> Response[Any]:
    zones = dict.fromkeys((*ZONES, coach.zone, typed["zone"]))
    return page(
        request,
        "cohorts/coaching/times/rules.html",
        section=SECTION,
        status=status,
        errors=errors,
        typed=typed,
        version=coach.version if version is None else version,
        zones=[(each, each.replace("_", " ")) for each in zones if each],
        nations=forms.NATIONS,
        lengths=[(str(each), f"{each} minutes") for each in offered(coach)],
        theirs=theirs,
        differing=differing(forms.RULES, theirs, typed),
    )


def _profile_page(
    request: Request[Any, Any, Any],
    coach: CoachView,
    typed: dict[str, str],
    *,
    version: int | None = None,
    errors: dict[str, str] | None = None,
    theirs: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    return page(
        request,
        "cohorts/coaching/times/profile.html",
        section=SECTION,
        status=status,
        errors=errors,
        coach=coach,
        typed=typed,
        version=coach.version if version is None else version,
        theirs=theirs,
        differing=differing(forms.PROFILE, theirs, typed),
    )


def _profile_of(coach: CoachView) -> dict[str, str]:
    return {"headline": coach.headline, "profile": coach.profile}


routes: list[Any] = [show_rules, save_rules, show_profile, save_profile]
