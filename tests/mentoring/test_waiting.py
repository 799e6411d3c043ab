"""Rows that wait are worked on by one process at a time, say how far they are, and survive whoever dies over them."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from academy import database as room
from academy.errors import DomainError
from mentoring import waiting
from mentoring.profiles.tables import ProfileImport, Side
from mentoring.waiting import LEASE, Kind, Told, WorkState
from tests.conftest import Clock
from tests.support.makers import a_round

pytestmark = pytest.mark.usefixtures("database", "clock")
Do = Callable[[UUID, Told], Awaitable[Mapping[str, Any]]]


def kind(do: Do) -> Kind:
    return Kind(ProfileImport, do, "It broke.")


async def a_row(now: datetime, *, state: WorkState = WorkState.WAITING, **values: Any) -> UUID:
    made = ProfileImport(
        round=await a_round(now=now),
        side=Side.MENTOR,
        file_name="list.csv",
        brought_at=now,
        state=state,
        asked_at=now,
        **values,
    )
    await ProfileImport.insert(made)
    return UUID(str(made.id))


async def row(id: UUID) -> dict[str, Any]:
    (found,) = await ProfileImport.select().where(ProfileImport.id == id)
    return found


async def adds_three(_: UUID, told: Told) -> Mapping[str, Any]:
    told(1.0)
    return {"added": 3}


async def test_what_comes_out_is_kept_with_the_row(now: datetime) -> None:
    waits = await a_row(now)

    assert await waiting.work(kind(adds_three), waits, now=now)

    kept = await row(waits)
    assert (kept["state"], kept["progress"], kept["added"], kept["done_at"], kept["leased_until"]) == (
        "ready",
        100,
        3,
        now,
        None,
    )


async def test_what_is_done_is_not_done_again(now: datetime) -> None:
    waits = await a_row(now)
    await waiting.work(kind(adds_three), waits, now=now)

    assert not await waiting.work(kind(adds_three), waits, now=now)


async def test_a_refusal_is_kept_in_its_sentence(now: datetime) -> None:
    async def refuse(_: UUID, __: Told) -> Mapping[str, Any]:
        raise DomainError("The round is closed.")

    waits = await a_row(now)

    assert await waiting.work(kind(refuse), waits, now=now)

    kept = await row(waits)
    assert (kept["state"], kept["problem"], kept["added"]) == ("failed", "The round is closed.", None)


async def test_a_mistake_of_ours_is_raised_and_the_row_says_that_it_broke(now: datetime) -> None:
    async def breaks(_: UUID, __: Told) -> Mapping[str, Any]:
        raise ZeroDivisionError

    waits = await a_row(now)

    with pytest.raises(ZeroDivisionError):
        await waiting.work(kind(breaks), waits, now=now)

    kept = await row(waits)
    assert (kept["state"], kept["problem"], kept["leased_until"]) == ("failed", "It broke.", None)


# -------------------------------------------------------------------- the lease
class Slow:
    """Work that goes on until it is let go, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.first = asyncio.Event()
        self.enough = asyncio.Event()
        self.go_on = asyncio.Event()

    async def do(self, _: UUID, told: Told) -> Mapping[str, Any]:
        self.begun += 1
        self.first.set()
        if self.begun == waiting.AT_ONCE:
            self.enough.set()
        told(0.5)
        await self.go_on.wait()
        return {"added": self.begun}


async def test_of_two_processes_one_does_the_work(now: datetime) -> None:
    waits, slow = await a_row(now), Slow()

    first = asyncio.create_task(waiting.work(kind(slow.do), waits, now=now))
    second = asyncio.create_task(waiting.work(kind(slow.do), waits, now=now))
    done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    slow.go_on.set()

    assert [each.result() for each in done] == [False]
    assert {await first, await second} == {True, False}
    assert slow.begun == 1


async def test_without_the_lease_both_would_do_it(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, slow = await a_row(now), Slow()
    slow.go_on.set()
    always = room.compiled_sql(
        "UPDATE profile_import SET state = 'working', leased_until = :until "
        "WHERE id = :row AND brought_at <= :now RETURNING id"
    )
    statements = waiting._statements("profile_import")
    monkeypatch.setattr(waiting, "_statements", lambda _: msgspec.structs.replace(statements, lease=always))

    await asyncio.gather(*(waiting.work(kind(slow.do), waits, now=now) for _ in range(2)))

    assert slow.begun == 2


async def test_who_dies_over_a_row_loses_it_and_the_next_minute_it_is_taken_up(now: datetime) -> None:
    lost = await a_row(now, state=WorkState.WORKING, leased_until=now + LEASE)
    kinds = [kind(adds_three)]

    assert await waiting.take_up(kinds, now + LEASE - timedelta(seconds=1)) == 0
    assert await waiting.take_up(kinds, now + LEASE) == 1
    assert await waiting.take_up(kinds, now + LEASE) == 0
    assert (await row(lost))["added"] == 3


async def test_what_nobody_has_begun_is_taken_up_in_the_order_in_which_it_was_asked_for(now: datetime) -> None:
    later = await a_row(now + timedelta(minutes=1))
    earlier = await a_row(now)
    order: list[UUID] = []

    async def noted(id: UUID, _: Told) -> Mapping[str, Any]:
        order.append(id)
        return {}

    assert await waiting.take_up([kind(noted)], now + timedelta(minutes=2)) == 2
    assert order == [earlier, later]


async def test_what_nobody_asked_for_is_left_alone(now: datetime) -> None:
    await ProfileImport.update({ProfileImport.state: ""}).where(ProfileImport.id == await a_row(now))

    assert await waiting.take_up([kind(adds_three)], now) == 0


async def test_a_process_that_stops_gives_its_rows_back_and_the_next_takes_them_up_at_once(now: datetime) -> None:
    waits, slow = await a_row(now), Slow()
    waiting.start(kind(slow.do), waits)
    await asyncio.wait_for(slow.first.wait(), 10)

    await waiting.stop()

    assert (await row(waits))["state"] == "waiting"
    assert await waiting.take_up([kind(adds_three)], now) == 1
    assert (await row(waits))["added"] == 3


# ----------------------------------------------------------------- while it goes on
async def test_progress_is_noted_and_the_lease_prolonged_as_long_as_somebody_works(
    now: datetime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOK", 0.005)
    monkeypatch.setattr(waiting, "SIGN_OF_LIFE", 0.005)
    waits, slow = await a_row(now), Slow()
    working = asyncio.create_task(waiting.take_up([kind(slow.do)], now))
    later = clock.advance(minutes=10)
    for _ in range(1000):
        if (kept := await row(waits))["leased_until"] == later + LEASE:
            break
        await asyncio.sleep(0.005)
    slow.go_on.set()

    assert (kept["state"], kept["progress"], kept["leased_until"]) == ("working", 50, later + LEASE)
    assert await working == 1


async def test_what_is_done_at_once_belongs_to_the_transaction_of_whoever_asked(now: datetime) -> None:
    async with room.transaction():
        waits = await a_row(now)
        assert await waiting.work(kind(adds_three), waits, now=now)

    assert (await row(waits))["added"] == 3


async def test_what_is_begun_in_the_background_is_done_without_anybody_waiting(now: datetime) -> None:
    waits = await a_row(now)

    waiting.start(kind(adds_three), waits)
    await waiting.settled()

    assert (await row(waits))["state"] == "ready"


async def test_the_background_does_not_belong_to_the_transaction_that_began_it(now: datetime) -> None:
    waits = await a_row(now)

    async with room.transaction():
        waiting.start(kind(adds_three), waits)
    await waiting.settled()

    assert (await row(waits))["added"] == 3


async def test_no_more_than_two_rows_are_worked_on_in_the_background(now: datetime) -> None:
    slow = Slow()
    for _ in range(4):
        waiting.start(kind(slow.do), await a_row(now))
    await asyncio.wait_for(slow.enough.wait(), 10)
    for _ in range(20):
        await asyncio.sleep(0.001)

    assert slow.begun == waiting.AT_ONCE
    slow.go_on.set()
    await waiting.settled()
    assert slow.begun == 4


async def test_of_few_rows_something_is_made_at_once_and_of_many_in_a_thread() -> None:
    def where(rows: list[int]) -> tuple[int, bool]:
        return len(rows), threading.current_thread() is threading.main_thread()

    assert await waiting.beside(where, [1] * waiting.FEW) == (waiting.FEW, True)
    assert await waiting.beside(where, [1] * (waiting.FEW + 1)) == (waiting.FEW + 1, False)
