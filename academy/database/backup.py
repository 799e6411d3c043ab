"""Backup, restore and the move to PostgreSQL. A backup is one SQLite file, whichever database it was taken from.

Copying the file of a serving academy with ``cp`` gives a stale or an empty database (the newest pages are in the -wal
file beside it); so there is our own command. The file holds everything, also the key that signs links: keep it safe.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

import academy
from academy.database import contents, secret
from academy.database.contents import MANIFEST, Contents
from academy.database.engines import sqlite_file
from academy.database.failures import raise_in_our_words
from academy.database.migrate import migrate
from academy.errors import DomainError
from academy.settings import Settings


class NotEmpty(DomainError):
    """The academy to write into holds records already."""


class StillRunning(DomainError):
    """Another process has the database open."""


class NotABackup(DomainError):
    """The file was not written by ``academy backup``, or is damaged."""

    status = 422


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, or what was brought over, and whether it is what it should be."""

    contents: Contents
    version: str = ""
    created_at: str = ""
    problems: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        return not self.problems

    def in_words(self) -> str:
        """Lines for the terminal: counts, the hash and the verdict."""
        lines = [f"{count:>8}  {table}" for table, count in self.contents.rows.items() if count]
        lines.append(f"{self.contents.total:>8}  rows, sha256 {self.contents.sha256}")
        if self.created_at:
            lines.append(f"Written at {self.created_at} by version {self.version}.")
        lines += self.problems or ("Complete and intact.",)
        return "\n".join(lines)


async def backup(settings: Settings, file: Path, *, now: datetime) -> Report:
    """Write the whole academy to ``file`` while it serves; the file appears only when it is complete."""
    with _draft_beside(file) as draft:
        if settings.uses_postgres:
            await _postgres_into(settings, draft)
        else:
            await asyncio.to_thread(_vacuum_into, sqlite_file(settings), draft)
        report = await asyncio.to_thread(_seal, draft, settings, now)
        _into_place(draft, file)
    return report


async def verify(file: Path) -> Report:
    """Count and hash a backup again and compare. Raises NotABackup."""
    return await asyncio.to_thread(_verify, file)


async def restore(settings: Settings, file: Path, *, force: bool = False) -> Report:
    """Bring back the academy of a backup, also one of an earlier version. Stop the academy before.

    Raises NotEmpty unless ``force``, StillRunning, and NotABackup when the file is damaged.
    """
    report = await verify(file)
    if not report.intact:
        raise NotABackup(f"The backup is damaged. Nothing was changed. {' '.join(report.problems)}")
    target = sqlite_file(settings)
    beside = target if not settings.uses_postgres else file
    with _draft_beside(beside) as draft:
        await asyncio.to_thread(_unseal, file, draft)
        await migrate(_settings_for(draft))
        if settings.uses_postgres:
            brought = await _into_postgres(draft, settings, force=force)
        else:
            brought = await asyncio.to_thread(_count, draft)
            await asyncio.to_thread(_replace, target, draft, force)
    _restore_key(settings, file)
    return msgspec.structs.replace(report, contents=brought)


async def copy_to(settings: Settings, url: str) -> Report:
    """Move a SQLite academy into an empty PostgreSQL database; all or nothing. Stop the academy before.

    Raises NotEmpty when there are records at ``url``. The SQLite file stays as it is.
    """
    file = sqlite_file(settings)
    if settings.uses_postgres or not file.exists():
        raise NotABackup(f"There is no SQLite academy at {file}.")
    await migrate(settings)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "snapshot.sqlite3"
        await asyncio.to_thread(_vacuum_into, file, snapshot)
        target = msgspec.structs.replace(settings, database_url=url)
        return Report(contents=await _into_postgres(snapshot, target, force=False))


# SQLite


def _vacuum_into(source: Path, draft: Path) -> None:
    if not source.exists():
        raise NotABackup(f"There is no academy at {source}. Run: academy migrate")
    try:
        with closing(contents.open_file(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(draft),))
    except sqlite3.Error as error:
        raise_in_our_words(error)
        raise


def _seal(draft: Path, settings: Settings, now: datetime) -> Report:
    """Add the manifest: what the backup holds, when and by which version it was written, and the key for links."""
    with closing(contents.open_file(draft)) as connection:
        found = contents.of_sqlite(connection)
        values = {
            "version": academy.__version__,
            "created_at": now.isoformat(),
            "rows": json.dumps(found.rows),
            "sha256": found.sha256,
        }
        key = settings.data_dir / secret.FILE_NAME
        if key.exists():
            values["secret_key"] = key.read_bytes().hex()
        connection.execute(f"CREATE TABLE {MANIFEST} (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        connection.executemany(f"INSERT INTO {MANIFEST} VALUES (?, ?)", values.items())  # noqa: S608
    return Report(contents=found, version=academy.__version__, created_at=values["created_at"])


def _manifest(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute(f"SELECT key, value FROM {MANIFEST}").fetchall())  # noqa: S608


def _verify(file: Path) -> Report:
    try:
        with closing(contents.open_file(file)) as connection:
            (health,) = connection.execute("PRAGMA integrity_check").fetchone()
            manifest = _manifest(connection)
            found = contents.of_sqlite(connection)
            expected = json.loads(manifest["rows"])
    except (sqlite3.Error, KeyError, ValueError) as error:
        raise NotABackup(f"{file} is not a backup of an academy, or it is damaged ({error}).") from error
    problems = []
    if health != "ok":
        problems.append(f"SQLite finds damage: {health}.")
    for table in sorted(expected.keys() | found.rows.keys()):
        if expected.get(table, 0) != found.rows.get(table, 0):
            problems.append(f"{table} has {found.rows.get(table, 0)} rows instead of {expected.get(table, 0)}.")
    if found.sha256 != manifest.get("sha256"):
        problems.append(f"The content has changed: its sha256 was {manifest.get('sha256')}.")
    return Report(
        contents=found,
        version=manifest.get("version", ""),
        created_at=manifest.get("created_at", ""),
        problems=tuple(problems),
    )


def _unseal(file: Path, draft: Path) -> None:
    """A copy without the manifest, so that the key for links lies in one place only."""
    with closing(contents.open_file(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    with closing(contents.open_file(draft)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(f"DROP TABLE {MANIFEST}")


def _count(file: Path) -> Contents:
    with closing(contents.open_file(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, ready to be moved
        return contents.of_sqlite(connection)


def _replace(target: Path, draft: Path, force: bool) -> None:
    if target.exists():
        with closing(contents.open_file(target)) as connection:
            tables = contents.sqlite_tables(connection)
            if not force and tables and connection.execute(contents.any_rows(tables)).fetchone():
                raise NotEmpty("There is an academy with records here already. Nothing was changed. Use --force.")
            try:
                # Leaving WAL needs the file for oneself, and folds the -wal file into it.
                connection.execute("PRAGMA busy_timeout=1000")
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                raise StillRunning("The academy is running. Stop it, then restore again.") from error
    _into_place(draft, target)


# PostgreSQL


async def _postgres_into(settings: Settings, draft: Path) -> None:
    """One consistent snapshot of all tables, into a file that the same migrations made."""
    await _fresh_file(draft)
    connection = await _connected(settings.database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            with closing(contents.open_file(draft)) as into:
                into.execute("PRAGMA foreign_keys=OFF")
                into.execute("BEGIN")
                for table in await contents.postgres_tables(connection):
                    places = ", ".join("?" for _ in table.columns)
                    columns = ", ".join(f'"{column}"' for column in table.columns)
                    insert = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608
                    async for rows in contents.postgres_rows(connection, table):
                        await asyncio.to_thread(into.executemany, insert, rows)
                into.execute("COMMIT")
    finally:
        await connection.close()


async def _fresh_file(draft: Path) -> None:
    """Migrate an empty file in another process, because migrating switches the database of its process."""
    environment = {**os.environ, "ACADEMY_DATABASE_URL": f"sqlite:///{draft}"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "academy.database.migrate", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"The tables of the backup could not be made: {told.decode(errors='replace')}")
    await asyncio.to_thread(_count, draft)


async def _into_postgres(file: Path, settings: Settings, *, force: bool) -> Contents:
    """Copy all rows of a migrated SQLite file, compare counts and hash, then commit. Raises NotEmpty."""
    await migrate(settings)
    connection = await _connected(settings.database_url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '10s'")
            tables = await contents.postgres_tables(connection)
            names = ", ".join(f'"{table.name}"' for table in tables)
            await connection.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
            if not force and await connection.fetch(contents.any_rows(tables)):
                raise NotEmpty("There is an academy with records there already. Nothing was changed. Use --force.")
            await connection.execute(f"TRUNCATE {names}")
            with closing(contents.open_file(file, types=True)) as source:
                for table in contents.parents_first(contents.sqlite_tables(source)):
                    for rows in contents.sqlite_rows(source, table):
                        await connection.copy_records_to_table(table.name, records=rows, columns=table.columns)
            brought = await contents.of_postgres(connection)
            expected = await asyncio.to_thread(_count, file)
            if brought != expected:
                raise RuntimeError(f"PostgreSQL holds {brought}, the source {expected}. Nothing was changed.")
        await connection.execute("ANALYZE")
    except Exception as error:
        raise_in_our_words(error)
        raise
    finally:
        await connection.close()
    return brought


async def _connected(url: str) -> asyncpg.Connection[Any]:
    try:
        return await asyncpg.connect(url, timeout=5, server_settings={"timezone": "UTC"})
    except Exception as error:
        raise_in_our_words(error)
        raise


# files


def _settings_for(file: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{file}")


def _restore_key(settings: Settings, file: Path) -> None:
    """Put back the key for links, so that mailed links go on working; a key in the settings stays in force."""
    with closing(contents.open_file(file)) as connection:
        key = _manifest(connection).get("secret_key")
    if key:
        secret.keep(settings, bytes.fromhex(key), replace=True)


@contextmanager
def _draft_beside(file: Path) -> Iterator[Path]:
    """A name in the same folder to write to, readable by its owner only; whatever is left of it is removed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:  # mode 0700
        yield Path(folder).resolve() / "draft.sqlite3"


def _into_place(draft: Path, file: Path) -> None:
    """Make the draft durable and give it its name in one step."""
    draft.chmod(0o600)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(file)
    for left in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        left.unlink(missing_ok=True)
    with suppress(OSError):  # not every system can open a folder
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
