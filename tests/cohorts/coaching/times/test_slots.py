"""Any coach, any week, any calendar: what ``free_slots`` may never do, and that it says what the slow way says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import assume, find, given, settings
from hypothesis import strategies as st

from cohorts.coaching.times import rules
from cohorts.coaching.times.rules import DayException, Interval, Pattern, Stretch, free_slots, open_times
from cohorts.coaching.times.tables import ExceptionKind, Nation
from tests.cohorts.coaching.times.reference import slow_slots
from tests.support.examples import examples

often = examples(25)

ANY_ZONE = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]
"""Lord Howe changes its clocks by half an hour, Cairo at midnight, Kolkata never, and is half an hour off."""

DAYS = [
    date(2026, 3, 28),  # the clocks of London go forward on the 29th
    date(2026, 10, 24),  # and back on the 25th
    date(2026, 3, 7),  # of New York on the 8th
    date(2026, 10, 31),  # and on 1 November
    date(2026, 4, 4),  # of Lord Howe back on the 5th
    date(2026, 10, 3),  # and forward on the 4th
    date(2026, 4, 23),  # of Cairo forward at midnight to the 24th
    date(2026, 10, 29),  # and back at midnight to the 30th
    date(2026, 12, 24),  # bank holidays
    date(2026, 8, 1),  # the first Monday of August is one in Scotland, the last in the others
    date(2026, 6, 1),
]

minutes_of_day = st.integers(0, 288).map(lambda five: five * 5)


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    starts, ends = sorted(draw(st.tuples(minutes_of_day, minutes_of_day)))
    assume(starts < ends)
    return Stretch(starts, ends)


@st.composite
def weeks(draw: st.DrawFn) -> rules.Week:
    return tuple(tuple(draw(st.lists(stretches(), max_size=3))) for _ in range(7))


@st.composite
def exceptions(draw: st.DrawFn, near: date) -> DayException:
    from_on = near + timedelta(days=draw(st.integers(-2, 4)))
    told: dict[str, Any] = {"from_on": from_on, "to_on": from_on + timedelta(days=draw(st.integers(0, 3)))}
    kind = draw(st.sampled_from(ExceptionKind))
    if kind is ExceptionKind.EXTRA or draw(st.booleans()):
        hours = draw(stretches())
        told |= {"from_minute": hours.from_minute, "to_minute": hours.to_minute}
    return DayException(kind=kind, **told)


@st.composite
def intervals(draw: st.DrawFn, near: datetime) -> Interval:
    starts = near + timedelta(minutes=draw(st.integers(-1500, 6000)), seconds=draw(st.sampled_from([0, 0, 30])))
    return Interval(starts, starts + timedelta(minutes=draw(st.integers(1, 400))))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that ``free_slots`` asks for, around a day on which something may happen."""
    day = draw(st.sampled_from(DAYS)) + timedelta(days=draw(st.integers(0, 2)))
    zone = draw(st.sampled_from(ANY_ZONE))
    since = datetime(day.year, day.month, day.day, draw(st.integers(0, 23)), draw(st.sampled_from([0, 7])), tzinfo=UTC)
    pattern = Pattern(
        zone=zone,
        nation=draw(st.sampled_from(Nation)),
        weekly=draw(weeks()),
        exceptions=tuple(draw(st.lists(exceptions(day), max_size=4))),
        buffer_minutes=draw(st.sampled_from([0, 10, 15, 45])),
        notice_hours=draw(st.sampled_from([0, 1, 24])),
        horizon_days=draw(st.sampled_from([1, 2, 56])),
        most_a_day=draw(st.none() | st.integers(1, 2)),
        most_a_week=draw(st.none() | st.integers(1, 3)),
    )
    return {
        "pattern": pattern,
        "minutes": draw(st.sampled_from([15, 20, 30, 45, 60, 90])),
        "sessions": draw(st.lists(intervals(since), max_size=4)),
        "busy": draw(st.lists(intervals(since), max_size=4)),
        "since": since,
        "until": since + timedelta(hours=draw(st.integers(1, 80))),
        "now": since - timedelta(hours=draw(st.integers(-5, 30))),
    }


def asked(question: dict[str, Any], **changed: Any) -> list[datetime]:
    """The answer; ``changed`` names parts of the question, or of the pattern, that are to be others."""
    pattern = question["pattern"]
    of_pattern = {name: value for name, value in changed.items() if name in Pattern.__struct_fields__}
    rest = {name: value for name, value in changed.items() if name not in of_pattern}
    told = {**question, **rest, "pattern": msgspec.structs.replace(pattern, **of_pattern)}
    return free_slots(told.pop("pattern"), **told)


def overlaps(start: datetime, minutes: int, other: Interval, apart: int = 0) -> bool:
    gap = timedelta(minutes=apart)
    return start < other.ends_at + gap and other.starts_at - gap < start + timedelta(minutes=minutes)


# ------------------------------------------------------------- the same answer
@often
@given(questions())
def test_the_fast_way_and_the_slow_way_say_the_same(question: dict[str, Any]) -> None:
    told = dict(question)

    assert free_slots(told.pop("pattern"), **told) == slow_slots(question["pattern"], **told)


def test_the_comparison_sees_a_rule_that_is_left_out() -> None:
    """The control of the test above: for each rule there is a question to which its lack gives another answer."""
    lacking = {
        "buffer": {"buffer_minutes": 0},
        "notice": {"notice_hours": 0},
        "horizon": {"horizon_days": 400},
        "most a day": {"most_a_day": None},
        "most a week": {"most_a_week": None},
        "busy": {"busy": []},
        "bank holidays": {"nation": Nation.NONE},
        "exceptions": {"exceptions": ()},
        "zone": {"zone": "UTC"},
    }
    for changed in lacking.values():
        question = find(
            questions(),
            lambda question, changed=changed: asked(question) != asked(question, **changed),  # type: ignore[misc]
            settings=settings(max_examples=3000, deadline=None),
        )
        told = dict(question)
        assert asked(question, **changed) != slow_slots(told.pop("pattern"), **told)


# ------------------------------------------------------------------ never
@often
@given(questions())
def test_no_slot_overlaps_what_is_in_the_calendar_or_comes_closer_to_a_session_than_the_buffer(
    question: dict[str, Any],
) -> None:
    for start in asked(question):
        assert not any(overlaps(start, question["minutes"], each) for each in question["busy"])
        buffer = question["pattern"].buffer_minutes
        assert not any(overlaps(start, question["minutes"], each, buffer) for each in question["sessions"])


@often
@given(questions())
def test_every_slot_lies_inside_one_open_stretch(question: dict[str, Any]) -> None:
    zone = ZoneInfo(question["pattern"].zone)
    for start in asked(question):
        day = start.astimezone(zone).date()
        stretches = open_times(question["pattern"], since=day, until=day)
        end = start + timedelta(minutes=question["minutes"])
        assert any(each.starts_at <= start and end <= each.ends_at for each in stretches)


@often
@given(questions())
def test_slots_are_in_order_each_once_in_the_time_that_was_asked_for(question: dict[str, Any]) -> None:
    found = asked(question)

    assert all(one < other for one, other in pairwise(found))
    assert all(question["since"] <= start < question["until"] for start in found)
    local = [start.astimezone(ZoneInfo(question["pattern"].zone)).replace(tzinfo=None, fold=0) for start in found]
    assert len(set(local)) == len(local)


@often
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_written_does_not_matter(question: dict[str, Any], random: Any) -> None:
    pattern = question["pattern"]
    shuffled = {
        "weekly": tuple(tuple(random.sample(day, len(day))) for day in pattern.weekly),
        "exceptions": tuple(random.sample(pattern.exceptions, len(pattern.exceptions))),
        "sessions": random.sample(question["sessions"], len(question["sessions"])),
        "busy": random.sample(question["busy"], len(question["busy"])),
    }

    assert asked(question, **shuffled) == asked(question)


@often
@given(questions(), st.integers(1, 79))
def test_two_questions_for_two_halves_of_a_time_give_the_same_as_one(question: dict[str, Any], hours: int) -> None:
    middle = question["since"] + timedelta(hours=hours)
    assume(middle < question["until"])

    first, second = asked(question, until=middle), asked(question, since=middle)

    assert first + second == asked(question)


@often
@given(questions())
def test_one_more_thing_in_the_calendar_never_makes_a_new_slot(question: dict[str, Any]) -> None:
    found = asked(question)
    assume(found)
    booked = Interval(found[0], found[0] + timedelta(minutes=question["minutes"]))

    fewer = asked(question, sessions=[*question["sessions"], booked])

    assert found[0] not in fewer
    assert set(fewer) < set(found)


@often
@given(questions())
def test_open_stretches_are_in_order_and_apart(question: dict[str, Any]) -> None:
    first = question["since"].date()
    found = open_times(question["pattern"], since=first, until=first + timedelta(days=3))

    assert all(each.starts_at < each.ends_at for each in found)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))
