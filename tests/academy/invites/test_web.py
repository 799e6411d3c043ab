"""Personal feeds, single events and answers."""

from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar

from academy import database as room
from academy.accounts import service as accounts
from academy.invites import queries, service
from academy.invites.tables import Reply
from tests.conftest import Clock
from tests.support.client import post, sign_in
from tests.support.makers import a_person


async def an_event(now: datetime, *people: UUID, title: str = "Day one", place: str = "County Hall") -> UUID:
    event = await service.create_event(
        title=title,
        starts_at=now + timedelta(days=20),
        ends_at=now + timedelta(days=20, hours=6),
        place=place,
        now=now,
        context={"cohort": "Top Talent"},
    )
    await service.invite(event, people, now=now)
    return event


def events_in(answer: httpx.Response) -> list[tuple[str, int, str]]:
    calendar = Calendar.from_ical(answer.content)
    return [(str(e["SUMMARY"]), e["SEQUENCE"], str(e["STATUS"])) for e in calendar.walk("VEVENT")]


@pytest.fixture
async def ana(database: room.Engine, now: datetime) -> UUID:
    return await a_person(name="Ana Petrova", address="ana@council.example", now=now)


async def test_a_feed_holds_only_its_owners_events_and_names_nobody(
    client: httpx.AsyncClient, clock: Clock, ana: UUID, now: datetime
) -> None:
    ben = await a_person(name="Ben Okafor", address="ben@council.example", now=now)
    event = await an_event(now, ana, ben)
    await an_event(now, ben, title="Only Ben")
    secret = await accounts.create_feed_token(ana, now=now)

    answer = await client.get(f"/feeds/{secret}.ics")

    assert answer.status_code == 200
    assert events_in(answer) == [("Day one", 0, "CONFIRMED")]
    assert (await queries.event(event))["uid"].encode() in answer.content
    assert b"ATTENDEE" not in answer.content
    assert b"ben" not in answer.content.lower()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=900"
    assert "set-cookie" not in answer.headers


async def test_a_feed_that_did_not_change_is_not_sent_again(
    client: httpx.AsyncClient, clock: Clock, ana: UUID, now: datetime
) -> None:
    event = await an_event(now, ana)
    secret = await accounts.create_feed_token(ana, now=now)
    path = f"/feeds/{secret}.ics"
    first = await client.get(path)

    by_etag = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    by_date = await client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    both = await client.get(
        path, headers={"If-None-Match": '"another"', "If-Modified-Since": first.headers["last-modified"]}
    )
    nonsense = await client.get(path, headers={"If-Modified-Since": "yesterday"})
    await service.withdraw(event, ana, now=clock.advance(minutes=1))
    gone = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    gone_by_date = await client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})

    assert not first.headers["etag"].startswith("W/")
    assert (by_etag.status_code, by_etag.content, by_etag.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (by_date.status_code, by_date.content) == (304, b"")
    assert (both.status_code, nonsense.status_code) == (200, 200)
    assert (gone.status_code, events_in(gone)) == (200, [])
    assert gone_by_date.status_code == 200
    assert (await client.get(path)).headers["etag"] == gone.headers["etag"]


async def test_a_secret_that_is_unknown_or_withdrawn_looks_like_no_page(
    client: httpx.AsyncClient, clock: Clock, ana: UUID, now: datetime
) -> None:
    secret = await accounts.create_feed_token(ana, now=now)
    new = await accounts.create_feed_token(ana, now=now)
    missing = await client.get("/nothing-here")

    for path in (f"/feeds/{secret}.ics", f"/feeds/{'x' * 43}.ics", "/feeds/x.ics", f"/feeds/{new}", "/feeds/%00.ics"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, missing.headers["content-type"])
    assert (await client.get(f"/feeds/{new}.ics")).status_code == 200


async def test_cancelled_events_stay_in_the_feed_for_thirty_days(
    client: httpx.AsyncClient, clock: Clock, ana: UUID, now: datetime
) -> None:
    event = await an_event(now, ana)
    secret = await accounts.create_feed_token(ana, now=now)
    await service.cancel_event(event, reason="", now=now)

    soon = await client.get(f"/feeds/{secret}.ics")
    clock.advance(days=30)
    late = await client.get(f"/feeds/{secret}.ics")

    assert events_in(soon) == [("Day one", 1, "CANCELLED")]
    assert events_in(late) == []


async def test_a_single_event_is_a_file_for_its_owner_alone(
    client: httpx.AsyncClient, clock: Clock, ana: UUID, now: datetime
) -> None:
    event = await an_event(now, ana)
    other = await an_event(now, await a_person(now=now), title="Another's")
    anonymous = await client.get(f"/events/{event}/event.ics")
    await sign_in(client, ana)

    mine = await client.get(f"/events/{event}/event.ics")
    theirs = await client.get(f"/events/{other}/event.ics")
    missing = await client.get(f"/events/{UUID(int=7)}/event.ics")

    assert anonymous.status_code == 303
    assert mine.headers["content-type"] == "text/calendar; charset=utf-8"
    assert events_in(mine) == [("Day one", 0, "CONFIRMED")]
    assert (theirs.status_code, missing.status_code) == (404, 404)


async def test_an_answer_is_kept_for_those_who_are_invited(
    client: httpx.AsyncClient, clock: Clock, ana: UUID, now: datetime
) -> None:
    event = await an_event(now, ana)
    other = await an_event(now, await a_person(now=now))
    await sign_in(client, ana)

    yes = await post(client, f"/events/{event}/reply", {"reply": "accepted", "note": "By train"}, page="/account")
    odd = await post(client, f"/events/{event}/reply", {"reply": "needs_action"}, page="/account")
    foreign = await post(client, f"/events/{other}/reply", {"reply": "accepted"}, page="/account")

    (answer,) = (await queries.replies([event]))[event]
    assert (yes.status_code, odd.status_code, foreign.status_code) == (303, 422, 404)
    assert (answer.reply, answer.note, answer.replied_at) == (Reply.ACCEPTED, "By train", clock.now)
