"""Moving in three steps; after the cut-off the same steps ask the coach."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from academy import database as room
from academy.audit.service import Actor
from academy.invites import queries as invited
from cohorts.coaching.bookings import answers, own, queries, service
from cohorts.coaching.bookings.queries import SessionView
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import fields, links
from tests.support.queries import counted


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.fixture
async def priya(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> Coaching:
    """Signed in, with a session on Monday 8 June at 9am with Daniel Reid."""
    who = await makers.coaching()
    await sign_in(client, who.person)
    return who


@pytest.fixture
async def session(priya: Coaching) -> UUID:
    return await makers.a_booking(priya, starts_at=at(8, 8))


async def the(session: UUID) -> SessionView:
    return await queries.any_session(session)


async def move(client: httpx.AsyncClient, session: UUID, starts: str, **typed: str) -> httpx.Response:
    return await post(client, f"/coaching/sessions/{session}/move", {"starts": starts, **typed}, page="/help")


async def late(client: httpx.AsyncClient, who: Coaching, clock: Clock) -> None:
    """Less than a day before the session."""
    clock.now = at(7, 9)
    await sign_in(client, who.person)


async def test_moving_takes_three_steps_and_keeps_everything_else(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    before = await invited.event((await the(session)).event or session)
    page = await client.get(f"/coaching/sessions/{session}")

    times = await client.get(links(page)["Move this session"])  # one
    check = await client.get(links(times, "app-slot")["1pm on Tuesday 9 June 2026"])  # two
    action = f"/coaching/sessions/{session}/move"
    moved = await client.post(action, data=fields(check, action))  # three

    assert moved.headers["location"] == f"/coaching/sessions/{session}"
    shown = words(await client.get(moved.headers["location"]))
    said = "The session is now on Tuesday 9 June, 1pm. Daniel Reid gets an email, and both calendars change."
    assert {said, "Tuesday 9 June 2026", "1pm to 2pm", "2 of 3"} <= set(shown)
    after = await invited.event((await the(session)).event or session)
    assert (after["uid"], after["sequence"]) == (before["uid"], before["sequence"] + 1)


async def test_the_list_says_where_it_is_and_what_follows(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    answer = await client.get(f"/coaching/sessions/{session}/move")

    shown = " ".join(words(answer))
    assert heading(answer) == "Move your session"
    assert "It is now on Monday 8 June, 9am to 10am . Both calendars change by themselves; after this" in shown
    assert "9am on Monday 8 June 2026" not in links(answer, "app-slot")
    assert "9:30am on Monday 8 June 2026" in links(answer, "app-slot")  # its own time is in nobody's way


async def test_the_list_starts_shortly_before_the_session(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    answer = await client.get(f"/coaching/sessions/{session}/move")
    earlier = await client.get(links(answer)["Earlier days"])

    assert next(iter(links(answer, "app-slot"))) == "9:30am on Monday 8 June 2026"
    assert next(iter(links(earlier, "app-slot"))) == "10am on Tuesday 2 June 2026"


async def test_from_now_to_then_on_the_check(client: httpx.AsyncClient, priya: Coaching, session: UUID) -> None:
    shown = words(await client.get(f"/coaching/sessions/{session}/move/check?starts=2026-06-09T12:00Z"))

    rows = shown[shown.index("Now") : shown.index("Now") + 4]
    assert rows == [
        "Now",
        "Monday 8 June 2026, 9am to 10am (UK time)",
        "New",
        "Tuesday 9 June 2026, 1pm to 2pm (UK time)",
    ]


async def test_without_a_time_the_check_goes_back_to_the_list(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    answer = await client.get(f"/coaching/sessions/{session}/move/check")

    assert answer.headers["location"] == f"/coaching/sessions/{session}/move"


async def test_after_the_most_moves_it_says_who_can_still_move_it(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    for day in (9, 10):
        await move(client, session, f"2026-06-{day:02}T08:00Z")

    page = await client.get(f"/coaching/sessions/{session}")
    times = await client.get(f"/coaching/sessions/{session}/move")
    refused = await move(client, session, "2026-06-11T08:00Z")

    sentence = "This session has been moved 2 times. Write to your coach or the coordinator, who can still move it."
    assert sentence in words(page) and "Move this session" not in links(page)
    assert links(times, "app-slot") == {} and sentence in " ".join(words(times))
    assert (refused.status_code, (await the(session)).starts_at) == (409, at(10, 8))


# ------------------------------------------------------------- after the cut-off
async def test_after_the_cut_off_it_becomes_a_request_and_the_old_time_stands(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock
) -> None:
    await late(client, priya, clock)
    page = await client.get(f"/coaching/sessions/{session}")

    times = await client.get(links(page)["Ask to move this session"])
    check = await client.get(links(times, "app-slot")["1pm on Tuesday 9 June 2026"])
    action = f"/coaching/sessions/{session}/move"
    asked = await client.post(action, data={**fields(check, action), "note": "My daughter is ill."})
    shown = words(await client.get(asked.headers["location"]))

    told = (
        "It starts in less than 24 hours, so this becomes a request to Daniel Reid. "
        "Until they say yes, the session stays where it is."
    )
    assert told in " ".join(words(times)) and told in words(check)
    assert "Daniel Reid and the academy can read this." in words(check)
    assert "We have asked Daniel Reid to move it to Tuesday 9 June, 1pm. You get an email with the answer." in shown
    assert {"You asked to move this session", "My daughter is ill.", "Move asked for"} <= set(shown)
    view = await the(session)
    assert (view.starts_at, view.open_request and view.open_request.starts_at) == (at(8, 8), at(9, 12))


async def test_the_request_can_be_taken_back(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock
) -> None:
    await late(client, priya, clock)
    await move(client, session, "2026-06-09T12:00Z")

    path = f"/coaching/sessions/{session}/move/withdraw"
    first = await post(client, path, page="/help")
    shown = words(await client.get(first.headers["location"]))
    again = await post(client, path, page="/help")

    assert "Your request is taken back. The session stays where it is." in shown
    assert again.status_code == 303
    view = await the(session)
    assert (view.open_request, view.starts_at) == (None, at(8, 8))


async def test_nobody_else_takes_it_back(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock
) -> None:
    await late(client, priya, clock)
    await move(client, session, "2026-06-09T12:00Z")
    for person in (priya.coach_person, await makers.a_person()):
        await sign_in(client, person)
        answer = await post(client, f"/coaching/sessions/{session}/move/withdraw", page="/help")
        assert answer.status_code == 404

    assert (await the(session)).open_request is not None


@pytest.mark.parametrize("yes", [True, False])
async def test_the_answer_stands_on_the_coachees_home_page(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock, yes: bool
) -> None:
    await late(client, priya, clock)
    await move(client, session, "2026-06-09T12:00Z")
    wish = (await the(session)).open_request
    assert wish is not None
    dan = Actor(priya.coach_person, "Daniel Reid")
    await service.answer_move(wish.id, yes=yes, actor=dan, now=clock.now)

    (answer,) = await answers.answers(priya.person, now=clock.now)
    shown = words(await client.get("/home"))

    assert (answer.session, answer.yes, answer.wanted) == (session, yes, at(9, 12))
    assert ("Daniel Reid has moved your session" if yes else "Daniel Reid can’t move your session") in shown
    assert ("Tuesday 9 June, 1pm is the new time." if yes else "Monday 8 June, 9am stays the time.") in shown


async def test_the_answer_leaves_with_the_session(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock
) -> None:
    await late(client, priya, clock)
    await move(client, session, "2026-06-09T12:00Z")
    wish = (await the(session)).open_request
    assert wish is not None
    await service.answer_move(wish.id, yes=False, actor=Actor(priya.coach_person, "Daniel Reid"), now=clock.now)

    assert await answers.answers(priya.person, now=at(8, 8)) == []
    assert await answers.answers(await makers.a_person(), now=clock.now) == []


# ------------------------------------------------------------------- the coach
async def test_the_coach_moves_without_cut_off(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock
) -> None:
    clock.now = at(7, 9)
    await sign_in(client, priya.coach_person)

    times = await client.get(f"/coaching/sessions/{session}/move")
    moved = await move(client, session, "2026-06-09T12:00Z")

    assert "Priya Nair gets an email, and both calendars change." in " ".join(words(times))
    assert (moved.status_code, (await the(session)).starts_at) == (303, at(9, 12))


async def test_the_coach_is_not_told_what_the_coachee_has(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    await sign_in(client, priya.coach_person)

    answer = await client.get(f"/coaching/sessions/{session}/move?from=2026-06-24")

    assert "10am on Wednesday 24 June 2026" in links(answer, "app-slot")
    assert "Top Talent, Essex: Day 1" not in answer.text


# ---------------------------------------------------------------- gone, clash
async def test_a_time_that_has_gone_offers_the_nearest_three_and_moves_nothing(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    other = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=priya.coach, name="Ben Hall")
    await makers.a_booking(other, starts_at=at(9, 8))

    posted = await move(client, session, "2026-06-09T08:00Z")
    opened = await client.get(f"/coaching/sessions/{session}/move/check?starts=2026-06-09T08:00Z")

    for answer in (posted, opened):
        assert (answer.status_code, len(links(answer, "app-slot"))) == (409, 3)
        assert "Nothing was changed: the session stays where it is." in " ".join(words(answer))
    assert (await the(session)).starts_at == at(8, 8)
    assert heading(await client.get(list(links(posted, "app-slot").values())[0])) == "Move it?"


async def test_a_time_that_was_never_offered_is_not_called_taken(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    path = f"/coaching/sessions/{session}/move/check?starts=2026-06-09T19:00Z"
    typed = await client.get(path)
    sent = await move(client, session, "2026-06-09T19:00Z")
    await sign_in(client, priya.coach_person)
    by_coach = await client.get(path)

    for answer, who in ((typed, "Daniel Reid offers"), (sent, "Daniel Reid offers"), (by_coach, "you offer")):
        assert (answer.status_code, heading(answer)) == (409, "That time can’t be booked")
        said = f"8pm on Tuesday 9 June 2026 is not one of the times that {who}. "
        assert said + "Nothing was changed: the session stays where it is." in words(answer)


async def test_a_time_that_overlaps_something_of_ones_own_asks_first(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    refused = await move(client, session, "2026-06-24T09:00Z")
    action = f"/coaching/sessions/{session}/move"
    moved = await client.post(action, data=fields(refused, action))

    assert (refused.status_code, "Move it anyway" in words(refused)) == (409, True)
    assert (moved.status_code, (await the(session)).starts_at) == (303, at(24, 9))


async def test_a_coach_who_moves_into_something_of_the_coachees_is_asked_and_not_told_what(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    await sign_in(client, priya.coach_person)

    asked = await move(client, session, "2026-06-24T09:00Z")
    action = f"/coaching/sessions/{session}/move"
    moved = await client.post(action, data=fields(asked, action))

    assert (asked.status_code, "Top Talent, Essex: Day 1" in asked.text) == (409, False)
    assert "The coachee may not be free at this time. Ask first, or choose another one." in " ".join(words(asked))
    assert (moved.status_code, (await the(session)).starts_at) == (303, at(24, 9))


async def test_too_long_a_note_is_kept(client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock) -> None:
    await late(client, priya, clock)

    answer = await move(client, session, "2026-06-09T12:00Z", note="x" * 301)

    assert field_errors(answer) == {"note": "What you write must be 300 characters or fewer."}
    assert (answer.status_code, "x" * 301 in answer.text) == (422, True)
    assert (await the(session)).open_request is None


async def test_requests_are_counted_and_a_coachs_own_moves_are_not(
    client: httpx.AsyncClient, priya: Coaching, session: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST_AN_HOUR", 2)
    await late(client, priya, clock)
    asked = []
    for _ in range(3):
        asked.append((await move(client, session, "2026-06-09T12:00Z")).status_code)
        await post(client, f"/coaching/sessions/{session}/move/withdraw", page="/help")
    await sign_in(client, priya.coach_person)
    moved = [(await move(client, session, f"2026-06-09T1{hour}:00Z")).status_code for hour in (2, 3, 4)]

    assert (asked, moved) == ([303, 303, 429], [303] * 3)


async def test_a_second_tap_changes_nothing(client: httpx.AsyncClient, priya: Coaching, session: UUID) -> None:
    await move(client, session, "2026-06-09T12:00Z")
    again = await move(client, session, "2026-06-09T12:00Z")

    view = await the(session)
    assert (again.status_code, view.starts_at, view.moves) == (303, at(9, 12), 1)


@pytest.mark.parametrize("starts", ["", "tomorrow", "2026-06-09"])
async def test_no_time_is_not_found(client: httpx.AsyncClient, priya: Coaching, session: UUID, starts: str) -> None:
    assert (await move(client, session, starts)).status_code == 404


async def test_the_list_asks_as_much_for_three_as_for_one(
    client: httpx.AsyncClient, priya: Coaching, session: UUID
) -> None:
    async def asked() -> int:
        with counted() as statements:
            await client.get(f"/coaching/sessions/{session}/move")
        return len(statements)

    one = await asked()
    more: dict[str, Any] = {"programme": priya.programme, "cohort": priya.cohort, "coach": priya.coach}
    for number, name in enumerate(("Ben Hall", "Cai Rees")):
        await makers.a_booking(await makers.coaching(**more, name=name), starts_at=at(9 + number, 8))

    assert await asked() == one
