"""The accessibility gate: one page in a real browser, every check, findings as sentences.

WCAG 2.2 AA by axe at desk and phone width; reflow at 320 px (1.4.10); text at 200% (1.4.4) and with wide spacing
(1.4.12); keyboard reach, order and visible, uncovered focus (2.1.1, 2.4.3, 2.4.7, 2.4.11); controls of 44 px for
fingers on pages of participants; no error in the console, so none of the content security policy either; one h1; a
title that names the page and the service. The page is loaded once and then resized, which keeps it near two seconds.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Response

Act = Callable[[Page], Awaitable[Response | None]]
"""Sends a form of the page and gives the answer that came."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
]
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
DESK, PHONE, SMALLEST = (1366, 900), (390, 844), (320, 640)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_HERE = Path(__file__).parent
_GATE_JS = (_HERE / "gate.js").read_text()


def chromium_path() -> str:
    """Where Chromium is installed, or an empty text."""
    return next((path for path in CHROMIUM if Path(path).exists()), "")


def axe_source() -> str:
    """The text of axe-core, as the wheel of axe-playwright-python brings it."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None and found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text()


_AXE = axe_source()


async def check_page(
    browser: Browser,
    base_url: str,
    path: str,
    *,
    cookies: Sequence[Mapping[str, str]] | Mapping[str, str] = (),
    participant: bool,
    status: int = 200,
    act: Act | None = None,
) -> list[str]:
    """Everything that is wrong with one page; an empty list means that it may be shipped.

    ``cookies`` are names with values, or Playwright's own dictionaries. ``participant`` adds the rule of 44 px.
    ``status`` is what the page should answer, for the pages of errors. ``act`` sends a form of the page first: the page
    that follows is the one that is checked.
    """
    findings: list[str] = []
    context = await browser.new_context(viewport=_size(DESK), reduced_motion="reduce", locale="en-GB")
    try:
        await context.add_cookies(_cookies(cookies, base_url))  # type: ignore[arg-type]
        await context.add_init_script(_GATE_JS)
        page = await context.new_page()
        _listen(page, findings, expected_status=status)
        answer = await page.goto(base_url + path, wait_until="load")
        if act is not None and answer is not None and answer.status == 200:
            answer = await act(page)
        if answer is None or answer.status != status:
            return [f"status: {path} answers {answer and answer.status}, not {status}"]
        if act is None and page.url != base_url + path:
            findings.append(f"status: {path} sends on to {page.url.removeprefix(base_url)}")

        findings += await _words(page)
        await page.evaluate("gate.open()")
        await page.evaluate(_AXE)
        findings += await _axe(page, "desk")
        findings += await _text(page, (1280, 900), "text at 200%", "gate.enlarge(200)", "gate.enlarge(0)")
        findings += await _keyboard(page, (DESK[0], 700))

        await _resize(page, PHONE)
        findings += await _axe(page, "phone")
        if participant:
            findings += [f"touch: {found}" for found in await page.evaluate("gate.small()")]
        findings += await _text(page, PHONE, "text at 200%", "gate.enlarge(200)", "gate.enlarge(0)")
        findings += await _text(page, PHONE, "text spacing", "gate.spacing(true)", "gate.spacing(false)")
        findings += await _keyboard(page, (PHONE[0], 660))
        findings += await _text(page, SMALLEST, "reflow", "0", "0")
    finally:
        await context.close()
    return list(dict.fromkeys(findings))


def kinds(findings: Sequence[str]) -> set[str]:
    """Which checks spoke: the words before the colon."""
    return {finding.partition(":")[0] for finding in findings}


def _listen(page: Page, findings: list[str], *, expected_status: int) -> None:
    """Errors in the console are findings; that the page itself answers 404 as it should is none."""

    def console(message: Any) -> None:
        own = message.location.get("url") == page.url and f"status of {expected_status}" in message.text
        if message.type in ("error", "warning") and not (own and expected_status >= 400):
            findings.append(f"console: {message.text[:200]}")

    page.on("console", console)
    page.on("pageerror", lambda error: findings.append(f"console: {str(error)[:200]}"))
    page.on("requestfailed", lambda request: findings.append(f"console: could not load {request.url}"))


async def _words(page: Page) -> list[str]:
    title, headings, language = await page.evaluate(
        "[document.title, document.querySelectorAll('h1').length, document.documentElement.lang]"
    )
    findings = []
    if " – " not in title or title.startswith(" – "):
        findings.append(f"title: {title!r} does not name the page and the service")
    if headings != 1:
        findings.append(f"h1: there are {headings}")
    if language != "en-GB":
        findings.append(f"language: {language!r}")
    return findings


async def _axe(page: Page, width: str) -> list[str]:
    violations = await page.evaluate("tags => gate.axe(tags)", STANDARDS)
    return [f"axe {rule}: {width}, {count} times, {help_text}: {html}" for rule, help_text, count, html in violations]


async def _text(page: Page, size: tuple[int, int], name: str, before: str, after: str) -> list[str]:
    await _resize(page, size)
    found = await page.evaluate(
        f"async () => {{ {before}; await gate.settled(); const f = gate.overflow(); {after}; return f; }}"
    )
    return [f"{name}: at {size[0]} px, {one}" for one in found]


async def _keyboard(page: Page, size: tuple[int, int]) -> list[str]:
    await _resize(page, size)
    most = await page.evaluate("gate.start()")
    for _ in range(most):
        await page.keyboard.press("Tab")
    return [f"{one} ({size[0]} px)" for one in await page.evaluate("gate.end()")]


async def _resize(page: Page, size: tuple[int, int]) -> None:
    await page.set_viewport_size(_size(size))  # type: ignore[arg-type]
    await page.evaluate("gate.settled()")


def _size(size: tuple[int, int]) -> dict[str, int]:
    return {"width": size[0], "height": size[1]}


def _cookies(cookies: Sequence[Mapping[str, str]] | Mapping[str, str], base_url: str) -> list[dict[str, str]]:
    if isinstance(cookies, Mapping):
        return [{"name": name, "value": value, "url": base_url} for name, value in cookies.items()]
    return [{"url": base_url, **cookie} if "domain" not in cookie else dict(cookie) for cookie in cookies]
