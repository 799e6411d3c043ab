"""The register as it comes back from the page: only what somebody changed on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from uuid import UUID

import msgspec

from academy.web.forms import Reader
from cohorts.attendance.queries import Line, Register
from cohorts.attendance.rules import MOST_NOTE, WITH_MINUTES, MarkGiven
from cohorts.attendance.tables import Mark

CHOICES = [
    (Mark.PRESENT, "Present"),
    (Mark.ABSENT, "Absent"),
    (Mark.LATE, "Late"),
    (Mark.PARTIAL, "Partly"),
    (Mark.ABSENT_EXCUSED, "Excused"),
]
"""The toggles in their order on a phone: the two that are used most are the widest."""


class Shown(msgspec.Struct, frozen=True):
    """One row of the page, as stored or as typed."""

    line: Line
    mark: str
    minutes: str
    note: str
    seal: str
    """What was there when the page was made: a row that still says so was not touched, and is not saved."""


def shown(lines: Iterable[Line], typed: dict[str, str] | None = None) -> list[Shown]:
    """The rows of the page; with ``typed``, as somebody has just sent them."""
    rows = []
    for line in lines:
        mark = "" if line.mark is Mark.UNMARKED else line.mark.value
        minutes = str(line.minutes) if line.mark in WITH_MINUTES else ""
        sealed = seal(mark, minutes, line.note)
        if typed is None:
            rows.append(Shown(line, mark, minutes, line.note, sealed))
        else:
            key = line.enrolment
            rows.append(
                Shown(
                    line,
                    typed.get(f"mark-{key}", ""),
                    typed.get(f"minutes-{key}", ""),
                    typed.get(f"note-{key}", ""),
                    typed.get(f"was-{key}", sealed),
                )
            )
    return rows


def seal(mark: str, minutes: str, note: str) -> str:
    return hashlib.sha256(f"{mark}\n{minutes.strip()}\n{note.strip()}".encode("utf-8", "replace")).hexdigest()[:12]


def parse(fields: dict[str, str], register: Register) -> dict[UUID, MarkGiven]:
    """The marks that were changed on the page, by enrolment. Raises Invalid."""
    reader = Reader(fields)
    marks: dict[UUID, MarkGiven] = {}
    for line in register.lines:
        key = line.enrolment
        if f"was-{key}" not in fields:
            continue  # on another page of a long register
        mark, minutes, note = (fields.get(f"{part}-{key}", "").strip() for part in ("mark", "minutes", "note"))
        if seal(mark, minutes, note) == fields[f"was-{key}"]:
            continue
        note = reader.text(f"note-{key}", most=MOST_NOTE, label=f"{line.name}: the note")
        if not mark:
            if minutes or note:
                reader.wrong(f"mark-{key}", f"{line.name}: choose present, absent, late, partly or excused.")
            continue
        chosen = reader.choice(f"mark-{key}", Mark, f"{line.name}: choose present, absent, late, partly or excused.")
        if chosen is None:
            continue
        given: int | None = None
        if chosen in WITH_MINUTES and minutes:
            if re.fullmatch(r"\d{1,5}", minutes):
                given = int(minutes)
            else:
                reader.wrong(f"minutes-{key}", f"{line.name}: enter the minutes as a number, like 90.")
        marks[key] = MarkGiven(chosen, given, note)
    reader.done()
    return marks
