"""When somebody is busy, out of a calendar file: octets in, stretches of time and problems out. Pure.

What counts as busy:

- an entry with a time, unless it is shown as free (``TRANSP:TRANSPARENT``, or Microsoft's busy status ``FREE`` or
  ``WORKINGELSEWHERE``: at work, in another place), cancelled, or declined by whoever's calendar it is;
- an entry for whole days only if it says itself that it blocks them (``TRANSP:OPAQUE``, or Microsoft's ``BUSY``,
  ``OOF`` or ``TENTATIVE``). Programs that people keep calendars with always say so; published lists of holidays and
  birthdays say ``TRANSPARENT`` or nothing;
- the busy periods of a VFREEBUSY, but for those of type ``FREE``.

Times without a zone, and whole days, are meant in the coach's zone. Repeating entries are followed within the window
(``recurrence``). What cannot be followed or read is named in ``problems``; nothing is dropped in silence. Overlapping
times become one, so that as little as possible is known. Titles, places and people are never looked at.

Read it in a thread: the work is bounded (about a second at worst), but it is work.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from cohorts.coaching.times.content import File, Line, Part, Unreadable, take_apart
from cohorts.coaching.times.problems import Problem, Problems
from cohorts.coaching.times.recurrence import CannotFollow, Effort, Rule, TooMuchWork, parse_rule, repeats
from cohorts.coaching.times.rules import Interval
from cohorts.coaching.times.zones import Clock, Zones, local_time, universal

STEPS = 100_000
"""Of repeating entries, their exceptions and zones, for one file."""
MOST_TIMES = 5000

_MARGIN = timedelta(days=2)  # no zone is further from UTC
_FREE = {"FREE", "WORKINGELSEWHERE"}
_BLOCKS = {"BUSY", "OOF", "TENTATIVE"}
_DAY = re.compile(r"\d{8}", re.ASCII)
_UNTIL = re.compile(r"UNTIL=(\d{8})", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says. ``refused`` says why it cannot be read at all; then there are no times."""

    times: tuple[Interval, ...] = ()
    problems: tuple[str, ...] = ()
    refused: str = ""


def read(content: bytes, *, zone: str, since: datetime, until: datetime, owner: frozenset[str] = frozenset()) -> Found:
    """When the owner is busy between two instants, as the file says; stretches apart from each other, in order.

    ``zone`` is the coach's, ``owner`` holds their e-mail addresses in lower case. Raises nothing.
    """
    try:
        file = take_apart(content, owner=owner)
        found = _Reading(file, zone=zone, since=since, until=until)
        times = merged(found.times())
    except Unreadable as error:
        return Found(refused=str(error))
    except TooMuchWork:
        return Found(
            refused="The calendar repeats more entries than we can follow. "
            "Publish only free and busy times, or fewer months of it."
        )
    if len(times) > MOST_TIMES:
        return Found(refused="The calendar holds too many busy times. Publish fewer months of it.")
    return Found(times=tuple(times), problems=found.problems.sentences())


def merged(times: Iterable[Interval]) -> list[Interval]:
    """The same time in stretches that neither overlap nor touch, in order."""
    found: list[Interval] = []
    for each in sorted(times, key=lambda one: one.starts_at):
        if found and each.starts_at <= found[-1].ends_at:
            if each.ends_at > found[-1].ends_at:
                found[-1] = Interval(found[-1].starts_at, each.ends_at)
        else:
            found.append(each)
    return found


class _Moment(msgspec.Struct, frozen=True):
    """A date of the file: what its clocks show, and the instant by these clocks."""

    local: datetime
    clock: Clock
    whole_day: bool = False

    @property
    def instant(self) -> datetime:
        return self.clock(self.local)


class _Entry(msgspec.Struct):
    """A VEVENT with its times understood."""

    part: Part
    starts: _Moment
    nominal: timedelta
    """Added to the clocks of the start. With ``exact`` none, it gives the end."""
    exact: timedelta | None
    unknown_zone: bool

    def times(self, local: datetime) -> tuple[datetime, datetime]:
        """The instants of the time that begins when the clocks show ``local``."""
        starts = self.starts.clock(local)
        return starts, starts + self.exact if self.exact is not None else self.starts.clock(local + self.nominal)


class _Exceptions(msgspec.Struct):
    """Times of a repeating entry that do not hold: by their instant, or all of a local day."""

    instants: set[datetime]
    days: set[str]

    def add(self, moment: _Moment) -> None:
        if moment.whole_day:
            self.days.add(f"{moment.local:%Y%m%d}")
        else:
            self.instants.add(moment.instant)

    def holds(self, local: datetime, instant: datetime) -> bool:
        return instant in self.instants or (bool(self.days) and f"{local:%Y%m%d}" in self.days)


class _Reading:
    """One file, read once."""

    def __init__(self, file: File, *, zone: str, since: datetime, until: datetime) -> None:
        self._file = file
        self._since, self._until = since, until
        self._effort = Effort(STEPS)
        self._zones = Zones(zone, file.zones, since=since, until=until, effort=self._effort)
        self._unknown_zone = False
        self.problems = Problems(zone)

    def times(self) -> Iterator[Interval]:
        """Raises TooMuchWork."""
        for part in self._file.free_busy:
            for line in part.lines.get("FREEBUSY", []):
                yield from self._periods(line)
        together: dict[str, list[Part]] = defaultdict(list)
        for number, part in enumerate(self._file.events):
            together[part.value("UID") or f"{number} without"].append(part)
        for parts in together.values():
            yield from self._event(parts)

    # ---------------------------------------------------------------- one event
    def _event(self, parts: list[Part]) -> Iterator[Interval]:
        """Everything that the file says about one event: the series, and what was changed of it."""
        series = _newest([part for part in parts if part.first("RECURRENCE-ID") is None])
        changed: dict[str, list[Part]] = defaultdict(list)
        for part in parts:
            if line := part.first("RECURRENCE-ID"):
                changed[line.value.strip()].append(part)
        replaced = _Exceptions(set(), set())
        for each in changed.values():
            for part in _newest(each):
                yield from self._change(part, replaced)
        for part in series:
            yield from self._safely(part, replaced)

    def _change(self, part: Part, replaced: _Exceptions) -> Iterator[Interval]:
        """One time of a series that was moved, cancelled or otherwise changed."""
        line = part.lines["RECURRENCE-ID"][0]
        try:
            replaced.add(self._moment(line))
        except (ValueError, OverflowError):
            self.problems.add(Problem.DATE)
        if line.parameters.get("RANGE", "").upper() == "THISANDFUTURE":
            self.problems.add(Problem.LATER)
        part.lines.pop("RRULE", None)
        yield from self._safely(part, _Exceptions(set(), set()))

    def _safely(self, part: Part, replaced: _Exceptions) -> Iterator[Interval]:
        if _is_free(part):
            return
        try:
            entry = self._understood(part)
            found = [
                Interval(starts, ends) for starts, ends in self._all(entry, replaced) if self._matters(starts, ends)
            ]
        except (ValueError, OverflowError):
            self.problems.add(Problem.DATE)
            return
        if not found:
            return
        if entry.starts.whole_day and not _blocks_days(part):
            self.problems.add(Problem.WHOLE_DAY, found[0].starts_at)
            return
        if entry.unknown_zone:
            self.problems.add(Problem.ZONE, found[0].starts_at)
        yield from (self._cut(each) for each in found)

    def _understood(self, part: Part) -> _Entry:
        """Raises ValueError, OverflowError."""
        begins, ends, length = part.first("DTSTART"), part.first("DTEND"), part.value("DURATION")
        if begins is None:
            raise ValueError
        self._unknown_zone = False
        starts = self._moment(begins)
        nominal, exact = timedelta(days=1) if starts.whole_day else timedelta(0), None
        if ends is not None:
            end = self._moment(ends)
            nominal = end.local - starts.local
            if end.clock is not starts.clock and not starts.whole_day:
                exact = end.instant - starts.instant
        elif length:
            nominal = _duration(length)
            exact = None if starts.whole_day else nominal
        if (nominal if exact is None else exact) < timedelta(0):
            if self._since <= starts.instant < self._until:
                self.problems.add(Problem.ENDS, starts.instant)
            nominal, exact = timedelta(0), None
        return _Entry(part, starts, nominal, exact, self._unknown_zone)

    # -------------------------------------------------------------- its times
    def _all(self, entry: _Entry, replaced: _Exceptions) -> Iterator[tuple[datetime, datetime]]:
        """Every time of an entry that can lie in the window. Raises ValueError, OverflowError, TooMuchWork."""
        part = entry.part
        gone = self._exceptions(part, replaced)
        done: set[datetime] = set()
        for local in (entry.starts.local, *self._repeated(entry)):
            starts, ends = entry.times(local)
            if starts not in done and not gone.holds(local, starts):
                done.add(starts)
                yield starts, ends
        for line in part.lines.get("RDATE", []):
            for value in self._values(line):
                try:
                    local, starts, ends = self._extra(entry, line, value)
                except (ValueError, OverflowError):
                    self.problems.add(Problem.DATE)
                    continue
                if starts not in done and not gone.holds(local, starts):
                    done.add(starts)
                    yield starts, ends

    def _repeated(self, entry: _Entry) -> Iterator[datetime]:
        part = entry.part
        if part.first("EXRULE") is not None:
            self.problems.add(Problem.REPEAT, entry.starts.instant)
        for line in part.lines.get("RRULE", []):
            try:
                rule = parse_rule(line.value)
                last = self._last(rule, entry)
            except (CannotFollow, ValueError):
                ended = _UNTIL.search(line.value)
                if ended is None or ended[1] >= f"{self._since - _MARGIN:%Y%m%d}":
                    self.problems.add(Problem.REPEAT, entry.starts.instant)
                continue
            length = max(entry.nominal, entry.exact or timedelta(0))
            since = max(self._since.replace(tzinfo=None) - _MARGIN - length, entry.starts.local)
            until = self._until.replace(tzinfo=None) + _MARGIN
            for local in repeats(rule, entry.starts.local, since=since, until=until, effort=self._effort):
                if last is not None and (
                    local > last.local if last.whole_day else entry.starts.clock(local) > last.instant
                ):
                    break
                yield local

    def _last(self, rule: Rule, entry: _Entry) -> _Moment | None:
        """Up to when a rule holds: a day of the entry's own clocks, or an instant. Raises ValueError."""
        if not rule.until:
            return None
        if _DAY.fullmatch(rule.until):
            return _Moment(local_time(rule.until + "T235959"), entry.starts.clock, whole_day=True)
        return _Moment(local_time(rule.until), universal if rule.until.endswith("Z") else entry.starts.clock)

    def _extra(self, entry: _Entry, line: Line, value: str) -> tuple[datetime, datetime, datetime]:
        """One RDATE, a date or a period: local start, start and end. Raises ValueError, OverflowError."""
        begins, _, ends = value.partition("/")
        moment = self._moment(Line(line.parameters, begins))
        starts = moment.instant
        if ends:
            return moment.local, starts, self._period_end(line.parameters, starts, ends)
        if entry.exact is not None:
            return moment.local, starts, starts + entry.exact
        return moment.local, starts, moment.clock(moment.local + entry.nominal)

    def _exceptions(self, part: Part, replaced: _Exceptions) -> _Exceptions:
        lines = part.lines.get("EXDATE", [])
        if not lines:
            return replaced
        self._effort.spend(len(replaced.instants) + len(replaced.days))
        gone = _Exceptions(set(replaced.instants), set(replaced.days))
        whole_day = len(part.value("DTSTART")) == 8
        for line in lines:
            for value in self._values(line):
                try:
                    moment = self._moment(Line(line.parameters, value))
                    gone.add(msgspec.structs.replace(moment, whole_day=moment.whole_day or whole_day))
                except (ValueError, OverflowError):
                    self.problems.add(Problem.DATE)
        return gone

    # ----------------------------------------------------------------- values
    def _moment(self, line: Line) -> _Moment:
        """Raises ValueError."""
        text = line.value.strip()
        if _DAY.fullmatch(text):
            return _Moment(local_time(text + "T000000"), self._zones.own, whole_day=True)
        local = local_time(text)
        if text.endswith("Z"):
            return _Moment(local, universal)
        name = line.parameters.get("TZID", "")
        clock = self._zones.clock(name) if name else self._zones.own
        if clock is None:
            self._unknown_zone = True
        return _Moment(local, clock or self._zones.own)

    def _values(self, line: Line) -> list[str]:
        values = [each for each in line.value.split(",") if each.strip()]
        self._effort.spend(len(values))
        return values

    def _periods(self, line: Line) -> Iterator[Interval]:
        """The busy periods of a FREEBUSY line."""
        if line.parameters.get("FBTYPE", "BUSY").upper() == "FREE":
            return
        for value in self._values(line):
            begins, _, ends = value.partition("/")
            try:
                starts = self._moment(Line(line.parameters, begins)).instant
                found = Interval(starts, self._period_end(line.parameters, starts, ends))
            except (ValueError, OverflowError):
                self.problems.add(Problem.DATE)
                continue
            if self._matters(found.starts_at, found.ends_at):
                yield self._cut(found)

    def _period_end(self, parameters: dict[str, str], starts: datetime, text: str) -> datetime:
        if text.strip().startswith(("P", "+P")):
            return starts + _duration(text.strip())
        return self._moment(Line(parameters, text)).instant

    def _matters(self, starts: datetime, ends: datetime) -> bool:
        return starts < ends and ends > self._since and starts < self._until

    def _cut(self, found: Interval) -> Interval:
        return Interval(max(found.starts_at, self._since), min(found.ends_at, self._until))


def _newest(parts: list[Part]) -> list[Part]:
    """Of several versions of one thing the one with the highest SEQUENCE; all of them, if they do not differ in it."""
    if len(parts) < 2:
        return parts
    numbers = [int(text) if re.fullmatch(r"\d{1,9}", text := part.value("SEQUENCE"), re.ASCII) else 0 for part in parts]
    return [part for part, number in zip(parts, numbers, strict=True) if number == max(numbers)]


def _is_free(part: Part) -> bool:
    return (
        part.declined
        or part.value("STATUS").upper() == "CANCELLED"
        or part.value("TRANSP").upper() == "TRANSPARENT"
        or part.value("X-MICROSOFT-CDO-BUSYSTATUS").upper() in _FREE
    )


def _blocks_days(part: Part) -> bool:
    return part.value("TRANSP").upper() == "OPAQUE" or part.value("X-MICROSOFT-CDO-BUSYSTATUS").upper() in _BLOCKS


def _duration(text: str) -> timedelta:
    """Raises ValueError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or text.strip().endswith(("P", "T")):
        raise ValueError
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def window(now: datetime, days: int) -> tuple[datetime, datetime]:
    """From a day ago to so many days ahead."""
    return now.astimezone(UTC) - timedelta(days=1), now.astimezone(UTC) + timedelta(days=days)
