"""Coordinators keep the list of organisations."""

from uuid import UUID

import httpx
import pytest

from academy import database as room
from academy.audit.queries import entries_about
from academy.people import imports, search
from academy.people.tables import Organisation
from tests.conftest import Clock
from tests.support.client import field_errors, post, sign_in, words
from tests.support.makers import a_coordinator, an_organisation

NEW = {"name": "Exampleshire Council", "kind": "local_authority", "region": "London", "nation": "England", "code": "E1"}


@pytest.fixture(autouse=True)
async def coordinator(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    person = await a_coordinator(name="Cora")
    await sign_in(client, person)
    return person


async def test_one_is_added_and_changed_with_an_audit_line_each(client: httpx.AsyncClient) -> None:
    await post(client, "/organisations/new", {**NEW, "member": "yes"}, page="/organisations/new")
    (row,) = await search.organisations()
    assert (row.name, row.kind.value, row.region, row.code, row.member) == (
        "Exampleshire Council", "local_authority", "London", "E1", True,
    )  # fmt: skip

    edit = f"/organisations/{row.id}/edit"
    assert 'value="Exampleshire Council"' in (await client.get(edit)).text
    await post(client, edit, {**NEW, "region": "Wales", "member": "yes"}, page=edit)

    lines = await entries_about("organisation", row.id)
    assert sorted((line.verb, line.actor_name) for line in lines) == [
        ("organisation added", "Cora"),
        ("organisation changed", "Cora"),
    ]
    assert [line.changes for line in lines if line.verb == "organisation changed"] == [[("region", "London", "Wales")]]


async def test_errors_are_said_all_at_once(client: httpx.AsyncClient) -> None:
    await an_organisation(code="E1")

    wrong = await post(client, "/organisations/new", {"region": "Mars", "code": "x" * 41}, page="/organisations/new")
    taken = await post(client, "/organisations/new", NEW, page="/organisations/new")

    assert (wrong.status_code, field_errors(wrong)) == (
        422,
        {
            "name": "Enter the name of the organisation.",
            "kind": "Choose the kind of organisation.",
            "region": "Choose a region from the list.",
            "code": "The code must be 40 characters or fewer.",
        },
    )
    assert (taken.status_code, field_errors(taken)) == (409, {"code": "Another organisation has this code already."})
    assert await Organisation.count() == 1


async def test_a_list_is_imported_whole_or_not_at_all(client: httpx.AsyncClient) -> None:
    async def send(octets: bytes) -> httpx.Response:
        return await post(
            client,
            "/organisations/import",
            page="/organisations/import",
            files={"file": ("list.csv", octets, "text/csv")},
        )

    good = await send(imports.COUNCILS.read_bytes())
    assert good.headers["location"] == "/organisations"
    assert "397 added, 0 changed, 0 as they were." in words(await client.get("/organisations"))

    wrong = await send(b"name,kind\nNew one,\n,\xe9\nBad,circus\n")
    assert wrong.status_code == 422
    assert [text for text in words(wrong) if text.startswith("Row")] == [
        "Row 3: the name is missing.",
        "Row 3: the name is missing.",
        "Row 4: the kind must be one of: Local authority, Other public sector, Private sector, Third sector.",
        "Row 3: the name is missing.",
    ]
    assert field_errors(await send(b"")) == {"file": "Choose a CSV file."}
    assert (await send(b"x" * 6_000_000)).status_code == 413
    assert await Organisation.count() == 397


async def test_the_list_filters_by_kind_and_region(client: httpx.AsyncClient) -> None:
    await an_organisation()

    one_kind = await client.get("/organisations?kind=local_authority&region=South+East")
    assert "1 organisation. Download as" in words(one_kind)
    assert "No organisations found" in words(await client.get("/organisations?region=London"))
