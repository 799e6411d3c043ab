"""What coaching holds on a coachee, on a coach, and on a manager who was named."""

from __future__ import annotations

from piccolo.table import Table

from academy.privacy import classes
from academy.privacy.held import As, Given, Held, Why
from cohorts.coaching.bookings.tables import CoachingChange, CoachingSession, MoveRequest
from cohorts.coaching.credits.tables import CoachChoice, CoachingRules, CreditEntry
from cohorts.coaching.record.tables import (
    ClosingEvaluation,
    Goal,
    GoalAgreement,
    GoalRating,
    LogEntry,
    PrivateNote,
    SharedAction,
)
from cohorts.coaching.times.tables import (
    BusySource,
    BusyTime,
    Coach,
    CoachProgramme,
    TimeException,
    WeeklyTime,
)

COACHEE = "enrolment.person"
COACH = "coach.person"
_SESSION = (
    Given("starts_at", "Starts"),
    Given("ends_at", "Ends"),
    Given("zone", "Time zone"),
    Given("place", "Where"),
    Given("link", "Link"),
    Given("kind", "Kind"),
    Given("status", "Status"),
    Given("moves", "Times moved"),
    Given("late", "Cancelled late"),
    Given("minutes", "Minutes"),
    Given("outcome_by", "Marked by", As.SOMEBODY),
    Given("outcome_at", "Marked"),
    Given("created_at", "Booked"),
    Given("ended_at", "Ended"),
)

_OF_COACHEE = (
    Held(
        table=CoachingSession,
        whose=COACHEE,
        what="Your coaching sessions",
        of=classes.COACHING,
        give=(
            *_SESSION,
            Given("coach.person.name", "Coach"),
            Given("enrolment.cohort.name", "Cohort"),
            Given("reason", "Why it was cancelled", As.OTHERS_WORDS),
            Given("waived_reason", "Why the credit was given back", As.OTHERS_WORDS),
        ),
        leave={Why.TWICE: ("coachee_note",)},
    ),
    Held(
        table=CoachingSession,
        whose=COACHEE,
        what="What you wanted to talk about",
        of=classes.COACHING_WORDS,
        give=(Given("starts_at", "Session on"), Given("coachee_note", "What you wrote")),
        only_if="t.coachee_note <> ''",
        leave={
            Why.TWICE: (
                "kind",
                "status",
                "ends_at",
                "zone",
                "place",
                "link",
                "moves",
                "late",
                "waived_reason",
                "minutes",
                "outcome_by",
                "outcome_at",
                "reason",
                "created_at",
                "ended_at",
            )
        },
        staff=False,
    ),
    Held(
        table=CoachingChange,
        whose="session.enrolment.person",
        what="How your coaching sessions changed",
        of=classes.COACHING,
        give=(
            Given("at", "When"),
            Given("verb", "What was done"),
            Given("by", "By", As.SOMEBODY),
            Given("from_status", "From"),
            Given("to_status", "To"),
            Given("from_starts_at", "From the time"),
            Given("to_starts_at", "To the time"),
            Given("reason", "Reason", As.OTHERS_WORDS),
        ),
    ),
    Held(
        table=MoveRequest,
        whose="session.enrolment.person",
        what="When you asked to move a session",
        of=classes.COACHING,
        give=(
            Given("asked_at", "Asked"),
            Given("session.starts_at", "Session on"),
            Given("starts_at", "To"),
            Given("ends_at", "Until"),
            Given("state", "Answer"),
            Given("note", "Your note"),
            Given("answered_at", "Answered"),
            Given("answered_by", "Answered by", As.SOMEBODY),
        ),
    ),
    Held(
        table=CreditEntry,
        whose=COACHEE,
        what="Coaching credits",
        of=classes.COACHING,
        give=(
            Given("at", "When"),
            Given("enrolment.cohort.name", "Cohort"),
            Given("number", "Line"),
            Given("kind", "Kind"),
            Given("change", "Change"),
            Given("by", "By", As.SOMEBODY),
            Given("note", "Note", As.OTHERS_WORDS),
        ),
        leave={Why.INNER: ("session",)},
    ),
    Held(
        table=CoachChoice,
        whose=COACHEE,
        what="The coach you chose",
        of=classes.COACHING,
        give=(
            Given("chosen_at", "Chosen"),
            Given("coach.person.name", "Coach"),
            Given("enrolment.cohort.name", "Cohort"),
            Given("chosen_by", "Chosen by", As.SOMEBODY),
        ),
    ),
    Held(
        table=Goal,
        whose=COACHEE,
        what="Your goals of coaching",
        of=classes.COACHING_WORDS,
        give=(
            Given("added_at", "Set"),
            Given("changed_at", "Changed"),
            Given("dropped_at", "Dropped"),
            Given("position", "Number"),
            Given("text", "Goal"),
            Given("measure", "How you will know"),
        ),
        staff=False,
    ),
    Held(
        table=GoalAgreement,
        whose=COACHEE,
        what="Who agreed to your goals",
        of=classes.COACHING_WORDS,
        give=(
            Given("asked_at", "Asked"),
            Given("agreed_at", "Agreed"),
            Given("party", "Who"),
            Given("person", "Person", As.SOMEBODY),
            Given("name", "Name of the manager, as you typed it"),
        ),
    ),
    Held(
        table=GoalRating,
        whose="goal.enrolment.person",
        what="How far your goals were reached",
        of=classes.COACHING_WORDS,
        give=(
            Given("rated_at", "When"),
            Given("goal.text", "Goal"),
            Given("party", "Who said so"),
            Given("rating", "From 0, not at all, to 4, fully"),
            Given("comment", "In words"),
        ),
        staff=False,
    ),
    Held(
        table=ClosingEvaluation,
        whose=COACHEE,
        what="What you said at the end",
        of=classes.COACHING_EVALUATION,
        give=(
            Given("asked_at", "Asked"),
            Given("answered_at", "Answered"),
            Given("overall", "On the whole, 1 to 5"),
            Given("helped", "What helped"),
            Given("better", "What could be better"),
        ),
    ),
    Held(
        table=SharedAction,
        whose="session.enrolment.person",
        what="Actions of your coaching",
        of=classes.COACHING_WORDS,
        give=(
            Given("added_at", "Added"),
            Given("session.starts_at", "Session on"),
            Given("text", "Action"),
            Given("due_on", "Due"),
            Given("done_at", "Done"),
            Given("added_by", "Added by", As.SOMEBODY),
        ),
        staff=False,
    ),
)

_OF_WRITERS = (
    Held(
        table=PrivateNote,
        whose="author",
        what="Private notes and reflections that you wrote about coaching",
        of=classes.COACHING_NOTES,
        give=(
            Given("written_at", "Written"),
            Given("changed_at", "Changed"),
            Given("session.starts_at", "Session on"),
            Given("text", "What you wrote"),
            Given("in_copies", "Also given to whom it is about"),
        ),
        staff=False,
    ),
    Held(
        table=GoalAgreement,
        whose="person",
        what="Goals that you were asked to agree to as a manager or coach",
        of=classes.MANAGERS,
        give=(
            Given("asked_at", "Asked"),
            Given("agreed_at", "Agreed"),
            Given("party", "As"),
            Given("name", "Your name, as it was typed"),
        ),
        only_if="t.party <> 'coachee'",
    ),
)

_OF_COACH = (
    Held(
        table=Coach,
        whose="person",
        what="You as a coach",
        of=classes.COACHING,
        give=(
            Given("created_at", "Since"),
            Given("left_at", "Until"),
            Given("headline", "In one line"),
            Given("profile", "Your words"),
            Given("zone", "Time zone"),
            Given("nation", "Bank holidays of"),
            Given("place", "Where"),
            Given("link", "Link"),
            Given("lengths", "Minutes of a session"),
            Given("buffer_minutes", "Minutes kept free around it"),
            Given("notice_hours", "Hours of notice"),
            Given("horizon_days", "Days ahead"),
            Given("most_a_day", "At most a day"),
            Given("most_a_week", "At most a week"),
            Given("confirms", "You confirm each booking"),
        ),
        leave={Why.INNER: ("version",)},
    ),
    Held(
        table=CoachProgramme,
        whose=COACH,
        what="Programmes you coach in",
        of=classes.COACHING,
        give=(Given("added_at", "From"), Given("ended_at", "To"), Given("programme.name", "Programme")),
    ),
    Held(
        table=WeeklyTime,
        whose=COACH,
        what="Your week",
        of=classes.COACHING,
        give=(
            Given("weekday", "Day, 0 is Monday"),
            Given("from_minute", "From, in minutes after midnight"),
            Given("to_minute", "To, in minutes after midnight"),
        ),
    ),
    Held(
        table=TimeException,
        whose=COACH,
        what="Your leave and other days",
        of=classes.COACHES_TIMES,
        give=(
            Given("from_on", "From"),
            Given("to_on", "To"),
            Given("kind", "Kind"),
            Given("from_minute", "From, in minutes after midnight"),
            Given("to_minute", "To, in minutes after midnight"),
            Given("note", "Your note"),
            Given("created_at", "Added"),
        ),
        staff=False,
    ),
    Held(
        table=BusySource,
        whose=COACH,
        what="Calendars we read for you",
        of=classes.COACHES_TIMES,
        give=(
            Given("created_at", "Added"),
            Given("name", "Name"),
            Given("kind", "Kind"),
            Given("address", "Address"),
            Given("read_at", "Last read"),
            Given("next_read_at", "Next read"),
            Given("failures", "Failures in a row"),
            Given("problem", "What went wrong"),
        ),
        staff=False,
    ),
    Held(
        table=BusyTime,
        whose=COACH,
        what="When you are busy elsewhere",
        of=classes.COACHES_TIMES,
        give=(Given("starts_at", "From"), Given("ends_at", "To"), Given("source.name", "From the calendar")),
        staff=False,
    ),
    Held(
        table=CoachingSession,
        whose=COACH,
        what="Coaching sessions you give and gave",
        of=classes.COACHING,
        give=(*_SESSION, Given("enrolment.cohort.name", "Cohort")),
        leave={Why.OTHERS: ("coachee_note", "reason", "waived_reason")},
    ),
    Held(
        table=LogEntry,
        whose=COACH,
        what="Your log of development and supervision",
        of=classes.COACHES_LOG,
        give=(
            Given("day", "Day"),
            Given("kind", "Kind"),
            Given("minutes", "Minutes"),
            Given("what", "What"),
            Given("learned", "What you learned"),
            Given("added_at", "Added"),
        ),
        staff=False,
    ),
)

HELD: tuple[Held, ...] = (*_OF_COACHEE, *_OF_WRITERS, *_OF_COACH)

NOBODY: dict[type[Table], str] = {
    CoachingRules: "The rules of a programme; who changed them stands in the audit trail."
}
