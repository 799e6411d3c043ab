"""How pairings end: before their time, by either alone, or complete, with what both say of it.

The reason of an early end is for coordinators; the other of the two is told that it has ended, and not why.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.alumni.contributions import ContributionKind, record_contribution
from academy.audit import service as audit
from academy.audit.service import ACADEMY, Actor
from academy.errors import NotFound
from academy.invites.times import UK, utc_to_local
from mentoring.pairings import letters, meetings, rules, steps
from mentoring.pairings.forms import Evaluation
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import PairingEvaluation, PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as pool
from mentoring.profiles.tables import PoolStatus, RoundStatus

_TO_COMPLETE = database.compiled_sql("""
    SELECT id FROM pairing WHERE status IN ('active', 'paused') AND ends_on < :today ORDER BY ends_on, id
""")
_EVALUATIONS = database.compiled_sql("""
    SELECT person, overall, goals_reached, helped, better, again, answered_at FROM pairing_evaluation
    WHERE pairing = :pairing ORDER BY answered_at, id
""")


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the two said at the end; read by its author and by coordinators."""

    person: UUID
    overall: int
    goals_reached: int | None
    helped: str
    better: str
    again: bool
    answered_at: datetime


async def evaluations(pairing: UUID) -> list[Evaluated]:
    """What the two said at the end. For coordinators; pages of the two show each their own."""
    return [Evaluated(**row) for row in await _EVALUATIONS.run(pairing=pairing)]


async def end(pairing: UUID, *, reason: str = "", actor: Actor, now: datetime) -> StaffView:
    """End a pairing before its time. Planned meetings leave the calendars, and the mentor's place is free again. Who
    was let down comes first in the next run (see ``rules.let_down``). A second call does nothing.

    Raises ForbiddenMove and NotFound.
    """
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        if before.status is PairingStatus.ENDED_EARLY:
            return before
        after = await steps.write(
            before,
            verb="end",
            status=PairingStatus.ENDED_EARLY,
            columns={
                "ended_at": now,
                "ended_by": actor.person,
                "end_reason": reason[:300],
                "let_down": rules.let_down(
                    mentee=before.mentee, by=actor.person, silent=rules.is_quiet(before, now=now)
                ),
                "listed_at": None,
            },
            actor=actor,
            now=now,
        )
        await meetings.call_off_coming(after, now=now)
        looks_on = await _back_to_the_pool(after, now=now)
        told = [each for each in (after.mentor, after.mentee) if each != actor.person]
        await letters.tell_ended(after, told, looks_on=looks_on, now=now)
        return after


async def complete(pairing: UUID, *, actor: Actor, now: datetime) -> StaffView:
    """It is complete: both are asked how it was, and it stands in both learning records. A second call does nothing.

    Raises ForbiddenMove and NotFound.
    """
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        if before.status is PairingStatus.COMPLETED:
            return before
        after = await steps.write(
            before,
            verb="complete",
            status=PairingStatus.COMPLETED,
            columns={"ended_at": now, "ended_by": actor.person, "listed_at": None},
            actor=actor,
            now=now,
        )
        await meetings.call_off_coming(after, now=now)
        today = utc_to_local(now, UK).date()
        for person, kind, what in (
            (after.mentor, ContributionKind.MENTOR, f"Mentor in {after.round_name}"),
            (after.mentee, ContributionKind.MENTEE, f"Mentored in {after.round_name}"),
        ):
            on = min(after.ends_on or today, today)
            await record_contribution(person, kind, what=what, minutes=after.minutes, on=on, about=after.about, now=now)
        await letters.ask_evaluations(after, now=now)
        return after


async def complete_due(now: datetime) -> int:
    """Pairings whose last day is over are complete. Returns how many."""
    done = 0
    for row in await _TO_COMPLETE.run(today=utc_to_local(now, UK).date()):
        async with database.transaction():
            before = await steps.locked(row["id"], now=now)
            if before.status in (PairingStatus.ACTIVE, PairingStatus.PAUSED):
                await complete(row["id"], actor=ACADEMY, now=now)
                done += 1
    return done


async def evaluate(pairing: UUID, said: Evaluation, *, person: UUID, actor: Actor, now: datetime) -> bool:
    """One of the two says how it was, once; False if they had before. Raises NotNow and NotFound."""
    async with database.transaction():
        here = await steps.locked(pairing, now=now)
        if here.side_of(person) is None or here.status not in rules.MET:
            raise NotFound
        if here.status is not PairingStatus.COMPLETED:
            raise rules.NotNow("You can say how it was once the pairing is complete.")
        row = PairingEvaluation(pairing=pairing, person=person, answered_at=now, **msgspec.structs.asdict(said))
        new = await database.insert([row], unless=(PairingEvaluation.pairing, PairingEvaluation.person)) == 1
        if new:
            await audit.record("pairing.evaluate", here.about, actor=actor, now=now, person=person)
        return new


async def _back_to_the_pool(ended: StaffView, *, now: datetime) -> bool:
    """Whether we look for another mentor for this mentee; who was let down comes first."""
    mentee = await profiles.mentee(ended.mentee_profile)
    round = await profiles.round_by_id(ended.round)
    if mentee.status is PoolStatus.WITHDRAWN or round.status is RoundStatus.CLOSED:
        return False
    if ended.let_down == "mentee":
        await pool.set_pool_status(mentee.id, PoolStatus.WAITING_REMATCH, now)
    return True


async def evaluation_of(pairing: UUID, person: UUID) -> Evaluated | None:
    """What this person said at the end."""
    return next((each for each in await evaluations(pairing) if each.person == person), None)
