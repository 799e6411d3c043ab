from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from academy import database as room
from academy.audit import queries
from academy.audit.service import ACADEMY, About, Actor, changed, record

ANA, COHORT = UUID(int=1), About("cohort", UUID(int=2), "Top Talent, Essex")


@pytest.fixture
async def some(database: room.Engine, now: datetime) -> None:
    ana = Actor(ANA, "Ana Lee")
    await record("opened", COHORT, actor=ana, now=now)
    await record(
        "capacity changed",
        COHORT,
        actor=ana,
        now=now + timedelta(days=1),
        before={"capacity": 20},
        after={"capacity": 24},
    )
    await record("reminded", COHORT, actor=ACADEMY, now=now + timedelta(days=2), person=uuid4(), note="100% of 24")
    await record("role given", About("person", ANA, "Ana Lee"), actor=ACADEMY, now=now + timedelta(days=3))


async def test_what_was_done_with_a_record(some: None) -> None:
    lines = await queries.entries_about("cohort", COHORT.id)

    assert [(line.verb, line.actor_name, line.changes, line.note) for line in lines] == [
        ("reminded", "The academy", [], "100% of 24"),
        ("capacity changed", "Ana Lee", [("capacity", "20", "24")], ""),
        ("opened", "Ana Lee", [], ""),
    ]
    assert await queries.entries_about("programme", COHORT.id) == []


async def test_what_a_person_did_and_what_was_done_with_theirs(some: None) -> None:
    assert [line.verb for line in await queries.entries_of_person(ANA)] == ["role given", "capacity changed", "opened"]


@pytest.mark.parametrize(
    ("asked", "verbs", "total"),
    [
        ({}, ["role given", "reminded", "capacity changed", "opened"], 4),
        ({"verb": "opened"}, ["opened"], 1),
        ({"find": "ANA"}, ["role given", "capacity changed", "opened"], 3),
        ({"find": "essex"}, ["reminded", "capacity changed", "opened"], 3),
        ({"find": "%"}, [], 0),
        ({"most": 2, "skip": 1}, ["reminded", "capacity changed"], 4),
    ],
)
async def test_the_trail_is_filtered_and_paged(
    some: None, now: datetime, asked: dict, verbs: list[str], total: int
) -> None:
    found = await queries.entries(since=now, until=now + timedelta(days=9), **asked)

    assert ([line.verb for line in found.lines], found.total) == (verbs, total)


async def test_days_bound_the_trail(some: None, now: datetime) -> None:
    found = await queries.entries(since=now + timedelta(days=1), until=now + timedelta(days=2))

    assert [line.verb for line in found.lines] == ["capacity changed"]
    assert await queries.verbs() == ["capacity changed", "opened", "reminded", "role given"]


async def test_an_entry_is_taken_back_with_what_it_tells_about(database: room.Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        async with room.transaction():
            await record("opened", COHORT, actor=ACADEMY, now=now)
            raise RuntimeError

    assert await queries.entries_about("cohort", COHORT.id) == []


def test_only_what_differs_is_written() -> None:
    assert changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == ({"b": 2}, {"b": 3})


def test_values_are_put_into_words() -> None:
    row = {
        "id": ANA, "at": None, "actor": None, "actor_name": "", "verb": "x", "about_kind": "", "about_id": None,
        "about_name": "", "person": None, "note": "", "before": '{"a":null,"b":true,"c":["x","y"],"d":[]}',
        "after": '{"a":"","b":false,"e":5}',
    }  # fmt: skip

    assert queries.line(row).changes == [
        ("a", "–", "–"), ("b", "yes", "no"), ("c", "x, y", "–"), ("d", "–", "–"), ("e", "–", "5"),
    ]  # fmt: skip
