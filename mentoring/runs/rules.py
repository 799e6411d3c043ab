"""What may be done with a run. Pure."""

from __future__ import annotations

from datetime import datetime

from academy.errors import DomainError
from mentoring.matching.rules import Reason
from mentoring.profiles.tables import RoundStatus
from mentoring.runs.queries import RunView
from mentoring.runs.tables import RunState

SMALL = 40_000
"""Pairs that are looked at while the page waits; more of them are looked at in a process of its own."""
MANY = 1_500
"""Pairs that are published while the page waits; more of them in the background."""
MATCHES = frozenset({RoundStatus.OPEN, RoundStatus.MATCHING, RoundStatus.RUNNING})
"""A round that suggests pairs."""


class CannotSuggest(DomainError):
    """The round does not match now, or has nobody to match."""


class NotReady(DomainError):
    """The run is not done, or it failed."""


class OutOfDate(DomainError):
    """Something has changed since the run, so what it says cannot be published as it is."""


class AlreadyPublished(DomainError):
    """Somebody has published pairs of this round meanwhile."""


class HeldOtherwise(DomainError):
    """A pair cannot be pinned and ruled out at once, or a mentee pinned to two mentors."""


class NeverPaired(DomainError):
    """A pinned pair that must not be published, whoever pinned it."""


NEVER = {
    Reason.ONESELF: "the two are one person",
    Reason.NOT_THIS_PERSON: "they are kept apart",
    Reason.ENDED_BADLY: "they are kept apart",
    Reason.MENTOR_NOT_IN: "the mentor has not opted in",
    Reason.MENTEE_NOT_IN: "the mentee has not opted in",
}
"""Rules that no pin overrides."""


def why_not_these(run: RunView) -> DomainError | None:
    """Why pairs of this run cannot be published, since a pin breaks what no coordinator may; None when they can."""
    if run.suggestion is None:
        return None
    for each in run.suggestion.pairs:
        if reason := next((one for one in each.breaks if one in NEVER), None):
            names = f"{run.name_of(each.mentor)} and {run.name_of(each.mentee)}"
            return NeverPaired(f"{names} cannot be a pair: {NEVER[reason]}. Let go of that pin, and suggest again.")
    return None


def why_not_suggest(status: RoundStatus, *, mentors: int, mentees: int) -> DomainError | None:
    """Why no pairs can be suggested; None when they can."""
    if status not in MATCHES:
        called = "a draft" if status is RoundStatus.DRAFT else "closed"
        return CannotSuggest(f"This round is {called}, so no pairs can be suggested.")
    if not mentees:
        return CannotSuggest("Nobody in this round waits for a mentor.")
    if not mentors:
        return CannotSuggest("This round has no mentors yet. Add some, or open it for sign-up.")
    return None


def why_not_publish(
    state: RunState, *, published_at: datetime | None, latest: bool, pairs: int, current: bool
) -> DomainError | None:
    """Why a run cannot be published; None when it can. ``current``: nothing it was given has changed."""
    if published_at is not None:
        return AlreadyPublished("These pairs have been published already. Nobody was told twice.")
    if state is not RunState.READY:
        return NotReady("This suggestion is not ready. Wait until it is, or suggest pairs again.")
    if not latest:
        return OutOfDate("There is a newer suggestion. Look at that one before you publish.")
    if not current:
        return OutOfDate(
            "Something has changed since this suggestion: people, points, or a pair that was pinned or ruled out. "
            "Suggest pairs again; whoever is not concerned keeps their mentor."
        )
    if not pairs:
        return CannotSuggest("This suggestion has no pairs to publish.")
    return None
