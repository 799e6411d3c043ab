"""One colour of the organisation in, a whole set of colours out, each readable where it is used."""

from __future__ import annotations

import colorsys
from functools import lru_cache

LEAST_CONTRAST = 5.0
"""Every text of the theme has at least this contrast (WCAG 2.2, 1.4.3 asks for 4.5)."""

_WHITE = (255.0, 255.0, 255.0)
_BLACK = (0.0, 0.0, 0.0)
_RGB = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours like ``#4b2e83``, from 1 to 21 (WCAG 2.2, relative luminance)."""
    low, high = sorted((_luminance(_parse(one)), _luminance(_parse(other))))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=16)
def tokens(brand: str) -> dict[str, str]:
    """The colours as CSS properties. A brand colour too light to read is darkened, in its own hue.

    Raises ValueError if ``brand`` is not a colour like ``#4b2e83``.
    """
    asked = _parse(brand)
    tint = _mix(asked, _WHITE, 0.94)
    main = _darken(asked, on=tint)
    dark, darker = _mix(main, _BLACK, 0.3), _mix(main, _BLACK, 0.45)
    edge = _mix(main, _WHITE, 0.6)
    named = {
        "--govuk-brand-colour": main,
        "--govuk-link-colour": main,
        "--govuk-link-visited-colour": main,
        "--govuk-link-hover-colour": darker,
        "--govuk-surface-background-colour": tint,
        "--govuk-surface-border-colour": edge,
        "--govuk-template-background-colour": tint,
        "--app-brand-dark": dark,
        "--app-tint": tint,
        "--app-tint-line": edge,
    }
    return {name: _text(colour) for name, colour in named.items()}


def stylesheet(brand: str) -> str:
    """The theme as CSS. Raises ValueError like ``tokens``."""
    return ":root{" + ";".join(f"{name}:{value}" for name, value in tokens(brand).items()) + "}\n"


def _parse(colour: str) -> _RGB:
    digits = colour.removeprefix("#")
    if len(digits) != 6 or not colour.startswith("#"):
        raise ValueError(f"{colour!r} is not a colour like #4b2e83")
    red, green, blue = bytes.fromhex(digits)
    return float(red), float(green), float(blue)


def _text(colour: _RGB) -> str:
    return "#" + bytes(round(part) for part in colour).hex()


def _luminance(colour: _RGB) -> float:
    def linear(part: float) -> float:
        part /= 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: _RGB, into: _RGB, share: float) -> _RGB:
    """``colour`` with ``share`` (0 to 1) of ``into``."""
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, into, strict=True))
    return red, green, blue


def _darken(colour: _RGB, *, on: _RGB) -> _RGB:
    """The lightest shade of ``colour`` that can be read on ``on``."""
    if contrast(_text(colour), _text(on)) >= LEAST_CONTRAST:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))

    def shade(light: float) -> _RGB:
        red, green, blue = (part * 255 for part in colorsys.hls_to_rgb(hue, light, saturation))
        return red, green, blue

    dark, light = 0.0, lightness
    for _ in range(12):
        middle = (dark + light) / 2
        if contrast(_text(shade(middle)), _text(on)) >= LEAST_CONTRAST:
            dark = middle
        else:
            light = middle
    return shade(dark)
