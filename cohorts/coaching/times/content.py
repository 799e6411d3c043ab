"""Take a calendar file apart into the few lines that busy times are made of (RFC 5545, section 3.1). Pure.

Everything else, such as titles, places and people, is passed over without being kept. Sizes and numbers are limited
before anything is looked at closely, and each line is looked at once, so that no file takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cohorts.coaching.times.zones import Definition, Observance

MOST_OCTETS = 1024 * 1024
MOST_LINES = 100_000
MOST_ENTRIES = 5000
MOST_ZONES = 200
DEEPEST = 10
_HEAD = 4096
"""Name and parameters of a line end within so many characters."""

_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_PARAMETER = re.compile(r';[ \t]*([A-Za-z0-9-]+)[ \t]*=[ \t]*("[^"]*"|[^";:,]*)')
_OF_ZONE = frozenset({"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"})
_WHEN = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
_KEPT = {
    "VEVENT": _WHEN | {"UID", "SEQUENCE", "STATUS", "TRANSP", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS"},
    "VFREEBUSY": frozenset({"FREEBUSY"}),
    "VTIMEZONE": frozenset({"TZID", "X-LIC-LOCATION"}),
    "STANDARD": _OF_ZONE,
    "DAYLIGHT": _OF_ZONE,
}
_OF_CALENDAR = {"VEVENT", "VFREEBUSY", "VTIMEZONE"}


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


class Line(msgspec.Struct, frozen=True):
    """One property: its parameters by upper-case name, and its value as written."""

    parameters: dict[str, str]
    value: str


class Part(msgspec.Struct):
    """One component with the lines that are kept, in the order of the file."""

    kind: str
    lines: dict[str, list[Line]]
    declined: bool = False
    """Whoever's calendar this is has declined."""
    parts: list[Part] = []

    def first(self, name: str) -> Line | None:
        found = self.lines.get(name)
        return found[0] if found else None

    def value(self, name: str) -> str:
        found = self.first(name)
        return found.value.strip() if found else ""


class File(msgspec.Struct):
    """What a file holds."""

    events: list[Part]
    free_busy: list[Part]
    zones: list[Definition]


def take_apart(content: bytes, *, owner: frozenset[str]) -> File:
    """``owner`` are the e-mail addresses, in lower case, of whoever's calendar it is. Raises Unreadable."""
    lines = _lines(content)
    file = File([], [], [])
    open_parts: list[tuple[str, Part | None]] = []
    complete = False
    for text in lines:
        named = _NAME.match(text)
        if named is None:
            continue
        name = named[0].upper()
        if name == "BEGIN":
            kind = text[6:].strip().upper()
            if kind in _OF_CALENDAR and open_parts and open_parts[-1][0] == kind:  # the last one was not closed
                _end(kind, open_parts, file)
            open_parts.append((kind, _begin(kind, open_parts)))
            complete = False
            if len(open_parts) > DEEPEST:
                raise Unreadable("The file is built unlike any calendar. Publish or save it again.")
        elif name == "END":
            complete = _end(text[4:].strip().upper(), open_parts, file)
        elif open_parts and (part := open_parts[-1][1]) is not None and name in _KEPT[part.kind]:
            _keep(part, name, text[len(named[0]) :], owner)
    if open_parts or not complete:
        raise Unreadable("The calendar stops in the middle. Publish or save it again.")
    return file


def _lines(content: bytes) -> Iterator[str]:
    """The unfolded lines. Raises Unreadable for what is too large, or no calendar at all."""
    if len(content) > MOST_OCTETS:
        raise Unreadable("The calendar is larger than 1 MB. Publish only free and busy times, or fewer months of it.")
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    if head.startswith((b"<!DOCTYPE", b"<HTML", b"<?XML", b"<HEAD")):
        raise Unreadable("This is a web page and not the calendar itself. Copy the address that ends in .ics.")
    if not head.startswith(b"BEGIN:VCALENDAR"):
        raise Unreadable("This is not a calendar. It must be one in the iCalendar format, which ends in .ics.")
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MOST_LINES:
        raise Unreadable("The calendar has too many lines. Publish only free and busy times, or fewer months of it.")
    return iter(text.replace("\n ", "").replace("\n\t", "").split("\n"))


def _begin(kind: str, open_parts: list[tuple[str, Part | None]]) -> Part | None:
    """A part to fill, or none for what is passed over."""
    above = open_parts[-1] if open_parts else ("", None)
    if kind in ("STANDARD", "DAYLIGHT"):
        return Part(kind, {}) if above[1] is not None and above[0] == "VTIMEZONE" else None
    return Part(kind, {}, parts=[]) if kind in _OF_CALENDAR and above[0] in ("VCALENDAR", "") else None


def _end(kind: str, open_parts: list[tuple[str, Part | None]], file: File) -> bool:
    """Close a component, and those inside it that were left open. Whether the calendar is complete now."""
    if kind not in (name for name, _ in open_parts):
        return not open_parts
    while open_parts:
        name, part = open_parts.pop()
        if part is not None:
            _put_away(part, open_parts, file)
        if name == kind:
            break
    return not open_parts


def _put_away(part: Part, open_parts: list[tuple[str, Part | None]], file: File) -> None:
    if part.kind in ("STANDARD", "DAYLIGHT"):
        above = open_parts[-1][1]
        if above is not None:
            above.parts.append(part)
    elif part.kind == "VTIMEZONE":
        file.zones.append(_definition(part))
    else:
        (file.events if part.kind == "VEVENT" else file.free_busy).append(part)
    if len(file.events) + len(file.free_busy) > MOST_ENTRIES or len(file.zones) > MOST_ZONES:
        raise Unreadable("The calendar has too many entries. Publish fewer months of it.")


def _keep(part: Part, name: str, rest: str, owner: frozenset[str]) -> None:
    colon = _colon(rest)
    if colon < 0:
        return
    parameters = {found[1].upper(): found[2].strip('"') for found in _PARAMETER.finditer(rest[:colon])}
    value = rest[colon + 1 :]
    if name == "ATTENDEE":  # nobody's name or address is kept
        if value.strip().lower().removeprefix("mailto:") in owner:
            part.declined = parameters.get("PARTSTAT", "").upper() == "DECLINED"
        return
    part.lines.setdefault(name, []).append(Line(parameters, value))


def _colon(rest: str) -> int:
    """Where the value begins: the first colon outside quotation marks, or -1."""
    start = 0
    while True:
        colon = rest.find(":", start, _HEAD)
        if colon < 0:
            return -1
        quote = rest.find('"', start, colon)
        if quote < 0:
            return colon
        start = rest.find('"', quote + 1, _HEAD) + 1
        if start == 0:
            return -1


def _definition(part: Part) -> Definition:
    return Definition(
        name=part.value("TZID").strip('"'),
        location=part.value("X-LIC-LOCATION"),
        observances=tuple(
            Observance(
                start=each.value("DTSTART"),
                offset_from=each.value("TZOFFSETFROM"),
                offset_to=each.value("TZOFFSETTO"),
                rule=each.value("RRULE"),
                dates=tuple(day for line in each.lines.get("RDATE", []) for day in line.value.split(",")[:500]),
            )
            for each in part.parts
        ),
    )
