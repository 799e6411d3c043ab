"""What people choose and type when they book, move or cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from academy.errors import NotFound
from academy.web.forms import Reader, parse_day
from cohorts.coaching.bookings import days
from cohorts.coaching.bookings.tables import SessionKind

MOST_NOTE = 2000


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What of a booking stands in an address. Nothing of it is personal."""

    coach: UUID | None = None
    minutes: int | None = None
    kind: SessionKind = SessionKind.COACHING
    starts_at: datetime | None = None
    since: date | None = None


def choice(given: Mapping[str, str]) -> Choice:
    """Read an address or the hidden fields of a form. Raises NotFound for what none of our pages says."""
    try:
        coach = UUID(given["coach"]) if given.get("coach") else None
        minutes = int(given["minutes"]) if given.get("minutes") else None
        kind = SessionKind(given.get("kind") or SessionKind.COACHING)
    except ValueError as error:
        raise NotFound from error
    if minutes is not None and not 0 < minutes < 1000:
        raise NotFound
    return Choice(coach=coach, minutes=minutes, kind=kind, starts_at=start(given), since=since(given))


def start(given: Mapping[str, str]) -> datetime | None:
    """The chosen time, or none. Raises NotFound for what is no time."""
    text = given.get("starts", "")
    if not text:
        return None
    found = days.read(text)
    if found is None:
        raise NotFound
    return found


def since(given: Mapping[str, str]) -> date | None:
    """The first day to show; nonsense is the first of all."""
    return parse_day(given.get("from", ""))


def note(fields: dict[str, str]) -> str:
    """What the coachee wants to talk about. Raises Invalid."""
    reader = Reader(fields)
    told = reader.text("note", most=MOST_NOTE, lines=True, label="What you write")
    reader.done()
    return told


def short(fields: dict[str, str], name: str) -> str:
    """A reason or a word to the other side, at most 300 characters. Raises Invalid."""
    reader = Reader(fields)
    told = reader.text(name, most=300, lines=True, label="What you write")
    reader.done()
    return told
