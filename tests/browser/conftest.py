"""One browser for all tests of this folder, and one sample application."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from litestar import Litestar
from playwright.async_api import Browser

from tests.browser import live, sample_app
from tests.browser.gate import chromium_path

MISSING = "Chromium not available"


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium of this machine. Skips where it is missing, and fails where the checks must be complete."""
    if not chromium_path():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    async with live.chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def sample() -> Litestar:
    """The application with every building block."""
    return sample_app.create_app()


@pytest_asyncio.fixture(scope="session")
async def address(sample: Litestar) -> AsyncIterator[str]:
    """Where the sample application is served."""
    async with live.serve(sample) as url:
        yield url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"skipped: {MISSING}; {len(skipped)} tests did not run in it", yellow=True)
