"""A kept mail as people read it on a page: its words, and its invite in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response

from academy.errors import NotFound
from academy.outbox import rendering, rules
from academy.outbox.rendering import Letterhead, Unwritable
from academy.outbox.rules import Piece
from academy.outbox.tables import MessageState

_KINDS = {"REQUEST": "Invite", "CANCEL": "Cancellation"}
_ANSWERS = {
    "needs_action": "asks for an answer",
    "accepted": "keeps the answer yes",
    "tentative": "keeps the answer maybe",
    "declined": "keeps the answer no",
}
# Our mails carry their style in attributes. Nothing in them may run, load or submit, and they have no origin.
MAIL_CSP = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar part of a mail."""

    what: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str
    sequence: int
    uid: str
    octets: str


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of a mail; in plain text a heading is underlined, on a page it is bold."""

    pieces: list[Piece]
    heading: bool = False


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as a page shows it."""

    id: UUID
    kind: str
    subject: str
    to: str
    state: MessageState
    queued_at: datetime
    sent_at: datetime | None
    paragraphs: list[Paragraph]
    invite: Invite | None
    hidden: str
    """Why its words are not shown; empty if they are."""


def kind_words(kind: str) -> str:
    """``Session invite`` for ``session-invite``."""
    return kind.replace("-", " ").capitalize()


def read(row: Mapping[str, Any], head: Letterhead, *, show_secrets: bool = False) -> Read:
    """A mail for a page. Mails with a secret link show their words only where ``show_secrets`` says so."""
    hidden, text, invite = "", "", None
    if row["kind"] in rules.SECRET and not show_secrets:
        hidden = "This mail holds a link that only its owner may see."
    elif not row["context"]:
        hidden = "The words of this mail are no longer kept."
    else:
        try:
            text = rendering.letter(row, head).text
            invite = read_invite(row, head)
        except Unwritable as error:
            hidden = str(error)
    return Read(
        id=row["id"],
        kind=kind_words(row["kind"]),
        subject=row["subject"] or kind_words(row["kind"]),
        to=f"{row['to_name']} <{row['to_address']}>" if row["to_name"] else row["to_address"],
        state=MessageState(row["state"]),
        queued_at=row["queued_at"],
        sent_at=row["sent_at"],
        paragraphs=_paragraphs(text, head.address),
        invite=invite,
        hidden=hidden,
    )


def _paragraphs(text: str, address: str) -> list[Paragraph]:
    found = []
    for part in filter(None, text.strip().split("\n\n")):
        words, _, line = part.rpartition("\n")
        heading = bool(words) and len(line) > 2 and set(line) in ({"="}, {"-"})
        found.append(Paragraph(rules.pieces(words if heading else part, address), heading))
    return found


def read_invite(row: Mapping[str, Any], head: Letterhead) -> Invite | None:
    """The calendar part of a mail, if it has one. Raises Unwritable."""
    part = rendering.calendar(row, head)
    if part is None:
        return None
    kept = msgspec.json.decode(row["calendar"])
    what = _KINDS[kept["method"]]
    if kept["method"] == "REQUEST":
        what += f", {_ANSWERS[kept['reply']]}"
    elif kept["removed_only"]:
        what += " for this person only"
    return Invite(
        what=what,
        title=kept["title"],
        starts_at=datetime.fromisoformat(kept["starts_at"]),
        ends_at=datetime.fromisoformat(kept["ends_at"]),
        zone=kept["zone"],
        place=kept["place"],
        link=kept["link"],
        sequence=kept["sequence"],
        uid=kept["uid"],
        octets=part.octets.decode(),
    )


def as_html(request: Request[Any, Any, Any], row: dict[str, Any]) -> Response[str]:
    """The HTML of a mail, in a sandbox without scripts, network or origin."""
    try:
        words = rendering.letter(row, rendering.letterhead(request.app.state.settings))
    except Unwritable as error:
        raise NotFound(str(error)) from error
    return Response(words.html, media_type="text/html", headers={"Content-Security-Policy": MAIL_CSP})
