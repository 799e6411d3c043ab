"""How many statements a page runs. The number must not grow with the rows that it shows."""

from __future__ import annotations

import httpx

from academy import database
from academy.app import create_app
from academy.settings import Settings
from benchmarks import seeds
from benchmarks.answers import wanted
from benchmarks.ceiling import Ask
from benchmarks.printing import Cell, table, title
from benchmarks.seeds import Sample
from benchmarks.servers import academy_of
from tests.support.queries import counted

FEW, MANY = (2, 2), (50, 30)
"""Entries in the calendar and people in the cohort."""


def run() -> None:
    title("Statements for an answer", "who is asking included; with 2 dates and 2 people, and with 50 and 30")
    found = []
    for entries, size in (FEW, MANY):
        with academy_of("SQLite") as settings:
            sample = seeds.inside(settings, lambda: seeds.sample(entries=entries, size=size))  # noqa: B023
            found.append(seeds.inside(settings, lambda: _count(settings, sample)))  # noqa: B023
    few, many = found
    rows: list[list[Cell]] = [
        [name, few[name], many[name], "constant" if few[name] == many[name] else "GROWS"] for name in few
    ]
    table(["answer", "few", "many", ""], rows)


def asks(sample: Sample) -> dict[str, Ask]:
    """The main pages and answers."""
    staff = f"session={sample.session}"
    one = f"/cohorts/{sample.cohort}"
    more = {
        "programmes": Ask("/programmes"),
        "registration page": Ask(f"{one}/register"),
        "public feed": Ask("/calendar.ics"),
        "personal feed": Ask(sample.feed),
        "today": Ask("/today", cookie=staff),
        "cohorts": Ask("/cohorts", cookie=staff),
        "sessions of a cohort": Ask(f"{one}/sessions", cookie=staff),
        "waiting list": Ask(f"{one}/waiting-list", cookie=staff),
        "mails of a cohort": Ask(f"{one}/mails", cookie=staff),
        "people": Ask("/people", cookie=staff),
        "outbox": Ask("/outbox", cookie=staff),
        "cohorts (API)": Ask("/api/cohorts", token=sample.token),
    }
    return {each.name: each.ask for each in wanted(sample)} | more


async def _count(settings: Settings, sample: Sample) -> dict[str, int]:
    app = create_app(settings, engine=database.current())
    transport = httpx.ASGITransport(app=app)
    found = {}
    async with httpx.AsyncClient(transport=transport, base_url=settings.address) as client:
        for name, ask in asks(sample).items():
            headers = {"Authorization": f"Bearer {ask.token}"} if ask.token else {"Cookie": ask.cookie}
            with counted() as statements:
                answer = await client.get(ask.path, headers=headers)
            answer.raise_for_status()
            found[name] = len(statements)
    return found
