"""What the two databases complain of, said in one language.

Drivers raise dozens of their own exceptions. Callers meet only these: Busy (come back later), Duplicate, BrokenLink,
UnusableText, and TransactionMisuse for mistakes in our own code. The driver's exception is kept as ``__cause__``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import datetime

import asyncpg

from academy.errors import Busy, DomainError

STORAGE_FULL = "The storage is full. Nothing was changed. Ask the person who runs this service to make room."
STORAGE_FAILS = "The storage does not answer properly. Nothing was changed. Tell the person who runs this service."
UNKNOWN_FATE = "The connection to the database broke while saving. Check whether it was saved before you try again."


class Duplicate(DomainError):
    """A unique index (or one that keeps times apart) says no: the same thing is there already.

    ``table`` and ``columns`` name what must be unique, as far as the database tells; ``constraint`` is the name of
    the index on PostgreSQL, and on SQLite only where the index is over an expression.
    """

    status = 409

    def __init__(self, *, table: str = "", columns: tuple[str, ...] = (), constraint: str = "") -> None:
        super().__init__("This has been saved already.")
        self.table = table
        self.columns = columns
        self.constraint = constraint

    def __repr__(self) -> str:
        return f"Duplicate(table={self.table!r}, columns={self.columns!r}, constraint={self.constraint!r})"


class BrokenLink(DomainError):
    """A foreign key says no: other records still point here, or the record pointed to is gone."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Other records belong to this one, or the record it belongs to is gone. Nothing was changed.")


class UnusableText(DomainError):
    """A text that not every database can store: NUL characters or half of a surrogate pair."""

    status = 422

    def __init__(self) -> None:
        super().__init__("The text holds characters that cannot be stored. Type it again instead of pasting it.")


class NaiveInstant(TypeError):
    """A datetime without a zone was about to be written or compared. Instants are aware, in UTC."""


class TransactionMisuse(RuntimeError):
    """A mistake in our own code: a transaction used by another task, after its end, or after a failed statement."""


def check_values(values: Iterable[object]) -> None:
    """Refuse what the two databases would treat differently, before anything is sent.

    Raises NaiveInstant (PostgreSQL would read it in the zone of the process, SQLite as UTC) and UnusableText
    (PostgreSQL refuses NUL, SQLite stores it; the drivers differ on half a surrogate pair).
    """
    for value in values:
        if isinstance(value, str):
            if "\0" in value:
                raise UnusableText
            if not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError as error:
                    raise UnusableText from error
        elif isinstance(value, datetime) and value.tzinfo is None:
            raise NaiveInstant(f"{value!r} has no time zone. Use an aware datetime in UTC.")


def raise_in_our_words(error: Exception, *, committing: bool = False) -> None:
    """Raise our exception for a driver's one; return when there is none, so that the caller re-raises the original."""
    if isinstance(error, sqlite3.Error):
        ours = _from_sqlite(error)
    elif isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        ours = _from_postgres(error, committing=committing)
    else:
        ours = None
    if ours is not None:
        raise ours from error


_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_STORAGE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_SQLITE_UNIQUE = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


def _from_sqlite(error: sqlite3.Error) -> DomainError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code in _SQLITE_UNIQUE:
        return _sqlite_duplicate(str(error))
    if str(error) == "FOREIGN KEY constraint failed":  # ON DELETE RESTRICT has the error code of a trigger
        return BrokenLink()
    primary = code & 0xFF
    if primary in _SQLITE_BUSY:
        return Busy()
    if primary == sqlite3.SQLITE_FULL:
        return Busy(STORAGE_FULL, retry_after=60)
    if primary in _SQLITE_STORAGE:
        return Busy(STORAGE_FAILS, retry_after=60)
    return None


def _sqlite_duplicate(text: str) -> Duplicate:
    named = re.search(r"failed: index '(.+)'", text)
    if named:
        return Duplicate(constraint=named[1])
    pairs = re.findall(r"(\w+)\.(\w+)", text)
    return Duplicate(table=pairs[0][0] if pairs else "", columns=tuple(column for _, column in pairs))


_POSTGRES_BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.OutOfMemoryError,
)
_POSTGRES_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,  # also TimeoutError, which asyncpg raises after command_timeout
)


def _from_postgres(error: Exception, *, committing: bool) -> DomainError | None:
    if isinstance(error, asyncpg.UniqueViolationError):
        key = re.match(r"Key \((.+?)\)=\(", error.detail or "")
        columns = tuple(part.strip(' "') for part in key[1].split(",")) if key and "(" not in key[1] else ()
        return Duplicate(table=error.table_name or "", columns=columns, constraint=error.constraint_name or "")
    if isinstance(error, asyncpg.ExclusionViolationError):
        return Duplicate(table=error.table_name or "", constraint=error.constraint_name or "")
    if isinstance(error, (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)):
        return BrokenLink()
    if isinstance(error, asyncpg.CharacterNotInRepertoireError):
        return UnusableText()
    if isinstance(error, asyncpg.DiskFullError):
        return Busy(STORAGE_FULL, retry_after=60)
    if isinstance(error, _POSTGRES_BUSY):
        return Busy()
    if isinstance(error, _POSTGRES_GONE) or (
        isinstance(error, asyncpg.InterfaceError) and re.search(r"connection.*(closed|lost)|closing", str(error))
    ):
        return Busy(UNKNOWN_FATE) if committing else Busy()
    return None
