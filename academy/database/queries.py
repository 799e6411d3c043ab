"""Queries that are compiled once and run many times, and hand-written SQL for both databases.

Building a Piccolo query costs more than running it. A hot one is defined at module level and compiled at its first run:

    BY_ADDRESS = database.compiled(
        EmailAddress.select(EmailAddress.person).where(EmailAddress.normalised == database.value("address")).limit(1)
    )
    row = await BY_ADDRESS.first(address="ana@example.org")
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from piccolo.query.base import Query
from piccolo.querystring import QueryString

from academy.database.engines import current
from academy.database.transactions import Row


class Value(int):
    """A place in a compiled query that gets its value at each run.

    It is an int, so that Piccolo also takes it for ``limit`` and ``offset``, where it writes the number into the SQL.
    """

    name: str

    def __new__(cls, name: str) -> Value:
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a name.")
        made: Value = super().__new__(cls, 1)
        made.name = name
        return made

    def __format__(self, spec: str) -> str:
        return f"__value_{self.name}__"

    def __str__(self) -> str:
        return format(self)

    __repr__ = __str__
    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __contains__(self, part: str) -> bool:
        return True  # Piccolo asks a pattern for like() whether it holds a %


def value(name: str) -> Any:
    """A placeholder for ``where``, ``limit``, ``offset`` or ``update`` in a query given to ``compiled``."""
    return Value(name)


class _Prepared:
    """SQL text in one database's own language and, for each of its places, a name or a fixed value."""

    def __init__(self, sql: str, places: list[Any]) -> None:
        self.sql = sql
        self.places = places
        only_names = all(isinstance(place, Value) for place in places)
        self.names: list[str] | None = [place.name for place in places] if only_names else None

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        if self.names is not None:
            return [plain(given[name]) for name in self.names]
        return [plain(given[place.name]) if isinstance(place, Value) else place for place in self.places]


def plain(given: Any) -> Any:
    """A value as the drivers take it: an Enum's value, everything else as it is."""
    return given.value if isinstance(given, Enum) else given


class _Reusable:
    def __init__(self) -> None:
        self._prepared: dict[str, _Prepared] = {}
        self._names: frozenset[str] = frozenset()
        self._readers: dict[str, Any] = {}

    def _prepare(self, engine_type: str) -> _Prepared:
        raise NotImplementedError

    async def run(self, **values: Any) -> list[Row]:
        """Run with these values, in the current transaction if there is one. Raises TypeError on a wrong name."""
        engine = current()
        prepared = self._prepared.get(engine.engine_type)
        if prepared is None:
            prepared = self._prepare(engine.engine_type)
            self._names = frozenset(place.name for place in prepared.places if isinstance(place, Value))
            self._prepared[engine.engine_type] = prepared
        if values.keys() != self._names:
            raise TypeError(f"This query takes the values {sorted(self._names)}, not {sorted(values)}.")
        rows = await engine.run(prepared.sql, prepared.values(values))
        for name, read in self._readers.items():
            for row in rows:
                if row[name] is not None:
                    row[name] = read(row[name])
        return rows

    async def first(self, **values: Any) -> Row | None:
        """The first row, or None."""
        rows = await self.run(**values)
        return rows[0] if rows else None


class Compiled(_Reusable):
    """A Piccolo select, count, exists, update or delete, compiled at the first run on each kind of database.

    Rows come as the database names them: what Piccolo does to rows in Python (``nested``, ``load_json``, ``objects``)
    is left out, and a count is ``[{"count": n}]``.
    """

    def __init__(self, query: Query[Any, Any]) -> None:
        super().__init__()
        self._query = query

    def _prepare(self, engine_type: str) -> _Prepared:
        (querystring,) = self._query.querystrings
        sql, places = querystring.compile_string(engine_type=engine_type)
        places = list(places)

        def number(found: re.Match[str]) -> str:
            places.append(Value(found[1]))
            return f"${len(places)}" if engine_type == "postgres" else f"?{len(places)}"

        return _Prepared(re.sub(r"__value_(\w+?)__", number, sql), places)


def compiled(query: Query[Any, Any]) -> Compiled:
    """Make a query reusable. Nothing is asked of the database or the engine before the first run."""
    return Compiled(query)


_NAMED = re.compile(r"""('(?:[^']|'')*'|"[^"]*"|::\w+|--[^\n]*)|:([a-z_]\w*)""")


_AS_JSON = re.compile(r"\bas_json\(([\w.]+), (id|instant)\)")
_SQLITE_JSON = {"id": r"(\1 || '')", "instant": r"replace(replace(\1, ' ', 'T'), '+00:00', 'Z')"}


class CompiledSQL(_Reusable):
    """Hand-written SQL for both databases with ``:name`` for each value.

    ``as_json(column, id)`` and ``as_json(column, instant)`` give a value that is only written into JSON: SQLite keeps
    both as text, and to make objects of them costs a hot read more than finding its rows.
    """

    def __init__(self, sql: str, types: Mapping[str, type]) -> None:
        super().__init__()
        self._sql = sql
        self._readers = {name: _READERS[kind] for name, kind in types.items()}

    def _prepare(self, engine_type: str) -> _Prepared:
        places: list[Value] = []
        numbers: dict[str, int] = {}

        def place(found: re.Match[str]) -> str:
            if found[1]:
                return found[1]
            if found[2] not in numbers:
                places.append(Value(found[2]))
                numbers[found[2]] = len(places)
            return f"${numbers[found[2]]}" if engine_type == "postgres" else f"?{numbers[found[2]]}"

        def json(found: re.Match[str]) -> str:
            return found[1] if engine_type == "postgres" else found.expand(_SQLITE_JSON[found[2]])

        return _Prepared(_NAMED.sub(place, _AS_JSON.sub(json, self._sql)), places)


def compiled_sql(sql: str, *, types: Mapping[str, type] | None = None) -> CompiledSQL:
    """Make hand-written SQL reusable: ``compiled_sql("select … where cohort = :cohort")``.

    SQLite knows the type of a column, but not of ``max(starts_at)`` or ``coalesce(…)``. Name the type of such results
    in ``types``: datetime, date, UUID, bool, int, float or str.
    """
    return CompiledSQL(sql, types or {})


async def fetch(sql: str, *values: Any) -> list[Row]:
    """Run hand-written SQL once, with ``{}`` for each value (and ``{{}}`` for a literal pair of braces)."""
    engine = current()
    text, places = QueryString(sql, *values).compile_string(engine_type=engine.engine_type)
    return await engine.run(text, [plain(place) for place in places])


def _instant(stored: Any) -> datetime:
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _day(stored: Any) -> date:
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


_READERS: dict[type, Any] = {
    datetime: _instant, date: _day, UUID: _uuid, bool: bool, int: int, float: float, str: str
}  # fmt: skip
