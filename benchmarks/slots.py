"""Free times of coaches, computed when somebody asks: with bookings and calendars present, for few and for many."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from academy import database
from academy.invites.tables import CalendarEvent, Invitee
from academy.people.tables import Person
from benchmarks import seeds
from benchmarks.printing import Cell, line, median, table, title
from benchmarks.servers import KINDS, academy_of
from cohorts.coaching.bookings import slots
from cohorts.coaching.bookings.tables import CoachingSession
from cohorts.coaching.times import queries, rules
from cohorts.coaching.times.holidays import bank_holidays
from cohorts.coaching.times.rules import DayException, Interval, Pattern, Stretch
from cohorts.coaching.times.tables import (
    BusySource,
    BusyTime,
    Coach,
    CoachProgramme,
    ExceptionKind,
    TimeException,
    WeeklyTime,
)
from cohorts.enrolment.tables import Enrolment
from tests.support.makers import a_cohort, a_programme, weekly
from tests.support.queries import counted

SIZES = (10, 100, 1000)
DAYS = 28
SESSIONS, BUSY, EVENTS = 16, 30, 6
"""Of each coach in these four weeks: their own sessions, busy times of other calendars, and other events here."""
ROUNDS = {10: 15, 100: 5, 1000: 1}
NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
"""A Monday; the clocks change in the third week."""
UNTIL = NOW + timedelta(days=DAYS)
WEEK = weekly((9, 12), (13, 17))
MINUTES = 60


class Asked(msgspec.Struct):
    """What the rule is given for one coach."""

    pattern: Pattern
    sessions: list[Interval]
    busy: list[Interval]


def run() -> None:
    title(
        "Free times of coaches",
        f"four weeks; each has {SESSIONS} sessions, {BUSY} busy times and {EVENTS} other events; CPU of who asks",
    )
    _computing()
    for kind in KINDS:
        with academy_of(kind) as settings:
            seeds.inside(settings, lambda: _asking(kind))  # noqa: B023


# --------------------------------------------------------------- computing
def _computing() -> None:
    line("")
    line("Computing alone; plainly: the zone is asked for each slot and every booking looked at")
    rows: list[list[Cell]] = []
    given = [_asked(random.Random(number)) for number in range(max(SIZES))]
    for size in SIZES:
        ours, found = _cpu(lambda: [_free(each) for each in given[:size]], ROUNDS[size])  # noqa: B023
        few = given[: min(size, 20)]
        plain, same = _cpu(lambda: [_plainly(each) for each in few], 1)  # noqa: B023
        assert same == found[: len(few)], "the plain way says something else"
        each, beside = ours / size, plain / len(few)
        rows.append([size, sum(map(len, found)), _ms(ours), _ms(each), _ms(beside), f"{beside / each:.0f} times"])
    table(["coaches", "slots", "CPU", "each", "plainly each", "faster"], rows)


def _free(asked: Asked) -> list[datetime]:
    return rules.free_slots(
        asked.pattern,
        minutes=MINUTES,
        sessions=asked.sessions,
        busy=asked.busy,
        since=NOW,
        until=UNTIL,
        now=NOW,
    )


def _plainly(asked: Asked) -> list[datetime]:
    """What is written first: each time of each day, in its zone, against everything there is."""
    pattern, zone, length = asked.pattern, ZoneInfo(asked.pattern.zone), timedelta(minutes=MINUTES)
    buffer, found = timedelta(minutes=pattern.buffer_minutes), []
    for number in range(DAYS + 1):
        day = (NOW + timedelta(days=number)).astimezone(zone).date()
        off = any(each.from_on <= day <= each.to_on for each in pattern.exceptions)
        if off or day in bank_holidays(pattern.nation):
            continue
        for stretch in pattern.weekly[day.weekday()]:
            for minute in range(stretch.from_minute, stretch.to_minute - MINUTES + 1, rules.STEP):
                local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
                start = local.astimezone(UTC)
                if (
                    max(NOW + timedelta(hours=pattern.notice_hours), NOW) <= start < UNTIL
                    and not any(
                        start < each.ends_at + buffer and each.starts_at - buffer < start + length
                        for each in asked.sessions
                    )
                    and not any(start < each.ends_at and each.starts_at < start + length for each in asked.busy)
                ):
                    found.append(start)
    return found


def _asked(chance: random.Random) -> Asked:
    leave = NOW.date() + timedelta(days=chance.randrange(DAYS))
    pattern = Pattern(
        weekly=WEEK,
        exceptions=(DayException(kind=ExceptionKind.LEAVE, from_on=leave, to_on=leave + timedelta(days=2)),),
    )
    return Asked(pattern, _at_work(chance, SESSIONS), _at_work(chance, BUSY + EVENTS))


def _at_work(chance: random.Random, count: int) -> list[Interval]:
    """An hour each, at different working times of the four weeks."""
    hours = [
        datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
        for day in _days()
        if day.weekday() < 5
        for hour in (9, 10, 11, 13, 14, 15, 16)
    ]
    return [Interval(at, at + timedelta(hours=1)) for at in sorted(chance.sample(hours, count))]


def _days() -> list[date]:
    return [NOW.date() + timedelta(days=number) for number in range(1, DAYS)]


# ------------------------------------------------------------ with the queries
async def _asking(kind: str) -> None:
    coaches = await _seed(max(SIZES))
    rows: list[list[Cell]] = []
    first = 0.0
    for size in SIZES:
        some = coaches[:size]

        async def ask() -> int:
            found = await slots.free(some, minutes=MINUTES, since=NOW, until=UNTIL, now=NOW)  # noqa: B023
            return sum(map(len, found.values()))

        async def patterns() -> int:
            return len(await queries.patterns(some))  # noqa: B023

        with counted() as statements:
            found = await ask()
        cpu, clock = await _spent(ask, ROUNDS[size])
        reading, _ = await _spent(patterns, ROUNDS[size])
        first = first or cpu / size
        growth = f"{cpu / size / first:.2f} of 10's"
        rows.append([size, found, len(statements), _ms(cpu), _ms(cpu / size), growth, _ms(clock), _ms(reading)])
    line("")
    line(f"{kind}, with the queries, {max(SIZES):,} coaches in the database")
    table(["coaches", "slots", "statements", "CPU", "each", "growth", "by the clock", "of it patterns"], rows)


async def _seed(count: int) -> list[UUID]:
    """Coaches with their times, and everything that stands in their calendars."""
    chance = random.Random(1)
    programme = await a_programme(now=NOW)
    cohort = await a_cohort(programme=programme, now=NOW)
    people = [Person(id=uuid4(), name=f"Coach {number}", created_at=NOW) for number in range(count)]
    coachees = [Person(id=uuid4(), name=f"Coachee {number}", created_at=NOW) for number in range(count * 2)]
    places = [Enrolment(id=uuid4(), cohort=cohort, person=each.id, created_at=NOW) for each in coachees]
    coaches = [Coach(id=uuid4(), person=each.id, created_at=NOW) for each in people]
    sources = [BusySource(id=uuid4(), coach=each.id, name="Work", created_at=NOW) for each in coaches]
    async with database.transaction():
        for rows in (people, coachees, places, coaches, sources):
            await database.insert(rows)
        await database.insert([CoachProgramme(coach=each.id, programme=programme, added_at=NOW) for each in coaches])
        await database.insert([row for each in coaches for row in _weekly(each.id, WEEK)])
        await database.insert([_leave(each.id, chance) for each in coaches])
        full = [_calendar(each, sources[n], places[n * 2 : n * 2 + 2], chance) for n, each in enumerate(coaches)]
        for name in Calendar.__struct_fields__:
            await database.insert([row for each in full for row in getattr(each, name)])
    if isinstance(database.current(), database.PostgresDatabase):
        await database.current().run("ANALYZE")  # which the server does by itself within a minute
    return [each.id for each in coaches]


def _weekly(coach: UUID, week: rules.Week) -> list[WeeklyTime]:
    def row(weekday: int, each: Stretch) -> WeeklyTime:
        return WeeklyTime(coach=coach, weekday=weekday, from_minute=each.from_minute, to_minute=each.to_minute)

    return [row(weekday, each) for weekday, day in enumerate(week) for each in day]


def _leave(coach: UUID, chance: random.Random) -> TimeException:
    day = NOW.date() + timedelta(days=chance.randrange(DAYS))
    return TimeException(
        coach=coach, kind=ExceptionKind.LEAVE, from_on=day, to_on=day + timedelta(days=2), created_at=NOW
    )


class Calendar(msgspec.Struct):
    """What stands in one coach's way, as rows."""

    events: list[CalendarEvent]
    invitees: list[Invitee]
    sessions: list[CoachingSession]
    busy: list[BusyTime]


def _calendar(coach: Coach, source: BusySource, places: Sequence[Enrolment], chance: random.Random) -> Calendar:
    times = _at_work(chance, SESSIONS)
    events = [_event(each) for each in (*times, *_at_work(chance, EVENTS))]
    return Calendar(
        events,
        [Invitee(event=event.id, person=coach.person, invited_at=NOW) for event in events],
        [
            CoachingSession(
                coach=coach.id,
                enrolment=places[number % 2].id,
                event=events[number].id,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                created_at=NOW,
            )
            for number, each in enumerate(times)
        ],
        [
            BusyTime(source=source.id, coach=coach.id, starts_at=each.starts_at, ends_at=each.ends_at)
            for each in _at_work(chance, BUSY)
        ],
    )


def _event(at: Interval) -> CalendarEvent:
    told = {"starts_at": at.starts_at, "ends_at": at.ends_at}
    stamps = {"stamped_at": NOW, "created_at": NOW, "changed_at": NOW}
    return CalendarEvent(id=uuid4(), uid=uuid4().hex, title="Coaching", **told, **stamps)


# ----------------------------------------------------------------- measuring
def _cpu(work: Callable[[], list[list[datetime]]], rounds: int) -> tuple[float, list[list[datetime]]]:
    """Seconds of a core, the median of some rounds after one that warms up."""
    found = work()
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return median(spent), found


async def _spent(work: Callable[[], Awaitable[int]], rounds: int) -> tuple[float, float]:
    """Seconds of a core and of the clock, medians of some rounds."""
    cores, clocks = [], []
    for _ in range(rounds):
        core, clock = time.process_time(), time.perf_counter()
        await work()
        cores.append(time.process_time() - core)
        clocks.append(time.perf_counter() - clock)
    return median(cores), median(clocks)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.2f} ms" if seconds < 1 else f"{seconds * 1000:,.0f} ms"
