"""Where the rooms above put what they know on the pages of this one. They name their parts when they are imported, so
that nothing here imports them:

    places.mine.append(my_pairings)          # on /mentoring and Home: cards of the signed-in person
    places.overview.append(figures_of_pairs) # on a round's overview: figures, and what needs the coordinator
    places.sections.append(Section(30, "Pairs", "/pairs"))
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from academy.audit.service import Actor
from mentoring.profiles.rounds_read import RoundView
from mentoring.profiles.tables import Side


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the signed-in person, on ``/mentoring``."""

    title: str
    text: str = ""
    href: str = ""
    tag: str = ""
    colour: str = ""
    action: str = ""
    """The words of a button that leads to ``href``: they have something to do."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A key figure of a round."""

    value: str
    label: str
    note: str = ""
    href: str = ""
    warn: bool = False


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for the coordinator, with a button that leads to it."""

    what: str
    why: str
    action: str
    href: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one room knows of a round."""

    figures: tuple[Figure, ...] = ()
    needs: tuple[Need, ...] = ()


class Section(msgspec.Struct, frozen=True, order=True):
    """A tab of a round's pages; the lowest number stands first. ``end`` follows the round's address."""

    order: int
    name: str
    end: str


mine: list[Callable[[UUID, datetime], Awaitable[list[Card]]]] = []
leaving: list[Callable[[Side, UUID, Actor, datetime], Awaitable[None]]] = []
"""What happens to what waits for somebody who withdraws, given the side and the profile; in the same transaction."""
overview: list[Callable[[RoundView, datetime], Awaitable[Part]]] = []
sections: list[Section] = [
    Section(0, "Overview", ""),
    Section(10, "People", "/people"),
    Section(20, "Criteria", "/criteria"),
    Section(90, "Settings", "/settings"),
]


def tabs(slug: str) -> list[tuple[str, str]]:
    """The tabs of a round, for ``ui.subnav``."""
    return [(each.name, f"/mentoring/rounds/{slug}{each.end}") for each in sorted(sections)]
