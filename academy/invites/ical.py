"""iCalendar octets: invites that are mailed (RFC 5546, RFC 6047) and feeds that are fetched. Pure.

The same input always gives the same octets, so that a retry is the same message and a feed has an ETag.
A file names nobody but the organiser and, when it is mailed, the one person it is for.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec
from icalendar import Calendar, Timezone, vCalAddress, vText, vUri
from icalendar import Event as Component

from academy.invites.times import utc_to_local
from academy.invites.timezones import timezone_component
from academy.outbox.plain import clean_line, clean_text

PRODID = "-//Leadership Academy//Invites 1//EN"
# A mailbox that can stand in a calendar as it is: nothing that would have to be quoted or escaped there.
_ADDRESS = re.compile(r"[^@\s\",;:<>()\[\]\\\x00-\x1f\x7f]+@[^@\s\"',;:<>()\[\]\\\x00-\x1f\x7f]+")
_UID = re.compile(r"[!-~]{1,255}")
_LINK = re.compile(r"https?://[^\s\"<>\\^`{|}\x00-\x1f\x7f]+")


class Method(StrEnum):
    """What a mailed invite asks for (RFC 5546 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Person(msgspec.Struct, frozen=True):
    """A mailbox in an invite, and the name that calendars show for it."""

    address: str
    name: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One session as calendars show it.

    ``join_link`` is for those invited: leave it empty in what the public can read. No link here may sign
    anybody in: people share their calendars with their teams.
    """

    uid: str
    title: str
    starts: datetime
    ends: datetime
    zone: str
    created: datetime
    changed: datetime
    sequence: int = 0
    description: str = ""
    place: str = ""
    join_link: str = ""
    url: str = ""
    cancelled: bool = False
    private: bool = False
    """Shared calendars show only "busy": for one-to-ones."""


def invite(
    event: Event,
    *,
    method: Method,
    attendee: Person,
    organiser: Person,
    sequence: int,
    dtstamp: datetime,
    removed_only: bool = False,
    answer: str = "NEEDS-ACTION",
) -> bytes:
    """The calendar part of one mail to one person.

    ``sequence`` rises by one and ``dtstamp`` gets later with every message about the event after the first.
    ``removed_only`` (with CANCEL) takes only this person's place away; the session goes on, so no STATUS is
    given (RFC 5546 3.2.5). ``answer`` is the PARTSTAT that a REQUEST repeats when it does not ask again.
    Raises ValueError for what no calendar could read.
    """
    if removed_only and method is not Method.CANCEL:
        raise ValueError("Only a CANCEL removes a person.")
    if sequence < 0:
        raise ValueError("SEQUENCE counts from 0.")
    clocks = _timezone(event.zone, [event])
    calendar = _calendar(method.value, [clocks])
    component = _component(event, sequence=sequence, dtstamp=dtstamp, local=clocks is not None)
    component.add("organizer", _mailbox(organiser))
    guest = _mailbox(attendee)
    guest.params["CUTYPE"] = "INDIVIDUAL"
    guest.params["ROLE"] = "REQ-PARTICIPANT"
    if method is Method.REQUEST:
        guest.params["PARTSTAT"] = answer
        guest.params["RSVP"] = "TRUE"
        component.add("status", "CONFIRMED")
    elif not removed_only:
        component.add("status", "CANCELLED")
    component.add("attendee", guest)
    component.add("x-microsoft-disallow-counter", vText("TRUE"))
    calendar.add_component(component)
    return calendar.to_ical()


def feed(
    events: Sequence[Event],
    *,
    name: str,
    zone: str,
    refresh: timedelta,
    organiser: Person | None = None,
) -> bytes:
    """A calendar to subscribe to, in the order given. ``refresh`` is how often to ask again.

    Cancelled sessions stay, marked; nobody who attends is named. Raises ValueError as ``invite`` does.
    """
    by_zone: dict[str, list[Event]] = {}
    for event in events:
        by_zone.setdefault(event.zone, []).append(event)
    clocks = {each: _timezone(each, meant) for each, meant in by_zone.items()}
    # A VCALENDAR must hold something (RFC 5545 3.6): without sessions, the zone's clocks.
    parts = list(clocks.values()) or [timezone_component(zone, first_year=2026, last_year=2026)]
    calendar = _calendar("PUBLISH", parts)
    interval = _duration(refresh)
    calendar.add("name", vText(clean_line(name)))
    calendar.add("x-wr-calname", vText(clean_line(name)))
    calendar.add("x-wr-timezone", vText(zone))
    calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText(interval))
    octets = [_published(event, clocks[event.zone] is not None, organiser) for event in events]
    head, end, _ = calendar.to_ical().rpartition(b"END:VCALENDAR\r\n")
    return b"".join((head, *octets, end))


@lru_cache(maxsize=2048)
def _published(event: Event, local: bool, organiser: Person | None) -> bytes:
    """One VEVENT of a feed. Kept, since icalendar takes a third of a millisecond for each."""
    component = _component(event, sequence=event.sequence, dtstamp=event.changed, local=local)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    if organiser is not None:
        component.add("organizer", _mailbox(organiser))
    return component.to_ical()


def _calendar(method: str, clocks: Iterable[Timezone | None]) -> Calendar:
    calendar = Calendar()  # not Calendar.new(), which gives a random UID each time
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for component in clocks:
        if component is not None:
            calendar.add_component(component)
    return calendar


def _component(event: Event, *, sequence: int, dtstamp: datetime, local: bool) -> Component:
    _check(event)
    component = Component()
    component.add("uid", vText(event.uid))
    component.add("sequence", sequence)
    component.add("dtstamp", _utc(dtstamp))
    component.add("created", _utc(event.created))
    component.add("last-modified", _utc(event.changed))
    component.add("dtstart", utc_to_local(event.starts, event.zone) if local else _utc(event.starts))
    component.add("dtend", utc_to_local(event.ends, event.zone) if local else _utc(event.ends))
    component.add("summary", vText(clean_line(event.title)))
    # Outlook makes its "Join" button only for its own links; everybody finds the first line.
    lines = [f"Join online: {event.join_link}" if event.join_link else "", clean_text(event.description)]
    description = "\n\n".join(line for line in lines if line)
    if description:
        component.add("description", vText(description))
    place = clean_line(event.place) or event.join_link
    if place:
        component.add("location", vText(place))
    if event.url:
        component.add("url", vUri(event.url))
    if event.join_link:
        about = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join online"}
        component.add("conference", vUri(event.join_link), parameters=about)
    component.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    component.add("class", "PRIVATE" if event.private else "PUBLIC")
    return component


def _check(event: Event) -> None:
    if not _UID.fullmatch(event.uid):
        raise ValueError("A UID is 1 to 255 printable ASCII characters.")
    if not clean_line(event.title):
        raise ValueError("An event needs a title.")
    if _utc(event.ends) <= _utc(event.starts):
        raise ValueError("An event ends after it starts.")
    for link in (event.url, event.join_link):
        if link and not _LINK.fullmatch(link):
            raise ValueError("A link in an event starts with https:// and holds no spaces or quotes.")


def _mailbox(person: Person) -> vCalAddress:
    if not _ADDRESS.fullmatch(person.address):
        raise ValueError("An invite needs a plain e-mail address.")
    address = vCalAddress(f"mailto:{person.address}")
    # Quotes cannot stand in a parameter, and of their RFC 6868 spelling (^') most clients know nothing.
    name = clean_line(person.name.replace('"', "").replace("^", "").replace("\\", ""))
    if name:
        address.params["CN"] = name
    return address


def _timezone(zone: str, events: Sequence[Event]) -> Timezone | None:
    years = [utc_to_local(at, zone).year for event in events for at in (event.starts, event.ends)]
    return timezone_component(zone, first_year=min(years), last_year=max(years))


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(UTC).replace(microsecond=0)


def _duration(length: timedelta) -> str:
    minutes = max(1, int(length.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")
