"""What is asked about a run is worked out once, survives whoever dies over it, and stays."""

import asyncio
from datetime import datetime

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.errors import NotFound
from mentoring import waiting
from mentoring.matching.people import Pair
from mentoring.runs import queries, questions, rules, service, working
from mentoring.runs.rules import NotReady
from mentoring.runs.tables import MatchRun, QuestionKind, RunQuestion, RunState
from mentoring.waiting import LEASE
from tests.support.makers import a_coordinator
from tests.support.matched import Matched, three

pytestmark = pytest.mark.usefixtures("database", "clock")
MODES, PRICE, AGAIN = QuestionKind.MODES, QuestionKind.PRICE, QuestionKind.AGAIN


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is worked out in a process of its own."""
    monkeypatch.setattr(rules, "SMALL", 0)


async def suggested(now: datetime) -> tuple[Matched, queries.RunView]:
    here = await three(now)
    return here, await here.suggest(now)


async def test_with_few_people_the_answer_is_there_at_once(now: datetime) -> None:
    here, run = await suggested(now)
    cora = await a_coordinator(name="Cora", now=now)
    pair = Pair(str(here.people["Max"]), str(here.people["Ana"]))

    asked = await service.ask(run, PRICE, pair, actor=Actor(cora, "Cora"), now=now)

    assert (asked.done, asked.asked_by, asked.asked_at) == (True, "Cora", now)
    assert asked.price == await working.price(run, pair)


async def test_with_many_it_is_a_row_until_a_process_of_its_own_has_the_answer(large: None, now: datetime) -> None:
    here, run = await suggested(now)
    await waiting.work(working.RUNS, run.id, now=now)
    run = await queries.run(run.id)
    pair = Pair(str(here.people["Max"]), str(here.people["Ana"]))

    for kind, about in ((PRICE, pair), (MODES, questions.NONE), (AGAIN, questions.NONE)):
        asked = await service.ask(run, kind, about, actor=ACADEMY, now=now)
        assert (asked.state, asked.answer) == (RunState.WAITING, None)
        service.begin(asked)
    await waiting.settled()

    price, modes, again = [await questions.find(run, *about) for about in ((PRICE, pair), (MODES,), (AGAIN,))]
    assert price and price.price and (price.price.pair, price.progress) == (pair, 100)
    assert modes and len(modes.modes or ()) == 4
    assert again and again.proof == queries.Proof(same=True, pairs=3)


async def test_the_same_is_asked_once_and_the_answer_stays(now: datetime) -> None:
    _, run = await suggested(now)

    first = await service.ask(run, MODES, actor=ACADEMY, now=now)
    second = await service.ask(run, MODES, actor=ACADEMY, now=now + LEASE)

    assert second == first
    assert await RunQuestion.count() == 1


async def test_a_proof_is_worked_out_anew_when_somebody_wants_it(now: datetime) -> None:
    _, run = await suggested(now)

    first = await service.ask(run, AGAIN, anew=True, actor=ACADEMY, now=now)
    second = await service.ask(run, AGAIN, anew=True, actor=ACADEMY, now=now + LEASE)

    assert (second.id, second.asked_at) == (first.id, now + LEASE)
    assert second.proof == first.proof


async def test_two_coordinators_who_ask_at_once_share_one_answer(large: None, now: datetime) -> None:
    _, run = await suggested(now)
    await waiting.work(working.RUNS, run.id, now=now)
    run = await queries.run(run.id)

    both = await asyncio.gather(*(service.ask(run, AGAIN, anew=True, actor=ACADEMY, now=now) for _ in range(2)))

    assert both[0].id == both[1].id
    assert {await waiting.work(working.QUESTIONS, both[0].id, now=now) for _ in range(2)} == {True, False}


async def test_what_a_process_died_over_is_taken_up_by_the_next(now: datetime) -> None:
    _, run = await suggested(now)
    asked = await service.ask(run, MODES, actor=ACADEMY, now=now)
    await RunQuestion.update(
        {RunQuestion.state: RunState.WORKING, RunQuestion.leased_until: now + LEASE, RunQuestion.answer: None}
    ).where(RunQuestion.id == asked.id)

    assert await service.take_up(now) == 0
    assert await service.take_up(now + LEASE) == 1
    assert (await queries.question(asked.id)).modes == asked.modes


async def test_a_run_without_a_result_is_asked_nothing(now: datetime) -> None:
    _, run = await suggested(now)
    await MatchRun.update({MatchRun.result: None}).where(MatchRun.id == run.id)

    with pytest.raises(NotReady, match="has no result"):
        await service.ask(await queries.run(run.id), AGAIN, actor=ACADEMY, now=now)


async def test_a_price_is_asked_of_people_in_the_run(now: datetime) -> None:
    here, run = await suggested(now)

    with pytest.raises(NotFound):
        await service.ask(run, PRICE, Pair("nobody", str(here.people["Ana"])), actor=ACADEMY, now=now)


async def test_what_was_asked_goes_with_the_run(database: room.Engine, now: datetime) -> None:
    _, run = await suggested(now)
    await service.ask(run, MODES, actor=ACADEMY, now=now)

    await MatchRun.delete().where(MatchRun.id == run.id)

    assert await RunQuestion.count() == 0
