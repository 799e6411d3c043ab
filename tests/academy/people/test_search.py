from datetime import datetime, timedelta

import pytest

from academy import database as room
from academy.people import search, service
from academy.people.queries import details
from academy.people.tables import OrganisationKind
from tests.support.makers import a_person, an_organisation


@pytest.fixture
async def some(database: room.Engine, now: datetime) -> None:
    council = await an_organisation(now=now)
    partner = await an_organisation(name="Partner 100% plc", kind=OrganisationKind.PRIVATE, region="Wales", now=now)
    for number, (name, address, employer) in enumerate(
        [
            ("bea Young", "bea@council.example", council),
            ("Ana Lee", "ana_lee@council.example", council),
            ("Carl Nowak", "carl@partner.example", partner),
            ("Dora Free", "dora@mail.example", None),
        ]
    ):
        person = await service.find_or_create(name=name, address=address, now=now + timedelta(minutes=number))
        if employer:
            await service.set_employment(
                person, organisation=employer, organisation_name="", job_title="Officer", on=now.date()
            )
    await service.set_employment(
        person, organisation=None, organisation_name="Typed by hand", job_title="", on=now.date()
    )


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["Ana Lee", "bea Young", "Carl Nowak", "Dora Free"]),
        ({"sort": "-name"}, ["Dora Free", "Carl Nowak", "bea Young", "Ana Lee"]),
        ({"sort": "joined"}, ["bea Young", "Ana Lee", "Carl Nowak", "Dora Free"]),
        ({"sort": "nothing we know"}, ["Ana Lee", "bea Young", "Carl Nowak", "Dora Free"]),
        ({"find": "LEE"}, ["Ana Lee"]),
        ({"find": "partner.example"}, ["Carl Nowak"]),
        ({"find": "exampleshire"}, ["Ana Lee", "bea Young"]),
        ({"find": "by hand"}, ["Dora Free"]),
        ({"find": "%"}, ["Carl Nowak"]),
        ({"find": "a_l"}, ["Ana Lee"]),
        ({"find": "!"}, []),
        ({"kind": "private_sector"}, ["Carl Nowak"]),
        ({"region": "South East"}, ["Ana Lee", "bea Young"]),
        ({"trouble": "unverified"}, ["Ana Lee", "bea Young", "Carl Nowak", "Dora Free"]),
        ({"trouble": "bounced"}, []),
        ({"most": 2, "skip": 1}, ["bea Young", "Carl Nowak"]),
    ],
)
async def test_people_are_found_filtered_sorted_and_paged(some: None, asked: dict, names: list[str]) -> None:
    found = await search.people(**asked)

    assert [row.name for row in found.rows] == names
    assert found.total == (len(names) if "most" not in asked else 4)


async def test_a_row_shows_the_present_employer(some: None) -> None:
    (row,) = (await search.people(find="carl")).rows

    assert (row.address, row.organisation, row.job_title, row.kind, row.region, row.verified, row.bounced) == (
        "carl@partner.example", "Partner 100% plc", "Officer", "private_sector", "Wales", False, False,
    )  # fmt: skip


async def test_people_who_may_be_the_same_are_offered(database: room.Engine, now: datetime) -> None:
    ana = await a_person(name="Ana Lee", address="ana@council.example", now=now)
    await a_person(name="Dr. Lee, Ana", address="alee@new.example", now=now)
    await a_person(name="A. Smith", address="ana+old@council.example", now=now)
    await a_person(name="Leela Anand", address="leela@council.example", now=now)

    assert [(each.name, each.address) for each in await search.perhaps_the_same_as(await details(ana))] == [
        ("A. Smith", "ana+old@council.example"),
        ("Dr. Lee, Ana", "alee@new.example"),
    ]


async def test_organisations_count_who_works_there_now(some: None) -> None:
    assert [(row.name, row.people) for row in await search.organisations()] == [
        ("Exampleshire Council", 2),
        ("Partner 100% plc", 1),
    ]
    assert [row.name for row in await search.organisations(find="100%")] == ["Partner 100% plc"]
    assert [row.name for row in await search.organisations(kind="local_authority", region="South East")] == [
        "Exampleshire Council"
    ]
    assert await search.organisations(region="London") == []
