"""What a match run is given of a round."""

from datetime import date, datetime

import msgspec
import pytest

from academy.audit.service import ACADEMY, Actor
from academy.people import service as people
from mentoring.matching.people import Earlier, Ended
from mentoring.profiles import queries, service
from mentoring.profiles.answers import Told
from mentoring.profiles.tables import ApartKind, EqualityAnswer, PoolStatus, RoundStatus
from tests.support.makers import a_mentee, a_mentor, a_person, a_round
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")


async def test_a_pool_holds_what_people_answered(now: datetime) -> None:
    round = await a_round(now=now)
    mia, mo = await a_person(name="Mia", now=now), await a_person(name="Mo", now=now)
    await people.set_employment(mia, organisation=None, organisation_name="Leeds", job_title="Head", on=now.date())
    mentor = await a_mentor(round=round, person=mia, capacity=2, choices=[mo], now=now)
    mentee = await a_mentee(round=round, person=mo, choices=[mia], wants_gap=2, now=now)

    facts = await queries.pool(round, now=now)

    (one,), (other,) = facts.pool.mentors, facts.pool.mentees
    assert (one.id, one.name, one.organisation, one.grade, one.places) == (str(mia), "Mia", "Leeds", 8, 2)
    assert one.skills == ("Trusting my own judgement", "Working with councillors")
    assert one.choices == (str(mo),)
    assert (other.id, other.wants_gap, other.choices) == (str(mo), 2, (str(mia),))
    assert facts.mentor_profiles == {str(mia): mentor}
    assert facts.mentee_profiles == {str(mo): mentee}


async def test_what_pairings_know_is_given_by_the_caller(now: datetime) -> None:
    round = await a_round(now=now)
    mentor = await a_mentor(round=round, capacity=2, now=now)
    mo = await a_person(name="Mo", now=now)
    await a_mentee(round=round, person=mo, now=now)
    paired = await a_mentee(round=round, now=now)
    earlier = (Earlier(mentor="x", ended=Ended.BADLY),)

    facts = await queries.pool(round, now=now, taken={mentor: 3}, history={mo: earlier}, left_out=[paired])

    assert facts.pool.mentors[0].places == 0
    assert [(one.id, one.history) for one in facts.pool.mentees] == [(str(mo), earlier)]


async def test_a_pausing_mentor_has_no_places_until_the_day(now: datetime) -> None:
    round = await a_round(now=now)
    mentor = await a_mentor(round=round, now=now)
    await service.pause_mentor(mentor, date(2026, 6, 2), actor=ACADEMY, now=now)

    assert (await queries.pool(round, now=now)).pool.mentors[0].places == 0
    assert (await queries.pool(round, now=now.replace(day=2))).pool.mentors[0].places == 1


async def test_who_withdrew_is_not_in_it(now: datetime) -> None:
    round = await a_round(now=now)
    await service.withdraw_mentor(await a_mentor(round=round, now=now), actor=ACADEMY, now=now)
    await service.withdraw_mentee(await a_mentee(round=round, now=now), actor=ACADEMY, now=now)

    facts = await queries.pool(round, now=now)

    assert (facts.pool.mentors, facts.pool.mentees) == ((), ())


async def test_a_word_in_confidence_counts_for_both_and_does_not_tell_whose_it_was(now: datetime) -> None:
    round = await a_round(now=now)
    mia, mo = await a_person(now=now), await a_person(now=now)
    await a_mentor(round=round, person=mia, now=now)
    await a_mentee(round=round, person=mo, now=now)
    await service.keep_apart(mo, mia, ApartKind.CONFIDENTIAL, actor=Actor(mo, "Mo"), now=now)

    facts = await queries.pool(round, now=now)

    assert facts.pool.mentors[0].not_these == (str(mo),)
    assert facts.pool.mentees[0].not_these == (str(mia),)


async def test_line_and_named_pairs_of_coordinators(now: datetime) -> None:
    round = await a_round(now=now)
    mia, max_, mo = await a_person(now=now), await a_person(now=now), await a_person(now=now)
    await a_mentor(round=round, person=mia, now=now)
    await a_mentor(round=round, person=max_, now=now)
    await a_mentee(round=round, person=mo, now=now)
    await service.keep_apart(mia, mo, ApartKind.LINE, actor=ACADEMY, now=now)
    await service.keep_apart(mo, max_, ApartKind.NAMED, actor=ACADEMY, now=now)
    await service.keep_apart(mo, await a_person(now=now), ApartKind.NAMED, actor=ACADEMY, now=now)

    facts = await queries.pool(round, now=now)

    assert facts.pool.mentees[0].line == (str(mia),)
    assert facts.pool.mentees[0].not_these == (str(max_),)
    assert {one.id: one.not_these for one in facts.pool.mentors} == {str(mia): (), str(max_): (str(mo),)}


async def test_a_wish_in_confidence_and_a_coordinators_decision_look_alike(now: datetime) -> None:
    pools = []
    for number, kind in enumerate((ApartKind.CONFIDENTIAL, ApartKind.NAMED)):
        round = await a_round(slug=f"round-{number}", now=now)
        mia, mo = await a_person(now=now), await a_person(now=now)
        await a_mentor(round=round, person=mia, now=now)
        await a_mentee(round=round, person=mo, now=now)
        await service.keep_apart(mo, mia, kind, actor=Actor(mo, "Mo"), now=now)
        facts = await queries.pool(round, now=now)
        stored = msgspec.json.encode(facts.pool).decode()
        pools.append(stored.replace(str(mia), "mia").replace(str(mo), "mo"))

    assert pools[0] == pools[1]


async def test_characteristics_are_seen_only_where_a_mentee_asked_and_the_mentor_agreed(now: datetime) -> None:
    round = await a_round(now=now)
    agreed = [
        Told(question="gender", answer="woman", for_matching=True),
        Told(question="caring", answer="yes", for_matching=True),
    ]
    mia, mara, mo = await a_person(now=now), await a_person(now=now), await a_person(now=now)
    await a_mentor(round=round, person=mia, told=agreed, now=now)
    await a_mentor(round=round, person=mara, told=[Told(question="gender", answer="woman")], now=now)
    await a_mentee(round=round, person=mo, told=agreed, same_background=("gender",), now=now)

    facts = await queries.pool(round, now=now)

    given = {one.id: one.characteristics for one in facts.pool.mentors}
    assert given == {str(mia): ("gender: woman",), str(mara): ()}
    assert facts.pool.mentees[0].background_wanted == ("gender: woman",)


async def test_a_wish_from_a_list_is_met_only_by_what_came_with_a_list(now: datetime) -> None:
    round = await a_round(now=now)
    told = [Told(question="gender", answer="woman", for_matching=True)]
    themself, listed, asks, invented = [await a_person(now=now) for _ in range(4)]
    await a_mentor(round=round, person=themself, told=told, now=now)
    await a_mentor(round=round, person=listed, told=told, now=now)
    await a_mentee(round=round, person=asks, told=told, same_background=("gender",), now=now)
    await a_mentee(round=round, person=invented, told=told, same_background=("gender",), now=now)
    await EqualityAnswer.update({EqualityAnswer.brought: True}).where(EqualityAnswer.person.is_in([listed, invented]))

    facts = await queries.pool(round, now=now)

    given = {one.id: set(one.characteristics) for one in facts.pool.mentors}
    wanted = {one.id: set(one.background_wanted) for one in facts.pool.mentees}
    assert {mentor for mentor, its in given.items() if its & wanted[str(invented)]} == {str(listed)}
    assert {mentor for mentor, its in given.items() if its & wanted[str(asks)]} == {str(themself), str(listed)}


async def test_nobody_asked_so_nobody_s_characteristics_leave_their_place(now: datetime) -> None:
    round = await a_round(now=now)
    told = [Told(question="gender", answer="woman", for_matching=True)]
    await a_mentor(round=round, told=told, now=now)
    await a_mentee(round=round, told=told, now=now)

    facts = await queries.pool(round, now=now)

    assert facts.pool.mentors[0].characteristics == ()
    assert facts.pool.mentees[0].background_wanted == ()


async def test_own_words_are_split_at_commas(now: datetime) -> None:
    round = await a_round(now=now)
    await a_mentor(round=round, told=[Told(question="own_words", answer="Veteran, Carer", for_matching=True)], now=now)
    await a_mentee(
        round=round,
        told=[Told(question="own_words", answer="carer", for_matching=True)],
        same_background=("own_words",),
        now=now,
    )

    facts = await queries.pool(round, now=now)

    assert facts.pool.mentors[0].characteristics == ("own_words: Veteran", "own_words: Carer")
    assert facts.pool.mentees[0].background_wanted == ("own_words: carer",)


async def test_who_was_left_without_a_mentor_comes_first_in_the_next_round(now: datetime) -> None:
    former, round = await a_round(now=now), await a_round(now=now)
    mo = await a_person(now=now)
    left = await a_mentee(round=former, person=mo, now=now)
    await service.set_pool_status(left, PoolStatus.NO_MATCH_FOUND, now)
    await a_mentee(round=round, person=mo, now=now)

    assert [one.waited_before for one in (await queries.pool(round, now=now)).pool.mentees] == [False]
    for each in (RoundStatus.MATCHING, RoundStatus.RUNNING, RoundStatus.CLOSED):
        await service.move_round(former, each, actor=ACADEMY, now=now)
    assert [one.waited_before for one in (await queries.pool(round, now=now)).pool.mentees] == [True]


async def test_who_was_let_down_comes_first(now: datetime) -> None:
    round = await a_round(now=now)
    await service.set_pool_status(await a_mentee(round=round, now=now), PoolStatus.WAITING_REMATCH, now)

    assert [one.waited_before for one in (await queries.pool(round, now=now)).pool.mentees] == [True]


async def test_a_pool_takes_the_same_queries_for_one_and_for_three(now: datetime) -> None:
    round = await a_round(now=now)
    counts = []
    for _ in range(2):
        await a_mentor(round=round, now=now)
        await a_mentee(round=round, now=now)
        with counted() as statements:
            await queries.pool(round, now=now)
        counts.append(len(statements))
        await a_mentor(round=round, now=now)
        await a_mentee(round=round, now=now)
    assert counts == [6, 6]
