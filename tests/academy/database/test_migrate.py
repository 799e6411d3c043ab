"""Migrations: from several processes at once, whole or not at all, and refused before a newer database."""

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from academy import database as room
from academy.database import migrate as migrations
from academy.database.migrate import NewerDatabase, migrate, pending
from academy.settings import Settings
from tests.conftest import database_url, on_server


@pytest.fixture
def fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings for a database in which nothing has happened yet."""
    if kind == "sqlite":
        yield Settings(data_dir=tmp_path / "new")
        return
    server = request.getfixturevalue("postgres_server")
    name = f"fresh_{os.getpid()}"
    on_server(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    yield Settings(data_dir=tmp_path, database_url=database_url(server, name))
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


async def query(settings: Settings, sql: str) -> list[tuple]:
    """Ask past everything of ours."""
    if settings.uses_postgres:
        connection = await asyncpg.connect(settings.database_url)
        rows = [tuple(row) for row in await connection.fetch(sql)]
        await connection.close()
        return rows
    with closing(sqlite3.connect(settings.data_dir / "academy.sqlite3")) as connection:
        rows = connection.execute(sql).fetchall()
        connection.commit()
        return rows


async def process(settings: Settings, *, at: float, without_lock: bool = False) -> tuple[int, str]:
    """``academy migrate`` in a process that begins ``at`` this time of the clock, together with others."""
    code = f"import time; from academy.database import migrate, engines; time.sleep(max(0, {at} - time.time()))\n"
    if without_lock:
        code += (
            "import contextlib\n@contextlib.asynccontextmanager\nasync def _alone(s): yield\nmigrate._alone = _alone\n"
        )
    code += "migrate.main()"
    environment = {
        **os.environ,
        "ACADEMY_DATABASE_URL": settings.database_url,
        "ACADEMY_DATA_DIR": str(settings.data_dir),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, told = await started.communicate()
    return started.returncode or 0, told.decode()


async def test_everything_is_pending_then_nothing(fresh: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    waiting = await pending(fresh)

    applied = await migrate(fresh)

    assert applied == waiting
    assert [name.split()[0] for name in applied] == sorted(name.split()[0] for name in applied)
    assert (await pending(fresh), await migrate(fresh)) == ([], [])
    assert capfd.readouterr() == ("", "")


async def test_four_processes_at_once_all_succeed(fresh: Settings) -> None:
    outcomes = await asyncio.gather(*(process(fresh, at=time.time() + 2) for _ in range(4)))

    assert outcomes == [(0, "")] * 4
    assert await pending(fresh) == []
    ((rows, steps),) = await query(fresh, "SELECT count(*), count(DISTINCT app_name || name) FROM migration")
    assert rows == steps


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_control_without_the_lock_some_of_four_processes_fail(fresh: Settings) -> None:
    outcomes = await asyncio.gather(*(process(fresh, at=time.time() + 5, without_lock=True) for _ in range(4)))

    assert any(code for code, _ in outcomes)


async def test_a_step_killed_half_way_has_not_happened(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def killed(engine: room.Engine, step: migrations.Step) -> None:
        raise KeyboardInterrupt

    waiting = await pending(fresh)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(migrations, "_note", killed)
        await _in_a_task_that_may_die(migrate(fresh))

    assert await pending(fresh) == waiting
    assert await migrate(fresh) == waiting


async def _in_a_task_that_may_die(work) -> None:
    """Await directly: a task that dies of KeyboardInterrupt would take the loop with it."""
    await work


async def test_a_database_of_a_later_version_is_refused(fresh: Settings) -> None:
    await migrate(fresh)
    await query(
        fresh, "INSERT INTO migration (name, app_name) VALUES ('2099-01-01T00:00:00:000000', 'academy') RETURNING 1"
    )

    assert await pending(fresh) == ["academy 2099-01-01T00:00:00:000000 (of a later version)"]
    with pytest.raises(NewerDatabase, match="later version"):
        await migrate(fresh)


async def test_the_database_in_use_stays_in_use(database: room.Engine, tmp_path: Path) -> None:
    await migrate(Settings(data_dir=tmp_path / "other"))

    assert room.current() is database
