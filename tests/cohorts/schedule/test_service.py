"""The verbs of cohorts, on both databases, with real invites and mails."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from academy import database as db
from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.errors import ChangedMeanwhile, NotFound
from academy.invites import service as invites
from academy.invites.tables import CalendarEvent
from academy.outbox.tables import Message
from cohorts.migrations import cohorts_2026_11_22_one_humber as one_humber
from cohorts.schedule import queries, rules, service
from cohorts.schedule.rules import CohortDetails, SessionDetails
from cohorts.schedule.tables import Format
from tests.support.makers import a_cohort, a_person, a_programme

HOUR = timedelta(hours=1)


def settings_of(row: dict[str, Any], **changed: Any) -> CohortDetails:
    """The cohort's settings as they stand, but for what is ``changed``."""
    names = CohortDetails.__struct_fields__
    return CohortDetails(**{**{name: row[name] for name in names}, "format": Format(row["format"]), **changed})


async def invited(cohort: UUID, people: int, now: datetime) -> list[UUID]:
    """People who are invited to every session of a cohort."""
    found = [await a_person(name=f"Person {number}", now=now) for number in range(people)]
    for session in await queries.sessions(cohort):
        await invites.invite(session["event"], found, now=now)
    return found


async def mails(kind: str) -> int:
    return await Message.count().where(Message.kind == kind)


async def entry(verb: str) -> dict[str, Any]:
    (row,) = await Entry.select().where(Entry.verb == verb)
    return {**row, **{name: msgspec.json.decode(row[name]) for name in ("before", "after") if row[name]}}


# ------------------------------------------------------------------ create
async def test_a_new_cohort_is_planned_with_its_sessions_in_order(database: db.Engine, now: datetime) -> None:
    programme = await a_programme(now=now)
    details = CohortDetails(name="Top Talent, Essex", code="tt-essex", venue="County Hall", region="East of England")
    later = SessionDetails(title="Day 2", starts_at=now + 48 * HOUR, ends_at=now + 54 * HOUR)
    sooner = SessionDetails(title="Day 1", starts_at=now + 24 * HOUR, ends_at=now + 30 * HOUR, compulsory=True)

    made = await service.create_cohort(programme, details, sessions=[later, sooner], actor=ACADEMY, now=now)

    row = await queries.by_id(made)
    assert (row["status"], row["first_starts_at"], row["last_ends_at"]) == ("planned", now + 24 * HOUR, now + 54 * HOUR)
    assert [
        (each["title"], each["place"], each["link"], each["compulsory"]) for each in await queries.sessions(made)
    ] == [("Day 1", "County Hall", "", True), ("Day 2", "County Hall", "", False)]
    assert [event["title"] for event in await CalendarEvent.select().order_by(CalendarEvent.starts_at)] == [
        "Top Talent, Essex: Day 1",
        "Top Talent, Essex: Day 2",
    ]
    assert len((await entry("cohort.create"))["after"]["sessions"]) == 2


async def test_a_code_is_given_once(database: db.Engine, now: datetime) -> None:
    await a_cohort(code="tt-essex", now=now)

    with pytest.raises(rules.CodeTaken):
        await a_cohort(code="tt-essex", now=now)

    assert await db.fetch("SELECT count(*) AS found FROM cohort") == [{"found": 1}]


async def test_a_bad_session_leaves_no_cohort_behind(database: db.Engine, now: datetime) -> None:
    programme = await a_programme(now=now)
    bad = SessionDetails(title="Day 1", starts_at=now, ends_at=now)

    with pytest.raises(rules.BadTimes):
        await service.create_cohort(
            programme, CohortDetails(name="A", code="a"), sessions=[bad], actor=ACADEMY, now=now
        )

    assert await db.fetch("SELECT count(*) AS found FROM cohort") == [{"found": 0}]


async def test_a_cohort_needs_a_programme(database: db.Engine, now: datetime) -> None:
    with pytest.raises(NotFound):
        await service.create_cohort(UUID(int=1), CohortDetails(name="A", code="a"), actor=ACADEMY, now=now)


# ----------------------------------------------------------------- publish
async def test_a_published_cohort_is_open(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(published=False, now=now)

    await service.publish(cohort, actor=ACADEMY, now=now)

    row = await queries.by_id(cohort)
    assert (row["status"], row["published_at"], row["version"]) == ("open", now, 2)
    assert (await entry("cohort.publish"))["before"] == {"status": "planned"}


async def test_a_cohort_without_sessions_is_not_published(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=0, published=False, now=now)

    with pytest.raises(rules.CannotPublish, match="Add at least one session"):
        await service.publish(cohort, actor=ACADEMY, now=now)

    assert (await queries.by_id(cohort))["status"] == "planned"


async def test_cancelled_sessions_do_not_count_for_publishing(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, published=False, now=now)
    (session,) = await queries.sessions(cohort)
    await service.cancel_session(session["id"], "", actor=ACADEMY, now=now)

    with pytest.raises(rules.CannotPublish):
        await service.publish(cohort, actor=ACADEMY, now=now)


async def test_publishing_twice_is_refused(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)

    with pytest.raises(rules.CannotPublish, match=r"^This cohort is published\.$"):
        await service.publish(cohort, actor=ACADEMY, now=now)


# ------------------------------------------------------------------ change
async def test_settings_change_with_what_they_were_before(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(capacity=20, published=False, now=now)
    row = await queries.by_id(cohort)

    rose = await service.change_cohort(
        cohort, settings_of(row, capacity=25, region="London"), version=1, actor=ACADEMY, now=now
    )

    assert rose == 5
    assert (await entry("cohort.change"))["before"] == {"region": "", "capacity": 20}
    assert (await queries.by_id(cohort))["version"] == 2


async def test_capacity_stays_above_the_places_taken(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(capacity=20, now=now)
    row = await queries.by_id(cohort)

    with pytest.raises(rules.TooFewPlaces):
        await service.change_cohort(
            cohort, settings_of(row, capacity=17), version=2, places_taken=18, actor=ACADEMY, now=now
        )

    assert (await queries.by_id(cohort))["capacity"] == 20


async def test_the_second_of_two_who_save_is_told(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)
    row = await queries.by_id(cohort)
    await service.change_cohort(cohort, settings_of(row, region="London"), version=2, actor=ACADEMY, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.change_cohort(cohort, settings_of(row, region="Wales"), version=2, actor=ACADEMY, now=now)

    assert (await queries.by_id(cohort))["region"] == "London"


async def test_of_ten_who_save_at_one_instant_one_wins_and_nine_are_told(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)
    row = await queries.by_id(cohort)

    answers = await asyncio.gather(
        *(
            service.change_cohort(cohort, settings_of(row, capacity=30 + number), version=2, actor=ACADEMY, now=now)
            for number in range(10)
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["ChangedMeanwhile"] * 9 + ["int"]
    assert (await queries.by_id(cohort))["version"] == 3


async def test_of_ten_cohorts_with_one_code_one_is_made(database: db.Engine, now: datetime) -> None:
    programme = await a_programme(now=now)

    answers = await asyncio.gather(
        *(
            service.create_cohort(programme, CohortDetails(name="A", code="same"), actor=ACADEMY, now=now)
            for _ in range(10)
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["CodeTaken"] * 9 + ["UUID"]


async def test_another_code_must_be_free(database: db.Engine, now: datetime) -> None:
    await a_cohort(code="tt-essex", now=now)
    other = await a_cohort(code="tt-kent", published=False, now=now)

    with pytest.raises(rules.CodeTaken):
        await service.change_cohort(
            other, settings_of(await queries.by_id(other), code="tt-essex"), version=1, actor=ACADEMY, now=now
        )


async def test_a_published_code_stays_since_people_have_links_with_it(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(code="tt-kent", now=now)

    with pytest.raises(rules.CodeFixed):
        await service.change_cohort(
            cohort, settings_of(await queries.by_id(cohort), code="tt-dover"), version=2, actor=ACADEMY, now=now
        )


async def test_sessions_follow_the_cohort_to_another_place_but_for_those_with_their_own(
    database: db.Engine, now: datetime
) -> None:
    cohort = await a_cohort(sessions=2, now=now)
    _, second = await queries.sessions(cohort)
    await service.change_session(
        second["id"],
        SessionDetails(title="Day 2", starts_at=second["starts_at"], ends_at=second["ends_at"], place="Town Hall"),
        reason="More room",
        actor=ACADEMY,
        now=now,
    )
    await invited(cohort, 2, now)

    await service.change_cohort(
        cohort,
        settings_of(await queries.by_id(cohort), venue="Shire Hall"),
        version=2,
        reason="The hall is closed",
        actor=ACADEMY,
        now=now,
    )

    assert [each["place"] for each in await queries.sessions(cohort)] == ["Shire Hall", "Town Hall"]
    assert await mails("session-changed") == 2


async def test_another_place_of_a_published_cohort_needs_a_reason(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)

    with pytest.raises(rules.ReasonMissing):
        await service.change_cohort(
            cohort, settings_of(await queries.by_id(cohort), venue="Shire Hall"), version=2, actor=ACADEMY, now=now
        )

    assert [each["place"] for each in await queries.sessions(cohort)] == ["County Hall", "County Hall"]
    assert (await queries.by_id(cohort))["venue"] == "County Hall"


async def test_a_published_cohort_is_never_left_without_a_place(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)

    with pytest.raises(rules.BadPlace):
        await service.change_cohort(
            cohort, settings_of(await queries.by_id(cohort), venue=""), version=2, reason="R", actor=ACADEMY, now=now
        )


async def test_a_new_name_reaches_calendars_and_asks_nobody(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=1, now=now)

    await service.change_cohort(
        cohort, settings_of(await queries.by_id(cohort), name="Top Talent, Kent"), version=2, actor=ACADEMY, now=now
    )

    (event,) = await CalendarEvent.select()
    assert (event["title"], event["asked_sequence"]) == ("Top Talent, Kent: Day 1", 0)
    assert event["description"] == "Day 1, a session of Top Talent, Kent."
    assert msgspec.json.decode(event["context"])["cohort"] == "Top Talent, Kent"


# ------------------------------------------------------------------ cancel
async def test_calling_a_cohort_off_tells_everybody_and_keeps_what_is_over(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=2, starts_at=now + 2 * HOUR, now=now)
    await invited(cohort, 3, now)
    between = now + 12 * HOUR  # the first session is over, the second is not

    await service.cancel_cohort(cohort, "The trainer is ill", actor=ACADEMY, now=between)

    row = await queries.by_id(cohort)
    assert (row["status"], row["cancel_reason"]) == ("cancelled", "The trainer is ill")
    assert [each["status"] for each in await queries.sessions(cohort)] == ["planned", "cancelled"]
    assert await mails("session-cancelled") == 3
    assert (await entry("cohort.cancel"))["after"] == {"status": "cancelled", "sessions": 1}


async def test_calling_off_needs_a_reason_only_where_people_know_of_it(database: db.Engine, now: datetime) -> None:
    known, unknown = await a_cohort(now=now), await a_cohort(published=False, now=now)

    with pytest.raises(rules.ReasonMissing):
        await service.cancel_cohort(known, "", actor=ACADEMY, now=now)
    await service.cancel_cohort(unknown, "", actor=ACADEMY, now=now)

    assert [(await queries.by_id(each))["status"] for each in (known, unknown)] == ["open", "cancelled"]


async def test_nothing_of_a_cancelled_cohort_can_be_changed(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(now=now)
    sessions = await queries.sessions(cohort)
    await service.cancel_cohort(cohort, "Too few people", actor=ACADEMY, now=now)
    details = SessionDetails(title="New", starts_at=now, ends_at=now + HOUR)
    row = await queries.by_id(cohort)

    verbs = [
        service.cancel_cohort(cohort, "Again", actor=ACADEMY, now=now),
        service.add_session(cohort, details, actor=ACADEMY, now=now),
        service.change_session(sessions[0]["id"], details, reason="R", actor=ACADEMY, now=now),
        service.cancel_session(sessions[0]["id"], "R", actor=ACADEMY, now=now),
        service.make_virtual(cohort, "https://meet.example/1", "R", actor=ACADEMY, now=now),
        service.change_cohort(cohort, settings_of(row, region="Wales"), version=row["version"], actor=ACADEMY, now=now),
    ]

    for verb in verbs:
        with pytest.raises(rules.ForbiddenMove):
            await verb


# ----------------------------------------------------------------- virtual
async def test_one_action_makes_everything_to_come_virtual(database: db.Engine, now: datetime) -> None:
    cohort = await a_cohort(sessions=3, starts_at=now + 2 * HOUR, now=now)
    await invited(cohort, 2, now)
    between = now + 12 * HOUR

    changed = await service.make_virtual(cohort, "https://meet.example/1", "Rail strike", actor=ACADEMY, now=between)

    row = await queries.by_id(cohort)
    assert changed == 2
    assert (row["format"], row["venue"], row["link"]) == ("virtual", "", "https://meet.example/1")
    assert [(each["place"], each["link"]) for each in await queries.sessions(cohort)] == [
        ("County Hall", ""),  # it took place there
        ("", "https://meet.example/1"),
        ("", "https://meet.example/1"),
    ]
    assert await mails("session-changed") == 4
    told = await entry("cohort.make_virtual")
    assert (told["before"]["format"], told["after"]["sessions"], told["note"]) == ("in_person", 2, "Rail strike")


@pytest.mark.parametrize(
    ("link", "reason", "error"), [("", "R", rules.BadPlace), ("https://a.example", "", rules.ReasonMissing)]
)
async def test_going_virtual_needs_a_link_and_a_reason(
    database: db.Engine, now: datetime, link: str, reason: str, error: type[Exception]
) -> None:
    cohort = await a_cohort(now=now)

    with pytest.raises(error):
        await service.make_virtual(cohort, link, reason, actor=ACADEMY, now=now)

    assert (await queries.by_id(cohort))["format"] == "in_person"


async def test_cohorts_with_the_other_spelling_of_their_region_are_put_right(
    database: db.Engine, now: datetime
) -> None:
    cohort = await a_cohort(region="Yorkshire and the Humber", now=now)
    other = await a_cohort(region="London", now=now)

    await (await one_humber.forwards()).run()

    regions = [(await queries.by_id(each))["region"] for each in (cohort, other)]
    assert regions == ["Yorkshire and The Humber", "London"]
