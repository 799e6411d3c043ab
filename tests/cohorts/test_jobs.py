"""Reminders, warnings and released places: what is due by an instant, once, whatever happened before."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.invites import service as invites
from academy.invites.tables import Invitee
from academy.outbox.tables import Message
from cohorts import jobs
from cohorts.enrolment import service as enrolment
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import Cohort, CohortSession, Facilitator
from tests.support.makers import a_cohort, a_coordinator, a_person, an_enrolment

INVITED = datetime(2026, 6, 1, 9, tzinfo=UTC)
START = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)


async def reminders() -> list[tuple[str, str]]:
    rows = await Message.select().where(Message.kind == "session-reminder").order_by(Message.queued_at, Message.subject)
    return [(row["subject"], row["state"]) for row in rows]


async def the_events(cohort: UUID) -> list[UUID]:
    rows = await CohortSession.select().where(CohortSession.cohort == cohort).order_by(CohortSession.title)
    return [row["event"] for row in rows]


async def every_minute(start: datetime, end: datetime, *, step: timedelta = timedelta(minutes=30)) -> None:
    while start <= end:
        await jobs.send_reminders(start)
        start += step


async def test_each_session_is_reminded_of_a_week_and_a_day_before(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=1, now=now)
    await an_enrolment(cohort=cohort, now=now)

    await every_minute(START - timedelta(days=8), START + timedelta(days=1))

    assert await reminders() == [
        ("Reminder: Top Talent, Essex: Day 1 is in one week", "queued"),
        ("Reminder: Top Talent, Essex: Day 1 is tomorrow", "queued"),
    ]
    rows = await Message.select().where(Message.kind == "session-reminder").order_by(Message.queued_at)
    assert [row["queued_at"] for row in rows] == [START - timedelta(days=7), START - timedelta(days=1)]
    assert {row["deadline_at"] for row in rows} == {START}
    assert {row["calendar"] for row in rows} == {None}


async def test_after_a_long_stop_only_the_latest_reminder_is_sent(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=1, now=now)
    await an_enrolment(cohort=cohort, now=now)

    await jobs.send_reminders(START - timedelta(hours=5))

    assert await reminders() == [("Reminder: Top Talent, Essex: Day 1 is today", "queued")]


async def test_two_schedulers_remind_once(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, now=now)
    for _ in range(3):
        await an_enrolment(cohort=cohort, now=now)
    due = START - timedelta(days=7)

    await asyncio.gather(*(jobs.send_reminders(due) for _ in range(4)))

    assert len(await reminders()) == 3


async def test_nobody_is_reminded_of_what_is_cancelled_or_of_a_place_given_up(
    database: room.Engine, now: datetime
) -> None:
    cohort = await a_cohort(starts_at=START, sessions=2, now=now)
    ana, ben = await a_person(name="Ana", now=now), await a_person(name="Ben", now=now)
    await an_enrolment(cohort=cohort, person=ana, now=now)
    bens = await an_enrolment(cohort=cohort, person=ben, now=now)
    first, second = await the_events(cohort)
    await jobs.send_reminders(START - timedelta(days=7))
    assert len(await reminders()) == 2

    await invites.cancel_event(first, reason="", now=START - timedelta(days=6, hours=20))
    await enrolment.withdraw(bens.enrolment, reason="", actor=ACADEMY, now=START - timedelta(days=6, hours=10))
    await jobs.send_reminders(START - timedelta(days=6))

    rows = await Message.select().where(Message.kind == "session-reminder", Message.state == "queued")
    assert [(row["person"], row["about_id"]) for row in rows] == [(ana, second)]
    dropped = await Message.count().where(Message.kind == "session-reminder", Message.state == "dropped")
    assert dropped == 2


async def test_a_cancelled_cohort_is_not_reminded_of(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, now=now)
    await an_enrolment(cohort=cohort, now=now)
    await schedule.cancel_cohort(cohort, "Too few people.", actor=ACADEMY, now=now)

    await every_minute(START - timedelta(days=8), START, step=timedelta(hours=6))

    assert await reminders() == []


async def test_a_moved_session_is_reminded_of_anew(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=1, now=now)
    await an_enrolment(cohort=cohort, now=now)
    await every_minute(START - timedelta(days=8), START - timedelta(days=5), step=timedelta(hours=6))
    (event,) = await the_events(cohort)
    later = START + timedelta(days=14)

    await invites.change_event(
        event, now=START - timedelta(days=5), starts_at=later, ends_at=later + timedelta(hours=3)
    )
    await every_minute(START - timedelta(days=4), later, step=timedelta(hours=6))

    assert await reminders() == [
        ("Reminder: Top Talent, Essex: Day 1 is in one week", "dropped"),
        ("Reminder: Top Talent, Essex: Day 1 is in one week", "queued"),
        ("Reminder: Top Talent, Essex: Day 1 is tomorrow", "queued"),
    ]


async def test_a_late_joiner_is_reminded_only_of_what_comes_due_later(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=1, now=now)
    late = await a_person(name="Late", now=now)
    joined = START - timedelta(days=3)
    await an_enrolment(cohort=cohort, person=late, now=joined)

    await every_minute(joined, START, step=timedelta(hours=1))

    assert await reminders() == [("Reminder: Top Talent, Essex: Day 1 is tomorrow", "queued")]


@pytest.mark.parametrize("start", [datetime(2026, 3, 30, 8, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)])
async def test_clock_changes_neither_double_nor_skip_a_reminder(database: room.Engine, start: datetime) -> None:
    """The Mondays after the clocks change, at nine in the morning in London: the day before has 23 or 25 hours."""
    cohort = await a_cohort(starts_at=start, sessions=1, now=start - timedelta(days=30))
    await an_enrolment(cohort=cohort, now=start - timedelta(days=30))

    await every_minute(start - timedelta(days=9), start, step=timedelta(minutes=60))

    assert [subject for subject, _ in await reminders()] == [
        "Reminder: Top Talent, Essex: Day 1 is in one week",
        "Reminder: Top Talent, Essex: Day 1 is tomorrow",
    ]


async def test_coordinators_are_warned_once_of_a_cohort_below_its_minimum(database: room.Engine, now: datetime) -> None:
    await a_coordinator(address="cora@academy.example", now=now)
    short = await a_cohort(starts_at=START, minimum=2, name="Short", now=now)
    full = await a_cohort(starts_at=START, minimum=1, name="Full", now=now)
    for cohort in (short, full):
        await an_enrolment(cohort=cohort, now=now)

    early = await jobs.warn_below_minimum(START - timedelta(days=7, minutes=1))
    warned = [await jobs.warn_below_minimum(START - timedelta(days=7) + timedelta(minutes=n)) for n in range(3)]

    rows = await Message.select().where(Message.kind == "below-minimum")
    assert (early, warned) == (0, [1, 0, 0])
    assert [(row["to_address"], row["subject"]) for row in rows] == [
        ("cora@academy.example", "Short has 1 of at least 2 people")
    ]
    marked = await Cohort.select(Cohort.id).where(Cohort.minimum_warned_at.is_not_null())
    assert [row["id"] for row in marked] == [short]


# --------------------------------------------------------------------- leaders
async def leads(cohort: UUID, person: UUID) -> None:
    """Named to lead each session before leaders were invited: a row, and nothing in a calendar."""
    rows = await CohortSession.select(CohortSession.id).where(CohortSession.cohort == cohort)
    await Facilitator.insert(*(Facilitator(session=row["id"], person=person) for row in rows))


async def told(kind: str) -> list[str]:
    rows = await Message.select(Message.to_name, Message.subject).where(Message.kind == kind).order_by(Message.subject)
    return [f"{row['to_name']}: {row['subject']}" for row in rows]


async def test_who_leads_and_was_never_invited_is_invited_once(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=2, now=now)
    lea = await a_person(name="Lea Der", now=now)
    await leads(cohort, lea)
    before = await told("session-invite")

    done = [await jobs.invite_leaders(now + timedelta(minutes=minute)) for minute in range(3)]

    assert (before, done) == ([], [2, 0, 0])
    assert len(await told("session-invite")) == 2
    invited = await Invitee.select(Invitee.state, Invitee.leads, Invitee.takes_part).where(Invitee.person == lea)
    assert [tuple(row.values()) for row in invited] == [("invited", True, False)] * 2


async def test_two_schedulers_invite_a_leader_once(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=2, now=now)
    await leads(cohort, await a_person(name="Lea Der", now=now))

    await asyncio.gather(*(jobs.invite_leaders(now) for _ in range(4)))

    assert len(await told("session-invite")) == 2


async def test_who_takes_part_and_leads_hears_nothing_new(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=1, now=now)
    ana = await a_person(name="Ana", now=now)
    await an_enrolment(cohort=cohort, person=ana, now=now)
    await leads(cohort, ana)
    before = await told("session-invite")

    done = [await jobs.invite_leaders(now), await jobs.invite_leaders(now)]

    assert (done, await told("session-invite")) == ([1, 0], before)
    (row,) = await Invitee.select(Invitee.leads, Invitee.takes_part).where(Invitee.person == ana)
    assert (row["leads"], row["takes_part"]) == (True, True)


async def test_leaders_of_what_is_over_cancelled_or_not_published_are_left_alone(
    database: room.Engine, now: datetime
) -> None:
    lea = await a_person(name="Lea Der", now=now)
    draft = await a_cohort(starts_at=START, sessions=1, published=False, now=now)
    cancelled = await a_cohort(starts_at=START, sessions=2, now=now)
    over = await a_cohort(starts_at=START, sessions=1, now=now)
    first = (await CohortSession.select().where(CohortSession.cohort == cancelled))[0]
    await schedule.cancel_session(first["id"], "Snow", actor=ACADEMY, now=now)
    for cohort in (draft, cancelled, over):
        await leads(cohort, lea)

    assert await jobs.invite_leaders(START + timedelta(days=2)) == 0
    assert await jobs.invite_leaders(now) == 2
    assert len(await told("session-invite")) == 2


async def test_who_was_named_as_people_are_today_is_not_invited_again(database: room.Engine, now: datetime) -> None:
    cohort = await a_cohort(starts_at=START, sessions=1, now=now)
    (session,) = await CohortSession.select().where(CohortSession.cohort == cohort)
    lea = await a_person(name="Lea Der", now=now)
    await schedule.set_facilitators(session["id"], [lea], actor=ACADEMY, now=now)

    assert await jobs.invite_leaders(now) == 0
    await schedule.set_facilitators(session["id"], [], actor=ACADEMY, now=now)
    assert await jobs.invite_leaders(now) == 0
