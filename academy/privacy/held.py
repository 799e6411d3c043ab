"""How one kind of record holds something about a person: whose it is, what of it they are given, and what not.

A record is described once, in the register. The copy, its JSON, its page to read and the tests come from that
description; every column is named in it, given or left out with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import msgspec
from piccolo.columns import ForeignKey
from piccolo.table import Table

from academy import database
from academy.database.transactions import Row
from academy.privacy.classes import DataClass


class Why(StrEnum):
    """Why a column is not in anybody's copy."""

    SECRET = "It is the mark of a secret, such as a link or a key. Whoever had it could use it."  # noqa: S105
    INNER = "It only keeps our own records in order."
    OTHERS = "It belongs to somebody else, or was said by somebody else in confidence (UK GDPR article 15(4))."
    TWICE = "The same stands elsewhere in the copy."


REST = ("all else",)
"""With ``Why.TWICE``: the other columns stand in another list of the same table, which names each."""


class As(StrEnum):
    """How a value is written down."""

    IT_IS = "as it is"
    STATE = "a word of ours, such as a status: its underscores are spaces to read"
    SOMEBODY = "a person's id: you, somebody else or the academy"
    OTHERS_WORDS = "words that somebody else may have written: names and addresses of others are masked"
    JSON = "a document: read, so that programs need not read it again"
    OTHERS_JSON = "a document that may name others, who are masked"


class Given(msgspec.Struct, frozen=True):
    """A value that the person gets: where it stands, and what it is called."""

    path: str
    """A column, or a column behind links: ``session.starts_at``."""
    name: str
    how: As = As.IT_IS
    without: tuple[str, ...] = ()
    """Parts of a document that only the person sees: a coordinator's copy is without them."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of record about a person, from one side: a pairing is held on its mentor and on its mentee."""

    table: type[Table]
    whose: str
    """The path to the person's id, such as ``person`` or ``enrolment.person``."""
    what: str
    """The heading of the list."""
    of: DataClass
    give: tuple[Given, ...]
    leave: Mapping[Why, tuple[str, ...]] = {}
    """Columns that are not given. The key, and links to records that are no people, need not be named."""
    only_if: str = ""
    """SQL on the record, which is called ``t``."""
    staff: bool = True
    """Whether a coordinator's copy has it, too. What coordinators do not see elsewhere, they do not see here."""


class Nobody(msgspec.Struct, frozen=True):
    """Why nothing of a table is given to anybody as a row of theirs."""

    why: str
    by: tuple[str, ...] = ()
    """Columns that say who of the staff did it: the audit trail tells that as well, and they are given that."""


def query(held: Held) -> database.CompiledSQL:
    """The records of one person, the earliest first."""
    return _query(held.table, held.whose, tuple(given.path for given in held.give), held.only_if)


@cache
def _query(start: type[Table], whose: str, paths: tuple[str, ...], only_if: str) -> database.CompiledSQL:
    joins: dict[str, str] = {"": "t"}
    lines: list[str] = []

    def place(path: str) -> str:
        """``alias.column`` for a path, with the joins it needs."""
        *links, column = path.split(".")
        table, here = start, ""
        for link in links:
            step = table._meta.get_column_by_name(link)
            if not isinstance(step, ForeignKey):
                raise ValueError(f"{start.__name__}: {path} goes through {link}, which is no link.")
            there = f"{here}.{link}".lstrip(".")
            if there not in joins:
                joins[there] = f"j{len(joins)}"
                lines.append(
                    f'LEFT JOIN "{step._foreign_key_meta.resolved_references._meta.tablename}" {joins[there]}'
                    f' ON {joins[there]}."id" = {joins[here]}."{link}"'
                )
            table, here = step._foreign_key_meta.resolved_references, there
        table._meta.get_column_by_name(column)
        return f'{joins[here]}."{column}"'

    columns = ", ".join(f'{place(path)} AS "{path}"' for path in paths)
    owner, first = place(whose), place(paths[0])
    condition = f" AND ({only_if})" if only_if else ""
    sql = (
        f'SELECT {columns} FROM "{start._meta.tablename}" t {" ".join(lines)} '  # noqa: S608 - our own names
        f'WHERE {owner} = :person{condition} ORDER BY {first}, t."id"'
    )
    return database.compiled_sql(sql)


async def rows(held: Held, person: object) -> list[Row]:
    """What there is of one person, by path."""
    return await query(held).run(person=person)
