"""Small records for tests, made by the same services as everybody's."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from academy import clock
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.people import organisations, service
from academy.people.organisations import NewOrganisation
from academy.people.tables import OrganisationKind
from academy.programmes import service as programmes
from academy.programmes.rules import ProgrammeDetails
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Source
from cohorts.schedule import service as schedule
from cohorts.schedule.rules import CohortDetails, SessionDetails

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


async def a_programme(*, name: str = "Top Talent", now: datetime | None = None) -> UUID:
    """A published leadership programme."""
    now = now or clock.now()
    details = ProgrammeDetails(name=name, summary="For people who will lead.", description="Two days of practice.")
    made = await programmes.create_programme(details, actor=ACADEMY, now=now)
    await programmes.publish(made, actor=ACADEMY, now=now)
    return made


async def a_cohort(
    *,
    programme: UUID | None = None,
    sessions: int = 2,
    starts_at: datetime | None = None,
    published: bool = True,
    now: datetime | None = None,
    **details: Any,
) -> UUID:
    """A cohort whose sessions of three hours are a day apart, the first in 23 days at the time that it is now."""
    now = now or clock.now()
    number = next(_numbers)
    first = starts_at or now + timedelta(days=23)
    told: dict[str, Any] = {"name": "Top Talent, Essex", "code": f"tt-{number}", "venue": "County Hall", **details}
    planned = [
        SessionDetails(
            title=f"Day {each + 1}",
            starts_at=first + timedelta(days=each),
            ends_at=first + timedelta(days=each, hours=3),
        )
        for each in range(sessions)
    ]
    made = await schedule.create_cohort(
        programme or await a_programme(name=f"Top Talent {number}", now=now),
        CohortDetails(**told),
        sessions=planned,
        actor=ACADEMY,
        now=now,
    )
    if published:
        await schedule.publish(made, actor=ACADEMY, now=now)
    return made


async def an_enrolment(
    *, cohort: UUID | None = None, person: UUID | None = None, now: datetime | None = None
) -> enrolments.Registered:
    """Somebody whom a coordinator has added: enrolled, or on the waiting list if the cohort is full."""
    now = now or clock.now()
    return await enrolments.enrol_person(
        cohort or await a_cohort(now=now),
        person or await a_person(now=now),
        source=Source.COORDINATOR,
        actor=ACADEMY,
        now=now,
    )
