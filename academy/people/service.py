"""People as others need them: found by address or made; their name, addresses and employers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.errors import DomainError, NotFound
from academy.people.rules import check_address, check_name, normalise
from academy.people.tables import EmailAddress, Employment, Organisation, Person

CHUNK = 500
"""Rows in one INSERT, values in one IN: below PostgreSQL's 32,767 values."""


class AddressTaken(DomainError):
    """The address is somebody else's already."""

    def __init__(self) -> None:
        super().__init__("This email address belongs to someone else already.")


class OnlyAddress(DomainError):
    """A person keeps one address that is known to be theirs."""


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to find or make. The rest is used only if they are new."""

    name: str
    address: str
    verified: bool = False
    nation: str = ""
    time_zone: str = "Europe/London"
    organisation: UUID | None = None
    organisation_name: str = ""
    job_title: str = ""


_OWNER = database.compiled_sql("SELECT person FROM email_address WHERE normalised = :address")
_VERIFY = database.compiled_sql(
    "UPDATE email_address SET verified_at = :now WHERE normalised = :address AND verified_at IS NULL"
)


async def find(address: str) -> UUID | None:
    """The person with this address, any of theirs. Raises NotAnAddress."""
    row = await _OWNER.first(address=normalise(address))
    return None if row is None else row["person"]


async def find_or_create(*, name: str, address: str, now: datetime, verified: bool = False) -> UUID:
    """The person with this address; a new one if there is none. Whoever exists keeps their name.

    ``verified`` says that the address is known to be theirs. Raises NotAName, NotAnAddress.
    """
    normalised = normalise(address)
    found = await find(address)
    if found is not None:
        if verified:
            await _VERIFY.run(now=now, address=normalised)
        return found
    name, address = check_name(name), check_address(address)
    try:
        async with database.transaction():
            person = uuid4()
            await Person.insert(Person(id=person, name=name, created_at=now))
            await EmailAddress.insert(
                EmailAddress(**_address(person, address, primary=True, verified=verified, now=now))
            )
        return person
    except database.Duplicate:  # somebody else made them at the same moment
        found = await find(address)
        if found is None:
            raise
        return found


async def find_or_create_many(people: list[NewPerson], now: datetime) -> list[UUID]:
    """The same for many, in a few statements; ids come in the order asked for.

    All or nothing. Raises NotAName, NotAnAddress.
    """
    keys = [normalise(each.address) for each in people]
    async with database.transaction():
        await database.lock("people:many")
        known = await _owners(list(dict.fromkeys(keys)))
        persons: list[dict[str, Any]] = []
        addresses: list[dict[str, Any]] = []
        employments: list[dict[str, Any]] = []
        for key, each in zip(keys, people, strict=True):
            if key in known:
                continue
            known[key] = person = uuid4()
            persons.append(
                {
                    "id": person,
                    "name": check_name(each.name),
                    "time_zone": each.time_zone,
                    "nation": each.nation,
                    "created_at": now,
                }
            )
            address = check_address(each.address)
            addresses.append(_address(person, address, primary=True, verified=each.verified, now=now))
            if each.organisation or each.organisation_name or each.job_title:
                employments.append(
                    {
                        "person": person,
                        "organisation": each.organisation,
                        "organisation_name": each.organisation_name[:200],
                        "job_title": each.job_title[:160],
                        "from_on": now.astimezone(UTC).date(),
                    }
                )
        await database.insert_values(Person, persons)
        await database.insert_values(EmailAddress, addresses)
        await database.insert_values(Employment, employments)
    return [known[key] for key in keys]


async def _owners(normalised: list[str]) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for start in range(0, len(normalised), CHUNK):
        rows = await EmailAddress.select(EmailAddress.normalised, EmailAddress.person).where(
            EmailAddress.normalised.is_in(normalised[start : start + CHUNK])
        )
        found |= {row["normalised"]: row["person"] for row in rows}
    return found


def _address(person: UUID, address: str, *, primary: bool, verified: bool, now: datetime) -> dict[str, Any]:
    return {
        "person": person,
        "address": address,
        "normalised": normalise(address),
        "primary": primary,
        "verified_at": now if verified else None,
        "created_at": now,
    }


async def change_person(
    person: UUID, *, name: str | None = None, time_zone: str | None = None, nation: str | None = None
) -> dict[str, Any]:
    """Change what is given, and return what stood there before. Raises NotAName, NotFound."""
    async with database.transaction():
        rows = await Person.select(Person.name, Person.time_zone, Person.nation).where(Person.id == person)
        if not rows:
            raise NotFound
        values = {"name": None if name is None else check_name(name), "time_zone": time_zone, "nation": nation}
        values = {key: value for key, value in values.items() if value is not None}
        if values:
            await Person.update(values).where(Person.id == person)  # type: ignore[arg-type]
    return {key: rows[0][key] for key in values}


async def set_employment(
    person: UUID, *, organisation: UUID | None, organisation_name: str, job_title: str, on: date
) -> bool:
    """Where a person works from this day on. The former employment ends and is kept; False if nothing changes.

    ``organisation`` is one of ours, ``organisation_name`` what they typed if it is not in our list.
    Raises NotFound for an organisation that does not exist.
    """
    async with database.transaction():
        if organisation is not None:
            rows = await Organisation.select(Organisation.name).where(Organisation.id == organisation)
            if not rows:
                raise NotFound("Choose an organisation from the list.")
            organisation_name = rows[0]["name"]
        wanted = (organisation, organisation_name.strip()[:200], job_title.strip()[:160])
        present = await Employment.select().where(Employment.person == person, Employment.to_on.is_null())
        if present and (
            (present[0]["organisation"], present[0]["organisation_name"], present[0]["job_title"]) == wanted
        ):
            return False
        if present and present[0]["from_on"] >= on:  # put right on the day it was entered: no history of a slip
            await Employment.delete().where(Employment.id == present[0]["id"])
        elif present:
            await Employment.update({Employment.to_on: on}).where(Employment.id == present[0]["id"])
        if any(wanted):
            await Employment.insert(
                Employment(
                    person=person, organisation=wanted[0], organisation_name=wanted[1], job_title=wanted[2], from_on=on
                )
            )
        return True


async def add_address(
    person: UUID, *, address: str, now: datetime, verified: bool = False, primary: bool = False
) -> UUID:
    """Add an address to a person, who keeps the others. With ``primary``, mail goes there from now on.

    Raises NotAnAddress, AddressTaken if it is somebody else's.
    """
    address = check_address(address)
    async with database.transaction():
        rows = await EmailAddress.select(EmailAddress.id, EmailAddress.person).where(
            EmailAddress.normalised == normalise(address)
        )
        if rows and rows[0]["person"] != person:
            raise AddressTaken
        if rows:
            found: UUID = rows[0]["id"]
            if verified:
                await _VERIFY.run(now=now, address=normalise(address))
        else:
            row = EmailAddress(**_address(person, address, primary=False, verified=verified, now=now))
            found = row.id
            try:
                async with database.transaction():
                    await EmailAddress.insert(row)
            except database.Duplicate:
                raise AddressTaken from None
        if primary:
            await make_primary(person, address=found)
    return found


async def make_primary(person: UUID, *, address: UUID) -> None:
    """Write to this one of the person's addresses from now on. Raises NotFound."""
    async with database.transaction():
        rows = await EmailAddress.select(EmailAddress.id).where(
            EmailAddress.id == address, EmailAddress.person == person
        )
        if not rows:
            raise NotFound
        await EmailAddress.update({EmailAddress.primary: False}).where(
            EmailAddress.person == person, EmailAddress.id != address
        )
        await EmailAddress.update(
            {EmailAddress.primary: True, EmailAddress.bounced_at: None, EmailAddress.bounce_reason: ""}
        ).where(EmailAddress.id == address)


async def remove_address(person: UUID, *, address: UUID) -> str:
    """Take an address away and return it. Raises OnlyAddress for the one that mail goes to, NotFound."""
    async with database.transaction():
        rows = await EmailAddress.select().where(EmailAddress.id == address, EmailAddress.person == person)
        if not rows:
            raise NotFound
        if rows[0]["primary"]:
            raise OnlyAddress("Mail goes to this address. Make another one the main address first.")
        await EmailAddress.delete().where(EmailAddress.id == address)
    return str(rows[0]["address"])


async def verify(address: UUID, *, now: datetime) -> None:
    """Note that somebody has read a mail sent to this address."""
    await EmailAddress.update({EmailAddress.verified_at: now}).where(
        EmailAddress.id == address, EmailAddress.verified_at.is_null()
    )


async def verify_primary(person: UUID, *, now: datetime) -> None:
    """Note that the person has used a link that was mailed to their primary address."""
    await EmailAddress.update({EmailAddress.verified_at: now}).where(
        EmailAddress.person == person, EmailAddress.primary.eq(True), EmailAddress.verified_at.is_null()
    )


async def note_bounce(address: str, *, reason: str, now: datetime) -> None:
    """Note that a mail server refused this address for good; a coordinator sees it."""
    await EmailAddress.update({EmailAddress.bounced_at: now, EmailAddress.bounce_reason: reason[:300]}).where(
        EmailAddress.normalised == normalise(address)
    )
