"""What needs a coordinator, over all cohorts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.home.today_page import yesterday
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.outbox import queries as outbox
from academy.outbox.tables import Message, MessageState
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import CohortSession
from tests.conftest import Clock
from tests.support.client import post, sign_in, words
from tests.support.courses import OVER, a_course
from tests.support.makers import a_cohort, a_coordinator, a_person, an_enrolment
from tests.support.queries import counted

DAY = timedelta(days=1)


@pytest.fixture
async def cora(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    person = await a_coordinator(name="Cora")
    await sign_in(client, person)
    return person


# ------------------------------------------------------------------- the page
async def test_an_academy_without_cohorts(client: httpx.AsyncClient, cora: UUID) -> None:
    answer = await client.get("/today")

    assert answer.status_code == 200
    assert {
        "Monday 1 June 2026",
        "Nothing needs a decision",
        "No session in the next 7 days.",
        "Nobody has registered since yesterday.",
        "None in the last 14 days",
    } <= set(words(answer))


async def test_participants_do_not_see_it(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> None:
    person = await a_person()
    await sign_in(client, person)

    answers = [(await client.get(path)).status_code for path in ("/today", f"/people/{person}")]

    assert answers == [403, 403]


async def test_each_need_names_its_cohort_and_has_one_button(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    course = await a_course("Ana")
    clock.now = OVER
    await sign_in(client, await a_coordinator())

    answer = await client.get("/today")

    shown = words(answer)
    start = shown.index("Nobody has taken the register of Day 2 and 1 earlier session")
    assert shown[start + 1 : start + 4] == [
        "Top Talent, Essex",
        "· Hours and certificates come from the register.",
        "Take the register",
    ]
    assert f'href="/cohorts/{course.code}/manage"' in answer.text
    assert f'href="/sessions/{course.sessions[1]}/register"' in answer.text


async def test_a_button_does_it_and_leads_back(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    cohort = await a_cohort(code="tt", starts_at=clock.now + 20 * DAY)
    await an_enrolment(cohort=cohort)
    clock.advance(days=8)
    await sign_in(client, cora)

    before = await client.get("/today")
    answer = await post(client, "/cohorts/tt/ask-again", {"back": "/today"}, page="/today")
    after = words(await client.get("/today"))

    assert 'action="/cohorts/tt/ask-again"' in before.text
    assert (answer.headers["location"], "Reminder sent to 1 person." in after) == ("/today", True)


async def test_many_needs_are_shown_on_request(
    client: httpx.AsyncClient, cora: UUID, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    from academy.home import today_page

    monkeypatch.setattr(today_page, "SHOWN", 2)
    for _ in range(3):
        await a_cohort(published=False, starts_at=clock.now + 30 * DAY)

    some = words(await client.get("/today"))
    all_of_them = words(await client.get("/today?needs=all"))

    assert (some.count("Not published yet"), all_of_them.count("Not published yet")) == (2, 3)
    assert "Show all 3" in some and "Show all 3" not in all_of_them


async def test_counts_lead_to_their_lists(client: httpx.AsyncClient, cora: UUID) -> None:
    cohort = await a_cohort(capacity=1)
    await a_cohort(published=False)
    for _ in range(2):
        await an_enrolment(cohort=cohort)

    answer = await client.get("/today")

    shown = words(answer)
    assert [shown[shown.index(label) + 1] for label in ("Open cohorts", "Places taken", "New since yesterday")] == [
        "1",
        "1 of 1",
        "2",
    ]
    assert {"1 not published", "1 on waiting lists"} <= set(shown)
    assert all(f'href="{path}"' in answer.text for path in ("/cohorts", "/cohorts?sort=-waiting", "#new", "/outbox"))


# ------------------------------------------------------------------- the week
async def test_the_sessions_of_seven_days_with_places_replies_and_leader(
    client: httpx.AsyncClient, cora: UUID, clock: Clock
) -> None:
    soon = await a_cohort(name="Soon", code="soon", starts_at=clock.now + 6 * DAY, capacity=5)
    await a_cohort(name="Later", starts_at=clock.now + 8 * DAY)
    await a_cohort(name="Hidden", starts_at=clock.now + DAY, published=False)
    people = [(await an_enrolment(cohort=soon, person=await a_person(name=name))) for name in ("Ana", "Ben", "Cem")]
    rows = await CohortSession.select(CohortSession.id, CohortSession.event).where(
        CohortSession.cohort == soon, CohortSession.title == "Day 1"
    )
    ana = (await room.fetch("SELECT person FROM enrolment WHERE id = {}", people[0].enrolment))[0]["person"]
    await invites.reply(rows[0]["event"], UUID(str(ana)), Reply.DECLINED, now=clock.now)
    await schedule.set_facilitators(rows[0]["id"], [await a_person(name="Lea Lead")], actor=ACADEMY, now=clock.now)

    answer = await client.get("/today")

    shown = words(answer)
    week = shown[shown.index("Sessions in the next 7 days") :]
    assert week[1] == "1"
    start = week.index("Sunday 7 June")
    assert week[start : start + 11] == [
        "Sunday 7 June",
        "10am to 1pm",
        "Day 1",
        "County Hall",
        "Soon",
        "3 of 5",
        "places taken",
        "0 of 3",
        "1 can’t come",
        "2 no reply",
        "Lea Lead",
    ]
    assert "Later" not in week and "Hidden" not in week


async def test_what_runs_now_is_shown_and_what_is_called_off_is_not(
    client: httpx.AsyncClient, cora: UUID, clock: Clock
) -> None:
    cohort = await a_cohort(name="Now", starts_at=clock.now + DAY, sessions=2)
    second = await CohortSession.select(CohortSession.id).where(
        CohortSession.cohort == cohort, CohortSession.title == "Day 2"
    )
    await schedule.cancel_session(second[0]["id"], "Ill", actor=ACADEMY, now=clock.now)
    clock.advance(days=1, hours=2)
    await sign_in(client, cora)

    running = words(await client.get("/today"))
    clock.advance(hours=1)
    over = words(await client.get("/today"))

    assert "Day 1" in running and "Day 2" not in running and "Nobody yet" in running
    assert "No session in the next 7 days." in over


# ------------------------------------------------------------------ who is new
async def test_who_has_come_since_yesterday(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    cohort = await a_cohort(capacity=2)
    for name, age in (("Old", 3), ("New", 1), ("Waits", 0)):
        at = clock.now - age * DAY
        await an_enrolment(cohort=cohort, person=await a_person(name=name, now=at), now=at)

    shown = words(await client.get("/today"))

    card = shown[[n for n, text in enumerate(shown) if text == "New since yesterday"][-1] :]
    assert card[1:6] == ["Waits", "Top Talent, Essex", "Waiting list", "New", "Top Talent, Essex"]
    assert "Old" not in card


async def test_of_a_crowd_twelve_are_named(client: httpx.AsyncClient, cora: UUID) -> None:
    cohort = await a_cohort(capacity=20)
    for _ in range(14):
        await an_enrolment(cohort=cohort)

    shown = words(await client.get("/today"))

    assert "And 2 more." in shown and shown[shown.index("New since yesterday") + 1] == "14"


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 6, 1, 9, 0, tzinfo=UTC), datetime(2026, 5, 30, 23, 0, tzinfo=UTC)),
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), datetime(2026, 5, 31, 23, 0, tzinfo=UTC)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), datetime(2025, 12, 31, 0, 0, tzinfo=UTC)),
        (datetime(2026, 3, 30, 9, 0, tzinfo=UTC), datetime(2026, 3, 29, 0, 0, tzinfo=UTC)),
    ],
)
def test_yesterday_begins_at_midnight_in_the_uk(now: datetime, begins: datetime) -> None:
    assert yesterday(now) == begins


# ------------------------------------------------------------------------ mail
async def test_mail_that_does_not_leave_is_told_on_top(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    await an_enrolment()
    told = "Mail does not leave: something has waited for more than 15 minutes after a first try."

    quiet = words(await client.get("/today"))
    await Message.update({Message.attempts: 1}, force=True)
    clock.advance(minutes=15)
    not_yet = words(await client.get("/today"))
    clock.advance(minutes=1)
    stuck = words(await client.get("/today"))

    assert [told in each for each in (quiet, not_yet, stuck)] == [False, False, True]


async def test_failed_mails_are_counted_for_fourteen_days(cora: UUID, clock: Clock) -> None:
    await an_enrolment(cohort=await a_cohort(sessions=2))
    await Message.update({Message.state: MessageState.FAILED}, force=True)
    await Message.update({Message.state: MessageState.EXPIRED}).where(Message.kind == "registration-confirmed")

    now = await outbox.troubles(now=clock.now)
    later = await outbox.troubles(now=clock.now + 15 * DAY)

    assert (now, later) == ((3, False), (0, False))


# --------------------------------------------------------------------- queries
async def test_the_page_needs_seven_queries_however_much_there_is(client: httpx.AsyncClient, cora: UUID) -> None:
    counts = []
    for _ in range(3):
        cohort = await a_cohort(starts_at=None, published=True)
        await an_enrolment(cohort=cohort)
        with counted() as statements:
            await client.get("/today")
        counts.append(len(statements))

    assert counts[0] == counts[1] == counts[2] <= 7
