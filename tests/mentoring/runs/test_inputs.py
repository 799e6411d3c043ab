"""What a run is given: frozen, sorted, and the same on every database and in whatever order rows were written."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.people import service as people_service
from academy.people.tables import Person
from mentoring.matching.people import Ended, Pair
from mentoring.pairings import queries as pairings
from mentoring.pairings import service as pairing_service
from mentoring.pairings.tables import DeclineReason
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as signing
from mentoring.profiles.tables import ApartKind
from mentoring.runs import inputs, overview, service
from tests.support import makers
from tests.support.matched import matched, three
from tests.support.queries import counted

SPACE = UUID("6f0c2f0e-5c0b-4c53-9f43-5a0a6f6b6f10")
_seen: dict[str, set[str]] = {}


async def _known(order: int, now: datetime) -> str:
    """The same nine people with the same ids, written in one order or the other; the hash of what a run is given."""
    round = await makers.a_round(slug=f"round-{order}", now=now)
    people = [f"mentor-{number}" for number in range(4)] + [f"mentee-{number}" for number in range(5)]
    ids = {name: uuid5(SPACE, name) for name in people}
    for name in people if order else reversed(people):
        if not await Person.exists().where(Person.id == ids[name]):
            await Person.insert(Person(id=ids[name], name=name, created_at=now))
            await people_service.add_address(ids[name], address=f"{name}@x.example", now=now, primary=True)
        number = int(name[-1])
        if name.startswith("mentor"):
            skills = ("confidence", "politics", "data")[: number % 3 + 1]
            await makers.a_mentor(round=round, person=ids[name], capacity=1 + number % 2, skills=skills, now=now)
    for name in people if order else reversed(people):
        if name.startswith("mentee"):
            liked = [ids["mentor-1"], ids["mentor-3"]] if int(name[-1]) % 2 else []
            await makers.a_mentee(round=round, person=ids[name], choices=liked, now=now)
    apart = [("mentee-0", "mentor-0"), ("mentee-1", "mentor-2")]
    for one, other in apart if order else reversed(apart):
        await signing.keep_apart(ids[one], ids[other], ApartKind.NAMED, actor=ACADEMY, now=now)
    given = await inputs.of_round(round, now=now)
    return inputs.hash_of(inputs.as_json(given.request))


@pytest.mark.parametrize("order", [0, 1])
async def test_neither_the_order_of_rows_nor_the_database_matters(
    database: room.Engine, order: int, now: datetime
) -> None:
    _seen.setdefault("hashes", set()).add(await _known(order, now))

    assert len(_seen["hashes"]) == 1


async def test_another_answer_gives_another_fingerprint(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    before = inputs.as_json((await inputs.of_round(here.round, now=now)).request)
    await signing.pause_mentor(here.mentors["Mia"], date(2026, 12, 1), actor=ACADEMY, now=now)

    after = inputs.as_json((await inputs.of_round(here.round, now=now)).request)

    assert inputs.hash_of(before) != inputs.hash_of(after)


async def test_places_that_are_taken_are_taken_off(database: room.Engine, now: datetime) -> None:
    here = await matched(mentors={"Mia": {"capacity": 2}}, mentees={"Ana": {}}, now=now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    await makers.a_mentee(round=here.round, name="Ben", now=now)

    given = await inputs.of_round(here.round, now=now)

    assert [(one.name, one.places) for one in given.request.pool.mentors] == [("Mia Mentor", 1)]
    assert [one.name for one in given.request.pool.mentees] == ["Ben"]


async def test_what_was_between_two_people_in_earlier_rounds_is_known(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    for each in await pairings.live(here.round, now=now):
        await pairing_service.accept(each.id, actor=Actor(each.mentor, ""), now=now)
    later = now + timedelta(days=90)
    await pairing_service.activate_due(later)
    (pair,) = [each for each in await pairings.live(here.round, now=later) if each.mentee == here.people["Ana"]]
    await pairing_service.end(pair.id, reason="It did not work", actor=Actor(pair.mentor, ""), now=later)
    ana, mia = here.people["Ana"], here.people["Mia"]
    next_round = await makers.a_round(slug="next", now=later)
    await makers.a_mentor(round=next_round, person=mia, now=later)
    await makers.a_mentee(round=next_round, person=ana, now=later)

    given = await inputs.of_round(next_round, now=later)

    (seeker,) = given.request.pool.mentees
    assert [(one.mentor, one.ended) for one in seeker.history] == [(str(mia), Ended.BADLY)]


async def test_a_no_in_this_round_rules_the_pair_out_and_one_of_another_round_does_not(
    database: room.Engine, now: datetime
) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    (pair,) = [each for each in await pairings.live(here.round, now=now) if each.mentee == here.people["Ana"]]
    await pairing_service.decline(pair.id, DeclineReason.NO_TIME, actor=Actor(pair.mentor, ""), now=now)
    ana, mia = here.people["Ana"], here.people["Mia"]
    next_round = await makers.a_round(slug="next", now=now)
    await makers.a_mentor(round=next_round, person=mia, now=now)
    await makers.a_mentee(round=next_round, person=ana, now=now)

    assert (await inputs.of_round(here.round, now=now)).request.ruled_out == (Pair(str(mia), str(ana)),)
    assert (await inputs.of_round(next_round, now=now)).request.ruled_out == ()


async def test_who_has_completed_in_this_round_is_not_given_another_mentor(
    database: room.Engine, now: datetime
) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    (pair,) = [each for each in await pairings.live(here.round, now=now) if each.mentee == here.people["Ana"]]
    await pairing_service.accept(pair.id, actor=Actor(pair.mentor, ""), now=now)
    later = now + timedelta(days=90)
    await pairing_service.activate_due(later)
    await pairing_service.complete(pair.id, actor=Actor(pair.mentee, ""), now=later)
    ben = next(each for each in await pairings.live(here.round, now=later) if each.mentee == here.people["Ben"])
    await pairing_service.decline(ben.id, DeclineReason.NOT_MY_FIELD, actor=Actor(ben.mentor, ""), now=now)

    given = await inputs.of_round(here.round, now=later)

    assert [one.name for one in given.request.pool.mentees] == ["Ben Mentee"]
    assert [need.what for need in (await overview.part(await profiles.round_by_id(here.round), later)).needs] == [
        "1 mentee waits for a mentor"
    ]


async def test_a_mentor_whose_mentee_left_comes_first_among_equals_until_they_are_asked_again(
    database: room.Engine, now: datetime
) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    for each in await pairings.live(here.round, now=now):
        await pairing_service.accept(each.id, actor=Actor(each.mentor, ""), now=now)
    (pair,) = [each for each in await pairings.live(here.round, now=now) if each.mentee == here.people["Ana"]]
    later = now + timedelta(hours=1)
    await pairing_service.end(pair.id, actor=Actor(pair.mentee, ""), now=later)

    given = await inputs.of_round(here.round, now=later)

    assert [one.name for one in given.request.pool.mentors if one.let_down] == ["Mia Mentor"]
    await makers.a_mentee(round=here.round, name="Dan Mentee", now=later)
    await service.publish((await here.suggest(later)).id, actor=ACADEMY, now=later + timedelta(hours=1))
    assert not any(one.let_down for one in (await inputs.of_round(here.round, now=later)).request.pool.mentors)


async def test_it_takes_a_constant_number_of_queries(database: room.Engine, now: datetime) -> None:
    few = await matched(mentors={"Mia": {}}, mentees={"Ana": {}}, slug="few", now=now)
    many = await three(now, slug="many")
    await service.pin(*many.pair("Mia", "Ana"), actor=ACADEMY, now=now)

    counts = []
    for here in (few, many):
        with counted() as statements:
            await inputs.of_round(here.round, now=now)
        counts.append(len(statements))

    assert counts[0] == counts[1]


async def test_holds_of_people_who_have_left_are_left_out(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await service.pin(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)
    await signing.withdraw_mentor(here.mentors["Mia"], actor=ACADEMY, now=now)

    given = await inputs.of_round(here.round, now=now)

    assert given.request.pins == ()
    assert len(await profiles.mentors(here.round)) == 2
