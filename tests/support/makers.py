"""Small records for tests, made by the same services as everybody's."""

from datetime import datetime
from itertools import count
from uuid import UUID

from academy import clock
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.people import organisations, service
from academy.people.organisations import NewOrganisation
from academy.people.tables import OrganisationKind

_numbers = count(1)


async def a_person(*, name: str = "Ana Example", address: str = "", now: datetime | None = None) -> UUID:
    """Somebody with a verified address, their own unless one is given."""
    return await service.find_or_create(
        name=name, address=address or f"person{next(_numbers)}@council.example", now=now or clock.now(), verified=True
    )


async def a_coordinator(*, name: str = "Cora Coordinator", address: str = "", now: datetime | None = None) -> UUID:
    """Somebody who runs the academy."""
    now = now or clock.now()
    person = await a_person(name=name, address=address, now=now)
    await accounts.grant(person, Role.COORDINATOR, ACADEMY, now)
    return person


async def an_organisation(
    *,
    name: str = "Exampleshire Council",
    kind: OrganisationKind = OrganisationKind.LOCAL_AUTHORITY,
    nation: str = "England",
    region: str = "South East",
    code: str | None = None,
    now: datetime | None = None,
) -> UUID:
    """An employer."""
    new = NewOrganisation(name=name, kind=kind, nation=nation, region=region, code=code)
    return await organisations.create_organisation(new, now=now or clock.now())
