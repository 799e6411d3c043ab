"""A real mail server that keeps what it takes, and misbehaves when told to."""

import asyncio
import contextlib
import email
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Taken(msgspec.Struct, frozen=True):
    """One mail as it arrived."""

    to: str
    octets: bytes
    acknowledged: bool

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.octets, policy=policy.default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return re.search(rb"\r\nMessage-ID: (\S+)", self.octets)[1].decode()  # type: ignore[index]


class Sink:
    """Answers each mail to an address by the next word of its plan, and takes it when there is none.

    ``451`` ``550`` … refuse it, ``hang`` never answers, ``lose`` takes it and breaks the connection before saying so.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.taken: list[Taken] = []
        self.plans: dict[str, list[str]] = defaultdict(list)
        self.always: dict[str, str] = {}
        self.busy = self.most_at_once = self.tries = 0
        self.delay = 0.0
        self.lost_acknowledgements = 0
        self._lock = threading.Lock()
        self._over = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        (to,) = envelope.rcpt_tos
        with self._lock:
            self.tries += 1
            self.busy += 1
            self.most_at_once = max(self.most_at_once, self.busy)
            plan = self.plans[to]
            act = plan.pop(0) if plan else self.always.get(to, "")
        try:
            return await self._act(act, to, envelope.content, server)
        finally:
            with self._lock:
                self.busy -= 1

    async def _act(self, act: str, to: str, octets: bytes, server: Any) -> str:
        if self.delay:
            await asyncio.sleep(self.delay)
        if act == "hang":
            while not self._over.is_set():  # noqa: ASYNC110 - the flag is set in another thread
                await asyncio.sleep(0.05)
            return "451 too late"
        if act.isdigit():
            return f"{act} 5.1.1 no such mailbox" if act == "550" else f"{act} not now"
        with self._lock:
            self.taken.append(Taken(to, octets, act != "lose"))
            self.lost_acknowledgements += act == "lose"
        if act == "lose":
            server.transport.abort()
        return "250 taken"

    def to(self, address: str) -> list[Taken]:
        return [each for each in self.taken if each.to == address]

    def stop(self) -> None:
        self._over.set()


class _QuietController(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.example", enable_SMTPUTF8=True)


@contextlib.contextmanager
def running_sink(port: int = 0, *, make: type[Sink] = Sink) -> Iterator[Sink]:
    """The server, until the block ends."""
    port = port or free_port()
    sink = make(port)
    controller = _QuietController(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink
    finally:
        sink.stop()
        time.sleep(0.1)
        controller.stop(no_assert=True)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server for one test; ``sink.port`` is where it listens."""
    with running_sink() as made:
        yield made
