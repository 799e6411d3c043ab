"""When a reminder is due to somebody.

That it is sent once, also after a restart, is told by those who send them, such as ``tests/cohorts/test_jobs.py``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from academy.invites import reminders

INVITED = datetime(2026, 6, 1, 9, tzinfo=UTC)
START = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)


def expected(
    days_before: Sequence[int] = (7, 1), *, invited_at: datetime = INVITED, changed_at: datetime = INVITED
) -> reminders.Expected:
    return reminders.Expected(
        event=uuid4(),
        person=uuid4(),
        starts_at=START,
        invited_at=invited_at,
        changed_at=changed_at,
        days_before=days_before,
    )


@pytest.mark.parametrize(
    ("before", "told_at", "wanted"),
    [
        (timedelta(days=8), INVITED, None),
        (timedelta(days=7, seconds=1), INVITED, None),
        (timedelta(days=7), INVITED, 7),
        (timedelta(days=2), INVITED, 7),
        (timedelta(days=1), INVITED, 1),
        (timedelta(hours=1), INVITED, 1),
        (timedelta(0), INVITED, None),
        (timedelta(days=-1), INVITED, None),
        # late joiners
        (timedelta(days=6), START - timedelta(days=6, hours=12), None),
        (timedelta(days=7), START - timedelta(days=7, hours=11), None),
        (timedelta(days=7), START - timedelta(days=7, hours=12), 7),
        (timedelta(days=1), START - timedelta(days=6), 1),
        (timedelta(hours=3), START - timedelta(hours=20), None),
    ],
)
def test_which_reminder_is_due(before: timedelta, told_at: datetime, wanted: int | None) -> None:
    assert reminders.due(expected(invited_at=told_at), now=START - before) == wanted


def test_who_was_told_of_a_new_date_in_the_last_hours_is_not_reminded() -> None:
    moved = START - timedelta(days=1, hours=11)

    assert reminders.due(expected(changed_at=moved), now=START - timedelta(hours=20)) is None


def test_there_may_be_no_reminders() -> None:
    assert reminders.due(expected(days_before=()), now=START - timedelta(hours=1)) is None


def test_without_other_days_it_is_the_day_before() -> None:
    each = reminders.Expected(event=uuid4(), person=uuid4(), starts_at=START, invited_at=INVITED, changed_at=INVITED)

    assert [reminders.due(each, now=START - timedelta(hours=hours)) for hours in (25, 24)] == [None, 1]
