"""People's calendars, as they become when every queued invite is read by an independent program."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from icalendar import Calendar

from academy.invites import frozen
from academy.outbox.mime import Mailbox

ORGANISER = Mailbox("academy@academy.example", "Leadership Academy")


class Entry(msgspec.Struct, frozen=True):
    """One entry of somebody's calendar, in UTC."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime


class Calendars:
    """What stands in everybody's calendar, by address and UID, after the mails that were read."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Entry]] = {}
        self.sequences: dict[tuple[str, str], int] = {}
        """The highest SEQUENCE that an address has seen of a UID, also of entries that are gone."""
        self.read_ids: set[Any] = set()

    def read(self, rows: list[dict[str, Any]]) -> None:
        """Take in the mails that were not read before, each as a calendar program does.

        Fails where SEQUENCE does not rise: programs ignore such a message (RFC 5546 2.1.4).
        """
        for row in sorted(rows, key=lambda row: row["number"]):
            if row["id"] in self.read_ids or row["calendar"] is None:
                continue
            self.read_ids.add(row["id"])
            to = row["to_address"]
            part = frozen.write(
                msgspec.json.decode(row["calendar"]), to=Mailbox(to, row["to_name"]), organiser=ORGANISER
            )
            calendar = Calendar.from_ical(part.octets)
            (event,) = calendar.walk("VEVENT")
            uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
            assert sequence > self.sequences.get((to, uid), -1), "SEQUENCE did not rise"
            self.sequences[to, uid] = sequence
            if calendar["METHOD"] == "CANCEL":
                self.entries.get(to, {}).pop(uid, None)
            else:
                self.entries.setdefault(to, {})[uid] = Entry(
                    uid, sequence, str(event["SUMMARY"]), _utc(event["DTSTART"].dt), _utc(event["DTEND"].dt)
                )

    def of(self, address: str) -> list[Entry]:
        """Somebody's calendar, in order."""
        return sorted(self.entries.get(address, {}).values(), key=lambda each: (each.starts_at, each.uid))


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
