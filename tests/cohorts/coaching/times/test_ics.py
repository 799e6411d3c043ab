"""What of a calendar counts as busy. Titles in these calendars are there to show that nobody reads them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.coaching.times.ics import Found, merged, read, window
from cohorts.coaching.times.rules import Interval
from tests.support.examples import examples

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SINCE, UNTIL = window(NOW, 60)


def calendar(*parts: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *(line for part in parts for line in part.split("\n")), "END:VCALENDAR"]
    return "\r\n".join(line for line in lines if line).encode() + b"\r\n"


def event(*lines: str, uid: str = "1@example.org") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:Something private", *lines, "END:VEVENT"])


def looked(*parts: str, zone: str = "Europe/London", owner: str = "coach@x.example") -> Found:
    return read(calendar(*parts), zone=zone, since=SINCE, until=UNTIL, owner=frozenset({owner}))


def busy(*parts: str, zone: str = "Europe/London") -> list[str]:
    """The busy times in UTC, of a calendar without any problem."""
    found = looked(*parts, zone=zone)
    assert (found.problems, found.refused) == ((), "")
    return [f"{each.starts_at:%d %b %H:%M} to {each.ends_at:%d %b %H:%M}" for each in found.times]


NINE = ("DTSTART:20260603T090000Z", "DTEND:20260603T100000Z")
ONCE = ["03 Jun 09:00 to 03 Jun 10:00"]


# ------------------------------------------------------------- what is busy
def test_an_entry_with_a_time_is_busy() -> None:
    assert busy(event(*NINE)) == ONCE


def test_a_length_serves_as_well_as_an_end() -> None:
    assert busy(event("DTSTART:20260603T090000Z", "DURATION:PT1H")) == ONCE
    assert busy(event("DTSTART:20260603T090000Z", "DURATION:P1DT1H30M")) == ["03 Jun 09:00 to 04 Jun 10:30"]


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
        "ATTENDEE;CN=\"Coach: me\";PARTSTAT=DECLINED:mailto:Coach@X.example",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@x.example\nATTENDEE;PARTSTAT=DECLINED:MAILTO:coach@x.example",
    ],
)  # fmt: skip
def test_an_entry_that_does_not_take_place_or_is_shown_as_free_is_not_busy(line: str) -> None:
    assert busy(event(*NINE, line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@x.example",
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:coach@x.example",
        "BEGIN:VALARM\nTRIGGER:-PT10M\nDURATION:PT5H\nTRANSP:TRANSPARENT\nSTATUS:CANCELLED\nEND:VALARM",
    ],
)
def test_what_may_take_place_is_busy(line: str) -> None:
    assert busy(event(*NINE, line)) == ONCE


@pytest.mark.parametrize("line", ["TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"])
def test_whole_days_are_busy_where_the_entry_says_so(line: str) -> None:
    assert busy(event("DTSTART;VALUE=DATE:20260603", "DTEND;VALUE=DATE:20260605", line)) == [
        "02 Jun 23:00 to 04 Jun 23:00"
    ]
    assert busy(event("DTSTART;VALUE=DATE:20260603", line)) == ["02 Jun 23:00 to 03 Jun 23:00"]


def test_whole_days_that_are_shown_as_free_are_free() -> None:
    assert busy(event("DTSTART;VALUE=DATE:20260603", "TRANSP:TRANSPARENT")) == []


def test_whole_days_that_do_not_say_are_left_out_and_the_coach_is_told() -> None:
    found = looked(event("DTSTART;VALUE=DATE:20260603"), event("DTSTART;VALUE=DATE:20200603", uid="2"))

    assert found == Found(
        problems=("1 entry for a whole day does not say whether you are busy, and is left out (on 3 June 2026).",)
    )


def test_busy_periods_of_a_published_free_busy_list() -> None:
    published = "\n".join(
        [
            "BEGIN:VFREEBUSY",
            "DTSTART:20260601T000000Z",
            "DTEND:20260701T000000Z",
            "FREEBUSY:20260603T090000Z/20260603T100000Z,20260604T090000Z/PT30M",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260605T090000Z/PT30M",
            "FREEBUSY;FBTYPE=FREE:20260608T090000Z/PT30M",
            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260609T090000Z/PT30M",
            "END:VFREEBUSY",
        ]
    )

    assert busy(published) == [
        *ONCE,
        "04 Jun 09:00 to 04 Jun 09:30",
        "05 Jun 09:00 to 05 Jun 09:30",
        "09 Jun 09:00 to 09 Jun 09:30",
    ]


def test_other_components_are_passed_over() -> None:
    assert busy("BEGIN:VTODO\nDTSTART:20260603T090000Z\nDURATION:PT1H\nEND:VTODO", "X-WR-CALNAME:Private") == []


def test_only_the_window_counts_and_times_are_cut_to_it() -> None:
    assert busy(
        event("DTSTART:20260501T090000Z", "DURATION:PT1H", uid="1"),
        event("DTSTART:20260530T090000Z", "DTEND:20260531T120000Z", uid="2"),
        event("DTSTART:20260730T090000Z", "DTEND:20271231T120000Z", uid="3"),
        event("DTSTART:20260901T090000Z", "DURATION:PT1H", uid="4"),
    ) == ["31 May 09:00 to 31 May 12:00", "30 Jul 09:00 to 31 Jul 09:00"]


def test_times_that_overlap_or_touch_become_one() -> None:
    assert busy(
        event(*NINE, uid="1"),
        event("DTSTART:20260603T093000Z", "DURATION:PT1H", uid="2"),
        event("DTSTART:20260603T103000Z", "DURATION:PT15M", uid="3"),
        event("DTSTART:20260603T091500Z", "DURATION:PT5M", uid="4"),
        event("DTSTART:20260603T110000Z", uid="5"),
    ) == ["03 Jun 09:00 to 03 Jun 10:45"]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9))))
def test_no_minute_is_lost_or_added_when_times_become_one(pairs: list[tuple[int, int]]) -> None:
    minutes = [(start, start + length) for start, length in pairs]
    times = [Interval(NOW + timedelta(minutes=a), NOW + timedelta(minutes=b)) for a, b in minutes]

    found = merged(times)

    covered = {(each - NOW) // timedelta(minutes=1) for one in found for each in _minutes(one)}
    assert covered == {minute for a, b in minutes for minute in range(a, b)}
    assert all(one.ends_at < other.starts_at for one, other in zip(found, found[1:], strict=False))


def _minutes(one: Interval) -> list[datetime]:
    length = (one.ends_at - one.starts_at) // timedelta(minutes=1)
    return [one.starts_at + timedelta(minutes=each) for each in range(length)]


# ------------------------------------------------------------------- zones
@pytest.mark.parametrize(
    "zone",
    [
        "Europe/London",
        '"Europe/London"',
        "GMT Standard Time",
        '"GMT Standard Time"',
        "gmt standard time",
        "/freeassociation.sourceforge.net/Europe/London",
        "/mozilla.org/20050126_1/Europe/London",
        '"(UTC+00:00) Dublin, Edinburgh, Lisbon, London"',
    ],
)
def test_a_zone_is_known_by_the_names_that_programs_use(zone: str) -> None:
    assert busy(event(f"DTSTART;TZID={zone}:20260603T100000", f"DTEND;TZID={zone}:20260603T110000")) == ONCE


def test_times_in_other_zones() -> None:
    assert busy(
        event("DTSTART;TZID=America/New_York:20260603T090000", "DURATION:PT1H", uid="1"),
        event("DTSTART;TZID=W. Europe Standard Time:20260604T090000", "DURATION:PT1H", uid="2"),
        event("DTSTART;TZID=America/Argentina/Buenos_Aires:20260605T090000", "DURATION:PT1H", uid="3"),
        event('DTSTART;TZID="tzone://Microsoft/Utc":20260606T090000', "DURATION:PT1H", uid="4"),
        event("DTSTART;TZID=Europe/Paris:20260607T090000", "DTEND;TZID=Europe/London:20260607T090000", uid="5"),
    ) == [
        "03 Jun 13:00 to 03 Jun 14:00",
        "04 Jun 07:00 to 04 Jun 08:00",
        "05 Jun 12:00 to 05 Jun 13:00",
        "06 Jun 09:00 to 06 Jun 10:00",
        "07 Jun 07:00 to 07 Jun 08:00",
    ]


@pytest.mark.parametrize(("zone", "starts"), [("Europe/London", "08:00"), ("Asia/Tokyo", "00:00")])
def test_a_time_without_a_zone_is_meant_in_the_coachs(zone: str, starts: str) -> None:
    (found,) = busy(event("DTSTART:20260603T090000", "DURATION:PT1H"), zone=zone)

    assert found.startswith(f"03 Jun {starts}")


CUSTOM = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def test_a_zone_that_the_file_defines_itself() -> None:
    zone = CUSTOM.format(name="Customised Time Zone")

    assert busy(zone, event("DTSTART;TZID=Customised Time Zone:20260603T100000", "DURATION:PT1H")) == ONCE
    assert busy(event("DTSTART;TZID=Customised Time Zone:20260603T100000", "DURATION:PT1H"), zone) == ONCE


@examples(60)
@given(st.integers(0, 24 * 400))
def test_a_zone_of_the_file_agrees_with_the_database_of_zones(hours: int) -> None:
    local = datetime(2026, 1, 1) + timedelta(hours=hours)  # noqa: DTZ001
    real = local.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    lines = event(f"DTSTART;TZID=Odd:{local:%Y%m%dT%H%M%S}", "DURATION:PT1H")

    found = read(
        calendar(CUSTOM.format(name="Odd"), lines),
        zone="Asia/Tokyo",
        since=real - timedelta(days=1),
        until=real + timedelta(days=1),
    )

    skipped = real.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None) != local
    assert found.problems == ()
    assert [each.starts_at for each in found.times] == [real - timedelta(hours=1) if skipped else real]


def test_a_zone_of_fixed_offset_and_one_with_dates() -> None:
    fixed = (
        "BEGIN:VTIMEZONE\nTZID:Fixed\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:-0330\nTZOFFSETTO:-0330\nEND:STANDARD\nEND:VTIMEZONE"
    )
    dated = (
        "BEGIN:VTIMEZONE\nTZID:Dated\nBEGIN:STANDARD\nDTSTART:20250101T000000\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0200\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20250601T000000\n"
        "RDATE:20260601T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0300\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )

    assert busy(fixed, event("DTSTART;TZID=Fixed:20260603T053000", "DURATION:PT1H")) == ONCE
    assert busy(dated, event("DTSTART;TZID=Dated:20260603T120000", "DURATION:PT1H")) == ONCE


def test_a_zone_is_known_by_the_place_that_the_file_names() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Odd\nX-LIC-LOCATION:Europe/London\nEND:VTIMEZONE"

    assert busy(zone, event("DTSTART;TZID=Odd:20260603T100000", "DURATION:PT1H")) == ONCE


@pytest.mark.parametrize(
    "definition",
    [
        "",
        "BEGIN:VTIMEZONE\nTZID:Odd\nEND:VTIMEZONE",
        CUSTOM.format(name="Odd").replace("YEARLY", "SECONDLY"),
        CUSTOM.format(name="Odd").replace("+0100", "+9900"),
        CUSTOM.format(name="Odd").replace("16010101", "16019999"),
    ],
)
def test_a_zone_that_nobody_knows_is_read_as_the_coachs_and_told(definition: str) -> None:
    found = looked(definition, event("DTSTART;TZID=Odd:20260603T100000", "DURATION:PT1H"))

    assert found == Found(
        times=(Interval(datetime(2026, 6, 3, 9, tzinfo=UTC), datetime(2026, 6, 3, 10, tzinfo=UTC)),),
        problems=("1 entry names a time zone that we do not know: its time is read as one in yours (on 3 June 2026).",),
    )


# --------------------------------------------------------------- repeating
def days(*parts: str) -> list[str]:
    return [each[:12] for each in busy(*parts)]


def test_a_weekly_entry_stands_in_the_window_only() -> None:
    assert days(event("DTSTART:20200106T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO;INTERVAL=4")) == [
        "15 Jun 09:00",
        "13 Jul 09:00",
    ]


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change() -> None:
    lines = event("DTSTART;TZID=Europe/London:20260302T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=40")

    found = read(
        calendar(lines),
        zone="Europe/London",
        since=datetime(2026, 3, 20, tzinfo=UTC),
        until=datetime(2026, 4, 8, tzinfo=UTC),
    )

    assert [f"{each.starts_at:%d %b %H:%M}" for each in found.times] == ["23 Mar 09:00", "30 Mar 08:00", "06 Apr 08:00"]


@pytest.mark.parametrize(
    "until", ["20260615T080000Z", "20260615T090000", "20260615", "20260615T235959Z", "20260621T000000"]
)
def test_a_series_ends_with_the_day_that_it_names(until: str) -> None:
    lines = ("DTSTART;TZID=Europe/London:20260601T090000", "DURATION:PT1H", f"RRULE:FREQ=WEEKLY;UNTIL={until}")

    assert days(event(*lines)) == ["01 Jun 08:00", "08 Jun 08:00", "15 Jun 08:00"]


def test_a_series_that_ended_just_before_has_one_time_less() -> None:
    lines = ("DTSTART;TZID=Europe/London:20260601T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;UNTIL=20260615T075959Z")

    assert days(event(*lines)) == ["01 Jun 08:00", "08 Jun 08:00"]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/London:20260608T090000",
        "EXDATE:20260608T080000Z",
        "EXDATE;TZID=America/New_York:20260608T040000",
        "EXDATE;VALUE=DATE:20260608",
    ],
)
def test_a_time_that_is_taken_out_of_a_series(line: str) -> None:
    lines = ("DTSTART;TZID=Europe/London:20260601T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3", line)

    assert days(event(*lines)) == ["01 Jun 08:00", "15 Jun 08:00"]


def test_a_day_that_is_taken_out_of_a_series_of_days() -> None:
    lines = ("DTSTART;VALUE=DATE:20260601", "TRANSP:OPAQUE", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20260608T000000Z")

    assert days(event(*lines)) == ["31 May 23:00", "14 Jun 23:00"]


def test_dates_that_are_added_to_an_entry() -> None:
    lines = (*NINE, "RDATE:20260604T090000Z,20260605T090000Z", "RDATE;VALUE=PERIOD:20260608T090000Z/PT3H")

    assert busy(event(*lines)) == [
        *ONCE,
        "04 Jun 09:00 to 04 Jun 10:00",
        "05 Jun 09:00 to 05 Jun 10:00",
        "08 Jun 09:00 to 08 Jun 12:00",
    ]


SERIES = event("DTSTART;TZID=Europe/London:20260601T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")


def test_one_time_of_a_series_was_moved() -> None:
    moved = event("RECURRENCE-ID:20260608T080000Z", "DTSTART:20260610T120000Z", "DURATION:PT1H")

    assert days(SERIES, moved) == days(moved, SERIES) == ["01 Jun 08:00", "10 Jun 12:00", "15 Jun 08:00"]


def test_one_time_of_a_series_was_cancelled_or_made_free() -> None:
    for line in ("STATUS:CANCELLED", "TRANSP:TRANSPARENT"):
        gone = event("RECURRENCE-ID;TZID=Europe/London:20260608T090000", "DTSTART:20260608T080000Z", line)

        assert days(SERIES, gone) == ["01 Jun 08:00", "15 Jun 08:00"]


def test_a_changed_time_whose_date_has_no_time_of_day() -> None:
    moved = event("RECURRENCE-ID;VALUE=DATE:20260608", "DTSTART:20260610T120000Z", "DURATION:PT1H")

    assert days(SERIES, moved) == ["01 Jun 08:00", "10 Jun 12:00", "15 Jun 08:00"]


def test_a_changed_time_without_its_series() -> None:
    assert days(event("RECURRENCE-ID:20260608T080000Z", *NINE)) == ["03 Jun 09:00"]


def test_a_change_of_all_later_times_is_told() -> None:
    moved = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260608T080000Z", "DTSTART:20260610T120000Z", "DURATION:PT1H")

    assert looked(SERIES, moved).problems == (
        "1 change of “this and all later times” of an entry counts for that one time only.",
    )


def test_of_two_versions_the_later_one_counts() -> None:
    older = event(*NINE, "SEQUENCE:1")
    newer = event("DTSTART:20260605T090000Z", "DURATION:PT1H", "SEQUENCE:2")

    assert days(older, newer) == days(newer, older) == ["05 Jun 09:00"]


@pytest.mark.parametrize(
    "line",
    ["RRULE:FREQ=SECONDLY", "RRULE:FREQ=WEEKLY;BYHOUR=9,15", "RRULE:rubbish", "RRULE:FREQ=DAILY;UNTIL=tomorrow",
     "EXRULE:FREQ=DAILY", "RRULE:FREQ=HOURLY;UNTIL=20260701"],
)  # fmt: skip
def test_a_series_that_we_cannot_follow_is_told_and_its_first_time_counts(line: str) -> None:
    found = looked(event(*NINE, line))

    assert [f"{each.starts_at:%d %b}" for each in found.times] == ["03 Jun"]
    assert found.problems == (
        "1 entry repeats in a way that we cannot follow: only its first time counts as busy (on 3 June 2026).",
    )


def test_a_series_that_we_cannot_follow_and_that_is_over_is_not_worth_a_word() -> None:
    lines = ("DTSTART:20200603T090000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;UNTIL=20200701T000000Z")

    assert busy(event(*lines)) == []


# ------------------------------------------------------------------ problems
@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20269903T090000Z",),
        ("DTSTART:yesterday",),
        ("DTSTART:٢٠٢٦٠٦٠٣T090000Z",),
        ("DTEND:20260603T090000Z",),
        ("DTSTART:20260603T090000Z", "DTEND:20260603T250000Z"),
        ("DTSTART:20260603T090000Z", "DURATION:1 hour"),
        ("DTSTART:20260603T090000Z", "DURATION:PT"),
    ],
)
def test_a_date_that_cannot_be_read_is_told(lines: tuple[str, ...]) -> None:
    found = looked(event(*lines, uid="2"), event(*NINE))

    assert [f"{each.starts_at:%d %b}" for each in found.times] == ["03 Jun"]
    assert found.problems == ("1 date or length cannot be read, and is left out.",)


def test_one_date_that_cannot_be_read_does_not_take_the_others_with_it() -> None:
    found = looked(event(*NINE, "RDATE:20260604Z,20260605T090000Z", "EXDATE:never"))

    assert [f"{each.starts_at:%d %b}" for each in found.times] == ["03 Jun", "05 Jun"]
    assert found.problems == ("2 dates or lengths cannot be read, and are left out.",)


def test_an_entry_that_ends_before_it_begins_is_told() -> None:
    found = looked(event("DTSTART:20260603T090000Z", "DTEND:20260603T080000Z"))

    assert found == Found(problems=("1 entry ends before it begins, and is left out (on 3 June 2026).",))


def test_problems_are_counted_and_the_first_is_dated() -> None:
    found = looked(
        event(*NINE, "RRULE:FREQ=HOURLY", uid="1"),
        event("DTSTART:20260602T090000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY", uid="2"),
    )

    assert found.problems == (
        "2 entries repeat in a way that we cannot follow: only their first time counts as busy (first on 2 June 2026).",
    )


def test_what_is_private_stands_nowhere() -> None:
    private = event(*NINE, "LOCATION:Clinic", "DESCRIPTION:Results", "ORGANIZER;CN=Dr Who:mailto:dr@x.example")

    assert "rivate" not in repr(looked(private, event("DTSTART:x", "RRULE:FREQ=SECONDLY")))
    assert "Clinic" not in repr(looked(private))


# ------------------------------------------------------------ how it is written
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_end_in_any_way_and_are_folded(end: str) -> None:
    text = calendar(event('DTSTART;X-LONG="a;b:c"\n ;TZID=Europe/\n London:20260603\n\tT100000', "DURATION:PT1H"))

    found = read(
        b"\xef\xbb\xbf" + text.decode().replace("\r\n", end).encode(), zone="Asia/Tokyo", since=SINCE, until=UNTIL
    )

    assert [f"{each.starts_at:%d %b %H:%M}" for each in found.times] == ["03 Jun 09:00"]


def test_names_are_read_in_any_case() -> None:
    assert busy("begin:vevent\ndtstart;tzid=Europe/London:20260603T100000\nduration:pt1h".replace("pt1h", "PT1H")
                + "\nend:vevent") == ONCE  # fmt: skip


def test_an_entry_that_is_not_closed_is_not_lost() -> None:
    first = "BEGIN:VEVENT\nDTSTART:20260603T090000Z\nDURATION:PT1H"
    second = "BEGIN:VEVENT\nDTSTART:20260604T090000Z\nDURATION:PT1H"

    assert days(first, second) == ["03 Jun 09:00", "04 Jun 09:00"]


def test_several_calendars_in_one_file() -> None:
    both = calendar(event(*NINE)) + calendar(event("DTSTART:20260604T090000Z", "DURATION:PT1H"))

    assert len(read(both, zone="Europe/London", since=SINCE, until=UNTIL).times) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is not a calendar. It must be one in the iCalendar format, which ends in .ics."),
        (b"name,date\n", "This is not a calendar. It must be one in the iCalendar format, which ends in .ics."),
        (b"PK\x03\x04", "This is not a calendar. It must be one in the iCalendar format, which ends in .ics."),
        (b"\x1f\x8b\x08", "This is not a calendar. It must be one in the iCalendar format, which ends in .ics."),
        (b"\n<!doctype html><title>Sign in</title>",
         "This is a web page and not the calendar itself. Copy the address that ends in .ics."),
        (calendar(event(*NINE))[:-20], "The calendar stops in the middle. Publish or save it again."),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 60_000,
         "The file is built unlike any calendar. Publish or save it again."),
    ],
)  # fmt: skip
def test_what_is_no_calendar_is_refused_with_a_way_out(content: bytes, sentence: str) -> None:
    assert read(content, zone="Europe/London", since=SINCE, until=UNTIL) == Found(refused=sentence)


def test_a_calendar_without_entries_is_one() -> None:
    assert looked() == Found()
