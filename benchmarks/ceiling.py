"""The ceiling: the same answers from a bare Litestar handler with the raw driver, no middleware, no guard, no engine.

    python -m benchmarks.ceiling '{"asks": [...], "port": …}'

At its start the product itself is asked once, in this process, and watched: which statements it runs and what it gives
to which template. From then on the statements of a page run on ``sqlite3`` or ``asyncpg`` as they are, and the template
is rendered with what was seen. The two JSON answers are written by hand and must say what the product says. The look-up
of the session or token is included everywhere: who asks has to be known.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import uvicorn
from jinja2 import Template
from litestar import Litestar, Request, Response, get, post
from litestar.enums import MediaType

from academy import clock, database
from academy.accounts.tokens import hash_of
from academy.app import create_app
from academy.database.postgres import PlainConnection
from academy.settings import Settings, from_environment
from academy.web import templates
from cohorts.schedule.rules import stage

Rows = list[dict[str, Any]]


class Ask(msgspec.Struct):
    """One answer to imitate. ``path`` may hold a query."""

    path: str
    method: str = "GET"
    token: str = ""
    cookie: str = ""


class Job(msgspec.Struct):
    port: int
    asks: list[Ask]


class Statement(msgspec.Struct):
    sql: str
    values: list[Any]
    writes: bool
    """Run inside the transaction."""
    rows: Any = None


class Seen(msgspec.Struct):
    """What the product did for one answer."""

    body: bytes
    statements: list[Statement]
    template: str = ""
    context: dict[str, Any] = {}


# ------------------------------------------------------------------ watching
async def watch(settings: Settings, asks: Sequence[Ask]) -> list[Seen]:
    """Ask the product in this process."""
    engine = database.connect(settings)
    app = create_app(settings, engine=engine)
    await database.open(engine)
    try:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.address) as client:
            return [await _watch(client, engine, ask) for ask in asks]
    finally:
        await database.close(engine)


async def _watch(client: httpx.AsyncClient, engine: Any, ask: Ask) -> Seen:
    headers = {"Authorization": f"Bearer {ask.token}"} if ask.token else {"Cookie": ask.cookie}
    seen = Seen(b"", [])
    with _statements(engine, seen.statements), _template(seen):
        answer = await client.request(ask.method, ask.path, headers=headers)
    answer.raise_for_status()
    seen.body = answer.content
    return seen


@contextmanager
def _statements(engine: Any, into: list[Statement]) -> Iterator[None]:
    really = engine.run

    async def run(sql: str, values: Sequence[Any] = ()) -> Rows:
        writes = engine.current_transaction.get() is not None
        rows = await really(sql, values)
        into.append(Statement(sql, list(values), writes, rows))
        return rows  # type: ignore[no-any-return]

    with patch.object(engine, "run", run):
        yield


@contextmanager
def _template(seen: Seen) -> Iterator[None]:
    really = Template.render

    def render(template: Template, context: dict[str, Any]) -> str:
        seen.template, seen.context = str(template.name), context
        return really(template, context)

    with patch.object(Template, "render", render):
        yield


# ----------------------------------------------------------------- answering
class SQLite:
    """``sqlite3`` in the event loop, one connection."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def open(self) -> None:
        file = database.connect(self.settings).file  # type: ignore[union-attr]
        self.raw = sqlite3.connect(file, isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            self.raw.execute(f"PRAGMA {pragma}")

    async def one(self, sql: str, *values: Any) -> Rows:
        return self._one(sql.replace("$", "?"), values)

    async def run(self, statements: Sequence[Statement]) -> list[Rows]:
        return [self._one(each.sql, each.values) for each in statements]

    async def write(self, statements: Sequence[Statement]) -> None:
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            for each in statements:
                self._one(each.sql, each.values)
        except BaseException:
            self.raw.execute("ROLLBACK")
            raise
        self.raw.execute("COMMIT")

    def _one(self, sql: str, values: Sequence[Any]) -> Rows:
        cursor = self.raw.execute(sql, values)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Postgres:
    """``asyncpg`` with its pool."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(
            self.settings.database_url, min_size=1, max_size=10, connection_class=PlainConnection
        )

    async def one(self, sql: str, *values: Any) -> Rows:
        async with self.pool.acquire() as connection:
            return [dict(row) for row in await connection.fetch(sql, *values)]

    async def run(self, statements: Sequence[Statement]) -> list[Rows]:
        async with self.pool.acquire() as connection:
            return [[dict(row) for row in await connection.fetch(each.sql, *each.values)] for each in statements]

    async def write(self, statements: Sequence[Statement]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            for each in statements:
                await connection.fetch(each.sql, *each.values)


Driver = SQLite | Postgres


def handler(ask: Ask, seen: Seen, driver: Driver) -> Any:
    if ask.method == "POST":
        return _registration(ask, seen, driver)
    if seen.template:
        return _page(ask, seen, driver)
    return _json(ask, seen, driver)


def _page(ask: Ask, seen: Seen, driver: Driver) -> Any:
    environment = templates.environment()

    @get(ask.path)
    async def page() -> Response[str]:
        await driver.run(seen.statements)
        html = environment.get_template(seen.template).render(seen.context)
        return Response(html, media_type=MediaType.HTML)

    return page


_WHO = (
    "SELECT t.person FROM api_token t JOIN person p ON p.id = t.person WHERE t.token_hash = $1 AND revoked_at IS NULL"
)
_COHORT = """
    SELECT c.id, c.code, c.name, c.status, c.cancel_reason, c.region, c.format, c.venue, c.zone, c.capacity, c.minimum,
           c.registration_opens_at, c.registration_closes_at, c.first_starts_at, c.last_ends_at,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status IN ('enrolled', 'offered')) AS taken,
           (SELECT count(*) FROM enrolment e WHERE e.cohort = c.id AND e.status = 'waitlisted') AS waiting,
           p.slug AS programme, p.name AS programme_name, p.kind
    FROM cohort c JOIN programme p ON p.id = c.programme WHERE c.code = $1 AND c.published_at IS NOT NULL
"""
_SESSIONS = """
    SELECT s.id, s.title, s.status, s.cancel_reason, s.compulsory, v.starts_at, v.ends_at, v.zone, v.place
    FROM cohort_session s JOIN calendar_event v ON v.id = s.event WHERE s.cohort = $1 ORDER BY v.starts_at, s.id
"""
_MINE = """
    SELECT e.id AS enrolment, c.code, c.name, p.name AS programme_name, e.status, e.confirmed_at, e.held_until,
           (SELECT count(*) FROM enrolment o WHERE e.status = 'waitlisted' AND o.cohort = e.cohort
               AND o.status = 'waitlisted' AND o.list_number <= e.list_number) AS position,
           s.id AS session, s.title, s.status AS session_status, s.compulsory, v.starts_at, v.ends_at, v.zone, v.place,
           v.link, i.reply, i.reply_sequence, v.asked_sequence
    FROM enrolment e JOIN cohort c ON c.id = e.cohort JOIN programme p ON p.id = c.programme
    JOIN cohort_session s ON s.cohort = c.id JOIN calendar_event v ON v.id = s.event
    JOIN invitee i ON i.event = v.id AND i.person = e.person AND i.state = 'invited'
    WHERE e.person = $1 ORDER BY c.first_starts_at DESC, e.id, v.starts_at, s.id
"""


def _json(ask: Ask, seen: Seen, driver: Driver) -> Any:
    put_together = _mine if ask.path == "/api/my/enrolments" else _cohort
    code = ask.path.rpartition("/")[2]

    @get(ask.path)
    async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await put_together(driver, code, request.headers["authorization"][7:])
        return Response(body, media_type="application/json")

    async def check() -> None:
        made = msgspec.json.decode(await put_together(driver, code, ask.token))
        assert made == msgspec.json.decode(seen.body), "the ceiling gives another answer than the product"

    answer.opt["check"] = check
    return answer


async def _cohort(driver: Driver, code: str, token: str) -> bytes:
    await driver.one(_WHO, hash_of(token))
    (row,) = await driver.one(_COHORT, code)
    sessions = await driver.one(_SESSIONS, row["id"])
    names = ("id", "code", "name", "programme", "programme_name", "kind")
    more = ("cancel_reason", "region", "format", "venue", "zone")
    return msgspec.json.encode(
        {
            **{name: row[name] for name in names},
            "stage": stage(row, clock.now()),
            **{name: row[name] for name in more},
            "starts_at": row["first_starts_at"],
            "ends_at": row["last_ends_at"],
            "capacity": row["capacity"],
            "minimum": row["minimum"],
            "places_left": max(row["capacity"] - row["taken"], 0),
            "waiting": row["waiting"],
            "registration_opens_at": row["registration_opens_at"],
            "registration_closes_at": row["registration_closes_at"],
            "sessions": sessions,
        }
    )


async def _mine(driver: Driver, code: str, token: str) -> bytes:
    (who,) = await driver.one(_WHO, hash_of(token))
    names = ("title", "compulsory", "starts_at", "ends_at", "zone", "place", "link")
    found = []
    for enrolment, rows in groupby(await driver.one(_MINE, who["person"]), key=lambda row: row["enrolment"]):
        sessions = list(rows)
        first = sessions[0]
        found.append(
            {
                "id": enrolment,
                "cohort": first["code"],
                "name": first["name"],
                "programme_name": first["programme_name"],
                "status": first["status"],
                "position": first["position"] or None,
                "confirmed": first["confirmed_at"] is not None,
                "held_until": first["held_until"],
                "sessions": [
                    {
                        "id": row["session"],
                        "status": row["session_status"],
                        **{name: row[name] for name in names},
                        "reply": row["reply"] if row["reply_sequence"] >= row["asked_sequence"] else "needs_action",
                    }
                    for row in sessions
                ],
            }
        )
    return msgspec.json.encode({"enrolments": found})


_MESSAGE_ID = re.compile(r"<[^<>@]+@[^<>@]+>")


def _registration(ask: Ask, seen: Seen, driver: Driver) -> Any:
    """The statements of the registration that was watched, for another person and with fresh ids each time."""
    look_up, *others = seen.statements
    alone = [each for each in others if not each.writes]
    inside = [each for each in others if each.writes]
    person = UUID(str(look_up.rows[0]["person"]))
    known = {value for each in others for row in each.rows or [] for value in row.values() if isinstance(value, UUID)}
    given = {value for each in inside if each.sql.lstrip().upper().startswith("INSERT") for value in each.values}
    fresh = {value for value in given if isinstance(value, UUID)} - known - {person}
    made = {row["id"] for each in inside if "RETURNING" in each.sql.upper() for row in each.rows if "id" in row}
    fresh |= {value for value in made if isinstance(value, UUID)}

    def changed(value: Any, ids: dict[UUID, UUID], texts: dict[str, str]) -> Any:
        if isinstance(value, UUID):
            return ids.get(value, value)
        if isinstance(value, str):
            if _MESSAGE_ID.fullmatch(value):
                return f"<{uuid4()}@bench>"
            for old, new in texts.items():
                if old in value:
                    value = value.replace(old, new)
        return value

    @post(ask.path)
    async def register(request: Request[Any, Any, Any]) -> Response[bytes]:
        token = request.headers["authorization"][7:]
        (rows,) = await driver.run([Statement(look_up.sql, [hash_of(token)], False)])
        ids = {old: uuid4() for old in fresh} | {person: UUID(str(rows[0]["person"]))}
        texts = {str(old): str(new) for old, new in ids.items()}
        await driver.run(alone)
        await driver.write(
            [Statement(each.sql, [changed(value, ids, texts) for value in each.values], True) for each in inside]
        )
        body = {"enrolment": ids[next(iter(fresh))], "status": "enrolled", "position": None, "new": True}
        return Response(msgspec.json.encode(body), status_code=201, media_type="application/json")

    return register


async def serve(job: Job) -> None:
    settings = from_environment()
    seen = await watch(settings, job.asks)
    driver: Driver = Postgres(settings) if settings.uses_postgres else SQLite(settings)
    await driver.open()
    handlers = [handler(ask, each, driver) for ask, each in zip(job.asks, seen, strict=True)]
    for each in handlers:
        if "check" in each.opt:
            await each.opt["check"]()

    @get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    app = Litestar([*handlers, ready], openapi_config=None, logging_config=None)
    config = uvicorn.Config(app, port=job.port, access_log=False, log_config=None, server_header=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(serve(msgspec.json.decode(sys.argv[1], type=Job)))
