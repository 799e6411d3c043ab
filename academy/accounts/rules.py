"""Decisions about sign-in, tokens and browsers. Pure."""

from __future__ import annotations

import re

from academy.errors import DomainError

SCOPES = {
    "read": "Read what you can see",
    "enrol": "Register and withdraw you",
    "manage": "Manage programmes, cohorts and registers (coordinators)",
}


class LinkUsed(DomainError):
    """The link was used, is too old, or was never one. All look the same."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This link no longer works. It may be older than 10 minutes, or used already.")


class LastCoordinator(DomainError):
    """Somebody must be able to run the academy."""

    def __init__(self) -> None:
        super().__init__("This is the last coordinator. Make someone else a coordinator first.")


class UnknownScope(DomainError):
    """A token can only be made for scopes that there are."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Choose at least one of: " + ", ".join(SCOPES) + ".")


def check_scopes(scopes: frozenset[str]) -> None:
    """Raises UnknownScope."""
    if not scopes or not scopes <= SCOPES.keys():
        raise UnknownScope


_BROWSERS = (
    ("Edge", r"\bEdg"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"SamsungBrowser"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def browser_name(user_agent: str) -> str:
    """A browser as its owner would name it: "Firefox on Windows". Nothing more of its description is kept."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, user_agent[:1000])), "A browser")
    system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent[:1000])), "")
    return f"{browser} on {system}" if system else browser


def hint_of(address: str) -> str:
    """An address that its owner recognises and nobody else can write to: "p…@council.gov.uk"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


class AddressNotFree(DomainError):
    """The address cannot become this person's; said only to somebody who reads mail sent there."""

    def __init__(self) -> None:
        super().__init__("This address belongs to another account. Ask us for help: we can bring the two together.")
