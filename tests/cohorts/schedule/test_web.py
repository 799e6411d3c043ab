"""The pages where coordinators plan a cohort: from the empty form to calling it off."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from academy import database as db
from academy.audit.service import ACADEMY
from academy.outbox.tables import Message
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import queries, service
from cohorts.schedule.rules import SessionDetails
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import a_cohort, a_coordinator, a_person, a_programme, an_enrolment
from tests.support.queries import counted

NEW = "/programmes/top-talent/cohorts/new"
TYPED = {
    "name": "Top Talent, Essex",
    "code": "",
    "region": "East of England",
    "format": "in_person",
    "venue": "County Hall, Chelmsford",
    "link": "",
    "zone": "Europe/London",
    "capacity": "20",
    "minimum": "8",
    "opens_on": "2026-06-02",
    "opens_at": "",
    "closes_on": "17 June 2026",
    "closes_at": "5pm",
    "reminder_days": "7 and 1",
    "sponsorship": "",
    "rows": "2",
    "s1_title": "Leading change, day 1",
    "s1_on": "2026-06-24",
    "s1_starts": "9:30am",
    "s1_ends": "4pm",
    "s1_compulsory": "yes",
    "s2_title": "Leading change, day 2",
    "s2_on": "2026-06-25",
    "s2_starts": "09:30",
    "s2_ends": "16:00",
}


@pytest.fixture(autouse=True)
async def _signed_in(client: httpx.AsyncClient, database: db.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())


async def mails(kind: str) -> int:
    return await Message.count().where(Message.kind == kind)


# ------------------------------------------------------------------ making
async def test_a_cohort_is_planned_with_its_days_on_one_page_and_published(client: httpx.AsyncClient) -> None:
    await a_programme(name="Top Talent")

    made = await post(client, NEW, TYPED, page=NEW)
    listed = await client.get("/cohorts/top-talent-essex-2026/sessions")
    published = await post(
        client, "/cohorts/top-talent-essex-2026/publish", page="/cohorts/top-talent-essex-2026/sessions"
    )

    row = await queries.by_code("top-talent-essex-2026")
    assert made.headers["location"] == "/cohorts/top-talent-essex-2026/sessions"
    assert {"Wednesday 24 June 2026, 9:30am to 4pm (UK time)", "Compulsory"} <= set(words(listed))
    assert published.status_code == 303
    assert (row["status"], row["minimum"], row["reminder_days"]) == ("open", 8, "7,1")
    assert (row["registration_opens_at"], row["registration_closes_at"]) == (
        datetime(2026, 6, 2, 8, tzinfo=UTC),  # 9am where nothing was typed
        datetime(2026, 6, 17, 16, tzinfo=UTC),
    )
    assert [(each["starts_at"], each["compulsory"]) for each in await queries.sessions(row["id"])] == [
        (datetime(2026, 6, 24, 8, 30, tzinfo=UTC), True),
        (datetime(2026, 6, 25, 8, 30, tzinfo=UTC), False),
    ]


async def test_every_mistake_is_told_at_once_and_what_was_typed_stays(client: httpx.AsyncClient) -> None:
    await a_programme(name="Top Talent")
    typed = {
        **TYPED,
        "name": "",
        "code": "Top Talent!",
        "capacity": "5",
        "closes_on": "2026-06-01",
        "reminder_days": "weekly",
        "s1_ends": "9am",
        "s2_on": "31 June 2026",
    }

    answer = await post(client, NEW, typed, page=NEW)

    assert answer.status_code == 422
    assert field_errors(answer) == {
        "name": "Enter the name, such as Top Talent, Essex.",
        "code": "Use small letters, digits and hyphens, like top-talent.",
        "reminder_days": "Enter days before each session, like 7, 1.",
        "closes_on": "Registration must close after it opens.",
        "s1_ends": "Session 1: The session must end after it starts.",
        "s2_on": "Session 2: Enter a date, like 24 June 2026.",
    }
    assert 'value="weekly"' in answer.text
    assert await db.fetch("SELECT count(*) AS found FROM cohort") == [{"found": 0}]


async def test_another_row_for_a_session_is_one_button_and_keeps_the_rest(client: httpx.AsyncClient) -> None:
    await a_programme(name="Top Talent")

    answer = await post(client, NEW, {**TYPED, "do": "more"}, page=NEW)

    assert answer.status_code == 200
    assert 'id="s3_title"' in answer.text and 'value="Leading change, day 2"' in answer.text


async def test_a_time_that_the_clocks_skip_is_refused(client: httpx.AsyncClient) -> None:
    await a_programme(name="Top Talent")
    typed = {**TYPED, "s1_on": "2027-03-28", "s1_starts": "1:30am", "s1_ends": "4am"}

    answer = await post(client, NEW, typed, page=NEW)

    assert field_errors(answer) == {
        "s1_starts": "Session 1: 1:30am on 28 March 2027 does not exist: the clocks go forward. Choose another time."
    }


@pytest.mark.parametrize(("second", "hour"), [("", 0), ("yes", 1)])
async def test_a_time_that_comes_twice_is_asked_about(client: httpx.AsyncClient, second: str, hour: int) -> None:
    await a_programme(name="Top Talent")
    typed = {**TYPED, "s1_on": "2026-10-25", "s1_starts": "1:30am", "s1_ends": "4am", "s2_title": "", "s2_on": ""}
    typed |= {"s2_starts": "", "s2_ends": ""}

    asked = await post(client, NEW, typed, page=NEW)
    saved = await post(client, NEW, {**typed, "s1_asked": "yes", "s1_second": second}, page=NEW)

    (row,) = await db.fetch("SELECT starts_at FROM calendar_event")
    assert (asked.status_code, saved.status_code) == (422, 303)
    assert 'name="s1_second"' in asked.text
    assert row["starts_at"] == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


async def test_a_taken_code_is_told_on_the_field(client: httpx.AsyncClient) -> None:
    await a_programme(name="Top Talent")
    await a_cohort(code="tt-essex")

    answer = await post(client, NEW, {**TYPED, "code": "tt-essex"}, page=NEW)

    assert field_errors(answer) == {"code": "Another cohort has this code. Change it, for example by adding the month."}


# ---------------------------------------------------------------- settings
async def settings_form(code: str, /, **changed: str) -> dict[str, str]:
    from cohorts.schedule.forms import typed_cohort

    return {**typed_cohort(await queries.by_code(code)), **changed}


async def test_settings_are_saved_and_more_places_fill_at_once(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt", capacity=1, region="London")
    for _ in range(3):
        await an_enrolment(cohort=cohort)

    answer = await post(client, "/cohorts/tt/edit", await settings_form("tt", capacity="2"), page="/cohorts/tt/edit")
    shown = await client.get("/cohorts/tt/edit")

    assert answer.headers["location"] == "/cohorts/tt/edit"
    assert "The settings of Top Talent, Essex are saved. 1 person moved up from the waiting list." in words(shown)
    assert await Enrolment.count().where(Enrolment.status == "enrolled") == 2


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"capacity": "1"}, {"capacity": "2 places are taken. Enter 2 or more, or withdraw people first."}),
        ({"minimum": "30"}, {"minimum": "The minimum can't be more than the number of places."}),
        ({"venue": ""}, {"venue": "Enter the place where people meet."}),
        (
            {"venue": "Town Hall"},
            {"reason": "Enter a reason for the new place. Everyone who is invited reads it."},
        ),
        ({"format": "virtual"}, {"link": "Enter the link that people join by."}),
        ({"code": "other"}, {"code": "The code stands in links that people have, so it stays once published."}),
    ],
)
async def test_settings_that_will_not_do_are_told_on_their_field(
    client: httpx.AsyncClient, changed: dict[str, str], wrong: dict[str, str]
) -> None:
    cohort = await a_cohort(code="tt", region="London")
    for _ in range(2):
        await an_enrolment(cohort=cohort)
    before = await queries.by_code("tt")

    answer = await post(client, "/cohorts/tt/edit", await settings_form("tt", **changed), page="/cohorts/tt/edit")

    assert (answer.status_code, field_errors(answer)) == (422, wrong)
    assert await queries.by_code("tt") == before


async def test_two_who_save_settings_at_once_see_both_versions(client: httpx.AsyncClient) -> None:
    await a_cohort(code="tt", region="London")
    mine, theirs = await settings_form("tt", region="Wales"), await settings_form("tt", region="Scotland")
    await post(client, "/cohorts/tt/edit", theirs, page="/cohorts/tt/edit")

    late = await post(client, "/cohorts/tt/edit", mine, page="/cohorts/tt/edit")
    again = await post(client, "/cohorts/tt/edit", {**mine, "version": "3"}, page="/cohorts/tt/edit")

    assert late.status_code == 409
    assert 'name="version" value="3"' in late.text
    assert again.status_code == 303
    assert (await queries.by_code("tt"))["region"] == "Wales"


# ------------------------------------------------------- virtual, called off
async def test_making_a_cohort_virtual_shows_what_changes_before_the_button(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt")
    await an_enrolment(cohort=cohort, person=await a_person(name="Amara Okafor"))

    asked = await client.get("/cohorts/tt/make-virtual")
    refused = await post(client, "/cohorts/tt/make-virtual", {}, page="/cohorts/tt/make-virtual")
    done = await post(
        client,
        "/cohorts/tt/make-virtual",
        {"link": "https://meet.example/1", "reason": "Rail strike"},
        page="/cohorts/tt/make-virtual",
    )

    assert {"(so far at County Hall)", "Amara Okafor"} <= set(words(asked))
    assert field_errors(refused) == {
        "link": "Enter the link that people join by.",
        "reason": "Enter a reason. Everyone who is invited reads it.",
    }
    assert done.status_code == 303
    assert [(each["place"], each["link"]) for each in await queries.sessions(cohort)] == [
        ("", "https://meet.example/1")
    ] * 2
    assert await mails("session-changed") == 2


async def test_calling_a_cohort_off_asks_first_and_tells_everyone(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt")
    for _ in range(2):
        await an_enrolment(cohort=cohort)

    asked = await client.get("/cohorts/tt/cancel")
    refused = await post(client, "/cohorts/tt/cancel", {}, page="/cohorts/tt/cancel")
    done = await post(client, "/cohorts/tt/cancel", {"reason": "The trainer is ill"}, page="/cohorts/tt/cancel")

    assert heading(asked) == "Cancel Top Talent, Essex? Open"
    assert (refused.status_code, done.status_code) == (422, 303)
    assert (await queries.by_code("tt"))["status"] == "cancelled"
    assert await Enrolment.count().where(Enrolment.status == "cancelled") == 2


async def test_a_cancelled_cohort_shows_its_settings_and_takes_none(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt")
    await service.cancel_cohort(cohort, "Too few", actor=ACADEMY, now=Clock().now)
    typed = await settings_form("tt", region="Wales")

    shown = await client.get("/cohorts/tt/edit")
    refused = await post(client, "/cohorts/tt/edit", typed, page="/account")

    assert "This cohort is cancelled, so it stays as it is." in words(shown)
    assert (shown.status_code, refused.status_code) == (200, 409)


# ------------------------------------------------------------------ guards
PAGES = ["edit", "cancel", "make-virtual", "sessions", "sessions/new"]


@pytest.mark.parametrize("path", [NEW, "/cohorts", *(f"/cohorts/tt/{name}" for name in PAGES)])
async def test_only_coordinators_plan_cohorts(client: httpx.AsyncClient, path: str) -> None:
    await a_cohort(code="tt", programme=await a_programme(name="Top Talent"))
    allowed = await client.get(path)
    await sign_in(client, await a_person())

    assert (allowed.status_code, (await client.get(path)).status_code) == (200, 403)


async def test_a_session_of_another_cohort_is_not_found(client: httpx.AsyncClient) -> None:
    await a_cohort(code="tt")
    (session,) = await queries.sessions(await a_cohort(code="other", sessions=1))

    answers = [
        (await client.get(f"/cohorts/{code}/sessions/{session['id']}{rest}")).status_code
        for code in ("tt", "nothing", "other")
        for rest in ("", "/cancel")
    ]

    assert answers == [404, 404, 404, 404, 200, 200]


# ----------------------------------------------------------------- queries
async def test_pages_need_the_same_queries_for_one_and_for_three(client: httpx.AsyncClient) -> None:
    counts: dict[str, list[int]] = {}
    starts = Clock().now + timedelta(days=40)
    cohort = await a_cohort(code="tt", sessions=1)

    for number in range(3):
        person = await a_person(name=f"Person {number}")
        await an_enrolment(cohort=cohort, person=person)
        sessions = await queries.sessions(cohort)
        await service.set_facilitators(sessions[-1]["id"], [person], actor=ACADEMY, now=Clock().now)
        for path in ("/cohorts", *(f"/cohorts/tt/{name}" for name in PAGES)):
            with counted() as statements:
                assert (await client.get(path)).status_code == 200
            counts.setdefault(path, []).append(len(statements))
        details = SessionDetails(title=f"Day {number}", starts_at=starts, ends_at=starts + timedelta(hours=1))
        await service.add_session(cohort, details, actor=ACADEMY, now=Clock().now)
        await a_cohort(code=f"tt-{number}")

    assert {path: set(each) for path, each in counts.items() if len(set(each)) > 1} == {}
