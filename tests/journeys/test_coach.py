"""Coaching as its coach lives it, on a phone without a script; and goals that three people agree to."""

import pytest
from playwright.async_api import expect

from academy.people import service as people
from cohorts.coaching.record import circle
from tests.journeys.conftest import Academy
from tests.support.coached import Pair, a_pair

pytestmark = pytest.mark.browser

PRIYA, DAN, MAYA = "priya.nair@essex.example", "daniel@coaches.example", "maya@essex.example"


async def top_talent(academy: Academy) -> Pair:
    """Daniel is Priya's coach, in a programme where managers agree to the goals."""
    now = academy.clock.now
    pair = await a_pair(now=now, coach="Daniel Reid", three_way=True)
    await people.add_address(pair.coachee, address=PRIYA, now=now, verified=True, primary=True)
    await people.add_address(pair.coach_person, address=DAN, now=now, verified=True, primary=True)
    return pair


async def test_what_happened_takes_one_tap_and_notes_stay_with_their_author(academy: Academy) -> None:
    pair = await top_talent(academy)
    session = f"{academy.address}/coaching/sessions/{await pair.session(days=-1)}"

    async with academy.person(phone=True, scripts=False) as dan:
        await academy.sign_in(dan, DAN)
        await dan.goto(f"{academy.address}/coach")
        await expect(dan.get_by_role("main")).to_contain_text("How did it go with Priya Nair?")
        await dan.get_by_role("button", name="It took place").click()
        await expect(dan.get_by_role("alert")).to_contain_text("Noted: it took place, 60 minutes.")

        await dan.goto(session)
        await dan.get_by_label("Only you can read this").fill("She knows the answer already.")
        await dan.get_by_role("button", name="Save my note").click()
        await dan.get_by_label("What will be done").fill("Write the board paper on one page")
        await dan.get_by_role("button", name="Add this action").click()
        await expect(dan.get_by_role("alert")).to_contain_text("Priya Nair sees it too.")

    async with academy.person(phone=True, scripts=False) as priya:
        await academy.sign_in(priya, PRIYA)
        await priya.goto(session)
        await expect(priya.get_by_role("main")).to_contain_text("Write the board paper on one page")
        assert "She knows the answer already." not in await priya.content()
        await priya.get_by_role("button", name="Done : Write the board paper on one page").click()
        await expect(priya.get_by_role("alert")).to_contain_text("Ticked off.")


async def test_goals_are_agreed_by_three_the_manager_by_one_button_in_a_mail(academy: Academy) -> None:
    pair = await top_talent(academy)

    async with academy.person(phone=True, scripts=False) as priya:
        await academy.sign_in(priya, PRIYA)
        await priya.goto(f"{academy.address}/coaching/{pair.enrolment}/goals")
        await priya.get_by_role("button", name="Write down the goals").click()
        await priya.get_by_label("What I want to reach").first.fill("Speak first in the leadership team once a month")
        await priya.get_by_role("button", name="Save the goals").click()
        await priya.get_by_label("Your manager’s name").fill("Maya Whitfield")
        await priya.get_by_label("Your manager’s work email address").fill(MAYA)
        await priya.get_by_role("button", name="Ask my manager").click()
        await expect(priya.get_by_role("alert")).to_contain_text("We have asked Maya Whitfield by email.")

    asked = [
        mail for mail in await academy.mail(DAN) if mail.subject == "Please read your coaching goals with Priya Nair"
    ]
    async with academy.person(phone=True) as dan:
        await academy.sign_in(dan, DAN)
        await dan.goto(asked[-1].link("/coaching/"))
        await dan.get_by_role("button", name="I agree").click()
        await expect(dan.get_by_role("alert")).to_contain_text("You have agreed to these goals.")

    (mail,) = await academy.mail(MAYA)
    assert "Speak first" not in mail.text
    async with academy.person(phone=True, scripts=False) as maya:
        await maya.goto(mail.link("/goals/"))
        await expect(maya.get_by_role("main")).to_contain_text("Speak first in the leadership team once a month")
        assert not (await circle.goals(pair.enrolment)).agreed
        await maya.get_by_role("button", name="I agree to these goals").click()
        await expect(maya.get_by_role("alert")).to_contain_text("Thank you. You have agreed to these goals.")

    assert (await circle.goals(pair.enrolment)).agreed
