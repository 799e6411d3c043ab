"""The verbs of programmes and sponsors, on both databases."""

import asyncio
from datetime import date, datetime

import msgspec
import pytest

from academy import database as db
from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.errors import ChangedMeanwhile, NotFound
from academy.people.tables import OrganisationKind
from academy.programmes import queries, rules, service
from academy.programmes.rules import Logo, ProgrammeDetails, SponsorshipDetails
from academy.programmes.tables import Programme
from tests.support.makers import a_programme, an_organisation

from .test_rules import PNG

DETAILS = ProgrammeDetails(
    name="Top Talent", summary="For future leaders.", description="Two days.", contact_minutes=720
)


async def entries() -> list[tuple[str, dict | None, dict | None]]:
    rows = await Entry.select().where(Entry.about_kind == "programme").order_by(Entry.verb)
    return [(row["verb"], _read(row["before"]), _read(row["after"])) for row in rows]


def _read(text: str | None) -> dict | None:
    return None if text is None else msgspec.json.decode(text)


# -------------------------------------------------------------- programmes
async def test_a_new_programme_is_a_draft_with_an_address(database: db.Engine, now: datetime) -> None:
    made = await service.create_programme(DETAILS, actor=ACADEMY, now=now)

    row = await queries.by_id(made)
    assert (row["slug"], row["status"], row["version"], row["contact_minutes"]) == ("top-talent", "draft", 1, 720)
    assert await queries.published() == []
    assert [verb for verb, _, _ in await entries()] == ["programme.create"]


async def test_two_programmes_of_one_name_have_two_addresses(database: db.Engine, now: datetime) -> None:
    for _ in range(3):
        await service.create_programme(DETAILS, actor=ACADEMY, now=now)

    slugs = sorted(row["slug"] for row in await queries.all_programmes())
    assert slugs == ["top-talent", "top-talent-2", "top-talent-3"]


async def test_eight_programmes_made_at_one_instant_have_eight_addresses(database: db.Engine, now: datetime) -> None:
    await asyncio.gather(*(service.create_programme(DETAILS, actor=ACADEMY, now=now) for _ in range(8)))

    assert len({row["slug"] for row in await queries.all_programmes()}) == 8


@pytest.mark.parametrize("name", ["New", "Manage"])
async def test_a_programme_never_hides_a_page_of_ours(database: db.Engine, now: datetime, name: str) -> None:
    made = await service.create_programme(ProgrammeDetails(name=name), actor=ACADEMY, now=now)

    assert (await queries.by_id(made))["slug"] == f"{name.lower()}-2"


async def test_a_change_is_kept_with_what_it_was_before(database: db.Engine, now: datetime) -> None:
    made = await service.create_programme(DETAILS, actor=ACADEMY, now=now)
    changed = msgspec.structs.replace(DETAILS, name="Top Talent Plus", sessions_needed=3)

    await service.change_programme(made, changed, version=1, actor=ACADEMY, now=now)

    row = await queries.by_id(made)
    assert (row["name"], row["slug"], row["sessions_needed"], row["version"]) == ("Top Talent Plus", "top-talent", 3, 2)
    assert (await entries())[0] == (
        "programme.change",
        {"name": "Top Talent", "sessions_needed": None},
        {"name": "Top Talent Plus", "sessions_needed": 3},
    )


async def test_the_second_of_two_who_save_is_told(database: db.Engine, now: datetime) -> None:
    made = await service.create_programme(DETAILS, actor=ACADEMY, now=now)
    await service.change_programme(
        made, msgspec.structs.replace(DETAILS, name="First"), version=1, actor=ACADEMY, now=now
    )

    with pytest.raises(ChangedMeanwhile):
        await service.change_programme(
            made, msgspec.structs.replace(DETAILS, name="Second"), version=1, actor=ACADEMY, now=now
        )

    assert (await queries.by_id(made))["name"] == "First"


async def test_saving_what_is_there_changes_nothing(database: db.Engine, now: datetime) -> None:
    made = await service.create_programme(DETAILS, actor=ACADEMY, now=now)

    await service.change_programme(made, DETAILS, version=1, actor=ACADEMY, now=now)

    assert (await queries.by_id(made))["version"] == 1
    assert [verb for verb, _, _ in await entries()] == ["programme.create"]


async def test_publishing_shows_it_and_archiving_hides_it_and_both_can_be_done_again(
    database: db.Engine, now: datetime
) -> None:
    made = await service.create_programme(DETAILS, actor=ACADEMY, now=now)
    seen = []

    for verb in (service.publish, service.archive, service.publish):
        await verb(made, actor=ACADEMY, now=now)
        seen.append(await queries.published_by_slug("top-talent") is not None)

    assert seen == [True, False, True]


async def test_a_programme_without_texts_is_not_published(database: db.Engine, now: datetime) -> None:
    made = await service.create_programme(ProgrammeDetails(name="Bare"), actor=ACADEMY, now=now)

    with pytest.raises(rules.CannotPublish, match="Add a summary and a description"):
        await service.publish(made, actor=ACADEMY, now=now)

    assert [row["status"] for row in await Programme.select(Programme.status)] == ["draft"]


# ---------------------------------------------------------------- sponsors
async def a_sponsorship(now: datetime, **details: object) -> tuple[object, object]:
    programme = await a_programme(now=now)
    partner = await an_organisation(name="Northbridge Systems", kind=OrganisationKind.PRIVATE, now=now)
    told = {"organisation": partner, "from_on": date(2026, 1, 1), **details}
    return programme, await service.add_sponsorship(programme, SponsorshipDetails(**told), actor=ACADEMY, now=now)


async def test_a_sponsor_is_shown_from_the_first_day_to_the_last(database: db.Engine, now: datetime) -> None:
    programme, sponsorship = await a_sponsorship(now)
    await service.end_sponsorship(sponsorship, on=date(2026, 6, 30), actor=ACADEMY, now=now)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]

    shown = [await queries.current_sponsor(programme, on=day) for day in days]

    names = [row and row["organisation_name"] for row in shown]
    assert names == [None, "Northbridge Systems", "Northbridge Systems", None]
    assert [row["to_on"] for row in await queries.sponsorships(programme)] == [date(2026, 6, 30)]


async def test_ending_before_the_start_is_refused(database: db.Engine, now: datetime) -> None:
    _, sponsorship = await a_sponsorship(now)

    with pytest.raises(rules.BadSponsorship):
        await service.end_sponsorship(sponsorship, on=date(2025, 12, 31), actor=ACADEMY, now=now)


async def test_an_organisation_that_is_not_there_is_refused(database: db.Engine, now: datetime) -> None:
    programme = await a_programme(now=now)
    details = SponsorshipDetails(organisation=programme, from_on=date(2026, 1, 1))

    with pytest.raises(rules.BadSponsorship, match="Choose an organisation"):
        await service.add_sponsorship(programme, details, actor=ACADEMY, now=now)


async def test_a_logo_comes_back_as_it_was_sent(database: db.Engine, now: datetime) -> None:
    _, sponsorship = await a_sponsorship(now)
    before = await queries.logo(sponsorship)

    await service.set_logo(sponsorship, Logo(PNG, "text/html", "Northbridge Systems"), actor=ACADEMY, now=now)

    assert before is None
    assert await queries.logo(sponsorship) == (PNG, "image/png")  # the type is found, never believed


async def test_a_logo_needs_words_and_a_picture(database: db.Engine, now: datetime) -> None:
    _, sponsorship = await a_sponsorship(now)

    for logo in (Logo(PNG, "image/png", ""), Logo(b"<svg/>", "image/png", "A")):
        with pytest.raises(rules.BadLogo):
            await service.set_logo(sponsorship, logo, actor=ACADEMY, now=now)

    assert await queries.logo(sponsorship) is None


async def test_a_sponsorship_that_is_not_there_is_not_found(database: db.Engine, now: datetime) -> None:
    programme = await a_programme(now=now)

    with pytest.raises(NotFound):
        await service.end_sponsorship(programme, on=date(2026, 1, 1), actor=ACADEMY, now=now)
