"""Which numbers about groups of people are shown, so that nobody can be made out in them. Pure.

A table has a row for each answer to one question (also for those who did not say, and those who were not asked). It
counts people in three steps, each within the one before: took part, paired, completed. Whoever reads it is taken to
know these rules and all totals, since the totals are people whom coordinators know by name. What stays hidden must not
follow from what is shown, nor may a number of people *without* a pair or completion, which is one subtraction away.

Rows. Those of fewer than ``LEAST`` people are hidden. A single hidden row would be the total less the others, and two
of nine could be told from their sum. So at least one more row is hidden with them, and more until all hidden rows
together have twice ``LEAST`` people. Which ones is a matter of their place in the table, the last first, never of their
numbers: a rule such as "the smallest" would itself say something of what it hides.

Columns. Paired is shown for all shown rows or for none: only if in each of them, and in the hidden rows together, at
least ``LEAST`` people are paired and ``LEAST`` are not. Completed in the same way among the paired, and only where
paired is shown.

Time. A table is counted once (see ``fairness``): between two counts with one newcomer the difference is the newcomer.
Completed is added later to the same rows. The same holds between two rounds of nearly the same people, so the second of
them shows nothing about what the first one shows (``too_alike``).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet

import msgspec

LEAST = 10
"""People in every number that is shown, or follows from what is shown."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The people who gave one answer, as they are counted."""

    words: str
    people: int
    paired: int = 0
    scored: int = 0
    """Of the paired, those whose pair has a score."""
    pairs: int = 0
    """Their pairs with a score: a mentor may have several."""
    scores: int = 0
    """The sum of those scores, each out of 100."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a group; None where it is hidden."""

    words: str
    people: int | None = None
    paired: int | None = None
    completed: int | None = None
    score: int | None = None
    """Average out of 100, without decimals."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A table that can be given away. ``completed`` is None until it has been counted."""

    title: str
    rows: tuple[Row, ...]
    people: int
    paired: int
    completed: int | None = None
    beside: str = ""
    """The round before with nearly the same people, for whose sake nothing is shown."""

    @property
    def hidden(self) -> list[Row]:
        return [row for row in self.rows if row.people is None]

    @property
    def empty(self) -> bool:
        """Whether no row at all can be shown."""
        return len(self.hidden) == len(self.rows)

    @property
    def shows_paired(self) -> bool:
        return any(row.paired is not None for row in self.rows)


def shown(title: str, groups: Sequence[Group], *, least: int = LEAST) -> Shown:
    """The table of these groups with what must be hidden left out. Completed is not in it yet."""
    people, paired = [each.people for each in groups], [each.paired for each in groups]
    hidden = hidden_rows(people, least=least)
    parts = _parts(len(groups), hidden)
    pairs = len(hidden) < len(groups) and _may_show(parts, paired, people, least=least)
    scores = pairs and all(sum(groups[each].scored for each in part) >= least for part in parts)
    return Shown(
        title=title,
        rows=tuple(
            Row(words=each.words)
            if number in hidden
            else Row(
                words=each.words,
                people=each.people,
                paired=each.paired if pairs else None,
                score=round(each.scores / each.pairs) if scores else None,
            )
            for number, each in enumerate(groups)
        ),
        people=sum(people),
        paired=sum(paired),
    )


def too_alike(one: AbstractSet[Hashable], other: AbstractSet[Hashable], *, least: int = LEAST) -> bool:
    """Whether one table taken from the other would tell of fewer than ``least`` people who are in only one of them."""
    return bool(one & other) and min(len(one - other), len(other - one)) < least


def nothing(title: str, groups: Sequence[Group], *, beside: str) -> Shown:
    """The table with every row hidden."""
    return Shown(
        title=title,
        rows=tuple(Row(words=each.words) for each in groups),
        people=sum(each.people for each in groups),
        paired=sum(each.paired for each in groups),
        beside=beside,
    )


def with_completed(table: Shown, completed: Sequence[int], *, least: int = LEAST) -> Shown:
    """The same table, with how many of the paired of each row have completed, where that can be shown."""
    total = sum(completed)
    hidden = frozenset(number for number, row in enumerate(table.rows) if row.people is None)
    known = {number: row.paired for number, row in enumerate(table.rows) if row.paired is not None}
    rest = table.paired - sum(known.values())
    paired = [known.get(number, 0) for number in range(len(table.rows))]
    if hidden:  # of them only the sum is known, and only the sum is needed
        paired[min(hidden)] = rest
    may = table.shows_paired and _may_show(_parts(len(table.rows), hidden), completed, paired, least=least)
    rows = tuple(
        msgspec.structs.replace(row, completed=completed[number]) if may and number not in hidden else row
        for number, row in enumerate(table.rows)
    )
    return msgspec.structs.replace(table, rows=rows, completed=total)


def hidden_rows(people: Sequence[int], *, least: int = LEAST) -> frozenset[int]:
    """The places of the rows that are hidden: none, or at least two."""
    hidden = {place for place, count in enumerate(people) if count < least}
    if not hidden:
        return frozenset()
    covered = False
    for place in reversed(range(len(people))):
        if covered and sum(people[each] for each in hidden) >= 2 * least:
            break
        if place not in hidden:
            hidden.add(place)
            covered = True
    if not covered or sum(people[each] for each in hidden) < 2 * least:
        return frozenset(range(len(people)))
    return frozenset(hidden)


def _parts(rows: int, hidden: frozenset[int]) -> list[list[int]]:
    """What can be told apart: each shown row, and the hidden ones together."""
    parts = [[place] for place in range(rows) if place not in hidden]
    return [*parts, sorted(hidden)] if hidden else parts


def _may_show(parts: Sequence[Sequence[int]], counted: Sequence[int], of: Sequence[int], *, least: int) -> bool:
    """Whether in each part enough people are counted, and enough are not."""
    return all(least <= sum(counted[each] for each in part) <= sum(of[each] for each in part) - least for part in parts)
