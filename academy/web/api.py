"""The JSON API's plumbing: bodies in, answers out. The verbs are the rooms' own.

A handler of the API says beside ``who`` what its description needs: ``body`` (the struct it reads), ``gives`` (what it
answers), ``codes`` (the statuses of success, 200 if it does not say), ``asks`` (parameters of the query, each with a
sentence) and ``refuses`` (what else it may answer).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request
from litestar.types import Receive, Scope, Send
from msgspec import Meta

from academy.errors import DomainError, Invalid
from academy.web.forms import unusable

B = TypeVar("B")

_encode = msgspec.json.Encoder().encode

JSON = "application/json"
MOST = 256 * 1024
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)

Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset; from 2000 to 2100.")]
Moment = Annotated[datetime, Meta(tz=True)]
"""The same in an answer: in UTC."""
Reason = Annotated[str, Meta(max_length=300)]


class BadBody(DomainError):
    """The body is not JSON of the form that the address takes."""

    status = 400


class TooLarge(DomainError):
    """The body is larger than any of our verbs needs."""

    status = 413


class NotJson(DomainError):
    """The body says that it is something else than JSON."""

    status = 415


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The verb needs nothing but its address: no body, or an empty object."""


class Problem(msgspec.Struct, frozen=True):
    """What went wrong (RFC 9457). ``detail`` is a sentence for a person."""

    type: str
    title: str
    status: int
    detail: str
    rule: str = ""
    """The rule that said no, for programs to go by."""
    fields: dict[str, str] = {}
    """A sentence for each field of the body that is wrong."""
    nearest: list[Moment] = []
    """Of a time that is not free: the nearest that are."""


async def read(request: Request[Any, Any, Any], form: type[B]) -> tuple[B, bytes]:
    """The body as ``form``, and its octets. Raises NotJson, BadBody, TooLarge, or Invalid with the field that is wrong.

    A name that comes twice in an object counts as it was said last; a name that the form does not have is refused.
    """
    octets = await request.body()
    if len(octets) > MOST:
        raise TooLarge(f"The body must be smaller than {MOST // 1024} KiB.")
    if octets and not _says_json(request.headers.get("content-type", "")):
        raise NotJson("Send the body as JSON, with Content-Type: application/json.")
    try:
        body = msgspec.json.decode(octets or b"{}", type=form)
    except msgspec.ValidationError as error:
        told, _, where = str(error).partition(" - at `$")
        raise Invalid({where.strip("`. ") or "body": f"{told}."}) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBody("The body must be JSON in UTF-8.") from error
    _check("", body)
    return body, octets


def utc(given: datetime) -> datetime:
    """An instant as we keep it."""
    return given.astimezone(UTC)


class Json:
    """An answer in JSON. The framework's own class would cost a hot read a tenth of its time."""

    __slots__ = ("octets", "status_code")

    def __init__(self, octets: bytes, status_code: int = 200) -> None:
        self.octets = octets
        self.status_code = status_code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = str(len(self.octets)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": self.octets, "more_body": False})


def answer(body: Any, status: int = 200) -> Json:
    """JSON, as msgspec writes it."""
    return Json(body if isinstance(body, bytes) else _encode(body), status)


def _says_json(kind: str) -> bool:
    """Whether a media type is JSON's; none at all will do."""
    plain = kind.partition(";")[0].strip().lower()
    return plain in ("", JSON) or (plain.startswith("application/") and plain.endswith("+json"))


def _check(name: str, value: Any) -> None:
    """Refuse texts that no database takes, and instants so far off that arithmetic fails. Raises Invalid."""
    if isinstance(value, str):
        if unusable(value):
            raise Invalid({name: "This text has a character that cannot be used."})
    elif isinstance(value, datetime):
        try:
            if not EARLIEST <= value < LATEST:
                raise OverflowError
        except OverflowError:
            raise Invalid({name: "Give a date from 2000 to 2100."}) from None
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            _check(f"{name}.{field}" if name else field, getattr(value, field))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _check(f"{name}[{number}]", each)
