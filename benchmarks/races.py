"""A crowd for the last places at one instant, over HTTP: who gets one, how long it takes, and what others feel."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec

from academy import clock
from academy.settings import Settings
from benchmarks import seeds
from benchmarks.asking import request
from benchmarks.crowds import FIGURES, NOTE, academies, figures, rush
from benchmarks.load import Outcome
from benchmarks.printing import Cell, line, table, title
from benchmarks.servers import FULL
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
    outcome = rush(ports, posts)
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
    title("A crowd for the last places at one instant", NOTE)
    rows: list[list[Cell]] = []
    for kind, settings, ports in academies():
        race(settings, ports, people=20, places=1)  # warms up
        for people, places, rounds in CROWDS:
            races = [race(settings, ports, people=people, places=places) for _ in range(rounds)]
            rows.append(
                [
                    kind,
                    len(ports),
                    people,
                    places,
                    len(races),
                    ", ".join(str(one) for one in sorted({one.winners for one in races})),
                    *figures(races, errors=sum(one.outcome.errors + one.lost for one in races)),
                ]
            )
    table(["database", "servers", "people", "places", "rounds", "places given", *FIGURES], rows)
    line("Right: exactly the places given in every round, everybody else numbered from 1 without a gap, nobody lost.")
