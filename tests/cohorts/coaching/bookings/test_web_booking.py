"""The times by day, the check, and booking in two taps."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from academy import database as room
from academy.audit.service import Actor
from academy.people.tables import Person
from cohorts.coaching.bookings import own, queries
from cohorts.coaching.bookings.tables import CoachingSession, SessionStatus
from cohorts.coaching.credits import queries as credits
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import fields, links
from tests.support.queries import counted


@pytest.fixture
async def priya(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> Coaching:
    """Signed in, with three credits and one coach, Daniel Reid, who works weekdays from 9am to noon and 1pm to 5pm."""
    who = await makers.coaching()
    await sign_in(client, who.person)
    return who


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def check_path(who: Coaching, starts: str = "2026-06-08T08:00Z", **more: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/coaching/{who.enrolment}/check?coach={who.coach}&starts={starts}{extra}"


async def times(client: httpx.AsyncClient, who: Coaching, query: str = "") -> httpx.Response:
    return await client.get(f"/coaching/{who.enrolment}/times{query}")


async def book(
    client: httpx.AsyncClient, who: Coaching, starts: str = "2026-06-08T08:00Z", **typed: str
) -> httpx.Response:
    form = {"coach": str(who.coach), "starts": starts, "minutes": "60", "kind": "coaching", **typed}
    return await post(client, f"/coaching/{who.enrolment}/book", form, page="/help")


async def left(who: Coaching) -> int:
    return (await credits.balances([who.enrolment]))[who.enrolment].left


# -------------------------------------------------------------------- the list
async def test_times_stand_by_day_and_each_link_says_its_full_date(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await times(client, priya)

    assert heading(answer) == "Book a coaching session"
    labels = list(links(answer, "app-slot"))
    assert labels[:2] == ["10am on Tuesday 2 June 2026", "10:30am on Tuesday 2 June 2026"]
    assert "9am on Wednesday 3 June 2026" in labels
    days = [each for each in words(answer) if each.endswith("June")]
    assert days == ["Tuesday 2 June", "Wednesday 3 June", "Thursday 4 June", "Friday 5 June", "Monday 8 June"]
    assert "Times are UK time." in words(answer)


async def test_the_coach_and_what_is_left_stand_above(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await times(client, priya)

    assert {"Daniel Reid", "60 minutes. 3 of 3 sessions left."} <= set(words(answer))


async def test_who_lives_elsewhere_reads_both_clocks(client: httpx.AsyncClient, priya: Coaching) -> None:
    await Person.update({Person.time_zone: "America/New_York"}).where(Person.id == priya.person)
    await sign_in(client, priya.person)

    answer = await times(client, priya)

    assert "5am on Tuesday 2 June 2026, 10am UK time" in links(answer, "app-slot")
    shown = "Times are yours, in New York time, EDT. Below each is what Daniel Reid’s clock shows, in UK time."
    assert shown in words(answer)


async def test_more_days_and_back(client: httpx.AsyncClient, priya: Coaching) -> None:
    first = await times(client, priya)
    more = await client.get(links(first)["More days"])

    assert next(iter(links(more, "app-slot"))) == "9am on Tuesday 9 June 2026"
    back = await client.get(links(more)["Earlier days"])
    assert links(back, "app-slot") == links(first, "app-slot")


async def test_after_the_last_day_it_says_what_to_do(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await times(client, priya, "?from=2026-12-01")

    assert "No later times" in words(answer)
    again = await client.get(links(answer)["See the first free days"])
    assert links(again, "app-slot")


async def test_without_any_free_time_it_says_what_to_do(client: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.coaching_times.set_weekly(priya.coach, makers.weekly(days=()), actor=Actor(None, ""), now=at(1, 9))

    answer = await times(client, priya)

    assert "Daniel Reid has no free times in the next 8 weeks" in words(answer)
    assert links(answer)["Ask the academy"] == "/help"


async def test_a_time_that_overlaps_ones_own_session_says_which(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await times(client, priya, "?from=2026-06-24")

    labels = list(links(answer, "app-slot"))
    assert "9am on Wednesday 24 June 2026" in labels
    assert "10am on Wednesday 24 June 2026, overlaps Top Talent, Essex: Day 1" in labels
    assert "You have Top Talent, Essex: Day 1." in words(answer)


async def test_other_coaching_of_ones_own_is_not_offered(client: httpx.AsyncClient, priya: Coaching) -> None:
    other = await makers.a_coach(name="Helen Lowe", programme=priya.programme)
    await makers.a_booking(priya, starts_at=at(8, 8))

    shown = [
        label
        for coach in (priya.coach, other)
        for label in links(await times(client, priya, f"?coach={coach}&from=2026-06-08"), "app-slot")
    ]

    assert "9am on Monday 8 June 2026" not in shown
    assert "1pm on Monday 8 June 2026" in shown


async def test_lengths_that_the_coach_offers_are_a_link_each(client: httpx.AsyncClient, priya: Coaching) -> None:
    coach = await makers.a_coach(name="Helen Lowe", programme=priya.programme, lengths=(30, 60))

    hour = await times(client, priya, f"?coach={coach}")
    half = await client.get(links(hour)["30 minutes"])

    assert "minutes=60&" in links(hour, "app-slot")["10am on Tuesday 2 June 2026"]
    assert "minutes=30&" in links(half, "app-slot")["10am on Tuesday 2 June 2026"]


async def test_without_a_choice_of_coach_the_coaches_come_first(client: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.a_coach(name="Helen Lowe", programme=priya.programme)

    answer = await times(client, priya)

    assert answer.headers["location"] == f"/coaching/{priya.enrolment}/coaches"


async def test_without_credits_no_times_are_offered(
    client: httpx.AsyncClient, clock: Clock, database: room.Engine
) -> None:
    who = await makers.coaching(credits=1)
    await makers.a_booking(who)
    await sign_in(client, who.person)

    answer = await times(client, who)

    assert links(answer, "app-slot") == {}
    assert (
        "You have booked or used all 1 of your sessions. If you need to change a booked one, open it and move it."
        in words(answer)
    )


# ------------------------------------------------------------------- two taps
async def test_booking_takes_two_taps_and_no_field(client: httpx.AsyncClient, priya: Coaching) -> None:
    landed = await times(client, priya)

    check = await client.get(links(landed, "app-slot")["9am on Wednesday 3 June 2026"])  # the first tap
    action = f"/coaching/{priya.enrolment}/book"
    booked = await client.post(action, data={**fields(check, action), "note": ""})  # the second

    session = (await queries.of_person(priya.person))[0]
    assert (booked.status_code, booked.headers["location"]) == (303, f"/coaching/sessions/{session.id}")
    assert (session.status, session.starts_at, session.length) == (SessionStatus.BOOKED, at(3, 8), 60)
    assert await left(priya) == 2
    assert "Your session is booked. You and Daniel Reid get a calendar invite by email." in words(
        await client.get(booked.headers["location"])
    )


async def test_the_check_says_all_before_the_button(client: httpx.AsyncClient, priya: Coaching) -> None:
    shown = words(await client.get(check_path(priya)))

    assert {
        "Monday 8 June 2026, 9am to 10am (UK time)",
        "Daniel Reid",
        "2 of 3",
        "You and Daniel Reid get a calendar invite by email.",
        "You can move or cancel it until 9am on Sunday 7 June. After that, cancelling it uses one of your sessions.",
        "By booking you choose Daniel Reid as your coach for all your sessions.",
    } <= set(shown)


async def test_change_leads_back_to_that_day(client: httpx.AsyncClient, priya: Coaching) -> None:
    back = links(await client.get(check_path(priya)))["Choose another time"]

    assert next(iter(links(await client.get(back), "app-slot"))) == "9am on Monday 8 June 2026"


async def test_a_check_without_a_time_goes_back_to_the_list(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await client.get(f"/coaching/{priya.enrolment}/check")

    assert answer.headers["location"] == f"/coaching/{priya.enrolment}/times"


async def test_what_they_want_to_talk_about_reaches_the_coach(client: httpx.AsyncClient, priya: Coaching) -> None:
    await book(client, priya, note="How to say no.\r\nAnd to whom.")

    (session,) = await queries.of_person(priya.person)
    assert session.coachee_note == "How to say no.\nAnd to whom."


async def test_too_long_a_note_is_kept_and_nothing_is_booked(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await book(client, priya, note="x" * 2001)

    assert answer.status_code == 422
    assert field_errors(answer) == {"note": "What you write must be 2000 characters or fewer."}
    assert "x" * 2001 in answer.text
    assert await CoachingSession.count() == 0


async def test_a_second_tap_leads_to_the_same_session(client: httpx.AsyncClient, priya: Coaching) -> None:
    first = await book(client, priya)
    second = await book(client, priya)

    assert first.headers["location"] == second.headers["location"]
    assert await CoachingSession.count() == 1


async def test_a_coach_who_confirms_is_asked(client: httpx.AsyncClient, clock: Clock, database: room.Engine) -> None:
    programme = await makers.a_programme()
    coach = await makers.a_coach(programme=programme, confirms=True)
    who = await makers.coaching(programme=programme, coach=coach)
    await sign_in(client, who.person)

    check = await client.get(check_path(who))
    booked = await book(client, who)
    shown = words(await client.get(booked.headers["location"]))

    assert "Ask for this time" in words(check)
    assert "We have asked Daniel Reid for this time. You get an email with the answer." in shown
    assert "Not confirmed yet" in shown


async def book_and_cancel(client: httpx.AsyncClient, who: Coaching, times: int) -> list[int]:
    answers = []
    for _ in range(times):
        booked = await book(client, who)
        answers.append(booked.status_code)
        if booked.status_code == 303:
            await post(client, f"{booked.headers['location']}/cancel", page="/help")
    return answers


async def test_nobody_fills_the_mailbox_of_a_coach_by_booking_and_cancelling(
    client: httpx.AsyncClient, priya: Coaching, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST_AN_HOUR", 3)

    assert await book_and_cancel(client, priya, 5) == [303, 303, 303, 429, 429]
    clock.advance(minutes=61)
    assert await book_and_cancel(client, priya, 1) == [303]


async def test_control_without_the_limit_it_would_go_on(
    client: httpx.AsyncClient, priya: Coaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST_AN_HOUR", 1000)

    assert await book_and_cancel(client, priya, 25) == [303] * 25


async def test_a_second_tap_does_not_count(
    client: httpx.AsyncClient, priya: Coaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST_AN_HOUR", 1)

    assert [(await book(client, priya)).status_code for _ in range(3)] == [303] * 3


# ----------------------------------------------------------------- gone, clash
async def test_a_time_that_has_gone_is_answered_with_the_nearest_three(
    client: httpx.AsyncClient, priya: Coaching
) -> None:
    other = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=priya.coach, name="Ben Hall")
    await makers.a_booking(other, starts_at=at(8, 13))

    answer = await book(client, priya, "2026-06-08T13:00Z")

    assert (answer.status_code, heading(answer)) == (409, "That time has just gone")
    nearest = links(answer, "app-slot")
    assert list(nearest) == ["Monday 8 June 2026, 11am", "Monday 8 June 2026, 3:30pm", "Monday 8 June 2026, 4pm"]
    assert await left(priya) == 3
    check = await client.get(list(nearest.values())[0])
    assert heading(check) == "Check and book"


async def test_what_was_typed_goes_along_to_the_nearest_times(client: httpx.AsyncClient, priya: Coaching) -> None:
    other = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=priya.coach, name="Ben Hall")
    await makers.a_booking(other, starts_at=at(8, 8))

    gone = await book(client, priya, note="How to say no.")
    again = f"/coaching/{priya.enrolment}/check"
    check = await client.post(again, data={**fields(gone, again), "starts": "2026-06-08T13:00Z"})

    assert "How to say no." not in "".join(links(gone).values())
    assert (check.status_code, heading(check)) == (200, "Check and book")
    assert "How to say no.</textarea>" in check.text
    assert await queries.of_person(priya.person) == []


async def test_an_old_link_to_a_time_that_has_gone_offers_others(client: httpx.AsyncClient, priya: Coaching) -> None:
    other = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=priya.coach, name="Ben Hall")
    await makers.a_booking(other, starts_at=at(8, 8))

    answer = await client.get(check_path(priya, "2026-06-08T08:00Z"))

    assert (answer.status_code, heading(answer)) == (409, "That time has just gone")
    said = "9am on Monday 8 June 2026 with Daniel Reid is no longer free. Nothing was booked"
    assert said in " ".join(words(answer))


async def test_a_time_that_was_never_offered_is_not_called_taken(client: httpx.AsyncClient, priya: Coaching) -> None:
    typed = await client.get(check_path(priya, "2026-06-08T08:10Z"))
    sent = await book(client, priya, "2026-06-08T08:10Z")

    for answer in (typed, sent):
        assert (answer.status_code, heading(answer)) == (409, "That time can’t be booked")
        said = "9:10am on Monday 8 June 2026 is not one of the times that Daniel Reid offers. Nothing was booked, "
        assert said + "and you have all your sessions still." in words(answer)
        assert len(links(answer, "app-slot")) == 3


async def test_a_time_at_which_one_is_coached_already_says_so(client: httpx.AsyncClient, priya: Coaching) -> None:
    await book(client, priya, "2026-06-08T08:00Z")

    answer = await client.get(check_path(priya, "2026-06-08T08:30Z"))

    said = "You have another coaching session at this time. Choose another one. Nothing was booked"
    assert said in " ".join(words(answer))


async def test_who_overlaps_something_of_their_own_is_asked_and_may(client: httpx.AsyncClient, priya: Coaching) -> None:
    check = await client.get(check_path(priya, "2026-06-24T09:00Z"))
    refused = await book(client, priya, "2026-06-24T09:00Z", note="Still.")
    action = f"/coaching/{priya.enrolment}/book"
    booked = await client.post(action, data={**fields(refused, action), "note": "Still."})

    assert "This overlaps Top Talent, Essex: Day 1 in your calendar." in words(check)
    assert (refused.status_code, "Book it anyway" in words(refused), "Still." in refused.text) == (409, True, True)
    assert booked.status_code == 303
    assert [each.starts_at for each in await queries.of_person(priya.person)] == [at(24, 9)]


# ----------------------------------------------------------------- whose it is
@pytest.mark.parametrize("page", ["times", "check?coach={coach}&starts=2026-06-08T08:00Z", "coaches"])
async def test_the_place_of_somebody_else_is_not_there(client: httpx.AsyncClient, priya: Coaching, page: str) -> None:
    ben = await makers.coaching(name="Ben Hall")

    answer = await client.get(f"/coaching/{ben.enrolment}/" + page.format(coach=ben.coach))

    assert answer.status_code == 404


async def test_nobody_books_for_somebody_else(client: httpx.AsyncClient, priya: Coaching) -> None:
    ben = await makers.coaching(name="Ben Hall")

    answer = await book(client, ben)

    assert answer.status_code == 404
    assert await CoachingSession.count() == 0


@pytest.mark.parametrize("page", ["times?", "check?starts=2026-06-08T08:00Z&"])
async def test_a_coach_of_another_programme_is_not_there(client: httpx.AsyncClient, priya: Coaching, page: str) -> None:
    other = await makers.a_coach(name="Helen Lowe")

    answer = await client.get(f"/coaching/{priya.enrolment}/{page}coach={other}")

    assert answer.status_code == 404


async def test_who_has_chosen_sees_nobody_else_s_times(client: httpx.AsyncClient, priya: Coaching) -> None:
    other = await makers.a_coach(name="Helen Lowe", programme=priya.programme)
    await makers.a_booking(priya)

    assert (await times(client, priya, f"?coach={other}")).status_code == 404
    assert (await times(client, priya)).status_code == 200


@pytest.mark.parametrize(
    "query", ["coach=x", "minutes=x", "minutes=-1", "minutes=99999999999", "kind=lunch", "starts=tomorrow"]
)
async def test_nonsense_in_the_address_is_not_found(client: httpx.AsyncClient, priya: Coaching, query: str) -> None:
    assert (await times(client, priya, f"?{query}")).status_code == 404


async def test_a_length_that_the_coach_does_not_offer_becomes_one_that_they_do(
    client: httpx.AsyncClient, priya: Coaching
) -> None:
    assert "60 minutes. 3 of 3 sessions left." in words(await times(client, priya, "?minutes=17"))


async def test_no_address_holds_what_was_typed(client: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await book(client, priya, note="Very private")

    assert urlsplit(answer.headers["location"]).query == ""


# --------------------------------------------------------------------- queries
async def test_the_list_asks_as_much_for_three_as_for_one(client: httpx.AsyncClient, priya: Coaching) -> None:
    other = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=priya.coach, name="Ben Hall")
    await makers.a_booking(other, starts_at=at(9, 8))
    await makers.a_booking(priya, starts_at=at(10, 8))
    with counted() as one:
        await times(client, priya)
    await makers.a_booking(other, starts_at=at(11, 8))
    await makers.a_booking(other, starts_at=at(12, 8))
    await makers.a_booking(priya, starts_at=at(10, 13))

    with counted() as three:
        await times(client, priya)

    assert len(three) == len(one)


async def test_the_clock_going_back_shows_each_time_once(
    client: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    clock.now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    await sign_in(client, priya.person)

    before = links(await times(client, priya, "?from=2026-10-23"), "app-slot")
    after = links(await times(client, priya, "?from=2026-10-26"), "app-slot")

    assert "starts=2026-10-23T08:00Z" in before["9am on Friday 23 October 2026"]
    assert "starts=2026-10-26T09:00Z" in after["9am on Monday 26 October 2026"]
