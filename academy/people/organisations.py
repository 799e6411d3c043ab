"""Organisations: made, changed, and imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.errors import DomainError, NotFound
from academy.people.service import CHUNK
from academy.people.tables import Organisation, OrganisationKind

NATIONS = ("England", "Northern Ireland", "Scotland", "Wales")
REGIONS = (
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "Northern Ireland",
    "Scotland",
    "South East",
    "South West",
    "Wales",
    "West Midlands",
    "Yorkshire and The Humber",
)
KIND_NAMES = {
    OrganisationKind.LOCAL_AUTHORITY: "Local authority",
    OrganisationKind.OTHER_PUBLIC: "Other public sector",
    OrganisationKind.PRIVATE: "Private sector",
    OrganisationKind.THIRD_SECTOR: "Third sector",
}


class CodeTaken(DomainError):
    """Another organisation has this code."""

    def __init__(self) -> None:
        super().__init__("Another organisation has this code already.")


class NewOrganisation(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation as a list or a form gives it. Those with a code are recognised by it, others by their name."""

    name: str
    short_name: str = ""
    kind: OrganisationKind = OrganisationKind.OTHER_PUBLIC
    nation: str = ""
    region: str = ""
    code: str | None = None
    member: bool = False


class Imported(msgspec.Struct, frozen=True):
    """What an import did."""

    created: int
    changed: int
    unchanged: int

    def in_words(self) -> str:
        return f"{self.created} organisations added, {self.changed} changed, {self.unchanged} left as they were."


async def create_organisation(new: NewOrganisation, *, now: datetime) -> UUID:
    """Add an organisation. Raises CodeTaken."""
    row = _row(new, now)
    try:
        async with database.transaction():
            await Organisation.insert(row)
    except database.Duplicate:
        raise CodeTaken from None
    return row.id


async def change_organisation(organisation: UUID, new: NewOrganisation) -> tuple[dict[str, Any], dict[str, Any]]:
    """Change an organisation; returns what differs, from and to. Raises NotFound, CodeTaken."""
    wanted = _values(new)
    try:
        async with database.transaction():
            rows = await Organisation.select().where(Organisation.id == organisation)
            if not rows:
                raise NotFound
            names = [name for name, value in wanted.items() if rows[0][name] != value]
            if names:
                await Organisation.update({name: wanted[name] for name in names}).where(  # type: ignore[arg-type]
                    Organisation.id == organisation
                )
    except database.Duplicate:
        raise CodeTaken from None
    return {name: rows[0][name] for name in names}, {name: wanted[name] for name in names}


async def import_organisations(rows: Iterable[NewOrganisation], now: datetime) -> Imported:
    """Add those that are new, change those whose facts differ. The same list a second time changes nothing.

    All or nothing. Membership is not a list's to take away: it is set, never cleared, by an import.
    """
    created: dict[UUID, Organisation] = {}
    changed = unchanged = 0
    async with database.transaction():
        await database.lock("organisations")
        there = await Organisation.select()
        by_code = {row["code"]: row for row in there if row["code"]}
        by_name = {row["name"].casefold(): row for row in there}
        for new in rows:
            found = by_code.get(new.code) if new.code else None
            found = found or by_name.get(new.name.casefold())
            if found is None:
                made = _row(new, now)
                created[made.id] = made
                known = {"id": made.id, **_values(new)}
                by_name[new.name.casefold()] = known
                if new.code:
                    by_code[new.code] = known
                continue
            wanted = {name: value for name, value in _values(new).items() if value not in ("", None, False)}
            differing = {name: value for name, value in wanted.items() if found[name] != value}
            if not differing:
                unchanged += 1
                continue
            found.update(differing)
            changed += 1
            if found["id"] in created:  # the same organisation twice in one list: the later row adds to it
                for name, value in differing.items():
                    setattr(created[found["id"]], name, value)
            else:
                await Organisation.update(dict[Any, Any](differing)).where(Organisation.id == found["id"])
        new_rows = list(created.values())
        for start in range(0, len(new_rows), CHUNK):
            await Organisation.insert(*new_rows[start : start + CHUNK])
    return Imported(len(created), changed, unchanged)


def _values(new: NewOrganisation) -> dict[str, Any]:
    return {
        "name": new.name,
        "short_name": new.short_name,
        "kind": new.kind.value,
        "nation": new.nation,
        "region": new.region,
        "code": new.code,
        "member": new.member,
    }


def _row(new: NewOrganisation, now: datetime) -> Organisation:
    return Organisation(**_values(new), created_at=now)
