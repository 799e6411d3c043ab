"""Take the register, and take a save of it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from academy import database
from academy.alumni import service as alumni
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from cohorts.attendance import queries, rules
from cohorts.attendance.queries import Held, Line, Register
from cohorts.attendance.rules import MarkGiven
from cohorts.attendance.tables import Attendance, Mark
from cohorts.schedule.tables import CohortStatus


class Saved(msgspec.Struct, frozen=True):
    """What a save did: people whose mark, minutes or note changed, and certificates that now need a decision."""

    changed: int
    flagged: int = 0


async def mark(
    session: UUID,
    marks: Mapping[UUID, MarkGiven],
    *,
    actor: Actor,
    now: datetime,
    source: str = "register",
    coordinator: bool = True,
    rest: Mark | None = None,
) -> Saved:
    """Save marks by enrolment; with ``rest``, also mark everybody enrolled whom nobody has marked.

    What stays the same is left alone, so two people may take one register. Raises NotFound for a session or an
    enrolment that does not belong, RegisterClosed, and Invalid with ``minutes-<enrolment>`` where minutes are missing.
    After the cohort was closed, certificates that the registers no longer bear out are flagged.
    """
    async with database.transaction():
        register = await _open_register(session, coordinator=coordinator, now=now)
        lines = {line.enrolment: line for line in register.lines}
        if not marks.keys() <= lines.keys():
            raise NotFound
        given = dict(marks)
        if rest is not None:
            for line in register.lines:
                if line.enrolled and given.get(line.enrolment, line).mark is Mark.UNMARKED:
                    given[line.enrolment] = MarkGiven(rest, note=line.note)
        minutes = _minutes(register, given, now=now)
        rows = [
            _row(register.session, lines[enrolment], said, minutes[enrolment], actor=actor, source=source, now=now)
            for enrolment, said in given.items()
            if (said.mark, minutes[enrolment], said.note) != _stands(lines[enrolment])
        ]
        await _save(rows)
        await _note("register.save", register, rows, actor=actor, now=now)
        return Saved(len(rows), await _flag(register.session, [lines[row.enrolment].person for row in rows], now=now))


async def undo(session: UUID, *, saved_at: datetime, actor: Actor, now: datetime, coordinator: bool = True) -> Saved:
    """Put back what stood before the save at ``saved_at``. That is a save too: to undo it brings the other one back.

    Raises ChangedMeanwhile when it is no longer the last one, and TooLateToUndo after a day.
    """
    async with database.transaction():
        register = await _open_register(session, coordinator=coordinator, now=now)
        last = register.last_save
        if not last or register.saved_at != saved_at:
            raise ChangedMeanwhile("The register was saved again meanwhile, so nothing was undone. Look at it first.")
        refused = rules.why_not_undo(saved_at, now=now)
        if refused:
            raise refused
        rows = [
            Attendance(
                session=session,
                enrolment=line.enrolment,
                mark=Mark(line.was),
                minutes=line.was_minutes,
                note=line.was_note,
                previous_mark=line.mark,
                previous_minutes=line.minutes,
                previous_note=line.note,
                source="register" if register.undone else queries.UNDO,
                marked_by=actor.person,
                marked_at=now,
            )
            for line in last
        ]
        await _save(rows)
        await _note("register.undo", register, rows, actor=actor, now=now)
        return Saved(len(rows), await _flag(register.session, [line.person for line in last], now=now))


async def _open_register(session: UUID, *, coordinator: bool, now: datetime) -> Register:
    """The register under its cohort's lock, so that no certificate is issued meanwhile.

    Raises NotFound, RegisterClosed.
    """
    held = await queries.session_held(session)
    if held is None:
        raise NotFound
    await database.lock(f"cohort:{held.cohort}")
    register = await queries.register(session)
    if register is None:
        raise NotFound
    held = register.session
    refused = rules.why_not_mark(
        held.times, session=held.status, cohort=held.cohort_status, coordinator=coordinator, now=now
    )
    if refused:
        raise refused
    return register


def _stands(line: Line) -> tuple[Mark, int, str]:
    return line.mark, line.minutes, line.note


def _minutes(register: Register, given: Mapping[UUID, MarkGiven], *, now: datetime) -> dict[UUID, int]:
    """Raises Invalid with a sentence for each person whose minutes cannot be."""
    found: dict[UUID, int] = {}
    errors: dict[str, str] = {}
    for line in register.lines:
        if line.enrolment not in given:
            continue
        try:
            found[line.enrolment] = rules.minutes_attended(given[line.enrolment], register.session.times, now=now)
        except rules.MinutesNeeded as error:
            errors[f"minutes-{line.enrolment}"] = f"{line.name}: {error.message}."
    if errors:
        raise Invalid(errors)
    return found


def _row(
    held: Held, line: Line, said: MarkGiven, minutes: int, *, actor: Actor, source: str, now: datetime
) -> Attendance:
    return Attendance(
        session=held.id,
        enrolment=line.enrolment,
        mark=said.mark,
        minutes=minutes,
        note=said.note,
        previous_mark=line.mark,
        previous_minutes=line.minutes,
        previous_note=line.note,
        source=source,
        marked_by=actor.person,
        marked_at=now,
    )


_CHANGING = [
    Attendance.mark,
    Attendance.minutes,
    Attendance.note,
    Attendance.previous_mark,
    Attendance.previous_minutes,
    Attendance.previous_note,
    Attendance.source,
    Attendance.marked_by,
    Attendance.marked_at,
]


async def _save(rows: list[Attendance]) -> None:
    await database.insert(rows, unless=(Attendance.session, Attendance.enrolment), update=_CHANGING)


async def _note(verb: str, register: Register, rows: list[Attendance], *, actor: Actor, now: datetime) -> None:
    """One line for the save, and one for each person whose mark was another before. First marks need none."""
    if not rows:
        return
    held = register.session
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.mark] = counts.get(row.mark, 0) + 1
    about = About("session", held.id, f"{held.cohort_name}: {held.title}"[:200])
    entries = [audit.entry(verb, about, actor=actor, now=now, after=dict(sorted(counts.items())))]
    lines = {line.enrolment: line for line in register.lines}
    for row in rows:
        line = lines[row.enrolment]
        if line.mark is Mark.UNMARKED:
            continue
        before, after = audit.changed(
            {"mark": line.mark, "minutes": line.minutes, "note": line.note},
            {"mark": row.mark, "minutes": row.minutes, "note": row.note},
        )
        entries.append(
            audit.entry(
                "attendance.correct", about, actor=actor, now=now, person=line.person, before=before, after=after
            )
        )
    await audit.record_all(entries)


async def _flag(held: Held, people: list[UUID], *, now: datetime) -> int:
    """After closing: compare these people's certificates with what the registers say now."""
    if held.cohort_status is not CohortStatus.CLOSED or not people:
        return 0
    stands = await queries.standing(held.cohort)
    wanted = set(people)
    found = {
        person: alumni.RegisterNow(one.minutes, one.missed_compulsory)
        for person, one in stands.items()
        if person in wanted
    }
    return len(await alumni.compare_with_registers(held.cohort, found, now=now))
