"""A mail as octets (RFC 5322, RFC 2045-2047, RFC 6047). Pure: the same mail always gives the same octets.

Headers are written here and not by ``email``: Python 3.11.7 loses the quotes of a long display name when it
folds it, so that "A…, b@c.example" becomes a second recipient.
"""

import base64
import hashlib
import re
from datetime import UTC, datetime
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from academy.outbox.plain import ascii_domain

_ADDRESS = re.compile(r"[^@\s\",;:<>()\[\]\\\x00-\x1f\x7f]+@[^@\s\"',;:<>()\[\]\\\x00-\x1f\x7f]+")
_MESSAGE_ID = re.compile(r"<[!-~]+@[!-~]+>")
_METHOD = re.compile(r"\r\nMETHOD:([A-Z]+)\r\n")
_FILE_NAME = re.compile(r"[\w. -]{1,120}", re.ASCII)


class UnsafeHeader(ValueError):
    """A value that would write more headers than its own, or that no header can hold."""


class Mailbox(msgspec.Struct, frozen=True):
    """An address, and the name shown for it."""

    address: str
    name: str = ""


class CalendarPart(msgspec.Struct, frozen=True):
    """An invite. ``method`` must be the METHOD in the octets, or Outlook refuses it."""

    octets: bytes
    method: str


class Attachment(msgspec.Struct, frozen=True):
    """A file, like ``certificate.pdf``, ``application/pdf``."""

    name: str
    content_type: str
    octets: bytes


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one person. ``message_id`` with its angle brackets."""

    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    reply_to: Mailbox | None = None
    calendar: CalendarPart | None = None
    attachments: tuple[Attachment, ...] = ()


def build(mail: Mail) -> bytes:
    """The octets to hand to a mail server.

    With an invite: mixed{ alternative{ plain, html, calendar }, the same as a file }, as Google and Exchange
    write it. Raises UnsafeHeader for line breaks or control characters in a header, an address that is not one,
    or a calendar whose METHOD is another.
    """
    body = _body(mail)
    headers = [
        ("From", _mailbox(mail.sender)),
        ("To", _mailbox(mail.to)),
        *([("Reply-To", _mailbox(mail.reply_to))] if mail.reply_to else []),
        ("Subject", _words(mail.subject)),
        ("Date", format_datetime(mail.date.astimezone(UTC))),
        ("Message-ID", _identifier(mail.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return lines.encode("utf-8") + body.as_bytes(policy=SMTP)


def _body(mail: Mail) -> MIMEPart:
    parts = [_text(mail.text, "plain"), _text(mail.html, "html")]
    files = [_file(each) for each in mail.attachments]
    if mail.calendar is not None:
        parts.append(_calendar(mail.calendar))
        files.insert(0, _file(Attachment("invite.ics", "application/ics", mail.calendar.octets)))
    alternative = _multipart("alternative", parts, mail.message_id)
    return _multipart("mixed", [alternative, *files], mail.message_id) if files else alternative


def _text(text: str, kind: str) -> MIMEPart:
    part = MIMEPart(policy=SMTP)
    part.set_content(text, subtype=kind, charset="utf-8", cte="quoted-printable")
    return part


def _calendar(invite: CalendarPart) -> MIMEPart:
    """The part that mail programs act on. Octets, not text: text would have its line ends changed."""
    found = _METHOD.findall(invite.octets.decode("utf-8"))
    if found != [invite.method]:
        raise UnsafeHeader(f"The calendar says METHOD {found}, the mail {invite.method}.")
    part = MIMEPart(policy=SMTP)
    part.set_content(invite.octets, maintype="text", subtype="calendar", cte="base64")
    part.set_param("charset", "utf-8")
    part.set_param("method", invite.method)
    del part["Content-Disposition"]
    return part


def _file(attachment: Attachment) -> MIMEPart:
    if not _FILE_NAME.fullmatch(attachment.name):
        raise UnsafeHeader("A file name in a mail is letters, digits, dots and hyphens.")
    maintype, _, subtype = attachment.content_type.partition("/")
    part = MIMEPart(policy=SMTP)
    part.set_content(
        attachment.octets,
        maintype=maintype,
        subtype=subtype,
        cte="base64",
        disposition="attachment",
        filename=attachment.name,
    )
    return part


def _multipart(kind: str, parts: list[MIMEPart], message_id: str) -> MIMEPart:
    """The boundary comes from the Message-ID; ``=_`` is in no base64 and no quoted-printable line."""
    whole = MIMEPart(policy=SMTP)
    digest = hashlib.sha256(f"{kind} {message_id}".encode()).hexdigest()[:24]
    whole["Content-Type"] = f'multipart/{kind}; boundary="=_{digest}"'
    for part in parts:
        whole.attach(part)
    return whole


def _mailbox(mailbox: Mailbox) -> str:
    if not _ADDRESS.fullmatch(mailbox.address):
        raise UnsafeHeader("This is not one plain e-mail address.")
    try:
        address = ascii_domain(mailbox.address)
    except ValueError as error:
        raise UnsafeHeader(str(error)) from error
    _refuse_control(mailbox.name)
    if not mailbox.name:
        return address
    if not mailbox.name.isascii() or len(mailbox.name) > 50 or "=?" in mailbox.name:
        return f"{_encoded(mailbox.name)}\r\n <{address}>"
    quoted = mailbox.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _words(text: str) -> str:
    """Unstructured text: as it is if it is short and plain, else in encoded words."""
    _refuse_control(text)
    plain = text.isascii() and "=?" not in text and len(text) <= 60 and text == text.strip()
    return text if plain else _encoded(text)


def _encoded(text: str) -> str:
    """RFC 2047 encoded words of at most 75 characters, none cut inside a letter, one on each line."""
    words, chunk = [], b""
    for character in text:
        octets = character.encode("utf-8")
        if len(chunk) + len(octets) > 42:
            words.append(chunk)
            chunk = b""
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode('ascii')}?=" for word in words)


def _identifier(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise UnsafeHeader("A Message-ID looks like <unique@host>.")
    return message_id


def _refuse_control(text: str) -> None:
    if any(ord(character) < 32 or 127 <= ord(character) < 160 or character in "\u2028\u2029" for character in text):
        raise UnsafeHeader("A header cannot hold line breaks or control characters.")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise UnsafeHeader("A header cannot hold half a character.")
