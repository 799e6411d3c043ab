"""Who counts as having been there, for how long, and when a register may be taken. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.invites.times import uk_day, uk_time
from cohorts.attendance.tables import Mark
from cohorts.schedule.tables import CohortStatus, SessionStatus

OPENS_BEFORE = timedelta(hours=1)
"""People arrive early; a day before, nobody has been anywhere."""

UNDO_WITHIN = timedelta(days=1)
"""A slip is seen at once. Weeks later one tap would empty a register that hours and certificates rest on."""

MOST_NOTE = 300

CALLED: dict[Mark, str] = {
    Mark.UNMARKED: "Not marked",
    Mark.PRESENT: "Present",
    Mark.LATE: "Late",
    Mark.PARTIAL: "Partly",
    Mark.ABSENT_EXCUSED: "Absent, excused",
    Mark.ABSENT: "Absent",
}
"""What a mark is called on a page."""

WITH_MINUTES = (Mark.LATE, Mark.PARTIAL)
"""Marks that say how many minutes somebody was there."""


class RegisterClosed(DomainError):
    """The register of this session cannot be taken. Its subclasses say why."""


class TooEarly(RegisterClosed):
    """The session has not begun."""


class SessionCancelled(RegisterClosed):
    """There was no session to attend."""


class CohortClosed(RegisterClosed):
    """Certificates are out: only a coordinator corrects the register."""


class TooLateToUndo(DomainError):
    """The last save is too long ago to be taken back as a whole."""


class MinutesNeeded(DomainError):
    """Late and partly need the minutes; they cannot be more than the session had."""

    status = 422


class MarkGiven(msgspec.Struct, frozen=True):
    """What was said of one person. ``minutes`` counts for late and partly only."""

    mark: Mark
    minutes: int | None = None
    note: str = ""


class Times(msgspec.Struct, frozen=True):
    """When a session was, as aware instants, and the zone its people live by."""

    starts_at: datetime
    ends_at: datetime
    zone: str = "Europe/London"

    @property
    def minutes(self) -> int:
        """Length of the session in whole minutes; at least 1."""
        return max(1, int((self.ends_at - self.starts_at).total_seconds() // 60))


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a cohort, as far as attendance goes."""

    id: UUID
    title: str
    compulsory: bool
    cancelled: bool
    times: Times


def why_not_mark(
    times: Times, *, session: SessionStatus, cohort: CohortStatus, coordinator: bool, now: datetime
) -> RegisterClosed | None:
    """Why the register cannot be taken now; None when it can."""
    if session is SessionStatus.CANCELLED or cohort is CohortStatus.CANCELLED:
        return SessionCancelled("This session was cancelled, so it has no register.")
    opens_at = times.starts_at - OPENS_BEFORE
    if now < opens_at:
        return TooEarly(
            f"The register opens 1 hour before the session: {uk_day(opens_at, times.zone)} "
            f"at {uk_time(opens_at, times.zone)}."
        )
    if cohort is CohortStatus.CLOSED and not coordinator:
        return CohortClosed("This cohort is closed. Ask the coordinator to correct the register.")
    return None


def why_not_undo(saved_at: datetime, *, now: datetime) -> TooLateToUndo | None:
    """Why a save cannot be taken back now; None when it can."""
    if now - saved_at > UNDO_WITHIN:
        return TooLateToUndo("The last save is more than a day old. Change the marks that are wrong, and save.")
    return None


def minutes_attended(given: MarkGiven, times: Times, *, now: datetime) -> int:
    """Minutes that a mark stands for. Raises MinutesNeeded.

    Present is the whole session, absent none. Late and partly are the minutes given, from 1 to the session's length;
    somebody marked late while the session runs, without minutes, is there from now to its end.
    """
    if given.mark is Mark.PRESENT:
        return times.minutes
    if given.mark not in WITH_MINUTES:
        return 0
    minutes = given.minutes
    if minutes is None and given.mark is Mark.LATE and times.starts_at <= now < times.ends_at:
        minutes = max(1, int((times.ends_at - now).total_seconds() // 60))
    if minutes is None:
        raise MinutesNeeded("enter how many minutes they were there")
    if not 1 <= minutes <= times.minutes:
        raise MinutesNeeded(f"enter minutes from 1 to {times.minutes}, the length of the session")
    return minutes


def attended(mark: Mark, minutes: int, session_minutes: int) -> bool:
    """Whether a session counts towards completion.

    Present and late do. Partly does from half of the session on. Excused and absent do not: an excuse explains an
    absence, and the completion rule already says how many sessions somebody may miss.
    """
    if mark in (Mark.PRESENT, Mark.LATE):
        return True
    return mark is Mark.PARTIAL and 2 * minutes >= session_minutes
