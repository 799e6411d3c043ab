"""The page in the copy of everything that is held on a person: opened from a disk, without the academy."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page

from academy import database as room
from academy.privacy import service
from academy.privacy.archive import as_html
from tests.academy.privacy.planted import NOW, planted
from tests.academy.privacy.test_planted import HEAD
from tests.browser import gate


async def opened(browser: Browser, file: Path, asked: list[str]) -> Page:
    """The file in a browser that notes everything it loads."""
    context = await browser.new_context(viewport={"width": 1366, "height": 900}, locale="en-GB")
    await context.add_init_script(gate._GATE_JS)
    page = await context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(file.as_uri(), wait_until="load")
    await page.evaluate(gate._AXE)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("staff", [False, True], ids=["self", "staff"])
async def test_everybody_can_read_it_on_a_desk_and_a_small_phone(
    browser: Browser, database: room.Engine, tmp_path: Path, staff: bool
) -> None:
    here = await planted()
    file, asked = tmp_path / "everything.html", []
    copy = await service.copy_of(here.ana, staff=staff, head=HEAD, now=NOW)
    some = [msgspec.structs.replace(each, rows=each.rows[:1]) for each in copy.lists]
    file.write_text(as_html(msgspec.structs.replace(copy, lists=some)))

    page = await opened(browser, file, asked)
    findings = await gate._axe(page, "desk")
    await gate._resize(page, gate.PHONE)
    findings += await gate._axe(page, "phone")
    for size in (gate.PHONE, gate.SMALLEST):
        findings += await gate._text(page, size, "reflow", "0", "0")
    findings += await gate._text(page, gate.PHONE, "text at 200%", "gate.enlarge(200)", "gate.enlarge(0)")
    await page.context.close()

    assert findings == []
    assert asked == [file.as_uri()]


@pytest.mark.browser
async def test_control_a_page_that_nobody_can_read_is_found(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "everything.html"
    file.write_text('<html><body><p style="color: #ccc; width: 900px">Hardly seen</p><img src="x.png"></body></html>')
    asked: list[str] = []

    page = await opened(browser, file, asked)
    findings = await gate._axe(page, "desk") + await gate._text(page, gate.SMALLEST, "reflow", "0", "0")
    await page.context.close()

    assert {"axe color-contrast", "axe image-alt", "axe html-has-lang", "reflow"} <= gate.kinds(findings)
    assert len(asked) == 2
