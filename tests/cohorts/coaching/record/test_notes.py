"""Private notes: each author has one for each session, and nobody else ever reads it."""

from datetime import datetime, timedelta

import pytest

from academy import database as room
from academy.audit.tables import Entry as AuditEntry
from academy.errors import ChangedMeanwhile, NotFound
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.record import notes, queries, rules, service
from cohorts.coaching.record.tables import PrivateNote
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule.tables import Cohort
from tests.support.coached import a_pair
from tests.support.makers import a_coordinator

pytestmark = pytest.mark.usefixtures("database")


async def test_coach_and_coachee_each_have_their_own_note_on_one_session(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()

    await service.write_note(session, "He avoids his manager.", author=pair.coach_person, now=now)
    await service.write_note(session, "I should talk to her.", author=pair.coachee, now=now)

    of_coach = await queries.note(session, pair.coach_person)
    of_coachee = await queries.note(session, pair.coachee)
    assert of_coach and of_coach.text == "He avoids his manager."
    assert of_coachee and of_coachee.text == "I should talk to her."


async def test_a_note_is_written_over_and_keeps_when_it_was_begun(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    later = now + timedelta(hours=1)

    await service.write_note(session, "First.", author=pair.coachee, now=now)
    await service.write_note(session, "Second.", author=pair.coachee, now=later)

    assert await queries.note(session, pair.coachee) == queries.Note("Second.", now, later)


async def test_an_empty_text_deletes_the_note(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    await service.write_note(session, "Away with this.", author=pair.coachee, now=now)

    await service.write_note(session, "", author=pair.coachee, now=now)

    assert await PrivateNote.count() == 0


async def test_a_note_saved_in_another_window_is_not_written_over(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    await service.write_note(session, "From the phone.", author=pair.coachee, now=now)

    with pytest.raises(ChangedMeanwhile):
        await service.write_note(session, "From the desk.", author=pair.coachee, now=now, instead_of="")

    kept = await queries.note(session, pair.coachee)
    assert kept and kept.text == "From the phone."


async def test_who_is_not_in_the_session_cannot_write_about_it(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    other = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
    cora = await a_coordinator(now=now)

    for stranger in (other.coach_person, other.coachee, cora):
        with pytest.raises(NotFound):
            await service.write_note(session, "Mine?", author=stranger, now=now)

    assert await PrivateNote.count() == 0


async def test_the_audit_trail_does_not_know_of_notes(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    before = await AuditEntry.count()

    await service.write_note(session, "Nobody’s business.", author=pair.coachee, now=now)

    assert await AuditEntry.count() == before


async def test_the_file_of_one_s_notes_has_all_of_them_and_none_of_anybody_else(now: datetime) -> None:
    pair = await a_pair(now=now)
    early, late = await pair.session(days=-8), await pair.session(days=-1)
    await service.write_note(late, "Second\nof two lines.", author=pair.coachee, now=now)
    await service.write_note(early, "First.", author=pair.coachee, now=now)
    await service.write_note(early, "Of the coach.", author=pair.coach_person, now=now)

    found = await queries.notes_of(pair.coachee)
    text = notes.as_text(found, name="Priya Nair", now=now)

    assert [note.text for note in found] == ["First.", "Second\nof two lines."]
    assert "Second\r\nof two lines." in text
    assert "Of the coach." not in text


async def test_notes_stay_with_their_author_when_the_session_gets_another_coach(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session(days=1)
    await service.write_note(session, "Before I fell ill.", author=pair.coach_person, now=now)
    eve = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")

    await room.fetch("UPDATE coaching_session SET coach = {} WHERE id = {}", eve.coach, session)

    assert await queries.note(session, eve.coach_person) is None
    assert [note.text for note in await queries.notes_of(pair.coach_person)] == ["Before I fell ill."]


class TestForgetting:
    async def test_ninety_days_after_the_end_notes_are_deleted(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        session = await pair.session(status=SessionStatus.COMPLETED)
        await service.write_note(session, "Old.", author=pair.coachee, now=now)
        ends_at = now + timedelta(days=10)
        await Cohort.update({Cohort.last_ends_at: ends_at}).where(Cohort.id == pair.cohort)

        on_the_day = await service.forget_notes(ends_at + rules.KEEP_NOTES)
        after_it = await service.forget_notes(ends_at + rules.KEEP_NOTES + timedelta(seconds=1))
        again = await service.forget_notes(ends_at + rules.KEEP_NOTES + timedelta(seconds=2))

        assert (on_the_day, after_it, again) == (0, 1, 0)

    async def test_a_later_session_keeps_the_notes_of_all(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        session = await pair.session(status=SessionStatus.COMPLETED)
        await service.write_note(session, "Needed.", author=pair.coachee, now=now)
        await pair.session(days=60)
        await Cohort.update({Cohort.last_ends_at: now}).where(Cohort.id == pair.cohort)

        assert await service.forget_notes(now + timedelta(days=120)) == 0
        assert await service.forget_notes(now + timedelta(days=151)) == 1

    async def test_a_cancelled_session_keeps_nothing(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        session = await pair.session(status=SessionStatus.COMPLETED)
        await service.write_note(session, "Old.", author=pair.coachee, now=now)
        await pair.session(days=60, status=SessionStatus.CANCELLED_BY_COACH)
        await Cohort.update({Cohort.last_ends_at: now}).where(Cohort.id == pair.cohort)

        assert await service.forget_notes(now + timedelta(days=91)) == 1

    async def test_who_has_left_the_cohort_is_forgotten_before_it_ends(self, now: datetime) -> None:
        pair = await a_pair(now=now)
        session = await pair.session(status=SessionStatus.COMPLETED)
        await service.write_note(session, "Old.", author=pair.coachee, now=now)
        await Cohort.update({Cohort.last_ends_at: now + timedelta(days=300)}).where(Cohort.id == pair.cohort)
        assert await service.forget_notes(now + timedelta(days=91)) == 0

        await Enrolment.update({Enrolment.status: "withdrawn", Enrolment.ended_at: now}).where(
            Enrolment.id == pair.enrolment
        )

        assert await service.forget_notes(now + timedelta(days=91)) == 1
