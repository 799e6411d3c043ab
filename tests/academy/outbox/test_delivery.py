"""Sending through a real mail server that refuses, hangs, and loses its answers."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from academy import database as room
from academy.audit.service import About
from academy.outbox import delivery, rendering, rules, service
from academy.outbox.delivery import Postman
from academy.outbox.smtp import Receipt, SmtpSender
from academy.outbox.tables import Message, MessageState
from academy.people import service as people
from academy.people.queries import Contact
from academy.people.tables import EmailAddress
from tests.support.sink import Sink

HEAD = rendering.Letterhead(
    address="https://academy.example.org",
    mail_from="academy@academy.example.org",
    organisation="Example Society",
    brand="#4b2e83",
)


def letter(address: str, *, key: str = "", thread: str = "", number: int = 0, **changed: Any) -> service.Letter:
    given = {
        "kind": "already-registered",
        "key": key or f"test:{uuid4()}",
        "to": Contact(changed.pop("person", None), "Ana Petrova", address, "Europe/London"),
        "context": {"cohort": "Top Talent", "status": "You have a place.", "manage_path": "/r/x"},
        "about": About("cohort", UUID(int=1), "Top Talent"),
        "thread": thread,
        "number": number,
    }
    return service.Letter(**(given | changed))


def postman(sink: Sink, *, in_flight: int = 3, timeout: float = 30, **changed: Any) -> Postman:
    sender = SmtpSender(host="127.0.0.1", port=sink.port, tls="none", connections=in_flight, timeout=timeout)
    return Postman(sender, head=HEAD, in_flight=in_flight, **changed)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the mail server is in another thread
            await asyncio.sleep(0.02)


async def states() -> dict[str, str]:
    rows = await Message.select(Message.to_address, Message.state).order_by(Message.to_address)
    return {row["to_address"]: row["state"] for row in rows}


async def row(address: str) -> dict[str, Any]:
    found = await Message.select().where(Message.to_address == address).order_by(Message.number).first()
    assert found is not None
    return found


async def test_a_mail_leaves_once(database: room.Engine, sink: Sink, now: datetime) -> None:
    await service.queue_many([letter("a@x.example", key="test:once"), letter("b@x.example")], now=now)
    await service.queue_many([letter("a@x.example", key="test:once")], now=now)
    post = postman(sink)

    await post.send_due(now)
    await post.send_due(now + timedelta(minutes=5))
    await post.stop()

    assert await states() == {"a@x.example": "sent", "b@x.example": "sent"}
    assert sorted(each.to for each in sink.taken) == ["a@x.example", "b@x.example"]
    sent = await row("a@x.example")
    assert sink.to("a@x.example")[0].message_id == f"<{sent['message_id']}@academy.example.org>"
    assert (sent["attempts"], sent["lease"], sent["lease_until"]) == (1, "", None)


async def test_what_is_rolled_back_is_never_sent(database: room.Engine, sink: Sink, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        async with room.transaction():
            await service.queue_many([letter("a@x.example")], now=now)
            raise RuntimeError
    post = postman(sink)

    await post.send_due(now)
    await post.stop()

    assert sink.taken == []


async def test_a_greylisting_server_gets_the_same_octets_later(
    database: room.Engine, sink: Sink, now: datetime
) -> None:
    await service.queue_many([letter("a@x.example")], now=now)
    sink.plans["a@x.example"] = ["451", "lose"]
    post = postman(sink)

    await post.send_due(now)
    refused = await row("a@x.example")
    await post.send_due(now + timedelta(seconds=10))  # too early
    tries = sink.tries
    await post.send_due(now + timedelta(seconds=16))
    await post.send_due(now + timedelta(minutes=2))
    await post.stop()

    assert (refused["state"], refused["error"], tries) == ("queued", "451 not now", 1)
    assert now + timedelta(seconds=11) <= refused["next_attempt_at"] <= now + timedelta(seconds=16)
    first, second = sink.taken
    assert (first.acknowledged, second.acknowledged) == (False, True)
    assert first.octets == second.octets
    assert await states() == {"a@x.example": "sent"}


async def test_sending_once_without_rows_loses_what_is_greylisted(sink: Sink) -> None:
    """The control: fire and forget, as it would be without an outbox."""
    sink.plans["a@x.example"] = ["451"]
    sender = SmtpSender(host="127.0.0.1", port=sink.port, tls="none")

    await asyncio.gather(
        sender.send(b"Subject: x\r\n\r\nx\r\n", envelope_from="a@b.example", to="a@x.example"), return_exceptions=True
    )
    await sender.aclose()

    assert sink.taken == []


async def test_a_refusal_is_final_and_flags_the_address(database: room.Engine, sink: Sink, now: datetime) -> None:
    person = await people.find_or_create(name="Ana Petrova", address="Ana@X.example", now=now)
    await service.queue_many([letter("ana@x.example", person=person), letter("b@x.example")], now=now)
    sink.always["ana@x.example"] = "550"
    post = postman(sink)

    await post.send_due(now)
    await post.send_due(now + timedelta(hours=2))
    await post.stop()

    failed = await row("ana@x.example")
    assert await states() == {"ana@x.example": "failed", "b@x.example": "sent"}
    assert (failed["attempts"], failed["error"]) == (1, "550 5.1.1 no such mailbox")
    flagged = await EmailAddress.select(EmailAddress.bounced_at, EmailAddress.bounce_reason).order_by(EmailAddress.id)
    assert [each["bounce_reason"] for each in flagged] == ["550 5.1.1 no such mailbox"]


async def test_mail_that_cannot_be_written_is_parked_and_the_rest_goes_on(
    database: room.Engine, sink: Sink, now: datetime
) -> None:
    broken = letter("a@x.example", context={"cohort": "Top Talent"}, deadline=now + timedelta(hours=1))
    unknown = letter("b@x.example", kind="no-such-letter")
    await service.queue_many([broken, unknown, letter("c@x.example")], now=now)
    post = postman(sink, in_flight=1)

    await post.send_due(now)
    await post.stop()

    assert await states() == {"a@x.example": "failed", "b@x.example": "failed", "c@x.example": "sent"}
    assert (await row("a@x.example"))["error"] == (
        "The mail could not be written. WrongContext: already-registered: "
        "missing ['manage_link', 'status'], not known []"
    )


async def test_a_hanging_server_holds_back_one_mail_and_not_the_rest(
    database: room.Engine, sink: Sink, now: datetime
) -> None:
    # The one that hangs has the soonest deadline, so it is taken first.
    await service.queue_many([letter("hang@x.example", deadline=now + timedelta(minutes=10))], now=now)
    await service.queue_many([letter(f"p{n}@x.example") for n in range(30)], now=now)
    sink.always["hang@x.example"] = "hang"
    post = postman(sink, in_flight=2, timeout=8)

    await post.start(now)
    await until(lambda: len(sink.taken) == 30)
    others = (await row("hang@x.example"))["state"]
    await service.queue_many([letter("late@x.example")], now=now)
    await post.start(now)
    await until(lambda: bool(sink.to("late@x.example")))
    late = (await row("hang@x.example"))["state"]
    await post.send_due(now)
    hung = await row("hang@x.example")
    await post.stop()

    assert (others, late) == ("sending", "sending")
    assert (hung["state"], hung["error"]) == ("queued", "The mail server did not answer in time.")


async def test_one_after_the_other_would_wait_for_the_hanging_one(
    database: room.Engine, sink: Sink, now: datetime
) -> None:
    """The control: with a single pair of hands the others wait until the time-out."""
    await service.queue_many([letter("hang@x.example", deadline=now + timedelta(minutes=10))], now=now)
    await service.queue_many([letter("p@x.example")], now=now)
    sink.always["hang@x.example"] = "hang"
    post = postman(sink, in_flight=1, timeout=1)
    began = asyncio.get_running_loop().time()

    await post.send_due(now)
    await post.stop()

    assert [each.to for each in sink.taken] == ["p@x.example"]
    assert asyncio.get_running_loop().time() - began > 0.9


async def test_no_more_than_three_are_under_way(database: room.Engine, sink: Sink, now: datetime) -> None:
    await service.queue_many([letter(f"p{n}@x.example") for n in range(9)], now=now)
    sink.delay = 0.3
    post = postman(sink)

    await asyncio.gather(*(post.send_due(now) for _ in range(5)))
    await post.stop()

    assert (sink.most_at_once, len(sink.taken)) == (3, 9)


async def test_two_workers_share_the_mails_and_double_none(database: room.Engine, sink: Sink, now: datetime) -> None:
    await service.queue_many([letter(f"p{n}@x.example") for n in range(60)], now=now)
    first, second = postman(sink), postman(sink)

    await asyncio.gather(first.send_due(now), second.send_due(now))
    await asyncio.gather(first.stop(), second.stop())

    assert sorted(each.to for each in sink.taken) == sorted(f"p{n}@x.example" for n in range(60))
    assert set((await states()).values()) == {"sent"}


async def test_a_claim_race_has_one_winner(database: room.Engine, now: datetime) -> None:
    await service.queue_many([letter(f"p{n}@x.example") for n in range(10)], now=now)

    claims = await asyncio.gather(*(delivery.claim(now=now, up_to=now + timedelta(days=9)) for _ in range(25)))

    won = [each["id"] for each in claims if each is not None]
    # On PostgreSQL somebody may step aside for a row that another one takes; nobody gets the same.
    assert len(set(won)) == len(won) <= 10
    while (more := await delivery.claim(now=now, up_to=now + timedelta(days=9))) is not None:
        won.append(more["id"])
    assert len(set(won)) == len(won) == 10


async def test_the_mails_of_one_thread_leave_in_their_order(database: room.Engine, sink: Sink, now: datetime) -> None:
    # The later version has the sooner deadline; it waits all the same.
    await service.queue_many([letter("a@x.example", thread="event:1:a", number=0)], now=now)
    await service.queue_many(
        [letter("a@x.example", thread="event:1:a", number=1, deadline=now + timedelta(hours=1))], now=now
    )
    sink.plans["a@x.example"] = ["451"]
    post = postman(sink)

    await post.send_due(now)
    assert sink.taken == []
    await post.send_due(now + timedelta(seconds=20))
    await post.stop()

    order = {each["message_id"]: each["number"] for each in await Message.select().order_by(Message.number)}
    assert [order[each.message_id[1:37]] for each in sink.taken] == [0, 1]


async def test_what_a_dead_worker_held_is_free_after_a_minute(database: room.Engine, sink: Sink, now: datetime) -> None:
    await service.queue_many([letter("a@x.example")], now=now)
    held = await delivery.claim(now=now, up_to=now + timedelta(days=9))
    post = postman(sink)

    await post.send_due(now + timedelta(seconds=59))
    before = len(sink.taken)
    await post.send_due(now + timedelta(seconds=60))
    await post.stop()

    assert held is not None
    assert (before, len(sink.taken)) == (0, 1)
    assert (await row("a@x.example"))["attempts"] == 2


async def test_a_worker_whose_lease_is_gone_writes_nothing(database: room.Engine, now: datetime) -> None:
    await service.queue_many([letter("a@x.example")], now=now)
    old = await delivery.claim(now=now, up_to=now + timedelta(days=9))
    new = await delivery.claim(now=now + rules.LEASE, up_to=now + timedelta(days=9))
    assert old is not None and new is not None
    post = Postman(Taker(), head=HEAD)

    await post._settle(old, MessageState.FAILED, now, error="too late to say so")
    kept = await row("a@x.example")
    await post._settle(new, MessageState.SENT, now)

    assert (kept["state"], kept["error"], kept["lease"]) == ("sending", "", new["lease"])
    assert await states() == {"a@x.example": "sent"}


async def test_mail_is_given_up_at_its_deadline(database: room.Engine, sink: Sink, now: datetime) -> None:
    starts = now + timedelta(hours=1)
    await service.queue_many([letter("a@x.example", deadline=starts), letter("b@x.example")], now=now)
    sink.always |= {"a@x.example": "451", "b@x.example": "451"}
    post = postman(sink)

    tried = now
    while tried < starts:
        await post.send_due(tried)
        tried += timedelta(seconds=30)
    last = (await row("a@x.example"))["attempts"]
    await post.send_due(starts)
    await post.send_due(starts + timedelta(minutes=31))
    await post.stop()

    assert await states() == {"a@x.example": "expired", "b@x.example": "queued"}
    assert (await row("a@x.example"))["attempts"] == last
    assert (await row("b@x.example"))["deadline_at"] == now + timedelta(hours=72)


async def test_a_dead_server_is_left_alone_and_costs_few_mails_their_turn(
    database: room.Engine, sink: Sink, now: datetime
) -> None:
    await service.queue_many([letter(f"p{n}@x.example") for n in range(100)], now=now)
    dead = Postman(SmtpSender(host="127.0.0.1", port=1, tls="none", connections=3), head=HEAD, in_flight=3)

    await dead.send_due(now)
    tried = await Message.count().where(Message.attempts > 0)
    await dead.stop()
    alive = postman(sink)
    await alive.send_due(now + timedelta(seconds=16))
    await alive.stop()

    assert tried <= 6
    assert len(sink.taken) == 100


async def test_a_clock_that_was_set_back_holds_nothing_up(database: room.Engine, sink: Sink, now: datetime) -> None:
    await service.queue_many([letter("a@x.example"), letter("b@x.example")], now=now - timedelta(days=1))
    await delivery.claim(now=now, up_to=now + timedelta(days=9))
    sink.plans["b@x.example"] = sink.plans["a@x.example"] = ["451"]
    post = postman(sink)
    await post.send_due(now)
    sink.plans.clear()

    await post.send_due(now - timedelta(hours=20))
    await post.stop()

    assert await states() == {"a@x.example": "sent", "b@x.example": "sent"}


async def test_a_minute_holds_so_many_mails_and_keeps_some_for_the_urgent(
    database: room.Engine, sink: Sink, now: datetime
) -> None:
    await service.queue_many([letter(f"p{n}@x.example") for n in range(30)], now=now)
    sign_in = letter(
        "urgent@x.example",
        kind="sign-in-link",
        context={"link": "/sign-in/secret", "minutes": 10},
        deadline=now + timedelta(minutes=10),
    )
    one, other = (postman(sink, in_flight=1, per_minute=10) for _ in range(2))

    await one.send_due(now)
    normal = len(sink.taken)
    await service.queue_many([sign_in], now=now)
    await other.send_due(now + timedelta(seconds=2))
    with_urgent = [each.to for each in sink.taken]
    await one.send_due(now + timedelta(seconds=70))
    await asyncio.gather(one.stop(), other.stop())

    assert normal == 8
    assert with_urgent[8:] == ["urgent@x.example"]
    assert len(sink.taken) == 17
    assert (await row("urgent@x.example"))["context"] == ""


class Taker:
    """Takes everything, and asks whether a transaction is open meanwhile."""

    def __init__(self) -> None:
        self.open: list[bool] = []

    async def send(self, octets: bytes, *, envelope_from: str, to: str) -> Receipt:
        self.open.append(room.current().current_transaction.get() is not None)
        return Receipt(250, "taken")

    async def aclose(self) -> None:
        pass


async def test_no_transaction_is_open_while_mail_is_sent(database: room.Engine, now: datetime) -> None:
    await service.queue_many([letter("a@x.example")], now=now)
    taker = Taker()

    await Postman(taker, head=HEAD).send_due(now)

    assert taker.open == [False]


async def test_stopping_waits_for_the_mail_under_way(database: room.Engine, sink: Sink, now: datetime) -> None:
    await service.queue_many([letter(f"p{n}@x.example") for n in range(10)], now=now)
    sink.delay = 0.2
    post = postman(sink, in_flight=1)

    await post.start(now)
    await asyncio.sleep(0.1)
    await post.stop()

    found = list((await states()).values())
    assert (found.count("sent"), found.count("sending"), found.count("queued")) == (
        len(sink.taken),
        0,
        10 - len(sink.taken),
    )
    assert 1 <= len(sink.taken) <= 2
