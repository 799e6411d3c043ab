"""Handing mail over to a real mail server that refuses, hangs, forgets and hangs up, and to a folder."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from academy.outbox import mime
from academy.outbox.smtp import FileSender, Receipt, Refused, SmtpSender, TryLater, file_name

FROM = "bounce+abc@example.org"
TO = "priya@council.example"
OCTETS = mime.build(
    mime.Mail(
        sender=mime.Mailbox("academy@example.org"),
        to=mime.Mailbox(TO),
        subject="Hello",
        text="One\n.\n..two\n.three\n",
        html="<p>One</p>\n",
        message_id="<m1@example.org>",
        date=datetime(2026, 6, 24, 8, 30, tzinfo=UTC),
    )
)
OK = "250 2.0.0 taken"


class Server:
    """aiosmtpd, and what it shall say: an answer, or a function that is awaited first."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.mail = self.rcpt = "250 OK"
        self.data: str | Callable[[], Any] = OK
        self.protocols: list[SMTP] = []
        self.port = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.mail

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if isinstance(self.data, str):
            return self.data
        return await self.data() or OK

    def hang_up(self) -> None:
        for protocol in self.protocols:
            if protocol.transport is not None:
                protocol.transport.abort()


class _Counted(SMTP):
    def __init__(self, room: Server, **options: Any) -> None:
        super().__init__(room, hostname="mail.test", **options)
        self._room = room

    def connection_made(self, transport: Any) -> None:
        self._room.connections += 1
        self._room.open += 1
        self._room.most_open = max(self._room.most_open, self._room.open)
        self._room.protocols.append(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._room.open -= 1
        super().connection_lost(error)


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Server]:
    room = Server()
    listening = await asyncio.get_running_loop().create_server(lambda: _Counted(room, **options), "127.0.0.1", 0)
    room.port = listening.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        listening.close()
        room.hang_up()
        await listening.wait_closed()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as room:
        yield room


@asynccontextmanager
async def sending(server: Server, **options: Any) -> AsyncIterator[SmtpSender]:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "tls": "none", "hostname": "academy.test"}
    sender = SmtpSender(**{**given, **options})
    try:
        yield sender
    finally:
        await sender.aclose()


async def one(sender: SmtpSender, *, to: str = TO, octets: bytes = OCTETS) -> Receipt:
    return await sender.send(octets, envelope_from=FROM, to=to)


async def test_a_mail_arrives_with_its_octets_and_its_envelope(server: Server) -> None:
    async with sending(server) as sender:
        receipt = await one(sender)

    assert receipt == Receipt(code=250, text="2.0.0 taken")
    assert server.taken == [(FROM, [TO], OCTETS)]


async def test_several_mails_go_over_one_session(server: Server) -> None:
    async with sending(server) as sender:
        for _ in range(5):
            await one(sender)

    assert (len(server.taken), server.connections) == (5, 1)


async def test_a_session_carries_no_more_mails_than_it_may(server: Server) -> None:
    async with sending(server, mails_per_session=2) as sender:
        for _ in range(5):
            await one(sender)

    assert (len(server.taken), server.connections) == (5, 3)


async def test_an_idle_session_says_goodbye(server: Server) -> None:
    async with sending(server, idle_seconds=0.05) as sender:
        await one(sender)
        await asyncio.sleep(0.3)
        assert server.open == 0
        await one(sender)

    assert server.connections == 2


async def test_there_are_never_more_sessions_than_set(server: Server) -> None:
    async def slow() -> None:
        await asyncio.sleep(0.03)

    server.data = slow
    async with sending(server, connections=2) as sender:
        await asyncio.gather(*(one(sender) for _ in range(10)))

    assert (len(server.taken), server.most_open) == (10, 2)


async def test_control_more_sessions_are_opened_where_more_are_set(server: Server) -> None:
    async def slow() -> None:
        await asyncio.sleep(0.03)

    server.data = slow
    async with sending(server, connections=5) as sender:
        await asyncio.gather(*(one(sender) for _ in range(10)))

    assert server.most_open == 5


async def test_a_recipient_who_is_refused_for_good_is_named_with_the_servers_words(server: Server) -> None:
    server.rcpt = "550 5.1.1 no such mailbox"
    async with sending(server) as sender:
        with pytest.raises(Refused) as refused:
            await one(sender)
        server.rcpt = "250 OK"
        await one(sender)

    assert (refused.value.code, refused.value.text) == (550, "5.1.1 no such mailbox")
    assert (len(server.taken), server.connections) == (1, 1)  # the session goes on


async def test_a_mail_that_is_refused_at_its_end_is_refused(server: Server) -> None:
    server.data = "554 5.7.1 looks like spam"
    async with sending(server) as sender:
        with pytest.raises(Refused, match="554 5.7.1 looks like spam"):
            await one(sender)


@pytest.mark.parametrize(
    "answer", ["451 4.7.1 greylisted", "452 full", "432 4.3.2 concurrent connections", "421 closing"]
)
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_not_now_is_try_later(server: Server, stage: str, answer: str) -> None:
    setattr(server, stage, answer)
    async with sending(server) as sender:
        with pytest.raises(TryLater) as later:
            await one(sender)
        setattr(server, stage, OK)
        await one(sender)

    assert (later.value.code, later.value.unsure) == (int(answer[:3]), False)


@pytest.mark.parametrize("answer", ["530 5.7.0 authentication required", "535 5.7.8 bad password"])
async def test_what_is_wrong_with_us_refuses_no_mail(server: Server, answer: str) -> None:
    server.mail = answer
    async with sending(server) as sender:
        with pytest.raises(TryLater, match=answer):
            await one(sender)


async def test_a_server_that_is_not_there_is_try_later() -> None:
    async with running() as gone:
        pass
    async with sending(gone) as sender:
        with pytest.raises(TryLater):
            await one(sender)


async def test_a_server_that_hangs_after_the_data_is_try_later_in_time(server: Server) -> None:
    async def hang() -> None:
        await asyncio.sleep(30)

    server.data = hang
    async with sending(server, timeout=0.3) as sender:
        began = asyncio.get_running_loop().time()
        with pytest.raises(TryLater) as later:
            await one(sender)
        assert asyncio.get_running_loop().time() - began < 2

    assert later.value.unsure is True


async def test_a_server_that_never_greets_is_try_later_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    quiet = Server()
    quiet.port = listening.sockets[0].getsockname()[1]
    async with sending(quiet, timeout=0.3) as sender:
        with pytest.raises(TryLater) as later:
            await one(sender)
    listening.close()
    await listening.wait_closed()

    assert later.value.unsure is False


async def test_one_hanging_mail_holds_back_no_other(server: Server) -> None:
    hanging = asyncio.Event()

    async def hang_once() -> None:
        if not hanging.is_set():
            hanging.set()
            await asyncio.sleep(30)

    server.data = hang_once
    async with sending(server, connections=2, timeout=5) as sender:
        stuck = asyncio.create_task(one(sender))
        await hanging.wait()
        await asyncio.gather(*(one(sender) for _ in range(5)))
        assert (len(server.taken), stuck.done()) == (6, False)
        stuck.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stuck
        await one(sender)


async def test_a_server_that_hangs_up_on_an_idle_session_is_not_noticed_by_the_mail(server: Server) -> None:
    async with sending(server) as sender:
        await one(sender)
        server.hang_up()
        await one(sender)

    assert (len(server.taken), server.connections) == (2, 2)


async def test_an_answer_that_is_lost_leaves_it_unsure_and_is_not_sent_again_here(server: Server) -> None:
    async def lose() -> None:
        server.hang_up()

    async with sending(server) as sender:
        await one(sender)
        server.data = lose
        with pytest.raises(TryLater) as later:
            await one(sender)

    assert (later.value.unsure, len(server.taken)) == (True, 2)


async def test_a_mail_that_was_taken_is_taken_even_if_the_server_then_goes(server: Server) -> None:
    async with sending(server) as sender:
        receipt = await one(sender)
        server.hang_up()

    assert (receipt.code, len(server.taken)) == (250, 1)


async def test_a_server_without_tls_gets_nothing_if_tls_is_set(server: Server) -> None:
    async with sending(server, tls="starttls") as sender:
        with pytest.raises(TryLater):
            await one(sender)

    assert server.taken == []


async def test_control_without_tls_set_it_does(server: Server) -> None:
    async with sending(server, tls="none") as sender:
        await one(sender)

    assert len(server.taken) == 1


async def test_a_wrong_password_refuses_no_mail() -> None:
    def nobody(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    async with (
        running(authenticator=nobody, auth_require_tls=False, auth_exclude_mechanism=["LOGIN"]) as closed,
        sending(closed, user="academy", password="wrong") as sender,
    ):
        with pytest.raises(TryLater) as later:
            await one(sender)

    assert (later.value.code, closed.taken) == (535, [])


async def test_letters_before_the_at_sign_are_refused_where_the_server_does_not_know_them(server: Server) -> None:
    async with sending(server) as sender:
        with pytest.raises(Refused) as refused:
            await one(sender, to="zoë@council.example")
        await one(sender)

    assert refused.value.text == (
        "The mail server cannot send to an address with letters like é before the @. Ask for another address."
    )
    assert (len(server.taken), server.connections) == (1, 1)


async def test_letters_before_the_at_sign_are_sent_where_the_server_knows_them() -> None:
    async with running(enable_SMTPUTF8=True) as modern, sending(modern) as sender:
        await one(sender, to="zoë@council.example")

    assert modern.taken[0][1] == ["zoë@council.example"]


async def test_a_domain_beyond_ascii_needs_no_such_server(server: Server) -> None:
    async with sending(server) as sender:
        await one(sender, to="jo@bücher.example")

    assert server.taken[0][1] == ["jo@xn--bcher-kva.example"]


@pytest.mark.parametrize("to", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "a@b.example\n", "a@b>c"])
async def test_an_address_that_writes_a_command_is_refused(server: Server, to: str) -> None:
    async with sending(server) as sender:
        with pytest.raises(Refused):
            await one(sender, to=to)

    assert server.taken == []


# Files


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_without_a_mail_server_a_mail_becomes_a_file_that_only_we_can_read(tmp_path: Path) -> None:
    sender = FileSender(tmp_path / "data" / "mail")

    receipt = await sender.send(OCTETS, envelope_from=FROM, to=TO)

    files = list((tmp_path / "data" / "mail").iterdir())
    assert [file.name for file in files] == [file_name(OCTETS)]
    assert file_name(OCTETS).startswith("20260624T083000Z-")
    assert (files[0].read_bytes(), files[0].stat().st_mode & 0o777) == (OCTETS, 0o600)
    assert receipt == Receipt(code=250, text=f"Kept as {files[0].name}")


async def test_the_same_mail_again_is_the_same_file(tmp_path: Path) -> None:
    sender = FileSender(tmp_path)

    await asyncio.gather(*(sender.send(OCTETS, envelope_from=FROM, to=TO) for _ in range(5)))

    assert names(tmp_path) == [file_name(OCTETS)]


async def test_a_folder_that_cannot_be_written_is_try_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")

    with pytest.raises(TryLater, match="could not be written"):
        await FileSender(tmp_path / "mail").send(OCTETS, envelope_from=FROM, to=TO)
    assert names(tmp_path) == ["mail"]
