"""A coach calls in sick on a Monday. The coordinator sees all bookings, decides, and presses one button."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.async_api import expect

from academy.people import service as people
from cohorts.coaching.bookings import queries
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import queries as credits
from tests.journeys.conftest import Academy
from tests.support import makers
from tests.support.makers import Coaching

pytestmark = pytest.mark.browser

CORA, DAN, MARIA = "cora@academy.example", "daniel@coaches.example", "maria@coaches.example"


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def coached(name: str, programme: UUID, cohort: UUID, coach: UUID) -> Coaching:
    """Somebody of the cohort, at an address made of their first name."""
    who = await makers.coaching(programme=programme, cohort=cohort, coach=coach, name=name)
    address = f"{name.split()[0].lower()}@essex.example"
    await people.add_address(who.person, address=address, now=at(1, 9), verified=True, primary=True)
    return who


async def calendar(academy: Academy, address: str) -> list[tuple[str, int, str, str]]:
    """What came into somebody's calendar about coaching: method, sequence, start and title."""
    found = []
    for mail in await academy.mail(address):
        if mail.calendar:
            method, _, sequence, start, title = mail.event()
            if "oaching" in title:
                found.append((method, sequence, start, title))
    return found


async def test_three_bookings_of_a_coach_who_is_ill(academy: Academy) -> None:
    await makers.a_coordinator(address=CORA)
    programme = await makers.a_programme(name="Top Talent")
    cohort = await makers.a_cohort(programme=programme, code="tt-essex")
    dan = await makers.a_coach(person=await makers.a_person(name="Daniel Reid", address=DAN), programme=programme)
    maria = await makers.a_coach(person=await makers.a_person(name="Maria Lopez", address=MARIA), programme=programme)
    priya, ben, cai = [await coached(name, programme, cohort, dan) for name in ("Priya Nair", "Ben Hall", "Cai Jones")]
    sessions = [await makers.a_booking(who, starts_at=at(9, hour)) for who, hour in ((priya, 9), (ben, 12), (cai, 14))]
    before = {each: len(await calendar(academy, f"{each}@essex.example")) for each in ("priya", "ben", "cai")}
    assert before == {"priya": 1, "ben": 1, "cai": 1}
    academy.clock.now = at(8, 7)  # Monday, 8am in London: Daniel is ill until tomorrow

    async with academy.person() as cora:
        await academy.sign_in(cora, CORA)
        await cora.get_by_role("link", name="Coaches", exact=True).click()
        await cora.get_by_role("link", name="Daniel Reid").click()
        await cora.get_by_role("button", name="Is ill or leaves").click()
        await cora.get_by_label("Last day").fill("2026-06-09")
        await cora.get_by_role("button", name="See the sessions of these days").click()

        # Three bookings in one list. The same time with Maria is chosen for each; two are decided otherwise.
        await expect(cora.get_by_role("main")).to_contain_text("3 sessions are booked in that time.")
        choose = cora.get_by_label("What becomes of it")
        await expect(choose.nth(0)).to_have_value(f"{maria}@2026-06-09T09:00Z")
        await choose.nth(1).select_option(label="Wednesday 10 June, 9am, still with Daniel Reid")
        await choose.nth(2).select_option(label="Give the session back, to book again")
        await cora.get_by_role("button", name="Check and see who is told").click()

        await expect(cora.get_by_role("main")).to_contain_text("5 people are told by email")
        await cora.get_by_role("button", name="Do it, and tell 5 people").click()

        await expect(cora.get_by_role("alert")).to_contain_text("2 sessions moved, 1 session given back.")
        await expect(cora.get_by_role("main")).to_contain_text("Leave")

    a, b, c = [await queries.any_session(each) for each in sessions]
    assert [(each.coach, each.starts_at, each.status) for each in (a, b, c)] == [
        (maria, at(9, 9), SessionStatus.BOOKED),
        (dan, at(10, 8), SessionStatus.BOOKED),
        (dan, at(9, 14), SessionStatus.CANCELLED_BY_ACADEMY),
    ]
    assert (await credits.balances([cai.enrolment]))[cai.enrolment].left == 3

    # Every calendar is right: changed in place, withdrawn, invited, cancelled.
    assert (await calendar(academy, "priya@essex.example"))[1:] == [
        ("REQUEST", 2, "09 June 10:00", "Coaching with Maria Lopez")
    ]
    assert (await calendar(academy, "ben@essex.example"))[1:] == [
        ("REQUEST", 1, "10 June 09:00", "Coaching with Daniel Reid")
    ]
    assert [each[0] for each in (await calendar(academy, "cai@essex.example"))[1:]] == ["CANCEL"]
    assert await calendar(academy, MARIA) == [("REQUEST", 2, "09 June 10:00", "Coaching: Priya Nair")]
    of_dan = (await calendar(academy, DAN))[3:]
    assert sorted((method, start) for method, _, start, _ in of_dan) == [
        ("CANCEL", "09 June 10:00"),
        ("CANCEL", "09 June 15:00"),
        ("REQUEST", "10 June 09:00"),
    ]

    # Cai is asked to book again, and the link leads there.
    told = (await academy.mail("cai@essex.example"))[-1]
    assert "You have the session back: please book another time." in " ".join(told.text.replace(">", "").split())
    assert told.link("/coaching/sessions/").endswith(str(sessions[2]))
