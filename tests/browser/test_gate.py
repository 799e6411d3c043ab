"""The gate over a page of every kind; and for each check a page that only this check refuses."""

import pytest
from playwright.async_api import Browser

from tests.browser.gate import check_page, kinds
from tests.browser.sample_app import ERRORS, FAULTS, PARTICIPANT, STAFF

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", STAFF)
async def test_a_page_of_staff_may_be_shipped(browser: Browser, address: str, path: str) -> None:
    assert await check_page(browser, address, path, participant=False) == []


@pytest.mark.parametrize("path", PARTICIPANT)
async def test_a_page_of_participants_may_be_shipped(browser: Browser, address: str, path: str) -> None:
    assert await check_page(browser, address, path, participant=True) == []


@pytest.mark.parametrize("status", ERRORS)
async def test_a_page_of_errors_may_be_shipped(browser: Browser, address: str, status: int) -> None:
    assert await check_page(browser, address, f"/errors/{status}", participant=True, status=status) == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_found_and_named(browser: Browser, address: str, fault: str) -> None:
    findings = await check_page(browser, address, f"/broken/{fault}", participant=True)

    assert kinds(findings) == FAULTS[fault], findings


async def test_small_controls_are_no_fault_on_pages_of_staff(browser: Browser, address: str) -> None:
    assert await check_page(browser, address, "/broken/touch", participant=False) == []


async def test_a_page_that_answers_otherwise_is_not_taken_for_the_page(browser: Browser, address: str) -> None:
    findings = await check_page(browser, address, "/errors/404", participant=True)

    assert findings == ["status: /errors/404 answers 404, not 200"]


async def test_a_page_that_sends_on_to_another_is_not_taken_for_the_page(browser: Browser, address: str) -> None:
    findings = await check_page(browser, address, "/elsewhere", participant=True)

    assert findings == ["status: /elsewhere sends on to /confirm"]


async def test_the_cookies_reach_the_page(browser: Browser, address: str) -> None:
    assert await check_page(browser, address, "/who", cookies={"name": "Priya"}, participant=True) == []
    assert await check_page(browser, address, "/who", cookies=[{"name": "name", "value": "x"}], participant=True) == []
    assert kinds(await check_page(browser, address, "/who", participant=True)) == {"status"}
