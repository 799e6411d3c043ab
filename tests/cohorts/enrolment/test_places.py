"""A place that becomes free is the next one's."""

from datetime import datetime, timedelta

import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from cohorts.enrolment import queries, rules, service
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import Cohort
from tests.cohorts.enrolment.verbs import DAY, HOUR, enrol, how, kinds, register
from tests.support import makers


async def test_a_place_that_is_not_confirmed_in_time_goes_to_the_next(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    await register(cohort, "Ana", now)
    await enrol(cohort, now, "Bea")

    early = await service.release_unconfirmed(now + DAY - timedelta(seconds=1))
    late = await service.release_unconfirmed(now + DAY)
    again = await service.release_unconfirmed(now + DAY)

    assert (early, late, again) == (0, 1, 0)
    assert await how(cohort) == {"Ana": S.EXPIRED, "Bea": S.ENROLLED}
    assert await kinds(now + DAY) == ["moved-up", "registration-expired", "session-invite"]


async def test_a_number_on_the_list_that_is_not_confirmed_ends_too(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    await register(cohort, "Bea", now)
    await enrol(cohort, now, "Cem")

    await service.release_unconfirmed(now + DAY)

    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.EXPIRED, "Cem": S.WAITLISTED}


async def test_more_places_go_to_the_list_in_order(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    made = [await enrol(cohort, now, who) for who in ("Ana", "Bea", "Cem", "Dan")]
    await Cohort.update({Cohort.capacity: 3}).where(Cohort.id == cohort)

    moved = await service.fill_free_places(cohort, now=now)

    assert moved == [made[1].enrolment, made[2].enrolment]


async def test_the_job_fills_what_was_freed_elsewhere(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)

    await service.release_unconfirmed(now)

    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.ENROLLED}


async def test_a_newcomer_does_not_pass_the_list(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)  # and nobody has filled it yet

    made = await enrol(cohort, now, "Cem")

    assert made.status is S.WAITLISTED


async def test_nobody_is_moved_up_after_the_last_start(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    first = await enrol(cohort, now)
    await enrol(cohort, now)

    await service.withdraw(first.enrolment, actor=ACADEMY, now=now + 23 * DAY)

    assert [one.status for one in await queries.roster(cohort)] == [S.WAITLISTED]


async def test_moving_the_first_up_says_that_they_are_next_already(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now)
    waiting = await enrol(cohort, now)

    with pytest.raises(rules.NoFreePlace):
        await service.move_up(waiting.enrolment, actor=ACADEMY, now=now)


async def test_moving_somebody_up_gives_them_the_free_place(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    made = [await enrol(cohort, now, who) for who in ("Ana", "Bea", "Cem")]
    await Cohort.update({Cohort.capacity: 2}).where(Cohort.id == cohort)

    done = await service.move_up(made[2].enrolment, reason="Agreed with Bea.", actor=ACADEMY, now=now)

    assert done.status is S.ENROLLED
    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.WAITLISTED, "Cem": S.ENROLLED}


async def test_a_cancelled_cohort_cancels_everybody_and_tells_them(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    gone = await enrol(cohort, now, "Cem")
    await service.withdraw(gone.enrolment, actor=ACADEMY, now=now)

    many = await service.cancel_cohort(cohort, reason="Too few.", actor=ACADEMY, now=now + HOUR)

    assert many == 2
    assert await how(cohort) == {"Ana": S.CANCELLED, "Bea": S.CANCELLED, "Cem": S.WITHDRAWN}
    assert await kinds(now + HOUR) == ["cohort-cancelled", "cohort-cancelled", "session-cancelled"]


async def test_after_that_nothing_moves_any_more(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(now=now)
    made = await enrol(cohort, now)
    await service.cancel_cohort(cohort, reason="Too few.", actor=ACADEMY, now=now)

    assert await service.withdraw(made.enrolment, actor=ACADEMY, now=now) is S.CANCELLED
    with pytest.raises(rules.CohortCancelled):
        await service.reinstate(made.enrolment, actor=ACADEMY, now=now)
    with pytest.raises(rules.CohortCancelled):
        await service.come_back(made.enrolment, now=now)
