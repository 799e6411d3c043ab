"""Pairs are suggested, held fast, published once, and followed up without disturbing anybody."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from mentoring import waiting
from mentoring.matching.criteria import Mode
from mentoring.pairings import queries as pairings
from mentoring.pairings import service as pairing_service
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as signing
from mentoring.profiles.tables import ApartKind, PoolStatus, RoundStatus
from mentoring.runs import queries, service, working
from mentoring.runs.queries import RunView
from mentoring.runs.rules import (
    AlreadyPublished,
    CannotSuggest,
    HeldOtherwise,
    NeverPaired,
    NotReady,
    OutOfDate,
)
from mentoring.runs.tables import MatchRun, QuestionKind, RunState
from mentoring.waiting import LEASE
from tests.support import makers
from tests.support.matched import Matched, matched, three
from tests.support.paired import told

S = PairingStatus


async def comes_to_the_same(run: RunView, now: datetime) -> bool:
    """Worked out once more, from what was kept."""
    asked = await service.ask(await queries.run(run.id), QuestionKind.AGAIN, actor=ACADEMY, now=now)
    await waiting.work(working.QUESTIONS, asked.id, now=now)
    asked = await queries.question(asked.id)
    assert asked.proof is not None
    return asked.proof.same


# -------------------------------------------------------------------- suggesting
async def test_the_pairs_of_a_small_round_are_there_at_once(database: room.Engine, now: datetime) -> None:
    here = await three(now)

    run = await here.suggest(now)

    assert (run.number, run.state, run.matched, run.unmatched) == (1, RunState.READY, 3, 0)
    assert here.plan(run) == {"Ana": "Mia", "Ben": "Max", "Cleo": "Moe"}


async def test_a_run_keeps_who_asked_when_and_with_what(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    cora = await makers.a_coordinator(name="Cora", now=now)

    run = await here.suggest(now, seed=7, mode=Mode.WORST, actor=Actor(cora, "Cora"))

    kept = (run.asked_by, run.asked_at, run.criteria_number, run.mode, run.seed)
    assert kept == ("Cora", now, 1, "worst", 7)
    assert len(run.request.pool.mentees) == 3


async def test_a_stored_run_comes_to_the_same_again(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await signing.withdraw_mentor(here.mentors["Mia"], actor=ACADEMY, now=now)  # what happens later changes nothing

    assert await comes_to_the_same(run, now)


async def test_a_result_that_was_tampered_with_is_seen(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    (row,) = await MatchRun.select(MatchRun.result).where(MatchRun.id == run.id)
    await MatchRun.update({MatchRun.result: row["result"].replace('"score":38', '"score":39')}).where(
        MatchRun.id == run.id
    )

    assert not await comes_to_the_same(run, now)


async def test_nobody_to_pair_is_said(database: room.Engine, now: datetime) -> None:
    empty = await matched(mentors={}, mentees={"Ana": {}}, now=now)

    with pytest.raises(CannotSuggest, match="no mentors yet"):
        await service.suggest(empty.round, actor=ACADEMY, now=now)


async def test_a_draft_suggests_nothing(database: room.Engine, now: datetime) -> None:
    draft = await makers.a_round(status=RoundStatus.DRAFT, now=now)

    with pytest.raises(CannotSuggest, match="a draft"):
        await service.suggest(draft, actor=ACADEMY, now=now)


async def test_pressing_twice_while_it_is_worked_on_gives_the_one_run(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await MatchRun.update({MatchRun.state: RunState.WORKING, MatchRun.leased_until: now + LEASE}).where(
        MatchRun.id == run.id
    )

    assert (await here.suggest(now)).id == run.id


async def test_a_second_run_takes_the_first_as_its_previous_one(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    first = await here.suggest(now)

    second = await here.suggest(now)

    assert first.suggestion is not None
    assert set(second.request.previous) == set(first.suggestion.plan())
    assert here.plan(second) == here.plan(first)


# ---------------------------------------------------------------------- holding
async def test_a_pin_stays_in_further_runs_and_others_change_least(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)
    await service.pin(*here.pair("Max", "Ana"), actor=ACADEMY, now=now)

    run = await here.suggest(now)

    assert here.plan(run)["Ana"] == "Max"
    assert here.plan(run)["Cleo"] == "Moe"  # whom it does not concern


async def test_what_is_ruled_out_does_not_come_back(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)
    await service.rule_out(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)

    run = await here.suggest(now)

    assert here.plan(run)["Ana"] != "Mia"
    assert run.matched == 3


async def test_a_mentee_is_pinned_to_one_mentor_only(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await service.pin(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)

    await service.pin(*here.pair("Max", "Ana"), actor=ACADEMY, now=now)

    assert [(each.mentor_name, each.kind) for each in await queries.holds(here.round)] == [("Max Mentor", "pinned")]


async def test_a_pair_is_either_pinned_or_ruled_out_whichever_came_last(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    pair = here.pair("Mia", "Ana")
    await service.pin(*pair, actor=ACADEMY, now=now)

    await service.rule_out(*pair, actor=ACADEMY, now=now)
    assert [each.kind for each in await queries.holds(here.round)] == ["ruled_out"]

    await service.pin(*pair, actor=ACADEMY, now=now)
    assert [each.kind for each in await queries.holds(here.round)] == ["pinned"]


async def test_letting_go_twice_is_as_once(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    pair = here.pair("Mia", "Ana")
    await service.pin(*pair, actor=ACADEMY, now=now)

    await service.release(*pair, actor=ACADEMY, now=now)
    await service.release(*pair, actor=ACADEMY, now=now)

    assert await queries.holds(here.round) == []


async def test_a_swap_pins_both_new_pairs(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    await service.swap(here.pair("Mia", "Ana"), here.pair("Max", "Ben"), actor=ACADEMY, now=now)

    assert here.plan(await here.suggest(now)) == {"Ana": "Max", "Ben": "Mia", "Cleo": "Moe"}


async def test_there_is_nothing_to_swap_within_one_pair(database: room.Engine, now: datetime) -> None:
    here = await three(now)

    with pytest.raises(HeldOtherwise):
        await service.swap(here.pair("Mia", "Ana"), here.pair("Mia", "Ben"), actor=ACADEMY, now=now)
    with pytest.raises(HeldOtherwise):
        await service.swap(here.pair("Mia", "Ana"), here.pair("Max", "Ana"), actor=ACADEMY, now=now)
    assert await queries.holds(here.round) == []


# ------------------------------------------------------------------- publishing
async def test_publishing_asks_each_mentor_and_begins_the_round(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)

    made = await service.publish(run.id, actor=ACADEMY, now=now)

    live = await pairings.live(here.round, now=now)
    assert sorted(each.id for each in live) == sorted(made)
    assert {each.status for each in live} == {S.PROPOSED}
    scores = {one.mentee: one.score for one in run.suggestion.pairs} if run.suggestion else {}
    assert {str(each.mentee): each.score for each in live} == scores
    assert await told(here.people["Mia"]) == ["pairing-proposal"]
    assert await told(here.people["Ana"]) == ["pairing-asked"]
    assert (await profiles.round_by_id(here.round)).status is RoundStatus.RUNNING


async def test_nobody_is_told_before(database: room.Engine, now: datetime) -> None:
    here = await three(now)

    await here.suggest(now)

    assert await told(here.people["Mia"]) == []
    assert await told(here.people["Ana"]) == []


async def test_whoever_publishes_second_is_told_so_and_nobody_is_asked_twice(
    database: room.Engine, now: datetime
) -> None:
    here = await three(now)
    run = await here.suggest(now)

    both = await asyncio.gather(
        *(service.publish(run.id, actor=ACADEMY, now=now) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in both) == ["AlreadyPublished", "list"]
    assert len(await pairings.live(here.round, now=now)) == 3
    assert await told(here.people["Mia"]) == ["pairing-proposal"]


async def test_a_suggestion_that_something_has_outrun_is_not_published(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await service.rule_out(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)

    with pytest.raises(OutOfDate, match="Something has changed"):
        await service.publish(run.id, actor=ACADEMY, now=now)

    assert await pairings.live(here.round, now=now) == []
    assert (await profiles.round_by_id(here.round)).status is RoundStatus.MATCHING


async def test_an_older_suggestion_is_not_published(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    first = await here.suggest(now)
    await here.suggest(now)

    with pytest.raises(OutOfDate, match="newer"):
        await service.publish(first.id, actor=ACADEMY, now=now)


async def test_a_run_that_is_not_done_is_not_published(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await MatchRun.update({MatchRun.state: RunState.WORKING}).where(MatchRun.id == run.id)

    with pytest.raises(NotReady):
        await service.publish(run.id, actor=ACADEMY, now=now)


async def test_no_pin_overrides_what_was_said_in_confidence(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    ana, mia = here.people["Ana"], here.people["Mia"]
    await signing.keep_apart(ana, mia, ApartKind.CONFIDENTIAL, actor=Actor(ana, "Ana"), now=now)
    await service.pin(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)
    run = await here.suggest(now)

    with pytest.raises(NeverPaired, match="they are kept apart"):
        await service.publish(run.id, actor=ACADEMY, now=now)

    assert await told(mia) == []


async def test_a_pin_may_break_another_rule_after_a_warning(database: room.Engine, now: datetime) -> None:
    here = await matched(mentors={"Mia": {"grade": 4}}, mentees={"Ana": {"grade": 4}}, now=now)
    await service.pin(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)
    run = await here.suggest(now)

    assert run.suggestion is not None
    assert [each.kind for each in run.suggestion.warnings][:1] == ["pin_breaks_rule"]
    assert len(await service.publish(run.id, actor=ACADEMY, now=now)) == 1


async def test_who_has_no_mentor_stands_so_and_comes_first_the_next_time(database: room.Engine, now: datetime) -> None:
    here = await matched(mentors={"Mia": {}}, mentees={"Ana": {}, "Ben": {}}, choices={"Ana": ["Mia"]}, now=now)
    run = await here.suggest(now)
    assert here.plan(run) == {"Ana": "Mia"}

    await service.publish(run.id, actor=ACADEMY, now=now)

    assert (await profiles.mentee(here.mentees["Ben"])).status is PoolStatus.NO_MATCH_FOUND
    await makers.a_mentor(round=here.round, name="Max", now=now)
    again = await here.suggest(now)
    assert [one.waited_before for one in again.request.pool.mentees] == [True]


async def test_who_has_a_pairing_is_left_alone_by_the_next_run(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    dee = await makers.a_mentee(round=here.round, name="Dee", now=now)
    await makers.a_mentor(round=here.round, name="Max", now=now)

    run = await here.suggest(now)

    assert [one.id for one in run.request.pool.mentees] == [str((await profiles.mentee(dee)).person)]
    assert run.matched == 1


# ------------------------------------------------------------------ following up
async def _declined(
    here: Matched, mentee: str, now: datetime, *, reason: DeclineReason = DeclineReason.NO_TIME
) -> None:
    (each,) = [one for one in await pairings.live(here.round, now=now) if one.mentee == here.people[mentee]]
    await pairing_service.decline(each.id, reason, actor=Actor(each.mentor, ""), now=now)


async def _four(now: datetime) -> Matched:
    """Three pairs are published; Noa, a mentor who fits nobody well, has a place left."""
    here = await three(now)
    await makers.a_mentor(round=here.round, name="Noa", skills=(), now=now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    return here


async def test_a_decline_goes_to_the_next_best_and_disturbs_nobody(database: room.Engine, now: datetime) -> None:
    here = await _four(now)
    before = {each.mentee: each.id for each in await pairings.live(here.round, now=now)}
    await _declined(here, "Ana", now)

    assert await service.follow_up(now) == 1

    after = {each.mentee: each for each in await pairings.live(here.round, now=now)}
    assert after[here.people["Ana"]].mentor_name == "Noa"
    assert {one: each.id for one, each in after.items() if one != here.people["Ana"]} == {
        one: id for one, id in before.items() if one != here.people["Ana"]
    }
    assert await told(here.people["Ben"]) == ["pairing-asked"]
    assert await service.follow_up(now) == 0


async def test_silence_is_followed_like_a_no(database: room.Engine, now: datetime) -> None:
    here = await _four(now)
    late = now + timedelta(days=7)
    for each in await pairings.live(here.round, now=now):
        if each.mentee != here.people["Ana"]:
            await pairing_service.accept(each.id, actor=Actor(each.mentor, ""), now=now)
    await pairing_service.expire_due(late)

    assert await service.follow_up(late) == 1


async def test_with_nobody_left_the_mentee_is_on_the_coordinators_list(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    await _declined(here, "Ana", now)

    assert await service.follow_up(now) == 0

    assert (await profiles.mentee(here.mentees["Ana"])).status is PoolStatus.NO_MATCH_FOUND
    assert await pairings.unfollowed(now) == []


async def test_who_said_no_is_not_asked_for_the_same_person_again(database: room.Engine, now: datetime) -> None:
    here = await _four(now)
    await _declined(here, "Ana", now)
    await service.follow_up(now)
    await _declined(here, "Ana", now)

    assert await service.follow_up(now) == 0  # Mia is free, but has said no
    asked = [each.mentor_name for each in await pairings.of_mentee(here.mentees["Ana"], now=now)]
    assert sorted(asked) == ["Mia Mentor", "Noa"]


@pytest.mark.parametrize(("reason", "asked"), [(DeclineReason.NO_TIME, 0), (DeclineReason.NOT_MY_FIELD, 1)])
async def test_who_has_no_time_is_not_asked_for_somebody_else_a_minute_later(
    database: room.Engine, reason: DeclineReason, asked: int, now: datetime
) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    await _declined(here, "Ana", now, reason=reason)
    await service.follow_up(now)
    await _declined(here, "Ben", now)

    assert await service.follow_up(now) == asked  # Mia, who was asked for Ana, is the only one with a place


async def test_three_mentors_are_asked_at_most(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    for name in ("Noa", "Ola", "Pat", "Quin"):
        await makers.a_mentor(round=here.round, name=name, skills=(), now=now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)

    asked = []
    for _ in range(3):
        await _declined(here, "Ana", now)
        asked.append(await service.follow_up(now))

    assert asked == [1, 1, 0]


async def test_a_place_that_is_pinned_to_somebody_else_is_not_given_away(database: room.Engine, now: datetime) -> None:
    here = await _four(now)
    dee = await makers.a_mentee(round=here.round, name="Dee", now=now)
    noa = next(each.id for each in await profiles.mentors(here.round) if each.name == "Noa")
    await service.pin(noa, dee, actor=ACADEMY, now=now)
    await _declined(here, "Ana", now)

    assert await service.follow_up(now) == 0


async def test_who_has_withdrawn_meanwhile_is_left_alone(database: room.Engine, now: datetime) -> None:
    here = await _four(now)
    await _declined(here, "Ana", now)
    await signing.withdraw_mentee(here.mentees["Ana"], actor=ACADEMY, now=now)

    assert await service.follow_up(now) == 0
    assert await pairings.unfollowed(now) == []


# ------------------------------------------------------------------ big and lost
async def test_a_large_round_is_worked_out_by_a_process_of_its_own(
    database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mentoring.runs.rules.SMALL", 0)
    here = await three(now)
    run = await here.suggest(now)
    assert (run.state, run.progress) == (RunState.WAITING, 0)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    assert await waiting.work(working.RUNS, run.id, now=now)
    counting.cancel()

    done = await queries.run(run.id)
    assert (done.state, done.progress, done.matched) == (RunState.READY, 100, 3)
    assert turns > 100  # the loop went on answering others
    assert await comes_to_the_same(done, now)


async def test_a_run_that_died_is_taken_up_when_its_lease_is_over(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    lost: dict[Any, Any] = {MatchRun.state: RunState.WORKING, MatchRun.leased_until: now + LEASE, MatchRun.result: None}
    await MatchRun.update(lost).where(MatchRun.id == run.id)

    assert await service.take_up(now) == 0
    assert await service.take_up(now + LEASE) == 1
    assert (await queries.run(run.id)).suggestion == run.suggestion


async def test_what_cannot_be_worked_out_says_so_and_another_can_be_asked_for(
    database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)

    def refuse(*_: object) -> None:
        raise NotReady("The process was ended.")

    with monkeypatch.context() as patched:
        patched.setattr(working, "answer", refuse)
        failed = await here.suggest(now)

    assert (failed.state, failed.problem) == (RunState.FAILED, "The process was ended.")
    assert (await here.suggest(now)).state is RunState.READY


async def test_already_published_comes_before_everything_else(database: room.Engine, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await service.publish(run.id, actor=ACADEMY, now=now)

    with pytest.raises(AlreadyPublished):
        await service.publish(run.id, actor=ACADEMY, now=now)
