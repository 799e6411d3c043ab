"""Local times, the two strange nights of the year, and how people read a time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import DomainError
from academy.invites import times

LONDON, NEW_YORK = "Europe/London", "America/New_York"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_half_past_nine_in_june_is_half_past_eight_in_utc() -> None:
    assert times.local_to_utc(date(2026, 6, 24), time(9, 30), LONDON) == utc(2026, 6, 24, 8, 30)


def test_half_past_nine_in_december_is_half_past_nine_in_utc() -> None:
    assert times.local_to_utc(date(2026, 12, 2), time(9, 30), LONDON) == utc(2026, 12, 2, 9, 30)


def test_a_time_that_the_clocks_skip_is_refused_with_a_sentence() -> None:
    with pytest.raises(times.TimeDoesNotExist) as refused:
        times.local_to_utc(SPRING, time(1, 30), LONDON)

    sentence = "1:30am on 29 March 2026 does not exist: the clocks go forward. Choose another time."
    assert (str(refused.value), refused.value.status) == (sentence, 422)
    assert isinstance(refused.value, DomainError)


def test_control_plain_conversion_takes_the_skipped_time() -> None:
    plain = datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo(LONDON)).astimezone(UTC)

    assert plain.astimezone(ZoneInfo(LONDON)).hour == 2


@pytest.mark.parametrize(
    ("at", "exists"), [(time(0, 59), True), (time(1), False), (time(1, 59), False), (time(2), True)]
)
def test_only_the_skipped_hour_is_refused(at: time, exists: bool) -> None:
    if exists:
        assert times.utc_to_local(times.local_to_utc(SPRING, at, LONDON)).time() == at
    else:
        with pytest.raises(times.TimeDoesNotExist):
            times.local_to_utc(SPRING, at, LONDON)


def test_a_time_that_comes_twice_is_the_first_unless_the_second_is_asked_for() -> None:
    first = times.local_to_utc(AUTUMN, time(1, 30), LONDON)
    second = times.local_to_utc(AUTUMN, time(1, 30), LONDON, second=True)

    assert (first, second) == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))


@pytest.mark.parametrize(
    ("day", "at", "twice"),
    [
        (AUTUMN, time(0, 59), False),
        (AUTUMN, time(1), True),
        (AUTUMN, time(1, 59), True),
        (AUTUMN, time(2), False),
        (SPRING, time(1, 30), False),
    ],
)
def test_only_the_hour_that_comes_twice_is_said_to(day: date, at: time, twice: bool) -> None:
    assert times.happens_twice(day, at, LONDON) is twice


def test_half_an_hour_is_skipped_on_lord_howe_island() -> None:
    day = date(2026, 10, 4)

    with pytest.raises(times.TimeDoesNotExist):
        times.local_to_utc(day, time(2, 15), "Australia/Lord_Howe")
    assert times.local_to_utc(day, time(2, 30), "Australia/Lord_Howe") == utc(2026, 10, 3, 15, 30)


@pytest.mark.parametrize("name", ["Europe/Londn", "", "../etc/passwd", "Europe", "/etc/localtime", "x\0y", "BST"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(times.UnknownZone, match="Choose a time zone from the list"):
        times.local_to_utc(SPRING, time(9), name)


@pytest.mark.parametrize("name", ["right/Europe/London", "posix/Europe/London", "posixrules", "localtime", "Factory"])
def test_a_zone_that_is_another_on_the_next_machine_is_refused(name: str) -> None:
    with pytest.raises(times.UnknownZone, match="Choose a time zone from the list"):
        times.zone_named(name)


YEARS = datetime(2000, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone


@given(
    instant=st.datetimes(*YEARS, timezones=st.just(UTC)),
    zone=st.sampled_from([LONDON, NEW_YORK, "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]),
)
def test_every_instant_comes_back_from_what_the_clocks_show(instant: datetime, zone: str) -> None:
    shown = times.utc_to_local(instant, zone)

    assert times.local_to_utc(shown.date(), shown.time(), zone, second=bool(shown.fold)) == instant


def test_a_naive_instant_is_an_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        times.uk_time(datetime(2026, 6, 24, 9, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (utc(2026, 6, 24, 8, 30), "9:30am"),
        (utc(2026, 6, 24, 15), "4pm"),
        (utc(2026, 6, 24, 11), "12pm"),
        (utc(2026, 6, 24, 11, 5), "12:05pm"),
        (utc(2026, 6, 23, 23), "midnight"),
        (utc(2026, 6, 23, 23, 15), "12:15am"),
    ],
)
def test_times_are_written_as_people_say_them(instant: datetime, text: str) -> None:
    assert times.uk_time(instant) == text


def test_dates_are_those_of_the_local_day() -> None:
    late = utc(2026, 6, 23, 23, 30)

    assert times.uk_date(late) == "24 June 2026"
    assert times.uk_day(late) == "Wednesday 24 June"
    assert times.uk_weekday_date(late) == "Wednesday 24 June 2026"
    assert times.uk_date(late, NEW_YORK) == "23 June 2026"
    assert times.uk_date(date(2026, 6, 4)) == "4 June 2026"


NINE, FOUR = utc(2026, 6, 24, 8, 30), utc(2026, 6, 24, 15)


def test_a_session_is_written_with_day_times_and_zone() -> None:
    assert times.when(NINE, FOUR) == "Wednesday 24 June 2026, 9:30am to 4pm (UK time)"


def test_a_person_abroad_reads_both_times() -> None:
    assert times.when(NINE, FOUR, LONDON, NEW_YORK) == (
        "Wednesday 24 June 2026, 9:30am to 4pm (UK time); 4:30am to 11am in New York (EDT)"
    )


@pytest.mark.parametrize("zone", [LONDON, "Europe/Lisbon", "Europe/Belfast", None])
def test_a_person_with_the_same_clocks_reads_one_time(zone: str | None) -> None:
    assert times.when(NINE, FOUR, LONDON, zone) == "Wednesday 24 June 2026, 9:30am to 4pm (UK time)"


def test_another_day_is_said_where_the_reader_has_one() -> None:
    assert times.when(NINE, FOUR, LONDON, "Pacific/Auckland") == (
        "Wednesday 24 June 2026, 9:30am to 4pm (UK time); "
        "Wednesday 24 June 2026, 8:30pm to Thursday 25 June 2026, 3am in Auckland (NZST)"
    )


def test_a_session_abroad_names_its_place() -> None:
    assert times.when(NINE, FOUR, "Europe/Berlin", LONDON) == (
        "Wednesday 24 June 2026, 10:30am to 5pm (Berlin time, CEST); 9:30am to 4pm in the UK (BST)"
    )


def test_a_zone_without_letters_is_written_from_utc() -> None:
    assert times.when(NINE, FOUR, LONDON, "Asia/Dubai").endswith("; 12:30pm to 7pm in Dubai (UTC+4)")
    assert times.when(NINE, FOUR, LONDON, "Asia/Kathmandu").endswith("in Kathmandu (UTC+5:45)")


def test_a_session_that_ends_at_midnight_has_one_day() -> None:
    starts = utc(2026, 6, 24, 19)

    assert times.when(starts, starts + timedelta(hours=4)) == "Wednesday 24 June 2026, 8pm to midnight (UK time)"


def test_a_session_over_two_days_names_both() -> None:
    assert times.when(NINE, FOUR + timedelta(days=1)) == (
        "Wednesday 24 June 2026, 9:30am to Thursday 25 June 2026, 4pm (UK time)"
    )
