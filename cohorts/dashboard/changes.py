"""Changes of a cohort that also reach its enrolments: one transaction over both rooms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit.service import Actor
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.rules import TAKES_A_PLACE
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import queries
from cohorts.schedule import service as schedule
from cohorts.schedule.rules import CohortDetails, SessionDetails
from cohorts.schedule.sessions import Leaders
from cohorts.schedule.tables import CohortStatus


async def change_cohort(
    cohort: UUID, details: CohortDetails, *, version: int, reason: str = "", actor: Actor, now: datetime
) -> int:
    """Save the settings; places added go to the waiting list at once. Returns how many people moved up.

    Raises what ``schedule.change_cohort`` raises, TooFewPlaces among them.
    """
    async with database.transaction():
        await database.lock(f"cohort:{cohort}")
        rose = await schedule.change_cohort(
            cohort,
            details,
            version=version,
            places_taken=await places_taken(cohort),
            reason=reason,
            actor=actor,
            now=now,
        )
        return len(await enrolment.fill_free_places(cohort, now=now)) if rose else 0


async def add_session(
    cohort: UUID, details: SessionDetails, *, leaders: Leaders | None = None, actor: Actor, now: datetime
) -> UUID:
    """Plan a session and invite everybody who has a place. Raises what ``schedule.add_session`` raises."""
    async with database.transaction():
        made = await schedule.add_session(cohort, details, leaders=leaders, actor=actor, now=now)
        row = await queries.by_id(cohort)
        if row is not None and row["status"] == CohortStatus.OPEN:
            await enrolment.invite_to_remaining(cohort, now=now)
        return made


async def places_taken(cohort: UUID) -> int:
    """Places that are held or confirmed."""
    return await Enrolment.count().where(
        Enrolment.cohort == cohort, Enrolment.status.is_in([each.value for each in TAKES_A_PLACE])
    )


_EVERYBODY = database.compiled_sql("""
SELECT n.name FROM enrolment e JOIN person n ON n.id = e.person
WHERE e.cohort = :cohort AND e.status IN ('enrolled', 'offered', 'waitlisted') ORDER BY lower(n.name), n.id
""")


async def everybody(cohort: UUID) -> list[str]:
    """The names of everyone with a place or on the waiting list."""
    return [row["name"] for row in await _EVERYBODY.run(cohort=cohort)]
