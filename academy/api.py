"""The JSON API as a whole: its description for programs (OpenAPI 3.1) and for people, both without the network."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from academy import __version__
from academy.programmes import api as programmes
from academy.web.access import Who
from academy.web.openapi import describe
from academy.web.pages import page
from cohorts.attendance import api as attendance
from cohorts.calendar import api as calendar
from cohorts.coaching import api as coaching
from cohorts.dashboard import api as dashboard
from cohorts.enrolment import api as enrolment
from mentoring import api as mentoring

HEAD = (
    "Every call needs a bearer token, made under Account, Tokens for the API, or by `academy token create`. Scopes: "
    "`read` reads, `enrol` registers and withdraws its owner, `manage` does what a coordinator does. A change with an "
    "`Idempotency-Key` happens once and is answered the same for 48 hours. Errors are problem details (RFC 9457)."
)


def routes_of_api() -> list[HTTPRouteHandler]:
    """Every room's part of the API."""
    return [
        *programmes.routes,
        *calendar.routes,
        *dashboard.routes,
        *enrolment.routes,
        *attendance.routes,
        *coaching.routes,
        *mentoring.routes,
    ]


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The OpenAPI document, made at the first ask: it costs nothing at the start."""
    return describe(routes_of_api(), title="Leadership Academy", version=__version__, text=HEAD)


@lru_cache(maxsize=1)
def _octets() -> bytes:
    return msgspec.json.encode(description())


@get("/api/openapi.json", who=Who.ANYONE)
async def openapi() -> Response[bytes]:
    """The API for programs."""
    return Response(_octets(), media_type="application/json", headers={"Cache-Control": "max-age=300"})


@get("/api/docs", who=Who.ANYONE)
async def docs(request: Request[Any, Any, Any]) -> Response[Any]:
    """The API for people: a page of our own, since viewers load scripts from elsewhere."""
    document = description()
    schemas = document.get("components", {}).get("schemas", {})
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault((operation.get("tags") or ["Other"])[0], []).append(
                {"path": path, "method": method.upper(), **operation}
            )
    return page(
        request, "academy/api/docs.html", groups=sorted(groups.items()), schemas=sorted(schemas.items()), head=HEAD
    )


routes = [openapi, docs]
