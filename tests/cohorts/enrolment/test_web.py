"""Registering on the public pages, as a newcomer and signed in."""

import re
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from academy.accounts.tables import Attempt
from academy.outbox.tables import Message
from academy.people.tables import Person
from cohorts.enrolment import service
from cohorts.enrolment.tables import Enrolment
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import Cohort
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words

ANA = {"name": "Ana Example", "email": "ana@council.example", "organisation": "Exampleshire Council"}


async def code_of(cohort: UUID) -> str:
    rows = await Cohort.select(Cohort.code).where(Cohort.id == cohort)
    return str(rows[0]["code"])


async def register(client: httpx.AsyncClient, code: str, **typed: str) -> httpx.Response:
    path = f"/cohorts/{code}/register"
    return await post(client, path, {**ANA, **typed}, page=path)


async def statuses(cohort: UUID) -> list[str]:
    rows = await Enrolment.select(Enrolment.status).where(Enrolment.cohort == cohort).order_by(Enrolment.created_at)
    return [row["status"] for row in rows]


async def mails() -> list[tuple[str, str]]:
    rows = await Message.select(Message.kind, Message.to_address).order_by(Message.queued_at, Message.key)
    return [(row["kind"], row["to_address"]) for row in rows]


# ------------------------------------------------------------------ newcomers
async def test_a_newcomer_registers_with_three_fields_and_one_button(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(capacity=5)

    answer = await register(client, await code_of(cohort))
    after = await client.get(answer.headers["location"])

    assert answer.status_code == 303
    assert heading(after) == "Check your email"
    assert "We have sent an email to ana@council.example." in words(after)
    assert await statuses(cohort) == [S.OFFERED]
    assert await mails() == [("confirm-registration", "ana@council.example")]


async def test_an_organisation_that_we_know_is_linked_by_any_of_its_names(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    council = await makers.an_organisation(name="Tyne & Wear Council")
    cohort = await makers.a_cohort()

    await register(client, await code_of(cohort), organisation=" tyne and wear  COUNCIL ")

    row = (await Enrolment.select().where(Enrolment.cohort == cohort))[0]
    assert (row["organisation"], row["organisation_name"]) == (council, "tyne and wear COUNCIL")


async def test_an_organisation_that_we_do_not_know_is_kept_as_typed(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort()

    await register(client, await code_of(cohort), organisation="Somewhere Else Ltd")

    row = (await Enrolment.select().where(Enrolment.cohort == cohort))[0]
    assert (row["organisation"], row["organisation_name"]) == (None, "Somewhere Else Ltd")


async def test_the_page_offers_the_organisations_without_a_script(client: httpx.AsyncClient, clock: Clock) -> None:
    await makers.an_organisation(name="Exampleshire Council")
    code = await code_of(await makers.a_cohort())

    page = await client.get(f"/cohorts/{code}/register")

    assert '<option value="Exampleshire Council"></option>' in page.text


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    cohort = await makers.a_cohort()

    answer = await register(client, await code_of(cohort), name="", email="ana at council", organisation="My Council")

    assert answer.status_code == 422
    assert field_errors(answer) == {
        "name": "Enter your full name.",
        "email": "Enter an email address in the correct format, like name@council.gov.uk",
    }
    assert 'value="ana at council"' in answer.text
    assert 'value="My Council"' in answer.text
    assert await statuses(cohort) == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Ana\x00", "This has a character that cannot be used. Type it again in plain text."),
        ("Ana\r\nBcc: all@evil.example", "This has a character that cannot be used. Type it again in plain text."),
        ("Win a prize at https://evil.example", "Enter a name without links."),
        ("x" * 121, "This must be 120 characters or fewer."),
    ],
)
async def test_a_name_cannot_carry_a_message(client: httpx.AsyncClient, clock: Clock, name: str, error: str) -> None:
    cohort = await makers.a_cohort()

    answer = await register(client, await code_of(cohort), name=name)

    assert answer.status_code == 422
    assert field_errors(answer) == {"name": error}
    assert await Person.count() == 0


async def test_a_form_from_nowhere_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort()

    answer = await client.post(f"/cohorts/{await code_of(cohort)}/register", data=ANA)

    assert answer.status_code == 403
    assert await statuses(cohort) == []


async def test_a_double_click_registers_once_and_writes_one_mail(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort()
    code = await code_of(cohort)

    first = await register(client, code)
    second = await register(client, code)

    assert first.headers["location"] == second.headers["location"]
    assert await statuses(cohort) == [S.OFFERED]
    assert await mails() == [("confirm-registration", "ana@council.example")]


async def test_nobody_learns_from_the_page_who_is_registered(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(capacity=9)
    code = await code_of(cohort)
    known = await makers.a_person(address="known@council.example")
    await makers.an_enrolment(cohort=cohort, person=known)
    clock.advance(hours=1)

    answers = []
    for address in ("known@council.example", "stranger@council.example"):
        sent = await register(client, code, email=address)
        after = await client.get(sent.headers["location"])
        answers.append((sent.status_code, sent.headers["location"], after.text.replace(address, "…")))

    assert answers[0] == answers[1]
    assert sorted(await mails())[:1] == [("already-registered", "known@council.example")]


async def test_who_registers_for_a_full_cohort_is_told_so_beforehand(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort(capacity=1)
    await makers.an_enrolment(cohort=cohort)
    code = await code_of(cohort)
    clock.advance(minutes=1)

    page = await client.get(f"/cohorts/{code}/register")
    sent = await register(client, code)

    assert heading(page) == "Join the waiting list"
    assert sent.headers["location"] == f"/cohorts/{code}/registered?list=yes"
    assert await statuses(cohort) == [S.ENROLLED, S.WAITLISTED]


async def test_when_registration_is_closed_the_page_says_so_and_the_form_is_refused(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    cohort = await makers.a_cohort(registration_closes_at=clock.now)
    other = await code_of(await makers.a_cohort())
    code = await code_of(cohort)

    page = await client.get(f"/cohorts/{code}/register")
    answer = await post(client, f"/cohorts/{code}/register", ANA, page=f"/cohorts/{other}/register")

    closed = "Registration closed on Monday 1 June 2026 at 10am. Ask the coordinator whether you can still join."
    assert closed in words(page)
    assert "<form method" not in page.text.split("<main")[1]
    assert answer.status_code == 409
    assert closed in words(answer)
    assert await statuses(cohort) == []


async def test_a_cohort_that_is_not_published_is_not_there(client: httpx.AsyncClient, clock: Clock) -> None:
    code = await code_of(await makers.a_cohort(published=False))

    assert (await client.get(f"/cohorts/{code}/register")).status_code == 404
    assert (await client.get("/cohorts/no-such-cohort/register")).status_code == 404


async def test_one_network_address_registers_only_so_often(
    app: Litestar, client: httpx.AsyncClient, clock: Clock
) -> None:
    app.state.settings = msgspec.structs.replace(app.state.settings, registrations_per_10_minutes=2)
    cohort = await makers.a_cohort()
    code = await code_of(cohort)

    answers = [(await register(client, code, email=f"p{n}@council.example")).status_code for n in range(3)]

    assert answers == [303, 303, 429]
    assert len(await statuses(cohort)) == 2
    assert await Attempt.count() == 2


async def test_somebody_who_registers_again_and_again_gets_five_mails_an_hour_at_most(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    cohort = await makers.a_cohort()
    code = await code_of(cohort)

    for _ in range(60):
        await register(client, code)
        clock.advance(minutes=1)

    assert len(await mails()) == 4


# ------------------------------------------------------------------ signed in
async def test_a_signed_in_person_is_asked_nothing(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort()
    code = await code_of(cohort)
    person = await makers.a_person(name="Ana Example")
    await sign_in(client, person)

    page = await client.get(f"/cohorts/{code}/register")
    answer = await post(client, f"/cohorts/{code}/register", {}, page=f"/cohorts/{code}/register")
    onward = await client.get(answer.headers["location"])
    mine = await client.get(onward.headers["location"])

    asked = set(re.findall(r'<input[^>]*name="([^"]+)"', page.text))
    assert asked == {"_csrf_token"}
    assert answer.headers["location"] == f"/my/cohorts/{code}"
    assert heading(mine) == "You have a place"
    assert await statuses(cohort) == [S.ENROLLED]


async def test_who_is_registered_already_goes_to_their_registration(client: httpx.AsyncClient, clock: Clock) -> None:
    person = await makers.a_person()
    cohort = await makers.a_cohort()
    made = await makers.an_enrolment(cohort=cohort, person=person)
    code = await code_of(cohort)
    await sign_in(client, person)

    page = await client.get(f"/cohorts/{code}/register")
    onward = await client.get(page.headers["location"])

    assert onward.headers["location"] == service.manage_path(made.enrolment)


async def test_a_signed_in_person_has_no_page_for_a_cohort_they_are_not_in(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    code = await code_of(await makers.a_cohort())
    await sign_in(client, await makers.a_person())

    assert (await client.get(f"/my/cohorts/{code}")).status_code == 404
    assert (await client.get("/my/cohorts/nothing")).status_code == 404
