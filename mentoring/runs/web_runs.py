"""All suggestions of a round, the proof that a run comes to the same again, and what each way of deciding costs."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.web.access import Who
from academy.web.pages import page, redirect
from academy.web.words import counted
from mentoring.matching.results import ModeRow
from mentoring.profiles import criteria_words
from mentoring.profiles import queries as profiles
from mentoring.profiles.web_rounds import head
from mentoring.runs import prices, queries, questions, service, working
from mentoring.runs.addresses import TAB, pairs_path
from mentoring.runs.queries import Question
from mentoring.runs.tables import QuestionKind, RunState

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
    proofs = await queries.proofs(here.id)
    lines = await queries.runs_of(here.id)
    return page(
        request,
        "mentoring/runs/runs.html",
        **head(request, here, TAB),
        zone=request.user.time_zone,
        runs=lines,
        proofs={run: (each, _proof_words(each)) for run, each in proofs.items() if each.done},
        again=[(each.number, proofs[each.id]) for each in lines if each.id in proofs and not proofs[each.id].done][:1],
        states=STATE_WORDS,
        modes={mode.value: title for mode, (title, _) in criteria_words.MODES.items()},
        base=pairs_path(here.slug),
    )


@post("/mentoring/rounds/{round:str}/pairs/runs/{number:int}/again", who=Who.COORDINATOR)
async def again(request: Request[Any, Any, Any], round: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """Work the run out once more from what it kept, and say whether it comes to the same.

    With many people the page of all suggestions says how far it is, and then what came out.
    """
    here = await profiles.round(round)
    run = await queries.by_number(here.id, number)
    back = pairs_path(here.slug, "runs")
    if run.suggestion is None:
        return redirect(back, warned=f"Suggestion {number} has no result that could be compared.")
    asked = await service.ask(run, QuestionKind.AGAIN, anew=True, actor=actor(request), now=clock.now())
    service.begin(asked)
    if not asked.done:
        return redirect(back)
    told = f"Suggestion {number}, worked out once more: {_proof_words(asked)}"
    return redirect(back, said=told) if asked.proof and asked.proof.same else redirect(back, warned=told)


def _proof_words(asked: Question) -> str:
    """What came out when a run was worked out once more; empty while that is not known."""
    if asked.proof is None:
        return asked.problem
    if not asked.proof.same:
        return "another result in this version of the product. What was kept stays."
    return f"the same {counted(asked.proof.pairs, 'pair')} with the same points."


@get("/mentoring/rounds/{round:str}/pairs/modes", who=Who.COORDINATOR)
async def modes(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """What each way of deciding comes to for the people of the newest suggestion."""
    here = await profiles.round(round)
    run = await queries.latest_ready(here.id)
    rows = await working.modes(run) if run else None
    asked = await questions.find(run, QuestionKind.MODES) if run and rows is None else None
    rows = asked.modes if asked else rows
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
        asked=asked,
        base=pairs_path(here.slug),
    )


@post("/mentoring/rounds/{round:str}/pairs/modes", who=Who.COORDINATOR)
async def work_out(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The same for many people, in the background."""
    here = await profiles.round(round)
    if (run := await queries.latest_ready(here.id)) and not working.is_small(run.request):
        service.begin(await service.ask(run, QuestionKind.MODES, actor=actor(request), now=clock.now()))
    return redirect(pairs_path(here.slug, "modes"))


def _price(row: ModeRow, used: str, rows: tuple[ModeRow, ...] | None) -> str:
    """What a mode costs and brings against the one of this suggestion, in words."""
    mine = next((each for each in rows or () if each.mode == used), None)
    if mine is None or row.mode == mine.mode:
        return "This suggestion"
    against = prices.compared(prices.of_mode(mine), prices.of_mode(row))
    return against.in_words() if against.costs or against.brings else "The same"


routes: list[Any] = [runs, again, modes, work_out]
