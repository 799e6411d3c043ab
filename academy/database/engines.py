"""Which database this process talks to, and the write transaction on it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import piccolo.table
from piccolo.table import Table

from academy.database.failures import TransactionMisuse
from academy.database.postgres import PostgresDatabase, PostgresTransaction
from academy.database.sqlite import SQLiteDatabase, SQLiteTransaction
from academy.database.transactions import Scope
from academy.settings import Settings, from_environment

Engine = SQLiteDatabase | PostgresDatabase

FILE_NAME = "academy.sqlite3"
CONF = "piccolo_conf"
"""Where Piccolo looks for the engine and the apps, unless the variable PICCOLO_CONF names another module."""

_current: Engine | None = None


def sqlite_file(settings: Settings) -> Path:
    """The file of a SQLite academy: the one in ``database_url`` (``sqlite:///relative`` or ``sqlite:////absolute``)
    or else ``academy.sqlite3`` in the data folder."""
    named = settings.database_url.removeprefix("sqlite://").removeprefix("/")
    return Path(named) if named else settings.data_dir / FILE_NAME


def connect(settings: Settings, **options: Any) -> Engine:
    """The engine these settings ask for. Nothing is opened yet. ``options`` are those of the engine's class."""
    if settings.uses_postgres:
        return PostgresDatabase(settings.database_url, **options)
    return SQLiteDatabase(sqlite_file(settings), **options)


async def open(engine: Engine) -> None:
    """Open the held connections or the pool. Raises Busy when the database can't be reached."""
    await engine.start_connection_pool()


async def close(engine: Engine) -> None:
    """Let running statements finish, then close all connections."""
    await engine.close_connection_pool()


def use(engine: Engine) -> None:
    """Make this engine the one that all tables use from now on."""
    global _current
    _current = engine
    conf = sys.modules.get(conf_name())
    if conf is not None:  # not imported yet: it asks default() when it is
        conf.DB = engine  # type: ignore[attr-defined]
    for table in _tables(Table):
        table._meta.db = engine


def current() -> Engine:
    """The engine in use. Raises TransactionMisuse when there is none."""
    if _current is None:
        raise TransactionMisuse("No database is in use. Call database.use(database.connect(settings)) first.")
    return _current


def default() -> Engine:
    """The engine in use; in a process that set none (Piccolo's own commands), the one of the environment."""
    if _current is None:
        use(connect(from_environment()))
    return current()


def transaction() -> Scope[SQLiteTransaction] | Scope[PostgresTransaction]:
    """``async with database.transaction():`` — all or nothing; inside another one, a savepoint.

    Raises Busy when no turn came within ``writer_wait`` seconds, or when the database refuses for a passing reason.
    """
    return current().transaction()


async def lock(key: str) -> None:
    """Serialise on ``key`` until the end of the transaction. Raises Busy after ``LOCK_WAIT`` seconds.

    Take it before reading what you are about to decide on: ``await database.lock(f"cohort:{cohort}")``.
    """
    engine = current()
    if engine.current_transaction.get() is None:
        raise TransactionMisuse("database.lock() works only inside a transaction.")
    await engine.lock(key_number(key))


def key_number(key: str) -> int:
    """A key as the signed 64-bit number that PostgreSQL's advisory locks take."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)


def conf_name() -> str:
    """The name of the module in which Piccolo looks for the engine and the apps."""
    return os.environ.get("PICCOLO_CONF") or CONF


def _tables(above: type[Table]) -> Iterator[type[Table]]:
    for table in above.__subclasses__():
        yield table
        yield from _tables(table)


# A table that is imported later asks here. Piccolo's own finder would import its migrations, and with them a code
# formatter: a third of a second in which nobody is answered.
piccolo.table.engine_finder = lambda module_name=None: default()
