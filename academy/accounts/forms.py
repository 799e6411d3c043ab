"""What people type about themselves."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import available_timezones

import msgspec

from academy.people import queries as people
from academy.people.rules import check_name
from academy.web.forms import Fields, Reader

_FIRST = ("Europe/London", "Europe/Dublin")
_AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def time_zones() -> list[tuple[str, str]]:
    """Time zones to choose from, those of these islands first."""
    others = sorted(name for name in available_timezones() if name.startswith(_AREAS) and name not in _FIRST)
    return [("Europe/London", "UK time (London)"), ("Europe/Dublin", "Ireland (Dublin)")] + [
        (name, name.replace("_", " ").replace("/", ": ")) for name in others
    ]


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """Name, zone and employer, as typed."""

    name: str
    time_zone: str
    organisation: UUID | None
    organisation_name: str
    job_title: str


def typed_details(known: people.Details) -> dict[str, str]:
    """What we know of somebody, as the form that ``read_details`` reads shows it."""
    job = known.job
    return {
        "name": known.name,
        "time_zone": known.time_zone,
        "organisation": str(job.organisation or "") if job else "",
        "organisation_name": job.name if job and not job.organisation else "",
        "job_title": job.job_title if job else "",
    }


def read_details(fields: Fields) -> Details:
    """Raises Invalid with every error at once."""
    reader = Reader(fields)
    name = reader.text("name", "Enter a name.", most=120, label="The name")
    if name:
        name = reader.check("name", lambda: check_name(name)) or ""
    organisation = reader.uuid("organisation")
    details = Details(
        name=name,
        time_zone=reader.one_of("time_zone", {zone for zone, _ in time_zones()}, "Choose a time zone."),
        organisation=organisation,
        organisation_name="" if organisation else reader.text("organisation_name", most=200, label="The employer"),
        job_title=reader.text("job_title", most=160, label="The job title"),
    )
    reader.done()
    return details
