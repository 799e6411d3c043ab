"""What stands on the page of a session for each of the two, and what they can do there."""

from datetime import date

import httpx
import pytest

from academy.audit.service import ACADEMY
from cohorts.coaching.bookings.tables import CoachingSession, SessionKind, SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import service as ledger
from cohorts.coaching.record import circle, queries, rules, service
from cohorts.coaching.record.tables import SharedAction
from cohorts.coaching.times import service as times
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.coached import Pair, a_pair
from tests.support.queries import counted


@pytest.fixture
async def pair(clock: Clock) -> Pair:
    return await a_pair(now=clock.now)


async def status_of(session: object) -> tuple[str, int | None]:
    rows = await CoachingSession.select(CoachingSession.status, CoachingSession.minutes).where(
        CoachingSession.id == session
    )
    return rows[0]["status"], rows[0]["minutes"]


class TestOutcome:
    async def test_the_coach_notes_that_it_took_place_and_for_how_long(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=-1)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}"

        before = await client.get(path)
        answer = await post(client, f"{path}/outcome", {"outcome": "attended", "minutes": "50"}, page=path)
        after = await client.get(path)

        assert "How did it go?" in words(before)
        assert answer.headers["location"] == path
        assert await status_of(session) == ("completed", 50)
        assert "You met for 50 minutes." in words(after)
        assert "How did it go?" not in words(after)

    async def test_from_the_first_page_it_is_one_tap(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1, minutes=45)
        await sign_in(client, pair.coach_person)

        answer = await post(
            client, f"/coaching/sessions/{session}/outcome", {"outcome": "attended", "back": "coach"}, page="/coach"
        )

        assert answer.headers["location"] == "/coach"
        assert await status_of(session) == ("completed", 45)

    @pytest.mark.parametrize(
        ("said", "status", "left"), [("no-show", "no_show_coachee", 2), ("could-not-come", "no_show_coach", 3)]
    )
    async def test_no_shows_use_the_credit_or_give_it_back(
        self, client: httpx.AsyncClient, pair: Pair, said: str, status: str, left: int
    ) -> None:
        session = await pair.session(days=-1)
        await ledger.reserve(pair.enrolment, session, actor=ACADEMY, now=pair.now)
        await sign_in(client, pair.coach_person)

        await post(client, f"/coaching/sessions/{session}/outcome", {"outcome": said}, page="/coach")

        assert await status_of(session) == (status, None)
        assert (await credits.balances([pair.enrolment]))[pair.enrolment].left == left

    async def test_it_is_taken_back(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}"
        await post(client, f"{path}/outcome", {"outcome": "no-show"}, page=path)

        await post(client, f"{path}/outcome/undo", page=path)

        assert await status_of(session) == ("booked", None)
        assert "How did it go?" in words(await client.get(path))

    @pytest.mark.parametrize(
        ("typed", "errors"),
        [
            ({}, {"outcome": "Choose what happened."}),
            ({"outcome": "attended", "minutes": "long"}, {"minutes": "Enter a number of minutes from 1 to 600."}),
        ],
    )
    async def test_what_makes_no_sense_is_asked_again_with_what_was_typed(
        self, client: httpx.AsyncClient, pair: Pair, typed: dict[str, str], errors: dict[str, str]
    ) -> None:
        session = await pair.session(days=-1)
        await sign_in(client, pair.coach_person)

        answer = await post(client, f"/coaching/sessions/{session}/outcome", typed, page="/coach")

        assert answer.status_code == 422
        assert field_errors(answer) == errors
        assert typed.get("minutes", "60") in answer.text

    async def test_before_the_session_there_is_nothing_to_note(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=1)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}"

        answer = await post(client, f"{path}/outcome", {"outcome": "no-show"}, page=path)

        assert "How did it go?" not in words(await client.get(path))
        assert answer.status_code == 409
        assert await status_of(session) == ("booked", None)

    async def test_neither_the_coachee_nor_another_coach_notes_anything(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=-1)
        path = f"/coaching/sessions/{session}"
        other = await a_pair(now=pair.now, coach="Eve Coach", coachee="Omar Other")

        await sign_in(client, pair.coachee)
        page = await client.get(path)
        of_coachee = await post(client, f"{path}/outcome", {"outcome": "attended"}, page=path)
        await sign_in(client, other.coach_person)
        of_other = await post(client, f"{path}/outcome", {"outcome": "attended"}, page="/coach")

        assert "How did it go?" not in words(page)
        assert (of_coachee.status_code, of_other.status_code) == (404, 404)
        assert await status_of(session) == ("booked", None)

    async def test_a_coach_who_has_left_still_notes_what_they_delivered(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=-1)
        await times.leave(pair.coach, actor=ACADEMY, now=pair.now)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}"

        answer = await post(client, f"{path}/outcome", {"outcome": "attended", "back": "coach"}, page=path)

        assert answer.headers["location"] == path
        assert await status_of(session) == ("completed", 60)

    async def test_a_coach_who_is_a_coachee_elsewhere_does_not_mark_their_own_coaching(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        await times.make_coach(pair.coachee, programme=pair.programme, actor=ACADEMY, now=pair.now)
        session = await pair.session(days=-1)
        await sign_in(client, pair.coachee)

        answer = await post(client, f"/coaching/sessions/{session}/outcome", {"outcome": "attended"}, page="/coach")

        assert answer.status_code == 404


class TestNote:
    async def test_the_field_warns_and_the_note_is_shown_to_its_author(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=-1)
        path = f"/coaching/sessions/{session}"
        await sign_in(client, pair.coachee)

        page = await client.get(path)
        answer = await post(client, f"{path}/note", {"note": "I talk too much.", "instead_of": ""}, page=path)
        after = await client.get(path)

        assert "Do not write about anybody’s health" in page.text
        assert answer.headers["location"] == f"{path}#note-title"
        assert "I talk too much." in after.text
        assert "Your note is saved. Only you can read it." in words(after)

    async def test_a_note_of_another_window_is_shown_beside_what_was_typed(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=-1)
        path = f"/coaching/sessions/{session}"
        await sign_in(client, pair.coachee)
        await post(client, f"{path}/note", {"note": "From the phone.", "instead_of": ""}, page=path)

        answer = await post(client, f"{path}/note", {"note": "From the desk.", "instead_of": ""}, page=path)

        assert answer.status_code == 409
        assert "From the phone." in answer.text
        assert "From the desk." in answer.text
        kept = await queries.note(session, pair.coachee)
        assert kept and kept.text == "From the phone."

    async def test_too_long_a_note_is_refused_and_kept_in_the_field(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=-1)
        path = f"/coaching/sessions/{session}"
        await sign_in(client, pair.coachee)

        answer = await post(client, f"{path}/note", {"note": "y" * (rules.MOST_NOTE + 1)}, page=path)

        assert answer.status_code == 422
        assert "y" * (rules.MOST_NOTE + 1) in answer.text
        assert await queries.note(session, pair.coachee) is None

    async def test_the_file_has_one_s_notes_as_plain_text(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1)
        await service.write_note(session, "=1+1\n<b>Bold</b>", author=pair.coachee, now=pair.now)
        await sign_in(client, pair.coachee)

        answer = await client.get("/coaching/my-notes.txt")

        assert answer.headers["content-disposition"] == 'attachment; filename="my-coaching-notes.txt"'
        assert answer.headers["content-type"].startswith("text/plain")
        assert "Priya Nair with Dan Coach" in answer.text
        assert "=1+1\r\n<b>Bold</b>" in answer.text


class TestActions:
    async def test_both_add_and_tick_off(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1)
        path = f"/coaching/sessions/{session}"
        await sign_in(client, pair.coachee)
        await post(client, f"{path}/actions", {"action": "Ask for feedback", "due_on": "2026-06-08"}, page=path)
        rows = await SharedAction.select(SharedAction.id, SharedAction.due_on)

        await sign_in(client, pair.coach_person)
        seen = await client.get(path)
        await post(client, f"{path}/actions/{rows[0]['id']}/done", page=path)
        ticked = await client.get(path)
        await post(client, f"{path}/actions/{rows[0]['id']}/undo", page=path)

        assert rows[0]["due_on"] == date(2026, 6, 8)
        assert "Ask for feedback" in words(seen)
        assert "Not done after all" in words(ticked)
        assert "Not done after all" not in words(await client.get(path))

    async def test_removing_asks_first_and_only_who_added_it(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1)
        action = await service.add_action(session, "Ask for feedback", author=pair.coachee, now=pair.now)
        path = f"/coaching/sessions/{session}/actions/{action}/remove"
        await sign_in(client, pair.coach_person)
        assert (await client.get(path)).status_code == 403

        await sign_in(client, pair.coachee)
        asks = await client.get(path)
        await post(client, path, page=path)

        assert heading(asks) == "Remove this action?"
        assert await SharedAction.count() == 0

    async def test_an_empty_action_is_refused(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1)
        path = f"/coaching/sessions/{session}"
        await sign_in(client, pair.coachee)

        answer = await post(client, f"{path}/actions", {"action": "", "due_on": "soon"}, page=path)

        assert field_errors(answer) == {
            "action": "Enter what will be done.",
            "due_on": "Enter a date, like 24 June 2026.",
        }


class TestPage:
    async def test_a_cancelled_session_asks_for_nothing(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1, status=SessionStatus.CANCELLED_BY_COACH)
        await sign_in(client, pair.coachee)

        page = await client.get(f"/coaching/sessions/{session}")

        assert "My reflection" not in words(page)
        assert "Actions" not in words(page)

    async def test_goals_are_shown_to_their_coach_and_not_to_that_of_a_chemistry_call(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        await pair.with_goals("Speak up")
        eve = await a_pair(now=pair.now, coach="Eve Coach", coachee="Omar Other")
        own = await pair.session(days=-1)
        call = await pair.session(days=-9, kind=SessionKind.CHEMISTRY, coach=eve.coach)

        await sign_in(client, pair.coach_person)
        assert "Speak up" in words(await client.get(f"/coaching/sessions/{own}"))
        await sign_in(client, eve.coach_person)
        page = await client.get(f"/coaching/sessions/{call}")
        assert page.status_code == 200
        assert "Speak up" not in words(page)
        assert (await client.get(f"/coaching/{pair.enrolment}/goals")).status_code == 404

    async def test_its_queries_do_not_grow_with_what_was_written(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=-1)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}"
        found = []
        for number in (1, 3):
            for each in range(number):
                await service.add_action(session, f"Action {number} {each}", author=pair.coachee, now=pair.now)
            await pair.with_goals(*(f"Goal {each}" for each in range(number)))
            await client.get(path)
            with counted() as statements:
                await client.get(path)
            found.append(len(statements))

        assert found[0] == found[1]
        assert len((await circle.goals(pair.enrolment)).goals) == 3
