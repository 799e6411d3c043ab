"""All suggestions of a round, the proof that a run comes to the same again, and what each way of deciding costs."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.web.access import Who
from academy.web.pages import page, redirect
from mentoring.matching.results import ModeRow
from mentoring.matching.worker import Refused
from mentoring.profiles import criteria_words
from mentoring.profiles import queries as profiles
from mentoring.profiles.web_rounds import head
from mentoring.runs import prices, queries, service, working
from mentoring.runs.addresses import TAB, pairs_path
from mentoring.runs.tables import RunState

STATE_WORDS = {
    RunState.WAITING: ("Waiting", "grey"),
    RunState.WORKING: ("Being worked out", "blue"),
    RunState.READY: ("Ready", "green"),
    RunState.FAILED: ("Failed", "red"),
}


@get("/mentoring/rounds/{round:str}/pairs/runs", who=Who.COORDINATOR)
async def runs(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Every suggestion: who, when, with which criteria, what came out."""
    here = await profiles.round(round)
    return page(
        request,
        "mentoring/runs/runs.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        runs=await queries.runs_of(here.id),
        states=STATE_WORDS,
        modes={mode.value: title for mode, (title, _) in criteria_words.MODES.items()},
        base=pairs_path(here.slug),
    )


@post("/mentoring/rounds/{round:str}/pairs/runs/{number:int}/again", who=Who.COORDINATOR)
async def again(request: Request[Any, Any, Any], round: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Work the run out once more from what it kept, and say whether it comes to the same."""
    here = await profiles.round(round)
    run = await queries.by_number(here.id, number)
    back = pairs_path(here.slug, "runs")
    if run.suggestion is None:
        return redirect(back, warned=f"Suggestion {number} has no result that could be compared.")
    try:
        same = await service.again(run)
    except Refused as refused:
        return redirect(back, warned=refused.message)
    if not same:
        return redirect(
            back,
            warned=f"Suggestion {number} comes to another result in this version of the product. What was kept stays.",
        )
    pairs = len(run.suggestion.pairs)
    return redirect(
        back, said=f"Suggestion {number}, worked out once more: the same {pairs} pairs with the same points."
    )


@get("/mentoring/rounds/{round:str}/pairs/modes", who=Who.COORDINATOR)
async def modes(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """What each way of deciding comes to for the people of the newest suggestion."""
    here = await profiles.round(round)
    run = await queries.latest_ready(here.id)
    rows = await working.modes(run) if run else None
    return page(
        request,
        "mentoring/runs/modes.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        run=run,
        rows=[(criteria_words.MODES[row.mode], row, _price(row, run.mode, rows)) for row in rows]
        if rows and run
        else [],
        floors=run.request.criteria.floors if run else (),
        pins=len(run.request.pins) if run else 0,
        working=run is not None and run.modes_until is not None and run.modes_until > clock.now(),
        base=pairs_path(here.slug),
    )


@post("/mentoring/rounds/{round:str}/pairs/modes", who=Who.COORDINATOR)
async def work_out(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The same for many people, in the background."""
    here = await profiles.round(round)
    if (run := await queries.latest_ready(here.id)) and run.modes is None and not working.is_small(run.request):
        await working.start_modes(run, now=clock.now())
    return redirect(pairs_path(here.slug, "modes"))


def _price(row: ModeRow, used: str, rows: tuple[ModeRow, ...] | None) -> str:
    """What a mode costs and brings against the one of this suggestion, in words."""
    mine = next((each for each in rows or () if each.mode == used), None)
    if mine is None or row.mode == mine.mode:
        return "This suggestion"
    against = prices.compared(prices.of_mode(mine), prices.of_mode(row))
    return against.in_words() if against.costs or against.brings else "The same"


routes: list[Any] = [runs, again, modes, work_out]
