"""What coordinators type about a round."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from academy.invites.times import UK, local_to_utc, utc_to_local
from academy.programmes.rules import slug as as_slug
from academy.web.forms import Fields, Reader, typed_instant
from mentoring.profiles import rules
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import Audience

AUDIENCES = [(kind.value, text) for kind, text in rules.AUDIENCE_WORDS.items()]
NAMES = (
    "name",
    "slug",
    "summary",
    "agreement",
    "mentors_may",
    "mentees_may",
    "opens_on",
    "opens_at",
    "closes_on",
    "closes_at",
    "starts_on",
    "months",
    "rhythm_weeks",
    "answer_days",
)
"""The fields of the form, in their order."""


def read_round(fields: Fields, *, slug: str = "") -> RoundDetails:
    """The settings; ``slug`` is used where none is typed. Raises Invalid with every error at once."""
    reader = Reader(fields)
    name = reader.text("name", "Enter a name, such as Mentoring 2026.", most=160, label="The name")
    typed = reader.text("slug", most=60, label="The address")
    if typed and typed != as_slug(typed, most=60):
        reader.wrong("slug", f"Use small letters, digits and hyphens, like {as_slug(typed, most=60)}.")
    details = RoundDetails(
        name=name,
        slug=typed or slug or as_slug(name, most=60),
        summary=reader.text("summary", most=5000, lines=True, label="The text"),
        agreement=reader.text("agreement", most=5000, lines=True, label="The agreement"),
        mentors_may=reader.choice("mentors_may", Audience, "Choose who may offer to be a mentor.") or Audience.ANYONE,
        mentees_may=reader.choice("mentees_may", Audience, "Choose who may ask for a mentor.") or Audience.ANYONE,
        opens_at=_instant(reader, "opens", time(9)),
        closes_at=_instant(reader, "closes", time(17)),
        starts_on=reader.day("starts_on"),
        months=reader.whole("months", "Enter the length in months.", low=1, high=36) or 9,
        rhythm_weeks=reader.whole("rhythm_weeks", "Enter the weeks between meetings.", low=1, high=26) or 4,
        answer_days=reader.whole("answer_days", "Enter the days to answer.", low=1, high=60) or 7,
    )
    if not reader.errors:
        try:
            rules.check_round(details)
        except rules.BadRound as error:
            reader.wrong(error.field, error.message)
    reader.done()
    return details


def _instant(reader: Reader, name: str, default: time) -> datetime | None:
    day = reader.day(f"{name}_on")
    at = reader.clock_time(f"{name}_at")
    if day is None:
        if at is not None:
            reader.wrong(f"{name}_on", "Enter a date as well, like 24 June 2026.")
        return None
    found = reader.check(f"{name}_at", lambda: local_to_utc(day, at or default, UK))
    return found if isinstance(found, datetime) else None


def typed_round(details: RoundDetails, *, version: str = "") -> dict[str, str]:
    """The fields as they stand in the form before anybody types."""
    opens, closes = typed_instant(details.opens_at, UK), typed_instant(details.closes_at, UK)
    return {
        **{name: str(getattr(details, name)) for name in ("name", "slug", "summary", "agreement")},
        "mentors_may": details.mentors_may.value,
        "mentees_may": details.mentees_may.value,
        **dict(zip(("opens_on", "opens_at", "closes_on", "closes_at"), (*opens, *closes), strict=True)),
        "starts_on": details.starts_on.isoformat() if details.starts_on else "",
        **{name: str(getattr(details, name)) for name in ("months", "rhythm_weeks", "answer_days")},
        "version": version,
    }


def in_order(errors: dict[str, str]) -> dict[str, str]:
    """The errors in the order of their fields on the page."""
    return {name: errors[name] for name in (*NAMES, *errors) if name in errors}


def sign_up_words(details: Any, *, now: datetime) -> str:
    """When one can sign up, in a few words for lists and heads."""
    opens, closes = details.opens_at, details.closes_at
    if opens is not None and opens > now:
        return f"Sign-up opens on {_day(opens)}"
    if closes is not None:
        return f"Sign-up {'until' if closes > now else 'ended on'} {_day(closes)}"
    return ""


def _day(instant: datetime) -> str:
    local = utc_to_local(instant)
    return f"{local.day} {local:%B}"
