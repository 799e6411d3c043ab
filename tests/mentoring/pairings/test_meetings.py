"""Meetings: offered into both calendars, moved, cancelled, or just logged; hours are counted once."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from academy import database as room
from academy.invites import queries as invited
from academy.outbox.tables import Message
from mentoring.pairings import meetings, service
from mentoring.pairings.rules import NotNow
from mentoring.pairings.tables import MeetingStatus
from tests.support.paired import Two, told, two


async def offered(pair: Two, now: datetime, **other: Any) -> UUID:
    told = {"starts_at": now + timedelta(days=3), "minutes": 60, "by": pair.mentee, "actor": pair.as_mentee}
    return await service.offer_meeting(pair.id, **{**told, "now": now, **other})


async def test_an_offer_stands_in_both_calendars_under_the_others_name(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    await offered(pair, now, place="The library")

    for person, title in ((pair.mentor, "Mentoring: Mo Mentee"), (pair.mentee, "Mentoring: Mia Mentor")):
        [event] = await invited.events_of(person, now=now)
        assert (event.title, event.place, event.starts_at) == (title, "The library", now + timedelta(days=3))
        assert (await told(person)).count("meeting-invite") == 1
    assert (await pair.view(now)).next_meeting_at == now + timedelta(days=3)


async def test_the_same_offer_twice_is_one_meeting(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    assert await offered(pair, now) == await offered(pair, now)


async def test_a_move_moves_both_calendars_in_place(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    made = await offered(pair, now)

    await service.change_meeting(
        pair.id,
        made,
        starts_at=now + timedelta(days=5),
        minutes=30,
        actor=pair.as_mentor,
        now=now,
    )

    [event] = await invited.events_of(pair.mentee, now=now)
    assert (event.starts_at, event.ends_at - event.starts_at) == (now + timedelta(days=5), timedelta(minutes=30))
    assert (await told(pair.mentor)).count("meeting-changed") == 1


async def test_a_cancelled_meeting_leaves_both_calendars_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    made = await offered(pair, now)

    for _ in range(2):
        await service.cancel_meeting(pair.id, made, actor=pair.as_mentor, now=now)

    assert await invited.events_of(pair.mentee, now=now) == []
    assert (await told(pair.mentee)).count("meeting-cancelled") == 1


async def test_a_logged_meeting_counts_once_whoever_logs_it(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    for actor in (pair.as_mentor, pair.as_mentee):
        assert actor.person
        await service.log_meeting(
            pair.id, day=date(2026, 6, 1), minutes=45, by=actor.person, actor=actor, now=now + timedelta(hours=3)
        )

    after = await pair.view(now)
    assert (after.meetings, after.minutes, after.last_met_on) == (1, 45, date(2026, 6, 1))


async def test_what_was_planned_for_the_day_is_the_meeting_that_was_held(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    made = await offered(pair, now)
    then = now + timedelta(days=3, hours=2)

    held = await service.log_meeting(
        pair.id, day=then.date(), minutes=90, by=pair.mentor, actor=pair.as_mentor, now=then
    )

    assert (held.id, held.status, held.minutes) == (made, MeetingStatus.HELD, 90)
    assert len(await meetings.of_pairing(pair.id)) == 1


@pytest.mark.parametrize("days", [1, -1])
async def test_nobody_has_met_tomorrow_or_before_they_knew_each_other(
    database: room.Engine, now: datetime, days: int
) -> None:
    pair = await two(now=now)

    with pytest.raises(NotNow):
        await service.log_meeting(
            pair.id,
            day=now.date() + timedelta(days=days),
            minutes=60,
            by=pair.mentor,
            actor=pair.as_mentor,
            now=now,
        )


async def test_a_meeting_logged_by_mistake_goes_and_with_it_its_day(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    logged = await service.log_meeting(
        pair.id, day=now.date(), minutes=60, by=pair.mentor, actor=pair.as_mentor, now=now
    )

    await service.cancel_meeting(pair.id, logged.id, actor=pair.as_mentor, now=now)

    after = await pair.view(now)
    assert (after.meetings, after.last_met_on) == (0, None)


async def test_a_paused_pair_plans_nothing_and_an_ended_one_neither(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.pause(pair.id, actor=pair.as_mentor, now=now)
    with pytest.raises(NotNow):
        await offered(pair, now)
    await service.end(pair.id, actor=pair.as_mentor, now=now)
    with pytest.raises(NotNow):
        await offered(pair, now)


async def test_both_are_reminded_on_the_day_before_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await offered(pair, now)

    assert await service.remind(now + timedelta(days=1, hours=23)) == 0
    assert await service.remind(now + timedelta(days=2)) == 2
    assert await service.remind(now + timedelta(days=2, minutes=1)) == 0
    rows = await Message.select(Message.subject).where(Message.kind == "meeting-reminder").order_by(Message.subject)
    assert [row["subject"] for row in rows] == [
        "Reminder: Mentoring: Mia Mentor is tomorrow",
        "Reminder: Mentoring: Mo Mentee is tomorrow",
    ]
