"""A coach's own log of professional development and supervision."""

from datetime import date, datetime

import pytest

from academy.errors import NotFound
from cohorts.coaching.record import log, queries, service
from cohorts.coaching.record.log import NewEntry
from cohorts.coaching.record.tables import LogKind
from tests.support.coached import a_pair

pytestmark = pytest.mark.usefixtures("database")


def entry(day: date, minutes: int = 60, kind: LogKind = LogKind.CPD, what: str = "A day on ethics") -> NewEntry:
    return NewEntry(kind=kind, day=day, minutes=minutes, what=what)


async def test_a_log_has_the_latest_day_first_and_a_sum_for_each_year(now: datetime) -> None:
    pair = await a_pair(now=now)
    for new in (
        entry(date(2025, 11, 3), 90),
        entry(date(2026, 3, 2), 60, LogKind.SUPERVISION),
        entry(date(2026, 1, 5), 45),
    ):
        await service.add_log(pair.coach, new, now=now)

    found = await queries.log_of(pair.coach)

    assert [each.day for each in found] == [date(2026, 3, 2), date(2026, 1, 5), date(2025, 11, 3)]
    assert log.years(found) == [
        log.Year(year=2026, cpd=45, supervision=60),
        log.Year(year=2025, cpd=90, supervision=0),
    ]


async def test_a_line_is_changed_and_removed(now: datetime) -> None:
    pair = await a_pair(now=now)
    line = await service.add_log(pair.coach, entry(date(2026, 3, 2)), now=now)

    await log.change_log(pair.coach, line, entry(date(2026, 3, 3), 75, what="A day on contracts"))
    changed = await queries.log_entry(pair.coach, line)
    await service.remove_log(pair.coach, line)

    assert (changed.day, changed.minutes, changed.what) == (date(2026, 3, 3), 75, "A day on contracts")
    assert await queries.log_of(pair.coach) == []


async def test_another_coach_neither_reads_nor_changes_it(now: datetime) -> None:
    pair, eve = await a_pair(now=now), await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
    line = await service.add_log(pair.coach, entry(date(2026, 3, 2)), now=now)

    assert await queries.log_of(eve.coach) == []
    with pytest.raises(NotFound):
        await log.change_log(eve.coach, line, entry(date(2026, 1, 1)))
    with pytest.raises(NotFound):
        await service.remove_log(eve.coach, line)

    assert (await queries.log_entry(pair.coach, line)).day == date(2026, 3, 2)
