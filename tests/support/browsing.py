"""What stories in a browser ask of a page."""

from __future__ import annotations

import asyncio

from playwright.async_api import Error, Page

PATIENCE = 100
"""Tenths of a second."""


async def no_sideways_scroll(page: Page) -> None:
    """The page, once it is there, is no wider than its window. A page that is just being left is looked at again."""
    for _ in range(PATIENCE):
        try:
            await page.wait_for_load_state()
            if await page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                return
        except Error:  # the next page has come meanwhile
            pass
        await asyncio.sleep(0.1)
    raise AssertionError(f"{page.url} is wider than its window.")
