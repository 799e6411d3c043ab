"""Coaching of a cohort: who has booked, who has not, and one button to remind them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from academy import database as room
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from academy.outbox.tables import Message
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import service as credits
from cohorts.coaching.desk import queries, service
from cohorts.coaching.record.tables import ClosingEvaluation
from cohorts.coaching.times import service as times
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.queries import counted

HERE = "/cohorts/tt-essex/coaching"


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def in_cohort(who: Coaching, name: str) -> Coaching:
    return await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, name=name)


async def reminded() -> list[str]:
    rows = await Message.select(Message.to_name).where(Message.kind == "coaching-book").order_by(Message.to_name)
    return [row["to_name"] for row in rows]


async def test_each_person_has_credits_coach_last_and_next_session(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    ben = await in_cohort(priya, "Ben Hall")
    past = await makers.a_booking(priya, starts_at=at(3, 8))
    await makers.a_booking(ben, starts_at=at(30, 8), note="My marriage.")
    clock.now = at(4, 9)
    await bookings.mark(past, SessionStatus.COMPLETED, actor=ACADEMY, now=clock.now)
    await sign_in(office, await makers.a_coordinator(name="Carl"))

    answer = await office.get(HERE)

    shown = words(answer)
    assert heading(answer).startswith("Top Talent, Essex")
    row = shown.index("Priya Nair")
    assert shown[row : row + 7] == ["Priya Nair", "2 of 3", "–", "1", "Daniel Reid", "3 June", "Not booked"]
    row = shown.index("Ben Hall")
    assert shown[row : row + 5] == ["Ben Hall", "2 of 3", "1", "–", "Daniel Reid"]
    assert {"2 of 2", "1 of 6"} <= set(shown) and "marriage" not in answer.text


async def test_the_list_narrows_and_downloads(office: httpx.AsyncClient, priya: Coaching) -> None:
    ben = await in_cohort(priya, "Ben Hall")
    await makers.a_booking(ben, starts_at=at(8, 8))

    idle = (await office.get(HERE + "?show=idle")).text
    named = (await office.get(HERE + "?q=hall")).text
    file = await office.get(HERE + "?export=csv&show=idle")

    of_ben, of_priya = f"{HERE}/{ben.enrolment}", f"{HERE}/{priya.enrolment}"
    assert of_priya in idle and of_ben not in idle
    assert of_ben in named and of_priya not in named
    (line,) = file.text.splitlines()[1:]
    assert line.startswith("Priya Nair,") and ",3,3,0,0,0,0," in line
    assert words(await office.get(HERE + "?q=nobody")).count("Nobody fits") == 1


async def test_who_has_lost_their_coach_is_found_beside_who_has_none(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    ben, cal = await in_cohort(priya, "Ben Hall"), await in_cohort(priya, "Cal Orr")
    helen = await makers.a_coach(name="Helen Lowe", programme=priya.programme)
    await credits.choose_coach(priya.enrolment, priya.coach, actor=ACADEMY, now=clock.now)
    await credits.choose_coach(ben.enrolment, helen, actor=ACADEMY, now=clock.now)
    await times.leave(priya.coach, actor=ACADEMY, now=clock.now)

    answer = await office.get(HERE + "?show=none")
    page = await office.get(f"{HERE}/{priya.enrolment}")

    assert [each for each in words(answer) if each in ("Priya Nair", "Ben Hall", "Cal Orr")] == [
        "Cal Orr",
        "Priya Nair",
    ]
    assert words(answer).count("No longer coaches here") == 1
    told = (
        "Daniel Reid no longer coaches in this programme. Priya Nair can choose another coach, or you choose one here."
    )
    assert told in words(page)
    assert f"{HERE}/{cal.enrolment}" in answer.text


# ------------------------------------------------------------------ reminding
async def test_one_button_reminds_those_who_have_not_booked_once_a_day(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    ben, cai = await in_cohort(priya, "Ben Hall"), await in_cohort(priya, "Cai Jones")
    await makers.a_booking(ben, starts_at=at(30, 8))
    await credits.withdraw(cai.enrolment, 3, note="Has a coach elsewhere", actor=ACADEMY, now=clock.now)

    first = await post(office, HERE + "/remind", page=HERE)
    said = words(await office.get(HERE))
    again = await post(office, HERE + "/remind", page=HERE)
    refused = words(await office.get(HERE))

    assert (first.headers["location"], again.headers["location"]) == (HERE, HERE)
    assert "Reminder to book sent to 1 person." in said
    assert "They were all reminded today already." in refused
    assert await reminded() == ["Priya Nair"]
    clock.now += timedelta(days=1)
    assert await service.remind(priya.cohort, actor=ACADEMY, now=clock.now) == 1


async def test_with_everybody_booked_there_is_nobody_to_remind(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    await makers.a_booking(priya, starts_at=at(30, 8))

    with pytest.raises(service.NobodyToRemind):
        await service.remind(priya.cohort, actor=ACADEMY, now=clock.now)
    assert "Remind those who have not booked" not in words(await office.get(HERE))


async def test_the_mail_says_what_is_left_and_until_when(priya: Coaching, clock: Clock) -> None:
    await makers.coaching_rules(priya.programme, credits=3, expire_days=30)

    await service.remind(priya.cohort, actor=ACADEMY, now=clock.now)

    (mail,) = await Message.select(Message.context, Message.subject).where(Message.kind == "coaching-book")
    assert mail["subject"] == "Book your coaching in Top Talent"
    assert '"left":3' in mail["context"].replace(" ", "") and "25 July 2026" in mail["context"]


# -------------------------------------------------------------------- figures
async def test_what_waits_is_counted(priya: Coaching, clock: Clock) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme, confirms=True)
    ben = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=maria, name="Ben Hall")
    await makers.a_booking(ben, starts_at=at(30, 8))
    await makers.a_booking(priya, starts_at=at(3, 8))

    async def counts() -> tuple[int, int, int]:
        found = await queries.figures_of(priya.cohort, now=clock.now)
        assert found is not None and found == (await queries.figures_of_all(now=clock.now))[priya.cohort]
        return found.idle, found.unanswered, found.unmarked

    before = await counts()
    clock.now = at(5, 10)

    assert (before, await counts()) == ((0, 0, 0), (1, 1, 1))


async def test_a_coach_who_is_asked_to_take_a_session_has_as_long_to_answer(priya: Coaching, clock: Clock) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme, confirms=True)
    session = await makers.a_booking(priya, starts_at=at(30, 8))
    clock.now = at(5, 10)
    await bookings.reassign(session, maria, starts_at=at(30, 8), actor=ACADEMY, now=clock.now)

    async def unanswered(now: datetime) -> int:
        found = await queries.figures_of(priya.cohort, now=now)
        assert found is not None
        return found.unanswered

    assert [await unanswered(now) for now in (at(5, 11), at(7, 9), at(7, 11))] == [0, 0, 1]


async def test_idle_is_the_same_for_the_figures_and_the_list(priya: Coaching, clock: Clock) -> None:
    """One is counted by the database, the other from ledgers and sessions."""
    people = [priya, await in_cohort(priya, "Ben Hall"), await in_cohort(priya, "Cai Jones")]
    await makers.a_booking(people[1], starts_at=at(3, 8))
    await credits.withdraw(people[2].enrolment, 3, note="Elsewhere", actor=ACADEMY, now=clock.now)

    for day in (2, 4):
        found = await queries.figures_of(priya.cohort, now=at(day, 8))
        listed = [one.name for one in await queries.coached(priya.cohort, now=at(day, 8)) if one.is_idle]
        assert found is not None and found.idle == len(listed)


# ------------------------------------------------------------------- at the end
async def looks_back(who: Coaching, overall: int, *, helped: str = "", now: datetime) -> None:
    await ClosingEvaluation.insert(
        ClosingEvaluation(enrolment=who.enrolment, overall=overall, helped=helped, answered_at=now)
    )


async def test_what_people_say_at_the_end_is_read_with_an_average_from_three_on(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    ben, cal = await in_cohort(priya, "Ben Hall"), await in_cohort(priya, "Cal Orr")
    nobody = await office.get(HERE)
    await looks_back(priya, 5, helped="His questions.", now=clock.now)
    await looks_back(ben, 4, now=clock.now)
    two = words(await office.get(HERE))
    await looks_back(cal, 4, now=clock.now)
    three = words(await office.get(HERE))

    assert "What people say at the end" not in words(nobody)
    assert {"5 of 5: Excellent", "His questions.", "4 of 5: Very good", "Priya Nair"} <= set(two)
    assert "About their coaching as a whole. There is an average from 3 answers on." in " ".join(two)
    assert "On average 4.3 of 5 , from 3 answers." in " ".join(three)


async def test_a_coordinator_who_coaches_does_not_read_about_themself(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    await makers.a_booking(priya)
    await looks_back(priya, 2, helped="Little, I am afraid.", now=clock.now)
    await accounts.grant(priya.coach_person, Role.COORDINATOR, ACADEMY, clock.now)
    for_cora = await office.get(HERE)
    await sign_in(office, priya.coach_person)

    own = await office.get(HERE)

    assert "Little, I am afraid." in for_cora.text
    assert "Little, I am afraid." not in own.text and "2 of 5" not in own.text
    assert "1 answer is about coaching that you gave yourself. Another coordinator reads it." in words(own)


# ------------------------------------------------------------------ who sees it
async def test_a_cohort_without_coaching_has_no_such_tab(office: httpx.AsyncClient, database: room.Engine) -> None:
    await makers.a_cohort(code="webinar")

    assert (await office.get("/cohorts/webinar/coaching")).status_code == 404
    assert "/cohorts/webinar/coaching" not in (await office.get("/cohorts/webinar/manage")).text


@pytest.mark.parametrize("tab", ["manage", "sessions", "waiting-list", "mails", "edit", "close", "coaching"])
async def test_each_page_of_a_cohort_with_coaching_leads_to_it(
    office: httpx.AsyncClient, priya: Coaching, tab: str
) -> None:
    assert f'href="{HERE}"' in (await office.get(f"/cohorts/tt-essex/{tab}")).text


async def test_as_many_questions_for_one_person_as_for_three(office: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.a_booking(priya, starts_at=at(8, 8))
    await looks_back(priya, 5, now=at(1, 8))
    await office.get(HERE)
    with counted() as one:
        assert (await office.get(HERE)).status_code == 200
    for number, name in enumerate(("Ben Hall", "Cai Jones")):
        who = await in_cohort(priya, name)
        await makers.a_booking(who, starts_at=at(9 + number, 8))
        await looks_back(who, 4, now=at(1, 8))
    with counted() as three:
        await office.get(HERE)

    assert len(one) == len(three)
