"""How groups fare is counted once, completed once, and then stays as it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from mentoring.pairings import service as pairings
from mentoring.pairings.service import Proposed
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as signing
from mentoring.profiles.answers import MenteeAnswers, Told
from mentoring.profiles.tables import (
    EqualityAnswer,
    MenteeProfile,
    MentoringRound,
    ProfileSource,
    RoundStatus,
    Side,
)
from mentoring.reports import fairness
from mentoring.reports.hiding import Shown
from mentoring.reports.tables import FairnessCount
from tests.support.makers import a_mentee, a_mentor, a_person, a_round

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)
WOMAN, MAN = [Told(question="gender", answer="woman")], [Told(question="gender", answer="man")]


async def a_running_round(now: datetime, *, women: tuple[int, int], men: tuple[int, int], said: int = 0) -> UUID:
    """Of each, how many take part as mentees and how many of them are paired; ``said`` asks for no answer."""
    round = await a_round(status=RoundStatus.RUNNING, starts_on=now.date(), now=now)
    for told, (people, paired) in ((WOMAN, women), (MAN, men), ([], (said, 0))):
        wanting = [await a_mentee(round=round, told=told, grade=4, now=now) for _ in range(people)]
        for start in range(0, paired, 10):
            mentor = await a_mentor(round=round, capacity=10, now=now)
            by = Actor((await profiles.mentor(mentor)).person, "Mia")
            pairs = [
                Proposed(mentor_profile=mentor, mentee_profile=each, score=70)
                for each in wanting[start : min(start + 10, paired)]
            ]
            for made in await pairings.propose(round, pairs, actor=ACADEMY, now=now):
                await pairings.accept(made, actor=by, now=now)
    return round


async def tables(round: UUID, side: Side = Side.MENTEE) -> dict[str, Shown]:
    found = await fairness.counted(round, side)
    assert found is not None
    return {table.title: table for table in found.tables}


def told_of(table: Shown) -> dict[str, tuple[int | None, int | None, int | None, int | None]]:
    return {row.words: (row.people, row.paired, row.completed, row.score) for row in table.rows}


async def test_a_round_is_counted_when_its_mentors_have_had_time_to_answer(now: datetime) -> None:
    round = await a_running_round(now, women=(1, 1), men=(1, 0))

    early = await fairness.count_due(now + fairness.SETTLED - timedelta(seconds=1))
    in_time = await fairness.count_due(now + fairness.SETTLED)
    again = await fairness.count_due(now + fairness.SETTLED + DAY)

    assert (early, in_time, again) == (0, 1, 0)
    found = await fairness.counted(round, Side.MENTEE)
    assert found is not None
    assert (found.counted_at, found.completed_at) == (now + fairness.SETTLED, None)


async def test_each_answer_is_a_row_with_those_who_did_not_say_and_those_who_were_not_asked(now: datetime) -> None:
    round = await a_running_round(now, women=(30, 15), men=(0, 0))
    for _ in range(2):
        person = await a_person(now=now)
        await signing.sign_up_mentee(
            round,
            person,
            MenteeAnswers(),
            told=[],
            actor=Actor(person, "Mo"),
            source=ProfileSource.COORDINATOR,
            now=now,
        )
    await MenteeProfile.update({MenteeProfile.source: ProfileSource.SELF}).where(MenteeProfile.person == person)

    members = await fairness._members(round, Side.MENTEE, until=now, now=now)
    gender = fairness.questions()[2]

    assert gender.title == "Gender"
    assert [(each.words, each.people, each.paired) for each in fairness.groups(members, gender)] == [
        ("Woman", 30, 15),
        ("Man", 0, 0),
        ("Another gender identity", 0, 0),
        ("Prefer not to say", 1, 0),
        ("Not asked", 1, 0),
    ]


async def test_groups_that_are_large_enough_are_shown_and_the_others_are_not(now: datetime) -> None:
    round = await a_running_round(now, women=(25, 12), men=(24, 12))

    await fairness.count_due(now + fairness.SETTLED)

    found = await tables(round)
    assert told_of(found["Level"]) == {
        "Up to senior officer (AA to EO)": (None, None, None, None),
        "Team leaders and managers (HEO, SEO)": (None, None, None, None),
        "Heads of service (Grades 7 and 6)": (None, None, None, None),
        "Directors and above (SCS)": (None, None, None, None),
        "Not told": (None, None, None, None),
    }
    gender = told_of(found["Gender"])
    assert gender == {
        "Woman": (25, 12, None, 70),
        "Man": (None, None, None, None),
        "Another gender identity": (None, None, None, None),
        "Prefer not to say": (None, None, None, None),
        "Not asked": (None, None, None, None),
    }
    assert (found["Gender"].people, found["Gender"].paired) == (49, 24)


async def complete(round: UUID, profiles_of: Sequence[UUID], now: datetime) -> None:
    for each in profiles_of:
        await pairings.complete(each, actor=ACADEMY, now=now)


async def test_who_completed_is_added_to_the_same_rows_when_the_round_is_closed(now: datetime) -> None:
    from mentoring.pairings import queries as pairs

    round = await a_running_round(now, women=(35, 24), men=(40, 25))
    await fairness.count_due(now + fairness.SETTLED)
    before = await tables(round)
    live = await pairs.live(round, now=now)
    women = {row["person"] for row in await EqualityAnswer.select().where(EqualityAnswer.answer == "woman")}
    later = now + 200 * DAY
    of_women = [each.id for each in live if each.mentee in women][:12]
    of_men = [each.id for each in live if each.mentee not in women][:11]
    await complete(round, [*of_women, *of_men], later)
    late = await a_mentee(round=round, told=WOMAN, now=later)  # came after the count: not in it
    await signing.withdraw_mentee(late, actor=ACADEMY, now=later)
    await signing.move_round(round, RoundStatus.CLOSED, actor=ACADEMY, now=later)

    await fairness.count_due(later)
    await fairness.count_due(later + DAY)

    after = await tables(round)
    assert told_of(before["Gender"])["Woman"] == (35, 24, None, 70)
    assert told_of(after["Gender"])["Woman"] == (35, 24, 12, 70)
    assert (after["Gender"].people, after["Gender"].paired, after["Gender"].completed) == (75, 49, 23)


async def test_what_happens_after_the_count_changes_nothing_in_it(now: datetime) -> None:
    round = await a_running_round(now, women=(25, 12), men=(24, 12))
    await fairness.count_due(now + fairness.SETTLED)
    before = await FairnessCount.select(FairnessCount.tables)

    for told in (WOMAN, MAN):
        await a_mentee(round=round, told=told, now=now + 40 * DAY)
    await fairness.count_due(now + 41 * DAY)

    assert await FairnessCount.select(FairnessCount.tables) == before


async def test_control_counting_anew_would_show_what_the_newcomer_told(now: datetime) -> None:
    round = await a_running_round(now, women=(25, 12), men=(24, 12))
    gender = fairness.questions()[2]

    async def women(at: datetime) -> int | None:
        members = await fairness._members(round, Side.MENTEE, until=at, now=at)
        return fairness.hiding.shown(gender.title, fairness.groups(members, gender)).rows[0].people

    before = await women(now)
    await a_mentee(round=round, told=WOMAN, now=now + DAY)

    assert (before, await women(now + DAY)) == (25, 26)


async def test_mentors_are_counted_too(now: datetime) -> None:
    round = await a_running_round(now, women=(3, 2), men=(1, 1))
    await a_mentor(round=round, now=now)

    await fairness.count_due(now + fairness.SETTLED)

    table = (await tables(round, Side.MENTOR))["Region"]
    assert (table.people, table.paired, table.empty) == (3, 2, True)


async def test_a_round_without_pairs_is_not_counted(now: datetime) -> None:
    await a_round(status=RoundStatus.MATCHING, now=now)

    assert await fairness.count_due(now + 99 * DAY) == 0


async def test_two_schedulers_count_once(database: room.Engine, now: datetime) -> None:
    import asyncio

    await a_running_round(now, women=(1, 1), men=(1, 0))

    await asyncio.gather(*(fairness.count_due(now + fairness.SETTLED) for _ in range(3)))

    assert await FairnessCount.count() == 2


# ------------------------------------------------------------------ two rounds
async def the_same_again(first: UUID, now: datetime, *, less: int = 0, more: int = 0) -> UUID:
    """Another round with the mentees of the first, less so many, and with so many new ones."""
    round = await a_round(slug="again", status=RoundStatus.RUNNING, starts_on=now.date(), now=now)
    before = sorted(await profiles.mentees(first), key=lambda each: each.id)
    women = {row["person"] for row in await EqualityAnswer.select().where(EqualityAnswer.answer == "woman")}
    wanting = [
        await a_mentee(round=round, person=each.person, told=WOMAN if each.person in women else MAN, now=now)
        for each in before[less:]
    ]
    wanting += [await a_mentee(round=round, told=WOMAN, now=now) for _ in range(more)]
    mentor = await a_mentor(round=round, now=now)
    (made,) = await pairings.propose(
        round, [Proposed(mentor_profile=mentor, mentee_profile=wanting[0])], actor=ACADEMY, now=now
    )
    await MentoringRound.update({MentoringRound.published_at: now}).where(MentoringRound.id == round)
    return round


@pytest.mark.parametrize(
    ("less", "more", "shown"), [(0, 0, False), (0, 1, False), (9, 10, False), (10, 9, False), (10, 10, True)]
)
async def test_nearly_the_same_people_are_not_counted_by_characteristic_twice(
    now: datetime, less: int, more: int, shown: bool
) -> None:
    first = await a_running_round(now, women=(35, 12), men=(35, 12))
    await fairness.count_due(now + fairness.SETTLED)
    assert not (await tables(first))["Gender"].empty
    later = now + 60 * DAY

    again = await the_same_again(first, later, less=less, more=more)
    await fairness.count_due(later + fairness.SETTLED)

    gender = (await tables(again))["Gender"]
    assert (gender.empty, bool(gender.beside)) == (not shown, not shown)
    assert gender.people == 70 - less + more
    assert not (await tables(again))["Level"].beside
