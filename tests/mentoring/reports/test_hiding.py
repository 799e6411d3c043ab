"""Nobody can be made out in the tables of groups, also not by somebody who knows the rules and subtracts.

``worked_out`` plays that reader: it makes every table there can be of so many people, hides each, and puts those
together that look the same. A small number that is the same in all of a kind has been worked out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.reports.hiding import LEAST, Group, Row, Shown, hidden_rows, shown, with_completed

Counts = tuple[tuple[int, int, int], ...]
"""Of each row: took part, paired, completed."""
Hide = Callable[[Counts, int], Shown]


def hide(rows: Counts, least: int) -> Shown:
    groups = [Group(words=str(place), people=row[0], paired=row[1]) for place, row in enumerate(rows)]
    return with_completed(shown("Grade", groups, least=least), [row[2] for row in rows], least=least)


def shows_completed(table: Shown) -> bool:
    return any(row.completed is not None for row in table.rows)


def only_small_ones(rows: Counts, least: int) -> Shown:
    """What is often done instead: each number below the least is left out, by itself."""

    def kept(number: int) -> int | None:
        return number if number >= least else None

    return Shown(
        title="",
        rows=tuple(
            Row(words=str(place), people=kept(row[0]), paired=kept(row[1]), completed=kept(row[2]))
            for place, row in enumerate(rows)
        ),
        people=sum(row[0] for row in rows),
        paired=sum(row[1] for row in rows),
        completed=sum(row[2] for row in rows),
    )


def and_the_smallest(rows: Counts, least: int) -> Shown:
    """A small row is hidden together with the smallest of the others, as tables are often treated."""
    people = [row[0] for row in rows]
    small = {place for place, count in enumerate(people) if count < least}
    if len(small) == 1:
        small.add(min((place for place in range(len(rows)) if place not in small), key=lambda place: people[place]))
    return Shown(
        title="",
        rows=tuple(Row(words=str(place), people=None if place in small else row[0]) for place, row in enumerate(rows)),
        people=sum(people),
        paired=sum(row[1] for row in rows),
        completed=sum(row[2] for row in rows),
    )


def split(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in split(total - first, parts - 1):
            yield (first, *rest)


def tables_of(people: int, rows: int) -> Iterator[Counts]:
    """Every table of so many people in so many rows."""
    for told in split(people, 3 * rows):
        yield tuple(
            (sum(told[3 * row : 3 * row + 3]), sum(told[3 * row + 1 : 3 * row + 3]), told[3 * row + 2])
            for row in range(rows)
        )


def worked_out(hidden_by: Hide, *, people: int, rows: int, least: int) -> list[str]:
    """What follows from a table, though it is smaller than the least and does not follow from the totals alone."""
    alike: dict[Shown, list[set[int]]] = defaultdict(lambda: [set() for _ in range(5 * rows)])
    totals: dict[object, list[set[int]]] = defaultdict(lambda: [set() for _ in range(5 * rows)])
    for table in tables_of(people, rows):
        found = hidden_by(table, least)
        small = [number for n, p, c in table for number in (n, p, n - p, c, p - c)]
        for seen in (alike[found], totals[found.people, found.paired, found.completed]):
            for number, values in zip(small, seen, strict=True):
                values.add(number)
    return [
        f"{number} of {table.rows}"
        for table, known in alike.items()
        for values, before in zip(known, totals[table.people, table.paired, table.completed], strict=True)
        for number in values
        if len(values) == 1 and number < least and len(before) > 1
    ]


@pytest.mark.parametrize(("rows", "people", "least"), [(2, 9, 2), (2, 12, 2), (2, 15, 3), (3, 9, 2), (4, 7, 2)])
def test_nothing_small_follows_from_what_is_shown(rows: int, people: int, least: int) -> None:
    assert worked_out(hide, people=people, rows=rows, least=least) == []


def test_control_small_numbers_follow_where_only_they_are_hidden() -> None:
    assert worked_out(only_small_ones, people=9, rows=2, least=2) != []
    assert worked_out(only_small_ones, people=8, rows=3, least=2) != []


def test_control_a_rule_that_chooses_the_smallest_says_what_it_hides() -> None:
    assert worked_out(and_the_smallest, people=7, rows=3, least=2) != []


def test_the_attack_is_no_empty_one_since_some_tables_are_shown_whole() -> None:
    seen = [hide(table, 2) for table in tables_of(12, 2)]

    assert any(shows_completed(table) for table in seen)
    assert any(table.shows_paired and not shows_completed(table) for table in seen)
    assert any(table.empty for table in seen)
    assert any(table.hidden and not table.empty for table in (hide(each, 2) for each in tables_of(8, 3)))


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12))
def test_rows_are_hidden_by_their_own_number_or_together(people: list[int]) -> None:
    hidden = hidden_rows(people)

    kept = [count for place, count in enumerate(people) if place not in hidden]
    together = sum(people[place] for place in hidden)
    assert all(count >= LEAST for count in kept)
    assert not hidden or not kept or (len(hidden) > 1 and together >= 2 * LEAST)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    found = []
    for _ in range(draw(st.integers(2, 7))):
        people = draw(st.integers(0, 120))
        paired = draw(st.integers(0, people))
        found.append((people, paired, draw(st.integers(0, paired))))
    return tuple(found)


@given(counts())
def test_every_difference_of_what_is_shown_counts_enough_people(table: Counts) -> None:
    found = hide(table, LEAST)

    shown_rows = [row for row in found.rows if row.people is not None]
    rest = Row(
        words="the hidden ones",
        people=found.people - sum(row.people or 0 for row in shown_rows),
        paired=found.paired - sum(row.paired or 0 for row in shown_rows) if found.shows_paired else None,
        completed=(found.completed or 0) - sum(row.completed or 0 for row in shown_rows)
        if shows_completed(found)
        else None,
    )
    for row in [*shown_rows, *([rest] if found.hidden and shown_rows else [])]:
        steps = [number for number in (row.people, row.paired, row.completed) if number is not None]
        assert all(number >= LEAST for number in steps)
        assert all(more - fewer >= LEAST for more, fewer in zip(steps, steps[1:], strict=False))


def test_no_completion_is_shown_where_pairing_is_hidden() -> None:
    found = hide(((30, 28, 14), (40, 20, 10)), LEAST)

    assert [(row.people, row.paired, row.completed) for row in found.rows] == [(30, None, None), (40, None, None)]


def test_the_average_score_is_shown_where_enough_pairs_have_one() -> None:
    enough = Group(words="Yes", people=40, paired=20, scored=12, pairs=12, scores=12 * 71)
    few = Group(words="No", people=40, paired=20, scored=9, pairs=9, scores=9 * 60)

    assert [row.score for row in shown("", [enough, enough]).rows] == [71, 71]
    assert [row.score for row in shown("", [enough, few]).rows] == [None, None]


def test_a_hidden_row_keeps_its_words() -> None:
    found = shown("", [Group(words="Wales", people=3), Group(words="London", people=30), Group(words="–", people=40)])

    assert [row.people for row in found.rows] == [None, 30, None]
    assert [row.words for row in found.hidden] == ["Wales", "–"]
