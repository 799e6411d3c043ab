"""What mentors, mentees and coordinators type about a pairing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from academy.invites.times import local_to_utc
from academy.web.forms import Fields, Reader
from mentoring.pairings.tables import DeclineReason

SHORTEST, LONGEST = 5, 480
"""Minutes of a meeting."""


class Decline(msgspec.Struct, frozen=True, kw_only=True):
    reason: DeclineReason
    note: str = ""


def decline(fields: Fields) -> Decline:
    """A no, with a reason or without. Raises Invalid."""
    reader = Reader(fields)
    reason: DeclineReason | None = DeclineReason.OTHER
    if fields.get("reason"):
        reason = reader.choice("reason", DeclineReason, "Choose one of the reasons, or none.")
    note = reader.text("note", most=300, lines=True, label="What you add")
    reader.done()
    assert reason is not None  # or done() has raised
    return Decline(reason=reason, note=note)


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting to come, at an instant (UTC), with where."""

    starts_at: datetime
    minutes: int
    place: str = ""
    link: str = ""
    about: str = ""


def meeting(fields: Fields, *, zone: str, now: datetime) -> Meeting:
    """A time to meet, read in ``zone``. Raises Invalid."""
    reader = Reader(fields)
    day = reader.day("day", "Enter the day of the meeting.")
    at = reader.clock_time("at", "Enter when it begins, like 9:30am.")
    minutes = _minutes(reader, missing="Choose how long you want to meet.")
    place = reader.text("place", most=200, label="The place")
    link = reader.web_address("link")
    about = reader.text("about", most=1000, lines=True, label="What to prepare")
    starts_at: datetime | None = None
    if day and at:
        starts_at = reader.check("at", lambda: local_to_utc(day, at, zone))
        if starts_at is not None and starts_at <= now:
            reader.wrong("day", "Enter a time in the future. Log a meeting that you have had.")
        elif starts_at is not None and starts_at > now + timedelta(days=366):
            reader.wrong("day", "Enter a day within the next year.")
    reader.done()
    assert starts_at is not None and minutes is not None
    return Meeting(starts_at=starts_at, minutes=minutes, place=place, link=link, about=about)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting that took place."""

    day: date
    minutes: int


def held(fields: Fields, *, today: date, since: date | None = None) -> Held:
    """When two met, and for how long. Raises Invalid."""
    reader = Reader(fields)
    day = reader.day("day", "Enter the day on which you met.")
    minutes = _minutes(reader, missing="Enter how many minutes it took.")
    if day and day > today:
        reader.wrong("day", "Enter today or a day before. To plan a meeting, offer one.")
    elif day and since and day < since:
        reader.wrong("day", "Enter a day since you were introduced.")
    reader.done()
    assert day is not None and minutes is not None
    return Held(day=day, minutes=minutes)


def _minutes(reader: Reader, *, missing: str) -> int | None:
    return reader.whole("minutes", missing, low=SHORTEST, high=LONGEST, what="number of minutes")


def goal(fields: Fields) -> str:
    """What the two work on. Raises Invalid."""
    reader = Reader(fields)
    text = reader.text("text", "Enter what you want to reach.", most=500, lines=True, label="The goal")
    reader.done()
    return text


def note(fields: Fields) -> str:
    """A private note. Raises Invalid."""
    reader = Reader(fields)
    text = reader.text("note", "Write something, or leave the page.", most=10_000, lines=True, label="The note")
    reader.done()
    return text


def reason(fields: Fields) -> str:
    """Why somebody ends a pairing; may be empty. Raises Invalid."""
    reader = Reader(fields)
    text = reader.text("reason", most=300, lines=True, label="The reason")
    reader.done()
    return text


def pause_until(fields: Fields, *, today: date) -> date | None:
    """The day on which a pause ends by itself; none: until somebody ends it. Raises Invalid."""
    reader = Reader(fields)
    until = reader.day("paused_until")
    if until and until <= today:
        reader.wrong("paused_until", "Enter a day in the future, or leave it empty.")
    reader.done()
    return until


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    overall: int
    goals_reached: int | None
    helped: str
    better: str
    again: bool


def evaluation(fields: Fields) -> Evaluation:
    """What one of the two says at the end. Raises Invalid."""
    reader = Reader(fields)
    overall = reader.one_of("overall", [str(each) for each in range(1, 6)], "Choose how good it was.")
    reached = fields.get("goals_reached", "")
    if reached:
        reader.one_of("goals_reached", [str(each) for each in range(5)], "Choose one of the answers, or none.")
    helped = reader.text("helped", most=2000, lines=True, label="What helped")
    better = reader.text("better", most=2000, lines=True, label="What could be better")
    again = reader.one_of("again", ("yes", "no"), "Say whether you would go on with each other.")
    reader.done()
    return Evaluation(
        overall=int(overall),
        goals_reached=int(reached) if reached else None,
        helped=helped,
        better=better,
        again=again == "yes",
    )
