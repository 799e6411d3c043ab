"""The server is killed at random moments while people register; their programs ask again until they are answered."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import msgspec

from academy import clock, database
from academy.settings import Settings
from benchmarks import seeds
from benchmarks.asking import Connection, Gone, request
from benchmarks.printing import line, median, percentile, table, title
from benchmarks.servers import FULL, Served, academy_of
from tests.support.makers import a_cohort, a_programme

KILLS = 50 if FULL else 10
BOOKINGS_A_KILL = 30
AT_ONCE = 8


class Killed(msgspec.Struct, frozen=True, kw_only=True):
    """What was left after the kills."""

    kills: int
    acknowledged: int
    repeated: int
    """Requests that were sent again, because no answer had come."""
    lost: int
    """Acknowledged and not in the table."""
    doubled: int
    """People with two enrolments, or mails of which there are two."""
    half: int
    """Enrolments without their mail or their invite, and the other way round."""
    intact: bool
    """What SQLite's own check says, or that PostgreSQL answers."""
    ready: list[float]
    """Seconds from each start to ready."""

    @property
    def right(self) -> bool:
        return not (self.lost or self.doubled or self.half) and self.intact


def kill_while_people_register(settings: Settings, *, kills: int, seed: int = 0) -> Killed:
    """Kill -9 so many times, at moments that are drawn by lot, while everybody registers with an Idempotency-Key."""
    places = BOOKINGS_A_KILL * kills
    code, tokens = seeds.inside(settings, lambda: _cohort(places))
    server = Served(settings)
    lots = random.Random(seed)
    done = threading.Event()
    acknowledged: list[dict[str, str]] = []
    ready = [server.ready_in]
    killed = 0

    def kill() -> None:
        nonlocal killed
        for number in range(1, kills + 1):
            while len(acknowledged) < number * places // (kills + 1) and not done.is_set():
                time.sleep(0.002)
            time.sleep(lots.uniform(0, 0.03))
            server.kill()
            killed += 1
            server.start()
            ready.append(server.ready_in)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        repeated = asyncio.run(_register(server.port, code, tokens, acknowledged))
    finally:
        done.set()
        killer.join()
        server.stop()
    lost, doubled, half = seeds.inside(settings, lambda: _left(code, acknowledged))
    return Killed(
        kills=killed,
        acknowledged=len(acknowledged),
        repeated=repeated,
        lost=lost,
        doubled=doubled,
        half=half,
        intact=_intact(settings),
        ready=ready,
    )


async def _cohort(places: int) -> tuple[str, list[str]]:
    now = clock.now()
    programme = await a_programme(name=f"Killed {uuid4().hex[:8]}", now=now)
    code = f"kill-{uuid4().hex[:12]}"
    starts_at = now + timedelta(days=9)
    await a_cohort(programme=programme, code=code, capacity=places // 2, sessions=1, starts_at=starts_at, now=now)
    return code, await seeds.newcomers_with_tokens(places)


async def _register(port: int, code: str, tokens: list[str], into: list[dict[str, str]]) -> int:
    """Everybody registers, a few at a time; who gets no answer sends the same again."""
    repeated = 0
    left = iter(tokens)

    async def one() -> None:
        nonlocal repeated
        for token in left:
            headers = {"Idempotency-Key": uuid4().hex}
            octets = request("POST", f"/api/cohorts/{code}/enrolments", token=token, headers=headers)
            while True:
                try:
                    connection = await Connection.open(port)
                    answer = await asyncio.wait_for(connection.ask(octets), 60)
                    connection.close()
                    if answer.status == 201:
                        into.append(msgspec.json.decode(answer.body))
                        break
                except (Gone, OSError, TimeoutError):
                    pass
                repeated += 1
                await asyncio.sleep(0.02)

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return repeated


async def _left(code: str, acknowledged: list[dict[str, str]]) -> tuple[int, int, int]:
    """Lost, doubled and half-done registrations."""
    rows = await database.fetch(
        "SELECT e.id, e.person, e.status, "
        "(SELECT count(*) FROM message m WHERE m.person = e.person AND m.about_kind = 'cohort') AS told, "
        "(SELECT count(*) FROM invitee i WHERE i.person = e.person) AS invited, "
        "(SELECT count(*) FROM message m WHERE m.person = e.person AND m.about_kind = 'event') AS sent, "
        "(SELECT count(*) FROM enrolment_change h WHERE h.enrolment = e.id) AS changes "
        "FROM enrolment e JOIN cohort c ON c.id = e.cohort WHERE c.code = {}",
        code,
    )
    there = {str(row["id"]): row["status"] for row in rows}
    lost = sum(there.get(one["enrolment"]) != one["status"] for one in acknowledged)
    doubled = len(rows) - len({row["person"] for row in rows})
    half = 0
    for row in rows:
        invited = 1 if row["status"] == "enrolled" else 0
        doubled += row["told"] > 1 or row["sent"] > 1
        half += (row["told"], row["invited"], row["sent"], row["changes"]) != (1, invited, invited, 1)
    return lost, doubled, half


def _intact(settings: Settings) -> bool:
    if settings.uses_postgres:
        return True
    with closing(sqlite3.connect(settings.data_dir / "academy.sqlite3")) as connection:
        (told,) = connection.execute("PRAGMA integrity_check").fetchone()
        return told == "ok" and not connection.execute("PRAGMA foreign_key_check").fetchall()


def run() -> None:
    title("Kill -9 while people register", "the mail goes into files meanwhile")
    with academy_of("SQLite") as settings:
        done = kill_while_people_register(settings, kills=KILLS)
    table(
        ["kills", "acknowledged", "asked again", "lost", "doubled", "half done", "file", "ready p50", "most", ""],
        [
            [
                done.kills,
                done.acknowledged,
                done.repeated,
                done.lost,
                done.doubled,
                done.half,
                "ok" if done.intact else "DAMAGED",
                f"{median(done.ready):.2f} s",
                f"{percentile(done.ready, 1):.2f} s",
                "right" if done.right else "WRONG",
            ]
        ],
    )
    line("Kills while mails are sent: python -m benchmarks.outbox_kill 1000 10")
