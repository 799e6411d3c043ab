"""Rounds and their criteria, as verbs."""

import asyncio
from datetime import date, datetime

import msgspec
import pytest

from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry
from academy.errors import ChangedMeanwhile, NotFound
from mentoring.matching.criteria import Criteria, Weights
from mentoring.profiles import queries, rules, service
from mentoring.profiles.rules import RoundDetails, SlugTaken
from mentoring.profiles.tables import MentoringRound, RoundStatus
from tests.support.makers import a_coordinator, a_mentee, a_mentor, a_round
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")
LIGHT = Criteria(weights=Weights(skills=10))


async def test_a_new_round_is_a_draft_with_the_usual_criteria(now: datetime) -> None:
    round = await service.create_round(RoundDetails(name="New", slug="new-one"), actor=ACADEMY, now=now)

    here = await queries.round("new-one")
    version = await queries.criteria(round)
    assert (here.id, here.status, here.public) == (round, RoundStatus.DRAFT, False)
    assert (version.number, version.criteria, version.author_name) == (1, rules.usual_criteria(), "The academy")


async def test_two_rounds_cannot_have_one_address(now: datetime) -> None:
    await a_round(slug="spring", now=now)
    other = await a_round(slug="autumn", status=RoundStatus.DRAFT, now=now)

    with pytest.raises(SlugTaken):
        await a_round(slug="spring", now=now)
    with pytest.raises(SlugTaken):
        await service.change_round(other, RoundDetails(name="A", slug="spring"), version=1, actor=ACADEMY, now=now)
    assert await MentoringRound.count() == 2


async def test_settings_are_saved_once_for_each_page_that_was_open(now: datetime) -> None:
    round = await a_round(slug="spring", now=now)
    here = await queries.round("spring")
    changed = msgspec.structs.replace(here.details, months=6)

    await service.change_round(round, changed, version=here.version, actor=ACADEMY, now=now)
    with pytest.raises(ChangedMeanwhile):
        await service.change_round(round, changed, version=here.version, actor=ACADEMY, now=now)

    assert (await queries.round("spring")).months == 6


async def test_the_address_stays_once_people_may_know_it(now: datetime) -> None:
    round = await a_round(slug="spring", now=now)
    here = await queries.round("spring")

    with pytest.raises(rules.BadRound, match="links that people have"):
        await service.change_round(
            round, msgspec.structs.replace(here.details, slug="may"), version=here.version, actor=ACADEMY, now=now
        )


async def test_a_clone_takes_texts_and_criteria_along_and_no_people(now: datetime) -> None:
    round = await a_round(slug="spring", starts_on=date(2026, 9, 1), criteria=LIGHT, now=now)
    await a_mentor(round=round, now=now)

    made = await service.clone_round(round, name="Spring again", starts_on=date(2027, 9, 1), actor=ACADEMY, now=now)

    clone = await queries.round_by_id(made)
    assert (clone.slug, clone.status, clone.cloned_from) == ("spring-again", RoundStatus.DRAFT, round)
    assert (clone.starts_on, clone.ends_on, clone.mentors) == (date(2027, 9, 1), date(2028, 6, 1), 0)
    assert clone.agreement == "What we say stays between us."
    assert (await queries.criteria(made)).criteria == LIGHT


async def test_templates_stand_apart_and_cannot_be_opened(now: datetime) -> None:
    round = await a_round(slug="spring", now=now)
    template = await service.clone_round(round, name="Ours", starts_on=None, is_template=True, actor=ACADEMY, now=now)

    assert [one.id for one in await queries.templates()] == [template]
    assert [one.id for one in await queries.rounds()] == [round]
    assert [one.id for one in await queries.open_rounds(now)] == [round]
    with pytest.raises(rules.ForbiddenMove):
        await service.move_round(template, RoundStatus.OPEN, actor=ACADEMY, now=now)
    with pytest.raises(rules.CannotSignUp):
        await a_mentor(round=template, now=now)


async def test_a_round_remembers_when_pairs_were_published_and_when_it_closed(now: datetime) -> None:
    await a_round(slug="spring", status=RoundStatus.CLOSED, now=now)

    here = await queries.round("spring")
    assert (here.published_at, here.closed_at) == (now, now)


async def test_a_move_that_is_not_in_the_table_is_refused(now: datetime) -> None:
    round = await a_round(status=RoundStatus.OPEN, now=now)

    with pytest.raises(rules.ForbiddenMove, match="cannot become “Running” now"):
        await service.move_round(round, RoundStatus.RUNNING, actor=ACADEMY, now=now)


async def test_two_who_move_a_round_at_once_move_it_once(now: datetime) -> None:
    round = await a_round(status=RoundStatus.OPEN, now=now)

    done = await asyncio.gather(
        *(service.move_round(round, RoundStatus.MATCHING, actor=ACADEMY, now=now) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["ForbiddenMove", "NoneType"]


async def test_a_draft_or_template_without_people_can_be_taken_away(now: datetime) -> None:
    empty, used = await a_round(status=RoundStatus.DRAFT, now=now), await a_round(status=RoundStatus.DRAFT, now=now)
    opened = await a_round(now=now)
    await a_mentee(round=used, now=now)

    await service.remove_round(empty, actor=ACADEMY, now=now)

    for round in (used, opened):
        with pytest.raises(rules.InUse):
            await service.remove_round(round, actor=ACADEMY, now=now)
    with pytest.raises(NotFound):
        await queries.round_by_id(empty)


# ---------------------------------------------------------------- criteria
async def test_every_save_is_a_version_with_author_and_note(now: datetime) -> None:
    round = await a_round(now=now)
    cora = Actor(await a_coordinator(name="Cora", now=now), "Cora")

    number = await service.new_criteria(round, LIGHT, note="Skills mattered too much", actor=cora, now=now)

    latest = await queries.criteria(round)
    assert (number, latest.number, latest.criteria) == (2, 2, LIGHT)
    assert (latest.author_name, latest.note, latest.made_at) == ("Cora", "Skills mattered too much", now)
    assert (await queries.criteria(round, 1)).criteria == rules.usual_criteria()
    assert [each.number for each in await queries.criteria_versions(round)] == [2, 1]
    trail = await Entry.select(Entry.after).where(Entry.verb == "mentoring_round.criteria")
    assert msgspec.json.decode(trail[0]["after"])["weights"]["skills"] == 10


async def test_the_same_criteria_again_make_no_version(now: datetime) -> None:
    round = await a_round(now=now)

    assert await service.new_criteria(round, rules.usual_criteria(), actor=ACADEMY, now=now) == 1


async def test_two_coordinators_do_not_overwrite_each_other(now: datetime) -> None:
    round = await a_round(now=now)
    await service.new_criteria(round, LIGHT, after=1, actor=ACADEMY, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.new_criteria(round, Criteria(keep=9), after=1, actor=ACADEMY, now=now)


@pytest.mark.parametrize("number", [0, 2, -1, 2**40])
async def test_a_version_that_is_not_there(now: datetime, number: int) -> None:
    round = await a_round(now=now)

    with pytest.raises(NotFound):
        await queries.criteria(round, number)


async def test_the_list_of_rounds_takes_one_query(now: datetime) -> None:
    for _ in range(3):
        round = await a_round(now=now)
        await a_mentor(round=round, capacity=2, now=now)
        with counted() as statements:
            found = await queries.rounds()
        assert len(statements) == 1
    assert [(one.mentors, one.places, one.mentees) for one in found] == [(1, 2, 0)] * 3
