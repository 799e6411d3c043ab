"""Work that no page should wait for: a row that waits, who works on it, and how far they are.

Suggested pairs, questions about them and the import of a list are such rows. Each has the columns ``state``,
``progress``, ``problem``, ``asked_at``, ``leased_until`` and ``done_at``, and stays when it is done: whoever looks
again finds the answer. Who works on a row holds it until ``leased_until``, and longer as long as they live. Who dies
over it loses it, and the next minute another process takes it up: no restart loses work, and no two do the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from piccolo.table import Table

from academy import clock, database
from academy.errors import DomainError

LEASE = timedelta(minutes=1)
"""How long a process holds a row without a sign of life before another takes it up."""
STEP = 5
"""Per cent between two notes of progress."""
LOOK = 0.5
"""Seconds between two looks at how far it is."""
SIGN_OF_LIFE = 15.0
"""Seconds after which the lease is prolonged at the latest."""
AT_ONCE = 2
"""Rows that one process works on in the background at the same time; further ones wait for their turn."""

Row = TypeVar("Row")
Made = TypeVar("Made")
Told = Callable[[float], None]
"""Progress, from 0 to 1. May be called from a thread."""


FEW = 300
"""Rows that are made into objects while everybody waits; more of them in a thread, so that others get their turn."""


async def beside(make: Callable[[list[Row]], Made], rows: list[Row]) -> Made:
    """What ``make`` makes of rows, without holding anybody up."""
    return make(rows) if len(rows) <= FEW else await asyncio.to_thread(make, rows)


class WorkState(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Kind(msgspec.Struct, frozen=True):
    """One kind of work: the table of its rows, and how one is done."""

    table: type[Table]
    do: Callable[[UUID, Told], Awaitable[Mapping[str, Any]]]
    """What the row asks for; gives the columns to keep. The sentence of a DomainError becomes the ``problem``."""
    broken: str
    """The problem when the mistake was ours."""


_running: set[asyncio.Task[None]] = set()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def start(kind: Kind, row: UUID) -> None:
    """Begin in the background, outside any transaction. Whoever looks meanwhile sees the progress."""
    task = asyncio.get_running_loop().create_task(_in_turn(kind, row), context=Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def settled() -> None:
    """Wait for everything that was begun in this process."""
    await asyncio.gather(*_running)


async def stop() -> None:
    """End what goes on in this process. The next one takes it up at once."""
    for task in _running:
        task.cancel()
    await asyncio.gather(*_running, return_exceptions=True)


async def take_up(kinds: Sequence[Kind], now: datetime) -> int:
    """Work on what nobody works on, such as after a restart. Returns how many rows. A minute job."""
    done = 0
    for kind in kinds:
        for each in await _statements(kind.table._meta.tablename).to_do.run(now=now):
            done += await _work(kind, each["id"], _watched, now=now)
    return done


async def work(kind: Kind, row: UUID, *, now: datetime) -> bool:
    """Do what a row asks for at once, unless somebody else is at it. True when it was done here.

    For what takes no time: it belongs to the caller's transaction, and nobody is told how far it is.
    """
    return await _work(kind, row, _plainly, now=now)


async def _work(
    kind: Kind, row: UUID, how: Callable[[Kind, UUID], Awaitable[Mapping[str, Any]]], *, now: datetime
) -> bool:
    if not await _statements(kind.table._meta.tablename).lease.run(row=row, now=now, until=now + LEASE):
        return False
    try:
        kept = await how(kind, row)
    except DomainError as error:
        await _end(kind, row, {"state": WorkState.FAILED.value, "problem": error.message[:300]})
    except Exception:
        await _end(kind, row, {"state": WorkState.FAILED.value, "problem": kind.broken})
        raise
    else:
        await _end(kind, row, {**kept, "state": WorkState.READY.value, "progress": 100, "problem": ""})
    return True


async def _in_turn(kind: Kind, row: UUID) -> None:
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        await _work(kind, row, _watched, now=clock.now())


async def _plainly(kind: Kind, row: UUID) -> Mapping[str, Any]:
    return await kind.do(row, lambda _: None)


async def _watched(kind: Kind, row: UUID) -> Mapping[str, Any]:
    """Notes how far it is, and keeps the lease meanwhile."""
    far = 0.0

    def told(done: float) -> None:
        nonlocal far
        far = max(far, done)

    doing = asyncio.get_running_loop().create_task(_of(kind, row, told), context=Context())
    noted, since = 0, 0.0
    try:
        while not (await asyncio.wait([doing], timeout=LOOK))[0]:
            since += LOOK
            per_cent = min(99, int(far * 100))
            if per_cent >= noted + STEP or since >= SIGN_OF_LIFE:
                noted, since = per_cent, 0.0
                await kind.table.update({"progress": per_cent, "leased_until": clock.now() + LEASE}).where(
                    kind.table._meta.primary_key == row
                )
        return doing.result()
    except asyncio.CancelledError:  # this process stops: the next may begin at once
        await _ended(doing)
        await _statements(kind.table._meta.tablename).give_back.run(row=row)
        raise
    finally:
        await _ended(doing)


async def _ended(doing: asyncio.Task[Any]) -> None:
    if not doing.done():
        doing.cancel()
        await asyncio.wait([doing])


async def _of(kind: Kind, row: UUID, told: Told) -> Mapping[str, Any]:
    return await kind.do(row, told)


async def _end(kind: Kind, row: UUID, kept: Mapping[str, Any]) -> None:
    values = {**kept, "done_at": clock.now(), "leased_until": None}
    await kind.table.update(values).where(kind.table._meta.primary_key == row)  # type: ignore[arg-type]


class _Statements(msgspec.Struct, frozen=True):
    lease: database.CompiledSQL
    give_back: database.CompiledSQL
    to_do: database.CompiledSQL


@lru_cache
def _statements(table: str) -> _Statements:
    return _Statements(
        lease=database.compiled_sql(f"""
            UPDATE {table} SET state = 'working', leased_until = :until
            WHERE id = :row AND (state = 'waiting' OR (state = 'working' AND leased_until <= :now)) RETURNING id
        """),  # noqa: S608
        give_back=database.compiled_sql(f"""
            UPDATE {table} SET state = 'waiting', leased_until = NULL WHERE id = :row AND state = 'working'
            RETURNING id
        """),  # noqa: S608
        to_do=database.compiled_sql(f"""
            SELECT id FROM {table} WHERE state = 'waiting' OR (state = 'working' AND leased_until <= :now)
            ORDER BY asked_at
        """),  # noqa: S608
    )
