"""What coordinators type about programmes and sponsors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from academy.programmes import rules
from academy.programmes.rules import Logo, ProgrammeDetails, SponsorshipDetails
from academy.programmes.tables import ProgrammeKind
from academy.web.forms import Fields, Reader

KINDS = [(str(kind), words) for kind, words in rules.KIND_WORDS.items()]

LABELS = {
    "kind": "Kind",
    "name": "Name",
    "summary": "Summary",
    "audience": "Who it is for",
    "description": "Description",
    "outcomes": "What people learn",
    "contact_hours": "Contact hours",
    "cpd_hours": "CPD hours",
    "sessions_needed": "Sessions needed",
}
"""The fields of the programme form, in their order."""


def read_programme(fields: Fields) -> ProgrammeDetails:
    """Raises Invalid with every error at once."""
    reader = Reader(fields)
    details = ProgrammeDetails(
        kind=reader.choice("kind", ProgrammeKind, "Choose the kind of programme.") or ProgrammeKind.LEADERSHIP,
        name=reader.text("name", "Enter the name of the programme.", most=160, label="The name"),
        summary=reader.text("summary", "Enter a summary in one or two sentences.", most=300, label="The summary"),
        audience=reader.text("audience", most=300, label="Who it is for"),
        description=reader.text("description", most=20_000, lines=True, label="The description"),
        outcomes=reader.text("outcomes", most=20_000, lines=True, label="What people learn"),
        contact_minutes=_hours(reader, "contact_hours"),
        cpd_minutes=_hours(reader, "cpd_hours"),
        sessions_needed=reader.whole("sessions_needed", low=1, high=100),
    )
    reader.done()
    return details


def _hours(reader: Reader, name: str) -> int:
    text = reader.text(name, most=30)
    if not text:
        return 0
    minutes = rules.minutes_of(text)
    if minutes is None:
        reader.wrong(name, "Enter hours, like 6 or 1.5 or 1h 30m.")
        return 0
    return minutes


def typed_programme(programme: Mapping[str, Any] | None) -> dict[str, str]:
    """The fields as they stand in the form before anybody types; empty for a new programme."""
    if programme is None:
        return {**dict.fromkeys(LABELS, ""), "kind": ProgrammeKind.LEADERSHIP.value, "version": ""}
    return {
        **{name: str(programme[name] or "") for name in ("kind", "name", "summary", "audience")},
        "description": programme["description"],
        "outcomes": programme["outcomes"],
        "contact_hours": rules.typed_hours(programme["contact_minutes"]) if programme["contact_minutes"] else "",
        "cpd_hours": rules.typed_hours(programme["cpd_minutes"]) if programme["cpd_minutes"] else "",
        "sessions_needed": str(programme["sessions_needed"] or ""),
        "version": str(programme["version"]),
    }


def read_sponsorship(fields: Fields, upload: bytes, *, today: date) -> SponsorshipDetails:
    """``upload`` is the logo, empty if none was chosen. Raises Invalid with every error at once."""
    reader = Reader(fields)
    organisation = reader.uuid("organisation", "Choose the organisation.")
    role = reader.text("role", "Enter the role, such as Supported by.", most=80, label="The role")
    from_on = reader.day("from_on", "Enter the first day, like 24 June 2026.") or today
    to_on = reader.day("to_on")
    if to_on is not None:
        reader.check("to_on", lambda: rules.check_dates(from_on=from_on, to_on=to_on))
    web_address = reader.web_address("web_address")
    if len(web_address) > 300:
        reader.wrong("web_address", "The web address must be 300 characters or fewer.")
    logo = _logo(reader, upload)
    reader.done()
    assert organisation is not None
    return SponsorshipDetails(
        organisation=organisation, role=role, from_on=from_on, to_on=to_on, web_address=web_address, logo=logo
    )


def read_logo(fields: Fields, upload: bytes) -> Logo:
    """A logo for a sponsor that is there already. Raises Invalid."""
    reader = Reader(fields)
    if not upload:
        reader.wrong("logo", "Choose a PNG, JPEG or WebP file.")
    logo = _logo(reader, upload)
    reader.done()
    assert logo is not None
    return logo


def _logo(reader: Reader, upload: bytes) -> Logo | None:
    alt = reader.text("logo_alt", most=200, label="The description of the logo")
    if not upload:
        return None
    media_type = reader.check("logo", lambda: rules.logo_type(upload))
    if not alt:
        reader.wrong("logo_alt", "Describe the logo for people who can't see it, such as Northbridge Systems.")
    return Logo(upload, media_type or "", alt)
