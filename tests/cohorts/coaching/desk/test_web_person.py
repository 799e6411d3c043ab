"""One person's coaching for coordinators: ledger, credits by hand, coach, sessions; and nothing that anybody wrote."""

from datetime import UTC, datetime

import httpx
import pytest

from academy.audit.service import Actor
from cohorts.coaching.bookings import queries, service
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.record import goals, notes
from cohorts.coaching.record.goals import NewGoal
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import fields, links
from tests.support.queries import counted


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def page_of(who: Coaching) -> str:
    return f"/cohorts/tt-essex/coaching/{who.enrolment}"


async def left(who: Coaching) -> int:
    return (await credits.balances([who.enrolment]))[who.enrolment].left


async def later(office: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    clock.now = now
    await sign_in(office, await makers.a_coordinator(name="Carl"))


# ------------------------------------------------------------------ the page
async def test_ledger_sessions_and_goals_as_counts_only(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    dan, me = Actor(priya.coach_person, "Daniel Reid"), Actor(priya.person, "Priya Nair")
    past = await makers.a_booking(priya, starts_at=at(3, 8), note="My marriage.")
    await goals.set_goals(priya.enrolment, [NewGoal("Leave my husband", "He notices")], actor=me, now=clock.now)
    await later(office, clock, at(4, 9))
    await service.mark(past, SessionStatus.COMPLETED, minutes=50, actor=dan, now=clock.now)
    await notes.write_note(past, "She will leave him.", author=priya.coach_person, now=clock.now)

    answer = await office.get(page_of(priya))
    of_session = await office.get(f"{page_of(priya)}/sessions/{past}")

    shown = words(answer)
    assert heading(answer) == "Priya Nair"
    assert {"2 of 3", "1 goal written down", "Agreed on 1 June 2026", "Took place", "50"} <= set(shown)
    assert [each for each in shown if each in ("Granted", "Booked", "Used")][-3:] == ["Used", "Booked", "Granted"]
    assert {"Really spent", "50 minutes", "Used"} <= set(words(of_session))
    for text in (answer.text, of_session.text):
        assert not any(secret in text for secret in ("marriage", "husband", "He notices", "leave him"))


async def test_the_pages_ask_as_many_questions_for_one_session_as_for_three(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    paths = (page_of(priya), f"{page_of(priya)}/sessions/{session}", f"{page_of(priya)}/book")
    counts = []
    for _ in range(2):
        for path in paths:
            await office.get(path)
            with counted() as statements:
                assert (await office.get(path)).status_code == 200
            counts.append(len(statements))
        for day in (9, 10):
            if len(counts) == 3:
                await makers.a_booking(priya, starts_at=at(day, 8))

    assert counts[:3] == counts[3:]


async def test_another_cohort_s_place_and_another_place_s_session_are_not_there(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    other = await makers.coaching(name="Olga Other")
    theirs = await makers.a_booking(other)

    assert (await office.get(f"/cohorts/tt-essex/coaching/{other.enrolment}")).status_code == 404
    for end in ("", "/cancel", "/waive", "/move", "/move/check"):
        assert (await office.get(f"{page_of(priya)}/sessions/{theirs}{end}")).status_code == 404
    for end in ("/cancel", "/waive", "/move", "/answer", "/mark"):
        assert (await post(office, f"{page_of(priya)}/sessions/{theirs}{end}", {"reason": "x"})).status_code == 404
    assert (await queries.any_session(theirs)).status is SessionStatus.BOOKED


# ------------------------------------------------------------------- credits
async def test_credits_are_granted_once_and_taken_back(office: httpx.AsyncClient, priya: Coaching) -> None:
    action = page_of(priya) + "/credits"
    form = fields(await office.get(page_of(priya)), action)
    typed = {**form, "do": "give", "credits": "2", "note": "Acting up as head of service"}

    for _ in range(2):  # the button is pressed twice
        done = await office.post(action, data=typed)
    granted = await left(priya)
    await post(office, action, {"do": "take", "credits": "1", "note": "One was enough"}, page=page_of(priya))

    assert (done.headers["location"], granted, await left(priya)) == (page_of(priya), 5, 4)
    shown = words(await office.get(page_of(priya)))
    assert "1 session taken back. Priya Nair has 4 left." in shown and "Acting up as head of service" in shown


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"credits": "", "note": ""},
            {
                "credits": "Enter how many sessions.",
                "note": "Say why. It stands in the list of sessions below.",
            },
        ),
        (
            {"do": "take", "credits": "4", "note": "No longer"},
            {"credits": "3 sessions are left, so 4 can't be taken back. Cancel a booked session first."},
        ),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    office: httpx.AsyncClient, priya: Coaching, typed: dict[str, str], errors: dict[str, str]
) -> None:
    answer = await post(office, page_of(priya) + "/credits", typed, page=page_of(priya))

    assert answer.status_code in (409, 422) and field_errors(answer) == errors
    assert await left(priya) == 3
    assert all(f'value="{value}"' in answer.text for value in typed.values() if value)


# --------------------------------------------------------------------- coach
async def test_another_coach_from_now_on(office: httpx.AsyncClient, priya: Coaching) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme)
    await makers.a_booking(priya, starts_at=at(8, 8))

    await post(office, page_of(priya) + "/coach", {"coach": str(maria)}, page=page_of(priya))
    none = await post(office, page_of(priya) + "/coach", {"coach": ""}, page=page_of(priya))

    assert await credits.choice(priya.enrolment) == maria
    assert field_errors(none) == {"coach": "Choose a coach."}
    (session,) = await queries.of_enrolment(priya.enrolment)
    assert session.coach == priya.coach  # what is booked stays


# --------------------------------------------------------- booking for somebody
async def test_a_coordinator_books_one_of_the_free_times(office: httpx.AsyncClient, priya: Coaching) -> None:
    times = await office.get(page_of(priya) + "/book?from=2026-06-08")
    check = await office.get(links(times, "app-slot")["9am on Monday 8 June 2026"])
    action = page_of(priya) + "/book"

    done = await office.post(action, data=fields(check, action))
    again = await office.post(action, data=fields(check, action))

    (session,) = await queries.of_enrolment(priya.enrolment)
    assert (session.starts_at, session.coach, session.length) == (at(8, 8), priya.coach, 60)
    assert done.headers["location"] == again.headers["location"] == f"{page_of(priya)}/sessions/{session.id}"
    said = "Booked for 9am on Monday 8 June 2026. Priya Nair and Daniel Reid get a calendar invite."
    assert said in words(await office.get(done.headers["location"]))


async def test_or_any_other_time_that_the_coach_agrees_to(office: httpx.AsyncClient, priya: Coaching) -> None:
    action = page_of(priya) + "/book"
    query = f"coach={priya.coach}&minutes=45"

    wrong = await office.get(f"{action}/check?{query}&on=&at=quarter")
    past = await office.get(f"{action}/check?{query}&on=2025-06-06&at=19:00")
    check = await office.get(f"{action}/check?{query}&on=2026-06-06&at=7pm")
    await office.post(action, data=fields(check, action))

    assert field_errors(wrong) == {"on": "Enter the day, like 24 June 2026.", "at": "Enter a time, like 9:30am."}
    assert 'value="quarter"' in wrong.text
    assert field_errors(past) == {"on": "This time has passed. Choose one that is to come."}
    assert "This is not one of Daniel Reid’s free times. Ask them first." in " ".join(words(check))
    (session,) = await queries.of_enrolment(priya.enrolment)
    assert (session.starts_at, session.length) == (at(6, 18), 45)


async def test_a_time_that_is_gone_offers_the_nearest(office: httpx.AsyncClient, priya: Coaching) -> None:
    ben = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=priya.coach, name="Ben Hall")
    await makers.a_booking(ben, starts_at=at(8, 8))
    wanted = {"coach": str(priya.coach), "minutes": "60", "starts": "2026-06-08T08:00Z"}

    answer = await post(office, page_of(priya) + "/book", wanted, page="/help")

    assert answer.status_code == 409
    assert "The nearest free times" in words(answer) and "Monday 8 June 2026, 10:30am" in links(answer, "app-slot")


async def test_who_has_no_session_left_is_told_to_grant_one(office: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.coaching_rules(priya.programme, credits=0)
    wanted = {"coach": str(priya.coach), "minutes": "60", "starts": "2026-06-08T08:00Z"}

    check = await office.get(f"{page_of(priya)}/book/check?starts=2026-06-08T08:00Z")
    answer = await post(office, page_of(priya) + "/book", wanted, page="/help")

    assert "Priya Nair has no session left. Grant one before you book." in " ".join(words(check))
    assert "No coaching session is left. A coordinator can grant another." in " ".join(words(answer))
    assert await queries.of_enrolment(priya.enrolment) == []


async def test_something_else_in_the_calendar_is_asked_about_first(office: httpx.AsyncClient, priya: Coaching) -> None:
    """The cohort meets on 24 June at 9am."""
    wanted = {"coach": str(priya.coach), "minutes": "60", "starts": "2026-06-24T09:00Z"}

    asked = await post(office, page_of(priya) + "/book", wanted, page="/help")
    done = await office.post(page_of(priya) + "/book", data=fields(asked, page_of(priya) + "/book"))

    assert asked.status_code == 409
    assert "The coachee has something else in the calendar at this time." in " ".join(words(asked))
    assert done.status_code == 303


# ----------------------------------------------------------- moving, cancelling
async def test_a_coordinator_moves_after_the_cut_off_and_gives_to_another_coach(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme)
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    await later(office, clock, at(8, 7))
    action = f"{page_of(priya)}/sessions/{session}/move"

    times = await office.get(f"{action}?coach={maria}&from=2026-06-09")
    check = await office.get(links(times, "app-slot")["2pm on Tuesday 9 June 2026"])
    done = await office.post(action, data=fields(check, action))

    found = await queries.any_session(session)
    assert (found.coach, found.starts_at, found.moves) == (maria, at(9, 13), 0)
    said = "The session is now at 2pm on Tuesday 9 June 2026 with Maria Lopez. Everyone concerned gets an email."
    assert said in words(await office.get(done.headers["location"]))


@pytest.mark.parametrize("agreed", [False, True])
async def test_a_session_given_to_a_coach_who_confirms_waits_unless_they_have_agreed(
    office: httpx.AsyncClient, priya: Coaching, agreed: bool
) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme, confirms=True)
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    action = f"{page_of(priya)}/sessions/{session}/move"

    check = await office.get(f"{action}/check?coach={maria}&starts=2026-06-09T13:00Z")
    form = {name: value for name, value in fields(check, action).items() if name != "agreed"}
    done = await office.post(action, data={**form, **({"agreed": "yes"} if agreed else {})})
    shown = words(await office.get(done.headers["location"]))

    assert "Maria Lopez has said yes to this already" in words(check)
    assert "Priya Nair is told whom we have asked, gets the answer by email" in " ".join(words(check))
    found = await queries.any_session(session)
    assert (found.coach, found.starts_at) == (maria, at(9, 13))
    if agreed:
        assert found.status is SessionStatus.BOOKED
        said = "The session is now at 2pm on Tuesday 9 June 2026 with Maria Lopez. Everyone concerned gets an email."
        assert said in shown
    else:
        assert found.status is SessionStatus.REQUESTED
        said = "We have asked Maria Lopez for 2pm on Tuesday 9 June 2026. "
        assert said + "Priya Nair is told, and that the answer follows." in shown
        assert "Maria Lopez was asked on 1 June 2026 to take this session." in " ".join(shown)


async def test_a_coach_who_does_not_confirm_is_not_asked_about(office: httpx.AsyncClient, priya: Coaching) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme)
    session = await makers.a_booking(priya, starts_at=at(8, 8))

    check = await office.get(f"{page_of(priya)}/sessions/{session}/move/check?coach={maria}&starts=2026-06-09T13:00Z")

    assert not any("has said yes" in each for each in words(check))


async def test_a_coordinator_cancels_after_the_cut_off_and_the_credit_comes_back(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    await later(office, clock, at(8, 7))
    here = f"{page_of(priya)}/sessions/{session}"

    asked = words(await office.get(here + "/cancel"))
    done = await post(office, here + "/cancel", {"reason": "The building is closed."}, page=here + "/cancel")

    assert "Daniel Reid is told too. Priya Nair is told and gets the session back" in " ".join(asked)
    found = await queries.any_session(session)
    assert (found.status, found.late, await left(priya)) == (SessionStatus.CANCELLED_BY_ACADEMY, False, 3)
    assert "The building is closed." in words(await office.get(done.headers["location"]))
    assert (await office.get(here + "/move")).status_code == 404


async def test_a_used_credit_is_waived_with_a_reason(office: httpx.AsyncClient, priya: Coaching, clock: Clock) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    late, me = at(8, 7), Actor(priya.person, "Priya Nair")
    await service.cancel(session, by=Party.COACHEE, actor=me, now=late)
    await later(office, clock, at(8, 9))
    here = f"{page_of(priya)}/sessions/{session}"
    assert "Give the session back" in links(await office.get(here))

    empty = await post(office, here + "/waive", {"reason": " "}, page=here + "/waive")
    await post(office, here + "/waive", {"reason": "Her train was cancelled."}, page=here + "/waive")

    assert field_errors(empty) == {"reason": "Say why. The coachee reads it beside the session."}
    assert await left(priya) == 3
    assert "Given back: Her train was cancelled." in words(await office.get(page_of(priya)))


async def test_a_coordinator_answers_and_marks_for_a_coach_who_does_not(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme, confirms=True)
    session = await makers.a_booking(priya, coach=maria, starts_at=at(8, 8))
    here = f"{page_of(priya)}/sessions/{session}"
    asked = words(await office.get(here))

    await post(office, here + "/answer", {"answer": "yes"}, page=here)
    answered = (await queries.any_session(session)).status
    await later(office, clock, at(8, 10))
    unsaid = await post(office, here + "/mark", {}, page=here)
    await post(office, here + "/mark", {"outcome": "no_show_coachee"}, page=here)

    assert "Waits for Maria Lopez" in asked
    assert answered is SessionStatus.BOOKED
    assert field_errors(unsaid) == {"outcome": "Choose how it went."}
    assert (await queries.any_session(session)).status is SessionStatus.NO_SHOW_COACHEE


async def test_what_else_stands_in_somebody_s_calendar_is_told_without_its_title(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    """Coordinators see that she is busy; with what is hers to know."""
    times = await office.get(page_of(priya) + "/book?from=2026-06-24")  # the cohort meets on that day

    assert "Priya Nair has something else in the calendar." in words(times)
    assert "Day 1" not in times.text and "You have" not in times.text
