"""Local times and instants: what a coordinator types, what is stored, what people read. Pure.

Stored instants are aware and in UTC; the zone's name is kept beside them. Tell a local time with
``local_to_utc`` and show an instant with the functions below, which templates use as filters.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from academy.errors import DomainError

UK = "Europe/London"
_UK_ZONES = {UK, "Europe/Belfast", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey", "GB"}


class TimeDoesNotExist(DomainError):
    """The clocks skip this local time on this day."""

    status = 422


class UnknownZone(DomainError):
    """No time zone has this name."""

    status = 422


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """The time zone, as ``Europe/London``. Raises UnknownZone."""
    try:
        if name.startswith(("right/", "posix/")) or name in ("localtime", "posixrules", "Factory"):
            raise ValueError  # leap seconds, whatever this machine is set to, and a placeholder
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # absent, "../x", a folder's name
        raise UnknownZone("Choose a time zone from the list, like Europe/London.") from error


def local_to_utc(day: date, at: time, zone: str, *, second: bool = False) -> datetime:
    """The instant at which the clocks in ``zone`` show ``at`` on ``day``, in UTC.

    In the hour that comes twice in autumn it is the first time; ``second=True`` asks for the other one
    (``happens_twice`` says whether to ask). Raises TimeDoesNotExist in the hour that spring skips.
    """
    clocks = zone_named(zone)
    wanted = datetime.combine(day, at.replace(tzinfo=None))
    instant = wanted.replace(tzinfo=clocks, fold=int(second)).astimezone(UTC)
    if instant.astimezone(clocks).replace(tzinfo=None, fold=0) != wanted.replace(fold=0):
        raise TimeDoesNotExist(
            f"{_clock(wanted)} on {_date(wanted)} does not exist: the clocks go forward. Choose another time."
        )
    return instant


def happens_twice(day: date, at: time, zone: str) -> bool:
    """Whether the clocks show this local time twice, because they go back that day."""
    wanted = datetime.combine(day, at.replace(tzinfo=None), zone_named(zone))
    earlier, later = wanted.replace(fold=0).utcoffset(), wanted.replace(fold=1).utcoffset()
    return earlier is not None and later is not None and earlier > later


def utc_to_local(instant: datetime, zone: str = UK) -> datetime:
    """What clock and calendar show in ``zone`` at an instant (aware)."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(zone_named(zone))


def uk_time(instant: datetime, zone: str = UK) -> str:
    """``9:30am``, ``4pm``, ``12pm``, ``midnight``."""
    return _clock(utc_to_local(instant, zone))


def uk_date(instant: datetime | date, zone: str = UK) -> str:
    """``24 June 2026``, of an instant (aware) or of a day."""
    return _date(_local_day(instant, zone))


def uk_day(instant: datetime | date, zone: str = UK) -> str:
    """``Wednesday 24 June``, of an instant (aware) or of a day."""
    local = _local_day(instant, zone)
    return f"{local:%A} {local.day} {local:%B}"


def uk_weekday_date(instant: datetime | date, zone: str = UK) -> str:
    """``Wednesday 24 June 2026``, of an instant (aware) or of a day."""
    return f"{uk_day(instant, zone)} {_local_day(instant, zone).year}"


def time_range(starts: datetime, ends: datetime, zone: str = UK) -> str:
    """``9:30am to 4pm``."""
    return f"{uk_time(starts, zone)} to {uk_time(ends, zone)}"


def when(starts: datetime, ends: datetime, zone: str = UK, reader_zone: str | None = None) -> str:
    """``Wednesday 24 June 2026, 9:30am to 4pm (UK time)``.

    Where the reader's clocks show something else, theirs follows: ``; 4:30am to 11am in New York (EDT)``,
    with the day where that differs too.
    """
    text = f"{_span(starts, ends, zone)} ({zone_label(starts, zone)})"
    if not reader_zone or same_clocks(starts, ends, zone, reader_zone):
        return text
    theirs = time_range(starts, ends, reader_zone)
    if any(_local_day(at, zone) != _local_day(at, reader_zone) for at in (starts, ends)):
        theirs = _span(starts, ends, reader_zone)
    return f"{text}; {theirs} in {_place(reader_zone)} ({_abbreviation(starts, reader_zone)})"


def _span(starts: datetime, ends: datetime, zone: str) -> str:
    first, last = _local_day(starts, zone), _local_day(ends, zone)
    ends_at_midnight = utc_to_local(ends, zone).time() == time(0) and last - first == timedelta(days=1)
    if first == last or ends_at_midnight:
        return f"{uk_weekday_date(starts, zone)}, {time_range(starts, ends, zone)}"
    return (
        f"{uk_weekday_date(starts, zone)}, {uk_time(starts, zone)} "
        f"to {uk_weekday_date(ends, zone)}, {uk_time(ends, zone)}"
    )


def same_clocks(starts: datetime, ends: datetime, one: str, other: str) -> bool:
    """Whether the clocks in two zones show the same at both instants."""
    return all(utc_to_local(at, one).utcoffset() == utc_to_local(at, other).utcoffset() for at in (starts, ends))


def zone_label(instant: datetime, zone: str) -> str:
    """``UK time``; ``New York time, EDT``."""
    if zone in _UK_ZONES:
        return "UK time"
    return f"{_place(zone)} time, {_abbreviation(instant, zone)}"


def _place(zone: str) -> str:
    return "the UK" if zone in _UK_ZONES else zone.rpartition("/")[2].replace("_", " ")


def _abbreviation(instant: datetime, zone: str) -> str:
    """``EDT``; where a zone has only digits (``+04``), ``UTC+4`` or ``UTC-3:30``."""
    local = utc_to_local(instant, zone)
    name = local.tzname() or ""
    if name.isalpha():
        return name
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _local_day(instant: datetime | date, zone: str) -> date:
    return utc_to_local(instant, zone).date() if isinstance(instant, datetime) else instant


def _date(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _clock(local: datetime) -> str:
    if local.hour == 0 and local.minute == 0:
        return "midnight"
    hour, half = local.hour % 12 or 12, "am" if local.hour < 12 else "pm"
    return f"{hour}{half}" if local.minute == 0 else f"{hour}:{local.minute:02}{half}"
