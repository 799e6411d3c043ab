"""What a view of the public calendar shows: its filters, as they stand in the address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from academy.programmes.tables import ProgrammeKind
from cohorts.schedule.rules import Stage
from cohorts.schedule.tables import Format

KINDS: dict[str, str] = {
    ProgrammeKind.LEADERSHIP.value: "Leadership programme",
    ProgrammeKind.WORKSHOP.value: "Workshop",
    ProgrammeKind.WEBINAR.value: "Webinar",
    ProgrammeKind.EVENT.value: "Event",
    ProgrammeKind.PARTNER_TRAINING.value: "Partner training",
}
FORMATS: dict[str, str] = {
    Format.IN_PERSON.value: "In person",
    Format.VIRTUAL.value: "Virtual",
    Format.HYBRID.value: "Hybrid",
}
WHEN: dict[str, str] = {"upcoming": "Upcoming", "past": "Past"}
PAGE = 50


class Tag(msgspec.Struct, frozen=True):
    """How a cohort's stage is told to the public."""

    text: str
    colour: str
    open: bool = False
    """Whether places are worth telling."""


_FINISHED = Tag("Finished", "grey")
TAGS: dict[Stage, Tag] = {
    Stage.PLANNED: Tag("Not published", "grey"),
    Stage.OPEN: Tag("Open", "blue", open=True),
    Stage.FULL: Tag("Full", "purple", open=True),
    Stage.RUNNING: Tag("Running", "green"),
    Stage.FINISHED: _FINISHED,
    Stage.CLOSED: _FINISHED,
    Stage.CANCELLED: Tag("Cancelled", "red"),
}


def places_in_words(capacity: int, *, taken: int, waiting: int) -> str:
    """How many places are left, as people ask: "Only 2 places left"."""
    left = capacity - taken
    if left <= 0:
        return f"Full, {waiting} waiting" if waiting else "Full, waiting list open"
    if left <= max(3, capacity // 10):
        return "Only 1 place left" if left == 1 else f"Only {left} places left"
    return f"{left} places left"


def to_complete(needed: int | None, sessions: int) -> str:
    """What completing takes of the sessions that there are; empty where it goes without saying."""
    if sessions < 2:
        return ""
    if needed is None or needed >= sessions:
        return "Attend both sessions" if sessions == 2 else f"Attend all {sessions} sessions"
    return f"Attend {needed} of the {sessions} sessions"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One view of the calendar. Its address names it, so that it can be linked to and subscribed to."""

    kind: str = ""
    region: str = ""
    format: str = ""
    when: str = "upcoming"
    find: str = ""
    page: int = 1

    @property
    def filters(self) -> dict[str, str]:
        """What stands in the address: only what differs from the plain calendar."""
        named = {"type": self.kind, "region": self.region, "format": self.format, "q": self.find}
        named["when"] = self.when if self.when != "upcoming" else ""
        return {name: value for name, value in named.items() if value}

    def query(self, **changed: str) -> str:
        """The query of this view with some filters changed, ``?`` included; empty for the plain calendar."""
        filters = {name: value for name, value in {**self.filters, **changed}.items() if value}
        return "?" + urlencode(filters) if filters else ""

    @property
    def page_base(self) -> str:
        return self.query() + "&" if self.filters else "?"


def view(query: Mapping[str, str]) -> View:
    """Read a view from an address. What is not a filter of ours counts as not said, so that old links go on working."""
    page = str(query.get("page", "1"))
    return View(
        kind=_known(query.get("type", ""), KINDS),
        region=str(query.get("region", "")).replace("\x00", "").strip()[:60],
        format=_known(query.get("format", ""), FORMATS),
        when=_known(query.get("when", ""), WHEN) or "upcoming",
        find=_find(str(query.get("q", ""))),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 and int(page) else 1,
    )


def name(shown: View, service: str) -> str:
    """What this view is called in a person's calendar: "Leadership Academy: webinars, London"."""
    words = [
        KINDS[shown.kind].lower() + "s" if shown.kind and shown.kind != "partner_training" else "",
        "partner training" if shown.kind == "partner_training" else "",
        FORMATS[shown.format].lower() if shown.format else "",
        shown.region,
        f"“{shown.find}”" if shown.find else "",
    ]
    told = ", ".join(word for word in words if word)
    return f"{service}: {told}" if told else service


def _known(value: str, allowed: Mapping[str, str]) -> str:
    return str(value) if value in allowed else ""


def _find(text: str) -> str:
    """A search text without what no title holds: control characters and lone surrogates."""
    return "".join(ch for ch in text if ch.isprintable()).strip()[:80]
