"""Crowds at one instant: the academies they come to, and what is said of every such race."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Protocol

from academy.settings import Settings
from benchmarks.load import Outcome, Plan, ask
from benchmarks.printing import Cell, milliseconds, percentile
from benchmarks.servers import KINDS, LIVE, READY, Served, academy_of

NOTE = "each on a connection that is open; beside: the p95 of two that are asked every 5 ms meanwhile"
FIGURES = ["errors", "p95", "beside: /health/live", "beside: /health/ready", ""]
"""The last columns of the table: those of ``figures``."""


class Race(Protocol):
    """What came out of one crowd."""

    @property
    def outcome(self) -> Outcome: ...
    @property
    def right(self) -> bool: ...


def rush(ports: list[int], posts: list[bytes]) -> Outcome:
    """Everybody at one instant."""
    return ask(Plan(ports, posts, at_once=True, beside=[LIVE, READY]))


def academies() -> Iterator[tuple[str, Settings, list[int]]]:
    """Each kind of database, PostgreSQL also with two servers: its settings, and the ports of its servers."""
    for kind in KINDS:
        with academy_of(kind) as settings:
            for processes in (1, 2) if kind == "PostgreSQL" else (1,):
                with ExitStack() as stack:
                    made = [stack.enter_context(Served(settings, ACADEMY_SCHEDULER="0")) for _ in range(processes)]
                    yield kind, settings, [each.port for each in made]


def figures(races: Sequence[Race], *, errors: int) -> list[Cell]:
    """How long the answers took, what others felt, and whether every race was right."""
    return [
        errors,
        milliseconds(percentile([each for one in races for each in one.outcome.latencies], 0.95)),
        *(
            milliseconds(percentile([each for one in races for each in one.outcome.beside[number]], 0.95))
            for number in (0, 1)
        ),
        "right" if all(one.right for one in races) else "WRONG",
    ]
