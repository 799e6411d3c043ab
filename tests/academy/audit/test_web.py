import csv
import io
from uuid import uuid4

import httpx

from academy import database as room
from academy.audit.service import About, Actor, record
from tests.conftest import Clock
from tests.support.client import sign_in, words
from tests.support.makers import a_coordinator, a_person


async def test_coordinators_read_the_trail_and_take_it_along(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    coordinator = await a_coordinator(name="Cora")
    await sign_in(client, coordinator)
    about = About("person", coordinator, "=HYPERLINK()")
    for _ in range(60):
        await record(
            "renamed", about, actor=Actor(coordinator, "Cora"), now=clock.now, before={"name": "A"}, after={"name": "B"}
        )

    page = await client.get("/audit")
    second = await client.get("/audit?page=2&verb=renamed")
    beyond = await client.get("/audit?page=99&verb=renamed")
    exported = await client.get("/audit?verb=renamed&export=csv")

    assert "61 entries. Download as" in words(page)
    assert words(second).count("name: A → B") == 10
    assert beyond.headers["location"] == "/audit?verb=renamed&page=2"
    rows = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert len(rows) == 61
    assert rows[1] == ["2026-06-01 10:00", "Cora", "renamed", "person", "'=HYPERLINK()", "", "name: A → B", ""]
    nothing = await client.get("/audit?from=2026-06-02")
    assert "Nothing matches. Change the filter, or clear it." in words(nothing)
    assert "1 entry. Download as" in words(await client.get("/audit?to=1+June+2026&verb=role+given"))


async def test_nobody_else_reads_it(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> None:
    assert (await client.get("/audit")).status_code == 303
    await sign_in(client, await a_person())
    assert (await client.get("/audit")).status_code == 403
    assert (await client.get("/audit?export=csv")).status_code == 403


async def test_the_trail_says_whose_place_it_was_and_speaks_of_local_time(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    cora, ana = await a_coordinator(name="Cora"), await a_person(name="Ana Lee")
    await sign_in(client, cora)
    await record(
        "enrolment.move_up",
        About("cohort", uuid4(), "Top Talent, Essex"),
        actor=Actor(cora, "Cora"),
        now=clock.now,
        person=ana,
        before={"starts_at": "2026-06-25T08:30:00Z", "format": "in_person", "link": "https://x.example/a_b"},
        after={"starts_at": "2026-06-30T09:00:00Z", "format": "virtual", "link": ""},
    )

    page = await client.get("/audit?q=ana+lee&verb=enrolment.move_up")

    shown = " ".join(words(page))
    assert "enrolment: move up Top Talent, Essex cohort · Ana Lee" in shown
    assert "starts at: 25 June 2026, 9:30am → 30 June 2026, 10am" in shown
    assert "format: in person → virtual" in shown
    assert "link: https://x.example/a_b → –" in shown
    assert f'href="/people/{ana}"' in page.text
