"""An API call that is sent again gets its first answer, and its effect happens once.

The answer is stored in the transaction of the verb: either both are there or neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.accounts.tables import IdempotencyKey
from academy.errors import DomainError


class KeyUsedDifferently(DomainError):
    """The same Idempotency-Key came with another request."""

    status = 422


class BadKey(DomainError):
    """A key that cannot be kept."""

    status = 400


class Answer(msgspec.Struct, frozen=True):
    """What a verb of the API answers: a status and JSON."""

    status: int
    body: bytes


_FIND = database.compiled(
    IdempotencyKey.select(
        IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.body, IdempotencyKey.created_at
    )
    .where(IdempotencyKey.person == database.value("person"), IdempotencyKey.key_hash == database.value("key"))
    .limit(1)
)


async def once(
    key: str | None,
    *,
    person: UUID,
    request: tuple[str, str, bytes],
    verb: Callable[[], Awaitable[tuple[int, Any]]],
    now: datetime,
) -> Answer:
    """Run ``verb`` and give its answer; with a key seen in the last 48 hours, give the first answer and run nothing.

    ``request`` is method, path and body. Raises KeyUsedDifferently when the key stood for another request.
    A verb that raises leaves no trace of the key: it may be sent again.
    """
    if key is None:
        status, body = await verb()
        return Answer(status, msgspec.json.encode(body))
    if not key.isprintable() or not 1 <= len(key) <= 200:
        raise BadKey("Idempotency-Key must be 1 to 200 printable characters.")
    hashed = hashlib.sha256(key.encode()).hexdigest()
    asked = hashlib.sha256(b"\n".join([request[0].encode(), request[1].encode(), request[2]])).hexdigest()
    for _ in range(2):
        try:
            async with database.transaction():
                before = await _FIND.first(person=person, key=hashed)
                if before is not None:
                    return _again(before, asked)
                row = IdempotencyKey(person=person, key_hash=hashed, request_hash=asked, created_at=now)
                await IdempotencyKey.insert(row)
                status, body = await verb()
                answer = Answer(status, msgspec.json.encode(body))
                await IdempotencyKey.update(
                    {IdempotencyKey.status: answer.status, IdempotencyKey.body: answer.body.decode()}
                ).where(IdempotencyKey.id == row.id)
                return answer
        except database.Duplicate as error:
            # Its twin was being answered at this moment; it has committed now, so its answer is there to give.
            if await _FIND.first(person=person, key=hashed) is None:
                raise error
    raise AssertionError("unreachable: the twin's answer is there")


def _again(before: dict[str, Any], asked: str) -> Answer:
    if before["request_hash"] != asked:
        raise KeyUsedDifferently("This Idempotency-Key was used for another request. Use a new one.")
    return Answer(before["status"], before["body"].encode())
