"""Whose goals a coach shares."""

from datetime import datetime, timedelta

import pytest

from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.record import circle, coachees, goals, service
from cohorts.coaching.record.evaluation import Answer
from cohorts.coaching.record.goals import NewGoal
from cohorts.schedule.tables import Cohort
from tests.support.coached import Pair, a_pair

pytestmark = pytest.mark.usefixtures("database")

HALF_A_YEAR = timedelta(days=182)


async def states(pair: Pair, now: datetime) -> list[tuple[str, str, bool]]:
    found = await coachees.coached(pair.coach, since=now - HALF_A_YEAR)
    return [(one.name, one.state, one.asks) for one in found]


async def test_who_has_chosen_the_coach_is_listed_before_the_first_session(now: datetime) -> None:
    pair = await a_pair(now=now)

    assert await states(pair, now) == [("Priya Nair", "No goals yet", False)]


async def test_the_state_says_whether_everybody_has_agreed(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.with_goals("Speak up", "Listen first")
    before = await states(pair, now)

    await service.agree(pair.enrolment, seal=(await circle.goals(pair.enrolment)).seal, actor=pair.as_coach, now=now)

    assert before == [("Priya Nair", "2 goals, not agreed by everybody", True)]
    assert await states(pair, now) == [("Priya Nair", "2 goals, agreed", False)]


async def test_the_state_says_that_no_manager_is_named(now: datetime) -> None:
    pair = await a_pair(now=now, three_way=True)
    await pair.with_goals("Speak up", agreed=True)
    before = await states(pair, now)
    told = {"name": "Maya Manager", "address": "maya@council.example"}
    await service.ask_manager(pair.enrolment, **told, actor=pair.as_coachee, now=now)
    asked = await states(pair, now)
    found = await circle.goals(pair.enrolment)
    assert found.manager and found.manager.agreement

    await service.agree_by_link(found.manager.agreement, seal=found.seal, now=now)

    assert before == [("Priya Nair", "1 goal, no manager named yet", False)]
    assert asked == [("Priya Nair", "1 goal, not agreed by everybody", False)]
    assert await states(pair, now) == [("Priya Nair", "1 goal, agreed", False)]


async def test_a_coachee_is_asked_to_name_a_manager_until_the_coaching_is_over(now: datetime) -> None:
    pair = await a_pair(now=now, three_way=True)
    before = await coachees.asked_of(pair.coachee)
    await pair.with_goals("Speak up")
    (with_goals,) = await coachees.asked_of(pair.coachee)
    await pair.over()
    await service.ask_evaluations(now)
    (afterwards,) = await coachees.asked_of(pair.coachee)

    assert before == []
    assert (with_goals.goals, with_goals.manager) == (False, True)
    assert (afterwards.manager, afterwards.evaluation) == (False, True)


async def test_a_chemistry_call_and_a_cancelled_session_make_nobody_a_coachee(now: datetime) -> None:
    pair = await a_pair(now=now, chosen=False)
    await pair.session(kind=SessionKind.CHEMISTRY, status=SessionStatus.COMPLETED)
    await pair.session(days=3, status=SessionStatus.CANCELLED_BY_COACHEE)
    assert await states(pair, now) == []

    await pair.session(days=5)

    assert await states(pair, now) == [("Priya Nair", "No goals yet", False)]


async def test_each_link_of_the_list_opens_for_this_coach(now: datetime) -> None:
    """The list and the page ask the same question; where another coach came after, both say no."""
    pair = await a_pair(now=now, chosen=False)
    eve = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
    await pair.session(days=-9)
    await pair.session(days=-2, coach=eve.coach)

    assert await states(pair, now) == []
    of_eve = await coachees.coached(eve.coach, since=now - HALF_A_YEAR)
    assert [one.enrolment for one in of_eve] == [eve.enrolment, pair.enrolment]
    assert (await circle.circle(pair.enrolment)).coach == eve.coach


async def test_coaching_that_ended_long_ago_is_left_out(now: datetime) -> None:
    pair = await a_pair(now=now)
    await pair.session(days=-200, status=SessionStatus.COMPLETED)
    assert len(await states(pair, now)) == 1

    await Cohort.update({Cohort.last_ends_at: now - timedelta(days=190)}).where(Cohort.id == pair.cohort)

    assert await states(pair, now) == []


async def test_a_coachee_is_asked_to_agree_and_to_look_back(now: datetime) -> None:
    pair = await a_pair(now=now)
    assert await coachees.asked_of(pair.coachee) == []

    await goals.set_goals(pair.enrolment, [NewGoal("Speak up")], actor=pair.as_coach, now=now)
    (to_agree,) = await coachees.asked_of(pair.coachee)
    await service.agree(pair.enrolment, seal=(await circle.goals(pair.enrolment)).seal, actor=pair.as_coachee, now=now)
    agreed = await coachees.asked_of(pair.coachee)
    await pair.over()
    await service.ask_evaluations(now)
    (to_look_back,) = await coachees.asked_of(pair.coachee)
    await service.evaluate(pair.enrolment, Answer(overall=4), {}, actor=pair.as_coachee, now=now)

    assert (to_agree.goals, to_agree.evaluation) == (True, False)
    assert agreed == []
    assert (to_look_back.goals, to_look_back.evaluation) == (False, True)
    assert await coachees.asked_of(pair.coachee) == []
    assert await coachees.asked_of(pair.coach_person) == []
