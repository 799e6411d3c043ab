"""PostgreSQL behind a pool, with every wait bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from academy.database.failures import TransactionMisuse, check_values, raise_in_our_words
from academy.database.transactions import LOCK_WAIT, Row, Scope, Transaction
from academy.errors import Busy


class PlainConnection(asyncpg.Connection):
    """We set nothing on a session, so that giving it back to the pool needs no round trip."""

    def get_reset_query(self) -> str:
        return ""


class PostgresTransaction(Transaction):
    def __init__(self, database: PostgresDatabase, connection: Any) -> None:
        super().__init__()
        self._database = database
        self._connection = connection

    async def _execute(self, sql: str, values: Sequence[Any]) -> list[Row]:
        return [dict(row) for row in await self._connection.fetch(sql, *values)]

    async def _end(self, commit: bool) -> None:
        try:
            if commit:
                outcome = await self._connection.execute("COMMIT")
                if outcome != "COMMIT":  # the server answers ROLLBACK, without an error, if a statement had failed
                    raise TransactionMisuse("The transaction was rolled back, because a statement in it had failed.")
            else:
                with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # a lost connection has done it
                    await self._connection.execute("ROLLBACK")
        finally:
            await self._database.end(self._connection)

    def _holds(self) -> bool:
        try:
            return not self._connection.is_closed()
        except asyncpg.InterfaceError:  # the pool has noticed already that it was lost
            return False


class PostgresDatabase(PostgresEngine):
    """Piccolo's engine for PostgreSQL. Waits are in seconds.

    ``writer_wait`` bounds waiting for a free connection; ``command_timeout`` bounds each statement (None: no bound, for
    migrations). Of the connections at most ``writers`` hold a transaction, so that a crowd that registers leaves some
    to those who read.
    """

    current_transaction: ContextVar[PostgresTransaction | None]  # type: ignore[assignment]

    def __init__(
        self,
        url: str,
        *,
        connections: int = 10,
        writers: int = 6,
        writer_wait: float = 30.0,
        command_timeout: float | None = 30.0,
    ) -> None:
        self.url = url
        self.writer_wait = writer_wait
        self._connections = connections
        self._turns = asyncio.Semaphore(min(writers, connections))
        super().__init__(
            config={
                "dsn": url,
                "timeout": 5.0,
                "command_timeout": command_timeout,
                "connection_class": PlainConnection,
                "server_settings": {"timezone": "UTC", "application_name": "academy"},
            }
        )

    async def check_version(self) -> None:
        """Not asked: building the engine must not connect."""

    async def start_connection_pool(self, **_: Any) -> None:
        """Open the pool. Raises Busy when the server can't be reached."""
        if self.pool is not None:
            return
        try:
            self.pool = await asyncpg.create_pool(min_size=1, max_size=self._connections, **self.config)
        except Exception as error:
            raise_in_our_words(error)
            raise

    async def close_connection_pool(self) -> None:
        """Wait up to ten seconds for running statements, then close."""
        if self.pool is None:
            return
        try:
            async with asyncio.timeout(10):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()
        finally:
            self.pool = None

    async def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run one statement, in the task's transaction if it has one."""
        current = self.current_transaction.get()
        if current is not None:
            return await current.run(sql, values)
        check_values(values)
        connection = await self._take()
        try:
            rows = await connection.fetch(sql, *values)
        except Exception as error:
            raise_in_our_words(error)
            raise
        finally:
            await self.give_back(connection)
        return [dict(row) for row in rows]

    async def _begin(self) -> PostgresTransaction:
        try:
            async with asyncio.timeout(self.writer_wait):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Busy from error
        try:
            connection = await self._take()
            try:
                await connection.execute("BEGIN")
                return PostgresTransaction(self, connection)
            except BaseException as error:
                await self.give_back(connection)
                if isinstance(error, Exception):
                    raise_in_our_words(error)
                raise
        except BaseException:
            self._turns.release()
            raise

    async def end(self, connection: Any) -> None:
        """A transaction is over: its connection and its turn are free."""
        try:
            await self.give_back(connection)
        finally:
            self._turns.release()

    async def _take(self) -> Any:
        """A connection; without an open pool (Piccolo's own commands) a new one. Raises Busy."""
        try:
            if self.pool is None:
                return await asyncpg.connect(**self.config)
            async with asyncio.timeout(self.writer_wait):
                return await self.pool.acquire()
        except TimeoutError as error:
            raise Busy from error
        except Exception as error:
            raise_in_our_words(error)
            raise

    async def give_back(self, connection: Any) -> None:
        """Return a connection; one still in a transaction is rolled back. A cancelled caller changes nothing."""
        if self.pool is None or not isinstance(connection, PoolConnectionProxy):
            connection.terminate()
            return
        with suppress(Exception):  # the pool has then closed the connection and opens another when needed
            await self.pool.release(connection)

    def transaction(self, *_: Any, **__: Any) -> Scope[PostgresTransaction]:  # type: ignore[override]
        """The write transaction: BEGIN, or a savepoint inside one."""
        return Scope(self._begin, self.current_transaction)

    async def lock(self, key: int) -> None:
        """Wait until no other transaction holds ``key``; held until the end of this one. Raises Busy."""
        try:
            async with asyncio.timeout(min(LOCK_WAIT, self.writer_wait)):
                await self.run("SELECT pg_advisory_xact_lock($1)", [key])
        except TimeoutError as error:
            raise Busy from error

    def transform_response_to_dicts(self, results: list[Row]) -> list[Row]:
        return results  # run() has made dicts already

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Row]:
        sql, values = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(sql, values)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Row]:
        return await self.run(ddl)
