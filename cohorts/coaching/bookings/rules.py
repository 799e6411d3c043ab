"""What may become of a coaching session, what it costs, and until when. Pure.

Who acts decides what holds: a coachee is bound by the cut-offs of the programme, a coach and the academy are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from academy.errors import DomainError
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.coaching.credits.rules import Rules
from cohorts.coaching.credits.tables import CreditKind


class Party(StrEnum):
    """On whose behalf something is done."""

    COACHEE = "coachee"
    COACH = "coach"
    ACADEMY = "academy"


LIVE = (S.REQUESTED, S.BOOKED)
"""Still to take place, as far as anybody knows."""
OUTCOMES = (S.COMPLETED, S.NO_SHOW_COACHEE, S.NO_SHOW_COACH)
HOLDS_TIME = (*LIVE, *OUTCOMES)
"""Whose time nobody else can have. A cancelled session's is free again."""
CANCELLED = (S.CANCELLED_BY_COACHEE, S.CANCELLED_BY_COACH, S.CANCELLED_BY_ACADEMY)

MOVES: dict[S, frozenset[S]] = {
    S.REQUESTED: frozenset({S.BOOKED, *CANCELLED}),
    S.BOOKED: frozenset({S.REQUESTED, *OUTCOMES, *CANCELLED}),  # asked for again: of another coach, who confirms
    # a wrong mark is put right, or taken back
    S.COMPLETED: frozenset({S.BOOKED, S.NO_SHOW_COACHEE, S.NO_SHOW_COACH}),
    S.NO_SHOW_COACHEE: frozenset({S.BOOKED, S.COMPLETED, S.NO_SHOW_COACH}),
    S.NO_SHOW_COACH: frozenset({S.BOOKED, S.COMPLETED, S.NO_SHOW_COACHEE}),
    S.CANCELLED_BY_COACHEE: frozenset(),
    S.CANCELLED_BY_COACH: frozenset(),
    S.CANCELLED_BY_ACADEMY: frozenset(),
}

CALLED = {
    S.REQUESTED: "Waiting for the coach",
    S.BOOKED: "Booked",
    S.COMPLETED: "Took place",
    S.NO_SHOW_COACHEE: "Coachee did not come",
    S.NO_SHOW_COACH: "Coach did not come",
    S.CANCELLED_BY_COACHEE: "Cancelled by the coachee",
    S.CANCELLED_BY_COACH: "Cancelled by the coach",
    S.CANCELLED_BY_ACADEMY: "Cancelled by the academy",
}
"""What a status is called on a page."""

KIND_CALLED = {SessionKind.COACHING: "Coaching", SessionKind.CHEMISTRY: "Chemistry call"}

CANCELLED_BY = {
    Party.COACHEE: S.CANCELLED_BY_COACHEE,
    Party.COACH: S.CANCELLED_BY_COACH,
    Party.ACADEMY: S.CANCELLED_BY_ACADEMY,
}

LONGEST = 480
"""Minutes of one session."""


# ------------------------------------------------------------------- errors
class ForbiddenMove(DomainError):
    """A session cannot go from the one status to the other."""


class SlotTaken(DomainError):
    """The time is not free (any more). ``nearest`` are up to three that are, in order.

    ``offered``: somebody was faster, or something else came between. Otherwise it could not have been booked at all,
    and the message says why.
    """

    def __init__(self, message: str = "", *, nearest: Sequence[datetime] = (), offered: bool = True) -> None:
        super().__init__(message or "This time has just been taken. Choose another one.")
        self.offered = offered
        self.nearest = list(nearest)
        self.facts = {"nearest": self.nearest}


class Clash(DomainError):
    """Something else stands in a calendar at that time. ``despite_clash`` books all the same."""


class NotYourCoach(DomainError):
    """The coach is of other programmes, another one has been chosen, or it is the person themself."""


class TooManyChemistryCalls(DomainError):
    """All chemistry calls have been made, one with this coach has, or a coach has been chosen already."""


class WrongLength(DomainError):
    """The coach does not offer sessions of that length."""

    status = 422


class TooLate(DomainError):
    """The session has begun."""


class TooEarly(DomainError):
    """The session has not begun, so nobody knows how it went."""


class TooManyMoves(DomainError):
    """The session has been moved as often as the programme allows."""


class RequestGone(DomainError):
    """The request to move was answered or withdrawn before."""


# ----------------------------------------------------------------- statuses
def move(before: SessionStatus, after: SessionStatus) -> SessionStatus:
    """The one door of a session's status. Raises ForbiddenMove."""
    if after not in MOVES[before]:
        raise ForbiddenMove(f"This session can't be changed like that. It stands as: {CALLED[before].lower()}.")
    return after


class Standing(Protocol):
    """What decides about a session: a ``SessionView`` has it all."""

    @property
    def status(self) -> SessionStatus: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def moves(self) -> int: ...
    @property
    def has_credit(self) -> bool: ...


# ------------------------------------------------------------------ cancelling
class Consequence(msgspec.Struct, frozen=True):
    """What cancelling means: whether it counts as late, and whether the credit is spent."""

    late: bool = False
    uses_credit: bool = False


def what_cancelling_means(session: Standing, rules: Rules, *, by: Party, now: datetime) -> Consequence:
    """Whether a cancellation now is late, and whether it uses the credit. Coach and academy always give it back.

    A booking that still waits for the coach's yes is cancelled freely.
    """
    if by is not Party.COACHEE or session.status is S.REQUESTED:
        return Consequence()
    late = now > session.starts_at - timedelta(hours=rules.cancel_hours)
    return Consequence(late=late, uses_credit=late and rules.late_cancel_uses_credit and session.has_credit)


def why_not_cancel(session: Standing, *, by: Party, now: datetime) -> DomainError | None:
    """Why a session cannot be cancelled; None when it can."""
    if session.status not in LIVE:
        return ForbiddenMove(f"This session can't be cancelled. It stands as: {CALLED[session.status].lower()}.")
    if by is Party.COACHEE and now >= session.starts_at:
        return TooLate("The session has begun, so it can't be cancelled here. Write to your coach or the coordinator.")
    return None


# --------------------------------------------------------------------- moving
class Moving(StrEnum):
    """What a move would be."""

    ALLOWED = "allowed"
    REQUEST = "request"  # the coach is asked, and the old time stands until they say yes


ALLOWED, REQUEST = Moving.ALLOWED, Moving.REQUEST


def what_moving_means(
    session: Standing, rules: Rules, *, by: Party, confirms: bool = False, gone: bool = False, now: datetime
) -> Moving | DomainError:
    """Whether a session can be moved now, or only asked to be, or why not.

    ``confirms``: the coach says yes to each booking before it counts, and so to each move of one that counts.
    ``gone``: the coach has left, and only the academy finds another time or coach.
    """
    if session.status not in LIVE:
        return ForbiddenMove(f"This session can't be moved. It stands as: {CALLED[session.status].lower()}.")
    if by is not Party.COACHEE:
        return ALLOWED
    if now >= session.starts_at:
        return TooLate("The session has begun, so it can't be moved. Write to your coach or the coordinator.")
    if gone:
        return NotYourCoach(
            "Your coach no longer coaches in this programme, so the session can't be moved here. "
            "Write to the coordinator, who finds another coach with you."
        )
    if session.moves >= rules.most_moves:
        times = {0: "can't be moved", 1: "has been moved once"}.get(
            rules.most_moves, f"has been moved {session.moves} times"
        )
        return TooManyMoves(f"This session {times}. Write to your coach or the coordinator, who can still move it.")
    if session.status is S.REQUESTED:
        return ALLOWED
    late = now > session.starts_at - timedelta(hours=rules.move_hours)
    return REQUEST if late or confirms else ALLOWED


def is_asked_first(*, confirms: bool, other: bool, agreed: bool) -> bool:
    """Whether a coach to whom the academy gives a session says yes before it counts: ``other`` than had it before, one
    who confirms each booking, and nobody has asked them yet (``agreed``)."""
    return confirms and other and not agreed


# -------------------------------------------------------------------- outcomes
def credit_after(status: SessionStatus, rules: Rules, *, uses_credit: bool = False) -> CreditKind:
    """How the credit of a session stands once the session has this status; ``uses_credit`` is of a cancellation."""
    if status in LIVE:
        return CreditKind.RESERVED
    if status is S.COMPLETED:
        return CreditKind.USED
    if status is S.NO_SHOW_COACHEE:
        return CreditKind.USED if rules.no_show_uses_credit else CreditKind.RETURNED
    if status is S.CANCELLED_BY_COACHEE and uses_credit:
        return CreditKind.USED
    return CreditKind.RETURNED


def why_not_mark(session: Standing, status: SessionStatus, *, now: datetime) -> DomainError | None:
    """Why this outcome cannot be marked; None when it can. Marking as booked takes a mark back."""
    if session.status not in (*OUTCOMES, S.BOOKED) or status not in (*OUTCOMES, S.BOOKED):
        return ForbiddenMove(f"This can't be marked. The session stands as: {CALLED[session.status].lower()}.")
    if now < session.starts_at:
        return TooEarly("The session has not begun. Mark it afterwards, or cancel it.")
    return None


def minutes_spent(session: Standing, status: SessionStatus, minutes: int | None) -> int | None:
    """What stands as really spent: the whole length unless somebody says otherwise; nothing if it did not happen."""
    if status is not S.COMPLETED:
        return None
    planned = int((session.ends_at - session.starts_at).total_seconds() // 60)
    return planned if minutes is None else max(1, min(minutes, LONGEST))


# --------------------------------------------------------------------- booking
class Timed(Protocol):
    """Anything from an instant to another."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def overlap(one: Timed, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether they share time; to touch is not to overlap."""
    return one.starts_at < ends_at and starts_at < one.ends_at


def check_minutes(minutes: int, kind: SessionKind, *, by: Party, lengths: Sequence[int], rules: Rules) -> None:
    """Raises WrongLength. Coach and academy may agree on another length than the coach offers."""
    if not 5 <= minutes <= LONGEST:
        raise WrongLength("A session is between 5 minutes and 8 hours long.")
    if by is not Party.COACHEE:
        return
    if kind is SessionKind.CHEMISTRY and minutes != rules.chemistry_minutes:
        raise WrongLength(f"A chemistry call takes {rules.chemistry_minutes} minutes.")
    if kind is SessionKind.COACHING and minutes not in lengths:
        offered = " or ".join(str(each) for each in lengths)
        raise WrongLength(f"This coach offers sessions of {offered} minutes. Choose one of them.")


def why_no_chemistry_call(rules: Rules, *, made: int, chosen: bool, again: str = "") -> TooManyChemistryCalls | None:
    """Why no (more) chemistry call can be booked; None when it can.

    They are for getting to know several coaches, so there is one with each. ``again``: the name of the coach, where
    one with them is booked or was had.
    """
    if rules.chemistry_calls == 0:
        return TooManyChemistryCalls("This programme has no chemistry calls. Book a coaching session.")
    if chosen:
        return TooManyChemistryCalls("You have chosen your coach, so there are no more chemistry calls.")
    if made >= rules.chemistry_calls:
        number = {1: "the one chemistry call"}.get(
            rules.chemistry_calls, f"all {rules.chemistry_calls} chemistry calls"
        )
        return TooManyChemistryCalls(f"You have used {number}. Choose your coach now.")
    if again:
        return TooManyChemistryCalls(
            f"You have your chemistry call with {again} already: there is one with each coach. "
            "Talk to another coach, or choose yours now."
        )
    return None


CHEMISTRY_COUNTS = (*LIVE, S.COMPLETED, S.NO_SHOW_COACHEE)
"""A chemistry call that was cancelled, or that the coach missed, can be had again."""


class Held(Protocol):
    """A session with somebody."""

    @property
    def coach(self) -> UUID: ...
    @property
    def kind(self) -> SessionKind: ...
    @property
    def status(self) -> SessionStatus: ...


def is_call(session: Held) -> bool:
    """Whether it is a chemistry call that counts against the most there may be."""
    return session.kind is SessionKind.CHEMISTRY and session.status in CHEMISTRY_COUNTS


def calls_made(sessions: Iterable[Held]) -> list[UUID]:
    """The coaches of the chemistry calls that count, one for each call."""
    return [each.coach for each in sessions if is_call(each)]


def needs_credit(kind: SessionKind, rules: Rules) -> bool:
    """Whether a session of this kind takes a credit."""
    return kind is SessionKind.COACHING or rules.chemistry_uses_credit
