"""Two at one instant: places are never given twice, and a proposal is answered or expired, not both.

The controls take the locks away: then PostgreSQL gives a mentor's one place to several mentees.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.errors import DomainError
from mentoring.pairings import queries, service
from mentoring.pairings.rules import NoPlace, PairedAlready
from mentoring.pairings.service import Proposed
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles.tables import RoundStatus
from tests.support import makers
from tests.support.paired import told, two

CROWD = 8


async def asked_together(now: datetime, *, capacity: int) -> list[object]:
    """One mentor, and a crowd of mentees who are each proposed to them at once."""
    here = await makers.a_round(status=RoundStatus.RUNNING, now=now)
    mentor = await makers.a_mentor(round=here, capacity=capacity, now=now)
    crowd = [await makers.a_mentee(round=here, now=now) for _ in range(CROWD)]
    return await asyncio.gather(
        *(
            service.propose(here, [Proposed(mentor_profile=mentor, mentee_profile=each)], actor=ACADEMY, now=now)
            for each in crowd
        ),
        return_exceptions=True,
    )


async def test_a_mentor_has_never_more_than_their_places(database: room.Engine, now: datetime) -> None:
    for capacity in (1, 2):
        made = await asked_together(now, capacity=capacity)

        assert Counter(type(each) for each in made) == {list: capacity, NoPlace: CROWD - capacity}


async def test_a_mentee_is_given_to_one_mentor(database: room.Engine, now: datetime) -> None:
    here = await makers.a_round(status=RoundStatus.RUNNING, now=now)
    mentee = await makers.a_mentee(round=here, now=now)
    mentors = [await makers.a_mentor(round=here, now=now) for _ in range(CROWD)]

    made = await asyncio.gather(
        *(
            service.propose(here, [Proposed(mentor_profile=each, mentee_profile=mentee)], actor=ACADEMY, now=now)
            for each in mentors
        ),
        return_exceptions=True,
    )

    assert Counter(type(each) for each in made) == {list: 1, PairedAlready: CROWD - 1}


async def test_a_yes_and_the_deadline_at_one_instant_end_in_one_of_the_two(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    due = now + timedelta(days=7)

    await asyncio.gather(
        service.accept(pair.id, actor=pair.as_mentor, now=due - timedelta(seconds=1)),
        *(service.expire_due(due) for _ in range(3)),
        return_exceptions=True,
    )

    stands = (await pair.view(due)).status
    introduced = (await told(pair.mentee)).count("pairing-introduced")
    assert (stands, introduced) in ((PairingStatus.ACTIVE, 1), (PairingStatus.EXPIRED, 0))


async def test_a_yes_and_a_no_at_one_instant_end_in_one_of_the_two(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)

    done = await asyncio.gather(
        *(service.accept(pair.id, actor=pair.as_mentor, now=now) for _ in range(3)),
        *(service.decline(pair.id, DeclineReason.OTHER, actor=pair.as_mentor, now=now) for _ in range(3)),
        return_exceptions=True,
    )

    refused = [each for each in done if isinstance(each, DomainError)]
    assert len(refused) == 3
    steps = [each.to_status for each in await queries.changes(pair.id)]
    assert len(steps) == len(set(steps))


async def test_both_end_it_at_once_and_it_ends_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    await asyncio.gather(
        service.end(pair.id, actor=pair.as_mentor, now=now), service.end(pair.id, actor=pair.as_mentee, now=now)
    )

    mails = (await told(pair.mentor)).count("pairing-ended") + (await told(pair.mentee)).count("pairing-ended")
    assert mails == 1


async def test_jobs_that_run_twice_at_once_nudge_once(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    then = now + timedelta(days=14)

    done = await asyncio.gather(*(service.nudge_due(then) for _ in range(4)))

    assert sum(done) == 1
    assert (await told(pair.mentee)).count("pairing-nudge") == 1


async def test_without_the_locks_the_place_is_given_several_times(
    database: room.Engine, kind: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. SQLite has one writer at a time, so the lock is not what protects it.

    A race is not lost every time: on PostgreSQL it is run until it is, at most ten times.
    """

    async def no_lock(key: str) -> None:
        return None

    monkeypatch.setattr(room, "lock", no_lock)

    async def winners() -> int:
        return sum(isinstance(each, list) for each in await asked_together(now, capacity=1))

    rounds = [await winners()]
    while kind == "postgresql" and rounds[-1] == 1 and len(rounds) < 10:
        rounds.append(await winners())
    assert (rounds[-1] > 1) == (kind == "postgresql")
