"""Answers in HTML: a page, a redirect with something said, a download."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.utils.scope.state import ScopeState

from academy.errors import DomainError, NotFound
from academy.web.templates import environment

FLASH = "said"
_WARNS = "!"
"""Stands before the kept sentence if it is a warning: no letter of base 64."""


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int | None = None,
    section: str = "",
    staff: bool = False,
    errors: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """Render a page. ``staff`` pages are dense.

    ``errors`` maps a field to what is wrong with it: templates have them as ``wrong``, by field, and as ``errors`` in
    their order. The status is then 422, if no other is given.
    """
    said, warns = _said(request)
    csrf = ScopeState.from_scope(request.scope).csrf_token
    base = request.app.state.page_context(request)
    html = (
        environment()
        .get_template(template)
        .render(
            {
                **base,
                "request_path": request.url.path,
                "section": section,
                "density": "app-compact" if staff else "",
                "flash": said,
                "flash_warns": warns,
                "csrf_token": csrf if isinstance(csrf, str) else "",
                "errors": [{"field": field, "text": text} for field, text in (errors or {}).items()],
                "wrong": errors or {},
                **context,
            }
        )
    )
    response: Response[str] = Response(html, status_code=status or (422 if errors else 200), media_type=MediaType.HTML)
    if said:
        response.set_cookie(Cookie(key=FLASH, value="", max_age=0, path="/", httponly=True, samesite="lax"))
    return response


def redirect(to: str, *, said: str = "", warned: str = "") -> Response[None]:
    """Send the browser on with GET (303). One sentence is shown once on the next page; it never enters the address.

    ``said`` is what was done (headed "Done"); ``warned`` instead is why nothing was, or what else people must know
    (headed "Important").
    """
    # What no header can hold is written as browsers write it; what is percent-encoded already stays.
    location = quote(local_path(to), safe="/?#%:;=&@+$,!~*'()[]", errors="replace")
    response: Response[None] = Response(None, status_code=303, headers={"Location": location})
    if told := warned or said:
        value = (_WARNS if warned else "") + base64.urlsafe_b64encode(told[:600].encode()).decode()
        response.set_cookie(Cookie(key=FLASH, value=value, path="/", max_age=60, httponly=True, samesite="lax"))
    return response


def turned_back(to: str, error: DomainError) -> Response[None]:
    """Back to ``to``, with why a rule said no. What is not there is not there: NotFound is raised again."""
    if isinstance(error, NotFound):
        raise error
    return redirect(to, warned=error.message)


def download(content: bytes, *, name: str, media_type: str) -> Response[bytes]:
    """A file to keep, under a name made of plain letters."""
    safe = "".join(ch if ch.isascii() and (ch.isalnum() or ch in "-_.") else "-" for ch in name)
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{safe}"'})


def local_path(to: str) -> str:
    """``to`` if it is a path of ours, else the front page: nobody is redirected to another site."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(ch) < 33 or ch == "\\" for ch in to):
        return "/"
    return to


def _said(request: Request[Any, Any, Any]) -> tuple[str, bool]:
    """The sentence that the page before left, and whether it is a warning."""
    value = request.cookies.get(FLASH, "")
    warns = value.startswith(_WARNS)
    try:
        return base64.urlsafe_b64decode(value.removeprefix(_WARNS).encode()).decode()[:600], warns
    except ValueError:
        return "", False
