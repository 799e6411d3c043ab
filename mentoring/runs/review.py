"""A run as coordinators read it: each pair with its reasons, what needs a look first, what has changed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

import msgspec

from mentoring.matching.criteria import Criterion
from mentoring.matching.difference import Difference, difference
from mentoring.matching.people import Mentee, Mentor, Pair, Person
from mentoring.matching.points import contributions, is_poor
from mentoring.matching.results import Alternative, Caution, Kind, Match, Move
from mentoring.matching.rules import Reason, told, why_not
from mentoring.matching.words import against, answered, in_favour
from mentoring.profiles.criteria_words import WEIGHTS
from mentoring.runs.queries import Held, RunView
from mentoring.runs.tables import HoldKind


class Show(StrEnum):
    """Which pairs a page lists."""

    ALL = "all"
    LOOK = "look"
    PINNED = "pinned"
    CHANGED = "changed"


SHOW_WORDS = {
    Show.ALL: "All pairs",
    Show.LOOK: "Needs a look",
    Show.PINNED: "Pinned or ruled out",
    Show.CHANGED: "Changed",
}


class Points(msgspec.Struct, frozen=True):
    """One criterion of a pair."""

    name: str
    points: int
    most: int
    why: str


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Another mentor whom a mentee could have."""

    mentor: str
    name: str
    work: str
    score: int
    displaces: str = ""
    """The id of the mentee who would have to make room; empty: a place is free."""
    displaced: str = ""
    """Their name."""
    swap: bool = False
    """The two mentees could simply change places: no rule bars it."""
    swapped: str = ""
    """What the other mentee would have then, beside what they have."""
    price: str = ""
    """What it costs everybody and what it brings, where that was worked out."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One pair as the page shows it."""

    mentee: str
    mentee_name: str
    mentee_work: str
    mentor: str
    mentor_name: str
    mentor_work: str
    places: str
    score: int
    most: int
    """That any mentor could score, where the mentee said too little for a good score; otherwise 0."""
    low: bool
    strongest: str
    weakest: str
    warnings: tuple[str, ...]
    points: tuple[Points, ...] = ()
    """By criterion, and ``others``: filled in by ``Review.full``, for the pairs of one page."""
    others: tuple[Other, ...] = ()
    held: HoldKind | None = None
    """Pinned or ruled out by now, whatever it was in the run."""
    pinned_to: str = ""
    """Another mentor to whom the mentee was pinned since."""
    before: str | None = None
    """The mentor of the run before; empty: they had none; None: the same as now, or there was no run."""

    @property
    def id(self) -> str:
        return f"pair-{self.mentee}"

    @property
    def look(self) -> bool:
        """Whether it should be looked at before publishing."""
        return bool(self.warnings)


class Review:
    """A run that is done, with what is held fast now and the run before it."""

    def __init__(self, run: RunView, *, held: Sequence[Held] = (), former: RunView | None = None) -> None:
        assert run.suggestion is not None
        self.run, self.former, self.suggestion = run, former, run.suggestion
        self.mentors = {one.id: one for one in run.request.pool.mentors}
        self.mentees = {one.id: one for one in run.request.pool.mentees}
        self.held = {each.pair: each.kind for each in held}
        self._held = tuple(held)
        self.pins = {each.pair.mentee: each for each in held if each.kind is HoldKind.PINNED}
        self.mates = {one.mentee: one.mentor for one in self.suggestion.pairs}
        self._pairs = {one.mentee: one for one in self.suggestion.pairs}
        self._taken = Counter(self.mates.values())
        self._former = {one.id: one.name for one in former.request.pool.mentors} if former else {}
        self._former |= {one.id: one.name for one in former.request.pool.mentees} if former else {}

    # ---------------------------------------------------------------- names
    def name(self, person: str) -> str:
        found = self.mentors.get(person) or self.mentees.get(person)
        return found.name if found else self._former.get(person, "somebody who has left")

    # -------------------------------------------------------------- figures
    @property
    def average(self) -> int:
        """Of the scores, to the nearest point."""
        totals = self.suggestion.totals
        return (2 * totals.total + totals.paired) // (2 * totals.paired) if totals.paired else 0

    @cached_property
    def floor(self) -> int:
        """Pairs below it are poor, where the mentee said enough for more."""
        return max(self.run.request.criteria.floors, default=0)

    @cached_property
    def changed(self) -> Difference | None:
        """Against the run before, for the mentees of this one: who was published since is settled, not changed.

        None when this is the first.
        """
        if self.former is None or self.former.suggestion is None:
            return None
        before = [pair for pair in self.former.suggestion.plan() if pair.mentee in self.mentees]
        return difference(before, self.suggestion.plan())

    @cached_property
    def since(self) -> str:
        """What was pinned, ruled out or let go of after this run, in words; empty when nothing was."""
        there = {*self.mentors}, {*self.mentees}
        now = {pair: kind for pair, kind in self.held.items() if pair.mentor in there[0] and pair.mentee in there[1]}
        then = dict.fromkeys(self.run.request.pins, HoldKind.PINNED)
        out = {pair for pair, kind in now.items() if kind is HoldKind.RULED_OUT} - {*self.run.request.ruled_out}
        new = [pair for pair, kind in now.items() if kind is HoldKind.PINNED and pair not in then]
        gone = [pair for pair in then if now.get(pair) is not HoldKind.PINNED]
        said = []
        if new:
            said.append(f"{_pairs(len(new))} pinned")
        if out:
            said.append(f"{_pairs(len(out))} ruled out")
        if gone:
            said.append(f"{'1 pin' if len(gone) == 1 else f'{len(gone)} pins'} let go of")
        return _listed(said)

    @cached_property
    def cautions(self) -> tuple[Caution, ...]:
        """What to read first: everything but low scores, which stand with their pairs."""
        return tuple(one for one in self.suggestion.warnings if one.kind is not Kind.BELOW_FLOOR)

    # ---------------------------------------------------------------- pairs
    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """Every pair without its alternatives: what needs a look first, then by the mentee's name."""
        before = {} if self.changed is None else {one.mentee: one.before for one in self._moves()}
        found = [self._card(one, before.get(one.mentee)) for one in self.suggestion.pairs]
        return tuple(
            sorted(found, key=lambda one: (not one.look, one.score if one.look else 0, one.mentee_name.casefold()))
        )

    def chosen(self, show: Show, find: str = "") -> list[Card]:
        """The pairs that a page lists."""
        wanted = find.casefold()
        return [
            one
            for one in self.cards
            if self._is(one, show) and wanted in f"{one.mentee_name} {one.mentor_name}".casefold()
        ]

    def full(self, card: Card) -> Card:
        """The same with its points by criterion and the best other mentors."""
        match = self._pairs[card.mentee]
        return msgspec.structs.replace(
            card, points=self._points(match), others=self.others(match.mentee, match.alternatives)
        )

    @cached_property
    def elsewhere(self) -> tuple[Held, ...]:
        """What is held fast though this suggestion has no such pair: ruled out before it, or pinned since."""
        return tuple(each for each in self._held if self.mates.get(each.pair.mentee) != each.pair.mentor)

    def counts(self) -> dict[Show, int]:
        found = {show: sum(self._is(one, show) for one in self.cards) for show in Show}
        return found | {Show.PINNED: sum(one.held is not None for one in self.cards) + len(self.elsewhere)}

    def _is(self, card: Card, show: Show) -> bool:
        match show:
            case Show.LOOK:
                return card.look
            case Show.PINNED:
                return card.held is not None or bool(card.pinned_to)
            case Show.CHANGED:
                return card.before is not None
            case _:
                return True

    def _moves(self) -> tuple[Move, ...]:
        assert self.changed is not None
        return (*self.changed.moved, *self.changed.new)

    def _card(self, match: Match, before: str | None) -> Card:
        mentor, mentee = self.mentors[match.mentor], self.mentees[match.mentee]
        pin = self.pins.get(match.mentee)
        warnings = told(match.breaks)
        low = is_poor(match.score, floor=self.floor, reach=match.reach)
        if low:
            most = f", of {match.reach} at most" if match.reach < self.floor else ""
            warnings.append(f"A low score: {match.score}{most}.")
        return Card(
            mentee=mentee.id,
            mentee_name=mentee.name,
            mentee_work=work(mentee),
            mentor=mentor.id,
            mentor_name=mentor.name,
            mentor_work=work(mentor),
            places=f"{self._taken[mentor.id]} of {mentor.places} {'place' if mentor.places == 1 else 'places'} used",
            score=match.score,
            most=match.reach if match.reach < self.floor else 0,
            low=low,
            strongest=match.strongest,
            weakest=match.weakest,
            warnings=tuple(warnings),
            held=self.held.get(match.pair),
            pinned_to=pin.mentor_name if pin and pin.pair != match.pair else "",
            before=None if before is None else self.name(before) if before else "",
        )

    def _points(self, match: Match) -> tuple[Points, ...]:
        mentor, mentee = self.mentors[match.mentor], self.mentees[match.mentee]
        most, said = self.run.request.criteria.weights.most(), answered(mentor, mentee)
        rows = [
            Points(WEIGHTS[one][0], points, most[one], _why(one, points, mentor, mentee, said))
            for one, points in match.points.by_criterion().items()
            if one is not Criterion.LIMIT and (points or one in said)
        ]
        if match.points.limit:
            rows.append(Points("Limit", match.points.limit, 0, "a score is never below 0 or above 100"))
        return tuple(rows)

    def others(self, mentee: str, alternatives: Sequence[Alternative]) -> tuple[Other, ...]:
        """The best other mentors, each with what it would mean."""
        criteria, mine = self.run.request.criteria, self.mentors.get(self.mates.get(mentee, ""))
        found = []
        for each in alternatives:
            displaced = self.mentees.get(each.displaces)
            swap = (
                mine is not None
                and displaced is not None
                and not why_not(mine, displaced, criteria.rules)
                and Pair(mine.id, each.displaces) not in self.run.request.ruled_out
            )
            found.append(
                Other(
                    mentor=each.mentor,
                    name=self.name(each.mentor),
                    work=work(self.mentors[each.mentor]),
                    score=each.score,
                    displaces=each.displaces,
                    displaced=displaced.name if displaced else "",
                    swap=swap,
                    swapped=self._swapped(mine, displaced) if swap and mine and displaced else "",
                )
            )
        return tuple(found)

    def breaks(self, mentor: Mentor, mentee: Mentee) -> tuple[Reason, ...]:
        """Every rule that bars this pair, what coordinators ruled out included."""
        found = why_not(mentor, mentee, self.run.request.criteria.rules)
        out = Pair(mentor.id, mentee.id) in self.run.request.ruled_out
        return (*found, Reason.RULED_OUT) if out else found

    def _swapped(self, mentor: Mentor, mentee: Mentee) -> str:
        """What a mentee would have with another mentor."""
        score = contributions(mentor, mentee, self.run.request.criteria.weights).score
        now = self._pairs[mentee.id].score if mentee.id in self._pairs else None
        instead = f" instead of {now}" if now is not None else ""
        return f"{mentee.name} would have {mentor.name}, {score} {'point' if score == 1 else 'points'}{instead}"


def work(person: Person) -> str:
    """Job title and organisation, as far as they are known."""
    return ", ".join(part for part in (person.role, person.organisation) if part)


def _why(criterion: Criterion, points: int, mentor: Mentor, mentee: Mentee, said: Sequence[Criterion]) -> str:
    if points > 0:
        return in_favour(criterion, mentor, mentee)
    return against(criterion, mentor, mentee) if points < 0 or criterion in said else ""


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count} pairs"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
