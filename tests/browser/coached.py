"""What the pages of coaching need beyond what the demonstration has: a manager, a log, an end to look back on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academy import database
from academy.accounts import links
from academy.audit.service import Actor
from academy.demo import COACH
from academy.people import service as people
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings.tables import CoachingSession, SessionKind, SessionStatus
from cohorts.coaching.credits.tables import CoachChoice, CoachingRules
from cohorts.coaching.record import circle, goals, log, parts, queries
from cohorts.coaching.record.goals import NewGoal
from cohorts.coaching.record.tables import LogKind
from cohorts.coaching.times import busy
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import service as coach_times
from cohorts.coaching.times.rules import DayException
from cohorts.coaching.times.tables import BusySource, ExceptionKind
from cohorts.enrolment.tables import Enrolment


async def coaching_places(person: UUID, enrolment: UUID, completed: UUID, *, now: datetime) -> dict[str, str]:
    """Of the participant with a running place and one that is over, and of the demonstration's coach."""
    daniel = await people.find(COACH)
    assert daniel is not None
    coach = await times.coach_of(daniel)
    assert coach is not None
    me = Actor(person, "Priya Nair")
    mine = await bookings.of_enrolment(enrolment)
    held = [each for each in mine if each.status is SessionStatus.COMPLETED and each.kind is SessionKind.COACHING]
    past = held[0]
    actions = await queries.actions(await queries.seat(past.id, person))
    theirs = await bookings.of_coach(coach.id)
    if not await queries.log_of(coach.id):
        entry = log.NewEntry(
            kind=LogKind.SUPERVISION,
            day=now.date() - timedelta(days=9),
            minutes=90,
            what="Group supervision",
            learned="To wait longer before I ask the next question.",
        )
        await log.add_log(coach.id, entry, now=now)
    return {
        "coaching_past": str(past.id),
        "action": str(next(each.id for each in actions if each.added_by == person)),
        "coaching_unmarked": str(next(x.id for x in theirs if x.ends_at <= now and x.status is SessionStatus.BOOKED)),
        "coaching_asked": str(next(each.id for each in theirs if parts.waits_for_coach(each, now))),
        "entry": str((await queries.log_of(coach.id))[0].id),
        "exception": await _exception(coach.id, me, now=now),
        "calendar": await _calendar(coach.id, me, now=now),
        "goals_token": await _manager(enrolment, me, now=now),
        "e_over": str(await _over(completed, coach.id, me, now=now)),
    }


async def _calendar(coach: UUID, me: Actor, *, now: datetime) -> str:
    """A calendar of each kind, the published one with a problem; the id of the file."""
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", f"DTSTART:{now + timedelta(days=400):%Y%m%d}T090000Z"]
    content = "\r\n".join([*lines, "DURATION:PT1H", "END:VEVENT", "END:VCALENDAR", ""]).encode()
    file = await busy.add_file(coach, "Council", content, actor=me, now=now)
    if len(await times.sources(coach)) == 1:
        made = await busy.add_address(coach, "University", "https://calendar.example.org/x.ics", actor=me, now=now)
        why = "There is no calendar at this address any more. Publish it again, and paste the new address."
        failed = {BusySource.failures: 3, BusySource.problem: why, BusySource.next_read_at: now + timedelta(days=400)}
        await BusySource.update(failed).where(BusySource.id == made)
    return str(file)


async def _exception(coach: UUID, me: Actor, *, now: datetime) -> str:
    day = now.date() + timedelta(days=30)
    leave = DayException(kind=ExceptionKind.LEAVE, from_on=day, to_on=day + timedelta(days=4))
    return str(await coach_times.add_exception(coach, leave, note="Portugal", actor=me, now=now))


async def _manager(enrolment: UUID, me: Actor, *, now: datetime) -> str:
    found = (await circle.goals(enrolment)).manager
    if found is None:
        await goals.ask_manager(
            enrolment, name="Maya Whitfield", address="maya.whitfield@essex.example", actor=me, now=now
        )
        found = (await circle.goals(enrolment)).manager
    assert found is not None and found.agreement is not None  # noqa: PT018
    return links.sign(circle.LINK, found.agreement)


async def _over(enrolment: UUID, coach: UUID, me: Actor, *, now: datetime) -> UUID:
    """Coaching of a place that is over, to look back on."""
    rows = await Enrolment.select(Enrolment.cohort.programme).where(Enrolment.id == enrolment)
    programme = rows[0]["cohort.programme"]
    await database.insert([CoachingRules(programme=programme, changed_at=now)], unless=CoachingRules.programme)
    if await CoachingSession.exists().where(CoachingSession.enrolment == enrolment):
        return enrolment
    starts_at = now - timedelta(days=20)
    held: dict[Any, Any] = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "created_at": starts_at}
    await database.insert(
        [CoachingSession(coach=coach, enrolment=enrolment, status=SessionStatus.COMPLETED, minutes=60, **held)]
    )
    await database.insert([CoachChoice(enrolment=enrolment, coach=coach, chosen_at=now)], unless=CoachChoice.enrolment)
    wanted = [NewGoal("Speak first once a month", "My manager notices"), NewGoal("Hand over two projects")]
    await goals.set_goals(enrolment, wanted, actor=me, now=now)
    return enrolment
