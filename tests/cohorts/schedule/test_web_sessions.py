"""The pages of sessions: adding, moving and calling them off, and who leads them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from academy import database as db
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.outbox.tables import Message
from cohorts.schedule import queries, service
from cohorts.schedule.rules import SessionDetails
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import a_cohort, a_coordinator, a_person, a_programme, an_enrolment


@pytest.fixture(autouse=True)
async def _signed_in(client: httpx.AsyncClient, database: db.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())


async def mails(kind: str) -> int:
    return await Message.count().where(Message.kind == kind)


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
