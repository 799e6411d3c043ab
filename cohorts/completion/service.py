"""Close a cohort: who completed, their certificates, and what the others miss."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.alumni import service as alumni
from academy.alumni.rules import Award
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import NotFound
from academy.invites.times import utc_to_local
from cohorts.completion import queries, rules
from cohorts.completion.queries import Standing, Verdict
from cohorts.completion.tables import Outcome, OutcomeKind
from cohorts.schedule.rules import move
from cohorts.schedule.tables import Cohort, CohortStatus


class Closed(msgspec.Struct, frozen=True):
    """What closing did: people who completed and who did not, and certificates issued this time."""

    completed: int
    not_completed: int
    issued: int


async def preview(cohort: UUID) -> list[Verdict]:
    """What closing the cohort now would decide about each person enrolled, by name. Raises NotFound."""
    standing = await queries.standing(cohort)
    if standing is None:
        raise NotFound
    return standing.verdicts


async def close_cohort(cohort: UUID, *, organisation: str, actor: Actor, now: datetime) -> Closed:
    """Close the cohort: outcomes are stored, and who completed gets a certificate (awarded by ``organisation``), a
    mail, and a place among the alumni.

    Closing again only adds: who completes by now, after a correction, gets theirs; nobody gets a second one, and
    nothing that was awarded changes. Raises NotFound, CannotClose.
    """
    async with database.transaction():
        await database.lock(f"cohort:{cohort}")
        standing = await queries.standing(cohort)
        if standing is None:
            raise NotFound
        refused = rules.why_not_close(standing.cohort.status, standing.sessions, now)
        if refused:
            raise refused
        await _store_outcomes(standing, now)
        issued = await alumni.record_completions(
            _awards(standing, now), organisation=organisation, actor=actor, now=now
        )
        await _mark_closed(standing, issued=len(issued), actor=actor, now=now)
        completed = len(standing.completed)
        return Closed(completed, len(standing.verdicts) - completed, len(issued))


async def _store_outcomes(standing: Standing, now: datetime) -> None:
    """Outcomes that are new, and those of the others where something changed.

    A completion is never taken back here: once it has a certificate, a coordinator decides about that.
    """
    rows = [
        Outcome(
            enrolment=verdict.enrolment,
            outcome=OutcomeKind.COMPLETED if verdict.completed else OutcomeKind.NOT_COMPLETED,
            missing=queries.BETWEEN.join(verdict.missing),
            minutes=verdict.minutes,
            decided_at=now,
        )
        for verdict in standing.verdicts
        if verdict.recorded is None
        or (verdict.recorded is OutcomeKind.NOT_COMPLETED and verdict.missing != verdict.recorded_missing)
    ]
    changing = [Outcome.outcome, Outcome.missing, Outcome.minutes, Outcome.decided_at]
    await database.insert(rows, unless=Outcome.enrolment, update=changing)


def _awards(standing: Standing, now: datetime) -> list[Award]:
    cohort = standing.cohort
    last = max(session.times.ends_at for session in standing.sessions if not session.cancelled)
    return [
        Award(
            person=verdict.person,
            programme_id=cohort.programme,
            programme_name=cohort.programme_name,
            cohort_id=cohort.id,
            cohort_name=cohort.name,
            cohort_code=cohort.code,
            contact_minutes=verdict.minutes,
            cpd_minutes=rules.cpd_minutes(verdict.minutes, standing.held_minutes, cohort.cpd_minutes),
            completed_on=utc_to_local(last, cohort.zone).date(),
            awarded_on=utc_to_local(now, cohort.zone).date(),
            sponsor_line=cohort.sponsor_line,
        )
        for verdict in standing.completed
    ]


async def _mark_closed(standing: Standing, *, issued: int, actor: Actor, now: datetime) -> None:
    cohort = standing.cohort
    again = cohort.status is CohortStatus.CLOSED
    if again and not issued:
        return
    if not again:
        await Cohort.update(
            {
                Cohort.status: move(cohort.status, CohortStatus.CLOSED),
                Cohort.closed_at: now,
                Cohort.version: Cohort.version + 1,
            }
        ).where(Cohort.id == cohort.id)
    await audit.record(
        "cohort.close_again" if again else "cohort.close",
        About("cohort", cohort.id, cohort.name),
        actor=actor,
        now=now,
        before={"status": cohort.status},
        after={"status": CohortStatus.CLOSED, "completed": len(standing.completed), "certificates": issued},
    )
