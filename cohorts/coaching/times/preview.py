"""What people see of a coach's times, for the coach: the free slots of the next days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from academy.invites import queries as invites
from academy.invites.times import uk_day, uk_time
from cohorts.coaching.times import queries
from cohorts.coaching.times.clocks import day_of
from cohorts.coaching.times.holidays import bank_holidays
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import Interval, Pattern, free_slots

DAYS = 14


class PreviewDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day with the starts that people can choose, or why there is none."""

    name: str
    clocks: tuple[str, ...] = ()
    bank_holiday: bool = False


async def preview(
    coach: CoachView, pattern: Pattern, sessions: Sequence[Interval], *, minutes: int, now: datetime
) -> list[PreviewDay]:
    """The days of the next two weeks on which there is something, in the coach's zone; two queries.

    ``sessions`` are those that hold the coach's time, with those of ``SESSIONS_AROUND``.
    """
    until = now + timedelta(days=DAYS)
    ends = until + timedelta(minutes=minutes)
    elsewhere = (await queries.busy([coach.id], now, ends))[coach.id]
    here = (await invites.busy([coach.person], since=now, until=ends))[coach.person]
    slots = free_slots(
        pattern,
        minutes=minutes,
        sessions=sessions,
        busy=[*elsewhere, *(Interval(each.starts_at, each.ends_at) for each in here)],
        since=now,
        until=until,
        now=now,
    )
    return by_day(slots, pattern, first=day_of(now, pattern.zone))


def by_day(slots: Sequence[datetime], pattern: Pattern, *, first: date) -> list[PreviewDay]:
    """Slots under their days; the bank holidays that are kept stand between them."""
    found: dict[date, list[str]] = {}
    for each in slots:
        found.setdefault(day_of(each, pattern.zone), []).append(uk_time(each, pattern.zone))
    holidays = {day for day in bank_holidays(pattern.nation) if first <= day < first + timedelta(days=DAYS)}
    works = {day for day in holidays if pattern.weekly[day.weekday()]}
    return [
        PreviewDay(name=uk_day(day), clocks=tuple(found.get(day, ())), bank_holiday=day in holidays)
        for day in sorted({*found, *works})
    ]
