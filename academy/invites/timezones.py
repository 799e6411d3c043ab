"""The VTIMEZONE of a calendar file: what a zone's clocks do, in the one form that every client can read.

Desktop Outlook uses only the newest STANDARD and DAYLIGHT and reads only a yearly rule with one BYDAY
(MS-OXCICAL 2.1.3.1.1.19); Thunderbird and libical believe the file and not the zone's name. So a zone is
written as one pair of yearly rules, or as one fixed offset, and only if that is right in every year that the
file speaks of. icalendar's own ``Timezone.from_tzid`` is an hour out after each spring change (7.3.0).
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from academy.invites.times import zone_named

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS_AHEAD = 7  # enough to tell "fourth Sunday" from "last Sunday", and to notice a rule by the moon


class Change(msgspec.Struct, frozen=True):
    """One change of the clocks, and the yearly rules that it would fit."""

    month: int
    local: tuple[int, int, int]
    before: timedelta
    after: timedelta
    name: str
    rules: frozenset[str]


def timezone_component(zone: str, *, first_year: int, last_year: int) -> Timezone | None:
    """The VTIMEZONE that is right from ``first_year`` to ``last_year``, both included.

    None where no pair of yearly rules says it (Morocco's clocks follow Ramadan, Israel's a Friday between two
    dates) and for UTC and nameless offsets: write such times in UTC.
    """
    if "/" not in zone or zone.startswith("Etc/"):
        return None
    changes = _changes(zone, first_year, max(last_year, first_year + _YEARS_AHEAD))
    return None if changes is None else _component(zone, first_year, changes)


@lru_cache(maxsize=128)
def _changes(zone: str, first_year: int, last_year: int) -> tuple[Change, ...] | None:
    """The two changes that every one of these years has alike, () if there are none, None if they differ."""
    clocks = zone_named(zone)
    years = [_changes_in(clocks, year) for year in range(first_year, last_year + 1)]
    if not any(years):
        return ()
    if any(len(changes) != 2 for changes in years):
        return None
    alike = []
    for each in zip(*years, strict=True):
        rules = frozenset.intersection(*(change.rules for change in each))
        same = {(change.month, change.local, change.before, change.after, change.name) for change in each}
        if len(same) != 1 or not rules:
            return None
        alike.append(msgspec.structs.replace(each[0], rules=rules))
    return tuple(alike)


def _changes_in(clocks: ZoneInfo, year: int) -> list[Change]:
    """Every change of the offset in a year, found from day to day and then to the second."""
    found = []
    instant, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while instant < end:
        tomorrow = instant + timedelta(days=1)
        if instant.astimezone(clocks).utcoffset() != tomorrow.astimezone(clocks).utcoffset():
            found.append(_change_between(clocks, instant, tomorrow))
        instant = tomorrow
    return found


def _change_between(clocks: ZoneInfo, earlier: datetime, later: datetime) -> Change:
    before = earlier.astimezone(clocks).utcoffset() or timedelta()
    while later - earlier > timedelta(seconds=1):
        middle = (earlier + (later - earlier) / 2).replace(microsecond=0)
        if middle.astimezone(clocks).utcoffset() == before:
            earlier = middle
        else:
            later = middle
    local = later.replace(tzinfo=None) + before  # onset in the clocks that end (RFC 5545 3.6.5)
    then = later.astimezone(clocks)
    return Change(
        month=local.month,
        local=(local.hour, local.minute, local.second),
        before=before,
        after=then.utcoffset() or timedelta(),
        name=then.tzname() or "",
        rules=_rules_for(local),
    )


def _rules_for(day: datetime) -> frozenset[str]:
    """``{"4SU", "-1SU"}`` for a fourth Sunday that is also the last of its month."""
    weekday = _WEEKDAYS[day.weekday()]
    last = (day + timedelta(days=7)).month != day.month
    return frozenset({f"{(day.day - 1) // 7 + 1}{weekday}", *([f"-1{weekday}"] if last else [])})


def _component(zone: str, year: int, changes: tuple[Change, ...]) -> Timezone:
    component = Timezone()
    component.add("tzid", zone)
    if not changes:
        at = datetime(year, 1, 1, tzinfo=zone_named(zone))
        offset = at.utcoffset() or timedelta()
        fixed = TimezoneStandard()
        fixed.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local by definition
        fixed.add("tzoffsetfrom", offset)
        fixed.add("tzoffsetto", offset)
        fixed.add("tzname", at.tzname() or zone)
        component.add_component(fixed)
        return component
    for change in sorted(changes, key=lambda each: each.after, reverse=True):
        summer = change.after > change.before
        part = TimezoneDaylight() if summer else TimezoneStandard()
        rule = min(change.rules)  # "-1SU" sorts before "4SU"
        part.add("dtstart", _first_onset(change, rule))
        part.add("rrule", {"freq": "yearly", "bymonth": change.month, "byday": rule})
        part.add("tzoffsetfrom", change.before)
        part.add("tzoffsetto", change.after)
        part.add("tzname", change.name)
        component.add_component(part)
    return component


def _first_onset(change: Change, rule: str) -> datetime:
    """The first onset since 1970 by this rule: DTSTART must itself be one that the rule gives."""
    day = datetime(1970, change.month, 1, *change.local)  # noqa: DTZ001 - local by definition
    while rule not in _rules_for(day):
        day += timedelta(days=1)
    return day
