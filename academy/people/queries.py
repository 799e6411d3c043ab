"""Reads about people and organisations, for this room and others."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from piccolo.columns.combination import Where
from piccolo.query import Select

from academy import database
from academy.errors import NotFound
from academy.people.service import CHUNK
from academy.people.tables import EmailAddress, Employment


class Contact(msgspec.Struct, frozen=True):
    """How a person is written to."""

    person: UUID
    name: str
    address: str
    time_zone: str


_CONTACT = database.compiled_sql("""
    SELECT p.id AS person, p.name, a.address, p.time_zone
    FROM person p JOIN email_address a ON a.person = p.id AND a."primary"
    WHERE p.id = :person
""")


async def contact(person: UUID) -> Contact:
    """How this person is written to. Raises NotFound."""
    row = await _CONTACT.first(person=person)
    if row is None:
        raise NotFound
    return Contact(**row)


async def contacts(people: list[UUID]) -> dict[UUID, Contact]:
    """The same for many; who does not exist is left out."""
    found: dict[UUID, Contact] = {}
    unique = list(dict.fromkeys(people))
    if len(unique) == 1:  # most mails go to one person
        row = await _CONTACT.first(person=unique[0])
        return {unique[0]: Contact(**row)} if row else {}
    for start in range(0, len(unique), CHUNK):
        rows = await EmailAddress.select(
            EmailAddress.person, EmailAddress.person.name, EmailAddress.address, EmailAddress.person.time_zone
        ).where(EmailAddress.person.is_in(unique[start : start + CHUNK]), EmailAddress.primary.eq(True))
        for row in rows:
            found[row["person"]] = Contact(row["person"], row["person.name"], row["address"], row["person.time_zone"])
    return found


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One address of a person."""

    id: UUID
    address: str
    primary: bool
    verified_at: datetime | None
    bounced_at: datetime | None
    bounce_reason: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody works or worked. The kind, region and nation are those of the organisation, if it is ours."""

    organisation: UUID | None
    name: str
    job_title: str
    from_on: date
    to_on: date | None
    kind: str = ""
    region: str = ""
    nation: str = ""


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What we know of one person."""

    id: UUID
    name: str
    time_zone: str
    nation: str
    created_at: datetime
    addresses: list[Address]
    jobs: list[Job]

    @property
    def address(self) -> str:
        """The one that mail goes to."""
        return next((each.address for each in self.addresses if each.primary), "")

    @property
    def job(self) -> Job | None:
        """Where they work now."""
        return next((each for each in self.jobs if each.to_on is None), None)


_PERSON = database.compiled_sql("SELECT id, name, time_zone, nation, created_at FROM person WHERE id = :person")
_ADDRESSES = database.compiled_sql("""
    SELECT id, address, "primary", verified_at, bounced_at, bounce_reason
    FROM email_address WHERE person = :person ORDER BY "primary" DESC, created_at
""")
_JOBS = database.compiled_sql("""
    SELECT e.organisation, e.organisation_name, o.name AS organisation_now, e.job_title, e.from_on, e.to_on,
           o.kind, o.region, o.nation
    FROM employment e LEFT JOIN organisation o ON o.id = e.organisation
    WHERE e.person = :person ORDER BY e.to_on IS NOT NULL, e.from_on DESC
""")


async def details(person: UUID) -> Details:
    """Everything this room knows of a person, in three queries. Raises NotFound."""
    row = await _PERSON.first(person=person)
    if row is None:
        raise NotFound
    return Details(
        **row,
        addresses=[Address(**each) for each in await _ADDRESSES.run(person=person)],
        jobs=[
            Job(
                organisation=each["organisation"],
                name=each["organisation_now"] or each["organisation_name"],
                job_title=each["job_title"],
                from_on=each["from_on"],
                to_on=each["to_on"],
                kind=each["kind"] or "",
                region=each["region"] or "",
                nation=each["nation"] or "",
            )
            for each in await _JOBS.run(person=person)
        ],
    )


def address_of(details: Details, address: UUID) -> Address:
    """One of a person's addresses. Raises NotFound."""
    for each in details.addresses:
        if each.id == address:
            return each
    raise NotFound


def _jobs_where(people: Where) -> Select[Employment]:
    return Employment.select(
        Employment.person,
        Employment.organisation,
        Employment.organisation_name,
        Employment.organisation.name,
        Employment.organisation.kind,
        Employment.organisation.region,
        Employment.organisation.nation,
        Employment.job_title,
        Employment.from_on,
    ).where(people, Employment.to_on.is_null())


_JOB = database.compiled(_jobs_where(Employment.person == database.value("person")))


async def jobs(people: list[UUID]) -> dict[UUID, Job]:
    """Where each of these people works now; who works nowhere we know of is left out."""
    unique = list(dict.fromkeys(people))
    if len(unique) == 1:
        rows = await _JOB.run(person=unique[0])
    else:
        rows = []
        for start in range(0, len(unique), CHUNK):
            rows += await _jobs_where(Employment.person.is_in(unique[start : start + CHUNK]))
    return {
        row["person"]: Job(
            organisation=row["organisation"],
            name=row["organisation.name"] or row["organisation_name"],
            job_title=row["job_title"],
            from_on=row["from_on"],
            to_on=None,
            kind=row["organisation.kind"] or "",
            region=row["organisation.region"] or "",
            nation=row["organisation.nation"] or "",
        )
        for row in rows
    }


_CHOICES = database.compiled_sql("SELECT id, name FROM organisation ORDER BY lower(name)")


async def organisation_choices() -> list[tuple[str, str]]:
    """Every organisation as (id, name), for a list to choose from."""
    return [(str(row["id"]), row["name"]) for row in await _CHOICES.run()]
