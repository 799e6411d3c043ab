"""What a coordinator does with the people of a cohort."""

import csv
import io
import json
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import openpyxl
import pytest_asyncio

from academy.audit.tables import Entry
from academy.outbox.tables import Message
from cohorts.enrolment import queries, service
from cohorts.enrolment.tables import Enrolment, EnrolmentChange
from cohorts.enrolment.tables import EnrolmentStatus as S
from cohorts.schedule.tables import Cohort
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import field_errors, heading, post, sign_in, words


@pytest_asyncio.fixture
async def cora(client: httpx.AsyncClient, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with a coordinator signed in."""
    await sign_in(client, await makers.a_coordinator())
    yield client


async def code_of(cohort: UUID) -> str:
    rows = await Cohort.select(Cohort.code).where(Cohort.id == cohort)
    return str(rows[0]["code"])


async def status_of(made: service.Registered) -> str:
    rows = await Enrolment.select(Enrolment.status).where(Enrolment.id == made.enrolment)
    return str(rows[0]["status"])


async def a_list(*names: str, capacity: int = 1) -> tuple[UUID, list[service.Registered]]:
    """A full cohort and the people who wait for a place in it, in this order."""
    cohort = await makers.a_cohort(capacity=capacity, sessions=1)
    for _ in range(capacity):
        await makers.an_enrolment(cohort=cohort)
    return cohort, [await makers.an_enrolment(cohort=cohort, person=await makers.a_person(name=name)) for name in names]


# ------------------------------------------------------------------ adding
async def test_somebody_new_is_added_with_name_and_address_and_need_not_confirm(cora: httpx.AsyncClient) -> None:
    cohort = await makers.a_cohort(sessions=1)
    path = f"/cohorts/{await code_of(cohort)}/people/add"

    answer = await post(cora, path, {"name": "Bea Baker", "email": "bea@council.example"}, page=path)

    assert answer.headers["location"] == f"/cohorts/{await code_of(cohort)}/manage"
    assert [(one.name, one.status, one.confirmed) for one in await queries.roster(cohort)] == [
        ("Bea Baker", S.ENROLLED, True)
    ]
    kinds = await Message.select(Message.kind).order_by(Message.kind)
    assert [row["kind"] for row in kinds] == ["registration-confirmed", "session-invite"]


async def test_who_is_added_reads_by_whom_and_who_registers_does_not(cora: httpx.AsyncClient) -> None:
    cohort = await makers.a_cohort(capacity=2, sessions=1)
    path = f"/cohorts/{await code_of(cohort)}/people/add"

    await makers.an_enrolment(cohort=cohort, person=await makers.a_person(address="ana@council.example"))
    for name in ("bea", "cat"):
        await post(cora, path, {"name": name, "email": f"{name}@council.example"}, page=path)

    rows = await Message.select().where(Message.kind != "session-invite")
    assert {row["to_address"]: (row["kind"], json.loads(row["context"]).get("added_by", "")) for row in rows} == {
        "ana@council.example": ("registration-confirmed", ""),
        "bea@council.example": ("registration-confirmed", "Cora Coordinator"),
        "cat@council.example": ("waiting-list-joined", "Cora Coordinator"),
    }


async def test_in_a_full_cohort_they_join_the_end_of_the_list(cora: httpx.AsyncClient) -> None:
    cohort, _ = await a_list("Ana")
    path = f"/cohorts/{await code_of(cohort)}/people/add"

    page = await cora.get(path)
    await post(cora, path, {"name": "Bea Baker", "email": "bea@council.example"}, page=path)

    assert "Add to the waiting list" in words(page)
    assert [one.name for one in await queries.waiting(cohort)] == ["Ana", "Bea Baker"]


async def test_adding_somebody_who_is_in_changes_nothing(cora: httpx.AsyncClient) -> None:
    person = await makers.a_person(name="Ana", address="ana@council.example")
    cohort = await makers.a_cohort()
    await makers.an_enrolment(cohort=cohort, person=person)
    path = f"/cohorts/{await code_of(cohort)}/people/add"

    answer = await post(cora, path, {"name": "Anna", "email": "ANA@council.example"}, page=path)

    assert "Ana had a place already." in words(await cora.get(answer.headers["location"]))
    assert [one.name for one in await queries.roster(cohort)] == ["Ana"]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(cora: httpx.AsyncClient) -> None:
    path = f"/cohorts/{await code_of(await makers.a_cohort())}/people/add"

    answer = await post(cora, path, {"name": " ", "email": "bea", "organisation": "My Council"}, page=path)

    assert answer.status_code == 422
    assert field_errors(answer) == {
        "name": "Enter the person's name.",
        "email": "Enter an email address in the correct format, like name@council.gov.uk",
    }
    assert 'value="My Council"' in answer.text


async def test_where_they_work_is_kept_for_who_is_new(cora: httpx.AsyncClient) -> None:
    from academy.people.tables import Employment

    council = await makers.an_organisation(name="Exampleshire Council")
    path = f"/cohorts/{await code_of(await makers.a_cohort())}/people/add"
    typed = {"name": "Bea", "email": "bea@council.example", "organisation": "exampleshire council"}

    await post(cora, path, typed, page=path)

    assert [row["organisation"] for row in await Employment.select()] == [council]


# ------------------------------------------------------- withdraw, reinstate
async def test_withdrawing_asks_and_tells_the_person_and_the_next(cora: httpx.AsyncClient) -> None:
    cohort, (waiting,) = await a_list("Ana")
    first = (await queries.expected(cohort))[0]
    here = f"/cohorts/{await code_of(cohort)}/people/{first.enrolment}"

    asks = await cora.get(f"{here}/withdraw")
    await post(cora, f"{here}/withdraw", {"reason": "Left the council."}, page=f"{here}/withdraw")

    assert heading(asks) == f"Withdraw {first.name}?"
    assert await status_of(waiting) == S.ENROLLED
    told = await Message.select(Message.kind).where(Message.person == first.person).order_by(Message.queued_at)
    assert sorted(row["kind"] for row in told) == [
        "place-withdrawn",
        "registration-confirmed",
        "session-invite",
        "withdrawn-by-coordinator",
    ]
    entry = (await Entry.select().where(Entry.verb == "enrolment.withdraw"))[0]
    assert (entry["actor_name"], entry["note"], entry["person"]) == (
        "Cora Coordinator",
        "Left the council.",
        first.person,
    )


async def test_who_was_withdrawn_by_mistake_is_taken_back_in(cora: httpx.AsyncClient, clock: Clock) -> None:
    cohort = await makers.a_cohort()
    made = await makers.an_enrolment(cohort=cohort)
    here = f"/cohorts/{await code_of(cohort)}/people/{made.enrolment}"
    clock.advance(minutes=1)
    await post(cora, f"{here}/withdraw", {}, page=f"{here}/withdraw")
    clock.advance(minutes=1)

    asks = await cora.get(f"{here}/reinstate")
    answer = await post(cora, f"{here}/reinstate", {}, page=f"{here}/reinstate")
    page = await cora.get(answer.headers["location"])

    assert heading(asks) == "Take Ana Example back in?"
    assert await status_of(made) == S.ENROLLED
    assert [text for text in words(page) if text in ("Enrolled", "Withdrawn")] == [
        "Enrolled",  # the tag, then the history from the latest
        "Enrolled",
        "Withdrawn",
        "Enrolled",
    ]


async def test_a_person_of_another_cohort_is_not_here(cora: httpx.AsyncClient) -> None:
    made = await makers.an_enrolment()
    other = await code_of(await makers.a_cohort())

    for page in ("", "/withdraw"):
        assert (await cora.get(f"/cohorts/{other}/people/{made.enrolment}{page}")).status_code == 404
    assert (await cora.get(f"/cohorts/{other}/waiting-list/{made.enrolment}/move-up")).status_code == 404
    assert (await cora.get("/cohorts/nothing/waiting-list")).status_code == 404


async def test_the_mail_can_be_sent_again(cora: httpx.AsyncClient) -> None:
    cohort = await makers.a_cohort(sessions=1)
    made = await makers.an_enrolment(cohort=cohort)
    here = f"/cohorts/{await code_of(cohort)}/people/{made.enrolment}"

    await post(cora, f"{here}/resend", {}, page=here)

    kinds = await Message.select(Message.kind).order_by(Message.kind)
    assert [row["kind"] for row in kinds] == ["registration-confirmed", "registration-confirmed", "session-invite"]


# ------------------------------------------------------------- waiting list
async def test_the_list_shows_who_waits_in_the_order_in_which_they_joined(cora: httpx.AsyncClient) -> None:
    cohort, _ = await a_list("Zoe", "Ana", "Max")

    page = await cora.get(f"/cohorts/{await code_of(cohort)}/waiting-list")

    assert list(dict.fromkeys(text for text in words(page) if text in ("Ana", "Max", "Zoe"))) == ["Zoe", "Ana", "Max"]


async def test_the_list_is_kept_as_csv_and_as_a_workbook(cora: httpx.AsyncClient) -> None:
    cohort, _ = await a_list("=cmd()", "Ana")
    path = f"/cohorts/{await code_of(cohort)}/waiting-list"

    as_csv = await cora.get(f"{path}?export=csv")
    as_xlsx = await cora.get(f"{path}?export=xlsx")

    rows = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Position", "Name"], ["1", "'=cmd()"], ["2", "Ana"]]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx.content)).active
    assert [cell.value for cell in next(sheet.iter_rows(min_row=3))][:2] == [2, "Ana"]


async def test_moving_somebody_to_the_top_needs_a_reason_which_is_kept(cora: httpx.AsyncClient) -> None:
    cohort, waiting = await a_list("Ana", "Bea", "Cem")
    path = f"/cohorts/{await code_of(cohort)}/waiting-list/{waiting[2].enrolment}/move-up"

    refused = await post(cora, path, {"reason": " "}, page=path)
    await post(cora, path, {"reason": "Their council pays for the venue."}, page=path)

    assert refused.status_code == 422
    assert [one.name for one in await queries.waiting(cohort)] == ["Cem", "Ana", "Bea"]
    change = (await EnrolmentChange.select().where(EnrolmentChange.reason != ""))[0]
    assert (change["enrolment"], change["reason"]) == (waiting[2].enrolment, "Their council pays for the venue.")


async def test_removing_somebody_from_the_list_moves_the_others_forward(cora: httpx.AsyncClient) -> None:
    cohort, waiting = await a_list("Ana", "Bea", "Cem")
    here = f"/cohorts/{await code_of(cohort)}/people/{waiting[0].enrolment}"

    answer = await post(cora, f"{here}/withdraw", {}, page=f"{here}/withdraw")

    assert answer.headers["location"] == f"/cohorts/{await code_of(cohort)}/waiting-list"
    assert [one.name for one in await queries.waiting(cohort)] == ["Bea", "Cem"]


# ------------------------------------------------------------------ access
async def test_only_coordinators_come_here(client: httpx.AsyncClient, clock: Clock) -> None:
    cohort, (waiting,) = await a_list("Ana")
    code = await code_of(cohort)
    pages = [
        f"/cohorts/{code}/people/add",
        f"/cohorts/{code}/people/{waiting.enrolment}",
        f"/cohorts/{code}/people/{waiting.enrolment}/withdraw",
        f"/cohorts/{code}/people/{waiting.enrolment}/reinstate",
        f"/cohorts/{code}/waiting-list",
        f"/cohorts/{code}/waiting-list/{waiting.enrolment}/move-up",
    ]

    strangers = [(await client.get(page)).status_code for page in pages]
    await sign_in(client, await makers.a_person())
    participants = [(await client.get(page)).status_code for page in pages]

    assert strangers == [303] * 6  # to the sign-in page
    assert participants == [403] * 6
