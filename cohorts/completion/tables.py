"""The outcome of an enrolment, decided when its cohort is closed."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from cohorts.enrolment.tables import Enrolment


class OutcomeKind(StrEnum):
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


class Outcome(Table):
    """Completed or not, with what is missing. Apart from the enrolment's status and from attendance."""

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    outcome = c.status(OutcomeKind, OutcomeKind.NOT_COMPLETED)
    missing = c.long_text(default="")
    minutes = c.whole(default=0)  # really attended
    decided_at = c.instant()
