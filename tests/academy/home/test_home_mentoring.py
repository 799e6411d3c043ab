"""From Home and the learning record to mentoring, in one step for who has completed a programme."""

import httpx
import pytest

from academy import database as room
from academy.alumni.tables import Alumnus
from mentoring.profiles.tables import Audience
from tests.conftest import Clock
from tests.support.client import sign_in
from tests.support.courses import OVER, P, a_course
from tests.support.makers import a_mentor, a_person, a_round
from tests.support.queries import counted

BUTTON = 'href="/mentoring/offer"'


@pytest.fixture
async def ana(client: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    """The browser of Ana, who has completed a cohort."""
    course = await a_course("Ana")
    clock.now = OVER
    for day in (1, 2):
        await course.take(day, Ana=P)
    await course.close()
    await sign_in(client, course.people["Ana"])
    return client


async def test_who_has_completed_something_is_asked_to_pass_it_on(ana: httpx.AsyncClient) -> None:
    await a_round(slug="spring", mentors_may=Audience.ALUMNI)

    home, record = (await ana.get("/home")).text, (await ana.get("/my/record")).text
    offer = await ana.get("/mentoring/offer")

    assert (BUTTON in home, BUTTON in record) == (True, True)
    assert offer.headers["location"] == "/mentoring/spring/mentor"
    assert (await ana.get("/mentoring/spring/mentor")).status_code == 200


async def test_home_asks_nobody_when_no_round_looks_for_mentors(ana: httpx.AsyncClient) -> None:
    await a_round(mentors_may=Audience.NOBODY)

    assert BUTTON not in (await ana.get("/home")).text


async def test_home_asks_no_mentor_again(ana: httpx.AsyncClient, clock: Clock) -> None:
    round = await a_round()
    (row,) = await Alumnus.select(Alumnus.person)
    await a_mentor(round=round, person=row["person"])

    assert BUTTON not in (await ana.get("/home")).text


async def test_everybody_finds_mentoring_from_home(client: httpx.AsyncClient, database: room.Engine) -> None:
    await sign_in(client, await a_person())

    assert 'href="/mentoring"' in (await client.get("/home")).text


async def test_the_question_takes_one_query(ana: httpx.AsyncClient) -> None:
    counts = []
    for _ in range(2):
        await a_round()
        with counted() as statements:
            await ana.get("/home")
        counts.append(len(statements))
    assert counts[0] == counts[1]
