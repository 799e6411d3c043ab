"""What other rooms show on the page of a session: they say so here when they are imported, and the page asks them.

The record of a session stands above this room, so the page cannot know it by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from academy.settings import Settings
from cohorts.coaching.bookings.queries import SessionView

Of = Callable[[SessionView, UUID, Settings, datetime], Awaitable[dict[str, Any]]]
"""What a template shows, for a session, the person who reads, the settings and the time that it is."""

_parts: dict[str, tuple[str, Of]] = {}


def add(name: str, template: str, of: Of) -> None:
    """Show ``template`` on the page of a session. It finds what ``of`` gives under ``name``."""
    _parts[name] = (template, of)


def templates() -> list[str]:
    return [template for template, _ in _parts.values()]


async def shown(session: SessionView, person: UUID, *, settings: Settings, now: datetime) -> dict[str, dict[str, Any]]:
    """What each part shows, by its name."""
    return {name: await of(session, person, settings, now) for name, (_, of) in _parts.items()}
