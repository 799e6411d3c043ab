"""What a start takes, what a server holds of the memory, and how often a booking waits for the disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from academy.settings import Settings
from benchmarks import seeds
from benchmarks.answers import octets, wanted
from benchmarks.asking import request
from benchmarks.load import Plan, ask
from benchmarks.printing import line, median, table, title, verdict
from benchmarks.servers import KINDS, Served, academy_of

STARTS = 5
BOOKINGS = 20
MOST_SECONDS, MOST_MEMORY, MOST_FSYNCS = 1.0, 150, 2


def run() -> None:
    title(
        "Start and memory", f"`academy serve` until /health/ready says so, median of {STARTS}; memory after 500 pages"
    )
    rows = []
    for kind in KINDS:
        with academy_of(kind) as settings:
            sample = seeds.inside(settings, seeds.sample)
            seeds.inside(settings, seeds.quiet_outbox)
            with Served(settings):
                pass  # compiles what was never imported
            starts = [_start(settings) for _ in range(STARTS)]
            with Served(settings) as server:
                pages = [octets(each.ask) for each in wanted(sample)]
                ask(Plan([server.port], pages * 100, connections=8))
                memory = server.memory
        clock, cpu = (median([each[part] for each in starts]) for part in (0, 1))
        told = f"{clock:.2f} s", f"{cpu:.2f} s", f"{median([each[2] for each in starts]):.0f} MB", f"{memory:.0f} MB"
        rows.append([kind, *told, verdict(cpu < MOST_SECONDS and memory < MOST_MEMORY)])
    table(["database", "ready after", "of a core", "memory then", "memory later", "< 1 s of a core, < 150 MB"], rows)
    _fsyncs()


def _start(settings: Settings) -> tuple[float, float, float]:
    with Served(settings) as server:
        return server.ready_in, server.cpu, server.memory


def _fsyncs() -> None:
    title(
        "Waits for the disk in a booking", f"fsync and fdatasync of the SQLite server, counted over {BOOKINGS} bookings"
    )
    if not shutil.which("strace"):
        line("not measured here: needs strace")
        return
    with academy_of("SQLite") as settings:
        sample = seeds.inside(settings, seeds.sample)
        tokens = seeds.inside(settings, lambda: seeds.newcomers_with_tokens(BOOKINGS + 1))
        path = f"/api/cohorts/{sample.places[0]}/enrolments"
        first, *posts = [request("POST", path, token=token) for token in tokens]
        with Served(settings, ACADEMY_SCHEDULER="0") as server, tempfile.TemporaryDirectory() as folder:
            ask(Plan([server.port], [first], connections=1))
            log = Path(folder) / "calls"
            watcher = subprocess.Popen(
                ["strace", "-f", "-q", "-e", "trace=fsync,fdatasync", "-o", str(log), "-p", str(server.pid)]
            )
            time.sleep(1)
            outcome = ask(Plan([server.port], posts, connections=1))
            watcher.terminate()
            watcher.wait()
            calls = len(re.findall(r"^\d+ +(?:fsync|fdatasync)\(", log.read_text(), re.MULTILINE))
    each = calls / BOOKINGS
    line(
        f"{calls} calls for {outcome.statuses.get('201', 0)} bookings, {each:.2f} each ({verdict(each <= MOST_FSYNCS)})"
    )
