"""A person's place in a cohort, and how it came about."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Organisation, Person
from cohorts.schedule.tables import Cohort


class EnrolmentStatus(StrEnum):
    NOMINATED = "nominated"
    APPLIED = "applied"
    PENDING_APPROVAL = "pending_approval"
    OFFERED = "offered"  # a place is held until the person confirms
    WAITLISTED = "waitlisted"
    ENROLLED = "enrolled"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    DEFERRED = "deferred"
    EXPIRED = "expired"


class Source(StrEnum):
    SELF = "self"
    COORDINATOR = "coordinator"
    API = "api"
    IMPORT = "import"


class Enrolment(Table):
    """One person in one cohort. Who comes back takes up the same row, so that its address stays the same."""

    id = c.key()
    cohort = c.link(Cohort, on_delete=c.RESTRICT)
    person = c.link(Person, on_delete=c.RESTRICT)
    status = c.status(EnrolmentStatus, EnrolmentStatus.ENROLLED)
    source = c.status(Source, Source.SELF)
    organisation = c.link(Organisation, null=True, on_delete=c.RESTRICT)
    organisation_name = c.text(200, default="")
    job_title = c.text(160, default="")
    list_number = c.whole(null=True)  # order on the waiting list, given under the cohort's lock
    joined_list_at = c.instant(null=True)
    held_until = c.instant(null=True)  # an unconfirmed registration ends then
    confirmed_at = c.instant(null=True)  # the person has shown that the address is theirs
    created_at = c.instant()
    enrolled_at = c.instant(null=True)
    ended_at = c.instant(null=True)
    reason = c.text(300, default="")


class EnrolmentChange(Table):
    """One step in the life of an enrolment."""

    id = c.key()
    enrolment = c.link(Enrolment, on_delete=c.CASCADE)
    at = c.instant()
    from_status = c.text(40, default="")
    to_status = c.text(40)
    by = c.uuid(null=True)
    reason = c.text(300, default="")
