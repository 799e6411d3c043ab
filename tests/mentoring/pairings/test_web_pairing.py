"""The page of a pairing: for its two people, and what is private on it for one of them."""

from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from academy import database as room
from mentoring.pairings import letters, meetings, notes, queries, service, shared
from mentoring.pairings.tables import CheckIn, MeetingStatus, PairingNote, PairingStatus
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import post, sign_in
from tests.support.paired import Two, two
from tests.support.queries import counted

SECRET = "I was nervous, and it showed"


@pytest_asyncio.fixture
async def pair(database: room.Engine, clock: Clock) -> Two:
    return await two(now=clock.now)


@pytest.fixture
def at(pair: Two) -> str:
    return letters.path(pair.id)


async def test_both_see_the_other_with_address_and_why(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    for person, other, address in ((pair.mentor, "Mo Mentee", pair.mentee), (pair.mentee, "Mia Mentor", pair.mentor)):
        await sign_in(client, person)

        answer = await client.get(at)

        assert answer.status_code == 200
        assert f": {other}" in answer.text
        view = await queries.pairing_for_staff(pair.id, now=datetime.now().astimezone())
        assert (view.mentee_address if address == pair.mentee else view.mentor_address) in answer.text
        assert "what they want to work on: " in answer.text or "what you want to work on: " in answer.text


async def test_nobody_else_finds_it_nor_a_mentee_before_the_mentor_has_said_yes(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, pair: Two, at: str
) -> None:
    await sign_in(client, await makers.a_coordinator())
    assert (await client.get(at)).status_code == 404
    asked = await two(accepted=False, now=clock.now)
    await sign_in(client, asked.mentee)
    assert (await client.get(letters.path(asked.id))).status_code == 404


async def test_a_meeting_is_logged_from_the_page(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    await sign_in(client, pair.mentee)

    answer = await post(client, f"{at}/meetings", {"day": "2026-06-01", "minutes": "45"}, page=at)

    assert answer.headers["location"] == at
    [held] = await meetings.of_pairing(pair.id)
    assert (held.status, held.minutes, held.added_by) == (MeetingStatus.HELD, 45, pair.mentee)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "2026-06-02", "minutes": "45"}, "Enter today or a day before. To plan a meeting, offer one."),
        ({"day": "2026-05-31", "minutes": "45"}, "You had not been introduced on that day. Check the date."),
        ({"day": "2026-06-01", "minutes": "2"}, "Enter a number of minutes from 5 to 480."),
        ({"day": "", "minutes": ""}, "Enter the day on which you met."),
    ],
)
async def test_what_cannot_be_logged_is_said_so_and_kept_in_the_form(
    client: httpx.AsyncClient, pair: Two, at: str, typed: dict[str, str], sentence: str
) -> None:
    await sign_in(client, pair.mentee)

    answer = await post(client, f"{at}/meetings", typed, page=at)

    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert await meetings.of_pairing(pair.id) == []


async def test_a_first_meeting_is_offered_moved_and_cancelled(
    client: httpx.AsyncClient, clock: Clock, pair: Two, at: str
) -> None:
    await sign_in(client, pair.mentor)
    when = {"day": "2026-06-10", "at": "14:00", "minutes": "60", "place": "The library"}

    await post(client, f"{at}/meetings/offer", when, page=f"{at}/meetings/offer")
    [planned] = await meetings.of_pairing(pair.id)
    move = f"{at}/meetings/{planned.id}/move"
    await post(client, move, {**when, "at": "15:30"}, page=move)
    [moved] = await meetings.of_pairing(pair.id)
    cancel = f"{at}/meetings/{planned.id}/cancel"
    await post(client, cancel, {"reason": "A cold"}, page=cancel)
    [cancelled] = await meetings.of_pairing(pair.id)

    assert [each.starts_at.hour for each in (planned, moved)] == [13, 14]  # UTC, British summer
    assert (moved.place, cancelled.status) == ("The library", MeetingStatus.CANCELLED)


async def test_a_time_in_the_past_cannot_be_offered(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    await sign_in(client, pair.mentor)

    answer = await post(client, f"{at}/meetings/offer", {"day": "2026-05-10", "at": "14:00", "minutes": "60"}, page=at)

    assert answer.status_code == 422
    assert "Enter a time in the future." in answer.text


async def test_after_a_planned_meeting_the_page_asks_whether_it_took_place(
    client: httpx.AsyncClient, clock: Clock, pair: Two, at: str
) -> None:
    await service.offer_meeting(
        pair.id,
        starts_at=clock.now + timedelta(days=1),
        minutes=60,
        by=pair.mentor,
        actor=pair.as_mentor,
        now=clock.now,
    )
    clock.advance(days=2)
    await sign_in(client, pair.mentee)
    [planned] = await meetings.of_pairing(pair.id)

    assert "Did you meet on 2 June 2026?" in (await client.get(at)).text
    await post(client, f"{at}/meetings/{planned.id}/missed", {}, page=at)

    assert [each.status for each in await meetings.of_pairing(pair.id)] == [MeetingStatus.MISSED]


async def test_goals_and_the_agreement_are_shared(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    await sign_in(client, pair.mentee)
    await post(client, f"{at}/goals", {"text": "Chair a meeting"}, page=at)
    await post(client, f"{at}/agree", {}, page=at)
    await sign_in(client, pair.mentor)
    [goal] = await shared.goals(pair.id)

    seen = (await client.get(at)).text
    assert "Chair a meeting" in seen
    assert "Mo Mentee agreed on 1 June 2026." in seen
    await post(client, f"{at}/goals/{goal.id}", {"do": "done"}, page=at)
    assert [each.done_at is not None for each in await shared.goals(pair.id)] == [True]
    await post(client, f"{at}/goals/{goal.id}", {"do": "drop"}, page=at)
    assert await shared.goals(pair.id) == []
    await post(client, f"{at}/goals/{goal.id}", {"do": "back"}, page=at)
    assert [each.text for each in await shared.goals(pair.id)] == ["Chair a meeting"]


# -------------------------------------------------------------- private notes
async def write(client: httpx.AsyncClient, pair: Two, at: str) -> str:
    await sign_in(client, pair.mentee)
    await post(client, f"{at}/notes", {"note": SECRET}, page=at)
    [note] = await notes.notes(pair.id, author=pair.mentee)
    return f"{at}/notes/{note.id}"


async def test_a_note_is_read_by_its_author_alone(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    path = await write(client, pair, at)
    assert SECRET in (await client.get(at)).text
    assert SECRET in (await client.get(path)).text

    for person in (pair.mentor, await makers.a_coordinator(), await makers.a_person()):
        await sign_in(client, person)
        assert SECRET not in (await client.get(at)).text
        assert (await client.get(path)).status_code == 404


async def test_the_control_reads_a_note_whose_author_is_not_asked_for(
    client: httpx.AsyncClient, pair: Two, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(client, pair, at)
    everybodys = room.compiled_sql(
        "SELECT id, text, written_at, changed_at FROM pairing_note WHERE pairing = :pairing AND id <> :author"
    )
    monkeypatch.setattr(notes, "_OF_AUTHOR", everybodys)
    await sign_in(client, pair.mentor)

    assert SECRET in (await client.get(at)).text


async def test_the_other_can_neither_change_nor_remove_a_note(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    path = await write(client, pair, at)
    await sign_in(client, pair.mentor)

    answers = [
        await post(client, path, {"note": "Mine now"}, page=at),
        await post(client, f"{path}/remove", {}, page=at),
    ]

    assert [each.status_code for each in answers] == [404, 404]
    assert [each.text for each in await notes.notes(pair.id, author=pair.mentee)] == [SECRET]


async def test_its_author_changes_and_removes_a_note(client: httpx.AsyncClient, pair: Two, at: str) -> None:
    path = await write(client, pair, at)

    await post(client, path, {"note": "I was calm"}, page=path)
    assert [each.text for each in await notes.notes(pair.id, author=pair.mentee)] == ["I was calm"]
    await post(client, f"{path}/remove", {}, page=path)
    assert await PairingNote.count() == 0


# --------------------------------------------------------- pausing and ending
async def test_either_pauses_and_goes_on(client: httpx.AsyncClient, clock: Clock, pair: Two, at: str) -> None:
    await sign_in(client, pair.mentor)

    await post(client, f"{at}/pause", {"paused_until": "2026-08-01"}, page=f"{at}/pause")
    assert "Paused until 1 August 2026" in (await client.get(at)).text
    await sign_in(client, pair.mentee)
    await post(client, f"{at}/resume", {}, page=at)

    assert (await pair.view(clock.now)).status is PairingStatus.ACTIVE


async def test_the_mentee_ends_it_and_the_mentor_reads_that_it_ended_and_not_why(
    client: httpx.AsyncClient, clock: Clock, pair: Two, at: str
) -> None:
    await sign_in(client, pair.mentee)

    answer = await post(client, f"{at}/end", {"reason": SECRET}, page=f"{at}/end")

    assert answer.headers["location"] == "/mentoring"
    assert (await pair.view(clock.now)).end_reason == SECRET
    await sign_in(client, pair.mentor)
    seen = (await client.get(at)).text
    assert "This pairing ended on 1 June 2026" in seen
    assert SECRET not in seen


async def test_what_is_done_is_complete_and_each_says_how_it_was(
    client: httpx.AsyncClient, clock: Clock, pair: Two, at: str
) -> None:
    await sign_in(client, pair.mentee)

    await post(client, f"{at}/end", {"how": "complete"}, page=f"{at}/end")
    told = {"overall": "5", "goals_reached": "", "helped": SECRET, "better": "", "again": "yes"}
    await post(client, f"{at}/evaluation", told, page=f"{at}/evaluation")

    assert "You have told us how it was." in (await client.get(at)).text
    assert "Mentored in Mentoring 2026" in (await client.get("/my/record")).text
    await sign_in(client, pair.mentor)
    assert SECRET not in (await client.get(at)).text
    assert "Tell us how it was" in (await client.get(at)).text


# -------------------------------------------------------------- did you meet?
async def test_the_mailed_page_logs_a_meeting_with_one_button_and_opening_it_changes_nothing(
    client: httpx.AsyncClient, clock: Clock, pair: Two
) -> None:
    clock.advance(days=10)
    await service.ask_check_ins(clock.now)
    [asked] = await CheckIn.select(CheckIn.id)
    path = letters.met_path(asked["id"])

    assert "Did you meet Mia Mentor?" in (await client.get(path)).text
    assert (await pair.view(clock.now)).meetings == 0
    await post(client, path, {"day": "2026-06-05", "minutes": "40"}, page=path)

    after = await pair.view(clock.now)
    assert (after.meetings, after.minutes) == (1, 40)
    assert "5 June 2026, 40 minutes: logged for both of you." in (await client.get(path)).text


async def test_no_is_one_press_and_the_page_still_takes_a_yes(
    client: httpx.AsyncClient, clock: Clock, pair: Two
) -> None:
    clock.advance(days=10)
    await service.ask_check_ins(clock.now)
    [asked] = await CheckIn.select(CheckIn.id)
    path = letters.met_path(asked["id"])

    await post(client, path, {"met": "no"}, page=path)

    assert "You said no. If you have met after all, log it here." in (await client.get(path)).text
    assert (await pair.view(clock.now)).meetings == 0


async def test_the_page_asks_as_many_queries_with_one_meeting_as_with_three(
    client: httpx.AsyncClient, clock: Clock, pair: Two, at: str
) -> None:
    async def a_meeting(day: int) -> None:
        then = clock.now - timedelta(days=day)
        await service.log_meeting(
            pair.id, day=then.date(), minutes=60, by=pair.mentor, actor=pair.as_mentor, now=clock.now
        )
        await service.write_note(pair.id, f"Note {day}", author=pair.mentee, now=then)
        await service.add_goal(pair.id, f"Goal {day}", by=pair.mentee, now=then)

    clock.advance(days=5)
    await sign_in(client, pair.mentee)
    await a_meeting(3)
    with counted() as one:
        await client.get(at)
    for day in (2, 1):
        await a_meeting(day)
    with counted() as three:
        await client.get(at)

    assert len(one) == len(three)
