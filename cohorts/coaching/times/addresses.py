"""The address of a published calendar: which one may be asked for, and which networks are public. Pure.

What can go wrong with one is said here too, so that whoever fetches and whoever shows a page use the same sentences.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

import msgspec

from academy.errors import DomainError

LONGEST_ADDRESS = 1000

_KEPT = "/%:@!$&'()*+,;=~-._"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

# The registries of IANA for special purposes. The ipaddress module's idea of "global" differs between versions of
# Python, so the lists are ours.
_NOT_PUBLIC_4 = [
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' own networks
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; clouds give secrets away here
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
]
_PUBLIC_6 = IPv6Network("2000::/3")
"""All that IANA has given out. IPv4-mapped, NAT64, link-local, private and multicast addresses lie outside."""
_NOT_PUBLIC_6 = [
    IPv6Network(each)
    for each in (
        "2001::/23",  # Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]


class CannotFetch(DomainError):
    """The calendar could not be fetched; the sentence is for the coach and does not hold the address."""

    status = 422


class BadAddress(CannotFetch):
    """What was typed is no address that we fetch from."""


class NotPublic(CannotFetch):
    """The name leads to no public address of the internet."""


class Redirected(CannotFetch):
    """The server sends us on to another address."""


class TooSlow(CannotFetch):
    """The time was up."""


class TooLong(CannotFetch):
    """The calendar is larger than we read."""


class NotTrusted(CannotFetch):
    """The server cannot show that it is who it says."""


class Refused(CannotFetch):
    """The server answers that it will not or cannot give the calendar."""


class NoAnswer(CannotFetch):
    """There is no server, or it does not speak as it must."""


class Where(msgspec.Struct, frozen=True):
    """An address taken apart: the host as ASCII, and path with query as they are asked for."""

    host: str
    target: str

    @property
    def address(self) -> str:
        return f"https://{self.host}{self.target}"


def is_public(network_address: str) -> bool:
    """Whether this is an address of the public internet, for one machine."""
    try:
        found = ip_address(network_address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        return found.scope_id is None and found in _PUBLIC_6 and not any(found in each for each in _NOT_PUBLIC_6)
    return not any(found in each for each in _NOT_PUBLIC_4)


def parse(text: str) -> Where:
    """Take a typed address apart; ``webcal://`` counts as https. Raises BadAddress."""
    text = text.strip()
    if not text:
        raise BadAddress("Paste the address of your published calendar.")
    if len(text) > LONGEST_ADDRESS:
        raise BadAddress(f"The address must be {LONGEST_ADDRESS} characters or fewer.")
    if any(ord(each) < 33 or ord(each) == 127 or each == "\\" for each in text):
        raise BadAddress("The address has a space or another character that cannot be in it. Copy it again as a whole.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadAddress("This is not an address. Copy the one that your calendar shows, with https://") from None
    if parts.scheme.lower() not in ("https", "webcal", "webcals") or not parts.netloc:
        raise BadAddress("Enter an address that starts with https:// or webcal://")
    if "@" in parts.netloc:
        raise BadAddress(
            "The address holds a user name or password. Publish the calendar with an address that needs none."
        )
    if port not in (None, 443):
        raise BadAddress("The address names a port. Only https:// addresses without one can be read.")
    target = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT + '?')}" if parts.query else "")
    where = Where(_host(parts.hostname or ""), target if target.startswith("/") else f"/{target}")
    if len(where.address) > LONGEST_ADDRESS:
        raise BadAddress(f"The address must be {LONGEST_ADDRESS} characters or fewer.")
    return where


def _host(name: str) -> str:
    wrong = BadAddress("The address must name a server on the internet, like calendar.example.org.")
    try:
        host = name.removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise wrong from None
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise wrong
    if labels[-1].isdigit():  # a network address, in one of its spellings
        raise wrong
    return host
