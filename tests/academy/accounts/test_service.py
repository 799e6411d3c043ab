import asyncio
from datetime import datetime, timedelta

import pytest

from academy import database as room
from academy.accounts import jobs, queries, rules, service, sessions
from academy.accounts.tables import ApiToken, FeedToken, Role, SignInLink, WebSession
from academy.accounts.tokens import hash_of
from academy.audit.queries import entries_of_person
from academy.audit.service import ACADEMY, Actor
from academy.errors import NotAllowed, NotFound
from academy.outbox.tables import Message
from academy.people.queries import details
from academy.people.service import add_address
from tests.academy.accounts.conftest import link_in_mail, mails
from tests.support.makers import a_coordinator, a_person

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


async def token_for(address: str, now: datetime, *, next_path: str = "/") -> str:
    await service.send_sign_in_link(address, next_path, now)
    return (await link_in_mail("sign-in-link")).removeprefix("/sign-in/")


async def test_a_link_is_mailed_to_the_address_it_was_asked_for(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@old.example", now=now)
    await add_address(person, address="ana@new.example", now=now, primary=True)

    await service.send_sign_in_link("ANA@old.example", "/home", now)

    (mail,) = await mails("sign-in-link")
    assert (mail["to"], mail["person"], mail["minutes"]) == ("ana@old.example", person, 10)
    (message,) = await Message.select()
    assert message["deadline_at"] == now + timedelta(minutes=10)


@pytest.mark.parametrize("address", ["nobody@council.example", "no address", "", "a\0@b.uk", "x" * 1_000_000])
async def test_an_address_nobody_has_gets_no_mail(database: room.Engine, now: datetime, address: str) -> None:
    await service.send_sign_in_link(address, "/", now)

    assert (await Message.count(), await SignInLink.count()) == (0, 0)


async def test_a_link_signs_in_once_and_shows_where_to_go(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@council.example", now=now)
    token = await token_for("ana@council.example", now, next_path="/account")

    made = await service.consume_link(token, FIREFOX, now + timedelta(minutes=9, seconds=59))

    assert (made.person, made.next_path) == (person, "/account")
    visitor = await sessions.by_cookie(made.token, now=now)
    assert visitor is not None
    assert (visitor.person, visitor.name, visitor.coordinator, visitor.facilitator) == (
        str(person), "Ana Example", False, False,
    )  # fmt: skip
    assert [each.browser for each in await queries.browsers(person, coordinator=False, now=now)] == [
        "Firefox on Windows"
    ]
    with pytest.raises(rules.LinkUsed):
        await service.consume_link(token, FIREFOX, now)


async def test_control_without_single_use_a_link_signs_in_twice(
    database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_person(address="ana@council.example", now=now)
    token = await token_for("ana@council.example", now)
    sql = service._USE_LINK._sql.replace("AND used_at IS NULL", "")
    monkeypatch.setattr(service, "_USE_LINK", room.compiled_sql(sql, types=dict.fromkeys(["person", "sent_to"], str)))

    for _ in range(2):
        await service.consume_link(token, FIREFOX, now)

    assert await WebSession.count() == 2


async def test_a_link_ends_after_ten_minutes(database: room.Engine, now: datetime) -> None:
    await a_person(address="ana@council.example", now=now)
    token = await token_for("ana@council.example", now)
    assert await service.whose_link(token, now=now) == "ana@council.example"

    with pytest.raises(rules.LinkUsed):
        await service.consume_link(token, FIREFOX, now + timedelta(minutes=10))

    assert await service.whose_link(token, now=now + timedelta(minutes=10)) is None


@pytest.mark.parametrize("token", ["", "x" * 43, "\ud800" * 43, "a\0" + "b" * 41, "x" * 1_000_000])
async def test_a_link_that_never_was_looks_like_a_used_one(database: room.Engine, now: datetime, token: str) -> None:
    with pytest.raises(rules.LinkUsed):
        await service.consume_link(token, FIREFOX, now)

    assert await service.whose_link(token, now=now) is None


async def test_of_ten_at_one_instant_one_wins(database: room.Engine, now: datetime) -> None:
    await a_person(address="ana@council.example", now=now)
    token = await token_for("ana@council.example", now)

    done = await asyncio.gather(*(service.consume_link(token, FIREFOX, now) for _ in range(10)), return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["LinkUsed"] * 9 + ["SessionMade"]
    assert await WebSession.count() == 1


async def test_signing_in_ends_the_other_links_and_shows_that_the_address_is_read(
    database: room.Engine, now: datetime
) -> None:
    person = await a_person(address="ana@council.example", now=now)
    await add_address(person, address="ana@new.example", now=now)
    first = await token_for("ana@council.example", now)
    second = await token_for("ana@new.example", now)

    await service.consume_link(second, FIREFOX, now)

    with pytest.raises(rules.LinkUsed):
        await service.consume_link(first, FIREFOX, now)
    assert [(each.address, each.verified_at) for each in (await details(person)).addresses] == [
        ("ana@council.example", now),
        ("ana@new.example", now),
    ]


async def test_no_secret_is_kept(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@council.example", now=now)
    token = await token_for("ana@council.example", now)
    made = await service.consume_link(token, FIREFOX, now)
    bearer = await service.create_api_token(person, "test", frozenset({"read"}), now)
    feed = await service.create_feed_token(person, now)

    kept = [
        str(row)
        for table in (SignInLink, WebSession, ApiToken, FeedToken)
        for row in await table.select()  # type: ignore[attr-defined]
    ]

    secrets = [token, made.token, bearer, feed]
    assert [secret for secret in secrets if any(secret in row for row in kept)] == []
    assert [secret for secret in secrets if not any(hash_of(secret) in row for row in kept)] == []
    assert {len(secret) for secret in secrets} == {43}
    assert len(set(secrets)) == 4


async def test_the_former_session_of_a_browser_ends_when_it_signs_in(database: room.Engine, now: datetime) -> None:
    attacker, victim = await a_person(name="Eve", now=now), await a_person(address="ana@council.example", now=now)
    planted = await service.start_session(attacker, browser="", now=now)

    made = await service.consume_link(await token_for("ana@council.example", now), FIREFOX, now, former=planted)

    assert made.token != planted
    assert await sessions.by_cookie(planted, now=now) is None
    found = await sessions.by_cookie(made.token, now=now)
    assert found is not None and found.person == str(victim)


async def test_signing_out_everywhere_ends_sessions_and_links_at_once(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@council.example", now=now)
    secrets = [await service.start_session(person, browser=FIREFOX, now=now) for _ in range(3)]
    token = await token_for("ana@council.example", now)

    assert await service.sign_out_everywhere(person, actor=Actor(person, "Ana"), now=now) == 3

    assert [await sessions.by_cookie(secret, now=now) for secret in secrets] == [None, None, None]
    with pytest.raises(rules.LinkUsed):
        await service.consume_link(token, FIREFOX, now)


async def test_a_role_is_given_once_and_ends_at_once(database: room.Engine, now: datetime) -> None:
    await a_coordinator(now=now)
    person = await a_person(now=now)
    secret = await service.start_session(person, browser=FIREFOX, now=now)

    assert await service.grant(person, Role.COORDINATOR, ACADEMY, now) is True
    assert await service.grant(person, Role.COORDINATOR, ACADEMY, now) is False
    during = await sessions.by_cookie(secret, now=now)
    later = now + timedelta(seconds=1)
    assert await service.revoke(person, Role.COORDINATOR, ACADEMY, later) is True
    assert await service.revoke(person, Role.COORDINATOR, ACADEMY, now) is False
    after = await sessions.by_cookie(secret, now=now)

    assert during is not None and during.coordinator is True
    assert after is not None and after.coordinator is False
    assert [(line.verb, line.changes) for line in await entries_of_person(person)] == [
        ("role ended", [("role", "coordinator", "–")]),
        ("role given", [("role", "–", "coordinator")]),
    ]


async def test_the_last_coordinator_stays(database: room.Engine, now: datetime) -> None:
    one, two = await a_coordinator(now=now), await a_coordinator(now=now)

    ended = await asyncio.gather(
        *(service.revoke(each, Role.COORDINATOR, ACADEMY, now) for each in (one, two)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in ended) == ["LastCoordinator", "bool"]
    assert len(await queries.holders(Role.COORDINATOR)) == 1


async def test_a_token_of_the_api_opens_its_scopes_until_it_ends(database: room.Engine, now: datetime) -> None:
    person = await a_person(now=now)
    actor = Actor(person, "Ana")
    secret = await service.create_api_token(person, "script", frozenset({"read", "enrol"}), now, days=30, actor=actor)

    visitor = await sessions.by_token(f"Bearer {secret}", now=now)

    assert visitor is not None
    assert (visitor.person, visitor.scopes, visitor.session) == (str(person), frozenset({"read", "enrol"}), "")
    assert await sessions.by_token(f"bearer  {secret}", now=now) == visitor
    assert await sessions.by_token(f"Bearer {secret}", now=now + timedelta(days=30)) is None
    assert await sessions.by_token(f"Basic {secret}", now=now) is None
    assert await sessions.by_token(f"Bearer {secret[:-1]}!", now=now) is None
    (token,) = await queries.tokens(person, now=now)
    await service.revoke_api_token(token.id, person=person, actor=actor, now=now)
    assert await sessions.by_token(f"Bearer {secret}", now=now) is None
    assert await queries.tokens(person, now=now) == []


async def test_nobody_ends_another_persons_token(database: room.Engine, now: datetime) -> None:
    ana, eve = await a_person(name="Ana", now=now), await a_person(name="Eve", now=now)
    await service.create_api_token(ana, "script", frozenset({"read"}), now)
    (token,) = await queries.tokens(ana, now=now)

    with pytest.raises(NotFound):
        await service.revoke_api_token(token.id, person=eve, actor=Actor(eve, "Eve"), now=now)


@pytest.mark.parametrize("scopes", [set(), {"everything"}, {"read", "root"}])
async def test_a_token_needs_scopes_that_there_are(database: room.Engine, now: datetime, scopes: set[str]) -> None:
    with pytest.raises(rules.UnknownScope):
        await service.create_api_token(await a_person(now=now), "x", frozenset(scopes), now)


async def test_only_a_coordinators_token_can_manage(database: room.Engine, now: datetime) -> None:
    await service.create_api_token(await a_coordinator(now=now), "x", frozenset({"manage"}), now)

    with pytest.raises(NotAllowed):
        await service.create_api_token(await a_person(now=now), "x", frozenset({"manage"}), now)


async def test_a_feed_is_replaced_and_stopped(database: room.Engine, now: datetime) -> None:
    person = await a_person(now=now)
    first = await service.create_feed_token(person, now)
    assert await queries.feed_owner(first) == person

    second = await service.create_feed_token(person, now)
    assert (await queries.feed_owner(first), await queries.feed_owner(second)) == (None, person)

    await service.revoke_feed(person, now)
    assert (await queries.feed_owner(second), await queries.feed_since(person)) == (None, None)


async def test_what_is_over_is_forgotten(database: room.Engine, now: datetime) -> None:
    person = await a_person(address="ana@council.example", now=now)
    await service.send_sign_in_link("ana@council.example", "/", now)
    await service.start_session(person, browser=FIREFOX, now=now)

    counts = [await jobs.forget_old(now + timedelta(days=days)) for days in (1, 2, 30, 38, 38)]

    assert counts == [0, 1, 0, 1, 0]
