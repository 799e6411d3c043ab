"""What the clocks of a zone show on one day, as whole seconds since 1970 in UTC. Pure.

A free slot is computed for every half hour of weeks and for many coaches, so a zone is asked twice a day, not twice a
slot: where the first and the next midnight have the same offset, every local time of the day is one addition away.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import msgspec

from academy.invites.times import zone_named

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = EPOCH.toordinal()
MINUTES = 24 * 60


class LocalDay(msgspec.Struct, frozen=True):
    """One day in one zone. Minutes count from the midnight that the clocks show."""

    zone: str
    day: date
    begins: int
    """Seconds since 1970 at 00:00 of the day; right for every minute where the day is ``even``."""
    even: bool
    """The clocks are not changed on this day."""

    def at(self, minute: int) -> int:
        """The first instant at which the clocks show this minute; one that they skip is the instant of the change.

        So it never goes down as ``minute`` goes up, and ``at(1440)`` is the end of the day.
        """
        if self.even:
            return self.begins + minute * 60
        local, first, second = self._offsets(minute)
        return local - first if first >= second else self._change(local - second, local - first)

    def exists(self, minute: int) -> bool:
        """Whether the clocks show this minute at all."""
        if self.even:
            return True
        _, first, second = self._offsets(minute)
        return first >= second

    def _offsets(self, minute: int) -> tuple[int, int, int]:
        """The local time in seconds, and the two offsets that it may have (PEP 495): the same but around a change."""
        zone = zone_named(self.zone)
        naive = datetime(self.day.year, self.day.month, self.day.day) + timedelta(minutes=minute)  # noqa: DTZ001
        first = naive.replace(tzinfo=zone).utcoffset() or timedelta()
        second = naive.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
        return _local(self.day) + minute * 60, int(first.total_seconds()), int(second.total_seconds())

    def _change(self, before: int, after: int) -> int:
        """The second at which the clocks go forward, between two instants."""
        zone = zone_named(self.zone)
        old = instant(before).astimezone(zone).utcoffset()
        while after - before > 1:
            middle = (before + after) // 2
            if instant(middle).astimezone(zone).utcoffset() == old:
                before = middle
            else:
                after = middle
        return after


@lru_cache(maxsize=4096)
def local_day(zone: str, day: date) -> LocalDay:
    """A day in a zone. Raises UnknownZone."""
    known = zone_named(zone)
    here = datetime(day.year, day.month, day.day, tzinfo=known).utcoffset() or timedelta()
    then = day + timedelta(days=1)
    there = datetime(then.year, then.month, then.day, tzinfo=known).utcoffset() or timedelta()
    return LocalDay(zone, day, _local(day) - int(here.total_seconds()), here == there)


def _local(day: date) -> int:
    return (day.toordinal() - _FIRST_DAY) * 86_400


def seconds(at: datetime, *, up: bool = False) -> int:
    """Whole seconds since 1970 of an aware instant, down or up."""
    since = at - EPOCH
    return since.days * 86_400 + since.seconds + (1 if up and since.microseconds else 0)


def instant(seconds: int) -> datetime:
    """The same back, aware and in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def day_of(at: datetime, zone: str) -> date:
    """Which day it is in a zone."""
    return at.astimezone(zone_named(zone)).date()
