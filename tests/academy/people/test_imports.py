from collections import Counter
from datetime import datetime

import pytest

from academy import database as room
from academy.errors import Invalid
from academy.people import imports, organisations, search
from academy.people.imports import read_organisations
from academy.people.organisations import CodeTaken, Imported, NewOrganisation
from academy.people.tables import Organisation, OrganisationKind
from tests.support.makers import an_organisation

ROWS = """name,kind,region,nation,code
Cyngor Sir Ynys Môn,local authority,Wales,Wales,W06000001
Partner plc,Private sector,,,
"""
READ = [
    NewOrganisation(
        name="Cyngor Sir Ynys Môn",
        kind=OrganisationKind.LOCAL_AUTHORITY,
        region="Wales",
        nation="Wales",
        code="W06000001",
    ),
    NewOrganisation(name="Partner plc", kind=OrganisationKind.PRIVATE),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_is_read_however_it_was_saved(encoding: str, delimiter: str, end: str) -> None:
    octets = ROWS.replace(",", delimiter).replace("\n", end).encode(encoding)

    assert read_organisations(octets) == READ


@pytest.mark.parametrize(
    ("octets", "errors"),
    [
        (b"", {"file": "The file is empty. Choose a CSV file with a heading row."}),
        (
            b"title,kind\nx,y\n",
            {"file": "The first row must name the columns, and one of them must be called name."},
        ),
        (b"name\n", {"file": "The file has a heading but no organisations."}),
        (
            b'name,kind\nGood,\n"Never closed,private\nx,y\n',
            {
                "file": "The file cannot be read after row 2. "
                "Look there for a quotation mark that is not closed, or a very long cell."
            },
        ),
        (
            b"name\n" + b"x" * 200_000,
            {
                "file": "The file cannot be read after row 1. "
                "Look there for a quotation mark that is not closed, or a very long cell."
            },
        ),
        (
            b"name,kind\nA\0B,x\n",
            {"file": "This is not a CSV file. Save the spreadsheet as CSV and choose that file."},
        ),
        (
            b"PK\x03\x04\x14\x00\x06",
            {"file": "This is not a CSV file. Save the spreadsheet as CSV and choose that file."},
        ),
        (
            b"name,kind\n,private sector\nB,circus\nC,\n" + b"D" * 201 + b",\n",
            {
                "row 2": "Row 2: the name is missing.",
                "row 3": "Row 3: the kind must be one of: Local authority, Other public sector, Private sector, "
                "Third sector.",
                "row 5": "Row 5: the name is longer than 200 characters.",
            },
        ),
        (b"name\n" + b"x" * 5_000_001, {"file": "The file is larger than 5 MB. Split it into smaller ones."}),
    ],
)
def test_what_cannot_be_read_is_named_with_its_row(octets: bytes, errors: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_organisations(octets)

    assert refused.value.errors == errors


def test_the_councils_of_the_united_kingdom_come_with_the_product() -> None:
    found = imports.councils()

    assert Counter(each.nation for each in found) == {
        "England": 332,
        "Scotland": 32,
        "Wales": 22,
        "Northern Ireland": 11,
    }
    assert {each.kind for each in found} == {OrganisationKind.LOCAL_AUTHORITY}
    assert {each.region for each in found} == set(organisations.REGIONS)
    assert len({each.code for each in found}) == 397
    credit = (imports.COUNCILS.parent / "README.md").read_text()
    assert [word for word in ("mySociety", "CC BY 4.0") if word not in credit] == []


async def test_the_same_list_a_second_time_changes_nothing(database: room.Engine, now: datetime) -> None:
    first = await organisations.import_organisations(imports.councils(), now)
    before = await Organisation.select().order_by(Organisation.id)

    second = await organisations.import_organisations(imports.councils(), now)

    assert (first, second) == (Imported(397, 0, 0), Imported(0, 0, 397))
    assert await Organisation.select().order_by(Organisation.id) == before


async def test_what_a_newer_list_says_is_taken_and_what_it_leaves_out_is_kept(
    database: room.Engine, now: datetime
) -> None:
    kept = await an_organisation(name="Old Name Council", code="E1", now=now)
    await Organisation.update({Organisation.member: True}).where(Organisation.id == kept)

    done = await organisations.import_organisations(
        [
            NewOrganisation(name="New Name Council", kind=OrganisationKind.LOCAL_AUTHORITY, code="E1"),
            NewOrganisation(name="Twice Ltd", kind=OrganisationKind.PRIVATE),
            NewOrganisation(name="TWICE LTD", kind=OrganisationKind.PRIVATE, region="Wales"),
        ],
        now,
    )

    assert done == Imported(1, 2, 0)
    assert [(row.name, row.code, row.region, row.member) for row in await search.organisations()] == [
        ("New Name Council", "E1", "South East", True),
        ("TWICE LTD", "", "Wales", False),
    ]
    assert (await search.organisation(kept)).name == "New Name Council"


async def test_a_code_belongs_to_one_organisation(database: room.Engine, now: datetime) -> None:
    await an_organisation(name="One", code="E1", now=now)
    two = await an_organisation(name="Two", code="E2", now=now)

    with pytest.raises(CodeTaken):
        await an_organisation(name="Three", code="E1", now=now)
    with pytest.raises(CodeTaken):
        await organisations.change_organisation(two, NewOrganisation(name="Two", code="E1"))

    assert [(row.name, row.code) for row in await search.organisations()] == [("One", "E1"), ("Two", "E2")]
