"""Repeating entries are followed as another library follows them, within a window and with bounded work.

Rules are followed in local time, so all times here are without a zone.
"""
# ruff: noqa: DTZ001

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from cohorts.coaching.times.recurrence import CannotFollow, Effort, TooMuchWork, parse_rule, repeats
from tests.support.examples import examples

START = datetime(2026, 1, 5, 9, 30)  # a Monday
FAR = datetime(2028, 1, 1)


def starts(text: str, *, start: datetime = START, since: datetime = START, until: datetime = FAR) -> list[str]:
    found = repeats(parse_rule(text), start, since=since, until=until, effort=Effort(10_000))
    return [f"{each:%a %d %b %y}" for each in found]


def test_every_second_week_on_two_days() -> None:
    assert starts("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=5") == [
        "Mon 05 Jan 26", "Wed 07 Jan 26", "Mon 19 Jan 26", "Wed 21 Jan 26", "Mon 02 Feb 26",
    ]  # fmt: skip


def test_the_second_tuesday_of_each_month() -> None:
    assert starts("FREQ=MONTHLY;BYDAY=2TU;COUNT=3") == ["Tue 13 Jan 26", "Tue 10 Feb 26", "Tue 10 Mar 26"]


def test_the_last_working_day_of_each_month_as_outlook_writes_it() -> None:
    assert starts("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3") == [
        "Fri 30 Jan 26", "Fri 27 Feb 26", "Tue 31 Mar 26",
    ]  # fmt: skip


def test_a_month_without_that_day_is_left_out() -> None:
    start = datetime(2026, 1, 31, 9)

    assert starts("FREQ=MONTHLY;COUNT=3", start=start) == ["Sat 31 Jan 26", "Tue 31 Mar 26", "Sun 31 May 26"]


def test_the_29_of_february_comes_in_leap_years() -> None:
    start = datetime(2024, 2, 29, 9)

    assert starts("FREQ=YEARLY", start=start, since=start, until=datetime(2033, 1, 1)) == [
        "Thu 29 Feb 24", "Tue 29 Feb 28", "Sun 29 Feb 32",
    ]  # fmt: skip


def test_centuries_before_the_window_are_skipped_at_no_cost() -> None:
    effort = Effort(40)
    rule = parse_rule("FREQ=DAILY;INTERVAL=3")

    found = list(
        repeats(
            rule,
            datetime(1601, 1, 1, 8),
            since=datetime(2026, 6, 1),
            until=datetime(2026, 6, 30),
            effort=effort,
        )
    )

    assert len(found) == 10
    assert {(each - datetime(1601, 1, 1, 8)).days % 3 for each in found} == {0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=15",
        "FREQ=HOURLY;COUNT=3",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=DAILY;BYSECOND=0",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=13",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=13",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=" + "9" * 5000,
        "FREQ=DAILY;COUNT=1;UNTIL=20260101",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=99MO",
        "FREQ=MONTHLY;BYDAY=٢TU",
        "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;RSCALE=CHINESE",
        "FREQ=YEARLY;BYSETPOS=" + ",".join(str(each) for each in range(1, 100)),
        "FREQ=MONTHLY;BYDAY=" + "MO," * 100_000 + "MO",
    ],
    ids=lambda text: text[:40],
)
def test_what_is_not_followed_is_said(text: str) -> None:
    with pytest.raises(CannotFollow):
        parse_rule(text)


@pytest.mark.parametrize(
    "text",
    ["FREQ=DAILY;COUNT=99999", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "FREQ=YEARLY;COUNT=1;BYMONTH=2;BYMONTHDAY=30"],
)
def test_work_is_bounded(text: str) -> None:
    found = repeats(
        parse_rule(text),
        datetime(1, 1, 1),
        since=datetime(9000, 1, 1) if "COUNT" in text else datetime(1, 1, 1),
        until=datetime(9999, 1, 1),
        effort=Effort(5000),
    )

    with pytest.raises(TooMuchWork):
        list(found)


def test_control_the_other_library_goes_on_for_as_long_as_a_rule_asks() -> None:
    found = iter(rrulestr("FREQ=SECONDLY", dtstart=START))

    for _ in range(20_000):
        moment = next(found)

    assert moment - START < timedelta(hours=6)  # of the weeks that we would have to look at


def test_nothing_comes_after_the_year_9999() -> None:
    start = datetime(9999, 12, 1, 9)

    for every in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        found = list(
            repeats(
                parse_rule(f"FREQ={every}"), start, since=start, until=datetime(9999, 12, 31, 23), effort=Effort(1000)
            )
        )
        assert found[0] == start


# ------------------------------------------------- the same as another library
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(values: Iterable[object], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=most, unique=True).map(
        lambda chosen: ",".join(str(each) for each in chosen)
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    every = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={every}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 7))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(some(range(1, 13)))}")
    numbered = False
    if draw(st.booleans()):
        numbered = every in ("MONTHLY", "YEARLY") and draw(st.booleans())
        named = [f"{n}{day}" for n in (1, 2, -1, 5, -5) for day in WEEKDAYS] if numbered else WEEKDAYS
        parts.append(f"BYDAY={draw(some(named, 5))}")
    if every != "WEEKLY" and not numbered and draw(st.booleans()):
        parts.append(f"BYMONTHDAY=13,{draw(some([1, 28, 29, 30, 31, -1, -31]))}")
    if every != "WEEKLY" and any(part.startswith("BY") for part in parts) and draw(st.booleans()):
        # Without a first one a rule may have no date at all, and the other library looks for one up to the year 9999.
        parts.append(f"BYSETPOS=1,{draw(some([2, -1, -2, 5, 40]))}")
    return ";".join(parts)


def otherwise(text: str, start: datetime, since: datetime, until: datetime) -> list[datetime]:
    """What the other library finds. It is told where to end, for it makes every date from the first on."""
    parts = text.split(";")
    count = next((int(part[6:]) for part in parts if part.startswith("COUNT=")), None)
    endless = ";".join(part for part in parts if not part.startswith("COUNT="))
    found = islice(rrulestr(f"{endless};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=start), count)
    return [each for each in found if each >= since]


@examples(60)
@given(
    rules(),
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),
    st.integers(0, 800),
    st.integers(1, 500),
)
def test_dates_are_those_of_another_library(text: str, start: datetime, later: int, length: int) -> None:
    start = start.replace(microsecond=0)
    since = start + timedelta(days=later)
    until = since + timedelta(days=length)

    found = list(repeats(parse_rule(text), start, since=since, until=until, effort=Effort(1_000_000)))

    assert found == otherwise(text, start, since, until)
