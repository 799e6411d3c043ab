"""The access matrix: every route of the application, for everybody, with ids of their own, of others and of nobody.

The routes come from the application, so a new one is tried at once; what it may do follows from its ``who``.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import httpx
import pytest
from litestar import Litestar

from academy import database as room
from academy.web.access import Who
from tests.support.crowd import fingerprint
from tests.support.visitors import PROGRAMS, READS, Route, Visitors, routes_of

NOBODY = "00000000-0000-4000-8000-000000000000"
HOSTILE = {
    "unknown": NOBODY,
    "65 bits": str(2**65),
    "NUL": "%00",
    "lone surrogate": "%ED%A0%80",
    "long": "x" * 5000,
    "climbing": "..%2f..%2fetc%2fpasswd",
}
OPEN = {Who.ANYONE, Who.LINK_HOLDER}
MAY = {
    Who.SIGNED_IN: {"participant", "facilitator", "coach", "coordinator"},
    Who.FACILITATOR: {"facilitator", "coordinator"},
    Who.COORDINATOR: {"coordinator"},
    Who.COACH: {"coach"},
    Who.API_READ: {"read", "enrol", "manage"},
    Who.API_ENROL: {"enrol", "manage"},
    Who.API_MANAGE: {"manage"},
}
PERSONAL = {Who.SIGNED_IN, Who.API_READ, Who.API_ENROL}
"""Routes where everybody sees their own things; an id in the address must be one of them."""
SHARED = {"/api/cohorts/{code:str}", "/api/programmes/{slug:str}", "/api/cohorts/{code:str}/enrolments"}
"""Personal routes whose address names something that is not personal."""
NOTHING_THERE = {
    "GET /cohorts/{code:str}/people/{enrolment:uuid}/reinstate": "nobody withdrew",
    "GET /coaching/sessions/{session:uuid}/move/check": "no time was chosen",
    "GET /api/my/coachees/sessions": "the owners of these tokens are no coaches",
}
"""Reads that may answer 404 to their own audience here, and why."""


class Answer(StrEnum):
    LET_IN = "let in"
    SIGN_IN = "sign in first"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    BROKEN = "broken"


def answer_of(response: httpx.Response, route: Route) -> Answer:
    if response.status_code >= 500:
        return Answer.BROKEN
    to = response.headers.get("location", "")
    if route.who not in OPEN and (response.status_code == 401 or to.partition("?")[0] == "/sign-in"):
        return Answer.SIGN_IN
    return {403: Answer.FORBIDDEN, 404: Answer.NOT_FOUND}.get(response.status_code, Answer.LET_IN)


def expected(route: Route, visitor: str) -> Answer:
    """What the guard says, before it is known whose the ids are."""
    if route.who in OPEN:
        return Answer.LET_IN
    if route.who is Who.DEMO:
        return Answer.NOT_FOUND
    if visitor == "anonymous" or route.path.startswith("/api/") != (visitor in PROGRAMS):
        return Answer.SIGN_IN
    return Answer.LET_IN if visitor in MAY[route.who] else Answer.FORBIDDEN


def allowed(visitor: str, routes: list[Route], *, reads: bool) -> Iterator[Route]:
    for route in routes:
        if (route.method in READS) == reads and expected(route, visitor) is Answer.LET_IN:
            yield route


async def test_whom_a_route_is_not_for_changes_and_sees_nothing(
    app: Litestar, visitors: Visitors, database: room.Engine
) -> None:
    before = await fingerprint(database)
    wrong = []
    for route in routes_of(app):
        for name in visitors.clients:
            wanted = expected(route, name)
            if wanted is Answer.LET_IN:
                continue
            found = answer_of(await visitors.ask(name, route, route.at(visitors.crowd.own)), route)
            if found is not wanted:
                wrong.append(f"{route} for {name}: {found}, not {wanted}")
    assert wrong == [], "\n".join(wrong)
    assert await fingerprint(database) == before


async def test_reading_is_let_in_and_changes_nothing(app: Litestar, visitors: Visitors, database: room.Engine) -> None:
    before = await fingerprint(database)
    wrong = []
    for name in visitors.clients:
        for route in allowed(name, routes_of(app), reads=True):
            mine = name in ("participant", "read", "enrol") or route.who not in PERSONAL
            if not mine and route.names and route.path not in SHARED:
                continue  # others' things: the next test
            if name == "facilitator" and route.names and route.who is Who.FACILITATOR:
                continue
            found = answer_of(await visitors.ask(name, route, route.at(visitors.crowd.own)), route)
            if found is not Answer.LET_IN and str(route) not in NOTHING_THERE:
                wrong.append(f"{route} for {name}: {found}")
    assert wrong == [], "\n".join(wrong)
    assert await fingerprint(database) == before


async def test_what_is_somebody_else_s_is_not_there(app: Litestar, visitors: Visitors, database: room.Engine) -> None:
    before = await fingerprint(database)
    wrong = []
    for name in ("participant", "facilitator", "coach", "read", "enrol", "manage, formerly"):
        for route in routes_of(app):
            if expected(route, name) is not Answer.LET_IN or not route.names or route.path in SHARED:
                continue
            if route.who in PERSONAL or route.who in (Who.FACILITATOR, Who.COACH):
                found = answer_of(await visitors.ask(name, route, route.at(visitors.crowd.other)), route)
                if found not in (Answer.NOT_FOUND, Answer.FORBIDDEN):
                    wrong.append(f"{route} of somebody else for {name}: {found}")
    assert wrong == [], "\n".join(wrong)
    assert await fingerprint(database) == before


async def test_who_leads_a_session_takes_its_register(app: Litestar, visitors: Visitors) -> None:
    led = {"{session:uuid}": visitors.crowd.led}
    for route in allowed("facilitator", routes_of(app), reads=True):
        if route.who is Who.FACILITATOR and route.names:
            assert answer_of(await visitors.ask("facilitator", route, route.at(led)), route) is Answer.LET_IN, route


async def test_empty_forms_and_bodies_break_nothing(app: Litestar, visitors: Visitors) -> None:
    """Whoever may change something sends nothing at all: a rule answers, never a fault."""
    wrong = []
    for ids in (visitors.crowd.own, visitors.crowd.other):
        for name in visitors.clients:
            for route in allowed(name, routes_of(app), reads=False):
                answer = await visitors.ask(name, route, route.at(ids))
                if answer.status_code >= 500 or answer.status_code == 401:
                    wrong.append(f"{route} for {name}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("reads", [True, False], ids=["reads", "changes"])
async def test_unknown_and_hostile_ids_are_refused(
    app: Litestar, visitors: Visitors, database: room.Engine, reads: bool
) -> None:
    before = await fingerprint(database)
    wrong = []
    for name in ("anonymous", "participant", "coach", "coordinator", "manage"):
        for route in allowed(name, routes_of(app), reads=reads):
            if name == "coordinator" and route.who not in (Who.COORDINATOR, Who.FACILITATOR):
                continue
            if name == "coach" and route.who is not Who.COACH:
                continue
            for parameter in route.names:
                for kind, value in HOSTILE.items():
                    path = route.at(visitors.crowd.own, **{parameter: value})
                    status = (await visitors.ask(name, route, path)).status_code
                    if not 400 <= status < 500:
                        wrong.append(f"{route} for {name}, {parameter} {kind}: {status}")
    assert wrong == [], "\n".join(wrong)
    if reads:
        assert await fingerprint(database) == before


async def test_the_matrix_sees_a_door_that_stands_open(
    app: Litestar, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guard's decision, the first two tests would fail."""
    from academy.accounts import guards

    monkeypatch.setattr(guards, "allowed", lambda who, visitor: True)
    route = Route("/today", "GET", Who.COORDINATOR)
    assert expected(route, "participant") is Answer.FORBIDDEN
    assert answer_of(await visitors.ask("participant", route, "/today"), route) is Answer.LET_IN


async def test_the_fingerprint_sees_one_changed_row(visitors: Visitors, database: room.Engine) -> None:
    before = await fingerprint(database)
    await visitors.clients["participant"].post("/account/calendar")
    assert await fingerprint(database) != before
