"""The facts of one invite as they are kept in its mail's row, and the calendar part they become at each try."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from academy.invites import ical
from academy.invites.rules import Shown
from academy.invites.tables import Reply
from academy.outbox import rendering
from academy.outbox.mime import CalendarPart, Mailbox


def facts(
    event: Shown,
    *,
    uid: str,
    method: ical.Method,
    sequence: int,
    stamped_at: datetime,
    created_at: datetime,
    changed_at: datetime,
    reply: Reply = Reply.NEEDS_ACTION,
    removed_only: bool = False,
    private: bool = False,
) -> dict[str, Any]:
    """Plain values, ready to be kept as JSON."""
    return {
        "method": method.value,
        "uid": uid,
        "sequence": sequence,
        "dtstamp": stamped_at.isoformat(),
        "created_at": created_at.isoformat(),
        "changed_at": changed_at.isoformat(),
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "zone": event.zone,
        "title": event.title,
        "place": event.place,
        "link": event.link,
        "description": event.description,
        "reply": reply.value,
        "removed_only": removed_only,
        "private": private,
    }


@rendering.calendar_writer
def write(kept: Mapping[str, Any], *, to: Mailbox, organiser: Mailbox) -> CalendarPart:
    """The calendar part for one person. Raises ValueError for what no calendar could read."""
    octets = ical.invite(
        ical.Event(
            uid=kept["uid"],
            title=kept["title"],
            starts=datetime.fromisoformat(kept["starts_at"]),
            ends=datetime.fromisoformat(kept["ends_at"]),
            zone=kept["zone"],
            created=datetime.fromisoformat(kept["created_at"]),
            changed=datetime.fromisoformat(kept["changed_at"]),
            description=kept["description"],
            place=kept["place"],
            join_link=kept["link"],
            private=kept.get("private", False),  # mails of an earlier version do not say
        ),
        method=ical.Method(kept["method"]),
        attendee=ical.Person(to.address, to.name),
        organiser=ical.Person(organiser.address, organiser.name),
        sequence=kept["sequence"],
        dtstamp=datetime.fromisoformat(kept["dtstamp"]),
        removed_only=kept["removed_only"],
        answer=Reply(kept["reply"]).value.upper().replace("_", "-"),
    )
    return CalendarPart(octets=octets, method=kept["method"])
