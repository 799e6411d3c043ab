"""Is the process alive, and is it ready to serve?"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from academy import clock, database
from academy.errors import Busy
from academy.web.access import Who


@get("/health/live", who=Who.ANYONE)
async def live() -> dict[str, str]:
    """The process answers. Nothing else is asked of it."""
    return {"status": "live"}


@get("/health/ready", who=Who.ANYONE)
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """The database answers and its tables are those of this version. 503 otherwise, with the reason in a word.

    ``timed_work`` says whether mail and reminders run in this process: ``running``, ``late`` (look at the log) or
    ``elsewhere``. It does not make the process unready: pages are served all the same.
    """
    try:
        await database.fetch("SELECT 1 AS one FROM person LIMIT 1")
    except Busy:
        return Response({"status": "database busy"}, status_code=503, headers={"Retry-After": "5"})
    except Exception:
        return Response({"status": "database not ready"}, status_code=503, headers={"Retry-After": "5"})
    timed = request.app.state.scheduler if "scheduler" in request.app.state else None
    if timed is None:
        return Response({"status": "ready", "timed_work": "elsewhere"})
    return Response({"status": "ready", "timed_work": "running" if timed.is_alive(clock.now()) else "late"})


routes = [live, ready]
