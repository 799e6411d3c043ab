"""What waits in mentoring stands on the page of today."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from mentoring.pairings import service as pairing_service
from mentoring.pairings.tables import Pairing
from mentoring.profiles import service as profiles
from mentoring.profiles.tables import PoolStatus, RoundStatus
from mentoring.reports import queries
from tests.conftest import Clock
from tests.support.client import sign_in, words
from tests.support.makers import a_coordinator, a_mentee, a_round
from tests.support.pages import links
from tests.support.paired import a_pairing, two
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")


@pytest.fixture
async def spring(clock: Clock) -> UUID:
    return await a_round(
        slug="spring", name="Spring", status=RoundStatus.RUNNING, starts_on=clock.now.date(), now=clock.now
    )


async def test_nothing_waits_where_there_is_no_round(clock: Clock) -> None:
    assert await queries.needs(clock.now) == []


async def test_late_answers_silent_pairs_and_mentees_without_a_mentor(spring: UUID, clock: Clock) -> None:
    await two(round=spring, accepted=False, now=clock.now)
    silent = await two(round=spring, now=clock.now)
    await Pairing.update({Pairing.listed_at: clock.now}).where(Pairing.id == silent.id)
    for _ in range(2):
        await profiles.set_pool_status(await a_mentee(round=spring), PoolStatus.NO_MATCH_FOUND, clock.now)

    found = await queries.needs(clock.now + timedelta(days=8))

    assert [(need.what, need.round, need.href) for need in found] == [
        ("A mentor has not answered in time", "Spring", "/mentoring/rounds/spring/reports/people?show=late"),
        ("No mentor was found for 2 mentees", "Spring", "/mentoring/rounds/spring/reports/people?show=unmatched"),
        (
            "A pair has not met, also after a reminder",
            "Spring",
            "/mentoring/rounds/spring/reports/people?show=silent",
        ),
    ]


async def test_a_pair_that_ended_stands_with_its_reason_until_the_mentee_has_somebody(
    client: httpx.AsyncClient, spring: UUID, clock: Clock
) -> None:
    pair = await two(round=spring, now=clock.now)
    await pairing_service.end(pair.id, reason="He never answers", actor=pair.as_mentee, now=clock.now)
    await sign_in(client, await a_coordinator())

    (need,) = await queries.needs(clock.now)
    behind = await client.get(need.href)
    overview = words(await client.get("/mentoring/rounds/spring"))

    assert need.what == "A pair has ended before its time, and the mentee waits"
    assert ("1 line" in behind.text, "He never answers" in behind.text) == (True, True)
    assert "“He never answers” Who was let down comes first in the next suggestion." in overview
    await a_pairing(spring, mentee=pair.mentee, now=clock.now)
    assert await queries.needs(clock.now) == []


async def test_the_list_behind_a_need_has_as_many_lines(client: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    silent = await two(round=spring, now=clock.now)
    await Pairing.update({Pairing.listed_at: clock.now}).where(Pairing.id == silent.id)
    await sign_in(client, await a_coordinator())

    today = await client.get("/today")
    shown = words(today)
    people = await client.get("/mentoring/rounds/spring/reports/people?show=silent")

    start = shown.index("A pair has not met, also after a reminder")
    assert shown[start + 1] == "Spring"
    assert links(today)["Spring"] == "/mentoring/rounds/spring"
    assert "1 line" in people.text


async def test_closed_rounds_want_nothing(spring: UUID, clock: Clock) -> None:
    silent = await two(round=spring, now=clock.now)
    await Pairing.update({Pairing.listed_at: clock.now}).where(Pairing.id == silent.id)
    await profiles.move_round(spring, RoundStatus.CLOSED, actor=silent.as_mentor, now=clock.now)

    assert await queries.needs(clock.now) == []


async def test_one_query_whatever_there_is(spring: UUID, clock: Clock) -> None:
    with counted() as one:
        await queries.needs(clock.now)
    for _ in range(2):
        other = await a_round(status=RoundStatus.RUNNING, now=clock.now)
        await two(round=other, now=clock.now)
    with counted() as three:
        await queries.needs(clock.now)

    assert (len(one), len(three)) == (1, 1)
