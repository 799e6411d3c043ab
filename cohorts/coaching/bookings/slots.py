"""Free times of coaches, with everything that stands in anybody's way. A constant number of queries for any number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.invites import queries as invites
from cohorts.coaching.bookings.rules import HOLDS_TIME, overlap
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import rules as patterns
from cohorts.coaching.times.rules import Interval, Offer

AROUND = timedelta(days=10)
"""How far from a time that is gone the nearest free ones are looked for first."""
FAR = timedelta(days=120)

_HELD_COLUMNS = """
    SELECT s.id, s.coach, s.event, s.starts_at, s.ends_at, s.status, c.person AS coach_person, e.person AS coachee
"""
_HELD = f"""
    {_HELD_COLUMNS} FROM coach c JOIN coaching_session s ON s.coach = c.id JOIN enrolment e ON e.id = s.enrolment
    WHERE c.person IN ({{people}}) AND s.ends_at > {{{{}}}} AND s.starts_at < {{{{}}}} AND s.status IN ({{statuses}})
    UNION
    {_HELD_COLUMNS} FROM enrolment e JOIN coaching_session s ON s.enrolment = e.id JOIN coach c ON c.id = s.coach
    WHERE e.person IN ({{people}}) AND s.ends_at > {{{{}}}} AND s.starts_at < {{{{}}}} AND s.status IN ({{statuses}})
"""
"""As coach or as coachee: two questions, since each has an index and "or" has none."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A coaching session that holds its time."""

    id: UUID
    coach: UUID
    coach_person: UUID
    coachee: UUID
    event: UUID | None
    starts_at: datetime
    ends_at: datetime
    status: str


async def held(people: Sequence[UUID], *, since: datetime, until: datetime, but: UUID | None = None) -> list[Held]:
    """The sessions of these people, as coach or as coachee, that overlap an interval and hold their time."""
    if not people:
        return []
    wanted = ", ".join(["{}"] * len(people))
    statuses = ", ".join(f"'{status}'" for status in HOLDS_TIME)
    sql = _HELD.format(people=wanted, statuses=statuses)
    rows = await database.fetch(sql, *people, since, until, *people, since, until)
    return [Held(**row) for row in rows if row["id"] != but]


async def free(
    coaches: Sequence[UUID],
    *,
    minutes: int,
    since: datetime,
    until: datetime,
    now: datetime,
    but: UUID | None = None,
    coachee: UUID | None = None,
) -> dict[UUID, list[datetime]]:
    """The starts at which each coach can be booked for ``minutes``, in order, in UTC.

    In the way are their own sessions with the buffer around them, sessions in which they are coached themselves,
    everything else in their calendar here, and what their calendars elsewhere say. ``but`` is a session that is being
    moved, and so in nobody's way. With ``coachee``, the times of that person's other coaching are left out too.
    """
    known = await times.patterns(coaches)
    if not known:
        return {}
    people = await _people(list(known))
    both = [*people.values(), *([coachee] if coachee else [])]
    around = patterns.SESSIONS_AROUND
    sessions = await held(both, since=since - around, until=until + around + timedelta(minutes=minutes))
    mine = {each.event for each in sessions if each.event}
    ends = until + timedelta(minutes=minutes)
    elsewhere = await times.busy(list(known), since, ends)
    here = await invites.busy(list(people.values()), since=since, until=ends)
    counted = [each for each in sessions if each.id != but]
    led, attended = _by(counted, lambda each: each.coach_person), _by(counted, lambda each: each.coachee)
    theirs = [*led.get(coachee, ()), *attended.get(coachee, ())] if coachee else []
    found = {}
    for coach, pattern in known.items():
        person = people[coach]
        events = [Interval(each.starts_at, each.ends_at) for each in here[person] if each.event not in mine]
        found[coach] = patterns.free_slots(
            pattern,
            minutes=minutes,
            sessions=_intervals(led.get(person, ())),
            busy=[*events, *elsewhere.get(coach, []), *_intervals([*attended.get(person, ()), *theirs])],
            since=since,
            until=until,
            now=now,
        )
    return found


async def nearest(
    coach: UUID,
    wanted: datetime,
    *,
    minutes: int,
    now: datetime,
    but: UUID | None = None,
    coachee: UUID | None = None,
) -> list[datetime]:
    """Up to three free times of a coach that are closest to a time that is gone."""
    for reach in (AROUND, FAR):
        found = await free(
            [coach],
            minutes=minutes,
            since=max(now, wanted - reach),
            until=max(now, wanted) + reach,
            now=now,
            but=but,
            coachee=coachee,
        )
        three = patterns.nearest((each for each in found.get(coach, []) if each != wanted), wanted)
        if len(three) == 3:
            break
    return three


async def offered(coach: UUID, starts_at: datetime, *, minutes: int, now: datetime) -> Offer:
    """Whether a coach offers a time at all, whoever may have taken it."""
    pattern = (await times.patterns([coach]))[coach]
    return patterns.offer(pattern, starts_at, minutes=minutes, now=now)


async def clashes(
    person: UUID, starts: Iterable[datetime], *, minutes: int, but: UUID | None = None
) -> dict[datetime, str]:
    """What of their own calendar each of these times would overlap, by title; times without a clash are left out.

    ``but`` is the calendar event of a session that is being moved.
    """
    wanted = sorted(starts)
    if not wanted:
        return {}
    length = timedelta(minutes=minutes)
    own = (await invites.busy([person], since=wanted[0], until=wanted[-1] + length))[person]
    found = {}
    for start in wanted:
        titles = [each.title for each in own if each.event != but and overlap(each, start, start + length)]
        if titles:
            found[start] = titles[0]
    return found


async def _people(coaches: Sequence[UUID]) -> dict[UUID, UUID]:
    wanted = ", ".join(["{}"] * len(coaches))
    rows = await database.fetch(f"SELECT id, person FROM coach WHERE id IN ({wanted})", *coaches)  # noqa: S608
    return {row["id"]: row["person"] for row in rows}


def _by(sessions: Iterable[Held], whose: Callable[[Held], UUID]) -> dict[UUID, list[Held]]:
    """Sessions of each person, gathered once: looking through all for each coach would take the square of the time."""
    found: dict[UUID, list[Held]] = {}
    for each in sessions:
        found.setdefault(whose(each), []).append(each)
    return found


def _intervals(sessions: Iterable[Held]) -> list[Interval]:
    return [Interval(each.starts_at, each.ends_at) for each in sessions]
