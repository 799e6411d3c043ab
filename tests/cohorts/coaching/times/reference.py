"""The slots of a coach worked out the slow way: minute by minute, every rule read off the brief, nothing remembered.

``rules.free_slots`` must say the same. Nothing of it is used here but the values it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cohorts.coaching.times.holidays import bank_holidays
from cohorts.coaching.times.rules import DayException, Interval, Pattern
from cohorts.coaching.times.tables import ExceptionKind

MINUTE = timedelta(minutes=1)


def slow_slots(
    pattern: Pattern,
    *,
    minutes: int,
    sessions: Sequence[Interval],
    busy: Sequence[Interval],
    since: datetime,
    until: datetime,
    now: datetime,
) -> list[datetime]:
    """Every start at which somebody can be booked."""
    zone = ZoneInfo(pattern.zone)
    found = set()
    day = since.astimezone(zone).date() - timedelta(days=1)
    while day <= until.astimezone(zone).date() + timedelta(days=1):
        for first, last in runs(pattern, day):
            begin = next(minute for minute in range(first, first + 15) if minute % 15 == 0)
            for minute in range(begin, last):
                if (minute - begin) % min(30, minutes) or not on_the_clock(pattern.zone, day, minute):
                    continue
                start = when(pattern.zone, day, minute)
                end = start + timedelta(minutes=minutes)
                if end <= when(pattern.zone, day, last) and may(pattern, start, end, sessions, busy, now):
                    found.add(start)
        day += timedelta(days=1)
    return sorted(start for start in found if since <= start < until)


def may(
    pattern: Pattern,
    start: datetime,
    end: datetime,
    sessions: Sequence[Interval],
    busy: Sequence[Interval],
    now: datetime,
) -> bool:
    """Whether nothing but the working hours is in the way."""
    buffer = timedelta(minutes=pattern.buffer_minutes)
    near = [Interval(each.starts_at - buffer, each.ends_at + buffer) for each in sessions]
    if any(start < each.ends_at and each.starts_at < end for each in [*near, *busy]):
        return False
    if start < now + timedelta(hours=pattern.notice_hours) or start > now + timedelta(days=pattern.horizon_days):
        return False
    days = [each.starts_at.astimezone(ZoneInfo(pattern.zone)).date() for each in sessions]
    day = start.astimezone(ZoneInfo(pattern.zone)).date()
    if pattern.most_a_day is not None and days.count(day) >= pattern.most_a_day:
        return False
    weeks = [each.isocalendar()[:2] for each in days]
    return pattern.most_a_week is None or weeks.count(day.isocalendar()[:2]) < pattern.most_a_week


def runs(pattern: Pattern, day: date) -> list[tuple[int, int]]:
    """From which minute to which the coach works, one after the other."""
    working = [works(pattern, day, minute) for minute in range(1440)]
    found, since = [], None
    for minute in range(1441):
        here = minute < 1440 and working[minute]
        if here and since is None:
            since = minute
        if not here and since is not None:
            found.append((since, minute))
            since = None
    return found


def works(pattern: Pattern, day: date, minute: int) -> bool:
    """Whether the coach works in one minute of a day: time off wins, then extra hours, then bank holidays."""
    today = [each for each in pattern.exceptions if each.from_on <= day <= each.to_on and covers(each, minute)]
    if any(each.kind is not ExceptionKind.EXTRA for each in today):
        return False
    if today:
        return True
    if day in bank_holidays(pattern.nation):
        return False
    return any(each.from_minute <= minute < each.to_minute for each in pattern.weekly[day.weekday()])


def covers(exception: DayException, minute: int) -> bool:
    if exception.from_minute is None or exception.to_minute is None:
        return True
    return exception.from_minute <= minute < exception.to_minute


def when(zone: str, day: date, minute: int) -> datetime:
    """The first minute at which the clocks show this time or, where they skip it, a later one."""
    wanted = datetime.combine(day, time(0)) + timedelta(minutes=minute)
    shown = clock(zone, day)
    while wanted not in shown:
        wanted += MINUTE
    return shown[wanted]


def on_the_clock(zone: str, day: date, minute: int) -> bool:
    return datetime.combine(day, time(0)) + timedelta(minutes=minute) in clock(zone, day)


@lru_cache(maxsize=500)
def clock(zone: str, day: date) -> dict[datetime, datetime]:
    """Every minute that the clocks show on a day and around it, and when they first do."""
    noon = datetime.combine(day, time(12), UTC)
    found: dict[datetime, datetime] = {}
    for number in range(-28 * 60, 28 * 60):
        at = noon + MINUTE * number
        found.setdefault(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), at)
    return found
