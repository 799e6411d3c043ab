"""What somebody has given to or taken part in beside programmes, in the words that stay in their learning record."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from academy import database
from academy.alumni.tables import Contribution
from academy.audit.service import About


class ContributionKind(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"


CALLED = {ContributionKind.MENTOR: "Mentor", ContributionKind.MENTEE: "Mentee"}


class ContributionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the record. Duration in whole minutes; 0 where nobody counted."""

    kind: str
    what: str
    minutes: int
    on: date

    @property
    def called(self) -> str:
        return CALLED.get(ContributionKind(self.kind), self.kind)


_OF_PERSON = database.compiled_sql("""
    SELECT kind, what, minutes, "on" FROM contribution WHERE person = :person ORDER BY "on" DESC, id
""")


async def record_contribution(
    person: UUID,
    kind: ContributionKind,
    *,
    what: str,
    minutes: int = 0,
    on: date,
    about: About,
    now: datetime,
) -> bool:
    """Write it into somebody's record, once for each thing that it came from. False if it stood there already."""
    row = Contribution(
        person=person,
        kind=kind.value,
        what=what[:200],
        minutes=minutes,
        on=on,
        about_kind=about.kind,
        about_id=about.id,
        recorded_at=now,
    )
    once = (Contribution.person, Contribution.about_kind, Contribution.about_id)
    return await database.insert([row], unless=once) == 1


async def contributions_of(person: UUID) -> list[ContributionFacts]:
    """What stands in somebody's record, the latest first."""
    return [ContributionFacts(**row) for row in await _OF_PERSON.run(person=person)]
