"""SQLite for many readers and one writer in one process, and for several processes on one file.

Connections are opened once and held. All writing goes through one connection behind a fair queue, so that fifty
bookings at one instant wait their turn instead of failing with "database is locked". Short reads run in the event loop
itself, under a budget of SQLite's own steps; a longer one moves to a thread. So do short statements of a transaction;
whatever waits for the disk or for another process has a thread. WAL with synchronous=FULL: what was acknowledged
survives a power cut.
"""

from __future__ import annotations

import asyncio
import math
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from piccolo.engine.sqlite import SQLiteEngine
from piccolo.querystring import QueryString

from academy.database.failures import TransactionMisuse, check_values, raise_in_our_words
from academy.database.transactions import LOCK_WAIT, Row, Scope, Transaction
from academy.errors import Busy

Answer = TypeVar("Answer")

sqlite3.register_converter("INTEGER", int)  # Piccolo's own are slow: numbers by way of Decimal
sqlite3.register_converter("BOOLEAN", b"1".__eq__)
sqlite3.register_converter("UUID", lambda stored: UUID(int=int(stored.replace(b"-", b""), 16)))
sqlite3.register_converter("TIMESTAMPTZ", lambda stored: datetime.fromisoformat(stored.decode()).replace(tzinfo=UTC))

READS = re.compile(r"\s*(SELECT|VALUES|EXPLAIN|WITH)\b", re.IGNORECASE)
INSERTS = re.compile(r"\s*INSERT\b", re.IGNORECASE)
SELECTS = re.compile(r"\bSELECT\b", re.IGNORECASE)
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
TICKS = 20
BREATH = 32
"""After so many statements in the event loop, others get a turn."""
FEW = 100
"""An INSERT of so many values at most is carried out in the event loop; a SELECT, as far as its budget goes."""


@lru_cache(maxsize=2000)
def only_reads(sql: str) -> bool:
    """Whether a statement changes nothing."""
    return READS.match(sql) is not None and not (sql.lstrip()[:4].upper() == "WITH" and WRITES.search(sql))


@lru_cache(maxsize=2000)
def only_inserts(sql: str) -> bool:
    """Whether a statement does nothing but insert the values it is given."""
    return INSERTS.match(sql) is not None and not SELECTS.search(sql)


class Connection:
    """One SQLite connection with a thread of its own."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.raw = sqlite3.connect(
            path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
            detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
        )
        self._busy_ms = -1
        self.wait_for_others(5000)
        if not read_only:
            self.raw.execute("PRAGMA journal_mode=WAL")
        self.raw.execute("PRAGMA synchronous=FULL")
        self.raw.execute("PRAGMA foreign_keys=ON")
        self.raw.execute("PRAGMA temp_store=MEMORY")
        self.raw.execute("PRAGMA cache_size=-16000")
        if read_only:
            self.raw.execute("PRAGMA query_only=ON")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    def submit(self, call: Callable[..., Answer], *values: Any) -> asyncio.Future[Answer]:
        """Queue a call for the connection's thread. Shield it: a call that was queued is always carried out."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, call, *values)
        future.add_done_callback(_heard)
        return future

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self.raw.execute(sql, values)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def begin(self, wait_ms: int) -> None:
        self.end(commit=False)
        self.wait_for_others(wait_ms)
        self.raw.execute("BEGIN IMMEDIATE")

    def alone(self, sql: str, values: Sequence[Any], wait_ms: int) -> list[Row]:
        """One statement that is its own transaction."""
        self.wait_for_others(wait_ms)
        return self.rows(sql, values)

    def end(self, commit: bool) -> None:
        """Commit or roll back. Afterwards no transaction is open, whatever went wrong."""
        try:
            if commit:
                self.raw.execute("COMMIT")
        finally:
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")

    def close(self) -> None:
        self._thread.shutdown(wait=True)
        self.raw.close()

    def wait_for_others(self, milliseconds: int) -> None:
        """How long SQLite waits for another process that is writing."""
        if milliseconds != self._busy_ms:
            self.raw.execute(f"PRAGMA busy_timeout={milliseconds:d}")
            self._busy_ms = milliseconds


def _heard(done: asyncio.Future[Any]) -> None:
    """Take note of an error whose waiter was cancelled, so that asyncio does not report it as lost."""
    if not done.cancelled():
        done.exception()


class OverBudget(Exception):
    """A read took more of SQLite's steps than it may in the event loop."""


class QuickConnection(Connection):
    """One that is also used in the event loop itself, for what is short; the budget is in SQLite's steps."""

    def __init__(self, path: Path, *, read_only: bool, budget: int) -> None:
        super().__init__(path, read_only=read_only)
        self._every = max(1, budget // TICKS)
        self._ticks = 0
        self._long: set[str] = set()

    def is_short(self, sql: str, values: Sequence[Any]) -> bool:
        """Whether to try it in the event loop."""
        if only_reads(sql):
            return sql not in self._long
        return len(values) <= FEW and only_inserts(sql)

    def at_once(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """Carry it out in the calling thread; the connection's own must be idle. Raises OverBudget for a long read."""
        if not only_reads(sql):  # an INSERT that is interrupted would take back the whole transaction
            return self.rows(sql, values)
        self._ticks = 0
        self.raw.set_progress_handler(self._tick, self._every)
        try:
            return self.rows(sql, values)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_INTERRUPT:
                raise
            if len(self._long) > 500:
                self._long.clear()
            self._long.add(sql)
            raise OverBudget from error
        finally:
            self.raw.set_progress_handler(None, 0)

    def _tick(self) -> int:
        self._ticks += 1
        return self._ticks > TICKS


class SQLiteTransaction(Transaction):
    """Short statements run in the event loop: the way to the writer's thread and back takes longer than most of them.

    BEGIN, COMMIT and what may be long go that way. The thread is idle while a short one runs: after a statement was
    given up half-way, only ROLLBACK is accepted, and that queues up behind it.
    """

    def __init__(self, writer: QuickConnection, give_back: Callable[[asyncio.Future[Any]], None]) -> None:
        super().__init__()
        self._writer = writer
        self._give_back = give_back
        self._since_breath = 0

    async def _execute(self, sql: str, values: Sequence[Any]) -> list[Row]:
        if self._writer.is_short(sql, values):
            self._since_breath += 1
            if self._since_breath >= BREATH:
                self._since_breath = 0
                await asyncio.sleep(0)
            with suppress(OverBudget):
                return self._writer.at_once(sql, values)
        return await asyncio.shield(self._writer.submit(self._writer.rows, sql, values))

    async def _end(self, commit: bool) -> None:
        ending = self._writer.submit(self._writer.end, commit)
        ending.add_done_callback(self._give_back)
        await asyncio.shield(ending)

    def _holds(self) -> bool:
        return self._writer.raw.in_transaction


class SQLiteDatabase(SQLiteEngine):
    """Piccolo's engine for one SQLite file. ``writer_wait`` is in seconds, ``budget`` in SQLite's VM steps."""

    current_transaction: ContextVar[SQLiteTransaction | None]  # type: ignore[assignment]

    def __init__(self, path: Path, *, readers: int = 3, budget: int = 10_000, writer_wait: float = 30.0) -> None:
        super().__init__(path=str(path))
        self.file = path
        self.writer_wait = writer_wait
        self._reader_count = readers
        self._budget = budget
        self._home: asyncio.AbstractEventLoop | None = None

    async def start_connection_pool(self, **_: Any) -> None:
        """Open the held connections. Raises Busy when the file can't be opened."""
        loop = asyncio.get_running_loop()
        if self._home is loop:
            return
        if self._home is not None and not self._home.is_closed():
            raise TransactionMisuse("This database is open in another event loop. Close it there first.")
        if self._home is not None:
            self._shut()
        try:
            self._open_file()
        except (sqlite3.Error, OSError) as error:
            raise_in_our_words(error)
            raise
        self._turn = asyncio.Lock()
        self._since_breath = 0
        self._home = loop

    def _open_file(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._writer = QuickConnection(self.file, read_only=False, budget=self._budget)
        self._quick = QuickConnection(self.file, read_only=True, budget=self._budget)
        self._quick.wait_for_others(0)
        self._readers = [Connection(self.file, read_only=True) for _ in range(self._reader_count)]
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for reader in self._readers:
            self._free.put_nowait(reader)

    async def close_connection_pool(self, **_: Any) -> None:
        """Let the last writer finish, then close all connections."""
        if self._home is None:
            return
        if self._home is asyncio.get_running_loop():
            async with self._turn:
                self._shut()
        else:
            self._shut()

    def _shut(self) -> None:
        for connection in (*self._readers, self._quick, self._writer):
            connection.close()
        self._home = None

    async def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run one statement, in the task's transaction if it has one."""
        current = self.current_transaction.get()
        if current is not None:
            return await current.run(sql, values)
        check_values(values)
        if self._home is not asyncio.get_running_loop():
            await self.start_connection_pool()
        try:
            if only_reads(sql):
                return await self._read(sql, values)
            return await self._write_alone(sql, values)
        except Exception as error:
            raise_in_our_words(error)
            raise

    async def _read(self, sql: str, values: Sequence[Any]) -> list[Row]:
        if self._quick.is_short(sql, values):
            self._since_breath += 1
            if self._since_breath >= BREATH:
                self._since_breath = 0
                await asyncio.sleep(0)
            try:
                return self._quick.at_once(sql, values)
            except OverBudget:
                pass
            except sqlite3.OperationalError as error:  # another process is at it: not to be waited for here
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
        reader = await self._free.get()
        reading = reader.submit(reader.rows, sql, values)
        reading.add_done_callback(lambda _: self._free.put_nowait(reader))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            if not reading.done():
                reader.raw.interrupt()  # the reader is given to nobody else before this call has ended
            raise

    async def _write_alone(self, sql: str, values: Sequence[Any]) -> list[Row]:
        wait_ms = await self._wait_for_turn()
        writing = self._writer.submit(self._writer.alone, sql, values, wait_ms)
        writing.add_done_callback(self._next_turn)
        return await asyncio.shield(writing)

    async def _begin(self) -> SQLiteTransaction:
        if self._home is not asyncio.get_running_loop():
            await self.start_connection_pool()
        wait_ms = await self._wait_for_turn()
        beginning = self._writer.submit(self._writer.begin, wait_ms)
        try:
            await asyncio.shield(beginning)
        except BaseException as error:
            # A cancelled BEGIN may still be under way in the thread: its rollback queues up behind it.
            self._writer.submit(self._writer.end, False).add_done_callback(self._next_turn)
            if isinstance(error, Exception):
                raise_in_our_words(error)
            raise
        return SQLiteTransaction(self._writer, self._next_turn)

    async def _wait_for_turn(self) -> int:
        """Wait in the queue of writers. Returns the milliseconds to wait for other processes then. Raises Busy."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.writer_wait
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError as error:
            raise Busy from error
        return max(100, math.ceil(min(LOCK_WAIT, deadline - loop.time()) * 10) * 100)

    def _next_turn(self, _: asyncio.Future[Any]) -> None:
        self._turn.release()

    def transaction(self, *_: Any, **__: Any) -> Scope[SQLiteTransaction]:  # type: ignore[override]
        """The write transaction: BEGIN IMMEDIATE, or a savepoint inside one."""
        return Scope(self._begin, self.current_transaction)

    async def lock(self, key: int) -> None:
        """Nothing to do: there is only one writer."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[Row]:
        sql, values = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(sql, values)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[Row]:
        return await self.run(ddl)
