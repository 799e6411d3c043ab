"""What a programme may be called, when it may be published, how hours are typed, what a logo may be. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import date
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.programmes.tables import ProgrammeKind, ProgrammeStatus

S = ProgrammeStatus

MOVES: dict[ProgrammeStatus, frozenset[ProgrammeStatus]] = {
    S.DRAFT: frozenset({S.PUBLISHED, S.ARCHIVED}),
    S.PUBLISHED: frozenset({S.ARCHIVED}),
    S.ARCHIVED: frozenset({S.PUBLISHED}),
}

STATUS_WORDS: dict[str, tuple[str, str]] = {
    S.DRAFT: ("Draft", "grey"),
    S.PUBLISHED: ("Published", "green"),
    S.ARCHIVED: ("Archived", "yellow"),
}
"""What people read for a status, and the colour of its tag."""

KIND_WORDS: dict[str, str] = {
    ProgrammeKind.LEADERSHIP: "Leadership programme",
    ProgrammeKind.WORKSHOP: "Workshop",
    ProgrammeKind.WEBINAR: "Webinar",
    ProgrammeKind.EVENT: "Event",
    ProgrammeKind.PARTNER_TRAINING: "Partner training",
}

MOST_MINUTES = 2000 * 60
MOST_LOGO_BYTES = 512 * 1024
RESERVED_SLUGS = frozenset({"manage", "new"})
"""Addresses of our own pages under /programmes."""


class ProgrammeDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator says of a programme. Durations are whole minutes; texts marked so are Markdown."""

    name: str
    kind: ProgrammeKind = ProgrammeKind.LEADERSHIP
    summary: str = ""
    audience: str = ""
    description: str = ""
    """Markdown."""
    outcomes: str = ""
    """Markdown."""
    contact_minutes: int = 0
    cpd_minutes: int = 0
    sessions_needed: int | None = None
    """How many sessions completing takes; none means all. Compulsory ones are named on the sessions."""


class Logo(msgspec.Struct, frozen=True):
    """A picture that has been looked at."""

    content: bytes
    media_type: str
    alt: str


class SponsorshipDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A partner's support from a day to a day."""

    organisation: UUID
    role: str = "Supported by"
    from_on: date
    to_on: date | None = None
    web_address: str = ""
    logo: Logo | None = None


class CannotPublish(DomainError):
    """The programme or cohort is not ready to be seen."""


class ForbiddenMove(DomainError):
    """A status cannot become that other one."""


class BadLogo(DomainError):
    """The file is not a picture that we can show."""

    status = 422


class BadSponsorship(DomainError):
    """The dates, the organisation or the logo of a sponsorship cannot be right."""

    status = 422


def move(status: ProgrammeStatus, to: ProgrammeStatus) -> ProgrammeStatus:
    """Raises ForbiddenMove."""
    if to not in MOVES[status]:
        raise ForbiddenMove(f"This programme is {STATUS_WORDS[status][0].lower()}, so it can't become {to.value}.")
    return to


def why_not_publish(*, status: str, summary: str, description: str) -> str:
    """Why the programme can't be shown to the public, or nothing."""
    if status == S.PUBLISHED:
        return "This programme is published already."
    missing = [words for words, text in (("a summary", summary), ("a description", description)) if not text]
    return f"Add {' and '.join(missing)} before you publish." if missing else ""


# ------------------------------------------------------------------- slugs
def slug(text: str, *, most: int = 80) -> str:
    """The text in small letters, digits and hyphens, for an address; never empty, at most ``most`` characters."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("'", "").replace("’", ""))
    plain = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-") or "x"


def free_slug(wanted: str, taken: Container[str], *, most: int = 80) -> str:
    """``wanted``, or ``wanted-2`` and so on, that nobody has yet."""
    if wanted not in taken:
        return wanted
    number = 2
    while True:
        end = f"-{number}"
        candidate = wanted[: most - len(end)].rstrip("-") + end
        if candidate not in taken:
            return candidate
        number += 1


# ------------------------------------------------------------------- hours
_HOURS = re.compile(
    r"(?:(?P<h>\d{1,4}(?:\.\d{1,2})?)\s*(?:h|hrs?|hours?)?)?\s*(?:and\s*)?"
    r"(?:(?P<m>\d{1,5})\s*(?:m|mins?|minutes?))?"
)


def minutes_of(text: str) -> int | None:
    """Whole minutes of a duration as people type it: ``6``, ``1.5``, ``1h 30m``, ``1:30`` or ``90 minutes``."""
    text = text.strip().lower()
    if match := re.fullmatch(r"(\d{1,4}):([0-5]\d)", text):
        found = int(match[1]) * 60 + int(match[2])
    elif match := re.fullmatch(r"(\d{1,5})\s*(?:m|mins?|minutes?)", text):
        found = int(match[1])
    elif text and (match := _HOURS.fullmatch(text)) and (match["h"] or match["m"]):
        found = round(float(match["h"] or 0) * 60) + int(match["m"] or 0)
    else:
        return None
    return found if 0 <= found <= MOST_MINUTES else None


def typed_hours(minutes: int) -> str:
    """The minutes as one would type them: ``6``, ``1.5``, ``1h 20m``."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return str(hours)
    if rest in (15, 30, 45):
        return f"{minutes / 60:g}"
    return f"{hours}h {rest}m"


# ------------------------------------------------------------------- logos
def logo_type(content: bytes) -> str:
    """The media type of a logo, found in its content and never in its name. Raises BadLogo."""
    if len(content) > MOST_LOGO_BYTES:
        raise BadLogo("The logo must be smaller than 512 KB.")
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and content[12:15] == b"VP8":
        return "image/webp"
    raise BadLogo("The logo must be a PNG, JPEG or WebP file.")


# ------------------------------------------------------------ sponsorships
def check_dates(*, from_on: date, to_on: date | None) -> None:
    """Raises BadSponsorship."""
    if to_on is not None and to_on < from_on:
        raise BadSponsorship("The last day must be on or after the first day.")


def holds(from_on: date, to_on: date | None, on: date) -> bool:
    """Whether a sponsorship holds on a day; its last day belongs to it."""
    return from_on <= on and (to_on is None or on <= to_on)
