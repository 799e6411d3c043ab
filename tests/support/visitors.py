"""Every route of the application, and a browser or program of everybody's with which to try it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import msgspec
import pytest_asyncio
from litestar import Litestar

from academy import database as room
from academy.settings import Settings
from academy.web.access import Who
from tests.conftest import Clock
from tests.support.client import browser, get_form, sign_in
from tests.support.crowd import Crowd, Ids, a_crowd

READS = {"GET", "HEAD"}
BROWSERS = ("anonymous", "participant", "facilitator", "coach", "coordinator")
PROGRAMS = ("read", "enrol", "manage, formerly", "manage")
FILLED_IN = {
    "POST /events/{event:uuid}/reply": {"reply": "accepted"},
    "PUT /api/my/enrolments/{enrolment:uuid}/replies/{session:uuid}": {"reply": "accepted"},
}
"""Forms and bodies without which a route says 422 before it looks whose the thing is."""


class Route(msgspec.Struct, frozen=True, order=True):
    path: str
    method: str
    who: Who

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names(self) -> list[str]:
        return re.findall(r"\{[a-z]+:[a-z]+\}", self.path)

    def at(self, ids: Ids, **instead: str) -> str:
        """Its address with these ids. A parameter that nobody knows is a KeyError: add it to tests/support/crowd.py."""
        path = self.path
        for name in self.names:
            known = next(
                (
                    value
                    for start, value in ids.items()
                    if "/" in start and start.endswith(name) and self.path.startswith(start)
                ),
                None,
            )
            path = path.replace(name, instead.get(name, known if known is not None else ids[name]))
        return path


def routes_of(app: Litestar) -> list[Route]:
    found = set()
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods - {"OPTIONS"}:
                found.add(Route(route.path, method, handler.opt["who"]))
    return sorted(found)


class Visitors:
    """A browser or program of everybody's."""

    def __init__(self, crowd: Crowd, clients: dict[str, httpx.AsyncClient]) -> None:
        self.crowd = crowd
        self.clients = clients
        self._people = {
            "participant": crowd.participant,
            "facilitator": crowd.facilitator,
            "coach": crowd.coach,
            "coordinator": crowd.coordinator,
        }

    async def arrive(self) -> None:
        for name, client in self.clients.items():
            if name in PROGRAMS:
                client.headers["Authorization"] = f"Bearer {self.crowd.tokens[name]}"
            elif name != "anonymous":
                await sign_in(client, self._people[name])
            client.headers["X-CSRFToken"] = await get_form(client, "/sign-in" if name not in self._people else "/help")

    async def ask(self, name: str, route: Route, path: str) -> httpx.Response:
        filled = FILLED_IN.get(str(route))
        sent = {"json": filled} if route.path.startswith("/api/") else {"data": filled}
        answer = await self.clients[name].request(route.method, path, **sent)  # type: ignore[arg-type]
        if "sign-out" in path and name in self._people:
            await sign_in(self.clients[name], self._people[name])
        return answer


@pytest_asyncio.fixture
async def visitors(app: Litestar, settings: Settings, database: room.Engine, clock: Clock) -> AsyncIterator[Visitors]:
    crowd = await a_crowd(clock)
    async with AsyncExitStack() as stack:
        clients = {
            name: await stack.enter_async_context(browser(app, settings, address=f"192.0.2.{number}"))
            for number, name in enumerate((*BROWSERS, *PROGRAMS), start=1)
        }
        found = Visitors(crowd, clients)
        await found.arrive()
        yield found
