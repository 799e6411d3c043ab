"""What coordinators type about cohorts and sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from academy.database.transactions import Row
from academy.errors import DomainError
from academy.invites import times
from academy.programmes.rules import slug
from academy.web.forms import Fields, Reader, parse_day, parse_time, typed_instant
from cohorts.schedule import rules
from cohorts.schedule.rules import CohortDetails, SessionDetails
from cohorts.schedule.sessions import Leaders, Newcomer
from cohorts.schedule.tables import Format

FORMATS = [(str(kind), words) for kind, words in rules.FORMAT_WORDS.items()]
REGIONS = [("", "Choose a region"), *((name, name) for name in rules.REGIONS)]
MOST_ROWS = 12

LABELS = {
    "name": "Name",
    "code": "Code",
    "region": "Region",
    "format": "Format",
    "venue": "Place",
    "link": "Link",
    "zone": "Time zone",
    "capacity": "Places",
    "minimum": "Minimum",
    "opens_on": "Registration opens, date",
    "opens_at": "Registration opens, time",
    "closes_on": "Registration closes, date",
    "closes_at": "Registration closes, time",
    "reminder_days": "Reminders",
    "sponsorship": "Sponsor",
}
"""The fields of the cohort form, in their order."""


# ----------------------------------------------------------------- cohorts
def read_cohort(fields: Fields, *, programme_name: str, starts_at: datetime | None = None) -> CohortDetails:
    """The settings; an empty code is made from programme, place and year. Raises Invalid with every error at once."""
    reader = Reader(fields)
    name = reader.text("name", "Enter the name, such as Top Talent, Essex.", most=160, label="The name")
    region = reader.one_of("region", rules.REGIONS, "Choose a region.")
    format = reader.choice("format", Format, "Choose how people meet.") or Format.IN_PERSON
    venue = reader.text("venue", most=300, label="The place")
    link = reader.web_address("link")
    zone = reader.text("zone", most=64) or times.UK
    reader.check("zone", lambda: times.zone_named(zone))
    if "zone" in reader.errors:
        zone = times.UK
    capacity = reader.whole("capacity", "Enter the number of places.", low=1, high=5000, what="number of places")
    minimum = reader.whole("minimum", low=0, high=5000, default=0, what="minimum")
    reminders = rules.typed_reminders(fields.get("reminder_days", ""))
    if reminders is None:
        reader.wrong("reminder_days", "Enter days before each session, like 7, 1.")
    details = CohortDetails(
        name=name,
        code=_code(reader, rules.suggest_code(programme_name, rules.place_of(name, programme_name, region), starts_at)),
        region=region,
        format=format,
        venue=venue,
        link=link,
        zone=zone,
        capacity=capacity or 1,
        minimum=minimum or 0,
        registration_opens_at=instant(reader, "opens", zone, time(9)),
        registration_closes_at=instant(reader, "closes", zone, time(17)),
        reminder_days=reminders or "",
        sponsorship=reader.uuid("sponsorship"),
    )
    if not {"opens_on", "opens_at", "closes_on", "closes_at"} & reader.errors.keys():
        _keep(reader, "closes_on", rules.BadTimes, details)
    if not {"capacity", "minimum"} & reader.errors.keys():
        _keep(reader, "minimum", rules.TooFewPlaces, details)
    reader.done()
    return details


def _keep(reader: Reader, field: str, kind: type[DomainError], details: CohortDetails) -> None:
    try:
        rules.check_cohort(details)
    except DomainError as error:
        if isinstance(error, kind):
            reader.wrong(field, error.message)


def _code(reader: Reader, suggested: str) -> str:
    code = reader.text("code", most=60, label="The code")
    if code and code != slug(code, most=60):
        reader.wrong("code", f"Use small letters, digits and hyphens, like {slug(code, most=60)}.")
    return code or suggested


def typed_cohort(cohort: Mapping[str, Any]) -> dict[str, str]:
    """The fields as they stand in the form before anybody types."""
    opens = typed_instant(cohort["registration_opens_at"], cohort["zone"])
    closes = typed_instant(cohort["registration_closes_at"], cohort["zone"])
    same = ("name", "code", "region", "format", "venue", "link", "zone", "capacity", "minimum")
    return {
        **{name: str(cohort[name]) for name in same},
        **dict(zip(("opens_on", "opens_at", "closes_on", "closes_at"), (*opens, *closes), strict=True)),
        "reminder_days": cohort["reminder_days"].replace(",", ", "),
        "sponsorship": str(cohort["sponsorship"] or ""),
        "version": str(cohort["version"]),
        "reason": "",
    }


def new_cohort(programme: Row, *, sponsorship: UUID | None) -> dict[str, str]:
    """The fields of a cohort that is not there yet."""
    return {
        **dict.fromkeys(LABELS, ""),
        "name": f"{programme['name']}, ",
        "format": Format.IN_PERSON.value,
        "zone": times.UK,
        "capacity": "20",
        "minimum": "0",
        "reminder_days": "7, 1",
        "sponsorship": str(sponsorship or ""),
        "version": "",
        "reason": "",
        "rows": "2",
    }


# ---------------------------------------------------------------- sessions
def instant(reader: Reader, name: str, zone: str, default: time) -> datetime | None:
    """The instant typed as ``<name>_on`` and ``<name>_at``; without a time it is ``default``; none without a date."""
    day = reader.day(f"{name}_on")
    at = reader.clock_time(f"{name}_at")
    if day is None:
        if at is not None:
            reader.wrong(f"{name}_on", "Enter a date as well, like 24 June 2026.")
        return None
    found = reader.check(f"{name}_at", lambda: times.local_to_utc(day, at or default, zone))
    return found if isinstance(found, datetime) else None


def read_session(fields: Fields, *, zone: str, prefix: str = "") -> SessionDetails:
    """One session. Raises Invalid with every error at once."""
    reader = Reader(fields)
    details = _session(reader, zone=zone, prefix=prefix)
    reader.done()
    assert details is not None
    return details


def read_sessions(fields: Fields, *, zone: str) -> list[SessionDetails]:
    """The rows of a new cohort's sessions; empty rows count as not there. Raises Invalid."""
    reader = Reader(fields)
    found = [
        _session(reader, zone=zone, prefix=prefix)
        for prefix in (f"s{number}_" for number in range(1, rows(fields) + 1))
        if any(fields.get(prefix + part, "").strip() for part in ("title", "on", "starts", "ends"))
    ]
    reader.done()
    return [each for each in found if each is not None]


def rows(fields: Mapping[str, str]) -> int:
    """How many rows for sessions the form has."""
    text = fields.get("rows", "2")
    return min(max(int(text), 1), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else 2


def in_order(errors: Mapping[str, str], prefixes: Sequence[str]) -> dict[str, str]:
    """Errors as the summary lists them: down the page, and each with the session that it is about."""
    parts = ("title", "on", "starts", "ends")
    sessions = {prefix + part: f"Session {prefix[1:-1]}" for prefix in prefixes for part in parts}
    down = dict.fromkeys(("name", "region", "format", "venue", "link", *sessions, *LABELS, *errors))
    return {
        field: f"{sessions[field]}: {errors[field]}" if field in sessions else errors[field]
        for field in down
        if field in errors
    }


def _session(reader: Reader, *, zone: str, prefix: str) -> SessionDetails | None:
    title = reader.text(f"{prefix}title", "Enter what the session is about.", most=160, label="The title")
    day = reader.day(f"{prefix}on", "Enter the date, like 24 June 2026.")
    starts = reader.clock_time(f"{prefix}starts", "Enter when it starts, like 9:30am.")
    ends = reader.clock_time(f"{prefix}ends", "Enter when it ends, like 4pm.")
    place = reader.text(f"{prefix}place", most=300, label="The place")
    link = reader.web_address(f"{prefix}link")
    if day is None or starts is None or ends is None:
        return None
    second = reader.yes(f"{prefix}second")
    starts_at = reader.check(f"{prefix}starts", lambda: times.local_to_utc(day, starts, zone, second=second))
    ends_at = reader.check(f"{prefix}ends", lambda: times.local_to_utc(day, ends, zone, second=second))
    if starts_at is None or ends_at is None:
        return None
    reader.check(f"{prefix}ends", lambda: rules.check_times(starts_at=starts_at, ends_at=ends_at))
    own = bool(place or link)
    return SessionDetails(
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        compulsory=reader.yes(f"{prefix}compulsory"),
        place=place if own else None,
        link=link if own else None,
    )


def comes_twice(fields: Mapping[str, str], *, zone: str, prefix: str = "") -> bool:
    """Whether the typed start or end stands on the clock twice that day, so that the form must ask which."""
    day = parse_day(fields.get(f"{prefix}on", ""))
    typed = [parse_time(fields.get(prefix + name, "")) for name in ("starts", "ends")]
    return day is not None and any(at is not None and times.happens_twice(day, at, zone) for at in typed)


def read_leaders(fields: Fields, known: set[str]) -> Leaders:
    """Who leads: ticked ``facilitator`` values, and somebody new by name and address. Raises Invalid."""
    reader = Reader(fields)
    newcomers: tuple[Newcomer, ...] = ()
    if fields.get("new_name", "").strip() or fields.get("new_address", "").strip():
        name = reader.text("new_name", "Enter the name of the facilitator.", most=120, label="The name")
        address = reader.email("new_address")
        newcomers = (Newcomer(name, address),)
    reader.done()
    return Leaders(tuple(UUID(each) for each in fields.all("facilitator") if each in known), newcomers)


def typed_session(session: Row | None, *, venue_and_link: tuple[str, str] = ("", "")) -> dict[str, str]:
    """The fields as they stand in the form before anybody types; own place and link only if they differ."""
    names = ("title", "on", "starts", "ends", "place", "link", "compulsory", "second", "reason", "seen")
    if session is None:
        return {**dict.fromkeys((*names, "new_name", "new_address"), "")}
    on, starts = typed_instant(session["starts_at"], session["zone"])
    own = (session["place"], session["link"]) != venue_and_link
    second = times.local_to_utc(parse_day(on), parse_time(starts), session["zone"]) != session["starts_at"]  # type: ignore[arg-type]
    return {
        **dict.fromkeys(names, ""),
        "title": session["title"],
        "on": on,
        "starts": starts,
        "ends": typed_instant(session["ends_at"], session["zone"])[1],
        "place": session["place"] if own else "",
        "link": session["link"] if own else "",
        "compulsory": "yes" if session["compulsory"] else "",
        "second": "yes" if second else "",
        "new_name": "",
        "new_address": "",
    }
