"""How often something may be tried. Counted in the database, so that all processes count together."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from datetime import datetime, timedelta
from typing import Any

from litestar.connection import ASGIConnection

from academy import database
from academy.accounts.tables import Attempt
from academy.errors import TooMany

KEEP = timedelta(days=1)
"""Attempts are forgotten after a day; no limit looks further back."""

_COUNT = database.compiled_sql(
    "SELECT count(*) AS n, min(at) AS oldest FROM attempt WHERE key = :key AND at > :since", types={"oldest": datetime}
)


async def check(kind: str, key: str, *, most: int, minutes: int, now: datetime) -> None:
    """Count one attempt. Raises TooMany from the one after ``most`` within ``minutes``; that one is not counted.

    ``key`` is whom or what it is counted for: an address, a network address, a person. Only its hash is kept.
    """
    hashed = key_hash(kind, key)
    async with database.transaction():
        await database.lock(f"limit:{hashed}")
        row = (await _COUNT.run(key=hashed, since=now - timedelta(minutes=minutes)))[0]
        if row["n"] >= most:
            whole = timedelta(minutes=minutes)  # the oldest may have begun a moment later than this one
            wait = min(row["oldest"] + whole - now, whole).total_seconds()
            raise TooMany(
                f"You have tried this too often. Try again in {_in_words(wait)}.", retry_after=max(1, math.ceil(wait))
            )
        await Attempt.insert(Attempt(key=hashed, at=now))


async def allowed(kind: str, key: str, *, most: int, minutes: int, now: datetime) -> bool:
    """The same as a question: whether this attempt is within the limit."""
    try:
        await check(kind, key, most=most, minutes=minutes, now=now)
    except TooMany:
        return False
    return True


def _in_words(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    if minutes <= 90:
        return "a minute" if minutes <= 1 else f"{minutes} minutes"
    return f"{math.ceil(minutes / 60)} hours"


def network(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The network a request comes from: one IPv4 address, or the /64 that one IPv6 customer has.

    It is the connection's own address. X-Forwarded-For is none of our business here: the server puts the client's
    address in its place if, and only if, the connection comes from a proxy that the settings name.
    """
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def key_hash(kind: str, key: str) -> str:
    """What is kept of a key."""
    mark = hmac.digest(b"academy limit " + kind.encode(), key.encode("utf-8", "replace"), hashlib.sha256)
    return f"{kind[:15]}:{mark.hex()}"
