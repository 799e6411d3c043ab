"""Write many rows at once. Piccolo builds the text of an INSERT anew for every row, which takes longer than writing it;
here the text is made once for each table and number of rows. To make objects of thousands of rows takes longer still:
``insert_values`` takes what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from piccolo.columns import Column
from piccolo.columns.defaults.base import Default
from piccolo.table import Table

from academy.database.engines import current
from academy.database.queries import plain

ROWS = 500
"""In one statement at most, and as many fewer as keeps it below PostgreSQL's 32,767 values."""
VALUES = 30_000


async def insert(
    rows: Sequence[Table], *, unless: Sequence[Column] | Column = (), update: Sequence[Column] = ()
) -> int:
    """Insert rows of one table, in the caller's transaction; how many were written.

    ``unless`` is what must be unique. A row whose value in it is there already is left out, or, where columns to
    ``update`` are named, written over there. Without ``unless`` such a row raises Duplicate. As everywhere, a row that
    points nowhere raises BrokenLink.
    """
    if not rows:
        return 0
    table = type(rows[0])
    names = tuple(column._meta.name for column in table._meta.columns)
    return await _insert(table, ([getattr(row, name) for name in names] for row in rows), len(rows), unless, update)


async def insert_values(
    table: type[Table],
    rows: Sequence[Mapping[str, Any]],
    *,
    unless: Sequence[Column] | Column = (),
    update: Sequence[Column] = (),
) -> int:
    """The same for rows that are values by the names of columns; what is not named gets its default.

    Raises ValueError for a name that is no column, and where a value is missing that has no default.
    """
    if not rows:
        return 0
    names = {column._meta.name: column for column in table._meta.columns}
    if unknown := {name for row in rows for name in row} - names.keys():
        raise ValueError(f"{table.__name__} has no column {', '.join(sorted(unknown))}.")
    full = ([row[name] if name in row else _default(column) for name, column in names.items()] for row in rows)
    return await _insert(table, full, len(rows), unless, update)


def _default(column: Column) -> Any:
    value = column.get_default_value()
    if isinstance(value, Default):
        value = value.python()
    if value is None and not column._meta.null:
        raise ValueError(f"{column._meta.name} was not given.")
    return value


async def _insert(
    table: type[Table],
    rows: Iterator[list[Any]],
    many: int,
    unless: Sequence[Column] | Column,
    update: Sequence[Column],
) -> int:
    """Rows are made as they are written, so that others get a turn between two statements."""
    columns = tuple(column._meta.db_column_name for column in table._meta.columns)
    most = min(ROWS, VALUES // len(columns))
    conflict = _conflict((unless,) if isinstance(unless, Column) else unless, update)
    written = 0
    for start in range(0, many, most):
        count = min(most, many - start)
        sql = _text(table._meta.tablename, columns, count, conflict, current().engine_type)
        values: list[Any] = [plain(value) for row in islice(rows, count) for value in row]
        written += len(await current().run(sql, values))
    return written


@lru_cache(maxsize=256)
def _text(table: str, columns: tuple[str, ...], rows: int, conflict: str, engine_type: str) -> str:
    named = ", ".join(f'"{column}"' for column in columns)
    width = len(columns)
    if engine_type == "postgres":
        lines = (", ".join(f"${row * width + at + 1}" for at in range(width)) for row in range(rows))
    else:
        lines = (", ".join("?" * width) for _ in range(rows))
    return f'INSERT INTO "{table}" ({named}) VALUES ({"), (".join(lines)}){conflict} RETURNING 1 AS written'


def _conflict(unique: Sequence[Column], update: Sequence[Column]) -> str:
    if not unique:
        return ""
    target = ", ".join(f'"{column._meta.db_column_name}"' for column in unique)
    over = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in (column._meta.db_column_name for column in update))
    return f" ON CONFLICT ({target}) DO " + (f"UPDATE SET {over}" if over else "NOTHING")
