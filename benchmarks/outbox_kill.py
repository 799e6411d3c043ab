"""The outbox under fire: many invites, a mail server with faults, and workers that are killed.

    python -m benchmarks.outbox_kill [invites=10000] [kills=50]

Prints one JSON object. The mail server answers 10 % of tries with 4xx, refuses 3 % of people for good, hangs on 0.5 %,
breaks the connection after taking 2 % (the lost acknowledgements) and before taking 4.5 %, and greylists everybody for
a second. Set ACADEMY_DATABASE_URL to measure on PostgreSQL (an empty, migrated database).
"""

import asyncio
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from academy import clock, database
from academy.database.migrate import migrate
from academy.invites import service as invites
from academy.outbox.tables import Message
from academy.people import service as people
from academy.settings import Settings, from_environment
from tests.support.sink import Sink, Taken, running_sink
from tests.support.workers import Workers, wait_until

WORKERS, IN_FLIGHT = 2, 2
PEOPLE_AN_EVENT = 100


class FaultySink(Sink):
    """Answers by lot. Each address is told to come back a second later at first."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.lots = random.Random(7)  # noqa: S311
        self.first_seen: dict[str, float] = {}
        self.octets_of: dict[str, bytes] = {}
        self.copies: Counter[str] = Counter()
        self.differing = 0

    async def _act(self, act: str, to: str, octets: bytes, server: Any) -> str:
        if to.startswith("dead"):
            return "550 5.1.1 no such mailbox"
        if time.monotonic() - self.first_seen.setdefault(to, time.monotonic()) < 1:
            return "451 greylisted, come back"
        lot = self.lots.random()
        if lot < 0.10:
            return "450 not now"
        if lot < 0.105:
            return await super()._act("hang", to, octets, server)
        if lot < 0.15:
            server.transport.abort()
            return "421 gone"
        taken = Taken(to, octets, acknowledged=lot >= 0.17)
        with self._lock:
            known = self.octets_of.setdefault(taken.message_id, octets)
            self.differing += known != octets
            self.copies[taken.message_id] += 1
            self.lost_acknowledgements += not taken.acknowledged
        if not taken.acknowledged:
            server.transport.abort()
        return "250 taken"


async def write(settings: Settings, wanted: int) -> tuple[int, int]:
    """Queue the invites. Returns how many there are, and how many go to dead mailboxes."""
    now = clock.now()
    engine = database.connect(settings)
    database.use(engine)
    await database.open(engine)
    try:
        names = [("dead" if number % 33 == 0 else "p") + f"{number}@x.example" for number in range(wanted)]
        ids = await people.find_or_create_many([people.NewPerson(name="Ana", address=name) for name in names], now)
        for start in range(0, wanted, PEOPLE_AN_EVENT):
            event = await invites.create_event(
                title="Day one", starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=3), now=now
            )
            await invites.invite(event, ids[start : start + PEOPLE_AN_EVENT], now=now)
        return await Message.count(), sum(name.startswith("dead") for name in names)
    finally:
        await database.close(engine)


async def states(settings: Settings) -> dict[str, int]:
    engine = database.connect(settings)
    database.use(engine)
    await database.open(engine)
    try:
        rows = await database.fetch("SELECT state, count(*) AS n FROM message GROUP BY state")
        return {row["state"]: row["n"] for row in rows}
    finally:
        await database.close(engine)


def main(wanted: int, kills: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        given = from_environment()
        settings = Settings(data_dir=Path(folder), database_url=given.database_url)
        asyncio.run(migrate(settings))
        began = time.monotonic()
        written, dead = asyncio.run(write(settings, wanted))
        queued_in = time.monotonic() - began
        with running_sink(make=FaultySink) as sink:
            assert isinstance(sink, FaultySink)
            environ = {
                "ACADEMY_DATABASE_URL": settings.database_url,
                "ACADEMY_DATA_DIR": folder,
                "ACADEMY_SMTP_HOST": "127.0.0.1",
                "ACADEMY_SMTP_PORT": str(sink.port),
                "ACADEMY_SMTP_TLS": "none",
                "ACADEMY_MAIL_PER_MINUTE": "999999",
                "ACADEMY_MAIL_CONNECTIONS": str(IN_FLIGHT),
                "TEST_LEASE": "10",
                "TEST_TIMEOUT": "5",
            }
            began = time.monotonic()
            workers = Workers(environ, count=WORKERS, seed=3)
            over = threading.Event()

            def killer() -> None:
                for kill in range(1, kills + 1):
                    so_many = kill * (written - dead) // (kills + 1)
                    wait_until(lambda so_many=so_many: over.is_set() or len(sink.copies) >= so_many, seconds=60)
                    if not over.is_set():
                        workers.kill_one()

            thread = threading.Thread(target=killer)
            thread.start()
            arrived = wait_until(lambda: len(sink.copies) >= written - dead, seconds=1800)
            took = time.monotonic() - began
            over.set()
            thread.join()
            wait_until(lambda: not {"queued", "sending"} & set(asyncio.run(states(settings))), seconds=120)
            workers.stop()
            doubled = sum(sink.copies.values()) - len(sink.copies)
            return {
                "database": "postgresql" if settings.uses_postgres else "sqlite",
                "invites": written,
                "queued_per_second": round(written / queued_in),
                "all_arrived": arrived,
                "lost": written - dead - len(sink.copies),
                "dead_mailboxes": dead,
                "seconds": round(took, 1),
                "per_second": round((written - dead) / took, 1),
                "kills": workers.kills,
                "lost_acknowledgements": sink.lost_acknowledgements,
                "doubled": doubled,
                "doubled_at_most": sink.lost_acknowledgements + workers.kills * IN_FLIGHT,
                "doubled_share": round(doubled / written, 4),
                "copies_that_differ": sink.differing,
                "most_at_once": sink.most_at_once,
                "states": asyncio.run(states(settings)),
            }


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[1:]]
    print(json.dumps(main(*arguments, *(10_000, 50)[len(arguments) :]), indent=2))  # noqa: T201
