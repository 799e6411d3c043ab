"""What coaches have answered to wishes to move, as the coachee's own page tells it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from cohorts.coaching.bookings.tables import RequestState

STAYS = timedelta(days=7)
"""An answer is shown so long, and not after the session."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A coach's answer to a wish to move a session that is still to come."""

    session: UUID
    coach_name: str
    yes: bool
    wanted: datetime
    starts_at: datetime
    """When the session is now."""
    answered_at: datetime


_ANSWERS = database.compiled_sql("""
    SELECT s.id AS session, p.name AS coach_name, r.state, r.starts_at AS wanted, s.starts_at, r.answered_at
    FROM enrolment e JOIN coaching_session s ON s.enrolment = e.id JOIN move_request r ON r.session = s.id
    JOIN coach k ON k.id = s.coach JOIN person p ON p.id = k.person
    WHERE e.person = :person AND s.status IN ('requested', 'booked') AND s.starts_at > :now
      AND r.state IN ('accepted', 'declined') AND r.answered_at > :since
    ORDER BY r.answered_at DESC, r.id
""")


async def answers(person: UUID, *, now: datetime) -> list[Answer]:
    """The latest answer about each session to come, the newest first. One query."""
    found: dict[UUID, Answer] = {}
    for row in await _ANSWERS.run(person=person, now=now, since=now - STAYS):
        state = row.pop("state")
        found.setdefault(row["session"], Answer(**row, yes=state == RequestState.ACCEPTED))
    return list(found.values())
