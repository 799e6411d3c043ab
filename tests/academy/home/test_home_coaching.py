"""What a person's own page says of their coaching."""

from datetime import UTC, datetime

import httpx
import pytest

from academy import database as room
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import links
from tests.support.queries import counted


@pytest.fixture
async def priya(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> Coaching:
    who = await makers.coaching()
    await sign_in(client, who.person)
    return who


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def test_who_has_credits_and_no_session_is_asked_to_book(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await client.get("/home")

    shown = words(answer)
    start = shown.index("Book your first coaching session")
    assert shown[start + 1 : start + 3] == ["Top Talent, Essex: 3 of 3 sessions left.", "Book a session"]
    assert links(answer)["Book a session : Book your first coaching session"] == f"/coaching/{priya.enrolment}/times"


async def test_the_next_session_leads_to_its_page_and_asks_nothing(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))

    answer = await client.get("/home")

    shown = words(answer)
    start = shown.index("Your next session")
    assert shown[start : start + 3] == [
        "Your next session",
        "Coaching with Daniel Reid",
        "Monday 8 June 2026, 9am to 10am (UK time)",
    ]
    assert "Are you coming?" not in shown
    assert f"/coaching/sessions/{session}" in links(answer).values()


async def test_with_a_session_booked_the_rest_is_a_link_and_no_task(client: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.a_booking(priya, starts_at=at(8, 8))

    answer = await client.get("/home")

    assert {"My coaching", "2 of 3", "sessions left to book"} <= set(words(answer))
    assert not [each for each in words(answer) if each.startswith("Book your next coaching session")]
    assert links(answer)["Book your next session in Top Talent, Essex"] == f"/coaching/{priya.enrolment}/times"


async def test_after_it_the_next_one_is_a_task(client: httpx.AsyncClient, priya: Coaching, clock: Clock) -> None:
    await makers.a_booking(priya, starts_at=at(8, 8))
    clock.now = at(8, 10)
    await sign_in(client, priya.person)

    shown = words(await client.get("/home"))

    start = shown.index("Book your next coaching session")
    assert shown[start + 1] == "Top Talent, Essex: 2 of 3 sessions left, with Daniel Reid."


async def test_who_has_no_coaching_reads_nothing_of_it(client: httpx.AsyncClient, priya: Coaching) -> None:
    await sign_in(client, await makers.a_person())

    assert "My coaching" not in words(await client.get("/home"))


async def test_the_page_asks_as_much_for_three_sessions_as_for_one(client: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.a_booking(priya, starts_at=at(8, 8))
    with counted() as one:
        await client.get("/home")
    for day in (9, 10):
        await makers.a_booking(priya, starts_at=at(day, 8))

    with counted() as three:
        await client.get("/home")

    assert len(three) == len(one)
