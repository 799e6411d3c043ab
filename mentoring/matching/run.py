"""A run made ready: people in order, all pairs scored, pins and the last run's pairs found among them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mentoring.matching.criteria import Criteria, Mode
from mentoring.matching.levels import Value
from mentoring.matching.people import BadPool, Pair, Pool
from mentoring.matching.points import contributions
from mentoring.matching.results import Caution, Kind
from mentoring.matching.rules import told as told_of
from mentoring.matching.solver import NOBODY, Problem
from mentoring.matching.table import Table


class NotInPool(BadPool):
    """A pair names somebody who does not take part."""

    status = 404


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a mode decides with. People are numbers: their places in ``pool``."""

    pool: Pool
    criteria: Criteria
    table: Table
    pins: dict[int, int]
    """Mentee to mentor."""
    previous: dict[int, int]
    seed: int
    warnings: tuple[Caution, ...] = ()
    """About pins."""

    def problem(self, *, rows: list[bytes] | None = None, floors: bool = True, coverage: bool = True) -> Problem:
        return Problem(
            rows=self.table.rows if rows is None else rows,
            places=[one.places if one.opted_in else 0 for one in self.pool.mentors],
            mentors=[one.id for one in self.pool.mentors],
            mentees=[one.id for one in self.pool.mentees],
            pins=self.pins,
            previous=self.previous,
            waited=frozenset(place for place, one in enumerate(self.pool.mentees) if one.waited_before),
            let_down=frozenset(place for place, one in enumerate(self.pool.mentors) if one.let_down),
            floors=self.criteria.floors if floors else (),
            keep=self.criteria.keep,
            coverage=coverage,
            seed=self.seed,
        )

    def plan(self, mates: list[int]) -> tuple[Pair, ...]:
        """The pairs by their ids."""
        return tuple(
            Pair(self.pool.mentors[mentor].id, self.pool.mentees[mentee].id)
            for mentee, mentor in enumerate(mates)
            if mentor != NOBODY
        )

    def where(self, pair: Pair) -> tuple[int, int]:
        """The places of mentor and mentee. Raises NotInPool."""
        for name, places in ((pair.mentor, self.table.mentor_at), (pair.mentee, self.table.mentee_at)):
            if name not in places:
                raise NotInPool(f"{name} does not take part in this run.")
        return self.table.mentor_at[pair.mentor], self.table.mentee_at[pair.mentee]

    def with_pin(self, mentor: int, mentee: int) -> Run:
        """The same run with one more pin; a pin of the same mentee gives way."""
        return msgspec.structs.replace(self, pins={**self.pins, mentee: mentor})

    def value(self, mates: list[int]) -> Value:
        """What a plan is worth, pinned pairs included, whether a rule allows them or not."""
        scores = {mentee: self._score(mentor, mentee) for mentee, mentor in enumerate(mates) if mentor != NOBODY}
        kept = {mentee for mentee in scores if self.previous.get(mentee) == mates[mentee]}
        points = sum(scores.values()) + self.criteria.keep * len(kept)
        if self.criteria.mode is Mode.QUALITY:
            return Value(points=points)
        floors = self.criteria.floors if self.criteria.mode is Mode.FLOORS else ()
        return Value(
            paired=len(scores),
            waited=sum(self.pool.mentees[mentee].waited_before for mentee in scores),
            above=tuple(
                -sum(score < floor for mentee, score in scores.items() if mentee not in kept) for floor in floors
            ),
            points=points,
        )

    def _score(self, mentor: int, mentee: int) -> int:
        score = self.table.score(mentor, mentee)
        if score is not None:
            return score
        return contributions(self.pool.mentors[mentor], self.pool.mentees[mentee], self.criteria.weights).score


def prepare(
    pool: Pool,
    criteria: Criteria,
    *,
    pins: Iterable[Pair] = (),
    ruled_out: Iterable[Pair] = (),
    previous: Iterable[Pair] = (),
    seed: int = 0,
) -> Run:
    """Score every pair and find the pinned ones. Raises BadPool."""
    ordered = pool.in_order()
    table = Table(ordered, criteria.rules, criteria.weights, ruled_out=ruled_out)
    found, warnings = _pins(ordered, table, pins)
    before = {
        table.mentee_at[pair.mentee]: table.mentor_at[pair.mentor]
        for pair in sorted(previous)
        if pair.mentee in table.mentee_at and pair.mentor in table.mentor_at
    }
    return Run(pool=ordered, criteria=criteria, table=table, pins=found, previous=before, seed=seed, warnings=warnings)


def _pins(pool: Pool, table: Table, pins: Iterable[Pair]) -> tuple[dict[int, int], tuple[Caution, ...]]:
    """Pins are kept, whatever rule they break, and what is wrong with them is said."""
    found: dict[int, int] = {}
    warnings: list[Caution] = []
    taken: dict[int, int] = {}
    for pair in sorted(set(pins)):
        if pair.mentor not in table.mentor_at or pair.mentee not in table.mentee_at:
            missing = pair.mentor if pair.mentor not in table.mentor_at else pair.mentee
            told = f"A pinned pair was left out: {missing} does not take part any more."
            warnings.append(Caution(kind=Kind.PIN_UNKNOWN, sentence=told, mentor=pair.mentor, mentee=pair.mentee))
            continue
        mentor, mentee = table.mentor_at[pair.mentor], table.mentee_at[pair.mentee]
        names = pool.mentors[mentor].name or pair.mentor, pool.mentees[mentee].name or pair.mentee
        if mentee in found:
            kept = pool.mentors[found[mentee]].name or pool.mentors[found[mentee]].id
            told = (
                f"{names[1]} is pinned to two mentors. The pin with {kept} was used, the one with {names[0]} was not."
            )
            warnings.append(Caution(kind=Kind.PIN_TWICE, sentence=told, mentor=pair.mentor, mentee=pair.mentee))
            continue
        found[mentee] = mentor
        taken[mentor] = taken.get(mentor, 0) + 1
        if reasons := table.why_not(mentor, mentee):
            said = " ".join(told_of(reasons))
            told = f"The pinned pair {names[0]} and {names[1]} breaks a rule: {said}"
            warnings.append(Caution(kind=Kind.PIN_BREAKS_RULE, sentence=told, mentor=pair.mentor, mentee=pair.mentee))
    for mentor, count in sorted(taken.items()):
        one = pool.mentors[mentor]
        if 0 < one.places < count:
            told = f"{one.name or one.id} has {count} pinned mentees and {one.places} place{'s' * (one.places > 1)}."
            warnings.append(Caution(kind=Kind.PINS_OVER_PLACES, sentence=told, mentor=one.id))
    return found, tuple(warnings)
