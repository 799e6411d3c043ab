"""From a message's row to the octets that leave. Reads nothing but the row, so every try gives the same octets."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from academy.outbox import letters, mime, rules
from academy.settings import Settings

SERVICE = "Leadership Academy"


class Letterhead(msgspec.Struct, frozen=True, kw_only=True):
    """What all mails of an installation share."""

    address: str
    mail_from: str
    organisation: str
    brand: str
    sender: str = SERVICE


class Unwritable(Exception):
    """The mail cannot be written, and a later try would not change that. ``str`` says why."""


Row = Mapping[str, Any]
CalendarWriter = Callable[..., mime.CalendarPart]
_calendar_writers: list[CalendarWriter] = []


def calendar_writer(function: CalendarWriter) -> CalendarWriter:
    """Register who turns frozen calendar facts into a calendar part: the room of invites, which is above us."""
    _calendar_writers[:] = [function]
    return function


def letterhead(settings: Settings) -> Letterhead:
    return Letterhead(
        address=settings.address,
        mail_from=settings.mail_from,
        organisation=settings.organisation,
        brand=settings.brand_colour,
    )


def letter(row: Row, head: Letterhead) -> letters.Letter:
    """The words of a mail. Raises Unwritable."""
    try:
        context = complete(row["kind"], msgspec.json.decode(row["context"]), name=row["to_name"], address=head.address)
        return letters.render(
            row["kind"], context, brand=head.brand, sender=head.sender, organisation=head.organisation
        )
    except Exception as error:
        raise _unwritable("The mail", error) from error


def complete(kind: str, context: Mapping[str, Any], *, name: str, address: str) -> dict[str, Any]:
    """What a letter needs and each mail has anyway: links for paths, and the name to begin with."""
    values = rules.with_links(context, address)
    if "first_name" in letters.fields(kind):
        values.setdefault("first_name", rules.first_name(name))
    return values


def calendar(row: Row, head: Letterhead) -> mime.CalendarPart | None:
    """The calendar part of a mail, if it has one. Raises Unwritable."""
    if row["calendar"] is None:
        return None
    try:
        (write,) = _calendar_writers
        return write(
            msgspec.json.decode(row["calendar"]),
            to=mime.Mailbox(row["to_address"], row["to_name"]),
            organiser=mime.Mailbox(head.mail_from, head.sender),
        )
    except Exception as error:
        raise _unwritable("The invite", error) from error


def octets(row: Row, head: Letterhead) -> bytes:
    """The whole mail. Raises Unwritable."""
    words = letter(row, head)
    part = calendar(row, head)
    try:
        return mime.build(
            mime.Mail(
                sender=mime.Mailbox(head.mail_from, head.sender),
                reply_to=mime.Mailbox(head.mail_from, head.sender),
                to=mime.Mailbox(row["to_address"], row["to_name"]),
                subject=words.subject,
                text=words.text,
                html=words.html,
                message_id=rules.full_message_id(row["message_id"], head.mail_from),
                date=row["queued_at"],
                calendar=part,
            )
        )
    except Exception as error:
        raise _unwritable("The mail", error) from error


def subject(kind: str, context: Mapping[str, Any], *, name: str) -> str:
    """The subject, for lists; empty if the mail cannot be written, as its sending will say."""
    try:
        values = complete(kind, context, name=name, address="https://academy.invalid")
        return letters.subject(kind, values, sender=SERVICE)[:300]
    except Exception:
        return ""


def _unwritable(what: str, error: Exception) -> Unwritable:
    return Unwritable(f"{what} could not be written. {type(error).__name__}: {error}"[:500])
