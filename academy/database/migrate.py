"""Bring the database to this version, one step at a time, from however many processes at once.

Each step and the note that it was done are one transaction, so that a step killed half-way has not happened. Piccolo
writes and understands the steps (``piccolo migrations new academy --auto``); running them is ours.
"""

from __future__ import annotations

import asyncio
import io
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.querystring import QueryString

from academy.database import engines, versions
from academy.database.failures import raise_in_our_words
from academy.database.versions import Step
from academy.database.versions import pending as pending
from academy.errors import DomainError
from academy.settings import Settings, from_environment

LOCK = engines.key_number("academy migrations")
LOCK_WAIT = 600.0
"""Seconds to wait for another process that is migrating."""


class NewerDatabase(DomainError):
    """The database was made by a later version than this one."""

    status = 503


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


async def _apply(engine: engines.Engine) -> list[str]:
    await Migration.create_table(if_not_exists=True).run()
    rows = await Migration.select(Migration.app_name, Migration.name).run()
    done: versions.Done = {(row["app_name"], row["name"]) for row in rows}
    steps = list(versions.steps())
    if unknown := versions.ours(done) - {(step.app, step.id) for step in steps}:
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


def _load(step: Step) -> ModuleType:
    name = f"{step.app}.migrations.{step.file.stem}"
    spec = spec_from_file_location(name, step.file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


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
