"""What changed between two runs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mentoring.matching.people import Pair
from mentoring.matching.results import Move


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Between two plans, mentee by mentee."""

    moved: tuple[Move, ...]
    """With another mentor now."""
    new: tuple[Move, ...]
    """With a mentor now, and without one before."""
    lost: tuple[Move, ...]
    """Without one now."""
    same: int
    """Pairs as they were."""


def moves_between(before: Iterable[Pair], after: Iterable[Pair]) -> tuple[Move, ...]:
    """Every mentee whose mentor is another one now, by id."""
    old, new = ({pair.mentee: pair.mentor for pair in plan} for plan in (before, after))
    return tuple(
        Move(mentee=mentee, before=old.get(mentee, ""), after=new.get(mentee, ""))
        for mentee in sorted(old.keys() | new.keys())
        if old.get(mentee) != new.get(mentee)
    )


def difference(before: Iterable[Pair], after: Iterable[Pair]) -> Difference:
    """What a second run changed."""
    old, new = tuple(before), tuple(after)
    moves = moves_between(old, new)
    return Difference(
        moved=tuple(one for one in moves if one.before and one.after),
        new=tuple(one for one in moves if not one.before),
        lost=tuple(one for one in moves if not one.after),
        same=len(set(old) & set(new)),
    )
