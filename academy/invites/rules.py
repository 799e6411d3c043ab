"""What a change of an event means for the people invited: whether they are told, and whether they are asked again."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from academy.errors import DomainError
from academy.invites import times
from academy.invites.tables import EventStatus, InviteeState, Reply

INVITEE_MOVES = {InviteeState.INVITED: {InviteeState.WITHDRAWN}, InviteeState.WITHDRAWN: {InviteeState.INVITED}}
CANCELLED_STAYS = timedelta(days=30)
PAST_STAYS = timedelta(days=366)


class EventCancelled(DomainError):
    """The event will not take place, so nothing about it can be changed."""


class WrongTimes(DomainError):
    status = 422


class NotInvited(DomainError):
    """Only people who are invited can answer."""

    status = 404


class TooLateToReply(DomainError):
    """The event has ended."""


class Timed(Protocol):
    """An event in somebody's calendar."""

    @property
    def id(self) -> UUID: ...
    @property
    def title(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What of an event stands in people's calendars."""

    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str = ""
    link: str = ""
    description: str = ""


def check(event: Shown) -> None:
    """Raises WrongTimes for an event that ends before it starts, or is longer than two weeks, or has no name."""
    if not event.title.strip():
        raise WrongTimes("Enter a name for the session.")
    if event.ends_at <= event.starts_at:
        raise WrongTimes("The session must end after it starts.")
    if event.ends_at - event.starts_at > timedelta(days=14):
        raise WrongTimes("A session can be two weeks long at most.")


def shows_change(before: Shown, after: Shown) -> bool:
    """Whether calendars would show something else. If not, nobody is told and SEQUENCE stays."""
    return before != after


def asks_again(before: Shown, after: Shown) -> bool:
    """Whether an answer to ``before`` still counts: it does unless the time or the place is another.

    Upper and lower case, blanks and punctuation make no other place.
    """
    return (
        (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)
        or _bare(before.place) != _bare(after.place)
        or before.link != after.link
    )


SESSION = "session"
"""The wording of the events of cohorts."""


def mail_kind(wording: str, what: str) -> str:
    """The mail that tells ``what`` (invite, changed, cancelled, reminder, withdrawn) of an event of this wording."""
    if (wording, what) == (SESSION, "withdrawn"):
        return "place-withdrawn"
    return f"{wording}-{what}"


MAILS = ("invite", "changed", "cancelled", "reminder", "withdrawn")

ONLINE = "Online"
"""Where an event is that has a link to join and no place."""


def next_stamp(last: datetime, now: datetime) -> datetime:
    """DTSTAMP of the next version: whole seconds, and later than the last one (calendar clients compare them)."""
    return max(now.replace(microsecond=0), last + timedelta(seconds=1))


def at_the_same_time(events: Iterable[Timed]) -> dict[UUID, list[str]]:
    """For each event that overlaps others of the same person the titles of those; to touch is not to overlap."""
    in_order = sorted(events, key=lambda each: each.starts_at)
    found: dict[UUID, list[str]] = {}
    for number, one in enumerate(in_order):
        for other in in_order[number + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            found.setdefault(one.id, []).append(other.title)
            found.setdefault(other.id, []).append(one.title)
    return found


def is_over(event: Shown, now: datetime) -> bool:
    return event.ends_at <= now


def effective_reply(reply: Reply, *, reply_sequence: int, asked_sequence: int) -> Reply:
    """An answer to a version before people were asked again counts as none."""
    return reply if reply_sequence >= asked_sequence else Reply.NEEDS_ACTION


def check_reply(*, state: InviteeState | None, status: EventStatus, ends_at: datetime, now: datetime) -> None:
    """Raises NotInvited, EventCancelled or TooLateToReply."""
    if state is not InviteeState.INVITED:
        raise NotInvited("You are not invited to this session.")
    if status is EventStatus.CANCELLED:
        raise EventCancelled("This session is cancelled.")
    if ends_at <= now:
        raise TooLateToReply("This session is over.")


def changes_in_words(before: Shown, after: Shown) -> list[dict[str, str]]:
    """What is different, for the mail: ``what``, ``before``, ``after``."""
    found = []
    if (before.starts_at, before.ends_at, before.zone) != (after.starts_at, after.ends_at, after.zone):
        was, is_now = (times.when(each.starts_at, each.ends_at, each.zone) for each in (before, after))
        found.append(_change("Time", was, is_now))
    was, now = _where(before), _where(after)
    if was != now:
        found.append(_change("Place", was, now))
    if before.link != after.link and not (was != now and ONLINE in (was, now)):  # "Online" has said it
        found.append(_change("Link to join", before.link and "another link", after.link and "the link below"))
    if before.title != after.title:
        found.append(_change("Title", before.title, after.title))
    elif before.description != after.description:  # which repeats the title
        found.append(_change("About", "", "has been changed"))
    return found


def _where(event: Shown) -> str:
    return event.place or (ONLINE if event.link else "")


def _change(what: str, before: str, after: str) -> dict[str, str]:
    return {"what": what, "before": before, "after": after or "none"}


def how_soon(starts_at: datetime, zone: str, now: datetime) -> str:
    """``today``, ``tomorrow``, ``in one week`` or ``on Wednesday 24 June``, by the calendar of the event's zone."""
    days = (times.utc_to_local(starts_at, zone).date() - times.utc_to_local(now, zone).date()).days
    return {0: "today", 1: "tomorrow", 7: "in one week"}.get(days, f"on {times.uk_day(starts_at, zone)}")


def thread(event: UUID, person: UUID) -> str:
    """Mails about one event to one person leave in the order of their versions."""
    return f"event:{event}:{person}"


def message_key(event: UUID, person: UUID, sequence: int, method: str) -> str:
    """The same version is told to the same person once."""
    return f"invite:{event}:{person}:{sequence}:{method.lower()}"


def reminder_prefix(event: UUID, person: UUID | None = None) -> str:
    return f"reminder:{event}:" + (f"{person}:" if person else "")


def reminder_key(event: UUID, person: UUID, days_before: int, starts_at: datetime) -> str:
    """A session that is moved is reminded of anew; the same date is not."""
    return f"{reminder_prefix(event, person)}{days_before}:{starts_at:%Y%m%dT%H%M}"


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
