"""The whole product behind a browser without a screen: real routes, real database, no network.

    async def test_…(client, …):
        await sign_in(client, person)
        answer = await post(client, "/account", {"name": "Ana"}, page="/account")

``client`` talks to the app at its public address (https, so cookies are as in earnest). ``post`` first opens a page
and takes the form's hidden token from it, as a browser does.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from html import unescape
from html.parser import HTMLParser
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from academy import clock as academy_clock
from academy import database as room
from academy.accounts import links, service
from academy.accounts.sessions import cookie_name
from academy.app import create_app
from academy.settings import Settings

Data = Mapping[str, str | Iterable[str]]


@pytest.fixture(autouse=True)
def _signing_key() -> None:
    """Links are signed with a known key, and nothing is written to a data folder."""
    links.use_key(b"the key that tests sign links with")


_apps: dict[str, Litestar] = {}


@pytest.fixture
def app(settings: Settings, database: room.Engine) -> Litestar:
    """The composed application on the database of this test. Composing takes longer than most tests, so it is kept."""
    kind = type(database).__name__
    if kind not in _apps:
        _apps[kind] = create_app(settings, engine=database)
    _apps[kind].state["settings"] = settings
    return _apps[kind]


@pytest_asyncio.fixture
async def client(app: Litestar, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    async with browser(app, settings) as made:
        yield made


def browser(app: Litestar, settings: Settings, *, address: str = "192.0.2.7") -> httpx.AsyncClient:
    """Another browser, on a network address of its own. Use it with ``async with``."""
    transport = httpx.ASGITransport(app=app, client=(address, 50000), raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport,
        base_url=settings.address,
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"},
    )


async def sign_in(client: httpx.AsyncClient, person: UUID) -> str:
    """Sign this browser in and return the secret of the session."""
    secret = await service.start_session(person, browser=client.headers["user-agent"], now=academy_clock.now())
    client.cookies.set(cookie_of(client), secret, domain=client.base_url.host)
    return secret


def cookie_of(client: httpx.AsyncClient) -> str:
    return cookie_name(Settings(base_url=str(client.base_url).rstrip("/")))


def session_of(client: httpx.AsyncClient) -> str:
    """The secret this browser holds, or nothing."""
    return client.cookies.get(cookie_of(client), default="", domain=client.base_url.host) or ""


async def get_form(client: httpx.AsyncClient, path: str) -> str:
    """Open a page and return the token that its forms carry."""
    answer = await client.get(path)
    found = re.search(r'name="_csrf_token" value="([^"]+)"', answer.text)
    assert found, f"{path} answered {answer.status_code} and has no form"
    return unescape(found[1])


async def post(
    client: httpx.AsyncClient,
    path: str,
    data: Data | None = None,
    *,
    page: str = "",
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Send a form of ``page`` (any page, if it does not matter) to ``path``. Redirects are not followed."""
    token = await get_form(client, page or ("/help" if session_of(client) else "/sign-in"))
    return await client.post(path, data={**(data or {}), "_csrf_token": token}, files=files, headers=headers)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "svg"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.found.append(" ".join(data.split()))


def words(answer: httpx.Response) -> list[str]:
    """The pieces of text that a page shows, in order."""
    parser = _Words()
    parser.feed(answer.text)
    return parser.found


def heading(answer: httpx.Response) -> str:
    """The text of the page's one h1."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    assert len(found) == 1, f"{len(found)} headings of the first level"
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[0])).split())


def field_errors(answer: httpx.Response) -> dict[str, str]:
    """What the summary of errors says, by field."""
    return {
        field: " ".join(unescape(text).split())
        for field, text in re.findall(
            r'<a href="#([^"]+)"[^>]*>(.*?)</a>',
            "".join(re.findall(r'<div class="govuk-error-summary".*?</ul>', answer.text, re.DOTALL)),
            re.DOTALL,
        )
    }
