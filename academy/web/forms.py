"""Forms that forgive: fields arrive as text, all errors are collected at once, and what was typed is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from litestar import Request
from litestar.datastructures import UploadFile

from academy.errors import Invalid

E = TypeVar("E", bound=StrEnum)

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_MOST_FIELDS = 2000
_WEB_ADDRESS = re.compile(
    r"(https?://)((?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9](?::\d{1,5})?)([/?#][^\s<>\"]*)?",
    re.IGNORECASE,
)
_STAYS = "/?#%:;=&@+$,!~*()[]"
"""What may stand in a link as it is, beside letters, digits and ``-._``; a ``%`` is one that encodes already."""


def unusable(text: str) -> bool:
    """Whether a text has a control character, a lone surrogate or a mark that turns the direction of writing."""
    return _BAD.search(text) is not None


class Fields(dict[str, str]):
    """What was typed: the first value of each field, and ``all`` values of those that may repeat."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = list(pairs)[:_MOST_FIELDS]
        super().__init__()
        for name, value in self.pairs:
            self.setdefault(name, value)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


async def read_form(request: Request[Any, Any, Any]) -> Fields:
    """The posted fields as text; uploaded files are not fields (see ``read_upload``)."""
    form = await request.form()
    return Fields((name, value) for name, value in form.multi_items() if isinstance(value, str))


class Reader:
    """Reads fields one by one, keeps every error, and raises them together with ``done``.

    Each method takes the sentence that says how to put an empty or wrong field right.
    """

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        self.errors: dict[str, str] = {}

    def wrong(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, sentence)

    def done(self) -> None:
        """Raises Invalid with all that is wrong."""
        if self.errors:
            raise Invalid(self.errors)

    def text(self, name: str, missing: str = "", *, most: int, lines: bool = False, label: str = "") -> str:
        """Text without control characters, at most ``most`` characters; required if ``missing`` says how."""
        value = self.fields.get(name, "")
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if _BAD.search(value) or (not lines and "\n" in value):
            self.wrong(name, f"{label or 'This'} has a character that cannot be used. Type it again in plain text.")
            return ""
        if not lines:
            value = re.sub(r"\s+", " ", value)
        if not value and missing:
            self.wrong(name, missing)
        if len(value) > most:
            self.wrong(name, f"{label or 'This'} must be {most} characters or fewer.")
            return ""
        return value

    def email(self, name: str, missing: str = "Enter an email address, like name@council.gov.uk") -> str:
        """An e-mail address in a usable form, as typed but for spaces around it."""
        value = self.text(name, missing, most=254, label="The email address")
        if not value:
            return ""
        try:
            return validate_email(
                value, check_deliverability=False, test_environment=True, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            self.wrong(name, "Enter an email address in the correct format, like name@council.gov.uk")
            return ""

    def whole(
        self,
        name: str,
        missing: str = "",
        *,
        low: int,
        high: int,
        default: int | None = None,
        what: str = "whole number",
    ) -> int | None:
        """A number from ``low`` to ``high``; ``what`` it is, in the sentence that refuses another one."""
        value = self.text(name, missing, most=12)
        if not value:
            return default
        if not re.fullmatch(r"-?\d{1,9}", value) or not low <= int(value) <= high:
            self.wrong(name, f"Enter a {what} from {low} to {high}.")
            return default
        return int(value)

    def day(self, name: str, missing: str = "") -> date | None:
        """A date: 2026-06-24, 24/6/2026 or 24 June 2026."""
        value = self.text(name, missing, most=40)
        if not value:
            return None
        found = parse_day(value)
        if found is None:
            self.wrong(name, "Enter a date, like 24 June 2026.")
        return found

    def clock_time(self, name: str, missing: str = "") -> time | None:
        """A time of day: 9:30am, 14:00 or 2pm."""
        value = self.text(name, missing, most=12)
        if not value:
            return None
        found = parse_time(value)
        if found is None:
            self.wrong(name, "Enter a time, like 9:30am.")
        return found

    def choice(self, name: str, kind: type[E], missing: str) -> E | None:
        value = self.fields.get(name, "")
        try:
            return kind(value)
        except ValueError:
            self.wrong(name, missing)
            return None

    def one_of(self, name: str, allowed: Iterable[str], missing: str) -> str:
        value = self.fields.get(name, "")
        if value not in set(allowed):
            self.wrong(name, missing)
            return ""
        return value

    def uuid(self, name: str, missing: str = "") -> UUID | None:
        value = self.fields.get(name, "").strip()
        if not value:
            if missing:
                self.wrong(name, missing)
            return None
        try:
            return UUID(value)
        except ValueError:
            self.wrong(name, missing or "Choose one from the list.")
            return None

    def yes(self, name: str) -> bool:
        return self.fields.get(name, "") in ("1", "on", "yes", "true")

    def web_address(self, name: str, missing: str = "") -> str:
        """A link, with everything percent-encoded that mails and calendars cannot hold (RFC 3986, section 2)."""
        value = self.text(name, missing, most=500, label="The link")
        if not value:
            return ""
        found = _WEB_ADDRESS.fullmatch(value)
        if found is None:
            self.wrong(name, "Enter a link that starts with https://")
            return ""
        link = f"{found[1].lower()}{found[2]}{quote(found[3] or '', safe=_STAYS)}"
        if len(link) > 500:
            self.wrong(name, "The link must be 500 characters or fewer.")
            return ""
        return link

    def check(self, name: str, rule: Callable[[], Any]) -> Any:
        """Run a rule that may raise DomainError, and keep its sentence on the field."""
        from academy.errors import DomainError

        try:
            return rule()
        except DomainError as error:
            self.wrong(name, error.message)
            return None


def version_of(fields: Mapping[str, str]) -> int:
    """The version of a record that a form showed; 0, which there never is, if that is no number."""
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def differing(
    labels: Mapping[str, str], theirs: Mapping[str, Any] | None, yours: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """What two windows say differently: label, theirs, yours. Nothing if nobody else has saved meanwhile."""
    if theirs is None:
        return []
    both = [(label, _told(theirs.get(name, "")), _told(yours.get(name, ""))) for name, label in labels.items()]
    return [(label, their, your) for label, their, your in both if their != your]


def _told(value: Any) -> str:
    return ", ".join(sorted(value)) if isinstance(value, list) else str(value).replace("\r", "")


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def parse_day(value: str) -> date | None:
    """A date as people in the UK write it, or none."""
    try:
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value):
            year, month, day = map(int, match.groups())
        elif match := re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", value):
            day, month, year = map(int, match.groups())
        elif match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?\s+(\d{4})", value):
            day, month, year = int(match[1]), _MONTHS.index(match[2][:3].lower()) + 1, int(match[3])
        else:
            return None
        found = date(year, month, day)
        return found if 2000 <= found.year <= 2100 else None
    except ValueError:
        return None


def parse_time(value: str) -> time | None:
    """A time of day, or none."""
    match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2})(?::00)?)?\s*([ap]\.?m\.?)?", value.lower())
    if not match or (match[2] is None and match[3] is None):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3].startswith("p") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def typed_instant(value: datetime | None, zone: str) -> tuple[str, str]:
    """An instant as the two texts of a date and a time field."""
    if value is None:
        return "", ""
    from zoneinfo import ZoneInfo

    local = value.astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")


async def read_upload(request: Request[Any, Any, Any], name: str, *, most: int) -> bytes:
    """An uploaded file, empty if none was chosen; one octet more than ``most`` is read, so that a rule can tell."""
    found = (await request.form()).get(name)
    if not isinstance(found, UploadFile):
        return b""
    return await found.read(most + 1)
