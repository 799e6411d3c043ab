"""Check and publish, in two steps: what will be sent to whom, then the one button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import DomainError, NotFound
from academy.outbox import rendering
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import page, redirect
from academy.web.words import counted
from mentoring.profiles import queries as profiles
from mentoring.profiles.queries import RoundView
from mentoring.profiles.web_rounds import head
from mentoring.runs import previews, queries, questions, rules, service
from mentoring.runs.addresses import TAB, pairs_path
from mentoring.runs.previews import Mail
from mentoring.runs.queries import RunView
from mentoring.runs.review import Review
from mentoring.runs.tables import QuestionKind


@get("/mentoring/rounds/{round:str}/pairs/check", who=Who.COORDINATOR)
async def check(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """What publishing does: whom it asks, whom it tells, both mails, and what should be looked at before."""
    here = await profiles.round(round)
    run = await queries.latest(here.id)
    asked = await questions.find(run, QuestionKind.PUBLISH) if run else None
    if run and asked and not asked.done:
        return _under_way(request, here, run)
    refused = await service.why_not_publish(run, now=clock.now()) if run else None
    problem = asked.problem if asked and run and run.published_at is None else ""
    return await _show(request, here, run, refused, problem=problem if not refused else "")


@post("/mentoring/rounds/{round:str}/pairs/publish", who=Who.COORDINATOR)
async def publish(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Ask the mentors of all pairs of the run that was checked (``run``). Who comes second sees what was published."""
    here = await profiles.round(round)
    fields = await read_form(request)
    try:
        run = await queries.run(UUID(fields.get("run", "")))
    except ValueError:
        raise NotFound from None
    if run.round != here.id:
        raise NotFound
    if run.suggestion and len(run.suggestion.pairs) > rules.MANY and run.published_at is None:
        service.begin(await service.ask(run, QuestionKind.PUBLISH, actor=actor(request), now=clock.now()))
        return redirect(pairs_path(here.slug, "check"))
    try:
        await service.publish(run.id, actor=actor(request), now=clock.now())
    except NotFound:
        raise
    except DomainError as refused:
        return await _show(request, here, await queries.run(run.id), refused, status=refused.status)
    pairs = run.suggestion.pairs if run.suggestion else ()
    mentors = len({each.mentor for each in pairs})
    told = f"{counted(mentors, 'mentor')} {'is' if mentors == 1 else 'are'} asked about {counted(len(pairs), 'mentee')}"
    return redirect(pairs_path(here.slug), said=f"Published: {told} by email.")


def _under_way(request: Request[Any, Any, Any], here: RoundView, run: RunView) -> Response[Any]:
    return page(
        request,
        "mentoring/runs/check.html",
        **head(request, here, TAB),
        run=run,
        review=None,
        under_way=True,
        base=pairs_path(here.slug),
    )


async def _show(
    request: Request[Any, Any, Any],
    here: RoundView,
    run: RunView | None,
    refused: DomainError | None,
    *,
    status: int = 200,
    problem: str = "",
) -> Response[Any]:
    review = Review(run, held=await queries.holds(here.id)) if run and run.suggestion else None
    return page(
        request,
        "mentoring/runs/check.html",
        status=status,
        **head(request, here, TAB),
        zone=request.user.time_zone,
        run=run,
        review=review,
        refused=refused.message if refused else "",
        problem=problem,
        mentors=len(set(review.mates.values())) if review else 0,
        look=[card for card in review.cards if card.look] if review else [],
        mails=await _mails(request, here, review) if review and not refused else [],
        base=pairs_path(here.slug),
    )


async def _mails(request: Request[Any, Any, Any], here: RoundView, review: Review) -> list[Mail]:
    """Of the first pair by the mentee's name."""
    if not review.cards:
        return []
    first = min(review.cards, key=lambda card: (card.mentee_name.casefold(), card.mentee))
    match = next(one for one in review.suggestion.pairs if one.mentee == first.mentee)
    mentor = await profiles.mentor_of(here.id, UUID(first.mentor))
    mentee = await profiles.mentee_of(here.id, UUID(first.mentee))
    if mentor is None or mentee is None:
        return []
    letterhead = rendering.letterhead(request.app.state.settings)
    return previews.both(here, match, mentor, mentee, head=letterhead, now=clock.now())


routes: list[Any] = [check, publish]
