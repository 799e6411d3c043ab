"""A coach's hours by month, from the same count as everybody's (``bookings.queries``)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec

from academy.invites.times import local_to_utc, utc_to_local
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings.hours import Hours, hours_in
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView


class Month(msgspec.Struct, frozen=True):
    """One month in the coach's zone. ``first`` is its first day."""

    first: date
    hours: Hours

    @property
    def name(self) -> str:
        return f"{self.first:%B}"


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """The months of one year until now, and the years there are."""

    year: int
    years: list[int]
    months: list[Month]

    @property
    def total(self) -> Hours:
        names = Hours.__struct_fields__
        return Hours(**{name: sum(getattr(month.hours, name) for month in self.months) for name in names})


async def of_year(coach: CoachView, asked: str, *, now: datetime) -> Year:
    """The year that was asked for, if the coach has one like that; else this one. Four queries."""
    sessions = await bookings.of_coach(coach.id)
    pattern = (await times.patterns([coach.id]))[coach.id]
    today = utc_to_local(now, coach.zone).date()
    began = min([coach.created_at, *(each.starts_at for each in sessions)])
    years = list(range(today.year, utc_to_local(began, coach.zone).year - 1, -1))
    year = next((each for each in years if str(each) == asked), today.year)
    months = []
    for number in range(1, 13):
        first = date(year, number, 1)
        if first > today:
            break
        since, until = _midnight(first, coach.zone), _midnight(next_month(first), coach.zone)
        offered_since = max(since, coach.created_at)
        found = hours_in(pattern, sessions, since, until, offered_since=offered_since)
        if until > began:
            months.append(Month(first, found))
    return Year(year=year, years=years, months=months)


def next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def decimal(minutes: int) -> float:
    """Minutes as hours, to two places: 90 is 1.5."""
    return round(minutes / 60, 2)


def shown(minutes: int) -> str:
    """The same for a page: ``1.5``, ``2``."""
    return f"{decimal(minutes):g}"


def _midnight(day: date, zone: str) -> datetime:
    return local_to_utc(day, time(0), zone).astimezone(UTC)
