"""What a round may become, who may sign up, and how a round is made from another. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.invites.times import UK, local_to_utc, uk_date, uk_time, utc_to_local
from academy.programmes import rules as programmes
from mentoring.matching.criteria import Criteria, Weights
from mentoring.profiles.answers import MOST_CAPACITY, MOST_CHOICES
from mentoring.profiles.options import RELATED
from mentoring.profiles.tables import Audience, PoolStatus, RoundStatus

S = RoundStatus

MOVES: dict[RoundStatus, frozenset[RoundStatus]] = {
    S.DRAFT: frozenset({S.OPEN}),
    S.OPEN: frozenset({S.MATCHING, S.CLOSED}),
    S.MATCHING: frozenset({S.OPEN, S.RUNNING, S.CLOSED}),
    S.RUNNING: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
}

STATUS_WORDS: dict[RoundStatus, str] = {
    S.DRAFT: "Draft",
    S.OPEN: "Sign-up is open",
    S.MATCHING: "Matching",
    S.RUNNING: "Running",
    S.CLOSED: "Closed",
}

POOL_MOVES: dict[PoolStatus, frozenset[PoolStatus]] = {
    PoolStatus.IN_POOL: frozenset({PoolStatus.NO_MATCH_FOUND, PoolStatus.WAITING_REMATCH, PoolStatus.WITHDRAWN}),
    PoolStatus.NO_MATCH_FOUND: frozenset({PoolStatus.IN_POOL, PoolStatus.WAITING_REMATCH, PoolStatus.WITHDRAWN}),
    PoolStatus.WAITING_REMATCH: frozenset({PoolStatus.IN_POOL, PoolStatus.NO_MATCH_FOUND, PoolStatus.WITHDRAWN}),
    PoolStatus.WITHDRAWN: frozenset({PoolStatus.IN_POOL}),
}

WAITED = frozenset({PoolStatus.NO_MATCH_FOUND, PoolStatus.WAITING_REMATCH})
"""Who is served first in the next run."""

AUDIENCE_WORDS = {
    Audience.ANYONE: "Anybody who is signed in",
    Audience.ALUMNI: "Alumni of the academy",
    Audience.NOBODY: "Nobody: coordinators add people",
}

RESERVED = frozenset({"rounds", "proposals", "pairings", "new", "met"})
"""Words that stand where a round's name stands in addresses."""


class ForbiddenMove(DomainError):
    """A round, or a mentee, can't become that any more."""


class CannotSignUp(DomainError):
    """Sign-up is not open for this person."""


class BadRound(DomainError):
    """Dates or numbers of a round that contradict each other. ``field`` is where."""

    status = 422

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class SlugTaken(DomainError):
    """Another round has this address."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Another round has this address. Choose another word.")


class BadProfile(DomainError):
    """A capacity or choices that cannot be."""

    status = 422


class InUse(DomainError):
    """People have signed up, so the round stays."""


class RoundDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator says of a round. Instants are aware and in UTC, lengths in months and weeks."""

    name: str
    slug: str
    summary: str = ""
    agreement: str = ""
    mentors_may: Audience = Audience.ANYONE
    mentees_may: Audience = Audience.ANYONE
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    starts_on: date | None = None
    months: int = 9
    rhythm_weeks: int = 4
    answer_days: int = 7


def check_round(details: RoundDetails) -> None:
    """Raises BadRound."""
    if not details.name.strip():
        raise BadRound("Enter a name, such as Mentoring 2026.", field="name")
    if details.slug != programmes.slug(details.slug, most=60) or not details.slug or details.slug in RESERVED:
        raise BadRound("Use small letters, digits and hyphens, like mentoring-2026.", field="slug")
    if details.opens_at and details.closes_at and details.closes_at <= details.opens_at:
        raise BadRound("Sign-up must close after it opens.", field="closes_on")
    if details.closes_at and details.starts_on and utc_to_local(details.closes_at).date() > details.starts_on:
        raise BadRound("The pairs cannot start before sign-up has closed.", field="starts_on")
    for field, low, high, what in (
        ("months", 1, 36, "months"),
        ("rhythm_weeks", 1, 26, "weeks"),
        ("answer_days", 1, 60, "days"),
    ):
        if not low <= getattr(details, field) <= high:
            raise BadRound(f"Enter a number of {what} from {low} to {high}.", field=field)


def why_not_move(status: RoundStatus, to: RoundStatus, *, is_template: bool = False) -> ForbiddenMove | None:
    """Why a round cannot become that now. The page asks it for its buttons, the verb before it moves."""
    if is_template:
        return ForbiddenMove("This is a template. Make a round from it first.")
    if to not in MOVES[status]:
        return ForbiddenMove(f"This round is “{STATUS_WORDS[status]}”. It cannot become “{STATUS_WORDS[to]}” now.")
    return None


def why_not_see(status: RoundStatus, *, is_template: bool) -> bool:
    """Whether a round is for coordinators only."""
    return is_template or status is S.DRAFT


def why_not_sign_up(
    *,
    status: RoundStatus,
    may: Audience,
    opens_at: datetime | None,
    closes_at: datetime | None,
    alumnus: bool,
    now: datetime,
) -> CannotSignUp | None:
    """Why somebody cannot sign up by themselves now. Coordinators and imports are not asked."""
    if status is S.DRAFT:
        return CannotSignUp("Sign-up is not open yet.")
    if status is not S.OPEN or (closes_at is not None and closes_at <= now):
        return CannotSignUp("Sign-up is over. Ask the coordinator if you would still like to take part.")
    if opens_at is not None and now < opens_at:
        return CannotSignUp(f"Sign-up opens at {uk_time(opens_at)} on {uk_date(opens_at)}.")
    if may is Audience.NOBODY:
        return CannotSignUp("The coordinator adds people to this round. Ask them if you would like to take part.")
    if may is Audience.ALUMNI and not alumnus:
        return CannotSignUp("This is for people who have completed a programme of the academy.")
    return None


def why_not_change(status: RoundStatus) -> CannotSignUp | None:
    """Why answers can no longer be changed."""
    return CannotSignUp("This round is closed, so its profiles stay as they are.") if status is S.CLOSED else None


def check_capacity(capacity: int) -> int:
    """Raises BadProfile."""
    if not 1 <= capacity <= MOST_CAPACITY:
        raise BadProfile(f"Enter a number of mentees from 1 to {MOST_CAPACITY}. To take nobody for a while, pause.")
    return capacity


def check_choices(person: UUID, choices: Iterable[UUID]) -> tuple[UUID, ...]:
    """The choices in their order, each once. Raises BadProfile."""
    kept = tuple(dict.fromkeys(choices))
    if person in kept:
        raise BadProfile("Choose somebody else than yourself.")
    if len(kept) > MOST_CHOICES:
        raise BadProfile(f"Choose at most {MOST_CHOICES} people.")
    return kept


def takes_new(paused_until: date | None, *, today: date) -> bool:
    """Whether a mentor takes anybody new. On the day itself they are back, with nobody doing anything."""
    return paused_until is None or paused_until <= today


def why_not_pool_move(status: PoolStatus, to: PoolStatus) -> ForbiddenMove | None:
    if status is to or to in POOL_MOVES[status]:
        return None
    return ForbiddenMove("This mentee has withdrawn. Take them back in first.")


# ------------------------------------------------------------------- clones
def shifted(details: RoundDetails, *, starts_on: date | None, name: str, slug: str) -> RoundDetails:
    """The same round with another start: sign-up keeps its distance in days and its time of day in the UK.

    Without a start on either side the dates are left out, since nobody can tell where they belong.
    """
    if starts_on is None or details.starts_on is None:
        return msgspec.structs.replace(
            details, name=name, slug=slug, starts_on=starts_on, opens_at=None, closes_at=None
        )
    days = starts_on - details.starts_on
    return msgspec.structs.replace(
        details,
        name=name,
        slug=slug,
        starts_on=starts_on,
        opens_at=_on_another_day(details.opens_at, days),
        closes_at=_on_another_day(details.closes_at, days),
    )


def _on_another_day(instant: datetime | None, by: timedelta) -> datetime | None:
    if instant is None:
        return None
    local = utc_to_local(instant)
    day, at = local.date() + by, local.time()
    try:
        return local_to_utc(day, at, UK)
    except DomainError:  # the hour that spring skips
        return local_to_utc(day, time(at.hour + 1, at.minute), UK)


def ends_on(starts_on: date | None, months: int) -> date | None:
    """The last day of a pairing: the same day so many months later, or the last of a shorter month."""
    if starts_on is None:
        return None
    year, month = divmod(starts_on.month - 1 + months, 12)
    year += starts_on.year
    return date(year, month + 1, min(starts_on.day, monthrange(year, month + 1)[1]))


def free_slug(wanted: str, taken: Iterable[str]) -> str:
    """An address that no other round has: ``mentoring-2026``, else ``mentoring-2026-2`` …"""
    return programmes.free_slug(programmes.slug(wanted, most=55), RESERVED | set(taken), most=60)


# ----------------------------------------------------------------- criteria
def usual_criteria() -> Criteria:
    """What a new round starts with."""
    return Criteria(weights=Weights(related=RELATED))
