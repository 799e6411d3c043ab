"""What the pages on which coaching is booked need: a session to come, a free time, and somebody who has to choose."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from academy.audit.service import ACADEMY
from academy.demo import COACH
from academy.people import service as people
from academy.programmes.tables import Programme
from cohorts.coaching.bookings import days, queries, slots
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.times import queries as times
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Source


async def booking_places(person: UUID, open_cohort: UUID, *, now: datetime) -> dict[str, str]:
    """Of the participant, who has chosen a coach; and of the coach, who takes part elsewhere and has not."""
    coming = next(each for each in await queries.of_person(person) if each.live and each.starts_at > now)
    coach = await times.coach(coming.coach)
    until = now + timedelta(days=coach.horizon_days)
    starts = await slots.free([coach.id], minutes=60, since=now, until=until, now=now, coachee=person)
    free = starts[coach.id][-1]
    daniel = await people.find(COACH)
    assert daniel is not None
    place = await enrolments.enrol_person(open_cohort, daniel, source=Source.COORDINATOR, actor=ACADEMY, now=now)
    (mine,) = [each for each in await queries.own(daniel, now) if each.enrolment == place.enrolment]
    others = [each for each in await times.coaches_of(mine.programme) if each.person != daniel]
    own_coach = await times.coach_of(daniel)
    assert own_coach is not None
    with_rules = [each.programme for each in await credits.all_rules()]
    without = await Programme.select(Programme.slug).where(Programme.id.not_in(with_rules)).order_by(Programme.slug)
    return {
        "coaching_coming": str(coming.id),
        "daniel": str(own_coach.id),
        "no_coaching": without[0]["slug"],
        "own_coach": str(coach.id),
        "free": days.written(free),
        "gone": days.written(free + timedelta(minutes=5)),
        "e_choosing": str(place.enrolment),
        "other_coach": str(others[0].id),
    }
