"""Coaching sessions and how they came about."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.invites.tables import CalendarEvent
from academy.people.tables import Person
from cohorts.coaching.times.tables import Coach
from cohorts.enrolment.tables import Enrolment


class SessionKind(StrEnum):
    COACHING = "coaching"
    CHEMISTRY = "chemistry"


class SessionStatus(StrEnum):
    REQUESTED = "requested"  # waits for the coach's yes; holds the time
    BOOKED = "booked"
    COMPLETED = "completed"
    NO_SHOW_COACHEE = "no_show_coachee"
    NO_SHOW_COACH = "no_show_coach"
    CANCELLED_BY_COACHEE = "cancelled_by_coachee"
    CANCELLED_BY_COACH = "cancelled_by_coach"
    CANCELLED_BY_ACADEMY = "cancelled_by_academy"


class CoachingSession(Table):
    """One coach and one coachee at one time. Its row and address stay the same through every move."""

    id = c.key()
    coach = c.link(Coach, on_delete=c.RESTRICT)
    enrolment = c.link(Enrolment, on_delete=c.RESTRICT)
    event = c.link(CalendarEvent, on_delete=c.RESTRICT, null=True)  # none while it is only requested
    kind = c.status(SessionKind, SessionKind.COACHING)
    status = c.status(SessionStatus, SessionStatus.BOOKED)
    starts_at = c.instant()
    ends_at = c.instant()
    zone = c.text(64, default="Europe/London")
    place = c.text(300, default="")
    link = c.text(500, default="")
    coachee_note = c.long_text(default="")  # what the coachee wants to talk about; read by the coach
    moves = c.whole(default=0)  # by the coachee
    late = c.yes_no(False)  # cancelled after the cut-off
    waived_reason = c.text(300, default="")  # why a used credit was given back
    minutes = c.whole(null=True)  # really spent, as the coach marked
    outcome_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    outcome_at = c.instant(null=True)
    reason = c.text(300, default="")  # of a cancellation
    created_at = c.instant()
    ended_at = c.instant(null=True)


class CoachingChange(Table):
    """One step in the life of a coaching session."""

    id = c.key()
    session = c.link(CoachingSession, on_delete=c.CASCADE)
    at = c.instant()
    verb = c.text(40)
    from_status = c.text(40, default="")
    to_status = c.text(40)
    from_starts_at = c.instant(null=True)
    to_starts_at = c.instant(null=True)
    by = c.uuid(null=True)
    reason = c.text(300, default="")


class RequestState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class MoveRequest(Table):
    """A coachee asks, after the cut-off, to move a session. The old time stands until the coach says yes."""

    id = c.key()
    session = c.link(CoachingSession, on_delete=c.CASCADE)
    starts_at = c.instant()
    ends_at = c.instant()
    state = c.status(RequestState, RequestState.OPEN)
    note = c.text(300, default="")
    asked_at = c.instant()
    answered_at = c.instant(null=True)
    answered_by = c.link(Person, null=True, on_delete=c.SET_NULL)
