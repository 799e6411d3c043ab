"""Rounds and their criteria."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from mentoring.matching.criteria import Criteria
from mentoring.profiles import rules
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import Audience, RoundStatus


# ------------------------------------------------------------------- rounds
class RoundView(msgspec.Struct, frozen=True, kw_only=True):
    """A round with how many take part. Instants are aware and in UTC."""

    id: UUID
    slug: str
    name: str
    status: RoundStatus
    is_template: bool
    cloned_from: UUID | None
    summary: str
    agreement: str
    mentors_may: Audience
    mentees_may: Audience
    opens_at: datetime | None
    closes_at: datetime | None
    starts_on: date | None
    months: int
    rhythm_weeks: int
    answer_days: int
    version: int
    created_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    mentors: int
    """Active mentor profiles, those who pause included."""
    places: int
    """What they can take together, those who pause included."""
    mentees: int
    """Mentee profiles that have not been withdrawn."""

    @property
    def details(self) -> RoundDetails:
        return RoundDetails(**{name: getattr(self, name) for name in RoundDetails.__struct_fields__})

    @property
    def ends_on(self) -> date | None:
        """The last day of its pairings."""
        return rules.ends_on(self.starts_on, self.months)

    @property
    def public(self) -> bool:
        """Whether others than coordinators may see it."""
        return not rules.why_not_see(self.status, is_template=self.is_template)


_ROUND = """
    SELECT r.*,
           (SELECT count(*) FROM mentor_profile m WHERE m.round = r.id AND m.status = 'active') AS mentors,
           (SELECT coalesce(sum(m.capacity), 0) FROM mentor_profile m WHERE m.round = r.id AND m.status = 'active')
               AS places,
           (SELECT count(*) FROM mentee_profile e WHERE e.round = r.id AND e.status <> 'withdrawn') AS mentees
    FROM mentoring_round r
"""
_TYPES: dict[str, type] = {"mentors": int, "places": int, "mentees": int}
_BY_SLUG = database.compiled_sql(f"{_ROUND} WHERE r.slug = :slug", types=_TYPES)
_BY_ID = database.compiled_sql(f"{_ROUND} WHERE r.id = :round", types=_TYPES)
_ALL = database.compiled_sql(
    f"{_ROUND} WHERE r.is_template = :templates ORDER BY r.created_at DESC, r.id", types=_TYPES
)
_OPEN = database.compiled_sql(
    f"{_ROUND} WHERE r.status = 'open' AND r.is_template = :no ORDER BY r.created_at DESC, r.id", types=_TYPES
)
_SLUGS = database.compiled_sql("SELECT slug FROM mentoring_round")


async def round(slug: str) -> RoundView:
    """A round by its address, templates too. Raises NotFound."""
    row = await _BY_SLUG.first(slug=slug)
    if row is None:
        raise NotFound
    return _round(row)


async def round_by_id(round: UUID) -> RoundView:
    """Raises NotFound."""
    row = await _BY_ID.first(round=round)
    if row is None:
        raise NotFound
    return _round(row)


async def rounds() -> list[RoundView]:
    """Every round but templates, the newest first. One query."""
    return [_round(row) for row in await _ALL.run(templates=False)]


async def templates() -> list[RoundView]:
    """The rounds that are kept as templates, the newest first. One query."""
    return [_round(row) for row in await _ALL.run(templates=True)]


async def open_rounds(now: datetime) -> list[RoundView]:
    """Rounds that take sign-ups now or will, by the window on them. One query."""
    found = [_round(row) for row in await _OPEN.run(no=False)]
    return [one for one in found if one.closes_at is None or one.closes_at > now]


async def slugs() -> list[str]:
    """The addresses that are taken."""
    return [row["slug"] for row in await _SLUGS.run()]


def _round(row: dict[str, Any]) -> RoundView:
    kinds = {
        "status": RoundStatus,
        "mentors_may": Audience,
        "mentees_may": Audience,
        "is_template": bool,
    }
    return RoundView(**{name: kinds[name](value) if name in kinds else value for name, value in row.items()})


# ----------------------------------------------------------------- criteria
class CriteriaVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The criteria of a round as somebody saved them; never changed afterwards."""

    number: int
    criteria: Criteria
    author_name: str
    made_at: datetime
    note: str


_CRITERIA = """
    SELECT c.number, c.criteria, c.made_at, c.note, p.name AS author_name
    FROM round_criteria c LEFT JOIN person p ON p.id = c.author
    WHERE c.round = :round
"""
_LATEST_CRITERIA = database.compiled_sql(f"{_CRITERIA} ORDER BY c.number DESC LIMIT 1")
_CRITERIA_NUMBER = database.compiled_sql(f"{_CRITERIA} AND c.number = :number")
_ALL_CRITERIA = database.compiled_sql(f"{_CRITERIA} ORDER BY c.number DESC")


async def criteria(round: UUID, number: int | None = None) -> CriteriaVersion:
    """The latest criteria of a round, or those of a number. Raises NotFound."""
    if number is None:
        row = await _LATEST_CRITERIA.first(round=round)
    else:
        row = await _CRITERIA_NUMBER.first(round=round, number=number) if 0 < number < 2**31 else None
    if row is None:
        raise NotFound
    return _version(row)


async def criteria_versions(round: UUID) -> list[CriteriaVersion]:
    """Every version, the newest first."""
    return [_version(row) for row in await _ALL_CRITERIA.run(round=round)]


def _version(row: dict[str, Any]) -> CriteriaVersion:
    return CriteriaVersion(
        number=row["number"],
        criteria=msgspec.json.decode(row["criteria"], type=Criteria),
        author_name=row["author_name"] or "The academy",
        made_at=row["made_at"],
        note=row["note"],
    )
