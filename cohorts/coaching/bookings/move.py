"""Move a session to another time or another coach. Its row, its address and its calendar entry stay the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.audit.service import Actor
from academy.errors import DomainError
from cohorts.coaching.bookings import letters, queries, rules, steps
from cohorts.coaching.bookings.book import put_into_calendars
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import NotYourCoach, Party
from cohorts.coaching.bookings.tables import MoveRequest, RequestState, SessionStatus
from cohorts.coaching.times import queries as times


class Moved(msgspec.Struct, frozen=True):
    """What became of a wish to move: it is done, or the coach is asked and the old time stands."""

    session: UUID
    requested: bool = False


async def move(
    session: UUID,
    *,
    starts_at: datetime,
    note: str = "",
    despite_clash: bool = False,
    by: Party,
    actor: Actor,
    now: datetime,
) -> Moved:
    """Move a session to another start, as long as it was. A coachee's move after the cut-off is a request.

    Coach and academy are not bound by cut-offs; a booking that waits for the coach's yes has it when one of them moves
    it. The same move again does nothing. Raises SlotTaken with the nearest three, Clash, TooManyMoves, TooLate,
    NotYourCoach, ForbiddenMove and NotFound.
    """
    seen = await queries.any_session(session)
    async with (
        steps.or_nearest(seen.coach, seen.coachee, starts_at=starts_at, minutes=seen.length, but=session, now=now),
        database.transaction(),
    ):
        before, ledger = await steps.locked(session)
        if before.live and before.starts_at == starts_at:
            return Moved(session)
        asked = before.open_request
        if by is Party.COACHEE and before.live and asked is not None and asked.starts_at == starts_at:
            return Moved(session, requested=True)
        means = rules.what_moving_means(
            before, ledger.rules, by=by, confirms=before.confirms, gone=before.coach_gone, now=now
        )
        if isinstance(means, DomainError):
            raise means
        await _take_time(before, starts_at, despite_clash=despite_clash, by=by, now=now)
        if means is rules.REQUEST:
            await _ask(before, starts_at, note=note, actor=actor, now=now)
            return Moved(session, requested=True)
        await steps.close_request(before, RequestState.WITHDRAWN, actor=actor, now=now)
        await _carry_out(before, starts_at, by=by, reason=note, verb="move", actor=actor, now=now)
        return Moved(session)


async def answer_move(
    request: UUID, *, yes: bool, note: str = "", despite_clash: bool = False, actor: Actor, now: datetime
) -> None:
    """The coach's yes or no to another time. With a yes the session moves; with a no the old time stands.

    The same answer again does nothing. Raises SlotTaken with the nearest three where the time has gone meanwhile,
    Clash where something else stands in the coach's calendar, RequestGone, TooLate and NotFound.
    """
    wish = await queries.request(request)
    seen = await queries.any_session(wish.session)
    async with (
        steps.or_nearest(seen.coach, seen.coachee, starts_at=wish.starts_at, minutes=seen.length, but=seen.id, now=now),
        database.transaction(),
    ):
        before, _ = await steps.locked(wish.session)
        wish = await queries.request(request)
        if wish.state is (RequestState.ACCEPTED if yes else RequestState.DECLINED):
            return
        asked = before.open_request
        if asked is None or asked.id != request or before.status is not SessionStatus.BOOKED:
            raise rules.RequestGone("This request was answered or withdrawn before. The session stands as it is shown.")
        if not yes:
            await steps.close_request(before, RequestState.DECLINED, actor=actor, now=now)
            await steps.write(before, verb="decline_move", reason=note, actor=actor, now=now)
            await letters.say_no(before, key=request, request=asked, reason=note, now=now)
            return
        if now >= wish.starts_at:
            raise rules.TooLate("The time that was asked for has passed. Agree on another one.")
        await _take_time(before, wish.starts_at, despite_clash=despite_clash, wished=True, by=Party.COACH, now=now)
        await steps.close_request(before, RequestState.ACCEPTED, actor=actor, now=now)
        await _carry_out(
            before, wish.starts_at, by=Party.COACHEE, reason=note, verb="accept_move", actor=actor, now=now
        )


async def withdraw_move(request: UUID, *, actor: Actor, now: datetime) -> None:
    """The coachee no longer wants to move. Again, it changes nothing. Raises NotFound."""
    wish = await queries.request(request)
    async with database.transaction():
        before, _ = await steps.locked(wish.session)
        if before.open_request is not None and before.open_request.id == request:
            await steps.close_request(before, RequestState.WITHDRAWN, actor=actor, now=now)
            await steps.write(before, verb="withdraw_move", actor=actor, now=now)


async def reassign(
    session: UUID,
    coach: UUID,
    *,
    starts_at: datetime,
    reason: str = "",
    despite_clash: bool = False,
    agreed: bool = False,
    actor: Actor,
    now: datetime,
) -> bool:
    """Give a session to another coach of the programme, at the same or another time; for coordinators.

    The former coach's calendar lets go of it, the new coach is invited to the same event, the coachee's entry is
    changed in place. A new coach who says yes to each booking is asked first, unless they have ``agreed``: the session
    holds its time and waits, stands in nobody's calendar meanwhile, and the coachee is told so. Whether it waits is
    returned. The credit and the chosen coach stay as they are. Again, it changes nothing.
    Raises SlotTaken with the nearest three of the new coach, Clash, NotYourCoach, ForbiddenMove and NotFound.
    """
    seen = await queries.any_session(session)
    async with (
        steps.or_nearest(coach, seen.coachee, starts_at=starts_at, minutes=seen.length, but=session, now=now),
        database.transaction(),
    ):
        before, _ = await steps.locked(session)
        if before.status not in rules.LIVE:
            called = rules.CALLED[before.status].lower()
            raise rules.ForbiddenMove(f"This session can't be given to somebody else. It stands as: {called}.")
        if (before.coach, before.starts_at) == (coach, starts_at):
            return before.status is SessionStatus.REQUESTED
        new = await times.coach(coach)
        if new.left_at is not None or before.programme not in new.programmes or new.person == before.coachee:
            raise NotYourCoach("This coach can't take the session. Choose another coach of the programme.")
        await steps.take_time(
            new,
            before.coachee,
            starts_at=starts_at,
            minutes=before.length,
            moved=before,
            despite_clash=despite_clash,
            by=Party.ACADEMY,
            now=now,
        )
        await steps.close_request(before, RequestState.WITHDRAWN, actor=actor, now=now)
        await letters.ask_no_more(before, now=now)
        other = coach != before.coach
        asks = rules.is_asked_first(confirms=new.confirms, other=other, agreed=agreed)
        after = await steps.write(
            before,
            verb="ask_coach" if asks else "reassign" if other else "move",
            status=SessionStatus.REQUESTED if asks else SessionStatus.BOOKED,
            columns={
                "coach": coach,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=before.length),
                **({"place": new.place, "link": new.link, "zone": new.zone} if other else {}),
                **({"event": None} if asks else {}),
            },
            reason=reason,
            actor=actor,
            now=now,
        )
        if asks:
            await letters.ask_another_coach(before, after, reason=reason, now=now)
        elif after.event is None:
            await put_into_calendars(after, now=now)
        elif other:
            await letters.change_coach(before, after, reason=reason, now=now)
        else:
            await letters.change_in_calendars(after, reason=reason, now=now)
        return asks


# -------------------------------------------------------------------- parts
async def _take_time(
    session: SessionView, starts_at: datetime, *, despite_clash: bool, wished: bool = False, by: Party, now: datetime
) -> None:
    await steps.take_time(
        await times.coach(session.coach),
        session.coachee,
        starts_at=starts_at,
        minutes=session.length,
        moved=session,
        despite_clash=despite_clash,
        wished=wished,
        by=by,
        now=now,
    )


async def _ask(before: SessionView, starts_at: datetime, *, note: str, actor: Actor, now: datetime) -> None:
    """Keep the wish in the place of an earlier one. It holds no time."""
    await steps.close_request(before, RequestState.WITHDRAWN, actor=actor, now=now)
    ends_at = starts_at + timedelta(minutes=before.length)
    await MoveRequest.insert(
        MoveRequest(session=before.id, starts_at=starts_at, ends_at=ends_at, note=note[:300], asked_at=now)
    )
    after = await steps.write(before, verb="ask_move", reason=note, actor=actor, now=now)
    await letters.ask_coach(after, request=after.open_request, now=now)


async def _carry_out(
    before: SessionView, starts_at: datetime, *, by: Party, reason: str, verb: str, actor: Actor, now: datetime
) -> None:
    says_yes = before.status is SessionStatus.REQUESTED and by is not Party.COACHEE
    after = await steps.write(
        before,
        verb=verb,
        status=SessionStatus.BOOKED if says_yes else None,
        columns={
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=before.length),
            "moves": before.moves + (by is Party.COACHEE),
        },
        reason=reason,
        actor=actor,
        now=now,
    )
    if before.status is SessionStatus.REQUESTED:
        await letters.ask_no_more(before, now=now)
    if says_yes:
        await put_into_calendars(after, now=now)
    elif after.status is SessionStatus.REQUESTED:
        await letters.ask_coach(after, now=now)
    else:
        await letters.change_in_calendars(after, reason=reason, now=now)
