"""The plan of the year holds what was promised, on every day of the calendar."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

import academy.demo as demo
from academy.demo.build import _plans
from academy.demo.people import MENTOR, PARTICIPANT, Cast, invent
from academy.demo.plan import Days, Plan, by_day, share_out
from academy.demo.year import DELEGATES, WEBINARS, Year
from academy.invites.times import utc_to_local
from academy.people import imports

AWKWARD = {
    "a Monday in June": "2026-06-01T09:00",
    "New Year's Day, just after midnight": "2027-01-01T00:10",
    "Boxing Day": "2026-12-26T15:00",
    "29 February": "2028-02-29T12:00",
    "the clocks go forward": "2026-03-29T01:30",
    "the clocks go back": "2026-10-25T00:30",
}
CODES = {value for name, value in vars(demo).items() if name.endswith("_COHORT")} | {demo.OPEN_WEBINAR}


def the_plan(when: str, *, scale: float = 1.0) -> tuple[Days, list[Plan]]:
    days = Days(datetime.fromisoformat(when).replace(tzinfo=UTC))
    crowd = invent(Random(1), imports.councils(), 1700 if scale == 1 else 170)
    return days, _plans(Year(days, Cast(crowd), seed=1, scale=scale))


@pytest.mark.parametrize("when", AWKWARD.values(), ids=AWKWARD)
def test_forty_webinars_with_all_their_delegates_were_held_in_the_last_twelve_months(when):
    days, plans = the_plan(when)
    since = days.now - timedelta(days=365)
    held = [plan for plan in plans if plan.programme.endswith("webinars") and since < plan.first < days.now]

    assert len(held) == WEBINARS == 40
    assert sum(len(plan.people) - plan.withdrawing for plan in held) == DELEGATES == 2455
    assert max(len(plan.people) for plan in held) > 300


@pytest.mark.parametrize("scale", [1.0, 0.05])
@pytest.mark.parametrize("when", AWKWARD.values(), ids=AWKWARD)
def test_the_year_is_possible(when, scale):
    days, plans = the_plan(when, scale=scale)
    by_code = {plan.code: plan for plan in plans}

    assert len(by_code) == len(plans)
    assert by_code.keys() >= CODES
    for plan in plans:
        held = [meeting.day for meeting in plan.meetings]
        assert held == sorted(set(held)), plan.code
        assert all(day.weekday() < 5 and day != days.today for day in held), plan.code
        assert not any((day.month, day.day) in {(12, 25), (12, 26), (1, 1)} for day in held), plan.code
        assert len({each.address for each in plan.people}) == len(plan.people)
        assert plan.minimum <= plan.capacity
    twice = Counter((each.address, meeting.day) for plan in plans for each in plan.people for meeting in plan.meetings)
    assert [both for both, times in twice.items() if times > 1 and both[0] not in (PARTICIPANT, MENTOR)] == []


@pytest.mark.parametrize("when", AWKWARD.values(), ids=AWKWARD)
def test_the_cohorts_with_fixed_codes_stand_where_their_names_say(when):
    days, plans = the_plan(when, scale=0.05)
    by_code = {plan.code: plan for plan in plans}
    running, open_, to_close = (by_code[code] for code in (demo.RUNNING_COHORT, demo.OPEN_COHORT, demo.TO_CLOSE_COHORT))
    next_meeting = next(meeting for meeting in running.meetings if meeting.starts_at > days.now)

    assert running.first < days.now < running.last
    assert open_.first > days.now
    assert to_close.last < days.now
    assert by_code[demo.NO_REGISTER_COHORT].last < days.now
    assert timedelta(0) < by_code[demo.BELOW_MINIMUM_COHORT].first - days.now
    if (days.today.month, days.today.day) < (12, 10) and days.today.month != 1:
        assert next_meeting.starts_at - days.now < timedelta(days=7)
        assert by_code[demo.BELOW_MINIMUM_COHORT].first - days.now < timedelta(days=8)


def test_change_agent_reached_more_than_five_hundred_officers_on_many_dates():
    days, plans = the_plan("2026-06-01T09:00")
    held = [plan for plan in plans if plan.programme == "Change Agent" and plan.last < days.now]

    assert sum(len(plan.people) - plan.withdrawing for plan in held) > 500
    assert len(held) == 22
    assert {len(plan.meetings) for plan in held} == {2, 5}


@pytest.mark.parametrize(("total", "parts"), [(2455, 40), (123, 3), (24, 1), (2, 3)])
def test_people_are_shared_out_to_the_last_one(total, parts):
    shares = share_out(Random(1), total, parts)

    assert (sum(shares), len(shares)) == (total, parts)


def test_days_keep_their_order_and_avoid_today_weekends_and_holidays():
    days = Days(datetime(2026, 12, 26, 12, tzinfo=UTC))

    found = days.dates(-5, -1, 0, 1, 2)

    assert found == sorted(set(found))
    assert date(2026, 12, 26) not in found
    assert all(day.weekday() < 5 for day in found)
    assert [day for day in found if date(2026, 12, 24) <= day <= date(2027, 1, 1)] == []


def test_things_happen_by_day_and_in_their_order():
    night = [datetime(2026, 3, 29, hour, 17, tzinfo=UTC) for hour in range(22)]

    moved = [by_day(at) for at in night]

    assert moved == sorted(set(moved))
    assert {utc_to_local(at).date() for at in moved} == {date(2026, 3, 29)}
    assert {utc_to_local(at).hour for at in moved} == set(range(8, 17))
