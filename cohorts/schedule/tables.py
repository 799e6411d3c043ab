"""A cohort is one run of a programme; its sessions stand in people's calendars."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.invites.tables import CalendarEvent
from academy.people.tables import Person
from academy.programmes.tables import Programme, Sponsorship


class CohortStatus(StrEnum):
    PLANNED = "planned"  # only coordinators see it
    OPEN = "open"  # published
    CLOSED = "closed"  # completed, certificates issued
    CANCELLED = "cancelled"


class Format(StrEnum):
    IN_PERSON = "in_person"
    VIRTUAL = "virtual"
    HYBRID = "hybrid"


class Cohort(Table):
    """One run of a programme."""

    id = c.key()
    programme = c.link(Programme, on_delete=c.RESTRICT)
    code = c.text(60)  # in addresses and on certificates, such as tt-essex-2026
    name = c.text(200)
    status = c.status(CohortStatus, CohortStatus.PLANNED)
    region = c.text(60, default="")
    format = c.status(Format, Format.IN_PERSON)
    venue = c.text(300, default="")
    link = c.text(500, default="")
    zone = c.text(64, default="Europe/London")
    capacity = c.whole(default=20)
    minimum = c.whole(default=0)
    registration_opens_at = c.instant(null=True)
    registration_closes_at = c.instant(null=True)
    reminder_days = c.text(40, default="7,1")  # days before each session
    sponsorship = c.link(Sponsorship, null=True, on_delete=c.SET_NULL)
    first_starts_at = c.instant(null=True)  # kept from the sessions, for the calendar
    last_ends_at = c.instant(null=True)
    version = c.whole(default=1)
    created_at = c.instant()
    published_at = c.instant(null=True)
    closed_at = c.instant(null=True)
    cancel_reason = c.text(300, default="")
    minimum_warned_at = c.instant(null=True)


class SessionStatus(StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"


class CohortSession(Table):
    """One meeting of a cohort. Its time and place are those of its calendar event."""

    id = c.key()
    cohort = c.link(Cohort, on_delete=c.CASCADE)
    event = c.link(CalendarEvent, on_delete=c.RESTRICT)
    title = c.text(160)
    compulsory = c.yes_no(False)
    status = c.status(SessionStatus, SessionStatus.PLANNED)
    cancel_reason = c.text(300, default="")
    created_at = c.instant()


class Facilitator(Table):
    """Who leads a session and may take its register."""

    id = c.key()
    session = c.link(CohortSession, on_delete=c.CASCADE)
    person = c.link(Person, on_delete=c.CASCADE)
