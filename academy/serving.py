"""Run the application in a server, and tell its routes."""

from __future__ import annotations

import logging
from typing import cast

import msgspec
import uvicorn
from litestar.types import ASGIApp, Receive, Scope, Send

from academy.app import create_app
from academy.database.versions import require_current
from academy.settings import Settings
from academy.web import logs

log = logging.getLogger("academy.serving")


class Route(msgspec.Struct, frozen=True, order=True):
    """One address and its audience."""

    path: str
    method: str
    who: str


def run(settings: Settings) -> None:
    """Serve until told to stop. Raises NotMigrated when ``academy migrate`` has to run first."""
    logs.set_up()
    require_current(settings)
    log.info("serving at %s", settings.address)
    uvicorn.Server(configure(settings)).run()


def configure(settings: Settings) -> uvicorn.Config:
    """uvicorn as we run it. No access log: addresses hold secrets. Forwarding headers only from named proxies."""
    return uvicorn.Config(
        with_head(create_app(settings)),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=20,
    )


def with_head(app: ASGIApp) -> ASGIApp:
    """Answer HEAD wherever GET answers (RFC 9110 9.3.2); the server leaves out the body. GET changes nothing here."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":  # type: ignore[typeddict-item]
            scope = cast("Scope", {**scope, "method": "GET"})
        await app(scope, receive, send)

    return answer


def route_list(settings: Settings) -> list[Route]:
    """Every method and path that the application answers, and who may use it, in the order of the paths."""
    found: set[Route] = set()
    for route in create_app(settings).routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                found.add(Route(route.path, method, str(handler.opt.get("who", "closed"))))
    return sorted(found)
