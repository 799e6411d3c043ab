"""Read the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, ready to be shown. ``changes`` are (what, from, to) in words."""

    id: UUID
    at: datetime
    actor: UUID | None
    actor_name: str
    verb: str
    about_kind: str
    about_id: UUID | None
    about_name: str
    person: UUID | None
    person_name: str | None = None
    """Whose record it changed, as the person is called now."""
    changes: list[tuple[str, str, str]]
    note: str


class Found(msgspec.Struct, frozen=True):
    """A page of entries, and how many there are on all pages."""

    lines: list[Line]
    total: int


_FROM = " FROM entry LEFT JOIN person ON person.id = entry.person "
_COLUMNS = f"""
    SELECT entry.id, at, actor, actor_name, verb, about_kind, about_id, about_name, entry.person,
           person.name AS person_name, before, after, entry.note {_FROM}
"""
_ABOUT = database.compiled_sql(
    f"{_COLUMNS} WHERE about_kind = :kind AND about_id = :id ORDER BY at DESC, entry.id DESC LIMIT :most"
)
_OF_PERSON = database.compiled_sql(
    f"{_COLUMNS} WHERE entry.person = :person OR actor = :person OR (about_kind = 'person' AND about_id = :person) "
    "ORDER BY at DESC, entry.id DESC LIMIT :most"
)
_WHERE = """
    WHERE (:verb = '' OR verb = :verb)
      AND (:find = '' OR lower(actor_name) LIKE :find ESCAPE '!' OR lower(about_name) LIKE :find ESCAPE '!'
           OR lower(person.name) LIKE :find ESCAPE '!')
      AND at >= :since AND at < :until
"""
_COUNT = database.compiled_sql(f"SELECT count(*) AS n {_FROM}" + _WHERE)
_PAGE = database.compiled_sql(_COLUMNS + _WHERE + "ORDER BY at DESC, entry.id DESC LIMIT :most OFFSET :skip")
_VERBS = database.compiled_sql("SELECT DISTINCT verb FROM entry ORDER BY verb")


async def entries_about(kind: str, id: UUID, *, most: int = 50) -> list[Line]:
    """What was done with one record, the newest first."""
    return [line(row) for row in await _ABOUT.run(kind=kind, id=id, most=most)]


async def entries_of_person(person: UUID, *, most: int = 100) -> list[Line]:
    """What a person did, and what was done with their records, the newest first."""
    return [line(row) for row in await _OF_PERSON.run(person=person, most=most)]


async def entries(
    *, verb: str = "", find: str = "", since: datetime, until: datetime, most: int = 50, skip: int = 0
) -> Found:
    """Entries of all records from an instant up to another one, filtered and paged by the database: two queries.

    ``find`` is a part of the name of who acted, of the record, or of the person whose record it is.
    """
    plain = find.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    asked: dict[str, Any] = {"verb": verb, "find": f"%{plain}%" if plain else "", "since": since, "until": until}
    total = (await _COUNT.run(**asked))[0]["n"]
    return Found([line(row) for row in await _PAGE.run(**asked, most=most, skip=skip)], total)


async def verbs() -> list[str]:
    """All verbs there are."""
    return [row["verb"] for row in await _VERBS.run()]


def line(row: dict[str, Any]) -> Line:
    """A row of the table, with what changed put into words."""
    before, after = _values(row["before"]), _values(row["after"])
    names = list(dict.fromkeys([*before, *after]))
    kept = {name: value for name, value in row.items() if name not in ("before", "after")}
    return Line(**kept, changes=[(name, _word(before.get(name)), _word(after.get(name))) for name in names])


def _values(text: str | None) -> dict[str, Any]:
    values = msgspec.json.decode(text) if text else {}
    return values if isinstance(values, dict) else {}


def _word(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_word(each) for each in value) or "–"
    return str(value)
