"""A run in a process of its own gives what a run in this one gives."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import msgspec
import pytest

from mentoring.matching.people import Mentor, Pair, Pool
from mentoring.matching.suggest import price_of, prices_of_modes, suggest
from mentoring.matching.worker import Refused, Request, What, ask
from tests.support.schemes import a_scheme

SCHEME = a_scheme(mentees=37, mentors=30, seed=1)
REQUEST = Request(pool=SCHEME.pool, criteria=SCHEME.criteria, pins=SCHEME.pins)


async def test_a_process_of_its_own_gives_the_same_answer_and_tells_how_far_it_is() -> None:
    told: list[tuple[float, str]] = []

    found = await ask(REQUEST, lambda done, doing: told.append((done, doing)))

    assert found.suggestion == suggest(SCHEME.pool, SCHEME.criteria, pins=SCHEME.pins)
    assert told[0] == (0.0, "Scoring every pair")
    assert [done for done, _ in told] == sorted(done for done, _ in told)


async def test_it_answers_prices_and_modes_too() -> None:
    plan = suggest(SCHEME.pool, SCHEME.criteria, pins=SCHEME.pins).plan()
    pair = Pair(plan[0].mentor, plan[1].mentee)
    price = msgspec.structs.replace(REQUEST, what=What.PRICE, pair=pair, plan=plan)

    assert (await ask(price)).price == price_of(SCHEME.pool, SCHEME.criteria, pair, pins=SCHEME.pins)
    modes = msgspec.structs.replace(REQUEST, what=What.MODES)
    assert (await ask(modes)).modes == prices_of_modes(SCHEME.pool, SCHEME.criteria, pins=SCHEME.pins)


async def test_a_stored_request_gives_the_same_answer_again() -> None:
    stored = msgspec.json.encode(REQUEST)

    again = await ask(msgspec.json.decode(stored, type=Request))

    assert again.suggestion == (await ask(REQUEST)).suggestion


async def test_a_rule_that_says_no_is_told_in_its_sentence() -> None:
    twice = Pool(mentors=(Mentor(id="m", name="Ada"), Mentor(id="m", name="Ada")), mentees=())

    with pytest.raises(Refused) as refused:
        await ask(msgspec.structs.replace(REQUEST, pool=twice))

    assert str(refused.value) == "Ada stands among the mentors twice. Keep one of the two."


async def test_a_run_that_takes_too_long_is_ended() -> None:
    with pytest.raises(Refused) as refused:
        await ask(REQUEST, within=0)

    assert str(refused.value) == "Matching took longer than 0 seconds and was stopped."


async def test_who_waits_can_leave_and_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    big = a_scheme(mentees=600, mentors=400, seed=1)
    begun = asyncio.Event()
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def remembered(*words: str, **given: Any) -> asyncio.subprocess.Process:
        started.append(await start(*words, **given))
        return started[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    waiting = asyncio.create_task(ask(Request(pool=big.pool, criteria=big.criteria), lambda _done, _doing: begun.set()))
    await begun.wait()

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert [child.returncode for child in started] == [-signal.SIGKILL]
