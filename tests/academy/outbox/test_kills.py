"""Kill -9 while mail is sent: nothing is lost, and what goes out twice is the same mail."""

import asyncio
import signal
from collections import Counter
from datetime import datetime, timedelta

import pytest

from academy import clock
from academy import database as room
from academy.invites import service as invites
from academy.outbox.tables import Message
from academy.people import service as people
from academy.settings import Settings
from tests.support.sink import Sink
from tests.support.workers import Workers, wait_until

PEOPLE, IN_FLIGHT, WORKERS, KILLS = 40, 2, 2, 10
PATIENCE = 180
"""Half seconds."""


async def three_versions(now: datetime) -> int:
    """Invite everybody, move the session, cancel it: three mails to each, which must leave in this order."""
    ids = await people.find_or_create_many(
        [people.NewPerson(name=f"Person {n}", address=f"p{n}@x.example") for n in range(PEOPLE)], now
    )
    event = await invites.create_event(
        title="Day one",
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=3),
        place="County Hall",
        now=now,
    )
    await invites.invite(event, ids, now=now)
    await invites.change_event(event, now=now, place="Town Hall")
    await invites.cancel_event(event, reason="Snow", now=now)
    return await Message.count()


async def unsent() -> list[dict[str, str]]:
    return await Message.select(Message.state).where(Message.state != "sent")


@pytest.mark.slow
async def test_kills_lose_nothing_and_double_only_what_was_under_way(
    database: room.Engine, settings: Settings, sink: Sink
) -> None:
    written = await three_versions(clock.now())
    addresses = [f"p{n}@x.example" for n in range(PEOPLE)]
    for number, address in enumerate(addresses):
        sink.plans[address] = [["451"], ["lose"], [], [], ["451", "lose"], []][number % 6].copy()
    sink.delay = 0.01
    environ = {
        "ACADEMY_DATABASE_URL": settings.database_url,
        "ACADEMY_DATA_DIR": str(settings.data_dir),
        "ACADEMY_SMTP_HOST": "127.0.0.1",
        "ACADEMY_SMTP_PORT": str(sink.port),
        "ACADEMY_SMTP_TLS": "none",
        "ACADEMY_MAIL_PER_MINUTE": "99999",
        "ACADEMY_MAIL_CONNECTIONS": str(IN_FLIGHT),
    }

    workers = await asyncio.to_thread(Workers, environ, count=WORKERS, seed=1)

    def kill() -> None:
        wait_until(lambda: bool(sink.taken), seconds=20)
        for number in range(1, KILLS + 1):  # spread over the sending, whatever the speed of the machine
            so_many = number * written // (KILLS + 1)
            wait_until(lambda so_many=so_many: len(sink.taken) >= so_many, seconds=10)
            workers.kill_one()
        wait_until(lambda: len({each.message_id for each in sink.taken}) == written, seconds=60)

    try:
        await asyncio.to_thread(kill)
        for _ in range(PATIENCE):  # what was taken just before a kill is known as sent once its lease is over
            if not await unsent():
                break
            await asyncio.sleep(0.5)
    finally:
        codes = await asyncio.to_thread(workers.stop)

    copies = Counter(each.message_id for each in sink.taken)
    twice = sum(copies.values()) - len(copies)
    assert len(copies) == written == 3 * PEOPLE
    assert twice <= sink.lost_acknowledgements + KILLS * IN_FLIGHT
    for message_id in copies:
        assert len({each.octets for each in sink.taken if each.message_id == message_id}) == 1
    methods = {address: first_copies(sink, address) for address in addresses}
    assert methods == {address: ["REQUEST 0", "REQUEST 1", "CANCEL 2"] for address in addresses}
    assert await unsent() == []
    assert set(codes) <= {0, -signal.SIGTERM}  # one that had only just been started knows no signals yet


def first_copies(sink: Sink, address: str) -> list[str]:
    """What calendars got, in order, each mail once."""
    seen: dict[str, str] = {}
    for each in sink.to(address):
        if each.message_id not in seen:
            part = next(part for part in each.mail.walk() if part.get_content_type() == "text/calendar")
            lines = part.get_payload(decode=True).decode().split("\r\n")
            facts = dict(line.split(":", 1) for line in lines if ":" in line)
            seen[each.message_id] = f"{facts['METHOD']} {facts['SEQUENCE']}"
    return list(seen.values())
