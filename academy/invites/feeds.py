"""Answers to calendars that ask again and again: the file, or 304 if it is still the same (RFC 9110 13)."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from litestar import Request, Response

MEDIA_TYPE = "text/calendar"  # the framework adds the character set
FRESH = 900
"""Seconds for which a calendar need not ask again."""


def feed_response(
    request: Request[Any, Any, Any], octets: bytes, last_modified: datetime | None, *, public: bool = False
) -> Response[bytes]:
    """The feed, or 304 without a body. The ETag is strong, over the octets; ``public`` lets shared caches keep it."""
    etag = f'"{hashlib.sha256(octets).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"{'public' if public else 'private'}, max-age={FRESH}",
        "Referrer-Policy": "no-referrer",
    }
    if last_modified is not None:
        headers["Last-Modified"] = format_datetime(last_modified.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if _is_known(request, etag, last_modified):
        return Response(b"", status_code=304, headers=headers, media_type=MEDIA_TYPE)
    return Response(octets, headers=headers, media_type=MEDIA_TYPE)


def _is_known(request: Request[Any, Any, Any], etag: str, last_modified: datetime | None) -> bool:
    """Whether the caller has these octets. A date is believed only where no ETag is given (RFC 9110 13.1.3)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in known.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return False
    return asked.tzinfo is not None and last_modified.replace(microsecond=0) <= asked
