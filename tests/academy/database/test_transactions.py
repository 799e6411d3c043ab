"""What a transaction promises, on both databases, each with a control that shows what happens without it."""

import asyncio
import random
import sqlite3
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
from piccolo.engine.sqlite import SQLiteEngine

from academy import database as room
from academy.errors import Busy
from tests.academy.database.sample import Box

BROKEN_RING = "INSERT INTO test_ring (id, next) VALUES (1, 99)"


async def names() -> list[str]:
    return [row["name"] for row in await Box.select(Box.name).order_by(Box.name)]


async def test_a_nested_transaction_takes_back_only_its_own_writes(tables: room.Engine) -> None:
    async with room.transaction():
        await Box(name="outer").save()
        with pytest.raises(ValueError, match="no"):
            async with room.transaction():
                await Box(name="inner").save()
                raise ValueError("no")
        async with room.transaction():
            await Box(name="second").save()

    assert await names() == ["outer", "second"]


async def test_control_piccolos_own_nested_transaction_keeps_what_failed(tmp_path: Path) -> None:
    engine = SQLiteEngine(path=str(tmp_path / "stock.sqlite3"))
    await engine._run_in_new_connection("CREATE TABLE box (name TEXT)")

    async with engine.transaction():
        with pytest.raises(ValueError, match="no"):
            async with engine.transaction():
                await engine.run_ddl("INSERT INTO box VALUES ('inner')")
                raise ValueError("no")

    assert await engine._run_in_new_connection("SELECT name FROM box") == [{"name": "inner"}]


async def test_a_failing_verb_leaves_nothing_behind(tables: room.Engine) -> None:
    with pytest.raises(ValueError, match="no"):
        async with room.transaction():
            await Box(name="one").save()
            raise ValueError("no")

    assert await names() == []


async def test_others_see_a_transaction_only_when_it_is_complete(tables: room.Engine) -> None:
    written, look = asyncio.Event(), asyncio.Event()

    async def writer() -> None:
        async with room.transaction():
            await Box(name="one").save()
            written.set()
            await look.wait()

    writing = asyncio.create_task(writer())
    await written.wait()
    during = await names()
    look.set()
    await writing

    assert (during, await names()) == ([], ["one"])


async def test_a_commit_that_fails_leaves_the_database_usable(tables: room.Engine) -> None:
    for _ in range(12):
        with pytest.raises(room.BrokenLink):
            async with room.transaction():
                await room.fetch(BROKEN_RING)

    await Box(name="after").save()
    assert (await names(), await room.fetch("SELECT id FROM test_ring")) == (["after"], [])


async def test_control_after_piccolos_own_failed_commit_the_database_stays_locked(tmp_path: Path) -> None:
    file = tmp_path / "stock.sqlite3"
    engine = SQLiteEngine(path=str(file), timeout=0.1)
    await engine._run_in_new_connection(
        "CREATE TABLE test_ring (id INTEGER PRIMARY KEY, "
        "next INTEGER REFERENCES test_ring (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    scope = engine.transaction()

    with pytest.raises(sqlite3.IntegrityError):
        async with scope:
            await engine.run_ddl(BROKEN_RING)

    with sqlite3.connect(file, timeout=0.1) as other, pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("DELETE FROM test_ring")
    other.close()
    await scope.connection.close()
    engine.current_transaction.set(None)


async def test_tasks_started_inside_a_transaction_are_told_that_they_cannot_use_it(tables: room.Engine) -> None:
    async with room.transaction():
        outcomes = await asyncio.gather(
            Box.insert(Box(name="one")).run(), Box.insert(Box(name="two")).run(), return_exceptions=True
        )
        await Box(name="three").save()

    assert [type(outcome) for outcome in outcomes] == [room.TransactionMisuse, room.TransactionMisuse]
    assert await names() == ["three"]


async def test_a_task_that_outlives_its_transaction_is_told_so(tables: room.Engine) -> None:
    go = asyncio.Event()

    async def late() -> None:
        await go.wait()
        await Box(name="late").save()

    async with room.transaction():
        task = asyncio.create_task(late())
    go.set()

    with pytest.raises(room.TransactionMisuse, match="has ended"):
        await task
    assert await names() == []


async def test_a_swallowed_error_is_not_a_silent_rollback(tables: room.Engine) -> None:
    await Box(name="one").save()

    with pytest.raises(room.TransactionMisuse, match="swallowed"):
        async with room.transaction():
            await Box(name="two").save()
            with pytest.raises(room.Duplicate):
                await Box(name="one").save()

    assert await names() == ["one"]


async def test_after_a_failed_statement_the_transaction_takes_nothing_more(tables: room.Engine) -> None:
    await Box(name="one").save()

    with pytest.raises(room.TransactionMisuse, match="failed"):
        async with room.transaction():
            with pytest.raises(room.Duplicate):
                await Box(name="one").save()
            await Box(name="two").save()

    assert await names() == ["one"]


async def test_an_expected_failure_goes_into_a_nested_transaction(tables: room.Engine) -> None:
    await Box(name="one").save()

    async with room.transaction():
        with pytest.raises(room.Duplicate):
            async with room.transaction():
                await Box(name="one").save()
        await Box(name="two").save()

    assert await names() == ["one", "two"]


async def test_a_duplicate_names_what_must_be_unique(tables: room.Engine) -> None:
    await Box(name="one").save()

    with pytest.raises(room.Duplicate) as raised:
        await Box(name="one").save()

    assert (raised.value.table, raised.value.columns) == ("test_box", ("name",))
    assert isinstance(raised.value.__cause__, (sqlite3.IntegrityError, asyncpg.UniqueViolationError))


async def add_one(box: Box, *, locked: bool) -> None:
    async with room.transaction():
        if locked:
            await room.lock(f"box:{box.id}")
        found = await Box.select(Box.taken).where(Box.id == box.id).first()
        await asyncio.sleep(0)
        await Box.update({Box.taken: found["taken"] + 1}).where(Box.id == box.id)


async def test_fifty_writers_who_read_and_then_write_lose_nothing(tables: room.Engine) -> None:
    box = Box(name="box")
    await box.save()

    await asyncio.gather(*(add_one(box, locked=True) for _ in range(50)))

    assert await Box.select(Box.taken).first() == {"taken": 50}


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_control_without_the_lock_writers_overwrite_each_other(tables: room.Engine) -> None:
    box = Box(name="box")
    await box.save()

    await asyncio.gather(*(add_one(box, locked=False) for _ in range(50)))

    assert (await Box.select(Box.taken).first())["taken"] < 50


async def test_a_lock_outside_of_a_transaction_is_a_mistake(tables: room.Engine) -> None:
    with pytest.raises(room.TransactionMisuse):
        await room.lock("cohort:1")


async def test_who_waits_too_long_for_a_turn_is_told_to_come_back(
    tables: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "writer_wait", 0.1)
    held, done = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with room.transaction():
            await room.lock("cohort:1")
            held.set()
            await done.wait()

    task = asyncio.create_task(slow())
    await held.wait()
    with pytest.raises(Busy) as raised:
        async with room.transaction():
            await room.lock("cohort:1")
    done.set()
    await task

    assert (raised.value.status, raised.value.retry_after) == (503, 5)
    async with room.transaction():
        await room.lock("cohort:1")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_another_process_that_writes_too_long_makes_us_busy_and_not_broken(
    tables: room.SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "writer_wait", 0.1)
    other = sqlite3.connect(tables.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy):
        async with room.transaction():
            pass
    with pytest.raises(Busy):
        await Box(name="one").save()
    reading = await names()
    other.close()

    await Box(name="after").save()
    assert (reading, await names()) == ([], ["after"])


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_when_all_connections_are_taken_one_is_told_to_come_back(postgres_url: str, tables: room.Engine) -> None:
    small = room.PostgresDatabase(postgres_url, connections=1, writer_wait=0.1)
    await room.open(small)

    async with small.transaction():
        outside = asyncio.create_task(small.run("SELECT 1"), context=__import__("contextvars").Context())
        with pytest.raises(Busy):
            await outside

    assert await small.run("SELECT 1 AS one") == [{"one": 1}]
    await room.close(small)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_when_the_server_cuts_connections_it_is_busy_and_then_heals(tables: room.PostgresDatabase) -> None:
    with pytest.raises(Busy):
        async with room.transaction():
            await room.fetch("SELECT pg_terminate_backend(pg_backend_pid())")

    await asyncio.gather(*(Box(name=str(number)).save() for number in range(20)))

    assert await Box.count() == 20


async def test_a_server_that_is_not_there_is_busy(tmp_path: Path) -> None:
    engine = room.PostgresDatabase(f"postgresql://postgres@/none?host={tmp_path}")

    with pytest.raises(Busy):
        await room.open(engine)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_a_full_disk_is_said_plainly_reads_go_on_and_it_recovers_by_itself(tables: room.SQLiteDatabase) -> None:
    await Box(name="before").save()
    (pages,) = (await tables.run("PRAGMA page_count"))[0].values()
    await tables.run(f"PRAGMA max_page_count={pages}")

    with pytest.raises(Busy, match="storage is full"):
        async with room.transaction():
            for number in range(500):
                await Box(name=f"{number}".ljust(4000)).save()
    during = await names()
    await tables.run("PRAGMA max_page_count=1073741823")

    await Box(name="then").save()
    assert (during, await names()) == (["before"], ["before", "then"])


async def test_two_hundred_transactions_cancelled_at_random_leave_nothing_half_written(tables: room.Engine) -> None:
    chance = random.Random(7)
    confirmed: set[str] = set()

    async def pair(number: int) -> None:
        async with room.transaction():
            await Box(name=f"{number} left").save()
            if number % 3 == 0:
                async with room.transaction():
                    await Box(name=f"{number} middle").save()
            await Box(name=f"{number} right").save()
        confirmed.add(str(number))

    async def cancelled_sometime(number: int) -> None:
        task = asyncio.create_task(pair(number))
        if chance.random() < 0.5:
            await asyncio.sleep(chance.random() * 0.3)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(cancelled_sometime(number) for number in range(200)))

    found: dict[str, set[str]] = {}
    for name in await names():
        number, side = name.split()
        found.setdefault(number, set()).add(side)
    whole = {str(n): {"left", "middle", "right"} if n % 3 == 0 else {"left", "right"} for n in range(200)}
    assert found == {number: whole[number] for number in found}
    assert confirmed <= found.keys()
    assert 20 < len(confirmed) < 200
    await asyncio.wait_for(asyncio.gather(*(Box(name=f"after {n}").save() for n in range(30))), 5)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_a_long_read_leaves_the_event_loop_free_and_stops_when_it_is_cancelled(
    tables: room.SQLiteDatabase,
) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    reading = [asyncio.create_task(tables.run(endless)) for _ in range(3)]

    await asyncio.sleep(0.05)
    await asyncio.sleep(0.01)  # never returns while an endless read has the loop
    under_way = [task.done() for task in reading]
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)

    assert under_way == [False] * 3
    again = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000) SELECT count(*) AS n FROM n"
    )
    assert await asyncio.wait_for(tables.run(again), 5) == [{"n": 90000}]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("writers", [2, 4])
async def test_a_crowd_of_writers_leaves_connections_to_readers(
    postgres_url: str, tables: room.Engine, writers: int
) -> None:
    """The control is the case with as many writers as connections."""
    engine = room.PostgresDatabase(postgres_url, connections=4, writers=writers, writer_wait=0.5)
    await room.open(engine)
    done = asyncio.Event()

    async def write() -> None:
        with suppress(Busy):
            async with engine.transaction():
                await done.wait()

    crowd = [asyncio.create_task(write()) for _ in range(8)]
    await asyncio.sleep(0.1)
    try:
        answer: object = await engine.run("SELECT 1 AS one")
    except Busy as busy:
        answer = type(busy)
    done.set()
    await asyncio.gather(*crowd)
    await room.close(engine)

    assert answer == ([{"one": 1}] if writers == 2 else Busy)


LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT count(*) AS n FROM n"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("budget", [10_000, 1_000_000_000])
async def test_a_long_read_in_a_transaction_holds_up_nobody_and_undoes_nothing(
    tables: room.SQLiteDatabase, budget: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control is the case with a budget that is never used up."""
    monkeypatch.setattr(tables._writer, "_every", budget // 20)
    monkeypatch.setattr(tables._writer, "_long", set())
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    task = asyncio.create_task(others())
    async with room.transaction():
        await Box(name="before").save()
        await asyncio.sleep(0)
        turns = 0
        counted = await tables.run(LONG)
        met = turns
        await Box(name="after").save()
    task.cancel()

    assert (counted, await names()) == ([{"n": 2_000_000}], ["after", "before"])
    assert (met > 0) == (budget == 10_000)
