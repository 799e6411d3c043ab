"""No calendar, however it is made, raises anything, takes long or fills the memory."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.coaching.times import ics
from cohorts.coaching.times.content import MOST_LINES, MOST_OCTETS
from cohorts.coaching.times.ics import MOST_TIMES, Found, read, window
from cohorts.coaching.times.recurrence import Effort, TooMuchWork
from tests.support.examples import examples

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SINCE, UNTIL = window(NOW, 70)
PUBLIC = Path(__file__).parents[5] / "shared" / "ical" / "public"
"""Calendars from the tests of other programs, if they are there beside the project."""
FILES = sorted(PUBLIC.glob("*.ics"))

TOO_LARGE = "The calendar is larger than 1 MB. Publish only free and busy times, or fewer months of it."
TOO_MANY_LINES = "The calendar has too many lines. Publish only free and busy times, or fewer months of it."
TOO_MANY_ENTRIES = "The calendar has too many entries. Publish fewer months of it."
TOO_MANY_TIMES = "The calendar holds too many busy times. Publish fewer months of it."
TOO_DEEP = "The file is built unlike any calendar. Publish or save it again."
TOO_MUCH = (
    "The calendar repeats more entries than we can follow. Publish only free and busy times, or fewer months of it."
)


def look(content: bytes) -> Found:
    return read(content, zone="Europe/London", since=SINCE, until=UNTIL, owner=frozenset({"coach@x.example"}))


def calendar(text: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n".encode()


def event(number: int, more: str = "") -> str:
    return f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART:20260603T090000Z\r\nDURATION:PT1H\r\n{more}END:VEVENT\r\n"


def zone(number: int) -> str:
    every_day = "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    part = f"DTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\n{every_day}\r\n"
    parts = f"BEGIN:STANDARD\r\n{part}END:STANDARD\r\n" * 10
    return f"BEGIN:VTIMEZONE\r\nTZID:Odd{number}\r\n{parts}END:VTIMEZONE\r\n"


def in_zone(number: int) -> str:
    return event(number).replace("DTSTART:20260603T090000Z", f"DTSTART;TZID=Odd{number}:20260603T090000")


def minutes(count: int) -> str:
    return "".join(
        f"FREEBUSY:2026{6 + each // 20160:02}{each // 720 % 28 + 1:02}T{each // 30 % 24:02}{each % 30 * 2:02}00Z"
        "/PT1M\r\n"
        for each in range(count)
    )


OLD_SERIES = calendar("".join(event(n, "RRULE:FREQ=DAILY;COUNT=99999\r\n") for n in range(30)).replace("2026", "1800"))


def test_a_file_of_more_than_1_mebibyte_is_not_looked_at() -> None:
    assert look(calendar("".join(event(each) for each in range(20_000)))) == Found(refused=TOO_LARGE)
    assert look(b"BEGIN:VCALENDAR\r\n" + b"X" * MOST_OCTETS) == Found(refused=TOO_LARGE)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"BEGIN:VCALENDAR\n" + b"\n" * 1_000_000, TOO_MANY_LINES),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 60_000, TOO_MANY_ENTRIES),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VALARM\r\n" * 60_000, TOO_DEEP),
        (calendar("BEGIN:VEVENT\nEND:VEVENT\n" * 6000), TOO_MANY_ENTRIES),
        (calendar("BEGIN:VTIMEZONE\nEND:VTIMEZONE\n" * 300), TOO_MANY_ENTRIES),
        (calendar("".join(event(each, "RRULE:FREQ=DAILY\r\n") for each in range(2000))), TOO_MUCH),
        (OLD_SERIES, TOO_MUCH),
        (calendar("".join(zone(each) + in_zone(each) for each in range(150))), TOO_MUCH),
        (calendar(event(1, "EXDATE:" + "20260604T090000Z," * 50_000 + "\r\n") * 2), TOO_LARGE),
        (calendar(event(1, "RDATE:" + "20260604T090000Z," * 50_000 + "\r\n" + "RRULE:FREQ=DAILY\r\n" * 900)), TOO_MUCH),
        (calendar("BEGIN:VFREEBUSY\r\n" + minutes(25_000) + "END:VFREEBUSY\r\n"), TOO_MANY_TIMES),
    ],
    ids=["lines", "nested events", "nested alarms", "events", "zones", "series", "old series", "rules of zones",
         "exceptions", "added dates", "busy times"],
)  # fmt: skip
def test_a_file_that_asks_for_too_much_is_refused(content: bytes, refused: str) -> None:
    assert look(content) == Found(refused=refused)


@pytest.mark.parametrize(
    "more",
    [
        "DESCRIPTION:" + "x" * 900_000 + "\r\n",
        "DESCRIPTION:" + "x\r\n " * 90_000 + "\r\n",
        "ATTENDEE:mailto:a@b.example\r\n" * 30_000,
        'EXDATE;X="' + '""' * 400_000 + ":1\r\n",
        "EXDATE;X=" + '""' * 400_000 + ":1\r\n",
        "EXDATE;X=" + "a" * 900_000 + "\r\n",
        "EXDATE" + ";X=1" * 200_000 + ":1\r\n",
        ":\r\n" * 90_000,
        "\0" * 900_000 + "\r\n",
    ],
)
def test_long_lines_and_many_of_them_are_passed_over(more: str) -> None:
    assert [f"{each.starts_at:%d %b %H:%M}" for each in look(calendar(event(1, more))).times] == ["03 Jun 09:00"]


def test_5000_entries_are_read() -> None:
    assert len(look(calendar("".join(event(each) for each in range(5000)))).times) == 1
    assert MOST_TIMES == 5000 and MOST_LINES == 100_000


def test_control_without_bounded_work_a_small_file_asks_for_millions_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = 0

    class Endless(Effort):
        def spend(self, steps: int) -> None:
            nonlocal spent
            spent += steps
            if spent > 1_000_000:  # the control itself has to end
                raise TooMuchWork

    monkeypatch.setattr(ics, "Effort", Endless)
    small = calendar(
        "".join(event(each, "RRULE:FREQ=DAILY;COUNT=99999\r\n") for each in range(30)).replace("2026", "1800")
    )

    look(small)

    assert len(small) < 4000
    assert spent > 1_000_000


# -------------------------------------------------- calendars of other people
@pytest.mark.skipif(not FILES, reason="the calendars of other programs' tests are not beside the project")
def test_calendars_that_broke_other_programs() -> None:
    found = {path.name: look(path.read_bytes()) for path in FILES}

    assert len(found) == 46
    assert [name for name, each in found.items() if each.refused and (each.times or each.problems)] == []
    assert sum(not each.refused for each in found.values()) == 33


@pytest.mark.skipif(not FILES, reason="the calendars of other programs' tests are not beside the project")
def test_calendars_that_broke_other_programs_in_the_years_that_they_speak_of() -> None:
    for path in FILES:
        for year in (1997, 2006, 2012, 2014, 2020, 2021, 2022, 2025):
            since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
            found = read(path.read_bytes(), zone="Europe/London", since=since, until=until)

            assert all(since <= each.starts_at < each.ends_at <= until for each in found.times)


# ----------------------------------------------------------------- made up
PIECES = [
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE",
    "TZID:X", "BEGIN:STANDARD", "END:STANDARD", "TZOFFSETFROM:+0100", "TZOFFSETTO:-1200",
    "DTSTART:00010101T000000Z", "DTSTART:99991231T235959", "DTSTART;TZID=X:20260603T090000",
    "DTSTART;VALUE=DATE:20260603", "DTSTART:20260603T0900Z", "DTEND:20260603T100000Z",
    "DTEND;TZID=Asia/Tokyo:99991231T235959", "DTEND;VALUE=DATE:99991231", "DURATION:P9999W", "DURATION:-PT1H",
    "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;COUNT=99999", "RRULE:FREQ=MONTHLY;UNTIL=99991231T000000Z",
    "RDATE:20260605T000000Z/99991231T000000Z", "EXDATE:99991231T235959Z", "RECURRENCE-ID:20260603T090000Z",
    "UID:1", "SEQUENCE:9", "TRANSP:OPAQUE", "BEGIN:VFREEBUSY", "END:VFREEBUSY",
    "FREEBUSY:20260603T090000Z/P9999W", "\r", " ", "\0",
]  # fmt: skip


@examples(100)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_whatever_is_put_together_is_read_or_refused(pieces: list[str]) -> None:
    found = look("\r\n".join(["BEGIN:VCALENDAR", *pieces, "END:VEVENT", "END:VCALENDAR"]).encode())

    assert not found.refused or not found.times
    assert all(SINCE <= each.starts_at < each.ends_at <= UNTIL for each in found.times)
    assert all(one.ends_at < other.starts_at for one, other in zip(found.times, found.times[1:], strict=False))


@examples(60)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_whatever_octets_come_they_are_read_or_refused(octets: bytes, at: int) -> None:
    whole = calendar(event(1, "RRULE:FREQ=WEEKLY;BYDAY=MO,TU\r\nEXDATE:20260604T090000Z\r\n"))

    look(octets)
    look(whole[:at] + octets + whole[at:])
