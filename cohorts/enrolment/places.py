"""How places become free, and who gets them.

Whatever frees a place ends in ``fill_free_places``, in the same transaction: withdrawing, not confirming, more places.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from cohorts.enrolment import rules, standing, steps
from cohorts.enrolment.joining import Registered
from cohorts.enrolment.rules import TAKES_A_PLACE
from cohorts.enrolment.steps import Step
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule import service as schedule

_LAPSED_IN = database.compiled_sql("""
    SELECT id, person, status FROM enrolment WHERE cohort = :cohort AND held_until <= :now
                                               AND status IN ('offered', 'waitlisted')
""")
_COHORTS_WITH_LAPSED = database.compiled_sql("""
    SELECT DISTINCT cohort FROM enrolment WHERE held_until <= :now AND status IN ('offered', 'waitlisted')
""")
_COHORTS_TO_FILL = database.compiled_sql("""
    SELECT c.id AS cohort FROM cohort c
    WHERE c.status IN ('planned', 'open') AND (c.last_ends_at IS NULL OR c.last_ends_at > :now)
      AND EXISTS (SELECT 1 FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted')
      AND c.capacity > (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered'))
""")
_LIVE = database.compiled_sql("""
    SELECT id, person, status FROM enrolment
    WHERE cohort = :cohort AND status IN ('enrolled', 'offered', 'waitlisted') ORDER BY created_at, id
""")
_HEAD = database.compiled_sql("""
    SELECT min(list_number) AS list_number FROM enrolment WHERE cohort = :cohort AND status = 'waitlisted'
""")


async def fill_free_places(cohort: UUID, *, now: datetime) -> list[UUID]:
    """Give every free place to the next on the waiting list, and tell them. Every way a place is freed comes here.

    Who has confirmed is enrolled and invited; who has not is offered the place until a deadline. Nobody is moved up
    once the last session has started. Returns the enrolments that moved, in the order of the list.
    """
    async with database.transaction():
        await database.lock(f"cohort:{cohort}")
        return await _fill(cohort=cohort, now=now)


async def _fill(*, cohort: UUID, now: datetime) -> list[UUID]:
    moved = await steps.fill(await standing.read(cohort, now=now), now=now)
    return [step.enrolment for step in moved]


async def move_up(enrolment: UUID, *, reason: str = "", actor: Actor, now: datetime) -> Registered:
    """Put somebody at the head of the waiting list, and into a free place if there is one.

    Raises ReasonNeeded when that passes others without saying why, and NoFreePlace when they are next already.
    """
    async with database.transaction():
        here, mine = await standing.lock_both(enrolment, now=now)
        if mine.status is not S.WAITLISTED:
            return Registered(enrolment=mine.id, status=mine.status, new=False)
        if mine.position > 1:
            if not reason:
                raise rules.ReasonNeeded("Say why this person goes before the others on the list.")
            (head,) = await _HEAD.run(cohort=mine.cohort)
            step = Step(
                enrolment=mine.id,
                person=mine.person,
                before=S.WAITLISTED,
                after=S.WAITLISTED,
                reason=reason,
                values={"list_number": head["list_number"] - 1, "held_until": mine.held_until, "reason": ""},
            )
            await steps.write(here, [step], verb="enrolment.move_up", actor=actor, now=now)
        moved = await _fill(cohort=mine.cohort, now=now)
        if mine.position == 1 and mine.id not in moved:
            raise rules.NoFreePlace("This person is next already. They get the next place that becomes free.")
        after = await standing.enrolment(enrolment)
        return Registered(
            enrolment=after.id, status=after.status, position=after.position if after.status is S.WAITLISTED else None
        )


async def withdraw(enrolment: UUID, *, reason: str = "", actor: Actor, now: datetime) -> S:
    """End somebody's place or waiting; the next on the list gets the place. Who is out already stays out.

    People themselves may do so until the first session starts, coordinators at any time. Raises TooLateToWithdraw.
    """
    async with database.transaction():
        here, mine = await standing.lock_both(enrolment, now=now)
        if not mine.live:
            return mine.status
        by_themself = actor.person == mine.person
        if by_themself and (
            refused := rules.why_not_withdraw(mine.status, first_starts_at=here.facts.first_starts_at, now=now)
        ):
            raise refused
        step = Step(
            enrolment=mine.id,
            person=mine.person,
            before=mine.status,
            after=rules.left_by_themself(mine.status) if by_themself else S.WITHDRAWN,
            letter="" if by_themself else "withdrawn-by-coordinator",
            reason=reason,
        )
        await steps.write(here, [step], verb="enrolment.withdraw", actor=actor, now=now)
        if mine.status in TAKES_A_PLACE:
            await _fill(cohort=mine.cohort, now=now)
        return step.after


async def cancel_cohort(cohort: UUID, *, reason: str, actor: Actor, now: datetime) -> int:
    """Cancel the cohort with its sessions and everybody's place or waiting; all are told. Returns how many."""
    async with database.transaction():
        here = await standing.lock(cohort, now=now)
        await schedule.cancel_cohort(cohort, reason=reason, actor=actor, now=now)
        leaving = [
            Step(
                enrolment=row["id"],
                person=row["person"],
                before=S(row["status"]),
                after=S.CANCELLED,
                letter="cohort-cancelled",
                reason=reason,
            )
            for row in await _LIVE.run(cohort=cohort)
        ]
        await steps.write(here, leaving, verb=steps.CANCEL, actor=actor, now=now)
        return len(leaving)


async def release_unconfirmed(now: datetime) -> int:
    """End registrations that were not confirmed in time, and fill what becomes free. Running it twice does no harm.

    It also fills places that were freed elsewhere, such as by raising the capacity. Returns how many ended.
    """
    ended = 0
    for row in await _COHORTS_WITH_LAPSED.run(now=now):
        async with database.transaction():
            here = await standing.lock(row["cohort"], now=now)
            lapsed = [
                Step(
                    enrolment=each["id"],
                    person=each["person"],
                    before=S(each["status"]),
                    after=S.EXPIRED,
                    letter="registration-expired",
                )
                for each in await _LAPSED_IN.run(cohort=here.id, now=now)
            ]
            await steps.write(here, lapsed, verb="enrolment.expire", actor=audit.ACADEMY, now=now)
            await _fill(cohort=here.id, now=now)
            ended += len(lapsed)
    for row in await _COHORTS_TO_FILL.run(now=now):
        await fill_free_places(row["cohort"], now=now)
    return ended
