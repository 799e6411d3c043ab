"""Rules about events in one person's calendar."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from academy.invites import rules

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


class Somewhere(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime


def somewhere(number: int, title: str, begins: float, ends: float) -> Somewhere:
    return Somewhere(UUID(int=number), title, NOW + timedelta(hours=begins), NOW + timedelta(hours=ends))


def test_things_at_the_same_time_name_each_other() -> None:
    day = somewhere(1, "Day 1", 0, 7)
    coaching = somewhere(2, "Coaching", 6, 7)
    evening = somewhere(3, "Dinner", 7, 9)

    assert rules.at_the_same_time([evening, coaching, day]) == {day.id: ["Coaching"], coaching.id: ["Day 1"]}


def test_a_long_thing_overlaps_all_that_is_in_it() -> None:
    week = somewhere(1, "Residential", 0, 100)
    first, second = somewhere(2, "Call", 1, 2), somewhere(3, "Meeting", 50, 51)

    assert rules.at_the_same_time([second, first, week]) == {
        week.id: ["Call", "Meeting"],
        first.id: ["Residential"],
        second.id: ["Residential"],
    }
