"""What a pairing may become, who may do what, and how it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from academy.errors import DomainError
from academy.invites.times import UK, utc_to_local
from mentoring.pairings.tables import DeclineReason, MeetingStatus, PairingStatus

S = PairingStatus
M = MeetingStatus

MOVES: dict[PairingStatus | None, frozenset[PairingStatus]] = {
    None: frozenset({S.DRAFT, S.PROPOSED, S.ACCEPTED}),  # accepted at once: made by hand, both agreed beforehand
    S.DRAFT: frozenset({S.PROPOSED, S.EXPIRED}),
    S.PROPOSED: frozenset({S.ACCEPTED, S.DECLINED, S.EXPIRED}),
    S.ACCEPTED: frozenset({S.ACTIVE, S.ENDED_EARLY}),
    S.ACTIVE: frozenset({S.PAUSED, S.COMPLETED, S.ENDED_EARLY}),
    S.PAUSED: frozenset({S.ACTIVE, S.COMPLETED, S.ENDED_EARLY}),
    S.DECLINED: frozenset(),
    S.COMPLETED: frozenset(),
    S.ENDED_EARLY: frozenset(),
    S.EXPIRED: frozenset(),
}
LIVE = frozenset({S.DRAFT, S.PROPOSED, S.ACCEPTED, S.ACTIVE, S.PAUSED})
"""Takes one of the mentor's places, and is the mentee's one pairing of the round."""
SETTLED = LIVE | {S.COMPLETED}
"""The mentee waits for nobody in this round."""
MET = frozenset({S.ACCEPTED, S.ACTIVE, S.PAUSED, S.COMPLETED, S.ENDED_EARLY})
"""Both know of each other."""
UNDER_WAY = frozenset({S.ACCEPTED, S.ACTIVE, S.PAUSED})

MEETING_MOVES: dict[MeetingStatus, frozenset[MeetingStatus]] = {
    M.PLANNED: frozenset({M.HELD, M.MISSED, M.CANCELLED}),
    M.MISSED: frozenset({M.HELD}),  # it was only later, or marked by mistake
    M.HELD: frozenset({M.CANCELLED}),  # logged by mistake
    M.CANCELLED: frozenset(),
}
MAY_HAVE_BEEN = frozenset({M.PLANNED, M.MISSED})
"""A meeting of that day that somebody now says took place."""

MEETING_CALLED: dict[MeetingStatus, str] = {
    M.PLANNED: "Planned",
    M.HELD: "Took place",
    M.MISSED: "Did not take place",
    M.CANCELLED: "Cancelled",
}

CALLED: dict[PairingStatus, str] = {
    S.DRAFT: "Draft",
    S.PROPOSED: "Waiting for the mentor",
    S.ACCEPTED: "Accepted",
    S.DECLINED: "Declined",
    S.ACTIVE: "Active",
    S.PAUSED: "Paused",
    S.COMPLETED: "Completed",
    S.ENDED_EARLY: "Ended early",
    S.EXPIRED: "No answer in time",
}
REASONS: dict[DeclineReason, str] = {
    DeclineReason.NO_TIME: "I have no time at the moment",
    DeclineReason.NOT_MY_FIELD: "It is not my field",
    DeclineReason.SOMEONE_ELSE: "Someone else fits better",
    DeclineReason.OTHER: "Another reason",
}

MOST_ASKED = 3
"""Mentors who are asked for one mentee, one after the other, before a coordinator looks."""
QUIET_AFTER_START = timedelta(days=14)
"""Nothing logged so long after the start: a nudge."""
QUIET_AFTER_MEETING = timedelta(weeks=6)
"""Nothing since the last meeting for so long: a nudge."""
ASK_AFTER_START = timedelta(days=10)
"""Nothing logged so long after the start: it is asked whether they have met."""
LISTED_AFTER_NUDGE = timedelta(days=7)
"""Still nothing after the nudge: the coordinator's list."""


class ForbiddenMove(DomainError):
    """A pairing can't become that any more."""


class NoPlace(DomainError):
    """The mentor has no place left, or takes nobody at the moment."""


class PairedAlready(DomainError):
    """The mentee has a pairing in this round already."""


class CannotPair(DomainError):
    """These two cannot be a pair: one of them is not in, or they are the same person."""


class TooLate(DomainError):
    """The time to answer is over, or the pairing is."""


class NotNow(DomainError):
    """The pairing, or the meeting, stands so that this is not possible now."""


def move(before: PairingStatus | None, after: PairingStatus) -> PairingStatus:
    """The only way from one status to another. Raises ForbiddenMove."""
    if after not in MOVES[before]:
        stands = CALLED[before].lower() if before else "new"
        raise ForbiddenMove(f"This pairing can't become that. It stands as: {stands}.")
    return after


def why_not_answer(status: PairingStatus, *, answer_by: datetime | None, now: datetime) -> DomainError | None:
    """Why a mentor cannot accept or decline (any more); None when they can."""
    if status is not S.PROPOSED:
        return ForbiddenMove(f"This was answered already. It stands as: {CALLED[status].lower()}.")
    if answer_by is not None and now >= answer_by:
        return TooLate("The time to answer is over, and somebody else has been asked. Write to the coordinator.")
    return None


def answer_by(*, days: int, now: datetime) -> datetime:
    """Until when a mentor can answer."""
    return now + timedelta(days=days)


def starts_on(round_starts_on: date | None, *, now: datetime) -> date:
    """The first day of a pairing that is accepted now: the round's, or today when that has passed."""
    today = utc_to_local(now, UK).date()
    return max(today, round_starts_on) if round_starts_on else today


def why_not_pair(*, mentor: object, mentee: object, taken: int, capacity: int, takes_new: bool) -> DomainError | None:
    """Why these two cannot become a pair; None when they can. ``taken``: the mentor's live pairings."""
    if mentor == mentee:
        return CannotPair("Nobody can be their own mentor.")
    if not takes_new:
        return NoPlace("This mentor takes nobody new at the moment.")
    if taken >= capacity:
        places = "1 place, and it is" if capacity == 1 else f"{capacity} places, and all are"
        return NoPlace(f"This mentor has {places} taken.")
    return None


def likely_day(today: date) -> date:
    """The day that the form for a meeting begins with: a working day in about a week."""
    day = today + timedelta(days=7)
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))  # a Saturday or Sunday becomes the Monday


def why_not_meet(status: PairingStatus) -> DomainError | None:
    """Why no meeting can be planned; None when one can."""
    if status is S.PAUSED:
        return NotNow("This pairing is paused. Take it up again first.")
    if status not in UNDER_WAY:
        return NotNow("This pairing is over, so nothing more can be planned in it.")
    return None


def why_not_move_meeting(
    status: MeetingStatus, starts_at: datetime, *, booked: bool, now: datetime
) -> DomainError | None:
    """Why a meeting cannot be moved; None when it can. ``booked``: it stands in the calendars."""
    if status is not M.PLANNED or not booked or starts_at <= now:
        return NotNow("This meeting can't be moved any more. Log it, or offer another one.")
    return None


def why_not_log(
    day: date, *, answered_at: datetime | None, ended_at: datetime | None, now: datetime
) -> DomainError | None:
    """Why a meeting on that day cannot be logged; None when it can. What is over is logged up to its last day."""
    if day > utc_to_local(now, UK).date():
        return NotNow("Log a meeting when you have had it. To plan one, offer it.")
    if answered_at is not None and day < utc_to_local(answered_at, UK).date():
        return NotNow("You had not been introduced on that day. Check the date.")
    if ended_at is not None and day > utc_to_local(ended_at, UK).date():
        return NotNow("The pairing was over on that day. Check the date.")
    return None


def let_down(*, mentee: object, by: object, silent: bool = False) -> str:
    """Who comes first in the next run after a pairing was ended: whom the other left. The mentee, too, where neither of
    the two ended it, or where nothing had been heard of the two for too long."""
    return "mentor" if by == mentee and not silent else "mentee"


# ---------------------------------------------------------------------- health
class Health(StrEnum):
    FINE = "fine"
    QUIET = "quiet"
    """Nothing logged for too long: nudged, or about to be."""
    SILENT = "silent"
    """Nothing after the nudge either: the coordinator's list."""
    NOT_BEGUN = "not_begun"
    PAUSED = "paused"
    OVER = "over"


class Dated(Protocol):
    """The days from which silence is counted."""

    @property
    def starts_on(self) -> date | None: ...
    @property
    def last_met_on(self) -> date | None: ...
    @property
    def resumed_on(self) -> date | None: ...


class Standing(Dated, Protocol):
    """What decides how a pairing is: its dates, never anybody's words."""

    @property
    def status(self) -> PairingStatus: ...
    @property
    def next_meeting_at(self) -> datetime | None: ...
    @property
    def nudged_at(self) -> datetime | None: ...


def ask_after(*, rhythm_weeks: int, met: bool) -> timedelta:
    """How long after the last meeting, or the first day, it is asked whether the two have met: before a nudge."""
    if not met:
        return min(ASK_AFTER_START, QUIET_AFTER_START)
    return min(timedelta(weeks=rhythm_weeks), QUIET_AFTER_MEETING - timedelta(weeks=1))


def quiet_since(pairing: Dated) -> date | None:
    """The day from which silence is counted."""
    known = [day for day in (pairing.starts_on, pairing.last_met_on, pairing.resumed_on) if day]
    return max(known, default=None)


def is_quiet(pairing: Standing, *, now: datetime) -> bool:
    """Whether nothing has been logged for too long. A meeting that is still to come is a sign of life."""
    since = quiet_since(pairing)
    if pairing.status is not S.ACTIVE or since is None:
        return False
    if pairing.next_meeting_at is not None and pairing.next_meeting_at > now:
        return False
    patience = QUIET_AFTER_MEETING if pairing.last_met_on else QUIET_AFTER_START
    return utc_to_local(now, UK).date() >= since + patience


def was_nudged(pairing: Standing) -> bool:
    """Whether this silence has been answered by a nudge; an earlier one does not count."""
    since = quiet_since(pairing)
    return pairing.nudged_at is not None and since is not None and pairing.nudged_at.date() >= since


def health(pairing: Standing, *, now: datetime) -> Health:
    """How a pairing is."""
    if pairing.status is S.PAUSED:
        return Health.PAUSED
    if pairing.status is S.ACCEPTED:
        return Health.NOT_BEGUN
    if pairing.status is not S.ACTIVE:
        return Health.OVER
    if not is_quiet(pairing, now=now):
        return Health.FINE
    nudged = pairing.nudged_at
    if was_nudged(pairing) and nudged is not None and now >= nudged + LISTED_AFTER_NUDGE:
        return Health.SILENT
    return Health.QUIET


HEALTH_WORDS: dict[Health, str] = {
    Health.FINE: "Meeting",
    Health.QUIET: "Quiet",
    Health.SILENT: "Silent",
    Health.NOT_BEGUN: "Not begun",
    Health.PAUSED: "Paused",
    Health.OVER: "Over",
}


def asked_before(statuses: Sequence[PairingStatus]) -> int:
    """How many mentors have been asked in vain for one mentee."""
    return sum(each in (S.DECLINED, S.EXPIRED) for each in statuses)
