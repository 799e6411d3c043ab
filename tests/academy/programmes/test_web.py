"""The pages where coordinators make programmes and name sponsors."""

from datetime import date
from uuid import UUID

import httpx
import pytest

from academy import database as db
from academy.audit.service import ACADEMY
from academy.people.tables import OrganisationKind
from academy.programmes import queries, service
from academy.programmes.rules import Logo, SponsorshipDetails
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import a_coordinator, a_person, a_programme, an_organisation
from tests.support.queries import counted

from .test_rules import JPEG, PNG, WEBP

TYPED = {
    "kind": "workshop",
    "name": "Emotional Intelligence",
    "summary": "Three hours on reading a room.",
    "audience": "Everybody",
    "description": "We *practise*.\n\n* In pairs",
    "outcomes": "",
    "contact_hours": "3",
    "cpd_hours": "2h 45m",
    "sessions_needed": "",
}
EDIT = "/programmes/emotional-intelligence/edit"


@pytest.fixture(autouse=True)
async def _signed_in(client: httpx.AsyncClient, database: db.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())


async def a_sponsor(programme: UUID, name: str = "Northbridge Systems", **details: object) -> UUID:
    partner = await an_organisation(name=name, kind=OrganisationKind.PRIVATE)
    told = {"organisation": partner, "from_on": date(2026, 1, 1), **details}
    return await service.add_sponsorship(programme, SponsorshipDetails(**told), actor=ACADEMY, now=NOW)


NOW = Clock().now


# ------------------------------------------------------------------ making
async def test_a_programme_is_made_published_and_archived(client: httpx.AsyncClient) -> None:
    made = await post(client, "/programmes/new", TYPED, page="/programmes/new")
    published = await post(client, "/programmes/emotional-intelligence/publish", page=EDIT)
    seen = await queries.published_by_slug("emotional-intelligence")
    asked = await client.get("/programmes/emotional-intelligence/archive")
    archived = await post(
        client, "/programmes/emotional-intelligence/archive", page="/programmes/emotional-intelligence/archive"
    )

    assert (made.status_code, made.headers["location"]) == (303, EDIT)
    assert (seen["contact_minutes"], seen["cpd_minutes"], seen["kind"]) == (180, 165, "workshop")
    assert (published.status_code, asked.status_code, archived.status_code) == (303, 200, 303)
    assert heading(asked) == "Archive Emotional Intelligence?"
    assert await queries.published() == []


async def test_every_mistake_is_told_at_once_and_what_was_typed_stays(client: httpx.AsyncClient) -> None:
    typed = {**TYPED, "name": "", "contact_hours": "six", "sessions_needed": "0", "audience": "People & <others>"}

    answer = await post(client, "/programmes/new", typed, page="/programmes/new")

    assert answer.status_code == 422
    assert field_errors(answer) == {
        "name": "Enter the name of the programme.",
        "contact_hours": "Enter hours, like 6 or 1.5 or 1h 30m.",
        "sessions_needed": "Enter a whole number from 1 to 100.",
    }
    assert 'value="six"' in answer.text and 'value="People &amp; &lt;others&gt;"' in answer.text
    assert await queries.all_programmes() == []


async def test_a_preview_shows_how_it_reads_and_saves_nothing(client: httpx.AsyncClient) -> None:
    typed = {**TYPED, "description": "We **practise**.\n\n<script>alert(1)</script>", "do": "preview"}

    answer = await post(client, "/programmes/new", typed, page="/programmes/new")

    assert answer.status_code == 200
    assert "<p>We <strong>practise</strong>.</p>" in answer.text
    assert "<script>alert" not in answer.text
    assert "Three hours on reading a room.</textarea>" in answer.text
    assert await queries.all_programmes() == []


async def test_two_who_edit_at_once_see_both_versions_and_lose_nothing(client: httpx.AsyncClient) -> None:
    await post(client, "/programmes/new", TYPED, page="/programmes/new")
    await post(client, EDIT, {**TYPED, "audience": "Managers", "version": "1"}, page=EDIT)

    late = await post(client, EDIT, {**TYPED, "audience": "Leaders", "version": "1"}, page=EDIT)
    again = await post(client, EDIT, {**TYPED, "audience": "Leaders", "version": "2"}, page=EDIT)

    assert late.status_code == 409
    assert {"Managers", "Leaders"} <= set(words(late))
    assert 'value="Leaders"' in late.text and 'name="version" value="2"' in late.text
    assert again.status_code == 303
    assert (await queries.by_slug("emotional-intelligence"))["audience"] == "Leaders"


# -------------------------------------------------------------------- list
async def test_the_list_filters_and_says_when_nothing_fits(client: httpx.AsyncClient) -> None:
    await a_programme(name="Top Talent")
    await a_programme(name="Cyber Leadership")

    found = await client.get("/programmes/manage?q=cyber&status=published")
    nothing = await client.get("/programmes/manage?kind=webinar")

    assert "Cyber Leadership" in words(found) and "Top Talent" not in words(found)
    assert "No programme fits" in words(nothing)


async def test_the_list_can_be_taken_away_as_a_file(client: httpx.AsyncClient) -> None:
    await a_programme(name="=Top Talent")

    answer = await client.get("/programmes/manage?export=csv")
    book = await client.get("/programmes/manage?export=xlsx")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Name,Kind,Status,Contact minutes,CPD minutes,Sponsor,Created"
    assert lines[1].startswith("'=Top Talent,Leadership programme,Published,0,0,,2026-06-01")
    assert book.content[:2] == b"PK"


async def test_the_list_needs_the_same_queries_for_one_and_for_three(client: httpx.AsyncClient) -> None:
    counts = []
    for number in range(3):
        await a_sponsor(await a_programme(name=f"Programme {number}"), name=f"Partner {number}")
        with counted() as statements:
            await client.get("/programmes/manage")
        counts.append(len(statements))

    assert counts[0] == counts[1] == counts[2]


# ---------------------------------------------------------------- sponsors
async def test_a_sponsor_with_a_logo_is_added_and_shown(client: httpx.AsyncClient) -> None:
    programme = await a_programme(name="Top Talent")
    partner = await an_organisation(name="Northbridge Systems", kind=OrganisationKind.PRIVATE)
    typed = {
        "organisation": str(partner),
        "role": "Supported by",
        "from_on": "2026-01-01",
        "to_on": "",
        "web_address": "https://northbridge.example/academy",
        "logo_alt": "Northbridge Systems",
    }
    page = "/programmes/top-talent/sponsors"

    answer = await post(client, page, typed, page=page, files={"logo": ("logo.svg", PNG, "image/svg+xml")})
    shown = await client.get(page)

    (sponsorship,) = await queries.sponsorships(programme)
    assert answer.status_code == 303
    assert sponsorship["logo_type"] == "image/png"
    assert f'src="/sponsors/{sponsorship["id"]}/logo" alt="Northbridge Systems"' in shown.text


@pytest.mark.parametrize(
    ("content", "alt", "wrong"),
    [
        (b"<svg/>", "A", {"logo": "The logo must be a PNG, JPEG or WebP file."}),
        (PNG + b"\0" * 600_000, "A", {"logo": "The logo must be smaller than 512 KB."}),
        (PNG, "", {"logo_alt": "Describe the logo for people who can't see it, such as Northbridge Systems."}),
    ],
)
async def test_a_logo_that_will_not_do_is_refused_with_what_would(
    client: httpx.AsyncClient, content: bytes, alt: str, wrong: dict[str, str]
) -> None:
    programme = await a_programme(name="Top Talent")
    partner = await an_organisation()
    typed = {"organisation": str(partner), "role": "Partner", "from_on": "2026-01-01", "logo_alt": alt}
    page = "/programmes/top-talent/sponsors"

    answer = await post(client, page, typed, page=page, files={"logo": ("logo.png", content, "image/png")})

    assert (answer.status_code, field_errors(answer)) == (422, wrong)
    assert await queries.sponsorships(programme) == []


async def test_a_sponsorship_ends_on_a_day_and_its_logo_can_be_changed(client: httpx.AsyncClient) -> None:
    programme = await a_programme(name="Top Talent")
    sponsorship = await a_sponsor(programme)
    page = f"/programmes/top-talent/sponsors/{sponsorship}"

    early = await post(client, f"{page}/end", {"to_on": "2025-12-31"}, page=page)
    ended = await post(client, f"{page}/end", {"to_on": "30 June 2026"}, page=page)
    changed = await post(client, f"{page}/logo", {"logo_alt": "N"}, page=page, files={"logo": ("n", WEBP, "")})

    row = await queries.sponsorship(sponsorship)
    assert (early.status_code, field_errors(early)) == (
        422,
        {"to_on": "The last day must be on or after the first day."},
    )
    assert (ended.status_code, changed.status_code) == (303, 303)
    assert (row["to_on"], row["logo_type"], row["logo_alt"]) == (date(2026, 6, 30), "image/webp", "N")


async def test_a_logo_is_served_as_a_picture_and_nothing_else(client: httpx.AsyncClient) -> None:
    sponsorship = await a_sponsor(await a_programme(), logo=Logo(JPEG, "", "N"))
    client.cookies.clear()

    answer = await client.get(f"/sponsors/{sponsorship}/logo")
    again = await client.get(f"/sponsors/{sponsorship}/logo", headers={"If-None-Match": answer.headers["etag"]})

    assert (answer.status_code, answer.content) == (200, JPEG)
    assert {name: answer.headers[name] for name in ("content-type", "x-content-type-options")} == {
        "content-type": "image/jpeg",
        "x-content-type-options": "nosniff",
    }
    assert answer.headers.get_list("content-security-policy") == ["default-src 'none'; sandbox"]
    assert (again.status_code, again.content) == (304, b"")


async def test_a_logo_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    sponsorship = await a_sponsor(await a_programme())

    assert (await client.get(f"/sponsors/{sponsorship}/logo")).status_code == 404


# ------------------------------------------------------------------ guards
@pytest.mark.parametrize(
    "path",
    [
        "/programmes/manage",
        "/programmes/new",
        "/programmes/top-talent/edit",
        "/programmes/top-talent/archive",
        "/programmes/top-talent/sponsors",
    ],
)
async def test_only_coordinators_make_programmes(client: httpx.AsyncClient, path: str) -> None:
    await a_programme(name="Top Talent")
    allowed = await client.get(path)
    await sign_in(client, await a_person())

    assert (allowed.status_code, (await client.get(path)).status_code) == (200, 403)


async def test_what_is_not_there_or_belongs_elsewhere_is_not_found(client: httpx.AsyncClient) -> None:
    await a_programme(name="Other")
    sponsorship = await a_sponsor(await a_programme(name="Top Talent"))

    answers = [
        (await client.get(path)).status_code
        for path in (
            "/programmes/nothing/edit",
            "/programmes/nothing/sponsors",
            f"/programmes/other/sponsors/{sponsorship}",
            f"/programmes/top-talent/sponsors/{sponsorship}",
        )
    ]

    assert answers == [404, 404, 404, 200]
