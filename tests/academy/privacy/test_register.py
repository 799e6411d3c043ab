"""The register names every table and every column, and says for each what becomes of it in a copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from piccolo.columns import UUID, Column, ForeignKey, Text, Varchar
from piccolo.table import Table

from academy import database as room
from academy.people.tables import Person
from academy.piccolo_app import APP_CONFIG as FLOOR
from academy.privacy import held
from academy.privacy.classes import BACKUPS, CLASSES, LISTS
from academy.privacy.drawn import DRAWN, OF_OTHERS, OWN, Drawn
from academy.privacy.held import REST, As, Given, Held, Nobody, Why
from academy.privacy.register import NOBODY, REGISTER
from cohorts.piccolo_app import APP_CONFIG as COHORTS
from mentoring.matching.people import Mentee, Mentor
from mentoring.piccolo_app import APP_CONFIG as MENTORING
from tests.support.client import words
from tests.support.makers import a_person

TABLES: list[type[Table]] = [table for app in (FLOOR, COHORTS, MENTORING) for table in app.table_classes]
ONE_OF: list[Held | Drawn] = [*REGISTER, *DRAWN]


def name(table: type[Table]) -> str:
    return str(table._meta.tablename)


def is_of_people(column: Column) -> bool:
    """Whether a column may hold a person's id: a link to people, or an id without a link."""
    if isinstance(column, ForeignKey):
        return column._foreign_key_meta.resolved_references is Person
    return isinstance(column, UUID) and not column._meta.primary_key


def must_be_named(table: type[Table]) -> list[str]:
    """Every column but the key, and links to records that are no people."""
    return [
        column._meta.name
        for column in table._meta.columns
        if not column._meta.primary_key and (is_of_people(column) or not isinstance(column, ForeignKey))
    ]


# ------------------------------------------------------- everything is named
def unnamed(
    tables: Iterable[type[Table]], register: Iterable[Held], nobody: Mapping[type[Table], Nobody]
) -> Iterator[str]:
    """Tables and columns of which the register says nothing."""
    known = list(register)
    for table in tables:
        lists = [each for each in known if each.table is table]
        if table in nobody:
            left = set(nobody[table].by)
            people = {column._meta.name for column in table._meta.columns if is_link_to_people(column)}
            yield from (f"{name(table)}.{column}" for column in sorted(people - left))
        elif not any(REST not in each.leave.values() for each in lists):
            yield name(table)
        for each in lists:
            if REST not in each.leave.values():
                said = {
                    *(given.path for given in each.give),
                    *(column for columns in each.leave.values() for column in columns),
                    each.whose,
                }
                yield from (f"{name(table)}.{column}" for column in must_be_named(table) if column not in said)


def is_link_to_people(column: Column) -> bool:
    return isinstance(column, ForeignKey) and column._foreign_key_meta.resolved_references is Person


def test_every_table_and_every_column_is_named() -> None:
    assert sorted(set(unnamed(TABLES, REGISTER, NOBODY))) == [], (
        "Give it in academy/privacy/register, or leave it out with a reason (CONTRIBUTING: A column)."
    )


class Diary(Table):
    """A table that somebody forgot."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person)
    words = Text()


def test_control_a_forgotten_table_is_found() -> None:
    assert list(unnamed([Diary], REGISTER, NOBODY)) == ["diary"]


def test_control_a_forgotten_column_is_found() -> None:
    diary = Held(table=Diary, whose="person", what="Diary", of=CLASSES[0], give=(Given("id", "Number"),))

    assert list(unnamed([Diary], [diary], {})) == ["diary.words"]


def test_control_a_forgotten_link_to_somebody_is_found() -> None:
    diary = Held(table=Diary, whose="id", what="Diary", of=CLASSES[0], give=(Given("words", "Words"),))

    assert list(unnamed([Diary], [diary], {})) == ["diary.person"]
    assert list(unnamed([Diary], [], {Diary: Nobody("A book.")})) == ["diary.person"]


def test_what_stands_elsewhere_is_named_there() -> None:
    """A list that leaves all else to another list does not make up for it."""
    rest = Held(
        table=Diary,
        whose="person",
        what="Diary",
        of=CLASSES[0],
        give=(Given("words", "Words"),),
        leave={Why.TWICE: REST},
    )

    assert list(unnamed([Diary], [rest], {})) == ["diary"]


def test_no_table_is_both_given_and_nobodys() -> None:
    assert {each.table for each in REGISTER} & set(NOBODY) == set()
    assert {each.table for each in REGISTER} | set(NOBODY) == set(TABLES)


def test_what_is_left_out_is_there_and_is_not_given() -> None:
    wrong = [
        f"{name(each.table)}.{column}"
        for each in REGISTER
        for columns in each.leave.values()
        if columns != REST
        for column in columns
        if column not in must_be_named(each.table) or column in {given.path for given in each.give}
    ]

    assert wrong == []


def test_ids_are_never_given_as_they_are() -> None:
    """A person's id is put into words; others are of no use to anybody."""
    ids = [
        f"{name(each.table)}.{given.path}"
        for each in REGISTER
        for given in each.give
        if "." not in given.path
        and isinstance(each.table._meta.get_column_by_name(given.path), UUID | ForeignKey)
        and given.how is not As.SOMEBODY
    ]

    assert ids == []


def test_each_list_has_a_heading_of_its_own_and_names_each_value_once() -> None:
    headings = [each.what for each in ONE_OF]

    assert len(set(headings)) == len(headings)
    assert [each.what for each in ONE_OF if len({given.name for given in each.give}) < len(each.give)] == []


def test_words_of_ours_are_read_without_underscores() -> None:
    """A status that is written down as it is stored would be read as ``cancelled_by_coach``."""
    states = [
        f"{name(each.table)}.{given.path}"
        for each in REGISTER
        for given in each.give
        if isinstance(column := _column(each.table, given.path), Varchar)
        and column.length == 40
        and str(column.default or "")[:1].isalpha()
        and given.how is not As.STATE
    ]

    assert states == []


def _column(table: type[Table], path: str) -> Column:
    *links, last = path.split(".")
    for link in links:
        step = table._meta.get_column_by_name(link)
        assert isinstance(step, ForeignKey)
        table = step._foreign_key_meta.resolved_references
    return table._meta.get_column_by_name(last)


def test_everything_that_a_run_knows_of_somebody_is_given_or_left_out() -> None:
    """A new field of theirs fails here, until somebody has said whose it is."""
    assert {*Mentor.__struct_fields__, *Mentee.__struct_fields__} == {*OWN, *OF_OTHERS}
    assert set(OWN) & set(OF_OTHERS) == set()


# ------------------------------------------------------------- the database
@pytest.mark.parametrize("part", REGISTER, ids=lambda part: part.what.replace(" ", "-"))
async def test_each_list_can_be_asked_for(database: room.Engine, part: Held) -> None:
    assert await held.rows(part, uuid4()) == []


async def test_a_path_through_something_that_is_no_link_is_refused(database: room.Engine) -> None:
    with pytest.raises(ValueError, match="goes through name, which is no link"):
        held.query(Held(table=Person, whose="id", what="x", of=CLASSES[0], give=(Given("name.length", "Length"),)))


async def test_the_earliest_comes_first(database: room.Engine) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    person = await a_person(now=now)
    (part,) = [each for each in REGISTER if each.what == "Email addresses"]

    assert [row["created_at"] for row in await held.rows(part, person)] == [now]


# ------------------------------------------------------------------ classes
def test_every_list_stands_under_a_class_of_the_privacy_page() -> None:
    assert [each.what for each in ONE_OF if each.of not in CLASSES] == []


def test_every_class_has_a_list_but_those_of_which_nothing_is_given_singly() -> None:
    used = {each.of for each in ONE_OF}

    assert [each for each in CLASSES if each not in used] == [LISTS, BACKUPS]


def test_a_coordinators_copy_has_nothing_that_coordinators_do_not_see() -> None:
    """By the words of the privacy page itself."""
    assert [each.what for each in ONE_OF if each.staff and "coordinators" not in each.of.seen_by.lower()] == []


@pytest.mark.parametrize(
    "what",
    ["Your goals as a mentor", "Your goals as a mentee", "What runs of matching knew of you"],
)
def test_nor_what_the_privacy_page_keeps_from_them(what: str) -> None:
    assert [each.staff for each in ONE_OF if each.what == what] == [False]


async def test_the_privacy_page_shows_every_class(client: Any, database: room.Engine) -> None:
    shown = words(await client.get("/privacy"))

    missing = [text for each in CLASSES for text in (each.what, each.seen_by, each.why, each.kept) if text not in shown]
    assert missing == []
