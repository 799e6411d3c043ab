"""A person's own page, and where people land after signing in."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from academy import database as room
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.invites import queries as invited
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.people.tables import Person
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.service import manage_path
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import CohortSession, Format
from tests.conftest import Clock
from tests.support.client import get_form, heading, post, sign_in, words
from tests.support.courses import OVER, P, a_course
from tests.support.makers import a_cohort, a_coordinator, a_person, an_enrolment
from tests.support.queries import counted

LINK = "https://meet.example.org/42"


@pytest.fixture
async def ana(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    person = await a_person(name="Ana Example", address="ana@council.example")
    await sign_in(client, person)
    return person


async def replies(person: UUID, clock: Clock) -> list[Reply]:
    return [each.reply for each in await invited.events_of(person, now=clock.now)]


# ------------------------------------------------------------------- the page
async def test_a_new_person_is_shown_the_way_in(client: httpx.AsyncClient, ana: UUID) -> None:
    answer = await client.get("/home")

    assert (answer.status_code, heading(answer)) == (200, "Hello Ana")
    assert "You have no places yet" in words(answer) and "My learning" not in words(answer)


async def test_visitors_sign_in_first_and_come_back(client: httpx.AsyncClient, database: room.Engine) -> None:
    answer = await client.get("/home")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fhome")


async def test_the_next_session_with_time_place_and_question(client: httpx.AsyncClient, ana: UUID) -> None:
    await an_enrolment(cohort=await a_cohort(sessions=3), person=ana)

    shown = words(await client.get("/home"))

    start = shown.index("Your next session")
    assert shown[start : start + 4] == [
        "Your next session",
        "Top Talent, Essex: Day 1",
        "Wednesday 24 June 2026, 10am to 1pm (UK time)",
        "County Hall",
    ]
    assert {"Are you coming?", "3 sessions wait for your answer", "After that"} <= set(shown)
    assert "There is nothing you need to do" not in " ".join(shown)


async def test_things_at_the_same_time_are_named(client: httpx.AsyncClient, ana: UUID) -> None:
    await an_enrolment(cohort=await a_cohort(name="Essex", sessions=1), person=ana)
    await an_enrolment(cohort=await a_cohort(name="Kent", sessions=1), person=ana)

    shown = words(await client.get("/home"))

    assert sorted(shown[at + 1] for at, text in enumerate(shown) if text == "At the same time:") == [
        "Essex: Day 1",
        "Kent: Day 1",
    ]


async def test_times_are_also_told_by_ones_own_clock(client: httpx.AsyncClient, ana: UUID) -> None:
    await Person.update({Person.time_zone: "America/New_York"}).where(Person.id == ana)
    await sign_in(client, ana)
    await an_enrolment(cohort=await a_cohort(sessions=1), person=ana)

    shown = " ".join(words(await client.get("/home")))

    assert "10am to 1pm (UK time); 5am to 8am in New York (EDT)" in shown


@pytest.mark.parametrize(("hours", "shown"), [(24, True), (24.01, False), (-1, True)])
async def test_the_link_to_join_appears_a_day_before(
    client: httpx.AsyncClient, ana: UUID, clock: Clock, hours: float, shown: bool
) -> None:
    starts = clock.now + timedelta(days=5)
    cohort = await a_cohort(sessions=1, starts_at=starts, format=Format.VIRTUAL, venue="", link=LINK)
    await an_enrolment(cohort=cohort, person=ana)
    clock.now = starts - timedelta(hours=hours)
    await sign_in(client, ana)

    answer = await client.get("/home")

    assert (f'href="{LINK}"' in answer.text) is shown
    assert ("The button to join online appears here the day before." in words(answer)) is not shown


async def test_an_answer_takes_one_tap_and_can_be_changed(client: httpx.AsyncClient, ana: UUID, clock: Clock) -> None:
    await an_enrolment(cohort=await a_cohort(sessions=1), person=ana)
    (event,) = await invited.events_of(ana, now=clock.now)
    reply = f"/events/{event.id}/reply"

    coming = await post(client, reply, {"reply": "accepted", "back": "/home"}, page="/home")
    page = await client.get("/home")
    await post(client, reply, {"reply": "declined", "back": "/home"}, page="/home")

    assert (coming.status_code, coming.headers["location"]) == (303, "/home")
    assert {"Coming", "There is nothing you need to do. See you soon."} <= set(words(page))
    assert await replies(ana, clock) == [Reply.DECLINED]


async def test_one_button_says_yes_to_all_that_wait(client: httpx.AsyncClient, ana: UUID, clock: Clock) -> None:
    await an_enrolment(cohort=await a_cohort(sessions=3), person=ana)
    first = (await invited.events_of(ana, now=clock.now))[0]
    await invites.reply(first.id, ana, Reply.DECLINED, now=clock.now)

    await post(client, "/home/coming", page="/home")
    said = words(await client.get("/home"))
    await post(client, "/home/coming", page="/home")
    again = words(await client.get("/home"))

    assert await replies(ana, clock) == [Reply.DECLINED, Reply.ACCEPTED, Reply.ACCEPTED]
    assert "You are coming to 2 sessions. Thank you." in said
    assert "You had answered for every session already." in again


async def test_it_answers_for_nobody_else(client: httpx.AsyncClient, ana: UUID, clock: Clock) -> None:
    cohort = await a_cohort(sessions=2)
    ben = await a_person(name="Ben Example")
    for person in (ana, ben):
        await an_enrolment(cohort=cohort, person=person)

    await post(client, "/home/coming", page="/home")

    assert await replies(ben, clock) == [Reply.NEEDS_ACTION, Reply.NEEDS_ACTION]


async def test_the_session_comes_as_a_file(client: httpx.AsyncClient, ana: UUID) -> None:
    await an_enrolment(cohort=await a_cohort(sessions=1), person=ana)

    (path,) = re.findall(r'href="(/events/[^"]+)"', (await client.get("/home")).text)
    file = await client.get(path)

    assert (file.status_code, file.headers["content-type"]) == (200, "text/calendar; charset=utf-8")


async def test_a_held_place_is_confirmed_from_here(client: httpx.AsyncClient, ana: UUID, clock: Clock) -> None:
    cohort = await a_cohort()
    held = await enrolment.register(
        cohort,
        name="Ana",
        address="ana@council.example",
        organisation=None,
        organisation_name="",
        job_title="",
        now=clock.now,
    )

    before = words(await client.get("/home"))
    await post(client, f"{manage_path(held.enrolment)}/confirm", page="/home")
    after = words(await client.get("/home"))

    assert {"Confirm your place in Top Talent, Essex", "Not confirmed"} <= set(before)
    assert "It is kept for you until 10am on Tuesday 2 June." in before
    assert "You have a place" in after and "Not confirmed" not in after


async def test_a_number_on_the_waiting_list_leads_to_its_own_page(client: httpx.AsyncClient, ana: UUID) -> None:
    cohort = await a_cohort(capacity=1)
    await an_enrolment(cohort=cohort)
    await an_enrolment(cohort=cohort)
    mine = await an_enrolment(cohort=cohort, person=ana)

    answer = await client.get("/home")

    assert {"Waiting list", "You are number 2."} <= set(words(answer))
    assert f'href="{manage_path(mine.enrolment)}"' in answer.text
    assert "Your next session" not in words(answer)


async def test_hours_and_certificates_of_the_year(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    course = await a_course("Ana", cpd_minutes=300)
    for day in (1, 2):
        await course.take(day, Ana=P)
    await course.close()
    clock.now = OVER
    await sign_in(client, course.people["Ana"])

    answer = await client.get("/home")

    shown = words(answer)
    assert shown[shown.index("Contact hours in 2026") + 1] == "6 hours"
    assert shown[shown.index("CPD in 2026") + 1] == "5 hours"
    assert "Certificate of 1 July 2026" in shown and 'href="/my/record"' in answer.text
    assert "You have no places at the moment" in shown


async def test_facilitators_see_what_they_lead(client: httpx.AsyncClient, ana: UUID, clock: Clock) -> None:
    cohort = await a_cohort(sessions=2)
    await an_enrolment(cohort=cohort)
    (session,) = await CohortSession.select(CohortSession.id).where(
        CohortSession.cohort == cohort, CohortSession.title == "Day 1"
    )
    await schedule.set_facilitators(session["id"], [ana], actor=ACADEMY, now=clock.now)
    await sign_in(client, ana)

    early = await client.get("/home")
    clock.advance(days=23, minutes=-60)
    await sign_in(client, ana)
    open_now = await client.get("/home")

    assert {"Sessions you lead", "Top Talent, Essex: Day 1", "1 person expected · County Hall"} <= set(words(early))
    assert "Take the register" not in words(early) and "Take the register" in words(open_now)
    assert f'href="/sessions/{session["id"]}/register"' in open_now.text


async def test_a_time_agreed_with_one_person_leads_to_its_page_and_asks_nothing(
    client: httpx.AsyncClient, ana: UUID, clock: Clock
) -> None:
    event = await invites.create_event(
        title="Meeting",
        starts_at=clock.now + timedelta(days=3),
        ends_at=clock.now + timedelta(days=3, hours=1),
        wording="meeting",
        private=True,
        now=clock.now,
        context={"round_name": "Mentoring 2026"},
    )
    mine = {"titles": {ana: "Meeting with Daniel Reid"}, "own": {ana: {"with_name": "Daniel Reid"}}}
    await invites.invite(event, [ana], paths={ana: "/mentoring/pairs/7"}, now=clock.now, **mine)

    answer = await client.get("/home")

    shown = words(answer)
    assert {"Your next session", "Meeting with Daniel Reid", "See the meeting"} <= set(shown)
    assert 'href="/mentoring/pairs/7"' in answer.text
    assert not {"Are you coming?", "I’m coming", "For you to do"} & set(shown)
    assert "There is nothing you need to do. See you soon." in shown


async def test_nobody_sees_what_is_anothers(client: httpx.AsyncClient, ana: UUID) -> None:
    await an_enrolment(cohort=await a_cohort(name="Secret Talent"))

    assert "Secret Talent" not in (await client.get("/home")).text


async def test_the_page_needs_the_same_queries_for_one_and_for_three(client: httpx.AsyncClient, ana: UUID) -> None:
    counts = []
    for _ in range(3):
        await an_enrolment(cohort=await a_cohort(sessions=2), person=ana)
        with counted() as statements:
            await client.get("/home")
        counts.append(len(statements))

    assert counts[0] == counts[1] == counts[2] <= 7


# ------------------------------------------------------------------ landing
async def link_of(person: UUID, clock: Clock, next_path: str = "/") -> str:
    url = await accounts.make_sign_in_link(person, clock.now)
    return "/sign-in/" + url.rpartition("/sign-in/")[2]


@pytest.mark.parametrize(("role", "landing"), [(None, "/home"), (Role.COORDINATOR, "/today")])
async def test_people_land_where_something_waits_for_them(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock, role: Role | None, landing: str
) -> None:
    person = await a_person()
    if role:
        await accounts.grant(person, role, ACADEMY, clock.now)
    path = await link_of(person, clock)
    token = await get_form(client, path)

    answer = await client.post(path, data={"_csrf_token": token})
    already = await client.get("/sign-in")
    elsewhere = await client.get("/sign-in?next=/account")

    assert (answer.status_code, answer.headers["location"]) == (303, landing)
    assert (already.headers["location"], elsewhere.headers["location"]) == (landing, "/account")
    assert (await client.get(landing)).status_code == 200


async def test_coordinators_have_both_pages(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator(name="Cora Carter"))

    answer = await client.get("/home")

    assert heading(answer) == "Hello Cora" and 'href="/today"' in answer.text
