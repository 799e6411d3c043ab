"""Write many rows at once. Piccolo builds the text of an INSERT anew for every row, which takes longer than writing it;
here the text is made once for each table and number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from piccolo.columns import Column
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
    columns = tuple(column._meta.db_column_name for column in table._meta.columns)
    names = tuple(column._meta.name for column in table._meta.columns)
    most = min(ROWS, VALUES // len(columns))
    conflict = _conflict((unless,) if isinstance(unless, Column) else unless, update)
    written = 0
    for start in range(0, len(rows), most):
        chunk = rows[start : start + most]
        sql = _text(table._meta.tablename, columns, len(chunk), conflict, current().engine_type)
        values: list[Any] = [plain(getattr(row, name)) for row in chunk for name in names]
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
