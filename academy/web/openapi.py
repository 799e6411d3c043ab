"""The description of the JSON API (OpenAPI 3.1), made from what its handlers say of themselves.

The framework's own would not know the bodies, which we read ourselves, nor the problems, nor who may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from academy.web.access import Who
from academy.web.api import JSON, Problem

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{name}"
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_PLACE = re.compile(r"\{(\w+):(\w+)\}")
_KINDS: dict[str, dict[str, str]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "str": {"type": "string"},
    "int": {"type": "integer"},
}

_REFUSALS = {
    400: "The body is not JSON, or the Idempotency-Key cannot be kept.",
    401: "No token, or one that is unknown, ended or too old.",
    403: "The token has not the scope.",
    404: "There is no such thing, or it is not the token owner's to see.",
    409: "A rule says no, as things stand.",
    413: "The body is too large.",
    415: "The body is not JSON by its Content-Type.",
    422: "The body has something that cannot be used, or the Idempotency-Key was used for another request.",
    429: "Too often; Retry-After says when to try again.",
    503: "The service is busy and nothing was changed; Retry-After says when to try again.",
}
_OF_WRITES = (400, 409, 413, 415, 422, 429)


def describe(handlers: Sequence[HTTPRouteHandler], *, title: str, version: str, text: str) -> dict[str, Any]:
    """The document, ready to be written as JSON."""
    structs = [Problem, *dict.fromkeys(_structs(handlers))]
    schemas, components = msgspec.json.schema_components(structs, ref_template=_REF)
    known = dict(zip(structs, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for handler in handlers:
        for path in sorted(handler.paths):
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                plain = _PLACE.sub(r"{\1}", path)
                paths.setdefault(plain, {})[method.lower()] = _operation(handler, path, method, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": text},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(tag for each in handlers for tag in each.tags or ())],
        "paths": paths,
        "components": {
            "schemas": {name: _tidy(schema) for name, schema in sorted(components.items())},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _structs(handlers: Iterable[HTTPRouteHandler]) -> Iterable[Any]:
    for handler in handlers:
        for name in ("body", "gives"):
            if name in handler.opt:
                yield handler.opt[name]


def _operation(handler: HTTPRouteHandler, path: str, method: str, known: dict[Any, Any]) -> dict[str, Any]:
    opt = handler.opt
    told = " ".join((handler.fn.__doc__ or "").split())
    writes = method in _WRITES
    places = _PLACE.findall(path)
    refused = {401, 403, 503, *([404] if places else []), *(_OF_WRITES if writes else []), *opt.get("refuses", ())}
    operation: dict[str, Any] = {
        "operationId": handler.fn.__name__,
        "summary": handler.fn.__name__.replace("_", " ").capitalize(),
        "description": told,
        "tags": list(handler.tags or ()),
        "x-who": str(opt.get("who", "closed")),
        "parameters": [*_path_parameters(places), *_query_parameters(opt.get("asks", {})), *([_KEY] if writes else [])],
        "responses": {
            **{str(code): _answer(code, known[opt["gives"]]) for code in opt.get("codes", (200,))},
            **{str(code): _problem(_REFUSALS[code]) for code in sorted(refused)},
            "default": _problem("Any other refusal."),
        },
    }
    if opt.get("who") is Who.ANYONE:
        operation["security"] = []
    if "body" in opt:
        needed = any(field.required for field in msgspec.structs.fields(opt["body"]))
        operation["requestBody"] = {"required": needed, "content": {JSON: {"schema": known[opt["body"]]}}}
    return operation


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text: the verb happens once for it, and is answered the same for 48 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def _path_parameters(places: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": _KINDS[kind]} for name, kind in places]


def _query_parameters(asks: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "description": told, "schema": {"type": "string"}}
        for name, told in asks.items()
    ]


def _answer(code: int, schema: Any) -> dict[str, Any]:
    return {"description": HTTPStatus(code).phrase, "content": {JSON: {"schema": schema}}}


def _problem(told: str) -> dict[str, Any]:
    return {"description": told, "content": {PROBLEM: {"schema": {"$ref": _REF.format(name="Problem")}}}}


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """A description on one line; msgspec takes the docstring as it stands."""
    if "description" in schema:
        schema = {**schema, "description": " ".join(schema["description"].split())}
    return schema
