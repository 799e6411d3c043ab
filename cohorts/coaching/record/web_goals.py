"""The goals of one person's coaching: for coachee and coach, and at the link of a manager."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import ChangedMeanwhile, Invalid
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.coaching.record import circle, evaluation, forms, goals, rules
from cohorts.coaching.record.circle import Goals, Standing
from cohorts.coaching.record.tables import Party


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The goals that one of their two people has opened."""

    goals: Goals
    party: Party

    @property
    def is_coach(self) -> bool:
        return self.party is Party.COACH

    @property
    def mine(self) -> Standing | None:
        return self.goals.of(self.party)

    @property
    def other_name(self) -> str:
        here = self.goals.circle
        return here.coachee_name if self.is_coach else here.coach_name

    @property
    def back(self) -> tuple[str, str]:
        return ("/coach", "Coaching") if self.is_coach else ("/coaching", "Your coaching")


async def opened(request: Request[Any, Any, Any], enrolment: UUID) -> Opened:
    """Raises NotFound for who is neither the coachee nor their coach."""
    found = await circle.goals(enrolment)
    return Opened(goals=found, party=found.circle.party_of(me(request)))


def section(request: Request[Any, Any, Any], here: Opened) -> str:
    return "Coaching" if here.is_coach else request.user.own_section


@get("/coaching/{enrolment:uuid}/goals", who=Who.SIGNED_IN)
async def show(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """The goals, who has agreed to them, and what they were before."""
    return _show(request, await opened(request, enrolment))


def _show(
    request: Request[Any, Any, Any],
    here: Opened,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    now = clock.now()
    return page(
        request,
        "cohorts/coaching/record/goals.html",
        section=section(request, here),
        errors=errors,
        here=here,
        goals=here.goals,
        circle=here.goals.circle,
        over=here.goals.circle.is_over(now),
        why_fixed=_message(rules.why_not_change(rated=here.goals.rated)),
        typed=typed or {},
        zone=request.user.time_zone,
    )


@get("/coaching/{enrolment:uuid}/goals/change", who=Who.SIGNED_IN)
async def ask_change(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """Five rows at most; an empty one is no goal."""
    here = await opened(request, enrolment)
    if here.goals.rated:
        return redirect(here.goals.circle.goals_path)
    return _change(request, here)


@post("/coaching/{enrolment:uuid}/goals/change", who=Who.SIGNED_IN)
async def change(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """Save the goals. Whoever changed them agrees; the others are asked."""
    here = await opened(request, enrolment)
    fields = await read_form(request)
    try:
        wanted = forms.goals(fields)
        changed = await goals.set_goals(
            enrolment, wanted, seal=fields.get("seal", ""), actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        return _change(request, here, typed=fields, errors=error.errors)
    except ChangedMeanwhile as error:
        return _change(request, here, typed=fields, errors={"goal-1": error.message}, status=409)
    asked = f" {here.other_name} is asked to agree." if here.other_name else ""
    said = f"The goals are saved.{asked}" if changed else "Nothing was changed."
    return redirect(here.goals.circle.goals_path, said=said)


def _change(
    request: Request[Any, Any, Any],
    here: Opened,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    rows = [(goal.text, goal.measure) for goal in here.goals.goals]
    if typed is not None:
        numbers = range(1, rules.MOST_GOALS + 1)
        rows = [(typed.get(f"goal-{number}", ""), typed.get(f"measure-{number}", "")) for number in numbers]
        while rows and not any(rows[-1]):
            rows.pop()
    rows += [("", "")] * (min(rules.MOST_GOALS, max(3, len(rows) + 1)) - len(rows))
    return page(
        request,
        "cohorts/coaching/record/goals_change.html",
        section=section(request, here),
        status=status,
        errors=errors,
        here=here,
        goals=here.goals,
        circle=here.goals.circle,
        rows=rows,
        seal=here.goals.seal,
        anew=status == 409 and errors is not None,
    )


@post("/coaching/{enrolment:uuid}/goals/agree", who=Who.SIGNED_IN)
async def agree(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """Agree to the goals as they stood on the page."""
    here = await opened(request, enrolment)
    seal = (await read_form(request)).get("seal", "")
    await goals.agree(enrolment, seal=seal, actor=actor(request), now=clock.now())
    return redirect(here.goals.circle.goals_path, said="You have agreed to these goals.")


@post("/coaching/{enrolment:uuid}/goals/manager", who=Who.SIGNED_IN)
async def ask_manager(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """Name the manager who is asked to agree, by a mail with a link."""
    here = await opened(request, enrolment)
    fields = await read_form(request)
    try:
        named = forms.manager(fields)
        await goals.ask_manager(
            enrolment, name=named.name, address=named.address, actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        return _show(request, here, typed=fields, errors=error.errors)
    return redirect(
        here.goals.circle.goals_path,
        said=f"We have asked {named.name} by email. Their earlier link no longer works."
        if here.goals.manager
        else f"We have asked {named.name} by email.",
    )


def _message(refused: Exception | None) -> str:
    return str(refused) if refused else ""


# ------------------------------------------------------------------- manager
@get("/goals/{token:str}", who=Who.LINK_HOLDER)
async def by_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """The goals for the manager whom the coachee named: a page with one button, and later the ratings."""
    agreement, _ = await circle.of_link(token)
    return await _by_link(request, token, agreement)


@post("/goals/{token:str}/agree", who=Who.LINK_HOLDER)
async def agree_by_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    agreement, _ = await circle.of_link(token)
    seal = (await read_form(request)).get("seal", "")
    await goals.agree_by_link(agreement, seal=seal, now=clock.now())
    return redirect(f"/goals/{token}", said="Thank you. You have agreed to these goals.")


@post("/goals/{token:str}/ratings", who=Who.LINK_HOLDER)
async def rate_by_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """How far each goal was reached, as the manager sees it; once more writes over it."""
    agreement, _ = await circle.of_link(token)
    fields = await read_form(request)
    found, _ = await goals.manager_of(agreement)
    try:
        rated = forms.ratings(fields, found.goals)
    except Invalid as error:
        return await _by_link(request, token, agreement, typed=fields, errors=error.errors)
    await evaluation.rate_by_link(agreement, rated, now=clock.now())
    return redirect(f"/goals/{token}", said="Thank you. Your ratings are saved.")


async def _by_link(
    request: Request[Any, Any, Any],
    token: str,
    agreement: UUID,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    found, manager = await goals.manager_of(agreement)
    return page(
        request,
        "cohorts/coaching/record/goals_manager.html",
        errors=errors,
        goals=found,
        circle=found.circle,
        manager=manager,
        standing=found.manager,
        path=f"/goals/{token}",
        over=found.circle.is_over(clock.now()),
        party=Party.MANAGER,
        ratings=rules.RATINGS,
        typed=typed or {},
    )


routes: list[Any] = [show, ask_change, change, agree, ask_manager, by_link, agree_by_link, rate_by_link]
