"""One's own coaching, and choosing a coach."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from academy import clock as clock_module
from academy import database as room
from academy.audit.service import ACADEMY, Actor
from cohorts.coaching.bookings import queries
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.times import service as times
from cohorts.coaching.times.tables import Coach
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import links
from tests.support.queries import counted

Goes = Callable[[Coaching, datetime], Awaitable[None]]


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def leave(who: Coaching, now: datetime) -> None:
    await times.leave(who.coach, actor=ACADEMY, now=now)


async def end_here(who: Coaching, now: datetime) -> None:
    """Goes on coaching, but in other programmes."""
    await times.end_in_programme(who.coach, who.programme, actor=ACADEMY, now=now)


async def signed_in(client: httpx.AsyncClient, **rules: object) -> Coaching:
    who = await makers.coaching(**rules)  # type: ignore[arg-type]
    await sign_in(client, who.person)
    return who


@pytest.fixture(autouse=True)
def _world(database: room.Engine, clock: Clock) -> None:
    """A database, and a clock that stands still."""


# ----------------------------------------------------------------- one's own
async def test_who_has_no_coaching_reads_how_one_gets_some(client: httpx.AsyncClient) -> None:
    await sign_in(client, await makers.a_person())

    answer = await client.get("/coaching")

    assert (answer.status_code, heading(answer)) == (200, "Your coaching")
    assert "You have no coaching at the moment" in words(answer)


async def test_credits_and_the_next_free_days_stand_on_one_page(client: httpx.AsyncClient) -> None:
    await signed_in(client)

    answer = await client.get("/coaching")

    shown = words(answer)
    assert {"Top Talent, Essex", "3 of 3", "sessions left to book", "Book your first session"} <= {
        each.removesuffix(" with Daniel Reid") for each in shown
    }
    assert list(links(answer, "app-slot")) == [
        "Tuesday 2 June 2026, 10am",
        "Wednesday 3 June 2026, 9am",
        "Thursday 4 June 2026, 9am",
    ]
    check = await client.get(links(answer, "app-slot")["Thursday 4 June 2026, 9am"])
    assert "Thursday 4 June 2026, 9am to 10am (UK time)" in words(check)


async def test_sessions_to_come_and_past_ones(client: httpx.AsyncClient, clock: Clock) -> None:
    who = await signed_in(client)
    past = await makers.a_booking(who, starts_at=at(3, 8))
    gone = await makers.a_booking(who, starts_at=at(5, 8))
    coming = await makers.a_booking(who, starts_at=at(9, 8))
    await makers.bookings.cancel(gone, by=Party.COACHEE, actor=Actor(who.person, "Priya"), now=clock.now)
    clock.now = at(8, 9)
    await sign_in(client, who.person)

    answer = await client.get("/coaching")

    to = links(answer)
    assert to["Coaching with Daniel Reid"] == f"/coaching/sessions/{coming}"
    assert to["5 June 2026 Coaching with Daniel Reid"] == f"/coaching/sessions/{gone}"
    assert to["3 June 2026 Coaching with Daniel Reid"] == f"/coaching/sessions/{past}"
    assert {"Booked", "Cancelled", "Over", "1 of 3"} <= set(words(answer))


async def test_who_has_booked_all_is_told_so(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, credits=1)
    await makers.a_booking(who)

    answer = await client.get("/coaching")

    assert links(answer, "app-slot") == {}
    assert "0 of 1" in words(answer)


async def test_the_page_asks_as_much_for_three_sessions_as_for_one(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, credits=9)
    await makers.a_booking(who, starts_at=at(8, 8))
    with counted() as one:
        await client.get("/coaching")
    for day in (9, 10):
        await makers.a_booking(who, starts_at=at(day, 8))

    with counted() as three:
        await client.get("/coaching")

    assert len(three) == len(one)


# ------------------------------------------------------------ choosing a coach
async def test_only_this_programme_s_coaches_are_shown_with_their_profile(client: httpx.AsyncClient) -> None:
    who = await signed_in(client)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme, lengths=(45, 60), place="County Hall")
    await Coach.update({Coach.headline: "Change", Coach.profile: "Twelve years.\nIn care."}).where(Coach.id == helen)
    await makers.a_coach(name="Somebody Else")

    shown = words(await client.get(f"/coaching/{who.enrolment}/coaches"))

    assert {"Daniel Reid", "Helen Lowe", "Change", "45 or 60 minutes. County Hall, or online."} <= set(shown)
    assert "Next free: 10am on Tuesday 2 June 2026" in shown
    assert "Somebody Else" not in shown


async def test_nobody_is_their_own_coach(client: httpx.AsyncClient) -> None:
    who = await signed_in(client)
    await makers.a_coach(person=who.person, programme=who.programme)

    shown = words(await client.get(f"/coaching/{who.enrolment}/coaches"))

    assert [each for each in shown if each in ("Daniel Reid", "Priya Nair")] == ["Priya Nair", "Daniel Reid"]


async def test_chemistry_calls_come_before_the_choice(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, chemistry_calls=2)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme)

    listed = await client.get(f"/coaching/{who.enrolment}/coaches")
    call = links(listed)["Book a chemistry call with Helen Lowe"]
    times = await client.get(call)
    first = links(times, "app-slot")["10am on Tuesday 2 June 2026"]
    check = await client.get(first)

    assert heading(times) == "Book a chemistry call"
    assert "3 of 3. A chemistry call uses none." in words(check)
    assert f"coach={helen}" in first and "minutes=30&kind=chemistry" in first


async def test_the_most_chemistry_calls_are_said_and_kept(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, chemistry_calls=1)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme)
    await makers.a_booking(who, coach=helen, minutes=30, kind=SessionKind.CHEMISTRY)

    listed = await client.get(f"/coaching/{who.enrolment}/coaches")
    times = await client.get(f"/coaching/{who.enrolment}/times?coach={helen}&kind=chemistry")

    assert not [each for each in links(listed) if "Book a chemistry call" in each]
    assert "You have used the one chemistry call. Choose your coach now." in words(times)


async def test_a_second_call_with_the_same_coach_is_neither_offered_nor_booked(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, chemistry_calls=3)
    await makers.a_coach(name="Helen Lowe", programme=who.programme)
    call = await makers.a_booking(who, minutes=30, kind=SessionKind.CHEMISTRY)
    at_dan = f"coach={who.coach}&minutes=30&kind=chemistry"
    told = "You have your chemistry call with Daniel Reid already: there is one with each coach. "
    told += "Talk to another coach, or choose yours now."

    listed = await client.get(f"/coaching/{who.enrolment}/coaches")
    times = await client.get(f"/coaching/{who.enrolment}/times?{at_dan}")
    check = await client.get(f"/coaching/{who.enrolment}/check?{at_dan}&starts=2026-06-10T08:00Z")
    fields = {"coach": str(who.coach), "minutes": "30", "kind": "chemistry", "starts": "2026-06-10T08:00Z"}
    booked = await post(client, f"/coaching/{who.enrolment}/book", fields, page="/help")

    assert [each for each in links(listed) if "chemistry" in each] == [
        "Your chemistry call on 9 June 2026 with Daniel Reid",
        "Book a chemistry call with Helen Lowe",
    ]
    assert links(listed)["Your chemistry call on 9 June 2026 with Daniel Reid"] == f"/coaching/sessions/{call}"
    assert told in words(times) and not links(times, "app-slot")
    assert (check.status_code, booked.status_code) == (409, 409)
    assert told in words(check) and told in words(booked)
    assert len(await queries.of_enrolment(who.enrolment)) == 1
    choose = await client.get(f"/coaching/{who.enrolment}/coaches/{who.coach}/choose")
    assert "You could still book 1 more chemistry call; after choosing there are none." in words(choose)


async def test_choosing_asks_first_and_is_for_good(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, chemistry_calls=2)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme)
    path = f"/coaching/{who.enrolment}/coaches/{helen}/choose"

    asked = await client.get(path)
    before = await credits.choice(who.enrolment)
    chosen = await post(client, path, page=path)
    times = await client.get(chosen.headers["location"])

    assert (heading(asked), before) == ("Choose Helen Lowe?", None)
    assert await credits.choice(who.enrolment) == helen
    assert "Helen Lowe is your coach. Choose a time for your first session." in words(times)
    assert links(times, "app-slot")
    listed = await client.get(f"/coaching/{who.enrolment}/coaches")
    assert "Daniel Reid" not in words(listed)


async def test_another_choice_is_refused(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, chemistry_calls=2)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme)
    await choose(client, who, who.coach)

    answer = await choose(client, who, helen)

    assert answer.status_code == 404
    assert await credits.choice(who.enrolment) == who.coach


async def test_nobody_chooses_for_somebody_else_or_from_another_programme(client: httpx.AsyncClient) -> None:
    who = await signed_in(client)
    ben = await makers.coaching(name="Ben Hall")

    assert (await choose(client, ben, ben.coach)).status_code == 404
    assert (await choose(client, who, ben.coach)).status_code == 404
    assert (await credits.choice(ben.enrolment), await credits.choice(who.enrolment)) == (None, None)


async def test_the_list_asks_as_much_for_three_coaches_as_for_one(client: httpx.AsyncClient) -> None:
    who = await signed_in(client)
    with counted() as one:
        await client.get(f"/coaching/{who.enrolment}/coaches")
    for name in ("Helen Lowe", "Omar Aziz"):
        await makers.a_coach(name=name, programme=who.programme)

    with counted() as three:
        await client.get(f"/coaching/{who.enrolment}/coaches")

    assert len(three) == len(one)


@pytest.mark.parametrize("goes", [leave, end_here])
async def test_who_has_lost_their_coach_is_told_and_chooses_anew(
    client: httpx.AsyncClient, clock: Clock, goes: Goes
) -> None:
    who = await signed_in(client)
    past = await makers.a_booking(who, starts_at=at(3, 8))
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme)
    await makers.a_coach(name="Omar Aziz", programme=who.programme)
    before = await credits.ledger(who.enrolment)
    clock.now = at(8, 9)
    await goes(who, clock.now)
    await sign_in(client, who.person)
    told = "Daniel Reid no longer coaches in this programme. Your 2 sessions are still yours: "
    told += "you can choose another coach for the rest."

    mine = await client.get("/coaching")
    listed = await client.get(f"/coaching/{who.enrolment}/coaches")
    times = await client.get(links(listed)["See times of Helen Lowe"])
    old = await client.get(f"/coaching/{who.enrolment}/times?coach={who.coach}")
    check = await client.get(links(times, "app-slot")["9am on Wednesday 10 June 2026"])

    assert told in words(mine) and links(mine)["Choose your coach"] == f"/coaching/{who.enrolment}/coaches"
    assert (heading(listed), told in words(listed)) == ("Choose your coach", True)
    assert old.headers["location"] == f"/coaching/{who.enrolment}/coaches"
    assert "By booking you choose Helen Lowe as your coach for all your sessions." in words(check)
    assert (await choose(client, who, helen)).status_code == 303
    assert await credits.choice(who.enrolment) == helen
    assert await credits.ledger(who.enrolment) == before
    assert [each.id for each in await queries.of_enrolment(who.enrolment)] == [past]
    assert not any("no longer coaches" in each for each in words(await client.get("/coaching")))


async def test_the_chemistry_calls_that_are_left_can_be_had_before_choosing_anew(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, chemistry_calls=2)
    await makers.a_booking(who, minutes=30, kind=SessionKind.CHEMISTRY)
    await choose(client, who, who.coach)
    helen = await makers.a_coach(name="Helen Lowe", programme=who.programme)
    await leave(who, clock_module.now())

    listed = await client.get(f"/coaching/{who.enrolment}/coaches")
    call = await makers.a_booking(who, coach=helen, days=9, minutes=30, kind=SessionKind.CHEMISTRY)

    assert {"Book a chemistry call with Helen Lowe", "Choose as my coach : Helen Lowe"} <= set(links(listed))
    assert (await queries.any_session(call)).coach == helen


async def test_who_lost_their_coach_and_has_nothing_left_is_told_only_that(client: httpx.AsyncClient) -> None:
    who = await signed_in(client, credits=1)
    await makers.a_booking(who)
    await leave(who, clock_module.now())

    assert "Daniel Reid no longer coaches in this programme." in words(await client.get("/coaching"))


async def choose(client: httpx.AsyncClient, who: Coaching, coach: UUID) -> httpx.Response:
    return await post(client, f"/coaching/{who.enrolment}/coaches/{coach}/choose", page="/help")


async def test_a_place_that_has_ended_shows_the_past_only(client: httpx.AsyncClient, clock: Clock) -> None:
    from cohorts.enrolment import service as enrolment

    who = await signed_in(client)
    await makers.a_booking(who)
    await enrolment.withdraw(who.enrolment, actor=Actor(who.person, "Priya"), now=clock.now)

    (mine,) = await queries.own(who.person, clock.now)
    answer = await client.get("/coaching")

    assert not mine.enrolled
    assert (answer.status_code, links(answer, "app-slot")) == (200, {})
