"""What every answer carries, whoever made it: a page, a refusal, a file, the framework."""

from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from academy.settings import Settings
from academy.web.safety import CSP
from tests.support.client import browser, post, sign_in
from tests.support.makers import a_person

ANSWERS = [
    ("GET", "/help", 200, "no-store"),
    ("GET", "/home", 303, "no-store"),
    ("GET", "/nowhere", 404, "no-store"),
    ("DELETE", "/home", 405, "no-store"),
    ("POST", "/sign-in", 403, "no-store"),
    ("GET", "/api/programmes", 401, "no-store"),
    ("GET", "/static/nowhere.css", 404, "no-store"),
    ("GET", "/static/app.css", 200, "public, no-cache"),
    ("GET", "/health/live", 200, "no-store"),
]


@pytest.mark.parametrize(("method", "path", "status", "kept"), ANSWERS)
async def test_every_answer_carries_the_headers_that_protect(
    client: httpx.AsyncClient, method: str, path: str, status: int, kept: str
) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["cache-control"]) == (status, kept)
    assert {name: answer.headers.get(name, "") for name in PROTECTING} == PROTECTING


PROTECTING = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}


async def cookies_of_a_sign_out(client: httpx.AsyncClient, person: UUID) -> list[bool]:
    await sign_in(client, person)
    answer = await post(client, "/sign-out")
    return ["; Secure" in cookie for cookie in answer.headers.get_list("set-cookie")]


async def test_over_https_every_cookie_is_kept_to_https(
    app: Litestar, client: httpx.AsyncClient, settings: Settings, now: object
) -> None:
    """The session that ends and the sentence that is said once; over plain HTTP they must work without."""
    person = await a_person(now=now)

    assert await cookies_of_a_sign_out(client, person) == [True, True]

    plain = msgspec.structs.replace(settings, base_url="http://academy.example.org")
    app.state["settings"] = plain
    async with browser(app, plain) as other:
        answer = await other.get("/sign-in")
    assert "strict-transport-security" not in answer.headers
