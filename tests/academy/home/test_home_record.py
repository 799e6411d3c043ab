"""What a person's own page asks about coaching: goals, looking back, and what waits for a coach."""

import httpx
import pytest

from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.record import goals, service
from cohorts.coaching.record.goals import NewGoal
from tests.conftest import Clock
from tests.support.client import sign_in, words
from tests.support.coached import Pair, a_pair
from tests.support.pages import links


@pytest.fixture
async def pair(clock: Clock) -> Pair:
    return await a_pair(now=clock.now)


async def test_a_coachee_is_asked_to_read_goals_that_the_coach_has_changed(
    client: httpx.AsyncClient, pair: Pair
) -> None:
    await goals.set_goals(pair.enrolment, [NewGoal("Speak up")], actor=pair.as_coach, now=pair.now)
    await sign_in(client, pair.coachee)

    page = await client.get("/home")

    assert "Read the goals of your coaching" in words(page)
    assert f"/coaching/{pair.enrolment}/goals" in links(page).values()
    assert "Speak up" not in words(page)


async def test_a_coachee_is_asked_to_look_back_when_the_coaching_is_over(client: httpx.AsyncClient, pair: Pair) -> None:
    await pair.over()
    await service.ask_evaluations(pair.now)
    await sign_in(client, pair.coachee)

    page = await client.get("/home")

    assert "Look back on your coaching" in words(page)
    assert f"/coaching/{pair.enrolment}/evaluation" in links(page).values()


async def test_a_coach_is_told_what_waits(client: httpx.AsyncClient, pair: Pair) -> None:
    await sign_in(client, pair.coach_person)
    before = await client.get("/home")
    await pair.session(days=2, status=SessionStatus.REQUESTED)
    await pair.session(days=-1)
    await pair.session(days=-2)

    page = await client.get("/home")

    assert "Your coachees wait for you" not in words(before)
    assert "1 request waits for your answer, 2 sessions have no outcome yet." in words(page)
    assert "/coach" in links(page).values()
