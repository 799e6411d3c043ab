"""Coordinators find everything that they hold fast, also what the newest suggestion no longer has, and let go of it."""

from datetime import datetime

import httpx
import pytest

from academy.audit.service import ACADEMY, Actor
from mentoring.pairings import queries as pairings
from mentoring.pairings import service as pairing_service
from mentoring.pairings.tables import DeclineReason
from mentoring.runs import queries, service
from tests.support import makers
from tests.support.client import post, sign_in, words
from tests.support.makers import a_coordinator
from tests.support.matched import three

pytestmark = pytest.mark.usefixtures("database", "clock")
PAIRS = "/mentoring/rounds/winter/pairs"


@pytest.fixture
async def cora(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A coordinator's browser."""
    await sign_in(client, await a_coordinator())
    return client


async def test_a_pair_that_was_ruled_out_before_can_be_found_and_allowed_again(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    here = await three(now)
    mentor = here.plan(await here.suggest(now))["Ana"]
    await post(cora, f"{PAIRS}/rule-out", here.form(mentor, "Ana"), page=PAIRS)
    await here.suggest(now)

    seen = await cora.get(f"{PAIRS}?show=pinned")

    told = " ".join(words(seen))
    assert f"Ana Mentee with {mentor} Mentor Ruled out by" in told
    assert "Pinned or ruled out 1" in told
    assert "No pair here" not in told

    await post(cora, f"{PAIRS}/release", here.form(mentor, "Ana"), page=PAIRS)
    assert await queries.holds(here.round) == []
    assert "Not in this suggestion" not in (await cora.get(f"{PAIRS}?show=pinned")).text


async def test_a_pin_of_a_swap_can_be_let_go_of_before_suggesting_again(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    plan = here.plan(await here.suggest(now))
    other = next(name for name in ("Mia", "Max") if name != plan["Ana"])

    await post(cora, f"{PAIRS}/pin", here.form(other, "Ana"), page=PAIRS)

    seen = " ".join(words(await cora.get(f"{PAIRS}?show=pinned")))
    assert f"Ana Mentee with {other} Mentor Pinned by" in seen
    assert f"Let go of the pin of Ana Mentee with {other} Mentor" in seen


async def test_pairs_that_were_published_are_settled_and_not_among_what_changed(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    await makers.a_mentee(round=here.round, name="Dee", now=now)
    await makers.a_mentor(round=here.round, name="Noa", now=now)

    answer = await post(cora, f"{PAIRS}/suggest", page=PAIRS)
    seen = " ".join(words(await cora.get(answer.headers["location"])))

    assert "0 pairs are as before, 1 changed." in seen
    assert "1 mentee has another mentor, or none." in seen


async def test_a_pin_ends_with_publishing_so_that_who_said_no_is_not_asked_again(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    here = await three(now)
    mentor = here.plan(await here.suggest(now))["Ana"]
    await service.pin(*here.pair(mentor, "Ana"), actor=ACADEMY, now=now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    [asked] = [each for each in await pairings.live(here.round, now=now) if each.mentee == here.people["Ana"]]
    await pairing_service.decline(asked.id, DeclineReason.OTHER, actor=Actor(asked.mentor, ""), now=now)

    again = await here.suggest(now)

    assert await queries.holds(here.round) == []
    assert "Ana" not in here.plan(again)
