"""Coordinators' pages of pairs: suggest, read, hold, suggest again, check and publish."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from academy.audit.service import ACADEMY, Actor
from mentoring import waiting
from mentoring.matching.criteria import Mode
from mentoring.pairings import queries as pairings
from mentoring.profiles import service as signing
from mentoring.profiles.tables import ApartKind, RoundStatus
from mentoring.runs import queries, service, working
from mentoring.runs.tables import MatchRun, RunQuestion, RunState
from tests.support import makers
from tests.support.client import heading, post, sign_in, words
from tests.support.makers import a_coordinator, a_person
from tests.support.matched import matched, three
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")
PAIRS = "/mentoring/rounds/winter/pairs"


@pytest.fixture
async def cora(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A coordinator's browser."""
    await sign_in(client, await a_coordinator())
    return client


def said(answer: httpx.Response) -> str:
    """What the page before left to be said."""
    found = re.search(r'id="said">(.*?)</p>', answer.text, re.DOTALL)
    return unescape(found[1]) if found else ""


async def press(cora: httpx.AsyncClient, verb: str, data: dict[str, str] | None = None) -> httpx.Response:
    """Press a button of the page of pairs, and look at the page that follows."""
    answer = await post(cora, f"{PAIRS}/{verb}", data or {}, page=PAIRS)
    assert answer.status_code == 303, answer.text[:2000]
    return await cora.get(answer.headers["location"].partition("#")[0])


def card(answer: httpx.Response, person: object) -> str:
    """The words on a pair's card."""
    found = re.search(rf'<article class="app-pair[^>]*id="pair-{person}".*?</article>', answer.text, re.DOTALL)
    assert found, "no such pair"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


# --------------------------------------------------------------------- the page
async def test_before_the_first_suggestion_the_page_says_what_will_happen(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    await three(now)

    answer = await cora.get(PAIRS)

    assert "Nobody is told anything before that." in answer.text
    assert 'aria-current="page">Pairs' in answer.text
    assert 'action="/mentoring/rounds/winter/pairs/suggest"' in answer.text


async def test_a_round_without_mentors_says_why_nothing_can_be_suggested(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    await matched(mentors={}, mentees={"Ana": {}}, now=now)

    answer = await cora.get(PAIRS)

    assert "This round has no mentors yet" in answer.text
    assert "pairs/suggest" not in answer.text


async def test_pairs_are_there_on_the_next_page(cora: httpx.AsyncClient, now: datetime) -> None:
    await three(now)

    answer = await press(cora, "suggest")

    assert said(answer) == "3 of 3 mentees have a mentor."
    assert "Nobody has been told yet." in answer.text
    assert answer.text.count("<article") == 3


async def test_a_pair_shows_score_words_and_points(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    told = card(await cora.get(PAIRS), here.people["Ana"])

    assert told.startswith("Ana Mentee ↔ with Mia Mentor")
    assert "38 out of 100 Strongest: offers 2 of 2 skills wanted, the first among them" in told
    assert "Skills 30 of 30 offers 2 of 2 skills wanted, the first among them" in told
    assert "Region 8 of 8 the same region (Wales)" in told
    assert "Would displace Ben Mentee." in told


async def test_the_overview_leads_to_people_who_wait(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    before = await cora.get("/mentoring/rounds/winter")
    await here.suggest(now)
    after = await cora.get("/mentoring/rounds/winter")

    assert "3 mentees wait for a mentor" in words(before)
    assert "3 mentees wait for a mentor, and pairs are suggested" in words(after)


async def test_warnings_stand_first(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await matched(
        mentors={"Mia": {"skills": ("confidence",)}, "Zoe": {"skills": ()}},
        mentees={"Ana": {"skills_wanted": ("confidence",)}, "Ben": {"region": "Wales"}},
        choices={"Ana": ["Mia"]},
        now=now,
    )
    await here.suggest(now)

    answer = await cora.get(PAIRS)

    assert "1 pair needs a look" in words(answer)
    order = [answer.text.index(f'id="pair-{here.people[name]}"') for name in ("Ben", "Ana")]
    assert order == sorted(order)
    assert "A low score" not in card(answer, here.people["Ana"])


async def test_the_page_shows_only_what_is_asked_for(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)
    await service.pin(*here.pair("Mia", "Ana"), actor=ACADEMY, now=now)

    pinned = await cora.get(f"{PAIRS}?show=pinned")
    found = await cora.get(f"{PAIRS}?q=cleo")
    odd = await cora.get(f"{PAIRS}?show=nonsense&page=99")

    assert [page.text.count("<article") for page in (pinned, found, odd)] == [1, 1, 3]


# ------------------------------------------------------------------- one click
async def test_pin_rule_out_and_let_go_take_one_press_each(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)
    ana = here.form("Mia", "Ana")

    pinned = await press(cora, "pin", ana)
    assert said(pinned) == "Ana Mentee and Mia Mentor are pinned: they stay when pairs are suggested again."
    assert "Pinned" in card(pinned, here.people["Ana"])

    out = await press(cora, "rule-out", ana)
    assert "Ruled out" in card(out, here.people["Ana"])

    free = await press(cora, "release", ana)
    assert "Ruled out" not in card(free, here.people["Ana"])
    assert await queries.holds(here.round) == []


async def test_a_press_leads_back_to_the_pair_in_the_list_from_which_it_came(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    here = await three(now)
    await here.suggest(now)

    answer = await post(cora, f"{PAIRS}/pin", {**here.form("Mia", "Ana"), "back": "show=look&page=2"}, page=PAIRS)

    assert answer.headers["location"] == f"{PAIRS}?show=look&page=2#pair-{here.people['Ana']}"


async def test_nobody_is_led_elsewhere(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    hostile = {**here.form("Mia", "Ana"), "back": "\r\nSet-Cookie: a=b//evil.example"}
    answer = await post(cora, f"{PAIRS}/pin", hostile, page=PAIRS)

    assert answer.headers["location"].startswith(("/mentoring/rounds/winter/pairs", "/"))
    assert "\n" not in answer.headers["location"]


async def test_a_swap_is_one_press_and_is_seen_after_the_next_run(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    page = await press(cora, "swap", {**here.form("Mia", "Ana"), **here.form("Max", "Ben", "other_")})
    assert "Ana Mentee is pinned to Max Mentor now." in card(page, here.people["Ana"])
    assert "Since this suggestion: 2 pairs pinned." in page.text

    again = await press(cora, "suggest")
    assert said(again) == "3 of 3 mentees have a mentor. 1 pair is as before, 2 changed."
    assert card(again, here.people["Ana"]).startswith("Ana Mentee ↔ with Max Mentor Pinned Changed")
    assert "Before: Mia Mentor." in card(again, here.people["Ana"])


async def test_people_who_are_not_in_the_round_cannot_be_held(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    other = await three(now, slug="other")
    await here.suggest(now)

    strange = {**here.form("Mia", "Ana"), "mentee": str(other.people["Ana"])}
    for data in (strange, {"mentor": "x", "mentee": "y"}, {}):
        assert (await post(cora, f"{PAIRS}/pin", data, page=PAIRS)).status_code == 404
    assert await queries.holds(here.round) == []


async def test_only_coordinators_read_pairs(client: httpx.AsyncClient, now: datetime) -> None:
    await three(now)
    await sign_in(client, await a_person())

    assert (await client.get(PAIRS)).status_code == 403


async def test_a_page_takes_the_same_number_of_queries_for_three_pairs_as_for_one(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    one = await matched(mentors={"Mia": {}}, mentees={"Ana": {}}, slug="one", now=now)
    many = await three(now, slug="many")
    for here in (one, many):
        await here.suggest(now)
        await service.pin(*next(iter(zip(here.mentors.values(), here.mentees.values(), strict=False))), actor=ACADEMY,
                          now=now)  # fmt: skip
        await here.suggest(now)

    for end in ("", "/unmatched", "/runs", "/modes", "/check", "/why-not", "/runs/1"):
        counts = []
        for here in (one, many):
            with counted() as statements:
                assert (await cora.get(f"/mentoring/rounds/{here.slug}/pairs{end}")).status_code == 200
            counts.append(len(statements))
        assert counts[0] == counts[1], end


# ---------------------------------------------------------------- why, and why not
async def test_who_has_no_mentor_reads_why_and_what_would_change_it(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await matched(mentors={"Mia": {"grade": 4}}, mentees={"Ana": {"grade": 4}, "Ben": {"grade": 2}}, now=now)
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/unmatched")

    told = card(answer, here.people["Ana"])
    assert told.startswith("Ana Mentee No mentor is allowed")
    assert "The mentor's level is not far enough above the mentee's. 1 of 1 1" in told
    assert "1 mentor would become possible if the mentor could be fewer levels above." in told


async def test_the_exact_price_of_another_mentor_and_who_would_move(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/why-not?mentee={here.people['Ana']}&mentor={here.people['Max']}")

    assert "Why not Ana Mentee with Max Mentor?" in answer.text
    told = " ".join(words(answer))
    assert "It is possible. For everybody together: It costs 2 more pairs below 10 points and 72 points in all" in told
    assert "1 other mentee would have another mentor" in told
    assert "Ben Mentee Max Mentor, 38 points Mia Mentor, 2 points" in told


async def test_all_prices_of_a_mentee_stand_on_one_page(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now, choices={"Ana": ["Max"]})
    await here.suggest(now)

    told = " ".join(words(await cora.get(f"{PAIRS}/why-not?mentee={here.people['Ana']}")))

    assert told.count("For everybody together: It costs") == 3  # the choice, and both other mentors
    assert "Would displace Ben Mentee. Swapped, Ben Mentee would have Mia Mentor" in told


async def test_a_rule_that_forbids_it_is_named_and_never_who_said_it(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    ana = here.people["Ana"]
    await signing.keep_apart(ana, here.people["Max"], ApartKind.CONFIDENTIAL, actor=Actor(ana, "Ana"), now=now)
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/why-not?mentee={ana}&mentor={here.people['Max']}")

    assert "They are kept apart." in words(answer)
    assert "No coordinator can override it." in words(answer)
    assert 'action="/mentoring/rounds/winter/pairs/pin"' not in answer.text


async def test_what_became_of_each_choice(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now, choices={"Ana": ["Max", "Mia"]})
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/why-not?mentee={here.people['Ana']}")

    told = " ".join(words(answer))
    assert "What became of the choices of Ana Mentee" in told
    assert "2. Mia Mentor : Granted." in told


async def test_asking_about_nobody_shows_the_question(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    empty = await cora.get(f"{PAIRS}/why-not")
    await here.suggest(now)
    strange = await cora.get(f"{PAIRS}/why-not?mentee=x&mentor=%00")

    assert "No suggestion yet" in empty.text
    assert strange.status_code == 200
    assert "Ask about two people" in strange.text


# ------------------------------------------------------------ runs, modes, progress
async def test_every_run_is_listed_with_who_when_and_what_came_out(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now, seed=7)
    await here.suggest(now, mode=Mode.STABLE)

    answer = await cora.get(f"{PAIRS}/runs")

    told = words(answer)
    assert told.index("Suggestion 2") < told.index("Suggestion 1")
    assert "Nobody would rather swap" in told
    assert (await queries.by_number(here.round, 1)).inputs_hash[:8] in told


async def test_run_again_says_that_it_is_the_same(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    answer = await press(cora, "runs/1/again")

    assert said(answer) == "Suggestion 1, worked out once more: the same 3 pairs with the same points."


async def test_run_again_says_when_it_is_not(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    run = await here.suggest(now)
    (row,) = await MatchRun.select(MatchRun.result).where(MatchRun.id == run.id)
    other: dict[Any, Any] = {MatchRun.result: row["result"].replace('"score":38', '"score":39')}
    await MatchRun.update(other).where(MatchRun.id == run.id)

    told = "Suggestion 1, worked out once more: another result in this version of the product. What was kept stays."
    assert said(await press(cora, "runs/1/again")) == told


async def test_an_earlier_suggestion_can_be_read_but_not_changed(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/runs/1")

    assert "It was not published." in answer.text
    assert f"{PAIRS}/pin" not in answer.text
    assert (await cora.get(f"{PAIRS}/runs/99")).status_code == 404
    assert (await cora.get(f"{PAIRS}/runs/{2**70}")).status_code == 404


async def test_each_way_has_its_price_and_can_be_used(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/modes")
    told = words(answer)
    assert [each for each in told if each in ("This suggestion", "The same")] == ["This suggestion", *["The same"] * 3]

    await press(cora, "suggest", {"mode": "stable"})
    latest = await queries.latest(here.round)
    assert latest is not None
    assert latest.mode == "stable"


async def test_a_large_round_shows_how_far_it_is(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    monkeypatch.setattr("mentoring.runs.rules.SMALL", 0)
    started: list[UUID] = []
    monkeypatch.setattr(service, "start", started.append)

    answer = await press(cora, "suggest")

    assert "Suggestion 1 is being worked out: 0 per cent." in answer.text
    assert 'role="status" tabindex="-1" data-poll="2"' in answer.text
    assert "Look again" in words(answer)
    latest = await queries.latest(here.round)
    assert latest is not None
    assert started == [latest.id]
    await waiting.work(working.RUNS, latest.id, now=now)
    assert (await cora.get(PAIRS)).text.count("<article") == 3


async def test_the_ways_of_a_large_round_are_worked_out_when_asked(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    await here.suggest(now)
    begun = large(monkeypatch)
    assert "Work it out" in words(await cora.get(f"{PAIRS}/modes"))

    page = await press(cora, "modes")
    assert "The four ways are being worked out: 0 per cent." in page.text
    await waiting.work(working.QUESTIONS, begun[0], now=now)

    assert "This suggestion" in words(await cora.get(f"{PAIRS}/modes"))
    assert "Work it out" not in words(await cora.get(f"{PAIRS}/modes"))


async def test_the_exact_price_of_a_pair_in_a_large_round_is_worked_out_when_asked_and_stays(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    await here.suggest(now)
    two = here.form("Max", "Ana")
    address = f"{PAIRS}/why-not?mentee={two['mentee']}&mentor={two['mentor']}"
    small = words(await cora.get(address))
    begun = large(monkeypatch)
    before = await cora.get(address)
    assert "No rule forbids it." in words(before) and "Work it out" in words(before)

    pressed = await post(cora, f"{PAIRS}/why-not", two, page=PAIRS)
    assert pressed.headers["location"] == address
    meanwhile = await cora.get(address)
    assert "What this pair would cost everybody is being worked out: 0 per cent." in meanwhile.text
    assert "Look again" in words(meanwhile)
    await waiting.work(working.QUESTIONS, begun[0], now=now)

    assert words(await cora.get(address)) == small
    await post(cora, f"{PAIRS}/why-not", two, page=PAIRS)
    assert len(begun) == 1  # it is there, and nothing is worked out again


async def test_a_rule_that_no_coordinator_may_override_needs_no_price(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    ana, max_ = here.people["Ana"], here.people["Max"]
    await signing.keep_apart(ana, max_, ApartKind.CONFIDENTIAL, actor=Actor(ana, "Ana"), now=now)
    await here.suggest(now)
    large(monkeypatch)

    told = words(await cora.get(f"{PAIRS}/why-not?mentee={ana}&mentor={max_}"))

    assert "They are kept apart." in told
    assert "No coordinator can override it." in told
    assert "Work it out" not in told


async def test_a_price_that_could_not_be_worked_out_says_why_and_can_be_asked_again(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    run = await here.suggest(now)
    two = here.form("Max", "Ana")
    begun = large(monkeypatch)
    await post(cora, f"{PAIRS}/why-not", two, page=PAIRS)
    await RunQuestion.update({RunQuestion.state: "failed", RunQuestion.problem: "It was stopped."}).where(
        RunQuestion.run == run.id
    )

    answer = await cora.get(f"{PAIRS}/why-not?mentee={two['mentee']}&mentor={two['mentor']}")
    await post(cora, f"{PAIRS}/why-not", two, page=PAIRS)

    assert "It was stopped." in answer.text and "Work it out" in words(answer)
    assert len(begun) == 2


@pytest.mark.parametrize("two", [{}, {"mentor": "x", "mentee": "y"}, {"mentor": "x"}])
async def test_a_price_is_asked_of_people_who_are_there(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch, two: dict[str, str]
) -> None:
    await (await three(now)).suggest(now)
    large(monkeypatch)

    assert (await post(cora, f"{PAIRS}/why-not", two, page=PAIRS)).status_code == 404
    assert await RunQuestion.count() == 0


async def test_run_again_of_a_large_round_says_how_far_it_is_and_then_what_came_out(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await three(now)).suggest(now)
    begun = large(monkeypatch)

    meanwhile = await press(cora, "runs/1/again")
    assert "Suggestion 1 is being worked out once more: 0 per cent." in meanwhile.text
    await press(cora, "runs/1/again")
    assert begun == [begun[0]] * 2  # pressed twice, asked once
    await waiting.work(working.QUESTIONS, begun[0], now=now)

    told = (await cora.get(f"{PAIRS}/runs")).text
    assert "the same 3 pairs with the same points." in told and "data-poll" not in told
    assert "is being worked out once more" in (await press(cora, "runs/1/again")).text  # a proof can be asked for anew


def large(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """As if the round were large; the ids of what is begun in the background."""
    monkeypatch.setattr("mentoring.runs.rules.SMALL", 0)
    begun: list[UUID] = []
    monkeypatch.setattr(waiting, "start", lambda _, row: begun.append(row))
    return begun


async def test_a_run_that_failed_says_so_and_another_can_be_asked_for(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await MatchRun.update({MatchRun.state: RunState.FAILED, MatchRun.problem: "It was stopped."}).where(
        MatchRun.id == run.id
    )

    answer = await cora.get(PAIRS)

    assert "It was stopped." in answer.text
    assert "pairs/suggest" in answer.text


# ------------------------------------------------------------------ check, publish
async def test_before_publishing_both_mails_are_read_for_a_real_pair(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await here.suggest(now)

    answer = await cora.get(f"{PAIRS}/check")

    told = words(answer)
    assert heading(answer) == "Check and publish"
    assert told[told.index("Mentors are asked") + 1] == "3"
    assert "To the mentor, such as Mia Mentor" in told
    assert "Would you be a mentor for Ana Mentee?" in told
    assert "To the mentee, such as Ana Mentee" in told
    assert "We have asked a mentor for you" in told
    assert "/p/a-link-of-their-own" in answer.text
    assert await pairings.live(here.round, now=now) == []


async def test_publishing_takes_two_steps_and_leads_back_to_the_pairs(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    run = await here.suggest(now)

    answer = await press(cora, "publish", {"run": str(run.id)})

    assert said(answer) == "Published: 3 mentors are asked about 3 mentees by email."
    assert "Published by" in answer.text
    assert f"{PAIRS}/pin" not in answer.text
    assert len(await pairings.live(here.round, now=now)) == 3


async def test_very_many_pairs_are_published_in_the_background(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    run = await here.suggest(now)
    begun = large(monkeypatch)
    monkeypatch.setattr("mentoring.runs.rules.MANY", 2)

    meanwhile = await press(cora, "publish", {"run": str(run.id)})
    await press(cora, "publish", {"run": str(run.id)})
    assert "The mentors of these pairs are being asked, all together or none." in meanwhile.text
    assert 'data-poll="2"' in meanwhile.text and "Look again" in words(meanwhile)
    assert await pairings.live(here.round, now=now) == []
    for each in begun:
        await waiting.work(working.QUESTIONS, each, now=now)

    assert "These pairs have been published already." in said(await cora.get(f"{PAIRS}/check"))
    assert len(await pairings.live(here.round, now=now)) == 3
    (published,) = await queries.runs_of(here.round)
    assert published.published_by == "Cora Coordinator"


async def test_what_something_has_outrun_meanwhile_is_not_published_in_the_background_either(
    cora: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await three(now)
    run = await here.suggest(now)
    begun = large(monkeypatch)
    monkeypatch.setattr("mentoring.runs.rules.MANY", 2)
    await press(cora, "publish", {"run": str(run.id)})
    await makers.a_mentee(round=here.round, name="Dee", now=now)

    await waiting.work(working.QUESTIONS, begun[0], now=now)

    assert "Something has changed since this suggestion" in said(await cora.get(f"{PAIRS}/check"))
    assert await pairings.live(here.round, now=now) == []


async def test_the_second_coordinator_gets_409_and_sees_what_was_published(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    here = await three(now)
    run = await here.suggest(now)
    await service.publish(run.id, actor=Actor(await a_coordinator(name="Dan"), "Dan"), now=now)

    answer = await post(cora, f"{PAIRS}/publish", {"run": str(run.id)}, page=PAIRS)

    assert answer.status_code == 409
    assert "These pairs have been published already." in said(answer)
    assert "Published by Dan on 1 June 2026, 10am: 3 pairs." in words(answer)
    assert len(await pairings.live(here.round, now=now)) == 3


async def test_what_something_has_outrun_says_so_on_the_page_that_checks(
    cora: httpx.AsyncClient, now: datetime
) -> None:
    here = await three(now)
    await here.suggest(now)
    await makers.a_mentee(round=here.round, name="Dee", now=now)

    answer = await cora.get(f"{PAIRS}/check")

    assert "Something has changed since this suggestion" in said(answer)
    assert f"{PAIRS}/publish" not in answer.text


async def test_a_run_of_another_round_cannot_be_published_from_here(cora: httpx.AsyncClient, now: datetime) -> None:
    await three(now)
    other = await three(now, slug="other")
    run = await other.suggest(now)

    for given in (str(run.id), "nonsense", ""):
        assert (await post(cora, f"{PAIRS}/publish", {"run": given}, page=PAIRS)).status_code == 404


async def test_after_publishing_those_who_wait_can_be_paired(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)
    dee = await makers.a_mentee(round=here.round, name="Dee", now=now)
    await makers.a_mentor(round=here.round, name="Noa", now=now)

    answer = await press(cora, "suggest")

    assert answer.text.count("<article") == 1
    assert "Dee" in words(answer)
    assert dee


async def test_with_nobody_waiting_nothing_is_suggested(cora: httpx.AsyncClient, now: datetime) -> None:
    here = await three(now)
    await service.publish((await here.suggest(now)).id, actor=ACADEMY, now=now)

    answer = await post(cora, f"{PAIRS}/suggest", page=PAIRS)

    assert answer.status_code == 409
    assert "Nobody in this round waits for a mentor." in answer.text


async def test_a_draft_has_nothing_to_suggest(cora: httpx.AsyncClient, now: datetime) -> None:
    await makers.a_round(slug="winter", status=RoundStatus.DRAFT, now=now)

    for end in ("", "/unmatched", "/runs", "/modes", "/check", "/why-not"):
        assert (await cora.get(f"{PAIRS}{end}")).status_code == 200, end
