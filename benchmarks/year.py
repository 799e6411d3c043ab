"""The demonstration's year: how long it takes to build, and a backup of it while it serves."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from academy.settings import Settings
from benchmarks.asking import request
from benchmarks.load import Outcome, Plan, ask
from benchmarks.printing import Cell, line, median, milliseconds, table, title
from benchmarks.servers import ROOT, SERVE, Served, environment

ROUNDS = 3


def run() -> None:
    title("The demonstration's year")
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "demo")
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *SERVE[:2], "demo", "--build-only", "--fresh"],
            env=environment(settings),
            cwd=folder,
            capture_output=True,
            text=True,
        )
        took = time.perf_counter() - began
        if done.returncode:
            line(f"not measured: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
            return
        file = next(Path(folder).rglob("academy.sqlite3"))
        line(f"built in {took:.1f} s, {file.stat().st_size / 1e6:.1f} MB")
        _backup(Settings(data_dir=file.parent))


def _backup(settings: Settings) -> None:
    """Readers ask without pause, with and without `academy backup` beside them."""
    plan = Plan([], [request("GET", "/"), request("GET", "/programmes")], connections=4, seconds=3.0)
    alone: list[Outcome] = []
    beside: list[Outcome] = []
    seconds: list[float] = []
    with Served(settings, ACADEMY_SCHEDULER="0") as server:
        plan.ports = [server.port]
        ask(plan)
        for _ in range(ROUNDS):
            alone.append(ask(plan))
            with tempfile.TemporaryDirectory() as folder:
                over = threading.Event()
                backups = threading.Thread(target=_again_and_again, args=(settings, Path(folder), over, seconds))
                backups.start()
                beside.append(ask(plan))
                over.set()
                backups.join()
    rows: list[list[Cell]] = [
        [name, milliseconds(median([each.within(0.95) for each in found])), median([one.per_second for one in found])]
        for name, found in (("without a backup", alone), ("during backups, one after the other", beside))
    ]
    table(["pages, 4 readers", "p95", "per second"], rows)
    quiet, busy = (median([one.within(0.95) for one in each]) for each in (alone, beside))
    rose = 100 * busy / quiet - 100
    line(f"A backup took {median(seconds):.2f} s beside them, start included; p95 rose by {rose:.0f} %.")


def _again_and_again(settings: Settings, folder: Path, over: threading.Event, into: list[float]) -> None:
    while not over.is_set():
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, *SERVE[:2], "backup", str(folder / f"{len(into)}.sqlite3")],
            env=environment(settings),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        into.append(time.perf_counter() - began)
