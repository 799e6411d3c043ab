"""Programmes and sponsors as pages read them. Rows are dicts named like the columns."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from academy import database
from academy.database.transactions import Row
from academy.errors import NotFound
from academy.people.tables import Organisation, OrganisationKind
from academy.programmes.tables import Programme, ProgrammeStatus, Sponsorship

_PROGRAMME = Programme.select().order_by(Programme.name)
_ALL = database.compiled(_PROGRAMME)
_BY_ID = database.compiled(Programme.select().where(Programme.id == database.value("programme")))
_BY_SLUG = database.compiled(Programme.select().where(Programme.slug == database.value("slug")))
_PUBLISHED = database.compiled(
    Programme.select().where(Programme.status == ProgrammeStatus.PUBLISHED.value).order_by(Programme.name)
)
_PUBLISHED_BY_SLUG = database.compiled(
    Programme.select().where(
        Programme.slug == database.value("slug"), Programme.status == ProgrammeStatus.PUBLISHED.value
    )
)

_SPONSOR_COLUMNS = (
    Sponsorship.id,
    Sponsorship.programme,
    Sponsorship.organisation,
    Sponsorship.organisation.name.as_alias("organisation_name"),
    Sponsorship.role,
    Sponsorship.from_on,
    Sponsorship.to_on,
    Sponsorship.logo_type,  # empty: there is no logo
    Sponsorship.logo_alt,
    Sponsorship.web_address,
)
_HOLDS = (Sponsorship.from_on <= database.value("on")) & (
    Sponsorship.to_on.is_null() | (Sponsorship.to_on >= database.value("on"))
)
_SPONSORSHIPS = database.compiled(
    Sponsorship.select(*_SPONSOR_COLUMNS)
    .where(Sponsorship.programme == database.value("programme"))
    .order_by(Sponsorship.from_on, Sponsorship.id, ascending=False)
)
_SPONSORSHIP = database.compiled(
    Sponsorship.select(*_SPONSOR_COLUMNS).where(Sponsorship.id == database.value("sponsorship"))
)
_CURRENT = database.compiled(
    Sponsorship.select(*_SPONSOR_COLUMNS)
    .where(Sponsorship.programme == database.value("programme"), _HOLDS)
    .order_by(Sponsorship.from_on, Sponsorship.id)
)
_ALL_CURRENT = database.compiled(
    Sponsorship.select(*_SPONSOR_COLUMNS).where(_HOLDS).order_by(Sponsorship.from_on, Sponsorship.id)
)
_LOGO = database.compiled(
    Sponsorship.select(Sponsorship.logo, Sponsorship.logo_type).where(
        Sponsorship.id == database.value("sponsorship"), Sponsorship.logo_type != ""
    )
)
_ORGANISATIONS = database.compiled(
    Organisation.select(Organisation.id, Organisation.name, Organisation.kind).order_by(Organisation.name)
)


# -------------------------------------------------------------- programmes
async def all_programmes() -> list[Row]:
    """Drafts and archived ones too, by name. For coordinators."""
    return sorted(await _ALL.run(), key=_name)  # databases put "Zebra" before "apple"


def _name(row: Row) -> str:
    return str(row["name"]).casefold()


async def by_id(programme: UUID) -> Row | None:
    return await _BY_ID.first(programme=programme)


async def by_slug(slug: str) -> Row | None:
    """Whatever its status. For coordinators."""
    return await _BY_SLUG.first(slug=slug)


async def found_programme(slug: str) -> Row:
    """The same. Raises NotFound."""
    row = await by_slug(slug)
    if row is None:
        raise NotFound
    return row


async def published() -> list[Row]:
    """What the public sees, by name."""
    return sorted(await _PUBLISHED.run(), key=_name)


async def published_by_slug(slug: str) -> Row | None:
    return await _PUBLISHED_BY_SLUG.first(slug=slug)


# ---------------------------------------------------------------- sponsors
async def sponsorships(programme: UUID) -> list[Row]:
    """Present, past and future ones of a programme, latest first. ``logo_type`` is empty where there is no logo."""
    return await _SPONSORSHIPS.run(programme=programme)


async def sponsorship(sponsorship: UUID) -> Row | None:
    return await _SPONSORSHIP.first(sponsorship=sponsorship)


async def current_sponsors(programme: UUID, *, on: date) -> list[Row]:
    """Who supports the programme on a day, longest first."""
    return await _CURRENT.run(programme=programme, on=on)


async def current_sponsor(programme: UUID, *, on: date, sponsorship: UUID | None = None) -> Row | None:
    """The sponsor to show: the one named by a cohort (``sponsorship``), or else the programme's longest current one."""
    if sponsorship is not None:
        return await _SPONSORSHIP.first(sponsorship=sponsorship)
    return await _CURRENT.first(programme=programme, on=on)


async def sponsors_by_programme(*, on: date) -> dict[UUID, list[Row]]:
    """Who supports what on a day, for lists."""
    found: dict[UUID, list[Row]] = {}
    for row in await _ALL_CURRENT.run(on=on):
        found.setdefault(row["programme"], []).append(row)
    return found


async def logo(sponsorship: UUID) -> tuple[bytes, str] | None:
    """A sponsor's logo and its media type."""
    row = await _LOGO.first(sponsorship=sponsorship)
    return (bytes(row["logo"]), row["logo_type"]) if row and row["logo"] else None


async def organisation_choices() -> list[tuple[str, str]]:
    """Organisations to choose a sponsor from: partners first, then all others, each by name."""
    rows = await _ORGANISATIONS.run()
    rows.sort(key=lambda row: row["kind"] != OrganisationKind.PRIVATE.value)
    return [(str(row["id"]), row["name"]) for row in rows]
