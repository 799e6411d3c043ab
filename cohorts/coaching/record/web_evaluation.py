"""Looking back when the coaching has ended: goals by both, the coaching by the coachee."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import Invalid
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.coaching.record import circle, evaluation, forms, rules
from cohorts.coaching.record.circle import Evaluation
from cohorts.coaching.record.web_goals import Opened, opened, section


@get("/coaching/{enrolment:uuid}/evaluation", who=Who.SIGNED_IN)
async def show(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """What is asked, or what was said and can be changed."""
    return await _show(request, await opened(request, enrolment))


@post("/coaching/{enrolment:uuid}/evaluation", who=Who.SIGNED_IN)
async def save(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Response[Any]:
    """Save it; once more writes over it."""
    here = await opened(request, enrolment)
    fields, now, who = await read_form(request), clock.now(), actor(request)
    wanted = here.goals.goals
    if refused := rules.why_not_evaluate(over=here.goals.circle.is_over(now)):
        raise refused
    try:
        if here.is_coach:
            await evaluation.rate(enrolment, forms.ratings(fields, wanted), actor=who, now=now)
        else:
            answer, rated = forms.evaluation(fields, wanted)
            await evaluation.evaluate(enrolment, answer, rated, actor=who, now=now)
    except Invalid as error:
        return await _show(request, here, typed=fields, errors=error.errors)
    return redirect(here.goals.circle.evaluation_path, said="Thank you. What you said is saved.")


async def _show(
    request: Request[Any, Any, Any],
    here: Opened,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    now, found = clock.now(), here.goals
    refused = rules.why_not_evaluate(over=found.circle.is_over(now))
    said = Evaluation() if here.is_coach else await circle.evaluation(found.circle.enrolment)
    return page(
        request,
        "cohorts/coaching/record/evaluation.html",
        section=section(request, here),
        errors=errors,
        here=here,
        goals=found,
        circle=found.circle,
        refused=refused.message if refused else "",
        said=said,
        answered=found.rated_by(here.party) if here.is_coach else said.answered_at is not None,
        party=here.party,
        ratings=rules.RATINGS,
        overall=rules.OVERALL,
        called=rules.PARTY_CALLED,
        typed=typed if typed is not None else _typed(said),
    )


def _typed(said: Evaluation) -> dict[str, str]:
    """What was said before, as the form holds it."""
    if said.overall is None:
        return {}
    return {"overall": str(said.overall), "helped": said.helped, "better": said.better}


routes: list[Any] = [show, save]
