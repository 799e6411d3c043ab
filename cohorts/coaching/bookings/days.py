"""Free times as people choose from them: by day, on their own clock, with a word where something overlaps. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from academy.invites.times import same_clocks, uk_day, uk_time, uk_weekday_date, utc_to_local, zone_label

ON_A_PAGE = 5
"""Days with times that one page shows."""


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """One free time."""

    starts_at: datetime
    clock: str
    """On the reader's clock: ``9:30am``."""
    day: str
    """``Friday 26 June 2026``; read out after the clock, so that each link says all."""
    short_day: str
    """``Friday 26 June``, with the year where it is another one than now."""
    theirs: str = ""
    """On the coach's clock, where that shows something else: ``2:30pm UK time``."""
    overlaps: str = ""
    """The title of something of the reader's own at that time."""

    @property
    def value(self) -> str:
        """As an address holds it, in UTC."""
        return written(self.starts_at)


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The free times of one day."""

    day: date
    name: str
    """As the short day of its times."""
    times: list[Time]

    @property
    def overlaps(self) -> list[str]:
        """The titles of what some of its times overlap, each once."""
        return list(dict.fromkeys(time.overlaps for time in self.times if time.overlaps))


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """One page of days, and the first days of the pages before and after it."""

    days: list[Day]
    zone: str
    """The reader's time zone in words."""
    coach_zone: str = ""
    """The coach's, if its clocks show something else."""
    earlier: date | None = None
    later: date | None = None
    any: bool = False
    """Whether there is a free time on any day."""


def by_day(
    slots: Sequence[datetime],
    *,
    minutes: int,
    zone: str,
    coach_zone: str,
    clashes: Mapping[datetime, str] | None = None,
    since: date | None = None,
    now: datetime,
    most: int = ON_A_PAGE,
) -> Days:
    """Put free times of ``minutes`` under their days in the reader's ``zone``, ``most`` days from ``since`` on.

    ``clashes`` are the titles of what of the reader's own some of the times overlap.
    """
    found: dict[date, list[datetime]] = {}
    for each in sorted(slots):
        found.setdefault(utc_to_local(each, zone).date(), []).append(each)
    all_days = list(found)
    first = next((place for place, day in enumerate(all_days) if since is None or day >= since), len(all_days))
    shown = all_days[first : first + most]
    length = timedelta(minutes=minutes)
    apart = any(not same_clocks(each, each + length, zone, coach_zone) for each in slots)
    return Days(
        days=[
            Day(
                day=day,
                name=_short(day, now, zone),
                times=_times(found[day], zone, coach_zone if apart else "", clashes or {}, now),
            )
            for day in shown
        ],
        zone=zone_label(slots[0] if slots else now, zone),
        coach_zone=zone_label(slots[0], coach_zone) if apart else "",
        earlier=all_days[max(0, first - most)] if first else None,
        later=all_days[first + most] if first + most < len(all_days) else None,
        any=bool(all_days),
    )


def spoken(starts_at: datetime, zone: str) -> str:
    """``9:30am on Friday 26 June 2026``."""
    return f"{uk_time(starts_at, zone)} on {uk_weekday_date(starts_at, zone)}"


def written(starts_at: datetime) -> str:
    """A start as addresses hold it: ``2026-06-26T08:30Z``."""
    return starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def read(text: str) -> datetime | None:
    """The start that an address holds, or none."""
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _times(
    starts: Sequence[datetime], zone: str, coach_zone: str, clashes: Mapping[datetime, str], now: datetime
) -> list[Time]:
    clocks = {each: uk_time(each, zone) for each in starts}
    twice = {clock for clock, count in Counter(clocks.values()).items() if count > 1}  # the clocks go back
    return [
        Time(
            starts_at=each,
            clock=f"{clocks[each]} {utc_to_local(each, zone).tzname()}" if clocks[each] in twice else clocks[each],
            day=uk_weekday_date(each, zone),
            short_day=_short(utc_to_local(each, zone).date(), now, zone),
            theirs=_theirs(each, zone, coach_zone) if coach_zone else "",
            overlaps=clashes.get(each, ""),
        )
        for each in starts
    ]


def _short(day: date, now: datetime, zone: str) -> str:
    return uk_day(day) if day.year == utc_to_local(now, zone).year else uk_weekday_date(day)


def _theirs(at: datetime, zone: str, coach_zone: str) -> str:
    same_day = utc_to_local(at, zone).date() == utc_to_local(at, coach_zone).date()
    day = "" if same_day else f", {uk_day(at, coach_zone)}"
    return f"{uk_time(at, coach_zone)} {zone_label(at, coach_zone)}{day}"
