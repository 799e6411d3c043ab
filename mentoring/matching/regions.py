"""How far apart the regions of the United Kingdom are, counted in borders that are crossed."""

from __future__ import annotations

from functools import cache

from mentoring.matching.people import plain

NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "North East": ("Scotland", "North West", "Yorkshire and The Humber"),
    "North West": ("Scotland", "North East", "Yorkshire and The Humber", "East Midlands", "West Midlands", "Wales"),
    "Yorkshire and The Humber": ("North East", "North West", "East Midlands"),
    "East Midlands": (
        "Yorkshire and The Humber",
        "North West",
        "West Midlands",
        "East of England",
        "South East",
    ),
    "West Midlands": ("North West", "East Midlands", "South East", "South West", "Wales"),
    "East of England": ("East Midlands", "London", "South East"),
    "London": ("East of England", "South East"),
    "South East": ("London", "East of England", "East Midlands", "West Midlands", "South West"),
    "South West": ("South East", "West Midlands", "Wales"),
    "Wales": ("North West", "West Midlands", "South West"),
    "Scotland": ("North East", "North West", "Northern Ireland"),
    "Northern Ireland": ("Scotland",),
}
"""Northern Ireland counts as next to Scotland: the shortest crossing."""

_NEXT = {plain(name): tuple(plain(other) for other in others) for name, others in NEIGHBOURS.items()}


@cache
def hops(one: str, other: str) -> int | None:
    """0 in the same region, 1 next door, and so on; ``None`` when one is not given or not known."""
    start, end = plain(one), plain(other)
    if not start or not end:
        return None
    if start == end:
        return 0
    if start not in _NEXT or end not in _NEXT:
        return None
    reached, edge, far = {start}, {start}, 0
    while edge:
        far += 1
        edge = {name for place in edge for name in _NEXT[place]} - reached
        if end in edge:
            return far
        reached |= edge
    return None
