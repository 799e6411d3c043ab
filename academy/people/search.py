"""Lists and searches of people and organisations, filtered, sorted and paged by the database."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from academy.people.queries import Details
from academy.people.rules import likeness, normalise, perhaps_the_same
from academy.people.tables import OrganisationKind


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of people."""

    id: UUID
    name: str
    address: str
    verified: bool
    bounced: bool
    organisation: str
    job_title: str
    kind: str
    region: str
    created_at: datetime


class Found(msgspec.Struct, frozen=True):
    """A page of people, and how many there are on all pages."""

    rows: list[PersonRow]
    total: int


_FROM = """
    FROM person p
    LEFT JOIN email_address a ON a.person = p.id AND a."primary"
    LEFT JOIN employment e ON e.person = p.id AND e.to_on IS NULL
    LEFT JOIN organisation o ON o.id = e.organisation
    WHERE (:find = '' OR lower(p.name) LIKE :find ESCAPE '!' OR lower(coalesce(o.name, e.organisation_name)) LIKE :find ESCAPE '!'
           OR EXISTS (SELECT 1 FROM email_address x WHERE x.person = p.id AND x.normalised LIKE :find ESCAPE '!'))
      AND (:kind = '' OR o.kind = :kind)
      AND (:region = '' OR o.region = :region)
      AND (:trouble = '' OR (:trouble = 'bounced' AND a.bounced_at IS NOT NULL)
           OR (:trouble = 'unverified' AND a.verified_at IS NULL))
"""  # noqa: E501
_COLUMNS = """
    SELECT p.id, p.name, p.created_at, a.address, a.verified_at, a.bounced_at, e.job_title,
           coalesce(o.name, e.organisation_name) AS organisation, o.kind, o.region
"""
ORDERS = {
    "name": "lower(p.name)",
    "organisation": "lower(coalesce(o.name, e.organisation_name, ''))",
    "region": "coalesce(o.region, '')",
    "joined": "p.created_at",
}
TROUBLES = {"bounced": "Mail comes back", "unverified": "Address not verified"}
_COUNT = database.compiled_sql("SELECT count(*) AS n " + _FROM)


@lru_cache
def _listed(order: str, backwards: bool) -> database.CompiledSQL:
    way = "DESC" if backwards else "ASC"
    return database.compiled_sql(
        f"{_COLUMNS} {_FROM} ORDER BY {ORDERS[order]} {way}, p.id {way} LIMIT :most OFFSET :skip",
        types={"organisation": str},
    )


async def people(
    *,
    find: str = "",
    kind: str = "",
    region: str = "",
    trouble: str = "",
    sort: str = "name",
    most: int = 50,
    skip: int = 0,
) -> Found:
    """People by a part of their name, address or employer, filtered, sorted and paged by the database: two queries.

    ``sort`` is a key of ORDERS, with a minus for Z to A; ``trouble`` one of TROUBLES.
    """
    order, backwards = sort.lstrip("-"), sort.startswith("-")
    asked: dict[str, Any] = {
        "find": like(find),
        "kind": kind,
        "region": region,
        "trouble": trouble if trouble in TROUBLES else "",
    }
    total = (await _COUNT.run(**asked))[0]["n"]
    query = _listed(order if order in ORDERS else "name", backwards and order in ORDERS)
    rows = await query.run(**asked, most=most, skip=skip)
    return Found([_person_row(row) for row in rows], total)


def like(find: str) -> str:
    """A pattern that finds the text anywhere, whatever signs it holds; nothing for no text."""
    plain = find.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{plain}%" if plain else ""


def _person_row(row: dict[str, Any]) -> PersonRow:
    return PersonRow(
        id=row["id"],
        name=row["name"],
        address=row["address"] or "",
        verified=row["verified_at"] is not None,
        bounced=row["bounced_at"] is not None,
        organisation=row["organisation"] or "",
        job_title=row["job_title"] or "",
        kind=row["kind"] or "",
        region=row["region"] or "",
        created_at=row["created_at"],
    )


class Alike(msgspec.Struct, frozen=True):
    """Somebody who may be the same person."""

    id: UUID
    name: str
    address: str


_SAME_WORD = database.compiled_sql("""
    SELECT p.id, p.name, a.address, a.normalised
    FROM person p JOIN email_address a ON a.person = p.id
    WHERE p.id <> :person AND (lower(p.name) LIKE :word ESCAPE '!' OR a.normalised LIKE :local ESCAPE '!')
    ORDER BY p.name, a."primary" DESC LIMIT 200
""")


async def perhaps_the_same_as(one: Details) -> list[Alike]:
    """People whom a coordinator should compare with this one; at most 20."""
    words = likeness(one.name).split()
    local, _, domain = (normalise(one.address) if one.address else "").rpartition("@")
    rows = await _SAME_WORD.run(
        person=one.id,
        word=like(max(words, key=len, default="") or one.name),
        local=like(local.partition("+")[0]).removeprefix("%") + like(f"@{domain}").removeprefix("%").removesuffix("%"),
    )
    found: dict[UUID, Alike] = {}
    mine = [normalise(each.address) for each in one.addresses]
    for row in rows:
        if row["id"] not in found and perhaps_the_same(one.name, mine, row["name"], [row["normalised"]]):
            found[row["id"]] = Alike(row["id"], row["name"], row["address"])
    return list(found.values())[:20]


class OrganisationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list of organisations; ``people`` work there now."""

    id: UUID
    name: str
    short_name: str
    kind: OrganisationKind
    nation: str
    region: str
    code: str
    member: bool
    people: int


_ORGANISATIONS = database.compiled_sql("""
    SELECT o.id, o.name, o.short_name, o.kind, o.nation, o.region, o.code, o.member,
           (SELECT count(*) FROM employment e WHERE e.organisation = o.id AND e.to_on IS NULL) AS people
    FROM organisation o
    WHERE (:find = '' OR lower(o.name) LIKE :find ESCAPE '!' OR lower(o.short_name) LIKE :find ESCAPE '!'
           OR lower(o.code) LIKE :find ESCAPE '!')
      AND (:kind = '' OR o.kind = :kind)
      AND (:region = '' OR o.region = :region)
    ORDER BY lower(o.name), o.id
""")
_ORGANISATION = database.compiled_sql("""
    SELECT o.id, o.name, o.short_name, o.kind, o.nation, o.region, o.code, o.member,
           (SELECT count(*) FROM employment e WHERE e.organisation = o.id AND e.to_on IS NULL) AS people
    FROM organisation o WHERE o.id = :organisation
""")


async def organisations(*, find: str = "", kind: str = "", region: str = "") -> list[OrganisationRow]:
    """The organisations, some hundreds, by name; one query."""
    return [_organisation_row(row) for row in await _ORGANISATIONS.run(find=like(find), kind=kind, region=region)]


async def organisation(organisation: UUID) -> OrganisationRow:
    """One organisation. Raises NotFound."""
    row = await _ORGANISATION.first(organisation=organisation)
    if row is None:
        raise NotFound
    return _organisation_row(row)


def _organisation_row(row: dict[str, Any]) -> OrganisationRow:
    return OrganisationRow(
        **{**row, "kind": OrganisationKind(row["kind"]), "code": row["code"] or "", "member": bool(row["member"])}
    )
