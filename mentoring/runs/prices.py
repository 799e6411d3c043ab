"""What a change of the pairs costs everybody together, and what it brings, in figures and in words. Pure.

A price is told as a coordinator would count it: mentees with a mentor, poor pairs, all scores added up.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from academy.web.words import counted, listed
from mentoring.matching.criteria import Criteria
from mentoring.matching.people import Mentee, Mentor
from mentoring.matching.points import contributions
from mentoring.matching.results import Below, ModeRow, Price
from mentoring.runs.review import Review


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan comes to."""

    paired: int
    points: int
    """All scores added up."""
    worst: int | None = None
    """Compared only where both know it."""
    below: tuple[Below, ...] = ()
    waited: int = 0
    """Paired mentees who have waited before."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One plan beside another."""

    costs: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Such as "It costs 1 more pair below 20 points. It brings 9 points in all (129 instead of 120)."."""
        said = []
        if self.costs:
            said.append(f"It costs {listed(self.costs)}.")
        if self.brings:
            said.append(f"It brings {listed(self.brings)}.")
        return " ".join(said) or "It costs nothing."


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A mentee whose mentor would be another one; no name and no score for nobody."""

    mentee: str
    before: str
    before_score: int | None
    after: str
    after_score: int | None


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What granting one pair means for everybody."""

    before: Figures
    after: Figures
    own: Moved
    """The mentee who was asked about."""
    moves: tuple[Moved, ...]
    """Everybody else whose mentor would be another one."""

    @property
    def compared(self) -> Compared:
        return compared(self.before, self.after)

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """The figures side by side."""
        low = zip(self.before.below, self.after.below, strict=True)
        return [
            ("Mentees with a mentor", self.before.paired, self.after.paired),
            *((f"Pairs below {one.floor} points", one.pairs, other.pairs) for one, other in low),
            ("All scores added up", self.before.points, self.after.points),
        ]


def effects(review: Review, price: Price) -> Effects:
    """What the price of a pair stands for: the plan as suggested, and the one with the pair in it."""
    request = review.run.request
    after = dict(review.mates)
    for move in price.moves:
        after[move.mentee] = move.after
    after[price.pair.mentee] = price.pair.mentor
    scores = {one.mentee: one.score for one in review.suggestion.pairs}

    def moved(mentee: str) -> Moved:
        old, new = review.mates.get(mentee, ""), after.get(mentee, "")
        return Moved(
            mentee=review.name(mentee),
            before=review.name(old) if old else "",
            before_score=scores.get(mentee),
            after=review.name(new) if new else "",
            after_score=_score(review, new, mentee) if new else None,
        )

    kept = {mentee: score for mentee, score in scores.items() if after.get(mentee) == review.mates[mentee]}
    new = {each: _score(review, mentor, each) for each, mentor in after.items() if mentor and each not in kept}
    return Effects(
        before=_figures(request.criteria, review.mentees, scores),
        after=_figures(request.criteria, review.mentees, {**kept, **new}),
        own=moved(price.pair.mentee),
        moves=tuple(moved(move.mentee) for move in price.moves),
    )


def compared(before: Figures, after: Figures) -> Compared:
    """The second plan against the first: what is worse, and what is better."""
    costs: list[str] = []
    brings: list[str] = []
    if paired := after.paired - before.paired:
        who = counted(abs(paired), "mentee")
        if paired < 0:
            costs.append(f"{who} their mentor")
        else:
            brings.append(f"a mentor for {who} more")
    elif waited := after.waited - before.waited:
        side = costs if waited < 0 else brings
        side.append(f"a mentor for {counted(abs(waited), 'mentee')} who waited before")
    lower = 0  # who is below one floor is below the next one, too, and is told of once
    for one, other in zip(before.below, after.below, strict=True):
        change = other.pairs - one.pairs
        if change not in (0, lower):
            side, more = (costs, "more") if change > 0 else (brings, "fewer")
            pairs = "pair" if abs(change) == 1 else "pairs"
            side.append(f"{abs(change)} {more} {pairs} below {one.floor} points")
        lower = change
    if None not in (before.worst, after.worst) and (rise := (after.worst or 0) - (before.worst or 0)):
        side = brings if rise > 0 else costs
        side.append(f"a lowest score of {after.worst} instead of {before.worst}")
    if points := after.points - before.points:
        side = costs if points < 0 else brings
        many = "1 point" if abs(points) == 1 else f"{abs(points):,} points"
        side.append(f"{many} in all ({after.points:,} instead of {before.points:,})")
    return Compared(costs=tuple(costs), brings=tuple(brings))


def of_mode(row: ModeRow) -> Figures:
    """What a way of deciding comes to."""
    return Figures(paired=row.paired, points=row.total, worst=row.worst, below=row.below)


def score_of(mentor: Mentor, mentee: Mentee, criteria: Criteria) -> int:
    return contributions(mentor, mentee, criteria.weights).score


def _score(review: Review, mentor: str, mentee: str) -> int:
    return score_of(review.mentors[mentor], review.mentees[mentee], review.run.request.criteria)


def _figures(criteria: Criteria, mentees: Mapping[str, Mentee], scores: Mapping[str, int]) -> Figures:
    return Figures(
        paired=len(scores),
        points=sum(scores.values()),
        below=tuple(
            Below(floor=floor, pairs=sum(score < floor for score in scores.values())) for floor in criteria.floors
        ),
        waited=sum(mentees[each].waited_before for each in scores),
    )
