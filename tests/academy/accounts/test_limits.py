import asyncio
from datetime import datetime, timedelta

import pytest
from litestar.connection import ASGIConnection

from academy import database as room
from academy.accounts import jobs, limits
from academy.accounts.tables import Attempt
from academy.errors import TooMany


async def attempts(key: str, count: int, now: datetime) -> int:
    """How many of so many attempts are let through."""
    return sum([await limits.allowed("test", key, most=5, minutes=15, now=now) for _ in range(count)])


async def test_five_in_a_quarter_of_an_hour(database: room.Engine, now: datetime) -> None:
    assert await attempts("a", 7, now) == 5
    assert await attempts("b", 1, now) == 1
    assert await attempts("a", 1, now + timedelta(minutes=14, seconds=59)) == 0
    assert await attempts("a", 7, now + timedelta(minutes=15)) == 5


async def test_the_refusal_says_when_to_come_back(database: room.Engine, now: datetime) -> None:
    await attempts("a", 5, now)

    with pytest.raises(TooMany) as refused:
        await limits.check("test", "a", most=5, minutes=15, now=now + timedelta(minutes=5))

    assert (refused.value.status, refused.value.retry_after) == (429, 600)


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "a minute"), (60, "60 minutes"), (91, "2 hours"), (24 * 60, "24 hours")]
)
async def test_it_says_how_long_to_wait(database: room.Engine, now: datetime, minutes: int, words: str) -> None:
    await limits.check("test", "a", most=1, minutes=minutes, now=now)

    with pytest.raises(TooMany) as refused:
        await limits.check("test", "a", most=1, minutes=minutes, now=now - timedelta(seconds=1))

    assert str(refused.value) == f"You have tried this too often. Try again in {words}."


async def test_twenty_at_one_instant_count_as_twenty(database: room.Engine, now: datetime) -> None:
    let = await asyncio.gather(*(limits.allowed("test", "a", most=5, minutes=15, now=now) for _ in range(20)))

    assert sum(let) == 5


async def test_no_address_is_kept_and_all_is_forgotten_after_a_day(database: room.Engine, now: datetime) -> None:
    await limits.check("sign-in-network", "192.0.2.7", most=5, minutes=15, now=now)
    (row,) = await Attempt.select()
    assert "192.0.2.7" not in row["key"]
    assert len(row["key"]) == 80

    assert await jobs.forget_old(now + timedelta(hours=24)) == 0
    assert await jobs.forget_old(now + timedelta(hours=24, seconds=1)) == 1
    assert await Attempt.count() == 0


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::1", 1), "2001:db8:1:2::/64"),
        (("/run/socket", 1), "/run/socket"),
        (None, ""),
    ],
)
def test_a_network_is_the_connections_own_whatever_a_header_says(client: tuple[str, int] | None, network: str) -> None:
    connection = ASGIConnection(
        {"type": "http", "client": client, "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"forwarded", b"for=1")]}
    )  # type: ignore[arg-type, typeddict-item, var-annotated]

    assert limits.network(connection) == network
