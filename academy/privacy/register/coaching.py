"""What coaching holds on a coachee."""

from __future__ import annotations

from piccolo.table import Table

from academy.privacy import classes
from academy.privacy.held import REST, As, Given, Held, Nobody, Why
from cohorts.coaching.bookings.tables import CoachingChange, CoachingSession, MoveRequest
from cohorts.coaching.credits.tables import CoachChoice, CoachingRules, CreditEntry
from cohorts.coaching.record.tables import ClosingEvaluation, Goal, GoalAgreement, GoalRating, SharedAction

COACHEE = "enrolment.person"
SESSION = (
    Given("starts_at", "Starts"),
    Given("ends_at", "Ends"),
    Given("zone", "Time zone"),
    Given("place", "Where"),
    Given("link", "Link"),
    Given("kind", "Kind", As.STATE),
    Given("status", "Status", As.STATE),
    Given("moves", "Times moved"),
    Given("late", "Cancelled late"),
    Given("minutes", "Minutes"),
    Given("outcome_by", "Marked by", As.SOMEBODY),
    Given("outcome_at", "Marked"),
    Given("created_at", "Booked"),
    Given("ended_at", "Ended"),
)
"""What coachee and coach both know of a session."""

HELD: tuple[Held, ...] = (
    Held(
        table=CoachingSession,
        whose=COACHEE,
        what="Your coaching sessions",
        of=classes.COACHING,
        give=(
            *SESSION,
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
        leave={Why.TWICE: REST},
        staff=False,
    ),
    Held(
        table=CoachingChange,
        whose="session.enrolment.person",
        what="How your coaching sessions changed",
        of=classes.COACHING,
        give=(
            Given("at", "When"),
            Given("verb", "What was done", As.STATE),
            Given("by", "By", As.SOMEBODY),
            Given("from_status", "From", As.STATE),
            Given("to_status", "To", As.STATE),
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
            Given("state", "Answer", As.STATE),
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
            Given("kind", "Kind", As.STATE),
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
            Given("party", "Who", As.STATE),
            Given("person", "Person", As.SOMEBODY),
        ),
        leave={Why.TWICE: ("name",)},
        staff=False,
    ),
    Held(
        table=GoalAgreement,
        whose=COACHEE,
        what="The manager whom you named",
        of=classes.MANAGERS,
        give=(Given("asked_at", "Asked"), Given("name", "Name, as you typed it")),
        leave={Why.TWICE: REST},
        only_if="t.party = 'manager'",
    ),
    Held(
        table=GoalRating,
        whose="goal.enrolment.person",
        what="How far your goals were reached",
        of=classes.COACHING_WORDS,
        give=(
            Given("rated_at", "When"),
            Given("goal.text", "Goal"),
            Given("party", "Who said so", As.STATE),
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

NOBODY: dict[type[Table], Nobody] = {CoachingRules: Nobody("The rules of a programme.", by=("changed_by",))}
