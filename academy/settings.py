"""Settings: one environment variable each, all documented here and in ``docs/operations.md``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from academy.errors import DomainError


class BadSetting(DomainError):
    """An environment variable has a value that cannot be used."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this installation runs. Fields are read from ``ACADEMY_<FIELD>``."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8000
    """Port to listen on."""
    database_url: str = ""
    """``postgresql://user:password@host/name``; empty means one SQLite file in the data folder."""
    data_dir: Path = Path("data")
    """Folder for the SQLite file, kept mails and the secret key."""
    base_url: str = ""
    """The public address, as in links and invites: ``https://academy.example.org``; by default host and port."""
    smtp_host: str = ""
    """Mail server. Empty: mails are kept as ``.eml`` files in the data folder."""
    smtp_port: int = 587
    """Port of the mail server."""
    smtp_tls: str = "starttls"
    """``starttls``, ``tls`` (from the first byte, port 465) or ``none``."""
    smtp_user: str = ""
    """User name at the mail server; empty means no sign-in."""
    smtp_password: str = ""
    """Password at the mail server."""
    mail_from: str = "academy@localhost"
    """The sender, also the organiser of every invite: a mailbox that somebody reads."""
    mail_per_minute: int = 30
    """Most mails sent in a minute (Exchange Online allows 30)."""
    mail_connections: int = 2
    """Most connections to the mail server at one time (1 to 3)."""
    brand_colour: str = "#4b2e83"
    """The organisation's colour; darkened by itself until text on it can be read."""
    organisation: str = "Example Society of Digital Leaders"
    """Name of the organisation that runs the academy."""
    secret_key: str = ""
    """Key for signed links; empty means one is made and kept in the data folder. Set it when several machines serve."""
    trusted_proxies: str = ""
    """Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas."""
    scheduler: bool = True
    """Whether ``academy serve`` also sends mail and runs timed work; switch off beside ``academy worker``."""
    registrations_per_10_minutes: int = 120
    """Most registrations without sign-in from one network address in ten minutes."""
    calendar_import: bool = True
    """Whether coaches may give addresses of calendars, from which their busy times are fetched; files always work."""
    notes_in_copies: str = "own"
    """Whose copy of their data has a private note: ``own``, its author's alone; ``about``, where a coach or mentor
    writes it, also the coachee's or mentee's. Decides about notes that are saved from now on."""
    demo: bool = False
    """Set by ``academy demo``: shows the mailbox page. Never set it for a real academy."""

    @property
    def address(self) -> str:
        """The public address without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by HTTPS, so that cookies can be bound to it."""
        return self.address.startswith("https://")

    @property
    def gives_notes_about(self) -> bool:
        """Whether what coaches and mentors note from now on is part of the copy of whom it is about."""
        return self.notes_in_copies == "about"

    @property
    def uses_postgres(self) -> bool:
        return self.database_url.startswith(("postgresql://", "postgres://"))


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises BadSetting, naming the variable and what it may hold."""
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        name = f"ACADEMY_{field.name.upper()}"
        text = environ.get(name)
        if text is None or text == "":
            continue
        values[field.name] = _parse(name, text.strip(), field.type)
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _parse(name: str, text: str, kind: object) -> object:
    if kind is int:
        if not re.fullmatch(r"\d{1,6}", text):
            raise BadSetting(f"{name} is {text!r}. It must be a whole number.")
        return int(text)
    if kind is bool:
        if text.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off"):
            raise BadSetting(f"{name} is {text!r}. It must be 1 or 0.")
        return text.lower() in ("1", "true", "yes", "on")
    if kind is Path:
        return Path(text)
    return text


def _check(settings: Settings) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", settings.brand_colour):
        raise BadSetting("ACADEMY_BRAND_COLOUR must be a colour like #4b2e83.")
    if settings.smtp_tls not in ("starttls", "tls", "none"):
        raise BadSetting("ACADEMY_SMTP_TLS must be starttls, tls or none.")
    if settings.base_url and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", settings.base_url):
        raise BadSetting("ACADEMY_BASE_URL must be an address like https://academy.example.org.")
    if settings.database_url and not settings.uses_postgres and not settings.database_url.startswith("sqlite://"):
        raise BadSetting("ACADEMY_DATABASE_URL must start with postgresql:// (or be left out for SQLite).")
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", settings.mail_from):
        raise BadSetting("ACADEMY_MAIL_FROM must be one e-mail address, like academy@example.org.")
    if settings.notes_in_copies not in ("own", "about"):
        raise BadSetting("ACADEMY_NOTES_IN_COPIES must be own or about.")
    if not 1 <= settings.mail_connections <= 3:
        raise BadSetting("ACADEMY_MAIL_CONNECTIONS must be 1, 2 or 3.")
