"""Which notes are part of the copy of everything held on somebody, and how their author knows before writing."""

from datetime import datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar

from academy import database as room
from academy.settings import Settings
from cohorts.coaching.record import notes, queries, service
from cohorts.coaching.record.notes import NoteAbout
from cohorts.coaching.record.tables import PrivateNote
from tests.conftest import Clock
from tests.support.client import field_errors, post, sign_in, words
from tests.support.coached import Pair, a_pair

pytestmark = pytest.mark.usefixtures("database")

ASKS = "If Priya Nair asks us for a copy of everything we hold about them,"
BESIDE = "Part of the copy of their data that Priya Nair can ask for."


async def texts_about(person: UUID) -> list[str]:
    return [note.text for note in await notes.notes_about(person)]


# ------------------------------------------------------------------ the query
async def test_a_coachs_note_is_about_the_coachee_when_the_coach_was_told_so(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session(days=-1)
    later = now + timedelta(hours=1)
    await service.write_note(session, "Strong.", author=pair.coach_person, now=now, in_copies=True)
    await service.write_note(session, "Strong on content.", author=pair.coach_person, now=later, in_copies=True)

    assert await notes.notes_about(pair.coachee) == [
        NoteAbout(
            session=session,
            starts_at=now - timedelta(days=1),
            text="Strong on content.",
            written_at=now,
            changed_at=later,
        )
    ]


async def test_what_was_written_in_confidence_is_about_nobody(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()

    await service.write_note(session, "He avoids his manager.", author=pair.coach_person, now=now)

    assert await texts_about(pair.coachee) == []


async def test_a_reflection_is_in_no_copy_but_its_authors_whatever_the_form_sent(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()

    kept = await service.write_note(session, "Dan bores me.", author=pair.coachee, now=now, in_copies=True)

    assert kept and not kept.in_copies
    assert [await texts_about(person) for person in (pair.coachee, pair.coach_person)] == [[], []]


async def test_control_the_query_itself_leaves_out_what_the_person_wrote(now: datetime) -> None:
    """Past the verb: a row that says it is in copies, by the coachee and by the coach."""
    pair = await a_pair(now=now)
    session = await pair.session()
    for author, text in ((pair.coachee, "Mine."), (pair.coach_person, "About her.")):
        await PrivateNote.insert(
            PrivateNote(session=session, author=author, text=text, written_at=now, changed_at=now, in_copies=True)
        )

    assert await texts_about(pair.coachee) == ["About her."]


async def test_a_note_is_about_its_own_coachee_and_about_nobody_else(now: datetime) -> None:
    pair = await a_pair(now=now)
    other = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")
    late, early = await pair.session(days=-1), await pair.session(days=-8)
    for session in (late, early):
        await service.write_note(session, f"{session}", author=pair.coach_person, now=now, in_copies=True)

    assert await texts_about(pair.coachee) == [f"{early}", f"{late}"]
    for person in (pair.coach_person, other.coachee, other.coach_person):
        assert await texts_about(person) == []


async def test_a_note_of_the_coach_before_is_still_about_the_coachee(now: datetime) -> None:
    pair = await a_pair(now=now)
    session = await pair.session(days=1)
    await service.write_note(session, "Before I fell ill.", author=pair.coach_person, now=now, in_copies=True)
    eve = await a_pair(now=now, coach="Eve Coach", coachee="Omar Other")

    await room.fetch("UPDATE coaching_session SET coach = {} WHERE id = {}", eve.coach, session)

    assert await texts_about(pair.coachee) == ["Before I fell ill."]


@pytest.mark.parametrize(("first", "then"), [(False, True), (True, False)])
async def test_saving_again_decides_anew(now: datetime, first: bool, then: bool) -> None:
    pair = await a_pair(now=now)
    session = await pair.session()
    await service.write_note(session, "Shy.", author=pair.coach_person, now=now, in_copies=first)

    await service.write_note(session, "Shy.", author=pair.coach_person, now=now, in_copies=then)

    assert await texts_about(pair.coachee) == (["Shy."] if then else [])


async def test_notes_from_before_there_were_copies_are_in_none(now: datetime) -> None:
    """As the release before writes them, and as the migration finds them: without the column."""
    pair = await a_pair(now=now)
    session = await pair.session()

    await room.fetch(
        "INSERT INTO private_note (id, session, author, text, written_at, changed_at) VALUES ({}, {}, {}, {}, {}, {})",
        uuid4(), session, pair.coach_person, "Old.", now, now,
    )  # fmt: skip

    note = await queries.note(session, pair.coach_person)
    assert note == queries.Note("Old.", now, now, in_copies=False)
    assert await texts_about(pair.coachee) == []


async def test_the_authors_own_file_says_which_notes_are_in_copies(now: datetime) -> None:
    pair = await a_pair(now=now)
    early, late = await pair.session(days=-8), await pair.session(days=-1)
    await service.write_note(early, "Between us.", author=pair.coach_person, now=now)
    await service.write_note(late, "On the record.", author=pair.coach_person, now=now, in_copies=True)

    text = notes.as_text(await queries.notes_of(pair.coach_person), name="Dan Coach", now=now)

    between, _, on_the_record = text.partition("Between us.")
    assert BESIDE.rstrip(".") not in between
    assert BESIDE.rstrip(".") in on_the_record


# ------------------------------------------------------------------- the pages
@pytest.fixture
async def pair(clock: Clock) -> Pair:
    return await a_pair(now=clock.now)


def decide(app: Litestar, settings: Settings, what: str) -> None:
    app.state["settings"] = msgspec.structs.replace(settings, notes_in_copies=what)


async def save(client: httpx.AsyncClient, path: str, text: str) -> httpx.Response:
    """Type into the form as it stands, and send all of it."""
    page = (await client.get(path)).text
    hidden = {name: _value(page, name) for name in ("instead_of", "told")}
    return await post(client, f"{path}/note", {"note": text, **hidden}, page=path)


def _value(page: str, name: str) -> str:
    return unescape(page.partition(f'name="{name}" value="')[2].partition('"')[0])


def hint(page: str) -> str:
    return unescape(page.partition('id="note-hint">')[2].partition("</div>")[0])


async def test_by_default_the_coach_writes_in_confidence(client: httpx.AsyncClient, pair: Pair) -> None:
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coach_person)

    page = await client.get(path)
    await save(client, path, "Shy.")
    after = await client.get(path)

    assert "Only you can read this" in words(page)
    assert hint(page.text).startswith("Neither Priya Nair nor the academy can. Do not write about")
    assert "Your note is saved. Only you can read it." in words(after)
    assert BESIDE not in words(after)
    assert await texts_about(pair.coachee) == []


async def test_where_copies_hold_it_the_coach_reads_so_before_writing(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Pair
) -> None:
    decide(app, settings, "about")
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coach_person)

    page = await client.get(path)
    await save(client, path, "Shy.")
    after = await client.get(path)

    assert "Only you can read this" in words(page)
    assert hint(page.text).startswith(f"{ASKS} this note is part of it. Do not write about")
    assert f"Your note is saved. Only you can read it. {ASKS} it is part of it." in words(after)
    assert BESIDE in words(after)
    assert await texts_about(pair.coachee) == ["Shy."]


async def test_a_coachee_reads_and_keeps_that_nobody_else_can(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Pair
) -> None:
    decide(app, settings, "about")
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coachee)

    page = await client.get(path)
    await post(client, f"{path}/note", {"note": "Dan bores me.", "told": "copies"}, page=path)
    after = await client.get(path)

    assert hint(page.text).startswith("Neither Dan Coach nor the academy can.")
    assert "Your note is saved. Only you can read it." in words(after)
    assert [await texts_about(person) for person in (pair.coachee, pair.coach_person)] == [[], []]


async def test_another_setting_changes_nothing_until_the_coach_saves_again(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Pair
) -> None:
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coach_person)
    await save(client, path, "In confidence.")

    decide(app, settings, "about")
    page = await client.get(path)
    before = await texts_about(pair.coachee)
    await save(client, path, "In confidence.")

    assert hint(page.text).startswith(
        f"{ASKS} your note as it stands is not part of it. When you save it again, it is."
    )
    assert BESIDE not in words(page)
    assert (before, await texts_about(pair.coachee)) == ([], ["In confidence."])


async def test_setting_it_back_changes_nothing_either(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Pair
) -> None:
    decide(app, settings, "about")
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coach_person)
    await save(client, path, "On the record.")

    decide(app, settings, "own")
    page = await client.get(path)
    before = await texts_about(pair.coachee)
    await save(client, path, "Not any more.")

    assert hint(page.text).startswith(
        f"{ASKS} your note as it stands is part of it. When you save it again, it no longer is."
    )
    assert BESIDE in words(page)
    assert (before, await texts_about(pair.coachee)) == (["On the record."], [])


async def test_a_page_that_promised_confidence_does_not_save_into_copies(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Pair
) -> None:
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coach_person)
    decide(app, settings, "about")

    answer = await post(client, f"{path}/note", {"note": "Shy.", "instead_of": "", "told": ""}, page=path)

    assert answer.status_code == 409
    assert f"{ASKS} this note is now part of it." in field_errors(answer)["note"]
    assert hint(answer.text).startswith(f"{ASKS} this note is part of it.")
    assert "Shy." in answer.text
    assert (_value(answer.text, "told"), await PrivateNote.count()) == ("copies", 0)


async def test_deleting_needs_no_words(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, pair: Pair
) -> None:
    path = f"/coaching/sessions/{await pair.session()}"
    await sign_in(client, pair.coach_person)
    await save(client, path, "Away with this.")
    page = (await client.get(path)).text
    decide(app, settings, "about")

    sent = {"note": "", "instead_of": _value(page, "instead_of"), "told": _value(page, "told")}
    answer = await post(client, f"{path}/note", sent, page=path)

    assert (answer.status_code, await PrivateNote.count()) == (303, 0)
