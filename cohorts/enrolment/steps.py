"""The one place where enrolments are written.

Verbs decide what happens to whom and hand over a list of steps; ``write`` carries them out: rows, history, audit
trail, mails and invites. One person or five hundred cost nearly the same number of statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from academy.people import queries as people
from academy.people.queries import Contact
from cohorts.enrolment import letters, rules
from cohorts.enrolment.standing import Cohort
from cohorts.enrolment.tables import Enrolment, EnrolmentChange
from cohorts.enrolment.tables import EnrolmentStatus as S

CANCEL = "enrolment.cancel"
"""The verb that goes with a whole cohort: the schedule has taken its sessions out of the calendars already."""

CHUNK = 500
"""Rows in one statement: PostgreSQL takes 32,767 values."""

T = TypeVar("T")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One move of one enrolment. ``before`` is None for a new row."""

    enrolment: UUID
    person: UUID
    before: S | None
    after: S
    letter: str = ""
    """The mail that tells the person, by its folder in ``templates/email``; empty: nothing to tell."""
    reason: str = ""
    values: dict[str, Any] = msgspec.field(default_factory=dict)
    """Columns beside the status."""
    position: int | None = None
    contact: Contact | None = None
    """To whom the mail goes, where it is another address than the person's first."""
    change: UUID = msgspec.field(default_factory=uuid4)


async def write(cohort: Cohort, steps: Sequence[Step], *, verb: str, actor: Actor, now: datetime) -> None:
    """Carry out the steps, each allowed by the table of moves, and tell everybody concerned. Raises ForbiddenMove.

    Whoever becomes enrolled is invited to every session still to come; whoever stops being enrolled is taken off.
    """
    if not steps:
        return
    for step in steps:
        rules.move(step.before, step.after)
    await _write_rows(cohort, steps, now=now)
    await _write_history(cohort, steps, verb=verb, actor=actor, now=now)
    missing = [step.person for step in steps if step.contact is None and step.letter]
    known = await people.contacts(missing) if missing else {}
    contacts = {step.enrolment: step.contact or known.get(step.person) for step in steps}
    await letters.tell(
        cohort,
        [
            letters.Told(
                kind=step.letter,
                fact=str(step.change),
                enrolment=step.enrolment,
                contact=contact,
                reason=step.reason,
                position=step.position,
                place_held=step.after is S.OFFERED,
                held_until=step.values.get("held_until"),
                added_by=actor.name if actor.person not in (None, step.person) else "",
            )
            for step in steps
            if step.letter and (contact := contacts[step.enrolment]) is not None
        ],
        now=now,
    )
    joining = {step.person: step.enrolment for step in steps if step.after is S.ENROLLED}
    leaving = [step.person for step in steps if step.before is S.ENROLLED and step.after is not S.ENROLLED]
    await letters.invite(cohort, joining, now=now)
    if verb != CANCEL:
        await letters.uninvite(cohort, leaving, now=now)


async def _write_rows(cohort: Cohort, steps: Sequence[Step], *, now: datetime) -> None:
    new = [
        Enrolment(id=step.enrolment, cohort=cohort.id, person=step.person, created_at=now, **_columns(step, now))
        for step in steps
        if step.before is None
    ]
    await database.insert(new)
    moved = [(_columns(step, now), step.enrolment) for step in steps if step.before is not None]
    for _, same in groupby(moved, key=lambda each: repr(each[0])):
        group = list(same)
        for ids in chunks([enrolment for _, enrolment in group]):
            await Enrolment.update(group[0][0]).where(Enrolment.id.is_in(list(ids)))


def _columns(step: Step, now: datetime) -> dict[Any, Any]:
    """What a status means for the other columns."""
    values: dict[Any, Any] = {"status": step.after.value, "held_until": None, "reason": step.reason}
    if step.after is S.ENROLLED:
        values |= {"enrolled_at": now, "ended_at": None}
    elif step.after in rules.LIVE:
        values |= {"ended_at": None}
    else:
        values |= {"ended_at": now}
    return values | step.values


async def _write_history(cohort: Cohort, steps: Sequence[Step], *, verb: str, actor: Actor, now: datetime) -> None:
    changes = [
        EnrolmentChange(
            id=step.change,
            enrolment=step.enrolment,
            at=now,
            from_status=step.before.value if step.before else "",
            to_status=step.after.value,
            by=actor.person,
            reason=step.reason,
        )
        for step in steps
    ]
    await database.insert(changes)
    entries = [
        audit.entry(
            verb,
            cohort.about,
            actor=actor,
            now=now,
            person=step.person,
            before={"status": step.before.value} if step.before else None,
            after={"status": step.after.value},
            note=step.reason,
        )
        for step in steps
    ]
    await audit.record_all(entries)


def chunks(rows: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The rows in pieces that fit into one statement."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


_NEXT = database.compiled_sql("""
    SELECT id, person, confirmed_at FROM enrolment
    WHERE cohort = :cohort AND status = 'waitlisted' ORDER BY list_number LIMIT :most
""")


async def fill(cohort: Cohort, *, now: datetime) -> list[Step]:
    """Give every free place to the next on the list. ``cohort`` must be as it stands now; returns who moved."""
    free = rules.places_to_fill(cohort.facts, now=now)
    if not free:
        return []
    held_until = rules.held_until(cohort.facts, now=now)
    steps = [
        Step(
            enrolment=row["id"],
            person=row["person"],
            before=S.WAITLISTED,
            after=S.ENROLLED if row["confirmed_at"] else S.OFFERED,
            letter="moved-up" if row["confirmed_at"] else "confirm-registration",
            values={} if row["confirmed_at"] else {"held_until": held_until},
        )
        for row in await _NEXT.run(cohort=cohort.id, most=free)
    ]
    await write(cohort, steps, verb="enrolment.move_up", actor=audit.ACADEMY, now=now)
    return steps
