"""The work of a run: in this process when it is small, in a process of its own when it is not.

A run is a row from the moment it is asked for, so that no work is lost: who dies over it loses the lease, and the next
minute another process takes it up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import Context
from datetime import datetime
from uuid import UUID

import msgspec

from academy import clock, database
from academy.errors import DomainError
from mentoring.matching.people import Pair
from mentoring.matching.results import ModeRow, Price, Suggestion
from mentoring.matching.run import prepare
from mentoring.matching.suggest import price_in
from mentoring.matching.worker import Line, Refused, Request, What, answer, ask
from mentoring.runs import queries, rules
from mentoring.runs.queries import RunView
from mentoring.runs.tables import MatchRun, RunState

STEP = 5
"""Per cent between two notes of progress."""
_running: set[asyncio.Task[None]] = set()

_LEASE = database.compiled_sql("""
    UPDATE match_run SET state = 'working', leased_until = :until
    WHERE id = :run AND (state = 'waiting' OR (state = 'working' AND leased_until <= :now)) RETURNING id
""")


_LEASE_MODES = database.compiled_sql("""
    UPDATE match_run SET modes_until = :until
    WHERE id = :run AND modes IS NULL AND (modes_until IS NULL OR modes_until <= :now) RETURNING id
""")


def start(run: UUID) -> None:
    """Begin in the background, outside any transaction. Whoever looks meanwhile sees the progress."""
    task = asyncio.get_running_loop().create_task(_begin(run), context=Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def settled() -> None:
    """Wait for everything that was begun in this process."""
    await asyncio.gather(*_running)


async def _begin(run: UUID) -> None:
    await work(run, now=clock.now())


async def take_up(now: datetime) -> int:
    """Work on what nobody works on, such as after a restart. Returns how many runs. A minute job."""
    runs = await queries.to_do(now)
    done = 0
    for run in runs:
        done += await work(run, now=now)
    return done


async def work(run: UUID, *, now: datetime) -> bool:
    """Do a run, unless somebody else is at it. True when it was done here."""
    if not await _LEASE.run(run=run, now=now, until=now + rules.LEASE):
        return False
    found = await queries.run(run)
    try:
        suggestion = await _suggested(run, found.request)
    except DomainError as error:
        await failed(run, error.message, now=clock.now())
    except Exception:
        await failed(run, "Matching stopped because of a mistake of ours. Suggest pairs again.", now=clock.now())
        raise
    else:
        await finished(run, suggestion, now=clock.now())
    return True


async def _suggested(run: UUID, request: Request) -> Suggestion:
    line = await (answered(request) if is_small(request) else _in_its_own_process(run, request))
    if line.suggestion is None:
        raise rules.NotReady(line.refused or "Matching stopped before it was done. Suggest pairs again.")
    return line.suggestion


def is_small(request: Request) -> bool:
    """Whether the work is done while a page waits for it."""
    return len(request.pool.mentors) * len(request.pool.mentees) <= rules.SMALL


async def answered(request: Request) -> Line:
    """The answer, worked out beside the event loop: in a thread when it takes no time, else in a process of its own.

    Raises Refused.
    """
    if not is_small(request):
        return await ask(request)
    line = await asyncio.to_thread(answer, request)
    if line.refused:
        raise Refused(line.refused)
    return line


async def _in_its_own_process(run: UUID, request: Request) -> Line:
    """Notes how far it is, and keeps the lease while there is progress."""
    far = 0

    def told(done: float, _: str) -> None:
        nonlocal far
        far = max(far, int(done * 100))

    asking = asyncio.create_task(ask(request, told), context=Context())
    noted = 0
    try:
        while not asking.done():
            await asyncio.wait([asking], timeout=0.5)
            if far >= noted + STEP or not asking.done():
                noted = far
                await MatchRun.update(
                    {MatchRun.progress: min(99, far), MatchRun.leased_until: clock.now() + rules.LEASE}
                ).where(MatchRun.id == run)
        return asking.result()
    finally:
        asking.cancel()


# ------------------------------------------------------------- what changes cost
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
    """What each mode comes to with these people. None for a large pool: see ``start_modes``. Raises Refused."""
    if run.modes is not None or not is_small(run.request):
        return run.modes
    return (await answered(_about_modes(run.request))).modes


async def start_modes(run: RunView, *, now: datetime) -> None:
    """Work that out in the background and keep it, unless somebody is at it."""
    if await _LEASE_MODES.run(run=run.id, now=now, until=now + rules.LEASE):
        task = asyncio.get_running_loop().create_task(_keep_modes(run), context=Context())
        _running.add(task)
        task.add_done_callback(_running.discard)


async def _keep_modes(run: RunView) -> None:
    try:
        line = await answered(_about_modes(run.request))
    except Refused:
        await MatchRun.update({MatchRun.modes_until: None}).where(MatchRun.id == run.id)
        return
    kept = msgspec.json.encode(line.modes).decode()
    await MatchRun.update({MatchRun.modes: kept, MatchRun.modes_until: None}).where(MatchRun.id == run.id)


def _about_modes(request: Request) -> Request:
    return msgspec.structs.replace(request, what=What.MODES)


async def finished(run: UUID, suggestion: Suggestion, *, now: datetime) -> None:
    """Keep what came out."""
    await MatchRun.update(
        {
            MatchRun.state: RunState.READY,
            MatchRun.result: msgspec.json.encode(suggestion, order="deterministic").decode(),
            MatchRun.matched: suggestion.totals.paired,
            MatchRun.unmatched: len(suggestion.unmatched),
            MatchRun.total: suggestion.totals.total,
            MatchRun.progress: 100,
            MatchRun.done_at: now,
            MatchRun.leased_until: None,
        }
    ).where(MatchRun.id == run)


async def failed(run: UUID, problem: str, *, now: datetime) -> None:
    """Say why nothing came out."""
    await MatchRun.update(
        {
            MatchRun.state: RunState.FAILED,
            MatchRun.problem: problem[:300],
            MatchRun.done_at: now,
            MatchRun.leased_until: None,
        }
    ).where(MatchRun.id == run)
