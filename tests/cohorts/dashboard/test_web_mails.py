"""The mails about one cohort, under its tabs."""

import httpx
import pytest

from academy import database as room
from academy.outbox.tables import Message, MessageState
from tests.conftest import Clock
from tests.support.client import heading, post, sign_in, words
from tests.support.makers import a_cohort, a_coordinator, a_person, an_enrolment


@pytest.fixture(autouse=True)
async def _signed_in(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())


def mails(answer: httpx.Response) -> list[str]:
    return [text for text in words(answer) if text.startswith(("Invitation:", "Your place on"))]


async def test_it_lists_what_was_written_about_the_cohort_and_its_sessions(client: httpx.AsyncClient) -> None:
    ana = await a_person(name="Ana Example")
    await an_enrolment(cohort=await a_cohort(name="Top Talent, Kent", code="kent"), person=ana)
    await an_enrolment(cohort=await a_cohort(name="Top Talent, Fife", code="fife"), person=ana)

    answer = await client.get("/cohorts/kent/mails")

    assert heading(answer) == "Top Talent, Kent Open"
    assert sorted(mails(answer)) == [
        "Invitation: Top Talent, Kent: Day 1, Wednesday 24 June",
        "Invitation: Top Talent, Kent: Day 2, Thursday 25 June",
        "Your place on Top Talent, Kent is confirmed",
    ]


async def test_without_mails_it_says_what_will_be_there(client: httpx.AsyncClient) -> None:
    await a_cohort(code="kent")

    assert "No mail yet" in words(await client.get("/cohorts/kent/mails"))


async def test_it_filters_by_state_and_words_and_exports(client: httpx.AsyncClient) -> None:
    await an_enrolment(cohort=await a_cohort(code="kent"), person=await a_person(name="Ana Example"))
    await Message.update({Message.state: MessageState.FAILED, Message.error: "550 5.1.1 No such user"}).where(
        Message.subject.like("Your place%")
    )

    failed = await client.get("/cohorts/kent/mails?state=failed")
    found = await client.get("/cohorts/kent/mails?q=thursday")
    nothing = await client.get("/cohorts/kent/mails?state=sent")
    odd = await client.get("/cohorts/kent/mails?state=nonsense")
    file = await client.get("/cohorts/kent/mails?state=failed&export=csv")

    assert [len(mails(each)) for each in (failed, found, nothing, odd)] == [1, 1, 0, 3]
    assert "No mail fits" in words(nothing)
    assert "550 5.1.1 No such user" in file.text and len(file.text.splitlines()) == 2


async def test_chosen_mails_go_out_again_and_the_page_stays(client: httpx.AsyncClient, clock: Clock) -> None:
    await an_enrolment(cohort=await a_cohort(code="kent"))
    await Message.update({Message.state: MessageState.FAILED}, force=True)
    (one, *_) = await Message.select(Message.id).where(Message.kind == "session-invite")

    answer = await post(
        client, "/outbox/send-again", {"mail": [str(one["id"])], "back": "/cohorts/kent/mails?state=failed"}
    )

    (row,) = await Message.select(Message.state).where(Message.id == one["id"])
    assert (answer.headers["location"], row["state"]) == ("/cohorts/kent/mails?state=failed", "queued")
