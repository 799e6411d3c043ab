"""Two people who are never paired: said by one of them in confidence, or by a coordinator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import NotFound
from academy.people import queries as people
from mentoring.profiles import rules
from mentoring.profiles.tables import ApartKind, KeptApart


async def keep_apart(
    person: UUID, other: UUID, kind: ApartKind, *, reason: str = "", actor: Actor, now: datetime
) -> UUID:
    """Never pair these two, in any round; saying it twice does no harm.

    What is CONFIDENTIAL is said by ``person`` of ``other``. It leaves no line in the audit trail, which coordinators
    read. Raises BadProfile, NotFound.
    """
    if person == other:
        raise rules.BadProfile("Choose two different people.")
    known = await people.contacts([person, other])
    if len(known) < 2:
        raise NotFound
    confidential = kind is ApartKind.CONFIDENTIAL
    async with database.transaction():
        await database.lock(f"apart:{min(person, other)}:{max(person, other)}")
        one_way = (KeptApart.person == person) & (KeptApart.other == other)
        other_way = (KeptApart.person == other) & (KeptApart.other == person)
        there = await KeptApart.select(KeptApart.id).where(
            KeptApart.kind == kind, one_way if confidential else one_way | other_way
        )
        if there:
            found: UUID = there[0]["id"]
            return found
        row = KeptApart(
            person=person,
            other=other,
            kind=kind,
            reason="" if confidential else reason[:300],
            said_by=person if confidential else actor.person,
            said_at=now,
        )
        await KeptApart.insert(row)
        if not confidential:
            await audit.record(
                "person.keep_apart", About("person", person, known[person].name), actor=actor, now=now, person=person,
                after={"from": known[other].name, "kind": kind.value}, note=reason,
            )  # fmt: skip
    return row.id


async def take_back(apart: UUID, person: UUID) -> None:
    """Somebody takes back what they said in confidence. Raises NotFound for anything that they did not say."""
    async with database.transaction():
        mine = (
            (KeptApart.id == apart)
            & (KeptApart.person == person)
            & (KeptApart.said_by == person)
            & (KeptApart.kind == ApartKind.CONFIDENTIAL)
        )
        if not await KeptApart.exists().where(mine):
            raise NotFound
        await KeptApart.delete().where(mine)


async def allow_together(apart: UUID, *, actor: Actor, now: datetime) -> None:
    """A coordinator lets two people be paired again. What was said in confidence is not theirs: NotFound."""
    async with database.transaction():
        this = (KeptApart.id == apart) & (KeptApart.kind != ApartKind.CONFIDENTIAL)
        rows = await KeptApart.select().where(this)
        if not rows:
            raise NotFound
        await KeptApart.delete().where(this)
        known = await people.contacts([rows[0]["person"], rows[0]["other"]])
        names = {each: known[each].name if each in known else "" for each in (rows[0]["person"], rows[0]["other"])}
        await audit.record(
            "person.allow_together", About("person", rows[0]["person"], names[rows[0]["person"]]), actor=actor,
            now=now, person=rows[0]["person"], before={"from": names[rows[0]["other"]], "kind": rows[0]["kind"]},
        )  # fmt: skip
