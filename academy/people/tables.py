"""Persons, their addresses and employers over time, and the organisations."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c


class OrganisationKind(StrEnum):
    LOCAL_AUTHORITY = "local_authority"
    OTHER_PUBLIC = "other_public_sector"
    PRIVATE = "private_sector"
    THIRD_SECTOR = "third_sector"


class Organisation(Table):
    """A council, another public body, or a partner."""

    id = c.key()
    name = c.text(200)
    short_name = c.text(120, default="")
    kind = c.status(OrganisationKind, OrganisationKind.OTHER_PUBLIC)
    nation = c.text(40, default="")
    region = c.text(60, default="")
    code = c.text(40, null=True)  # a public code (GSS for councils); unique where given
    member = c.yes_no(False)
    created_at = c.instant()


class OrganisationName(Table):
    """Another name under which people look for an organisation."""

    id = c.key()
    organisation = c.link(Organisation, on_delete=c.CASCADE)
    name = c.text(200)


class Person(Table):
    """Somebody we know. Names are one field: what the person wants to be called."""

    id = c.key()
    name = c.text(120)
    time_zone = c.text(64, default="Europe/London")
    nation = c.text(40, default="")
    created_at = c.instant()


class EmailAddress(Table):
    """One address of a person. A person may have several; links sent to an old one go on working."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    address = c.text(254)  # as typed
    normalised = c.text(254)  # what makes two the same; unique
    primary = c.yes_no(False)
    verified_at = c.instant(null=True)
    bounced_at = c.instant(null=True)
    bounce_reason = c.text(300, default="")
    created_at = c.instant()


class Employment(Table):
    """Where a person works from a day to a day. No organisation: the one they typed is not in our list."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    organisation = c.link(Organisation, null=True, on_delete=c.RESTRICT)
    organisation_name = c.text(200)
    job_title = c.text(160, default="")
    from_on = c.day()
    to_on = c.day(null=True)


class MembershipCategory(StrEnum):
    FULL = "full"
    ASSOCIATE = "associate"
    AFFILIATE = "affiliate"
    SUBSCRIBER = "subscriber"
    RETIRED = "retired"


class Membership(Table):
    """A person's category of membership from a day to a day."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    category = c.status(MembershipCategory, MembershipCategory.FULL)
    from_on = c.day()
    to_on = c.day(null=True)
