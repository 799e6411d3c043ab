"""Readers of calendar files that are not ours: three parsers and a lint of the bare lines."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from py_mini_racer import MiniRacer

VENDOR = Path(__file__).parents[2] / "vendor"
TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "COMMENT")
_TEXT_VALUE = re.compile(r"(?:[^\\;,]|\\[\\;,n])*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")

_JS = """
function open(text) {
  var calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  calendar.getAllSubcomponents('vtimezone').forEach(function (each) {
    ICAL.TimezoneService.register(new ICAL.Timezone(each));
  });
  return calendar;
}
function read(text) {
  return JSON.stringify(open(text).getAllSubcomponents('vevent').map(function (each) {
    var guest = each.getFirstProperty('attendee');
    return {
      summary: each.getFirstPropertyValue('summary'),
      description: each.getFirstPropertyValue('description') || '',
      location: each.getFirstPropertyValue('location') || '',
      cn: guest ? guest.getParameter('cn') || '' : '',
      starts: each.getFirstPropertyValue('dtstart').toUnixTime(),
      ends: each.getFirstPropertyValue('dtend').toUnixTime()
    };
  }));
}
function instants(text, locals) {
  open(text);
  var zone = null, found = /TZID:(.*)\\r\\n/.exec(text);
  zone = ICAL.TimezoneService.get(found[1]);
  return JSON.stringify(JSON.parse(locals).map(function (each) {
    var time = ICAL.Time.fromDateTimeString(each);
    time.zone = zone;
    return time.toUnixTime();
  }));
}
"""


class IcalJs:
    """ical.js, of which Thunderbird is made. It believes the file's VTIMEZONE."""

    def __init__(self) -> None:
        source = (VENDOR / "ical.js").read_bytes()
        assert hashlib.sha256(source).hexdigest() in (VENDOR / "README.md").read_text()
        self._engine = MiniRacer()
        self._engine.eval(source.decode())
        self._engine.eval(_JS)

    def close(self) -> None:
        self._engine.close()

    def read(self, octets: bytes) -> list[dict[str, Any]]:
        events = json.loads(str(self._engine.call("read", octets.decode())))
        return [{**each, "starts": _moment(each["starts"]), "ends": _moment(each["ends"])} for each in events]

    def instants(self, octets: bytes, shown: list[datetime]) -> list[datetime]:
        """What these local times mean, by the VTIMEZONE in the file."""
        texts = json.dumps([f"{each:%Y-%m-%dT%H:%M:%S}" for each in shown])
        return [_moment(each) for each in json.loads(str(self._engine.call("instants", octets.decode(), texts)))]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read_icalendar(octets: bytes) -> list[dict[str, Any]]:
    found = []
    for event in icalendar.Calendar.from_ical(octets).walk("VEVENT"):
        guest = event.get("attendee")
        found.append(
            {
                "summary": str(event["summary"]),
                "description": str(event.get("description", "")),
                "location": str(event.get("location", "")),
                "cn": str(guest.params.get("CN", "")) if guest else "",
                "starts": event.start.astimezone(UTC),
                "ends": event.end.astimezone(UTC),
            }
        )
    return found


def read_vobject(octets: bytes) -> list[dict[str, Any]]:
    found = []
    for event in vobject.readOne(octets.decode()).contents.get("vevent", []):
        guest = event.contents.get("attendee", [None])[0]
        found.append(
            {
                "summary": event.summary.value,
                "description": event.description.value if "description" in event.contents else "",
                "location": event.location.value if "location" in event.contents else "",
                "cn": guest.params.get("CN", [""])[0] if guest else "",
                "starts": event.dtstart.value.astimezone(UTC),
                "ends": event.dtend.value.astimezone(UTC),
            }
        )
    return found


@pytest.fixture(scope="session")
def ical_js() -> Iterator[IcalJs]:
    reader = IcalJs()
    yield reader
    reader.close()


Reader = Callable[[bytes], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def readers(ical_js: IcalJs) -> dict[str, Reader]:
    """Three parsers by name; each gives the events of a file as dicts with the same keys."""
    return {"icalendar": read_icalendar, "vobject": read_vobject, "ical.js": ical_js.read}


@pytest.fixture(scope="session")
def lint() -> Callable[[bytes], list[str]]:
    return lint_octets


def unfolded(octets: bytes) -> list[str]:
    return octets.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def lint_octets(octets: bytes) -> list[str]:
    """What is wrong with a calendar file, line by line (RFC 5545 3.1, 3.2, 3.3.11, 3.6)."""
    wrong = _lint_octets(octets)
    lines = unfolded(octets) if not wrong else []
    open_parts: list[str] = []
    zones: set[str] = set()
    for line in lines:
        head = re.match(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line)
        if head is None:
            wrong.append(f"not a content line: {line}")
            continue
        name, parameters, value = head.groups()
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END" and (not open_parts or open_parts.pop() != value):
            wrong.append(f"END:{value} without its BEGIN")
        if name in TEXTS and not _TEXT_VALUE.fullmatch(value):
            wrong.append(f"not escaped: {line}")
        if "^" in parameters:
            wrong.append(f"RFC 6868 in a parameter: {line}")
        if name == "TZID":
            zones.add(value)
        used = re.search(r";TZID=([^;:]+)", parameters)
        if used and used.group(1) not in zones:
            wrong.append(f"no VTIMEZONE before {line}")
        if name in ("DTSTAMP", "CREATED", "LAST-MODIFIED") and not re.fullmatch(r"\d{8}T\d{6}Z", value):
            wrong.append(f"not UTC: {line}")
        if name in ("DTSTART", "DTEND") and open_parts[-1] == "VEVENT" and not used and not value.endswith("Z"):
            wrong.append(f"floating: {line}")
    return wrong + _lint_properties(lines)


def _lint_octets(octets: bytes) -> list[str]:
    wrong = []
    if not octets.endswith(b"\r\n") or re.search(rb"(?<!\r)\n|\r(?!\n)", octets):
        wrong.append("a line does not end with CRLF")
    for line in octets.split(b"\r\n"):
        if len(line) > 75:
            wrong.append(f"{len(line)} octets in a line")
        try:
            line.decode("utf-8", "strict")
        except UnicodeDecodeError:
            wrong.append("a fold cuts a letter")
    if _CONTROL.search(octets.decode("utf-8", "replace")):
        wrong.append("control characters")
    return wrong


def _lint_properties(lines: list[str]) -> list[str]:
    names = [re.split("[:;]", line)[0] for line in lines]
    wrong = [f"{name} {names.count(name)} times" for name in ("VERSION", "PRODID", "METHOD") if names.count(name) != 1]
    events = "\n".join(lines).split("BEGIN:VEVENT")[1:]
    for event in events:
        inside = [re.split("[:;]", line)[0] for line in event.splitlines()]
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"):
            if inside.count(name) != 1:
                wrong.append(f"{name} {inside.count(name)} times in an event")
    return wrong
