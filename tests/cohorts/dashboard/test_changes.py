"""Changes of a cohort that reach its enrolments: places, sessions added later, calling it off."""

from datetime import datetime, timedelta

import pytest

from academy import database as db
from academy.audit.service import ACADEMY
from academy.invites.tables import Invitee
from cohorts.dashboard import changes
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import queries, rules
from cohorts.schedule.rules import CohortDetails, SessionDetails
from cohorts.schedule.tables import Format
from tests.support.makers import a_cohort, an_enrolment


def settings_of(row: dict, **changed: object) -> CohortDetails:
    kept = {name: row[name] for name in CohortDetails.__struct_fields__}
    return CohortDetails(**{**kept, "format": Format(row["format"]), **changed})


async def statuses() -> list[str]:
    rows = await Enrolment.select(Enrolment.status).order_by(Enrolment.created_at, Enrolment.list_number)
    return sorted(row["status"] for row in rows)


async def test_more_places_go_to_the_waiting_list_at_once(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(capacity=2, now=now)
    for _ in range(5):
        await an_enrolment(cohort=cohort, now=now)
    before = await statuses()

    moved = await changes.change_cohort(
        cohort, settings_of(await queries.by_id(cohort), capacity=4), version=2, actor=ACADEMY, now=now
    )

    assert before == ["enrolled"] * 2 + ["waitlisted"] * 3
    assert moved == 2
    assert await statuses() == ["enrolled"] * 4 + ["waitlisted"]


async def test_fewer_places_than_are_taken_are_refused_in_a_sentence(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(capacity=5, now=now)
    for _ in range(3):
        await an_enrolment(cohort=cohort, now=now)
    row = await queries.by_id(cohort)

    with pytest.raises(rules.TooFewPlaces) as refused:
        await changes.change_cohort(cohort, settings_of(row, capacity=2), version=2, actor=ACADEMY, now=now)
    await changes.change_cohort(cohort, settings_of(row, capacity=3), version=2, actor=ACADEMY, now=now)

    assert refused.value.message == "3 places are taken. Enter 3 or more, or withdraw people first."
    assert (await queries.by_id(cohort))["capacity"] == 3


async def test_a_session_added_later_invites_only_who_has_a_place(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(capacity=2, sessions=1, now=now)
    for _ in range(3):
        await an_enrolment(cohort=cohort, now=now)
    starts = now + timedelta(days=30)
    extra = SessionDetails(title="Review", starts_at=starts, ends_at=starts + timedelta(hours=1))

    made = await changes.add_session(cohort, extra, actor=ACADEMY, now=now)

    event = (await queries.session(made))["event"]
    assert await Invitee.count().where(Invitee.event == event) == 2
    assert await Invitee.count() == 4


async def test_a_session_of_a_planned_cohort_invites_nobody_yet(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(published=False, now=now)
    starts = now + timedelta(days=30)
    extra = SessionDetails(title="Review", starts_at=starts, ends_at=starts + timedelta(hours=1))

    await changes.add_session(cohort, extra, actor=ACADEMY, now=now)

    assert await Invitee.count() == 0
