"""The JSON API's plumbing: bodies in, answers out. The verbs are the rooms' own."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from academy.errors import DomainError, Invalid
from academy.web.forms import unusable

B = TypeVar("B")

JSON = "application/json"
MOST = 256 * 1024


class BadBody(DomainError):
    """The body is not JSON of the form that the address takes."""

    status = 400


class TooLarge(DomainError):
    """The body is larger than any of our verbs needs."""

    status = 413


async def read(request: Request[Any, Any, Any], form: type[B]) -> tuple[B, bytes]:
    """The body as ``form``, and its octets. Raises BadBody, TooLarge, or Invalid with the field that is wrong."""
    octets = await request.body()
    if len(octets) > MOST:
        raise TooLarge(f"The body must be smaller than {MOST // 1024} KiB.")
    try:
        body = msgspec.json.decode(octets or b"{}", type=form)
    except msgspec.ValidationError as error:
        told, _, where = str(error).partition(" - at `$")
        raise Invalid({where.strip("`. ") or "body": f"{told}."}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBody("The body must be JSON in UTF-8.") from error
    for name, text in _texts(msgspec.to_builtins(body), ""):
        if unusable(text):
            raise Invalid({name: "This text has a character that cannot be used."})
    return body, octets


def answer(body: Any, status: int = 200) -> Response[bytes]:
    """JSON, as msgspec writes it."""
    octets = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(octets, status_code=status, media_type=JSON)


def _texts(value: Any, name: str) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(name, value)]
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in _texts(each, str(key))]
    if isinstance(value, list):
        return [pair for each in value for pair in _texts(each, name)]
    return []
