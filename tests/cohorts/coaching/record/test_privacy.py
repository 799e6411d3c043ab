"""Private notes as an attacker would look for them: through every page, file and list that there is.

Each way is walked by everybody but the author. The control shows that the search would find a note: the author does.
"""

from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from piccolo.conf.apps import Finder

from academy.accounts import service as accounts
from academy.audit.service import ACADEMY
from cohorts.coaching.record import notes, parts, queries, service
from cohorts.coaching.times import service as times
from tests.conftest import Clock
from tests.support.client import post, sign_in
from tests.support.coached import Pair, a_pair
from tests.support.makers import a_coordinator

COACHS, COACHEES = "zebra", "quokka"


@pytest.fixture
async def pair(clock: Clock) -> Pair:
    made = await a_pair(now=clock.now)
    session = await made.session(days=-1)
    await service.write_note(session, COACHS, author=made.coach_person, now=clock.now)
    await service.write_note(session, COACHEES, author=made.coachee, now=clock.now)
    return made


async def session_of(pair: Pair) -> str:
    (note,) = await queries.notes_of(pair.coachee)
    return str(note.session)


def addresses(app: Litestar, pair: Pair, session: str) -> list[str]:
    """Every page that can be read, with the ids of this pair."""
    found = set()
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "GET" not in handler.http_methods:
                continue
            path = route.path.replace("{session:uuid}", session).replace("{enrolment:uuid}", str(pair.enrolment))
            path = path.replace("{person:uuid}", str(pair.coachee)).replace("{coach:uuid}", str(pair.coach))
            if "{" not in path:
                found |= {path, f"{path}?export=csv"}
    return sorted(found)


async def readers_of(client: httpx.AsyncClient, app: Litestar, pair: Pair, word: str) -> set[str]:
    """Where this browser meets a word."""
    session = await session_of(pair)
    met = set()
    for path in addresses(app, pair, session):
        if path.startswith(("/static", "/sign-")):
            continue
        answer = await client.get(path, follow_redirects=True)
        if word in answer.text:
            met.add(answer.url.path.replace(session, "{session}"))
    return met


async def test_only_the_author_meets_a_note_anywhere(client: httpx.AsyncClient, app: Litestar, pair: Pair) -> None:
    """The second half is the control: the same walk finds it for the author."""
    cora = await a_coordinator()
    for person, not_theirs in (
        (cora, (COACHS, COACHEES)),
        (pair.coach_person, (COACHEES,)),
        (pair.coachee, (COACHS,)),
    ):
        await sign_in(client, person)
        for word in not_theirs:
            assert await readers_of(client, app, pair, word) == set()

    await sign_in(client, pair.coachee)
    assert await readers_of(client, app, pair, COACHEES) == {
        "/coaching/my-notes.txt",
        "/coaching/sessions/{session}",
    }


async def test_a_note_that_is_in_copies_is_on_no_page_either(
    client: httpx.AsyncClient, app: Litestar, pair: Pair
) -> None:
    """The copy is a file that the coachee asks for; the author meets the note where every note stands."""
    session = UUID(await session_of(pair))
    await service.write_note(session, COACHS, author=pair.coach_person, now=pair.now, in_copies=True)
    assert [note.text for note in await notes.notes_about(pair.coachee)] == [COACHS]

    for person in (await a_coordinator(), pair.coachee):
        await sign_in(client, person)
        assert await readers_of(client, app, pair, COACHS) == set()

    await sign_in(client, pair.coach_person)
    assert await readers_of(client, app, pair, COACHS) == {"/coaching/my-notes.txt", "/coaching/sessions/{session}"}


async def test_a_coordinator_who_is_a_coach_too_reads_no_other_coach_s_notes(
    client: httpx.AsyncClient, app: Litestar, pair: Pair, clock: Clock
) -> None:
    cora = await a_coordinator()
    await times.make_coach(cora, programme=pair.programme, actor=ACADEMY, now=clock.now)
    await sign_in(client, cora)

    assert await readers_of(client, app, pair, COACHS) == set()
    assert (await client.get(f"/coaching/sessions/{await session_of(pair)}")).status_code == 404


async def test_nobody_writes_or_deletes_for_somebody_else(client: httpx.AsyncClient, pair: Pair) -> None:
    session = await session_of(pair)
    for person in (await a_coordinator(), (await a_pair(now=pair.now, coachee="Omar Other")).coachee):
        await sign_in(client, person)
        answer = await post(client, f"/coaching/sessions/{session}/note", {"note": "", "author": str(pair.coachee)})
        assert answer.status_code == 404

    await sign_in(client, pair.coach_person)
    await post(client, f"/coaching/sessions/{session}/note", {"note": "Mine.", "author": str(pair.coachee)})

    assert [note.text for note in await queries.notes_of(pair.coachee)] == [COACHEES]


async def test_the_file_is_the_visitor_s_own_whatever_they_ask_for(client: httpx.AsyncClient, pair: Pair) -> None:
    await sign_in(client, pair.coach_person)

    answer = await client.get(f"/coaching/my-notes.txt?author={pair.coachee}&person={pair.coachee}")

    assert COACHS in answer.text
    assert COACHEES not in answer.text


async def test_control_a_part_that_asked_for_the_other_s_note_would_be_seen(
    client: httpx.AsyncClient, app: Litestar, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the author mixed up on the session's page, the walk meets the note at once."""
    really = queries.note

    async def mixed_up(session: object, author: object) -> object:
        return await really(session, pair.coach_person)  # type: ignore[arg-type]

    monkeypatch.setattr(parts.queries, "note", mixed_up)
    await sign_in(client, pair.coachee)

    assert "/coaching/sessions/{session}" in await readers_of(client, app, pair, COACHS)


async def test_what_the_coachee_wrote_before_the_session_is_for_the_coach(
    client: httpx.AsyncClient, app: Litestar, clock: Clock
) -> None:
    pair = await a_pair(now=clock.now)
    session = await pair.session(days=2, note="ostrich")
    await service.write_note(session, "x", author=pair.coachee, now=clock.now)
    await sign_in(client, pair.coach_person)
    assert "ostrich" in (await client.get("/coach")).text

    await sign_in(client, await a_coordinator())

    assert await readers_of(client, app, pair, "ostrich") == set()


async def test_programs_read_nobody_s_notes(client: httpx.AsyncClient, app: Litestar, pair: Pair) -> None:
    """Not even their author's: notes are no part of the API."""
    session = await session_of(pair)
    asked = 0
    cora, own = await a_coordinator(), frozenset({"read", "enrol"})
    for person, scopes in ((cora, own | {"manage"}), (pair.coach_person, own), (pair.coachee, own)):
        token = await accounts.create_api_token(person, "m", scopes, pair.now)
        for path in addresses(app, pair, session):
            if path.startswith("/api/"):
                answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
                asked += answer.status_code == 200
                assert COACHS not in answer.text
                assert COACHEES not in answer.text
    assert asked > 6


async def test_a_note_stands_in_one_table_and_nowhere_else(pair: Pair) -> None:
    """Neither the audit trail nor a mail nor anything else in the database repeats it."""
    tables = [table for app in ("academy", "cohorts") for table in Finder().get_table_classes(include_apps=[app])]

    holding = {table._meta.tablename for table in tables if COACHEES in str(await table.select())}

    assert holding == {"private_note"}
