"""The demonstration's year: how long it takes to build, and a backup of it while it serves."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from academy import clock
from academy.settings import Settings
from benchmarks.asking import request
from benchmarks.load import Outcome, Plan, ask
from benchmarks.printing import Cell, line, milliseconds, table, title
from benchmarks.servers import Served, environment

ROUNDS = 3


def run() -> None:
    title("The demonstration's year")
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "demo")
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", "from academy.cli import main; main()", "demo", "--build-only", "--fresh"],
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
    """Readers ask at a steady pace, with and without a backup under way."""
    plan = Plan([], [request("GET", "/"), request("GET", "/programmes")], connections=4, seconds=2.0)
    alone: list[Outcome] = []
    beside: list[Outcome] = []
    seconds: list[float] = []
    with Served(settings, ACADEMY_SCHEDULER="0") as server:
        plan.ports = [server.port]
        ask(plan)
        for _ in range(ROUNDS):
            alone.append(ask(plan))
            with tempfile.TemporaryDirectory() as folder:
                process = _begin(settings, Path(folder))
                beside.append(ask(plan))
                seconds.append(float(process.communicate()[0].split()[-1]))
    quiet, busy = (sorted(one.within(0.95) for one in each)[ROUNDS // 2] for each in (alone, beside))
    rows: list[list[Cell]] = [
        ["without a backup", milliseconds(quiet), sorted(one.per_second for one in alone)[ROUNDS // 2]],
        [
            "during backups, one after the other",
            milliseconds(busy),
            sorted(one.per_second for one in beside)[ROUNDS // 2],
        ],
    ]
    table(["pages, 4 readers", "p95", "per second"], rows)
    line(
        f"A backup took {sorted(seconds)[ROUNDS // 2]:.2f} s beside them; p95 rose by {100 * (busy / quiet - 1):.0f} %."
    )


def _begin(settings: Settings, folder: Path) -> subprocess.Popen[str]:
    """Backups for two seconds in a process of their own, which tells the mean time of one."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.year", str(folder)],
        env=environment(settings, PYTHONPATH=str(Path.cwd())),
        stdout=subprocess.PIPE,
        text=True,
    )


async def again_and_again(settings: Settings, folder: Path) -> float:
    """Mean seconds of a backup, over two seconds."""
    from academy.database.backup import backup

    began, number = time.perf_counter(), 0
    while time.perf_counter() - began < 2:
        await backup(settings, folder / f"{number}.sqlite3", now=clock.now())
        number += 1
    return (time.perf_counter() - began) / number


if __name__ == "__main__":
    from academy.settings import from_environment

    print(asyncio.run(again_and_again(from_environment(), Path(sys.argv[1]))))
