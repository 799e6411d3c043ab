"""What people answered does not stay in runs for ever."""

from datetime import datetime, timedelta

from academy import database as room
from academy.audit.service import ACADEMY
from mentoring.profiles import service as signing
from mentoring.profiles.tables import RoundStatus
from mentoring.runs import queries
from mentoring.runs.keeping import KEEP, forget_runs
from tests.support.matched import three


async def test_runs_go_two_years_after_their_round_was_closed(database: room.Engine, now: datetime) -> None:
    old, young = await three(now, slug="old"), await three(now, slug="young")
    for here, closed in ((old, now), (young, now + timedelta(days=1))):
        await here.suggest(now)
        await signing.move_round(here.round, RoundStatus.RUNNING, actor=ACADEMY, now=now)
        await signing.move_round(here.round, RoundStatus.CLOSED, actor=ACADEMY, now=closed)

    assert await forget_runs(now + KEEP - timedelta(seconds=1)) == 0
    assert await forget_runs(now + KEEP) == 1
    assert await forget_runs(now + KEEP) == 0

    assert await queries.runs_of(old.round) == []
    assert len(await queries.runs_of(young.round)) == 1


async def test_runs_of_rounds_that_are_not_closed_stay(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    assert await forget_runs(now + 5 * KEEP) == 0
