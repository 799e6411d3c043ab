"""One person's whole record."""

from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest

from academy import database as room
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.alumni.contributions import ContributionKind, record_contribution
from academy.audit.service import ACADEMY, About
from academy.invites import queries as invited
from academy.invites import service as invites
from academy.invites.tables import Reply
from academy.outbox.tables import Message, MessageState
from academy.people import service as people
from academy.people.tables import EmailAddress, Membership, MembershipCategory
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.tables import Enrolment
from cohorts.schedule import service as schedule
from cohorts.schedule.tables import CohortSession
from mentoring.pairings import shared
from mentoring.profiles import keeping_apart
from mentoring.profiles import service as profiles
from mentoring.profiles.tables import ApartKind, RoundStatus
from tests.conftest import Clock
from tests.support import makers, paired
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.courses import FIRST, MADE, OVER, A, P, a_course
from tests.support.makers import a_cohort, a_coordinator, a_person, an_enrolment, an_organisation
from tests.support.pages import links
from tests.support.queries import counted


@pytest.fixture
async def cora(client: httpx.AsyncClient, database: room.Engine, clock: Clock) -> UUID:
    person = await a_coordinator(name="Cora")
    await sign_in(client, person)
    return person


async def test_somebody_of_whom_little_is_known(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Example", address="ana@council.example")

    answer = await client.get(f"/people/{person}")

    assert (answer.status_code, heading(answer)) == (200, "Ana Example")
    assert {
        "ana@council.example",
        "Mail goes here. Verified 1 June 2026",
        "No employer known",
        "Not in any cohort yet",
        "No mail yet.",
        "No open cohort that they are not in already.",
    } <= set(words(answer))


async def test_an_unknown_person_is_no_page(client: httpx.AsyncClient, cora: UUID) -> None:
    read = await client.get(f"/people/{uuid4()}")
    added = await post(client, f"/people/{uuid4()}/cohorts", {"cohort": "x"})

    assert (read.status_code, added.status_code) == (404, 404)


async def test_who_they_are_where_they_work_and_what_they_may(
    client: httpx.AsyncClient, cora: UUID, clock: Clock
) -> None:
    person = await a_person(name="Ana Example")
    council = await an_organisation(name="Exampleshire Council", region="London")
    await people.set_employment(
        person, organisation=None, organisation_name="Small Ltd", job_title="Clerk", on=date(2020, 1, 1)
    )
    await people.set_employment(
        person, organisation=council, organisation_name="", job_title="Head", on=date(2024, 2, 1)
    )
    await Membership.insert(Membership(person=person, category=MembershipCategory.FULL, from_on=date(2025, 4, 1)))
    await accounts.grant(person, Role.FACILITATOR, ACADEMY, clock.now)
    await EmailAddress.update({EmailAddress.bounced_at: clock.now, EmailAddress.bounce_reason: "550 gone"}).where(
        EmailAddress.person == person
    )

    answer = await client.get(f"/people/{person}")

    assert heading(answer) == "Ana Example Facilitator"
    assert {
        "Head, Exampleshire Council · London",
        "Small Ltd",
        "1 February 2024 to now",
        "Full",
        "1 April 2025 to now",
        "Mail comes back",
        "1 June 2026: 550 gone",
    } <= set(words(answer))
    links = [f"/people/{person}/edit", f"/people/{person}/role", f"/outbox?person={person}"]
    assert all(f'href="{path}"' in answer.text for path in links)


async def test_their_place_in_programme_cohort_and_session_on_one_page(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    course = await a_course("Ana", "Ben")
    first, second = await invited.events_of(course.people["Ana"], now=MADE)
    await invites.reply(first.id, course.people["Ana"], Reply.ACCEPTED, now=MADE)
    await invites.reply(second.id, course.people["Ana"], Reply.DECLINED, note="Holiday", now=MADE)
    await course.take(1, Ana=P)
    await course.take(2, Ana=A)
    clock.now = OVER
    await sign_in(client, await a_coordinator(now=OVER))

    answer = await client.get(f"/people/{course.people['Ana']}")

    shown = words(answer)
    start = shown.index("Top Talent, Essex")
    assert shown[start + 1] == "Top Talent · 24 and 25 June 2026"
    assert "Attended 1 of 2 sessions, 3 hours. Registered on 1 June 2026." in shown
    rows = shown[shown.index("Day 1") :]
    assert rows[:9] == [
        "Day 1",
        "24 June, 9:30am",
        "Coming",
        "Present",
        "3 hours",
        "Day 2",
        "25 June, 9:30am",
        "Declined",
        "Holiday",
    ]
    assert f'href="/cohorts/{course.code}/people/{course.enrolments["Ana"]}"' in answer.text
    assert "Ben Example" not in shown


async def test_outcome_certificate_and_what_is_missing(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock
) -> None:
    course = await a_course("Ana", "Ben")
    for day in (1, 2):
        await course.take(day, Ana=P, Ben=P if day == 1 else A)
    await course.close()
    clock.now = OVER
    await sign_in(client, await a_coordinator(now=OVER))

    ana, ben = [words(await client.get(f"/people/{course.people[name]}")) for name in ("Ana", "Ben")]

    assert "Completed" in ana and "Certificates" in ana
    assert "Not completed" in ben and "Certificates" not in ben
    assert any("Missing: 1 more session." in text for text in ben)


async def test_places_of_all_kinds_those_they_are_in_first(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    person = await a_person(name="Ana Example")
    left = await an_enrolment(cohort=await a_cohort(name="Left", code="left"), person=person)
    await enrolment.withdraw(left.enrolment, reason="New job", actor=ACADEMY, now=clock.now)
    full = await a_cohort(name="Full", code="full", capacity=1)
    await an_enrolment(cohort=full)
    await an_enrolment(cohort=full, person=person)

    shown = words(await client.get(f"/people/{person}"))

    assert shown.index("Full") < shown.index("Left")
    assert {"Waiting list", "Withdrawn"} <= set(shown)
    assert any(text.startswith("Number 1 on the waiting list.") for text in shown)
    assert any(text.startswith("Reason: New job.") for text in shown)


async def test_sessions_they_lead(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    person = await a_person(name="Lea Lead")
    cohort = await a_cohort(sessions=1)
    (session,) = await CohortSession.select(CohortSession.id).where(CohortSession.cohort == cohort)
    await schedule.set_facilitators(session["id"], [person], actor=ACADEMY, now=clock.now)

    shown = words(await client.get(f"/people/{person}"))

    assert "24 June 2026, 10am" in shown and "0 of 0 marked" in shown


async def test_mails_with_their_state_can_go_out_again(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Example")
    await an_enrolment(cohort=await a_cohort(sessions=1), person=person)
    await Message.update({Message.state: MessageState.FAILED, Message.error: "550 gone"}).where(
        Message.kind == "session-invite"
    )
    (mail,) = await Message.select(Message.id).where(Message.kind == "session-invite")
    here = f"/people/{person}"

    answer = await client.get(here)
    again = await post(client, "/outbox/send-again", {"mail": [str(mail["id"])], "back": here}, page=here)

    (row,) = await Message.select(Message.state).where(Message.id == mail["id"])
    assert f'href="/outbox/{mail["id"]}"' in answer.text and {"Failed", "550 gone"} <= set(words(answer))
    assert (again.headers["location"], row["state"]) == (here, "queued")


async def test_what_was_changed_and_by_whom(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Example")
    await post(client, f"/people/{person}/role", {"coordinator": "yes"})

    shown = words(await client.get(f"/people/{person}"))

    trail = shown[shown.index("What was changed") :]
    assert "Cora" in trail


# ------------------------------------------------------------------ mentoring
async def test_mentoring_as_mentor_and_mentee_with_dates_and_nothing_in_confidence(
    client: httpx.AsyncClient, cora: UUID, clock: Clock
) -> None:
    mia = await makers.a_person(name="Mia Mentor")
    pair = await paired.two(round=(here := await running(clock)), mentor=await mentor(here, mia), now=clock.now)
    slug = (await pair.view(clock.now)).round_slug
    await shared.add_goal(pair.id, "Leave my husband", by=pair.mentee, now=clock.now)
    await keeping_apart.keep_apart(
        pair.mentee, await makers.a_person(name="Nat Notthis"), ApartKind.CONFIDENTIAL, actor=pair.as_mentee,
        now=clock.now,
    )  # fmt: skip

    of_mentor, of_mentee = [await client.get(f"/people/{person}") for person in (mia, pair.mentee)]

    rounds = f"/mentoring/rounds/{slug}"
    told = links(of_mentor)
    assert told["Mentor in Mentoring 2026"] == f"{rounds}/people/{mia}"
    assert told["Mentor of Mo Mentee"] == f"{rounds}/pairings/{pair.id}"
    assert {"Takes part", "Active", "1 June 2026 to 1 March 2027"} <= set(words(of_mentor))
    assert links(of_mentee)["Mentored by Mia Mentor"] == f"{rounds}/pairings/{pair.id}"
    for answer in (of_mentor, of_mentee):
        assert not any(secret in answer.text for secret in ("husband", "Notthis"))


async def test_a_mentor_who_is_asked_and_one_who_pauses(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    pair = await paired.two(accepted=False, now=clock.now)
    await profiles.pause_mentor(pair.mentor_profile, date(2026, 9, 1), actor=ACADEMY, now=clock.now)

    shown = words(await client.get(f"/people/{pair.mentor}"))

    assert {"Paused until 1 September 2026", "Waiting for the mentor", "Asked on 1 June 2026"} <= set(shown)


async def test_what_they_gave_stands_beside_certificates(client: httpx.AsyncClient, cora: UUID, clock: Clock) -> None:
    person = await a_person(name="Ana Example")
    nothing = words(await client.get(f"/people/{person}"))
    await record_contribution(
        person, ContributionKind.MENTOR, what="Mentor in Mentoring 2025", minutes=450, on=date(2026, 5, 4),
        about=About("pairing", uuid4(), "Mentoring 2025"), now=clock.now,
    )  # fmt: skip

    shown = words(await client.get(f"/people/{person}"))

    assert "Contributions" not in nothing and "Mentoring" not in nothing[nothing.index("Ana Example") :]
    start = shown.index("Contributions")
    assert shown[start + 1 : start + 3] == [
        "Mentor in Mentoring 2025",
        "Mentor, 4 May 2026 · 7 hours 30 minutes together",
    ]


async def mentor(round: UUID, person: UUID) -> UUID:
    return await makers.a_mentor(round=round, person=person)


async def running(clock: Clock) -> UUID:
    return await makers.a_round(status=RoundStatus.RUNNING, starts_on=clock.now.date(), now=clock.now)


# ------------------------------------------------------------ add to a cohort
async def test_adding_to_a_cohort_takes_a_choice_and_a_button(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Example")
    await a_cohort(name="Top Talent, Kent", code="kent", capacity=1)
    here = f"/people/{person}"

    before = words(await client.get(here))
    answer = await post(client, f"{here}/cohorts", {"cohort": "kent"}, page=here)
    after = words(await client.get(here))

    (row,) = await Enrolment.select(Enrolment.status, Enrolment.source).where(Enrolment.person == person)
    assert "Top Talent, Kent, 24 June" in before and "Top Talent, Kent, 24 June" not in after
    assert (answer.headers["location"], row) == (here, {"status": "enrolled", "source": "coordinator"})
    assert "Ana Example has a place in Top Talent, Kent and is invited." in after


async def test_where_it_is_full_they_join_the_waiting_list(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Example")
    await an_enrolment(cohort=await a_cohort(name="Top Talent, Kent", code="kent", capacity=1))
    here = f"/people/{person}"

    await post(client, f"{here}/cohorts", {"cohort": "kent"}, page=here)

    assert "Ana Example is number 1 on the waiting list of Top Talent, Kent." in words(await client.get(here))


async def test_no_choice_and_a_choice_that_is_gone_are_said(client: httpx.AsyncClient, cora: UUID) -> None:
    person = await a_person(name="Ana Example")
    open_one = await a_cohort(code="open")
    gone = await a_cohort(code="gone")
    await schedule.cancel_cohort(gone, "Flood", actor=ACADEMY, now=FIRST.replace(month=6, day=1))
    here = f"/people/{person}"

    nothing = await post(client, f"{here}/cohorts", {"cohort": ""}, page=here)
    unknown = await post(client, f"{here}/cohorts", {"cohort": "none"}, page=here)
    late = await post(client, f"{here}/cohorts", {"cohort": "gone"}, page=here)

    assert open_one and [each.status_code for each in (nothing, unknown, late)] == [422, 422, 409]
    assert field_errors(nothing) == {"cohort": "Choose a cohort."}
    assert list(field_errors(late)) == ["cohort"]
    assert await Enrolment.count() == 0


# --------------------------------------------------------------------- queries
async def test_the_page_needs_the_same_queries_for_one_and_for_three(
    client: httpx.AsyncClient, cora: UUID, clock: Clock
) -> None:
    person = await a_person(name="Ana Example")
    counts = []
    for number in range(3):
        await an_enrolment(cohort=await a_cohort(), person=person)
        await paired.two(round=(here := await running(clock)), mentor=await mentor(here, person), now=clock.now)
        await record_contribution(
            person, ContributionKind.MENTOR, what=f"Mentor in round {number}", on=date(2026, 5, 4),
            about=About("pairing", uuid4(), "Mentoring"), now=clock.now,
        )  # fmt: skip
        with counted() as statements:
            await client.get(f"/people/{person}")
        counts.append(len(statements))

    assert counts[0] == counts[1] == counts[2] <= 19
