"""Sessions as pages read them, in a constant number of queries."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from academy.audit.service import ACADEMY
from cohorts.coaching.bookings import queries, service, slots
from cohorts.coaching.bookings.hours import Hours, hours
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionStatus as S
from cohorts.enrolment import service as enrolments
from tests.support import makers
from tests.support.makers import Coaching
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


async def some(people: int, now: datetime) -> list[Coaching]:
    """People of one cohort, each with two sessions."""
    first = await makers.coaching(now=now)
    who = [first]
    for _ in range(people - 1):
        who.append(await makers.coaching(programme=first.programme, cohort=first.cohort, coach=first.coach, now=now))
    for number, each in enumerate(who):
        for hour in (9, 13):
            await makers.a_booking(each, days=8 + number, hour=hour, by=Party.ACADEMY, now=now)
    return who


@pytest.mark.parametrize("people", [1, 3])
async def test_lists_of_sessions_take_one_query(now: datetime, people: int) -> None:
    (first, *_) = await some(people, now)

    with counted() as statements:
        of_cohort = await queries.of_cohort(first.cohort)
        of_coach = await queries.live_of_coach(first.coach, now)
        mine = await queries.of_person(first.person)

    assert len(statements) == 3
    assert [len(found) for found in (of_cohort, of_coach, mine)] == [2 * people, 2 * people, 2]
    assert [each.starts_at for each in of_coach] == sorted(each.starts_at for each in of_coach)


@pytest.mark.parametrize("places", [1, 3])
async def test_ones_own_coaching_takes_a_constant_number_of_queries(now: datetime, places: int) -> None:
    person = await makers.a_person(name="Priya Nair", now=now)
    for number in range(places):
        programme = await makers.a_programme(name=f"Programme {number}", now=now)
        await makers.coaching_rules(programme, now=now)
        cohort = await makers.a_cohort(programme=programme, now=now)
        enrolled = await makers.an_enrolment(cohort=cohort, person=person, now=now + timedelta(minutes=number))
        coach = await makers.a_coach(programme=programme, now=now)
        for day in (1, 2):
            await service.book(
                enrolled.enrolment,
                coach,
                starts_at=now + timedelta(days=7 * number + day),
                minutes=60,
                by=Party.ACADEMY,
                actor=ACADEMY,
                now=now,
            )

    with counted() as statements:
        found = await queries.own(person, now)

    assert len(statements) == 4
    assert [each.programme_name for each in found] == [f"Programme {number}" for number in reversed(range(places))]
    assert [(len(each.sessions), each.balance.left, each.choice_name) for each in found] == [
        (2, 1, "Daniel Reid")
    ] * places
    assert [each.next.starts_at if each.next else None for each in found][-1] == now + DAY


async def test_who_has_left_sees_what_was_and_who_never_had_coaching_sees_nothing(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await makers.a_booking(who, now=now)
    other = await makers.coaching(now=now)
    for each in (who, other):
        await enrolments.withdraw(each.enrolment, actor=ACADEMY, now=now)

    (mine,), nothing = await queries.own(who.person, now), await queries.own(other.person, now)

    assert (mine.enrolled, len(mine.sessions)) == (False, 1)
    assert nothing == []


@pytest.mark.parametrize("coaches", [1, 3])
async def test_free_times_of_many_coaches_take_a_constant_number_of_queries(now: datetime, coaches: int) -> None:
    programme = await makers.a_programme(now=now)
    known = [await makers.a_coach(programme=programme, now=now) for _ in range(coaches)]
    for each in known:
        await makers.a_booking(await makers.coaching(programme=programme, coach=each, now=now), now=now)

    with counted() as statements:
        found = await slots.free(known, minutes=60, since=now, until=now + 28 * DAY, now=now)

    assert len(statements) == 7
    assert list(found) == list(dict.fromkeys(found))
    assert {now + 8 * DAY in times for times in found.values()} == {False}
    assert {now + 9 * DAY in times for times in found.values()} == {True}


async def test_a_session_that_is_moved_is_in_nobodys_way(now: datetime) -> None:
    who = await makers.coaching(now=now)
    session = await makers.a_booking(who, now=now)
    since = now + 8 * DAY

    async def free(but: UUID | None = None, coachee: UUID | None = None) -> list[datetime]:
        told = {"minutes": 60, "since": since, "until": since + timedelta(hours=2), "now": now}
        return (await slots.free([who.coach], but=but, coachee=coachee, **told))[who.coach]

    assert await free() == []
    assert await free(but=session) == [since, since + timedelta(minutes=30), since + timedelta(hours=1)]


async def test_times_of_ones_other_coaching_are_left_out_where_one_is_named(now: datetime) -> None:
    who = await makers.coaching(one_coach=False, now=now)
    other = await makers.a_coach(programme=who.programme, now=now)
    await makers.a_booking(who, now=now)
    since, until = now + 8 * DAY, now + 8 * DAY + timedelta(minutes=1)

    for_all = await slots.free([other], minutes=60, since=since, until=until, now=now)
    for_me = await slots.free([other], minutes=60, since=since, until=until, now=now, coachee=who.person)

    assert (for_all, for_me) == ({other: [since]}, {other: []})


async def test_what_of_ones_own_each_time_would_overlap_is_told_by_title(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await makers.a_booking(who, now=now)
    at = now + 8 * DAY
    half = timedelta(minutes=30)

    found = await slots.clashes(who.person, [at - 2 * half, at - half, at, at + half, at + 2 * half], minutes=60)

    assert found == dict.fromkeys([at - half, at, at + half], "Coaching with Daniel Reid")


async def test_hours_are_offered_booked_delivered_missed_and_lost(now: datetime) -> None:
    who = await makers.coaching(credits=9, now=now)
    delivered, missed, lost, free, _ = [
        await makers.a_booking(who, days=day, hour=9, now=now) for day in (2, 3, 8, 9, 10)
    ]
    await service.mark(delivered, S.COMPLETED, minutes=50, actor=ACADEMY, now=now + 11 * DAY)
    await service.mark(missed, S.NO_SHOW_COACHEE, actor=ACADEMY, now=now + 11 * DAY)
    await service.cancel(lost, by=Party.COACHEE, actor=ACADEMY, now=now + 7.5 * DAY)
    await service.cancel(free, by=Party.COACH, actor=ACADEMY, now=now)

    found = await hours(who.coach, now, now + 14 * DAY)

    assert found == Hours(offered=10 * 7 * 60, booked=240, delivered=50, no_show=60, lost=60)


async def test_a_booking_takes_as_many_statements_however_much_is_booked(now: datetime) -> None:
    counts = []
    for others in (1, 4):
        who = await makers.coaching(credits=9, now=now)
        for day in range(others):
            await makers.a_booking(who, days=15 + day, by=Party.ACADEMY, now=now)
        with counted() as statements:
            await makers.a_booking(who, now=now)
        counts.append(len(statements))

    assert counts[0] == counts[1]
