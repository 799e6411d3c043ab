"""Where else coordinators see coaching: the dashboard, today, a person's whole record, the audit trail."""

from datetime import UTC, datetime

import httpx

from academy.audit import queries as audit
from academy.audit.service import ACADEMY
from cohorts.coaching.bookings import service as bookings
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.credits import service as credits
from cohorts.schedule.tables import Cohort, CohortStatus
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import post, sign_in, words
from tests.support.makers import Coaching
from tests.support.pages import links


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def later(office: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    clock.now = now
    await sign_in(office, await makers.a_coordinator(name="Carl"))


async def test_today_and_the_dashboard_say_what_coaching_needs(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    maria = await makers.a_coach(name="Maria Lopez", programme=priya.programme, confirms=True)
    ben = await makers.coaching(programme=priya.programme, cohort=priya.cohort, coach=maria, name="Ben Hall")
    await makers.a_booking(ben, starts_at=at(30, 8))
    await makers.a_booking(priya, starts_at=at(2, 9))
    await later(office, clock, at(5, 9))

    for path in ("/today", "/cohorts/tt-essex/manage"):
        shown = words(await office.get(path))
        assert {
            "1 coaching request not answered for two days",
            "1 coaching session without an outcome",
            "1 person has coaching left and nothing booked",
        } <= set(shown)
    done = await post(office, "/cohorts/tt-essex/coaching/remind", {"back": "/today"}, page="/today")
    assert done.headers["location"] == "/today"
    assert "Reminder to book sent to 1 person." in words(await office.get("/today"))


async def test_a_closed_cohort_with_coaching_to_come_is_not_forgotten(
    office: httpx.AsyncClient, priya: Coaching, clock: Clock
) -> None:
    await makers.a_booking(priya, starts_at=at(2, 9))
    await Cohort.update({Cohort.status: CohortStatus.CLOSED.value}).where(Cohort.id == priya.cohort)
    await later(office, clock, at(5, 9))

    assert "1 coaching session without an outcome" in words(await office.get("/today"))


async def test_a_person_s_record_has_their_coaching_in_a_line(office: httpx.AsyncClient, priya: Coaching) -> None:
    await makers.a_booking(priya, starts_at=at(8, 8), note="My marriage.")

    of_priya = await office.get(f"/people/{priya.person}")
    of_daniel = await office.get(f"/people/{priya.coach_person}")

    shown = words(of_priya)
    assert {"2 of 3 left, with Daniel Reid", "0 took place, next on 8 June, 9am"} <= set(shown)
    assert f"/cohorts/tt-essex/coaching/{priya.enrolment}" in links(of_priya).values()
    assert links(of_daniel)["Coaches others"] == f"/coaches/{priya.coach}"
    assert "marriage" not in of_priya.text


async def test_all_of_it_stands_in_the_audit_trail(office: httpx.AsyncClient, priya: Coaching, clock: Clock) -> None:
    session = await makers.a_booking(priya, starts_at=at(8, 8))
    await credits.grant(priya.enrolment, 1, note="Acting up", actor=ACADEMY, now=clock.now)
    await bookings.cancel(session, by=Party.ACADEMY, actor=ACADEMY, now=clock.now)
    await post(office, "/cohorts/tt-essex/coaching/remind", page="/help")

    verbs = {each.verb for each in await audit.entries_of_person(priya.person)}
    shown = words(await office.get("/audit"))

    assert {"coaching.book", "coaching.cancel", "credits.granted"} <= verbs
    assert {"coaching: rules", "coach: add", "coaching: remind", "credits: granted"} <= set(shown)
