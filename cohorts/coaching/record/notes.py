"""Private notes: written, read, taken away and forgotten.

A coach's note or a coachee's reflection is for its author. So no verb here writes an audit line, and no query asks for
the notes of a session or of a person other than their author, but one: ``notes_about``, for the copy that a coachee may
ask for.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.errors import ChangedMeanwhile
from academy.invites.times import uk_date, uk_time, when
from academy.people.in_copies import Copies
from cohorts.coaching.record import queries, rules
from cohorts.coaching.record.queries import Note, NoteOf, Seat
from cohorts.coaching.record.tables import Party, PrivateNote

_FORGET = database.compiled_sql("""
    DELETE FROM private_note WHERE session IN (
        SELECT s.id FROM coaching_session s
        JOIN enrolment en ON en.id = s.enrolment
        JOIN cohort c ON c.id = en.cohort
        WHERE s.ends_at < :before
            AND (c.last_ends_at IS NULL OR c.last_ends_at < :before
                OR (en.status <> 'enrolled' AND en.ended_at < :before))
            AND NOT EXISTS (SELECT 1 FROM coaching_session o
                WHERE o.enrolment = s.enrolment AND o.ends_at >= :before
                    AND o.status NOT IN ('cancelled_by_coachee', 'cancelled_by_coach', 'cancelled_by_academy')))
    RETURNING id
""")

_ABOUT = database.compiled_sql("""
    SELECT n.session, s.starts_at, n.text, n.written_at, n.changed_at
    FROM private_note n
    JOIN coaching_session s ON s.id = n.session
    JOIN enrolment en ON en.id = s.enrolment
    WHERE en.person = :person AND n.author <> :person AND n.in_copies
    ORDER BY s.starts_at, n.written_at, n.id
""")


class NoteAbout(msgspec.Struct, frozen=True, kw_only=True):
    """What a coach wrote about a coachee, for the coachee's copy."""

    session: UUID
    starts_at: datetime
    """Of the session."""
    text: str
    written_at: datetime
    changed_at: datetime


async def notes_about(person: UUID) -> list[NoteAbout]:
    """What coaches wrote about this coachee and were told is part of the coachee's copy; the earliest session first.

    The only query of notes that does not ask whose they are. It is for the copy of everything held on this person that
    they ask for themselves: not for a page, and not for a copy that a coordinator makes.
    """
    return [NoteAbout(**row) for row in await _ABOUT.run(person=person)]


def seen(note: Note | None) -> str:
    """Names a note as it stands, for the form that may change it."""
    return note.changed_at.isoformat() if note else ""


def copies(seat: Seat, stands: Note | None, *, gives: bool) -> Copies:
    """What the form for a note says of copies, where the academy ``gives`` coaches' notes to whom they are about."""
    coach = seat.party is Party.COACH
    return Copies(name=seat.coachee_name, given=gives and coach, stands=stands.in_copies if stands else None)


async def write_note(
    session: UUID, text: str, *, author: UUID, now: datetime, instead_of: str | None = None, in_copies: bool = False
) -> Note | None:
    """Save what somebody wrote for themselves about their session; an empty text deletes it.

    ``instead_of`` names the note that the author had before their eyes (``seen``); None writes over any. With
    ``in_copies``, of which the author has been told, a coach's note is part of the coachee's copy from now on, and
    without it no longer; a coachee's reflection never is. Raises NotFound unless they are its coach or coachee, and
    ChangedMeanwhile.
    """
    async with database.transaction():
        seat = await queries.seat(session, author)
        given = in_copies and seat.party is Party.COACH
        await database.lock(f"note:{session}:{author}")
        before = await queries.note(session, author)
        if instead_of is not None and instead_of != seen(before) and (before.text if before else "") != text:
            raise ChangedMeanwhile("You have saved this note in another window meanwhile, so nothing was saved.")
        if not text:
            await PrivateNote.delete().where(PrivateNote.session == session, PrivateNote.author == author)
            return None
        row = PrivateNote(session=session, author=author, text=text, written_at=now, changed_at=now, in_copies=given)
        await database.insert(
            [row],
            unless=(PrivateNote.session, PrivateNote.author),
            update=(PrivateNote.text, PrivateNote.changed_at, PrivateNote.in_copies),
        )
        return Note(text, before.written_at if before else now, now, given)


async def forget_notes(now: datetime) -> int:
    """Delete the notes of coaching that ended 90 days ago: how many went. Coaching ends with the cohort's last session
    or the last coaching session, whichever is later, or when somebody has left the cohort."""
    return len(await _FORGET.run(before=now - rules.KEEP_NOTES))


def as_text(notes: list[NoteOf], *, name: str, now: datetime) -> str:
    """The file that an author takes away: plain text, the earliest session first."""
    lines = [f"Private coaching notes of {name}", f"Taken from the academy on {uk_date(now)}, {uk_time(now)}", ""]
    for note in notes:
        lines += [
            "-" * 60,
            when(note.starts_at, note.ends_at, note.zone),
            f"{note.coachee_name} with {note.coach_name}: {note.programme_name}",
            f"Last changed on {uk_date(note.changed_at, note.zone)}, {uk_time(note.changed_at, note.zone)}",
            *([Copies(name=note.coachee_name, given=True, stands=True).beside] if note.in_copies else []),
            "",
            note.text,
            "",
        ]
    return "\r\n".join("\n".join(lines).split("\n"))
