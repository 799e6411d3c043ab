"""The permanent page of a session, its file for calendars, and cancelling in two steps."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import icalendar
import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.invites import queries as invited
from academy.people.tables import Person
from academy.settings import Settings
from cohorts.coaching.bookings import parts, queries, service
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits import queries as credits
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import links
from tests.support.queries import counted


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.fixture
async def priya(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> Coaching:
    """Signed in, with three credits and Daniel Reid as coach."""
    who = await makers.coaching()
    await sign_in(client, who.person)
    return who


async def booked(who: Coaching, **told: Any) -> UUID:
    return await makers.a_booking(who, **{"starts_at": at(8, 8), "note": "How to say no.", **told})


async def open_page(client: httpx.AsyncClient, session: UUID, rest: str = "") -> httpx.Response:
    return await client.get(f"/coaching/sessions/{session}{rest}")


async def cancel(client: httpx.AsyncClient, session: UUID, **typed: str) -> httpx.Response:
    return await post(client, f"/coaching/sessions/{session}/cancel", typed, page="/help")


async def left(who: Coaching) -> int:
    return (await credits.balances([who.enrolment]))[who.enrolment].left


# -------------------------------------------------------------------- the page
async def test_it_says_when_with_whom_and_what_can_be_done(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)

    answer = await open_page(client, session)

    shown = words(answer)
    assert heading(answer) == "Coaching with Daniel Reid Booked"
    assert {"Monday 8 June 2026", "9am to 10am", "UK time", "How to say no.", "2 of 3"} <= set(shown)
    assert {
        "Move this session": f"/coaching/sessions/{session}/move",
        "Cancel this session": f"/coaching/sessions/{session}/cancel",
        "Add to your calendar (.ics)": f"/coaching/sessions/{session}/invite.ics",
    }.items() <= links(answer).items()


async def test_the_coach_reads_the_same_page_in_their_own_words(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    await sign_in(client, priya.coach_person)

    answer = await open_page(client, session)

    assert heading(answer) == "Coaching: Priya Nair Booked"
    assert {"What Priya Nair wants to talk about", "How to say no."} <= set(words(answer))
    assert "sessions left to book" not in words(answer)


async def test_nobody_else_finds_it(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    for stranger in (await makers.a_person(), await makers.a_coordinator()):
        await sign_in(client, stranger)
        for rest in ("", "/move", "/move/check?starts=2026-06-09T08:00Z", "/cancel", "/invite.ics"):
            assert (await open_page(client, session, rest)).status_code == 404
        assert (await cancel(client, session)).status_code == 404
    assert (await queries.any_session(session)).status is SessionStatus.BOOKED


async def test_visitors_sign_in_first_and_come_back(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    client.cookies.clear()

    answer = await open_page(client, session)

    assert answer.headers["location"] == f"/sign-in?next=%2Fcoaching%2Fsessions%2F{session}"


async def test_who_lives_elsewhere_reads_both_clocks(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    await Person.update({Person.time_zone: "Asia/Tokyo"}).where(Person.id == priya.person)
    await sign_in(client, priya.person)

    shown = words(await open_page(client, session))

    assert {"5pm to 6pm", "Tokyo time, JST", "That is 9am to 10am, UK time."} <= set(shown)


@pytest.mark.parametrize(("day", "button"), [(6, False), (7, True)])
async def test_joining_online_becomes_the_button_a_day_before(
    client: httpx.AsyncClient, clock: Clock, database: room.Engine, day: int, button: bool
) -> None:
    programme = await makers.a_programme()
    coach = await makers.a_coach(programme=programme, link="https://meet.example/dan")
    who = await makers.coaching(programme=programme, coach=coach)
    session = await booked(who)
    clock.now = at(day, 9)
    await sign_in(client, who.person)

    to = links(await open_page(client, session))

    name = ("Join online" if button else "join here") + " Coaching with Daniel Reid"
    assert to[name] == "https://meet.example/dan"


async def test_what_happened_so_far(client: httpx.AsyncClient, priya: Coaching, clock: Clock) -> None:
    session = await booked(priya)
    me = Actor(priya.person, "Priya Nair")
    await service.move(session, starts_at=at(9, 8), by=Party.COACHEE, actor=me, now=clock.advance(hours=1))

    shown = words(await open_page(client, session))

    start = shown.index("What happened so far")
    assert shown[start + 1 : start + 5] == [
        "10am on Monday 1 June",
        "Priya Nair booked 9am on Monday 8 June",
        "11am on Monday 1 June",
        "Priya Nair moved it to 9am on Tuesday 9 June",
    ]


@pytest.mark.parametrize(
    ("status", "tag", "said"),
    [
        (SessionStatus.COMPLETED, "Took place", "You met for 60 minutes."),
        (
            SessionStatus.NO_SHOW_COACHEE,
            "Missed",
            "It is noted that you did not come. It counts as one of your sessions.",
        ),
        (
            SessionStatus.NO_SHOW_COACH,
            "Did not take place",
            "Daniel Reid could not be there. You have the session back to book another time.",
        ),
    ],
)
async def test_afterwards_it_says_how_it_went_and_what_it_cost(
    client: httpx.AsyncClient, priya: Coaching, clock: Clock, status: SessionStatus, tag: str, said: str
) -> None:
    session = await booked(priya)
    clock.now = at(8, 12)
    await service.mark(session, status, actor=Actor(priya.coach_person, "Daniel Reid"), now=clock.now)
    await sign_in(client, priya.person)

    answer = await open_page(client, session)

    assert {tag, said} <= set(words(answer))
    assert not {"Move this session", "Cancel this session"} & set(links(answer))


async def test_other_rooms_show_their_parts_on_it(
    client: httpx.AsyncClient, priya: Coaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def of(session: SessionView, person: UUID, settings: Settings, now: datetime) -> dict[str, Any]:
        return {"message": f"{session.coach_name} and {person == priya.person}"}

    monkeypatch.setattr(parts, "_parts", {})
    parts.add("message", "errors/layout.html", of)
    session = await queries.any_session(await booked(priya))
    shown = await parts.shown(session, priya.person, settings=Settings(), now=at(1, 9))

    assert parts.templates() == ["errors/layout.html"]
    assert shown == {"message": {"message": "Daniel Reid and True"}}


async def test_the_page_asks_as_much_for_three_as_for_one(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    with counted() as one:
        await open_page(client, session)
    for day in (9, 10):
        await booked(priya, starts_at=at(day, 8))

    with counted() as three:
        await open_page(client, session)

    assert len(three) == len(one)


# ------------------------------------------------------------------- the file
async def test_the_file_is_the_same_entry_as_the_mailed_invite(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    event = await invited.event((await queries.any_session(session)).event or session)

    mine = await open_page(client, session, "/invite.ics")
    await sign_in(client, priya.coach_person)
    theirs = await open_page(client, session, "/invite.ics")

    assert mine.headers["content-type"] == "text/calendar; charset=utf-8"
    entries = [icalendar.Calendar.from_ical(each.content).events[0] for each in (mine, theirs)]
    assert [str(each["uid"]) for each in entries] == [event["uid"], event["uid"]]
    assert [str(each["summary"]) for each in entries] == ["Coaching with Daniel Reid", "Coaching: Priya Nair"]
    assert [each.start for each in entries] == [at(8, 8), at(8, 8)]


async def test_what_is_not_confirmed_has_no_file_yet(
    client: httpx.AsyncClient, clock: Clock, database: room.Engine
) -> None:
    programme = await makers.a_programme()
    coach = await makers.a_coach(programme=programme, confirms=True)
    who = await makers.coaching(programme=programme, coach=coach)
    session = await booked(who)
    await sign_in(client, who.person)

    assert "Add to your calendar (.ics)" not in links(await open_page(client, session))
    assert (await open_page(client, session, "/invite.ics")).status_code == 404


# ----------------------------------------------------------------- cancelling
async def test_cancelling_in_time_takes_two_steps_and_gives_the_credit_back(
    client: httpx.AsyncClient, priya: Coaching
) -> None:
    session = await booked(priya)
    ask = await client.get(links(await open_page(client, session))["Cancel this session"])  # the first step

    done = await cancel(client, session, reason="")  # the second
    shown = words(await client.get(done.headers["location"]))

    told = "You get the session back: 3 of 3 left to book. Daniel Reid is told, and it leaves both calendars."
    assert {told, "Daniel Reid and the academy can read this."} <= set(words(ask))
    assert {"The session is cancelled. You can book another time with it.", "Cancelled", "3 of 3"} <= set(shown)
    assert (await queries.any_session(session)).status is SessionStatus.CANCELLED_BY_COACHEE
    assert await left(priya) == 3


async def test_cancelling_late_says_before_that_it_costs_a_session(
    client: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    session = await booked(priya)
    clock.now = at(7, 9)
    await sign_in(client, priya.person)

    ask = words(await open_page(client, session, "/cancel"))
    done = await cancel(client, session)
    shown = words(await client.get(done.headers["location"]))

    assert "It starts in less than 24 hours, so it counts as one of your sessions. You have 2 of 3 left to book." in ask
    assert "The session is cancelled. It counts as one of your sessions." in shown
    assert "You cancelled it at short notice. It counts as one of your sessions." in shown
    assert await left(priya) == 2


async def test_a_session_that_waits_for_another_coach_says_so_to_both(client: httpx.AsyncClient, clock: Clock) -> None:
    who = await makers.coaching()
    session = await booked(who)
    eve = await makers.a_coach(name="Eve Adams", programme=who.programme, confirms=True)
    person = (await makers.coaches.coach(eve)).person
    starts_at = (await queries.any_session(session)).starts_at
    await service.reassign(session, eve, starts_at=starts_at, actor=ACADEMY, now=clock.now)
    path = f"/coaching/sessions/{session}"
    await sign_in(client, who.person)
    mine = words(await client.get(path))
    await sign_in(client, person)
    theirs, todo, answer = [words(await client.get(at)) for at in (path, "/coach", f"{path}/answer")]

    told = "We have asked Eve Adams to coach you in the place of your former coach. "
    assert told + "The time is kept for you meanwhile, and you get an email with the answer." in mine
    asked = "The academy asks you to coach Priya Nair in the place of another coach. The time is kept meanwhile."
    assert asked in theirs
    assert any(each.startswith("Can you take a session of Priya Nair, ") for each in todo)
    assert "Can you take a session of Priya Nair?" in answer


async def test_a_chemistry_call_that_uses_no_credit_speaks_of_none(client: httpx.AsyncClient, clock: Clock) -> None:
    who = await makers.coaching(chemistry_calls=1)
    session = await booked(who, kind=SessionKind.CHEMISTRY, minutes=30)
    await sign_in(client, who.person)

    ask = words(await open_page(client, session, "/cancel"))

    assert "Daniel Reid is told, and it leaves both calendars." in ask


async def test_the_coach_cancels_and_the_coachee_has_the_session_back(
    client: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    session = await booked(priya)
    clock.now = at(8, 7)
    await sign_in(client, priya.coach_person)

    ask = words(await open_page(client, session, "/cancel"))
    await cancel(client, session, reason="I am ill.")
    await sign_in(client, priya.person)
    shown = words(await open_page(client, session))

    told = "Priya Nair is told and gets the session back, to book another time. It leaves both calendars."
    assert told in ask
    assert {"Daniel Reid cancelled it. You have the session back to book another time.", "I am ill."} <= set(shown)
    assert await left(priya) == 3


async def test_too_long_a_reason_is_kept_and_nothing_is_cancelled(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)

    answer = await cancel(client, session, reason="x" * 301)

    assert answer.status_code == 422
    assert field_errors(answer) == {"reason": "What you write must be 300 characters or fewer."}
    assert "x" * 301 in answer.text
    assert await left(priya) == 2


async def test_a_second_tap_says_the_same(client: httpx.AsyncClient, priya: Coaching) -> None:
    session = await booked(priya)
    await cancel(client, session)

    again = await cancel(client, session)
    asked = await open_page(client, session, "/cancel")

    assert (again.status_code, asked.status_code) == (303, 303)
    assert await left(priya) == 3


async def test_what_has_begun_cannot_be_cancelled_by_the_coachee(
    client: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    session = await booked(priya)
    clock.now = at(8, 8)
    await sign_in(client, priya.person)

    assert (await open_page(client, session, "/cancel")).status_code == 303
    answer = await cancel(client, session)

    assert answer.status_code == 409
    assert (await queries.any_session(session)).status is SessionStatus.BOOKED
