"""Reminders of events to come. A house asks for its own rows, who is expected at which event; when a reminder is due,
to whom, and that it is sent once stands here.

What has been sent is known by the mails themselves, so a restart or a second scheduler reminds nobody twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.invites import rules, service

THE_DAY_BEFORE = (1,)
A_DAY = timedelta(days=1)
NOT_AFTER_TOLD = timedelta(hours=12)
"""Whoever has been told of an event in these hours knows; a reminder would only be noise."""

_TOLD = database.compiled_sql("SELECT key FROM message WHERE about_id = :event AND kind LIKE '%-reminder'")


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is invited to an event to come, and on which days before it they are reminded."""

    event: UUID
    person: UUID
    starts_at: datetime
    invited_at: datetime
    changed_at: datetime
    """Of the event: when what calendars show was changed last."""
    days_before: Sequence[int] = THE_DAY_BEFORE


def due(each: Expected, *, now: datetime) -> int | None:
    """Which reminder is due to somebody, as days before; none if there is none to send.

    Due is the latest whose instant has come, and only if that was at least twelve hours after the person was told
    of the event (invited, or told of its new date): who joins late is not reminded of what was due before they joined.
    """
    come = [days for days in each.days_before if each.starts_at - days * A_DAY <= now < each.starts_at]
    if not come:
        return None
    latest = min(come)
    told_at = max(each.invited_at, each.changed_at)
    return latest if each.starts_at - latest * A_DAY >= told_at + NOT_AFTER_TOLD else None


async def send(expected: Iterable[Expected], *, now: datetime) -> int:
    """Remind those to whom a reminder is due and who have not had it. Returns the number of mails queued.

    Of several that became due while nothing ran only the latest is sent.
    """
    wanted: dict[tuple[UUID, int], list[Expected]] = defaultdict(list)
    for each in expected:
        if (days := due(each, now=now)) is not None:
            wanted[each.event, days].append(each)
    queued = 0
    for (event, days), people in wanted.items():
        told = {row["key"] for row in await _TOLD.run(event=event)}
        missing = [
            each.person for each in people if rules.reminder_key(event, each.person, days, each.starts_at) not in told
        ]
        if missing:
            queued += await service.remind(event, missing, days_before=days, now=now)
    return queued
