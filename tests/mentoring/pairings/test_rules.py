"""What the rules of pairings say by themselves; the rest is shown where they are used."""

from datetime import date

import pytest

from mentoring.pairings import rules


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 6, 1), date(2026, 6, 8)),  # Monday
        (date(2026, 6, 5), date(2026, 6, 12)),  # Friday
        (date(2026, 6, 6), date(2026, 6, 15)),  # Saturday
        (date(2026, 6, 7), date(2026, 6, 15)),  # Sunday
    ],
)
def test_a_meeting_is_offered_on_a_working_day_in_about_a_week(today: date, day: date) -> None:
    assert rules.likely_day(today) == day
