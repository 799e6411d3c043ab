"""Coaches come, say when they can be booked, leave and come back."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from academy.accounts.queries import roles
from academy.accounts.tables import Role
from academy.audit.queries import entries_about
from academy.audit.service import ACADEMY
from academy.errors import ChangedMeanwhile, NotFound
from academy.invites.times import UnknownZone
from academy.people import service as people
from cohorts.coaching.times import queries, rules, service
from cohorts.coaching.times.rules import CoachProfile, CoachRules, DayException, Interval, Stretch
from cohorts.coaching.times.tables import BusySource, BusyTime, CoachProgramme, ExceptionKind, Nation, WeeklyTime
from tests.support.makers import a_coach, a_person, a_programme, weekly
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")


async def verbs(coach: UUID) -> list[str]:
    return sorted(line.verb for line in await entries_about("coach", coach))


def off(first: date, last: date | None = None, **told: object) -> DayException:
    return DayException(kind=ExceptionKind.OFF, from_on=first, to_on=last or first, **told)  # type: ignore[arg-type]


# ------------------------------------------------------------------ coaches
async def test_a_coach_has_the_role_the_programme_and_the_rules_that_are_usual(now: datetime) -> None:
    person, programme = await a_person(name="Daniel Reid", now=now), await a_programme(now=now)

    coach = await service.make_coach(person, programme=programme, actor=ACADEMY, now=now)

    seen = await queries.coach(coach)
    assert (seen.id, seen.person, seen.name, seen.programmes) == (coach, person, "Daniel Reid", (programme,))
    assert (seen.zone, seen.nation, seen.lengths) == ("Europe/London", Nation.ENGLAND_AND_WALES, (60,))
    assert (seen.buffer_minutes, seen.notice_hours, seen.horizon_days) == (15, 24, 56)
    assert (seen.most_a_day, seen.most_a_week, seen.confirms, seen.left_at) == (None, None, False, None)
    assert await roles(person) == {Role.COACH}
    assert await queries.weekly(coach) == rules.NO_TIMES


async def test_a_coach_who_lives_in_scotland_keeps_its_bank_holidays(now: datetime) -> None:
    person = await a_person(now=now)
    await people.change_person(person, name="Isla Reid", time_zone="Europe/London", nation="Scotland")

    coach = await service.make_coach(person, programme=await a_programme(now=now), actor=ACADEMY, now=now)

    assert (await queries.coach(coach)).nation is Nation.SCOTLAND


async def test_the_same_person_twice_gets_one_more_programme_and_stays_one_coach(now: datetime) -> None:
    person = await a_person(now=now)
    one, other = await a_programme(now=now), await a_programme(name="Empowering Women", now=now)

    coach = await service.make_coach(person, programme=one, actor=ACADEMY, now=now)
    again = await service.make_coach(person, programme=other, actor=ACADEMY, now=now + timedelta(hours=1))
    third = await service.make_coach(person, programme=other, actor=ACADEMY, now=now + timedelta(hours=2))

    assert coach == again == third
    assert (await queries.coach(coach)).programmes == (one, other)
    assert await verbs(coach) == ["coach.add", "coach.add"]


async def test_nobody_and_no_programme_make_no_coach(now: datetime) -> None:
    with pytest.raises(NotFound):
        await service.make_coach(uuid4(), programme=await a_programme(now=now), actor=ACADEMY, now=now)
    with pytest.raises(NotFound):
        await service.make_coach(await a_person(now=now), programme=uuid4(), actor=ACADEMY, now=now)

    assert await queries.all_coaches() == []


async def test_the_end_in_one_programme_leaves_the_others(now: datetime) -> None:
    one, other = await a_programme(now=now), await a_programme(name="Empowering Women", now=now)
    coach = await a_coach(programme=one, now=now)
    await service.make_coach((await queries.coach(coach)).person, programme=other, actor=ACADEMY, now=now)

    await service.end_in_programme(coach, one, actor=ACADEMY, now=now)

    assert await queries.coaches_of(one) == []
    assert [each.id for each in await queries.coaches_of(other)] == [coach]
    with pytest.raises(NotFound):
        await service.end_in_programme(coach, one, actor=ACADEMY, now=now)


async def test_who_is_taken_back_into_a_programme_is_offered_again(now: datetime) -> None:
    programme = await a_programme(now=now)
    coach = await a_coach(programme=programme, now=now)
    person = (await queries.coach(coach)).person
    await service.end_in_programme(coach, programme, actor=ACADEMY, now=now)

    await service.make_coach(person, programme=programme, actor=ACADEMY, now=now + timedelta(days=1))

    assert [each.id for each in await queries.coaches_of(programme)] == [coach]
    assert await CoachProgramme.count().where(CoachProgramme.coach == coach) == 2


async def test_who_leaves_loses_the_role_and_is_offered_to_nobody(now: datetime) -> None:
    programme = await a_programme(now=now)
    coach = await a_coach(programme=programme, now=now)

    await service.leave(coach, actor=ACADEMY, now=now)
    await service.leave(coach, actor=ACADEMY, now=now + timedelta(days=1))

    seen = await queries.coach(coach)
    assert seen.left_at == now
    assert await roles(seen.person) == set()
    assert await queries.coaches_of(programme) == []
    assert [each.id for each in await queries.all_coaches()] == [coach]
    assert (await verbs(coach)).count("coach.leave") == 1


async def test_who_comes_back_finds_times_and_programmes_as_they_were(now: datetime) -> None:
    programme = await a_programme(now=now)
    coach = await a_coach(programme=programme, times=weekly((10, 12)), now=now)
    await service.leave(coach, actor=ACADEMY, now=now)

    await service.come_back(coach, actor=ACADEMY, now=now + timedelta(days=9))
    await service.come_back(coach, actor=ACADEMY, now=now + timedelta(days=9))

    seen = await queries.coach(coach)
    assert (seen.left_at, seen.programmes) == (None, (programme,))
    assert await queries.weekly(coach) == weekly((10, 12))
    assert await roles(seen.person) == {Role.COACH}
    assert (await verbs(coach)).count("coach.come_back") == 1


async def test_a_coach_who_had_left_also_comes_back_by_being_made_one(now: datetime) -> None:
    programme = await a_programme(now=now)
    coach = await a_coach(programme=programme, now=now)
    person = (await queries.coach(coach)).person
    await service.leave(coach, actor=ACADEMY, now=now)

    assert await service.make_coach(person, programme=programme, actor=ACADEMY, now=now) == coach

    assert [each.id for each in await queries.coaches_of(programme)] == [coach]
    assert await roles(person) == {Role.COACH}


# -------------------------------------------------------------------- rules
async def test_rules_and_profile_are_saved_and_the_trail_tells_what_changed(now: datetime) -> None:
    coach = await a_coach(now=now)
    version = (await queries.coach(coach)).version
    told = CoachRules(zone="Europe/Dublin", nation=Nation.NONE, lengths=(60, 45), buffer_minutes=0, most_a_day=3)

    await service.change_coach(coach, told, version=version, actor=ACADEMY, now=now)
    profile = CoachProfile(headline="Leading change", profile="I listen.")
    await service.change_coach(coach, profile, version=version + 1, actor=ACADEMY, now=now)

    seen = await queries.coach(coach)
    assert (seen.zone, seen.nation, seen.lengths) == ("Europe/Dublin", Nation.NONE, (45, 60))
    assert (seen.buffer_minutes, seen.most_a_day) == (0, 3)
    assert (seen.headline, seen.profile, seen.version) == ("Leading change", "I listen.", version + 2)
    changed = [line.changes for line in await entries_about("coach", coach) if line.verb == "coach.change"]
    assert ("lengths", "60", "45,60") in changed[0] + changed[1]


async def test_what_says_the_same_is_not_saved_again(now: datetime) -> None:
    coach = await a_coach(buffer_minutes=20, now=now)
    seen = await queries.coach(coach)
    told = CoachRules(link=seen.link, buffer_minutes=20)

    await service.change_coach(coach, told, version=seen.version, actor=ACADEMY, now=now)
    await service.set_weekly(coach, await queries.weekly(coach), actor=ACADEMY, now=now)

    assert (await queries.coach(coach)).version == seen.version


async def test_two_who_save_at_once_do_not_undo_each_other(now: datetime) -> None:
    coach = await a_coach(now=now)
    version = (await queries.coach(coach)).version
    await service.set_weekly(coach, weekly((9, 10)), version=version, actor=ACADEMY, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.set_weekly(coach, weekly((14, 15)), version=version, actor=ACADEMY, now=now)
    with pytest.raises(ChangedMeanwhile):
        await service.change_coach(coach, CoachRules(), version=version, actor=ACADEMY, now=now)

    assert await queries.weekly(coach) == weekly((9, 10))


async def test_without_the_version_the_later_one_wins(now: datetime) -> None:
    """The control of the test above."""
    coach = await a_coach(now=now)
    await service.set_weekly(coach, weekly((9, 10)), actor=ACADEMY, now=now)
    await service.set_weekly(coach, weekly((14, 15)), actor=ACADEMY, now=now)

    assert await queries.weekly(coach) == weekly((14, 15))


async def test_rules_under_which_nobody_could_be_booked_are_refused(now: datetime) -> None:
    coach = await a_coach(now=now)
    before = await queries.coach(coach)

    for told in (
        CoachRules(lengths=()),
        CoachRules(notice_hours=48, horizon_days=2),
        CoachRules(most_a_day=4, most_a_week=3),
    ):
        with pytest.raises(rules.BadRules):
            await service.change_coach(coach, told, version=before.version, actor=ACADEMY, now=now)
    with pytest.raises(UnknownZone):
        told = CoachRules(zone="Europe/Atlantis")
        await service.change_coach(coach, told, version=before.version, actor=ACADEMY, now=now)

    assert await queries.coach(coach) == before


# -------------------------------------------------------------------- times
async def test_the_week_is_kept_in_order_however_it_was_told(now: datetime) -> None:
    coach = await a_coach(times=rules.NO_TIMES, now=now)
    told = ((Stretch(780, 1020), Stretch(540, 720)), (), (Stretch(0, 1440),), (), (), (), ())

    await service.set_weekly(coach, told, actor=ACADEMY, now=now)

    assert await queries.weekly(coach) == (
        (Stretch(540, 720), Stretch(780, 1020)),
        (),
        (Stretch(0, 1440),),
        (),
        (),
        (),
        (),
    )


async def test_stretches_that_overlap_or_end_before_they_start_are_refused(now: datetime) -> None:
    coach = await a_coach(times=weekly((9, 10)), now=now)

    for wrong in (weekly((9, 12), (11, 13)), weekly((12, 12)), weekly((13, 9)), weekly((20, 25)), weekly((9, 10))[:6]):
        with pytest.raises(rules.NoSuchTime):
            await service.set_weekly(coach, wrong, actor=ACADEMY, now=now)

    assert await WeeklyTime.count() == 5


async def test_an_exception_is_added_seen_and_removed(now: datetime) -> None:
    coach = await a_coach(now=now)
    told = off(date(2026, 6, 10), date(2026, 6, 12), from_minute=540, to_minute=600)

    made = await service.add_exception(coach, told, note="Dentist", actor=ACADEMY, now=now)

    (seen,) = await queries.exceptions(coach)
    assert (seen.id, seen.from_on, seen.to_on, seen.minutes) == (made, told.from_on, told.to_on, (540, 600))
    assert (seen.kind, seen.note) == (ExceptionKind.OFF, "Dentist")
    await service.remove_exception(made, coach=coach, actor=ACADEMY, now=now)
    assert await queries.exceptions(coach) == []
    assert {"coach.add_exception", "coach.remove_exception"} <= set(await verbs(coach))


async def test_the_note_on_an_exception_is_not_in_the_trail(now: datetime) -> None:
    coach = await a_coach(now=now)

    await service.add_exception(coach, off(date(2026, 6, 10)), note="Hospital", actor=ACADEMY, now=now)

    assert "Hospital" not in str(await entries_about("coach", coach))


async def test_only_the_coach_whose_exception_it_is_removes_it(now: datetime) -> None:
    mine, other = await a_coach(now=now), await a_coach(now=now)
    made = await service.add_exception(other, off(date(2026, 6, 10)), actor=ACADEMY, now=now)

    with pytest.raises(NotFound):
        await service.remove_exception(made, coach=mine, actor=ACADEMY, now=now)

    assert len(await queries.exceptions(other)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        off(date(2026, 6, 10), date(2026, 6, 9)),
        off(date(2026, 6, 10), date(2029, 6, 10)),
        off(date(2026, 6, 10), from_minute=540),
        off(date(2026, 6, 10), from_minute=600, to_minute=540),
        DayException(kind=ExceptionKind.EXTRA, from_on=date(2026, 6, 10), to_on=date(2026, 6, 10)),
    ],
    ids=["backwards", "too long", "half a time", "ends before", "extra all day"],
)
async def test_an_exception_that_makes_no_sense_is_refused(wrong: DayException, now: datetime) -> None:
    coach = await a_coach(now=now)

    with pytest.raises(rules.NoSuchTime):
        await service.add_exception(coach, wrong, actor=ACADEMY, now=now)

    assert await queries.exceptions(coach) == []


async def test_exceptions_that_are_over_can_be_left_out(now: datetime) -> None:
    coach = await a_coach(now=now)
    for day in (date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)):
        await service.add_exception(coach, off(day), actor=ACADEMY, now=now)

    assert [each.from_on.month for each in await queries.exceptions(coach, since=date(2026, 6, 1))] == [6, 7]


# ------------------------------------------------------------------ queries
async def test_the_patterns_of_many_are_found_in_three_queries(now: datetime) -> None:
    coaches = [await a_coach(times=weekly((9 + each, 12 + each)), buffer_minutes=each, now=now) for each in range(3)]
    await service.add_exception(coaches[1], off(date(2026, 6, 10)), actor=ACADEMY, now=now)

    with counted() as one:
        await queries.patterns(coaches[:1])
    with counted() as three:
        found = await queries.patterns([*coaches, coaches[0], uuid4()])

    assert (len(one), len(three)) == (3, 3)
    assert [found[each].buffer_minutes for each in coaches] == [0, 1, 2]
    assert [found[each].weekly for each in coaches] == [weekly((9 + each, 12 + each)) for each in range(3)]
    assert [len(found[each].exceptions) for each in coaches] == [0, 1, 0]
    assert await queries.patterns([]) == {}


async def test_busy_times_are_those_that_touch_the_time_in_question(now: datetime) -> None:
    coach, other = await a_coach(now=now), await a_coach(now=now)
    source = BusySource(coach=coach, name="Work", created_at=now)
    await BusySource.insert(source)
    hours = [(8, 9), (9, 10), (12, 13), (13, 14)]
    for starts, ends in hours:
        day = datetime(2026, 6, 10, tzinfo=UTC)
        told = {"starts_at": day.replace(hour=starts), "ends_at": day.replace(hour=ends)}
        await BusyTime.insert(BusyTime(source=source.id, coach=coach, **told))
    since, until = datetime(2026, 6, 10, 9, tzinfo=UTC), datetime(2026, 6, 10, 13, tzinfo=UTC)

    with counted() as statements:
        found = await queries.busy([coach, other], since, until)

    assert len(statements) == 1
    assert found == {
        coach: [Interval(since, since.replace(hour=10)), Interval(since.replace(hour=12), until)],
        other: [],
    }


async def test_lists_of_coaches_ask_one_query(now: datetime) -> None:
    programme = await a_programme(now=now)
    for name in ("zoe Adams", "Ana Moss", "Ben Lee"):
        await a_coach(name=name, programme=programme, now=now)

    with counted() as statements:
        offered, everyone = await queries.coaches_of(programme), await queries.all_coaches()

    assert len(statements) == 2
    assert [each.name for each in offered] == [each.name for each in everyone] == ["Ana Moss", "Ben Lee", "zoe Adams"]


async def test_a_coach_is_found_by_the_person(now: datetime) -> None:
    coach = await a_coach(now=now)
    person = (await queries.coach(coach)).person

    found = await queries.coach_of(person)

    assert found is not None
    assert found.id == coach
    assert await queries.coach_of(await a_person(now=now)) is None
    with pytest.raises(NotFound):
        await queries.coach(person)
