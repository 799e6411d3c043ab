"""The work of runs: in this process when it is small, in a process of its own when it is not.

A suggestion and what is asked about it are rows from the moment they are asked for (see ``mentoring.waiting``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from academy import clock
from academy.audit.service import ACADEMY, Actor
from mentoring.matching.people import Pair
from mentoring.matching.results import ModeRow, Price
from mentoring.matching.run import prepare
from mentoring.matching.suggest import price_in
from mentoring.matching.worker import Line, Refused, Request, What, answer, ask
from mentoring.runs import publishing, queries, rules
from mentoring.runs.queries import Proof, Question, RunView
from mentoring.runs.tables import MatchRun, QuestionKind, RunQuestion
from mentoring.waiting import Kind, Told


def is_small(request: Request) -> bool:
    """Whether the work is done while a page waits for it."""
    return len(request.pool.mentors) * len(request.pool.mentees) <= rules.SMALL


async def answered(request: Request, told: Told | None = None) -> Line:
    """The answer, worked out beside the event loop: in a thread when it takes no time, else in a process of its own.

    ``told`` hears how far it is. Raises Refused.
    """
    tell = told or (lambda _: None)
    if not is_small(request):
        return await ask(request, lambda done, _: tell(done))
    line = await asyncio.to_thread(answer, request, lambda done, _: tell(done))
    if line.refused:
        raise Refused(line.refused)
    return line


async def _suggest(run: UUID, told: Told) -> Mapping[str, Any]:
    found = await queries.run(run)
    suggestion = (await answered(found.request, told)).suggestion
    if suggestion is None:
        raise rules.NotReady("Matching stopped before it was done. Suggest pairs again.")
    return {
        "result": msgspec.json.encode(suggestion, order="deterministic").decode(),
        "matched": suggestion.totals.paired,
        "unmatched": len(suggestion.unmatched),
        "total": suggestion.totals.total,
    }


async def _answer(question: UUID, told: Told) -> Mapping[str, Any]:
    asked = await queries.question(question)
    if asked.kind is QuestionKind.PUBLISH:
        by = Actor(asked.asker, asked.asked_by) if asked.asker else ACADEMY
        return {"answer": str(len(await publishing.publish(asked.run, actor=by, now=clock.now())))}
    line = await answered(about(await queries.run(asked.run), asked), told)
    match asked.kind:
        case QuestionKind.PRICE:
            found: Price | tuple[ModeRow, ...] | Proof | None = line.price
        case QuestionKind.MODES:
            found = line.modes
        case _:
            found = await _proof(asked, line)
    return {"answer": msgspec.json.encode(found).decode()}


async def _proof(asked: Question, line: Line) -> Proof:
    kept = (await queries.run(asked.run)).suggestion
    return Proof(same=line.suggestion is not None and line.suggestion == kept, pairs=len(kept.pairs) if kept else 0)


RUNS = Kind(MatchRun, _suggest, "Matching stopped because of a mistake of ours. Suggest pairs again.")
QUESTIONS = Kind(RunQuestion, _answer, "This stopped because of a mistake of ours. Ask again.")


def about(run: RunView, asked: Question) -> Request:
    """What the matching is asked, from what the run kept."""
    match asked.kind:
        case QuestionKind.PRICE:
            return _priced(run, Pair(asked.mentor, asked.mentee))
        case QuestionKind.MODES:
            return msgspec.structs.replace(run.request, what=What.MODES)
        case _:
            return run.request


def _priced(run: RunView, pair: Pair) -> Request:
    plan = run.suggestion.plan() if run.suggestion else None
    return msgspec.structs.replace(run.request, what=What.PRICE, pair=pair, plan=plan)


# ------------------------------------------------- what a small pool is asked in passing
async def price(run: RunView, pair: Pair) -> Price | None:
    """What granting a pair would cost exactly, and who would move; None for a large pool: see ``questions``.

    Raises Refused.
    """
    return (await answered(_priced(run, pair))).price if is_small(run.request) else None


async def prices(run: RunView, pairs: Sequence[Pair]) -> tuple[Price, ...]:
    """What granting each of these pairs alone would cost exactly; none for a large pool, where one is asked at a time.

    Raises NotInPool.
    """
    if not pairs or not is_small(run.request) or run.suggestion is None:
        return ()
    return await asyncio.to_thread(_prices, run.request, run.suggestion.plan(), pairs)


def _prices(request: Request, plan: Sequence[Pair], pairs: Sequence[Pair]) -> tuple[Price, ...]:
    prepared = prepare(
        request.pool,
        request.criteria,
        pins=request.pins,
        ruled_out=request.ruled_out,
        previous=request.previous,
        seed=request.seed,
    )
    return tuple(price_in(prepared, pair, plan=plan) for pair in pairs)


async def modes(run: RunView) -> tuple[ModeRow, ...] | None:
    """What each mode comes to with these people; None for a large pool: see ``questions``. Raises Refused."""
    if not is_small(run.request):
        return None
    return (await answered(msgspec.structs.replace(run.request, what=What.MODES))).modes
