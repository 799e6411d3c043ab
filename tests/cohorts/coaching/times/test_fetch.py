"""A calendar is fetched from the public internet and nowhere else; a bad server cannot keep us or fill us."""

import asyncio
import contextlib
import gzip
import logging
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cohorts.coaching.times.addresses import (
    BadAddress,
    CannotFetch,
    NoAnswer,
    NotPublic,
    NotTrusted,
    Redirected,
    Refused,
    TooLong,
    TooSlow,
)
from cohorts.coaching.times.fetch import EARNEST, MOST_OCTETS, SECONDS, Reach, fetch
from tests.cohorts.coaching.times.test_addresses import PRIVATE
from tests.support.calendar_server import HERE, HOST, Answer, Certificate, Server, plain, said, serving

ADDRESS = f"https://{HOST}/private-1f2e/basic.ics?key=hush"
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


async def refusal(server: Server | None = None, **other: Any) -> CannotFetch:
    """The error of a fetch that must not succeed."""
    reach = server.reach(**other) if server else Reach(**other)
    with pytest.raises(CannotFetch) as refused:
        await fetch(ADDRESS, reach=reach)
    return refused.value


# ------------------------------------------------------------------ it works
async def test_a_calendar_is_fetched(certificate: Certificate) -> None:
    async with serving(certificate, plain(BODY)) as server:
        got = await fetch(ADDRESS, reach=server.reach())

    assert got == BODY
    assert server.requests == [
        b"GET /private-1f2e/basic.ics?key=hush HTTP/1.1\r\n"
        b"Host: calendar.example.org\r\n"
        b"User-Agent: LeadershipAcademy (reads busy times)\r\n"
        b"Accept: text/calendar, */*;q=0.1\r\n"
        b"Accept-Encoding: identity\r\n"
        b"Connection: close\r\n\r\n"
    ]


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10;a=b\r\n" + BODY[:16] + b"\r\n10\r\n" + BODY[16:]
        + b"\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200\r\nContent-Length: 32\r\n\r\n" + BODY + b"more",
        b"HTTP/1.1 200 OK\nContent-Length: 32\nX: y\nX: z\n\n" + BODY,
    ],
    ids=["in chunks", "up to the end", "after a hint", "with bare line feeds"],
)  # fmt: skip
async def test_answers_come_in_several_forms(certificate: Certificate, octets: bytes) -> None:
    async with serving(certificate, said(octets)) as server:
        assert await fetch(ADDRESS, reach=server.reach()) == BODY


async def test_the_next_address_is_tried_when_one_takes_no_connection(certificate: Certificate) -> None:
    async with serving(certificate, plain(BODY)) as server:
        reach = server.reach(addresses=["::1", "127.0.0.2", HERE], allowed=lambda address: True)

        assert await fetch(ADDRESS, reach=reach) == BODY


def test_in_earnest_it_is_https_on_443_within_5_seconds_and_1_mebibyte() -> None:
    context = EARNEST.trust()

    assert (EARNEST.port, EARNEST.seconds, EARNEST.most) == (443, SECONDS, MOST_OCTETS) == (443, 5.0, 1048576)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


# ----------------------------------------------------- where it does not go
@pytest.mark.parametrize("inside", [each for each in PRIVATE if each and each[0].isalnum() or each.startswith(":")])
async def test_a_name_that_leads_inside_is_refused(certificate: Certificate, inside: str) -> None:
    async with serving(certificate, plain(BODY)) as server:
        error = await refusal(server, addresses=[inside], allowed=EARNEST.allowed)

    assert type(error) is NotPublic
    assert server.connections == 0


async def test_control_without_the_protection_a_server_inside_is_reached(certificate: Certificate) -> None:
    async with serving(certificate, plain(BODY)) as server:
        reach = server.reach(addresses=[HERE], allowed=lambda address: True)

        assert await fetch(ADDRESS, reach=reach) == BODY
        assert server.connections == 1


async def test_of_several_addresses_only_the_public_ones_are_tried(certificate: Certificate) -> None:
    async with serving(certificate, plain(BODY)) as inside:
        reach = inside.reach(addresses=["10.0.0.1", "::ffff:127.0.0.1", HERE], allowed=EARNEST.allowed)
        with pytest.raises(NotPublic):
            await fetch(ADDRESS, reach=reach)

    assert inside.connections == 0


def names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """The resolver of this process gives these answers in turn, the last one for ever. Returns who was asked for."""
    asked: list[str] = []
    loop = asyncio.get_running_loop()
    really = loop.getaddrinfo

    async def getaddrinfo(host: Any, port: Any, **options: Any) -> Any:
        if host != HOST:
            return await really(host, port, **options)
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    return asked


def first_only(address: str) -> bool:
    """Stands for "public": the test's outer server, and not the inner one."""
    return address == "127.0.0.1"


async def test_a_name_that_changes_its_mind_is_asked_once(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(certificate, plain(BODY)) as server:
        asked = names(monkeypatch, "127.0.0.1", "127.0.0.2")
        reach = Reach(allowed=first_only, trust=certificate.trusted, port=server.port)

        assert await fetch(ADDRESS, reach=reach) == BODY

    assert asked == [HOST]


async def test_control_connecting_by_name_after_the_check_is_led_inside(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    peers: list[str] = []
    inner = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.2", 0)
    port = inner.sockets[0].getsockname()[1]
    names(monkeypatch, "127.0.0.1", "127.0.0.2")

    checked = await EARNEST.resolve(HOST, port)
    _, writer = await asyncio.open_connection(HOST, port)
    peers.append(writer.get_extra_info("peername")[0])
    writer.close()
    inner.close()

    assert first_only(checked[0])
    assert peers == ["127.0.0.2"]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_not_followed(certificate: Certificate, status: str) -> None:
    async with serving(certificate, plain(BODY)) as inside:
        led = plain(b"", f"Location: https://{HERE}:{inside.port}/", status=status)
        async with serving(certificate, led) as server:
            error = await refusal(server)

    assert error.message == (
        "The address leads on to another one, which we do not follow. Open it in a browser, "
        "and paste here the address at which it ends."
    )
    assert (type(error), inside.connections, server.connections) == (Redirected, 0, 1)


async def test_proxies_of_the_environment_are_not_asked(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(certificate, plain(b"from the proxy")) as proxy, serving(certificate, plain(BODY)) as server:
        for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{HERE}:{proxy.port}")

        assert await fetch(ADDRESS, reach=server.reach()) == BODY

    assert proxy.connections == 0


async def test_an_address_that_is_refused_asks_nobody() -> None:
    async def nobody(host: str, port: int) -> list[str]:
        raise AssertionError

    with pytest.raises(BadAddress):
        await fetch("http://calendar.example.org/", reach=Reach(resolve=nobody))


# --------------------------------------------------------- whom it believes
async def test_a_certificate_of_another_name_is_refused(certificates: Path) -> None:
    other = Certificate(certificates, "other.example.org")
    async with serving(other, plain(BODY)) as server:
        error = await refusal(server)

    assert type(error) is NotTrusted
    assert server.requests == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    async with serving(certificate, plain(BODY)) as server:
        error = await refusal(server, trust=EARNEST.trust)

    assert type(error) is NotTrusted
    assert server.requests == []


async def test_control_without_checking_certificates_the_wrong_server_is_asked(certificates: Path) -> None:
    def anybody() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    async with serving(Certificate(certificates, "third.example.org"), plain(BODY)) as server:
        assert await fetch(ADDRESS, reach=server.reach(trust=anybody)) == BODY


async def test_a_server_without_tls_is_no_answer() -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + BODY)
        writer.close()

    listening = await asyncio.start_server(meet, HERE, 0)
    port = listening.sockets[0].getsockname()[1]

    async def here(host: str, port: int) -> list[str]:
        return [HERE]

    error = await refusal(allowed=lambda address: True, resolve=here, port=port)
    listening.close()

    assert type(error) is NoAnswer


# ------------------------------------------------------------- time and size
async def forever(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"X" * 65536)
        await writer.drain()


async def one_octet_at_a_time(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n")
    while True:
        writer.write(b"B")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def headers_forever(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: and more\r\n" * 1000)
        await writer.drain()


async def hints_forever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await writer.drain()


async def small_chunks_forever(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write((b"1;" + b"e" * 5000 + b"\r\nX\r\n") * 20)
        await writer.drain()


@pytest.mark.parametrize("answer", [silent, one_octet_at_a_time])
async def test_a_slow_server_is_left(certificate: Certificate, answer: Answer) -> None:
    async with serving(certificate, answer) as server:
        error = await refusal(server, seconds=0.3)

    assert type(error) is TooSlow


async def test_a_server_that_only_takes_the_connection_is_left(certificate: Certificate) -> None:
    with socket.create_server((HERE, 0)) as deaf:
        server = Server(certificate, deaf.getsockname()[1])
        error = await refusal(server, seconds=0.3)

    assert type(error) is TooSlow


async def test_a_slow_name_is_left() -> None:
    async def slow(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    error = await refusal(resolve=slow, seconds=0.1)

    assert type(error) is TooSlow


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (forever, TooLong),
        (small_chunks_forever, TooLong),
        (headers_forever, NoAnswer),
        (hints_forever, Refused),
        (plain(b"X" * (MOST_OCTETS + 1)), TooLong),
        (said(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n"), TooLong),
        (said(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"), TooLong),
        (said(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"), NoAnswer),
    ],
)
async def test_a_server_that_never_stops_is_left(
    certificate: Certificate, answer: Answer, kind: type[CannotFetch]
) -> None:
    async with serving(certificate, answer) as server:
        error = await refusal(server, seconds=20)

    assert type(error) is kind


async def test_a_calendar_of_just_1_mebibyte_is_taken(certificate: Certificate) -> None:
    async with serving(certificate, plain(b"X" * MOST_OCTETS)) as server:
        assert len(await fetch(ADDRESS, reach=server.reach())) == MOST_OCTETS


async def test_a_compressed_bomb_stays_small(certificate: Certificate) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    async with serving(certificate, plain(bomb, "Content-Encoding: gzip")) as server:
        error = await refusal(server)
    async with serving(certificate, plain(bomb)) as server:  # not said, so not unpacked either
        got = await fetch(ADDRESS, reach=server.reach())

    assert type(error) is NoAnswer
    assert error.message == (
        "The server sends the calendar compressed, although we asked for it plain. Load it as a file."
    )
    assert got == bomb


async def test_the_event_loop_goes_on_meanwhile(certificate: Certificate) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    counting = asyncio.get_running_loop().create_task(count())
    async with serving(certificate, silent) as server:
        await refusal(server, seconds=0.5)
    counting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await counting

    assert turns > 10


# ------------------------------------------------------------- what it says
@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("401 No", "The server asks for a sign-in. Publish the calendar with a link that anybody can open."),
        ("403 No", "The server asks for a sign-in. Publish the calendar with a link that anybody can open."),
        ("404 No", "There is no calendar at this address any more. Publish it again, and paste the new address."),
        ("410 No", "There is no calendar at this address any more. Publish it again, and paste the new address."),
        ("429 No", "The server cannot give the calendar at the moment. We try again by ourselves."),
        ("500 No", "The server cannot give the calendar at the moment. We try again by ourselves."),
        ("204 No", "The server does not give the calendar. Check that the address opens in a browser."),
        ("206 No", "The server does not give the calendar. Check that the address opens in a browser."),
    ],
)
async def test_a_refusal_says_what_to_do(certificate: Certificate, status: str, sentence: str) -> None:
    async with serving(certificate, plain(BODY, status=status)) as server:
        error = await refusal(server)

    assert (type(error), error.message) == (Refused, sentence)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nXY\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + BODY,
    ],
)
async def test_what_is_not_http_is_no_answer(certificate: Certificate, octets: bytes) -> None:
    async with serving(certificate, said(octets)) as server:
        error = await refusal(server)

    assert type(error) is NoAnswer


async def test_a_name_that_does_not_exist_is_no_answer() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"no {host}")

    error = await refusal(resolve=unknown)

    assert type(error) is NoAnswer


@pytest.mark.parametrize("answer", [plain(b"", status="404 No"), said(b"x"), forever, plain(b"", status="302 No")])
async def test_the_address_stands_in_no_error_and_in_no_log(
    certificate: Certificate, answer: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async with serving(certificate, answer) as server:
        error = await refusal(server)

    told = "".join([error.message, caplog.text, repr(error.__cause__)])
    assert [part for part in ("hush", "private-1f2e", HOST) if part in told] == []
    assert error.__cause__ is None
