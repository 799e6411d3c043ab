"""When a coach can be booked: the weekly pattern, what holds instead of it, and the slots that are free. Pure.

- Time off and leave win over extra hours, whatever was written first; extra hours win over a bank holiday.
- A pattern is meant in the coach's zone: 9:00am stays 9:00am when the clocks change. A time that the clocks skip is no
  slot, and one that they show twice is one slot, the first.
- A slot lies wholly inside one open stretch. It starts on a quarter of an hour, every half hour from the beginning of
  the stretch (or every ``minutes``, if sessions are shorter than that).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from academy.errors import DomainError
from cohorts.coaching.times.clocks import MINUTES, LocalDay, day_of, instant, local_day, seconds
from cohorts.coaching.times.holidays import bank_holidays
from cohorts.coaching.times.tables import ExceptionKind, Nation

STEP = 30
GRID = 15
"""Minutes between the starts of slots, and on which they start."""

SESSIONS_AROUND = timedelta(days=8)
"""Which sessions to give ``free_slots`` around the time that is asked for, so that those of whole weeks are counted."""
LONGEST_EXCEPTION = timedelta(days=731)


class Stretch(msgspec.Struct, frozen=True):
    """From a minute of the day to another, counted from midnight; 1440 is the end of the day."""

    from_minute: int
    to_minute: int


class Interval(msgspec.Struct, frozen=True):
    """From an instant to another, aware and in UTC."""

    starts_at: datetime
    ends_at: datetime


class DayException(msgspec.Struct, frozen=True, kw_only=True):
    """Days, the last included, on which something else than the weekly pattern holds; without minutes all day."""

    kind: ExceptionKind
    from_on: date
    to_on: date
    from_minute: int | None = None
    to_minute: int | None = None

    @property
    def minutes(self) -> tuple[int, int]:
        """What it covers of each of its days."""
        return (
            0 if self.from_minute is None else self.from_minute,
            MINUTES if self.to_minute is None else self.to_minute,
        )


Week = tuple[tuple[Stretch, ...], ...]
NO_TIMES: Week = ((),) * 7


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides when a coach can be booked, but for what is in their calendar."""

    zone: str = "Europe/London"
    nation: Nation = Nation.ENGLAND_AND_WALES
    weekly: Week = NO_TIMES
    """The stretches of each weekday, Monday first, in any order."""
    exceptions: tuple[DayException, ...] = ()
    lengths: tuple[int, ...] = (60,)
    buffer_minutes: int = 15
    notice_hours: int = 24
    horizon_days: int = 56
    most_a_day: int | None = None
    most_a_week: int | None = None


# ------------------------------------------------------------------- errors
class NoSuchTime(DomainError):
    """A stretch that ends before it starts, or lies outside of a day."""

    status = 422


class BadRules(DomainError):
    """Rules under which nobody could be booked."""

    status = 422


# ------------------------------------------------------------ open stretches
Minutes = list[tuple[int, int]]


def open_times(pattern: Pattern, *, since: date, until: date) -> list[Interval]:
    """When the coach works between two days of their zone, both included, from the first. Raises UnknownZone."""
    found = []
    for day, stretches in _days(pattern, since, until):
        here = local_day(pattern.zone, day)
        for from_minute, to_minute in stretches:
            starts, ends = here.at(from_minute), here.at(to_minute)
            if starts < ends:  # all of a stretch may be skipped by the clocks
                found.append(Interval(instant(starts), instant(ends)))
    return found


def _days(pattern: Pattern, first: date, last: date) -> Iterator[tuple[date, Minutes]]:
    """Each day on which anything is open, with its stretches in order, apart from each other."""
    weekly = [merged((each.from_minute, each.to_minute) for each in day) for day in pattern.weekly]
    holidays = bank_holidays(pattern.nation)
    special: dict[int, list[DayException]] = {}
    for each in pattern.exceptions:
        for number in range(max(each.from_on, first).toordinal(), min(each.to_on, last).toordinal() + 1):
            special.setdefault(number, []).append(each)
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        stretches = [] if day in holidays else weekly[(number - 1) % 7]  # the first of all days was a Monday
        if number in special:
            stretches = _with_exceptions(stretches, special[number])
        if stretches:
            yield day, stretches


def _with_exceptions(stretches: Minutes, exceptions: list[DayException]) -> Minutes:
    extra = [each.minutes for each in exceptions if each.kind is ExceptionKind.EXTRA]
    off = [each.minutes for each in exceptions if each.kind is not ExceptionKind.EXTRA]
    return without(merged([*stretches, *extra]), merged(off))


def merged(stretches: Iterable[tuple[int, int]]) -> Minutes:
    """The same time in order, without overlaps; what touches becomes one."""
    found: Minutes = []
    for starts, ends in sorted(stretches):
        if starts >= ends:
            continue
        if found and starts <= found[-1][1]:
            if ends > found[-1][1]:
                found[-1] = (found[-1][0], ends)
        else:
            found.append((starts, ends))
    return found


def without(stretches: Minutes, off: Minutes) -> Minutes:
    """What is left of ``stretches`` after ``off``; both as ``merged`` gives them."""
    if not off:
        return stretches
    found: Minutes = []
    for starts, ends in stretches:
        for off_starts, off_ends in off:
            if off_ends <= starts or off_starts >= ends:
                continue
            if starts < off_starts:
                found.append((starts, off_starts))
            starts = off_ends
        if starts < ends:
            found.append((starts, ends))
    return found


# -------------------------------------------------------------------- slots
def free_slots(
    pattern: Pattern,
    *,
    minutes: int,
    sessions: Sequence[Interval],
    busy: Sequence[Interval],
    since: datetime,
    until: datetime,
    now: datetime,
) -> list[datetime]:
    """The starts at which a session of ``minutes`` can be booked, from ``since``, before ``until``; in order, in UTC.

    ``sessions`` are the coach's own live ones: the buffer is kept around them, and they count against the most a day
    and a week, so give those of ``SESSIONS_AROUND`` as well. ``busy`` is what else is in their calendars. Neither
    needs to be in order. What is asked for beyond notice and horizon is left out. Raises UnknownZone.
    """
    first = max(seconds(since, up=True), seconds(now + timedelta(hours=pattern.notice_hours), up=True))
    last = min(seconds(until, up=True) - 1, seconds(now + timedelta(days=pattern.horizon_days)))
    if last < first:
        return []
    length, step = minutes * 60, min(STEP, minutes)
    full = _full(pattern, sessions)
    taken = _taken(pattern, sessions, busy)
    taken.append((last + length + 1, last + length + 2))  # so that there is always a next one; nothing reaches it
    at, (taken_from, taken_to) = 0, taken[0]
    found: list[int] = []
    for day, stretches in _days(pattern, day_of(instant(first), pattern.zone), day_of(instant(last), pattern.zone)):
        if full is not None and full(day):
            continue
        here = local_day(pattern.zone, day)
        for from_minute, to_minute in stretches:
            latest = min(here.at(to_minute) - length, last)
            for start in _starts(here, from_minute, to_minute, step):
                if start < first:
                    continue
                if start > latest:
                    break
                while taken_to <= start:
                    at += 1
                    taken_from, taken_to = taken[at]
                if taken_from >= start + length:
                    found.append(start)
    return [instant(start) for start in found]


class Offer(StrEnum):
    """Whether a coach offers a time at all, whoever may have taken it."""

    OFFERED = "offered"
    PASSED = "passed"
    SOON = "soon"  # they need longer notice
    FAR = "far"  # beyond the days that can be booked ahead
    NEVER = "never"  # not in their hours, or between two starts


def offer(pattern: Pattern, starts_at: datetime, *, minutes: int, now: datetime) -> Offer:
    """How a start for a session of ``minutes`` stands to what the coach offers, with nothing in their calendars."""
    if starts_at <= now:
        return Offer.PASSED
    days = (starts_at - now).days + 1
    at_any_time = msgspec.structs.replace(pattern, notice_hours=0, horizon_days=days)
    until = starts_at + timedelta(seconds=1)
    if not free_slots(at_any_time, minutes=minutes, sessions=(), busy=(), since=starts_at, until=until, now=now):
        return Offer.NEVER
    if starts_at < now + timedelta(hours=pattern.notice_hours):
        return Offer.SOON
    return Offer.FAR if starts_at > now + timedelta(days=pattern.horizon_days) else Offer.OFFERED


def _starts(here: LocalDay, from_minute: int, to_minute: int, step: int) -> Iterable[int]:
    """Where slots may start in one stretch, in seconds since 1970; never twice, never at a time that is skipped."""
    begin = -(-from_minute // GRID) * GRID
    if here.even:
        return range(here.begins + begin * 60, here.begins + to_minute * 60, step * 60)
    return [here.at(minute) for minute in range(begin, to_minute, step) if here.exists(minute)]


def _taken(pattern: Pattern, sessions: Sequence[Interval], busy: Sequence[Interval]) -> Minutes:
    """Sessions with their buffer, and what else there is, in seconds, in order, apart from each other."""
    buffer = pattern.buffer_minutes * 60
    return merged(
        [
            *((seconds(each.starts_at) - buffer, seconds(each.ends_at, up=True) + buffer) for each in sessions),
            *((seconds(each.starts_at), seconds(each.ends_at, up=True)) for each in busy),
        ]
    )


def _full(pattern: Pattern, sessions: Sequence[Interval]) -> Callable[[date], bool] | None:
    """Whether a day of the coach's zone, or its week from Monday, has as many sessions as they take."""
    most_a_day, most_a_week = pattern.most_a_day, pattern.most_a_week
    if most_a_day is None and most_a_week is None:
        return None
    days = Counter(day_of(each.starts_at, pattern.zone).toordinal() for each in sessions)
    weeks: Counter[int] = Counter()
    for number, count in days.items():
        weeks[_week(number)] += count

    def full(day: date) -> bool:
        number = day.toordinal()
        return (most_a_day is not None and days[number] >= most_a_day) or (
            most_a_week is not None and weeks[_week(number)] >= most_a_week
        )

    return full


def _week(number: int) -> int:
    return (number - 1) // 7


def nearest(slots: Iterable[datetime], wanted: datetime, *, most: int = 3) -> list[datetime]:
    """Those closest to a time that is gone, in order of time; of two as close the earlier."""
    closest = sorted(slots, key=lambda slot: (abs(slot - wanted), slot))[:most]
    return sorted(closest)


def falls_in(exception: DayException, session: Interval, zone: str) -> bool:
    """Whether a session is, in part at least, in the days and hours of an exception."""
    day = day_of(session.starts_at, zone)
    if not exception.from_on <= day <= exception.to_on:
        return False
    here, (from_minute, to_minute) = local_day(zone, day), exception.minutes
    return seconds(session.starts_at) < here.at(to_minute) and here.at(from_minute) < seconds(session.ends_at, up=True)


# ------------------------------------------------------------ what coaches say
class CoachRules(msgspec.Struct, frozen=True, kw_only=True):
    """Under which rules a coach can be booked, and where sessions are."""

    zone: str = "Europe/London"
    nation: Nation = Nation.ENGLAND_AND_WALES
    place: str = ""
    link: str = ""
    lengths: tuple[int, ...] = (60,)
    buffer_minutes: int = 15
    notice_hours: int = 24
    horizon_days: int = 56
    most_a_day: int | None = None
    most_a_week: int | None = None
    confirms: bool = False


class CoachProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What the people of a coach's programmes read about them, in plain text."""

    headline: str = ""
    profile: str = ""


def check_rules(rules: CoachRules) -> None:
    """Raises BadRules."""
    if not rules.lengths:
        raise BadRules("Choose at least one length of a session.")
    if rules.notice_hours >= rules.horizon_days * 24:
        raise BadRules("The minimum notice must be shorter than the time that people can book ahead.")
    if rules.most_a_day and rules.most_a_week and rules.most_a_day > rules.most_a_week:
        raise BadRules("The most sessions a day can't be more than the most a week.")


def check_week(weekly: Week) -> None:
    """Raises NoSuchTime: a stretch must lie inside its day, and none may overlap another."""
    if len(weekly) != len(NO_TIMES):
        raise NoSuchTime("A week has seven days.")
    for day in weekly:
        ended = 0
        for each in sorted(day, key=lambda stretch: stretch.from_minute):
            check_stretch(each.from_minute, each.to_minute)
            if each.from_minute < ended:
                raise NoSuchTime("Two stretches of one day overlap. Make one of them.")
            ended = each.to_minute


def check_stretch(from_minute: int, to_minute: int) -> None:
    """Raises NoSuchTime."""
    if not 0 <= from_minute < to_minute <= MINUTES:
        raise NoSuchTime("It must end after it starts, on the same day.")


def check_exception(exception: DayException) -> None:
    """Raises NoSuchTime."""
    if exception.to_on < exception.from_on:
        raise NoSuchTime("The last day must not be before the first.")
    if exception.to_on - exception.from_on > LONGEST_EXCEPTION:
        raise NoSuchTime("That is longer than two years. Check the dates.")
    if (exception.from_minute is None) != (exception.to_minute is None):
        raise NoSuchTime("Enter both times, or neither for the whole day.")
    if exception.kind is ExceptionKind.EXTRA and exception.from_minute is None:
        raise NoSuchTime("Enter from when to when you are there.")
    if exception.from_minute is not None and exception.to_minute is not None:
        check_stretch(exception.from_minute, exception.to_minute)
