"""Stylesheets and scripts, held in memory under names that change with their content.

``static_url("app.css")`` is ``/static/app.1a2b3c4d.css``: browsers keep it for a year and ask again for nothing.
Files under ``vendor/`` carry their version in the folder's name and keep their own, since scripts import them by it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from academy.errors import NotFound
from academy.settings import Settings
from academy.web.access import Who
from academy.web.theme import stylesheet

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
TEN_MINUTES = "public, max-age=600"
"""For the theme: its address stays when the colour changes."""

_TYPES = {  # the framework adds the charset to text
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain",
}
_FINGERPRINT = re.compile(r"\.[0-9a-f]{8}(?=\.[a-z]+$)")


class File(msgspec.Struct, frozen=True):
    """What is sent for one address, plain and compressed."""

    content: bytes
    compressed: bytes
    media_type: str
    tag: str
    """The ETag: weak, since both forms share it."""
    url: str
    """The address that may be kept for ever."""


def make_file(content: bytes, *, name: str) -> File:
    """A file ready to be sent. ``name`` is its path in the static folder, with slashes."""
    digest = hashlib.sha256(content).hexdigest()
    stem, dot, ending = name.rpartition(".")
    address = name if name.startswith("vendor/") else f"{stem}.{digest[:8]}.{ending}"
    return File(
        content,
        gzip.compress(content, 9, mtime=0),
        _TYPES[dot + ending],
        f'W/"{digest[:16]}"',
        f"/static/{address}",
    )


@lru_cache(maxsize=1)
def files() -> dict[str, File]:
    """Every file of the folder by its name, read once in a process."""
    return {
        name: make_file(path.read_bytes(), name=name)
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in _TYPES and (name := path.relative_to(FOLDER).as_posix())
    }


def static_url(name: str) -> str:
    """The address of a file of the static folder. Raises KeyError, so that a page with a wrong name fails in tests."""
    return files()[name].url


def send(request: Request[Any, Any, Any], file: File, *, keep: str) -> Response[bytes]:
    """The file, compressed if the browser can read that, or 304 if it has it already."""
    headers = {"Cache-Control": keep, "ETag": file.tag, "Vary": "Accept-Encoding"}
    asked = request.headers.get("if-none-match", "")
    if file.tag in (tag.strip() for tag in asked.split(",")) or asked.strip() == "*":
        return Response(b"", status_code=304, headers=headers, media_type=file.media_type)
    content = file.content
    if re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        content = file.compressed
    return Response(content, headers=headers, media_type=file.media_type)


@get("/static/{name:path}", who=Who.ANYONE, sync_to_thread=False)
def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """One file. An address with an older fingerprint gets today's file, which is then not kept."""
    asked = name.lstrip("/")
    found = files().get(asked) or files().get(_FINGERPRINT.sub("", asked))
    if found is None:
        raise NotFound
    return send(request, found, keep=FOR_EVER if found.url == f"/static/{asked}" else ASK_AGAIN)


@lru_cache(maxsize=16)
def _theme(brand: str) -> File:
    return make_file(stylesheet(brand).encode(), name="theme.css")


@get("/theme.css", who=Who.ANYONE, sync_to_thread=False)
def theme_css(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The organisation's colours, from the setting."""
    settings: Settings = request.app.state.settings
    return send(request, _theme(settings.brand_colour), keep=TEN_MINUTES)


routes = [static_file, theme_css]
