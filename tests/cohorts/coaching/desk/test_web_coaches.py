"""All coaches, and one of them, for coordinators."""

from datetime import UTC, datetime

import httpx

from academy.accounts import queries as accounts
from academy.accounts.tables import Role
from academy.audit.service import ACADEMY
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.times import queries as times
from cohorts.coaching.times import service
from cohorts.coaching.times.rules import DayException
from cohorts.coaching.times.tables import ExceptionKind
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import heading, post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import links
from tests.support.queries import counted


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def test_each_coach_has_hours_the_next_free_time_and_what_waits(
    office: httpx.AsyncClient, priya: Coaching
) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme, confirms=True, times=makers.weekly())
    await service.set_weekly(maria, makers.weekly((9, 12), days=(0,)), actor=ACADEMY, now=makers.clock.now())
    ben = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=maria, name="Ben Hall")
    await makers.a_booking(priya, starts_at=at(8, 8))
    await makers.a_booking(ben, starts_at=at(8, 8))  # waits for Maria's yes

    shown = words(await office.get("/coaches"))
    waits = words(await office.get("/coaches?waits=requests"))

    daniel = shown[shown.index("Daniel Reid") : shown.index("Maria Lopez")]
    assert daniel[1] == "Top Talent" and daniel[3:6] == ["1", "0", "1"]
    assert "1 request" in shown
    assert "Maria Lopez" in waits and "Daniel Reid" not in waits


async def test_the_list_downloads(office: httpx.AsyncClient, priya: Coaching) -> None:
    answer = await office.get("/coaches?export=csv")

    lines = answer.text.splitlines()
    assert lines[0].endswith("Requests waiting,Sessions without outcome,Left on")
    assert lines[1].startswith("Daniel Reid,Top Talent,")
    assert (await office.get("/coaches?export=xlsx")).status_code == 200


async def test_hours_are_offered_by_the_times_as_they_are_now_and_until_somebody_left(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    before = words(await office.get("/coaches"))
    of_one = words(await office.get(f"/coaches/{priya.coach}"))
    clock.now = at(3, 6)
    await service.leave(priya.coach, actor=ACADEMY, now=clock.now)
    await sign_in(office, await makers.a_coordinator(name="Carl"))

    after = words(await office.get("/coaches?state=left"))

    offered = [shown[shown.index("Daniel Reid") + 2] for shown in (before, after)]
    assert offered == ["153", "13"]  # from 10am on 1 June; all of June has 22 working days of seven hours
    assert "Hours are of this month. Offered is counted from each coach’s times as they are now." in before
    assert "Of those offered by the times as they are now" in of_one


async def test_an_academy_without_coaches_says_what_to_do_first(office: httpx.AsyncClient) -> None:
    shown = words(await office.get("/coaches"))

    assert "Give a programme coaching first; then add coaches to it." in shown


async def test_one_coach_has_sessions_with_attendance_and_never_what_anybody_wrote(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    past = await makers.a_booking(priya, starts_at=at(3, 8), note="My marriage.")
    await makers.a_booking(priya, starts_at=at(30, 8), note="Still my marriage.")
    off = DayException(kind=ExceptionKind.OFF, from_on=at(20, 0).date(), to_on=at(20, 0).date())
    await service.add_exception(priya.coach, off, note="Hospital", actor=ACADEMY, now=clock.now)
    clock.now = at(4, 8)
    await bookings.mark(past, SessionStatus.COMPLETED, minutes=50, actor=ACADEMY, now=clock.now)
    await sign_in(office, await makers.a_coordinator(name="Carl"))

    answer = await office.get(f"/coaches/{priya.coach}")

    shown = words(answer)
    assert heading(answer) == "Daniel Reid"
    assert {"Took place", "50 minutes", "Booked", "Not available", "20 June 2026"} <= set(shown)
    assert "marriage" not in answer.text and "Hospital" not in answer.text
    assert f"/cohorts/tt-essex/coaching/{priya.enrolment}/sessions/{past}" in links(answer).values()


async def test_leave_is_taken_back(office: httpx.AsyncClient, priya: Coaching, clock: Clock) -> None:
    leave = DayException(kind=ExceptionKind.LEAVE, from_on=at(20, 0).date(), to_on=at(24, 0).date())
    made = await service.add_exception(priya.coach, leave, actor=ACADEMY, now=clock.now)

    done = await post(office, f"/coaches/{priya.coach}/exceptions/{made}/remove")

    assert done.headers["location"] == f"/coaches/{priya.coach}"
    assert await times.exceptions(priya.coach) == []


async def test_a_coach_who_left_comes_back(office: httpx.AsyncClient, priya: Coaching, clock: Clock) -> None:
    await makers.a_booking(priya)
    await service.leave(priya.coach, actor=ACADEMY, now=clock.now)

    gone = await office.get(f"/coaches/{priya.coach}")
    await post(office, f"/coaches/{priya.coach}/come-back")

    assert "Daniel Reid has left and still has sessions to come" in " ".join(words(gone))
    assert (await times.coach(priya.coach)).left_at is None
    assert Role.COACH in await accounts.roles(priya.coach_person)


async def test_a_coach_who_does_not_exist_is_not_found(office: httpx.AsyncClient, priya: Coaching) -> None:
    assert (await office.get(f"/coaches/{priya.enrolment}")).status_code == 404


async def test_pages_ask_as_many_questions_for_one_row_as_for_three(office: httpx.AsyncClient, priya: Coaching) -> None:
    paths = ("/coaches", f"/coaches/{priya.coach}")
    await makers.a_booking(priya, starts_at=at(8, 8))
    counts = []
    for round in range(2):
        for path in paths:
            await office.get(path)
            with counted() as statements:
                assert (await office.get(path)).status_code == 200
            counts.append(len(statements))
        for name in ("Maria Lopez", "Niamh Kelly") if not round else ():
            coach = await makers.a_coach(name=name, programme=priya.programme)
            ben = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=coach, name=f"Ben {name}")
            await makers.a_booking(ben, starts_at=at(9, 8))
            await makers.a_booking(priya, starts_at=at(10 + len(name) % 2, 8))

    assert counts[:2] == counts[2:]


async def test_the_year_is_counted_beside_the_year_before(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    for day, hour, outcome in ((8, 8, "completed"), (15, 8, "completed"), (22, 8, "no_show_coachee")):
        session = await makers.a_booking(priya, starts_at=at(day, hour))
        clock.now = at(day, hour + 1)
        await bookings.mark(session, SessionStatus(outcome), actor=ACADEMY, now=clock.now)

    await sign_in(office, await makers.a_coordinator(name="Cora"))
    this_year = words(await office.get("/coaches"))
    clock.now = at(23, 8).replace(year=2027)
    await sign_in(office, await makers.a_coordinator(name="Cora Later"))
    next_year = words(await office.get("/coaches"))

    def figures(shown: list[str]) -> list[str]:
        start = shown.index("Sessions in 12 months")
        return shown[start : start + 9]

    assert figures(this_year) == [
        *("Sessions in 12 months", "2", "0 in the 12 months before"),
        *("People coached", "1", "0 in the 12 months before"),
        *("Missed by the coachee", "1", "0 in the 12 months before"),
    ]
    assert figures(next_year)[:3] == ["Sessions in 12 months", "0", "2 in the 12 months before"]
