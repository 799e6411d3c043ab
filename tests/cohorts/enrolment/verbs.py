"""The verbs of enrolment in a few words, and what came of them."""

from datetime import datetime, timedelta
from uuid import UUID

from academy.audit.service import Actor
from academy.outbox.tables import Message
from cohorts.enrolment import queries, service, standing
from cohorts.enrolment.tables import EnrolmentStatus as S
from tests.support import makers

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def register(cohort: UUID, who: str, now: datetime) -> service.Registered:
    return await service.register(cohort, name=who, address=f"{who.lower()}@council.example", now=now)


async def enrol(cohort: UUID, now: datetime, who: str = "") -> service.Registered:
    person = await makers.a_person(name=who or "Ana Example", now=now)
    return await makers.an_enrolment(cohort=cohort, person=person, now=now)


async def how(cohort: UUID) -> dict[str, S]:
    return {one.name: one.status for one in await queries.roster(cohort, everybody=True)}


async def kinds(now: datetime | None = None) -> list[str]:
    query = Message.select(Message.kind)
    return sorted(row["kind"] for row in (await query if now is None else await query.where(Message.queued_at == now)))


async def themself(made: service.Registered) -> Actor:
    mine = await standing.enrolment(made.enrolment)
    return Actor(mine.person, "Themself")
