"""A coach and a coachee with sessions between them, for tests of what is written about coaching.

The sessions are rows, not bookings: no mails, no calendar. What booking does is tested in its own room.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy.audit.service import ACADEMY, Actor
from cohorts.coaching.bookings.tables import CoachingSession, SessionKind, SessionStatus
from cohorts.coaching.credits.tables import CoachChoice, CoachingRules
from cohorts.coaching.record import circle, goals
from cohorts.coaching.record.goals import NewGoal
from cohorts.coaching.times import service as times
from cohorts.schedule.tables import Cohort
from tests.support import makers


class Pair(msgspec.Struct, kw_only=True):
    """Dan coaches Priya."""

    coach: UUID
    coach_person: UUID
    coachee: UUID
    enrolment: UUID
    cohort: UUID
    programme: UUID
    now: datetime

    @property
    def as_coach(self) -> Actor:
        return Actor(self.coach_person, "Dan Coach")

    @property
    def as_coachee(self) -> Actor:
        return Actor(self.coachee, "Priya Nair")

    async def session(
        self,
        *,
        days: float = -1,
        minutes: int = 60,
        status: SessionStatus = SessionStatus.BOOKED,
        kind: SessionKind = SessionKind.COACHING,
        coach: UUID | None = None,
        note: str = "",
    ) -> UUID:
        """A session that many days from now."""
        starts_at = self.now + timedelta(days=days)
        row = CoachingSession(
            coach=coach or self.coach,
            enrolment=self.enrolment,
            kind=kind,
            status=status,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            coachee_note=note,
            created_at=starts_at - timedelta(days=7),
            minutes=minutes if status is SessionStatus.COMPLETED else None,
            outcome_at=starts_at + timedelta(hours=2) if status is SessionStatus.COMPLETED else None,
        )
        await CoachingSession.insert(row)
        made: UUID = row.id
        return made

    async def with_goals(self, *texts: str, agreed: bool = False) -> list[UUID]:
        """The coachee has written these goals; with ``agreed`` the coach has agreed."""
        wanted = [NewGoal(text, "I shall see it.") for text in texts or ("Speak in the board meeting",)]
        await goals.set_goals(self.enrolment, wanted, actor=self.as_coachee, now=self.now)
        found = await circle.goals(self.enrolment)
        if agreed:
            await goals.agree(self.enrolment, seal=found.seal, actor=self.as_coach, now=self.now)
        return [goal.id for goal in found.goals]

    async def over(self) -> None:
        """The coaching has come to its end: a session was held, and the cohort is over."""
        await self.session(days=-2, status=SessionStatus.COMPLETED)
        await Cohort.update({Cohort.last_ends_at: self.now - timedelta(hours=1)}).where(Cohort.id == self.cohort)


async def a_pair(
    *,
    now: datetime,
    coach: str = "Dan Coach",
    coachee: str = "Priya Nair",
    three_way: bool = False,
    credits: int = 3,
    chosen: bool = True,
    programme: UUID | None = None,
    coach_person: UUID | None = None,
    coachee_person: UUID | None = None,
) -> Pair:
    """A coach whom a person of one of their programmes has chosen."""
    if programme is None:
        programme = await makers.a_programme(name=f"Top Talent with {coach} and {coachee}"[:100], now=now)
        await CoachingRules.insert(
            CoachingRules(programme=programme, credits=credits, three_way_goals=three_way, changed_at=now)
        )
    cohort = await makers.a_cohort(programme=programme, now=now)
    person = coach_person or await makers.a_person(name=coach, now=now)
    made = await times.make_coach(person, programme=programme, actor=ACADEMY, now=now)
    priya = coachee_person or await makers.a_person(name=coachee, now=now)
    place = await makers.an_enrolment(cohort=cohort, person=priya, now=now)
    if chosen:
        await CoachChoice.insert(CoachChoice(enrolment=place.enrolment, coach=made, chosen_at=now))
    return Pair(
        coach=made,
        coach_person=person,
        coachee=priya,
        enrolment=place.enrolment,
        cohort=cohort,
        programme=programme,
        now=now,
    )
