"""A button that is pressed twice acts once."""

import asyncio
import re

import httpx
import pytest

from academy import database as room
from academy.accounts.tables import IdempotencyKey
from academy.programmes.tables import Programme
from cohorts.schedule.tables import Cohort
from tests.conftest import Clock
from tests.support.client import field_errors, post, sign_in, words
from tests.support.makers import a_coordinator, a_programme

NEW_PROGRAMME, NEW_COHORT = "/programmes/new", "/programmes/top-talent/cohorts/new"
PROGRAMME = {"kind": "workshop", "name": "Emotional Intelligence", "summary": "Reading a room."}
COHORT = {
    "name": "Top Talent, Essex",
    "region": "East of England",
    "format": "in_person",
    "venue": "County Hall",
    "zone": "Europe/London",
    "capacity": "20",
    "minimum": "0",
    "reminder_days": "7, 1",
}


@pytest.fixture
async def cora(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> httpx.AsyncClient:
    await a_programme(name="Top Talent", now=clock.now)
    await sign_in(client, await a_coordinator())
    return client


async def hidden(client: httpx.AsyncClient, page: str) -> dict[str, str]:
    """What the form of a page carries unseen, as a browser sends it."""
    text = (await client.get(page)).text
    return dict(re.findall(r'<input type="hidden" name="(_csrf_token|press|rows)" value="([^"]+)">', text))


async def twice(client: httpx.AsyncClient, path: str, typed: dict[str, str]) -> list[httpx.Response]:
    """Press the button of one form two times before anything is answered."""
    sent = {**typed, **await hidden(client, path)}
    return list(await asyncio.gather(*(client.post(path, data=sent) for _ in range(2))))


async def made(table: type[Programme] | type[Cohort]) -> int:
    return len(await table.select(table.id).where(table.name.is_in([PROGRAMME["name"], COHORT["name"]])))


@pytest.mark.parametrize(
    ("path", "typed", "table", "leads_to"),
    [
        (NEW_PROGRAMME, PROGRAMME, Programme, "/programmes/emotional-intelligence/edit"),
        (NEW_COHORT, COHORT, Cohort, "/cohorts/top-talent-essex/sessions"),
    ],
)
async def test_two_presses_make_one_and_lead_to_the_same_page(
    cora: httpx.AsyncClient, path: str, typed: dict[str, str], table: type[Programme] | type[Cohort], leads_to: str
) -> None:
    answers = await twice(cora, path, typed)
    shown = words(await cora.get(leads_to))

    assert [(each.status_code, each.headers["location"]) for each in answers] == [(303, leads_to)] * 2
    assert await made(table) == 1
    assert "Done" in shown


async def test_control_without_the_hidden_word_there_are_two(cora: httpx.AsyncClient) -> None:
    for _ in range(2):
        await post(cora, NEW_PROGRAMME, PROGRAMME, page=NEW_PROGRAMME)
    await post(cora, NEW_COHORT, COHORT, page=NEW_COHORT)
    refused = await post(cora, NEW_COHORT, COHORT, page=NEW_COHORT)

    assert await made(Programme) == 2
    assert list(field_errors(refused)) == ["code"]


async def test_each_opening_of_the_form_makes_one(cora: httpx.AsyncClient) -> None:
    for _ in range(2):
        await twice(cora, NEW_PROGRAMME, PROGRAMME)

    assert await made(Programme) == 2


async def test_the_form_changed_after_going_back_makes_another(cora: httpx.AsyncClient) -> None:
    carried = await hidden(cora, NEW_PROGRAMME)

    for summary in ("One.", "Two."):
        await cora.post(NEW_PROGRAMME, data={**PROGRAMME, **carried, "summary": summary})

    assert await made(Programme) == 2


async def test_what_was_refused_can_be_pressed_again(cora: httpx.AsyncClient) -> None:
    await post(cora, NEW_COHORT, {**COHORT, "code": "taken", "name": "Another"}, page=NEW_COHORT)
    carried = await hidden(cora, NEW_COHORT)

    refused = await cora.post(NEW_COHORT, data={**COHORT, **carried, "code": "taken"})
    keys = await IdempotencyKey.count()
    done = await cora.post(NEW_COHORT, data={**COHORT, **carried, "code": "free"})

    assert (refused.status_code, keys, done.status_code) == (422, 0, 303)


async def test_the_word_of_one_coordinator_is_nothing_to_another(cora: httpx.AsyncClient, clock: Clock) -> None:
    carried = await hidden(cora, NEW_PROGRAMME)
    await cora.post(NEW_PROGRAMME, data={**PROGRAMME, **carried})
    await sign_in(cora, await a_coordinator())

    await post(cora, NEW_PROGRAMME, {**PROGRAMME, "press": carried["press"]}, page=NEW_PROGRAMME)

    assert await made(Programme) == 2
