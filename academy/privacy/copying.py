"""The copy of everything that is held on one person, as values; and the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.database.transactions import Row
from academy.invites.times import uk_date, uk_time
from academy.privacy.classes import CLASSES, DataClass
from academy.privacy.drawn import Drawn
from academy.privacy.held import As, Given, Held, Why
from academy.privacy.masking import Others, masked, masked_values
from academy.privacy.register import ALSO_HELD

_STATE = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""A word of ours as it is stored: ``cancelled_by_coach``."""
NOTHING = "–"
YOU, THE_ACADEMY, SOMEBODY_ELSE = "You", "The academy", "Somebody else"


class Column(msgspec.Struct, frozen=True):
    """A column of a list: its name for programs and its name in words."""

    path: str
    name: str
    how: As = As.IT_IS


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """One list in a copy."""

    what: str
    of: DataClass
    columns: tuple[Column, ...]
    rows: list[list[Any]]


class LeftOut(msgspec.Struct, frozen=True):
    """Something that is held and is not in the copy."""

    what: str
    why: str


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is held on one person, for the person or for a coordinator who answers them."""

    person: UUID
    name: str
    time_zone: str
    made_at: datetime
    organisation: str
    contact: str
    """Where the person can write to about their data."""
    for_staff: bool
    """A coordinator made it: without what only the person sees."""
    lists: list[Records]
    left_out: list[LeftOut]

    @property
    def records(self) -> int:
        """How many there are in all."""
        return sum(len(each.rows) for each in self.lists)

    def by_class(self) -> list[tuple[DataClass, list[Records]]]:
        """The lists that hold something, under their classes in the order of the privacy page."""
        found = [(kind, [each for each in self.lists if each.of is kind and each.rows]) for kind in CLASSES]
        return [(kind, lists) for kind, lists in found if lists]


def written(part: Held | Drawn, found: list[Row], *, person: UUID, others: Others, staff: bool) -> Records:
    """Rows of the database as a list of the copy."""
    return Records(
        what=part.what,
        of=part.of,
        columns=tuple(Column(given.path, given.name, given.how) for given in part.give),
        rows=[[value(row[given.path], given, person, others, staff=staff) for given in part.give] for row in found],
    )


def value(stored: Any, given: Given, person: UUID, others: Others, *, staff: bool = False) -> Any:
    """One value as the copy tells it."""
    match given.how:
        case As.SOMEBODY:
            return THE_ACADEMY if stored is None else YOU if stored == person else SOMEBODY_ELSE
        case As.OTHERS_WORDS:
            return masked(stored or "", others)
        case As.JSON | As.OTHERS_JSON:
            document = msgspec.json.decode(stored) if stored else None
            if staff and isinstance(document, dict):
                document = {name: each for name, each in document.items() if name not in given.without}
            return document if given.how is As.JSON else masked_values(document, others)
        case _:
            return stored


ONLY_THEM = "Only the person sees it. They can take their own copy when they are signed in."
OURS = "Numbers, ids and marks in all lists"
CALLED = {
    "context": "the links in them",
    "token_hash": "the link or key itself",
    "key_hash": "the key",
    "request_hash": "what was asked",
    "actor_name": "the name of who did it",
    "let_down": "who comes first afterwards",
    "answer_by": "by when the mentor is asked",
    "points": "points by criterion",
    "note": "what coordinators noted",
    "end_reason": "the other’s reason for ending it, or a coordinator’s",
    "decline_reason": "the mentor’s reason for saying no",
    "decline_note": "the same in words",
    "coachee_note": "what the coachee wrote",
    "reason": "the reason",
    "waived_reason": "why the credit was given back",
    "same_background": "in what you would like a mentor like yourself",
}
"""Columns that are left out, as people may read them."""


def left_out(parts: Sequence[Held | Drawn], *, staff: bool) -> list[LeftOut]:
    """What is held and not given, by its reason. The same for everybody, so that it tells nothing of anybody."""
    found = [
        LeftOut(f"{part.what}: {', '.join(_called(column) for column in columns)}", why.value)
        for part in parts
        if isinstance(part, Held) and (part.staff or not staff)
        for why, columns in part.leave.items()
        if why in (Why.SECRET, Why.OTHERS)
    ]
    if staff:
        found += [LeftOut(part.what, ONLY_THEM) for part in parts if not part.staff]
        found += [
            LeftOut(f"{part.what}: {', '.join(_called(name) for name in given.without)}", ONLY_THEM)
            for part in parts
            for given in part.give
            if given.without and part.staff
        ]
    also = [LeftOut(what, why) for what, why in ALSO_HELD]
    return [*found, *also, LeftOut(OURS, Why.INNER.value)]


def _called(column: str) -> str:
    return CALLED.get(column, _plain(column))


def as_json(copy: Copy) -> bytes:
    """For programs: UTF-8, instants in UTC as RFC 3339, days as ISO 8601, each list with the names of its columns."""
    document = {
        "person": copy.person,
        "name": copy.name,
        "made_at": copy.made_at,
        "controller": copy.organisation,
        "contact": copy.contact,
        "made_for": "coordinator" if copy.for_staff else "person",
        "classes": [
            {
                "what": kind.what,
                "seen_by": kind.seen_by,
                "why": kind.why,
                "kept": kind.kept,
                "lists": [
                    {
                        "what": each.what,
                        "columns": {column.path: column.name for column in each.columns},
                        "rows": [
                            {column.path: cell for column, cell in zip(each.columns, row, strict=True)}
                            for row in each.rows
                        ],
                    }
                    for each in lists
                ],
            }
            for kind, lists in copy.by_class()
        ],
        "not_in_this_copy": copy.left_out,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def in_words(cell: Any, zone: str, how: As = As.IT_IS) -> str:
    """A value as the page to read shows it, if there is one; times are those of the person's zone."""
    if cell in (None, "", [], {}):
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, datetime):
        return f"{uk_date(cell, zone)}, {uk_time(cell, zone)}"
    if isinstance(cell, date):
        return f"{cell.day} {cell:%B %Y}"
    if isinstance(cell, dict):
        parts = ((_plain(name), in_words(each, zone, As.STATE)) for name, each in cell.items())
        return "; ".join(f"{name}: {said or NOTHING}" for name, said in parts)
    if isinstance(cell, list):
        return ", ".join(in_words(each, zone, how) or NOTHING for each in cell)
    return _plain(cell) if how is As.STATE and isinstance(cell, str) and _STATE.fullmatch(cell) else str(cell)


def _plain(name: str) -> str:
    return name.replace("_", " ")
