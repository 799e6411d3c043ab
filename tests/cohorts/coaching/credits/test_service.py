"""The ledger of one person: granted, withdrawn, held, given back, expired, taken along; and who chose which coach."""

import asyncio
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry as Line
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from cohorts.coaching.credits import queries, rules, service
from cohorts.coaching.credits.rules import Balance, RuleChoices
from cohorts.coaching.credits.tables import CreditEntry
from cohorts.coaching.times import service as times
from cohorts.enrolment import service as enrolments
from cohorts.enrolment.tables import Enrolment, EnrolmentStatus
from cohorts.schedule.tables import Cohort, CohortStatus
from tests.support import makers
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")


async def lines(enrolment: UUID) -> list[tuple[str, int]]:
    return [(each.kind.value, each.change) for each in await queries.ledger(enrolment)]


async def the_balance(enrolment: UUID) -> Balance:
    return (await queries.balances([enrolment]))[enrolment]


# ---------------------------------------------------------------------- rules
async def test_a_programme_has_coaching_once_it_has_rules(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    cohort = await makers.a_cohort(programme=programme, now=now)
    before = await queries.rules_of(programme)

    await service.set_rules(programme, RuleChoices(credits=4), version=0, actor=ACADEMY, now=now)

    assert before is None
    found = await queries.rules_of(programme)
    assert found is not None
    assert (found.credits, found.version, found.changed_at) == (4, 1, now)
    assert await queries.rules_of_cohort(cohort) == found
    assert await queries.all_rules() == [found]


async def test_two_coordinators_do_not_change_the_rules_past_each_other(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    await makers.coaching_rules(programme, now=now)
    await service.set_rules(programme, RuleChoices(credits=5), version=1, actor=ACADEMY, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.set_rules(programme, RuleChoices(credits=6), version=1, actor=ACADEMY, now=now)

    found = await queries.rules_of(programme)
    assert found is not None
    assert (found.credits, found.version) == (5, 2)


async def test_what_was_changed_in_the_rules_stands_in_the_audit_trail(now: datetime) -> None:
    programme = await makers.a_programme(now=now)
    await makers.coaching_rules(programme, now=now)
    await makers.coaching_rules(programme, now=now, cancel_hours=48)

    told = await Line.select(Line.before, Line.after).where(Line.verb == "coaching.rules", Line.before.is_not_null())

    assert told == [{"before": '{"cancel_hours":24}', "after": '{"cancel_hours":48}'}]


async def test_rules_that_cannot_be_are_refused(now: datetime) -> None:
    programme = await makers.a_programme(now=now)

    with pytest.raises(Invalid):
        await service.set_rules(programme, RuleChoices(credits=-1), version=0, actor=ACADEMY, now=now)
    with pytest.raises(NotFound):
        await service.set_rules(uuid4(), RuleChoices(), version=0, actor=ACADEMY, now=now)


# --------------------------------------------------------------------- grants
async def test_who_is_enrolled_is_shown_what_the_rules_grant_before_anything_is_written(now: datetime) -> None:
    who = await makers.coaching(now=now)

    assert await lines(who.enrolment) == []
    assert await the_balance(who.enrolment) == Balance(granted=3, left=3)


async def test_the_first_verb_writes_the_grant_down(now: datetime) -> None:
    who = await makers.coaching(now=now)

    await service.grant(who.enrolment, 2, note="A hard year", actor=ACADEMY, now=now)

    assert await lines(who.enrolment) == [("granted", 3), ("granted", 2)]
    assert await the_balance(who.enrolment) == Balance(granted=5, left=5)


async def test_what_is_left_can_be_taken_back_and_no_more(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await service.reserve(who.enrolment, uuid4(), actor=ACADEMY, now=now)

    await service.withdraw(who.enrolment, 2, note="Not needed", actor=ACADEMY, now=now)
    with pytest.raises(rules.NothingToWithdraw) as refused:
        await service.withdraw(who.enrolment, 1, note="Not needed", actor=ACADEMY, now=now)

    assert str(refused.value) == "Nothing is left, so 1 can't be taken back. Cancel a booked session first."
    assert await the_balance(who.enrolment) == Balance(granted=1, reserved=1)


async def test_whoever_gives_or_takes_credits_says_why(now: datetime) -> None:
    who = await makers.coaching(now=now)

    for verb in (service.grant, service.withdraw):
        with pytest.raises(rules.ReasonNeeded):
            await verb(who.enrolment, 1, note=" ", actor=ACADEMY, now=now)

    assert await CreditEntry.count() == 0


async def test_who_gave_what_stands_in_the_ledger_and_in_the_audit_trail(now: datetime) -> None:
    who = await makers.coaching(now=now)
    cora = await makers.a_coordinator(now=now)

    await service.grant(who.enrolment, 1, note="A hard year", actor=Actor(cora, "Cora Coordinator"), now=now)

    line = (await queries.ledger(who.enrolment))[-1]
    told = await Line.select().where(Line.verb == "credits.granted", Line.actor == cora)
    assert (line.by_name, line.note) == ("Cora Coordinator", "A hard year")
    assert [(each["person"], each["after"], each["note"]) for each in told] == [
        (who.person, '{"change":1,"left":4}', "A hard year")
    ]


async def test_nobody_without_a_place_or_without_coaching_gets_credits(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await enrolments.withdraw(who.enrolment, actor=ACADEMY, now=now)
    other = await makers.an_enrolment(now=now)

    for enrolment in (who.enrolment, other.enrolment):
        with pytest.raises(rules.NoCoaching):
            await service.grant(enrolment, 1, note="Why", actor=ACADEMY, now=now)
    assert await the_balance(who.enrolment) == Balance()
    assert await the_balance(other.enrolment) == Balance()


async def test_rules_that_come_after_a_cohort_was_closed_grant_its_people_nothing(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await Cohort.update({Cohort.status: CohortStatus.CLOSED.value}).where(Cohort.id == who.cohort)

    await service.ensure_granted(who.enrolment, now=now)

    assert await lines(who.enrolment) == []
    assert await the_balance(who.enrolment) == Balance()


# ------------------------------------------------------------- of one session
async def test_a_credit_is_held_used_and_given_back(now: datetime) -> None:
    who, session = await makers.coaching(now=now), uuid4()

    await service.reserve(who.enrolment, session, actor=ACADEMY, now=now)
    assert await service.use(session, actor=ACADEMY, now=now)
    assert await service.use(session, actor=ACADEMY, now=now)
    assert await service.give_back(session, actor=ACADEMY, now=now)

    assert await lines(who.enrolment) == [("granted", 3), ("reserved", -1), ("used", 0), ("returned", 1)]
    assert not await service.use(uuid4(), actor=ACADEMY, now=now)


async def test_nobody_holds_more_than_is_left(now: datetime) -> None:
    who = await makers.coaching(now=now, credits=1)
    await service.reserve(who.enrolment, uuid4(), actor=ACADEMY, now=now)

    with pytest.raises(rules.NoCredit):
        await service.reserve(who.enrolment, uuid4(), actor=ACADEMY, now=now)


async def test_a_credit_that_came_back_and_was_spent_cannot_be_used_again(now: datetime) -> None:
    who, first, second = await makers.coaching(now=now, credits=1), uuid4(), uuid4()
    await service.reserve(who.enrolment, first, actor=ACADEMY, now=now)
    await service.give_back(first, actor=ACADEMY, now=now)
    await service.reserve(who.enrolment, second, actor=ACADEMY, now=now)

    with pytest.raises(rules.NoCredit):
        await service.use(first, actor=ACADEMY, now=now)


# ---------------------------------------------------------------- taken along
async def test_credits_go_along_to_another_cohort_and_what_was_spent_stays(now: datetime) -> None:
    who, spent = await makers.coaching(now=now), uuid4()
    await service.reserve(who.enrolment, spent, actor=ACADEMY, now=now)
    await service.use(spent, actor=ACADEMY, now=now)
    await service.choose_coach(who.enrolment, who.coach, actor=ACADEMY, now=now)
    there = await makers.a_cohort(programme=who.programme, now=now)
    new = (await makers.an_enrolment(cohort=there, person=who.person, now=now)).enrolment

    moved = await service.transfer(who.enrolment, new, actor=ACADEMY, now=now)

    assert moved == 2
    assert await the_balance(who.enrolment) == Balance(granted=3, used=1, expired=2)
    assert await the_balance(new) == Balance(granted=2, left=2)
    assert await queries.choice(new) == who.coach


async def test_what_the_rules_granted_already_in_the_new_cohort_is_not_given_twice(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await service.grant(who.enrolment, 2, note="More", actor=ACADEMY, now=now)
    there = await makers.a_cohort(programme=who.programme, now=now)
    new = (await makers.an_enrolment(cohort=there, person=who.person, now=now)).enrolment
    await service.ensure_granted(new, now=now)

    await service.transfer(who.enrolment, new, actor=ACADEMY, now=now)

    assert await the_balance(new) == Balance(granted=5, left=5)


async def test_who_was_moved_without_their_credits_gets_what_they_have_not_spent(now: datetime) -> None:
    who, spent = await makers.coaching(now=now), uuid4()
    await service.reserve(who.enrolment, spent, actor=ACADEMY, now=now)
    await service.use(spent, actor=ACADEMY, now=now)
    await Enrolment.update({Enrolment.status: EnrolmentStatus.TRANSFERRED.value}).where(Enrolment.id == who.enrolment)
    there = await makers.a_cohort(programme=who.programme, now=now)
    new = (await makers.an_enrolment(cohort=there, person=who.person, now=now)).enrolment

    await service.ensure_granted(new, now=now)

    assert await the_balance(new) == Balance(granted=2, left=2)


# ------------------------------------------------------------------ the coach
async def test_a_choice_is_locked(now: datetime) -> None:
    who = await makers.coaching(now=now)
    other = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)
    await service.choose_coach(who.enrolment, who.coach, actor=ACADEMY, now=now)
    await service.choose_coach(who.enrolment, who.coach, actor=ACADEMY, now=now)

    with pytest.raises(rules.ChoiceLocked) as refused:
        await service.choose_coach(who.enrolment, other, actor=ACADEMY, now=now)

    assert str(refused.value) == "You have chosen Daniel Reid as your coach. Ask the coordinator to change that."
    assert await queries.choice(who.enrolment) == who.coach


async def test_a_coordinator_changes_a_choice(now: datetime) -> None:
    who = await makers.coaching(now=now)
    other = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)
    await service.choose_coach(who.enrolment, who.coach, actor=ACADEMY, now=now)

    await service.choose_coach(who.enrolment, other, by_staff=True, actor=ACADEMY, now=now)

    assert await queries.choice(who.enrolment) == other


async def test_who_has_lost_their_coach_chooses_again(now: datetime) -> None:
    who = await makers.coaching(now=now)
    other = await makers.a_coach(name="Eve Adams", programme=who.programme, now=now)
    await service.choose_coach(who.enrolment, who.coach, actor=ACADEMY, now=now)
    await times.leave(who.coach, actor=ACADEMY, now=now)

    await service.choose_coach(who.enrolment, other, actor=ACADEMY, now=now)

    assert await queries.choice(who.enrolment) == other


async def test_coaches_of_other_programmes_cannot_be_chosen(now: datetime) -> None:
    who, other = await makers.coaching(now=now), await makers.a_coach(now=now)

    with pytest.raises(rules.NotOfThisProgramme):
        await service.choose_coach(who.enrolment, other, actor=ACADEMY, now=now)


# -------------------------------------------------------------------- queries
@pytest.mark.parametrize("people", [1, 3])
async def test_balances_of_many_take_two_queries(now: datetime, people: int) -> None:
    programme = await makers.a_programme(now=now)
    who = [await makers.coaching(programme=programme, now=now) for _ in range(people)]
    await service.grant(who[0].enrolment, 1, note="More", actor=ACADEMY, now=now)

    with counted() as statements:
        found = await queries.balances([each.enrolment for each in who])

    assert len(statements) == (1 if people == 1 else 2)  # the second is for ledgers without a line
    assert sorted(each.left for each in found.values()) == [3] * (people - 1) + [4]


async def test_expired_credits_are_gone_and_expiring_again_changes_nothing(now: datetime) -> None:
    who = await makers.coaching(now=now)
    await service.ensure_granted(who.enrolment, now=now)

    ended = [await service.expire(who.enrolment, note="Over", actor=ACADEMY, now=now) for _ in range(2)]

    assert ended == [3, 0]
    assert await the_balance(who.enrolment) == Balance(granted=3, expired=3)


async def test_two_grants_at_once_are_two_lines_and_one_first_grant(database: room.Engine, now: datetime) -> None:
    who = await makers.coaching(now=now)

    await asyncio.gather(
        *(service.grant(who.enrolment, 1, note="More", actor=ACADEMY, now=now) for _ in range(10)),
        *(service.ensure_granted(who.enrolment, now=now) for _ in range(10)),
    )

    assert await lines(who.enrolment) == [("granted", 3), *[("granted", 1)] * 10]
