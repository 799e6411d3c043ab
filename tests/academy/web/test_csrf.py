"""Forms only from our own pages, in a small app of one form."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar, Request, get, post
from litestar.datastructures import State
from litestar.utils.scope.state import ScopeState

from academy.settings import Settings
from academy.web.csrf import CsrfMiddleware
from academy.web.failures import HANDLERS

KEY = b"k" * 32


@get("/form")
async def form(request: Request[Any, Any, Any]) -> str:
    return str(ScopeState.from_scope(request.scope).csrf_token)


@post("/form", status_code=200)
async def send(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


@post("/api/form", status_code=200)
async def api(request: Request[Any, Any, Any]) -> str:
    return "taken"


def app(*, key: bytes = KEY, secure: bool = True, middleware: type[CsrfMiddleware] = CsrfMiddleware) -> Litestar:
    return Litestar(
        [form, send, api],
        middleware=[middleware(key=key, secure=secure)],
        exception_handlers=HANDLERS,
        state=State(
            {
                "settings": Settings(),
                "page_context": lambda request: {
                    "org": {"name": "X", "service": "Academy"},
                    "user": None,
                    "nav": [],
                    "settings_demo": False,
                },
            }
        ),
        openapi_config=None,
        logging_config=None,
    )


def browser(made: Litestar) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=made, raise_app_exceptions=False), base_url="https://academy.example.org"
    )


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app()) as made:
        yield made


async def test_a_form_comes_back_with_its_token(client: httpx.AsyncClient) -> None:
    page = await client.get("/form")

    assert page.headers["set-cookie"] == f"__Host-csrf={page.text}; HttpOnly; Path=/; SameSite=lax; Secure"
    assert (await client.get("/form")).text == page.text
    assert "set-cookie" not in (await client.get("/form")).headers
    answer = await client.post("/form", data={"_csrf_token": page.text, "name": "Ana"})
    assert (answer.status_code, answer.json()) == (200, {"_csrf_token": page.text, "name": "Ana"})
    assert (await client.post("/form", headers={"x-csrftoken": page.text})).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"data": {"_csrf_token": ""}},
        {"data": {"_csrf_token": "é" * 129}},
        {"data": {"_csrf_token": "a" * 64 + "." + "b" * 64}},
        {"data": {"_csrf_token": "x" * 1_000_000}},
        {"headers": {"x-csrftoken": b"\xe9" * 129}},
        {"files": {"_csrf_token": ("token.txt", b"x" * 129, "text/plain")}},
        {"json": {"_csrf_token": "x"}},
        {"content": b"\xff\xfe", "headers": {"content-type": "text/plain"}},
        {"content": b"_csrf_token=%ff%00", "headers": {"content-type": "application/x-www-form-urlencoded"}},
    ],
)
async def test_without_the_token_nothing_is_taken(client: httpx.AsyncClient, sent: dict[str, Any]) -> None:
    await client.get("/form")

    assert (await client.post("/form", **sent)).status_code == 403


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_a_broken_form_is_a_bad_request(client: httpx.AsyncClient, kind: str) -> None:
    await client.get("/form")

    assert (await client.post("/form", content=b"garbage", headers={"content-type": kind})).status_code == 400


async def test_the_token_of_one_browser_is_not_that_of_another(client: httpx.AsyncClient) -> None:
    await client.get("/form")
    async with browser(app()) as other:
        foreign = (await other.get("/form")).text

    assert (await client.post("/form", data={"_csrf_token": foreign})).status_code == 403


async def test_a_planted_cookie_is_not_ours(client: httpx.AsyncClient) -> None:
    planted = "a" * 64 + "." + "b" * 64
    client.cookies.set("__Host-csrf", planted, domain="academy.example.org")

    assert (await client.post("/form", data={"_csrf_token": planted})).status_code == 403


async def test_control_an_unsigned_token_could_be_planted() -> None:
    class Trusting(CsrfMiddleware):
        def genuine(self, token: str) -> bool:
            return True

    planted = "a" * 64 + "." + "b" * 64
    async with browser(app(middleware=Trusting)) as client:
        client.cookies.set("__Host-csrf", planted, domain="academy.example.org")

        assert (await client.post("/form", data={"_csrf_token": planted})).status_code == 200


async def test_a_cookie_signed_with_a_former_key_mends_itself() -> None:
    async with browser(app(key=b"former")) as before:
        old = (await before.get("/form")).text
    async with browser(app()) as client:
        client.cookies.set("__Host-csrf", old, domain="academy.example.org")

        assert (await client.post("/form", data={"_csrf_token": old})).status_code == 403
        fresh = (await client.get("/form")).text
        client.cookies.delete("__Host-csrf", domain="academy.example.org", path="/")
        client.cookies.set("__Host-csrf", fresh, domain="academy.example.org", path="/")

        assert fresh != old
        assert (await client.post("/form", data={"_csrf_token": fresh})).status_code == 200


async def test_programs_need_none(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/form")).status_code == 200


async def test_without_https_the_cookie_has_a_plain_name() -> None:
    async with browser(app(secure=False)) as client:
        page = await client.get("/form")

        assert page.headers["set-cookie"] == f"csrf={page.text}; HttpOnly; Path=/; SameSite=lax"
