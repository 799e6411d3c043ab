"""Who gets a place, who waits, and until when. Pure: values and ``now`` in, a decision or a sentence out.

A place is taken by who is enrolled and by who is offered one. Everybody else stands on the waiting list in the order of
their list numbers. The same ``why_not_…`` decides whether a page shows the button and whether the verb goes ahead.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from academy.errors import DomainError
from academy.invites.times import uk_time, uk_weekday_date
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import CohortStatus

HELD_FOR = timedelta(hours=24)
"""How long a registration, with its place or its number on the list, waits to be confirmed by the mailed link."""

REPEAT_AFTER = timedelta(minutes=15)
"""Who registers again is told again at most this often: five mails an hour at the very most."""

TAKES_A_PLACE = (S.ENROLLED, S.OFFERED)
LIVE = (*TAKES_A_PLACE, S.WAITLISTED)

_COME_BACK = frozenset({S.OFFERED, S.WAITLISTED, S.ENROLLED})
_DECIDED = frozenset({S.OFFERED, S.WAITLISTED, S.ENROLLED, S.DECLINED, S.WITHDRAWN, S.CANCELLED, S.EXPIRED})

MOVES: dict[S, frozenset[S]] = {
    S.NOMINATED: _DECIDED | {S.APPLIED, S.PENDING_APPROVAL},
    S.APPLIED: _DECIDED | {S.PENDING_APPROVAL},
    S.PENDING_APPROVAL: _DECIDED,
    S.OFFERED: frozenset({S.ENROLLED, S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.CANCELLED}),
    # to itself: confirmed, or put at the head of the list
    S.WAITLISTED: frozenset({S.WAITLISTED, S.OFFERED, S.ENROLLED, S.WITHDRAWN, S.EXPIRED, S.CANCELLED}),
    S.ENROLLED: frozenset({S.WITHDRAWN, S.CANCELLED, S.TRANSFERRED, S.DEFERRED}),
    S.DECLINED: _COME_BACK,
    S.WITHDRAWN: _COME_BACK,
    S.EXPIRED: _COME_BACK,
    S.CANCELLED: frozenset(),  # with its whole cohort
    S.TRANSFERRED: _COME_BACK,
    S.DEFERRED: _COME_BACK,
}
NEW = frozenset({S.NOMINATED, S.APPLIED, S.OFFERED, S.WAITLISTED, S.ENROLLED})
"""How an enrolment may begin."""

CALLED = {
    S.NOMINATED: "Nominated",
    S.APPLIED: "Applied",
    S.PENDING_APPROVAL: "Waiting for approval",
    S.OFFERED: "Not confirmed",
    S.WAITLISTED: "Waiting list",
    S.ENROLLED: "Enrolled",
    S.DECLINED: "Declined",
    S.WITHDRAWN: "Withdrawn",
    S.CANCELLED: "Cancelled",
    S.TRANSFERRED: "Moved to another cohort",
    S.DEFERRED: "Deferred",
    S.EXPIRED: "Not confirmed in time",
}
"""What a status is called on a page."""


class ForbiddenMove(DomainError):
    """An enrolment cannot go from the one status to the other."""


class CannotRegister(DomainError):
    """The cohort takes nobody at this moment. Its subclasses say why."""


class NotOpenYet(CannotRegister):
    """Registration has not opened."""


class RegistrationClosed(CannotRegister):
    """Registration has closed."""


class CohortCancelled(CannotRegister):
    """The cohort was cancelled."""


class CohortOver(CannotRegister):
    """Nothing of the cohort is still to come."""


class TooLateToWithdraw(DomainError):
    """The first session has started: now the coordinator decides."""


class NoFreePlace(DomainError):
    """There is no place to give."""


class ReasonNeeded(DomainError):
    """Who moves somebody past others says why."""

    status = 422


class CohortFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about places in one cohort, as read under its lock. Instants are aware, in UTC."""

    status: CohortStatus
    capacity: int
    taken: int = 0
    """Enrolled and offered."""
    waiting: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    first_starts_at: datetime | None = None
    """Start of the first session; none while no session is planned."""
    next_starts_at: datetime | None = None
    """Start of the next session to come."""
    last_starts_at: datetime | None = None
    zone: str = "Europe/London"


def move(before: S | None, after: S) -> S:
    """The one door of an enrolment's status; ``None`` for a new one. Raises ForbiddenMove."""
    if after not in (NEW if before is None else MOVES[before]):
        was = "new" if before is None else CALLED[before].lower()
        raise ForbiddenMove(f"An enrolment that is {was} cannot become {CALLED[after].lower()}.")
    return after


def why_not_enrol(cohort: CohortFacts, *, now: datetime) -> CannotRegister | None:
    """Why nobody at all can be added, not even by the coordinator; None when it is possible."""
    if cohort.status is CohortStatus.CANCELLED:
        return CohortCancelled("This cohort was cancelled.")
    if cohort.status is CohortStatus.CLOSED or (cohort.last_starts_at is not None and now >= cohort.last_starts_at):
        return CohortOver("This cohort is over. Look for the next one in the calendar.")
    return None


def why_not_register(cohort: CohortFacts, *, now: datetime) -> CannotRegister | None:
    """Why people cannot register by themselves now; None when they can.

    Without a closing time registration closes when the first session starts; late joiners ask the coordinator.
    """
    if cohort.status is CohortStatus.PLANNED:
        return NotOpenYet("Registration has not opened yet.")
    if refused := why_not_enrol(cohort, now=now):
        return refused
    if cohort.opens_at is not None and now < cohort.opens_at:
        return NotOpenYet(f"Registration opens on {_moment(cohort.opens_at, cohort.zone)}.")
    closes_at = cohort.closes_at or cohort.first_starts_at
    if closes_at is not None and now >= closes_at:
        return RegistrationClosed(
            f"Registration closed on {_moment(closes_at, cohort.zone)}. Ask the coordinator whether you can still join."
        )
    return None


def has_place(cohort: CohortFacts) -> bool:
    """Whether a newcomer gets a place: one that is free and that nobody on the list is waiting for."""
    return cohort.capacity - cohort.taken > cohort.waiting


def place_or_list(cohort: CohortFacts, *, confirmed: bool) -> S:
    """What a newcomer becomes. An unconfirmed one holds a place only as an offer."""
    if not has_place(cohort):
        return S.WAITLISTED
    return S.ENROLLED if confirmed else S.OFFERED


def places_to_fill(cohort: CohortFacts, *, now: datetime) -> int:
    """How many from the list can be moved up now; none once the last session has started."""
    if why_not_enrol(cohort, now=now):
        return 0
    return max(0, min(cohort.capacity - cohort.taken, cohort.waiting))


def held_until(cohort: CohortFacts, *, now: datetime) -> datetime:
    """Until when an unconfirmed registration waits: 24 hours, but never past the start of the next session."""
    latest = now + HELD_FOR
    return latest if cohort.next_starts_at is None else min(latest, cohort.next_starts_at)


def why_not_withdraw(status: S, *, first_starts_at: datetime | None, now: datetime) -> TooLateToWithdraw | None:
    """Why a person cannot give the place back by themself; None when they can.

    Leaving the waiting list, or not taking up an offer, is possible at any time.
    """
    if status is S.ENROLLED and first_starts_at is not None and now >= first_starts_at:
        return TooLateToWithdraw("The first session has started. Ask the coordinator to withdraw you.")
    return None


def left_by_themself(status: S) -> S:
    """What an enrolment becomes when its person leaves: an offered place is declined, all else withdrawn from."""
    return S.DECLINED if status is S.OFFERED else S.WITHDRAWN


def repeat_number(last_told: datetime, *, now: datetime) -> int:
    """Which repeat a further registration is; 0 when the last mail has only just gone (a double click)."""
    return max(0, int((now - last_told) / REPEAT_AFTER))


def _moment(at: datetime, zone: str) -> str:
    return f"{uk_weekday_date(at, zone)} at {uk_time(at, zone)}"
