"""What coordinators type about coaching: a programme's rules, credits, a time, days away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from academy.invites.times import local_to_utc
from academy.people.rules import check_name
from academy.web.forms import Fields, Reader
from cohorts.coaching.credits.rules import MOST_CREDITS, RuleChoices

RULES = {
    "credits": "Sessions for each person",
    "one_coach": "One coach for all sessions",
    "chemistry_calls": "Chemistry calls",
    "chemistry_minutes": "Minutes of a chemistry call",
    "chemistry_uses_credit": "A chemistry call counts as a session",
    "cancel_hours": "Cancelling: hours before the start",
    "late_cancel_uses_credit": "A late cancellation counts as a session",
    "no_show_uses_credit": "Not coming counts as a session",
    "move_hours": "Moving: hours before the start",
    "most_moves": "Most moves of one session",
    "expire_days": "Days until what is left ends",
    "three_way_goals": "Goals agreed with the manager too",
}
"""The fields of the rules, in their order on the page."""

YES = ("chemistry_uses_credit", "one_coach", "late_cancel_uses_credit", "no_show_uses_credit", "three_way_goals")
MOST_MINUTES = 480


# -------------------------------------------------------------------- rules
def typed_rules(rules: RuleChoices) -> dict[str, str]:
    """The rules as they stand in the form."""
    told = {name: getattr(rules, name) for name in RULES}
    return {name: _word(value) for name, value in told.items()}


def sent_rules(fields: Mapping[str, str]) -> dict[str, str]:
    """The rules as somebody typed them."""
    return {name: fields.get(name, "") for name in RULES}


def read_rules(fields: Fields) -> RuleChoices:
    """Raises Invalid with every error at once."""
    reader = Reader(fields)
    whole = {
        "credits": reader.whole("credits", "Enter how many sessions each person gets.", low=0, high=MOST_CREDITS),
        "chemistry_calls": reader.whole("chemistry_calls", "Enter 0 if there are none.", low=0, high=3),
        "chemistry_minutes": reader.whole("chemistry_minutes", "Enter the minutes, like 30.", low=10, high=120),
        "cancel_hours": reader.whole("cancel_hours", "Enter the hours, like 24.", low=0, high=336),
        "move_hours": reader.whole("move_hours", "Enter the hours, like 24.", low=0, high=336),
        "most_moves": reader.whole("most_moves", "Enter 0 if people can’t move a session.", low=0, high=20),
    }
    expire = reader.whole("expire_days", low=0, high=730)
    reader.done()
    told: dict[str, Any] = {name: number or 0 for name, number in whole.items()}
    return RuleChoices(**told, expire_days=expire, **{name: reader.yes(name) for name in YES})


def _word(value: int | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


# ------------------------------------------------------------------ credits
class Credits(msgspec.Struct, frozen=True):
    """Sessions that somebody is given, or that are taken back, and why."""

    number: int
    note: str


def read_credits(fields: Fields) -> Credits:
    """Raises Invalid with every error at once."""
    reader = Reader(fields)
    number = reader.whole("credits", "Enter how many sessions.", low=1, high=MOST_CREDITS)
    note = reader.text("note", "Say why. It stands in the list of sessions below.", most=300, label="The reason")
    reader.done()
    return Credits(number or 0, note)


def read_reason(fields: Fields, missing: str = "") -> str:
    """Raises Invalid."""
    reader = Reader(fields)
    reason = reader.text("reason", missing, most=300, label="The reason")
    reader.done()
    return reason


# -------------------------------------------------------------------- times
def read_time(fields: Fields, *, zone: str, now: datetime) -> datetime:
    """A day and a time on the clock of ``zone`` that is still to come. Raises Invalid with every error at once."""
    reader = Reader(fields)
    day = reader.day("on", "Enter the day, like 24 June 2026.")
    at = reader.clock_time("at", "Enter the time, like 9:30am.")
    reader.done()
    assert day is not None and at is not None  # noqa: PT018
    found: datetime | None = reader.check("at", lambda: local_to_utc(day, at, zone))
    if found is not None and found <= now:
        reader.wrong("on", "This time has passed. Choose one that is to come.")
    reader.done()
    assert found is not None
    return found


def read_minutes(text: str, *, default: int) -> int:
    """The length that an address asks for; nonsense is the default."""
    known = text.isascii() and text.isdigit() and len(text) < 4 and 5 <= int(text) <= MOST_MINUTES
    return int(text) if known else default


def read_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# --------------------------------------------------------------------- away
class Away(msgspec.Struct, frozen=True):
    """From when to when a coach is not there; without a last day they leave for good."""

    since: date
    until: date | None

    @property
    def for_good(self) -> bool:
        return self.until is None


def read_away(fields: dict[str, str], *, today: date) -> Away:
    """Days, or the last of all. Raises Invalid with every error at once."""
    if fields.get("for") == "good":
        return Away(today, None)
    reader = Reader(fields)
    since = reader.day("since", "Enter the first day, like 24 June 2026.")
    until = reader.day("until") or since
    if since and until and until < since:
        reader.wrong("until", "The last day must not be before the first.")
    elif until and until < today:
        reader.wrong("since", "These days are over. Check the date.")
    elif until and (until - today).days > 731:
        reader.wrong("until", "That is more than two years from now. Check the year.")
    reader.done()
    assert since is not None
    return Away(max(since, today), until)


def person_typed(fields: Fields) -> tuple[str, str]:
    """Name and address of somebody who is not known yet. Raises Invalid with every error at once."""
    reader = Reader(fields)
    name = reader.text("name", "Enter the coach’s name.", most=120, label="The name")
    name = (reader.check("name", lambda: check_name(name)) or "") if name else ""
    address = reader.email("address")
    reader.done()
    return name, address
