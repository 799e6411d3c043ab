"""A button that is pressed twice acts once: each form that makes something carries a word of its own.

The page gives ``press=new_press()`` to its template, which holds it in a hidden field of that name.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response

from academy.accounts.guards import me
from academy.accounts.idempotency import once
from academy.web.csrf import FIELD as CSRF
from academy.web.forms import Fields
from academy.web.pages import redirect

FIELD = "press"


def new_press() -> str:
    """A word for one form on one page."""
    return secrets.token_urlsafe(12)


async def pressed(
    request: Request[Any, Any, Any],
    fields: Fields,
    verb: Callable[[], Awaitable[tuple[str, str]]],
    *,
    now: datetime,
) -> Response[Any]:
    """Run ``verb``, and go where it says with what it says; the same form pressed again goes there and runs nothing.

    A form that was changed meanwhile (back, another name, save) is another one; so is one without its word. What
    ``verb`` raises is raised, and the button can be pressed again.
    """

    async def act() -> tuple[int, list[str]]:
        return 303, list(await verb())

    done = await once(_key(fields), person=me(request), request=("POST", request.url.path, b""), verb=act, now=now)
    to, said = msgspec.json.decode(done.body, type=tuple[str, str])
    return redirect(to, said=said)


def _key(fields: Fields) -> str | None:
    if not fields.get(FIELD):
        return None
    typed = sorted((name, value) for name, value in fields.pairs if name != CSRF)
    return f"form {hashlib.sha256(msgspec.json.encode(typed)).hexdigest()}"
