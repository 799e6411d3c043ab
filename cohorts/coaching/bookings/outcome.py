"""How a session ends: cancelled, or marked afterwards; and what that does to the credit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit.service import Actor
from cohorts.coaching.bookings import letters, rules, steps
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import Consequence, Party
from cohorts.coaching.bookings.tables import RequestState, SessionStatus
from cohorts.coaching.credits import rules as credit_rules
from cohorts.coaching.credits.service import Ledger
from cohorts.coaching.credits.tables import CreditKind


async def cancel(session: UUID, *, reason: str = "", by: Party, actor: Actor, now: datetime) -> Consequence:
    """The session does not take place: both are told, and their calendars let go of it.

    A coachee's cancellation after the cut-off is late, and uses the credit where the rules say so; in every other
    case the credit comes back. Cancelling again changes nothing. Raises TooLate, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        before, ledger = await steps.locked(session)
        if before.status is rules.CANCELLED_BY[by]:
            return Consequence(late=before.late, uses_credit=ledger.stands(session) is CreditKind.USED)
        return await call_off(before, ledger, reason=reason, by=by, actor=actor, now=now)


async def call_off(
    before: SessionView, ledger: Ledger, *, reason: str, by: Party, actor: Actor, now: datetime
) -> Consequence:
    """The same for a session that is locked."""
    if refused := rules.why_not_cancel(before, by=by, now=now):
        raise refused
    means = rules.what_cancelling_means(before, ledger.rules, by=by, now=now)
    status = rules.CANCELLED_BY[by]
    await steps.close_request(before, RequestState.WITHDRAWN, actor=actor, now=now)
    after = await steps.write(
        before,
        verb="cancel",
        status=status,
        columns={"late": means.late, "reason": reason[:300], "ended_at": now},
        reason=reason,
        actor=actor,
        now=now,
    )
    wanted = rules.credit_after(status, ledger.rules, uses_credit=means.uses_credit)
    await ledger.settle(before.id, wanted, actor=actor, now=now)
    if before.status is SessionStatus.REQUESTED:
        await letters.ask_no_more(before, now=now)
        if by is not Party.COACHEE:
            await letters.say_no(after, key=before.id, reason=reason, now=now)
    else:
        await letters.take_out_of_calendars(after, reason=reason, now=now)
    return means


async def mark(
    session: UUID, status: SessionStatus, *, minutes: int | None = None, actor: Actor, now: datetime
) -> None:
    """Say how a session went, once it has begun; or that something else is true; or, with ``booked``, take that back.

    The credit follows. A credit that a coordinator has given back stays so, unless the mark is taken back.
    Raises TooEarly, ForbiddenMove, NotFound, and NoCredit where a credit that came back has been spent on another
    session meanwhile.
    """
    async with database.transaction():
        before, ledger = await steps.locked(session)
        if refused := rules.why_not_mark(before, status, now=now):
            raise refused
        spent = rules.minutes_spent(before, status, minutes)
        if (before.status, before.minutes) == (status, spent):
            return
        taken_back = status is SessionStatus.BOOKED
        if taken_back or not before.waived_reason:
            await ledger.settle(session, rules.credit_after(status, ledger.rules), actor=actor, now=now)
        await steps.close_request(before, RequestState.WITHDRAWN, actor=actor, now=now)
        await steps.write(
            before,
            verb="take_back" if taken_back else "mark",
            status=status,
            columns={
                "minutes": spent,
                "outcome_by": None if taken_back else actor.person,
                "outcome_at": None if taken_back else now,
                "ended_at": None if taken_back else now,
                "waived_reason": "" if taken_back else before.waived_reason,
            },
            actor=actor,
            now=now,
        )


async def waive(session: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give back the credit that a session has used. Again, it changes nothing.

    Raises ReasonNeeded, NothingToGiveBack and NotFound.
    """
    if not reason.strip():
        raise credit_rules.ReasonNeeded("Say why the credit is given back.")
    async with database.transaction():
        before, ledger = await steps.locked(session)
        if before.waived_reason:
            return
        if ledger.stands(session) is not CreditKind.USED:
            raise credit_rules.NothingToGiveBack("This session has not used a credit, so there is none to give back.")
        await ledger.settle(session, CreditKind.RETURNED, note=reason, actor=actor, now=now)
        await steps.write(
            before, verb="waive", columns={"waived_reason": reason[:300]}, reason=reason, actor=actor, now=now
        )


async def set_place(session: UUID, *, place: str, link: str, actor: Actor, now: datetime) -> None:
    """Meet somewhere else, or by another link; both calendars are changed. Raises ForbiddenMove and NotFound."""
    async with database.transaction():
        before, _ = await steps.locked(session)
        if before.status not in rules.LIVE:
            raise rules.ForbiddenMove("This session does not take place, so its place can't be changed.")
        if (before.place, before.link) == (place, link):
            return
        after = await steps.write(before, verb="place", columns={"place": place, "link": link}, actor=actor, now=now)
        await letters.change_in_calendars(after, now=now)
