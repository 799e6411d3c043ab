"""What a calendar says that we cannot use, counted and put into sentences for the coach. Pure.

A title would name the entry best, but titles are none of our business: the date of the first one is said instead.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from academy.invites.times import uk_date


class Problem(StrEnum):
    REPEAT = "repeat"
    LATER = "later"
    ZONE = "zone"
    DATE = "date"
    ENDS = "ends"
    WHOLE_DAY = "whole day"


_ONE = {
    Problem.REPEAT: "1 entry repeats in a way that we cannot follow: only its first time counts as busy",
    Problem.LATER: "1 change of “this and all later times” of an entry counts for that one time only",
    Problem.ZONE: "1 entry names a time zone that we do not know: its time is read as one in yours",
    Problem.DATE: "1 date or length cannot be read, and is left out",
    Problem.ENDS: "1 entry ends before it begins, and is left out",
    Problem.WHOLE_DAY: "1 entry for a whole day does not say whether you are busy, and is left out",
}
_MANY = {
    Problem.REPEAT: "{} entries repeat in a way that we cannot follow: only their first time counts as busy",
    Problem.LATER: "{} changes of “this and all later times” of an entry count for that one time only",
    Problem.ZONE: "{} entries name a time zone that we do not know: their times are read as ones in yours",
    Problem.DATE: "{} dates or lengths cannot be read, and are left out",
    Problem.ENDS: "{} entries end before they begin, and are left out",
    Problem.WHOLE_DAY: "{} entries for whole days do not say whether you are busy, and are left out",
}


class Problems:
    """Counted by kind, with the earliest date of each."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._counts: dict[Problem, int] = {}
        self._first: dict[Problem, datetime] = {}

    def add(self, problem: Problem, at: datetime | None = None) -> None:
        self._counts[problem] = self._counts.get(problem, 0) + 1
        if at is not None:
            self._first[problem] = min(at, self._first.get(problem, at))

    def sentences(self) -> tuple[str, ...]:
        return tuple(self._sentence(problem, self._counts[problem]) for problem in Problem if problem in self._counts)

    def _sentence(self, problem: Problem, count: int) -> str:
        text = _ONE[problem] if count == 1 else _MANY[problem].format(count)
        first = self._first.get(problem)
        if first is None:
            return f"{text}."
        return f"{text} ({'on' if count == 1 else 'first on'} {uk_date(first, self._zone)})."
