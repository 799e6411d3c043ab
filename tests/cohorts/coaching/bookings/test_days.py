"""Free times by day, on the reader's clock."""

from datetime import UTC, date, datetime

import pytest

from cohorts.coaching.bookings import days
from cohorts.coaching.bookings.days import Days, by_day

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
UK, NEW_YORK = "Europe/London", "America/New_York"


def at(day: int, hour: int, minute: int = 0, *, month: int = 6, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def shown(slots: list[datetime], *, zone: str = UK, coach_zone: str = UK, **more: object) -> Days:
    return by_day(slots, minutes=60, zone=zone, coach_zone=coach_zone, now=NOW, **more)  # type: ignore[arg-type]


def clocks(found: Days) -> list[tuple[str, list[str]]]:
    return [(day.name, [time.clock for time in day.times]) for day in found.days]


def test_times_stand_under_their_days_in_order() -> None:
    found = shown([at(26, 13), at(25, 8, 30), at(26, 8, 30)])

    assert clocks(found) == [("Thursday 25 June", ["9:30am"]), ("Friday 26 June", ["9:30am", "2pm"])]


def test_each_time_says_its_full_day() -> None:
    (day,) = shown([at(26, 8, 30)]).days

    assert (day.times[0].clock, day.times[0].day) == ("9:30am", "Friday 26 June 2026")


def test_another_year_is_named_at_the_day() -> None:
    assert clocks(shown([at(4, 10, month=1, year=2027)])) == [("Monday 4 January 2027", ["10am"])]


def test_the_readers_own_clock_comes_first_and_the_coachs_beside_it() -> None:
    found = shown([at(26, 13)], zone=NEW_YORK)

    assert (found.zone, found.coach_zone) == ("New York time, EDT", "UK time")
    assert [(time.clock, time.theirs) for time in found.days[0].times] == [("9am", "2pm UK time")]


def test_the_coachs_day_is_said_where_it_is_another_one() -> None:
    found = shown([at(26, 22, 30)], zone=UK, coach_zone="Asia/Tokyo")

    assert found.days[0].name == "Friday 26 June"
    assert found.days[0].times[0].theirs == "7:30am Tokyo time, JST, Saturday 27 June"


def test_one_clock_is_named_once() -> None:
    found = shown([at(26, 13)], zone="Europe/London", coach_zone="Europe/Lisbon")

    assert (found.zone, found.coach_zone, found.days[0].times[0].theirs) == ("UK time", "", "")


def test_an_hour_that_comes_twice_says_which_one_it_is() -> None:
    found = shown([at(25, 0, 30, month=10), at(25, 1, 30, month=10), at(25, 2, 30, month=10)])

    assert clocks(found) == [("Sunday 25 October", ["1:30am BST", "1:30am GMT", "2:30am"])]


@pytest.mark.parametrize(
    ("since", "names", "earlier", "later"),
    [
        (None, [1, 2], None, 3),
        (date(2026, 7, 3), [3, 4], 1, 5),
        (date(2026, 7, 5), [5], 3, None),
        (date(2026, 7, 6), [], 4, None),
    ],
)
def test_more_days_are_a_page_away(
    since: date | None, names: list[int], earlier: int | None, later: int | None
) -> None:
    slots = [at(day, 10, month=7) for day in range(1, 6)]

    found = shown(slots, since=since, most=2)

    assert [day.day.day for day in found.days] == names
    assert (found.earlier and found.earlier.day, found.later and found.later.day) == (earlier, later)
    assert found.any


def test_days_without_times_are_left_out() -> None:
    assert clocks(shown([])) == []
    assert (shown([]).any, shown([]).zone) == (False, "UK time")


def test_a_time_that_overlaps_something_of_ones_own_says_so() -> None:
    found = shown([at(26, 9), at(26, 10)], clashes={at(26, 9): "Day 1"})

    assert [time.overlaps for time in found.days[0].times] == ["Day 1", ""]


def test_an_address_holds_the_start_in_utc() -> None:
    assert days.written(at(26, 8, 30)) == "2026-06-26T08:30Z"
    assert days.read("2026-06-26T08:30Z") == at(26, 8, 30)


@pytest.mark.parametrize(
    "text", ["", "2026-06-26", "2026-06-26T08:30", "2026-13-26T08:30Z", "x" * 5000, "9999-01-01T00:00Z"]
)
def test_what_is_no_start_is_none(text: str) -> None:
    assert days.read(text) is None


def test_a_start_in_words() -> None:
    assert days.spoken(at(26, 8, 30), UK) == "9:30am on Friday 26 June 2026"
