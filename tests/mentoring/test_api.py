"""Mentoring for programs: coordinators suggest, read, hold and publish, and read how pairings are."""

from datetime import datetime
from uuid import uuid4

import httpx
import pytest

from academy.audit.service import Actor
from mentoring.pairings import queries as pairings
from mentoring.profiles import service as signing
from mentoring.profiles.tables import ApartKind
from mentoring.runs import queries, service
from tests.support import makers
from tests.support.matched import three
from tests.support.programs import Program, problem, program

pytestmark = pytest.mark.usefixtures("database", "clock")
ROUND = "/api/mentoring/rounds/winter"


@pytest.fixture
async def cora(client: httpx.AsyncClient) -> Program:
    return await program(client, await makers.a_coordinator(), "manage")


async def test_rounds_are_listed(cora: Program, now: datetime) -> None:
    await three(now)

    (here,) = (await cora.get("/api/mentoring/rounds")).json()["rounds"]

    assert (here["slug"], here["status"], here["mentors"], here["mentees"]) == ("winter", "matching", 3, 3)


async def test_pairs_are_suggested_and_read_with_their_reasons(cora: Program, now: datetime) -> None:
    here = await three(now)

    made = await cora.post(f"{ROUND}/runs")
    told = (await cora.get(f"{ROUND}/runs/1")).json()

    assert (made.status_code, made.json()["state"], made.json()["matched"]) == (201, "ready", 3)
    first = told["pairs"][0]
    assert first["mentee"] == {"person": str(here.people["Ana"]), "name": "Ana Mentee"}
    assert first["mentor"]["name"] == "Mia Mentor"
    assert sum(first["points"].values()) == first["score"] == 38
    assert {other["displaces"]["name"] for other in first["others"]} == {"Ben Mentee", "Cleo Mentee"}
    assert told["totals"]["paired"] == 3


async def test_the_same_key_suggests_once(cora: Program, now: datetime) -> None:
    here = await three(now)

    for _ in range(2):
        assert (await cora.post(f"{ROUND}/runs", key="once")).json()["number"] == 1

    assert len(await queries.runs_of(here.round)) == 1


async def test_a_large_round_is_begun_and_read_later(
    cora: Program, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(now)
    monkeypatch.setattr("mentoring.runs.rules.SMALL", 0)
    started: list[object] = []
    monkeypatch.setattr(service, "start", started.append)

    made = (await cora.post(f"{ROUND}/runs")).json()

    assert (made["state"], made["progress"], len(started)) == ("waiting", 0, 1)
    assert (await cora.get(f"{ROUND}/runs/1")).json()["pairs"] == []


async def test_a_pair_is_pinned_ruled_out_and_let_go_of(cora: Program, now: datetime) -> None:
    here = await three(now)
    both = here.form("Mia", "Ana")

    held = []
    for how in ("pinned", "ruled_out", "free"):
        answer = (await cora.post(f"{ROUND}/holds", {**both, "held": how})).json()["holds"]
        assert answer == (await cora.get(f"{ROUND}/holds")).json()["holds"]
        held.append([each["held"] for each in answer])

    assert held == [["pinned"], ["ruled_out"], []]


async def test_who_is_not_in_the_round_cannot_be_held(cora: Program, now: datetime) -> None:
    here = await three(now)
    strange = {**here.form("Mia", "Ana"), "mentor": str(uuid4()), "held": "pinned"}

    assert problem(await cora.post(f"{ROUND}/holds", strange))[0] == 404
    assert problem(await cora.post(f"{ROUND}/holds", {**strange, "held": "glued"}))[0] == 422


async def test_publishing_once_asks_everybody_and_twice_is_refused(cora: Program, now: datetime) -> None:
    here = await three(now)
    await cora.post(f"{ROUND}/runs")

    first = await cora.post(f"{ROUND}/runs/1/publish")
    second = await cora.post(f"{ROUND}/runs/1/publish")

    assert len(first.json()["pairings"]) == len(await pairings.live(here.round, now=now)) == 3
    assert problem(second)[:2] == (409, "AlreadyPublished")


async def test_what_has_changed_since_is_not_published(cora: Program, now: datetime) -> None:
    here = await three(now)
    await cora.post(f"{ROUND}/runs")
    await cora.post(f"{ROUND}/holds", {**here.form("Mia", "Ana"), "held": "ruled_out"})

    assert problem(await cora.post(f"{ROUND}/runs/1/publish"))[:2] == (409, "OutOfDate")


async def test_pairings_are_read_with_how_they_are(cora: Program, now: datetime) -> None:
    await three(now)
    await cora.post(f"{ROUND}/runs")
    await cora.post(f"{ROUND}/runs/1/publish")

    found = (await cora.get(f"{ROUND}/pairings")).json()["pairings"]

    assert [(each["mentee"]["name"], each["status"], each["meetings"]) for each in found] == [
        ("Ana Mentee", "proposed", 0),
        ("Ben Mentee", "proposed", 0),
        ("Cleo Mentee", "proposed", 0),
    ]


async def test_what_was_said_in_confidence_is_in_no_answer(cora: Program, now: datetime) -> None:
    here = await three(now)
    ana = here.people["Ana"]
    await signing.keep_apart(ana, here.people["Mia"], ApartKind.CONFIDENTIAL, actor=Actor(ana, "Ana"), now=now)
    await cora.post(f"{ROUND}/runs")

    text = (await cora.get(f"{ROUND}/runs/1")).text + (await cora.get(f"{ROUND}/holds")).text

    assert "not_these" not in text
    assert "confidence" not in text


async def test_a_round_or_run_that_is_not_there(cora: Program, now: datetime) -> None:
    await three(now)

    for path in ("/api/mentoring/rounds/summer/runs", f"{ROUND}/runs/1", f"{ROUND}/runs/{2**70}"):
        assert problem(await cora.get(path))[0] == 404
