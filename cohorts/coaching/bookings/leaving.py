"""What becomes of somebody's coaching when their place ends, or goes on in another cohort."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit.service import Actor
from academy.errors import DomainError
from cohorts.coaching.bookings import queries, steps
from cohorts.coaching.bookings.outcome import call_off
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import service as credits

ENDED = "The place in the programme has ended."


class OtherPerson(DomainError):
    """The two places are of different people or programmes."""


async def end(enrolment: UUID, *, actor: Actor, now: datetime) -> int:
    """A place has ended: sessions to come are cancelled by the academy, and what is left expires.

    Returns how many sessions. Nothing happens to who is enrolled; running it twice does no harm. Raises NotFound.
    """
    async with database.transaction():
        ledger = await credits.locked(enrolment)
        if ledger.place.enrolled:
            return 0
        to_come = [each for each in await queries.of_enrolment(enrolment) if each.live and each.starts_at > now]
        for each in to_come:
            await call_off(each, ledger, reason=ENDED, by=Party.ACADEMY, actor=actor, now=now)
        await ledger.expire(note=ENDED, actor=actor, now=now)
        return len(to_come)


async def transfer(from_: UUID, to: UUID, *, actor: Actor, now: datetime) -> int:
    """Somebody goes on in another cohort of the programme: sessions to come, credits and the chosen coach come along.

    What has taken place stays where it was. Sessions keep their address and their calendar entry, and nobody is told
    of anything. Returns how many sessions came along. Raises NotFound, OtherPerson and NoCoaching.
    """
    async with database.transaction():
        for key in sorted({f"enrolment-credits:{from_}", f"enrolment-credits:{to}"}):
            await database.lock(key)
        old, new = await credits.locked(from_), await credits.locked(to)
        _ = new.rules
        if (old.place.person, old.place.programme) != (new.place.person, new.place.programme) or from_ == to:
            raise OtherPerson("Coaching can only be taken along by one person within one programme.")
        to_come = [each for each in await queries.of_enrolment(from_) if each.live and each.starts_at > now]
        await credits.transfer(from_, to, sessions=[each.id for each in to_come], actor=actor, now=now)
        for each in to_come:
            await steps.write(each, verb="transfer", columns={"enrolment": to}, actor=actor, now=now)
        return len(to_come)


async def lapse(session: UUID, *, actor: Actor, now: datetime) -> bool:
    """A booking that the coach did not answer before its time is over. Whether there was one. Raises NotFound."""
    async with database.transaction():
        before, ledger = await steps.locked(session)
        if before.status is not SessionStatus.REQUESTED or before.starts_at > now:
            return False
        reason = "The coach did not answer in time."
        await call_off(before, ledger, reason=reason, by=Party.ACADEMY, actor=actor, now=now)
        return True
