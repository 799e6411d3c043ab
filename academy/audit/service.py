"""Write the audit trail, in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit.tables import Entry


class Actor(msgspec.Struct, frozen=True):
    """Who acts: a person, or the academy itself (timed work, commands)."""

    person: UUID | None
    name: str


ACADEMY = Actor(None, "The academy")


class About(msgspec.Struct, frozen=True):
    """The record that an entry is about."""

    kind: str
    id: UUID
    name: str = ""


async def record(
    verb: str,
    about: About,
    *,
    actor: Actor,
    now: datetime,
    person: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """One line: who did what about which record, from what to what. ``person`` is whose record it changed."""
    await record_all([entry(verb, about, actor=actor, now=now, person=person, before=before, after=after, note=note)])


async def record_all(entries: Sequence[dict[str, Any]]) -> None:
    """Many lines at once, as ``entry`` gives them."""
    await database.insert_values(Entry, entries)


def entry(
    verb: str,
    about: About,
    *,
    actor: Actor,
    now: datetime,
    person: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """What stands in a line, for verbs that write many at once."""
    return {
        "at": now,
        "actor": actor.person,
        "actor_name": actor.name[:120],
        "verb": verb,
        "about_kind": about.kind,
        "about_id": about.id,
        "about_name": about.name[:200],
        "person": person,
        "before": _json(before),
        "after": _json(after),
        "note": note[:500],
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, from and to."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else msgspec.json.encode(values).decode()
