"""Coordinators put records of people and organisations right; each change leaves a line in the audit trail.

These verbs stand at the roof because the room of people is below the audit trail.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit.service import About, Actor, record
from academy.people import organisations, queries
from academy.people import service as people
from academy.people.organisations import Imported, NewOrganisation


async def add_person(*, name: str, address: str, actor: Actor, now: datetime) -> UUID:
    """Add somebody, or find who has the address already. Raises NotAName, NotAnAddress."""
    async with database.transaction():
        if (found := await people.find(address)) is not None:
            return found
        person = await people.find_or_create(name=name, address=address, now=now)
        after = {"name": name, "address": address}
        await record("person added", About("person", person, name), actor=actor, now=now, person=person, after=after)
    return person


async def add_address(person: UUID, *, address: str, verified: bool, actor: Actor, now: datetime) -> None:
    """Add an address that the person can sign in with. Raises NotAnAddress, AddressTaken."""
    async with database.transaction():
        who = await queries.details(person)
        await people.add_address(person, address=address, now=now, verified=verified, primary=not who.addresses)
        await _about_address("address added", who, actor, now, after={"address": address, "verified": verified})


async def make_primary(person: UUID, *, address: UUID, actor: Actor, now: datetime) -> None:
    """Write to another one of the person's addresses from now on. Raises NotFound."""
    async with database.transaction():
        who = await queries.details(person)
        await people.make_primary(person, address=address)
        new = queries.address_of(who, address).address
        await _about_address(
            "address changed", who, actor, now, before={"address": who.address}, after={"address": new}
        )


async def verify_address(person: UUID, *, address: UUID, actor: Actor, now: datetime) -> None:
    """Note that the coordinator knows the address to be the person's. Raises NotFound."""
    async with database.transaction():
        who = await queries.details(person)
        known = queries.address_of(who, address)
        await people.verify(address, now=now)
        await _about_address("address verified", who, actor, now, after={"address": known.address})


async def remove_address(person: UUID, *, address: UUID, actor: Actor, now: datetime) -> str:
    """Take an address away: its owner can no longer sign in with it. Raises OnlyAddress, NotFound."""
    async with database.transaction():
        who = await queries.details(person)
        removed = await people.remove_address(person, address=address)
        await _about_address("address removed", who, actor, now, before={"address": removed})
    return removed


async def _about_address(
    verb: str,
    who: queries.Details,
    actor: Actor,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    about = About("person", who.id, who.name)
    await record(verb, about, actor=actor, now=now, person=who.id, before=before, after=after)


async def create_organisation(new: NewOrganisation, *, actor: Actor, now: datetime) -> UUID:
    """Add an organisation. Raises CodeTaken."""
    async with database.transaction():
        made = await organisations.create_organisation(new, now=now)
        await record(
            "organisation added",
            About("organisation", made, new.name),
            actor=actor,
            now=now,
            after={"name": new.name, "kind": new.kind.value},
        )
    return made


async def change_organisation(organisation: UUID, new: NewOrganisation, *, actor: Actor, now: datetime) -> bool:
    """Change an organisation; False if all is as it was. Raises NotFound, CodeTaken."""
    async with database.transaction():
        before, after = await organisations.change_organisation(organisation, new)
        if after:
            about = About("organisation", organisation, new.name)
            await record("organisation changed", about, actor=actor, now=now, before=before, after=after)
    return bool(after)


async def import_organisations(rows: list[NewOrganisation], *, actor: Actor, now: datetime) -> Imported:
    """Bring in a list, all or nothing."""
    async with database.transaction():
        done = await organisations.import_organisations(rows, now)
        await record(
            "organisations imported",
            About("organisation", UUID(int=0), "A list of organisations"),
            actor=actor,
            now=now,
            after={"added": done.created, "changed": done.changed, "unchanged": done.unchanged},
        )
    return done
