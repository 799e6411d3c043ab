"""One's own coaching as the pages need it: which coach, which times, and why something cannot be booked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from academy.accounts import limits
from academy.accounts.guards import me
from academy.errors import DomainError, NotFound
from cohorts.coaching.bookings import queries, rules, slots, words
from cohorts.coaching.bookings.days import ON_A_PAGE, Days, by_day
from cohorts.coaching.bookings.queries import OwnCoaching
from cohorts.coaching.bookings.tables import SessionKind
from cohorts.coaching.credits.rules import NoCoaching, NoCredit
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView

MOST_AN_HOUR = 20
"""Bookings, moves and requests of one person. Each writes to the coach, and cancelling and booking again is free."""


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """One place in a programme with coaching, and who coaches there."""

    mine: OwnCoaching
    coaches: list[CoachView]
    """Whom this person may book, by name: the chosen one alone, once there is one."""
    person: UUID

    @property
    def path(self) -> str:
        return f"/coaching/{self.mine.enrolment}"

    @property
    def choosing(self) -> bool:
        """Whether a coach is still to be chosen, for good."""
        return self.mine.choice is None and (self.mine.rules.one_coach or self.mine.rules.chemistry_calls > 0)

    @property
    def calls_left(self) -> int:
        """How many chemistry calls can still be booked: one with each coach."""
        return len(self.to_call[: max(0, self.mine.rules.chemistry_calls - self.mine.chemistry_made)])

    @property
    def to_call(self) -> list[CoachView]:
        """With whom a chemistry call can be booked."""
        return [each for each in self.coaches if why_not_book(self.mine, SessionKind.CHEMISTRY, each) is None]

    def coach(self, id: UUID | None) -> CoachView | None:
        """The coach that an address names, or the one that there is; none for one who has left.

        Raises NotFound for others.
        """
        if id is not None and id == self.mine.former:
            return None
        if id is not None:
            found = next((each for each in self.coaches if each.id == id), None)
            if found is None:
                raise NotFound
            return found
        return self.coaches[0] if len(self.coaches) == 1 else None


async def here(request: Request[Any, Any, Any], enrolment: UUID, *, now: datetime) -> Here:
    """The signed-in person's own place. Raises NotFound, also for everybody else's."""
    person = me(request)
    mine = next((each for each in await queries.own(person, now) if each.enrolment == enrolment), None)
    if mine is None:
        raise NotFound
    return of(mine, await times.coaches_of(mine.programme), person)


def of(mine: OwnCoaching, coaches: list[CoachView], person: UUID) -> Here:
    """Nobody coaches themself; who has chosen sees the one they have chosen."""
    bookable = [each for each in coaches if each.person != person]
    chosen = [each for each in bookable if each.id == mine.choice]
    return Here(mine=mine, coaches=chosen or bookable, person=person)


async def not_too_often(person: UUID, *, now: datetime) -> None:
    """Count one booking or move of a coachee: nobody fills their coach's mailbox. Raises TooMany."""
    await limits.check("coaching", str(person), most=MOST_AN_HOUR, minutes=60, now=now)


def why_not_book(mine: OwnCoaching, kind: SessionKind, coach: CoachView | None = None) -> DomainError | None:
    """Why nothing of this kind can be booked now, with this coach; None when it can."""
    if not mine.enrolled:
        return NoCoaching("You no longer have a place in this cohort, so there is nothing to book.")
    if kind is SessionKind.CHEMISTRY:
        again = coach.name if coach is not None and coach.id in mine.chemistry_with else ""
        refused = rules.why_no_chemistry_call(
            mine.rules, made=mine.chemistry_made, chosen=mine.choice is not None, again=again
        )
        if refused is not None:
            return refused
    if rules.needs_credit(kind, mine.rules) and mine.balance.left < 1:
        if mine.balance.all == 0:
            return NoCredit(
                "You have no coaching sessions to book at the moment. Ask the academy if you expected some."
            )
        return NoCredit(
            f"You have booked or used all {mine.balance.all} of your sessions. If you need to change a booked one, "
            "open it and move it."
        )
    return None


def why(gone: rules.SlotTaken) -> str:
    """What a time that is not free says beside being taken, such as that one has other coaching then."""
    return "" if not gone.offered or gone.message == rules.SlotTaken().message else gone.message


async def not_offered(coach: CoachView, starts_at: datetime, *, minutes: int, mine: bool = False, now: datetime) -> str:
    """Why a time cannot be had from a coach at all, as the end of a sentence; empty if it only is no longer free."""
    offer = await slots.offered(coach.id, starts_at, minutes=minutes, now=now)
    return words.not_offered(offer, coach.name, notice=coach.notice_hours, horizon=coach.horizon_days, mine=mine)


def length_of(mine: OwnCoaching, coach: CoachView, kind: SessionKind, wanted: int | None) -> int:
    """Minutes of the session: as asked for if the coach offers it, else an hour or what is nearest to it."""
    if kind is SessionKind.CHEMISTRY:
        return mine.rules.chemistry_minutes
    if wanted in coach.lengths:
        return int(wanted or 60)
    return min(coach.lengths, key=lambda each: (abs(each - 60), each), default=60)


async def free_days(
    coach: CoachView,
    person: UUID,
    *,
    minutes: int,
    zone: str,
    since: date | None = None,
    most: int = ON_A_PAGE,
    now: datetime,
) -> Days:
    """The coach's free times by day for this person, with what of their own each would overlap."""
    starts = await free(coach, person, minutes=minutes, now=now)
    clashes = await slots.clashes(person, starts, minutes=minutes)
    return by_day(
        starts,
        minutes=minutes,
        zone=zone,
        coach_zone=coach.zone,
        clashes=clashes,
        since=since,
        most=most,
        now=now,
    )


async def free(
    coach: CoachView, person: UUID, *, minutes: int, now: datetime, but: UUID | None = None
) -> list[datetime]:
    """All times at which this person can have the coach."""
    until = now + timedelta(days=coach.horizon_days + 1)
    found = await slots.free([coach.id], minutes=minutes, since=now, until=until, now=now, but=but, coachee=person)
    return found.get(coach.id, [])


def where(coach: CoachView) -> str:
    """Where a coach meets people, in a line."""
    if not coach.place:
        return "Online" if coach.link else ""
    return f"{coach.place}, or online" if coach.link else coach.place
