"""The public pages, as anyone sees them."""

import re
from datetime import timedelta

import httpx
import pytest
from icalendar import Calendar

from academy.audit.service import ACADEMY
from academy.people.tables import OrganisationKind
from academy.programmes import service as programmes
from academy.programmes.rules import ProgrammeDetails, SponsorshipDetails
from cohorts.schedule import queries as schedule_queries
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import Format
from tests.support.client import heading, sign_in, words
from tests.support.makers import a_cohort, a_coordinator, a_programme, an_enrolment, an_organisation

pytestmark = pytest.mark.usefixtures("database", "clock")


def names(answer: httpx.Response) -> list[str]:
    """The cohorts that a calendar page lists, in its order."""
    return re.findall(r'href="/cohorts/[^"]+">([^<]+)</a>', answer.text)


async def test_the_calendar_lists_what_is_to_come_from_the_soonest(client: httpx.AsyncClient, now) -> None:
    await a_cohort(name="Second", starts_at=now + timedelta(days=20))
    await a_cohort(name="First", starts_at=now + timedelta(days=10))
    await a_cohort(name="Over", starts_at=now - timedelta(days=10))

    assert names(await client.get("/")) == ["First", "Second"]


async def test_past_dates_are_a_view_of_their_own_from_the_latest(client: httpx.AsyncClient, now) -> None:
    await a_cohort(name="To come")
    await a_cohort(name="Long over", starts_at=now - timedelta(days=40))
    await a_cohort(name="Just over", starts_at=now - timedelta(days=10))

    assert names(await client.get("/?when=past")) == ["Just over", "Long over"]


async def test_nobody_sees_what_is_not_published(client: httpx.AsyncClient, now) -> None:
    cohort = await a_cohort(name="Secret plan", code="secret", published=False)

    assert names(await client.get("/")) == []
    assert (await client.get("/cohorts/secret")).status_code == 404
    await schedule.publish(cohort, actor=ACADEMY, now=now)
    assert (await client.get("/cohorts/secret")).status_code == 200


async def test_a_coordinator_sees_the_page_of_an_unpublished_cohort(client: httpx.AsyncClient) -> None:
    await a_cohort(code="secret", published=False)
    await sign_in(client, await a_coordinator())

    assert (await client.get("/cohorts/secret")).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=webinar", []),
        ("type=leadership_programme", ["Essex", "London one"]),
        ("region=London", ["London one"]),
        ("format=virtual", ["London one"]),
        ("q=essex", ["Essex"]),
        ("q=100%25", []),
        ("q=%00", ["Essex", "London one"]),
        ("region=%ED%A0%80", []),
        ("page=99999999999999999999", ["Essex", "London one"]),
    ],
)
async def test_the_address_filters(client: httpx.AsyncClient, now, query: str, found: list[str]) -> None:
    await a_cohort(name="Essex", region="East of England", starts_at=now + timedelta(days=9))
    await a_cohort(name="London one", region="London", format=Format.VIRTUAL, link="https://meet.example/1", venue="")

    assert names(await client.get(f"/?{query}")) == found


async def test_an_empty_view_says_how_to_see_more(client: httpx.AsyncClient) -> None:
    assert "Nothing matches this view" in words(await client.get("/?q=nothing"))


async def test_the_feed_holds_exactly_the_view_and_nobody(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(name="Essex", region="East of England", sessions=2)
    await a_cohort(
        name="London one", region="London", format=Format.VIRTUAL, link="https://meet.example/secret", venue=""
    )
    await an_enrolment(cohort=cohort)

    answer = await client.get("/calendar.ics?region=East of England")

    events = Calendar.from_ical(answer.content).events
    assert [str(event["summary"]) for event in events] == ["Essex: Day 1", "Essex: Day 2"]
    assert [event.get("attendee") for event in events] == [None, None]
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"


async def test_the_feed_gives_no_link_to_join(client: httpx.AsyncClient) -> None:
    await a_cohort(format=Format.VIRTUAL, link="https://meet.example/secret", venue="")

    assert b"meet.example" not in (await client.get("/calendar.ics")).content


async def test_a_feed_that_has_not_changed_is_304(client: httpx.AsyncClient) -> None:
    await a_cohort()
    first = await client.get("/calendar.ics")

    again = await client.get("/calendar.ics", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_of_a_cohort_says_what_when_where_and_how_to_register(client: httpx.AsyncClient) -> None:
    await a_cohort(name="Top Talent, Essex", code="tt-essex", venue="County Hall, Chelmsford", capacity=2)

    answer = await client.get("/cohorts/tt-essex")

    assert heading(answer) == "Top Talent, Essex Open"
    told = words(answer)
    assert [told[told.index("Where") + 1], told[told.index("When") + 1]] == [
        "County Hall, Chelmsford",
        "24 and 25 June 2026",
    ]
    assert "Only 2 places left" in told
    assert 'href="/cohorts/tt-essex/register"' in answer.text


async def test_a_full_cohort_offers_the_waiting_list(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="full", capacity=1)
    await an_enrolment(cohort=cohort)

    assert "Join the waiting list" in words(await client.get("/cohorts/full"))


async def test_a_cancelled_cohort_says_so_and_why(client: httpx.AsyncClient, now) -> None:
    cohort = await a_cohort(code="off")
    await schedule.cancel_cohort(cohort, reason="The venue has closed.", actor=ACADEMY, now=now)

    answer = await client.get("/cohorts/off")

    assert "The venue has closed." in answer.text
    assert 'href="/cohorts/off/register"' not in answer.text


async def test_a_programme_page_lists_its_cohorts(client: httpx.AsyncClient, now) -> None:
    programme = await a_programme(name="Empowering Women")
    await a_cohort(programme=programme, name="Empowering Women, Leeds")
    await a_cohort(programme=programme, name="Empowering Women, Hull", starts_at=now - timedelta(days=90))

    answer = await client.get("/programmes/empowering-women")

    assert heading(answer) == "Empowering Women"
    assert names(answer) == ["Empowering Women, Leeds", "Empowering Women, Hull"]


async def test_every_programme_is_listed_under_its_kind(client: httpx.AsyncClient) -> None:
    await a_programme(name="Empowering Women")

    told = words(await client.get("/programmes"))

    assert told[told.index("Leadership programmes") + 1] == "Empowering Women"


@pytest.mark.parametrize("path", ["/programmes/none", "/cohorts/none", "/cohorts/" + "9" * 70])
async def test_what_is_not_there_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_markdown_of_a_programme_brings_no_html_of_its_own(client: httpx.AsyncClient, now) -> None:
    details = ProgrammeDetails(
        name="Hostile", summary="s", description="<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    )
    made = await programmes.create_programme(details, actor=ACADEMY, now=now)
    await programmes.publish(made, actor=ACADEMY, now=now)

    answer = await client.get("/programmes/hostile")

    assert "<strong>bold</strong>" in answer.text
    assert "<script>alert" not in answer.text
    assert 'href="javascript' not in answer.text


async def test_the_cohort_is_found_by_its_code() -> None:
    await a_cohort(code="tt-essex")

    found = await schedule_queries.by_code("tt-essex")

    assert found is not None and found["code"] == "tt-essex"


async def test_a_programme_page_shows_who_supports_it_now(client: httpx.AsyncClient, now) -> None:
    programme = await a_programme(name="Cyber Leadership")
    partner = await an_organisation(name="Northbridge Systems", kind=OrganisationKind.PRIVATE)
    for name, ends in (("Supported by", None), ("Once supported by", now.date() - timedelta(days=1))):
        details = SponsorshipDetails(
            organisation=partner, role=name, from_on=now.date() - timedelta(days=9), to_on=ends
        )
        await programmes.add_sponsorship(programme, details, actor=ACADEMY, now=now)

    told = words(await client.get("/programmes/cyber-leadership"))

    assert told.count("Northbridge Systems") == 1
    assert told[told.index("Northbridge Systems") - 1] == "Supported by"
