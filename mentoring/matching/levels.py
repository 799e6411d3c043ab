"""What comes before what, in one whole number.

A plan of pairs is judged level by level: people paired, people paired who had waited before, pairs below each floor (as
few as can be), total of the scores with the points for pairs that are kept. A higher level counts more than all levels
below it together. Python's integers have no limit, so all levels fit into one, and one solve settles them all.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A plan's value, or the difference of two, level by level."""

    paired: int = 0
    waited: int = 0
    """Of them, people who had waited before."""
    above: tuple[int, ...] = ()
    """Minus the pairs below each floor, the lowest floor first. Pairs that are kept from the last run do not count."""
    points: int = 0
    """The scores, and ``keep`` for each pair that is kept."""

    def minus(self, other: Value) -> Value:
        """Level by level."""
        above = zip(self.above, other.above, strict=True)
        return Value(
            paired=self.paired - other.paired,
            waited=self.waited - other.waited,
            above=tuple(one - another for one, another in above),
            points=self.points - other.points,
        )

    def in_words(self, floors: Sequence[int] = ()) -> str:
        """A loss in words: "1 more pair below 20, 13 points less". ``floors`` are those of the criteria."""
        said = []
        if self.paired:
            people = "person" if abs(self.paired) == 1 else "people"
            said.append(f"{abs(self.paired)} {people} {'fewer' if self.paired > 0 else 'more'} with a mentor")
        if self.waited > 0:
            said.append(f"{self.waited} of those who waited before without one")
        below = [(count, str(floor)) for count, floor in zip(self.above, floors, strict=False) if count]
        if not floors:
            below = [(count, "a floor") for count in reversed(self.above) if count][:1]
        said += [
            f"{abs(count)} {'more' if count > 0 else 'fewer'} pair{'' if abs(count) == 1 else 's'} below {floor}"
            for count, floor in below
        ]
        if self.points or not said:
            points = "point" if abs(self.points) == 1 else "points"
            said.append(f"{abs(self.points)} {points} {'less' if self.points >= 0 else 'more'}")
        return ", ".join(said)


class Levels:
    """Turns scores into whole numbers that add up, and back."""

    def __init__(
        self, *, people: int, floors: Sequence[int], keep: int, most: int = 255, coverage: bool = True
    ) -> None:
        self.floors, self.keep, self.coverage = tuple(floors), keep, coverage
        unit = 8 * people * (most + keep) + 1
        """Many times what all that stands below can add up to, so that sums and differences can be read back."""
        self._units: list[int] = []
        for _ in range(len(self.floors) + 2 if coverage else 0):
            self._units.insert(0, unit)
            unit *= 8 * people + 1
        self.plain = self._by_score(waited=False)
        self.waited = self._by_score(waited=True)

    def _by_score(self, *, waited: bool) -> list[int]:
        """The worth of a pair by its score + 1, as it stands in the table; the first is not used."""
        return [0, *(self.worth(score, waited=waited) for score in range(255))]

    def worth(self, score: int, *, waited: bool = False, kept: bool = False) -> int:
        """What this pair adds to a plan. A pair that is kept is not held against its floor: it is settled."""
        worth = score + self.keep if kept else score
        if self.coverage:
            paired, before, *below = self._units
            worth += paired + (before if waited else 0)
            if not kept:
                worth -= sum(unit for unit, floor in zip(below, self.floors, strict=True) if score < floor)
        return worth

    def read(self, worth: int) -> Value:
        """The levels of a sum or of a difference of sums."""
        parts = []
        for unit in self._units:
            part = (2 * worth + unit) // (2 * unit)
            parts.append(part)
            worth -= part * unit
        if not parts:
            return Value(points=worth)
        return Value(paired=parts[0], waited=parts[1], above=tuple(parts[2:]), points=worth)
