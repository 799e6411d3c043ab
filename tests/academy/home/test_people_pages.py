"""Coordinators find people and put their records right."""

import csv
import io
from uuid import UUID

import httpx
import openpyxl
import pytest

from academy import database as room
from academy.accounts import queries as accounts
from academy.accounts.tables import Role
from academy.audit.queries import entries_of_person
from academy.home import people_pages
from academy.people import queries
from academy.people import service as people
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, session_of, sign_in, words
from tests.support.makers import a_coordinator, a_person, an_organisation

DETAILS = {
    "name": "Ana Lee",
    "time_zone": "Europe/London",
    "organisation": "",
    "organisation_name": "",
    "job_title": "",
}


@pytest.fixture
async def coordinator(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    person = await a_coordinator(name="Cora")
    await sign_in(client, person)
    return person


async def test_the_list_filters_sorts_pages_and_leaves_as_a_file(
    client: httpx.AsyncClient, coordinator: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_pages, "SIZE", 2)
    for name in ("=Ana", "Bea", "Carl", "Dora"):
        await a_person(name=name, address=f"{name.strip('=').lower()}@council.example")

    def names(answer: httpx.Response) -> list[str]:
        return [text for text in words(answer) if text in ("=Ana", "Bea", "Carl", "Cora", "Dora")][1:]

    assert names(await client.get("/people")) == ["=Ana", "Bea"]
    assert names(await client.get("/people?sort=-name&page=2")) == ["Carl", "Bea"]
    assert names(await client.get("/people?q=DORA")) == ["Dora"]
    assert (await client.get("/people?page=9")).headers["location"] == "/people?page=3"
    assert "Nobody found" in words(await client.get("/people?kind=private_sector"))

    exported = list(csv.reader(io.StringIO((await client.get("/people?export=csv")).content.decode("utf-8-sig"))))
    assert exported[0] == ["Name", "Email address", "Employer", "Job title", "Region", "Known since"]
    assert exported[1] == ["'=Ana", "ana@council.example", "", "", "", "2026-06-01"]
    assert len(exported) == 6
    book = openpyxl.load_workbook(io.BytesIO((await client.get("/people?export=xlsx&q=ana@")).content))
    assert [[cell.value for cell in row] for row in book.active.iter_rows(max_col=2)] == [
        ["Name", "Email address"],
        ["'=Ana", "ana@council.example"],
    ]


async def test_pages_of_people_ask_a_constant_number_of_queries(
    client: httpx.AsyncClient, coordinator: UUID, database: room.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    run = database.run

    async def counting(sql: str, *values: object, **more: object) -> object:
        asked.append(sql)
        return await run(sql, *values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "run", counting)

    async def count(path: str) -> int:
        asked.clear()
        assert (await client.get(path)).status_code == 200
        return len(asked)

    paths = ["/people", "/organisations", f"/people/{coordinator}/edit", "/audit"]
    before = [await count(path) for path in paths]
    for number in range(3):
        await a_person(name=f"Person {number}")
        await an_organisation(name=f"Council {number}")

    assert before == [3, 2, 7, 4]
    assert [await count(path) for path in paths] == before


async def test_somebody_is_added_once(client: httpx.AsyncClient, coordinator: UUID) -> None:
    typed = {"name": "Ana Lee", "email": "ana@council.example"}
    first = await post(client, "/people/new", typed, page="/people/new")
    again = await post(client, "/people/new", {**typed, "name": "Another"}, page="/people/new")

    assert first.headers["location"] == again.headers["location"]
    assert heading(await client.get(first.headers["location"])) == "Edit Ana Lee"
    wrong = await post(client, "/people/new", {"name": "<b>", "email": "x"}, page="/people/new")
    assert (wrong.status_code, field_errors(wrong)) == (
        422,
        {
            "name": "Enter a name without links.",
            "email": "Enter an email address in the correct format, like name@council.gov.uk",
        },
    )


async def test_details_are_put_right_by_the_same_verb_as_ones_own(client: httpx.AsyncClient, coordinator: UUID) -> None:
    person = await a_person(name="Anna Lee")

    await post(client, f"/people/{person}/edit", {**DETAILS, "organisation_name": "A charity"}, page="/people/new")

    (line,) = await entries_of_person(person)
    assert (line.actor_name, line.verb, line.changes) == (
        "Cora",
        "details changed",
        [("name", "Anna Lee", "Ana Lee"), ("organisation", "–", "A charity")],
    )


async def test_addresses_are_added_chosen_verified_and_removed(client: httpx.AsyncClient, coordinator: UUID) -> None:
    person = await a_person(name="Ana", address="ana@old.example")
    await a_person(name="Bob", address="bob@council.example")
    edit = f"/people/{person}/edit"

    taken = await post(client, f"/people/{person}/addresses", {"email": "bob@council.example"}, page=edit)
    assert field_errors(taken) == {"email": "This email address belongs to someone else already."}
    await post(client, f"/people/{person}/addresses", {"email": "ana@new.example"}, page=edit)
    old, new = (await queries.details(person)).addresses
    assert (new.address, new.verified_at) == ("ana@new.example", None)
    await post(client, f"/people/{person}/addresses/{new.id}/verified", page=edit)
    await post(client, f"/people/{person}/addresses/{new.id}/primary", page=edit)
    remove = f"/people/{person}/addresses/{old.id}/remove"
    assert heading(await client.get(remove)) == "Remove ana@old.example?"
    await post(client, remove, page=remove)
    last = await post(client, f"/people/{person}/addresses/{new.id}/remove", page=edit)

    assert last.status_code == 409
    (kept,) = (await queries.details(person)).addresses
    assert (kept.address, kept.primary, kept.verified_at is not None) == ("ana@new.example", True, True)
    assert sorted(line.verb for line in await entries_of_person(person)) == [
        "address added", "address changed", "address removed", "address verified",
    ]  # fmt: skip


async def test_a_role_is_given_and_ended_by_a_button_each(client: httpx.AsyncClient, coordinator: UUID) -> None:
    person = await a_person(name="Ana")
    page = f"/people/{person}/role"
    assert heading(await client.get(page)) == "Make Ana a coordinator?"

    await post(client, page, {"coordinator": "yes"}, page=page)
    assert await accounts.roles(person) == {Role.COORDINATOR}
    assert heading(await client.get(page)) == "End the role of Ana?"
    await post(client, page, {"coordinator": "no"}, page=page)
    assert await accounts.roles(person) == set()

    last = await post(client, f"/people/{coordinator}/role", {"coordinator": "no"})
    assert last.status_code == 409
    assert "This is the last coordinator. Make someone else a coordinator first." in words(last)


async def test_who_may_be_the_same_is_shown(client: httpx.AsyncClient, coordinator: UUID) -> None:
    person = await a_person(name="Ana Lee")
    assert "Perhaps the same person" not in words(await client.get(f"/people/{person}/edit"))

    await a_person(name="Lee, Ana")

    assert "Perhaps the same person" in words(await client.get(f"/people/{person}/edit"))


async def test_a_name_is_text_wherever_it_is_shown(client: httpx.AsyncClient, coordinator: UUID, monkeypatch) -> None:
    monkeypatch.setattr(people, "check_name", lambda name: name)
    person = await a_person(name="<script>alert(1)</script>")

    for path in ("/people", f"/people/{person}/edit", f"/people/{person}/role"):
        answer = await client.get(path)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


PATHS = ["/people", "/people/new", "/people/{id}/edit", "/people/{id}/role", "/people/{id}/addresses/{id}/remove",
         "/organisations", "/organisations/new", "/organisations/import", "/organisations/{id}/edit"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_only_coordinators_come_here(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock, path: str
) -> None:
    path = path.replace("{id}", str(await a_person(name="Bob")))
    assert (await client.get(path)).status_code == 303
    await sign_in(client, await a_person())
    assert session_of(client)

    assert (await client.get(path)).status_code == 403
    assert (await post(client, path, {"name": "x", "email": "x@y.uk", "coordinator": "yes"})).status_code in (403, 405)


@pytest.mark.parametrize("id", ["0b8f1c1e-6f4e-4a53-9d0a-2f1b7c9d3e55", str(2**65), "%00", "x" * 10_000])
async def test_an_id_that_nobody_has(client: httpx.AsyncClient, coordinator: UUID, id: str) -> None:
    for path in ("/people/{id}/edit", "/people/{id}/role", "/organisations/{id}/edit"):
        assert (await client.get(path.replace("{id}", id))).status_code == 404
        assert (await post(client, path.replace("{id}", id), {**DETAILS, "kind": "private_sector"})).status_code == 404
