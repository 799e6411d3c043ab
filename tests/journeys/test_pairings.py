"""Mentoring as its two people live it on a phone: a no from the mail, a meeting, and an end."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from academy.people import service as people
from mentoring.pairings import letters, queries, service
from mentoring.pairings.tables import PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import PoolStatus
from tests.journeys.conftest import Academy
from tests.support.browsing import no_sideways_scroll
from tests.support.paired import Two, two

pytestmark = pytest.mark.browser

MIA, MO = "mia@mentors.example", "mo@mentees.example"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


async def a_pair(*, accepted: bool) -> Two:
    pair = await two(accepted=False, now=NOW)
    for person, address in ((pair.mentor, MIA), (pair.mentee, MO)):
        await people.add_address(person, address=address, now=NOW, verified=True, primary=True)
    if accepted:
        await service.accept(pair.id, actor=pair.as_mentor, now=NOW)
    return pair


async def test_a_mentor_says_no_from_the_mail_without_signing_in(academy: Academy) -> None:
    pair = await a_pair(accepted=False)

    async with academy.person(phone=True, scripts=False) as mia:
        await mia.goto(f"{academy.address}{letters.answer_path(pair.id)}")
        await expect(mia.get_by_role("heading", level=1)).to_have_text("Would you be a mentor for Mo Mentee?")
        await no_sideways_scroll(mia)
        assert (await pair.view(NOW)).status is PairingStatus.PROPOSED

        await mia.get_by_label("I have no time at the moment").check()
        await mia.get_by_role("button", name="No, ask somebody else").click()

        await expect(mia.get_by_role("heading", level=1)).to_have_text("You said no")
        after = await pair.view(NOW)
        assert (after.status, after.decline_reason) == (PairingStatus.DECLINED, "no_time")
        [step] = [each for each in await queries.changes(pair.id) if each.to_status is PairingStatus.DECLINED]
        assert step.by_name == "Mia Mentor"


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_first_meeting_stands_in_both_calendars_and_is_logged_in_seconds(
    academy: Academy, scripts: bool
) -> None:
    pair = await a_pair(accepted=True)
    introduced = next(mail for mail in await academy.mail(MO) if "/mentoring/pairings/" in mail.text)

    async with academy.person(phone=True, scripts=scripts) as mo:
        await academy.sign_in(mo, MO)
        await mo.goto(introduced.link("/mentoring/pairings/"))
        await mo.get_by_role("button", name="Offer a first meeting").click()
        await mo.get_by_label("Where").fill("The library")
        await mo.get_by_role("button", name="Send both invites").click()

        await expect(mo.get_by_role("alert")).to_contain_text("Offered.")
        await no_sideways_scroll(mo)
        for address, title in ((MO, "Mentoring: Mia Mentor"), (MIA, "Mentoring: Mo Mentee")):
            [invite] = [mail for mail in await academy.mail(address) if mail.calendar]
            assert invite.event()[3:] == ("08 June 10:00", title)

        # Three presses: the heading, the length that stands there already, and the button.
        await mo.get_by_text("Log a meeting that you have had").click()
        await mo.get_by_role("button", name="Log it").click()
        await expect(mo.get_by_role("alert")).to_contain_text("Logged: 1 June 2026, 60 minutes.")
        assert (await pair.view(NOW)).minutes == 60


async def test_a_mentee_who_wants_out_ends_it_alone(academy: Academy) -> None:
    pair = await a_pair(accepted=True)

    async with academy.person(phone=True, scripts=False) as mo:
        await academy.sign_in(mo, MO)
        await mo.goto(f"{academy.address}/mentoring")
        await mo.get_by_role("link", name="Your mentor: Mia Mentor").click()
        await mo.get_by_role("link", name="End this pairing").click()
        await no_sideways_scroll(mo)
        await mo.get_by_label("Why").fill("We talked past each other")
        await mo.get_by_role("button", name="End the pairing").click()
        await expect(mo.get_by_role("alert")).to_contain_text("Mia Mentor hears that it has, and not why.")

    after = await pair.view(NOW)
    assert (after.status, after.ended_by, after.end_reason) == (
        PairingStatus.ENDED_EARLY,
        pair.mentee,
        "We talked past each other",
    )
    [told] = [mail for mail in await academy.mail(MIA) if "has ended" in mail.subject]
    assert "talked past" not in told.text
    assert (await profiles.mentee(pair.mentee_profile)).status is PoolStatus.IN_POOL


async def test_did_you_meet_is_answered_from_the_mail(academy: Academy) -> None:
    pair = await a_pair(accepted=True)
    academy.clock.now = NOW + timedelta(days=10)
    [asked] = [mail for mail in await academy.mail(MO) if mail.subject.startswith("Did you meet")]

    async with academy.person(phone=True, scripts=False) as mo:
        await mo.goto(asked.link("/met/"))
        await no_sideways_scroll(mo)
        await mo.get_by_role("button", name="Yes, we met").click()
        await expect(mo.get_by_role("heading", level=1)).to_have_text("Thank you")

    assert (await pair.view(academy.clock.now)).meetings == 1
