"""Bring the database to this version, one step at a time, from however many processes at once.

Each step and the note that it was done are one transaction, so that a step killed half-way has not happened. Piccolo
writes and understands the steps (``piccolo migrations new academy --auto``); running them is ours.
"""

from __future__ import annotations

import asyncio
import io
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import asyncpg
import msgspec
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.querystring import QueryString

from academy.database import engines
from academy.database.failures import raise_in_our_words
from academy.errors import DomainError
from academy.settings import Settings, from_environment

LOCK = engines.key_number("academy migrations")
LOCK_WAIT = 600.0
"""Seconds to wait for another process that is migrating."""

Done = set[tuple[str, str]]


class NewerDatabase(DomainError):
    """The database was made by a later version than this one."""

    status = 503


class Step(msgspec.Struct, frozen=True):
    """One migration file."""

    app: str
    id: str
    file: Path

    def __str__(self) -> str:
        return f"{self.app} {self.id}"


async def migrate(settings: Settings) -> list[str]:
    """Apply what is missing and return it, like ``academy 2026-06-01T09:00:00:000000``.

    Waits while another process migrates. The process's database is switched meanwhile: call it before serving.
    Raises NewerDatabase, and Busy when the database can't be reached.
    """
    before = engines._current
    engine = engines.connect(settings, **({"command_timeout": None} if settings.uses_postgres else {}))
    async with _alone(settings):
        engines.use(engine)
        await engines.open(engine)
        try:
            with redirect_stdout(io.StringIO()):
                return await _apply(engine)
        finally:
            await engines.close(engine)
            if before is not None:
                engines.use(before)


async def pending(settings: Settings) -> list[str]:
    """What ``migrate`` would do, and steps of a later version, which it would refuse. Nothing is touched."""
    done = await _done(settings)
    steps = list(_steps())
    known = {(step.app, step.id) for step in steps}
    missing = [str(step) for step in steps if (step.app, step.id) not in done]
    return missing + sorted(f"{app} {step} (of a later version)" for app, step in _ours(done) - known)


async def _apply(engine: engines.Engine) -> list[str]:
    await Migration.create_table(if_not_exists=True).run()
    rows = await Migration.select(Migration.app_name, Migration.name).run()
    done: Done = {(row["app_name"], row["name"]) for row in rows}
    steps = list(_steps())
    if unknown := _ours(done) - {(step.app, step.id) for step in steps}:
        raise NewerDatabase(
            f"The database was made by a later version ({', '.join(sorted(step for _, step in unknown))}). "
            "Install that version, or restore a backup."
        )
    applied = []
    for step in steps:
        if (step.app, step.id) not in done:
            await _apply_one(engine, step)
            applied.append(str(step))
    return applied


async def _apply_one(engine: engines.Engine, step: Step) -> None:
    manager = await _load(step).forwards()
    if isinstance(manager, MigrationManager) and not manager.wrap_in_transaction:
        await manager.run()
        await _note(engine, step)
        return
    async with engine.transaction():
        if isinstance(manager, MigrationManager) and not manager.fake:
            await manager.run()
        await _note(engine, step)


async def _note(engine: engines.Engine, step: Step) -> None:
    # Not through Piccolo's table, which gives a naive datetime for ran_on; the database fills it.
    querystring = QueryString("INSERT INTO migration (name, app_name) VALUES ({}, {})", step.id, step.app)
    await engine.run_querystring(querystring)


def _steps() -> Iterator[Step]:
    """All steps of all apps, those an app depends on first."""
    engines.conf_module()
    finder = BaseMigrationManager()
    for app in finder.get_sorted_app_names():
        folder = Path(finder.get_app_config(app_name=app).resolved_migrations_folder_path)
        found = []
        for file in folder.glob("*.py"):
            named = re.search(r'^ID = "(.+)"', file.read_text(encoding="utf-8"), re.MULTILINE)
            if named:
                found.append(Step(app, named[1], file))
        yield from sorted(found, key=lambda step: step.id)


def _ours(done: Done) -> Done:
    """Without the steps of apps that this academy doesn't have."""
    apps = set(BaseMigrationManager().get_sorted_app_names())
    return {(app, step) for app, step in done if app in apps}


def _load(step: Step) -> ModuleType:
    name = f"{step.app}.migrations.{step.file.stem}"
    spec = spec_from_file_location(name, step.file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


async def _done(settings: Settings) -> Done:
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


@asynccontextmanager
async def _alone(settings: Settings) -> AsyncIterator[None]:
    """Hold the lock that only one migrating process can have. It ends with the process, however that ends."""
    if settings.uses_postgres:
        try:
            connection = await asyncpg.connect(settings.database_url, timeout=5)
        except Exception as error:
            raise_in_our_words(error)
            raise
        try:
            await connection.fetch("SELECT pg_advisory_lock($1)", LOCK, timeout=LOCK_WAIT)
            yield
        finally:
            await connection.close()
        return
    file = engines.sqlite_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(
        file.with_name(file.name + ".lock"), timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False
    )
    try:
        await asyncio.to_thread(lock.execute, "BEGIN EXCLUSIVE")  # SQLite's file lock works on every system
        yield
    finally:
        lock.close()


def main() -> None:
    """``python -m academy.database.migrate``: migrate the database of the environment, and nothing else."""
    asyncio.run(migrate(from_environment()))


if __name__ == "__main__":
    main()
