"""Private notes: read by their author alone.

No query here asks for notes without saying whose, no verb writes an audit line, and nothing else in the product reads
the table.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from mentoring.pairings import queries
from mentoring.pairings.tables import PairingNote

KEEP = timedelta(days=90)
"""After the pairing has ended."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that one of the two wrote for themselves."""

    id: UUID
    text: str
    written_at: datetime
    changed_at: datetime


_OF_AUTHOR = database.compiled_sql("""
    SELECT id, text, written_at, changed_at FROM pairing_note
    WHERE pairing = :pairing AND author = :author ORDER BY written_at DESC, id
""")


async def notes(pairing: UUID, *, author: UUID) -> list[Note]:
    """What this person wrote, the latest first."""
    return [Note(**row) for row in await _OF_AUTHOR.run(pairing=pairing, author=author)]


async def note(pairing: UUID, id: UUID, *, author: UUID) -> Note:
    """One of their notes. Raises NotFound, also for the other's."""
    found = next((each for each in await notes(pairing, author=author) if each.id == id), None)
    if found is None:
        raise NotFound
    return found


async def write_note(pairing: UUID, text: str, *, author: UUID, now: datetime) -> UUID:
    """Keep a note. The latest again (a double click) is the same note. Raises NotFound for who is not of the two."""
    async with database.transaction():
        await queries.pairing(pairing, person=author, now=now)
        await database.lock(f"pairing-notes:{pairing}:{author}")
        written = await notes(pairing, author=author)
        if written and written[0].text == text:
            return written[0].id
        row = PairingNote(pairing=pairing, author=author, text=text, written_at=now, changed_at=now)
        await PairingNote.insert(row)
        return row.id


async def change_note(pairing: UUID, id: UUID, text: str, *, author: UUID, now: datetime) -> None:
    """Write it anew. Raises NotFound."""
    async with database.transaction():
        await note(pairing, id, author=author)
        await PairingNote.update({PairingNote.text: text, PairingNote.changed_at: now}).where(
            PairingNote.id == id, PairingNote.author == author
        )


async def remove_note(pairing: UUID, id: UUID, *, author: UUID) -> None:
    """It is gone for good. Raises NotFound."""
    async with database.transaction():
        await note(pairing, id, author=author)
        await PairingNote.delete().where(PairingNote.id == id, PairingNote.author == author)


_FORGET = database.compiled_sql("""
    DELETE FROM pairing_note WHERE pairing IN (
        SELECT id FROM pairing WHERE status IN ('completed', 'ended_early') AND ended_at <= :before
    ) RETURNING id
""")


async def forget_notes(now: datetime) -> int:
    """Delete the notes of pairings that ended 90 days ago: how many went. Nobody reads them for that."""
    return len(await _FORGET.run(before=now - KEEP))
