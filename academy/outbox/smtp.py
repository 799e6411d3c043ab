"""How mail leaves: over SMTP (RFC 5321), or into files where no mail server is set."""

import asyncio
import hashlib
import os
import re
import tempfile
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import aiosmtplib
import msgspec

from academy.outbox.plain import ascii_domain

# Answers to MAIL that are about us or the server and not about this mail: sign-in and TLS (RFC 4954, RFC 3207).
_ABOUT_US = {530, 534, 535, 538}


class Receipt(msgspec.Struct, frozen=True):
    """A mail server (or the folder) has taken the mail over; it is never sent again."""

    code: int
    text: str


class Refused(Exception):
    """For good: the address or the mail is not accepted. ``text`` is what the server said."""

    def __init__(self, text: str, *, code: int = 550) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class TryLater(Exception):
    """Not now: the server is away, busy or slow. ``unsure`` if the mail may have been taken all the same."""

    def __init__(self, text: str, *, code: int = 0, unsure: bool = False) -> None:
        super().__init__(f"{code} {text}" if code else text)
        self.code, self.text, self.unsure = code, text, unsure


class Sender(Protocol):
    """Takes one mail to one person."""

    async def send(self, octets: bytes, *, envelope_from: str, to: str) -> Receipt:
        """Hand the mail over. Raises Refused or TryLater."""
        ...

    async def aclose(self) -> None:
        """Say goodbye to the server."""
        ...


class _Session:
    """One connection, how many mails it has carried, and since when it is idle (the loop's clock)."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.carried = 0
        self.idle_since = 0.0


class SmtpSender:
    """Sends over at most ``connections`` sessions, each used for several mails.

    No send takes longer than ``timeout`` seconds from the moment it has a session, so that one hanging server
    holds back one mail and not the rest. Belongs to one event loop.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: str = "starttls",
        user: str = "",
        password: str = "",
        connections: int = 2,
        timeout: float = 30.0,
        mails_per_session: int = 50,
        idle_seconds: float = 20.0,
        hostname: str | None = None,
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._user, self._password = user, password
        self._timeout, self._hostname = timeout, hostname
        self._mails_per_session, self._idle_seconds = mails_per_session, idle_seconds
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[_Session] = []
        self._goodbyes: set[asyncio.Task[None]] = set()

    async def send(self, octets: bytes, *, envelope_from: str, to: str) -> Receipt:
        """Hand one mail over. Raises Refused, or TryLater (also for a server that is set up wrongly)."""
        async with self._turns:
            progress = _Progress()
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._send(octets, envelope_from=envelope_from, to=to, progress=progress)
            except aiosmtplib.SMTPResponseException as error:
                about_this_mail = progress.talking and error.code >= 500 and error.code not in _ABOUT_US
                kind = Refused if about_this_mail else TryLater
                raise kind(_said(error.message), code=error.code) from error
            except TimeoutError as error:  # ours, and aiosmtplib's own
                text = "The mail server did not answer in time."
                raise TryLater(text, unsure=progress.data_sent) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                text = _said(str(error)) or "The mail server cannot be reached."
                raise TryLater(text, unsure=progress.data_sent) from error

    async def aclose(self) -> None:
        idle, self._idle = self._idle, []
        for session in idle:
            await _goodbye(session)
        await asyncio.gather(*self._goodbyes)

    async def _send(self, octets: bytes, *, envelope_from: str, to: str, progress: "_Progress") -> Receipt:
        session = self._reusable()
        if session is not None:
            # A kept session may have been closed by the server meanwhile; nothing of this mail has been said yet.
            try:
                return await self._carry(session, octets, envelope_from, to, progress)
            except (aiosmtplib.SMTPServerDisconnected, ConnectionError):
                if progress.envelope_taken:
                    raise
            except aiosmtplib.SMTPResponseException as error:
                if progress.envelope_taken or error.code != 421:
                    raise
        return await self._carry(await self._connect(), octets, envelope_from, to, progress)

    async def _carry(
        self, session: _Session, octets: bytes, envelope_from: str, to: str, progress: "_Progress"
    ) -> Receipt:
        """One mail over one session. The session is kept only after a clean answer."""
        client, keep = session.client, False
        try:
            options, encoding = _smtputf8(client, envelope_from, to)
            progress.talking = True
            await client.mail(_envelope(envelope_from), options=options, encoding=encoding)
            progress.envelope_taken = True
            await client.rcpt(_envelope(to), encoding=encoding)
            progress.data_sent = True
            answer = await client.data(octets)
            session.carried += 1
            keep = True
            return Receipt(code=answer.code, text=_said(answer.message))
        except Refused:
            keep = True  # our own refusal: nothing was said to the server
            raise
        except aiosmtplib.SMTPResponseException as error:
            keep = error.code != 421 and await _forgotten(client)
            raise
        finally:
            if keep and session.carried < self._mails_per_session:
                self._keep(session)
            elif keep:
                self._leave(session)
            else:
                client.close()

    async def _connect(self) -> _Session:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            username=self._user or None,
            password=self._password or None,
            timeout=self._timeout,
            local_hostname=self._hostname,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except BaseException:
            client.close()
            raise
        return _Session(client)

    def _reusable(self) -> _Session | None:
        while self._idle:
            session = self._idle.pop()
            if session.client.is_connected:
                return session
            session.client.close()
        return None

    def _keep(self, session: _Session) -> None:
        loop = asyncio.get_running_loop()
        session.idle_since = loop.time()
        self._idle.append(session)
        loop.call_later(self._idle_seconds, self._drop_if_idle, session, session.idle_since)

    def _drop_if_idle(self, session: _Session, since: float) -> None:
        if session in self._idle and session.idle_since == since:
            self._idle.remove(session)
            self._leave(session)

    def _leave(self, session: _Session) -> None:
        """Say goodbye without making the mail that has gone wait for it."""
        task = asyncio.get_running_loop().create_task(_goodbye(session))
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)


class _Progress:
    """How far a mail has come: what may be tried again without sending it twice."""

    talking = False
    envelope_taken = False
    data_sent = False


class FileSender:
    """Keeps each mail as an ``.eml`` file. The same mail again replaces its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, octets: bytes, *, envelope_from: str, to: str) -> Receipt:
        """Write the file, whole or not at all. Raises TryLater if the disk does not take it."""
        name = file_name(octets)
        try:
            await asyncio.to_thread(self._write, name, octets)
        except OSError as error:
            raise TryLater(f"The mail could not be written: {error.strerror}.") from error
        return Receipt(code=250, text=f"Kept as {name}")

    async def aclose(self) -> None:
        """Nothing is open."""

    def _write(self, name: str, octets: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, unfinished = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._folder)  # for us alone (0600)
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
        Path(unfinished).replace(self._folder / name)


def file_name(octets: bytes) -> str:
    """``20260624T083000Z-0a1b2c3d4e5f.eml``: when the mail was made, and a hash of its Message-ID."""
    headers = BytesHeaderParser(policy=compat32).parsebytes(octets)
    made = parsedate_to_datetime(str(headers["Date"]))
    digest = hashlib.sha256(str(headers["Message-ID"]).encode()).hexdigest()[:12]
    return f"{made:%Y%m%dT%H%M%SZ}-{digest}.eml"


def _smtputf8(client: aiosmtplib.SMTP, envelope_from: str, to: str) -> tuple[list[str], str]:
    """What to ask of the server for letters beyond ASCII before the @ (RFC 6531). Raises Refused."""
    if _envelope(envelope_from).isascii() and _envelope(to).isascii():
        return [], "ascii"
    if not client.supports_extension("smtputf8"):
        raise Refused(
            "The mail server cannot send to an address with letters like é before the @. Ask for another address.",
            code=553,
        )
    return ["SMTPUTF8", "BODY=8BITMIME"], "utf-8"


def _envelope(address: str) -> str:
    """The address as the envelope holds it. Raises Refused for what would write a command of its own."""
    if re.search(r"[\s<>\x00-\x1f\x7f]", address):
        raise Refused("This is not one plain e-mail address.", code=553)
    try:
        return ascii_domain(address)
    except ValueError as error:
        raise Refused(str(error), code=553) from error


def _said(text: str) -> str:
    """The server's words on one line, not too long to show."""
    return " ".join(text.split())[:500]


async def _forgotten(client: aiosmtplib.SMTP) -> bool:
    """Whether the server has put the refused mail aside, so that the session can carry the next."""
    try:
        async with asyncio.timeout(5):
            await client.rset()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        return False
    return True


async def _goodbye(session: _Session) -> None:
    try:
        async with asyncio.timeout(2):
            await session.client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        session.client.close()
