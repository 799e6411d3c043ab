"""Serve an application on a free port, in the loop of the tests, and open the browser of this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from playwright.async_api import Browser, async_playwright

from tests.browser.gate import FLAGS, chromium_path


@asynccontextmanager
async def serve(app: Any, *, port: int = 0) -> AsyncIterator[str]:
    """The address of ``app``, without a slash at the end, while the block runs; on a free port unless one is named."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        config = uvicorn.Config(app, log_level="warning", ws="none", lifespan="on", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.ensure_future(server._serve(sockets=[listener]))  # without its signal handlers
        try:
            while not server.started:
                if task.done():
                    task.result()
                    raise RuntimeError("the application did not start")
                await asyncio.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The machine's own Chromium; nothing is downloaded."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()
