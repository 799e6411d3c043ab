"""When a mail is tried again, when it is given up, and what may be done with it. Pure."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from academy.errors import DomainError
from academy.outbox.tables import MessageState as S

PATIENCE = timedelta(hours=72)
LEASE = timedelta(seconds=60)
"""Longer than a send can take (30 s), so that no mail has two workers; and no longer than a crash may hold one up."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
LAST_TRY = timedelta(minutes=1)
WORDS_KEPT = timedelta(days=30)
"""After the deadline of a mail; then only its address, subject and fate are kept."""
ROW_KEPT = timedelta(days=365)

OPEN = (S.QUEUED, S.SENDING)
MOVES = {
    S.QUEUED: {S.SENDING, S.EXPIRED, S.DROPPED},
    S.SENDING: {S.SENT, S.QUEUED, S.FAILED, S.EXPIRED, S.SENDING},  # to itself: the worker before has died
    S.SENT: set(),
    S.FAILED: {S.QUEUED},
    S.EXPIRED: {S.QUEUED},
    S.DROPPED: set(),
}
WORDS = {
    S.QUEUED: "Queued",
    S.SENDING: "Being sent",
    S.SENT: "Sent",
    S.FAILED: "Failed",
    S.EXPIRED: "Not sent in time",
    S.DROPPED: "No longer needed",
}
SECRET = frozenset({"sign-in-link", "address-change-confirm", "coaching-goals-manager", "coaching-evaluation-manager"})
"""Mails with a link that signs in, takes over an address or opens what staff may not read. Staff never see their words,
and they are not kept."""

_NAMES = uuid.UUID("3f0ce1c5-9a3e-5a53-b6a1-7f0b7d5b9f10")
_PREFIX = re.compile(r"[a-z0-9:.+-]+", re.IGNORECASE)


class CannotSendAgain(DomainError):
    """This mail must not go out a second time."""


class WrongPrefix(ValueError):
    """A prefix of keys that could mean more than it says."""


def message_id(key: str) -> str:
    """The left part of the Message-ID: the same key always gives the same one, and it tells nothing of the key."""
    return str(uuid.uuid5(_NAMES, key))


def full_message_id(left: str, mail_from: str) -> str:
    """With its angle brackets, at the domain that the mail comes from (RFC 5322 3.6.4)."""
    return f"<{left}@{mail_from.rpartition('@')[2]}>"


def envelope_sender(mail_from: str) -> str:
    """Where the report of a bounce goes: to the mailbox that is read.

    Not an address for each mail (VERP): whether ``name+id@`` is accepted is for the mail server's owner to say, and
    many servers refuse a sender that is not the account's own.
    """
    return mail_from


def pause(attempts: int, luck: float) -> timedelta:
    """How long to wait after the ``attempts``-th try failed. ``luck`` (0 to 1) spreads mails that failed together."""
    doubled = FIRST_PAUSE * 2 ** min(max(attempts, 1) - 1, 12)
    return min(doubled, LONGEST_PAUSE) * (0.75 + 0.25 * luck)


def next_attempt(*, attempts: int, luck: float, now: datetime, deadline: datetime) -> datetime:
    """When to try again: after a pause, but once more shortly before the deadline rather than after it."""
    wanted = now + pause(attempts, luck)
    last = deadline - LAST_TRY
    return max(min(wanted, last), now + FIRST_PAUSE) if wanted > last else wanted


def deadline(*, now: datetime, starts_at: datetime | None = None, ends_at: datetime | None = None) -> datetime:
    """Until when sending makes sense: until the session starts, or for 72 hours if there is none.

    For a session that runs already (a place taken at the last minute, a link that changed) until it ends.
    """
    if starts_at is None:
        return now + PATIENCE
    if starts_at > now + LAST_TRY:
        return starts_at
    return max(ends_at or starts_at, now + timedelta(minutes=30))


def speaks_of_address(code: int, text: str) -> bool:
    """Whether a refusal says that the mailbox does not exist, rather than that the mail or we are not liked.

    By the enhanced status code if there is one (RFC 3463: 5.1.x address, 5.2.1 mailbox disabled), else by the
    reply code (RFC 5321 4.2.3).
    """
    found = re.search(r"\b5\.(\d{1,3})\.(\d{1,3})\b", text)
    if found:
        subject, detail = int(found[1]), int(found[2])
        return (subject == 1 and detail not in (7, 8)) or (subject, detail) == (2, 1)
    return code in (550, 551, 553, 556)


def urgent_until(now: datetime) -> datetime:
    """Mails that are useless after this instant go first when few may be sent: sign-in links, confirmations."""
    return now + timedelta(hours=25)


def reserve(per_minute: int) -> int:
    """How many mails of each minute are kept for urgent ones, so that a sign-in link overtakes 300 invites."""
    return per_minute // 5


def about_server(code: int) -> bool:
    """Whether a passing failure is about the server as a whole (away, too many connections) and not about one mail."""
    return code in (0, 421, 432, 454)


def move(before: S, after: S) -> S:
    """The state after a step. Raises CannotSendAgain where the table of moves has no such step."""
    if after not in MOVES[before]:
        raise CannotSendAgain(f"This mail is {WORDS[before].lower()}. Nothing was changed.")
    return after


ONE_CLICK = timedelta(minutes=1)
"""Who presses a button twice, or at the same time as somebody else, means one more mail and not two."""


def why_not_again(
    kind: str, state: S, *, overtaken: bool = False, over: bool = False, forgotten: bool = False, copied: bool = False
) -> str:
    """The sentence that says why a mail cannot be sent (again), or nothing if it can.

    ``overtaken``: there is a later mail about the same event, and some calendars would go back to the older
    version; ``over``: the event has ended; ``copied``: a copy waits, or was written within ``ONE_CLICK``.
    """
    if state in OPEN:
        return "This mail is waiting to be sent. It leaves by itself."
    if state is S.DROPPED:
        return "This mail is no longer needed."
    if kind in SECRET:
        return "This mail held a secret link. Ask the person to request a new one."
    if overtaken:
        return "There is a later mail about the same session. Send that one again instead."
    if over:
        return "The session is over."
    if forgotten:
        return "The words of this mail are no longer kept."
    if copied:
        return "It was sent again a moment ago."
    return ""


def like_prefix(prefix: str) -> str:
    """A pattern for LIKE that means exactly the keys that start so. Raises WrongPrefix."""
    if not _PREFIX.fullmatch(prefix) or len(prefix) < 8:
        raise WrongPrefix(prefix)
    return prefix + "%"


def with_links(context: Mapping[str, object], address: str) -> dict[str, object]:
    """The values of a mail with our own paths turned into links: ``manage_path`` becomes ``manage_link``.

    Paths are kept and not addresses, so that mails that wait follow the academy to another address.
    """
    made: dict[str, object] = {}
    for name, value in context.items():
        if name == "path" or name.endswith("_path"):
            made[name.removesuffix("path") + "link"] = address + value if isinstance(value, str) and value else value
        elif (name == "link" or name.endswith("_link")) and isinstance(value, str) and value.startswith("/"):
            made[name] = address + value
        else:
            made[name] = value
    return made


def link_name(name: str) -> str:
    """What a value is called in the letter: ``manage_path`` is its ``manage_link``."""
    return name[:-4] + "link" if name == "path" or name.endswith("_path") else name


def first_name(name: str) -> str:
    """What a mail calls somebody: the first word of what they want to be called."""
    return name.split()[0] if name.split() else "there"


class Piece(msgspec.Struct, frozen=True):
    """A piece of shown text; ``href`` only for links to ourselves."""

    text: str
    href: str = ""


_ADDRESS_LIKE = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def pieces(text: str, address: str) -> list[Piece]:
    """Text with links to ourselves made clickable. Others stay words: people write them into names and notes."""
    found: list[Piece] = []
    ours = urlsplit(address)
    end = 0
    for match in _ADDRESS_LIKE.finditer(text):
        link = urlsplit(match.group())
        if (link.scheme, link.netloc) != (ours.scheme, ours.netloc):
            continue
        found.append(Piece(text[end : match.start()]))
        path = link.path or "/"
        found.append(Piece(match.group(), path + (f"?{link.query}" if link.query else "")))
        end = match.end()
    return [*found, Piece(text[end:])]
