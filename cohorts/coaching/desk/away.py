"""A coach is ill or leaves: all their bookings of that time, and what can become of each. Constant queries.

The same time with another coach of the programme who is free, the nearest free times of others, a later time of the
coach's own, the session given back to book anew, or left as it is because the two have found a way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.invites import queries as invites
from academy.invites.queries import Busy
from academy.invites.times import uk_day, uk_time, utc_to_local
from cohorts.coaching.bookings import days, slots
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import overlap
from cohorts.coaching.bookings.slots import Held
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.desk.forms import Away, read_uuid
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import Interval, Pattern, open_times

BEFORE, AFTER = timedelta(days=3), timedelta(days=21)
"""How far around the bookings other times are looked for."""
NEAREST, LATER = 3, 2
"""How many times of other coaches, and of the coach's own, are offered for each booking."""


class Fate(StrEnum):
    """What becomes of a booking."""

    GIVE = "give"  # to a coach at a time
    BACK = "back"  # cancelled, and the credit comes back
    KEEP = "keep"  # as it is


class Decision(msgspec.Struct, frozen=True):
    """What becomes of one booking. ``coach`` and ``starts_at`` are there when it is given to somebody."""

    fate: Fate
    coach: UUID | None = None
    starts_at: datetime | None = None

    @property
    def value(self) -> str:
        """As a form holds it."""
        if self.coach is None or self.starts_at is None:
            return self.fate.value
        return f"{self.coach}@{days.written(self.starts_at)}"


class NoDecision(DomainError):
    """What a form says is none of the choices."""

    status = 422


def read(value: str) -> Decision:
    """What a form says. Raises NoDecision."""
    if value in (Fate.BACK, Fate.KEEP):
        return Decision(Fate(value))
    who, _, when = value.partition("@")
    coach, starts_at = read_uuid(who), days.read(when)
    if coach is None or starts_at is None:
        raise NoDecision("Choose what becomes of this session.")
    return Decision(Fate.GIVE, coach, starts_at)


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """One session, with what can become of it. The first option that is not ``ask_first`` is the default."""

    session: SessionView
    options: list[tuple[str, str]]
    """Value and text."""
    default: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All bookings of a coach in the time in which they are not there."""

    coach: CoachView
    away: Away
    bookings: list[Booking]
    names: dict[UUID, str]
    """Of the coaches that can take one."""
    confirming: frozenset[UUID] = frozenset()
    """Those of them who say yes to each booking, and so are asked first."""

    def told(self, decisions: dict[UUID, Decision]) -> set[UUID]:
        """Who gets an email: coachees, new coaches, and the coach whose calendar changes."""
        found: set[UUID] = set()
        for each in self.bookings:
            decision = decisions[each.session.id]
            if decision.fate is Fate.KEEP:
                continue
            found |= {each.session.coachee, self.coach.id}
            if decision.coach is not None:
                found.add(decision.coach)
        return found


async def affected(coach: CoachView, away: Away, *, now: datetime) -> list[SessionView]:
    """The coach's sessions to come, on these days of the coach's own calendar, the next first."""
    found = [msgspec.structs.replace(each, coachee_note="") for each in await bookings.live_of_coach(coach.id, now)]
    if away.until is None:
        return found
    return [each for each in found if away.since <= utc_to_local(each.starts_at, coach.zone).date() <= away.until]


async def plan(coach: CoachView, away: Away, *, zone: str, now: datetime) -> Plan:
    """What can become of each booking. ``zone`` is the reader's."""
    sessions = await affected(coach, away, now=now)
    if not sessions:
        return Plan(coach=coach, away=away, bookings=[], names={coach.id: coach.name})
    programmes = {each.programme for each in sessions}
    others = [
        each
        for each in await times.all_coaches()
        if each.left_at is None and each.id != coach.id and programmes & set(each.programmes)
    ]
    look = await _Look.at(coach, others, sessions, away=away, now=now)
    found = [_booking(each, look, away=away, zone=zone, now=now) for each in sessions]
    confirming = frozenset(each.id for each in others if each.confirms)
    return Plan(
        coach=coach,
        away=away,
        bookings=found,
        names={each.id: each.name for each in (coach, *others)},
        confirming=confirming,
    )


def _booking(session: SessionView, look: _Look, *, away: Away, zone: str, now: datetime) -> Booking:
    mine = [each for each in look.others if session.programme in each.programmes and each.person != session.coachee]
    same, waits, asked, near, later = [], [], [], [], []
    if session.kind is SessionKind.COACHING and session.starts_at > now:
        for other in mine:
            if not look.is_free(other, session):
                continue
            value = Decision(Fate.GIVE, other.id, session.starts_at).value
            if session.starts_at - now < timedelta(hours=other.notice_hours):
                asked.append((value, f"Same time with {other.name}, at short notice: ask first"))
            elif other.confirms:
                waits.append((value, f"Same time with {other.name}, who is asked and confirms"))
            else:
                same.append((value, f"Same time with {other.name}"))
        near = look.nearest(session, mine, most=NEAREST, but=session.starts_at)
    if not away.for_good:
        later = look.nearest(session, [look.coach], most=LATER)
    back = (
        Fate.BACK.value,
        "Give the session back, to book again" if session.has_credit else "Cancel it; a new call can be booked",
    )
    options = [
        *same,
        *waits,
        *asked,
        *((Decision(Fate.GIVE, who.id, at).value, _told(who, at, zone, again=False)) for at, who in near),
        *((Decision(Fate.GIVE, who.id, at).value, _told(who, at, zone, again=True)) for at, who in later),
        back,
        (Fate.KEEP.value, f"Leave it with {look.coach.name}"),
    ]
    return Booking(session=session, options=options, default=[*same, *waits, (Fate.BACK.value, "")][0][0])


def _told(coach: CoachView, at: datetime, zone: str, *, again: bool) -> str:
    told = f"{uk_day(at, zone)}, {uk_time(at, zone)}, {'still ' if again else ''}with {coach.name}"
    return f"{told}, who is asked and confirms" if coach.confirms and not again else told


class _Look(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of the people concerned, around the time of the bookings."""

    coach: CoachView
    others: list[CoachView]
    patterns: dict[UUID, Pattern]
    held: list[Held]
    here: dict[UUID, list[Busy]]
    """By person."""
    elsewhere: dict[UUID, list[Interval]]
    """By coach."""
    free: dict[int, dict[UUID, list[datetime]]]
    """By length: the free times of each coach."""

    @classmethod
    async def at(
        cls, coach: CoachView, others: list[CoachView], sessions: Sequence[SessionView], *, away: Away, now: datetime
    ) -> _Look:
        since = max(now, sessions[0].starts_at - BEFORE)
        until = max(each.ends_at for each in sessions) + AFTER
        if away.until is not None:
            until = max(until, now + timedelta(days=(away.until - now.date()).days) + AFTER)
        everybody = [*others, *([] if away.for_good else [coach])]
        ids = [each.id for each in others]
        people = list(dict.fromkeys([*(each.person for each in others), *(each.coachee for each in sessions)]))
        free = {}
        for minutes in {each.length for each in sessions}:
            found = await slots.free(
                [each.id for each in everybody], minutes=minutes, since=since, until=until, now=now
            )
            if away.until is not None:  # the coach's own days away are free still
                found[coach.id] = [
                    each
                    for each in found.get(coach.id, [])
                    if not away.since <= utc_to_local(each, coach.zone).date() <= away.until
                ]
            free[minutes] = found
        return cls(
            coach=coach,
            others=others,
            patterns=await times.patterns(ids),
            held=await slots.held(people, since=since - timedelta(days=1), until=until + timedelta(days=1)),
            here=await invites.busy(people, since=since, until=until),
            elsewhere=await times.busy(ids, since, until) if ids else {},
            free=free,
        )

    def is_free(self, other: CoachView, session: SessionView) -> bool:
        """Whether the session could be with this coach at its own time, notice left aside."""
        starts, ends = session.starts_at, session.ends_at
        pattern = self.patterns[other.id]
        day = utc_to_local(starts, other.zone).date()
        opened = open_times(pattern, since=day - timedelta(days=1), until=day + timedelta(days=1))
        if not any(each.starts_at <= starts and ends <= each.ends_at for each in opened):
            return False
        around = timedelta(minutes=other.buffer_minutes)
        if any(
            overlap(each, starts - around, ends + around)
            for each in self.held
            if other.person in (each.coach_person, each.coachee) and each.id != session.id
        ):
            return False
        sessions = {each.event for each in self.held}
        events = [each for each in self.here.get(other.person, ()) if each.event not in sessions]
        if any(overlap(each, starts, ends) for each in (*events, *self.elsewhere.get(other.id, ()))):
            return False
        return not self._is_busy(session, starts)

    def nearest(
        self, session: SessionView, coaches: Iterable[CoachView], *, most: int, but: datetime | None = None
    ) -> list[tuple[datetime, CoachView]]:
        """Free times closest to the session's own, at which the coachee has nothing else; each time once."""
        free = self.free.get(session.length, {})
        found: list[tuple[datetime, CoachView]] = []
        for at, who in sorted(
            ((at, coach) for coach in coaches for at in free.get(coach.id, ()) if at != but),
            key=lambda each: (abs(each[0] - session.starts_at), each[0], each[1].name),
        ):
            if all(at != other for other, _ in found) and not self._is_busy(session, at):
                found.append((at, who))
                if len(found) == most:
                    break
        return sorted(found, key=lambda each: each[0])

    def _is_busy(self, session: SessionView, starts: datetime) -> bool:
        """Whether the coachee has anything but this session then."""
        ends = starts + timedelta(minutes=session.length)
        coaching = [
            each for each in self.held if session.coachee in (each.coach_person, each.coachee) and each.id != session.id
        ]
        events = [each for each in self.here.get(session.coachee, ()) if each.event != session.event]
        return any(overlap(one, starts, ends) for one in coaching) or any(overlap(one, starts, ends) for one in events)
