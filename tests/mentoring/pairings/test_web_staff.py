"""Coordinators see how pairs are, never what they write; reasons are theirs to read."""

from datetime import datetime, timedelta

import httpx
import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from mentoring.pairings import queries, service, standing
from mentoring.pairings.forms import Evaluation
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles.tables import RoundStatus
from tests.conftest import Clock
from tests.support import makers
from tests.support.client import post, sign_in
from tests.support.paired import Two, two
from tests.support.queries import counted

NOTE, GOAL = "I was nervous, and it showed", "Stand up to the chief executive"


async def office(client: httpx.AsyncClient, pair: Two) -> str:
    """Sign a coordinator in; returns the address of the round's pairings."""
    await sign_in(client, await makers.a_coordinator())
    return f"/mentoring/rounds/{(await profiles.round_by_id(pair.round)).slug}/pairings"


async def test_the_list_shows_health_and_finds(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(now=now)
    clock.advance(days=21)
    await service.nudge_due(now + timedelta(days=14))
    await service.nudge_due(clock.now)
    base = await office(client, pair)

    everything = (await client.get(base)).text
    assert "Mo Mentee" in everything and "Silent" in everything
    assert "Mo Mentee" in (await client.get(f"{base}?view=attention")).text
    assert "Nothing found" in (await client.get(f"{base}?view=fine")).text
    assert "Nothing found" in (await client.get(f"{base}?q=nobody-has-this-name")).text
    overview = (await client.get(base.removesuffix("/pairings"))).text
    assert "1 pair is silent" in overview


async def test_a_reason_of_declining_is_shown_in_words(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    await service.decline(pair.id, DeclineReason.NO_TIME, note="A new job", actor=pair.as_mentor, now=now)
    base = await office(client, pair)

    assert "I have no time at the moment: A new job" in (await client.get(f"{base}?view=refused")).text
    assert "I have no time at the moment: A new job" in (await client.get(f"{base}/{pair.id}")).text


@pytest.mark.parametrize("path", ["", "?view=all", "?view=all&export=csv", "/{id}"])
async def test_notes_and_goals_are_on_no_page_and_in_no_export_of_coordinators(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime, path: str
) -> None:
    pair = await two(now=now)
    await service.write_note(pair.id, NOTE, author=pair.mentee, now=now)
    await service.add_goal(pair.id, GOAL, by=pair.mentee, now=now)
    base = await office(client, pair)

    seen = (await client.get(base + path.replace("{id}", str(pair.id)))).text

    assert "Mo Mentee" in seen
    assert NOTE not in seen
    assert GOAL not in seen


async def test_the_control_finds_words_that_are_exported(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = await two(now=now)
    base = await office(client, pair)
    leak = standing.Column("note", "Note", lambda row: NOTE)

    monkeypatch.setattr("mentoring.pairings.web_staff.COLUMNS", [*standing.COLUMNS, leak])

    assert NOTE in (await client.get(f"{base}?export=csv")).text


async def test_one_pairing_has_its_history_meetings_and_what_both_said(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(now=now)
    await service.log_meeting(pair.id, day=now.date(), minutes=50, by=pair.mentor, actor=pair.as_mentor, now=now)
    await service.complete(pair.id, actor=pair.as_mentor, now=now)
    said = Evaluation(overall=4, goals_reached=2, helped="Plain words", better="", again=False)
    await service.evaluate(pair.id, said, person=pair.mentee, actor=pair.as_mentee, now=now)
    base = await office(client, pair)

    seen = (await client.get(f"{base}/{pair.id}")).text

    for words in ("Took place", "50", "Plain words", "4 of 5", "Mia Mentor (mentor)", "Waiting for the mentor"):
        assert words in seen


async def test_a_pairing_is_found_under_its_own_round_only(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair, other = await two(now=now), await two(now=now)
    base = await office(client, pair)

    assert (await client.get(f"{base}/{pair.id}")).status_code == 200
    assert (await client.get(f"{base}/{other.id}")).status_code == 404


async def test_a_coordinator_ends_a_pairing_and_the_mentee_comes_first(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(now=now)
    at = f"{await office(client, pair)}/{pair.id}"

    await post(client, f"{at}/end", {"reason": "The mentor has left"}, page=f"{at}/end")

    after = await pair.view(now)
    assert (after.status, after.end_reason, after.let_down) == (
        PairingStatus.ENDED_EARLY,
        "The mentor has left",
        "mentee",
    )


async def test_a_coordinator_pairs_by_hand_either_way(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    here = await makers.a_round(status=RoundStatus.RUNNING, starts_on=now.date(), now=now)
    mentor = await makers.a_mentor(round=here, capacity=2, now=now)
    first, second = [await makers.a_mentee(round=here, now=now) for _ in range(2)]
    await sign_in(client, await makers.a_coordinator())
    new = f"/mentoring/rounds/{(await profiles.round_by_id(here)).slug}/pairings/new"

    for mentee, how in ((first, "ask"), (second, "pair")):
        await post(client, new, {"mentee": str(mentee), "mentor": str(mentor), "how": how}, page=new)

    stands = {each.mentee_profile: each.status for each in await queries.of_round(here, now=now)}
    assert stands == {first: PairingStatus.PROPOSED, second: PairingStatus.ACTIVE}


async def test_who_is_full_cannot_be_asked_by_hand(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(now=now)
    waiting = await makers.a_mentee(round=pair.round, now=now)
    new = f"{await office(client, pair)}/new"

    answer = await post(
        client, new, {"mentee": str(waiting), "mentor": str(pair.mentor_profile), "how": "ask"}, page=new
    )

    assert answer.status_code == 409
    assert "This mentor has 1 place, and it is taken." in answer.text


async def test_a_proposal_is_taken_back(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    at = f"{await office(client, pair)}/{pair.id}"

    await post(client, f"{at}/take-back", {}, page=at)

    assert (await pair.view(now)).status is PairingStatus.EXPIRED


async def test_the_list_asks_as_many_queries_for_one_pair_as_for_three(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(now=now)
    base = await office(client, pair)
    with counted() as one:
        await client.get(base)
    for _ in range(2):
        await two(round=pair.round, now=now)
    with counted() as three:
        await client.get(base)

    assert len(one) == len(three)


async def test_complete_by_a_coordinator(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(now=now)
    at = f"{await office(client, pair)}/{pair.id}"

    await post(client, f"{at}/complete", {}, page=f"{at}/end")
    await service.complete(pair.id, actor=ACADEMY, now=now)

    assert (await pair.view(now)).status is PairingStatus.COMPLETED
