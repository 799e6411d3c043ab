"""A mentor answers by the link in the mail, signed in or not; opening the link changes nothing."""

from datetime import datetime, timedelta

import httpx
import msgspec

from academy import database as room
from academy.outbox.tables import Message
from mentoring.pairings import letters
from mentoring.pairings.tables import PairingStatus
from tests.conftest import Clock
from tests.support.client import post, sign_in
from tests.support.paired import two
from tests.support.queries import counted


async def test_the_link_in_the_mail_shows_who_and_why_and_no_address(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    rows = await Message.select(Message.context).where(Message.key == f"pairing-proposal:{pair.id}")
    path = msgspec.json.decode(rows[0]["context"])["answer_path"]

    answer = await client.get(path)

    assert path == letters.answer_path(pair.id)
    assert answer.status_code == 200
    assert "Would you be a mentor for Mo Mentee?" in answer.text
    assert "You offer what they want to work on: " in answer.text
    assert (await pair.view(now)).mentee_address not in answer.text
    assert (await pair.view(now)).status is PairingStatus.PROPOSED


async def test_one_press_says_yes(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    path = letters.answer_path(pair.id)

    answer = await post(client, f"{path}/accept", {}, page=path)

    assert answer.headers["location"] == path
    assert (await pair.view(now)).status is PairingStatus.ACTIVE
    assert "You said yes" in (await client.get(path)).text


async def test_one_press_says_no_and_a_reason_is_optional(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    path = letters.answer_path(pair.id)

    await post(client, f"{path}/decline", {}, page=path)

    stands = await pair.view(now)
    assert (stands.status, stands.decline_reason) == (PairingStatus.DECLINED, "other")
    assert "You said no" in (await client.get(path)).text


async def test_a_reason_is_kept_with_what_was_added(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    path = letters.answer_path(pair.id)

    await post(client, f"{path}/decline", {"reason": "not_my_field", "note": "I work in finance"}, page=path)

    stands = await pair.view(now)
    assert (stands.decline_reason, stands.decline_note) == ("not_my_field", "I work in finance")


async def test_an_answer_that_comes_too_late_is_told_so(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    path = letters.answer_path(pair.id)
    clock.advance(days=6, hours=23)
    other = await client.get(path)
    clock.advance(hours=1)

    assert "Please answer by" in other.text
    assert "Nothing to answer any more" in (await client.get(path)).text


async def test_a_link_that_we_did_not_make_leads_nowhere(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)

    assert (await client.get(f"/p/{letters.links.sign('something-else', pair.id)}")).status_code == 404


async def test_the_mentor_answers_signed_in_and_nobody_else_finds_the_page(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    path = f"/mentoring/proposals/{pair.id}"

    await sign_in(client, pair.mentee)
    assert (await client.get(path)).status_code == 404
    await sign_in(client, pair.mentor)
    assert (await client.get(path)).status_code == 200
    await post(client, f"{path}/accept", {}, page=path)

    assert (await pair.view(now)).status is PairingStatus.ACTIVE


async def test_the_page_asks_as_many_queries_with_one_pair_as_with_three(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now, capacity=3)
    path = letters.answer_path(pair.id)
    with counted() as one:
        await client.get(path)
    for _ in range(2):
        await two(round=pair.round, mentor=pair.mentor_profile, accepted=False, now=now + timedelta(seconds=1))
    with counted() as three:
        await client.get(path)

    assert len(one) == len(three)
