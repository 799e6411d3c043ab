"""What may be written about coaching, and until when. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from academy.errors import DomainError
from cohorts.coaching.record.tables import LogKind, Party

MOST_NOTE = 20_000
"""Characters of a private note."""
MOST_ACTION = 500
MOST_ACTIONS = 20
"""Actions of one session. More is a list that nobody works through."""
MOST_GOALS = 5
MOST_GOAL = 500
MOST_COMMENT = 500
MOST_ANSWER = 2_000
LONGEST_ENTRY = 24 * 60
"""Minutes of one line of a log: a day, as somebody else would count it."""

KEEP_NOTES = timedelta(days=90)
"""How long private notes are kept after the coaching has ended. They may say something about somebody's health."""
KEEP_NAMES = timedelta(days=365)
"""How long what a coachee says at the end about the whole is shown with their name."""
LEAST_FOR_AVERAGE = 3
"""Answers: the average of fewer would nearly say what one person answered."""
MANAGERS_A_DAY = 5
"""How often a coachee may name a manager in 24 hours: each time somebody gets a mail."""

RATINGS = {0: "Not at all", 1: "A little", 2: "Half way", 3: "Mostly", 4: "Fully"}
"""How far a goal was reached."""
OVERALL = {1: "Poor", 2: "Fair", 3: "Good", 4: "Very good", 5: "Excellent"}
"""What the coaching was as a whole."""
LOG_CALLED = {LogKind.CPD: "CPD", LogKind.SUPERVISION: "Supervision"}
PARTY_CALLED = {Party.COACHEE: "Coachee", Party.COACH: "Coach", Party.MANAGER: "Manager"}


class TooManyActions(DomainError):
    """The list of this session is full."""


class NoGoals(DomainError):
    """There is nothing to agree to yet."""


class NoManager(DomainError):
    """The programme does not ask managers to agree."""


class GoalsAreRated(DomainError):
    """Somebody has rated these goals in the closing evaluation; a change would leave the rating without its goal."""


class NotOver(DomainError):
    """The coaching goes on, so nobody can look back on it yet."""


def seal(goals: Iterable[UUID]) -> str:
    """Names a set of goals in its order. A goal's words never change under its id, so this names the words as well."""
    return hashlib.sha256(" ".join(str(goal) for goal in goals).encode()).hexdigest()[:16]


def standing(party: Party, *, missing: bool, asked_at: datetime | None, agreed_at: datetime | None) -> tuple[str, str]:
    """How one party stands to the goals, in words, and a colour."""
    if missing:
        return ("Not named yet" if party is Party.MANAGER else "Not chosen yet"), "grey"
    if agreed_at is not None:
        return "Agreed", "green"
    return ("Asked", "yellow") if asked_at is not None else ("Not asked yet", "grey")


def agreed(waits: Iterable[Party], named: Collection[Party]) -> tuple[str, str]:
    """How far goals are agreed, in words, and a colour. ``waits``: who has a say and has not agreed; ``named``: who of
    them is somebody already."""
    left = list(waits)
    if not left:
        return "Agreed", "green"
    if left == [Party.MANAGER] and Party.MANAGER not in named:
        return "No manager named yet", "yellow"
    return "Not agreed yet", "yellow"


def why_not_agree(*, goals: int) -> NoGoals | None:
    if goals == 0:
        return NoGoals("There are no goals yet. Write down at least one, then agree to it.")
    return None


def why_not_change(*, rated: bool) -> GoalsAreRated | None:
    if rated:
        return GoalsAreRated("The closing evaluation has begun, so these goals stay as they are.")
    return None


def why_not_ask_manager(*, three_way: bool, goals: int) -> DomainError | None:
    if not three_way:
        return NoManager("In this programme, goals are agreed between coach and coachee.")
    return why_not_agree(goals=goals)


def is_over(*, completed: int, live: int, left: int, last_ends_at: datetime | None, now: datetime) -> bool:
    """Whether the coaching has come to its end: something took place, nothing is booked any more, and either all
    credits are spent or the cohort's last session has ended."""
    if completed == 0 or live > 0:
        return False
    return left <= 0 or (last_ends_at is not None and last_ends_at <= now)


def average(answers: Sequence[int]) -> float | None:
    """Of what coachees answered, from 1 to 5, to one place; none for fewer than ``LEAST_FOR_AVERAGE``."""
    return round(sum(answers) / len(answers), 1) if len(answers) >= LEAST_FOR_AVERAGE else None


def why_not_evaluate(*, over: bool) -> NotOver | None:
    if not over:
        return NotOver("The closing evaluation opens after the last coaching session.")
    return None
