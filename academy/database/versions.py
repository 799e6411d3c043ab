"""Which steps there are and which a database has had: asked at each start, so without the machinery that runs them."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import msgspec

from academy.database import engines
from academy.database.failures import raise_in_our_words
from academy.errors import DomainError
from academy.settings import Settings

APPS = ("academy", "cohorts", "mentoring")
"""The packages with tables, those that others depend on first; as in ``piccolo_conf.py`` (a test compares)."""

_ID = re.compile(r'^ID = "(.+)"', re.MULTILINE)

Done = set[tuple[str, str]]


class Step(msgspec.Struct, frozen=True):
    """One migration file."""

    app: str
    id: str
    file: Path

    def __str__(self) -> str:
        return f"{self.app} {self.id}"


class NotMigrated(DomainError):
    """The database is older or newer than this version."""


def require_current(settings: Settings) -> None:
    """Raises NotMigrated when ``academy migrate`` has to run first. For what starts, before its event loop."""
    if asyncio.run(pending(settings)):
        raise NotMigrated("The database is not at this version yet. Run: academy migrate")


async def pending(settings: Settings) -> list[str]:
    """What ``migrate`` would do, and steps of a later version, which it would refuse. Nothing is touched."""
    noted = await done(settings)
    all_steps = list(steps())
    known = {(step.app, step.id) for step in all_steps}
    missing = [str(step) for step in all_steps if (step.app, step.id) not in noted]
    return missing + sorted(f"{app} {step} (of a later version)" for app, step in ours(noted) - known)


def steps() -> Iterator[Step]:
    """All steps of all apps, in the order in which they are done."""
    for app in APPS:
        found = []
        for file in folder(app).glob("*.py"):
            if named := _ID.search(file.read_text(encoding="utf-8")):
                found.append(Step(app, named[1], file))
        yield from sorted(found, key=lambda step: step.id)


def folder(app: str) -> Path:
    """Where the steps of an app are."""
    return Path(__file__).parents[2] / app / "migrations"


def ours(noted: Done) -> Done:
    """Without the steps of apps that this academy doesn't have."""
    return {(app, step) for app, step in noted if app in APPS}


async def done(settings: Settings) -> Done:
    """The steps noted in the database; none when it does not exist yet."""
    try:
        if settings.uses_postgres:
            return await _done_on_postgres(settings.database_url)
        return await asyncio.to_thread(_done_on_sqlite, engines.sqlite_file(settings))
    except Exception as error:
        raise_in_our_words(error)
        raise


async def _done_on_postgres(url: str) -> Done:
    connection = await asyncpg.connect(url, timeout=5, command_timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('migration')") is None:
            return set()
        rows = await connection.fetch("SELECT app_name, name FROM migration")
        return {(row["app_name"], row["name"]) for row in rows}
    finally:
        await connection.close()


def _done_on_sqlite(file: Path) -> Done:
    if not file.exists():
        return set()
    with closing(sqlite3.connect(file)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone():
            return set()
        return set(connection.execute("SELECT app_name, name FROM migration").fetchall())
