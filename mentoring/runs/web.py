"""The pages on which pairs are suggested, read, held fast and suggested again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import NotFound
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.lists import wanted
from academy.web.pages import page, redirect
from mentoring.matching.criteria import Mode
from mentoring.profiles import criteria_words, places
from mentoring.profiles import queries as profiles
from mentoring.profiles.places import Section
from mentoring.profiles.queries import RoundView
from mentoring.profiles.web_rounds import head
from mentoring.runs import overview, queries, service, web_publish, web_runs, web_why
from mentoring.runs.addresses import TAB, pairs_path
from mentoring.runs.queries import RunView
from mentoring.runs.review import SHOW_WORDS, Review, Show
from mentoring.runs.tables import RunState

SIZE = 25
"""Pairs on one page: each has much behind it."""


@get("/mentoring/rounds/{round:str}/pairs", who=Who.COORDINATOR)
async def pairs(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The newest suggestion; while it is worked on, how far it is; before the first, what will happen."""
    here = await profiles.round(round)
    run = await queries.latest(here.id)
    if run is None or run.state is not RunState.READY:
        return await _before(request, here, run)
    return await show(request, here, run, latest=True)


@get("/mentoring/rounds/{round:str}/pairs/runs/{number:int}", who=Who.COORDINATOR)
async def one_run(request: Request[Any, Any, Any], round: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """A suggestion as it was."""
    here = await profiles.round(round)
    run = await queries.by_number(here.id, number)
    if run.suggestion is None:
        return redirect(pairs_path(here.slug))
    return await show(request, here, run, latest=False)


@post("/mentoring/rounds/{round:str}/pairs/suggest", who=Who.COORDINATOR)
async def suggest(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Suggest pairs, in the way that was chosen (``mode``) or that of the criteria."""
    here = await profiles.round(round)
    fields = await read_form(request)
    mode = fields.get("mode", "")
    run = await service.suggest(
        here.id, mode=Mode(mode) if mode in {*Mode} else None, actor=actor(request), now=clock.now()
    )
    found = await queries.run(run)
    if not found.done:
        service.start(run)
        return redirect(pairs_path(here.slug))
    if found.suggestion is None:
        return redirect(pairs_path(here.slug), warned=found.problem)
    return redirect(pairs_path(here.slug), said=await _told(found))


@post("/mentoring/rounds/{round:str}/pairs/pin", who=Who.COORDINATOR)
async def pin(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here, fields, mentor, mentee = await _pair(request, round)
    await service.pin(mentor.id, mentee.id, actor=actor(request), now=clock.now())
    said = f"{mentee.name} and {mentor.name} are pinned: they stay when pairs are suggested again."
    return _back(here, fields, str(mentee.person), said)


@post("/mentoring/rounds/{round:str}/pairs/rule-out", who=Who.COORDINATOR)
async def rule_out(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here, fields, mentor, mentee = await _pair(request, round)
    await service.rule_out(mentor.id, mentee.id, actor=actor(request), now=clock.now())
    said = f"{mentee.name} and {mentor.name} are ruled out: suggest again to find others."
    return _back(here, fields, str(mentee.person), said)


@post("/mentoring/rounds/{round:str}/pairs/release", who=Who.COORDINATOR)
async def release(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here, fields, mentor, mentee = await _pair(request, round)
    await service.release(mentor.id, mentee.id, actor=actor(request), now=clock.now())
    said = f"{mentee.name} and {mentor.name} are neither pinned nor ruled out any more."
    return _back(here, fields, str(mentee.person), said)


@post("/mentoring/rounds/{round:str}/pairs/swap", who=Who.COORDINATOR)
async def swap(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Two pairs, ``mentor`` with ``mentee`` and ``other_mentor`` with ``other_mentee``, change mentors."""
    here, fields, mentor, mentee = await _pair(request, round)
    other_mentor, other_mentee = await _two(here, fields, "other_")
    await service.swap(
        (mentor.id, mentee.id), (other_mentor.id, other_mentee.id), actor=actor(request), now=clock.now()
    )
    said = (
        f"Swapped: {mentee.name} is pinned to {other_mentor.name}, and {other_mentee.name} to {mentor.name}. "
        "Suggest again to see it."
    )
    return _back(here, fields, str(mentee.person), said)


# ---------------------------------------------------------------------- showing
async def show(request: Request[Any, Any, Any], here: RoundView, run: RunView, *, latest: bool) -> Response[Any]:
    """A run that is done. Only the newest can be changed, and only until it is published."""
    asked = wanted(request)
    former = await queries.before(run)
    held = await queries.holds(here.id) if latest else []
    review = Review(run, held=held, former=former)
    named = asked.query.get("show", "")
    which = Show(named) if named in {*Show} else Show.ALL
    found = review.chosen(which, asked.find)
    number = min(asked.page, max(1, -(-len(found) // SIZE)))
    counts = review.counts()
    base = request.url.path
    return page(
        request,
        "mentoring/runs/pairs.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        run=run,
        review=review,
        former=former,
        latest=latest,
        may_change=latest and run.published_at is None,
        cards=[review.full(card) for card in found[(number - 1) * SIZE : number * SIZE]],
        find=asked.find,
        searchable=len(review.cards) > SIZE,
        number=number,
        pages=-(-len(found) // SIZE),
        page_base=asked.page_base,
        shows=[(SHOW_WORDS[each], f"{base}?show={each.value}", counts[each]) for each in Show if _offered(each, run)],
        shown=SHOW_WORDS[which],
        back=urlencode({key: asked.query[key] for key in ("show", "page", "q") if asked.query.get(key)}),
        counts={each.value: counts[each] for each in Show},
        elsewhere=review.elsewhere if which is Show.PINNED else (),
        mode_words=criteria_words.MODES[Mode(run.mode)][0],
        pinned=sum(each.kind == "pinned" for each in held),
        ruled_out=sum(each.kind == "ruled_out" for each in held),
        base=pairs_path(here.slug),
    )


def _offered(show: Show, run: RunView) -> bool:
    return show is not Show.CHANGED or run.number > 1


async def _before(request: Request[Any, Any, Any], here: RoundView, run: RunView | None) -> Response[Any]:
    """No pairs yet: why, or how far it is."""
    criteria = await profiles.criteria(here.id)
    return page(
        request,
        "mentoring/runs/begin.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        run=run,
        working=run is not None and not run.done,
        refused=await overview.why_not_suggest(here),
        criteria=criteria,
        mode_words=criteria_words.MODES[criteria.criteria.mode][0],
        in_force=criteria_words.in_force(criteria.criteria.rules),
        base=pairs_path(here.slug),
    )


async def _told(run: RunView) -> str:
    """What a suggestion came to, and what it changed."""
    assert run.suggestion is not None
    totals = run.suggestion.totals
    said = f"{totals.paired} of {totals.mentees} mentees have a mentor."
    changed = Review(run, former=await queries.before(run)).changed
    if changed is None:
        return said
    others = len(changed.moved) + len(changed.new) + len(changed.lost)
    if not others:
        return f"{said} Nothing has changed."
    return f"{said} {changed.same} {'pair is' if changed.same == 1 else 'pairs are'} as before, {others} changed."


# ------------------------------------------------------------------------ parts
async def _pair(
    request: Request[Any, Any, Any], round: str
) -> tuple[RoundView, Fields, profiles.MentorView, profiles.MenteeView]:
    here = await profiles.round(round)
    fields = await read_form(request)
    mentor, mentee = await _two(here, fields)
    return here, fields, mentor, mentee


async def _two(here: RoundView, fields: Fields, start: str = "") -> tuple[profiles.MentorView, profiles.MenteeView]:
    """The mentor and the mentee that a form names by the ids of the persons. Raises NotFound."""
    ids = []
    for name in ("mentor", "mentee"):
        try:
            ids.append(UUID(fields.get(f"{start}{name}", "")))
        except ValueError:
            raise NotFound from None
    mentor, mentee = await profiles.mentor_of(here.id, ids[0]), await profiles.mentee_of(here.id, ids[1])
    if mentor is None or mentee is None:
        raise NotFound
    return mentor, mentee


def _back(here: RoundView, fields: Fields, mentee: str, said: str) -> Response[Any]:
    """To the pair, in the list from which the button was pressed."""
    query = fields.get("back", "")
    return redirect(f"{pairs_path(here.slug)}{'?' + query if query else ''}#pair-{mentee}", said=said)


places.sections.append(Section(30, TAB, "/pairs"))
places.overview.append(overview.part)

routes: list[Any] = [
    pairs,
    one_run,
    suggest,
    pin,
    rule_out,
    release,
    swap,
    *web_runs.routes,
    *web_why.routes,
    *web_publish.routes,
]
