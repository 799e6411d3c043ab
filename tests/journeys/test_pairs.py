"""Pairs as their coordinator makes them: suggest, pin two, rule out one, again, read what changed, publish."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from mentoring.pairings import queries as pairings
from mentoring.pairings.tables import PairingStatus
from mentoring.runs import queries
from mentoring.runs.tables import MatchRun, RunState
from tests.journeys.conftest import Academy
from tests.support import makers
from tests.support.matched import Matched, matched

pytestmark = pytest.mark.browser

CORA = "cora@academy.example"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
SKILLS = ("confidence", "politics", "data", "career", "budgets")


async def winter() -> Matched:
    """Five mentees wait; each has one mentor who offers what they want. A sixth mentor has a place to spare."""
    await makers.a_coordinator(name="Cora", address=CORA, now=NOW)
    mentors = dict(zip(("Mia", "Max", "Moe", "Mel", "Mo"), SKILLS, strict=True))
    mentees = dict(zip(("Ana", "Ben", "Cleo", "Dee", "Eve"), SKILLS, strict=True))
    return await matched(
        mentors={**{name: {"skills": (skill,)} for name, skill in mentors.items()}, "Noa": {"skills": ()}},
        mentees={name: {"skills_wanted": (skill,)} for name, skill in mentees.items()},
        now=NOW,
    )


@pytest.mark.parametrize("scripts", [True, False])
async def test_suggest_pin_two_rule_out_one_again_publish(academy: Academy, scripts: bool) -> None:
    here = await winter()

    async with academy.person(scripts=scripts) as cora:
        await academy.sign_in(cora, CORA)
        await cora.goto(f"{academy.address}/mentoring/rounds/winter")
        await cora.get_by_role("button", name="Suggest pairs").click()
        await cora.get_by_role("button", name="Suggest pairs").click()
        await expect(cora.get_by_role("alert")).to_contain_text("5 of 5 mentees have a mentor.")
        await expect(cora.get_by_role("article")).to_have_count(5)

        # One press each.
        for mentee, mentor in (("Ana", "Mia"), ("Ben", "Max")):
            await cora.get_by_role("button", name=f"Pin {mentee} Mentee with {mentor} Mentor", exact=True).click()
            await expect(cora.get_by_role("article", name=f"{mentee} Mentee").get_by_text("Pinned")).to_be_visible()
        await cora.get_by_role("button", name="Rule out Cleo Mentee with Moe Mentor").click()
        await expect(cora.get_by_role("button", name="Undo ruling out Cleo Mentee with Moe Mentor")).to_be_visible()
        if scripts:  # the keyboard stays where it was
            await expect(cora.get_by_role("button", name="Undo ruling out Cleo Mentee with Moe Mentor")).to_be_focused()
        await expect(cora.get_by_role("region", name="Go on")).to_contain_text("2 pairs pinned and 1 pair ruled out")

        await cora.get_by_role("button", name="Suggest again").click()
        changes = cora.get_by_role("region", name="What changed against suggestion 1")
        await expect(changes).to_contain_text("4 pairs are as before; 1 mentee has another mentor, or none.")
        await expect(changes.get_by_role("row", name="Cleo Mentee")).to_contain_text("Moe Mentor")
        await expect(changes.get_by_role("row", name="Cleo Mentee")).to_contain_text("Noa Mentor")

        await cora.get_by_role("button", name="Check and publish").click()
        await expect(cora.get_by_role("heading", level=1)).to_contain_text("Check and publish")
        await expect(cora.get_by_text("Would you be a mentor for Ana Mentee?").first).to_be_visible()
        assert await pairings.live(here.round, now=NOW) == []
        await cora.get_by_role("button", name="Publish").click()
        await expect(cora.get_by_role("alert")).to_contain_text(
            "Published: 5 mentors are asked about 5 mentees by email."
        )

    live = await pairings.live(here.round, now=NOW)
    assert {each.status for each in live} == {PairingStatus.PROPOSED}
    latest = await queries.latest(here.round)
    assert latest is not None
    assert here.plan(latest) == {"Ana": "Mia", "Ben": "Max", "Cleo": "Noa", "Dee": "Mel", "Eve": "Mo"}


async def test_the_page_of_a_large_round_fills_itself_when_the_pairs_are_there(academy: Academy) -> None:
    here = await winter()
    run = await here.suggest(NOW)
    await MatchRun.update({MatchRun.state: RunState.WORKING}).where(MatchRun.id == run.id)
    await MatchRun.update({MatchRun.progress: 40}).where(MatchRun.id == run.id)

    async with academy.person() as cora:
        await academy.sign_in(cora, CORA)
        await cora.goto(f"{academy.address}/mentoring/rounds/winter/pairs")
        await expect(cora.get_by_role("heading", name="Suggesting pairs")).to_be_visible()
        await expect(cora.get_by_role("status").get_by_text("40 per cent")).to_be_visible()
        await cora.evaluate("window.region = document.getElementById('work')")

        await MatchRun.update({MatchRun.progress: 70}).where(MatchRun.id == run.id)
        await expect(cora.get_by_text("70 per cent")).to_be_visible()
        assert await cora.evaluate("window.region === document.getElementById('work')")  # so that it is read out

        await MatchRun.update({MatchRun.state: RunState.READY}).where(MatchRun.id == run.id)
        await expect(cora.get_by_role("article")).to_have_count(5)
