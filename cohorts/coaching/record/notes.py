"""Private notes: written, read, taken away and forgotten.

A coach's note or a coachee's reflection is for its author alone. So no verb here writes an audit line, and no query
asks for the notes of a session or of a person other than their author.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy import database
from academy.errors import ChangedMeanwhile
from academy.invites.times import uk_date, uk_time, when
from cohorts.coaching.record import queries, rules
from cohorts.coaching.record.queries import Note, NoteOf
from cohorts.coaching.record.tables import PrivateNote

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


def seen(note: Note | None) -> str:
    """Names a note as it stands, for the form that may change it."""
    return note.changed_at.isoformat() if note else ""


async def write_note(
    session: UUID, text: str, *, author: UUID, now: datetime, instead_of: str | None = None
) -> Note | None:
    """Save what somebody wrote for themselves about their session; an empty text deletes it.

    ``instead_of`` names the note that the author had before their eyes (``seen``); None writes over any. Raises
    NotFound unless they are its coach or coachee, and ChangedMeanwhile.
    """
    async with database.transaction():
        await queries.seat(session, author)
        await database.lock(f"note:{session}:{author}")
        before = await queries.note(session, author)
        if instead_of is not None and instead_of != seen(before) and (before.text if before else "") != text:
            raise ChangedMeanwhile("You have saved this note in another window meanwhile, so nothing was saved.")
        if not text:
            await PrivateNote.delete().where(PrivateNote.session == session, PrivateNote.author == author)
            return None
        row = PrivateNote(session=session, author=author, text=text, written_at=now, changed_at=now)
        await database.insert(
            [row],
            unless=(PrivateNote.session, PrivateNote.author),
            update=(PrivateNote.text, PrivateNote.changed_at),
        )
        return Note(text, before.written_at if before else now, now)


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
            "",
            note.text,
            "",
        ]
    return "\r\n".join("\n".join(lines).split("\n"))
