"""The pages of the goals and of the closing evaluation, for coachee, coach and manager."""

import re

import httpx
import pytest

from academy.outbox.tables import Message
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.record import circle, rules, service
from cohorts.coaching.record.evaluation import Answer, Given
from cohorts.coaching.record.tables import Party
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.coached import Pair, a_pair
from tests.support.makers import a_coordinator
from tests.support.pages import links
from tests.support.queries import counted


@pytest.fixture
async def pair(clock: Clock) -> Pair:
    return await a_pair(now=clock.now, three_way=True)


async def manager_path(pair: Pair) -> str:
    """The coachee has named Maya; the address in her mail."""
    await service.ask_manager(
        pair.enrolment, name="Maya Manager", address="maya@council.example", actor=pair.as_coachee, now=pair.now
    )
    rows = await Message.select(Message.context).where(Message.kind == "coaching-goals-manager")
    found = re.search(r"/goals/[A-Za-z0-9_-]{43}", rows[0]["context"])
    assert found
    return found[0]


class TestGoals:
    async def test_the_coachee_writes_them_and_the_coach_agrees_with_one_button(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        path = f"/coaching/{pair.enrolment}/goals"
        await sign_in(client, pair.coachee)
        seal = (await circle.goals(pair.enrolment)).seal
        typed = {"seal": seal, "goal-1": "Speak up", "measure-1": "Twice by May", "goal-3": "Listen first"}
        saved = await post(client, f"{path}/change", typed, page=f"{path}/change")

        await sign_in(client, pair.coach_person)
        asks = await client.get(path)
        seal = (await circle.goals(pair.enrolment)).seal
        await post(client, f"{path}/agree", {"seal": seal}, page=path)
        after = await client.get(path)

        assert saved.headers["location"] == path
        assert heading(asks) == "Goals of Priya Nair Not agreed yet"
        assert "Do you agree to these goals?" in words(asks)
        assert "Speak up" in words(asks)
        assert "Do you agree to these goals?" not in words(after)

    async def test_goals_that_changed_meanwhile_are_shown_beside_what_was_typed(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        path = f"/coaching/{pair.enrolment}/goals/change"
        await sign_in(client, pair.coachee)
        old = (await circle.goals(pair.enrolment)).seal
        await pair.with_goals("From the coach")

        answer = await post(client, path, {"seal": old, "goal-1": "Mine"}, page=path)

        assert answer.status_code == 409
        assert "From the coach" in words(answer)
        assert "Mine" in words(answer)
        assert [goal.text for goal in (await circle.goals(pair.enrolment)).goals] == ["From the coach"]

    async def test_agreeing_to_what_has_changed_is_refused(self, client: httpx.AsyncClient, pair: Pair) -> None:
        path = f"/coaching/{pair.enrolment}/goals"
        await pair.with_goals("Old")
        old = (await circle.goals(pair.enrolment)).seal
        await pair.with_goals("New")
        await sign_in(client, pair.coach_person)

        answer = await post(client, f"{path}/agree", {"seal": old}, page=path)

        assert answer.status_code == 409
        standing = (await circle.goals(pair.enrolment)).of(Party.COACH)
        assert standing and not standing.agreed_at

    async def test_a_goal_without_words_and_none_at_all_are_refused(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        path = f"/coaching/{pair.enrolment}/goals/change"
        await sign_in(client, pair.coachee)

        measure_only = await post(client, path, {"measure-2": "Twice"}, page=path)
        nothing = await post(client, path, {}, page=path)

        assert field_errors(measure_only)["goal-2"] == "Goal 2: enter the goal, or empty both fields."
        assert field_errors(nothing) == {"goal-1": "Enter at least one goal."}

    async def test_earlier_goals_stay_to_be_read(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.with_goals("Old")
        await pair.with_goals("New")
        await sign_in(client, pair.coachee)

        page = await client.get(f"/coaching/{pair.enrolment}/goals")

        assert words(page).index("New") < words(page).index("Earlier goals") < words(page).index("Old")

    async def test_it_says_who_can_read_them(self, client: httpx.AsyncClient, pair: Pair) -> None:
        path = f"/coaching/{pair.enrolment}/goals"
        await sign_in(client, pair.coachee)
        await pair.session(days=3)
        two = " ".join(words(await client.get(path)))
        await pair.with_goals("Speak up")
        await manager_path(pair)
        three = " ".join(words(await client.get(path)))

        assert "Only you and Dan Coach can read these goals." in two
        assert "Only you, Dan Coach and the manager whom you named can read these goals." in three

    async def test_coordinators_and_strangers_find_nothing(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.with_goals("Secret")
        other = await a_pair(now=pair.now, coach="Eve Coach", coachee="Omar Other", programme=pair.programme)

        for person in (await a_coordinator(), other.coachee, other.coach_person):
            await sign_in(client, person)
            for path in ("goals", "goals/change", "evaluation"):
                assert (await client.get(f"/coaching/{pair.enrolment}/{path}")).status_code == 404
            for path in ("goals/agree", "goals/change", "goals/manager", "evaluation"):
                answer = await post(client, f"/coaching/{pair.enrolment}/{path}", {"goal-1": "Mine", "name": "x"})
                assert answer.status_code == 404

    async def test_the_queries_of_the_page_do_not_grow(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coachee)
        found = []
        for number in (1, 3):
            await pair.with_goals(*(f"Goal {each}" for each in range(number)))
            await client.get(f"/coaching/{pair.enrolment}/goals")
            with counted() as statements:
                await client.get(f"/coaching/{pair.enrolment}/goals")
            found.append(len(statements))

        assert found[0] == found[1]


class TestManager:
    async def test_who_has_named_nobody_reads_so_and_how(self, client: httpx.AsyncClient, pair: Pair) -> None:
        path = f"/coaching/{pair.enrolment}/goals"
        await pair.with_goals("Speak up", agreed=True)
        session = await pair.session(days=3)
        await sign_in(client, pair.coachee)
        mine, home, booked = [await client.get(at) for at in (path, "/home", f"/coaching/sessions/{session}")]
        await manager_path(pair)
        asked, later = await client.get(path), await client.get("/home")
        await sign_in(client, pair.coach_person)

        assert heading(mine) == "Your goals No manager named yet"
        shown = words(mine)
        assert shown[shown.index("Manager") + 1] == "Not named yet"
        told = "In this programme your manager agrees to the goals as well. Nobody is asked before you say who it is."
        assert told in shown and 'id="manager"' in mine.text
        assert "Name the manager who agrees to your goals" in words(home)
        assert f"{path}#manager" in links(home).values()
        assert links(booked)["Name your manager"] == f"{path}#manager"
        assert heading(asked) == "Your goals Not agreed yet"
        assert words(asked)[words(asked).index("Maya Manager") + 3] == "Asked"
        assert not any("Name the manager" in each for each in words(later))

    async def test_the_coach_reads_that_none_is_named(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.with_goals("Speak up", agreed=True)
        await sign_in(client, pair.coach_person)

        answer = await client.get(f"/coaching/{pair.enrolment}/goals")

        assert heading(answer) == "Goals of Priya Nair No manager named yet"
        told = "Only Priya Nair can name the manager, on this page, and has not done so yet. "
        assert told + "Until then the goals are not agreed by everybody." in words(answer)
        assert not [each for each in words(answer) if each == "Ask my manager"]

    async def test_the_mail_s_link_opens_a_page_with_one_button_and_changes_nothing(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        await pair.with_goals("Speak up")
        path = await manager_path(pair)

        page = await client.get(path)

        assert heading(page) == "The coaching goals of Priya Nair"
        assert "Speak up" in words(page)
        assert page.headers["cache-control"] == "no-store"
        standing = (await circle.goals(pair.enrolment)).manager
        assert standing and not standing.agreed_at

    async def test_the_button_agrees(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.with_goals("Speak up")
        path = await manager_path(pair)
        seal = (await circle.goals(pair.enrolment)).seal

        await post(client, f"{path}/agree", {"seal": seal}, page=path)
        page = await client.get(path)

        assert "You agreed on 1 June 2026." in words(page)
        standing = (await circle.goals(pair.enrolment)).manager
        assert standing and standing.agreed_at == pair.now

    async def test_the_link_shows_neither_notes_nor_actions_nor_others_ratings(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        (goal,) = await pair.with_goals("Speak up")
        path = await manager_path(pair)
        session = await pair.session(days=-5, status=SessionStatus.COMPLETED)
        await service.write_note(session, "zebra", author=pair.coachee, now=pair.now)
        await service.add_action(session, "ostrich", author=pair.coachee, now=pair.now)
        await pair.over()
        await service.rate(pair.enrolment, {goal: Given(0, "quokka")}, actor=pair.as_coach, now=pair.now)

        page = await client.get(path)

        assert "How far was each goal reached?" in words(page)
        for word in ("zebra", "ostrich", "quokka"):
            assert word not in page.text

    async def test_a_link_that_we_did_not_make_opens_nothing(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.with_goals("Speak up")
        good = await manager_path(pair)

        for token in ("x", good[7:-1] + ("A" if good[-1] != "A" else "B"), good[7:] * 20):
            assert (await client.get(f"/goals/{token}")).status_code == 404
            assert (await post(client, f"/goals/{token}/agree")).status_code == 404
            assert (await post(client, f"/goals/{token}/ratings")).status_code == 404

    async def test_naming_a_manager_needs_a_name_and_an_address(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.with_goals("Speak up")
        await sign_in(client, pair.coachee)
        path = f"/coaching/{pair.enrolment}/goals"

        answer = await post(client, f"{path}/manager", {"name": "", "address": "maya"}, page=path)

        assert field_errors(answer) == {
            "name": "Enter your manager’s name.",
            "address": "Enter an email address in the correct format, like name@council.gov.uk",
        }
        assert 'value="maya"' in answer.text

    async def test_the_coordinators_see_that_a_mail_went_and_not_its_link(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        await pair.with_goals("Speak up")
        path = await manager_path(pair)
        rows = await Message.select(Message.id).where(Message.kind == "coaching-goals-manager")
        await sign_in(client, await a_coordinator())

        page = await client.get(f"/outbox/{rows[0]['id']}")

        assert page.status_code == 200
        assert path not in page.text
        assert (await client.get(f"/outbox/{rows[0]['id']}/mail.eml")).status_code == 404


class TestEvaluation:
    async def test_it_is_closed_while_the_coaching_goes_on(self, client: httpx.AsyncClient, pair: Pair) -> None:
        path = f"/coaching/{pair.enrolment}/evaluation"
        await sign_in(client, pair.coachee)

        page = await client.get(path)
        answer = await post(client, path, {"overall": "5"}, page="/help")

        assert "The closing evaluation opens after the last coaching session." in words(page)
        assert answer.status_code == 409

    async def test_the_coachee_looks_back_and_then_sees_what_all_said(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        (goal,) = await pair.with_goals("Speak up")
        await pair.over()
        await service.rate(pair.enrolment, {goal: Given(3, "She spoke.")}, actor=pair.as_coach, now=pair.now)
        path = f"/coaching/{pair.enrolment}/evaluation"
        await sign_in(client, pair.coachee)

        before = await client.get(path)
        await post(client, path, {f"rating-{goal}": "4", "overall": "5", "helped": "Her questions."}, page=path)
        after = await client.get(path)

        assert "She spoke." not in words(before)
        assert "She spoke." in words(after)
        assert "Her questions." in words(after)
        found = await circle.evaluation(pair.enrolment)
        assert (found.overall, found.helped, found.better) == (5, "Her questions.", "")

    async def test_the_coach_rates_the_goals_and_does_not_read_the_rest(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        (goal,) = await pair.with_goals("Speak up")
        await pair.over()
        await service.evaluate(
            pair.enrolment,
            Answer(overall=2, helped="zebra", better="quokka"),
            {goal: Given(1)},
            actor=pair.as_coachee,
            now=pair.now,
        )
        path = f"/coaching/{pair.enrolment}/evaluation"
        await sign_in(client, pair.coach_person)

        await post(client, path, {f"rating-{goal}": "2"}, page=path)
        page = await client.get(path)

        assert "A little" in words(page)
        assert "zebra" not in page.text
        assert "quokka" not in page.text
        (rated,) = (await circle.goals(pair.enrolment)).goals
        assert rated.ratings[Party.COACH].rating == 2

    async def test_what_is_missing_is_asked_for_and_what_was_typed_stays(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        (goal,) = await pair.with_goals("Speak up")
        await pair.over()
        path = f"/coaching/{pair.enrolment}/evaluation"
        await sign_in(client, pair.coachee)

        answer = await post(client, path, {"helped": "Her questions.", f"rating-{goal}": "9"}, page=path)

        assert field_errors(answer) == {
            f"rating-{goal}": "Choose how far goal 1 was reached.",
            "overall": "Choose how the coaching was overall.",
        }
        assert "Her questions." in words(answer)

    async def test_once_rated_the_goals_can_no_longer_be_changed(self, client: httpx.AsyncClient, pair: Pair) -> None:
        (goal,) = await pair.with_goals("Speak up")
        await pair.over()
        await service.rate(pair.enrolment, {goal: Given(3)}, actor=pair.as_coach, now=pair.now)
        path = f"/coaching/{pair.enrolment}/goals"
        await sign_in(client, pair.coachee)

        page = await client.get(path)

        assert str(rules.why_not_change(rated=True)) in words(page)
        assert (await client.get(f"{path}/change")).headers["location"] == path
