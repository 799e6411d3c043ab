"""Signed links that live for ever: they name one record of one kind, and nobody can guess or change one.

``/r/{token}`` manages a registration without sign-in. The token is the record's 16 bytes and the first 16 of an
HMAC-SHA-256 (RFC 2104) over kind and record, in base64url without padding (RFC 4648, section 5): 43 characters.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from academy.database.secret import secret_key
from academy.errors import NotFound
from academy.settings import from_environment

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_key: bytes | None = None


def use_key(key: bytes) -> None:
    """Sign with this key from now on, unless a caller gives another."""
    global _key
    _key = key


def sign(kind: str, record: UUID, key: bytes | None = None) -> str:
    """The token of a record: the same each time, so that it need not be kept."""
    return urlsafe_b64encode(record.bytes + _mark(kind, record, key)).rstrip(b"=").decode()


def read(kind: str, token: str, key: bytes | None = None) -> UUID:
    """The record that a token names. Raises NotFound for any that we did not make, or made for another kind."""
    if not _SHAPE.fullmatch(token):
        raise NotFound
    try:
        octets = urlsafe_b64decode(token + "=")
    except binascii.Error:
        raise NotFound from None
    record = UUID(bytes=octets[:16])
    if not hmac.compare_digest(sign(kind, record, key), token):  # the text, since the last character has spare bits
        raise NotFound
    return record


def _mark(kind: str, record: UUID, key: bytes | None) -> bytes:
    global _key
    if key is None:
        if _key is None:
            _key = secret_key(from_environment())
        key = _key
    return hmac.digest(key, b"academy link\0" + kind.encode() + b"\0" + record.bytes, "sha256")[:16]
