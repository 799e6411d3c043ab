"""Programs read the same calendar as the public."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from cohorts.calendar.api import CohortLine, CohortList, CohortOut, SessionOut
from cohorts.enrolment import service as enrolment
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import Cohort, Format
from tests.conftest import Clock
from tests.support import makers
from tests.support.makers import ACADEMY
from tests.support.programs import Program, problem, program
from tests.support.queries import counted


def names(struct: type[msgspec.Struct]) -> set[str]:
    return set(struct.__struct_fields__)


@pytest.fixture
async def reader(client: httpx.AsyncClient, clock: Clock) -> Program:
    return await program(client, await makers.a_person(), "read")


async def test_a_program_sees_published_cohorts_from_the_soonest_with_their_places(
    reader: Program, clock: Clock
) -> None:
    later = await makers.a_cohort(code="later", starts_at=clock.now + timedelta(days=40))
    await makers.a_cohort(code="sooner", region="London", capacity=5, registration_closes_at=clock.now)
    await makers.a_cohort(code="hidden", published=False)
    await makers.an_enrolment(cohort=later)

    answer = await reader.get("/api/cohorts")

    body = answer.json()
    assert answer.status_code == 200
    assert (body["total"], body["page"], body["pages"]) == (2, 1, 1)
    assert [(each["code"], each["places_left"], each["stage"]) for each in body["cohorts"]] == [
        ("sooner", 5, "open"),
        ("later", 19, "open"),
    ]
    assert (body.keys(), body["cohorts"][0].keys()) == (names(CohortList), names(CohortLine))
    assert msgspec.json.decode(answer.content, type=CohortList).cohorts[0].ends_at == clock.now + timedelta(
        days=24, hours=3
    )
    assert body["cohorts"][0] == {
        "code": "sooner",
        "name": "Top Talent, Essex",
        "programme": body["cohorts"][0]["programme"],
        "programme_name": body["cohorts"][0]["programme_name"],
        "kind": "leadership_programme",
        "stage": "open",
        "region": "London",
        "format": "in_person",
        "venue": "County Hall",
        "zone": "Europe/London",
        "starts_at": "2026-06-24T09:00:00Z",
        "ends_at": "2026-06-25T12:00:00Z",
        "capacity": 5,
        "places_left": 5,
        "waiting": 0,
        "registration_opens_at": None,
        "registration_closes_at": "2026-06-01T09:00:00Z",
    }


FILTERS = {
    "": ["essex", "leeds"],
    "?type=leadership_programme": ["essex", "leeds"],
    "?type=webinar": [],
    "?region=London": [],
    "?region=Yorkshire+and+The+Humber": ["leeds"],
    "?format=virtual": ["leeds"],
    "?q=ESSEX": ["essex"],
    "?q=100%25": [],
    "?when=past": ["over"],
    "?page=2": [],
    "?when=never&type=nothing&page=-1&unknown=1": ["essex", "leeds"],
    "?q=%00&region=%00&page=36893488147419103232": ["essex", "leeds"],
    "?q=%ed%a0%80": [],
}


async def test_the_filters_are_those_of_the_calendar(reader: Program, clock: Clock) -> None:
    later, over = clock.now + timedelta(days=30), clock.now - timedelta(days=30)
    virtual = {"format": Format.VIRTUAL, "venue": "", "link": "https://join.example/1"}
    await makers.a_cohort(code="essex")
    await makers.a_cohort(code="leeds", name="Leeds", region="Yorkshire and The Humber", starts_at=later, **virtual)
    await makers.a_cohort(code="over", starts_at=over)

    found = {}
    for query in FILTERS:
        answer = await reader.get(f"/api/cohorts{query}")
        assert answer.status_code == 200
        found[query] = [each["code"] for each in answer.json()["cohorts"]]

    assert found == FILTERS


async def test_one_cohort_comes_with_its_sessions_but_not_with_the_link_to_join(reader: Program, clock: Clock) -> None:
    cohort = await makers.a_cohort(code="essex", format=Format.VIRTUAL, venue="", link="https://join.example/secret")
    await makers.an_enrolment(cohort=cohort)

    answer = await reader.get("/api/cohorts/essex")

    body = answer.json()
    assert answer.status_code == 200
    assert (body.keys(), body["sessions"][0].keys()) == (names(CohortOut), names(SessionOut))
    assert msgspec.json.decode(answer.content, type=CohortOut).id == cohort
    assert (body["id"], body["capacity"], body["places_left"], body["waiting"]) == (str(cohort), 20, 19, 0)
    assert [(each["title"], each["starts_at"], each["status"]) for each in body["sessions"]] == [
        ("Day 1", "2026-06-24T09:00:00Z", "planned"),
        ("Day 2", "2026-06-25T09:00:00Z", "planned"),
    ]
    assert "join.example" not in answer.text


async def test_a_cancelled_cohort_says_so(reader: Program, clock: Clock) -> None:
    cohort = await makers.a_cohort(code="essex")
    await enrolment.cancel_cohort(cohort, reason="Snow.", actor=ACADEMY, now=clock.now)

    body = (await reader.get("/api/cohorts/essex")).json()

    assert (body["stage"], body["cancel_reason"]) == ("cancelled", "Snow.")
    assert [each["status"] for each in body["sessions"]] == ["cancelled", "cancelled"]


async def test_what_is_not_published_is_only_there_for_a_coordinator_who_manages(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await makers.a_cohort(code="hidden", published=False)
    coordinator = await makers.a_coordinator()
    reads = await program(client, coordinator, "read")
    manages = await program(client, coordinator, "read", "manage")
    person = await program(client, await makers.a_person(), "read", "enrol")

    for one in (reads, person):
        assert problem(await one.get("/api/cohorts/hidden")) == problem(await one.get("/api/cohorts/nowhere"))
        assert (await one.get("/api/cohorts/hidden")).json() == (await one.get("/api/cohorts/nowhere")).json()
    assert (await manages.get("/api/cohorts/hidden")).json()["stage"] == "planned"


async def test_a_code_that_cannot_be_is_not_found(reader: Program) -> None:
    for code in ["36893488147419103232", "%00", "%ed%a0%80", "..%2f..", "a" * 5000, "%F0%9F%92%A9"]:
        answer = await reader.get(f"/api/cohorts/{code}")

        assert problem(answer)[0] == (422 if code == "%00" else 404), code


async def test_a_read_costs_the_same_queries_for_one_cohort_as_for_three(reader: Program, clock: Clock) -> None:
    async def cost(path: str) -> int:
        with counted() as statements:
            assert (await reader.get(path)).status_code == 200
        return len(statements)

    cohort = await makers.a_cohort(code="essex")
    few = [await cost("/api/cohorts"), await cost("/api/cohorts/essex")]
    for number in range(2):
        await makers.a_cohort(code=f"other-{number}")
        await makers.an_enrolment(cohort=cohort)
        await schedule.add_session(
            cohort,
            schedule.SessionDetails(
                title="More", starts_at=clock.now + timedelta(days=50), ends_at=clock.now + timedelta(days=50, hours=1)
            ),
            actor=ACADEMY,
            now=clock.now,
        )

    assert [await cost("/api/cohorts"), await cost("/api/cohorts/essex")] == few == [2, 3]
    assert await Cohort.count() == 3
