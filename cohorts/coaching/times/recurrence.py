"""Follow a repeating entry of somebody's calendar (RFC 5545, section 3.3.10), in a window and with bounded work. Pure.

Rules come from outside, and a rule of a few letters can ask for more dates than there is time to make (every second,
for ever). So only rules by days, weeks, months and years are followed, without hours and minutes; periods before the
window are skipped by arithmetic; and every step is paid for out of ``Effort``, which one calendar has as a whole.
What lies beyond raises ``CannotFollow``: whoever asks says so to the coach.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_BY_DAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,5}", re.ASCII)
_LONGEST = 1000
_MOST_VALUES = 64


class CannotFollow(Exception):
    """This rule repeats in a way that we do not follow."""


class TooMuchWork(Exception):
    """The calendar asks for more steps than it has."""


class Effort:
    """How many steps are left for one calendar."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Raises TooMuchWork."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork


class Every(StrEnum):
    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"
    YEAR = "YEARLY"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One RRULE, taken apart. ``until`` is as written: what it means depends on the entry."""

    every: Every
    interval: int = 1
    count: int | None = None
    until: str = ""
    by_day: tuple[tuple[int, int], ...] = ()
    """Which one (0: each) and the weekday, Monday being 0."""
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_starts: int = 0


def parse_rule(text: str) -> Rule:
    """Raises CannotFollow."""
    parts: dict[str, str] = {}
    for part in text[: _LONGEST + 1].strip().rstrip(";").split(";"):
        name, _, value = part.strip().partition("=")
        if name.upper() in parts:
            raise CannotFollow
        parts[name.upper()] = value.strip().upper()
    if len(text) > _LONGEST or ("COUNT" in parts and "UNTIL" in parts):
        raise CannotFollow
    try:
        rule = Rule(
            every=Every(parts.pop("FREQ", "")),
            interval=_number(parts.pop("INTERVAL", "1"), 1, 10_000),
            count=_number(parts.pop("COUNT"), 0, 99_999) if "COUNT" in parts else None,
            until=parts.pop("UNTIL", ""),
            by_day=_by_day(parts.pop("BYDAY", "")),
            by_month_day=_numbers(parts.pop("BYMONTHDAY", ""), 31, below=True),
            by_month=_numbers(parts.pop("BYMONTH", ""), 12, below=False),
            by_position=_numbers(parts.pop("BYSETPOS", ""), 366, below=True),
            week_starts=_DAYS[parts.pop("WKST", "MO")],
        )
    except (ValueError, KeyError):
        raise CannotFollow from None
    numbered = any(which for which, _ in rule.by_day)
    if (
        parts  # hours, minutes, weeks of the year, days of the year
        or (numbered and (rule.every in (Every.DAY, Every.WEEK) or rule.by_month_day))
        or (rule.every is Every.WEEK and rule.by_month_day)
        or (rule.every is Every.WEEK and rule.by_position)  # programs differ on the first week, of which a part is over
    ):
        raise CannotFollow
    return rule


def repeats(rule: Rule, start: datetime, *, since: datetime, until: datetime, effort: Effort) -> Iterator[datetime]:
    """The starts that a rule gives from ``start`` on, in order, of which only those from ``since`` to ``until``.

    All are local times without a zone. ``rule.until`` is left to the caller. Raises TooMuchWork.
    """
    first, counted = start.date(), 0
    index = 0 if rule.count is not None else max(0, _periods_between(rule, first, since.date()))
    while True:
        try:
            begins, days = _period(rule, first, index)
        except (ValueError, OverflowError):  # after the year 9999
            return
        if begins > until.date():
            return
        effort.spend(1 + len(days))
        for day in _chosen(rule, days):
            found = datetime.combine(day, start.time())
            if found < start:
                continue
            counted += 1
            if found > until or (rule.count is not None and counted > rule.count):
                return
            if found >= since:
                yield found
        index += 1


def _periods_between(rule: Rule, first: date, since: date) -> int:
    """How many whole steps lie before ``since``; not more than there are."""
    if rule.every is Every.DAY:
        return (since - first).days // rule.interval
    if rule.every is Every.WEEK:
        return (since - _week_of(rule, first)).days // (7 * rule.interval)
    if rule.every is Every.MONTH:
        return ((since.year - first.year) * 12 + since.month - first.month) // rule.interval
    return (since.year - first.year) // rule.interval


def _week_of(rule: Rule, day: date) -> date:
    back = (day.weekday() - rule.week_starts) % 7
    return day - timedelta(days=back) if day.toordinal() > back else date.min


def _period(rule: Rule, first: date, index: int) -> tuple[date, list[date]]:
    """The day on which a period begins and the days that the rule names in it, in order."""
    step = index * rule.interval
    if rule.every is Every.DAY:
        day = first + timedelta(days=step)
        return day, [day] if _may(rule, day) else []
    if rule.every is Every.WEEK:
        monday = _week_of(rule, first) + timedelta(weeks=step)
        weekdays = {weekday for _, weekday in rule.by_day} or {first.weekday()}
        week = (monday + timedelta(days=each) for each in range(7))
        return monday, [
            day for day in week if day.weekday() in weekdays and (not rule.by_month or day.month in rule.by_month)
        ]
    if rule.every is Every.MONTH:
        year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
        return date(year, month + 1, 1), _in_month(rule, first, year, month + 1)
    return date(first.year + step, 1, 1), _in_year(rule, first, first.year + step)


def _may(rule: Rule, day: date) -> bool:
    """Whether the rule's limits leave a day of a daily rule."""
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_day and (0, day.weekday()) not in rule.by_day:
        return False
    return not rule.by_month_day or bool(_of_month(day) & set(rule.by_month_day))


def _of_month(day: date) -> set[int]:
    """The two numbers of a day in its month: from its beginning, and from its end."""
    return {day.day, day.day - calendar.monthrange(day.year, day.month)[1] - 1}


def _in_month(rule: Rule, first: date, year: int, month: int) -> list[date]:
    if rule.every is Every.MONTH and rule.by_month and month not in rule.by_month:
        return []
    last = calendar.monthrange(year, month)[1]
    if rule.by_month_day:
        numbers = sorted({each if each > 0 else last + 1 + each for each in rule.by_month_day})
        days = [date(year, month, each) for each in numbers if 1 <= each <= last]
        weekdays = {weekday for _, weekday in rule.by_day}
        return [day for day in days if not weekdays or day.weekday() in weekdays]
    if rule.by_day:
        return _weekdays(rule, date(year, month, 1), last)
    return [date(year, month, first.day)] if first.day <= last else []


def _in_year(rule: Rule, first: date, year: int) -> list[date]:
    if rule.by_month:
        return [day for month in rule.by_month for day in _in_month(rule, first, year, month)]
    if rule.by_month_day:
        return [day for month in range(1, 13) for day in _in_month(rule, first, year, month)]
    if rule.by_day:
        return _weekdays(rule, date(year, 1, 1), 366 if calendar.isleap(year) else 365)
    if (first.month, first.day) == (2, 29) and not calendar.isleap(year):
        return []
    return [date(year, first.month, first.day)]


def _weekdays(rule: Rule, begins: date, length: int) -> list[date]:
    """The weekdays of a month or year: each of them, the second, the last."""
    found: set[int] = set()
    for which, weekday in rule.by_day:
        every = range((weekday - begins.weekday()) % 7, length, 7)
        if which == 0:
            found.update(every)
        elif -len(every) <= which <= len(every):
            found.add(every[which - 1 if which > 0 else which])
    return [begins + timedelta(days=each) for each in sorted(found)]


def _chosen(rule: Rule, days: list[date]) -> list[date]:
    if not rule.by_position:
        return days
    places = {each - 1 if each > 0 else len(days) + each for each in rule.by_position}
    return [day for place, day in enumerate(days) if place in places]


def _number(text: str, low: int, high: int) -> int:
    if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
        raise ValueError
    return int(text)


def _numbers(text: str, most: int, *, below: bool) -> tuple[int, ...]:
    if not text:
        return ()
    found = {_number(each.strip(), -most if below else 1, most) for each in text.split(",")}
    if 0 in found or len(found) > _MOST_VALUES:
        raise ValueError
    return tuple(sorted(found))


def _by_day(text: str) -> tuple[tuple[int, int], ...]:
    if not text:
        return ()
    found = set()
    for each in text.split(","):
        match = _BY_DAY.fullmatch(each.strip())
        if match is None or abs(int(match[1] or 0)) > 53:
            raise ValueError
        found.add((int(match[1] or 0), _DAYS[match[2]]))
    if len(found) > _MOST_VALUES:
        raise ValueError
    return tuple(sorted(found))
