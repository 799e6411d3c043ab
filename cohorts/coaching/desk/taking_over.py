"""Carrying out what a coordinator decided for the bookings of a coach who is not there.

The leave is written first, so that nobody books meanwhile; then each booking is a transaction of its own. One that
somebody else was faster with stays as it was, and is told with a sentence.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy.audit.service import Actor
from academy.errors import DomainError
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.desk.away import Decision, Fate, affected
from cohorts.coaching.desk.forms import Away
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import service
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import DayException
from cohorts.coaching.times.tables import ExceptionKind

NEW = "This session was booked meanwhile. Choose what becomes of it."
PASSED = "This time has passed. Choose another one."
BOOK_AGAIN = "You have the session back: please book another time."


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the bookings."""

    given: int = 0
    """To another coach or another time."""
    asked: int = 0
    """Of another coach, whose yes they wait for."""
    back: int = 0
    kept: int = 0
    lost: dict[UUID, str]
    """Those that stayed as they were although they were not to, and why."""


async def take_over(
    coach: CoachView, away: Away, decisions: dict[UUID, Decision], *, reason: str, actor: Actor, now: datetime
) -> Done:
    """The coach is away on these days, or leaves; each booking goes where it was decided. Again, it changes nothing.

    ``reason`` is read by everybody who is told. Raises NoSuchTime and NotFound.
    """
    if away.until is None:
        await service.leave(coach.id, actor=actor, now=now)
    else:
        await _write_leave(coach, away, actor=actor, now=now)
    given = asked = back = kept = 0
    lost: dict[UUID, str] = {}
    for session in await affected(coach, away, now=now):
        decision = decisions.get(session.id)
        if decision is None:
            lost[session.id] = NEW
            continue
        try:
            waits = await _carry_out(session, decision, reason=reason, actor=actor, now=now)
        except DomainError as error:
            lost[session.id] = error.message
            continue
        given += decision.fate is Fate.GIVE and not waits
        asked += waits
        back += decision.fate is Fate.BACK
        kept += decision.fate is Fate.KEEP
    return Done(given=given, asked=asked, back=back, kept=kept, lost=lost)


async def _write_leave(coach: CoachView, away: Away, *, actor: Actor, now: datetime) -> None:
    assert away.until is not None
    known = await times.exceptions(coach.id, since=away.since)
    for each in known:
        if each.kind is ExceptionKind.LEAVE and each.from_on <= away.since and away.until <= each.to_on:
            return
    leave = DayException(kind=ExceptionKind.LEAVE, from_on=away.since, to_on=away.until)
    await service.add_exception(coach.id, leave, actor=actor, now=now)


async def _carry_out(session: SessionView, decision: Decision, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Whether it waits for another coach's yes now."""
    if decision.fate is Fate.BACK:
        told = f"{reason} {BOOK_AGAIN}".strip() if session.has_credit else reason
        await bookings.cancel(session.id, reason=told, by=Party.ACADEMY, actor=actor, now=now)
    elif decision.coach is not None and decision.starts_at is not None:
        if decision.starts_at <= now:
            raise DomainError(PASSED)
        return await bookings.reassign(
            session.id, decision.coach, starts_at=decision.starts_at, reason=reason, actor=actor, now=now
        )
    return False
