"""The tests' own tables, in the database of each test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from academy import database as room
from tests.academy.database.sample import Box, Thing


@pytest_asyncio.fixture
async def tables(database: room.Engine) -> AsyncIterator[room.Engine]:
    """A database with boxes and things, names of boxes unique, and rings of notes whose link is checked at COMMIT."""
    async with database.transaction():
        await Box.create_table()
        await Thing.create_table()
        await database.run("CREATE UNIQUE INDEX test_box_one_name ON test_box (name)")
        await database.run(
            "CREATE TABLE test_ring (id INTEGER PRIMARY KEY, "
            "next INTEGER REFERENCES test_ring (id) DEFERRABLE INITIALLY DEFERRED)"
        )
    yield database
    async with database.transaction():
        for table in ("test_thing", "test_box", "test_ring"):
            await database.run(f"DROP TABLE {table}")
