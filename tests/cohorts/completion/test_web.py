"""Closing a cohort and one's own learning record, as pages."""

from datetime import timedelta

import httpx
import pytest

from academy.people.tables import Person
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Mark
from cohorts.completion import record
from cohorts.schedule.tables import Cohort
from tests.conftest import Clock
from tests.support.client import heading, post, sign_in, words
from tests.support.courses import FIRST, OVER, A, Course, P, a_course
from tests.support.makers import a_coordinator, a_person

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def afterwards(clock: Clock) -> None:
    clock.now = OVER


async def one_completes() -> Course:
    course = await a_course("Ana", "Ben", code="tt-essex")
    await course.take(1, Ana=P, Ben=P)
    await course.take(2, Ana=P, Ben=A)
    return course


async def test_only_coordinators_close(client: httpx.AsyncClient) -> None:
    course = await one_completes()
    assert (await client.get("/cohorts/tt-essex/close")).status_code == 303
    await sign_in(client, course.people["Ana"])

    assert (await client.get("/cohorts/tt-essex/close")).status_code == 403
    assert (await post(client, "/cohorts/tt-essex/close")).status_code == 403
    await sign_in(client, await a_coordinator())
    assert (await client.get("/cohorts/no-such/close")).status_code == 404


async def test_the_page_says_who_completes_and_what_is_missing_and_closes_with_one_button(
    client: httpx.AsyncClient,
) -> None:
    await one_completes()
    await sign_in(client, await a_coordinator())
    here = "/cohorts/tt-essex/close"

    page = await client.get(here)
    closed = await post(client, here, page=here)
    after = await client.get(closed.headers["location"])

    assert heading(page) == "Top Talent, Essex Finished"
    assert {"Close the cohort", "Completed", "Not completed", "1 more session"} <= set(words(page))
    assert "Close the cohort and issue 1 certificate" in words(page)
    assert "The cohort is closed. 1 certificate was issued, and a mail with it is on its way." in words(after)
    assert "/certificates/" in after.text
    (row,) = await Cohort.select(Cohort.status).where(Cohort.code == "tt-essex")
    assert row["status"] == "closed"


async def test_unmarked_registers_are_warned_about(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana", "Ben", code="tt-essex")
    await course.take(1, Ana=P)
    await sign_in(client, await a_coordinator())

    page = await client.get("/cohorts/tt-essex/close")

    assert {"Day 1: 1 person is not marked", "Day 2: 2 people are not marked"} <= set(words(page))
    assert f"/sessions/{course.sessions[0]}/register" in page.text


async def test_before_the_last_session_there_is_no_button(client: httpx.AsyncClient, clock: Clock) -> None:
    await a_course("Ana", code="tt-essex")
    await sign_in(client, await a_coordinator())
    clock.now = FIRST + timedelta(hours=5)
    here = "/cohorts/tt-essex/close"

    page = await client.get(here)

    assert "Day 2 ends on Thursday 25 June at 12:30pm. Close the cohort after it." in words(page)
    assert words(page).count("Close the cohort") == 1  # the heading, and no button
    assert (await post(client, here)).status_code == 409


async def test_a_flagged_certificate_leads_to_its_decision(client: httpx.AsyncClient) -> None:
    course = await one_completes()
    await course.close()
    await course.take(2, at=OVER + timedelta(days=1), Ana=A)
    await sign_in(client, await a_coordinator())

    page = await client.get("/cohorts/tt-essex/close")

    assert "Certificates that need a decision" in words(page)


async def test_the_list_exports_without_formulas(client: httpx.AsyncClient) -> None:
    course = await one_completes()
    await Person.update({Person.name: "=HYPERLINK(1)"}).where(Person.id == course.people["Ana"])
    await sign_in(client, await a_coordinator())

    answer = await client.get("/cohorts/tt-essex/close?export=csv")

    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[1].startswith("'=HYPERLINK(1),")
    assert lines[2] == "Ben Example,,1,180,no,1 more session,"


# -------------------------------------------------------- learning record
async def test_a_record_shows_hours_by_year_and_only_one_s_own(client: httpx.AsyncClient) -> None:
    course = await one_completes()
    await course.close()
    await sign_in(client, course.people["Ana"])

    page = await client.get("/my/record")

    assert heading(page) == "My learning record"
    said = words(page)
    assert said[said.index("2026") + 1] == "6 hours of contact, 5 hours of CPD"
    assert "Top Talent, Essex" in said
    assert "Ben" not in page.text


async def test_a_new_person_s_record_is_empty_and_says_what_to_do(client: httpx.AsyncClient) -> None:
    await sign_in(client, await a_person())

    assert "Nothing here yet" in words(await client.get("/my/record"))


async def test_years_are_those_of_the_clocks_where_the_sessions_were() -> None:
    course = await a_course("Ana", cpd_minutes=301)
    await course.take(1, Ana=P)
    await course.take(2, Ana=MarkGiven(Mark.PARTIAL, 77))

    found = await record.record_of(course.people["Ana"], OVER)

    assert found.years == [record.Year(2026, 257, 301 * 257 // 360)]
    assert found.year(2025) == record.Year(2025, 0, 0)
    assert [session.minutes for session in found.cohorts[0].sessions] == [180, 77]


async def test_the_record_as_csv(client: httpx.AsyncClient) -> None:
    course = await one_completes()
    await sign_in(client, course.people["Ben"])

    answer = await client.get("/my/record?export=csv")

    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[1:3] == [
        'Top Talent,"Top Talent, Essex",Day 1,2026-06-24,Present,180,150,',
        'Top Talent,"Top Talent, Essex",Day 2,2026-06-25,Absent,0,0,',
    ]
