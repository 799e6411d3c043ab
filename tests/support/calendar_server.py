"""A real server for calendars, with TLS, that answers as it is told.

    async with serving(certificate, plain(b"BEGIN:VCALENDAR…")) as server:
        await fetch("https://calendar.example.org/x.ics", reach=server.reach())

It listens on this machine, where the product reads from nobody: ``reach`` switches that protection off, nothing else.
"""

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from cohorts.coaching.times.fetch import Reach

HOST = "calendar.example.org"
HERE = "127.0.0.1"

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Certificate:
    """A certificate that signs itself, made anew for each run of the tests."""

    def __init__(self, folder: Path, name: str = HOST) -> None:
        self.file, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "2"]
        subprocess.run(
            [*made, *subject, "-keyout", str(self.key), "-out", str(self.file)], check=True, capture_output=True
        )

    def of_server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context

    def trusted(self) -> ssl.SSLContext:
        """What the product uses, with this certificate among those that it believes."""
        return ssl.create_default_context(cafile=str(self.file))


class Server:
    """What was asked, and how to reach it."""

    def __init__(self, certificate: Certificate, port: int) -> None:
        self.certificate = certificate
        self.port = port
        self.requests: list[bytes] = []
        self.connections = 0
        self.resolved: list[str] = []

    def reach(self, *, addresses: list[str] | None = None, **other: Any) -> Reach:
        """The protection as in earnest, but for this one server on this machine."""

        async def resolve(host: str, port: int) -> list[str]:
            self.resolved.append(host)
            return addresses or [HERE]

        usual: dict[str, Any] = {
            "allowed": lambda address: address == HERE,
            "resolve": resolve,
            "trust": self.certificate.trusted,
            "port": self.port,
        }
        return Reach(**{**usual, **other})


@contextlib.asynccontextmanager
async def serving(certificate: Certificate, answer: Answer) -> AsyncIterator[Server]:
    """A server that gives every request this answer, then ends the connection."""
    held: set[asyncio.Task[Any]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        held.add(task)
        server.connections += 1
        try:
            server.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await answer(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            held.discard(task)
            writer.close()

    listening = await asyncio.start_server(meet, HERE, 0, ssl=certificate.of_server())
    server = Server(certificate, listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        for task in list(held):
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)


def said(octets: bytes) -> Answer:
    """Say exactly this, and end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(octets)
        await writer.drain()

    return answer


def plain(body: bytes, *headers: str, status: str = "200 OK") -> Answer:
    """A well-formed answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: text/calendar", *headers]
    return said("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
