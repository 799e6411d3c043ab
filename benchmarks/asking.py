"""A client that costs little: HTTP/1.1 over connections that are kept, without a library in between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import msgspec

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NO_BODY = (204, 304)


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: bytes
    head: bytes
    """The status line and the headers, as they came."""

    def header(self, name: str) -> str:
        """The value of a header; empty if there is none."""
        found = re.search(rb"\r\n" + name.encode() + rb": *(.*?)\r\n", self.head, re.IGNORECASE)
        return found[1].decode() if found else ""


class Gone(ConnectionError):
    """The server closed the connection before it had answered."""


class Connection(asyncio.Protocol):
    """One connection, one question at a time."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: Any = None

    @classmethod
    async def open(cls, port: int) -> Connection:
        _, made = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return made

    async def ask(self, octets: bytes) -> Answer:
        """Send one request and wait for its answer. Raises Gone."""
        if self._transport is None or self._transport.is_closing():
            raise Gone
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(octets)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Gone())

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return
        status = int(self._held[9:12])
        found = _LENGTH.search(self._held, 0, end + 2)
        length = int(found[1]) if found and status not in _NO_BODY else 0
        if len(self._held) < end + 4 + length:
            return
        answer = Answer(status, bytes(self._held[end + 4 : end + 4 + length]), bytes(self._held[: end + 2]))
        del self._held[: end + 4 + length]
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)


def request(
    method: str,
    path: str,
    *,
    token: str = "",
    cookie: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """The octets of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if cookie:
        lines.append(f"Cookie: {cookie}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
