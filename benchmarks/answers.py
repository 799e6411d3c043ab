"""Answers per second, each beside the same answer made with the raw driver in a bare handler."""

from __future__ import annotations

import msgspec

from academy.settings import Settings
from benchmarks import seeds
from benchmarks.asking import request
from benchmarks.ceiling import Ask, Job
from benchmarks.load import Outcome, Plan, ask
from benchmarks.printing import line, median, milliseconds, table, title, verdict
from benchmarks.seeds import Sample
from benchmarks.servers import KINDS, Served, academy_of, cpu_seconds, free_port, warm

ROUNDS = 3
SECONDS = 0.8
REGISTRATIONS = 100
CONNECTIONS = 16


class Round(msgspec.Struct):
    """One turn of one server. ``work`` is what an answer takes of a core, in seconds."""

    outcome: Outcome
    work: float


class Measured(msgspec.Struct):
    """One kind of answer, and the share of the ceiling that it should reach."""

    name: str
    ask: Ask
    targets: dict[str, float]
    ours: list[Round] = []
    ceiling: list[Round] = []

    @property
    def ratio(self) -> float:
        """Answers per second beside the ceiling's."""
        pairs = zip(self.ours, self.ceiling, strict=True)
        return median([ours.outcome.per_second / ceiling.outcome.per_second for ours, ceiling in pairs])

    @property
    def ratio_of_work(self) -> float:
        """The same for each second of a core that the server used: others on the machine do not change it."""
        return median([each.work for each in self.ceiling]) / median([each.work for each in self.ours])


PAGE = {"SQLite": 0.65, "PostgreSQL": 0.6}
JSON = {"SQLite": 0.8, "PostgreSQL": 0.6}


def run() -> None:
    title(
        "Answers per second, beside the ceiling",
        f"one server process, {CONNECTIONS} connections, median of {ROUNDS} alternating rounds of {SECONDS} s; "
        "by work: for each second of a core that the server used",
    )
    for kind in KINDS:
        with academy_of(kind) as settings:
            _measure(kind, settings)


def _measure(kind: str, settings: Settings) -> None:
    sample = seeds.inside(settings, seeds.sample)
    people = seeds.inside(settings, lambda: seeds.newcomers_with_tokens(2 * REGISTRATIONS * ROUNDS + 60))
    reads = wanted(sample)
    watched = Ask(f"/api/cohorts/{sample.places[1]}/enrolments", "POST", token=people.pop())
    job = Job(free_port(), [*(each.ask for each in reads), watched])
    command = ("-m", "benchmarks.ceiling", msgspec.json.encode(job).decode())
    booking = Measured("registration (API)", watched, {"SQLite": 0.0, "PostgreSQL": 0.0})
    with (
        Served(settings, ACADEMY_SCHEDULER="0") as ours,
        Served(settings, command=command, port=job.port, ACADEMY_SCHEDULER="0") as ceiling,
    ):
        for port in (ours.port, ceiling.port):
            ask(warm(port, [octets(each.ask) for each in reads]))
        for number in range(ROUNDS):
            for each in reads:
                plan = Plan([], [octets(each.ask)], connections=CONNECTIONS, seconds=SECONDS)
                sides = [(ours, each.ours), (ceiling, each.ceiling)]
                for server, into in sides if number % 2 else reversed(sides):
                    into.append(_turn(server, plan))
            for server, into, code in (
                (ours, booking.ours, sample.places[0]),
                (ceiling, booking.ceiling, sample.places[1]),
            ):
                path = f"/api/cohorts/{code}/enrolments"
                posts = [request("POST", path, token=people.pop()) for _ in range(REGISTRATIONS)]
                into.append(_turn(server, Plan([], posts, connections=CONNECTIONS)))
    line("")
    line(kind)
    table(
        ["answer", "ours /s", "p99", "ceiling /s", "p99", "ratio", "by work", "target", "", "errors"],
        [_row(each, kind) for each in [*reads, booking]],
    )


def _turn(server: Served, plan: Plan) -> Round:
    before = cpu_seconds(server.pid)
    outcome = ask(msgspec.structs.replace(plan, ports=[server.port]))
    return Round(outcome, (cpu_seconds(server.pid) - before) / len(outcome.latencies))


def wanted(sample: Sample) -> list[Measured]:
    """The answers that are read."""
    cookie = f"session={sample.session}"
    return [
        Measured("calendar of 50 (page)", Ask("/"), PAGE),
        Measured("cohort (page)", Ask(f"/cohorts/{sample.cohort}"), PAGE),
        Measured("dashboard of 30 (page)", Ask(f"/cohorts/{sample.cohort}/manage", cookie=cookie), PAGE),
        Measured("cohort (API)", Ask(f"/api/cohorts/{sample.cohort}", token=sample.token), JSON),
        Measured("my enrolments (API)", Ask("/api/my/enrolments", token=sample.token), JSON),
    ]


def octets(asked: Ask) -> bytes:
    return request(asked.method, asked.path, token=asked.token, cookie=asked.cookie)


def _row(each: Measured, kind: str) -> list[str | int | float]:
    target = each.targets[kind]
    right = "201" if each.ask.method == "POST" else "200"
    rounds = [*each.ours, *each.ceiling]
    wrong = sum(count for one in rounds for status, count in one.outcome.statuses.items() if status != right)
    return [
        each.name,
        median([one.outcome.per_second for one in each.ours]),
        milliseconds(median([one.outcome.within(0.99) for one in each.ours])),
        median([one.outcome.per_second for one in each.ceiling]),
        milliseconds(median([one.outcome.within(0.99) for one in each.ceiling])),
        each.ratio,
        each.ratio_of_work,
        f"{target:.2f}" if target else "–",
        verdict(each.ratio_of_work >= target) if target else "",
        wrong,
    ]
