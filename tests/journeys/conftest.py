"""An academy that is open: served over HTTP, with a mail server, a browser, and a clock that the story turns."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from icalendar import Calendar
from playwright.async_api import Browser, Page

from academy import clock as academy_clock
from academy import database as room
from academy.app import create_app
from academy.scheduler import scheduler
from academy.serving import with_head
from academy.settings import Settings
from tests.browser.conftest import browser as browser
from tests.browser.live import serve
from tests.conftest import Clock
from tests.support.sink import Sink, Taken, free_port, running_sink

DESK = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}


class Academy:
    """What a story acts with: people's browsers, their mail, and the time."""

    def __init__(self, settings: Settings, browser: Browser, sink: Sink, clock: Clock) -> None:
        self.address = settings.address
        self.clock = clock
        self._settings = settings
        self._browser = browser
        self._sink = sink

    @asynccontextmanager
    async def person(self, *, phone: bool = False, scripts: bool = True) -> AsyncIterator[Page]:
        """Somebody's own browser. A story fails on any error in its console, the security policy's included."""
        context = await self._browser.new_context(
            viewport=PHONE if phone else DESK, java_script_enabled=scripts, locale="en-GB"
        )
        context.set_default_timeout(10_000)
        page = await context.new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        try:
            yield page
        finally:
            await context.close()
        assert [each for each in troubles if "status of 4" not in each] == []

    async def mail(self, address: str) -> list["Mail"]:
        """Send what waits, and give everything that has arrived at an address, in order."""
        timed = scheduler(self._settings)
        await timed.run_now(academy_clock.now())
        await timed.stop()
        return [Mail.of(taken) for taken in self._sink.to(address)]

    async def sign_in(self, page: Page, address: str) -> None:
        """Ask for a link, read the mail, open the link and press its button."""
        await page.goto(f"{self.address}/sign-in")
        await page.get_by_label("Email address").fill(address)
        await page.get_by_role("main").get_by_role("button").first.click()
        newest = [mail for mail in await self.mail(address) if "/sign-in/" in mail.text][-1]
        await page.goto(newest.link("/sign-in/"))
        await page.get_by_role("button", name="Sign in").last.click()


class Mail(msgspec.Struct, frozen=True):
    """A mail as its reader sees it, and as their calendar does."""

    subject: str
    text: str
    calendar: bytes | None

    @classmethod
    def of(cls, taken: Taken) -> "Mail":
        parts = {part.get_content_type(): part for part in taken.mail.walk()}
        body = parts["text/plain"].get_content()
        invite = parts.get("text/calendar")
        return cls(
            subject=str(taken.mail["Subject"]),
            text=body,
            calendar=None if invite is None else invite.get_payload(decode=True),
        )

    def link(self, start: str) -> str:
        """The address in this mail whose path starts so."""
        found = re.search(rf"https?://\S+?{re.escape(start)}\S*", self.text)
        assert found, f"no link to {start} in: {self.text}"
        return found[0]

    def event(self) -> tuple[str, str, int, str, str]:
        """METHOD, UID, SEQUENCE, start and summary of the invite."""
        assert self.calendar is not None
        read = Calendar.from_ical(self.calendar)
        (event,) = read.events
        start = event.start.strftime("%d %B %H:%M")
        return str(read["method"]), str(event["uid"]), int(event["sequence"]), start, str(event["summary"])


@pytest.fixture
def mail_server() -> Iterator[Sink]:
    with running_sink() as made:
        yield made


@pytest_asyncio.fixture
async def academy(
    database: room.Engine, tmp_path: Path, browser: Browser, mail_server: Sink, clock: Clock
) -> AsyncIterator[Academy]:
    """A new academy without anybody in it, open to the public."""
    port = free_port()
    url = database.url if isinstance(database, room.PostgresDatabase) else f"sqlite:///{database.file}"
    settings = Settings(
        data_dir=tmp_path,
        database_url=url,
        base_url=f"http://127.0.0.1:{port}",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_tls="none",
        mail_from="academy@example.org",
        mail_per_minute=6000,
    )
    app = create_app(settings, engine=database)
    async with serve(with_head(app), port=port):
        yield Academy(settings, browser, mail_server, clock)
    await asyncio.sleep(0)
