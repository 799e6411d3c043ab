"""Simple logos for invented partners, drawn as small PNG files (RFC 2083) without any library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache

SIZE = 96
"""Pixels, both ways."""
FINER = 2
"""Samples per pixel, both ways, so that edges are smooth."""
SHADES = FINER * FINER

Shape = Callable[[float, float], bool]

COLOURS: tuple[str, ...] = (
    "#0b4f6c", "#7a1f3d", "#1f5c2e", "#5b2a86", "#8a4b08", "#12355b", "#a3333d", "#2f4858", "#6b4226", "#00635a",
    "#4a4e69", "#9a3b00",
)  # fmt: skip
"""All dark enough to be seen on white (at least 3:1)."""


def _ring(x: float, y: float) -> bool:
    return 0.36 < x * x + y * y < 0.81


def _bars(x: float, y: float) -> bool:
    return abs(y) < 0.85 and any(abs(x - at) < 0.16 and y > top for at, top in ((-0.6, 0.1), (0, -0.45), (0.6, -0.85)))


def _chevrons(x: float, y: float) -> bool:
    return abs(y) < 0.8 and any(0 < x - at + abs(y) * 0.7 < 0.38 for at in (-0.35, 0.3))


def _diamond(x: float, y: float) -> bool:
    return 0.42 < abs(x) + abs(y) < 0.95 or abs(x) + abs(y) < 0.2


def _quarters(x: float, y: float) -> bool:
    return (x < -0.06 or x > 0.06) and (y < -0.06 or y > 0.06) and (abs(x) - 0.06) ** 2 + (abs(y) - 0.06) ** 2 < 0.64


def _waves(x: float, y: float) -> bool:
    bend = 0.18 * (1 - 4 * (x % 1 - 0.5) ** 2)
    return abs(x) < 0.9 and any(abs(y - at + bend) < 0.12 for at in (-0.45, 0.05, 0.55))


def _hexagon(x: float, y: float) -> bool:
    def size(x: float, y: float) -> float:
        return max(abs(x), abs(x) * 0.5 + abs(y) * 0.866)

    return 0.5 < size(y, x) < 0.88


def _leaf(x: float, y: float) -> bool:
    return (x - 0.45) ** 2 + (y - 0.45) ** 2 < 1.3 and (x + 0.45) ** 2 + (y + 0.45) ** 2 < 1.3 and abs(x - y) > 0.09


def _dots(x: float, y: float) -> bool:
    return any(
        (x - a) ** 2 + (y - b) ** 2 < 0.045 for a in (-0.6, 0, 0.6) for b in (-0.6, 0, 0.6) if (a, b) != (0.6, -0.6)
    )


SHAPES: tuple[tuple[str, Shape], ...] = (
    ("a ring", _ring),
    ("three rising bars", _bars),
    ("two chevrons", _chevrons),
    ("a diamond", _diamond),
    ("four quarters of a circle", _quarters),
    ("three waves", _waves),
    ("a hexagon", _hexagon),
    ("a leaf", _leaf),
    ("eight dots", _dots),
)


def logo(number: int) -> bytes:
    """The logo of a partner by its number: a shape in a colour, different for 108 numbers."""
    colour = COLOURS[number % len(COLOURS)]
    ink = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    palette = bytes(round(255 + (channel - 255) * shade / SHADES) for shade in range(SHADES + 1) for channel in ink)
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 3, 0, 0, 0)  # 8 bits, colours from a palette
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", _drawn(_shape(number))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def alt(partner: str, number: int) -> str:
    """What the logo shows, for people who do not see it."""
    return f"{partner}: {SHAPES[_shape(number)][0]}"


def _shape(number: int) -> int:
    return (number + number // len(COLOURS)) % len(SHAPES)


@cache
def _drawn(shape: int) -> bytes:
    inside = SHAPES[shape][1]
    steps = [(2 * (at + 0.5) / (SIZE * FINER) - 1) * 1.1 for at in range(SIZE * FINER)]
    rows = []
    for top in range(0, SIZE * FINER, FINER):
        row = bytearray(1 + SIZE)  # each row begins with its filter: none
        for y in steps[top : top + FINER]:
            for at, x in enumerate(steps):
                row[1 + at // FINER] += inside(x, y)
        rows.append(bytes(row))
    return zlib.compress(b"".join(rows), 9)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
