"""What is shown of the record on the page of a session: to each of the two what is theirs to see."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.errors import NotFound
from academy.people.in_copies import Copies
from academy.settings import Settings
from cohorts.coaching.bookings import parts as session_page
from cohorts.coaching.bookings import rules as bookings
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits.rules import Rules
from cohorts.coaching.record import circle, notes, queries
from cohorts.coaching.record.circle import Goals
from cohorts.coaching.record.queries import Action, Note, Seat
from cohorts.coaching.record.tables import Party

TEMPLATE = "cohorts/coaching/record/_session_parts.html"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was written about one session, for one of its two people."""

    seat: Seat
    planned: int
    """Minutes that were booked."""
    minutes: int | None
    waits: bool
    """The coach has a request to answer."""
    can_mark: bool
    marked: bool
    no_show: str
    """What becomes of the credit when the coachee did not come."""
    note: Note | None
    note_seen: str
    copies: Copies
    actions: list[Action]
    cancelled: bool
    goals: Goals | None
    """None for a coach whose goals these are not, such as that of a chemistry call."""
    over: bool
    """The coaching has ended, and can be looked back on."""

    @property
    def is_coach(self) -> bool:
        return self.seat.party is Party.COACH

    @property
    def shown(self) -> bool:
        """A cancelled session has nothing to write about, unless something was written before."""
        return not self.cancelled or bool(self.note or self.actions)

    @property
    def agree(self) -> bool:
        """Whether this reader is asked to agree to the goals."""
        standing = self.goals.of(self.seat.party) if self.goals else None
        return bool(self.goals and self.goals.goals and standing and not standing.agreed_at)

    @property
    def look_back(self) -> bool:
        """Whether this reader is asked to look back."""
        if not self.over or self.goals is None:
            return False
        return not self.is_coach or bool(self.goals.goals)


async def of(session: SessionView, person: UUID, settings: Settings, now: datetime) -> dict[str, Any]:
    """Given to the template as ``record``. Seven queries, whatever was written. Raises NotFound for strangers."""
    seat = queries.seat_of(session, person)
    note = await queries.note(session.id, person)
    try:
        goals = await circle.goals(session.enrolment)
        goals.circle.party_of(person)
    except NotFound:
        goals = None
    known = await credits.rules_of_enrolment(session.enrolment) if seat.party is Party.COACH else None
    record = Record(
        seat=seat,
        planned=session.length,
        minutes=session.minutes,
        waits=waits_for_coach(session, now) and seat.party is Party.COACH,
        can_mark=seat.party is Party.COACH and session.status is SessionStatus.BOOKED and session.starts_at <= now,
        marked=session.status in bookings.OUTCOMES,
        no_show=_no_show(session, known),
        note=note,
        note_seen=notes.seen(note),
        copies=notes.copies(seat, note, gives=settings.gives_notes_about),
        actions=await queries.actions(seat),
        cancelled=session.status in bookings.CANCELLED,
        goals=goals,
        over=goals is not None and goals.circle.is_over(now),
    )
    return {name: getattr(record, name) for name in (*Record.__struct_fields__, *_ALSO)}


_ALSO = ("is_coach", "shown", "agree", "look_back")


def waits_for_coach(session: SessionView, now: datetime) -> bool:
    """Whether a booking or a wish to move waits for the coach's answer."""
    asks = session.status is SessionStatus.REQUESTED or session.open_request is not None
    return session.live and asks and session.ends_at > now


def _no_show(session: SessionView, known: Rules | None) -> str:
    if known is None or not bookings.needs_credit(session.kind, known):
        return ""
    if known.no_show_uses_credit:
        return "It counts as one of their sessions."
    return "They get the session back, to book another time."


session_page.add("record", TEMPLATE, of)
