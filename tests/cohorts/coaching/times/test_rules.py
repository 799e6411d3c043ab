"""When a coach can be booked: one rule each, in a week of June, then around the nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from academy.invites.times import UnknownZone
from cohorts.coaching.times import rules
from cohorts.coaching.times.rules import (
    CoachRules,
    DayException,
    Interval,
    Offer,
    Pattern,
    Stretch,
    free_slots,
    nearest,
    offer,
    open_times,
)
from cohorts.coaching.times.tables import ExceptionKind, Nation
from tests.support.makers import weekly

UK = "Europe/London"
MONDAY = date(2026, 6, 8)
DAY = timedelta(days=1)
OFF, LEAVE, EXTRA = ExceptionKind.OFF, ExceptionKind.LEAVE, ExceptionKind.EXTRA


def at(text: str, day: date = MONDAY, zone: str = UK) -> datetime:
    """An instant out of what the clocks show."""
    hour, minute = map(int, text.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def held(starts: str, ends: str, day: date = MONDAY) -> Interval:
    return Interval(at(starts, day), at(ends, day))


def on(kind: ExceptionKind, first: date, last: date | None = None, hours: tuple[float, float] | None = None) -> Any:
    told = {} if hours is None else {"from_minute": int(hours[0] * 60), "to_minute": int(hours[1] * 60)}
    return DayException(kind=kind, from_on=first, to_on=last or first, **told)


def coach(*hours: tuple[float, float], **told: Any) -> Pattern:
    """Works at these hours on weekdays, without buffer or notice, unless told otherwise."""
    return Pattern(**{"weekly": weekly(*hours), "buffer_minutes": 0, "notice_hours": 0, "horizon_days": 400, **told})


def slots(
    pattern: Pattern,
    *,
    first: date = MONDAY,
    days: int = 1,
    minutes: int = 60,
    sessions: tuple[Interval, ...] = (),
    busy: tuple[Interval, ...] = (),
    now: datetime | None = None,
) -> list[str]:
    """The free slots of some days as the coach's clocks show them: ``09:00``, with the day if there are several."""
    zone = ZoneInfo(pattern.zone)
    since = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    then = first + timedelta(days=days)
    until = datetime(then.year, then.month, then.day, tzinfo=zone).astimezone(UTC)
    found = free_slots(
        pattern, minutes=minutes, sessions=sessions, busy=busy, since=since, until=until, now=now or since
    )
    return [each.astimezone(zone).strftime("%H:%M" if days == 1 else "%d %H:%M") for each in found]


# ----------------------------------------------------------------- the week
def test_slots_start_every_half_hour_and_end_inside_the_stretch() -> None:
    assert slots(coach((9, 12))) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert slots(coach((9, 12)), minutes=90) == ["09:00", "09:30", "10:00", "10:30"]
    assert slots(coach((9, 12)), minutes=180) == ["09:00"]
    assert slots(coach((9, 12)), minutes=181) == []


def test_short_sessions_follow_each_other_without_a_gap() -> None:
    assert slots(coach((9, 10)), minutes=20) == ["09:00", "09:20", "09:40"]
    assert slots(coach((9, 10)), minutes=30) == ["09:00", "09:30"]


def test_slots_start_on_a_quarter_of_an_hour() -> None:
    assert slots(coach((9 + 10 / 60, 11))) == ["09:15", "09:45"]


def test_a_day_has_several_stretches_and_no_slot_bridges_the_gap() -> None:
    assert slots(coach((9, 10.5), (11, 12))) == ["09:00", "09:30", "11:00"]


def test_stretches_that_touch_are_one() -> None:
    assert slots(coach((9, 10), (10, 11))) == slots(coach((9, 11))) == ["09:00", "09:30", "10:00"]


def test_there_is_nothing_on_days_without_a_stretch() -> None:
    saturday = MONDAY + timedelta(days=5)

    assert slots(coach((9, 10)), first=saturday, days=2) == []


def test_a_stretch_may_last_until_midnight() -> None:
    assert slots(coach((22, 24))) == ["22:00", "22:30", "23:00"]


def test_open_times_are_those_of_whole_days_both_included() -> None:
    friday = MONDAY + timedelta(days=4)

    found = open_times(coach((9, 12), (13, 17)), since=friday, until=friday + timedelta(days=3))

    monday = friday + timedelta(days=3)
    assert found == [
        held("09:00", "12:00", friday),
        held("13:00", "17:00", friday),
        held("09:00", "12:00", monday),
        held("13:00", "17:00", monday),
    ]


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownZone):
        open_times(coach((9, 12), zone="Europe/Atlantis"), since=MONDAY, until=MONDAY)


# ------------------------------------------------------------- what is booked
@pytest.mark.parametrize(
    ("starts", "stands"),
    [
        ("9:00", Offer.OFFERED),
        ("9:30", Offer.OFFERED),
        ("9:15", Offer.NEVER),
        ("11:30", Offer.NEVER),
        ("20:00", Offer.NEVER),
    ],
)
def test_a_time_is_offered_or_never_was(starts: str, stands: Offer) -> None:
    assert offer(coach((9, 12)), at(starts), minutes=60, now=at("9:00", MONDAY - 3 * DAY)) is stands


def test_a_time_may_be_passed_too_soon_or_too_far_ahead() -> None:
    pattern = coach((9, 12), notice_hours=48, horizon_days=28)

    def stands(now: datetime) -> Offer:
        return offer(pattern, at("9:00"), minutes=60, now=now)

    assert stands(at("9:00")) is Offer.PASSED
    assert stands(at("9:01", MONDAY - 2 * DAY)) is Offer.SOON
    assert stands(at("9:00", MONDAY - 2 * DAY)) is Offer.OFFERED
    assert stands(at("9:00", MONDAY - 28 * DAY)) is Offer.OFFERED
    assert stands(at("8:59", MONDAY - 28 * DAY)) is Offer.FAR


def test_nothing_is_offered_where_the_coach_is_busy() -> None:
    assert slots(coach((9, 12)), busy=(held("10:00", "10:30"),)) == ["09:00", "10:30", "11:00"]


def test_without_the_busy_time_it_would_be_offered() -> None:
    """The control of the test above."""
    assert "10:00" in slots(coach((9, 12)))


def test_one_that_ends_as_the_other_starts_is_no_overlap() -> None:
    assert slots(coach((9, 11)), busy=(held("09:00", "10:00"),)) == ["10:00"]


def test_a_busy_time_of_seconds_counts() -> None:
    moment = Interval(at("10:00") - timedelta(seconds=1), at("10:00") - timedelta(microseconds=1))

    assert slots(coach((9, 11)), busy=(moment,)) == ["10:00"]


def test_the_buffer_is_kept_on_both_sides_of_a_session_and_not_of_other_things() -> None:
    booked = held("11:00", "12:00")
    nine_to_three = ["09:00", "09:30", "10:00", "12:00", "12:30", "13:00", "13:30", "14:00"]

    assert slots(coach((9, 15)), sessions=(booked,)) == nine_to_three
    assert slots(coach((9, 15), buffer_minutes=15), sessions=(booked,)) == [
        "09:00",
        "09:30",
        "12:30",
        "13:00",
        "13:30",
        "14:00",
    ]
    assert slots(coach((9, 15), buffer_minutes=15), busy=(booked,)) == nine_to_three


def test_the_notice_is_counted_from_now_to_the_minute() -> None:
    now = at("09:30") - timedelta(hours=24)

    assert slots(coach((9, 12), notice_hours=24), now=now) == ["09:30", "10:00", "10:30", "11:00"]
    assert slots(coach((9, 12), notice_hours=24), now=now + timedelta(seconds=1)) == ["10:00", "10:30", "11:00"]
    assert slots(coach((9, 12), notice_hours=0), now=now) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_what_is_past_is_not_offered_even_without_notice() -> None:
    assert slots(coach((9, 12), notice_hours=0), now=at("10:31")) == ["11:00"]


def test_nobody_is_booked_further_ahead_than_the_coach_says() -> None:
    now = at("10:00") - timedelta(days=28)

    assert slots(coach((9, 12), horizon_days=28), now=now) == ["09:00", "09:30", "10:00"]
    assert slots(coach((9, 12), horizon_days=29), now=now) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_a_day_with_the_most_sessions_is_full() -> None:
    pattern = coach((9, 11), most_a_day=2)
    one, other = held("06:00", "07:00"), held("07:00", "08:00")

    assert slots(pattern, sessions=(one,)) == ["09:00", "09:30", "10:00"]
    assert slots(pattern, sessions=(one, other)) == []
    assert slots(coach((9, 11)), sessions=(one, other)) == ["09:00", "09:30", "10:00"]


def test_the_day_is_that_of_the_coach() -> None:
    """In Sydney it is Tuesday already."""
    sydney = coach((9, 10), zone="Australia/Sydney", most_a_day=1)
    monday_evening_in_london = held("23:30", "23:45")  # 8:30am on Tuesday in Sydney

    assert slots(sydney, days=2, sessions=(monday_evening_in_london,)) == ["08 09:00"]


def test_a_week_with_the_most_sessions_is_full_from_monday_to_sunday() -> None:
    every_day = coach((9, 10), weekly=weekly((9, 10), days=range(7)), most_a_week=1)
    wednesday = held("12:00", "13:00", MONDAY + timedelta(days=2))

    found = slots(every_day, first=MONDAY - timedelta(days=1), days=9, sessions=(wednesday,))

    assert found == ["07 09:00", "15 09:00"]


def test_sessions_of_the_same_week_before_the_time_in_question_count() -> None:
    """That is why callers give those of ``SESSIONS_AROUND`` as well."""
    friday, monday = MONDAY + timedelta(days=4), held("09:00", "10:00")
    pattern = coach((9, 10), most_a_week=1)

    assert slots(pattern, first=friday, sessions=(monday,)) == []
    assert slots(pattern, first=friday) == ["09:00"]
    assert timedelta(days=7) <= rules.SESSIONS_AROUND


# -------------------------------------------------------- what holds instead
def test_time_off_in_some_hours_cuts_the_day_in_two() -> None:
    dentist = on(OFF, MONDAY, hours=(10, 11.5))

    assert slots(coach((9, 13), exceptions=(dentist,))) == ["09:00", "11:30", "12:00"]


def test_leave_takes_all_its_days_the_last_included() -> None:
    leave = on(LEAVE, MONDAY, MONDAY + timedelta(days=2))

    assert slots(coach((9, 10), exceptions=(leave,)), days=5) == ["11 09:00", "12 09:00"]


def test_time_off_in_some_hours_may_last_several_days() -> None:
    school_run = on(OFF, MONDAY, MONDAY + timedelta(days=1), hours=(9, 10))

    assert slots(coach((9, 11), exceptions=(school_run,)), days=3) == [
        "08 10:00",
        "09 10:00",
        "10 09:00",
        "10 09:30",
        "10 10:00",
    ]


def test_extra_hours_come_on_top_also_on_a_day_off() -> None:
    saturday = MONDAY + timedelta(days=5)
    extra = on(EXTRA, saturday, hours=(10, 11))
    longer = on(EXTRA, MONDAY, hours=(10, 11))

    assert slots(coach((9, 10), exceptions=(extra,)), first=saturday) == ["10:00"]
    assert slots(coach((9, 10), exceptions=(longer,))) == ["09:00", "09:30", "10:00"]


def test_time_off_wins_over_extra_hours_whatever_was_written_first() -> None:
    extra, leave = on(EXTRA, MONDAY, hours=(18, 20)), on(LEAVE, MONDAY)

    assert slots(coach((9, 10), exceptions=(extra, leave))) == []
    assert slots(coach((9, 10), exceptions=(leave, extra))) == []
    assert slots(coach((9, 10), exceptions=(extra,))) == ["09:00", "18:00", "18:30", "19:00"]


AUGUST_3, AUGUST_31, JULY_13 = date(2026, 8, 3), date(2026, 8, 31), date(2026, 7, 13)


@pytest.mark.parametrize(
    ("nation", "works"),
    [
        (Nation.NONE, [JULY_13, AUGUST_3, AUGUST_31]),
        (Nation.ENGLAND_AND_WALES, [JULY_13, AUGUST_3]),
        (Nation.SCOTLAND, [JULY_13, AUGUST_31]),
        (Nation.NORTHERN_IRELAND, [AUGUST_3]),
    ],
)
def test_the_bank_holidays_of_the_nation_are_free(nation: Nation, works: list[date]) -> None:
    pattern = coach((9, 10), nation=nation)

    assert [day for day in (JULY_13, AUGUST_3, AUGUST_31) if slots(pattern, first=day)] == works


def test_extra_hours_open_a_bank_holiday_in_those_hours() -> None:
    extra = on(EXTRA, AUGUST_31, hours=(14, 15))

    assert slots(coach((9, 10), exceptions=(extra,)), first=AUGUST_31) == ["14:00"]


# ------------------------------------------------------- the clocks change
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
US_SPRING, US_AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("zone", "day"),
    [(UK, SPRING), (UK, AUTUMN), ("America/New_York", US_SPRING), ("America/New_York", US_AUTUMN)],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(zone: str, day: date) -> None:
    pattern = coach((9, 10), weekly=weekly((9, 10), days=range(7)), zone=zone)

    found = slots(pattern, first=day - timedelta(days=1), days=3)

    assert [each[3:] for each in found] == ["09:00", "09:00", "09:00"]
    apart = open_times(pattern, since=day - timedelta(days=1), until=day)
    changed = timedelta(hours=-1) if day.month == 3 else timedelta(hours=1)
    assert apart[1].starts_at - apart[0].starts_at == timedelta(days=1) + changed


@pytest.mark.parametrize(("zone", "day", "skipped"), [(UK, SPRING, 1), ("America/New_York", US_SPRING, 2)])
def test_times_that_the_clocks_skip_are_no_slots(zone: str, day: date, skipped: int) -> None:
    night = coach(weekly=weekly((0, 4), days=range(7)), zone=zone)

    found = slots(night, first=day, minutes=30)

    all_night = [f"{hour:02}:{minute:02}" for hour in range(4) for minute in (0, 30)]
    assert found == [each for each in all_night if not each.startswith(f"{skipped:02}")]


@pytest.mark.parametrize(("zone", "day"), [(UK, AUTUMN), ("America/New_York", US_AUTUMN)])
def test_times_that_the_clocks_show_twice_are_one_slot_each(zone: str, day: date) -> None:
    night = coach(weekly=weekly((0, 4), days=range(7)), zone=zone)

    found = slots(night, first=day, minutes=30)

    assert found == [f"{hour:02}:{minute:02}" for hour in range(4) for minute in (0, 30)]


def test_the_one_slot_of_a_time_that_comes_twice_is_the_first() -> None:
    """The stretch from 1am to 2am has two hours that night, and each of its times is a slot once."""
    night = coach(weekly=weekly((1, 2), days=[6]))
    since = datetime(2026, 10, 24, 23, tzinfo=UTC)

    found = free_slots(night, minutes=60, sessions=(), busy=(), since=since, until=since + timedelta(days=1), now=since)

    assert found == [datetime(2026, 10, 25, 0, minute, tzinfo=UTC) for minute in (0, 30)]


def test_a_session_over_the_change_has_its_whole_length() -> None:
    """Half past midnight and an hour is half past two, when the clocks skip the hour between."""
    night = coach(weekly=weekly((0.5, 2.5), days=[6]))

    assert slots(night, first=SPRING, minutes=60) == ["00:30"]
    assert slots(night, first=SPRING - timedelta(days=7), minutes=60) == ["00:30", "01:00", "01:30"]


def test_a_stretch_that_the_clocks_skip_wholly_is_no_open_time() -> None:
    night = coach(weekly=weekly((1, 2), days=[6]))

    assert open_times(night, since=SPRING, until=SPRING) == []


def test_without_a_look_at_the_zone_the_hour_would_slip() -> None:
    """The control: the same pattern meant in UTC is an hour off in London after the change."""
    meant_in_utc = coach((9, 10), zone="UTC")
    monday = SPRING + timedelta(days=1)

    (found,) = open_times(meant_in_utc, since=monday, until=monday)

    assert found.starts_at.astimezone(ZoneInfo(UK)).hour == 10


# ------------------------------------------------------------------- nearest
def test_the_nearest_three_come_in_order_of_time_and_of_two_as_close_the_earlier() -> None:
    times = [at(f"{hour:02}:00") for hour in (9, 10, 11, 13, 14, 15)]

    assert nearest(times, at("12:00")) == [at("10:00"), at("11:00"), at("13:00")]
    assert nearest(times[:2], at("12:00")) == times[:2]
    assert nearest([], at("12:00")) == []
    assert nearest(times, at("12:00"), most=1) == [at("11:00")]


# -------------------------------------------------------------- what is typed
@pytest.mark.parametrize(
    "wrong",
    [
        CoachRules(lengths=()),
        CoachRules(notice_hours=72, horizon_days=3),
        CoachRules(most_a_day=3, most_a_week=2),
    ],
)
def test_rules_that_let_nobody_in_are_refused(wrong: CoachRules) -> None:
    with pytest.raises(rules.BadRules):
        rules.check_rules(wrong)


def test_the_usual_rules_hold() -> None:
    rules.check_rules(CoachRules())
    rules.check_week(weekly((9, 12), (12, 17)))
    rules.check_week(((Stretch(0, 1440),),) * 7)
