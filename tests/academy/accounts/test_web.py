"""Signing in, as its user and as an attacker."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.types import ASGIApp, Receive, Scope, Send

from academy import database as room
from academy.accounts import limits, service, sessions, web
from academy.accounts.tables import SignInLink, WebSession
from academy.errors import NotFound
from academy.outbox.tables import Message
from academy.settings import Settings
from academy.web import pages
from tests.academy.accounts.conftest import link_in_mail
from tests.conftest import Clock
from tests.support.client import (
    browser,
    cookie_of,
    field_errors,
    get_form,
    heading,
    post,
    session_of,
    sign_in,
    words,
)
from tests.support.makers import a_coordinator, a_person


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ANSWER_AFTER", 0)


@pytest.fixture(autouse=True)
def _clock(clock: Clock) -> None:
    """Time stands still."""


async def ask(client: httpx.AsyncClient, address: str, *, next: str = "/", **more: Any) -> httpx.Response:
    return await post(client, "/sign-in", {"email": address, "next": next}, page="/sign-in", **more)


async def signed_in_as(client: httpx.AsyncClient) -> str:
    """The name the account page shows, or nothing."""
    answer = await client.get("/account")
    if answer.status_code != 200:
        return ""
    return answer.text.partition('app-header__who">')[2].partition("<")[0]


async def test_from_the_address_to_the_page_one_wanted(client: httpx.AsyncClient, database: room.Engine) -> None:
    await a_person(name="Ana Lee", address="ana@council.example")
    first = await client.get("/account/tokens")
    assert first.headers["location"] == "/sign-in?next=%2Faccount%2Ftokens"

    sent = await ask(client, "ana@council.example", next="/account/tokens")
    assert (sent.status_code, heading(sent)) == (200, "Check your email")
    link = await link_in_mail("sign-in-link")
    opened = await client.get(link)
    assert heading(opened) == "Sign in as ana@council.example"
    used = await post(client, link, page=link)

    assert (used.status_code, used.headers["location"]) == (303, "/account/tokens")
    assert await signed_in_as(client) == "Ana Lee"
    out = await post(client, "/sign-out", page="/account")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert await signed_in_as(client) == ""
    assert await WebSession.count() == 0


async def test_the_first_page_is_that_of_ones_role(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine
) -> None:
    for person, path in ((await a_person(), "/home"), (await a_coordinator(), "/today")):
        async with browser(app, settings) as own:
            link = await service.make_sign_in_link(person, web.clock.now())
            assert (await post(own, link, page=link)).headers["location"] == path


async def test_whoever_is_signed_in_need_not_sign_in(client: httpx.AsyncClient, database: room.Engine) -> None:
    await sign_in(client, await a_person())

    answer = await client.get("/sign-in?next=/account")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


async def test_a_wrong_address_is_explained_and_kept(client: httpx.AsyncClient, database: room.Engine) -> None:
    answer = await ask(client, "ana at council")

    assert answer.status_code == 422
    assert field_errors(answer) == {"email": "Enter an email address in the correct format, like name@council.gov.uk"}
    assert 'value="ana at council"' in answer.text


# ---------------------------------------------------------------- mail scanners


async def test_opening_a_link_does_nothing(client: httpx.AsyncClient, database: room.Engine) -> None:
    link = await service.make_sign_in_link(await a_person(), web.clock.now())

    for _ in range(3):
        got, head = await client.get(link), await client.head(link)
        assert (got.status_code, head.status_code, head.content) == (200, 200, b"")

    assert (await post(client, link, page=link)).status_code == 303


async def test_control_a_link_that_is_used_by_opening_it_is_burnt(
    client: httpx.AsyncClient, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await service.make_sign_in_link(await a_person(name="Ana"), web.clock.now())

    async def using_up(token: str, *, now: Any) -> str:
        return (await service.consume_link(token, "", now)).token

    monkeypatch.setattr(service, "whose_link", using_up)
    await client.get(link)
    monkeypatch.undo()

    assert (await post(client, link)).status_code == 410


# ---------------------------------------------------------------- one use, one winner, a new session


async def test_a_link_is_used_once(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine
) -> None:
    link = await service.make_sign_in_link(await a_person(), web.clock.now())
    token = await get_form(client, link)
    async with browser(app, settings) as thief:
        stolen = await get_form(thief, link)

        first, second = await asyncio.gather(
            client.post(link, data={"_csrf_token": token}), thief.post(link, data={"_csrf_token": stolen})
        )

        assert sorted([first.status_code, second.status_code]) == [303, 410]
        assert sorted([bool(session_of(client)), bool(session_of(thief))]) == [False, True]
        again = await client.get(link)
        assert (again.status_code, heading(again)) == (410, "This link no longer works")


@pytest.mark.parametrize("token", ["x" * 43, "short", "%00" * 43, "%ED%A0%80", "x" * 50_000])
async def test_a_link_nobody_made(client: httpx.AsyncClient, database: room.Engine, token: str) -> None:
    assert (await client.get(f"/sign-in/{token}")).status_code == 410
    assert (await post(client, f"/sign-in/{token}")).status_code == 410


async def test_a_cookie_planted_before_signing_in_opens_nothing_after_it(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine
) -> None:
    planted = "A" * 43
    client.cookies.set(cookie_of(client), planted, domain=client.base_url.host)
    link = await service.make_sign_in_link(await a_person(), web.clock.now())

    await post(client, link, page=link)

    assert session_of(client) not in ("", planted)
    async with browser(app, settings) as attacker:
        attacker.cookies.set(cookie_of(attacker), planted, domain=attacker.base_url.host)
        assert await signed_in_as(attacker) == ""


async def test_control_a_session_that_keeps_the_cookie_is_shared_with_the_attacker(
    client: httpx.AsyncClient,
    app: Litestar,
    settings: Settings,
    database: room.Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planted = "A" * 43
    link = await service.make_sign_in_link(await a_person(name="Victim"), web.clock.now())
    monkeypatch.setattr(service, "new_secret", lambda: planted)

    await post(client, link, page=link)

    async with browser(app, settings) as attacker:
        attacker.cookies.set(cookie_of(attacker), planted, domain=attacker.base_url.host)
        assert await signed_in_as(attacker) == "Victim"


async def test_the_cookie_as_it_is_sent(client: httpx.AsyncClient, database: room.Engine) -> None:
    link = await service.make_sign_in_link(await a_person(), web.clock.now())

    answer = await post(client, link, page=link)

    cookies = {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    assert cookies["__Host-session"] == (
        f"__Host-session={session_of(client)}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure"
    )
    assert answer.headers["cache-control"] == "no-store"


async def test_signing_out_everywhere_ends_the_other_browsers_at_once(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine
) -> None:
    person = await a_person(name="Ana")
    async with browser(app, settings) as phone:
        await sign_in(phone, person)
        await sign_in(client, person)
        assert [await signed_in_as(each) for each in (client, phone)] == ["Ana", "Ana"]

        answer = await post(client, "/account/sign-out-everywhere", page="/account")

        assert answer.headers["location"] == "/sign-in"
        assert [await signed_in_as(each) for each in (client, phone)] == ["", ""]


async def test_control_signing_out_here_only_leaves_the_others(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine
) -> None:
    person = await a_person(name="Ana")
    async with browser(app, settings) as phone:
        await sign_in(phone, person)
        await sign_in(client, person)

        await post(client, "/sign-out", page="/account")

        assert [await signed_in_as(each) for each in (client, phone)] == ["", "Ana"]


# ---------------------------------------------------------------- who has an account


async def answers(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
    """To an address that is known, and to one that is not, of the same length."""
    return await ask(client, "ana@council.example"), await ask(client, "eve@council.example")


async def test_the_answer_does_not_tell_who_has_an_account(client: httpx.AsyncClient, database: room.Engine) -> None:
    await a_person(address="ana@council.example")

    known, unknown = await answers(client)

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert abs(len(known.text) - len(unknown.text)) <= 64
    assert words(known) == [text.replace("eve@", "ana@") for text in words(unknown)]
    assert sorted(known.headers.keys()) == sorted(unknown.headers.keys())
    assert await Message.count() == 1


async def test_control_an_honest_answer_would_tell(
    client: httpx.AsyncClient, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_person(address="ana@council.example")
    send = service.send_sign_in_link

    async def honest(address: str, next_path: str, now: Any) -> None:
        before = await SignInLink.count()
        await send(address, next_path, now)
        if await SignInLink.count() == before:
            raise NotFound

    monkeypatch.setattr(service, "send_sign_in_link", honest)
    known, unknown = await answers(client)

    assert (known.status_code, unknown.status_code) == (200, 404)


@pytest.mark.parametrize(("after", "told"), [(0.4, False), (0, True)], ids=["protected", "control"])
async def test_the_time_does_not_tell_either(
    client: httpx.AsyncClient, database: room.Engine, monkeypatch: pytest.MonkeyPatch, after: float, told: bool
) -> None:
    await a_person(address="ana@council.example")
    send = service.send_sign_in_link

    async def slow_for_who_is_known(address: str, next_path: str, now: Any) -> None:
        if address.startswith("ana"):
            await asyncio.sleep(0.15)
        await send(address, next_path, now)

    monkeypatch.setattr(service, "send_sign_in_link", slow_for_who_is_known)
    monkeypatch.setattr(web, "ANSWER_AFTER", after)
    took: dict[str, list[float]] = {"ana": [], "eve": []}
    token = await get_form(client, "/sign-in")
    for _ in range(3):
        for name, times in took.items():
            started = time.perf_counter()
            await client.post("/sign-in", data={"email": f"{name}@council.example", "_csrf_token": token})
            times.append(time.perf_counter() - started)

    assert (min(took["ana"]) > min(took["eve"]) + 0.1) is told


# ---------------------------------------------------------------- how often


async def test_the_sixth_request_for_an_address_waits(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    for address in ("ana@council.example", "eve@council.example"):
        await a_person(address="ana@council.example")
        found = [(await ask(client, address)).status_code for _ in range(6)]
        assert found == [200] * 5 + [429]
    refused = await ask(client, "ANA@council.example")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")

    clock.advance(minutes=15)
    assert (await ask(client, "ana@council.example")).status_code == 200


async def test_an_attacker_elsewhere_does_not_lock_the_owner_out(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine, clock: Clock
) -> None:
    await a_person(name="Ana", address="ana@council.example")
    for network in range(4):
        async with browser(app, settings, address=f"198.51.100.{network}") as attacker:
            for _ in range(5):
                await ask(attacker, "ana@council.example")

    assert await Message.count() == 10
    assert (await ask(client, "ana@council.example")).status_code == 200
    assert await Message.count() == 10
    link = await link_in_mail("sign-in-link")
    assert (await post(client, link, page=link)).status_code == 303

    await post(client, "/sign-out")
    clock.advance(minutes=10)
    await ask(client, "ana@council.example")
    assert await Message.count() == 11


async def test_thirty_requests_from_one_network(client: httpx.AsyncClient, database: room.Engine) -> None:
    token = await get_form(client, "/sign-in")

    found = [
        (
            await client.post(
                "/sign-in",
                data={"email": f"p{number}@council.example", "_csrf_token": token},
                headers={"x-forwarded-for": f"203.0.113.{number}", "forwarded": f"for=203.0.113.{number}"},
            )
        ).status_code
        for number in range(31)
    ]

    assert found == [200] * 30 + [429]


async def test_control_a_network_read_from_a_header_is_no_limit(
    client: httpx.AsyncClient, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "network", lambda request: request.headers["x-forwarded-for"])
    token = await get_form(client, "/sign-in")

    found = {
        (
            await client.post(
                "/sign-in",
                data={"email": f"p{number}@council.example", "_csrf_token": token},
                headers={"x-forwarded-for": f"203.0.113.{number}"},
            )
        ).status_code
        for number in range(31)
    }

    assert found == {200}


# ---------------------------------------------------------------- forms from elsewhere


async def test_a_form_without_its_token_or_from_another_site_is_refused(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine
) -> None:
    await sign_in(client, await a_person(name="Ana"))
    token = await get_form(client, "/account")
    async with browser(app, settings) as attacker:
        foreign = await get_form(attacker, "/sign-in")
    attempts = [
        await client.post("/account/calendar"),
        await client.post("/account/calendar", data={"_csrf_token": ""}),
        await client.post("/account/calendar", data={"_csrf_token": foreign}),
        await client.post("/account/calendar", data={"_csrf_token": "é" * 129}),
        await client.post("/account/calendar", files={"_csrf_token": ("t", token.encode(), "text/plain")}),
        await client.post("/account/calendar", data={"_csrf_token": token}, headers={"origin": "https://evil.example"}),
        await client.post("/account/calendar", data={"_csrf_token": token}, headers={"sec-fetch-site": "cross-site"}),
    ]

    assert [each.status_code for each in attempts] == [403] * 7
    assert (await client.post("/account/calendar", data={"_csrf_token": token})).status_code == 200


async def test_control_without_the_token_check_a_bare_post_makes_a_feed(
    settings: Settings, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from academy.app import create_app
    from academy.web.csrf import CsrfMiddleware

    async def open_door(self: Any, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        await next_app(scope, receive, send)

    monkeypatch.setattr(CsrfMiddleware, "handle", open_door)
    async with browser(create_app(settings, engine=database), settings) as client:
        await sign_in(client, await a_person())

        assert (await client.post("/account/calendar")).status_code == 200


# ---------------------------------------------------------------- where one is sent, and what is typed

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "x",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_nobody_is_sent_to_another_site(client: httpx.AsyncClient, database: room.Engine, target: str) -> None:
    await a_person(address="ana@council.example")
    await ask(client, "ana@council.example", next=target)
    link = await link_in_mail("sign-in-link")

    used = await post(client, link, page=link)
    shown = await client.get("/sign-in", params={"next": target})

    assert (used.headers["location"], shown.headers["location"]) == ("/home", "/home")


async def test_control_without_the_check_they_would_be(
    client: httpx.AsyncClient, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (web, pages):
        monkeypatch.setattr(module, "local_path", lambda to: to)
    await sign_in(client, await a_person())

    assert (await client.get("/sign-in?next=https://evil.example")).headers["location"] == "https://evil.example"


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("email=a%00@b.example", 422),
        ("email=%ED%A0%80@b.example", 422),
        ("email=%ff%fe", 422),
        ("email=a@b.example%0d%0aBcc:+x@y.example", 422),
        ("email=" + "a" * 1_000_000, 422),
        ("email=" + "a" * 2_100_000, 413),
        ("email=a&" + "x=1&" * 5_000, 422),
    ],
    ids=["NUL", "surrogate", "no UTF-8", "header", "a megabyte", "too large", "5,000 fields"],
)
async def test_bad_input_is_refused_cleanly(
    client: httpx.AsyncClient, database: room.Engine, typed: str, status: int
) -> None:
    token = await get_form(client, "/sign-in")

    answer = await client.post(
        "/sign-in",
        content=f"_csrf_token={token}&{typed}",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == status
    assert (await Message.count(), await SignInLink.count()) == (0, 0)


async def test_what_is_too_large_is_not_called_a_missing_page(client: httpx.AsyncClient, database: room.Engine) -> None:
    token = await get_form(client, "/sign-in")

    answer = await client.post(
        "/sign-in",
        content=f"_csrf_token={token}&email={'a' * 2_100_000}",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 413
    assert heading(answer) == "Check what you entered"
    assert "What you sent is too large. Shorten it, or choose a smaller file." in words(answer)


async def test_sessions_are_the_middlewares_own() -> None:
    """The framework's sessions keep the cookie a browser came with; ours are made new."""
    assert sessions.SessionMiddleware.__bases__[0].__name__ == "ASGIMiddleware"
