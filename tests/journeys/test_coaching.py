"""Coaching as its coachee lives it: on a phone without a script, and by keyboard. Mails and calendars are real."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from academy.audit.service import Actor
from academy.people import service as people
from cohorts.coaching.bookings import queries, service
from cohorts.coaching.credits import queries as credits
from tests.journeys.conftest import Academy
from tests.support import makers
from tests.support.browsing import no_sideways_scroll
from tests.support.makers import Coaching

pytestmark = pytest.mark.browser

PRIYA, DAN = "priya.nair@essex.example", "daniel@coaches.example"


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


async def top_talent() -> Coaching:
    """Priya has three credits; Daniel coaches, weekdays from 9am."""
    dan = await makers.a_person(name="Daniel Reid", address=DAN)
    programme = await makers.a_programme(name="Top Talent")
    coach = await makers.a_coach(person=dan, programme=programme, link="https://meet.example/daniel")
    who = await makers.coaching(programme=programme, coach=coach)
    await people.add_address(who.person, address=PRIYA, now=at(1, 9), verified=True, primary=True)
    return who


async def left(who: Coaching) -> int:
    return (await credits.balances([who.enrolment]))[who.enrolment].left


async def invites(academy: Academy, address: str) -> list[tuple[str, str, int, str, str]]:
    return [mail.event() for mail in await academy.mail(address) if mail.calendar and "oaching" in mail.event()[4]]


async def test_book_in_two_taps_move_in_three_cancel_in_two(academy: Academy) -> None:
    who = await top_talent()

    async with academy.person(phone=True, scripts=False) as priya:
        await academy.sign_in(priya, PRIYA)
        await priya.get_by_role("button", name="Book a session").click()
        await expect(priya.get_by_role("heading", level=1)).to_have_text("Book a coaching session")
        await no_sideways_scroll(priya)

        # Two taps: a time, and the button.
        await priya.get_by_role("link", name="9am on Monday 8 June 2026", exact=True).click()
        await priya.get_by_role("button", name="Book this time").click()

        await expect(priya.get_by_role("alert")).to_contain_text("Your session is booked.")
        here = priya.url
        await no_sideways_scroll(priya)
        assert await left(who) == 2
        (mine,) = await invites(academy, PRIYA)
        (theirs,) = await invites(academy, DAN)
        assert mine == ("REQUEST", mine[1], 0, "08 June 09:00", "Coaching with Daniel Reid")
        assert theirs == ("REQUEST", mine[1], 0, "08 June 09:00", "Coaching: Priya Nair")
        mailed = (await academy.mail(PRIYA))[-1].link("/coaching/sessions/")
        assert mailed == here

        # Three: Move, a time, the button. The same entry moves in both calendars, and the address stays.
        await priya.goto(mailed)
        await priya.get_by_role("link", name="Move this session").click()
        await priya.get_by_role("link", name="1pm on Tuesday 9 June 2026", exact=True).click()
        await priya.get_by_role("button", name="Move it").click()

        assert priya.url == here
        await expect(priya.get_by_role("alert")).to_contain_text("The session is now on Tuesday 9 June, 1pm.")
        assert await left(who) == 2
        moved = ("REQUEST", mine[1], 1, "09 June 13:00")
        assert [(await invites(academy, each))[-1][:4] for each in (PRIYA, DAN)] == [moved, moved]

        # Two: Cancel, the button. It says before what becomes of the credit.
        await priya.get_by_role("link", name="Cancel this session").click()
        await expect(priya.get_by_role("main")).to_contain_text("You get the session back: 3 of 3 left to book.")
        await priya.get_by_role("button", name="Cancel this session").click()

        assert priya.url == here
        await expect(priya.get_by_role("heading", level=1)).to_contain_text("Cancelled")
        assert await left(who) == 3
        gone = ("CANCEL", mine[1], 2, "09 June 13:00")
        assert [(await invites(academy, each))[-1][:4] for each in (PRIYA, DAN)] == [gone, gone]


async def test_within_the_cut_off_the_coach_is_asked_and_says_yes(academy: Academy) -> None:
    who = await top_talent()
    session = await makers.a_booking(who, starts_at=at(8, 8))
    academy.clock.now = at(7, 12)
    assert "Reminder: Coaching with Daniel Reid is tomorrow" in [mail.subject for mail in await academy.mail(PRIYA)]

    async with academy.person(phone=True, scripts=False) as priya:
        await academy.sign_in(priya, PRIYA)
        await priya.goto(f"{academy.address}/coaching/sessions/{session}")
        await priya.get_by_role("link", name="Ask to move this session").click()
        await expect(priya.get_by_role("main")).to_contain_text("this becomes a request to Daniel Reid")
        await priya.get_by_role("link", name="1pm on Tuesday 9 June 2026", exact=True).click()
        await priya.get_by_label("Why it does not suit you").fill("My daughter is ill.")
        await priya.get_by_role("button", name="Ask Daniel Reid").click()

        await expect(priya.get_by_role("heading", name="You asked to move this session")).to_be_visible()
        assert (await invites(academy, PRIYA))[-1][2:4] == (0, "08 June 09:00")
        asked = (await academy.mail(DAN))[-1]
        assert asked.calendar is None and "My daughter is ill." in asked.text

        # Daniel says yes; Priya's home page and both calendars know.
        view = await queries.any_session(session)
        assert view.open_request is not None
        await service.answer_move(
            view.open_request.id, yes=True, actor=Actor(who.coach_person, "Daniel Reid"), now=academy.clock.now
        )
        await priya.goto(f"{academy.address}/home")
        await expect(priya.get_by_role("main")).to_contain_text("Daniel Reid has moved your session")
        assert [(await invites(academy, each))[-1][2:4] for each in (PRIYA, DAN)] == [(1, "09 June 13:00")] * 2


async def test_whose_time_has_just_gone_books_the_nearest(academy: Academy) -> None:
    who = await top_talent()
    ben = await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, name="Ben Hall")

    async with academy.person(phone=True, scripts=False) as priya:
        await academy.sign_in(priya, PRIYA)
        await priya.goto(f"{academy.address}/coaching/{who.enrolment}/times?from=2026-06-08")
        await priya.get_by_role("link", name="2pm on Monday 8 June 2026", exact=True).click()
        await priya.get_by_label("What would you like to talk about?").fill("How to say no.")
        await makers.a_booking(ben, starts_at=at(8, 13))  # a second before her
        await priya.get_by_role("button", name="Book this time").click()

        await expect(priya.get_by_role("heading", level=1)).to_have_text("That time has just gone")
        await priya.get_by_role("button", name="Monday 8 June 2026, 3:30pm").click()
        await expect(priya.get_by_label("What would you like to talk about?")).to_have_value("How to say no.")
        await priya.get_by_role("button", name="Book this time").click()

        await expect(priya.get_by_role("alert")).to_contain_text("Your session is booked.")
    (session,) = await queries.of_person(who.person)
    assert (session.starts_at, session.coachee_note) == (at(8, 14).replace(minute=30), "How to say no.")


async def test_by_keyboard_alone(academy: Academy) -> None:
    who = await top_talent()

    async with academy.person() as priya:
        await academy.sign_in(priya, PRIYA)
        await priya.goto(f"{academy.address}/coaching")
        await follow(priya, "Tuesday 2 June 2026, 10am")
        await expect(priya.get_by_role("heading", level=1)).to_have_text("Check and book")
        await reach(priya, "What would you like to talk about? (optional)")
        await priya.keyboard.type("How to say no.")
        await follow(priya, "Book this time")
        await expect(priya.get_by_role("alert")).to_contain_text("Your session is booked.")

        await follow(priya, "Move this session")
        await follow(priya, "1pm on Wednesday 3 June 2026")
        await follow(priya, "Move it", key="Space")
        await expect(priya.get_by_role("alert")).to_contain_text("The session is now on Wednesday 3 June, 1pm.")

    (session,) = await queries.of_person(who.person)
    assert (session.starts_at, session.coachee_note) == (at(3, 12), "How to say no.")


async def follow(page: Page, name: str, *, key: str = "Enter") -> None:
    """Go to a link or button by Tab, press a key there, and wait for the page that comes."""
    await reach(page, name)
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def reach(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus, and see that the focus is visible."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        found, seen = await page.evaluate(
            """() => {
                const at = document.activeElement, box = at.getBoundingClientRect();
                const text = at.labels && at.labels.length ? at.labels[0].innerText : at.textContent;
                return [text.replace(/\\s+/g, ' ').trim(), box.width > 0 && box.top >= 0 && box.bottom <= innerHeight];
            }"""
        )
        if found == name:
            assert seen, f"{name} has the focus out of sight"
            return
    raise AssertionError(f"Tab never reaches {name}")
