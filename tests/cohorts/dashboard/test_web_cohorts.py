"""The list of all cohorts."""

from datetime import timedelta

import httpx
import pytest

from academy import database as db
from tests.conftest import Clock
from tests.support.client import sign_in, words
from tests.support.makers import a_cohort, a_coordinator, a_programme, an_enrolment
from tests.support.queries import counted


@pytest.fixture(autouse=True)
async def _signed_in(client: httpx.AsyncClient, database: db.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())


async def test_the_list_shows_places_taken_and_who_waits(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(name="Top Talent, Kent", capacity=2)
    for _ in range(3):
        await an_enrolment(cohort=cohort)

    shown = words(await client.get("/cohorts"))

    assert {"Top Talent, Kent", "2 of 2", "Full", "24 and 25 June 2026", "2 sessions", "1"} <= set(shown)


async def test_by_default_it_shows_what_is_not_over(client: httpx.AsyncClient, clock: Clock) -> None:
    now = clock.now
    await a_cohort(name="Over", starts_at=now - timedelta(days=60), now=now - timedelta(days=90))
    await a_cohort(name="Coming")

    usual = set(words(await client.get("/cohorts")))
    finished = set(words(await client.get("/cohorts?stage=finished")))
    everything = set(words(await client.get("/cohorts?stage=any")))

    assert {"Over", "Coming"} & usual == {"Coming"}
    assert {"Over", "Coming"} & finished == {"Over"}
    assert {"Over", "Coming"} & everything == {"Over", "Coming"}


async def test_filters_narrow_and_add_up(client: httpx.AsyncClient) -> None:
    cyber = await a_programme(name="Cyber Leadership")
    await a_cohort(programme=cyber, name="Cyber, Leeds", region="Yorkshire and The Humber")
    await a_cohort(programme=cyber, name="Cyber, Essex", region="East of England")
    await a_cohort(name="Top Talent, Leeds", region="Yorkshire and The Humber")
    names = {"Cyber, Leeds", "Cyber, Essex", "Top Talent, Leeds"}

    found = {
        query: names & set(words(await client.get(f"/cohorts?{query}")))
        for query in ("programme=cyber-leadership", "q=leeds", "programme=cyber-leadership&region=East+of+England")
    }

    assert found == {
        "programme=cyber-leadership": {"Cyber, Leeds", "Cyber, Essex"},
        "q=leeds": {"Cyber, Leeds", "Top Talent, Leeds"},
        "programme=cyber-leadership&region=East+of+England": {"Cyber, Essex"},
    }


async def test_the_file_says_what_the_list_says(client: httpx.AsyncClient) -> None:
    await a_cohort(name="=Top Talent", code="tt", region="London", capacity=12)

    answer = await client.get("/cohorts?export=csv")
    book = await client.get("/cohorts?export=xlsx")

    heads, row = answer.content.decode("utf-8-sig").splitlines()
    assert heads.split(",")[:6] == ["Cohort", "Code", "Programme", "Stage", "Starts", "Ends"]
    assert row.startswith("'=Top Talent,tt,Top Talent ") and ",Open,2026-06-24 10:00,2026-06-25 13:00,2,London," in row
    assert (book.status_code, book.content[:2]) == (200, b"PK")


async def test_sorting_by_places_and_by_name(client: httpx.AsyncClient) -> None:
    for name, people in (("B", 1), ("A", 2), ("C", 0)):
        cohort = await a_cohort(name=name)
        for _ in range(people):
            await an_enrolment(cohort=cohort)

    orders = {
        sort: [text for text in words(await client.get(f"/cohorts?sort={sort}")) if text in ("A", "B", "C")]
        for sort in ("name", "-name", "-taken")
    }

    assert orders == {"name": ["A", "B", "C"], "-name": ["C", "B", "A"], "-taken": ["A", "B", "C"]}


async def test_the_list_needs_the_same_queries_for_one_and_for_three(client: httpx.AsyncClient) -> None:
    counts = []
    for _ in range(3):
        await an_enrolment()
        with counted() as statements:
            await client.get("/cohorts")
        counts.append(len(statements))

    assert counts[0] == counts[1] == counts[2]
