"""The columns our tables are made of. Nothing is left to Piccolo's silent defaults.

A column refuses NULL unless ``null=True``. Without a ``default`` a row must give the value, or starts as NULL where
NULL is allowed. A foreign key says what happens on delete.
The functions give plain Piccolo columns, so that migration files need nothing of ours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    OnUpdate,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

RESTRICT = OnDelete.restrict
CASCADE = OnDelete.cascade
SET_NULL = OnDelete.set_null


def key() -> UUID:
    """The primary key: a random UUID, made when the row is made in Python."""
    return UUID(primary_key=True, default=UUID4(), null=False)


def uuid(*, null: bool = False, index: bool = False) -> UUID:
    """Another record's id kept as a plain value, without a foreign key. Never filled by itself."""
    return UUID(default=None, null=null, index=index)


def text(longest: int, *, null: bool = False, default: str | None = None, index: bool = False) -> Varchar:
    """A short text. SQLite does not hold it to ``longest`` characters: the form does."""
    return Varchar(length=longest, default=default, null=null, index=index)


def long_text(*, null: bool = False, default: str | None = None) -> Text:
    """A text of any length."""
    return Text(default=default, null=null)


def json_text(*, null: bool = False, default: str | None = None) -> Text:
    """JSON as text, written and read by the room itself."""
    return Text(default=default, null=null)


def instant(*, null: bool = False, index: bool = False) -> Timestamptz:
    """A moment, aware and in UTC. Never filled by itself: ``now`` is an argument. Naive datetimes are refused."""
    return Timestamptz(default=None, null=null, index=index)


def day(*, null: bool = False, index: bool = False) -> Date:
    """A calendar day. Never filled by itself."""
    return Date(default=None, null=null, index=index)


def whole(*, null: bool = False, default: int | None = None, index: bool = False) -> Integer:
    """A whole number (pence, minutes, places) up to 2,147,483,647."""
    return Integer(default=default, null=null, index=index)


def yes_no(default: bool) -> Boolean:
    """True or false, never NULL."""
    return Boolean(default=default, null=False)


def status(kind: type[StrEnum], default: StrEnum, *, index: bool = False) -> Varchar:
    """A state out of ``kind``, stored as its text of up to 40 characters."""
    if not isinstance(default, kind) or max(len(member) for member in kind) > 40:
        raise ValueError(f"{default!r} is not one of {kind.__name__}, or one of them is too long.")
    return Varchar(length=40, default=default.value, null=False, index=index)


def link(table: type[Table] | Any, *, on_delete: OnDelete, null: bool = False, index: bool = True) -> ForeignKey[Any]:
    """A foreign key, with an index, since neither database makes one. Keys never change, so updates are restricted."""
    return ForeignKey(
        references=table, default=None, null=null, on_delete=on_delete, on_update=OnUpdate.restrict, index=index
    )


def blob(*, null: bool = False, default: bytes | None = None) -> Bytea:
    """Bytes."""
    return Bytea(default=default, null=null)
