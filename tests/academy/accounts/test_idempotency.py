"""A call that is sent again gets its first answer, and its effect happens once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from academy.accounts import jobs
from academy.accounts.tables import IdempotencyKey
from academy.programmes.tables import Programme
from cohorts.enrolment.tables import Enrolment, EnrolmentChange
from tests.conftest import Clock
from tests.support import makers
from tests.support.programs import Program, problem, program

NEW = {"name": "Top Talent", "summary": "For people who will lead."}


@pytest.fixture
async def coordinator(clock: Clock) -> UUID:
    return await makers.a_coordinator()


@pytest.fixture
async def cora(client: httpx.AsyncClient, coordinator: UUID) -> Program:
    return await program(client, coordinator, "read", "enrol", "manage")


async def test_the_same_key_gets_the_same_answer_and_one_effect(cora: Program) -> None:
    first = await cora.post("/api/programmes", NEW, key="one")
    again = await cora.post("/api/programmes", NEW, key="one")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201
    assert await Programme.count() == 1


async def test_without_a_key_there_are_two_effects(cora: Program) -> None:
    first = await cora.post("/api/programmes", NEW)
    again = await cora.post("/api/programmes", NEW)

    assert (first.json()["slug"], again.json()["slug"]) == ("top-talent", "top-talent-2")
    assert await Programme.count() == 2


async def test_two_calls_at_one_instant_with_one_key_have_one_effect(cora: Program) -> None:
    for number in range(5):
        body = {**NEW, "name": f"Top Talent {number}"}

        answers = await asyncio.gather(*(cora.post("/api/programmes", body, key=f"twins {number}") for _ in range(4)))

        assert {(each.status_code, each.content) for each in answers} == {(201, answers[0].content)}
        assert await Programme.count() == number + 1


async def test_two_calls_at_one_instant_without_a_key_have_two(cora: Program) -> None:
    answers = await asyncio.gather(*(cora.post("/api/programmes", NEW) for _ in range(2)))

    assert sorted(each.json()["slug"] for each in answers) == ["top-talent", "top-talent-2"]


async def test_a_registration_sent_twice_is_new_both_times_for_its_program(cora: Program) -> None:
    await makers.a_cohort(code="essex")

    first = await cora.post("/api/cohorts/essex/enrolments", key="me")
    again = await cora.post("/api/cohorts/essex/enrolments", key="me")
    unkeyed = await cora.post("/api/cohorts/essex/enrolments")

    assert (first.status_code, again.status_code, unkeyed.status_code) == (201, 201, 200)
    assert again.json() == first.json()
    assert (await Enrolment.count(), await EnrolmentChange.count()) == (1, 1)


async def test_withdrawing_again_with_a_key_does_not_undo_coming_back(cora: Program) -> None:
    await makers.a_cohort(code="essex")
    enrolment = (await cora.post("/api/cohorts/essex/enrolments")).json()["enrolment"]
    path = f"/api/my/enrolments/{enrolment}/withdraw"
    await cora.post(path, key="leave")
    await cora.post("/api/cohorts/essex/enrolments")

    retried = await cora.post(path, key="leave")
    (after,) = await Enrolment.select(Enrolment.status)
    await cora.post(path)
    (control,) = await Enrolment.select(Enrolment.status)

    assert (retried.json()["status"], after["status"], control["status"]) == ("withdrawn", "enrolled", "withdrawn")


async def test_a_put_and_a_patch_honour_the_key_too(cora: Program) -> None:
    await makers.a_cohort(code="essex")
    session = (await cora.get("/api/cohorts/essex")).json()["sessions"][0]["id"]

    put = await cora.put("/api/cohorts/essex/capacity", {"capacity": 5}, key="p")
    await cora.put("/api/cohorts/essex/capacity", {"capacity": 6})
    put_again = await cora.put("/api/cohorts/essex/capacity", {"capacity": 5}, key="p")
    patched = [await cora.patch(f"/api/sessions/{session}", {"title": "X"}, key="q") for _ in range(2)]

    assert put.content == put_again.content
    assert (await cora.get("/api/cohorts/essex")).json()["capacity"] == 6
    assert patched[0].content == patched[1].content


async def test_the_key_with_another_request_is_refused(cora: Program) -> None:
    await makers.a_cohort(code="essex")
    await cora.post("/api/programmes", NEW, key="one")

    other_body = await cora.post("/api/programmes", {**NEW, "name": "Other"}, key="one")
    other_path = await cora.post("/api/cohorts/essex/enrolments", key="one")

    assert problem(other_body) == problem(other_path) == (422, "KeyUsedDifferently", [])
    assert (await Programme.count(), await Enrolment.count()) == (2, 0)


async def test_a_verb_that_fails_leaves_its_key_free(cora: Program) -> None:
    await makers.a_cohort(code="essex", capacity=1)

    refused = await cora.put("/api/cohorts/essex/capacity", {"capacity": 0}, key="one")
    missing = await cora.post("/api/cohorts/nowhere/enrolments", key="two")
    assert (refused.status_code, missing.status_code, await IdempotencyKey.count()) == (422, 404, 0)

    allowed = await cora.put("/api/cohorts/essex/capacity", {"capacity": 2}, key="one")

    assert (allowed.status_code, allowed.json()["capacity"]) == (200, 2)
    assert await IdempotencyKey.count() == 1


async def test_two_persons_do_not_share_keys(cora: Program, client: httpx.AsyncClient) -> None:
    await makers.a_cohort(code="essex")
    ana = await program(client, await makers.a_person(), "enrol")

    first = await cora.post("/api/cohorts/essex/enrolments", key="one")
    second = await ana.post("/api/cohorts/essex/enrolments", key="one")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["enrolment"] != second.json()["enrolment"]


async def test_two_tokens_of_one_person_share_keys(cora: Program, coordinator: UUID, client: httpx.AsyncClient) -> None:
    other = await program(client, coordinator, "manage")

    first = await cora.post("/api/programmes", NEW, key="one")
    second = await other.post("/api/programmes", NEW, key="one")

    assert first.content == second.content


@pytest.mark.parametrize("key", ["x" * 201, "\x7f", "a\tb"])
async def test_a_key_that_cannot_be_kept_is_refused(cora: Program, key: str) -> None:
    answer = await cora.post("/api/programmes", NEW, key=key)

    assert problem(answer) == (400, "BadKey", [])
    assert await Programme.count() == 0


async def test_keys_are_forgotten_after_two_days(cora: Program, clock: Clock) -> None:
    await cora.post("/api/programmes", NEW, key="one")
    clock.advance(hours=47)
    await jobs.forget_old(clock.now)
    kept = await IdempotencyKey.count()

    clock.now += timedelta(hours=2)
    await jobs.forget_old(clock.now)

    assert (kept, await IdempotencyKey.count()) == (1, 0)
