"""A crowd for the last places at one instant, over HTTP: who gets one, how long it takes, and what others feel."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import msgspec

from academy import clock
from academy.settings import Settings
from benchmarks import seeds
from benchmarks.asking import request
from benchmarks.load import Outcome, Plan, ask
from benchmarks.printing import Cell, line, milliseconds, percentile, table, title
from benchmarks.servers import FULL, KINDS, LIVE, READY, Served, academy_of
from tests.support.makers import a_cohort, a_programme

CROWDS = ((100, 1, 20), (500, 20, 3)) if FULL else ((100, 1, 5), (500, 20, 1))
"""People, places, rounds."""


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """What must come out, and what did."""

    people: int
    places: int
    winners: int
    in_order: bool
    """Whether the answers and the table both number the others from 1 without a gap."""
    lost: int
    """Acknowledged and not in the table, or in the table otherwise."""
    outcome: Outcome

    @property
    def right(self) -> bool:
        return self.winners == self.places and self.in_order and not self.lost and not self.outcome.errors


def race(settings: Settings, ports: list[int], *, people: int, places: int) -> Race:
    """One crowd at one instant, in a new cohort."""
    code, tokens = seeds.inside(settings, lambda: _crowd(people, places))
    posts = [request("POST", f"/api/cohorts/{code}/enrolments", token=token) for token in tokens]
    outcome = ask(Plan(ports, posts, at_once=True, beside=[LIVE, READY]))
    told = [msgspec.json.decode(body) for body in outcome.bodies if body]
    rows = seeds.inside(settings, lambda: seeds.counted_in(code))
    there = {(row["status"], row["list_number"]) for row in rows}
    statuses = Counter(str(one.get("status")) for one in told)
    positions = sorted(one["position"] for one in told if one.get("position"))
    numbers = sorted(row["list_number"] for row in rows if row["list_number"] is not None)
    queue = list(range(1, people - places + 1))
    acknowledged = [one for one in told if one.get("status") == "waitlisted"]
    return Race(
        people=people,
        places=places,
        winners=statuses["enrolled"],
        in_order=positions == numbers == queue,
        lost=abs(people - len(rows)) + sum(("waitlisted", one["position"]) not in there for one in acknowledged),
        outcome=outcome,
    )


async def _crowd(people: int, places: int) -> tuple[str, list[str]]:
    now = clock.now()
    tokens = await seeds.newcomers_with_tokens(people)
    code = f"race-{seeds.uuid4().hex[:12]}"
    programme = await a_programme(name=code, now=now)
    await a_cohort(
        programme=programme, code=code, capacity=places, sessions=1, starts_at=now + timedelta(days=9), now=now
    )
    return code, tokens


def run() -> None:
    title(
        "A crowd for the last places at one instant",
        "each on a connection that is open; beside: the p95 of two that are asked every 5 ms meanwhile",
    )
    rows: list[list[Cell]] = []
    for kind in KINDS:
        with academy_of(kind) as settings:
            for processes in (1, 2) if kind == "PostgreSQL" else (1,):
                with ExitStack() as stack:
                    made = [stack.enter_context(Served(settings, ACADEMY_SCHEDULER="0")) for _ in range(processes)]
                    ports = [each.port for each in made]
                    race(settings, ports, people=20, places=1)  # warms up
                    for people, places, rounds in CROWDS:
                        races = [race(settings, ports, people=people, places=places) for _ in range(rounds)]
                        rows.append(_row(kind, processes, races))
    head = ["database", "servers", "people", "places", "rounds", "places given", "errors", "p95"]
    table([*head, "beside: /health/live", "beside: /health/ready", ""], rows)
    line("Right: exactly the places given in every round, everybody else numbered from 1 without a gap, nobody lost.")


def _row(kind: str, processes: int, races: list[Race]) -> list[Cell]:
    given = sorted({one.winners for one in races})
    return [
        kind,
        processes,
        races[0].people,
        races[0].places,
        len(races),
        ", ".join(str(one) for one in given),
        sum(one.outcome.errors + one.lost for one in races),
        milliseconds(percentile([each for one in races for each in one.outcome.latencies], 0.95)),
        *(
            milliseconds(percentile([each for one in races for each in one.outcome.beside[number]], 0.95))
            for number in (0, 1)
        ),
        "right" if all(one.right for one in races) else "WRONG",
    ]
