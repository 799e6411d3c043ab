"""What makes two addresses the same, and two persons perhaps the same. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

from academy.errors import DomainError


class NotAnAddress(DomainError):
    """This is no e-mail address."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Enter an email address in the correct format, like name@council.gov.uk")


class NotAName(DomainError):
    """This cannot be a person's name."""

    status = 422


NAME_MOST = 120
UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_ORDINARY = re.compile(r"([A-Za-z0-9_'+-]+(?:\.[A-Za-z0-9_'+-]+)*)@([A-Za-z0-9.-]+)")
"""Addresses of which only the domain has to be looked at."""
_LINKS = re.compile(r"https?:|://|www\.|[<>]", re.IGNORECASE)
TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "cllr", "councillor", "rev"}


def normalise(address: str) -> str:
    """The form in which two addresses are the same: small letters, NFC, the domain as in the DNS (RFC 5890).

    What stands behind a plus is kept: many servers deliver it elsewhere. Raises NotAnAddress.
    """
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    if not local or not domain or len(address) > 254 or UNUSABLE.search(local + domain):
        raise NotAnAddress
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise NotAnAddress from None
    return f"{local}@{domain}".casefold()


def check_address(address: str) -> str:
    """The address as it is written to, without spaces around it. Raises NotAnAddress."""
    address = address.strip()
    if not 3 <= len(address) <= 254 or UNUSABLE.search(address):
        raise NotAnAddress
    if found := _ORDINARY.fullmatch(address):
        local, domain = found.groups()
        if local.islower() or not local.isalpha():  # else it may be a role, such as INFO, which is written small
            return f"{local}@{_checked_domain(domain)}"
    return _checked(address)


def _checked(address: str) -> str:
    try:
        return validate_email(
            address, check_deliverability=False, test_environment=True, allow_smtputf8=False
        ).normalized
    except EmailNotValidError:
        raise NotAnAddress from None


@lru_cache(maxsize=4096)
def _checked_domain(domain: str) -> str:
    """Lists have thousands of addresses at a few domains, and these take the time."""
    return _checked(f"a@{domain}").partition("@")[2]


def check_name(name: str) -> str:
    """A person's name with single spaces. Raises NotAName.

    Our mails greet people by name and go to addresses that anyone may type, so a name must not carry a message:
    no line breaks, no links, and at most 120 characters.
    """
    if UNUSABLE.search(name.strip()):
        raise NotAName("The name has a character that cannot be used. Type it again in plain text.")
    tidy = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()
    if not tidy:
        raise NotAName("Enter a name.")
    if len(tidy) > NAME_MOST:
        raise NotAName(f"The name must be {NAME_MOST} characters or fewer.")
    if _LINKS.search(tidy):
        raise NotAName("Enter a name without links.")
    return tidy


def likeness(name: str) -> str:
    """What is left of a name when spelling hardly matters: no accents, titles, marks or order of words."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("ł", "l"))
    words = re.findall(r"[^\W\d_]+", "".join(ch for ch in plain if not unicodedata.combining(ch)))
    kept = [word for word in words if word not in TITLES] or words
    return " ".join(sorted(kept))


def untagged(normalised: str) -> str:
    """A normalised address without what stands behind a plus, to compare only."""
    local, _, domain = normalised.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def perhaps_the_same(name: str, addresses: Iterable[str], other_name: str, other_addresses: Iterable[str]) -> bool:
    """Whether a coordinator should look at two persons: the same name, or addresses that differ by a tag only.

    Addresses are normalised. Nobody is ever made one without a person's decision.
    """
    if likeness(name) == likeness(other_name):
        return True
    return not {untagged(one) for one in addresses}.isdisjoint(untagged(one) for one in other_addresses)
