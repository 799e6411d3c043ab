"""The register in a real browser: by finger, by keyboard, and without JavaScript."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from academy import clock as academy_clock
from academy import database as room
from academy.accounts import service as accounts
from academy.accounts.sessions import cookie_name
from academy.app import create_app
from academy.settings import Settings
from tests.browser.live import serve
from tests.conftest import Clock
from tests.support.courses import FIRST, Course, a_course
from tests.support.makers import a_coordinator

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("kind", ["sqlite"], indirect=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest_asyncio.fixture
async def course(database: room.Engine, clock: Clock) -> Course:
    clock.now = FIRST + timedelta(minutes=10)
    return await a_course("Ana", "Ben", "Cai")


@pytest_asyncio.fixture
async def address(course: Course, settings: Settings, database: room.Engine) -> AsyncIterator[str]:
    """Where the first day's register is served."""
    plain = Settings(data_dir=settings.data_dir, database_url=settings.database_url)
    async with serve(create_app(plain, engine=database)) as served:
        yield f"{served}/sessions/{course.sessions[0]}/register"


async def opened(context: BrowserContext, address: str) -> Page:
    """The register, signed in as a coordinator."""
    secret = await accounts.start_session(await a_coordinator(), browser="test", now=academy_clock.now())
    name = cookie_name(Settings())
    await context.add_cookies([{"name": name, "value": secret, "url": address}])
    page = await context.new_page()
    await page.goto(address)
    return page


@pytest.mark.parametrize("javascript", [True, False])
async def test_on_a_phone_two_taps_a_number_and_one_button(
    browser: Browser, address: str, course: Course, javascript: bool
) -> None:
    context = await browser.new_context(**PHONE, java_script_enabled=javascript)  # type: ignore[arg-type]
    page = await opened(context, address)
    ben = course.enrolments["Ben"]
    assert not await page.locator(f"#minutes-{ben}").is_visible()

    await page.tap(f"input[name='mark-{course.enrolments['Ana']}'][value=absent]")
    await page.tap(f"input[name='mark-{ben}'][value=partial]")
    await page.fill(f"#minutes-{ben}", "90")
    await page.tap("text=Everyone else present")
    await page.wait_for_selector("#said")

    assert await course.marks(1) == {"Ana": ("absent", 0), "Ben": ("partial", 90), "Cai": ("present", 180)}
    await page.tap("text=Undo this save")
    await page.wait_for_selector("text=Undone")
    assert await course.marks(1) == dict.fromkeys(("Ana", "Ben", "Cai"), ("unmarked", 0))
    await context.close()


async def test_on_a_desk_tab_and_arrows_mark_everybody_and_enter_saves(
    browser: Browser, address: str, course: Course
) -> None:
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    page = await opened(context, address)

    await page.focus(f"#mark-{course.enrolments['Ana']}")
    await page.keyboard.press("Space")  # present
    await page.keyboard.press("Tab")  # note
    await page.keyboard.press("Tab")  # Ben
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowRight")  # absent
    await page.keyboard.press("Tab")
    await page.keyboard.type("On leave")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#said")

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("absent", 0), "Cai": ("unmarked", 0)}
    assert await page.input_value(f"#note-{course.enrolments['Ben']}") == "On leave"
    await context.close()


@pytest.mark.parametrize("width", [320, 390, 700, 1366])
async def test_nothing_runs_off_the_side(browser: Browser, address: str, width: int) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await opened(context, address)

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    heights = await page.eval_on_selector_all(".app-toggle__label", "all => all.map(one => one.offsetHeight)")
    assert min(heights) >= (40 if width == 1366 else 44)
    await context.close()
