"""How people leave a cohort, and come back."""

from datetime import datetime

import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from cohorts.enrolment import queries, rules, service, standing
from cohorts.enrolment.tables import EnrolmentChange
from cohorts.enrolment.tables import EnrolmentStatus as S
from tests.cohorts.enrolment.verbs import DAY, HOUR, enrol, how, kinds, register, themself
from tests.support import makers


async def test_the_place_goes_to_the_first_who_joined_the_list(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    first = await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await enrol(cohort, now, "Cem")

    await service.withdraw(first.enrolment, actor=await themself(first), now=now + HOUR)

    assert await how(cohort) == {"Ana": S.WITHDRAWN, "Bea": S.ENROLLED, "Cem": S.WAITLISTED}
    assert await kinds(now + HOUR) == ["moved-up", "place-withdrawn", "session-invite"]


async def test_who_has_not_confirmed_is_offered_the_place_until_a_deadline(
    database: room.Engine, now: datetime
) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1, now=now)
    first = await enrol(cohort, now)
    waiting = await register(cohort, "Bea", now)

    await service.withdraw(first.enrolment, actor=ACADEMY, now=now + HOUR)

    mine = await standing.enrolment(waiting.enrolment)
    assert (mine.status, mine.held_until) == (S.OFFERED, now + HOUR + DAY)
    assert await kinds(now + HOUR) == ["confirm-registration", "place-withdrawn", "withdrawn-by-coordinator"]


async def test_withdrawing_twice_is_fine_and_told_once(database: room.Engine, now: datetime) -> None:
    made = await enrol(await makers.a_cohort(sessions=1, now=now), now)

    for _ in range(2):
        await service.withdraw(made.enrolment, actor=ACADEMY, now=now + HOUR)

    assert await kinds(now + HOUR) == ["place-withdrawn", "withdrawn-by-coordinator"]
    assert await EnrolmentChange.count() == 2


async def test_who_leaves_the_list_frees_nothing(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    await enrol(cohort, now, "Ana")
    second = await enrol(cohort, now, "Bea")
    await enrol(cohort, now, "Cem")

    await service.withdraw(second.enrolment, actor=await themself(second), now=now)

    assert await how(cohort) == {"Ana": S.ENROLLED, "Bea": S.WITHDRAWN, "Cem": S.WAITLISTED}


async def test_a_declined_offer_goes_to_the_next(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    offered = await register(cohort, "Ana", now)
    await enrol(cohort, now, "Bea")

    status = await service.withdraw(offered.enrolment, actor=await themself(offered), now=now)

    assert status is S.DECLINED
    assert await how(cohort) == {"Ana": S.DECLINED, "Bea": S.ENROLLED}


async def test_too_late_to_withdraw_by_oneself_but_not_for_the_coordinator(
    database: room.Engine, now: datetime
) -> None:
    made = await enrol(await makers.a_cohort(now=now), now)
    started = now + 23 * DAY

    with pytest.raises(rules.TooLateToWithdraw):
        await service.withdraw(made.enrolment, actor=await themself(made), now=started)

    assert await service.withdraw(made.enrolment, actor=ACADEMY, now=started) is S.WITHDRAWN


async def test_who_comes_back_takes_up_the_same_row_and_is_invited_anew(database: room.Engine, now: datetime) -> None:
    made = await enrol(await makers.a_cohort(sessions=1, now=now), now)
    await service.withdraw(made.enrolment, actor=ACADEMY, now=now + HOUR)

    back = await service.come_back(made.enrolment, now=now + 2 * HOUR)

    assert (back.enrolment, back.status) == (made.enrolment, S.ENROLLED)
    assert await kinds(now + 2 * HOUR) == ["registration-confirmed", "session-invite"]


async def test_who_comes_back_to_a_full_cohort_joins_the_end(database: room.Engine, now: datetime) -> None:
    cohort = await makers.a_cohort(capacity=1, now=now)
    first = await enrol(cohort, now, "Ana")
    await enrol(cohort, now, "Bea")
    await enrol(cohort, now, "Cem")
    await service.withdraw(first.enrolment, actor=ACADEMY, now=now)

    back = await service.reinstate(first.enrolment, actor=ACADEMY, now=now)

    assert (back.status, back.position) == (S.WAITLISTED, 2)
    assert [one.name for one in await queries.waiting(cohort)] == ["Cem", "Ana"]
