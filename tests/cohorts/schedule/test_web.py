"""The pages where coordinators plan a cohort: from the empty form to calling it off."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from academy import database as db
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.outbox.tables import Message
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import queries, service
from cohorts.schedule.rules import SessionDetails
from tests.conftest import Clock
from tests.support import makers
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


# ---------------------------------------------------------------- sessions
async def session_form(session: dict, **changed: str) -> dict[str, str]:
    from cohorts.schedule.forms import typed_session
    from cohorts.schedule.sessions import mark_of

    typed = typed_session(session, venue_and_link=("County Hall", ""))
    return {**typed, "seen": mark_of(session), **changed}


async def test_moving_day_two_tells_everyone_and_needs_a_reason(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt")
    for _ in range(2):
        await an_enrolment(cohort=cohort)
    _, second = await queries.sessions(cohort)
    path = f"/cohorts/tt/sessions/{second['id']}"
    typed = await session_form(second, on="2026-07-01", starts="10am", ends="1pm")

    refused = await post(client, path, typed, page=path)
    moved = await post(client, path, {**typed, "reason": "The hall floods"}, page=path)

    after = await queries.session(second["id"])
    assert field_errors(refused) == {"reason": "Enter a reason. Everyone who is invited reads it."}
    assert moved.status_code == 303
    assert after["starts_at"] == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert await mails("session-changed") == 2


async def test_the_coordinator_reads_whether_people_are_asked_again(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt")
    session, second = await queries.sessions(cohort)
    path = f"/cohorts/tt/sessions/{session['id']}"

    await post(client, path, await session_form(session, title="Day 1, corrected"), page=path)
    corrected = words(await client.get("/cohorts/tt/sessions"))
    path = f"/cohorts/tt/sessions/{second['id']}/cancel"
    await post(client, path, {"reason": "The trainer is ill"}, page=path)
    cancelled = words(await client.get("/cohorts/tt/sessions"))

    assert "Day 1, corrected is saved. Calendars follow, and nobody is asked again." in corrected
    assert "Day 2 is cancelled. Everyone invited is told." in cancelled


async def test_a_session_changed_meanwhile_shows_both_versions(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt", sessions=1)
    (session,) = await queries.sessions(cohort)
    path = f"/cohorts/tt/sessions/{session['id']}"
    typed = await session_form(session, title="Mine")
    theirs = {name: session[name] for name in ("starts_at", "ends_at")}
    await service.change_session(
        session["id"], SessionDetails(title="Theirs", **theirs), actor=ACADEMY, now=Clock().now
    )

    late = await post(client, path, typed, page=path)

    assert late.status_code == 409
    assert {"Theirs", "Mine"} <= set(words(late))
    assert (await queries.session(session["id"]))["title"] == "Theirs"


async def test_a_session_is_added_and_led_by_somebody_new(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt", sessions=1)
    await an_enrolment(cohort=cohort)
    typed = {
        "title": "Review",
        "on": "2026-07-15",
        "starts": "2pm",
        "ends": "3pm",
        "link": "https://meet.example/1",
        "new_name": "Nia New",
        "new_address": "nia@partner.example",
    }

    answer = await post(client, "/cohorts/tt/sessions/new", typed, page="/cohorts/tt/sessions/new")

    _, added = await queries.sessions(cohort)
    (leader,) = await queries.facilitators_of(added["id"])
    assert answer.status_code == 303
    assert (added["place"], added["link"], leader["name"]) == ("", "https://meet.example/1", "Nia New")
    assert await mails("session-invite") == 3  # to the two who have a place, and to her


async def test_somebody_who_leads_elsewhere_at_that_time_is_pointed_out(client: httpx.AsyncClient) -> None:
    here, there = await a_cohort(code="tt", sessions=1), await a_cohort(code="other", sessions=1)
    (mine,), (other,) = await queries.sessions(here), await queries.sessions(there)
    leader = await a_person(name="Lea Der")
    await service.set_facilitators(other["id"], [leader], actor=ACADEMY, now=Clock().now)
    path = f"/cohorts/tt/sessions/{mine['id']}"
    typed = {**await session_form(mine), "facilitator": str(leader)}

    warned = await post(client, path, typed, page=path)
    before = await queries.facilitators_of(mine["id"])
    saved = await post(client, path, {**typed, "clashes_known": "yes"}, page=path)

    assert field_errors(warned) == {
        "clashes_known": "Somebody is elsewhere at that time. Tick the box if that is all right."
    }
    assert "Lea Der" in words(warned) and before == []
    assert saved.status_code == 303
    assert [each["name"] for each in await queries.facilitators_of(mine["id"])] == ["Lea Der"]


async def test_a_new_time_at_which_people_of_the_cohort_are_elsewhere_is_pointed_out(client: httpx.AsyncClient) -> None:
    here = await a_cohort(code="tt", sessions=1)
    there = await a_cohort(code="other", sessions=1, starts_at=Clock().now + timedelta(days=30))
    (mine,), (other,) = await queries.sessions(here), await queries.sessions(there)
    amara = await a_person(name="Amara Okafor")
    for cohort in (here, there):
        await an_enrolment(cohort=cohort, person=amara)
    path = f"/cohorts/tt/sessions/{mine['id']}"
    typed = {**await session_form(mine), "reason": "The room", "title": "Another title"}
    same_time = await post(client, path, typed, page=path)
    (mine,) = await queries.sessions(here)
    later = {
        **await session_form(mine),
        "on": (await session_form(other))["on"],
        "starts": "10am",
        "ends": "11am",
        "reason": "The room",
    }

    warned = await post(client, path, later, page=path)
    saved = await post(client, path, {**later, "clashes_known": "yes"}, page=path)

    assert same_time.status_code == 303  # a typo asks nobody
    assert "1 person who takes part" in words(warned)
    assert (warned.status_code, saved.status_code) == (422, 303)


async def test_coaching_that_people_asked_for_at_a_new_time_is_pointed_out(client: httpx.AsyncClient) -> None:
    programme = await a_programme(name="Cyber")
    cohort = await a_cohort(programme=programme, code="cyber", sessions=1)
    who = await makers.coaching(programme=programme, cohort=cohort)
    eve = await makers.a_coach(name="Eve Adams", programme=programme, confirms=True)
    await makers.a_booking(who, coach=eve)
    (mine,) = await queries.sessions(cohort)
    (leader,) = await db.fetch("SELECT person FROM coach WHERE id = {}", eve)
    await accounts.grant(leader["person"], Role.FACILITATOR, ACADEMY, Clock().now)
    path = f"/cohorts/cyber/sessions/{mine['id']}"
    later = {
        **await session_form(mine),
        "on": "2026-06-09",
        "starts": "9:30am",
        "ends": "11am",
        "reason": "The room",
        "facilitator": str(leader["person"]),
    }

    warned = await post(client, path, later, page=path)
    saved = await post(client, path, {**later, "clashes_known": "yes"}, page=path)

    shown = " ".join(words(warned))
    assert "Eve Adams : asked for coaching at Tuesday 9 June 2026, 10am to 11am (UK time)" in shown
    assert "1 person who takes part : asked for coaching at Tuesday 9 June 2026, 9:30am to 11am (UK time)" in shown
    assert (warned.status_code, saved.status_code) == (422, 303)


async def test_cancelling_a_session_asks_first_and_says_who_is_told(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tt")
    await an_enrolment(cohort=cohort, person=await a_person(name="Amara Okafor"))
    first, _ = await queries.sessions(cohort)
    path = f"/cohorts/tt/sessions/{first['id']}/cancel"

    asked = await client.get(path)
    refused = await post(client, path, {"reason": ""}, page=path)
    untouched = (await queries.session(first["id"]))["status"]
    done = await post(client, path, {"reason": "Snow"}, page=path)
    twice = await post(client, path, {"reason": "Snow"}, page="/account")

    assert heading(asked) == "Cancel Day 1?"
    assert {"1 person is told by email, and their calendars follow.", "Amara Okafor"} <= set(words(asked))
    assert (refused.status_code, untouched) == (422, "planned")
    assert (done.status_code, twice.status_code) == (303, 409)
    assert (await queries.session(first["id"]))["status"] == "cancelled"
    assert await mails("session-cancelled") == 1


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
