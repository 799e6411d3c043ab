"""What coach, coachee and manager type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from academy.people.rules import check_name
from academy.web.forms import Reader
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.record import rules
from cohorts.coaching.record.circle import Goal
from cohorts.coaching.record.evaluation import Answer, Given
from cohorts.coaching.record.goals import NewGoal
from cohorts.coaching.record.log import NewEntry
from cohorts.coaching.record.tables import LogKind

OUTCOMES = {
    "attended": SessionStatus.COMPLETED,
    "no-show": SessionStatus.NO_SHOW_COACHEE,
    "could-not-come": SessionStatus.NO_SHOW_COACH,
}


class Outcome(msgspec.Struct, frozen=True):
    """How a session went. ``minutes`` are those really spent, for a session that took place."""

    status: SessionStatus
    minutes: int | None = None


def outcome(fields: dict[str, str], *, planned: int) -> Outcome:
    """Raises Invalid. Minutes that are left out are those that were planned."""
    reader = Reader(fields)
    said = reader.one_of("outcome", OUTCOMES, "Choose what happened.")
    if said != "attended":
        reader.done()
        return Outcome(OUTCOMES[said])
    minutes = reader.whole("minutes", low=1, high=600, default=planned, what="number of minutes")
    reader.done()
    return Outcome(SessionStatus.COMPLETED, minutes)


def note(fields: dict[str, str]) -> str:
    """Raises Invalid."""
    reader = Reader(fields)
    text = reader.text("note", most=rules.MOST_NOTE, lines=True, label="The note")
    reader.done()
    return text


class NewAction(msgspec.Struct, frozen=True):
    text: str
    due_on: date | None


def action(fields: dict[str, str]) -> NewAction:
    """Raises Invalid."""
    reader = Reader(fields)
    text = reader.text("action", "Enter what will be done.", most=rules.MOST_ACTION, label="The action")
    due_on = reader.day("due_on")
    reader.done()
    return NewAction(text, due_on)


def goals(fields: dict[str, str]) -> list[NewGoal]:
    """The goals of the page, without its empty rows. Raises Invalid."""
    reader = Reader(fields)
    found = []
    for number in range(1, rules.MOST_GOALS + 1):
        label = f"Goal {number}"
        text = reader.text(f"goal-{number}", most=rules.MOST_GOAL, label=label)
        measure = reader.text(f"measure-{number}", most=rules.MOST_GOAL, label=f"{label}: how you will know")
        if measure and not text:
            reader.wrong(f"goal-{number}", f"{label}: enter the goal, or empty both fields.")
        if text:
            found.append(NewGoal(text, measure))
    if not found:
        reader.wrong("goal-1", "Enter at least one goal.")
    reader.done()
    return found


class Manager(msgspec.Struct, frozen=True):
    name: str
    address: str


def manager(fields: dict[str, str]) -> Manager:
    """Raises Invalid."""
    reader = Reader(fields)
    name = reader.text("name", "Enter your manager’s name.", most=120, label="The name")
    if name:
        reader.check("name", lambda: check_name(name))
    address = reader.email("address", "Enter your manager’s work email address, like name@council.gov.uk")
    reader.done()
    return Manager(name, address)


def ratings(fields: dict[str, str], goals: Sequence[Goal], *, reader: Reader | None = None) -> dict[UUID, Given]:
    """A rating of each goal. Raises Invalid, unless a ``reader`` collects what is wrong."""
    own = reader or Reader(fields)
    found = {}
    for number, goal in enumerate(goals, start=1):
        name = f"rating-{goal.id}"
        said = own.one_of(name, [str(each) for each in rules.RATINGS], f"Choose how far goal {number} was reached.")
        comment = own.text(f"comment-{goal.id}", most=rules.MOST_COMMENT, label=f"The comment on goal {number}")
        if said:
            found[goal.id] = Given(int(said), comment)
    if reader is None:
        own.done()
    return found


def evaluation(fields: dict[str, str], goals: Sequence[Goal]) -> tuple[Answer, dict[UUID, Given]]:
    """Raises Invalid."""
    reader = Reader(fields)
    rated = ratings(fields, goals, reader=reader)
    overall = reader.one_of("overall", [str(each) for each in rules.OVERALL], "Choose how the coaching was overall.")
    helped = reader.text("helped", most=rules.MOST_ANSWER, lines=True, label="What helped")
    better = reader.text("better", most=rules.MOST_ANSWER, lines=True, label="What could be better")
    reader.done()
    return Answer(overall=int(overall), helped=helped, better=better), rated


_LENGTH = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*(?:h|hours?)|(\d{1,4})\s*(?:m|min|minutes?)?", re.IGNORECASE)


def log_entry(fields: dict[str, str], *, today: date) -> NewEntry:
    """Raises Invalid. The length is minutes, or hours if it says so: ``90``, ``1.5 hours``."""
    reader = Reader(fields)
    kind = reader.choice("kind", LogKind, "Choose CPD or supervision.")
    day = reader.day("day", "Enter the day, like 24 June 2026.")
    if day is not None and day > today:
        reader.wrong("day", "Enter a day that is not in the future.")
    typed = reader.text("minutes", "Enter how long it took, like 90 or 1.5 hours.", most=20)
    minutes = _minutes(typed)
    if typed and minutes is None:
        reader.wrong("minutes", "Enter how long it took, in minutes, like 90, or in hours, like 1.5 hours.")
    what = reader.text("what", "Enter what it was.", most=300, label="What it was")
    learned = reader.text("learned", most=rules.MOST_ANSWER, lines=True, label="What you learned")
    reader.done()
    assert kind is not None and day is not None and minutes is not None  # noqa: PT018 - done() has raised otherwise
    return NewEntry(kind=kind, day=day, minutes=minutes, what=what, learned=learned)


def _minutes(typed: str) -> int | None:
    found = _LENGTH.fullmatch(typed)
    if not found:
        return None
    minutes = round(float(found[1]) * 60) if found[1] else int(found[2])
    return minutes if 1 <= minutes <= rules.LONGEST_ENTRY else None
