"""Forms are only taken from our own pages: each carries the token that the browser also holds in a cookie.

The framework's own check answers 500 to a token that is not ASCII or comes as a file, and a browser whose cookie was
signed with a former key could never send a form again; so this one is ours. Another site can neither read the cookie
nor sign one, and with HTTPS its name (``__Host-``) keeps sister sites from planting one.
"""

from __future__ import annotations

import hmac
import re
import secrets

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import RequestEncodingType, ScopeType
from litestar.exceptions import ClientException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from academy.errors import NotAllowed

FIELD = "_csrf_token"
HEADER = "x-csrftoken"
_FORMS = {RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART}
_READS = {"GET", "HEAD", "OPTIONS", "TRACE"}
_SHAPE = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{64}")
_WITHOUT = ("/api/", "/health/", "/static/", "/feed/", "/feeds/")
"""No page of ours posts there, and no cookie opens anything there."""


class FormFromElsewhere(NotAllowed):
    """The token is missing or not this browser's."""

    def __init__(self) -> None:
        super().__init__(
            "This form could not be checked, so nothing was saved. It may have been open for too long, or cookies are "
            "switched off. Go back, reload the page and send it again."
        )


class CsrfMiddleware(ASGIMiddleware):
    """Gives pages their token and refuses changes without it (the signed double submit of a cookie)."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, key: bytes, secure: bool) -> None:
        self.key = hmac.digest(key, b"academy forms", "sha256")
        self.secure = secure
        self.cookie = "__Host-csrf" if secure else "csrf"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        path = str(scope.get("path_template") or scope["path"])
        if path.startswith(_WITHOUT):
            await next_app(scope, receive, send)
            return
        request: Request[object, object, object] = Request(scope, receive=receive)  # type: ignore[type-var]
        held = request.cookies.get(self.cookie, "")
        genuine = self.genuine(held)
        token = held if genuine else self.new()
        ScopeState.from_scope(scope).csrf_token = token
        if scope["method"] not in _READS:  # type: ignore[typeddict-item]
            if not genuine or not hmac.compare_digest((await given(request)).encode("utf-8", "replace"), held.encode()):
                raise FormFromElsewhere
        elif not genuine:
            send = self._with_cookie(send, token)
        await next_app(scope, receive, send)

    def new(self) -> str:
        """A random value and our mark on it."""
        value = secrets.token_hex(32)
        return f"{value}.{self._mark(value)}"

    def genuine(self, token: str) -> bool:
        """Whether we made this token."""
        if not _SHAPE.fullmatch(token):
            return False
        value, _, mark = token.partition(".")
        return hmac.compare_digest(mark, self._mark(value))

    def _mark(self, value: str) -> str:
        return hmac.digest(self.key, value.encode(), "sha256").hex()

    def _with_cookie(self, send: Send, token: str) -> Send:
        # Written by hand: a token is hexadecimal, and a Cookie object took a tenth of a short page's time.
        cookie = f"{self.cookie}={token}; HttpOnly; Path=/; SameSite=lax" + ("; Secure" if self.secure else "")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message).add("set-cookie", cookie)
            await send(message)

        return send_with_cookie


async def given(request: Request[object, object, object]) -> str:  # type: ignore[type-var]
    """The token that a request brings, in a header or a field of a form. Raises ClientException for a broken form."""
    if header := request.headers.get(HEADER, ""):
        return header
    kind, _ = request.content_type
    if kind not in _FORMS:
        return ""
    try:
        field = (await request.form()).get(FIELD)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ClientException from error
    return field if isinstance(field, str) else ""
