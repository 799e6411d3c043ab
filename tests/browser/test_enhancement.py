"""What start.js adds, and that everything works when it is missing or fails."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from litestar import Litestar
from playwright.async_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PIN, UNPIN = "Pin pair 3", "Unpin pair 3"


@pytest.fixture(autouse=True)
def nothing_pinned(sample: Litestar) -> None:
    sample.state.update({"pinned": set(), "posts": [], "answer": "page"})


@pytest_asyncio.fixture
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=address)
    page = await context.new_page()
    await page.goto("/pairs")
    await page.evaluate("window.same = true")
    yield page
    await context.close()


async def stayed(page: Page) -> bool:
    """Whether the browser is still on the page that it loaded first."""
    return await page.evaluate("window.same === true")


async def test_a_marked_form_changes_its_regions_without_loading_the_page(sample: Litestar, page: Page) -> None:
    await page.get_by_role("button", name=PIN).click()

    await expect(page.get_by_role("button", name=UNPIN)).to_be_visible()
    await expect(page.locator("#figures")).to_have_text("1 pinned")
    assert (await stayed(page), sample.state.posts) == (True, [True])


async def test_the_focus_stays_on_the_button_and_the_answer_is_read_out(page: Page) -> None:
    await page.get_by_role("button", name=PIN).focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("button", name=UNPIN)).to_be_focused()
    await expect(page.locator("#live")).to_have_text("Pinned pair 3.")


async def test_a_region_of_an_answer_can_be_changed_again(sample: Litestar, page: Page) -> None:
    await page.get_by_role("button", name=PIN).click()
    await page.wait_for_timeout(1100)  # a second click within a second is taken for a slip
    await page.get_by_role("button", name=UNPIN).click()

    await expect(page.get_by_role("button", name=PIN)).to_be_visible()
    assert (await stayed(page), sample.state.posts) == (True, [True, True])


async def test_what_was_opened_stays_open(page: Page) -> None:
    await page.get_by_text("Why this pair 3").click()
    await page.get_by_role("button", name=PIN).click()

    await expect(page.get_by_role("button", name=UNPIN)).to_be_visible()
    assert await page.locator("details[open]").evaluate_all("all => all.map(e => e.id)") == ["why-3"]


@pytest.mark.parametrize("answer", ["error", "another page", "no page"])
async def test_when_the_answer_is_no_use_the_form_is_sent_in_the_ordinary_way(
    sample: Litestar, page: Page, answer: str
) -> None:
    sample.state.update({"answer": answer})

    await page.get_by_role("button", name=PIN).click()

    await page.wait_for_url("**/pairs#pair-3")
    await expect(page.get_by_role("button", name=UNPIN)).to_be_visible()
    assert sample.state.posts == [True, False]
    assert not await stayed(page)


async def test_without_javascript_the_same_form_works(sample: Litestar, browser: Browser, address: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address + "/pairs")

    await page.get_by_role("button", name=PIN).click()

    await expect(page.get_by_role("button", name=UNPIN)).to_be_visible()
    assert (page.url, sample.state.posts) == (address + "/pairs#pair-3", [False])
    await context.close()


@pytest.mark.parametrize(
    ("javascript", "blocked", "open_at_first"), [(True, "", False), (False, "", True), (True, "start", True)]
)
async def test_the_menu_of_a_phone_can_always_be_reached(
    browser: Browser, address: str, javascript: bool, blocked: str, open_at_first: bool
) -> None:
    context = await browser.new_context(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    if blocked:
        await page.route(f"**/{blocked}.*.js", lambda route: route.abort())
    await page.goto(address + "/confirm")

    link = page.get_by_role("navigation", name="Menu").get_by_role("link", name="Programmes")
    assert await link.is_visible() == open_at_first
    if not open_at_first:
        await page.get_by_role("button", name="Menu").click()
        assert await link.is_visible()
    await context.close()


async def test_on_paper_there_is_the_content_and_nothing_to_press(browser: Browser, address: str) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(address + "/dashboard")
    await page.emulate_media(media="print")

    pressed = page.locator("button, nav, .govuk-skip-link, footer")
    assert [await pressed.nth(n).is_visible() for n in range(await pressed.count())].count(True) == 0
    assert await page.locator("h1").is_visible()
    await context.close()


async def test_colours_that_the_system_forces_leave_the_bars_visible(browser: Browser, address: str) -> None:
    context = await browser.new_context(forced_colors="active")
    page = await context.new_page()
    await page.goto(address + "/dashboard")

    fills = await page.evaluate(
        "['fill', 'track'].map(part => getComputedStyle(document.querySelector('.app-meter__' + part)).fill)"
    )
    assert len(set(fills)) == 2
    await context.close()
