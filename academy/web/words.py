"""Numbers and lists as sentences say them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str = "") -> str:
    """``1 session``, ``3 sessions``; ``many`` where it is more than an s: ``counted(2, "person", "people")``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """``Essex``, ``Essex and Kent``, ``Essex, Kent and Surrey``."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
