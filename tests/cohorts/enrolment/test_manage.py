"""One registration at its own address: confirm, answer, withdraw, come back."""

import re
from uuid import UUID

import httpx
import pytest

from academy.invites.tables import Invitee
from academy.outbox.tables import Message
from cohorts.enrolment import service
from cohorts.enrolment.tables import Enrolment
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import CohortSession
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import heading, post, words

ADDRESS = "ana@council.example"


async def a_registration(cohort: UUID, clock: Clock, *, address: str = ADDRESS) -> service.Registered:
    return await service.register(cohort, name="Ana Example", address=address, now=clock.now)


async def press(client: httpx.AsyncClient, page: str, button: str, **typed: str) -> httpx.Response:
    return await post(client, button, typed, page=page)


async def status_of(made: service.Registered) -> str:
    rows = await Enrolment.select(Enrolment.status).where(Enrolment.id == made.enrolment)
    return str(rows[0]["status"])


async def mails_to(address: str) -> list[str]:
    rows = await Message.select(Message.kind).where(Message.to_address == address)
    return sorted(row["kind"] for row in rows)


async def test_the_mailed_link_opens_a_page_with_one_button_and_changes_nothing(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = await a_registration(await makers.a_cohort(), clock)

    page = await client.get(service.manage_path(made.enrolment))

    assert heading(page) == "Confirm your place"
    assert "A place is held for you until 10am on Tuesday 2 June." in words(page)
    assert page.headers["cache-control"] == "no-store"
    assert await status_of(made) == S.OFFERED


async def test_confirming_makes_the_place_theirs_and_sends_an_invite_for_each_session(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = await a_registration(await makers.a_cohort(sessions=2), clock)
    path = service.manage_path(made.enrolment)

    answer = await press(client, path, f"{path}/confirm")
    page = await client.get(answer.headers["location"])

    assert heading(page) == "You have a place"
    assert await status_of(made) == S.ENROLLED
    assert await mails_to(ADDRESS) == [
        "confirm-registration",
        "registration-confirmed",
        "session-invite",
        "session-invite",
    ]


async def test_confirming_twice_tells_once(client: httpx.AsyncClient, clock: Clock) -> None:
    made = await a_registration(await makers.a_cohort(sessions=1), clock)
    path = service.manage_path(made.enrolment)

    for _ in range(2):
        await post(client, f"{path}/confirm", page=path if (await status_of(made)) == S.OFFERED else f"{path}/withdraw")

    assert await mails_to(ADDRESS) == ["confirm-registration", "registration-confirmed", "session-invite"]


async def test_on_the_waiting_list_the_page_shows_the_position(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(capacity=1)
    await makers.an_enrolment(cohort=cohort)
    await makers.an_enrolment(cohort=cohort)
    made = await a_registration(cohort, clock)
    path = service.manage_path(made.enrolment)

    before = await client.get(path)
    await press(client, path, f"{path}/confirm")
    after = await client.get(path)

    assert heading(before) == "Confirm your place on the waiting list"
    assert heading(after) == "You are number 2 on the waiting list"
    assert await mails_to(ADDRESS) == ["confirm-registration", "waiting-list-joined"]


@pytest.mark.parametrize("change", ["first", "last", "half", "other kind", "empty", "long"])
async def test_a_link_that_we_did_not_make_opens_nothing(client: httpx.AsyncClient, clock: Clock, change: str) -> None:
    made = await a_registration(await makers.a_cohort(), clock)
    good = service.manage_path(made.enrolment).removeprefix("/r/")
    from academy.accounts import links

    token = {
        "first": ("A" if good[0] != "A" else "B") + good[1:],
        "last": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "half": good[:21],
        "other kind": links.sign("certificate", made.enrolment),
        "empty": "x",
        "long": good * 40,
    }[change]

    assert (await client.get(f"/r/{token}")).status_code == 404
    assert (await client.get(f"/r/{token}/withdraw")).status_code == 404
    assert (await client.get(f"/r/{token}/calendar.ics")).status_code == 404


async def test_withdrawing_asks_first_and_gives_the_place_to_the_next(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(capacity=1, sessions=1)
    made = await makers.an_enrolment(cohort=cohort)
    next_one = await makers.an_enrolment(cohort=cohort)
    path = service.manage_path(made.enrolment)

    asks = await client.get(f"{path}/withdraw")
    answer = await press(client, f"{path}/withdraw", f"{path}/withdraw", reason="A new job.")
    page = await client.get(answer.headers["location"])

    assert heading(asks) == "Give back your place?"
    assert heading(page) == "You no longer have a place"
    assert await status_of(made) == S.WITHDRAWN
    assert await status_of(next_one) == S.ENROLLED
    rows = await Enrolment.select(Enrolment.reason).where(Enrolment.id == made.enrolment)
    assert rows[0]["reason"] == "A new job."


async def test_a_reason_that_is_too_long_is_refused_and_kept(client: httpx.AsyncClient, clock: Clock) -> None:
    made = await makers.an_enrolment()
    path = service.manage_path(made.enrolment)

    answer = await press(client, f"{path}/withdraw", f"{path}/withdraw", reason="y" * 301)

    assert answer.status_code == 422
    assert "y" * 301 in answer.text
    assert await status_of(made) == S.ENROLLED


async def test_leaving_the_waiting_list_takes_two_presses(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(capacity=0, published=False)
    made = await makers.an_enrolment(cohort=cohort)
    path = service.manage_path(made.enrolment)

    answer = await press(client, f"{path}/withdraw", f"{path}/withdraw")

    assert "You have left the waiting list." in words(await client.get(answer.headers["location"]))
    assert await status_of(made) == S.WITHDRAWN


async def test_once_the_first_session_has_started_the_coordinator_decides(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = await makers.an_enrolment()
    path = service.manage_path(made.enrolment)
    token_page = f"{path}/withdraw"
    clock.advance(days=22)
    form = await client.get(token_page)
    token = re.findall(r'name="_csrf_token" value="([^"]+)"', form.text)[0]
    clock.advance(days=1)

    answer = await client.post(f"{path}/withdraw", data={"_csrf_token": token})
    page = await client.get(path)

    assert answer.status_code == 409
    assert "The first session has started. Ask the coordinator to withdraw you." in words(page)
    assert await status_of(made) == S.ENROLLED


async def test_who_has_withdrawn_can_come_back_to_the_same_address(client: httpx.AsyncClient, clock: Clock) -> None:
    made = await makers.an_enrolment()
    path = service.manage_path(made.enrolment)
    await press(client, f"{path}/withdraw", f"{path}/withdraw")

    answer = await press(client, path, f"{path}/come-back")
    page = await client.get(answer.headers["location"])

    assert answer.headers["location"] == path
    assert heading(page) == "You have a place"
    assert await Enrolment.count() == 1


async def test_who_did_not_confirm_in_time_can_still_have_a_free_place(client: httpx.AsyncClient, clock: Clock) -> None:
    made = await a_registration(await makers.a_cohort(capacity=1), clock)
    path = service.manage_path(made.enrolment)
    clock.advance(hours=25)
    await service.release_unconfirmed(clock.now)

    before = await client.get(path)
    await press(client, path, f"{path}/come-back")

    assert heading(before) == "Your registration was not confirmed in time"
    assert await status_of(made) == S.ENROLLED


async def test_each_session_can_be_answered_by_itself(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(sessions=2)
    made = await makers.an_enrolment(cohort=cohort)
    path = service.manage_path(made.enrolment)
    sessions = await CohortSession.select().where(CohortSession.cohort == cohort).order_by(CohortSession.title)

    await press(client, path, f"{path}/sessions/{sessions[0]['id']}", reply="coming")
    await press(client, path, f"{path}/sessions/{sessions[1]['id']}", reply="not-coming")
    page = await client.get(path)

    replies = {row["event"]: row["reply"] for row in await Invitee.select()}
    assert [replies[each["event"]] for each in sessions] == ["accepted", "declined"]
    assert re.findall(r"app-tag[^>]*>([^<]+)<", page.text) == ["Coming", "Can&#39;t come"]
    assert await status_of(made) == S.ENROLLED


async def test_an_answer_that_makes_no_sense_changes_nothing(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(sessions=1)
    made = await makers.an_enrolment(cohort=cohort)
    other = await makers.a_cohort(sessions=1)
    path = service.manage_path(made.enrolment)
    own = (await CohortSession.select().where(CohortSession.cohort == cohort).order_by(CohortSession.id))[0]["id"]
    foreign = (await CohortSession.select().where(CohortSession.cohort == other).order_by(CohortSession.id))[0]["id"]

    answers = [
        (await press(client, path, f"{path}/sessions/{own}", reply="perhaps")).status_code,
        (await press(client, path, f"{path}/sessions/{foreign}", reply="coming")).status_code,
        (await press(client, path, f"{path}/sessions/12345678901234567890", reply="coming")).status_code,
    ]

    assert answers == [404, 404, 404]
    assert {row["reply"] for row in await Invitee.select()} == {"needs_action"}


async def test_the_sessions_come_as_a_calendar_file_with_the_invites_own_identities(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    from academy.invites.tables import CalendarEvent

    cohort = await makers.a_cohort(sessions=2)
    await makers.an_enrolment(cohort=await makers.a_cohort(sessions=1))
    made = await makers.an_enrolment(cohort=cohort)

    file = await client.get(f"{service.manage_path(made.enrolment)}/calendar.ics")

    events = await CohortSession.select(CohortSession.event.uid).where(CohortSession.cohort == cohort)
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    unfolded = file.text.replace("\r\n ", "")
    assert sorted(re.findall(r"^UID:(.+?)\r$", unfolded, re.MULTILINE)) == sorted(each["event.uid"] for each in events)
    assert await CalendarEvent.count() == 3


async def test_who_waits_has_no_calendar_file(client: httpx.AsyncClient, clock: Clock) -> None:
    made = await makers.an_enrolment(cohort=await makers.a_cohort(capacity=0, published=False))

    assert (await client.get(f"{service.manage_path(made.enrolment)}/calendar.ics")).status_code == 404


async def test_in_a_cancelled_cohort_nothing_can_be_done_but_look_elsewhere(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    cohort = await makers.a_cohort()
    made = await makers.an_enrolment(cohort=cohort)
    from academy.audit.service import ACADEMY

    await service.cancel_cohort(cohort, reason="The venue has closed.", actor=ACADEMY, now=clock.now)

    page = await client.get(service.manage_path(made.enrolment))

    assert heading(page) == "This cohort is cancelled"
    assert "<form" not in page.text.split("<main")[1].split("</main")[0]
