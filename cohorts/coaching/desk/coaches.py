"""All coaches at a glance: programmes, hours of the month, the next free time, what waits. Constant queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.invites.times import UK, local_to_utc, utc_to_local
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings import slots
from cohorts.coaching.bookings.hours import Hours, hours_in
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.desk import queries
from cohorts.coaching.desk.queries import Taught
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView

AHEAD = timedelta(days=42)
"""How far the next free time is looked for."""
USUAL = 60
"""Minutes of the session whose next free time is shown, where the coach offers that length."""


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """Coaching of twelve months, in counts. Chemistry calls are left out."""

    delivered: int
    missed: int
    """By the coachee."""
    people: int
    """Who had at least one session."""


_YEAR = database.compiled_sql("""
    SELECT sum(CASE WHEN s.status = 'completed' THEN 1 ELSE 0 END) AS delivered,
           sum(CASE WHEN s.status = 'no_show_coachee' THEN 1 ELSE 0 END) AS missed,
           count(DISTINCT CASE WHEN s.status = 'completed' THEN e.person END) AS people
    FROM coaching_session s JOIN enrolment e ON e.id = s.enrolment
    WHERE s.kind = 'coaching' AND s.starts_at > :since AND s.starts_at <= :until
""")


async def year(*, until: datetime) -> Year:
    """What was delivered in the 365 days until an instant. One query."""
    (row,) = await _YEAR.run(since=until - timedelta(days=365), until=until)
    return Year(**{name: int(row[name] or 0) for name in Year.__struct_fields__})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One coach in the list."""

    coach: CoachView
    programmes: list[Taught]
    hours: Hours
    """Of this month."""
    live: int
    """Sessions to come."""
    waiting: int
    """Requests that wait for the coach's yes."""
    unmarked: int
    next_free: datetime | None

    @property
    def left(self) -> bool:
        return self.coach.left_at is not None


async def lines(*, now: datetime) -> list[Line]:
    """Everyone who coaches or has coached, by name."""
    coaches = await times.all_coaches()
    here = [each.id for each in coaches if each.left_at is None]
    since, until = month_of(now)
    patterns = await times.patterns([each.id for each in coaches])
    sessions: dict[UUID, list[SessionView]] = {}
    for each in await bookings.between(since, max(until, now + timedelta(days=400))):
        sessions.setdefault(each.coach, []).append(each)
    waiting, unmarked = await queries.requests_waiting(now=now), await queries.unmarked(now=now)
    taught = {each.id: each for each in await queries.programmes()}
    free = await next_free([each for each in coaches if each.id in set(here)], now=now)
    return [
        Line(
            coach=coach,
            programmes=sorted((taught[id] for id in coach.programmes if id in taught), key=lambda each: each.name),
            hours=hours_in(
                patterns[coach.id],
                sessions.get(coach.id, ()),
                since,
                until,
                offered_since=coach.created_at,
                offered_until=coach.left_at,
            ),
            live=sum(each.live and each.ends_at > now for each in sessions.get(coach.id, ())),
            waiting=waiting.get(coach.id, 0),
            unmarked=unmarked.get(coach.id, 0),
            next_free=free.get(coach.id),
        )
        for coach in coaches
    ]


async def next_free(coaches: Iterable[CoachView], *, now: datetime) -> dict[UUID, datetime]:
    """The first free time of each for a session of the usual length; who has none in ``AHEAD`` is left out."""
    by_length: dict[int, list[UUID]] = {}
    for each in coaches:
        by_length.setdefault(usual_length(each), []).append(each.id)
    found = {}
    for minutes, ids in by_length.items():
        for coach, starts in (await slots.free(ids, minutes=minutes, since=now, until=now + AHEAD, now=now)).items():
            if starts:
                found[coach] = starts[0]
    return found


def usual_length(coach: CoachView) -> int:
    """An hour where the coach offers it, else their shortest session."""
    return USUAL if USUAL in coach.lengths or not coach.lengths else coach.lengths[0]


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """The first instant of this month in the United Kingdom, and of the next one."""
    first = utc_to_local(now, UK).date().replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return local_to_utc(first, time(0), UK).astimezone(UTC), local_to_utc(after, time(0), UK).astimezone(UTC)
