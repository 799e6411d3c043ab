"""Who was there."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule.tables import CohortSession


class Mark(StrEnum):
    UNMARKED = "unmarked"
    PRESENT = "present"
    LATE = "late"
    PARTIAL = "partial"
    ABSENT_EXCUSED = "absent_excused"
    ABSENT = "absent"


class Attendance(Table):
    """One person's mark in the register of one session."""

    id = c.key()
    session = c.link(CohortSession, on_delete=c.CASCADE)
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    mark = c.status(Mark, Mark.UNMARKED)
    minutes = c.whole(default=0)  # attended
    note = c.text(300, default="")
    previous_mark = c.text(40, default="")  # before the last save, for undo; empty: nothing to undo
    previous_minutes = c.whole(default=0)
    previous_note = c.text(300, default="")
    source = c.text(40, default="register")
    marked_by = c.link(Person, null=True, on_delete=c.SET_NULL)
    marked_at = c.instant()
