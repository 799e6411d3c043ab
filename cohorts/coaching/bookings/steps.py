"""The one place where coaching sessions are written: row, history and audit trail, under the locks that are needed.

Every verb about a session first takes the lock of its ledger (``enrolment-credits:…``), and so is alone with the
session. One that gives somebody's time away then takes the locks of both people, in one order for all, looks whether
the time is free, and writes. Overlap is the question, not equal starts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from academy.invites import queries as invites
from cohorts.coaching.bookings import letters, queries, rules, slots, words
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import Party, SlotTaken
from cohorts.coaching.bookings.tables import CoachingChange, CoachingSession, MoveRequest, RequestState, SessionStatus
from cohorts.coaching.credits import service as credits
from cohorts.coaching.credits.service import Ledger
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView

NETS = ("coaching_session_one_at_a_time", "coaching_session_no_overlap")
"""What the database itself refuses, should a look for overlaps ever fail."""

COACHED_ELSEWHERE = {
    Party.COACHEE: "You have another coaching session at this time. Choose another one.",
    Party.COACH: "This time is no longer free for both of you. Choose another one.",
    Party.ACADEMY: "The coachee has another coaching session at this time. Choose another one.",
}
_BUSY_ELSEWHERE = {
    Party.COACHEE: "You have {} at this time.",
    Party.COACH: "The coachee may not be free at this time. Ask first, or choose another one.",
    Party.ACADEMY: "The coachee has something else in the calendar at this time.",
}
"""What stands in a coachee's calendar is named to nobody else, and a coach is not told what kind of thing it is."""


async def locked(session: UUID) -> tuple[SessionView, Ledger]:
    """A session with its ledger, as they stand, with everybody else who would change them waiting. Raises NotFound."""
    view = await queries.any_session(session)
    while True:
        ledger = await credits.locked(view.enrolment)
        view = await queries.any_session(session)
        if view.enrolment == ledger.place.id:  # else it was carried to another cohort meanwhile
            return view, ledger


async def write(
    before: SessionView,
    *,
    verb: str,
    status: SessionStatus | None = None,
    columns: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> SessionView:
    """Change a session, and keep who did what. Returns it as it is then. Raises ForbiddenMove."""
    values: dict[Any, Any] = dict(columns or {})
    if status is not None and status is not before.status:
        values["status"] = rules.move(before.status, status).value
    if values:
        await CoachingSession.update(values).where(CoachingSession.id == before.id)
    after = await queries.any_session(before.id)
    await remember(after, before=before, verb=verb, reason=reason, actor=actor, now=now)
    return after


async def remember(
    after: SessionView, *, before: SessionView | None, verb: str, reason: str = "", actor: Actor, now: datetime
) -> None:
    """One step in the history of a session, and one line in the audit trail."""
    await CoachingChange.insert(
        CoachingChange(
            session=after.id,
            at=now,
            verb=verb,
            from_status=before.status.value if before else "",
            to_status=after.status.value,
            from_starts_at=before.starts_at if before else None,
            to_starts_at=after.starts_at,
            by=actor.person,
            reason=reason[:300],
        )
    )
    was, becomes = audit.changed(_told(before) if before else {}, _told(after))
    await audit.record(
        f"coaching.{verb}",
        letters.about(after),
        actor=actor,
        now=now,
        person=after.coachee,
        before=was if before else None,
        after=becomes,
        note=reason,
    )


def _told(session: SessionView) -> dict[str, str]:
    return {"status": session.status.value, "coach": session.coach_name, "starts": session.starts_at.isoformat()}


async def close_request(session: SessionView, state: RequestState, *, actor: Actor, now: datetime) -> None:
    """An open wish to move is answered, or no longer the question."""
    if session.open_request is not None:
        await MoveRequest.update({"state": state.value, "answered_at": now, "answered_by": actor.person}).where(
            MoveRequest.id == session.open_request.id
        )
        await letters.ask_no_more(session, now=now)


# ----------------------------------------------------------------- whose time
async def take_time(
    coach: CoachView,
    coachee: UUID,
    *,
    starts_at: datetime,
    minutes: int,
    moved: SessionView | None = None,
    despite_clash: bool = False,
    wished: bool = False,
    by: Party,
    now: datetime,
) -> None:
    """Make sure that both are free, and that nobody else takes their time before the transaction ends.

    A coachee gets a free slot and nothing else; a coach and the academy any time at which neither of the two has other
    coaching. What else stands in a calendar is a Clash, unless it is known. ``wished``: as in ``look_for_clashes``.
    Raises SlotTaken and Clash.
    """
    for person in sorted({coach.person, coachee}, key=str):
        await database.lock(f"person:{person}")
    ends_at = starts_at + timedelta(minutes=minutes)
    but = moved.id if moved else None
    for each in await slots.held([coach.person, coachee], since=starts_at, until=ends_at, but=but):
        told = "" if coach.person in (each.coach_person, each.coachee) else COACHED_ELSEWHERE[by]
        raise await _gone(coach, starts_at, minutes=minutes, told=told, by=by, now=now)
    if by is Party.COACHEE:
        found = await slots.free(
            [coach.id], minutes=minutes, since=starts_at, until=starts_at + timedelta(seconds=1), now=now, but=but
        )
        if starts_at not in found.get(coach.id, []):
            raise await _gone(coach, starts_at, minutes=minutes, by=by, now=now)
    if not despite_clash:
        event = moved.event if moved else None
        await look_for_clashes(coach, coachee, starts_at=starts_at, ends_at=ends_at, but=event, wished=wished, by=by)


async def _gone(
    coach: CoachView, starts_at: datetime, *, minutes: int, told: str = "", by: Party, now: datetime
) -> SlotTaken:
    """That somebody else has the time; or, to a coachee, that the coach never offered it."""
    if by is not Party.COACHEE:
        return SlotTaken(told)
    offer = await slots.offered(coach.id, starts_at, minutes=minutes, now=now)
    why = words.not_offered(offer, coach.name, notice=coach.notice_hours, horizon=coach.horizon_days)
    return SlotTaken(f"This time {why}. Choose another one.", offered=False) if why else SlotTaken(told)


async def look_for_clashes(
    coach: CoachView,
    coachee: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    but: UUID | None = None,
    wished: bool = False,
    by: Party,
) -> None:
    """Whether anything but coaching stands in the calendar of either: ``but`` is the session's own event.

    A coach's own is in the way of a coachee's booking, so only the others need the warning. Titles are their owner's
    alone. ``wished``: the coachee asked for this time and was warned of their own then, so that the coach who says yes
    is neither stopped by it nor told of it. Raises Clash.
    """
    own = await invites.busy([coach.person, coachee], since=starts_at, until=ends_at)
    theirs = [each for each in own[coachee] if each.event != but]
    if theirs and not wished:
        raise rules.Clash(_BUSY_ELSEWHERE[by].format(theirs[0].title))
    if by is not Party.COACHEE:
        elsewhere = await times.busy([coach.id], starts_at, ends_at)
        if elsewhere[coach.id] or any(each.event != but for each in own[coach.person]):
            raise rules.Clash(
                "You have something else in your calendar at this time."
                if by is Party.COACH
                else "The coach has something else in the calendar at this time."
            )


@asynccontextmanager
async def or_nearest(
    coach: UUID, coachee: UUID, *, starts_at: datetime, minutes: int, but: UUID | None = None, now: datetime
) -> AsyncIterator[None]:
    """Around a transaction that takes somebody's time: who finds it gone is offered the nearest three.

    They are looked for after the transaction, when nobody waits for its locks.
    """
    try:
        yield
    except (SlotTaken, database.Duplicate) as gone:
        if isinstance(gone, database.Duplicate) and not _is_the_net(gone):
            raise
        found = await slots.nearest(coach, starts_at, minutes=minutes, coachee=coachee, but=but, now=now)
        if isinstance(gone, SlotTaken):
            raise SlotTaken(gone.message, nearest=found, offered=gone.offered) from None
        raise SlotTaken(nearest=found) from None


def _is_the_net(gone: database.Duplicate) -> bool:
    """Whether it says that the coach's time is gone; SQLite names the columns and PostgreSQL the index."""
    return gone.constraint in NETS or (gone.table, gone.columns) == ("coaching_session", ("coach", "starts_at"))
