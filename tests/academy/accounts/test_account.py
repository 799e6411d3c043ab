"""A person's own page."""

import re
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from academy import database as room
from academy.accounts import queries, service, web
from academy.accounts.details import confirm_address_change, start_address_change
from academy.audit.queries import entries_of_person
from academy.errors import TooMany
from academy.outbox.tables import Message
from academy.people import queries as people
from academy.people.rules import NotAnAddress
from academy.settings import Settings
from tests.academy.accounts.conftest import link_in_mail, mails
from tests.conftest import Clock
from tests.support.client import browser, field_errors, heading, post, sign_in, words
from tests.support.makers import a_coordinator, a_person, an_organisation


@pytest.fixture(autouse=True)
def _still(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ANSWER_AFTER", 0)


UNUSABLE = "The name has a character that cannot be used. Type it again in plain text."
DETAILS = {
    "name": "Ana Lee",
    "time_zone": "Europe/London",
    "organisation": "",
    "organisation_name": "",
    "job_title": "",
}


async def test_details_are_changed_kept_and_written_to_the_audit_trail(
    client: httpx.AsyncClient, database: room.Engine
) -> None:
    person, council = await a_person(name="Anna Lee"), await an_organisation()
    await sign_in(client, person)

    answer = await post(
        client,
        "/account",
        {**DETAILS, "organisation": str(council), "organisation_name": "not read", "job_title": "Head of Digital"},
        page="/account",
    )

    assert answer.headers["location"] == "/account"
    known = await people.details(person)
    assert known.job is not None
    assert (known.name, known.job.name, known.job.job_title) == ("Ana Lee", "Exampleshire Council", "Head of Digital")
    (line,) = await entries_of_person(person)
    assert (line.verb, line.actor_name, line.changes) == (
        "details changed",
        "Anna Lee",
        [
            ("name", "Anna Lee", "Ana Lee"),
            ("organisation", "–", "Exampleshire Council"),
            ("job title", "–", "Head of Digital"),
        ],
    )


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": ""}, {"name": "Enter a name."}),
        ({"name": "Ana\r\nBcc: x@y.uk"}, {"name": UNUSABLE}),
        ({"name": "www.evil.example"}, {"name": "Enter a name without links."}),
        ({"name": "A" * 500_000}, {"name": "The name must be 120 characters or fewer."}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone": "Choose a time zone."}),
        ({"organisation": str(2**65)}, {"organisation": "Choose one from the list."}),
        (
            {"name": "", "job_title": "x" * 161},
            {"name": "Enter a name.", "job_title": "The job title must be 160 characters or fewer."},
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_is_said_all_at_once(
    client: httpx.AsyncClient, database: room.Engine, typed: dict[str, str], errors: dict[str, str]
) -> None:
    await sign_in(client, await a_person(name="Ana Lee"))

    answer = await post(client, "/account", {**DETAILS, **typed}, page="/account")

    assert (answer.status_code, field_errors(answer)) == (422, errors)


async def test_fields_that_are_not_on_the_form_do_nothing(client: httpx.AsyncClient, database: room.Engine) -> None:
    person = await a_person(name="Ana Lee")
    await sign_in(client, person)

    await post(client, "/account", {**DETAILS, "role": "coordinator", "coordinator": "yes", "id": "1"}, page="/account")

    assert await queries.roles(person) == set()


async def test_an_address_changes_when_its_link_is_used_and_the_old_one_is_told(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, database: room.Engine, clock: Clock
) -> None:
    person = await a_person(name="Ana Lee", address="ana@old.example")
    await sign_in(client, person)

    await post(client, "/account/address", {"email": "ana@new.example"}, page="/account")
    assert (await people.contact(person)).address == "ana@old.example"
    (asked,) = await mails("address-change-confirm")
    assert (asked["to"], asked["new_address"], asked["hours"]) == ("ana@new.example", "ana@new.example", 24)

    async with browser(app, settings) as phone:
        assert heading(await phone.get(asked["link"])) == "Use this address from now on?"
        assert (await people.contact(person)).address == "ana@old.example"
        used = await post(phone, asked["link"], page=asked["link"])
        assert used.headers["location"] == "/sign-in"
        assert (await post(phone, asked["link"])).status_code == 410

    assert (await people.contact(person)).address == "ana@new.example"
    (told,) = await mails("address-changed-notice")
    assert (told["to"], told["new_address_hint"], told["changed_at"]) == (
        "ana@old.example", "a…@new.example", "10:00am on 1 June 2026 (UK time)",
    )  # fmt: skip
    await service.send_sign_in_link("ana@old.example", "/", clock.now)
    assert [mail["to"] for mail in await mails("sign-in-link")] == ["ana@old.example"]


async def test_somebody_elses_address_gets_no_mail_and_the_page_does_not_tell(
    client: httpx.AsyncClient, database: room.Engine
) -> None:
    await a_person(name="Bob", address="bob@council.example")
    await sign_in(client, await a_person(name="Ana"))
    shown = []

    for address in ("bob@council.example", "eve@council.example"):
        answer = await post(client, "/account/address", {"email": address}, page="/account")
        assert answer.headers["location"] == "/account"
        shown.append([text.replace("eve@", "bob@") for text in words(await client.get("/account"))])

    assert shown[0] == shown[1]
    assert [mail["to"] for mail in await mails("address-change-confirm")] == ["eve@council.example"]


async def test_an_address_that_was_taken_meanwhile_is_refused(database: room.Engine, clock: Clock) -> None:
    person = await a_person(name="Ana", address="ana@council.example")
    await start_address_change(person, address="new@council.example", now=clock.now)
    await a_person(name="Bob", address="new@council.example")
    token = (await link_in_mail("address-change-confirm")).rpartition("/")[2]

    with pytest.raises(Exception, match="This address belongs to another account"):
        await confirm_address_change(token, now=clock.now)

    assert (await people.contact(person)).address == "ana@council.example"


async def test_a_change_of_address_has_limits(database: room.Engine, clock: Clock) -> None:
    person = await a_person()
    with pytest.raises(NotAnAddress):
        await start_address_change(person, address="x@y.uk\nBcc: z@y.uk", now=clock.now)
    for number in range(5):
        await start_address_change(person, address=f"new{number}@council.example", now=clock.now)

    with pytest.raises(TooMany):
        await start_address_change(person, address="new5@council.example", now=clock.now)

    token = (await link_in_mail("address-change-confirm")).rpartition("/")[2]
    with pytest.raises(Exception, match="This link no longer works"):
        await confirm_address_change(token, now=clock.now + timedelta(hours=24))


async def test_a_calendar_address_is_shown_once_replaced_and_stopped(
    client: httpx.AsyncClient, database: room.Engine
) -> None:
    person = await a_person()
    await sign_in(client, person)

    async def created() -> str:
        answer = await post(client, "/account/calendar", page="/account/calendar")
        found = re.search(r"https://academy\.example\.org/feeds/([\w-]{43})\.ics", answer.text)
        assert found
        return found[1]

    first = await created()
    assert first not in (await client.get("/account/calendar")).text
    second = await created()
    assert (await queries.feed_owner(first), await queries.feed_owner(second)) == (None, person)
    await post(client, "/account/calendar/end", page="/account/calendar")
    assert await queries.feed_owner(second) is None


async def test_a_token_is_shown_once_and_ended(client: httpx.AsyncClient, database: room.Engine) -> None:
    person = await a_person()
    await sign_in(client, person)

    made = await post(
        client,
        "/account/tokens",
        {"name": "My script", "days": "30", "scopes": ["read", "enrol"]},
        page="/account/tokens",
    )

    secret = made.text.partition('id="token"><strong>')[2].partition("<")[0]
    (token,) = await queries.tokens(person, now=web.clock.now())
    assert (token.name, token.scopes, len(secret)) == ("My script", ["enrol", "read"], 43)
    assert secret not in (await client.get("/account/tokens")).text
    end = f"/account/tokens/{token.id}/end"
    assert heading(await client.get(end)) == "End the token My script?"
    assert (await post(client, end, page=end)).headers["location"] == "/account/tokens"
    assert await queries.tokens(person, now=web.clock.now()) == []


async def test_a_participant_cannot_make_a_token_that_manages(client: httpx.AsyncClient, database: room.Engine) -> None:
    await sign_in(client, await a_person())
    typed = {"name": "x", "days": "30", "scopes": ["manage"]}

    refused = await post(client, "/account/tokens", typed, page="/account/tokens")
    assert (refused.status_code, field_errors(refused)) == (422, {"scopes": "Choose what the token may do."})

    await sign_in(client, await a_coordinator())
    assert (await post(client, "/account/tokens", typed, page="/account/tokens")).status_code == 200


async def test_somebody_elses_token_looks_like_none(client: httpx.AsyncClient, database: room.Engine) -> None:
    ana = await a_person(name="Ana")
    await service.create_api_token(ana, "x", frozenset({"read"}), web.clock.now())
    (token,) = await queries.tokens(ana, now=web.clock.now())
    await sign_in(client, await a_person(name="Eve"))

    assert (await client.get(f"/account/tokens/{token.id}/end")).status_code == 404
    assert (await post(client, f"/account/tokens/{token.id}/end")).status_code == 404
    assert (await client.get(f"/account/tokens/{2**65}/end")).status_code == 404
    assert len(await queries.tokens(ana, now=web.clock.now())) == 1


async def test_the_account_page_asks_a_constant_number_of_queries(
    client: httpx.AsyncClient, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await a_person()
    await sign_in(client, person)
    asked: list[str] = []
    run = database.run

    async def counting(sql: str, *values: object, **more: object) -> object:
        asked.append(sql)
        return await run(sql, *values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "run", counting)
    await client.get("/account")
    alone = len(asked)
    for number in range(3):
        await an_organisation(name=f"Council {number}")
        await service.start_session(person, browser="x", now=web.clock.now())
    asked.clear()
    await client.get("/account")

    assert (alone, len(asked)) == (7, 7)
    assert await Message.count() == 0
