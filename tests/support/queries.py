"""Counts the statements that run on the database in use, so that a test can say that a page needs a fixed number.

with counted() as statements:
    await client.get("/cohorts")
assert len(statements) == 3
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from academy import database


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL of every statement that is run inside the block, whoever runs it."""
    seen: list[str] = []
    engine = database.current()
    really = engine.run

    async def run(sql: str, *values: Any, **options: Any) -> Any:
        seen.append(sql)
        return await really(sql, *values, **options)

    with patch.object(engine, "run", run):
        yield seen
