"""Why somebody has no mentor, and why not another: with the rule that forbids it, or the exact price."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import NotFound
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.lists import show, wanted
from academy.web.pages import page, redirect
from mentoring.matching.people import Mentee, Pair
from mentoring.matching.results import Answer, ChoiceAnswer, Match, Price, Unmatched
from mentoring.matching.rules import SENTENCES, Reason, told
from mentoring.matching.worker import Refused
from mentoring.profiles import queries as profiles
from mentoring.profiles.web_rounds import head
from mentoring.runs import prices, queries, questions, rules, service, working
from mentoring.runs.addresses import TAB, pairs_path
from mentoring.runs.prices import Effects
from mentoring.runs.queries import Question
from mentoring.runs.review import Review
from mentoring.runs.tables import QuestionKind

SIZE = 25
"""People without a mentor on one page."""
MOST = 500
"""People that a list of choices offers; beyond, one comes here from a pair."""
WHY_WORDS = {
    "nobody_allowed": "No mentor is allowed",
    "places_ran_out": "Places ran out",
    "below_least": "No mentor scores enough",
}


@get("/mentoring/rounds/{round:str}/pairs/unmatched", who=Who.COORDINATOR)
async def unmatched(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Everybody without a mentor: why, and what would change it. Beside them the mentors with free places."""
    here = await profiles.round(round)
    asked = wanted(request)
    run = await queries.latest_ready(here.id)
    held = await queries.holds(here.id) if run else []
    review = Review(run, held=held) if run else None
    everybody = review.suggestion.unmatched if review else ()
    found = [one for one in everybody if review and asked.find.casefold() in review.name(one.mentee).casefold()]
    shown = show(found, (), asked, size=SIZE)
    return page(
        request,
        "mentoring/runs/unmatched.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        run=run,
        review=review,
        shown=shown,
        people=[(one, review.mentees[one.mentee], review.others(one.mentee, one.alternatives)) for one in shown.rows]
        if review
        else [],
        searchable=len(everybody) > SIZE,
        why_words=WHY_WORDS,
        sentences=SENTENCES,
        choice_words=choice_words,
        may_change=run is not None and run.published_at is None,
        base=pairs_path(here.slug),
    )


@get("/mentoring/rounds/{round:str}/pairs/why-not", who=Who.COORDINATOR)
async def why_not(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Why a mentee (``mentee``) did not get a mentor (``mentor``), and what it would cost everybody."""
    here = await profiles.round(round)
    run = await queries.latest_ready(here.id)
    review = Review(run, held=await queries.holds(here.id)) if run else None
    mentee = review.mentees.get(request.query_params.get("mentee", "")) if review else None
    mentor = review.mentors.get(request.query_params.get("mentor", "")) if review else None
    effects: Effects | None = None
    price: Price | None = None
    asked: Question | None = None
    problem = ""
    breaks: tuple[Reason, ...] = ()
    if run and review and mentee and mentor and review.mates.get(mentee.id) != mentor.id:
        breaks = review.breaks(mentor, mentee)
        try:
            price = await working.price(run, Pair(mentor.id, mentee.id))
        except Refused as refused:
            problem = refused.message
        if not working.is_small(run.request):
            asked = await questions.find(run, QuestionKind.PRICE, Pair(mentor.id, mentee.id))
            price, problem = (asked.price, asked.problem) if asked else (None, "")
        effects = prices.effects(review, price) if price else None
    result = _result(review, mentee) if review and mentee else None
    choices = result.choices if result else ()
    others = review.others(result.mentee, result.alternatives) if review and result and not mentor else ()
    possible = {each.mentor for each in choices if each.answer is Answer.POSSIBLE} | {each.mentor for each in others}
    priced = await _priced(review, mentee, possible) if review and mentee and not mentor else {}
    return page(
        request,
        "mentoring/runs/why_not.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        run=run,
        review=review,
        mentee=mentee,
        mentor=mentor,
        mine=review.mates.get(mentee.id, "") if review and mentee else "",
        choices=[(each, choice_words(review, each), priced.get(each.mentor, "")) for each in choices] if review else [],
        others=[msgspec.structs.replace(each, price=priced.get(each.mentor, "")) for each in others],
        price=price,
        effects=effects,
        asked=asked,
        large=run is not None and not working.is_small(run.request),
        rules=told(breaks),
        never=any(reason in rules.NEVER for reason in breaks),
        problem=problem,
        mentees=_offered(review.mentees.values()) if review else [],
        mentors=_offered(review.mentors.values()) if review else [],
        swap=_swap(review, mentor.id, mentee.id) if review and mentee and mentor else "",
        may_change=run is not None and run.published_at is None,
        base=pairs_path(here.slug),
    )


@post("/mentoring/rounds/{round:str}/pairs/why-not", who=Who.COORDINATOR)
async def work_out_price(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The exact price of a pair among many people, in the background. Once worked out it stays."""
    here = await profiles.round(round)
    fields = await read_form(request)
    pair = Pair(fields.get("mentor", ""), fields.get("mentee", ""))
    run = await queries.latest_ready(here.id)
    if run is None or not (pair.mentor and pair.mentee):
        raise NotFound
    if not working.is_small(run.request):
        service.begin(await service.ask(run, QuestionKind.PRICE, pair, actor=actor(request), now=clock.now()))
    return redirect(pairs_path(here.slug, "why-not") + "?" + urlencode({"mentee": pair.mentee, "mentor": pair.mentor}))


def choice_words(review: Review, choice: ChoiceAnswer) -> str:
    """What became of a stated choice."""
    match choice.answer:
        case Answer.GRANTED:
            return "Granted."
        case Answer.BARRED:
            return " ".join(told(choice.reasons))
        case Answer.FULL_OF_PINS:
            return "All places are pinned to others, or there is none."
        case Answer.BELOW_LEAST:
            return f"Scores {choice.score}, which is less than this way allows."
        case Answer.NOT_IN_POOL:
            return "Does not take part in this suggestion."
        case _:
            return f"Possible, with {choice.score} points."


def _result(review: Review, mentee: Mentee) -> Match | Unmatched | None:
    everybody: list[Match | Unmatched] = [*review.suggestion.pairs, *review.suggestion.unmatched]
    return next((one for one in everybody if one.mentee == mentee.id), None)


async def _priced(review: Review, mentee: Mentee, mentors: Iterable[str]) -> dict[str, str]:
    """What each of these mentors for this mentee would cost everybody, in words; none for a large pool."""
    found = await working.prices(review.run, [Pair(each, mentee.id) for each in sorted(mentors)])
    return {each.pair.mentor: prices.effects(review, each).compared.in_words() for each in found}


def _swap(review: Review, mentor: str, mentee: str) -> str:
    """The one mentee who could change places with this one; empty when there is none, or several."""
    held = [one for one, whose in review.mates.items() if whose == mentor and one != mentee]
    full = len(held) >= review.mentors[mentor].places
    return held[0] if full and len(held) == 1 and mentee in review.mates else ""


def _offered(people: Any) -> list[tuple[str, str]]:
    found = sorted(((one.id, one.name) for one in people), key=lambda each: (each[1].casefold(), each[0]))
    return found if len(found) <= MOST else []


routes: list[Any] = [unmatched, why_not, work_out_price]
