"""Pictures of the main pages of a demonstration academy, at the width of a desk and of a phone, in ``shots/``.

The list of pages is that of the accessibility gate (tests/browser/pages.py). The academy is built in a temporary folder
and served on a free port; ``--data FOLDER`` takes one that is built already, and words choose pages by their names:
``tools/shots.py --data demo-data dashboard home``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.async_api import Browser  # noqa: E402

from academy import clock, database  # noqa: E402
from academy.accounts import service as accounts  # noqa: E402
from academy.accounts.sessions import cookie_name  # noqa: E402
from academy.app import create_app  # noqa: E402
from academy.database.migrate import migrate  # noqa: E402
from academy.demo.build import build  # noqa: E402
from academy.demo.running import found  # noqa: E402
from academy.people import service as people  # noqa: E402
from academy.settings import Settings  # noqa: E402
from tests.browser import live  # noqa: E402
from tests.browser.gate import DESK, PHONE, chromium_path  # noqa: E402
from tests.browser.pages import LOOKS, WHO, Look, places  # noqa: E402
from tests.support.sink import free_port  # noqa: E402

FOLDER = ROOT / "shots"
SIZES = {"desk": DESK, "phone": PHONE}


async def take(settings: Settings, wanted: list[str]) -> int:
    """Build the demonstration unless it is there, and photograph the wanted pages, or all. Their number."""
    await migrate(settings)
    engine = database.connect(settings)
    database.use(engine)
    await database.open(engine)
    looks = [look for look in LOOKS if look.shot and (not wanted or look.shot in wanted)]
    try:
        if await found() != "built":
            print("Building the demonstration.")
            await build(settings, now=clock.now())
        app = create_app(settings, engine=engine)
        names = await places(now=clock.now())
        cookies = {who: await _session(address) for who, address in WHO.items()}
        FOLDER.mkdir(exist_ok=True)
        async with live.serve(app, port=settings.port), live.chromium() as browser:
            await asyncio.gather(
                *(
                    _all(browser, settings, [look for look in looks if look.who == who], names, cookies.get(who), size)
                    for who in ("anyone", *WHO)
                    for size in SIZES
                )
            )
    finally:
        await database.close(engine)
    return len(looks) * 2


async def _session(address: str) -> str:
    person = await people.find(address)
    assert person is not None
    return await accounts.start_session(person, browser="pictures", now=clock.now())


async def _all(
    browser: Browser, settings: Settings, looks: list[Look], names: dict[str, str], secret: str | None, size: str
) -> None:
    """What one person sees on one screen."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", locale="en-GB"
    )
    if secret:
        await context.add_cookies([{"name": cookie_name(settings), "value": secret, "url": settings.address}])
    page = await context.new_page()
    for look in looks:
        answer = await page.goto(settings.address + look.path.format_map(names), wait_until="load")
        if answer is None or answer.status != look.status:
            print(f"{look.shot} answers {answer and answer.status}, not {look.status}", file=sys.stderr)
        await page.screenshot(path=FOLDER / f"{look.shot}-{size}.png", full_page=True)
    await context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of the main pages, into shots/.")
    parser.add_argument("pages", nargs="*", help="names of pages; by default all")
    parser.add_argument("--data", type=Path, help="the folder of a demonstration that is built already")
    given = parser.parse_args()
    if not chromium_path():
        sys.exit("Chromium is needed for pictures; it was not found.")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        settings = Settings(
            data_dir=given.data or Path(folder),
            demo=True,
            port=port,
            base_url=f"http://127.0.0.1:{port}",
            mail_from="academy@leaders.example",
            scheduler=False,
        )
        number = asyncio.run(take(settings, given.pages))
    print(f"{number} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
