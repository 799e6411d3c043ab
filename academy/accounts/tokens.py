"""Secrets that people carry: made at random, shown once, and kept only as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in an address, a cookie and a header."""
    return secrets.token_urlsafe(32)


def looks_like_one(text: str) -> bool:
    """Whether ``text`` has the shape of a secret of ours; the rest need not be looked up."""
    return _SHAPE.fullmatch(text) is not None


def hash_of(secret: str) -> str:
    """What is kept. A plain hash is enough, because nobody can try out 2**256 secrets."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
