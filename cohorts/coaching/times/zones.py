"""What the time zones of a calendar file mean. Pure.

A zone is looked up by its name: that of the IANA database (also behind the prefixes that some programs put before it),
then that of Windows, as Exchange and Outlook write it. Any other name is what the file itself defines by a VTIMEZONE,
whose rules are followed for the window only; failing that, the zone is unknown, and the coach is told.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from academy.invites.times import UnknownZone, zone_named
from cohorts.coaching.times.recurrence import CannotFollow, Effort, Every, parse_rule, repeats

Clock = Callable[[datetime], datetime]
"""A local time without a zone in, the instant in UTC out. Raises OverflowError at the ends of the calendar."""

_WINDOWS = {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}
_UTC = {"utc", "z", "gmt", "etc/utc", "tzone://microsoft/utc", "coordinated universal time"}
_LONGEST = 200
_AROUND = timedelta(days=400)
_LOCAL = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)


class Observance(msgspec.Struct, frozen=True, kw_only=True):
    """A STANDARD or DAYLIGHT of a VTIMEZONE, as written."""

    start: str
    offset_from: str
    offset_to: str
    rule: str = ""
    dates: tuple[str, ...] = ()


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A VTIMEZONE."""

    name: str
    location: str = ""
    observances: tuple[Observance, ...] = ()


def universal(local: datetime) -> datetime:
    return local.replace(tzinfo=UTC)


def clock_of(zone: ZoneInfo) -> Clock:
    """The clocks of a known zone. A time that they skip is read as if they had not been changed yet; one that they show
    twice is the first."""

    def instant(local: datetime) -> datetime:
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)

    return instant


class Zones:
    """The zones of one file. ``own`` is the coach's, in which times without a zone are meant."""

    def __init__(
        self, own: str, defined: Iterable[Definition], *, since: datetime, until: datetime, effort: Effort
    ) -> None:
        self.own = clock_of(zone_named(own))
        self._defined = {each.name: each for each in defined}
        self._since, self._until, self._effort = since, until, effort
        self._known: dict[str, Clock | None] = {}

    def clock(self, name: str) -> Clock | None:
        """The clocks of a zone by the name that the file uses, or none if it is unknown. Raises TooMuchWork."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Clock | None:
        if found := by_name(name):
            return found
        definition = self._defined.get(name)
        if definition is None:
            return None
        if definition.location and (found := by_name(definition.location)):
            return found
        try:
            return self._by_rules(definition)
        except (CannotFollow, ValueError, OverflowError):
            return None

    def _by_rules(self, definition: Definition) -> Clock:
        """Raises CannotFollow, ValueError."""
        changes: list[tuple[datetime, timedelta]] = []
        earliest: list[tuple[datetime, timedelta]] = []
        for each in definition.observances:
            start, offset = local_time(each.start), _offset(each.offset_to)
            earliest.append((start, _offset(each.offset_from)))
            changes.append((start, offset))
            changes += [(local_time(day), offset) for day in each.dates]
            if each.rule:
                changes += [(moment, offset) for moment in self._onsets(each.rule, start)]
        if not changes:
            raise CannotFollow
        changes.sort(key=lambda change: change[0])
        moments = [moment for moment, _ in changes]
        offsets = [min(earliest)[1], *(offset for _, offset in changes)]

        def instant(local: datetime) -> datetime:
            return (local - offsets[bisect_right(moments, local)]).replace(tzinfo=UTC)

        return instant

    def _onsets(self, text: str, start: datetime) -> Iterable[datetime]:
        """When this offset begins, in the window and for a year before what is asked for."""
        rule = parse_rule(text)
        if rule.every is not Every.YEAR:
            raise CannotFollow
        until = self._until.replace(tzinfo=None) + _AROUND
        since = self._since.replace(tzinfo=None) - _AROUND
        if rule.until:
            last = local_time(rule.until[:15] if "T" in rule.until else rule.until + "T235959")
            until, since = min(until, last + timedelta(days=1)), min(since, last - _AROUND)
        return repeats(rule, start, since=since, until=until, effort=self._effort)


def by_name(name: str) -> Clock | None:
    """The clocks of a zone that is known by its name, or none."""
    name = name.strip().strip('"')
    if not name or len(name) > _LONGEST:
        return None
    if name.casefold() in _UTC:
        return universal
    windows = _WINDOWS.get(name.casefold())
    if windows is None and name.startswith("(") and "London" in name:  # as Outlook shows it: (UTC+00:00) Dublin, …
        windows = "Europe/London"
    parts = name.split("/")
    for candidate in (windows, name, *("/".join(parts[-length:]) for length in (3, 2))):
        if not candidate or not re.fullmatch(r"[A-Za-z0-9_+/-]+", candidate):
            continue
        try:
            return clock_of(zone_named(candidate))
        except UnknownZone:
            continue
    return None


def local_time(text: str) -> datetime:
    """``20260629T093000``, with or without a ``Z``, as a time without a zone. Raises ValueError."""
    found = _LOCAL.fullmatch(text)
    if found is None:
        raise ValueError
    year, month, day, hour, minute, second = (int(each) for each in found.groups())
    return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - it has none; 60 is a leap second


def _offset(text: str) -> timedelta:
    """Raises ValueError."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        raise ValueError
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -length if found[1] == "-" else length
