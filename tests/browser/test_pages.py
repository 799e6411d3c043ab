"""The accessibility gate over every page of the product, in a small demonstration academy.

The pages and where they are found are listed in ``pages.py``; here are the forms whose answers are pages as well.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Response

from academy import clock, database
from academy.accounts import links
from academy.accounts import service as accounts
from academy.accounts.sessions import cookie_name
from academy.app import create_app
from academy.database.migrate import migrate
from academy.demo.build import build
from academy.people import service as people
from academy.serving import Route, route_list
from academy.settings import Settings
from tests.browser.gate import check_page
from tests.browser.live import serve
from tests.browser.pages import ANYONE, LOOKS, NO_PAGES, WHO, Look, places
from tests.conftest import MEMORY

KEY = b"the key that links of these pages are signed with"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A form that is sent: what is typed by the names of the fields, the button, and the status of what comes."""

    path: str
    typed: dict[str, str]
    button: str
    who: str = ANYONE
    staff: bool = False
    status: int = 422


def by_coordinator(path: str, typed: dict[str, str], button: str, *, status: int = 422) -> Sent:
    return Sent(path=path, typed=typed, button=button, who="coordinator", staff=True, status=status)


def by_participant(path: str, typed: dict[str, str], button: str, *, status: int = 422) -> Sent:
    return Sent(path=path, typed=typed, button=button, who="participant", status=status)


def by_coach(path: str, typed: dict[str, str], button: str, *, status: int = 422) -> Sent:
    return Sent(path=path, typed=typed, button=button, who="coach", status=status)


FORMS = [
    Sent(path="/cohorts/{other}/register", typed={"name": "Ana", "email": "ana"}, button="Register"),
    Sent(path="/sign-in", typed={"email": "ana"}, button="Email me a link"),
    Sent(path="/sign-in", typed={"email": "ana@example.org"}, button="Email me a link", status=200),
    by_participant("/account", {"name": ""}, "Save details"),
    by_participant("/account", {"job_title": "Head of Digital"}, "Save details", status=200),
    by_participant("/account", {"email": "not an address"}, "Change address"),
    by_participant("/account/calendar", {}, "Create address", status=200),
    by_participant("/account/tokens", {"name": ""}, "Create token"),
    by_participant("/account/tokens", {"name": "My script"}, "Create token", status=200),
    by_participant("/coaching/{enrolment}/goals/change", {"goal-1": "", "measure-1": "Twice"}, "Save the goals"),
    by_participant("/coaching/{enrolment}/goals/change", {"seal": "0", "goal-1": "A"}, "Save the goals", status=409),
    by_participant("/coaching/{e_over}/evaluation", {"helped": "Her questions."}, "Save"),
    by_coach("/coaching/sessions/{coaching_unmarked}", {"minutes": "long"}, "Save what happened"),
    by_coach("/coach/log/{entry}/change", {"what": "", "minutes": "long"}, "Save"),
    by_coach("/coach/times", {"d0_0_from": "soon", "d6_0_to": "5pm"}, "Save your week"),
    by_coach("/coach/times", {"version": "0", "d6_0_from": "9am", "d6_0_to": "10am"}, "Save your week", status=409),
    by_coach("/coach/times", {"d6_0_from": "9am"}, "another stretch on Sunday", status=200),
    by_coach("/coach/times/rules", {"buffer": "lots", "link": "meet"}, "Save your rules"),
    by_coach("/coach/profile", {"version": "0", "headline": "Mine"}, "Save your profile", status=409),
    by_coordinator("/programmes/top-talent/coaching", {"credits": "many", "most_moves": ""}, "Save rules"),
    by_coordinator("/programmes/top-talent/coaching", {"version": "0", "credits": "9"}, "Save rules", status=409),
    by_coordinator("/programmes/top-talent/coaching/coaches", {"name": "", "address": "x"}, "Add as coach"),
    by_coordinator("/coaches/{daniel}/away?for=good", {}, "Check and see who is told", status=200),
    by_coordinator("/coaches/{daniel}/away?for=good", {"reason": ""}, "Check and see who is told"),
    by_coordinator("/cohorts/{running}/coaching/{enrolment}", {"credits": "many"}, "Save"),
    by_coordinator("/cohorts/{running}/coaching/{enrolment}/book", {"on": "", "at": "19:00"}, "Check this time"),
    by_coordinator("/programmes/new", {"name": "", "contact_hours": "many"}, "Save as draft"),
    by_coordinator("/programmes/top-talent/edit", {"version": "0", "summary": "Another."}, "Save", status=409),
    by_coordinator("/programmes/top-talent/sponsors", {"web_address": "example.org"}, "Add sponsor"),
    by_coordinator("/programmes/top-talent/cohorts/new", {"name": "", "capacity": "none"}, "Save the cohort"),
    by_coordinator("/cohorts/{open}/edit", {"name": "", "capacity": "1"}, "Save the settings"),
    by_coordinator("/cohorts/{open}/edit", {"version": "0", "capacity": "40"}, "Save the settings", status=409),
    by_coordinator("/cohorts/{open}/cancel", {"reason": ""}, "Cancel the cohort"),
    by_coordinator("/cohorts/{open}/make-virtual", {"link": "no link", "reason": ""}, "Make it virtual"),
    by_coordinator("/cohorts/{open}/sessions/new", {"title": ""}, "Add the session"),
    by_coordinator("/cohorts/{open}/sessions/{session}", {"title": "", "ends": "08:00"}, "Save the session"),
    by_coordinator("/cohorts/{open}/people/add", {"name": "", "email": "x"}, "Add to the cohort"),
    by_coordinator("/certificates/{certificate}/reissue", {"contact_minutes": "many"}, "Issue the new certificate"),
    by_coordinator("/people/new", {"name": "", "email": "x"}, "Add person"),
    by_coordinator("/people/{person}", {}, "to this cohort"),
    by_coordinator("/organisations/new", {"name": ""}, "Add organisation"),
    by_coordinator("/organisations/import", {}, "Import"),
    by_participant("/mentoring/{round}/mentor", {"capacity": "many", "biography": "Kept"}, "Save"),
    by_participant("/mentoring/{round}/mentor", {"paused_until": ""}, "Pause until then"),
    by_participant("/mentoring/{round_next}/mentee", {"goals": "x" * 2001}, "Find me a mentor"),
    by_coordinator("/mentoring/rounds/new?from=year", {"name": "", "months": "99"}, "Make the round"),
    by_coordinator("/mentoring/rounds/{round}/settings", {"version": "0", "months": "7"}, "Save", status=409),
    by_coordinator("/mentoring/rounds/{round}/criteria", {"weight_skills": "lots", "floors": "x"}, "Save as a new"),
    by_coordinator("/mentoring/rounds/{round}/people/add", {"name": "", "email": "x"}, "Add"),
    by_coordinator("/mentoring/rounds/{round}/people/{person}", {"other": "x"}, "Never pair them"),
    by_coordinator("/mentoring/rounds/{round}/import", {}, "Continue"),
    by_coordinator("/mentoring/rounds/{round}/import/{file}", {"column-2": ""}, "Look at who"),
    Sent(path="{p_asked}", typed={"note": "x" * 301}, button="No, ask somebody else"),
    Sent(path="{met}", typed={"day": "", "minutes": "2"}, button="Yes, we met"),
    by_participant("/mentoring/pairings/{pairing}", {"text": ""}, "Add"),
    by_participant("/mentoring/pairings/{pairing}/meetings/offer", {"day": "", "link": "x"}, "Send both invites"),
    by_participant("/mentoring/pairings/{pairing}/notes/{note}", {"note": ""}, "Save the note"),
    by_participant("/mentoring/pairings/{pairing}/pause", {"paused_until": "2020-01-01"}, "Pause"),
    by_participant("/mentoring/pairings/{pairing_complete}/evaluation", {"helped": "A lot"}, "Send"),
    by_coordinator("/mentoring/rounds/{round_paired}/pairings/new", {}, "Pair them"),
]


class Site(msgspec.Struct):
    """The academy that is looked at."""

    address: str
    engine: database.Engine
    names: dict[str, str]
    sessions: dict[str, str]
    cookie: str


@pytest_asyncio.fixture(scope="session")
async def _site() -> AsyncIterator[Site]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    settings = Settings(data_dir=folder, demo=True, mail_from="academy@leaders.example", scheduler=False)
    await migrate(settings)
    engine = database.connect(settings)
    database.use(engine)
    await database.open(engine)
    now = clock.now()
    await build(settings, now=now, scale=0.05)
    app = create_app(settings, engine=engine)
    links.use_key(KEY)
    names = await places(now=now)
    sessions = {}
    for who, address in WHO.items():
        person = await people.find(address)
        assert person is not None
        sessions[who] = await accounts.start_session(person, browser="gate", now=now)
    async with serve(app) as served:
        yield Site(served, engine, names, sessions, cookie_name(settings))
    await database.close(engine)
    shutil.rmtree(folder)


@pytest.fixture
def site(_site: Site) -> Site:
    """The academy, in use again after what other tests have used."""
    database.use(_site.engine)
    links.use_key(KEY)
    return _site


def named(look: Look | Sent) -> str:
    return f"{look.path.replace('/', '.').strip('.')}-{look.who}-{look.status}"


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS, ids=named)
async def test_a_page_may_be_shipped(browser: Browser, site: Site, look: Look) -> None:
    cookies = {site.cookie: site.sessions[look.who]} if look.who != ANYONE else {}
    path = look.path.format_map(site.names)

    assert (
        await check_page(browser, site.address, path, cookies=cookies, participant=not look.staff, status=look.status)
        == []
    )


@pytest.mark.browser
@pytest.mark.parametrize("sent", FORMS, ids=named)
async def test_the_answer_to_a_form_may_be_shipped(browser: Browser, site: Site, sent: Sent) -> None:
    async def act(page: Page) -> Response | None:
        for name, value in sent.typed.items():
            field = page.locator(f"main form [name='{name}']").first
            await field.evaluate("(field, value) => { field.value = value; }", value)
        async with page.expect_navigation(wait_until="load") as following:
            await page.get_by_role("main").get_by_role("button", name=sent.button).last.click()
        answer = await following.value
        if answer.status == 422:
            for name, value in sent.typed.items():
                assert await page.locator(f"main form [name='{name}']").first.input_value() == value
            assert await page.locator(".govuk-error-summary").count() == 1
        return answer

    cookies = {site.cookie: site.sessions[sent.who]} if sent.who != ANYONE else {}
    path = sent.path.format_map(site.names)
    assert (
        await check_page(
            browser,
            site.address,
            path,
            cookies=cookies,
            participant=not sent.staff,
            status=sent.status,
            act=act,
        )
        == []
    )


def missing(routes: list[Route], looks: list[Look], others: dict[str, str]) -> list[str]:
    """Sentences about GET routes without an entry, and entries without a route."""
    known = {route.path for route in routes if route.method == "GET"}
    listed = {look.route for look in looks if look.route.startswith("/")}
    return [
        *(f"{path} has no entry in tests/browser/pages.py." for path in sorted(known - listed - set(others))),
        *(
            f"{path} is in tests/browser/pages.py and no longer there."
            for path in sorted((listed | set(others)) - known)
        ),
    ]


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    assert missing(route_list(Settings(data_dir=tmp_path)), LOOKS, NO_PAGES) == []


def test_a_new_page_without_an_entry_is_named() -> None:
    found = missing([Route("/new", "GET", "anyone"), Route("/new", "POST", "anyone")], [], {"/gone": "JSON"})
    assert found == [
        "/new has no entry in tests/browser/pages.py.",
        "/gone is in tests/browser/pages.py and no longer there.",
    ]
