"""What somebody's pairings put on /mentoring and on Home."""

from datetime import datetime, timedelta

import httpx

from academy import database as room
from academy.audit.service import ACADEMY
from mentoring.pairings import service
from mentoring.pairings.mine import cards
from mentoring.pairings.tables import DeclineReason
from tests.conftest import Clock
from tests.support.client import sign_in
from tests.support.paired import two
from tests.support.queries import counted


async def test_a_mentor_who_is_asked_has_a_button_and_the_mentee_waits_without_a_name(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)

    [asked] = await cards(pair.mentor, now)
    [waits] = await cards(pair.mentee, now)

    assert (asked.title, asked.action, asked.href) == (
        "Would you be a mentor for Mo Mentee?",
        "Say yes or no",
        f"/mentoring/proposals/{pair.id}",
    )
    assert waits.text == "We have found somebody and asked them. You hear from us by 10am on Monday 8 June."
    assert "Mia" not in f"{waits.title} {waits.text}"


async def test_who_has_not_planned_a_meeting_is_asked_to(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)

    for person, title in ((pair.mentor, "Your mentee: Mo Mentee"), (pair.mentee, "Your mentor: Mia Mentor")):
        [card] = await cards(person, now)
        assert (card.title, card.text, card.action) == (
            title,
            "No meeting is planned yet.",
            "Offer a first meeting",
        )


async def test_the_next_meeting_stands_on_the_card(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.offer_meeting(
        pair.id, starts_at=now + timedelta(days=2), minutes=60, by=pair.mentee, actor=pair.as_mentee, now=now
    )

    [card] = await cards(pair.mentor, now)

    assert (card.text, card.action) == ("Next meeting: Wednesday 3 June, 10am.", "")


async def test_a_week_before_a_rhythm_is_over_the_next_meeting_becomes_a_task(
    database: room.Engine, now: datetime
) -> None:
    pair = await two(now=now)
    await service.log_meeting(pair.id, day=now.date(), minutes=60, by=pair.mentor, actor=pair.as_mentor, now=now)

    [early] = await cards(pair.mentee, now + timedelta(days=20))
    [soon] = await cards(pair.mentee, now + timedelta(days=21))

    assert (early.text, early.action, soon.action) == ("You last met on 1 June 2026.", "", "Offer a meeting")


async def test_after_the_end_each_is_asked_how_it_was_for_sixty_days(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now)
    await service.complete(pair.id, actor=ACADEMY, now=now)

    [card] = await cards(pair.mentee, now + timedelta(days=60))
    [later] = await cards(pair.mentee, now + timedelta(days=61))

    assert (card.action, later.action) == ("Tell us how it was", "")


async def test_who_declined_sees_no_card(database: room.Engine, now: datetime) -> None:
    pair = await two(accepted=False, now=now)
    await service.decline(pair.id, DeclineReason.OTHER, actor=pair.as_mentor, now=now)

    assert await cards(pair.mentor, now) == []


async def test_home_and_the_front_page_show_what_is_to_be_done(
    database: room.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    pair = await two(accepted=False, now=now)
    await sign_in(client, pair.mentor)

    for path in ("/home", "/mentoring"):
        seen = (await client.get(path)).text
        assert "Would you be a mentor for Mo Mentee?" in seen
        assert f"/mentoring/proposals/{pair.id}" in seen


async def test_the_cards_need_as_many_queries_for_one_pair_as_for_three(database: room.Engine, now: datetime) -> None:
    pair = await two(now=now, capacity=3)
    with counted() as one:
        await cards(pair.mentor, now)
    for _ in range(2):
        await two(round=pair.round, mentor=pair.mentor_profile, now=now)
    with counted() as three:
        await cards(pair.mentor, now)

    assert (len(one), len(three)) == (2, 2)
