"""One call of the JSON API: its body read, its verb run once, its answer given again to who asks again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from litestar import Request

from academy.accounts.guards import me
from academy.accounts.idempotency import once
from academy.web import api

B = TypeVar("B")


async def perform(
    request: Request[Any, Any, Any],
    form: type[B],
    verb: Callable[[B], Awaitable[tuple[int, Any]]],
    *,
    now: datetime,
) -> api.Json:
    """Read the body as ``form``, run ``verb`` with it and answer its status and JSON, honouring Idempotency-Key."""
    body, octets = await api.read(request, form)
    done = await once(
        request.headers.get("idempotency-key"),
        person=me(request),
        request=(str(request.method), request.url.path, octets),
        verb=lambda: verb(body),
        now=now,
    )
    return api.answer(done.body, done.status)
