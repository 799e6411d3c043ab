"""Who takes whose copy, how often, and what the answer gives away."""

from __future__ import annotations

import io
import logging
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from academy import database as room
from academy.audit.tables import Entry
from academy.outbox.tables import Message
from academy.people.tables import Person
from academy.privacy.web import MOST_COPIES
from cohorts.coaching.record import notes
from tests.academy.privacy.test_planted import Took
from tests.conftest import Clock
from tests.support.client import get_form, heading, post, sign_in, words
from tests.support.coached import a_pair
from tests.support.makers import a_coordinator, a_person
from tests.support.queries import counted

MINE = "/account/everything"


@pytest.fixture
async def ana(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    """Who is signed in."""
    person = await a_person(name="Ana Archer", address="ana@council.example")
    await sign_in(client, person)
    return person


@pytest.fixture
async def cora(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    """A coordinator, signed in."""
    person = await a_coordinator(name="Cora Coordinator")
    await sign_in(client, person)
    return person


def theirs(person: UUID) -> str:
    return f"/people/{person}/everything"


# ------------------------------------------------------------------- one's own
async def test_everybody_takes_their_own(client: httpx.AsyncClient, ana: UUID) -> None:
    page = await client.get(MINE)
    file = await post(client, MINE, page=MINE)

    assert heading(page) == "A copy of everything we keep about you"
    assert file.status_code == 200
    document = msgspec.json.decode(Took(file.content).json)
    assert (document["person"], document["name"], document["made_for"]) == (str(ana), "Ana Archer", "person")


async def test_the_answer_is_a_file_that_nothing_keeps(client: httpx.AsyncClient, ana: UUID) -> None:
    answer = await post(client, MINE, page=MINE)

    assert {name: answer.headers[name] for name in ("content-type", "content-disposition", "cache-control")} == {
        "content-type": "application/zip",
        "content-disposition": 'attachment; filename="everything-2026-06-01.zip"',
        "cache-control": "no-store",
    }


async def test_no_address_names_another(client: httpx.AsyncClient, ana: UUID) -> None:
    """Whatever is sent along, it is the copy of who is signed in."""
    other = await a_person(name="Ben Brown")

    file = await post(client, f"{MINE}?person={other}", {"person": str(other)}, page=MINE)

    assert msgspec.json.decode(Took(file.content).json)["name"] == "Ana Archer"


async def test_who_is_not_signed_in_signs_in_first(client: httpx.AsyncClient, database: room.Engine) -> None:
    answer = await client.get(MINE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Faccount%2Feverything")


async def test_a_form_from_elsewhere_takes_nothing(client: httpx.AsyncClient, ana: UUID) -> None:
    answer = await client.post(MINE, data={})

    assert (answer.status_code, await Entry.count().where(Entry.verb == "copy of everything taken")) == (403, 0)


async def test_opening_the_page_makes_no_copy(client: httpx.AsyncClient, ana: UUID) -> None:
    await client.get(MINE)

    assert await Entry.count().where(Entry.verb == "copy of everything taken") == 0


async def test_ten_in_an_hour(client: httpx.AsyncClient, ana: UUID, clock: Clock) -> None:
    token = {"_csrf_token": await get_form(client, MINE)}

    answers = [await client.post(MINE, data=token) for _ in range(MOST_COPIES + 1)]

    assert {each.status_code for each in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "3600")
    assert "You have tried this too often. Try again in 60 minutes." in words(answers[-1])
    clock.advance(hours=1)
    assert (await client.post(MINE, data=token)).status_code == 200


async def test_the_line_in_the_audit_trail(client: httpx.AsyncClient, ana: UUID) -> None:
    await post(client, MINE, page=MINE)

    (line,) = await Entry.select().where(Entry.verb == "copy of everything taken")
    assert (line["actor"], line["actor_name"], line["person"], line["about_id"]) == (ana, "Ana Archer", ana, ana)
    assert msgspec.json.decode(line["after"]) == {"for": "person", "records": 3}


async def test_nothing_of_it_is_logged(client: httpx.AsyncClient, ana: UUID, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="academy"):
        await post(client, MINE, page=MINE)

    assert [each for each in caplog.messages if "Ana" in each or str(ana) in each] == []


async def test_the_account_page_leads_there(client: httpx.AsyncClient, ana: UUID) -> None:
    assert f'href="{MINE}"' in (await client.get("/account")).text


# ----------------------------------------------------------------- for somebody
async def test_a_coordinator_takes_what_coordinators_see(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    pair = await a_pair(now=clock.now)
    await notes.write_note(await pair.session(), "For me alone", author=pair.coach_person, now=clock.now)

    page = await client.get(theirs(pair.coach_person))
    file = await post(client, theirs(pair.coach_person), page=theirs(pair.coach_person))

    assert heading(page) == "A copy of everything held on Dan Coach"
    took = Took(file.content)
    assert msgspec.json.decode(took.json)["made_for"] == "coordinator"
    assert ("For me alone" in took.json, "For me alone" in took.html, "by a coordinator" in took.html) == (
        False, False, True,
    )  # fmt: skip
    (line,) = await Entry.select().where(Entry.verb == "copy of everything taken")
    assert (line["actor"], line["person"]) == (cora, pair.coach_person)
    assert msgspec.json.decode(line["after"])["for"] == "coordinator"


async def test_the_name_of_the_file_says_nothing_of_the_person(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Archer")

    answer = await post(client, theirs(person), page=theirs(person))

    assert answer.headers["content-disposition"] == 'attachment; filename="everything-2026-06-01.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        assert bundle.namelist() == ["everything.html", "everything.json"]


async def test_the_page_says_what_the_copy_leaves_out(client: httpx.AsyncClient, cora: UUID) -> None:
    shown = words(await client.get(theirs(await a_person())))

    assert {"With whom you do not want to be paired", "Characteristics that you told", "Links to sign in"} <= set(shown)


async def test_nobody_is_not_found(client: httpx.AsyncClient, cora: UUID) -> None:
    unknown = theirs(uuid4())

    answers = [
        await client.get(unknown),
        await post(client, unknown, page="/people"),
        await post(client, f"{unknown}/tell", page="/people"),
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]


async def test_a_coordinators_copies_are_counted_together(client: httpx.AsyncClient, cora: UUID) -> None:
    people = [await a_person() for _ in range(MOST_COPIES + 1)]
    token = {"_csrf_token": await get_form(client, theirs(people[0]))}

    answers = [(await client.post(theirs(person), data=token)).status_code for person in people]

    assert answers == [200] * MOST_COPIES + [429]


@pytest.mark.parametrize("method", ["GET", "POST", "tell"])
async def test_participants_take_nobodys(client: httpx.AsyncClient, ana: UUID, method: str) -> None:
    for person in (ana, await a_person(name="Ben Brown"), uuid4()):
        answer = (
            await client.get(theirs(person))
            if method == "GET"
            else await post(client, theirs(person) + ("/tell" if method == "tell" else ""), page=MINE)
        )
        assert (answer.status_code, heading(answer)) == (403, "You cannot open this")


# ------------------------------------------------------------------------- told
async def test_they_are_told_where_to_take_it_once_a_day(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    person = await a_person(name="Ana Archer", address="ana@council.example")
    here = theirs(person)

    said = []
    for _ in range(2):
        answer = await post(client, f"{here}/tell", page=here)
        assert (answer.status_code, answer.headers["location"]) == (303, here)
        said.append([each for each in words(await client.get(here)) if each.startswith(("We have", "Ana Archer was"))])

    assert said == [
        ["We have written to Ana Archer where to take their copy.", "Ana Archer was told on 1 June 2026."],
        ["Ana Archer was told today already.", "Ana Archer was told on 1 June 2026."],
    ]
    assert [each["to_address"] for each in await Message.select().where(Message.kind == "copy-ready")] == [
        "ana@council.example"
    ]


async def test_who_has_no_address_is_not_written_to(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    person = uuid4()
    await Person.insert(Person(id=person, name="Ana Archer", created_at=clock.now))

    page = await client.get(theirs(person))

    assert "We have no email address of Ana Archer." in words(page)
    assert "Write to them where to take it" not in words(page)


async def test_the_page_of_the_person_leads_there(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person()

    assert f'href="{theirs(person)}"' in (await client.get(f"/people/{person}")).text


# ---------------------------------------------------------------------- queries
async def test_the_pages_ask_as_much_for_three_of_everything_as_for_one(
    client: httpx.AsyncClient, cora: UUID, clock: Clock
) -> None:
    pages = [MINE, theirs(cora)]

    async def asked() -> list[int]:
        found = []
        for page in pages:
            await client.get(page)
            with counted() as statements:
                await client.get(page)
            found.append(len(statements))
        return found

    one = await asked()
    for days in (1, 2):
        pair = await a_pair(coach_person=cora, now=clock.now - timedelta(days=days))
        await notes.write_note(await pair.session(), "Bold", author=cora, now=clock.now)

    assert await asked() == one
