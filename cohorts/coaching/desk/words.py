"""What the pages of coordinators say about coaching. Pure."""

from __future__ import annotations


def sessions(number: int) -> str:
    """``1 session``, ``3 sessions``."""
    return "1 session" if number == 1 else f"{number} sessions"


def people(number: int) -> str:
    """``1 person``, ``7 people``."""
    return "1 person" if number == 1 else f"{number} people"
