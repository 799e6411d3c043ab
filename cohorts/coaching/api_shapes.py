"""What programs send and read about coaching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from academy.web import api
from academy.web.api import Reason
from cohorts.coaching.bookings.queries import OwnCoaching, SessionView
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits.rules import Balance
from cohorts.coaching.times.queries import CoachView

Note = Annotated[str, Meta(max_length=2000)]


class Booking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session to book."""

    coach: UUID
    starts_at: api.Instant
    minutes: Annotated[int, Meta(ge=5, le=480)] | None = None
    """As the coach offers; the usual length if it is not said."""
    kind: SessionKind = SessionKind.COACHING
    note: Note = ""
    """What to talk about; read by the coach."""
    despite_clash: bool = False
    """Book although something else stands in one's own calendar."""


class Moving(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another time for a session."""

    starts_at: api.Instant
    note: Reason = ""
    despite_clash: bool = False


class Cancelling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, if somebody wants to say so."""

    reason: Reason = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a session went. ``booked`` takes a mark back."""

    status: Literal["completed", "no_show_coachee", "no_show_coach", "booked"]
    minutes: Annotated[int, Meta(ge=1, le=480)] | None = None


class Grant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Credits to grant, or with a minus to take back."""

    credits: Annotated[int, Meta(ge=-50, le=50)]
    note: Annotated[str, Meta(min_length=1, max_length=300)]


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a used credit is given back."""

    reason: Annotated[str, Meta(min_length=1, max_length=300)]


class WishOut(msgspec.Struct, frozen=True):
    """Another time that waits for the coach's yes."""

    starts_at: api.Moment
    ends_at: api.Moment


class CoachingSessionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A coaching session. Its id stays the same through every move."""

    id: UUID
    enrolment: UUID
    cohort: str
    """The code of the cohort."""
    coach: UUID
    coach_name: str
    coachee_name: str
    kind: SessionKind
    status: SessionStatus
    starts_at: api.Moment
    ends_at: api.Moment
    zone: str
    place: str
    link: str
    moves: int
    late: bool
    """Cancelled after the cut-off."""
    minutes: int | None
    """Really spent."""
    wish: WishOut | None


class CoachOut(msgspec.Struct, frozen=True):
    """A coach of the programme."""

    id: UUID
    name: str
    headline: str
    zone: str
    minutes: tuple[int, ...]
    """The lengths of sessions that they offer."""
    confirms: bool
    """Says yes to each booking before it counts."""


class MyCoaching(msgspec.Struct, frozen=True, kw_only=True):
    """Coaching in one of one's own places."""

    enrolment: UUID
    cohort: str
    name: str
    programme_name: str
    credits: Balance
    coach: UUID | None
    """The one who is chosen."""
    chemistry_calls_left: int
    sessions: list[CoachingSessionOut]


class MyCoachings(msgspec.Struct, frozen=True):
    """All of one's coaching, the newest place first."""

    coaching: list[MyCoaching]


class Coaches(msgspec.Struct, frozen=True):
    """By name."""

    coaches: list[CoachOut]


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """When a coach can be booked."""

    coach: UUID
    minutes: int
    zone: str
    """The coach's own."""
    starts: list[api.Moment]


class Sessions(msgspec.Struct, frozen=True):
    """The first first."""

    sessions: list[CoachingSessionOut]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One person's coaching in a cohort."""

    enrolment: UUID
    person: UUID
    name: str
    credits: Balance
    sessions: list[CoachingSessionOut]


class Cohort(msgspec.Struct, frozen=True):
    """Everybody's coaching in a cohort, by name."""

    cohort: str
    people: list[Line]


def own_coaching(each: OwnCoaching) -> MyCoaching:
    left = max(0, each.rules.chemistry_calls - each.chemistry_made) if each.may_call else 0
    return MyCoaching(
        enrolment=each.enrolment,
        cohort=each.cohort_code,
        name=each.cohort_name,
        programme_name=each.programme_name,
        credits=each.balance,
        coach=each.choice,
        chemistry_calls_left=left,
        sessions=sessions(each.sessions),
    )


def sessions(found: Sequence[SessionView]) -> list[CoachingSessionOut]:
    return [session(each) for each in found]


def session(found: SessionView) -> CoachingSessionOut:
    wish = found.open_request
    names = [name for name in CoachingSessionOut.__struct_fields__ if name not in ("cohort", "wish")]
    return CoachingSessionOut(
        **{name: getattr(found, name) for name in names},
        cohort=found.cohort_code,
        wish=WishOut(wish.starts_at, wish.ends_at) if wish else None,
    )


def coach(each: CoachView) -> CoachOut:
    return CoachOut(each.id, each.name, each.headline, each.zone, each.lengths, each.confirms)
