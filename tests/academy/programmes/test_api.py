"""Programs read programmes; coordinators' programs make them."""

import httpx
import pytest

from academy.programmes import service
from academy.programmes.rules import ProgrammeDetails
from academy.programmes.tables import Programme
from tests.conftest import Clock
from tests.support import makers
from tests.support.makers import ACADEMY
from tests.support.programs import Program, problem, program

NEW = {"name": "Emotional Intelligence", "summary": "Reading a room.", "kind": "workshop", "contact_minutes": 180}


@pytest.fixture
async def cora(client: httpx.AsyncClient, clock: Clock) -> Program:
    return await program(client, await makers.a_coordinator(), "read", "manage")


async def test_published_programmes_are_listed_and_others_are_not_there(cora: Program, clock: Clock) -> None:
    await makers.a_programme(name="Top Talent")
    await service.create_programme(
        ProgrammeDetails(name="Draft", summary="Not yet.", description=""), actor=ACADEMY, now=clock.now
    )

    listed = await cora.get("/api/programmes")
    one = await cora.get("/api/programmes/top-talent")

    assert [each["slug"] for each in listed.json()] == ["top-talent"]
    assert one.json() == listed.json()[0]
    assert (one.json()["name"], one.json()["status"]) == ("Top Talent", "published")
    assert problem(await cora.get("/api/programmes/draft")) == problem(await cora.get("/api/programmes/none"))


async def test_a_programme_is_made_and_published(cora: Program) -> None:
    whole = {**NEW, "description": "Day by day.", "publish": True, "sessions_needed": 2}

    answer = await cora.post("/api/programmes", whole)

    body = answer.json()
    assert answer.status_code == 201
    assert (body["slug"], body["status"], body["contact_minutes"], body["sessions_needed"]) == (
        "emotional-intelligence", "published", 180, 2
    )  # fmt: skip


async def test_a_bad_field_is_named_and_nothing_is_made(cora: Program) -> None:
    bad = [
        ({"name": ""}, ["name"]),
        ({"summary": "x" * 301}, ["summary"]),
        ({"kind": "seance"}, ["kind"]),
        ({"contact_minutes": -1}, ["contact_minutes"]),
        ({"cpd_minutes": 2**65}, ["cpd_minutes"]),
        ({"sessions_needed": 0}, ["sessions_needed"]),
        ({"description": "a\u202eb"}, ["description"]),
        ({"status": "published"}, ["body"]),
        ({"id": "00000000-0000-4000-8000-000000000000"}, ["body"]),
    ]

    for changed, fields in bad:
        assert problem(await cora.post("/api/programmes", {**NEW, **changed})) == (422, "Invalid", fields), changed
    assert await Programme.count() == 0
