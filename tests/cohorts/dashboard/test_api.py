"""Coordinators' programs plan cohorts and move sessions."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from academy.audit.service import ACADEMY
from academy.invites import service as invites
from academy.outbox.tables import Message
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import queries, service
from cohorts.schedule.tables import Cohort
from tests.conftest import Clock
from tests.support import makers
from tests.support.programs import Program, problem, program

DAY_1 = {"title": "Day 1", "starts_at": "2026-06-24T09:30:00+01:00", "ends_at": "2026-06-24T16:00:00+01:00"}
DAY_2 = {"title": "Day 2", "starts_at": "2026-06-25T09:30:00+01:00", "ends_at": "2026-06-25T16:00:00+01:00"}


@pytest.fixture
async def cora(client: httpx.AsyncClient, clock: Clock) -> Program:
    return await program(client, await makers.a_coordinator(), "read", "manage")


async def new(**changed: Any) -> dict[str, Any]:
    return {
        "programme": "top-talent",
        "name": "Top Talent, Essex",
        "region": "East of England",
        "venue": "County Hall",
        "sessions": [DAY_1, DAY_2],
        **changed,
    }


async def kinds() -> list[str]:
    rows = await Message.select(Message.kind).order_by(Message.kind)
    return [row["kind"] for row in rows]


# ----------------------------------------------------------------- cohorts
async def test_a_cohort_is_planned_with_its_sessions(cora: Program) -> None:
    await makers.a_programme(name="Top Talent")

    answer = await cora.post("/api/cohorts", await new(capacity=12, reminder_days=[7, 1, 7]))

    body = answer.json()
    assert answer.status_code == 201, answer.text
    assert (body["code"], body["stage"], body["places_left"]) == ("top-talent-essex-2026", "planned", 12)
    assert [(each["title"], each["starts_at"], each["place"]) for each in body["sessions"]] == [
        ("Day 1", "2026-06-24T08:30:00Z", "County Hall"),
        ("Day 2", "2026-06-25T08:30:00Z", "County Hall"),
    ]
    (row,) = await Cohort.select(Cohort.reminder_days, Cohort.first_starts_at)
    assert row["reminder_days"] == "7,1"


async def test_a_cohort_can_be_published_at_once(cora: Program) -> None:
    await makers.a_programme(name="Top Talent")

    answer = await cora.post("/api/cohorts", await new(publish=True, registration_closes_at="2026-06-20T17:00:00Z"))

    assert (answer.status_code, answer.json()["stage"]) == (201, "open")
    assert answer.json()["registration_closes_at"] == "2026-06-20T17:00:00Z"


async def test_what_cannot_be_published_is_not_planned_either(cora: Program) -> None:
    await makers.a_programme(name="Top Talent")

    answer = await cora.post("/api/cohorts", await new(publish=True, venue=""))

    assert problem(answer) == (409, "CannotPublish", [])
    assert await Cohort.count() == 0


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "a\x00b"}, ["name"]),
    ({"name": "x" * 161}, ["name"]),
    ({"region": "Atlantis"}, ["region"]),
    ({"capacity": 0}, ["capacity"]),
    ({"capacity": 2**65}, ["capacity"]),
    ({"capacity": 12.5}, ["capacity"]),
    ({"capacity": "12"}, ["capacity"]),
    ({"capacity": True}, ["capacity"]),
    ({"minimum": 21}, ["minimum"]),
    ({"zone": "../etc/passwd"}, ["zone"]),
    ({"zone": "\ud800".encode("utf-8", "replace").decode()}, ["zone"]),
    ({"link": "javascript:alert(1)"}, ["link"]),
    ({"code": "Not A Code"}, ["code"]),
    ({"format": "astral"}, ["format"]),
    ({"reminder_days": [61]}, ["reminder_days[0]"]),
    ({"status": "closed"}, ["body"]),
    ({"registration_opens_at": "2026-06-24T09:30:00"}, ["registration_opens_at"]),
    ({"registration_opens_at": "0001-01-01T00:00:00+14:00"}, ["registration_opens_at"]),
    ({"sessions": [{**DAY_1, "ends_at": "9999-12-31T23:59:59-14:00"}]}, ["sessions[0].ends_at"]),
    ({"sessions": [{**DAY_1, "ends_at": DAY_1["starts_at"]}]}, ["sessions[0].ends_at"]),
    ({"sessions": [{**DAY_1, "title": "\u202e"}]}, ["sessions[0].title"]),
    ({"sessions": [{**DAY_1, "facilitator": "me"}]}, ["sessions[0]"]),
    ({"sessions": [DAY_1] * 101}, ["sessions"]),
]


async def test_a_bad_field_is_named(cora: Program) -> None:
    await makers.a_programme(name="Top Talent")

    for changed, fields in BAD:
        answer = await cora.post("/api/cohorts", await new(**changed))

        assert problem(answer) == (422, "Invalid", fields), changed
    assert await Cohort.count() == 0


async def test_a_programme_that_is_not_there_is_not_found(cora: Program) -> None:
    assert problem(await cora.post("/api/cohorts", await new()))[0] == 404


async def test_a_planned_cohort_is_published(cora: Program) -> None:
    await makers.a_cohort(code="essex", published=False)

    first = await cora.post("/api/cohorts/essex/publish")
    again = await cora.post("/api/cohorts/essex/publish")

    assert (first.status_code, first.json()["stage"]) == (200, "open")
    assert problem(again) == (409, "CannotPublish", [])
    assert problem(await cora.post("/api/cohorts/nowhere/publish"))[0] == 404


async def test_more_places_go_to_the_waiting_list_at_once_and_nobody_loses_one(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex", capacity=1)
    for _ in range(3):
        await makers.an_enrolment(cohort=cohort)

    more = await cora.put("/api/cohorts/essex/capacity", {"capacity": 2})
    fewer = await cora.put("/api/cohorts/essex/capacity", {"capacity": 1})

    assert (more.json()["capacity"], more.json()["places_left"], more.json()["waiting"]) == (2, 0, 1)
    assert problem(fewer) == (422, "TooFewPlaces", [])
    rows = await Enrolment.select(Enrolment.status).order_by(Enrolment.status)
    assert [row["status"] for row in rows] == ["enrolled", "enrolled", "waitlisted"]


async def test_a_cohort_becomes_virtual_and_everyone_is_told(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex")
    await makers.an_enrolment(cohort=cohort)

    unsaid = await cora.post("/api/cohorts/essex/virtual", {"link": "https://join.example"})
    done = await cora.post("/api/cohorts/essex/virtual", {"link": "https://join.example/1", "reason": "Rail strike."})

    assert problem(unsaid) == (422, "ReasonMissing", [])
    assert (done.status_code, done.json()["format"], done.json()["venue"]) == (200, "virtual", "")
    assert (await kinds()).count("session-changed") == 2


# ---------------------------------------------------------------- sessions
async def test_a_session_is_added_and_who_has_a_place_is_invited(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex", sessions=1)
    await makers.an_enrolment(cohort=cohort)

    answer = await cora.post("/api/cohorts/essex/sessions", {**DAY_2, "compulsory": True, "place": "Library"})

    assert answer.status_code == 201
    assert [(each["title"], each["compulsory"], each["place"]) for each in answer.json()["sessions"]] == [
        ("Day 1", False, "County Hall"),
        ("Day 2", True, "Library"),
    ]
    assert (await kinds()).count("session-invite") == 2


async def test_a_session_moves_with_a_reason_and_what_is_not_named_stays(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex")
    await makers.an_enrolment(cohort=cohort)
    session = (await cora.get("/api/cohorts/essex")).json()["sessions"][1]["id"]
    moved = {"starts_at": "2026-06-26T10:00:00Z", "ends_at": "2026-06-26T13:00:00Z"}

    unsaid = await cora.patch(f"/api/sessions/{session}", moved)
    done = await cora.patch(f"/api/sessions/{session}", {**moved, "reason": "The hall is taken."})
    renamed = await cora.patch(f"/api/sessions/{session}", {"title": "Practice"})

    assert problem(unsaid) == (422, "ReasonMissing", [])
    assert done.json()["sessions"][1] == {
        "id": session,
        "title": "Day 2",
        "status": "planned",
        "cancel_reason": "",
        "compulsory": False,
        "starts_at": "2026-06-26T10:00:00Z",
        "ends_at": "2026-06-26T13:00:00Z",
        "zone": "Europe/London",
        "place": "County Hall",
    }
    assert [each["title"] for each in renamed.json()["sessions"]] == ["Day 1", "Practice"]
    assert renamed.json()["sessions"][1]["starts_at"] == "2026-06-26T10:00:00Z"
    assert renamed.json()["ends_at"] == "2026-06-26T13:00:00Z"


async def test_who_leads_a_session_and_is_elsewhere_at_its_time_is_named(cora: Program, now: datetime) -> None:
    here, there = await makers.a_cohort(code="here", sessions=1), await makers.a_cohort(code="there", sessions=1)
    (mine,), (other,) = await queries.sessions(here), await queries.sessions(there)
    leader = await makers.a_person(name="Lea Leader")
    for session in (mine, other):
        await service.set_facilitators(session["id"], [leader], actor=ACADEMY, now=now)
    private = await invites.create_event(
        title="Coaching: Priya Nair",
        starts_at=other["starts_at"],
        ends_at=other["ends_at"],
        wording="coaching",
        private=True,
        now=now,
        context={"programme": "Top Talent"},
    )
    await invites.invite(private, [leader], own={leader: {"with_name": "Priya Nair"}}, now=now)

    answer = await cora.patch(f"/api/sessions/{mine['id']}", {"title": "Practice"})

    times = {"starts_at": "2026-06-24T09:00:00Z", "ends_at": "2026-06-24T12:00:00Z"}
    assert answer.status_code == 200
    assert answer.json()["clashes"] == [
        {"name": "Lea Leader", "title": "Something private", **times},
        {"name": "Lea Leader", "title": "Top Talent, Essex: Day 1", **times},
    ]


async def test_a_session_that_would_end_before_it_starts_stays(cora: Program) -> None:
    await makers.a_cohort(code="essex")
    session = (await cora.get("/api/cohorts/essex")).json()["sessions"][0]["id"]

    answer = await cora.patch(f"/api/sessions/{session}", {"ends_at": "2026-06-24T08:00:00Z", "reason": "Shorter."})

    assert problem(answer) == (422, "Invalid", ["ends_at"])


async def test_a_session_is_called_off_once(cora: Program) -> None:
    cohort = await makers.a_cohort(code="essex")
    await makers.an_enrolment(cohort=cohort)
    session = (await cora.get("/api/cohorts/essex")).json()["sessions"][0]["id"]

    unsaid = await cora.post(f"/api/sessions/{session}/cancel")
    done = await cora.post(f"/api/sessions/{session}/cancel", {"reason": "Snow."})
    again = await cora.post(f"/api/sessions/{session}/cancel", {"reason": "Snow."})

    assert problem(unsaid) == (422, "ReasonMissing", [])
    assert [(each["status"], each["cancel_reason"]) for each in done.json()["sessions"]] == [
        ("cancelled", "Snow."),
        ("planned", ""),
    ]
    assert problem(again) == (409, "ForbiddenMove", [])
    assert (await kinds()).count("session-cancelled") == 1


async def test_a_session_that_is_not_there_is_not_found(cora: Program) -> None:
    for session in ("00000000-0000-4000-8000-000000000000", "36893488147419103232", "%00", "x"):
        assert problem(await cora.patch(f"/api/sessions/{session}", {"title": "X"}))[0] == 404
        assert problem(await cora.post(f"/api/sessions/{session}/cancel", {"reason": "X"}))[0] == 404
