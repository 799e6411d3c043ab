"""A crowd at one instant: one gets the time, the others the nearest three that are free, and nobody a fault.

The controls take away, one after the other, the locks, the look for overlaps and the unique index.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.people import service as people
from cohorts.coaching.bookings import rules, service, slots, steps
from cohorts.coaching.bookings.rules import Party, SlotTaken
from cohorts.coaching.bookings.tables import CoachingSession, MoveRequest
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits.tables import CreditEntry
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Source
from tests.support import makers


class Crowd:
    """People with a place in one programme with coaching, and a coach of it."""

    def __init__(self, enrolments: Sequence[UUID], coach: UUID, programme: UUID) -> None:
        self.enrolments = enrolments
        self.coach = coach
        self.programme = programme


async def a_crowd(size: int, now: datetime, **rules: Any) -> Crowd:
    programme = await makers.a_programme(now=now)
    await makers.coaching_rules(programme, now=now, **rules)
    cohort = await makers.a_cohort(programme=programme, capacity=max(size, 1), sessions=1, now=now)
    known = await people.find_or_create_many(
        [people.NewPerson(name=f"Person {n}", address=f"{programme.hex[:8]}-{n}@x.example") for n in range(size)], now
    )
    made = await enrolments.enrol_many(cohort, known, source=Source.IMPORT, actor=ACADEMY, now=now)
    coach = await makers.a_coach(programme=programme, now=now)
    return Crowd([one.enrolment for one in made], coach, programme)


async def books(enrolment: UUID, coach: UUID, starts_at: datetime, now: datetime, minutes: int = 60) -> Any:
    """The session, or what was said instead."""
    try:
        return await service.book(
            enrolment, coach, starts_at=starts_at, minutes=minutes, by=Party.COACHEE, actor=Actor(None, "P"), now=now
        )
    except SlotTaken as taken:
        return taken


def check(answers: Sequence[Any], *, winners: int = 1) -> None:
    """So many have the time; everybody else has heard of three that are free."""
    assert [isinstance(each, UUID | SlotTaken) for each in answers] == [True] * len(answers)
    assert sum(isinstance(each, UUID) for each in answers) == winners
    for each in answers:
        if isinstance(each, SlotTaken):
            assert each.status == 409
            assert len(each.nearest) == 3


async def sessions() -> list[dict[str, Any]]:
    return await CoachingSession.select().order_by(CoachingSession.starts_at)


async def test_a_hundred_for_one_time_of_a_coach(database: room.Engine, now: datetime) -> None:
    crowd = await a_crowd(100, now)
    at = now + timedelta(days=8)

    answers = await asyncio.gather(*(books(each, crowd.coach, at, now) for each in crowd.enrolments))

    check(answers)
    (session,) = await sessions()
    (winner,) = [each for each in answers if isinstance(each, UUID)]
    balances = await credits.balances(crowd.enrolments)
    assert session["id"] == winner
    assert Counter((each.reserved, each.left) for each in balances.values()) == {(1, 2): 1, (0, 3): 99}
    nearest = {tuple(each.nearest) for each in answers if isinstance(each, SlotTaken)}
    assert nearest == {tuple(at + timedelta(hours=hours) for hours in (3, 3.5, 4))}  # after the coach's lunch
    assert await CreditEntry.count() == 2  # of the winner; who lost has written nothing


async def test_a_hundred_for_times_of_a_coach_that_overlap(database: room.Engine, now: datetime) -> None:
    crowd = await a_crowd(100, now)
    at = now + timedelta(days=8)
    half = timedelta(minutes=30)

    answers = await asyncio.gather(
        *(books(each, crowd.coach, at + half * (n % 2), now) for n, each in enumerate(crowd.enrolments))
    )

    check(answers)
    assert len(await sessions()) == 1


async def test_one_who_books_two_coaches_for_one_time_has_one(database: room.Engine, now: datetime) -> None:
    crowd = await a_crowd(1, now, one_coach=False, credits=50)
    coaches = [crowd.coach, *[await makers.a_coach(programme=crowd.programme, now=now) for _ in range(9)]]
    at = now + timedelta(days=8)

    answers = await asyncio.gather(*(books(crowd.enrolments[0], each, at, now) for each in coaches))

    check(answers)
    assert len(await sessions()) == 1


async def test_who_presses_fifty_times_has_one_session_and_hears_of_no_other(
    database: room.Engine, now: datetime
) -> None:
    crowd = await a_crowd(1, now)
    at = now + timedelta(days=8)

    answers = await asyncio.gather(*(books(crowd.enrolments[0], crowd.coach, at, now) for _ in range(50)))

    assert len(set(answers)) == 1
    assert isinstance(answers[0], UUID)
    assert (await credits.balances(crowd.enrolments))[crowd.enrolments[0]].left == 2


async def test_nobody_books_more_than_there_are_credits_at_once(database: room.Engine, now: datetime) -> None:
    crowd = await a_crowd(1, now, credits=2)
    times = [now + timedelta(days=8, hours=2 * n) for n in range(-1, 3)] + [now + timedelta(days=9)]

    answers = await asyncio.gather(
        *(books(crowd.enrolments[0], crowd.coach, each, now) for each in times), return_exceptions=True
    )

    balance = (await credits.balances(crowd.enrolments))[crowd.enrolments[0]]
    assert sum(isinstance(each, UUID) for each in answers) == 2
    assert (balance.reserved, balance.left) == (2, 0)


async def test_a_time_that_is_freed_while_others_book_is_given_once(database: room.Engine, now: datetime) -> None:
    crowd = await a_crowd(21, now)
    at = now + timedelta(days=8)
    first = await books(crowd.enrolments[0], crowd.coach, at, now)

    await asyncio.gather(
        service.cancel(first, by=Party.COACHEE, actor=Actor(None, "P"), now=now),
        *(books(each, crowd.coach, at, now) for each in crowd.enrolments[1:]),
    )
    await asyncio.gather(*(books(each, crowd.coach, at, now) for each in crowd.enrolments[1:]))

    live = [row for row in await sessions() if row["status"] in rules.LIVE]
    assert len(live) == 1


async def test_two_wishes_to_move_to_one_time_are_granted_once(database: room.Engine, now: datetime) -> None:
    crowd = await a_crowd(2, now, move_hours=336)
    wanted = now + timedelta(days=9)
    requests = []
    for number, each in enumerate(crowd.enrolments):
        session = await books(each, crowd.coach, now + timedelta(days=7 + number, hours=4), now)
        await service.move(session, starts_at=wanted, by=Party.COACHEE, actor=Actor(None, "P"), now=now)
    requests = [row["id"] for row in await MoveRequest.select(MoveRequest.id).order_by(MoveRequest.asked_at)]

    answers = await asyncio.gather(
        *(service.answer_move(each, yes=True, actor=ACADEMY, now=now) for each in requests), return_exceptions=True
    )

    (lost,) = [each for each in answers if each is not None]
    assert isinstance(lost, SlotTaken)
    assert len(lost.nearest) == 3
    assert [row["starts_at"] for row in await sessions()].count(wanted) == 1


# ----------------------------------------------------------------- the controls
async def test_without_the_locks_times_that_overlap_are_given_several_times(
    database: room.Engine, kind: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer at a time, so the locks are not what protects it. On PostgreSQL the race is run until it
    is lost."""

    async def no_lock(key: str) -> None:
        return None

    monkeypatch.setattr(room, "lock", no_lock)
    crowd = await a_crowd(40, now)

    async def winners(days: int) -> int:
        at = now + timedelta(days=days)
        half = timedelta(minutes=30)
        answers = await asyncio.gather(
            *(books(each, crowd.coach, at + half * (n % 2), now) for n, each in enumerate(crowd.enrolments)),
            return_exceptions=True,
        )
        return sum(isinstance(each, UUID) for each in answers)

    async with without_the_nets(kind):
        rounds = [await winners(8)]
        while kind == "postgresql" and rounds[-1] == 1 and len(rounds) < 3:
            rounds.append(await winners(8 + len(rounds)))

    assert rounds[-1] > 1 if kind == "postgresql" else rounds == [1]


def look_for_nothing(monkeypatch: pytest.MonkeyPatch, at: Sequence[datetime]) -> None:
    """Whatever is booked, these times count as free."""

    async def no_overlap(*_: Any, **__: Any) -> list[Any]:
        return []

    async def all_free(coaches: Sequence[UUID], **_: Any) -> dict[UUID, list[datetime]]:
        return {coach: list(at) for coach in coaches}

    monkeypatch.setattr(slots, "held", no_overlap)
    monkeypatch.setattr(slots, "free", all_free)


@pytest.mark.parametrize("apart", [0, 30])
async def test_without_the_look_for_overlaps_the_database_refuses_what_it_can(
    database: room.Engine, kind: str, now: datetime, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    """Equal starts on both databases, and every overlap on PostgreSQL."""
    crowd = await a_crowd(2, now)
    first = now + timedelta(days=8)
    second = first + timedelta(minutes=apart)
    look_for_nothing(monkeypatch, [first, *(first + timedelta(hours=n / 2) for n in (1, 4, 5, 6))])

    answers = [
        await books(crowd.enrolments[0], crowd.coach, first, now),
        await books(crowd.enrolments[1], crowd.coach, second, now),
    ]

    check(answers, winners=2 if (kind, apart) == ("sqlite", 30) else 1)


@pytest.mark.parametrize("apart", [0, 30])
async def test_without_nets_and_look_one_time_is_given_twice(
    database: room.Engine, kind: str, now: datetime, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    crowd = await a_crowd(2, now)
    first = now + timedelta(days=8)
    second = first + timedelta(minutes=apart)
    look_for_nothing(monkeypatch, [first, second])

    async with without_the_nets(kind):
        answers = [
            await books(crowd.enrolments[0], crowd.coach, first, now),
            await books(crowd.enrolments[1], crowd.coach, second, now),
        ]

    check(answers, winners=2)


@asynccontextmanager
async def without_the_nets(kind: str) -> AsyncIterator[None]:
    """Take away what the database itself refuses, until all sessions are deleted."""
    from cohorts.migrations.cohorts_2026_11_22_coaching_indexes import ON_POSTGRESQL, STATEMENTS

    one, two = steps.NETS
    again = [each for each in [*STATEMENTS, *ON_POSTGRESQL] if f" {one} " in each or f" {two} " in each]
    engine = room.current()
    await engine.run(f"DROP INDEX {one}", [])
    if kind == "postgresql":
        await engine.run(f"ALTER TABLE coaching_session DROP CONSTRAINT {two}", [])
    try:
        yield
    finally:
        await CoachingSession.delete(force=True)
        for statement in again if kind == "postgresql" else again[:1]:
            await engine.run(statement, [])
