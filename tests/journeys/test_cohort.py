"""A cohort from announcement to certificate, as the people in it live it."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from academy import clock as academy_clock
from academy.audit.service import ACADEMY
from cohorts.schedule import queries as schedule_queries
from cohorts.schedule import service as schedule
from cohorts.schedule.rules import SessionDetails
from tests.journeys.conftest import Academy
from tests.support.makers import a_cohort, a_coordinator, a_person, a_programme, an_enrolment

pytestmark = pytest.mark.browser

CORA, ANA = "cora@example.org", "ana.jones@essex.example"


async def fill(page: Page, **labels: str) -> None:
    for name, value in labels.items():
        await page.locator(f"[name='{name}']").fill(value)


async def test_a_coordinator_runs_top_talent_essex(academy: Academy) -> None:
    await a_coordinator(name="Cora Green", address=CORA)

    async with academy.person() as cora, academy.person(phone=True, scripts=False) as ana:
        # Cora makes the programme and the cohort of 24 and 25 June, and publishes both.
        await academy.sign_in(cora, CORA)
        await expect(cora.get_by_role("heading", level=1)).to_have_text("Today")
        await cora.goto(f"{academy.address}/programmes/new")
        await fill(
            cora,
            name="Top Talent",
            summary="For people who will lead.",
            description="Two days of **practice**.",
            contact_hours="12",
            cpd_hours="12",
        )
        await cora.get_by_role("button", name="Save as draft").click()
        await cora.get_by_role("button", name="Publish", exact=True).click()
        await expect(cora.get_by_text("Published").first).to_be_visible()
        await cora.goto(f"{academy.address}/programmes/top-talent/cohorts/new")
        await fill(cora, name="Top Talent, Essex", code="tt-essex", venue="County Hall, Chelmsford", capacity="1")
        await cora.get_by_label("Region").select_option("East of England")
        await cora.get_by_label("In person").check()
        for number, day in enumerate(("2026-06-24", "2026-06-25"), start=1):
            card = cora.locator(".app-card", has_text=f"Session {number}")
            await card.get_by_label("Title").fill(f"Leading change, day {number}")
            await card.get_by_label("Date").fill(day)
            await card.get_by_label("Starts").fill("09:30")
            await card.get_by_label("Ends").fill("16:00")
        await cora.get_by_role("button", name="Save the cohort").click()
        await expect(cora.get_by_role("heading", level=1)).to_contain_text("Top Talent, Essex")
        await cora.goto(f"{academy.address}/cohorts/tt-essex/manage")
        await cora.get_by_role("button", name="Publish", exact=True).click()

        # Ana finds it on her phone, registers, and confirms by the mailed link.
        await ana.goto(academy.address)
        await ana.get_by_role("link", name="Top Talent, Essex").click()
        await ana.get_by_role("button", name="Register").click()
        await fill(ana, name="Ana Jones", email=ANA)
        await ana.locator("[name='organisation']").fill("Essex County Council")
        await ana.get_by_role("main").get_by_role("button").last.click()
        (asked,) = await academy.mail(ANA)
        manage = asked.link("/r/")
        await ana.goto(manage)
        await ana.get_by_role("button", name="Confirm my registration").click()
        await expect(ana.get_by_role("heading", level=1)).to_contain_text("You have a place")

        # Her calendar gets both days, and nobody else's name.
        arrived = await academy.mail(ANA)
        invites = [mail.event() for mail in arrived if mail.calendar]
        assert [(method, sequence, start) for method, _, sequence, start, _ in invites] == [
            ("REQUEST", 0, "24 June 09:30"),
            ("REQUEST", 0, "25 June 09:30"),
        ]
        await ana.goto(manage)
        await ana.get_by_role("button", name="Coming to Leading change, day 1").click()

        # Cora moves day two; the same entry moves in Ana's calendar.
        await cora.goto(f"{academy.address}/cohorts/tt-essex/sessions")
        await cora.get_by_role("button", name="Change Leading change, day 2").click()
        await cora.get_by_label("Date", exact=True).fill("2026-06-26")
        await cora.get_by_label("Reason, if date, time or place changes").fill("The room is needed for a count.")
        await cora.get_by_role("button", name="Save the session").click()
        moved = (await academy.mail(ANA))[-1]
        assert moved.event() == ("REQUEST", invites[1][1], 1, "26 June 09:30", invites[1][4])
        assert "The room is needed for a count." in moved.text

        # She makes the whole cohort virtual in one action.
        await cora.goto(f"{academy.address}/cohorts/tt-essex/make-virtual")
        await fill(cora, link="https://meet.example/tt", reason="Trains are on strike.")
        await cora.get_by_role("button", name="Make it virtual").click()
        virtual = [mail for mail in await academy.mail(ANA) if mail.calendar][-2:]
        assert [mail.event()[:4] for mail in virtual] == [
            ("REQUEST", invites[0][1], 1, "24 June 09:30"),
            ("REQUEST", invites[1][1], 2, "26 June 09:30"),
        ]
        await ana.goto(f"{academy.address}/cohorts/tt-essex")
        assert "https://meet.example/tt" not in await ana.content()

        # On the days she takes the register on her phone.
        for day in (24, 26):
            academy.clock.now = datetime(2026, 6, day, 9, 0, tzinfo=UTC)
            async with academy.person(phone=True) as phone:
                await academy.sign_in(phone, CORA)
                await phone.goto(f"{academy.address}/cohorts/tt-essex/sessions")
                await phone.get_by_role(
                    "button", name=f"Register of Leading change, day {1 if day == 24 else 2}"
                ).click()
                await phone.get_by_role("button", name="Everyone else present").click()
                await expect(phone.get_by_text("1 of 1 marked.").first).to_be_visible()

        # And closes the cohort: Ana has a certificate that anybody can check.
        academy.clock.now = datetime(2026, 6, 27, 9, 0, tzinfo=UTC)
        await academy.sign_in(cora, CORA)
        await cora.goto(f"{academy.address}/cohorts/tt-essex/close")
        await cora.get_by_role("button", name="Close the cohort").click()
        awarded = (await academy.mail(ANA))[-1]
        await ana.goto(awarded.link("/verify/"))
        await expect(ana.get_by_role("main")).to_contain_text("Ana Jones")
        await expect(ana.get_by_role("main")).to_contain_text("Top Talent, Essex")

        # Closing or waiting again sends nothing more.
        before = len(await academy.mail(ANA))
        academy.clock.advance(days=2)
        assert len(await academy.mail(ANA)) == before


async def test_a_place_that_frees_goes_to_the_first_who_waits(academy: Academy) -> None:
    cohort = await a_cohort(code="tt-essex", capacity=1)
    await an_enrolment(cohort=cohort, person=await a_person(name="Ana Jones", address=ANA))
    await an_enrolment(cohort=cohort, person=await a_person(name="Ben Hall", address="ben@leeds.example"))
    (waiting,) = await academy.mail("ben@leeds.example")

    async with academy.person(phone=True, scripts=False) as ana, academy.person(phone=True, scripts=False) as ben:
        await ben.goto(waiting.link("/r/"))
        await expect(ben.get_by_role("heading", level=1)).to_contain_text("number 1 on the waiting list")
        manage = (await academy.mail(ANA))[0].link("/r/")
        await ana.goto(manage)
        await ana.get_by_role("link", name="Give back your place").click()
        await ana.get_by_role("button", name="Give back my place").click()
        await ben.reload()
        await expect(ben.get_by_role("heading", level=1)).to_contain_text("You have a place")

        cancelled = [mail.event()[0] for mail in await academy.mail(ANA) if mail.calendar]
        invited = [mail.event()[0] for mail in await academy.mail("ben@leeds.example") if mail.calendar]
        assert (cancelled, invited) == (["REQUEST", "REQUEST", "CANCEL", "CANCEL"], ["REQUEST", "REQUEST"])

        # Ana comes back by the same address, to the end of the list.
        await ana.goto(manage)
        await ana.get_by_role("button", name="Register again").click()
        await expect(ana.get_by_role("heading", level=1)).to_contain_text("number 1 on the waiting list")


async def test_a_facilitator_sees_their_sessions_and_nothing_else(academy: Academy, now: datetime) -> None:
    cohort = await a_cohort(code="tt-essex", programme=await a_programme(), starts_at=now.replace(hour=10), sessions=1)
    await an_enrolment(cohort=cohort)
    leader = await a_person(name="Fay Lead", address="fay@coaches.example")
    (session,) = await schedule_queries.sessions(cohort)
    await schedule.set_facilitators(session["id"], [leader], actor=ACADEMY, now=academy_clock.now())

    async with academy.person(phone=True) as fay:
        await academy.sign_in(fay, "fay@coaches.example")
        await fay.goto(f"{academy.address}/my-sessions")
        await fay.get_by_role("button", name="Register of Day 1").click()
        await expect(fay.get_by_role("heading", level=1)).to_contain_text("Day 1")
        for path in ("/today", "/people", "/cohorts/tt-essex/manage", "/outbox"):
            answer = await fay.goto(academy.address + path)
            assert answer is not None and answer.status == 403


async def test_a_session_that_is_called_off_leaves_the_calendar(academy: Academy) -> None:
    await a_coordinator(address=CORA)
    cohort = await a_cohort(code="tt-essex")
    await an_enrolment(cohort=cohort, person=await a_person(name="Ana Jones", address=ANA))

    async with academy.person() as cora:
        await academy.sign_in(cora, CORA)
        await cora.goto(f"{academy.address}/cohorts/tt-essex/sessions")
        await cora.get_by_role("button", name="Cancel Day 2").click()
        await cora.get_by_label("Reason").fill("The speaker is ill.")
        await cora.get_by_role("main").get_by_role("button", name="Cancel the session").click()

    invited = [mail for mail in await academy.mail(ANA) if mail.calendar]
    assert [mail.event()[0] for mail in invited] == ["REQUEST", "REQUEST", "CANCEL"]
    assert invited[-1].event()[1] == invited[1].event()[1]
    assert "The speaker is ill." in invited[-1].text


async def test_a_late_joiner_gets_only_what_is_to_come(academy: Academy, now: datetime) -> None:
    cohort = await a_cohort(starts_at=now.replace(hour=10), sessions=2)
    await schedule.add_session(
        cohort,
        SessionDetails(
            title="Day 3", starts_at=datetime(2026, 6, 9, 9, tzinfo=UTC), ends_at=datetime(2026, 6, 9, 12, tzinfo=UTC)
        ),
        actor=ACADEMY,
        now=now,
    )
    academy.clock.advance(hours=4)

    await an_enrolment(cohort=cohort, person=await a_person(name="Ana Jones", address=ANA))

    starts = [mail.event()[3] for mail in await academy.mail(ANA) if mail.calendar]
    assert starts == ["02 June 11:00", "09 June 10:00"]
