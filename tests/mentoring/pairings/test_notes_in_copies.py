"""Which notes are part of the copy of everything held on somebody, and how their author knows before writing."""

from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from academy import database as room
from academy.settings import Settings
from mentoring.pairings import letters, notes, service
from mentoring.pairings.notes import NoteAbout
from mentoring.pairings.tables import PairingNote
from tests.conftest import Clock
from tests.support.client import field_errors, post, sign_in, words
from tests.support.paired import Two, two

ASKS = "If Mo Mentee asks us for a copy of everything we hold about them,"
BESIDE = "1 June 2026. Part of the copy of their data that Mo Mentee can ask for."


@pytest_asyncio.fixture
async def pair(database: room.Engine, clock: Clock) -> Two:
    return await two(now=clock.now)


@pytest.fixture
def at(pair: Two) -> str:
    return letters.path(pair.id)


async def texts_about(person: UUID) -> list[str]:
    return [note.text for note in await notes.notes_about(person)]


# ------------------------------------------------------------------ the query
async def test_a_mentors_note_is_about_the_mentee_when_the_mentor_was_told_so(pair: Two, clock: Clock) -> None:
    then = clock.now
    note = await service.write_note(pair.id, "Shy.", author=pair.mentor, now=then, in_copies=True)
    later = then + timedelta(hours=1)
    await service.change_note(pair.id, note, "Less shy.", author=pair.mentor, now=later, in_copies=True)

    assert await notes.notes_about(pair.mentee) == [
        NoteAbout(pairing=pair.id, mentor_name="Mia Mentor", text="Less shy.", written_at=then, changed_at=later)
    ]


async def test_what_was_written_in_confidence_is_about_nobody(pair: Two, clock: Clock) -> None:
    await service.write_note(pair.id, "Shy.", author=pair.mentor, now=clock.now)

    assert [await texts_about(person) for person in (pair.mentee, pair.mentor)] == [[], []]


async def test_a_mentees_note_is_in_no_copy_but_its_authors_whatever_the_form_sent(pair: Two, clock: Clock) -> None:
    note = await service.write_note(pair.id, "Mia bores me.", author=pair.mentee, now=clock.now, in_copies=True)
    await service.change_note(pair.id, note, "She does.", author=pair.mentee, now=clock.now, in_copies=True)

    [kept] = await notes.notes(pair.id, author=pair.mentee)
    assert not kept.in_copies
    assert [await texts_about(person) for person in (pair.mentee, pair.mentor)] == [[], []]


async def test_control_the_query_itself_leaves_out_what_the_person_wrote(pair: Two, clock: Clock) -> None:
    """Past the verb: a row that says it is in copies, by the mentee and by the mentor."""
    for author, text in ((pair.mentee, "Mine."), (pair.mentor, "About him.")):
        row = PairingNote(
            pairing=pair.id, author=author, text=text, written_at=clock.now, changed_at=clock.now, in_copies=True
        )
        await PairingNote.insert(row)

    assert await texts_about(pair.mentee) == ["About him."]


async def test_a_note_is_about_its_own_mentee_and_about_nobody_else(pair: Two, clock: Clock) -> None:
    other = await two(round=pair.round, now=clock.now)
    await service.write_note(pair.id, "Shy.", author=pair.mentor, now=clock.now, in_copies=True)

    assert await texts_about(pair.mentee) == ["Shy."]
    for person in (pair.mentor, other.mentor, other.mentee):
        assert await texts_about(person) == []


@pytest.mark.parametrize(("first", "then"), [(False, True), (True, False)])
async def test_saving_again_decides_anew(pair: Two, clock: Clock, first: bool, then: bool) -> None:
    note = await service.write_note(pair.id, "Shy.", author=pair.mentor, now=clock.now, in_copies=first)

    await service.change_note(pair.id, note, "Shy.", author=pair.mentor, now=clock.now, in_copies=then)

    assert await texts_about(pair.mentee) == (["Shy."] if then else [])


async def test_the_same_words_under_another_rule_are_another_note(pair: Two, clock: Clock) -> None:
    """A double click is one note; what was written in confidence is not taken for what was not."""
    for in_copies in (False, True, True):
        await service.write_note(pair.id, "Shy.", author=pair.mentor, now=clock.advance(seconds=1), in_copies=in_copies)

    assert [each.in_copies for each in await notes.notes(pair.id, author=pair.mentor)] == [True, False]


async def test_notes_from_before_there_were_copies_are_in_none(pair: Two, clock: Clock) -> None:
    """As the release before writes them, and as the migration finds them: without the column."""
    await room.fetch(
        "INSERT INTO pairing_note (id, pairing, author, text, written_at, changed_at) VALUES ({}, {}, {}, {}, {}, {})",
        uuid4(), pair.id, pair.mentor, "Old.", clock.now, clock.now,
    )  # fmt: skip

    [note] = await notes.notes(pair.id, author=pair.mentor)
    assert (note.text, note.in_copies) == ("Old.", False)
    assert await texts_about(pair.mentee) == []


# ------------------------------------------------------------------- the pages
def decide(app: Litestar, settings: Settings, what: str) -> None:
    app.state["settings"] = msgspec.structs.replace(settings, notes_in_copies=what)


async def save(client: httpx.AsyncClient, form: str, text: str, *, to: str = "") -> httpx.Response:
    """Type into the form as it stands on a page, and send all of it."""
    told = value((await client.get(form)).text, "told")
    return await post(client, to or form, {"note": text, "told": told}, page=form)


def value(page: str, name: str) -> str:
    return unescape(page.partition(f'name="{name}" value="')[2].partition('"')[0])


def hint(page: httpx.Response) -> str:
    return unescape(page.text.partition('id="note-hint">')[2].partition("</div>")[0])


ALONE = (
    "Only you can read them: neither Mo Mentee nor coordinators. They are deleted 90 days after the pairing has ended."
)
NOT_ALONE = "Only you can read them. They are deleted 90 days after the pairing has ended."


async def test_by_default_the_mentor_writes_in_confidence(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    await sign_in(client, pair.mentor)

    page = await client.get(at)
    await save(client, at, "Shy.", to=f"{at}/notes")
    after = await client.get(at)

    assert (hint(page), ALONE in words(page), ALONE in words(after)) == ("", True, True)
    assert "Saved. Only you can read it." in words(after)
    assert "1 June 2026" in words(after)
    assert await texts_about(pair.mentee) == []


async def test_where_copies_hold_it_the_mentor_reads_so_before_writing(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Two, at: str
) -> None:
    decide(app, settings, "about")
    await sign_in(client, pair.mentor)

    page = await client.get(at)
    await save(client, at, "Shy.", to=f"{at}/notes")
    after = await client.get(at)

    assert hint(page) == f"Only you can read this. {ASKS} this note is part of it."
    assert NOT_ALONE in words(page)
    assert f"Saved. Only you can read it. {ASKS} it is part of it." in words(after)
    assert BESIDE in words(after)
    assert await texts_about(pair.mentee) == ["Shy."]


async def test_a_mentee_reads_and_keeps_that_nobody_else_can(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Two, at: str
) -> None:
    decide(app, settings, "about")
    await sign_in(client, pair.mentee)

    page = await client.get(at)
    await post(client, f"{at}/notes", {"note": "Mia bores me.", "told": "copies"}, page=at)
    [note] = await notes.notes(pair.id, author=pair.mentee)
    change = await client.get(f"{at}/notes/{note.id}")

    assert (hint(page), hint(change)) == ("", "")
    assert ALONE.replace("Mo Mentee", "Mia Mentor") in words(page)
    assert "Only you can read this." in words(change)
    assert [await texts_about(person) for person in (pair.mentee, pair.mentor)] == [[], []]


async def test_another_setting_changes_nothing_until_the_mentor_saves_again(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, clock: Clock, pair: Two, at: str
) -> None:
    note = await service.write_note(pair.id, "In confidence.", author=pair.mentor, now=clock.now)
    path = f"{at}/notes/{note}"
    await sign_in(client, pair.mentor)

    decide(app, settings, "about")
    page, form = await client.get(at), await client.get(path)
    before = await texts_about(pair.mentee)
    await save(client, path, "In confidence.")

    assert "1 June 2026" in words(page)
    assert hint(form) == f"{ASKS} your note as it stands is not part of it. When you save it again, it is."
    assert (before, await texts_about(pair.mentee)) == ([], ["In confidence."])


async def test_setting_it_back_changes_nothing_either(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, clock: Clock, pair: Two, at: str
) -> None:
    note = await service.write_note(pair.id, "On the record.", author=pair.mentor, now=clock.now, in_copies=True)
    path = f"{at}/notes/{note}"
    await sign_in(client, pair.mentor)

    decide(app, settings, "own")
    page, form = await client.get(at), await client.get(path)
    before = await texts_about(pair.mentee)
    await save(client, path, "Not any more.")

    assert (hint(page), NOT_ALONE in words(page), BESIDE in words(page)) == ("", True, True)
    assert hint(form) == f"{ASKS} your note as it stands is part of it. When you save it again, it no longer is."
    assert (before, await texts_about(pair.mentee)) == (["On the record."], [])


async def test_a_page_that_promised_confidence_does_not_save_into_copies(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, clock: Clock, pair: Two, at: str
) -> None:
    note = await service.write_note(pair.id, "In confidence.", author=pair.mentor, now=clock.now)
    await sign_in(client, pair.mentor)
    decide(app, settings, "about")

    answers = [
        await post(client, f"{at}/notes", {"note": "Typed.", "told": ""}, page=at),
        await post(client, f"{at}/notes/{note}", {"note": "Typed."}, page=at),
    ]

    for answer in answers:
        assert answer.status_code == 409
        assert f"{ASKS} this note is now part of it." in field_errors(answer)["note"]
        assert "Typed." in answer.text
        assert value(answer.text, "told") == "copies"
    [kept] = await notes.notes(pair.id, author=pair.mentor)
    assert (kept.text, kept.in_copies) == ("In confidence.", False)
