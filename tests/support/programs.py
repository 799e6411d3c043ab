"""A program that talks to the JSON API, as its owner lets it.

ana = await program(client, person, "read", "enrol")
answer = await ana.post("/api/cohorts/tt-essex/enrolments")
"""

from typing import Any
from uuid import UUID

import httpx

from academy import clock
from academy.accounts import service as accounts


class Program:
    """A client with a bearer token; it sends JSON and keeps no cookies."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self.token = token

    async def send(
        self, method: str, path: str, body: Any = None, *, content: bytes | None = None, key: str = "", **headers: str
    ) -> httpx.Response:
        named = {"Authorization": f"Bearer {self.token}", **headers, **({"Idempotency-Key": key} if key else {})}
        given = {name.encode(): value.encode() for name, value in named.items()}  # not only ASCII, as attackers do
        if content is not None:
            return await self.client.request(method, path, content=content, headers=given)
        return await self.client.request(method, path, json=body, headers=given)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.send("GET", path, **headers)

    async def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> httpx.Response:
        return await self.send("POST", path, {} if body is None else body, key=key, **headers)

    async def put(self, path: str, body: Any, *, key: str = "", **headers: str) -> httpx.Response:
        return await self.send("PUT", path, body, key=key, **headers)

    async def patch(self, path: str, body: Any, *, key: str = "", **headers: str) -> httpx.Response:
        return await self.send("PATCH", path, body, key=key, **headers)


async def program(client: httpx.AsyncClient, person: UUID, *scopes: str) -> Program:
    """A program of this person's with a token for these scopes."""
    return Program(client, await accounts.create_api_token(person, "test", frozenset(scopes or ("read",)), clock.now()))


def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """Status, rule and wrong fields of a problem (RFC 9457), which must say its status and a sentence."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"] and body["title"] and body["type"]
    return answer.status_code, body.get("rule", ""), sorted(body.get("fields", {}))
