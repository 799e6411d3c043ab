"""Backup, restore and the move to PostgreSQL, with the real tables and while somebody writes."""

import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from academy import database as room
from academy.database import backup as backups
from academy.database.backup import NotABackup, NotEmpty, StillRunning, backup, copy_to, restore, verify
from academy.database.secret import secret_key
from academy.people.tables import EmailAddress, Organisation, Person
from academy.settings import Settings
from tests.conftest import database_url, on_server


async def people(count: int, *, now: datetime) -> None:
    for number in range(count):
        async with room.transaction():
            person = Person(name=f"Zoë Ó Súilleabháin {number}", created_at=now)
            await person.save()
            address = f"zoe{number}@example.org"
            await EmailAddress(
                person=person.id, address=address, normalised=address, primary=True, verified_at=now, created_at=now
            ).save()


async def names(settings: Settings) -> list[str]:
    """The people of an academy that nobody has open."""
    before, engine = room.current(), room.connect(settings)
    room.use(engine)
    rows = await Person.select(Person.name).order_by(Person.name)
    await room.close(engine)
    room.use(before)
    return [row["name"] for row in rows]


def drafts_in(folder: Path) -> list[Path]:
    return list(folder.glob(".*"))


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Another academy, not there yet."""
    if request.param == "sqlite":
        yield Settings(data_dir=tmp_path / "elsewhere")
        return
    server = request.getfixturevalue("postgres_server")
    name = f"elsewhere_{os.getpid()}"
    on_server(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    yield Settings(data_dir=tmp_path / "elsewhere", database_url=database_url(server, name))
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_backup_is_brought_back_into_either_database(
    settings: Settings, elsewhere: Settings, tmp_path: Path, now: datetime
) -> None:
    await people(20, now=now)
    await Organisation(name="Ynys Môn", code=None, created_at=now).save()
    key = secret_key(settings)
    file = tmp_path / "academy.backup"

    written = await backup(settings, file, now=now)
    restored = await restore(elsewhere, file)

    assert written.contents.rows["person"] == 20
    assert restored.contents == written.contents == (await verify(file)).contents
    assert await names(elsewhere) == await names(settings)
    assert secret_key(elsewhere) == key
    again = await backup(elsewhere, tmp_path / "again.backup", now=now)
    assert again.contents == written.contents


async def test_a_backup_says_what_it_holds_and_only_its_owner_reads_it(
    settings: Settings, tmp_path: Path, now: datetime
) -> None:
    await people(3, now=now)
    file = tmp_path / "academy.backup"
    await backup(settings, file, now=now)

    report = await verify(file)

    assert report.in_words().splitlines()[:2] == ["       3  email_address", "       3  person"]
    assert (report.intact, report.created_at) == (True, "2026-06-01T09:00:00+00:00")
    assert report.in_words().splitlines()[-1] == "Complete and intact."
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert drafts_in(tmp_path) == []


async def test_a_backup_taken_while_others_write_holds_every_person_whole(
    settings: Settings, tmp_path: Path, now: datetime
) -> None:
    await people(10, now=now)
    confirmed_before = await Person.count()
    stop = asyncio.Event()

    async def keep_writing() -> None:
        number = 100
        while not stop.is_set():
            number += 1
            async with room.transaction():
                person = Person(name=f"during {number}", created_at=now)
                await person.save()
                await asyncio.sleep(0)
                address = f"during{number}@example.org"
                await EmailAddress(person=person.id, address=address, normalised=address, created_at=now).save()

    writing = asyncio.create_task(keep_writing())
    await asyncio.sleep(0.05)
    report = await backup(settings, tmp_path / "academy.backup", now=now)
    stop.set()
    await writing

    assert report.contents.rows["person"] >= confirmed_before
    assert report.contents.rows["person"] == report.contents.rows["email_address"]
    assert (await verify(tmp_path / "academy.backup")).intact
    assert await Person.count() > report.contents.rows["person"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_control_a_copy_of_the_serving_file_is_stale(
    database: room.SQLiteDatabase, settings: Settings, tmp_path: Path, now: datetime
) -> None:
    await database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    await people(5, now=now)

    shutil.copy(database.file, tmp_path / "copy.sqlite3")
    report = await backup(settings, tmp_path / "academy.backup", now=now)

    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copied:
        assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copied.execute("SELECT count(*) FROM person").fetchone() == (0,)
    assert report.contents.rows["person"] == 5


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        ("UPDATE person SET name = 'Mallory' WHERE name LIKE '%1'", "The content has changed"),
        ("DELETE FROM email_address WHERE address LIKE 'zoe1@%'", "email_address has 2 rows instead of 3."),
        ("DROP TABLE outcome", "The content has changed"),
    ],
)
async def test_a_changed_backup_is_noticed_and_not_brought_back(
    settings: Settings, tmp_path: Path, now: datetime, harm: str, problem: str
) -> None:
    await people(3, now=now)
    file = tmp_path / "academy.backup"
    await backup(settings, file, now=now)
    with closing(sqlite3.connect(file)) as harmed:
        harmed.execute(harm)
        harmed.commit()

    report = await verify(file)

    assert (report.intact, report.problems[0].startswith(problem)) == (False, True)
    with pytest.raises(NotABackup, match="damaged"):
        await restore(Settings(data_dir=tmp_path / "elsewhere"), file)
    assert not (tmp_path / "elsewhere" / "academy.sqlite3").exists()


async def test_other_files_are_not_taken_for_a_backup(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("not a database")
    sqlite3.connect(tmp_path / "other").close()

    for file in (text, tmp_path / "other"):
        with pytest.raises(NotABackup):
            await verify(file)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_an_academy_with_records_is_replaced_only_by_force(
    settings: Settings, elsewhere: Settings, tmp_path: Path, now: datetime
) -> None:
    first, second = tmp_path / "first.backup", tmp_path / "second.backup"
    await people(1, now=now)
    await backup(settings, first, now=now)
    await Person(name="Newcomer", created_at=now).save()
    await backup(settings, second, now=now)
    await restore(elsewhere, second)

    with pytest.raises(NotEmpty):
        await restore(elsewhere, first)
    kept = await names(elsewhere)
    await restore(elsewhere, first, force=True)

    assert kept == ["Newcomer", "Zoë Ó Súilleabháin 0"]
    assert await names(elsewhere) == ["Zoë Ó Súilleabháin 0"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_a_running_academy_is_not_replaced(settings: Settings, tmp_path: Path, now: datetime) -> None:
    await people(1, now=now)
    await backup(settings, tmp_path / "academy.backup", now=now)

    with pytest.raises(StillRunning):
        await restore(settings, tmp_path / "academy.backup", force=True)

    await people(0, now=now)
    assert await Person.count() == 1


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("elsewhere", ["postgresql"], indirect=True)
async def test_a_sqlite_academy_moves_to_postgresql_once(
    settings: Settings, elsewhere: Settings, now: datetime
) -> None:
    await people(20, now=now)

    report = await copy_to(settings, elsewhere.database_url)

    assert (report.intact, report.contents.rows["person"]) == (True, 20)
    assert await names(elsewhere) == await names(settings)
    with pytest.raises(NotEmpty):
        await copy_to(settings, elsewhere.database_url)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("elsewhere", ["postgresql"], indirect=True)
async def test_a_move_that_fails_half_way_leaves_nothing(
    settings: Settings, elsewhere: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(3, now=now)
    real = backups.contents.sqlite_rows

    def breaks(connection: sqlite3.Connection, table: backups.contents.Table):
        yield from real(connection, table)
        if table.name == "email_address":
            raise OSError("the disk is gone")

    with monkeypatch.context() as patch, pytest.raises(Exception, match="busy"):
        patch.setattr(backups.contents, "sqlite_rows", breaks)
        await copy_to(settings, elsewhere.database_url)

    assert await names(elsewhere) == []
