"""Private notes: read by their author alone.

No verb writes an audit line, and no query asks for notes without saying whose, but one: ``notes_about``, for the copy
that a mentee may ask for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.errors import NotFound
from academy.people.in_copies import Copies
from mentoring.pairings import queries
from mentoring.pairings.queries import PairingView
from mentoring.pairings.tables import PairingNote
from mentoring.profiles.tables import Side

KEEP = timedelta(days=90)
"""After the pairing has ended."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that one of the two wrote for themselves."""

    id: UUID
    text: str
    written_at: datetime
    changed_at: datetime
    in_copies: bool = False
    """Whether the mentee's copy of everything held on them has it. Never true of what a mentee writes."""


class NoteAbout(msgspec.Struct, frozen=True, kw_only=True):
    """What a mentor wrote about a mentee, for the mentee's copy."""

    pairing: UUID
    mentor_name: str
    text: str
    written_at: datetime
    changed_at: datetime


_OF_AUTHOR = database.compiled_sql("""
    SELECT id, text, written_at, changed_at, in_copies FROM pairing_note
    WHERE pairing = :pairing AND author = :author ORDER BY written_at DESC, id
""")

_ABOUT = database.compiled_sql("""
    SELECT n.pairing, m.name AS mentor_name, n.text, n.written_at, n.changed_at
    FROM pairing_note n
    JOIN pairing p ON p.id = n.pairing
    JOIN person m ON m.id = p.mentor
    WHERE p.mentee = :person AND n.author <> :person AND n.in_copies
    ORDER BY n.written_at, n.id
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


async def notes_about(person: UUID) -> list[NoteAbout]:
    """What mentors wrote about this mentee and were told is part of the mentee's copy; the earliest first.

    The only query of notes that does not ask whose they are. It is for the copy of everything held on this person that
    they ask for themselves: not for a page, and not for a copy that a coordinator makes.
    """
    return [NoteAbout(**row) for row in await _ABOUT.run(person=person)]


def copies(pairing: PairingView, stands: Note | None = None, *, author: UUID, gives: bool) -> Copies:
    """What the form for a note says of copies, where the academy ``gives`` mentors' notes to whom they are about."""
    return Copies(
        name=pairing.mentee_name,
        given=gives and pairing.side_of(author) is Side.MENTOR,
        stands=stands.in_copies if stands else None,
    )


async def write_note(pairing: UUID, text: str, *, author: UUID, now: datetime, in_copies: bool = False) -> UUID:
    """Keep a note. The latest again (a double click) is the same note. Raises NotFound for who is not of the two.

    With ``in_copies``, of which the author has been told, a mentor's note is part of the mentee's copy; a mentee's
    never is.
    """
    async with database.transaction():
        found = await queries.pairing(pairing, person=author, now=now)
        given = in_copies and found.side_of(author) is Side.MENTOR
        await database.lock(f"pairing-notes:{pairing}:{author}")
        written = await notes(pairing, author=author)
        if written and (written[0].text, written[0].in_copies) == (text, given):
            return written[0].id
        row = PairingNote(pairing=pairing, author=author, text=text, written_at=now, changed_at=now, in_copies=given)
        await PairingNote.insert(row)
        return row.id


async def change_note(
    pairing: UUID, id: UUID, text: str, *, author: UUID, now: datetime, in_copies: bool = False
) -> None:
    """Write it anew; whether it is in copies from now on is as in ``write_note``. Raises NotFound."""
    async with database.transaction():
        found = await queries.pairing(pairing, person=author, now=now)
        given = in_copies and found.side_of(author) is Side.MENTOR
        await note(pairing, id, author=author)
        await PairingNote.update(
            {PairingNote.text: text, PairingNote.changed_at: now, PairingNote.in_copies: given}
        ).where(PairingNote.id == id, PairingNote.author == author)


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
