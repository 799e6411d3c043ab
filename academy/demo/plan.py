"""What a year is planned with: days that people work on, cohorts as they are meant to go. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

import msgspec

from academy.demo.people import Somebody
from academy.invites.times import UK, local_to_utc, utc_to_local
from cohorts.schedule.tables import Format

ONE = timedelta(days=1)


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One session as planned, by the clocks of the United Kingdom."""

    title: str
    day: date
    begins: time
    ends: time
    compulsory: bool = False
    link: str = ""
    """Where it takes place online, if its cohort meets in person."""

    @property
    def starts_at(self) -> datetime:
        return local_to_utc(self.day, self.begins, UK)

    @property
    def ends_at(self) -> datetime:
        return local_to_utc(self.day, self.ends, UK)


class Plan(msgspec.Struct, kw_only=True):
    """One cohort, and how it goes. What lies in the future has not happened yet, whatever the plan says."""

    programme: str
    name: str
    code: str
    meetings: tuple[Meeting, ...]
    region: str = ""
    format: Format = Format.IN_PERSON
    venue: str = ""
    link: str = ""
    capacity: int = 20
    minimum: int = 0
    reminder_days: str = "7,1"
    announced: int = 60
    """Days before the first session on which it is planned; published the next working day."""
    published: bool = True
    people: tuple[Somebody, ...] = ()
    """In the order in which they come; the last of them may have to wait."""
    withdrawing: int = 0
    waves: int = 3
    imported: bool = False
    came: float = 0.9
    """The share of a session's people who come."""
    always: frozenset[str] = frozenset()
    """Addresses of people who never miss a session."""
    replying: float = 0.0
    """The share of people whose answers to invites are kept."""
    leader: int = 0
    no_register: bool = False
    never_closed: bool = False

    @property
    def first(self) -> datetime:
        return self.meetings[0].starts_at

    @property
    def last(self) -> datetime:
        return max(meeting.ends_at for meeting in self.meetings)


class Days:
    """Working days around today, counted as plain days from it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = utc_to_local(now, UK).date()

    def dates(self, *offsets: int) -> list[date]:
        """A working day for each offset, in order and all different: past ones earlier if need be, others later."""
        past = sorted((each for each in offsets if each < 0), reverse=True)
        coming = sorted(each for each in offsets if each >= 0)
        found: list[date] = []
        latest = self.today
        for offset in past:
            latest = self._working(min(self.today + offset * ONE, latest - ONE), -ONE)
            found.insert(0, latest)
        latest = self.today
        for offset in coming:
            latest = self._working(max(self.today + offset * ONE, latest + ONE), ONE)
            found.append(latest)
        return found

    def working(self, day: date) -> date:
        """The day, or the next on which people work."""
        return self._working(day, ONE)

    def _working(self, day: date, step: timedelta) -> date:
        if (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1):
            day += 14 * step  # and not all on the first day after the holidays
        while day.weekday() > 4:
            day += step
        return day


def share_out(rng: Random, total: int, parts: int) -> list[int]:
    """``total`` people over so many meetings, the third of them a great success; the sum is exact."""
    weights = [rng.uniform(0.6, 1.4) for _ in range(parts)]
    if parts > 3:
        weights[2] = parts * 0.145
    shares = [int(total * weight / sum(weights)) for weight in weights]
    for at in range(total - sum(shares)):
        shares[at % parts] += 1
    return shares


def meetings(
    titles: Sequence[str], days: Sequence[date], begins: str, ends: str, compulsory: int = -1
) -> tuple[Meeting, ...]:
    """Sessions of the same hours; ``compulsory`` is the number of one that nobody may miss."""
    return tuple(
        Meeting(
            title=title,
            day=day,
            begins=time.fromisoformat(begins),
            ends=time.fromisoformat(ends),
            compulsory=number == compulsory,
        )
        for number, (title, day) in enumerate(zip(titles, days, strict=True))
    )


def online_at_last(planned: tuple[Meeting, ...]) -> tuple[Meeting, ...]:
    """The last session is shorter, and people join it from where they are."""
    *others, last = planned
    link = "https://meet.example/follow-up"
    return (*others, msgspec.structs.replace(last, begins=time(10), ends=time(12), link=link))


def by_day(at: datetime) -> datetime:
    """The same day between 8:30am and 5pm: people do not do these things at night. What came earlier stays earlier."""
    local = utc_to_local(at, UK)
    passed = (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) / ONE
    minutes = 8 * 60 + 30 + int(passed * 510)
    return local_to_utc(local.date(), time(minutes // 60, minutes % 60), UK) + timedelta(seconds=local.second)
