"""A coach's hours: offered, booked, delivered, missed and lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy.errors import NotFound
from cohorts.coaching.bookings import queries, rules
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import rules as patterns
from cohorts.coaching.times.rules import Pattern

_A_DAY = timedelta(days=1)


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """A coach's time between two instants, in minutes."""

    offered: int
    """By the pattern as it is now, with its exceptions and bank holidays."""
    booked: int
    """All that was booked and not cancelled in time: delivered, missed, lost, and still to come."""
    delivered: int
    no_show: int
    """The coachee did not come."""
    lost: int
    """Cancelled after the cut-off."""


async def hours(coach: UUID, since: datetime, until: datetime) -> Hours:
    """Hours offered, booked, delivered and lost. Sessions count where they start."""
    pattern = (await times.patterns([coach])).get(coach)
    if pattern is None:
        raise NotFound
    return hours_in(pattern, await queries.of_coach(coach, since=since, until=until), since, until)


def hours_in(
    pattern: Pattern,
    sessions: Sequence[SessionView],
    since: datetime,
    until: datetime,
    *,
    offered_since: datetime | None = None,
    offered_until: datetime | None = None,
) -> Hours:
    """The same for sessions that are loaded already.

    Nothing was offered before ``offered_since``, nor after ``offered_until``. What was offered is counted by the hours
    as they are now, since earlier ones are not kept: pages say so.
    """
    first, last = max(since, offered_since or since), min(until, offered_until or until)
    offered = sum(
        max(timedelta(), min(each.ends_at, last) - max(each.starts_at, first)).total_seconds()
        for each in patterns.open_times(pattern, since=first.date() - _A_DAY, until=until.date() + _A_DAY)
    )
    mine = [each for each in sessions if since <= each.starts_at < until]
    delivered = sum(each.minutes or each.length for each in mine if each.status is SessionStatus.COMPLETED)
    missed = sum(each.length for each in mine if each.status is SessionStatus.NO_SHOW_COACHEE)
    lost = sum(each.length for each in mine if each.status is SessionStatus.CANCELLED_BY_COACHEE and each.late)
    booked = sum(each.length for each in mine if each.status in rules.HOLDS_TIME) + lost
    return Hours(offered=int(offered // 60), booked=booked, delivered=delivered, no_show=missed, lost=lost)
