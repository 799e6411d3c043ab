"""Who has completed a cohort, what the others miss, and when a cohort may be closed. Pure.

A programme asks for at least k of n sessions, and for those that are compulsory. So somebody may miss n − k. A session
that was cancelled is missed by nobody: it counts neither as held nor as missed, and never makes completing harder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.invites.times import uk_day, uk_time
from cohorts.attendance.rules import Planned, attended
from cohorts.attendance.tables import Mark
from cohorts.schedule.tables import CohortStatus

Marks = Mapping[UUID, tuple[Mark, int]]
"""A person's mark and minutes by session; nothing for a session in which they were not marked."""


class CannotClose(DomainError):
    """The cohort cannot be closed now. Its subclasses say why."""


class NotOver(CannotClose):
    """A session is still to come."""


class NothingHeld(CannotClose):
    """There was no session at all."""


class NotRunning(CannotClose):
    """A cohort that was not published, or was cancelled."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody has completed, and if not, what is missing, in words. ``minutes`` are those really attended."""

    completed: bool
    attended: int
    held: int
    missing: list[str]
    minutes: int


def may_miss(sessions: Sequence[Planned], needed: int | None) -> int:
    """How many sessions somebody may miss; ``needed`` is k, and none means all."""
    return 0 if needed is None else max(0, len(sessions) - max(needed, 0))


def enough(sessions: Sequence[Planned], needed: int | None) -> int:
    """How many of the sessions that were held are enough; at least one, if any was held."""
    held = sum(not session.cancelled for session in sessions)
    return max(min(held, 1), held - may_miss(sessions, needed))


def decide(sessions: Sequence[Planned], marks: Marks, needed: int | None) -> Decision:
    """The verdict on one person. Nobody completes without having been anywhere."""

    def was_there(session: Planned) -> bool:
        mark, minutes = marks.get(session.id, (Mark.UNMARKED, 0))
        return attended(mark, minutes, session.times.minutes)

    held = [session for session in sessions if not session.cancelled]
    missed = [session for session in held if not was_there(session)]
    compulsory = [session.title for session in missed if session.compulsory]
    more = len(missed) - may_miss(sessions, needed) - len(compulsory)
    missing = [f"{title} is compulsory" for title in compulsory]
    if more > 0:
        missing.append("1 more session" if more == 1 else f"{more} more sessions")
    if not missing and not any(was_there(session) for session in sessions):
        missing.append("1 more session" if held else "No session was held")
    return Decision(
        completed=not missing,
        attended=len(held) - len(missed),
        held=len(held),
        missing=missing,
        minutes=sum(marks[session.id][1] for session in held if session.id in marks),
    )


def rule_in_words(sessions: Sequence[Planned], needed: int | None) -> str:
    """What completing takes, as a sentence for the page."""
    total, cancelled = len(sessions), sum(session.cancelled for session in sessions)
    asked = total if needed is None else min(needed, total)
    sentences = [
        "Completing takes the one session."
        if total == 1
        else f"Completing takes {'both' if total == 2 else f'all {total}'} sessions."
        if asked == total
        else f"Completing takes {asked} of {total} sessions."
    ]
    compulsory = [session.title for session in sessions if session.compulsory and not session.cancelled]
    if compulsory and asked < total:
        sentences.append(f"{' and '.join(compulsory)} {_are(len(compulsory))} compulsory.")
    if 0 < cancelled < total:
        one = cancelled == 1
        was = "1 session was cancelled and counts" if one else f"{cancelled} sessions were cancelled and count"
        least = enough(sessions, needed)
        sentences.append(f"{was} against nobody: {least} of the {total - cancelled} held {_are(least)} enough.")
    return " ".join(sentences)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def cpd_minutes(attended_minutes: int, held_minutes: int, programme_cpd: int) -> int:
    """CPD in the share of the sessions' time that somebody was there, rounded down to whole minutes."""
    if held_minutes <= 0:
        return 0
    return programme_cpd * min(attended_minutes, held_minutes) // held_minutes


def why_not_close(status: CohortStatus, sessions: Sequence[Planned], now: datetime) -> CannotClose | None:
    """Why the cohort cannot be closed; None when it can. A closed one can be closed again, for who completed late."""
    if status is CohortStatus.PLANNED:
        return NotRunning("This cohort was never published, so nobody has completed it.")
    if status is CohortStatus.CANCELLED:
        return NotRunning("This cohort was cancelled.")
    held = [session for session in sessions if not session.cancelled]
    if not held:
        return NothingHeld("No session was held. Cancel the cohort instead.")
    last = max(held, key=lambda session: session.times.ends_at)
    if now < last.times.ends_at:
        at, zone = last.times.ends_at, last.times.zone
        return NotOver(f"{last.title} ends on {uk_day(at, zone)} at {uk_time(at, zone)}. Close the cohort after it.")
    return None
