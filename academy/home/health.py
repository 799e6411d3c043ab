"""Is the process alive, and is it ready to serve?"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from litestar import Request, Response, get

from academy import clock, database
from academy.errors import Busy
from academy.web.access import Who

LEAST_ROOM = 4_000_000
"""Octets free on the disk, below which we cannot be sure that the next change can be saved."""


def has_room(engine: database.Engine) -> bool:
    """Whether the disk under an SQLite file has room; a PostgreSQL server looks after its own."""
    file = getattr(engine, "file", None)
    return file is None or shutil.disk_usage(Path(file).parent).free >= LEAST_ROOM


@get("/health/live", who=Who.ANYONE)
async def live() -> dict[str, str]:
    """The process answers. Nothing else is asked of it."""
    return {"status": "live"}


@get("/health/ready", who=Who.ANYONE)
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """The database answers, its tables are those of this version, and there is room to write. 503 otherwise, with
    the reason in a word.

    ``timed_work`` says whether mail and reminders run in this process: ``running``, ``late`` (look at the log) or
    ``elsewhere``. It does not make the process unready: pages are served all the same.
    """
    try:
        await database.fetch("SELECT 1 AS one FROM person LIMIT 1")
    except Busy:
        return Response({"status": "database busy"}, status_code=503, headers={"Retry-After": "5"})
    except Exception:
        return Response({"status": "database not ready"}, status_code=503, headers={"Retry-After": "5"})
    if not await asyncio.to_thread(has_room, request.app.state.engine):
        return Response({"status": "storage full"}, status_code=503, headers={"Retry-After": "60"})
    timed = request.app.state.scheduler if "scheduler" in request.app.state else None
    if timed is None:
        return Response({"status": "ready", "timed_work": "elsewhere"})
    return Response({"status": "ready", "timed_work": "running" if timed.is_alive(clock.now()) else "late"})


routes = [live, ready]
