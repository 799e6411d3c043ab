"""A crowd for one time of a coach at one instant, over HTTP: who gets it, and what the others are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import clock
from academy.audit.service import ACADEMY
from academy.settings import Settings
from benchmarks import seeds
from benchmarks.asking import request
from benchmarks.crowds import FIGURES, NOTE, academies, figures, rush
from benchmarks.load import Outcome
from benchmarks.printing import Cell, line, table, title
from benchmarks.servers import FULL
from cohorts.coaching.bookings import queries
from cohorts.coaching.times.tables import Nation
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Source
from tests.support.makers import a_coach, a_cohort, a_programme, coaching_rules

PEOPLE, ROUNDS = 100, 20 if FULL else 3


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one crowd."""

    winners: int
    """Who were told that they have the time."""
    booked: int
    """Sessions of the coach in the database."""
    offered_three: bool
    """Whether each of the others was offered three other times."""
    outcome: Outcome

    @property
    def right(self) -> bool:
        return self.winners == self.booked == 1 and self.offered_three and not self.outcome.errors


def race(settings: Settings, ports: list[int], *, people: int, apart: int) -> Race:
    """Everybody at one instant: for one time, or every second one for a time that is ``apart`` minutes later."""
    coach, starts_at, places, tokens = seeds.inside(settings, lambda: _crowd(people))
    posts = []
    for number, (place, token) in enumerate(zip(places, tokens, strict=True)):
        wanted = starts_at + timedelta(minutes=apart * (number % 2))
        body = msgspec.json.encode({"coach": str(coach), "starts_at": wanted.isoformat(), "minutes": 60})
        posts.append(request("POST", f"/api/my/coaching/{place}/sessions", token=token, body=body))
    outcome = rush(ports, posts)
    told = [msgspec.json.decode(body) for body in outcome.bodies if body]
    lost = [one for one in told if "nearest" in one]
    booked = seeds.inside(settings, lambda: queries.of_coach(coach))
    return Race(
        winners=outcome.statuses.get("201", 0),
        booked=len(booked),
        offered_three=len(lost) == people - 1 and all(len(one["nearest"]) == 3 for one in lost),
        outcome=outcome,
    )


async def _crowd(people: int) -> tuple[UUID, datetime, list[UUID], list[str]]:
    now = clock.now()
    code = f"race-{seeds.uuid4().hex[:12]}"
    programme = await a_programme(name=code, now=now)
    await coaching_rules(programme, now=now)
    cohort = await a_cohort(
        programme=programme, code=code, capacity=people, sessions=1, starts_at=now + timedelta(days=90), now=now
    )
    everybody = await seeds.newcomers(people, now=now)
    made = await enrolment.enrol_many(cohort, everybody, source=Source.IMPORT, actor=ACADEMY, now=now)
    coach = await a_coach(programme=programme, zone="UTC", nation=Nation.NONE, now=now)
    monday = now.date() + timedelta(days=14 - now.weekday())
    starts_at = datetime.fromisoformat(f"{monday}T09:00:00+00:00")
    return coach, starts_at, [one.enrolment for one in made], await seeds.tokens(everybody, now=now)


def run() -> None:
    title("A crowd for one time of a coach at one instant", NOTE)
    rows: list[list[Cell]] = []
    for kind, settings, ports in academies():
        race(settings, ports, people=10, apart=0)  # warms up
        for apart in (0, 30):
            races = [race(settings, ports, people=PEOPLE, apart=apart) for _ in range(ROUNDS)]
            rows.append(
                [
                    kind,
                    len(ports),
                    PEOPLE,
                    f"two times {apart} minutes apart" if apart else "one time",
                    len(races),
                    ", ".join(str(one) for one in sorted({one.winners for one in races})),
                    *figures(races, errors=sum(one.outcome.errors for one in races)),
                ]
            )
    table(["database", "servers", "people", "wanted", "rounds", "winners", *FIGURES], rows)
    line("Right: one winner and one session in every round, and everybody else is offered three other times.")
