"""What is written about coaching. Notes are read by their author alone."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person
from cohorts.coaching.bookings.tables import CoachingSession
from cohorts.coaching.times.tables import Coach
from cohorts.enrolment.tables import Enrolment


class PrivateNote(Table):
    """A coach's note or a coachee's reflection on one session. No page shows it to anybody but its author."""

    id = c.key()
    session = c.link(CoachingSession, on_delete=c.CASCADE)
    author = c.link(Person, on_delete=c.CASCADE)
    text = c.long_text()
    written_at = c.instant()
    changed_at = c.instant()
    in_copies = c.yes_no(False)  # a coach was told, before saving, that the coachee's copy has it


class SharedAction(Table):
    """What the coachee will do, seen by coach and coachee."""

    id = c.key()
    session = c.link(CoachingSession, on_delete=c.CASCADE)
    text = c.text(500)
    due_on = c.day(null=True)
    done_at = c.instant(null=True)
    added_by = c.link(Person, on_delete=c.CASCADE)
    added_at = c.instant()


class Goal(Table):
    """What a coachee wants to reach with coaching."""

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    position = c.whole()
    text = c.text(500)
    measure = c.text(500, default="")  # how they will know
    added_at = c.instant()
    changed_at = c.instant()
    dropped_at = c.instant(null=True)


class Party(StrEnum):
    COACHEE = "coachee"
    COACH = "coach"
    MANAGER = "manager"


class GoalAgreement(Table):
    """One party of the goals has been asked, and has agreed to them as they stood then. A change asks again.

    A manager's link names this row, so that naming somebody else ends it.
    """

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    party = c.status(Party, Party.COACHEE)
    person = c.link(Person, on_delete=c.CASCADE)
    name = c.text(120, default="")  # of a manager, as the coachee typed it
    asked_at = c.instant()
    agreed_at = c.instant(null=True)


class GoalRating(Table):
    """How far a goal was reached, in the closing evaluation: 0 not at all, 4 fully."""

    id = c.key()
    goal = c.link(Goal, on_delete=c.CASCADE)
    party = c.status(Party, Party.COACHEE)
    rating = c.whole()
    comment = c.text(500, default="")
    rated_at = c.instant()


class ClosingEvaluation(Table):
    """What a coachee says when coaching is over. The row is there from when they are asked for it."""

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    overall = c.whole(null=True)  # 1 to 5
    helped = c.long_text(default="")
    better = c.long_text(default="")
    asked_at = c.instant(null=True)
    answered_at = c.instant(null=True)


class LogKind(StrEnum):
    CPD = "cpd"
    SUPERVISION = "supervision"


class LogEntry(Table):
    """A coach's own line of professional development or supervision."""

    id = c.key()
    coach = c.link(Coach, on_delete=c.CASCADE)
    kind = c.status(LogKind, LogKind.CPD)
    day = c.day()
    minutes = c.whole()
    what = c.text(300)
    learned = c.long_text(default="")
    added_at = c.instant()
