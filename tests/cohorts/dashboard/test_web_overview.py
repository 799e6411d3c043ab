"""One cohort at a glance: figures, what needs the coordinator, the roster and what can be done from it."""

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.invites import service as invites
from academy.invites.tables import Invitee, Reply
from academy.outbox.tables import Message, MessageState
from academy.people.tables import EmailAddress, Person
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule.tables import Cohort
from tests.conftest import Clock
from tests.support.client import heading, post, sign_in, words
from tests.support.courses import FIRST, MADE, A, Course, P, a_course
from tests.support.makers import a_cohort, a_coordinator, a_person, an_enrolment
from tests.support.queries import counted

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def _signed_in(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> None:
    await sign_in(client, await a_coordinator())


async def event_of(course: Course, day: int) -> UUID:
    rows = await room.fetch("SELECT event FROM cohort_session WHERE id = {}", course.sessions[day - 1])
    return UUID(str(rows[0]["event"]))


async def a_mixed_course(clock: Clock) -> Course:
    """Four people between two sessions: Ana comes, Ben declines, Cem says nothing and was absent, Dan has left."""
    course = await a_course("Ana", "Ben", "Cem", "Dan")
    clock.now = FIRST + timedelta(hours=4)
    await course.take(1, at=clock.now, Ana=P, Ben=P, Cem=A, Dan=P)
    second = await event_of(course, 2)
    await invites.reply(second, course.people["Ana"], Reply.ACCEPTED, now=clock.now)
    await invites.reply(second, course.people["Ben"], Reply.DECLINED, now=clock.now)
    await enrolment.withdraw(course.enrolments["Dan"], reason="New job", actor=ACADEMY, now=clock.now)
    return course


def names(answer: httpx.Response) -> list[str]:
    """The people of the roster, in its order."""
    found = re.findall(r'<th scope="row".*?</th>', answer.text)
    return [re.sub(r"<span.*|<[^>]+>", "", each) for each in found]


# ------------------------------------------------------------------- the page
async def test_a_cohort_at_a_glance(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_mixed_course(clock)
    await sign_in(client, await a_coordinator(now=clock.now))

    answer = await client.get(f"/cohorts/{course.code}/manage")

    assert (answer.status_code, heading(answer)) == (200, "Top Talent, Essex Running")
    shown = words(answer)
    assert {"3 of 20", "2 of 3", "67%", "1 person below 75%", "1 have not replied"} <= set(shown)
    assert names(answer) == ["Ana Example", "Ben Example", "Cem Example"]
    assert {"Coming", "Declined", "No reply", "Talk about attendance", "Ask what is in the way"} <= set(shown)


async def test_an_empty_cohort_says_what_to_do_first(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="new-one", sessions=0, published=False)

    shown = words(await client.get("/cohorts/new-one/manage"))

    assert cohort
    assert {"Nobody has registered yet", "No session yet.", "Nobody is waiting.", "No dates yet · County Hall"} <= set(
        shown
    )
    assert "Before you can publish: Add at least one session before you publish." in shown


async def test_a_cohort_that_can_be_published_has_the_button(client: httpx.AsyncClient) -> None:
    await a_cohort(code="ready", published=False)

    shown = words(await client.get("/cohorts/ready/manage"))

    assert "Publish" in shown and "Not published" in shown


async def test_an_unknown_cohort_is_no_page(client: httpx.AsyncClient) -> None:
    answers = [(await client.get(f"/cohorts/none/{page}")).status_code for page in ("manage", "mails")]

    assert answers == [404, 404]


async def test_participants_do_not_see_it(client: httpx.AsyncClient) -> None:
    registered = await an_enrolment()
    (row,) = await Enrolment.select(Enrolment.person, Enrolment.cohort.code).where(Enrolment.id == registered.enrolment)
    await sign_in(client, row["person"])
    base = f"/cohorts/{row['cohort.code']}"

    seen = [(await client.get(f"{base}/{page}")).status_code for page in ("manage", "mails")]
    done = [(await post(client, f"{base}/{verb}")).status_code for verb in ("ask-again", "fill", "selected")]

    assert (seen, done) == ([403, 403], [403, 403, 403])


async def test_every_tab_shows_the_same_tabs(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="tabs")
    await an_enrolment(cohort=cohort)
    tabs = {"manage": "Overview", "sessions": "Sessions", "waiting-list": "Waiting list", "mails": "Mails"}
    tabs |= {"edit": "Settings", "close": "Close"}

    for path, name in tabs.items():
        answer = await client.get(f"/cohorts/tabs/{path}")
        links = [f'href="/cohorts/tabs/{each}"' in answer.text for each in tabs]
        assert (answer.status_code, all(links)) == (200, True), path
        assert f'aria-current="page">{name}' in answer.text
        assert heading(answer) == "Top Talent, Essex Open"


# ------------------------------------------------------------------ the roster
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Ana", "Ben", "Cem"]),
        ("reply=accepted", ["Ana"]),
        ("reply=declined", ["Ben"]),
        ("reply=needs_action", ["Cem"]),
        ("reply=tentative", []),
        ("attendance=low", ["Cem"]),
        ("status=left", ["Dan"]),
        ("q=ben", ["Ben"]),
        ("q=BEN+EXAMPLE", ["Ben"]),
        ("q=ben&reply=accepted", []),
        ("sort=-name", ["Cem", "Ben", "Ana"]),
        ("sort=reply", ["Ana", "Ben", "Cem"]),
        ("sort=-attended", ["Ana", "Ben", "Cem"]),
        ("sort=attended", ["Cem", "Ana", "Ben"]),
        ("sort=nonsense&page=99&reply=", ["Ana", "Ben", "Cem"]),
    ],
)
async def test_the_address_filters_and_sorts_the_roster(
    client: httpx.AsyncClient, clock: Clock, query: str, expected: list[str]
) -> None:
    course = await a_mixed_course(clock)
    await sign_in(client, await a_coordinator(now=clock.now))

    answer = await client.get(f"/cohorts/{course.code}/manage?{query}")

    assert names(answer) == [f"{name} Example" for name in expected]


async def test_the_file_says_what_the_roster_says(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_mixed_course(clock)
    await sign_in(client, await a_coordinator(now=clock.now))

    answer = await client.get(f"/cohorts/{course.code}/manage?sort=-name&attendance=low&export=csv")
    book = await client.get(f"/cohorts/{course.code}/manage?export=xlsx")

    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Name"], row["Status"], row["Reply"], row["Sessions attended"], row["Next step"]) == (
        "Cem Example",
        "Enrolled",
        "No reply",
        "0",
        "Talk about attendance",
    )
    assert (book.status_code, book.content[:2]) == (200, b"PK")


async def test_fifty_people_fit_on_a_page(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await a_cohort(code="big", capacity=60)
    people = [await a_person(name=f"P{number:02} Example") for number in range(52)]
    for person in people:
        await an_enrolment(cohort=cohort, person=person)

    first, second = [names(await client.get(f"/cohorts/big/manage?page={page}")) for page in (1, 2)]

    assert (len(first), second) == (50, ["P50 Example", "P51 Example"])


async def test_names_are_text_and_nothing_else(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="sly")
    await an_enrolment(cohort=cohort)
    await Person.update({Person.name: "<b>Bold</b> Example"}, force=True)  # past the rules of names

    answer = await client.get("/cohorts/sly/manage?q=%3Cb%3E")

    assert "<b>Bold" not in answer.text and "&lt;b&gt;Bold&lt;/b&gt; Example" in answer.text


# --------------------------------------------------------------------- buttons
async def letters(kind: str) -> list[dict[str, Any]]:
    return await Message.select().where(Message.kind == kind).order_by(Message.queued_at, Message.id)


async def test_one_button_asks_all_who_have_not_replied_and_once_a_day(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana", "Ben", "Cem")
    await invites.reply(await event_of(course, 1), course.people["Ana"], Reply.ACCEPTED, now=MADE)
    base = f"/cohorts/{course.code}"

    first = await post(client, f"{base}/ask-again")
    told = words(await client.get(f"{base}/manage"))
    await post(client, f"{base}/ask-again")
    again = words(await client.get(f"{base}/manage"))

    assert (first.status_code, first.headers["location"]) == (303, f"{base}/manage")
    assert "Reminder sent to 2 people." in told and "They were all reminded today already." in again
    assert {row["person"] for row in await letters("please-reply")} == {course.people["Ben"], course.people["Cem"]}
    assert len(await letters("please-reply")) == 2


async def test_the_next_day_they_can_be_asked_again(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_course("Ana")
    await post(client, f"/cohorts/{course.code}/ask-again")
    clock.advance(days=1)
    await sign_in(client, await a_coordinator(now=clock.now))

    await post(client, f"/cohorts/{course.code}/ask-again")

    assert len(await letters("please-reply")) == 2


async def test_where_all_have_replied_nobody_is_asked(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana")
    await invites.reply(await event_of(course, 1), course.people["Ana"], Reply.DECLINED, now=MADE)

    answer = await post(client, f"/cohorts/{course.code}/ask-again")

    assert (answer.status_code, await letters("please-reply")) == (409, [])
    assert "Everybody here has replied about the next session." in words(answer)


async def test_who_pressed_the_button_on_the_page_of_today_comes_back_there(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana")
    base = f"/cohorts/{course.code}"

    asked = await post(client, f"{base}/ask-again", {"back": "/today"})
    filled = await post(client, f"{base}/fill", {"back": "/today"})
    elsewhere = await post(client, f"{base}/fill", {"back": "//evil.example"})

    assert [each.headers["location"] for each in (asked, filled, elsewhere)] == ["/today", "/today", f"{base}/manage"]


async def test_a_free_place_is_given_to_the_first_in_line(client: httpx.AsyncClient) -> None:
    cohort = await a_cohort(code="full", capacity=1)
    await an_enrolment(cohort=cohort)
    waiting = await an_enrolment(cohort=cohort, person=await a_person(name="Tom Price"))
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)  # without the verb that would fill it

    need = words(await client.get("/cohorts/full/manage"))
    await post(client, "/cohorts/full/fill")
    said = words(await client.get("/cohorts/full/manage"))

    (row,) = await Enrolment.select(Enrolment.status).where(Enrolment.id == waiting.enrolment)
    assert {"A place is free", "First on the waiting list: Tom Price."} <= set(need)
    assert (row["status"], "1 moved up from the waiting list." in said) == ("enrolled", True)


async def test_only_who_is_ticked_is_reminded(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana", "Ben", "Cem")
    ticked = [str(course.enrolments[name]) for name in ("Ana", "Cem")]

    await post(client, f"/cohorts/{course.code}/selected", {"person": ticked, "action": "remind"})

    told = {row["person"] for row in await letters("please-reply")}
    assert told == {course.people["Ana"], course.people["Cem"]}


async def test_the_newest_invites_go_out_again_to_who_is_ticked(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_course("Ana", "Ben")
    await Message.update({Message.state: MessageState.SENT, Message.sent_at: clock.now}).where(
        Message.state == MessageState.QUEUED
    )

    data = {"person": [str(course.enrolments["Ana"])], "action": "invite"}
    await post(client, f"/cohorts/{course.code}/selected", data)
    said = words(await client.get(f"/cohorts/{course.code}/manage"))

    queued = await Message.select(Message.person, Message.kind).where(Message.state == MessageState.QUEUED)
    assert "2 invites go out again." in said
    assert queued == [{"person": course.people["Ana"], "kind": "session-invite"}] * 2


async def test_nothing_ticked_changes_nothing(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana")
    stranger = await an_enrolment(cohort=await a_cohort())

    for chosen in ([], ["nonsense"], [str(stranger.enrolment)]):
        await post(client, f"/cohorts/{course.code}/selected", {"person": chosen, "action": "remind"})
        said = words(await client.get(f"/cohorts/{course.code}/manage"))
        assert "Nobody was ticked. Tick people first, then press Go." in said

    assert await letters("please-reply") == []


async def test_an_action_that_the_list_does_not_offer_is_refused(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana")
    ana = str(course.enrolments["Ana"])

    answer = await post(client, f"/cohorts/{course.code}/selected", {"person": [ana], "action": "delete"})

    assert (answer.status_code, await Invitee.count()) == (422, 2)


async def test_an_address_that_mail_comes_back_from_is_shown(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_course("Ana")
    await EmailAddress.update({EmailAddress.bounced_at: clock.now, EmailAddress.bounce_reason: "No such user"}).where(
        EmailAddress.person == course.people["Ana"]
    )

    assert "Check the address: mail comes back" in words(await client.get(f"/cohorts/{course.code}/manage"))


# --------------------------------------------------------------------- queries
@pytest.mark.parametrize("page", ["manage", "mails"])
async def test_a_page_needs_the_same_queries_for_one_and_for_three(client: httpx.AsyncClient, page: str) -> None:
    cohort = await a_cohort(code="counted")
    counts = []
    for _ in range(3):
        await an_enrolment(cohort=cohort)
        with counted() as statements:
            await client.get(f"/cohorts/counted/{page}")
        counts.append(len(statements))

    assert counts[0] == counts[1] == counts[2] <= 8
