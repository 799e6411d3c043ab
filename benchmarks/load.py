"""A process that only asks: it reads a plan from standard input and writes what it was answered.

It is a process of its own so that asking does not slow down who answers. See ``steady`` and ``burst`` for the two ways.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from itertools import cycle
from pathlib import Path

import msgspec
import uvloop

from benchmarks.asking import Connection, Gone
from benchmarks.printing import percentile


class Plan(msgspec.Struct):
    """What to ask. Requests go to the ports in turn."""

    ports: list[int]
    requests: list[bytes]
    connections: int = 16
    seconds: float = 0.0
    """Ask over and over for so long; 0: each request once."""
    at_once: bool = False
    """Each request on a connection of its own, all at one instant."""
    beside: list[bytes] = []
    """With ``at_once``: each is asked every 5 ms meanwhile, on a connection of its own, to see what others feel."""


class Outcome(msgspec.Struct):
    """What was answered. Latencies are seconds."""

    seconds: float
    latencies: list[float]
    statuses: dict[str, int]
    bodies: list[bytes] = []
    """With ``at_once``, in the order of the requests."""
    beside: list[list[float]] = []

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def within(self, share: float) -> float:
        return percentile(self.latencies, share)

    @property
    def errors(self) -> int:
        """Answers of 500 and more, and none at all."""
        return sum(count for status, count in self.statuses.items() if int(status) >= 500 or status == "0")


def ask(plan: Plan) -> Outcome:
    """Carry out a plan in another process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=msgspec.msgpack.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    return msgspec.msgpack.decode(done.stdout, type=Outcome)


async def steady(plan: Plan) -> Outcome:
    """So many connections, each with its next request as soon as it is answered."""
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    left = iter(cycle(plan.requests) if plan.seconds else plan.requests)
    end = time.perf_counter() + plan.seconds if plan.seconds else float("inf")

    async def one(port: int) -> None:
        connection = await Connection.open(port)
        for octets in left:
            began = time.perf_counter()
            if began >= end:
                break
            answer = await connection.ask(octets)
            latencies.append(time.perf_counter() - began)
            statuses[str(answer.status)] += 1
        connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(plan.ports[number % len(plan.ports)]) for number in range(plan.connections)))
    return Outcome(time.perf_counter() - began, latencies, dict(statuses))


async def burst(plan: Plan) -> Outcome:
    """Everybody at one instant, each on a connection that is open already."""
    open_ones = [await Connection.open(plan.ports[n % len(plan.ports)]) for n in range(len(plan.requests))]
    bodies: list[bytes] = [b""] * len(plan.requests)
    latencies: list[float] = []
    statuses: Counter[str] = Counter()

    async def one(number: int) -> None:
        began = time.perf_counter()
        try:
            answer = await open_ones[number].ask(plan.requests[number])
        except Gone:
            statuses["0"] += 1
            return
        latencies.append(time.perf_counter() - began)
        statuses[str(answer.status)] += 1
        bodies[number] = answer.body

    beside: list[list[float]] = [[] for _ in plan.beside]

    async def look(octets: bytes, into: list[float]) -> None:
        connection = await Connection.open(plan.ports[0])
        while True:
            began = time.perf_counter()
            await connection.ask(octets)
            into.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)

    looking = [asyncio.create_task(look(*pair)) for pair in zip(plan.beside, beside, strict=True)]
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(len(plan.requests))))
    took = time.perf_counter() - began
    for task in looking:
        task.cancel()
    for connection in open_ones:
        connection.close()
    return Outcome(took, latencies, dict(statuses), bodies, beside)


def main() -> None:
    plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    outcome = uvloop.run(burst(plan) if plan.at_once else steady(plan))
    with Path("/dev/stdout").open("wb") as out:  # sys.stdout may be unbuffered, and then write only a part
        out.write(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
