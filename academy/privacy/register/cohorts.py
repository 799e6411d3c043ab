"""What cohorts hold on a person: places, attendance, outcomes, and what they lead."""

from __future__ import annotations

from piccolo.table import Table

from academy.privacy import classes
from academy.privacy.held import As, Given, Held, Nobody
from cohorts.attendance.tables import Attendance
from cohorts.completion.tables import Outcome
from cohorts.enrolment.tables import Enrolment, EnrolmentChange
from cohorts.schedule.tables import Cohort, CohortSession, Facilitator

HELD: tuple[Held, ...] = (
    Held(
        table=Enrolment,
        whose="person",
        what="Your places",
        of=classes.PLACES,
        give=(
            Given("created_at", "Since"),
            Given("cohort.programme.name", "Programme"),
            Given("cohort.name", "Cohort"),
            Given("cohort.code", "Code"),
            Given("status", "Status", As.STATE),
            Given("source", "Came by", As.STATE),
            Given("organisation.name", "Organisation in our list"),
            Given("organisation_name", "Organisation as typed"),
            Given("job_title", "Job title"),
            Given("joined_list_at", "Joined the waiting list"),
            Given("list_number", "Number on the waiting list"),
            Given("held_until", "Held until"),
            Given("confirmed_at", "Confirmed"),
            Given("enrolled_at", "Enrolled"),
            Given("ended_at", "Ended"),
            Given("reason", "Reason", As.OTHERS_WORDS),
        ),
    ),
    Held(
        table=EnrolmentChange,
        whose="enrolment.person",
        what="How your places changed",
        of=classes.PLACES,
        give=(
            Given("at", "When"),
            Given("enrolment.cohort.name", "Cohort"),
            Given("from_status", "From", As.STATE),
            Given("to_status", "To", As.STATE),
            Given("by", "By", As.SOMEBODY),
            Given("reason", "Reason", As.OTHERS_WORDS),
        ),
    ),
    Held(
        table=Attendance,
        whose="enrolment.person",
        what="Attendance",
        of=classes.ATTENDANCE,
        give=(
            Given("session.event.starts_at", "Session on"),
            Given("session.cohort.name", "Cohort"),
            Given("session.title", "Session"),
            Given("mark", "Mark", As.STATE),
            Given("minutes", "Minutes"),
            Given("note", "Note", As.OTHERS_WORDS),
            Given("previous_mark", "Mark before", As.STATE),
            Given("previous_minutes", "Minutes before"),
            Given("previous_note", "Note before", As.OTHERS_WORDS),
            Given("source", "From", As.STATE),
            Given("marked_by", "Marked by", As.SOMEBODY),
            Given("marked_at", "Marked"),
        ),
    ),
    Held(
        table=Outcome,
        whose="enrolment.person",
        what="Outcomes",
        of=classes.ATTENDANCE,
        give=(
            Given("decided_at", "Decided"),
            Given("enrolment.cohort.name", "Cohort"),
            Given("outcome", "Outcome", As.STATE),
            Given("missing", "What is missing"),
            Given("minutes", "Minutes attended"),
        ),
    ),
    Held(
        table=Facilitator,
        whose="person",
        what="Sessions you lead or led",
        of=classes.INVITES,
        give=(
            Given("session.event.starts_at", "Session on"),
            Given("session.cohort.name", "Cohort"),
            Given("session.title", "Session"),
        ),
    ),
)

NOBODY: dict[type[Table], Nobody] = {
    Cohort: Nobody("A cohort."),
    CohortSession: Nobody("A session of a cohort."),
}
