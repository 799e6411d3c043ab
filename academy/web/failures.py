"""Errors as pages for people and as problem details (RFC 9457) for programs. Never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from academy.errors import DomainError, Invalid
from academy.web.pages import page

log = logging.getLogger("academy")

_SENTENCES = {
    400: "We could not read that request. Go back and try again.",
    401: "Sign in to see this page.",
    403: "You do not have permission to do this.",
    404: "We can't find that page. Check the address, or go back.",
    405: "This address does not accept that kind of request.",
    413: "What you sent is too large. Shorten it, or choose a smaller file.",
    429: "You have tried too often. Wait a few minutes and try again.",
    500: "Something went wrong on our side. Nothing you typed is your fault. Try again in a few minutes.",
    503: "The service is busy. Nothing was changed. Try again in a few seconds.",
}
_PAGES = {403, 404, 409, 410, 422, 429, 500, 503}
_LIKE = {400: 409, 405: 404, 413: 422}
"""Statuses without a page of their own, and whose page says what to do."""


def wants_json(request: Request[Any, Any, Any]) -> bool:
    return request.url.path.startswith("/api")


def domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    """A rule said no: its sentence and its status."""
    headers = {"Retry-After": str(error.retry_after)} if hasattr(error, "retry_after") else {}
    return answer(
        request,
        error.status,
        error.message,
        kind=type(error).__name__,
        fields=error.errors if isinstance(error, Invalid) else None,
        facts=error.facts,
        headers=headers,
    )


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refused."""
    status = error.status_code
    headers = dict(error.headers or {})
    if status >= 500:
        log.error("failed", extra={"path_template": _template(request), "kind": type(error).__name__})
    sentence = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
    if status == 401 and wants_json(request):
        sentence = "Send a bearer token that is valid, in the Authorization header."
    return answer(request, status, sentence, headers=headers)


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Our own mistake: logged with where it happened, told without it."""
    log.error("failed", exc_info=error, extra={"path_template": _template(request), "kind": type(error).__name__})
    return answer(request, 500, _SENTENCES[500])


def answer(
    request: Request[Any, Any, Any],
    status: int,
    sentence: str,
    *,
    kind: str = "",
    fields: dict[str, str] | None = None,
    facts: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    """The error as JSON or as a page, whichever the caller reads."""
    if wants_json(request):
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": sentence,
        }
        if kind:
            body["rule"] = kind
        if fields:
            body["fields"] = fields
        body.update(facts or {})
        return Response(
            msgspec.json.encode(body), status_code=status, media_type="application/problem+json", headers=headers
        )
    name = status if status in _PAGES else _LIKE.get(status, 500)
    try:
        response: Response[Any] = page(request, f"errors/{name}.html", status=status, message=sentence)
    except Exception:  # the page itself is broken: say it plainly rather than fail twice
        log.exception("error page failed")
        response = Response(sentence, status_code=status, media_type="text/plain")
    response.headers.update(headers or {})
    return response


def _template(request: Request[Any, Any, Any]) -> str:
    """The route and not the address: addresses hold secrets."""
    return str(request.scope.get("path_template", ""))


HANDLERS: dict[Any, Any] = {DomainError: domain_error, HTTPException: http_error, Exception: unexpected}
