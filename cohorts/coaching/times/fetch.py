"""Fetch a published calendar from an address that somebody typed, without being led anywhere else.

An address is a wish of its author: it may name a machine inside our network, or a server that never stops talking.
So only https on port 443 is spoken, and only to public addresses of the internet. The name is resolved once, and the
connection is made to the very address that was checked; its certificate must be of that name. Redirects are not
followed, nothing compressed is taken, proxies of the environment are not asked. All of it has 5 seconds and 1 MiB.

The address is a secret of the coach's: it stands in no log and in no error.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from functools import cache

import msgspec

from cohorts.coaching.times.addresses import (
    NoAnswer,
    NotPublic,
    NotTrusted,
    Redirected,
    Refused,
    TooLong,
    TooSlow,
    Where,
    is_public,
    parse,
)

MOST_OCTETS = 1024 * 1024
SECONDS = 5.0

_LINE = 16 * 1024
_AROUND = 256 * 1024
"""What headers and the frames of chunks may take besides the calendar itself."""
_TRIED = 4
"""Most addresses of one name that are tried; each has a share of the time."""
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: .*)?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")


async def resolve(host: str, port: int) -> list[str]:
    """The network addresses of a name, best first. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far we reach. Only tests build another one than ``EARNEST``."""

    allowed: Callable[[str], bool] = is_public
    resolve: Callable[[str, int], Awaitable[list[str]]] = resolve
    trust: Callable[[], ssl.SSLContext] = _trust
    port: int = 443
    seconds: float = SECONDS
    most: int = MOST_OCTETS


EARNEST = Reach()


async def fetch(address: str, *, reach: Reach = EARNEST) -> bytes:
    """The octets at an address. Raises CannotFetch, always with a sentence that says how to put it right."""
    where = parse(address)
    try:
        async with asyncio.timeout(reach.seconds):
            return await _fetch(where, reach)
    except TimeoutError:
        raise TooSlow(
            "The server took too long to answer. We try again by ourselves; if it stays like this, "
            "publish the calendar elsewhere or load it as a file."
        ) from None
    except ssl.SSLCertVerificationError:
        raise NotTrusted(
            "The server's certificate is not valid for this address, so we do not read from it. "
            "Check the address, or tell whoever runs the server."
        ) from None
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise NoAnswer(
            "There was no proper answer from this address. Check that it opens in a browser; we try again by ourselves."
        ) from None


async def _fetch(where: Where, reach: Reach) -> bytes:
    found = await reach.resolve(where.host, reach.port)
    public = [each for each in found if reach.allowed(each)]
    if not public:
        raise NotPublic(
            "This address leads to a network that is not public, so we do not read from it. "
            "Publish the calendar on the internet, or load it as a file."
        )
    reader, writer = await _connect(where, public[:_TRIED], reach)
    try:
        writer.write(
            f"GET {where.target} HTTP/1.1\r\n"
            f"Host: {where.host}\r\n"
            "User-Agent: LeadershipAcademy (reads busy times)\r\n"
            "Accept: text/calendar, */*;q=0.1\r\n"
            "Accept-Encoding: identity\r\n"
            "Connection: close\r\n\r\n".encode("ascii")
        )
        await writer.drain()
        return await _answer(_Stream(reader, reach.most))
    finally:
        writer.transport.abort()  # nothing is owed to a server that has said enough


async def _connect(
    where: Where, addresses: list[str], reach: Reach
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first of the checked addresses that takes one. Raises OSError."""
    loop = asyncio.get_running_loop()
    for address in addresses:
        plug = None
        try:
            plug = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            plug.setblocking(False)
            async with asyncio.timeout(reach.seconds / len(addresses)):
                await loop.sock_connect(plug, (address, reach.port))
        except BaseException as error:
            if plug is not None:
                plug.close()
            if not isinstance(error, OSError):
                raise
        else:  # from here on the plug belongs to the connection
            return await asyncio.open_connection(sock=plug, ssl=reach.trust(), server_hostname=where.host, limit=_LINE)
    raise ConnectionError


class _Stream:
    """What a server says, counted: the octets that are read are never many more than allowed."""

    def __init__(self, reader: asyncio.StreamReader, most: int) -> None:
        self._reader = reader
        self._left = most + _AROUND
        self.most = most

    async def line(self) -> bytes:
        """One line without its end."""
        return self._counted(await self._reader.readuntil(b"\n")).rstrip(b"\r\n")

    async def exactly(self, octets: int) -> bytes:
        return self._counted(await self._reader.readexactly(octets))

    async def rest(self) -> bytes:
        """Everything up to the end of the connection. Raises TooLong."""
        parts: list[bytes] = []
        total = 0
        while part := self._counted(await self._reader.read(_LINE)):
            total += len(part)
            if total > self.most:
                raise too_long()
            parts.append(part)
        return b"".join(parts)

    def _counted(self, octets: bytes) -> bytes:
        self._left -= len(octets)
        if self._left < 0:
            raise too_long()
        return octets


def too_long() -> TooLong:
    return TooLong("The calendar is larger than 1 MB. Publish only free and busy times, or fewer months of it.")


async def _answer(stream: _Stream) -> bytes:
    """The body of an answer of HTTP/1.1 (RFC 9112), read strictly. Raises CannotFetch."""
    status, headers = await _head(stream)
    for _ in range(3):  # hints that come before the answer
        if status >= 200:
            break
        status, headers = await _head(stream)
    _check(status)
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise NoAnswer("The server sends the calendar compressed, although we asked for it plain. Load it as a file.")
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    if coding is not None:
        if coding.lower() != "chunked" or length is not None:
            raise _unclear()
        return await _chunks(stream)
    if length is None:
        return await stream.rest()
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise _unclear()
    if int(length) > stream.most:
        raise too_long()
    return await stream.exactly(int(length))


async def _head(stream: _Stream) -> tuple[int, dict[str, str]]:
    first = _STATUS.fullmatch(await stream.line())
    if first is None:
        raise _unclear()
    headers: dict[str, str] = {}
    for _ in range(200):
        line = await stream.line()
        if not line:
            return int(first[1]), headers
        found = _HEADER.fullmatch(line)
        if found is None:
            raise _unclear()
        name = found[1].decode("ascii").lower()
        if name in headers and name in ("content-length", "transfer-encoding", "content-encoding"):
            raise _unclear()
        headers[name] = found[2].decode("latin-1")
    raise _unclear()


async def _chunks(stream: _Stream) -> bytes:
    parts: list[bytes] = []
    total = 0
    while True:
        found = _CHUNK.fullmatch(await stream.line())
        if found is None:
            raise _unclear()
        size = int(found[1], 16)
        total += size
        if total > stream.most:
            raise too_long()
        if size == 0:
            return b"".join(parts)
        parts.append(await stream.exactly(size))
        if await stream.line():
            raise _unclear()


def _check(status: int) -> None:
    """Raises Redirected, Refused or NoAnswer."""
    if status == 200:
        return
    if 300 <= status < 400:
        raise Redirected(
            "The address leads on to another one, which we do not follow. Open it in a browser, "
            "and paste here the address at which it ends."
        )
    if status in (401, 403, 407):
        raise Refused("The server asks for a sign-in. Publish the calendar with a link that anybody can open.")
    if status in (404, 410):
        raise Refused("There is no calendar at this address any more. Publish it again, and paste the new address.")
    if status == 429 or status >= 500:
        raise Refused("The server cannot give the calendar at the moment. We try again by ourselves.")
    raise Refused("The server does not give the calendar. Check that the address opens in a browser.")


def _unclear() -> NoAnswer:
    return NoAnswer("The server's answer cannot be read. Check that the address is that of a published calendar.")
