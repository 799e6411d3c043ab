"""What an academy holds, read table by table in one order and one form from either database.

The form is the one SQLite stores: UUIDs and moments as text, true as 1. So that the same academy has the same counts
and the same hash wherever it lives.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from asyncpg.pgproto.pgproto import UUID as PostgresUUID
from piccolo.engine.sqlite import ADAPTERS

MANIFEST = "backup_manifest"
LEFT_OUT = {MANIFEST, "migration"}
"""Tables that are about the database and not about the academy."""
CHUNK = 1000


class Table(msgspec.Struct, frozen=True):
    """A table as both databases know it; columns in the order of their names."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    points_to: frozenset[str]

    def select(self) -> str:
        """All rows in the order of their keys, the same order on both databases."""
        columns = ", ".join(f'"{column}"' for column in self.columns)
        return f'SELECT {columns} FROM "{self.name}" ORDER BY {self._order()}'  # noqa: S608 - names of our own tables

    def _order(self) -> str:
        return ", ".join(f'CAST("{column}" AS TEXT)' for column in self.key or self.columns)


class Contents(msgspec.Struct, frozen=True):
    """How many rows each table has, and a hash over all of them."""

    rows: dict[str, int]
    sha256: str

    @property
    def total(self) -> int:
        return sum(self.rows.values())


class Summing:
    """Hash and count rows as they pass by. Tables must come in the order of their names."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._rows: dict[str, int] = {}

    def start(self, table: Table) -> None:
        self._rows[table.name] = 0
        self._hash.update(json.dumps([table.name, *table.columns]).encode() + b"\n")

    def add(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            self._rows[table.name] += 1
            self._hash.update(json.dumps([_readable(value) for value in row]).encode() + b"\n")

    def contents(self) -> Contents:
        return Contents(dict(self._rows), self._hash.hexdigest())


_STORED_AS: dict[type, Callable[[Any], Any]] = {**ADAPTERS, bool: int, PostgresUUID: str}


def stored(value: Any) -> Any:
    """A value of either database as SQLite stores it."""
    adapter = _STORED_AS.get(type(value))
    return value if adapter is None else adapter(value)


def _readable(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def open_file(file: Path, *, types: bool = False) -> sqlite3.Connection:
    """A connection of one's own to a SQLite file; ``types`` turns values into Python's, for copying to PostgreSQL."""
    detect = sqlite3.PARSE_DECLTYPES if types else 0
    return sqlite3.connect(file, isolation_level=None, detect_types=detect, timeout=10, check_same_thread=False)


def sqlite_tables(connection: sqlite3.Connection) -> list[Table]:
    """The academy's tables in the order of their names."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    tables = []
    for (name,) in names:
        if name in LEFT_OUT:
            continue
        columns = connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY name", (name,)).fetchall()
        links = connection.execute('SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)', (name,)).fetchall()
        key = tuple(column for column, place in sorted(columns, key=lambda each: each[1]) if place)
        tables.append(
            Table(name, tuple(column for column, _ in columns), key, frozenset(to for (to,) in links) - {name})
        )
    return tables


def sqlite_rows(connection: sqlite3.Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """All rows of a table, a thousand at a time."""
    with closing(connection.execute(table.select())) as cursor:
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def any_rows(tables: Iterable[Table]) -> str:
    """A query for both databases: a row if any of the tables has one."""
    return " UNION ALL ".join(f'SELECT 1 WHERE EXISTS (SELECT 1 FROM "{table.name}")' for table in tables)  # noqa: S608


def of_sqlite(connection: sqlite3.Connection) -> Contents:
    """Count and hash a SQLite academy; the connection must give plain values (``open_file`` without types)."""
    summing = Summing()
    for table in sqlite_tables(connection):
        summing.start(table)
        for rows in sqlite_rows(connection, table):
            summing.add(table, rows)
    return summing.contents()


_COLUMNS = """
SELECT class.relname AS name, attribute.attname AS column,
       coalesce(array_position(key.conkey, attribute.attnum), 0) AS place
FROM pg_class AS class
JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attisdropped
LEFT JOIN pg_constraint AS key ON key.conrelid = class.oid AND key.contype = 'p'
WHERE class.relkind = 'r' AND class.relnamespace = current_schema()::regnamespace
ORDER BY class.relname COLLATE "C", attribute.attname COLLATE "C"
"""
_LINKS = """
SELECT DISTINCT child.relname AS name, parent.relname AS parent
FROM pg_constraint AS link
JOIN pg_class AS child ON child.oid = link.conrelid
JOIN pg_class AS parent ON parent.oid = link.confrelid
WHERE link.contype = 'f' AND child.relnamespace = current_schema()::regnamespace
"""


async def postgres_tables(connection: asyncpg.Connection[Any]) -> list[Table]:
    """The academy's tables in the order of their names."""
    columns: dict[str, list[tuple[str, int]]] = {}
    for name, column, place in await connection.fetch(_COLUMNS):
        if name not in LEFT_OUT:
            columns.setdefault(name, []).append((column, place))
    parents: dict[str, set[str]] = {}
    for name, parent in await connection.fetch(_LINKS):
        parents.setdefault(name, set()).add(parent)
    return [
        Table(
            name,
            tuple(column for column, _ in found),
            tuple(column for column, place in sorted(found, key=lambda each: each[1]) if place),
            frozenset(parents.get(name, set()) - {name}),
        )
        for name, found in columns.items()
    ]


async def postgres_rows(connection: asyncpg.Connection[Any], table: Table) -> AsyncIterator[list[tuple[Any, ...]]]:
    """All rows of a table as SQLite stores them, a thousand at a time. Needs a transaction."""
    order = ", ".join(f'"{column}"::text COLLATE "C"' for column in table.key or table.columns)
    sql = table.select().split(" ORDER BY ")[0] + f" ORDER BY {order}"
    cursor = await connection.cursor(sql)
    while rows := await cursor.fetch(CHUNK):
        yield [tuple(stored(value) for value in row) for row in rows]


async def of_postgres(connection: asyncpg.Connection[Any]) -> Contents:
    """Count and hash a PostgreSQL academy. Needs a transaction, REPEATABLE READ if others write."""
    summing = Summing()
    for table in await postgres_tables(connection):
        summing.start(table)
        async for rows in postgres_rows(connection, table):
            summing.add(table, rows)
    return summing.contents()


def parents_first(tables: Iterable[Table]) -> list[Table]:
    """An order in which every row finds what it points to. Raises ValueError on a circle."""
    waiting: Mapping[str, Table] = {table.name: table for table in tables}
    ordered: list[Table] = []
    while waiting:
        ready = [table for table in waiting.values() if not table.points_to & waiting.keys()]
        if not ready:
            raise ValueError(f"These tables point to each other in a circle: {', '.join(sorted(waiting))}.")
        ordered += ready
        waiting = {name: table for name, table in waiting.items() if table not in ready}
    return ordered
