"""Programmes and their sponsors."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Organisation


class ProgrammeKind(StrEnum):
    LEADERSHIP = "leadership_programme"
    WORKSHOP = "workshop"
    WEBINAR = "webinar"
    EVENT = "event"
    PARTNER_TRAINING = "partner_training"


class ProgrammeStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Programme(Table):
    """What people learn, for whom, and what completing it takes."""

    id = c.key()
    slug = c.text(80)
    name = c.text(160)
    kind = c.status(ProgrammeKind, ProgrammeKind.LEADERSHIP)
    status = c.status(ProgrammeStatus, ProgrammeStatus.DRAFT)
    summary = c.text(300, default="")
    audience = c.text(300, default="")
    description = c.long_text(default="")  # Markdown
    outcomes = c.long_text(default="")  # Markdown
    contact_minutes = c.whole(default=0)
    cpd_minutes = c.whole(default=0)
    sessions_needed = c.whole(null=True)  # k of n; none means all
    version = c.whole(default=1)
    created_at = c.instant()


class Sponsorship(Table):
    """What a partner organisation supports, from a day to a day."""

    id = c.key()
    programme = c.link(Programme, on_delete=c.CASCADE)
    organisation = c.link(Organisation, on_delete=c.RESTRICT)
    role = c.text(80, default="Supported by")
    from_on = c.day()
    to_on = c.day(null=True)
    logo = c.blob(null=True)
    logo_type = c.text(40, default="")
    logo_alt = c.text(200, default="")
    web_address = c.text(300, default="")
