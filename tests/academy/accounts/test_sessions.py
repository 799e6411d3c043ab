import httpx
import pytest
from litestar import Litestar

from academy import database as room
from academy.accounts import service, sessions
from academy.accounts.tables import Role, WebSession
from academy.audit.service import ACADEMY
from academy.errors import Busy
from academy.settings import Settings
from tests.conftest import Clock
from tests.support.client import browser, cookie_of, session_of, sign_in
from tests.support.makers import a_coordinator, a_person


class Counted:
    """Every statement the database is asked, while it is used as a context."""

    def __init__(self, engine: room.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        run = engine.run

        async def counting(sql: str, *values: object, **more: object) -> object:
            self.statements.append(" ".join(sql.split())[:40])
            return await run(sql, *values, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(engine, "run", counting)


async def test_one_query_for_a_session_and_none_for_others(
    client: httpx.AsyncClient, database: room.Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await a_person()
    counted = Counted(database, monkeypatch)

    for headers in ({}, {"cookie": f"{cookie_of(client)}=short"}, {"authorization": "Bearer " + "x" * 43}):
        assert (await client.get("/help", headers=headers)).status_code == 200
    assert counted.statements == []

    await sign_in(client, person)
    counted.statements.clear()
    await client.get("/help")
    assert len(counted.statements) == 1

    counted.statements.clear()
    await client.get("/theme.css")
    assert counted.statements == []


async def test_when_a_browser_was_seen_is_written_every_ten_minutes(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client, await a_person())
    seen = []

    for minutes in (0, 9, 1, 5, 5):
        clock.advance(minutes=minutes)
        await client.get("/help")
        (row,) = await WebSession.select(WebSession.seen_at)
        seen.append((row["seen_at"] - (clock.now)).total_seconds() / 60)

    assert seen == [0, -9, 0, -5, 0]


async def test_a_busy_database_does_not_keep_a_page_from_being_shown(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(**_: object) -> None:
        raise Busy

    await sign_in(client, await a_person())
    monkeypatch.setattr(sessions._SEEN, "run", busy)
    clock.advance(minutes=11)

    assert (await client.get("/account")).status_code == 200


async def test_a_participant_is_remembered_for_thirty_days_and_a_coordinator_for_twelve_hours(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, clock: Clock
) -> None:
    async with browser(app, settings) as other:
        await sign_in(client, await a_person())
        await sign_in(other, await a_coordinator())

        clock.advance(hours=11, minutes=59)
        assert [(await each.get("/account")).status_code for each in (client, other)] == [200, 200]
        clock.advance(minutes=1)
        assert [(await each.get("/account")).status_code for each in (client, other)] == [200, 303]
        clock.advance(days=29, hours=11)
        assert (await client.get("/account")).status_code == 200
        clock.advance(hours=1)
        assert (await client.get("/account")).status_code == 303


async def test_a_role_given_or_ended_counts_from_the_next_request(client: httpx.AsyncClient, clock: Clock) -> None:
    await a_coordinator()
    person = await a_person()
    await sign_in(client, person)
    assert (await client.get("/audit")).status_code == 403

    await service.grant(person, Role.COORDINATOR, ACADEMY, clock.now)
    assert (await client.get("/audit")).status_code == 200

    await service.revoke(person, Role.COORDINATOR, ACADEMY, clock.now)
    assert (await client.get("/audit")).status_code == 403


async def test_control_a_role_kept_in_memory_would_outlive_its_end(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_coordinator()
    person = await a_coordinator()
    await sign_in(client, person)
    kept = await sessions.by_cookie(session_of(client), now=clock.now)

    async def remembered(token: str, *, now: object) -> object:
        return kept

    monkeypatch.setattr(sessions, "by_cookie", remembered)
    await service.revoke(person, Role.COORDINATOR, ACADEMY, clock.now)

    assert (await client.get("/audit")).status_code == 200


def test_the_cookie_is_bound_to_this_host_and_no_script_reads_it() -> None:
    secure = sessions.session_cookie(Settings(base_url="https://academy.example.org"), "x" * 43)

    assert secure.to_header(header="") == (
        "__Host-session=" + "x" * 43 + "; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure"
    )
    assert sessions.session_cookie(Settings(), "x").to_header(header="") == (
        "session=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    )
    assert sessions.no_cookie(Settings()).to_header(header="") == (
        'session=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax'
    )
