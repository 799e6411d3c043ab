"""Book a coaching session, and say yes or no to a booking that waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from academy import database
from academy.audit.service import Actor
from cohorts.coaching.bookings import letters, queries, rules, steps
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import NotYourCoach, Party
from cohorts.coaching.bookings.tables import CoachingSession, SessionKind, SessionStatus
from cohorts.coaching.credits import queries as places
from cohorts.coaching.credits import rules as credit_rules
from cohorts.coaching.credits import service as credits
from cohorts.coaching.credits.service import Ledger
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView


async def book(
    enrolment: UUID,
    coach: UUID,
    *,
    starts_at: datetime,
    minutes: int,
    kind: SessionKind = SessionKind.COACHING,
    note: str = "",
    despite_clash: bool = False,
    by: Party,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Book a session of ``minutes``: the credit is held, and both have it in their calendars.

    The coach of who has none yet is chosen by this. With a coach who confirms, a coachee's booking waits for the yes
    and holds the time meanwhile. The same booking again (a double click) is answered with the same session.
    Raises SlotTaken with the nearest three, Clash, NoCredit, NoCoaching, NotYourCoach, TooManyChemistryCalls,
    WrongLength and NotFound.
    """
    coachee = (await places.place(enrolment)).person
    async with (
        steps.or_nearest(coach, coachee, starts_at=starts_at, minutes=minutes, now=now),
        database.transaction(),
    ):
        ledger = await credits.opened(enrolment, now=now)
        mine = await queries.of_enrolment(enrolment)
        for each in mine:
            if each.live and (each.coach, each.starts_at, each.length, each.kind) == (coach, starts_at, minutes, kind):
                return each.id
        teacher = await _coach(ledger, coach)
        rules.check_minutes(minutes, kind, by=by, lengths=teacher.lengths, rules=ledger.rules)
        if kind is SessionKind.CHEMISTRY:
            _check_chemistry(ledger, mine, teacher, by=by)
        elif ledger.rules.one_coach:
            await _lock_choice(ledger, coach, by=by, actor=actor, now=now)
        session = uuid4()
        if rules.needs_credit(kind, ledger.rules):
            await ledger.reserve(session, actor=actor, now=now)
        await steps.take_time(
            teacher, coachee, starts_at=starts_at, minutes=minutes, despite_clash=despite_clash, by=by, now=now
        )
        waits = teacher.confirms and by is Party.COACHEE
        await CoachingSession.insert(
            CoachingSession(
                id=session,
                coach=coach,
                enrolment=enrolment,
                kind=kind,
                status=SessionStatus.REQUESTED if waits else SessionStatus.BOOKED,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                zone=teacher.zone,
                place=teacher.place,
                link=teacher.link,
                coachee_note=note,
                created_at=now,
            )
        )
        made = await queries.any_session(session)
        await steps.remember(made, before=None, verb="book", actor=actor, now=now)
        if waits:
            await letters.ask_coach(made, now=now)
        else:
            await put_into_calendars(made, now=now)
        return session


async def answer_booking(
    session: UUID, *, yes: bool, note: str = "", despite_clash: bool = False, actor: Actor, now: datetime
) -> None:
    """The coach's yes or no to a booking that waits. A no gives the credit back. The same answer again does nothing.

    Raises Clash where something else stands in the coach's calendar by now, TooLate, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        before, ledger = await steps.locked(session)
        if yes:
            await _say_yes(before, despite_clash=despite_clash, actor=actor, now=now)
        elif before.status is not SessionStatus.CANCELLED_BY_COACH:
            if before.status is not SessionStatus.REQUESTED:
                raise rules.ForbiddenMove("This booking was answered before. Cancel or move the session instead.")
            from cohorts.coaching.bookings.outcome import call_off

            await call_off(before, ledger, reason=note, by=Party.COACH, actor=actor, now=now)


async def put_into_calendars(session: SessionView, *, now: datetime) -> None:
    """A booked session that stands in no calendar yet."""
    event = await letters.put_into_calendars(session, now=now)
    await CoachingSession.update({CoachingSession.event: event}).where(CoachingSession.id == session.id)


async def _say_yes(before: SessionView, *, despite_clash: bool, actor: Actor, now: datetime) -> None:
    if before.status is SessionStatus.BOOKED:
        return
    if before.status is not SessionStatus.REQUESTED:
        raise rules.ForbiddenMove(
            f"This booking stands as: {rules.CALLED[before.status].lower()}. Nothing was changed."
        )
    if now >= before.starts_at:
        raise rules.TooLate("The time of this booking has passed. Agree on another one.")
    if not despite_clash:
        coach = await times.coach(before.coach)
        await steps.look_for_clashes(
            coach, before.coachee, starts_at=before.starts_at, ends_at=before.ends_at, wished=True, by=Party.COACH
        )
    after = await steps.write(before, verb="confirm", status=SessionStatus.BOOKED, actor=actor, now=now)
    await letters.ask_no_more(after, now=now)
    await put_into_calendars(after, now=now)


async def _coach(ledger: Ledger, coach: UUID) -> CoachView:
    place = ledger.place
    _ = ledger.rules
    if not place.enrolled:
        raise credit_rules.NoCoaching("Only people with a place in the cohort can book coaching.")
    found = await times.coach(coach)
    if found.left_at is not None or place.programme not in found.programmes:
        raise NotYourCoach("This coach is not a coach of your programme. Choose one of the list.")
    if found.person == place.person:
        raise NotYourCoach("Nobody can coach themself. Choose another coach.")
    return found


async def _lock_choice(ledger: Ledger, coach: UUID, *, by: Party, actor: Actor, now: datetime) -> None:
    """The first booking chooses the coach, and so does the first after the chosen one has left.

    A coordinator books somebody else without changing the choice.
    """
    if by is not Party.COACHEE and ledger.place.chosen is not None:
        return
    try:
        await credits.lock_choice(ledger, coach, actor=actor, now=now)
    except credit_rules.ChoiceLocked as locked:
        raise NotYourCoach(locked.message) from None


def _check_chemistry(ledger: Ledger, mine: list[SessionView], coach: CoachView, *, by: Party) -> None:
    if by is not Party.COACHEE:
        return
    made, chosen = rules.calls_made(mine), ledger.place.chosen is not None
    again = coach.name if coach.id in made else ""
    if refused := rules.why_no_chemistry_call(ledger.rules, made=len(made), chosen=chosen, again=again):
        raise refused
