"""Make the copy of everything that is held on a person (UK GDPR articles 15 and 20), and note that it was made."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from academy import database
from academy.audit.service import About, Actor, record
from academy.database.transactions import Row
from academy.outbox import service as outbox
from academy.outbox.rendering import Letterhead
from academy.people import queries as people
from academy.people.queries import Details
from academy.privacy import copying, held
from academy.privacy.archive import archive
from academy.privacy.copying import Copy, Records
from academy.privacy.drawn import DRAWN, Drawn
from academy.privacy.held import Held
from academy.privacy.masking import others
from academy.privacy.register import REGISTER

KIND = "copy-ready"
_NAMES = database.compiled_sql("SELECT name FROM person")
_TOLD = database.compiled_sql(
    "SELECT max(queued_at) AS at FROM message WHERE person = :person AND kind = :kind", types={"at": datetime}
)


async def copy_of(person: UUID, *, staff: bool, head: Letterhead, now: datetime) -> Copy:
    """Everything that is held on a person. ``staff``: without what only the person sees. Raises NotFound.

    The same number of queries for everybody: one for each list.
    """
    who = await people.details(person)
    names = [row["name"] for row in await _NAMES.run()]
    found: list[tuple[Held | Drawn, list[Row]]] = [
        *[(part, await held.rows(part, person)) for part in REGISTER if part.staff or not staff],
        *[(part, await part.draw(person, head)) for part in DRAWN if part.staff or not staff],
    ]
    lists = await asyncio.to_thread(_lists, who, names, found, staff=staff)
    return Copy(
        person=person,
        name=who.name,
        time_zone=who.time_zone,
        made_at=now,
        organisation=head.organisation,
        contact=head.mail_from,
        for_staff=staff,
        lists=lists,
        left_out=copying.left_out((*REGISTER, *DRAWN), staff=staff),
    )


def _lists(
    who: Details, names: list[str], found: list[tuple[Held | Drawn, list[Row]]], *, staff: bool
) -> list[Records]:
    known = others(names, own_name=who.name, own_addresses=[each.address for each in who.addresses])
    return [copying.written(part, rows, person=who.id, others=known, staff=staff) for part, rows in found]


async def take_copy(person: UUID, *, staff: bool, head: Letterhead, actor: Actor, now: datetime) -> bytes:
    """The copy as one ZIP file; a line in the audit trail says that it was made, by whom and for whom.

    Raises NotFound.
    """
    copy = await copy_of(person, staff=staff, head=head, now=now)
    file = await asyncio.to_thread(archive, copy)
    async with database.transaction():
        about = About("person", person, copy.name)
        made_for = "coordinator" if staff else "person"
        await record(
            "copy of everything taken",
            about,
            actor=actor,
            now=now,
            person=person,
            after={"for": made_for, "records": copy.records},
        )
    return file


async def tell_where(person: UUID, *, actor: Actor, now: datetime) -> bool:
    """Write to the person where to take their copy; False if they were told today. Raises NotFound."""
    async with database.transaction():
        to = await people.contact(person)
        about = About("person", person, to.name)
        new = await outbox.queue(
            KIND,
            key=f"copy:{person}:{now:%Y-%m-%d}",
            to=to,
            context={"copy_path": "/account/everything"},
            about=about,
            now=now,
        )
        if new:
            await record("told where to take a copy", about, actor=actor, now=now, person=person)
    return new


async def told_at(person: UUID) -> datetime | None:
    """When the person was last told where to take their copy."""
    found = await _TOLD.first(person=person, kind=KIND)
    return found["at"] if found else None
