"""Coordinators' programs take registers; nobody marks themself."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from academy.accounts import service as accounts
from academy.accounts.tables import Role
from cohorts.attendance.tables import Attendance
from tests.conftest import Clock
from tests.support import makers
from tests.support.courses import FIRST, a_course
from tests.support.makers import ACADEMY
from tests.support.programs import Program, problem, program


@pytest.fixture
async def cora(client: httpx.AsyncClient, clock: Clock) -> Program:
    return await program(client, await makers.a_coordinator(), "read", "manage")


async def test_the_register_is_read_by_name(cora: Program, clock: Clock) -> None:
    course = await a_course("Ben", "Ana")

    early = (await cora.get(f"/api/sessions/{course.sessions[0]}/register")).json()
    clock.now = FIRST
    body = (await cora.get(f"/api/sessions/{course.sessions[0]}/register")).json()

    assert early["closed"] == "The register opens 1 hour before the session: Wednesday 24 June at 8:30am."
    assert (body["title"], body["cohort"], body["starts_at"], body["closed"]) == (
        "Day 1", course.code, "2026-06-24T08:30:00Z", ""
    )  # fmt: skip
    assert [(each["name"], each["mark"], each["minutes"]) for each in body["lines"]] == [
        ("Ana Example", "unmarked", 0),
        ("Ben Example", "unmarked", 0),
    ]


async def test_marks_are_saved_and_the_rest_are_present(cora: Program, clock: Clock) -> None:
    course = await a_course("Ana", "Ben", "Cy")
    clock.now = FIRST
    path = f"/api/sessions/{course.sessions[0]}/register"
    marks = [
        {"enrolment": str(course.enrolments["Ana"]), "mark": "late", "minutes": 150, "note": "Train."},
        {"enrolment": str(course.enrolments["Ben"]), "mark": "absent"},
    ]

    answer = await cora.put(path, {"marks": marks, "rest": "present"})
    again = await cora.put(path, {"marks": marks, "rest": "present"})

    assert [(each["name"], each["mark"], each["minutes"], each["note"]) for each in answer.json()["lines"]] == [
        ("Ana Example", "late", 150, "Train."),
        ("Ben Example", "absent", 0, ""),
        ("Cy Example", "present", 180, ""),
    ]
    assert again.json() == answer.json()
    assert {row["source"] for row in await Attendance.select(Attendance.source)} == {"api"}


async def test_what_cannot_be_is_refused_and_nothing_is_saved(cora: Program, clock: Clock) -> None:
    course, other = await a_course("Ana", "Ben"), await a_course("Eve")
    clock.now = FIRST
    ana, eve = str(course.enrolments["Ana"]), str(other.enrolments["Eve"])
    fine = {"enrolment": str(course.enrolments["Ben"]), "mark": "present"}
    bad: list[tuple[list[dict[str, Any]], tuple[int, str, list[str]]]] = [
        ([{"enrolment": eve, "mark": "present"}], (404, "NotFound", [])),
        ([{"enrolment": str(uuid4()), "mark": "present"}], (404, "NotFound", [])),
        ([{"enrolment": "36893488147419103232", "mark": "present"}], (422, "Invalid", ["marks[1].enrolment"])),
        ([{"enrolment": ana, "mark": "partial"}], (422, "Invalid", [f"minutes-{ana}"])),
        ([{"enrolment": ana, "mark": "partial", "minutes": 181}], (422, "Invalid", [f"minutes-{ana}"])),
        ([{"enrolment": ana, "mark": "partial", "minutes": 2**65}], (422, "Invalid", ["marks[1].minutes"])),
        ([{"enrolment": ana, "mark": "asleep"}], (422, "Invalid", ["marks[1].mark"])),
        ([{"enrolment": ana, "mark": "present", "note": "a\x00"}], (422, "Invalid", ["marks[1].note"])),
        ([{"enrolment": ana, "mark": "present", "marked_by": ana}], (422, "Invalid", ["marks[1]"])),
        ([fine], (422, "Invalid", ["marks"])),
    ]

    for marks, expected in bad:
        answer = await cora.put(f"/api/sessions/{course.sessions[0]}/register", {"marks": [fine, *marks]})
        assert problem(answer) == expected, marks
    assert await Attendance.count() == 0


async def test_the_register_opens_an_hour_before_the_session(cora: Program, clock: Clock) -> None:
    course = await a_course("Ana")

    answer = await cora.put(f"/api/sessions/{course.sessions[0]}/register", {"marks": [], "rest": "present"})

    assert problem(answer) == (409, "TooEarly", [])


async def test_a_session_that_is_not_there_is_not_found(cora: Program) -> None:
    for session in (uuid4(), "36893488147419103232", "%00"):
        assert problem(await cora.get(f"/api/sessions/{session}/register"))[0] == 404
        assert problem(await cora.put(f"/api/sessions/{session}/register", {"marks": []}))[0] == 404


async def test_participants_and_facilitators_have_no_token_for_the_register(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    course = await a_course("Ana")
    clock.now = FIRST
    person = course.people["Ana"]
    await accounts.grant(person, Role.FACILITATOR, ACADEMY, clock.now)
    ana = await program(client, person, "read", "enrol")
    path = f"/api/sessions/{course.sessions[0]}/register"
    mark = {"marks": [{"enrolment": str(course.enrolments["Ana"]), "mark": "present"}]}

    assert problem(await ana.get(path))[:2] == (403, "NotAllowed")
    assert problem(await ana.put(path, mark))[:2] == (403, "NotAllowed")
    assert await Attendance.count() == 0
