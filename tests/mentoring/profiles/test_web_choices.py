"""In a large round mentees look through the mentors page by page, search them, and choose."""

from datetime import datetime
from uuid import UUID

import httpx
import pytest

from academy.audit.service import ACADEMY
from mentoring.profiles import own_pages, queries, service, web_choices
from mentoring.profiles.tables import RoundStatus, Side
from tests.support.client import post, sign_in, words
from tests.support.makers import a_mentee, a_mentor, a_person, a_round
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")
MINE = "/mentoring/spring/mentee"
MENTORS = f"{MINE}/mentors"


@pytest.fixture
async def round(now: datetime, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A round that counts as large with three mentors."""
    monkeypatch.setattr(own_pages, "MOST_LISTED", 2)
    made = await a_round(slug="spring", now=now)
    for name, skills in (("Mia", ("budgets",)), ("Max", ("hiring",)), ("Moe", ("data",))):
        await a_mentor(round=made, name=name, skills=skills, biography=f"I am {name}.", now=now)
    return made


@pytest.fixture
async def mo(client: httpx.AsyncClient, round: UUID, now: datetime) -> UUID:
    """A mentee of the round, signed in."""
    person = await a_person(name="Mo", now=now)
    await a_mentee(round=round, person=person, now=now)
    await sign_in(client, person)
    return person


async def mentor(round: UUID, name: str) -> str:
    return str(next(each.person for each in await queries.mentors(round) if each.name == name))


async def press(client: httpx.AsyncClient, round: UUID, name: str, do: str, **more: str) -> httpx.Response:
    return await post(client, MENTORS, {"mentor": await mentor(round, name), "do": do, **more}, page=MENTORS)


async def chosen(round: UUID, person: UUID) -> list[str]:
    return [each.name for each in await queries.choices(round, Side.MENTEE, person)]


async def test_the_own_page_leads_to_the_mentors_and_does_not_list_them(
    client: httpx.AsyncClient, round: UUID, mo: UUID
) -> None:
    answer = await client.get(MINE)

    assert f'href="{MENTORS}"' in answer.text
    assert "Look through the 3 mentors and choose" in words(answer)
    assert "I am Mia." not in answer.text and "choice_1" not in answer.text


async def test_who_has_not_signed_up_sends_the_page_first_and_is_led_there(
    client: httpx.AsyncClient, round: UUID, now: datetime
) -> None:
    await sign_in(client, await a_person(name="Ana", now=now))
    before = await client.get(MINE)

    answer = await post(client, MINE, {"skill_1": "data"}, page=MINE)

    assert "Send this page first" in before.text and MENTORS not in before.text
    assert answer.headers["location"] == MENTORS


async def test_a_small_round_lists_its_mentors_on_the_page(
    client: httpx.AsyncClient, round: UUID, mo: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_pages, "MOST_LISTED", 3)

    answer = await client.get(MINE)

    assert "I am Mia." in answer.text and "choice_1" in answer.text


async def test_mentors_come_page_by_page_and_are_found_by_what_they_offer(
    client: httpx.AsyncClient, round: UUID, mo: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_choices, "SIZE", 2)

    pages = [(await client.get(f"{MENTORS}?page={number}")).text for number in (1, 2)]
    found = await client.get(f"{MENTORS}?q=hiring")
    nobody = await client.get(f"{MENTORS}?q=zzz")

    assert [text.count("<article") for text in pages] == [2, 1]
    assert 'rel="next"' in pages[0]
    assert found.text.count("<article") == 1 and "I am Max." in words(found)
    assert "Nobody is found" in words(nobody)


async def test_choices_are_made_ordered_and_taken_out_with_one_press_each(
    client: httpx.AsyncClient, round: UUID, mo: UUID
) -> None:
    for name in ("Mia", "Max", "Moe", "Mia"):  # the second press on Mia changes nothing
        await press(client, round, name, "choose")
    assert await chosen(round, mo) == ["Mia", "Max", "Moe"]

    await press(client, round, "Moe", "up")
    assert await chosen(round, mo) == ["Mia", "Moe", "Max"]

    await press(client, round, "Mia", "up")  # the first stays the first
    await press(client, round, "Mia", "out")
    assert await chosen(round, mo) == ["Moe", "Max"]
    assert "Your first choice" in words(await client.get(MENTORS))


async def test_a_press_leads_back_to_the_same_page_of_the_list(
    client: httpx.AsyncClient, round: UUID, mo: UUID
) -> None:
    answer = await press(client, round, "Mia", "choose", back="q=mi&page=2")

    assert answer.headers["location"] == f"{MENTORS}?q=mi&page=2"


async def test_nobody_chooses_more_than_five(client: httpx.AsyncClient, round: UUID, mo: UUID, now: datetime) -> None:
    for number in range(3):
        await a_mentor(round=round, name=f"M{number}", now=now)
    for name in ("Mia", "Max", "Moe", "M0", "M1"):
        await press(client, round, name, "choose")

    refused = await press(client, round, "M2", "choose")

    assert refused.status_code == 422
    assert len(await chosen(round, mo)) == 5
    assert 'hidden">: M2' not in (await client.get(MENTORS)).text.partition("Not this person")[0]


async def test_not_this_person_is_said_in_confidence_and_ends_the_choice(
    client: httpx.AsyncClient, round: UUID, mo: UUID
) -> None:
    await press(client, round, "Max", "choose")

    await press(client, round, "Max", "apart")

    assert await chosen(round, mo) == []
    assert [each.name for each in await queries.said_in_confidence(mo)] == ["Max"]
    assert "You said in confidence that you do not want to be paired." in (await client.get(MENTORS)).text


async def test_saving_the_own_page_keeps_the_choices(client: httpx.AsyncClient, round: UUID, mo: UUID) -> None:
    await press(client, round, "Max", "choose")

    await post(client, MINE, {"goals": "Speak up"}, page=MINE)

    assert await chosen(round, mo) == ["Max"]


@pytest.mark.parametrize("do", ["choose", "apart"])
async def test_only_mentors_of_the_round_are_chosen(
    client: httpx.AsyncClient, round: UUID, mo: UUID, now: datetime, do: str
) -> None:
    stranger = str(await a_person(name="Sam", now=now))

    for given in (stranger, str(mo)):
        assert (await post(client, MENTORS, {"mentor": given, "do": do}, page=MENTORS)).status_code == 404
    assert (await post(client, MENTORS, {"mentor": "x", "do": do}, page=MENTORS)).status_code == 422
    assert (await press(client, round, "Mia", "nonsense")).status_code == 422
    assert await chosen(round, mo) == []


async def test_who_is_no_mentee_of_the_round_sees_no_mentors(
    client: httpx.AsyncClient, round: UUID, now: datetime
) -> None:
    await sign_in(client, await a_person(name="Ana", now=now))

    assert (await client.get(MENTORS)).status_code == 404
    assert (await press_anyway(client, round)).status_code == 404


async def press_anyway(client: httpx.AsyncClient, round: UUID) -> httpx.Response:
    return await post(client, MENTORS, {"mentor": await mentor(round, "Mia"), "do": "choose"}, page="/help")


async def test_a_closed_round_changes_nothing_any_more(
    client: httpx.AsyncClient, round: UUID, mo: UUID, now: datetime
) -> None:
    for status in (RoundStatus.MATCHING, RoundStatus.RUNNING, RoundStatus.CLOSED):
        await service.move_round(round, status, actor=ACADEMY, now=now)

    assert "Choose<" not in (await client.get(MENTORS)).text
    assert (await press_anyway(client, round)).status_code == 409


async def test_the_list_takes_the_same_number_of_queries_for_three_mentors_as_for_one(
    client: httpx.AsyncClient, mo: UUID, now: datetime
) -> None:
    small = await a_round(slug="small", now=now)
    await a_mentor(round=small, now=now)
    await a_mentee(round=small, person=mo, now=now)
    await client.get(MENTORS)

    with counted() as many:
        await client.get(MENTORS)
    with counted() as few:
        await client.get("/mentoring/small/mentee/mentors")

    assert len(many) == len(few)
