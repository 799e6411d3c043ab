"""Somebody takes part in a round no longer: what waited for an answer is over; pairings that have begun go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from academy import database
from academy.audit.service import Actor
from mentoring.pairings import letters, steps
from mentoring.pairings.tables import DeclineReason, PairingStatus
from mentoring.profiles import places
from mentoring.profiles.tables import Side

LEFT = "Takes part no longer"
"""Read by coordinators."""

_ASKED = database.compiled_sql("""
    SELECT id FROM pairing WHERE status = 'proposed' AND (mentor_profile = :profile OR mentee_profile = :profile)
    ORDER BY id
""")


async def leave(side: Side, profile: UUID, actor: Actor, now: datetime) -> None:
    """A mentor who withdraws has said no, so the next best is asked; for a mentee who withdraws nobody is."""
    for row in await _ASKED.run(profile=profile):
        before = await steps.locked(row["id"], now=now)
        if before.status is not PairingStatus.PROPOSED:
            continue
        await letters.ask_no_more(before.id, now=now)
        status = PairingStatus.EXPIRED
        columns: dict[str, Any] = {"followed_at": now}
        if side is Side.MENTOR:
            status = PairingStatus.DECLINED
            columns = {"decline_reason": DeclineReason.OTHER.value, "decline_note": LEFT}
        columns["answered_at"] = now
        await steps.write(before, verb="leave", status=status, columns=columns, note=LEFT, actor=actor, now=now)


places.leaving.append(leave)
