"""What a cohort may become, what it needs, and which sessions clash. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.programmes.rules import slug
from cohorts.schedule.tables import CohortStatus, Format, SessionStatus

S = CohortStatus

MOVES: dict[CohortStatus, frozenset[CohortStatus]] = {
    S.PLANNED: frozenset({S.OPEN, S.CANCELLED}),
    S.OPEN: frozenset({S.CLOSED, S.CANCELLED}),
    S.CLOSED: frozenset(),
    S.CANCELLED: frozenset(),
}

FORMAT_WORDS: dict[str, str] = {
    Format.IN_PERSON: "In person",
    Format.VIRTUAL: "Virtual",
    Format.HYBRID: "Hybrid",
}

ONLINE = "Online"
REGIONS = (
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and The Humber",
    "England",
    "Northern Ireland",
    "Scotland",
    "Wales",
    ONLINE,
)
ZONES = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Brussels",
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Sydney",
)
"""Offered on the form; any name of the time zone database is accepted."""

LONGEST_SESSION = timedelta(hours=24)
LONGEST_EVENT_TITLE = 200
MOST_REMINDER_DAYS = 60
RESERVED_CODES = frozenset({"new"})


class CohortDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator says of a cohort. Instants are aware and in UTC."""

    name: str
    code: str
    region: str = ""
    format: Format = Format.IN_PERSON
    venue: str = ""
    link: str = ""
    zone: str = "Europe/London"
    capacity: int = 20
    minimum: int = 0
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    reminder_days: str = "7,1"
    """Days before each session, separated by commas; empty for none."""
    sponsorship: UUID | None = None


class SessionDetails(msgspec.Struct, frozen=True, kw_only=True):
    """One meeting. ``place`` and ``link`` are its own; None means those of the cohort."""

    title: str
    starts_at: datetime
    ends_at: datetime
    compulsory: bool = False
    place: str | None = None
    link: str | None = None


class ForbiddenMove(DomainError):
    """A cohort or a session can't become that any more."""


class CannotPublish(DomainError):
    """Something is missing that people must know."""


class BadTimes(DomainError):
    """A session or window that ends before it starts, or lasts more than a day."""

    status = 422


class TooFewPlaces(DomainError):
    """More places are taken than there would be."""

    status = 422


class CodeTaken(DomainError):
    """Another cohort has this code."""

    status = 422


class CodeFixed(DomainError):
    """People have links with the code, so it stays."""

    status = 422


class ReasonMissing(DomainError):
    """People are told of this, and are owed a reason."""

    status = 422


class BadPlace(DomainError):
    """A session or cohort without a place or a link, where one is needed."""

    status = 422


# ------------------------------------------------------------------ status
def move(status: CohortStatus, to: CohortStatus) -> CohortStatus:
    """Raises ForbiddenMove."""
    if to not in MOVES[status]:
        raise ForbiddenMove(f"This cohort is {STATUS_WORDS[status]}, so it can't be {TO_WORDS[to]}.")
    return to


STATUS_WORDS = {S.PLANNED: "planned", S.OPEN: "published", S.CLOSED: "closed", S.CANCELLED: "cancelled"}
TO_WORDS = {S.PLANNED: "planned again", S.OPEN: "published", S.CLOSED: "closed", S.CANCELLED: "cancelled"}


class Stage(StrEnum):
    """How far a cohort is, as people see it. Only the status is stored; the rest follows from it and the time."""

    PLANNED = "planned"
    OPEN = "open"
    FULL = "full"
    RUNNING = "running"
    FINISHED = "finished"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def text(self) -> str:
        """What people read."""
        return STAGE_WORDS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return STAGE_WORDS[self][1]

    @property
    def open(self) -> bool:
        """Published and not begun, so that places are of interest."""
        return self in (Stage.OPEN, Stage.FULL)


STAGE_WORDS: dict[str, tuple[str, str]] = {
    Stage.PLANNED: ("Not published", "grey"),
    Stage.OPEN: ("Open", "blue"),
    Stage.FULL: ("Full", "purple"),
    Stage.RUNNING: ("Running", "green"),
    Stage.FINISHED: ("Finished", "orange"),
    Stage.CLOSED: ("Closed", "grey"),
    Stage.CANCELLED: ("Cancelled", "red"),
}


def stage(cohort: Any, now: datetime) -> Stage:
    """Where a cohort stands. ``cohort`` is a row or anything with ``status`` and its first start and last end
    (``first_starts_at`` or ``starts_at``, ``last_ends_at`` or ``ends_at``); with ``taken`` and ``capacity`` also FULL.
    """
    first, last = _of(cohort, "first_starts_at", "starts_at"), _of(cohort, "last_ends_at", "ends_at")
    taken, capacity = _of(cohort, "taken"), _of(cohort, "capacity")
    return stage_of(
        _of(cohort, "status"),
        begun=first is not None and first <= now,
        over=last is not None and last <= now,
        full=taken is not None and capacity is not None and taken >= capacity,
    )


def stage_of(status: str, *, begun: Any, over: Any, full: Any) -> Stage:
    """The same from what is known already. A truth value that SQL gave will do."""
    if status != S.OPEN:
        return Stage(status)
    if over:
        return Stage.FINISHED
    if begun:
        return Stage.RUNNING
    return Stage.FULL if full else Stage.OPEN


def _of(cohort: Any, *names: str) -> Any:
    for name in names:
        value = cohort.get(name) if isinstance(cohort, dict) else getattr(cohort, name, None)
        if value is not None:
            return value
    return None


def why_not_publish(
    *, status: str, sessions: int, place: str, link: str, format: str, capacity: int, programme_published: bool
) -> str:
    """Why people can't see and join the cohort yet, or nothing. The same answer greys out the button."""
    if status != S.PLANNED:
        return f"This cohort is {STATUS_WORDS[S(status)]}."
    if not programme_published:
        return "Publish the programme first."
    if not sessions:
        return "Add at least one session before you publish."
    if capacity < 1:
        return "Set at least one place before you publish."
    return why_not_placed(format=format, place=place, link=link)


def why_not_placed(*, format: str, place: str, link: str) -> str:
    """What people would not know about where to go, or nothing."""
    if format == Format.VIRTUAL and not link:
        return "Enter the link that people join by."
    if format == Format.IN_PERSON and not place:
        return "Enter the place where people meet."
    if format == Format.HYBRID and not (place and link):
        return "A hybrid cohort needs a place and a link."
    return ""


def why_not_changeable(status: str) -> str:
    """Why sessions and settings stay as they are, or nothing."""
    if status in (S.CLOSED, S.CANCELLED):
        return f"This cohort is {STATUS_WORDS[S(status)]}, so it stays as it is."
    return ""


def why_not_session_changeable(*, cohort_status: str, session_status: str) -> str:
    """Why one session stays as it is, or nothing."""
    if session_status == SessionStatus.CANCELLED:
        return "This session is cancelled, so it stays as it is."
    return why_not_changeable(cohort_status)


# ------------------------------------------------------- times and places
def check_times(*, starts_at: datetime, ends_at: datetime) -> None:
    """Raises BadTimes."""
    if ends_at <= starts_at:
        raise BadTimes("The session must end after it starts.")
    if ends_at - starts_at > LONGEST_SESSION:
        raise BadTimes("A session lasts 24 hours at most. Make one session for each day.")


def check_not_over(*, ended_at: datetime, ends_at: datetime, now: datetime) -> None:
    """What is still to come is not moved into the past (mostly a wrong year was typed). Raises BadTimes."""
    if ends_at <= now < ended_at:
        raise BadTimes("That is in the past. Check the date.")


def check_cohort(details: CohortDetails) -> None:
    """What must hold between the details. Raises BadTimes or TooFewPlaces."""
    opens, closes = details.registration_opens_at, details.registration_closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise BadTimes("Registration must close after it opens.")
    if details.minimum > details.capacity:
        raise TooFewPlaces("The minimum can't be more than the number of places.")


def check_capacity(capacity: int, *, taken: int) -> None:
    """Nobody loses a place because a number was lowered. Raises TooFewPlaces."""
    if capacity < taken:
        places = "1 place is taken" if taken == 1 else f"{taken} places are taken"
        raise TooFewPlaces(f"{places}. Enter {taken} or more, or withdraw people first.")


def span(sessions: Iterable[tuple[str, datetime, datetime]]) -> tuple[datetime | None, datetime | None]:
    """First start and last end of sessions, each told as status, start and end.

    Cancelled ones don't count, unless all are cancelled: what is called off keeps its place in the calendar.
    """
    known = list(sessions)
    counting = [each for each in known if each[0] != SessionStatus.CANCELLED] or known
    if not counting:
        return None, None
    return min(starts for _, starts, _ in counting), max(ends for _, _, ends in counting)


def place_and_link(
    *, format: str, venue: str, link: str, own_place: str | None = None, own_link: str | None = None
) -> tuple[str, str]:
    """Where one session is: its own place and link where it has them, else what the cohort's format has of the two."""
    place = own_place if own_place is not None else ("" if format == Format.VIRTUAL else venue)
    to_join = own_link if own_link is not None else ("" if format == Format.IN_PERSON else link)
    return place, to_join


class Engagement(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person has to be at."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    person: UUID | None = None
    person_name: str = ""
    session: UUID | None = None
    zone: str = "Europe/London"


def overlaps(one: Any, other: Any) -> bool:
    """Whether two things with ``starts_at`` and ``ends_at`` share any time; ending as the other starts shares none."""
    return bool(one.starts_at < other.ends_at and other.starts_at < one.ends_at)


def clashes(wanted: Engagement, others: Iterable[Engagement]) -> list[Engagement]:
    """Those of ``others`` that overlap, but for the session itself, from the earliest."""
    found = [
        other
        for other in others
        if overlaps(wanted, other) and (wanted.session is None or other.session != wanted.session)
    ]
    return sorted(found, key=lambda other: (other.starts_at, other.person_name, other.title))


# ------------------------------------------------------------------- words
def place_of(cohort_name: str, programme_name: str, region: str) -> str:
    """What tells this cohort from others of its programme: the rest of its name, or its region."""
    rest = re.sub(re.escape(programme_name), "", cohort_name, count=1, flags=re.IGNORECASE)
    return rest.strip(" ,:;–-") or region


def suggest_code(programme_name: str, place: str, starts_at: datetime | None = None, *, most: int = 60) -> str:
    """A code out of programme, place and year: ``top-talent-essex-2026``."""
    year = f"-{starts_at.year}" if starts_at else ""
    stem = slug(f"{programme_name} {place}", most=most - len(year))
    return stem + year


def event_title(cohort_name: str, title: str) -> str:
    """What stands in people's calendars; the end of the longer name is cut where both don't fit."""
    if cohort_name.casefold() == title.casefold():
        return title
    room = LONGEST_EVENT_TITLE - len(title) - 2
    name = cohort_name if len(cohort_name) <= room else cohort_name[: max(room - 1, 0)].rstrip() + "…"
    return f"{name}: {title}"


def event_description(cohort_name: str, title: str) -> str:
    """What calendars say below the title, where that may be cut."""
    return f"{title}, a session of {cohort_name}."


def reminder_days(text: str) -> list[int]:
    """The days before a session on which people are reminded, most first. ``text`` is as stored."""
    return sorted({int(part) for part in text.split(",") if part.strip()}, reverse=True)


def typed_reminders(text: str) -> str | None:
    """What was typed (``7 and 1``) as it is stored (``7,1``): up to four whole numbers from 1 to 60. Else none."""
    parts = [part for part in re.split(r"[\s,;]+|\band\b", text.strip()) if part]
    days = [int(part) if re.fullmatch(r"\d{1,2}", part) else 0 for part in parts]
    if any(not 1 <= each <= MOST_REMINDER_DAYS for each in days) or len(set(parts)) > 4:
        return None
    return ",".join(str(days) for days in reminder_days(",".join(parts)))


def fingerprint(*values: Any) -> str:
    """A short mark of what a form showed, so that saving can tell whether it has changed since."""
    return hashlib.sha256(repr(values).encode("utf-8", "replace")).hexdigest()[:16]
