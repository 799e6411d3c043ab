"""Coordinators' reports of a round."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest

from academy.audit.service import ACADEMY
from mentoring.pairings import service as pairings
from mentoring.pairings.tables import DeclineReason, Meeting, MeetingStatus, PairingEvaluation
from mentoring.profiles import service as profiles
from mentoring.profiles.tables import PoolStatus, RoundStatus
from mentoring.reports import fairness
from tests.conftest import Clock
from tests.support.client import sign_in, words
from tests.support.makers import a_coordinator, a_mentee, a_mentor, a_person, a_round
from tests.support.pages import links
from tests.support.paired import Two, two
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")
REPORTS = "/mentoring/rounds/spring/reports"
DAY = timedelta(days=1)


@pytest.fixture
async def cora(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A coordinator's browser."""
    await sign_in(client, await a_coordinator())
    return client


@pytest.fixture
async def spring(clock: Clock) -> UUID:
    return await a_round(
        slug="spring", name="Spring", status=RoundStatus.RUNNING, starts_on=clock.now.date(), now=clock.now
    )


async def a_meeting(pair: Two, clock: Clock, *, minutes: int, status: MeetingStatus, days: int) -> None:
    row = Meeting(
        pairing=pair.id, status=status, starts_at=clock.now + days * DAY, minutes=minutes, added_by=pair.mentor,
        added_at=clock.now,
    )  # fmt: skip
    await Meeting.insert(row)


async def an_evaluation(pair: Two, person: UUID, clock: Clock, **told: Any) -> None:
    values: dict[str, Any] = {"overall": 4, "goals_reached": 3, "helped": "", "better": "", "again": True, **told}
    row = PairingEvaluation(pairing=pair.id, person=person, answered_at=clock.now, **values)
    await PairingEvaluation.insert(row)


def after(shown: list[str], label: str, *, upto: int = 2) -> list[str]:
    start = shown.index(label)
    return shown[start + 1 : start + upto]


async def test_each_mentee_stands_in_one_place(cora: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    await two(round=spring, now=clock.now)
    await two(round=spring, accepted=False, now=clock.now)
    await a_mentee(round=spring, name="Wendy Waits")
    lost = await a_mentee(round=spring, name="Una Unmatched")
    await profiles.set_pool_status(lost, PoolStatus.NO_MATCH_FOUND, clock.now)
    gone = await a_mentee(round=spring, name="Gil Gone")
    await profiles.withdraw_mentee(gone, actor=ACADEMY, now=clock.now)

    page = await cora.get(REPORTS)

    shown = words(page)
    assert "1 of 4 mentees have a mentor or have completed" in shown
    figures = {label: after(shown, label)[0] for label in ("Mentees", "Paired", "Mentor asked", "Waiting")}
    assert figures == {"Mentees": "4", "Paired": "1", "Mentor asked": "1", "Waiting": "1"}
    assert after(shown, "No mentor found") == ["1"]


async def test_each_number_opens_the_people_it_counts(cora: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    await two(round=spring, now=clock.now)
    await a_mentee(round=spring, name="Wendy Waits")

    found = links(await cora.get(REPORTS))
    paired, waiting = await cora.get(found["Paired"]), await cora.get(found["Waiting"])

    assert ("Mo Mentee" in words(paired), "Wendy Waits" in words(paired)) == (True, False)
    assert ("Mo Mentee" in words(waiting), "Wendy Waits" in words(waiting)) == (False, True)
    assert links(paired)["Mia Mentor"].startswith("/mentoring/rounds/spring/people/")


async def test_places_are_offered_taken_free_or_paused(cora: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    await two(round=spring, now=clock.now, capacity=3)
    resting = await a_mentor(round=spring, capacity=2)
    await profiles.pause_mentor(resting, (clock.now + 30 * DAY).date(), actor=ACADEMY, now=clock.now)

    shown = words(await cora.get(REPORTS))

    start = shown.index("Places offered")
    assert shown[start : start + 12] == [
        "Places offered", "5", "by 2 mentors",
        "Taken", "1", "those of mentors who are asked included",
        "Free", "2",
        "Paused", "2", "of mentors who take nobody at the moment",
        "Answers of mentors",
    ]  # fmt: skip


async def test_meetings_are_counted_in_hours_and_for_each_pair(
    cora: httpx.AsyncClient, spring: UUID, clock: Clock
) -> None:
    one, _ = await two(round=spring, now=clock.now), await two(round=spring, now=clock.now)
    for days, minutes, status in (
        (-40, 60, MeetingStatus.HELD),
        (-2, 45, MeetingStatus.HELD),
        (-1, 60, MeetingStatus.MISSED),
        (3, 60, MeetingStatus.PLANNED),
    ):
        await a_meeting(one, clock, minutes=minutes, status=status, days=days)

    shown = words(await cora.get(REPORTS))

    figures = {label: after(shown, label)[0] for label in ("Meetings held", "Hours together", "Meetings planned")}
    assert figures == {"Meetings held": "2", "Hours together": "1.8", "Meetings planned": "1"}
    assert after(shown, "Meetings for each pair") == ["1.0"]
    assert after(shown, "April 2026") == ["1"] and after(shown, "May 2026") == ["1"]


async def test_answers_of_mentors_with_their_reasons_and_how_long_they_took(
    cora: httpx.AsyncClient, spring: UUID, clock: Clock
) -> None:
    asked = [await two(round=spring, accepted=False, now=clock.now) for _ in range(3)]
    clock.advance(days=2)
    await pairings.accept(asked[0].id, actor=asked[0].as_mentor, now=clock.now)
    await pairings.decline(asked[1].id, DeclineReason.NO_TIME, actor=asked[1].as_mentor, now=clock.now)
    clock.advance(days=20)
    await pairings.expire_due(clock.now)
    await sign_in(cora, await a_coordinator(name="Cleo"))

    shown = words(await cora.get(REPORTS))

    assert after(shown, "Mentors said yes", upto=3) == ["1", "33% of those who were asked"]
    assert [after(shown, label)[0] for label in ("Said no", "Never answered", "Days to an answer")] == ["1", "1", "2.0"]
    assert "Most who say no say: I have no time at the moment" in shown


async def test_what_is_over_was_completed_or_ended_early(cora: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    first, second, third = [await two(round=spring, now=clock.now) for _ in range(3)]
    await pairings.complete(first.id, actor=ACADEMY, now=clock.now)
    one = words(await cora.get(REPORTS))
    await pairings.complete(second.id, actor=ACADEMY, now=clock.now)
    await pairings.end(third.id, reason="", actor=third.as_mentee, now=clock.now)
    three = await cora.get(REPORTS)

    assert after(one, "1 of 1 pairings that are over were completed") == ["(100%); none ended early."]
    assert after(words(three), "2 of 3 pairings that are over were completed", upto=3) == ["(67%);", "1 ended early"]
    assert "1 line" in (await cora.get(links(three)["1 ended early"])).text


async def test_evaluations_are_shown_five_at_a_time_without_names(
    cora: httpx.AsyncClient, spring: UUID, clock: Clock
) -> None:
    pairs = [await two(round=spring, now=clock.now) for _ in range(3)]
    people = [(pair, person) for pair in pairs for person in (pair.mentor, pair.mentee)]
    for number, (pair, person) in enumerate(people[:4]):
        await an_evaluation(pair, person, clock, helped=f"Text {number}", overall=5)

    four = await cora.get(REPORTS)
    await an_evaluation(*people[4], clock, helped="A fifth", overall=4)
    five = await cora.get(REPORTS)
    clock.advance(hours=1)
    await an_evaluation(*people[5], clock, helped="The sixth", overall=1, again=False)
    six = await cora.get(REPORTS)

    assert ("Text 1" in four.text, "5.0 of 5" in four.text) == (False, False)
    assert [text for text in words(five) if text.startswith(("Text", "A fifth"))] == [
        "A fifth", "Text 0", "Text 1", "Text 2", "Text 3",
    ]  # fmt: skip
    assert "4.8 of 5" in five.text
    assert ("4.8 of 5" in six.text, "The sixth" in six.text) == (True, False)


async def test_a_round_stands_beside_the_one_it_was_cloned_from(
    cora: httpx.AsyncClient, spring: UUID, clock: Clock
) -> None:
    await two(round=spring, now=clock.now)
    await a_round(slug="other", name="Other", status=RoundStatus.RUNNING, now=clock.now)
    clock.advance(days=300)
    cloned = await profiles.clone_round(
        spring, name="Autumn", slug="autumn", starts_on=clock.now.date(), actor=ACADEMY, now=clock.now
    )
    await a_mentee(round=cloned)
    await sign_in(cora, await a_coordinator(name="Cleo"))

    page = await cora.get("/mentoring/rounds/autumn/reports")

    shown = words(page)
    assert "Beside Spring" in shown
    assert after(shown, "Mentees who got a mentor", upto=3) == ["0 (0%)", "1 (100%)"]
    assert links(page)["Spring"] == REPORTS


async def test_a_first_round_stands_alone(cora: httpx.AsyncClient, spring: UUID) -> None:
    page = await cora.get(REPORTS)

    assert "The next round stands here beside this one, with the same measures." in page.text


async def test_tables_and_lists_are_downloaded(cora: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    pair = await two(round=spring, now=clock.now)

    chart = await cora.get(f"{REPORTS}?table=mentees&export=csv")
    rounds = await cora.get(f"{REPORTS}?table=rounds&export=xlsx")
    people = await cora.get(f"{REPORTS}/people?show=paired&export=csv")
    unknown = [
        (await cora.get(REPORTS + query)).status_code
        for query in ("?export=csv", "?table=x&export=csv", "/people?show=x", "/fairness?table=Gender&export=csv")
    ]

    assert chart.text.splitlines() == [
        "\ufeffWhere they stand,Mentees", "Paired,1", "Mentor asked,0", "Completed,0", "No mentor found,0", "Waits,0",
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(rounds.content))
    assert [cell.value for cell in book.active[2]] == ["Mentees", "1"]
    assert people.text.splitlines()[0] == "\ufeffName,Email address,Organisation,State,With,Since,Note"
    assert people.text.splitlines()[1].startswith("Mo Mentee,")
    assert str(pair.mentor) not in people.text
    assert unknown == [404, 404, 404, 404]


async def test_fairness_says_what_it_is_for_and_when_it_is_counted(
    cora: httpx.AsyncClient, spring: UUID, clock: Clock
) -> None:
    before = words(await cora.get(f"{REPORTS}/fairness"))
    for _ in range(40):
        await a_mentee(round=spring, region="Wales", grade=4, now=clock.now)
    clock.advance(days=28)
    await fairness.count_due(clock.now)
    await sign_in(cora, await a_coordinator(name="Cleo"))
    page = await cora.get(f"{REPORTS}/fairness")
    csv = await cora.get(f"{REPORTS}/fairness?table=Level&export=csv")

    assert "Not counted yet" in before
    assert "This round is counted on 29 June 2026, or when it is closed before." in before
    assert "Characteristics decide about nobody." in page.text
    assert "Counted on 29 June 2026" in page.text
    assert "Too few people gave each answer to show any of them." in page.text
    assert csv.text.splitlines()[1:] == [
        "Up to senior officer (AA to EO),hidden,hidden,not counted yet,hidden",
        '"Team leaders and managers (HEO, SEO)",hidden,hidden,not counted yet,hidden',
        "Heads of service (Grades 7 and 6),hidden,hidden,not counted yet,hidden",
        "Directors and above (SCS),hidden,hidden,not counted yet,hidden",
        "Not told,hidden,hidden,not counted yet,hidden",
        "All,40,0,not counted yet,",
    ]


async def test_reports_are_for_coordinators(client: httpx.AsyncClient, spring: UUID) -> None:
    await sign_in(client, await a_person())

    assert [(await client.get(REPORTS + end)).status_code for end in ("", "/people", "/fairness")] == [403] * 3


async def test_the_number_of_queries_does_not_grow(cora: httpx.AsyncClient, spring: UUID, clock: Clock) -> None:
    async def one_more() -> None:
        pair = await two(round=spring, now=clock.now)
        await a_meeting(pair, clock, minutes=60, status=MeetingStatus.HELD, days=-1)
        await an_evaluation(pair, pair.mentor, clock)

    async def queries(path: str) -> int:
        await cora.get(path)
        with counted() as statements:
            await cora.get(path)
        return len(statements)

    paths = [REPORTS, f"{REPORTS}/people?show=mentees", f"{REPORTS}/fairness"]
    await one_more()
    await fairness.count_due(clock.now + fairness.SETTLED)
    with_one = [await queries(path) for path in paths]
    await one_more()
    await one_more()

    assert [await queries(path) for path in paths] == with_one


async def test_the_reports_are_a_tab_of_the_round(cora: httpx.AsyncClient, spring: UUID) -> None:
    assert links(await cora.get("/mentoring/rounds/spring"))["Reports"] == REPORTS
