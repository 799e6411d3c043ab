"""The one place where pairings are written: row, history and audit trail, under the locks of both places.

A mentor's places are counted under ``mentor:<profile>``, a mentee's one pairing under ``mentee:<profile>``. Who needs
several takes them in one order, so that nobody waits for somebody who waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from mentoring.pairings import queries, rules
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import Pairing, PairingChange, PairingStatus


async def lock(*, mentors: Iterable[UUID] = (), mentees: Iterable[UUID] = ()) -> None:
    """Be alone with these places until the transaction ends. Ids are those of profiles."""
    for key in sorted({*(f"mentor:{each}" for each in mentors), *(f"mentee:{each}" for each in mentees)}):
        await database.lock(key)


async def locked(pairing: UUID, *, now: datetime) -> StaffView:
    """A pairing as it stands, with everybody else who would change it waiting. Raises NotFound."""
    found = await queries.pairing_for_staff(pairing, now=now)
    await lock(mentors=[found.mentor_profile], mentees=[found.mentee_profile])
    return await queries.pairing_for_staff(pairing, now=now)


async def write(
    before: StaffView,
    *,
    verb: str,
    status: PairingStatus | None = None,
    columns: Mapping[str, Any] | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> StaffView:
    """Change a pairing that is locked, and keep who did what. Returns it as it is then. Raises ForbiddenMove.

    The note is read by coordinators; it does not enter the audit trail.
    """
    values: dict[Any, Any] = {**(columns or {}), "version": before.version + 1}
    if status is not None:
        values["status"] = rules.move(before.status, status).value
        step = change(before.id, before.status, status, actor=actor, note=note, now=now)
        await database.insert_values(PairingChange, [step])
    await Pairing.update(values).where(Pairing.id == before.id)
    after = await queries.pairing_for_staff(before.id, now=now)
    was, becomes = audit.changed(_told(before), _told(after))
    await audit.record(
        f"pairing.{verb}", after.about, actor=actor, now=now, person=after.mentee, before=was or None,
        after=becomes or None,
    )  # fmt: skip
    return after


def change(
    pairing: UUID, before: PairingStatus | None, after: PairingStatus, *, actor: Actor, note: str = "", now: datetime
) -> dict[str, Any]:
    """What stands in the row of one step of a pairing's history."""
    return {
        "pairing": pairing,
        "at": now,
        "from_status": before.value if before else "",
        "to_status": after.value,
        "by": actor.person,
        "note": note[:300],
    }


def _told(pairing: StaffView) -> dict[str, Any]:
    return {"status": pairing.status.value, "paused_until": pairing.paused_until}
