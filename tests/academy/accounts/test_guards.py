"""Who passes where: a small app with one route for each audience, behind the real middleware and guard."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar, Request, get, post
from litestar.datastructures import State

from academy import database as room
from academy.accounts import guards, service, sessions
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.settings import Settings
from academy.web.access import Visitor, Who
from academy.web.failures import HANDLERS
from tests.conftest import Clock
from tests.support.client import browser, sign_in
from tests.support.makers import a_coordinator, a_person

AUDIENCES = [who for who in Who if not who.name.startswith("API_")]


def routes() -> list[Any]:
    made: list[Any] = []
    for who in AUDIENCES:
        path = f"/{who.name.lower().replace('_', '-')}"

        async def shown(request: Request[Any, Any, Any]) -> str:
            return request.user.name if request.user else "nobody"

        made += [get(path, who=who)(shown), post(path, who=who)(shown)]
    for who in (Who.API_READ, Who.API_ENROL, Who.API_MANAGE, Who.SIGNED_IN, Who.ANYONE):
        path = f"/api/{who.name.lower().replace('_', '-')}"

        async def told(request: Request[Any, Any, Any]) -> dict[str, str]:
            return {"name": request.user.name if request.user else "nobody"}

        made += [get(path, who=who)(told), post(path, who=who)(told)]

    @get("/forgotten")
    async def forgotten() -> str:
        return "open"

    return [*made, forgotten]


def small_app(settings: Settings) -> Litestar:
    return Litestar(
        route_handlers=routes(),
        middleware=[sessions.SessionMiddleware(), guards.Gate()],
        exception_handlers={**HANDLERS, guards.SignInFirst: guards.to_sign_in},
        state=State({"settings": settings, "page_context": page_context}),
        openapi_config=None,
        logging_config=None,
    )


def page_context(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return {"org": {"name": "X", "service": "Academy"}, "user": None, "nav": [], "settings_demo": False}


@pytest_asyncio.fixture
async def client(settings: Settings, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(small_app(settings), settings) as made:
        yield made


async def statuses(client: httpx.AsyncClient, method: str = "GET", **headers: str) -> dict[str, int]:
    return {
        who.name: (await client.request(method, f"/{who.name.lower().replace('_', '-')}", headers=headers)).status_code
        for who in AUDIENCES
    }


async def test_who_passes_where(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> None:
    table = {"nobody": await statuses(client)}
    person = await a_person()
    await sign_in(client, person)
    table["participant"] = await statuses(client)
    await service.grant(person, Role.FACILITATOR, ACADEMY, clock.now)
    table["facilitator"] = await statuses(client)
    coach = await a_person(name="Daniel Reid")
    await service.grant(coach, Role.COACH, ACADEMY, clock.now)
    await sign_in(client, coach)
    table["coach"] = await statuses(client)
    await sign_in(client, await a_coordinator())
    table["coordinator"] = await statuses(client)

    assert {who: list(found.values()) for who, found in table.items()} == {
        #                ANYONE SIGNED_IN COORDINATOR FACILITATOR COACH LINK_HOLDER DEMO
        "nobody":       [200,   303,      303,        303,        303,  200,        404],
        "participant":  [200,   200,      403,        403,        403,  200,        404],
        "facilitator":  [200,   200,      403,        200,        403,  200,        404],
        "coach":        [200,   200,      403,        403,        200,  200,        404],
        "coordinator":  [200,   200,      200,        200,        403,  200,        404],
    }  # fmt: skip
    assert list(table["nobody"]) == [
        *("ANYONE", "SIGNED_IN", "COORDINATOR", "FACILITATOR", "COACH", "LINK_HOLDER", "DEMO")
    ]


async def test_a_route_without_a_rule_is_closed_even_to_coordinators(
    client: httpx.AsyncClient, database: room.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    await sign_in(client, await a_coordinator())

    assert (await client.get("/forgotten")).status_code == 404
    assert [record.message for record in caplog.records if record.name == "academy"] == ["a route has no rule"]


async def test_control_without_the_guard_it_would_be_open(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody_asks(connection: object, handler: object) -> None:
        return None

    monkeypatch.setattr(guards, "who_may", nobody_asks)
    async with browser(small_app(settings), settings) as client:
        assert (await client.get("/forgotten")).status_code == 200
        assert (await client.get("/coordinator")).status_code == 200


async def test_the_demonstration_is_open_only_where_it_runs(settings: Settings) -> None:
    import msgspec

    async with browser(small_app(msgspec.structs.replace(settings, demo=True)), settings) as client:
        assert (await client.get("/demo")).status_code == 200


async def test_nobody_is_sent_to_sign_in_and_back_to_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/coordinator?page=2&q=a%20b")

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fcoordinator%3Fpage%3D2%26q%3Da%2520b",
    )


async def test_a_form_that_was_open_for_too_long_leads_back_to_its_page(client: httpx.AsyncClient) -> None:
    own = {"origin": "https://academy.example.org"}

    back = await client.post("/signed-in", headers={**own, "referer": "https://academy.example.org/account?x=1"})
    foreign = await client.post("/signed-in", headers={**own, "referer": "https://evil.example/account"})

    assert back.headers["location"] == "/sign-in?next=%2Faccount%3Fx%3D1"
    assert foreign.headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"origin": "https://academy.example.org"}, 201),
        ({"origin": "https://ACADEMY.example.org", "sec-fetch-site": "same-origin"}, 201),
        ({"sec-fetch-site": "none"}, 201),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin, cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://academy.example.org.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://[broken"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
    ],
)
async def test_a_change_is_taken_from_our_own_pages_only(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    assert (await client.post("/anyone", headers=headers)).status_code == status
    assert (await client.get("/anyone", headers=headers)).status_code == 200


async def test_control_without_the_check_another_site_could_change_things(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "check_origin", lambda connection, settings: None)

    assert (await client.post("/anyone", headers={"origin": "https://evil.example"})).status_code == 201


async def test_a_token_opens_what_asks_for_its_scope_and_nothing_else(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    person, coordinator = await a_person(), await a_coordinator()
    made = {
        "read": await service.create_api_token(person, "r", frozenset({"read"}), clock.now),
        "enrol": await service.create_api_token(person, "e", frozenset({"enrol"}), clock.now),
        "all of a coordinator": await service.create_api_token(
            coordinator, "m", frozenset({"read", "enrol", "manage"}), clock.now
        ),
        "read of a coordinator": await service.create_api_token(coordinator, "m", frozenset({"read"}), clock.now),
    }
    paths = ["/api/api-read", "/api/api-enrol", "/api/api-manage", "/api/signed-in", "/coordinator", "/signed-in"]

    found = {
        name: [(await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code for path in paths]
        for name, token in made.items()
    }

    assert found == {
        "read": [200, 403, 403, 403, 303, 303],
        "enrol": [403, 200, 403, 403, 303, 303],
        "all of a coordinator": [200, 200, 200, 403, 303, 303],
        "read of a coordinator": [200, 403, 403, 403, 303, 303],
    }


async def test_a_token_that_may_manage_stops_with_the_role(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    await a_coordinator()
    coordinator = await a_coordinator()
    token = await service.create_api_token(coordinator, "m", frozenset({"manage"}), clock.now)
    headers = {"authorization": f"Bearer {token}"}
    assert (await client.post("/api/api-manage", headers=headers)).status_code == 201

    await service.revoke(coordinator, Role.COORDINATOR, ACADEMY, clock.now)

    assert (await client.post("/api/api-manage", headers=headers)).status_code == 403


async def test_the_api_takes_no_cookie_and_says_what_it_wants(client: httpx.AsyncClient, database: room.Engine) -> None:
    await sign_in(client, await a_coordinator())

    answer = await client.post("/api/api-manage", headers={"origin": "https://evil.example"})

    assert (answer.status_code, answer.headers["www-authenticate"], answer.headers["content-type"]) == (
        401,
        "Bearer",
        "application/problem+json",
    )
    assert (await client.get("/api/anyone")).json() == {"name": "nobody"}


async def test_control_with_cookies_another_site_could_use_the_api(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client, await a_coordinator(name="Cora"))
    monkeypatch.setattr(sessions, "is_api", lambda path: False)

    assert (await client.get("/api/anyone", headers={"origin": "https://evil.example"})).json() == {"name": "Cora"}


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic " + "x" * 43, "Bearer " + "x" * 100_000])
async def test_what_is_no_token_is_refused(client: httpx.AsyncClient, header: str) -> None:
    assert (await client.get("/api/api-read", headers={"authorization": header})).status_code == 401


def test_without_a_session_or_scope_nothing_is_allowed() -> None:
    visitor = Visitor(person="x", name="x", coordinator=True, facilitator=True)

    assert [who for who in Who if guards.allowed(who, visitor)] == []
