"""What a transaction promises, the same on both databases.

- It belongs to the task that opened it; a child task or a task that outlives it is told so.
- Inside another transaction it is a savepoint: its own failure takes back its own writes only.
- After a failed statement nothing more is accepted until the savepoint or the transaction is left, and an error that
  was swallowed can't turn into a commit. PostgreSQL has this rule anyway; we keep it on SQLite as well.
- However it ends (COMMIT fails, the task is cancelled), the connection and the lock are given back.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, Literal, TypeVar

from academy.database.failures import TransactionMisuse, check_values, raise_in_our_words

Row = dict[str, Any]

LOCK_WAIT = 10.0
"""Seconds to wait for a lock that somebody else holds. In our own queue, where each in front of us is being served, it
may be longer: an engine's ``writer_wait``."""


class Transaction(ABC):
    """One open transaction, as one task sees it. Get it from ``database.transaction()``."""

    def __init__(self) -> None:
        self._owner = asyncio.current_task()
        self._ended = False
        self._failed: BaseException | None = None
        self._savepoints = 0

    async def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run one statement. Raises TransactionMisuse, Busy, Duplicate, BrokenLink or the driver's own error."""
        self.check_usable()
        check_values(values)
        try:
            return await self._execute(sql, values)
        except BaseException as error:
            self._failed = error
            if isinstance(error, Exception):
                raise_in_our_words(error)
            raise

    def check_usable(self) -> None:
        """Raises TransactionMisuse, with what to do instead."""
        if self._ended:
            raise TransactionMisuse(
                "The transaction this task was started in has ended. "
                "Start tasks outside of transactions, with contextvars.Context() if need be."
            )
        if asyncio.current_task() is not self._owner:
            raise TransactionMisuse(
                "This task was started inside another task's transaction (gather, create_task or wait_for) and "
                "can't use it. Await one statement after the other in the task that opened the transaction."
            )
        if self._failed is not None:
            raise TransactionMisuse(
                f"An earlier statement of this transaction failed ({self._failed!r}), so it can only be left. "
                "Put statements that may fail into a nested transaction()."
            ) from self._failed

    async def finish(self, *, commit: bool) -> None:
        """Commit or roll back, and give back the connection in every case."""
        self._ended = True
        swallowed = self._failed if commit else None
        try:
            await self._end(commit and swallowed is None)
        except Exception as error:
            raise_in_our_words(error, committing=commit)
            raise
        if swallowed is not None:
            raise TransactionMisuse(
                f"The transaction was rolled back: an error in it was swallowed ({swallowed!r})."
            ) from swallowed

    async def open_savepoint(self) -> str:
        self._savepoints += 1
        name = f"nested_{self._savepoints}"
        await self.run(f"SAVEPOINT {name}")
        return name

    async def close_savepoint(self, name: str, *, keep: bool) -> None:
        """Keep or take back what was written since ``name``."""
        swallowed = self._failed if keep else None
        if keep and swallowed is None:
            await self.run(f"RELEASE SAVEPOINT {name}")
            return
        if not self._holds():
            return  # the database has rolled back everything by itself; self._failed keeps the rest from being written
        self._failed = None
        await self.run(f"ROLLBACK TO SAVEPOINT {name}")
        await self.run(f"RELEASE SAVEPOINT {name}")
        if swallowed is not None:
            raise TransactionMisuse(
                f"The nested transaction was rolled back: an error in it was swallowed ({swallowed!r})."
            ) from swallowed

    @abstractmethod
    async def _execute(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """Run one statement on the connection of this transaction."""

    @abstractmethod
    async def _end(self, commit: bool) -> None:
        """COMMIT or ROLLBACK; the connection must be free and clean afterwards, whatever happens."""

    @abstractmethod
    def _holds(self) -> bool:
        """Whether the database still has the transaction open."""


Opened = TypeVar("Opened", bound=Transaction)


class Scope(Generic[Opened]):
    """``async with engine.transaction()``: opens a transaction, or a savepoint inside the one that is open."""

    def __init__(self, begin: Callable[[], Awaitable[Opened]], current: ContextVar[Opened | None]) -> None:
        self._begin = begin
        self._current = current
        self._savepoint = ""
        self._token: Token[Opened | None] | None = None

    async def __aenter__(self) -> Opened:
        outer = self._current.get()
        if outer is not None:
            self._transaction = outer
            self._savepoint = await outer.open_savepoint()
            return outer
        self._transaction = await self._begin()
        self._token = self._current.set(self._transaction)
        return self._transaction

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if self._token is None:
            await self._transaction.close_savepoint(self._savepoint, keep=error is None)
            return False
        self._current.reset(self._token)
        await self._transaction.finish(commit=error is None)
        return False
