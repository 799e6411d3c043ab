"""The sentence that a page leaves for the next: what was done, or why nothing was."""

import base64

import httpx
import pytest

from academy.web.pages import FLASH, redirect
from tests.conftest import Clock
from tests.support.client import post, sign_in, words
from tests.support.makers import a_coordinator

DONE, IMPORTANT = "Done", "Important"


def kept(**told: str) -> str:
    """The cookie that a redirect sets."""
    (cookie,) = redirect("/", **told).cookies
    assert (cookie.key, cookie.max_age, cookie.httponly) == (FLASH, 60, True)
    return str(cookie.value)


@pytest.mark.parametrize(("told", "heading"), [({"said": "It is saved."}, DONE), ({"warned": "It is not."}, IMPORTANT)])
async def test_a_sentence_is_shown_once_under_its_heading(
    client: httpx.AsyncClient, told: dict[str, str], heading: str
) -> None:
    client.cookies.set(FLASH, kept(**told), domain="academy.example.org", path="/")

    first = await client.get("/sign-in")
    second = await client.get("/sign-in")

    (sentence,) = told.values()
    shown = [word for word in words(first) if word in (DONE, IMPORTANT, sentence)]
    assert shown == [heading, sentence]
    assert not {DONE, IMPORTANT, sentence} & set(words(second))


def test_nothing_said_leaves_nothing() -> None:
    assert redirect("/").cookies == []


@pytest.mark.parametrize("value", ["!", "!!", "!x", "x", "%00", base64.b64encode(b"\xff").decode()])
async def test_a_sentence_that_nobody_wrote_is_left_out(client: httpx.AsyncClient, value: str) -> None:
    answer = await client.get("/sign-in", headers={"Cookie": f"{FLASH}={value}"})

    assert answer.status_code == 200
    assert not {DONE, IMPORTANT} & set(words(answer))


async def test_what_was_not_done_is_not_headed_done(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())

    answer = await post(client, "/outbox/send-again", {}, page="/outbox")
    shown = words(await client.get("/outbox"))

    assert answer.status_code == 303
    assert IMPORTANT in shown and DONE not in shown
    assert "No mail was ticked, so none was sent again." in shown
