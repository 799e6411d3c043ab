"""Who may use a route. Every handler says so with ``who=``; one that does not is closed (and fails a test)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Who(StrEnum):
    """The audience of a route. What a person may see *inside* a route is decided by its own query."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    COORDINATOR = "coordinator"
    FACILITATOR = "coordinator, or facilitator of the session"
    COACH = "coach"
    LINK_HOLDER = "holder of the link"
    DEMO = "anyone, in the demonstration only"
    API_READ = "token with scope read"
    API_ENROL = "token with scope enrol"
    API_MANAGE = "coordinator's token with scope manage"


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person behind a request."""

    person: str
    """The person's id, as text."""
    name: str
    coordinator: bool = False
    facilitator: bool = False
    """Leads at least one session."""
    coach: bool = False
    session: str = ""
    scopes: frozenset[str] = frozenset()
    time_zone: str = "Europe/London"

    @property
    def own_section(self) -> str:
        """Where in the menu their own pages stand."""
        return "My academy" if self.coordinator else "Home"
