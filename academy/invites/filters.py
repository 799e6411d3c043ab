"""How pages write times and lengths; imported once by the roof, used in templates as filters."""

from __future__ import annotations

from datetime import datetime

from academy.invites import times
from academy.web.templates import template_filter

for _function in (times.uk_time, times.uk_date, times.uk_day, times.uk_weekday_date, times.time_range, times.when):
    template_filter(_function)


@template_filter
def day_number(instant: datetime, zone: str = times.UK) -> str:
    """``24``."""
    return str(times.utc_to_local(instant, zone).day)


@template_filter
def short_month(instant: datetime, zone: str = times.UK) -> str:
    """``Jun``."""
    return f"{times.utc_to_local(instant, zone):%b}"


@template_filter
def span(starts: datetime, ends: datetime, zone: str = times.UK) -> str:
    """``Wednesday 24 June, 9:30am to 4pm``, ``24 and 25 June 2026`` or ``24 March to 30 September 2026``."""
    first, last = times.utc_to_local(starts, zone), times.utc_to_local(ends, zone)
    if first.date() == last.date():
        return f"{times.uk_day(starts, zone)}, {times.time_range(starts, ends, zone)}"
    if (first.year, first.month) == (last.year, last.month):
        joined = "and" if (last.date() - first.date()).days == 1 else "to"
        return f"{first.day} {joined} {last.day} {last:%B} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B} {last.year}"


@template_filter
def minutes(length: int | None) -> str:
    """``3 hours``, ``1 hour 30 minutes``, ``45 minutes``."""
    hours, rest = divmod(length or 0, 60)
    told = [f"{hours} hour{'s' if hours != 1 else ''}" if hours else ""]
    told.append(f"{rest} minute{'s' if rest != 1 else ''}" if rest or not hours else "")
    return " ".join(word for word in told if word)


@template_filter
def minute_stamp(instant: datetime | None, zone: str = times.UK) -> str:
    """``24 June 2026, 9:30am``; empty for none."""
    return f"{times.uk_date(instant, zone)}, {times.uk_time(instant, zone)}" if instant else ""


@template_filter
def short_day(instant: datetime, zone: str = times.UK) -> str:
    """``24 June``."""
    local = times.utc_to_local(instant, zone)
    return f"{local.day} {local:%B}"


@template_filter
def short_stamp(instant: datetime, zone: str = times.UK) -> str:
    """``24 June, 9:30am``."""
    return f"{short_day(instant, zone)}, {times.uk_time(instant, zone)}"
