"""The JSON API as a whole: its description for programs (OpenAPI 3.1) and for people, both without the network."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from academy import __version__
from academy.web.access import Who
from academy.web.pages import page

HEAD = (
    "Every call needs a bearer token, made under Account, API tokens, or by `academy token create`. Scopes: `read` "
    "reads, `enrol` registers and withdraws its owner, `manage` does what a coordinator does. A POST or PUT with an "
    "`Idempotency-Key` happens once and is answered the same for 48 hours. Errors are problem details (RFC 9457)."
)


def routes_of_api() -> list[Any]:
    """Every room's part of the API."""
    from academy.programmes import api as programmes
    from cohorts.attendance import api as attendance
    from cohorts.enrolment import api as enrolment
    from cohorts.schedule import api as schedule

    return [*programmes.routes, *schedule.routes, *enrolment.routes, *attendance.routes]


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The OpenAPI document, made at the first ask: it costs nothing at the start."""
    app = Litestar(
        route_handlers=routes_of_api(),
        openapi_config=OpenAPIConfig(
            title="Leadership Academy",
            version=__version__,
            description=HEAD,
            components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"token": []}],
        ),
        logging_config=None,
    )
    document = app.openapi_schema.to_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["responses"].setdefault("default", {"description": "Problem details (RFC 9457)."})
            operation["x-who"] = _who(app, path, method)
    return document


def _who(app: Litestar, path: str, method: str) -> str:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            shown = route.path_format if hasattr(route, "path_format") else route.path
            if method.upper() in handler.http_methods and shown == path:
                return str(handler.opt.get("who", "closed"))
    return "closed"


@get("/api/openapi.json", who=Who.ANYONE, include_in_schema=False)
async def openapi() -> Response[bytes]:
    """The API for programs."""
    return Response(
        msgspec.json.encode(description()), media_type="application/json", headers={"Cache-Control": "max-age=300"}
    )


@get("/api/docs", who=Who.ANYONE, include_in_schema=False)
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
