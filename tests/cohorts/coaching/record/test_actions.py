"""Shared actions: either of the two adds, ticks off and opens again; who added one removes it."""

from datetime import date, datetime, timedelta

import pytest

from academy.errors import NotAllowed, NotFound
from cohorts.coaching.record import actions, queries, rules, service
from tests.support.coached import a_pair

pytestmark = pytest.mark.usefixtures("database")


async def test_both_see_what_either_has_added(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()

    await service.add_action(session, "Ask for feedback", due_on=date(2026, 6, 8), author=pair.coachee, now=now)
    await service.add_action(session, "Read chapter 2", author=pair.coach_person, now=now + timedelta(seconds=1))

    for person in (pair.coach_person, pair.coachee):
        seen = await queries.actions(await queries.seat(session, person))
        assert [(each.text, each.due_on, each.added_by_name) for each in seen] == [
            ("Ask for feedback", date(2026, 6, 8), "Priya Nair"),
            ("Read chapter 2", None, "Dan Coach"),
        ]


async def test_either_ticks_off_and_opens_again(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    action = await service.add_action(session, "Ask for feedback", author=pair.coachee, now=now)
    seat = await queries.seat(session, pair.coachee)

    await service.done(session, action, by=pair.coach_person, now=now)
    await service.done(session, action, by=pair.coachee, now=now + timedelta(hours=1))
    ticked = (await queries.action(seat, action)).done_at
    await service.undo(session, action, by=pair.coachee)

    assert ticked == now
    assert (await queries.action(seat, action)).done_at is None


async def test_what_is_open_from_an_earlier_session_is_seen_at_the_next(now: datetime) -> None:
    pair = await a_pair(now=now)
    first, second = await pair.session(days=-8), await pair.session(days=-1)
    done = await service.add_action(first, "Done", author=pair.coachee, now=now)
    await service.add_action(first, "Still open", author=pair.coachee, now=now)
    await service.add_action(second, "New", author=pair.coachee, now=now)
    await service.done(first, done, by=pair.coachee, now=now)

    at_first = await queries.actions(await queries.seat(first, pair.coachee))
    at_second = await queries.actions(await queries.seat(second, pair.coachee))

    assert {each.text for each in at_first} == {"Done", "Still open"}
    assert [each.text for each in at_second] == ["New", "Still open"]


async def test_only_who_added_an_action_removes_it(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    action = await service.add_action(session, "Ask for feedback", author=pair.coachee, now=now)

    with pytest.raises(NotAllowed):
        await actions.remove(session, action, by=pair.coach_person)
    await actions.remove(session, action, by=pair.coachee)

    assert await queries.actions(await queries.seat(session, pair.coachee)) == []


async def test_a_stranger_does_nothing_to_an_action(now: datetime) -> None:
    pair, other = await a_pair(now=now), await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
    mine, theirs = await pair.session(), await other.session()
    action = await service.add_action(mine, "Ask for feedback", author=pair.coachee, now=now)

    for session in (mine, theirs):
        with pytest.raises(NotFound):
            await service.done(session, action, by=other.coachee, now=now)
        with pytest.raises(NotFound):
            await actions.remove(session, action, by=other.coachee)
    with pytest.raises(NotFound):
        await service.add_action(mine, "Mine too", author=other.coach_person, now=now)


async def test_a_list_is_full_at_twenty(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    for number in range(rules.MOST_ACTIONS):
        await service.add_action(session, f"Action {number}", author=pair.coachee, now=now)

    with pytest.raises(rules.TooManyActions):
        await service.add_action(session, "One more", author=pair.coachee, now=now)
