"""What coaches type: the week, exceptions, rules, the profile."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from academy.invites import times
from academy.web.forms import Fields, Reader, parse_time
from cohorts.coaching.times import rules
from cohorts.coaching.times.clocks import MINUTES
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import CoachProfile, CoachRules, DayException, Stretch, Week
from cohorts.coaching.times.tables import ExceptionKind, Nation

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_STRETCHES = 6
"""On one day."""

LENGTHS = (30, 45, 60, 75, 90, 120)
NATIONS = [
    (Nation.ENGLAND_AND_WALES.value, "England and Wales"),
    (Nation.SCOTLAND.value, "Scotland"),
    (Nation.NORTHERN_IRELAND.value, "Northern Ireland"),
    (Nation.NONE.value, "None: I can be booked on bank holidays"),
]
KINDS = [
    (ExceptionKind.LEAVE.value, "Leave", "Nobody can book you on these days."),
    (ExceptionKind.OFF.value, "Not available", "All day, or in the hours below."),
    (ExceptionKind.EXTRA.value, "Extra hours", "You can be booked in the hours below as well, also on a bank holiday."),
]

RULES = {
    "zone": "Time zone",
    "nation": "Bank holidays",
    "lengths": "Lengths",
    "buffer": "Kept free before and after",
    "notice": "Minimum notice",
    "horizon": "How far ahead",
    "most_a_day": "Most a day",
    "most_a_week": "Most a week",
    "place": "Place",
    "link": "Video link",
    "confirms": "Confirm each booking",
}
"""The fields of the form with the rules, in their order."""
PROFILE = {"headline": "Headline", "profile": "About you"}
EXCEPTION = ("kind", "from_on", "to_on", "from_at", "to_at", "note")


class Row(msgspec.Struct, frozen=True):
    """One stretch as it stands in the form."""

    number: int
    starts: str
    ends: str


# ---------------------------------------------------------------- the week
def typed_week(week: Week) -> list[list[Row]]:
    """The rows of each weekday before anybody types: its stretches, or an empty one."""
    return [
        [Row(number, clock(each.from_minute), clock(each.to_minute)) for number, each in enumerate(day)]
        or [Row(0, "", "")]
        for day in week
    ]


def rows_of(fields: Mapping[str, str]) -> list[list[Row]]:
    """The rows of each weekday as they were sent."""
    return [
        [
            Row(number, fields.get(name(day, number, "from"), ""), fields.get(name(day, number, "to"), ""))
            for number in range(MOST_STRETCHES)
            if name(day, number, "from") in fields
        ]
        or [Row(0, "", "")]
        for day in range(len(WEEKDAYS))
    ]


def with_one_more(rows: list[list[Row]], weekday: int) -> list[list[Row]]:
    """An empty row more on one day, up to ``MOST_STRETCHES``."""
    day = rows[weekday]
    longer = day if len(day) >= MOST_STRETCHES else [*day, Row(day[-1].number + 1, "", "")]
    return [longer if number == weekday else each for number, each in enumerate(rows)]


def like_monday(rows: list[list[Row]]) -> list[list[Row]]:
    """Tuesday to Friday have the rows of Monday."""
    return [rows[0] if 0 < number < 5 else each for number, each in enumerate(rows)]


def name(weekday: int, number: int, part: str) -> str:
    """The name of one field of the week."""
    return f"d{weekday}_{number}_{part}"


def read_week(fields: Mapping[str, str]) -> Week:
    """The week; empty rows count as not there. Raises Invalid with every error at once, by weekday."""
    reader = Reader(dict(fields))
    week = tuple(
        tuple(each for row in day if (each := _stretch(reader, weekday, row)) is not None)
        for weekday, day in enumerate(rows_of(fields))
    )
    if not reader.errors:
        for weekday, day in enumerate(week):
            for one, other in _overlapping(day):
                reader.wrong(
                    name(weekday, _number(fields, weekday, other), "from"),
                    f"{WEEKDAYS[weekday]}: {told(other)} overlaps {told(one)}. Make one of them.",
                )
    reader.done()
    return week


def _stretch(reader: Reader, weekday: int, row: Row) -> Stretch | None:
    if not row.starts.strip() and not row.ends.strip():
        return None
    starts = _minute(reader, name(weekday, row.number, "from"), f"{WEEKDAYS[weekday]}: enter when you start, like 9am.")
    ends = _minute(
        reader, name(weekday, row.number, "to"), f"{WEEKDAYS[weekday]}: enter when you finish, like 5:30pm.", end=True
    )
    if starts is None or ends is None:
        return None
    if ends <= starts:
        reader.wrong(
            name(weekday, row.number, "to"), f"{WEEKDAYS[weekday]}: it must end after {clock(starts)}, the same day."
        )
        return None
    return Stretch(starts, ends)


def _overlapping(day: Sequence[Stretch]) -> list[tuple[Stretch, Stretch]]:
    """Each stretch with the first one before it in the form that it overlaps."""
    return [
        (before[0], each)
        for number, each in enumerate(day)
        if (
            before := [
                other
                for other in day[:number]
                if other.from_minute < each.to_minute and each.from_minute < other.to_minute
            ]
        )
    ]


def _number(fields: Mapping[str, str], weekday: int, stretch: Stretch) -> int:
    """The last row that says this."""
    return max(
        row.number
        for row in rows_of(fields)[weekday]
        if (minute_of(row.starts), minute_of(row.ends, end=True)) == (stretch.from_minute, stretch.to_minute)
    )


# ------------------------------------------------------------------- times
def minute_of(text: str, *, end: bool = False) -> int | None:
    """A time of day as minutes from midnight, or none. Midnight is the beginning of the day, or its ``end``."""
    typed = re.sub(r"\s+", " ", text.strip().lower())
    if typed in ("noon", "12 noon", "midday"):
        return MINUTES // 2
    if typed in ("midnight", "12 midnight", "24:00"):
        return MINUTES if end else 0
    found = parse_time(typed)
    if found is None:
        return None
    minute = found.hour * 60 + found.minute
    return MINUTES if end and minute == 0 else minute


def clock(minute: int) -> str:
    """``9am``, ``9:30am``, ``12pm``, ``midnight``."""
    if minute % MINUTES == 0:
        return "midnight"
    hour, rest = divmod(minute, 60)
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}:{rest:02}{half}" if rest else f"{hour % 12 or 12}{half}"


def told(stretch: Stretch) -> str:
    """``9am to 12:30pm``."""
    return f"{clock(stretch.from_minute)} to {clock(stretch.to_minute)}"


def _minute(reader: Reader, field: str, sentence: str, *, end: bool = False) -> int | None:
    text = reader.text(field, sentence, most=20)
    found = minute_of(text, end=end) if text else None
    if text and found is None:
        reader.wrong(field, sentence)
    return found


# -------------------------------------------------------------- exceptions
def read_exception(fields: Fields, *, today: date) -> tuple[DayException, str]:
    """An exception and its note; without a last day it is one day. Raises Invalid with every error at once."""
    reader = Reader(fields)
    kind = reader.choice("kind", ExceptionKind, "Choose what it is.")
    from_on = reader.day("from_on", "Enter the first day, like 24 June 2026.")
    to_on = reader.day("to_on") or from_on
    typed = any(fields.get(each, "").strip() for each in ("from_at", "to_at"))
    hours: tuple[int | None, int | None] = (None, None)
    if typed or kind is ExceptionKind.EXTRA:
        hours = (
            _minute(reader, "from_at", "Enter from when, like 9am."),
            _minute(reader, "to_at", "Enter until when, like 5:30pm.", end=True),
        )
    if typed and kind is ExceptionKind.LEAVE:
        reader.wrong("from_at", "Leave is whole days. Choose “Not available” for some hours.")
    note = reader.text("note", most=200, label="The note")
    if from_on and to_on and to_on < from_on:
        reader.wrong("to_on", "The last day must not be before the first.")
    elif to_on and to_on < today:
        reader.wrong("to_on" if fields.get("to_on", "").strip() else "from_on", "These days are over. Check the date.")
    elif from_on and from_on > today + timedelta(days=731):
        reader.wrong("from_on", "That is more than two years from now. Check the year.")
    if hours[0] is not None and hours[1] is not None and hours[1] <= hours[0]:
        reader.wrong("to_at", f"It must end after {clock(hours[0])}, the same day.")
    reader.done()
    assert kind is not None and from_on is not None and to_on is not None
    found = DayException(kind=kind, from_on=from_on, to_on=to_on, from_minute=hours[0], to_minute=hours[1])
    reader.check("to_on", lambda: rules.check_exception(found))
    reader.done()
    return found, note


# ------------------------------------------------------- rules and profile
def read_rules(fields: Fields, *, offered: Collection[int] = LENGTHS) -> CoachRules:
    """The rules, with lengths out of those ``offered``. Raises Invalid with every error at once."""
    reader = Reader(fields)
    zone = reader.text("zone", "Choose a time zone.", most=64)
    if zone:
        reader.check("zone", lambda: times.zone_named(zone))
    nation = reader.choice("nation", Nation, "Choose whose bank holidays you keep.")
    lengths = tuple(int(each) for each in fields.all("lengths") if each.isascii() and each.isdigit() and len(each) < 4)
    if not lengths or not set(lengths) <= set(offered):
        reader.wrong("lengths", "Choose at least one length of a session.")
    buffer = reader.whole("buffer", "Enter the minutes, or 0.", low=0, high=240, what="number of minutes")
    notice = reader.whole("notice", "Enter the hours, or 0.", low=0, high=24 * 28, what="number of hours")
    horizon = reader.whole("horizon", "Enter the number of days.", low=1, high=400, what="number of days")
    a_day = reader.whole("most_a_day", low=1, high=20, what="number of sessions")
    a_week = reader.whole("most_a_week", low=1, high=60, what="number of sessions")
    found = CoachRules(
        zone=zone,
        nation=nation or Nation.NONE,
        place=reader.text("place", most=300, label="The place"),
        link=reader.web_address("link"),
        lengths=tuple(sorted(set(lengths))),
        buffer_minutes=buffer or 0,
        notice_hours=notice or 0,
        horizon_days=horizon or 1,
        most_a_day=a_day,
        most_a_week=a_week,
        confirms=reader.yes("confirms"),
    )
    if not reader.errors:
        field = "most_a_day" if found.notice_hours < found.horizon_days * 24 else "notice"
        reader.check(field, lambda: rules.check_rules(found))
    reader.done()
    return found


def typed_rules(coach: CoachView) -> dict[str, Any]:
    """The fields as they stand in the form before anybody types."""
    return {
        "zone": coach.zone,
        "nation": coach.nation.value,
        "lengths": [str(each) for each in coach.lengths],
        "buffer": str(coach.buffer_minutes),
        "notice": str(coach.notice_hours),
        "horizon": str(coach.horizon_days),
        "most_a_day": str(coach.most_a_day or ""),
        "most_a_week": str(coach.most_a_week or ""),
        "place": coach.place,
        "link": coach.link,
        "confirms": "yes" if coach.confirms else "",
    }


def sent_rules(fields: Fields) -> dict[str, Any]:
    """The same fields as they were sent."""
    return {**{each: fields.get(each, "") for each in RULES}, "lengths": fields.all("lengths")}


def read_profile(fields: Fields) -> CoachProfile:
    """Headline and profile. Raises Invalid with every error at once."""
    reader = Reader(fields)
    found = CoachProfile(
        headline=reader.text("headline", most=160, label="The headline"),
        profile=reader.text("profile", most=4000, lines=True, label="The text about you"),
    )
    reader.done()
    return found
