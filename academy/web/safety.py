"""Headers that every answer carries, errors included."""

from __future__ import annotations

from typing import cast

from litestar.types import Message, Scope

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_ALWAYS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_PRIVATE = [(b"cache-control", b"no-store"), (b"vary", b"Cookie")]
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


async def add_headers(message: Message, scope: Scope) -> None:
    """Before each answer is sent: middleware would miss 404 and 405. What says nothing of caching is not stored."""
    if message["type"] != "http.response.start":
        return
    headers = cast("list[tuple[bytes, bytes]]", message.setdefault("headers", []))
    there = {name.lower() for name, _ in headers}
    headers.extend(pair for pair in _ALWAYS if pair[0] not in there)
    if b"cache-control" not in there:
        headers.extend(_PRIVATE)
    if scope["app"].state.settings.secure:  # type: ignore[union-attr]
        headers[:] = [_https_only(name, value) for name, value in headers]
        headers.append(_HSTS)


def _https_only(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """No cookie that was set by HTTPS is ever sent without it, whoever set it."""
    open_cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if open_cookie else value
