"""Mail and calendar feeds: how many invites are written and sent in a second, how many feeds are served."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from academy import clock, database
from academy.invites import frozen as frozen  # teaches the outbox to write invites
from academy.invites import service as invites
from academy.outbox import delivery, rendering
from academy.outbox.smtp import SmtpSender
from academy.settings import Settings
from benchmarks import seeds
from benchmarks.asking import Connection, request
from benchmarks.load import Plan, ask
from benchmarks.printing import Cell, line, milliseconds, table, title
from benchmarks.servers import Served, academy_of, free_port, warm

INVITES = 600


def run() -> None:
    title("Mail", f"{INVITES} invites; the mail server is a process that takes everything and keeps nothing")
    with academy_of("SQLite") as settings, sink() as port:
        seeds.inside(settings, _queue)
        rendered = seeds.inside(settings, _render)
        octets, ours = seeds.inside(settings, lambda: _send(port))
        bare = asyncio.run(_bare(port, octets))
    table(
        ["", "per second"],
        [
            ["invites written (text, HTML, calendar part)", rendered],
            ["invites sent by the outbox, 2 connections", ours],
            ["the same octets sent by aiosmtplib alone", bare],
        ],
    )
    line(f"The outbox reaches {ours / bare:.2f} of the mail server's own pace. Exchange Online takes 30 a minute.")
    _feeds()


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", str(port)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


async def _queue() -> None:
    now = clock.now()
    people = await seeds.newcomers(100, now=now)
    for day in range(INVITES // 100):
        starts_at = now + timedelta(days=9 + day)
        event = await invites.create_event(
            title="Day one", starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), place="County Hall", now=now
        )
        await invites.invite(event, people, now=now, context={"cohort": "Top Talent, Essex"})


async def _render() -> float:
    rows = await database.fetch("SELECT * FROM message LIMIT 200")
    head = rendering.letterhead(Settings())
    began = time.process_time()
    for row in rows:
        rendering.octets(row, head)
    return len(rows) / (time.process_time() - began)


async def _send(port: int) -> tuple[bytes, float]:
    """The octets of one mail, and how many the outbox sends in a second."""
    rows = await database.fetch("SELECT * FROM message LIMIT 1")
    head = rendering.letterhead(Settings())
    octets = rendering.octets(rows[0], head)
    sender = SmtpSender(host="127.0.0.1", port=port, tls="none", connections=2)
    postman = delivery.Postman(sender, head=head, in_flight=2)
    began = time.perf_counter()
    await postman.send_due(clock.now())
    took = time.perf_counter() - began
    await postman.stop()
    (row,) = await database.fetch("SELECT count(*) AS sent FROM message WHERE state = 'sent'")
    return octets, row["sent"] / took


async def _bare(port: int, octets: bytes) -> float:
    import aiosmtplib

    async def one(count: int) -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await client.connect()
        for _ in range(count):
            await client.sendmail("academy@localhost", ["ana@council.example"], octets)
        await client.quit()

    began = time.perf_counter()
    await asyncio.gather(one(INVITES // 2), one(INVITES // 2))
    return INVITES / (time.perf_counter() - began)


def _feeds() -> None:
    with academy_of("SQLite") as settings:
        sample = seeds.inside(settings, seeds.sample)
        with Served(settings, ACADEMY_SCHEDULER="0") as server:
            rows: list[list[Cell]] = []
            for name, path in (("public feed of 50 dates", "/calendar.ics"), ("personal feed", sample.feed)):
                tag = asyncio.run(_tag(server.port, path))
                for what, headers in (("", {}), (", not changed (304)", {"If-None-Match": tag})):
                    octets = request("GET", path, headers=headers)
                    ask(warm(server.port, [octets]))
                    outcome = ask(Plan([server.port], [octets], seconds=1.0))
                    answered = ", ".join(outcome.statuses)
                    rows.append([name + what, outcome.per_second, milliseconds(outcome.within(0.99)), answered])
    title("Calendar feeds", "one server process on SQLite, 16 connections")
    table(["", "per second", "p99", "status"], rows)


async def _tag(port: int, path: str) -> str:
    connection = await Connection.open(port)
    answer = await connection.ask(request("GET", path))
    connection.close()
    return answer.header("etag")
