"""Mentors and mentees from CSV files, as coordinators have them.

The civil service's mentor and mentee lists are read as they are, the raw answers of the sign-up form too. More columns
than theirs are understood (see ``COLUMNS``), none but the address or id is needed. UTF-8, UTF-16 and Windows-1252;
commas, semicolons or tabs. Several answers in one cell are separated by semicolons, bars or lines, or else by commas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import msgspec

from academy.errors import Invalid
from mentoring.matching.people import Earlier, Ended, Format, Mentee, Mentor, plain

LARGEST_FILE = 10_000_000
MOST_ERRORS = 20


class BadFile(Invalid):
    """A file cannot be used. Every error names file, row and column."""


GRADES = {
    **dict.fromkeys(("aa", "administrative assistant"), 1),
    **dict.fromkeys(("ao", "administrative officer"), 2),
    **dict.fromkeys(("eo", "executive officer"), 3),
    **dict.fromkeys(("heo", "higher executive officer"), 4),
    **dict.fromkeys(("seo", "senior executive officer"), 5),
    **dict.fromkeys(("grade 7", "g7"), 6),
    **dict.fromkeys(("grade 6", "g6"), 7),
    **dict.fromkeys(("scs 1", "scs1", "deputy director"), 8),
    **dict.fromkeys(("scs 2", "scs2", "director"), 9),
    **dict.fromkeys(("scs 3", "scs3", "director general"), 10),
    **dict.fromkeys(("scs 4", "scs4", "permanent secretary"), 11),
}
"""The grades of the civil service; numbers are taken as they are."""

COLUMNS = {
    "id": ("id",),
    "address": ("email address", "email", "e-mail", "your civil service email address", "your email address"),
    "first": ("first name", "your first name"),
    "last": ("last name", "surname", "your last name"),
    "name": ("name", "full name"),
    "organisation": ("organisation", "your department or agency", "department", "employer"),
    "organisation_group": ("organisation group", "group"),
    "grade": ("grade", "your grade"),
    "role": ("job title", "role", "your job title or role"),
    "profession": ("profession", "your profession"),
    "region": ("region",),
    "formats": ("formats", "format", "how to meet"),
    "languages": ("languages", "language"),
    "line": ("line managers", "line manager", "line"),
    "not_these": ("not these", "not this person", "not with"),
    "opted_in": ("opted in", "do you agree to us using the information"),
    "access_offered": ("access offered",),
    "skills": ("skills offered", "skills"),
    "characteristics": ("characteristics",),
    "places": ("places", "capacity", "number of mentees"),
    "choices": ("choices", "choice", "would like"),
    "access_needs": ("access needs",),
    "skills_wanted": ("skills wanted", "skills"),
    "wants_gap": ("wants gap", "grades above"),
    "same_background": ("match with similar identity",),
    "background_wanted": ("identity to match", "background wanted"),
    "completed_with": ("completed with",),
    "go_on_with": ("go on with",),
    "ended_badly_with": ("ended badly with",),
    "waited_before": ("waited before",),
    "let_down": ("let down",),
}
"""What a column may be called, without capitals. The first that is there counts."""

_YES = {"yes", "y", "true", "1", "x"}
_NO = {"no", "n", "false", "0"}


class _Cells:
    """One row, its cells by what they mean. Collects what is wrong with it."""

    def __init__(self, file: str, number: int, cells: dict[str, tuple[str, str]], errors: dict[str, str]) -> None:
        self.file, self.number, self.cells, self.errors = file, number, cells, errors

    def text(self, name: str) -> str:
        return self.cells.get(name, ("", ""))[1]

    def several(self, name: str) -> tuple[str, ...]:
        found = self.text(name)
        parts = re.split(r"[;|\r\n]+", found) if re.search(r"[;|\r\n]", found) else found.split(",")
        return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))

    def ids(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.casefold() for part in self.several(name)))

    def number_of(self, name: str, usual: int | None, *, least: int, most: int) -> int | None:
        found = self.text(name)
        if not found:
            return usual
        if re.fullmatch(r"-?[0-9]{1,4}", found) and least <= int(found) <= most:
            return int(found)
        self.wrong(name, f"must be a whole number from {least} to {most}, and is “{found}”.")
        return usual

    def yes(self, name: str, usual: bool) -> bool:
        found = plain(self.text(name))
        if found and found not in _YES | _NO:
            self.wrong(name, f"must be yes or no, and is “{self.text(name)}”.")
        return found in _YES if found else usual

    def grade(self) -> int | None:
        known = GRADES.get(plain(self.text("grade")))
        if known is not None:
            return known
        if self.text("grade") and not re.fullmatch(r"[0-9]{1,2}", self.text("grade")):
            self.wrong(
                "grade",
                f"“{self.text('grade')}” is not a grade. Use a number, or AA, AO, EO, HEO, SEO, "
                "Grade 7, Grade 6, SCS 1 to SCS 4.",
            )
            return None
        return self.number_of("grade", None, least=0, most=99)

    def formats(self) -> tuple[Format, ...]:
        found: dict[Format, None] = {}
        for part in self.several("formats"):
            word = plain(part).replace("-", " ").replace("_", " ")
            if word in ("virtual", "online", "remote", "both", "either"):
                found[Format.VIRTUAL] = None
            if word in ("in person", "face to face", "both", "either"):
                found[Format.IN_PERSON] = None
            if word not in ("virtual", "online", "remote", "both", "either", "in person", "face to face"):
                self.wrong("formats", f"must be virtual, in person or both, and is “{part}”.")
        return tuple(found)

    def wrong(self, name: str, what: str) -> None:
        column = self.cells.get(name, (name, ""))[0]
        if len(self.errors) < MOST_ERRORS:
            self.errors[f"row {self.number} {name}"] = f"{self.file}, row {self.number}, column {column}: {what}"


def read_mentors(octets: bytes, file: str = "mentors.csv", *, places: int = 1) -> tuple[Mentor, ...]:
    """The mentors of a file; ``places`` for those who do not say. Raises BadFile."""

    def mentor(row: _Cells, shared: dict[str, Any]) -> Mentor:
        offered = row.several("access_offered")
        return Mentor(
            **shared,
            access_offered=offered or None,
            skills=row.several("skills"),
            characteristics=row.several("characteristics"),
            choices=row.ids("choices"),
            places=row.number_of("places", places, least=0, most=99) or 0,
            let_down=row.yes("let_down", False),
        )

    return tuple(_read(octets, file, mentor, skip="do you want to sign up as a mentor"))


def read_mentees(octets: bytes, file: str = "mentees.csv") -> tuple[Mentee, ...]:
    """The mentees of a file. Raises BadFile."""

    def mentee(row: _Cells, shared: dict[str, Any]) -> Mentee:
        wanted = row.several("background_wanted")
        history = [
            Earlier(mentor=name, ended=ended)
            for column, ended in (
                ("completed_with", Ended.COMPLETED),
                ("go_on_with", Ended.GO_ON),
                ("ended_badly_with", Ended.BADLY),
            )
            for name in row.ids(column)
        ]
        return Mentee(
            **shared,
            access_needs=row.several("access_needs"),
            skills_wanted=row.several("skills_wanted"),
            wants_gap=row.number_of("wants_gap", None, least=-20, most=20),
            background_wanted=wanted if row.yes("same_background", True) else (),
            choices=row.ids("choices"),
            history=tuple(history),
            waited_before=row.yes("waited_before", False),
        )

    return tuple(_read(octets, file, mentee, skip="do you want to sign up as a mentee"))


def _read(octets: bytes, file: str, make: Callable[[_Cells, dict[str, Any]], Any], *, skip: str) -> list[Any]:
    rows = table(octets, file)
    heading = [plain(cell) for cell in rows[0]]
    where = {name: _column(heading, called) for name, called in COLUMNS.items()}
    signs_up = _column(heading, (skip,))
    if where["id"] is None and where["address"] is None:
        raise BadFile({"file": f"{file}, row 1: a column must be called “email address” or “id”."})
    errors: dict[str, str] = {}
    found: list[Any] = []
    first_at: dict[str, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if signs_up is not None and signs_up < len(cells) and plain(cells[signs_up]) in _NO:
            continue
        there = {
            name: (rows[0][place].strip(), cells[place].strip() if place < len(cells) else "")
            for name, place in where.items()
            if place is not None
        }
        row = _Cells(file, number, there, errors)
        known = (row.text("id") or row.text("address")).casefold()
        if not known:
            row.wrong("id" if where["address"] is None else "address", "is empty. Everybody needs one.")
        elif known in first_at:
            row.wrong("id" if row.text("id") else "address", f"the same as in row {first_at[known]}. Keep one of them.")
        first_at.setdefault(known, number)
        found.append(make(row, _shared(row, known)))
    if errors:
        raise BadFile(errors)
    if not found:
        raise BadFile({"file": f"{file} has a heading and nobody below it."})
    return found


def _shared(row: _Cells, known: str) -> dict[str, Any]:
    return {
        "id": known,
        "name": row.text("name") or f"{row.text('first')} {row.text('last')}".strip(),
        "organisation": row.text("organisation"),
        "organisation_group": row.text("organisation_group"),
        "grade": row.grade(),
        "role": row.text("role"),
        "profession": row.text("profession"),
        "region": row.text("region"),
        "formats": row.formats(),
        "languages": row.several("languages"),
        "line": row.ids("line"),
        "not_these": row.ids("not_these"),
        "opted_in": row.yes("opted_in", True),
    }


def _column(heading: list[str], called: tuple[str, ...]) -> int | None:
    """The column of one of these names; a long question counts by how it begins."""
    for name in called:
        for place, there in enumerate(heading):
            if there == name or (len(name) > 20 and there.startswith(name)):
                return place
    return None


def table(octets: bytes, file: str) -> list[list[str]]:
    """The rows of a CSV file, the heading first. Raises BadFile."""
    if len(octets) > LARGEST_FILE:
        raise BadFile({"file": f"{file} is larger than 10 MB. Split it into smaller ones."})
    text = decoded(octets)
    if "\0" in text:
        raise BadFile({"file": f"{file} is not a CSV file. Save the spreadsheet as CSV and choose that file."})
    delimiter = max(",;\t", key=text.lstrip().split("\n", 1)[0].count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if rows or any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error:
        told = "look there for a quotation mark that is not closed, or a very long cell."
        raise BadFile({"file": f"{file} cannot be read after row {len(rows)}: {told}"}) from None
    if not rows:
        raise BadFile({"file": f"{file} is empty. Its first row must name the columns."})
    return rows


def decoded(octets: bytes) -> str:
    """The text of a file that does not say its encoding."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    if octets[1:2] == b"\0" and octets[3:4] == b"\0":
        return octets.decode("utf-16-le", "replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def read_json(octets: bytes, file: str, kind: Any) -> Any:
    """A JSON file of this shape. Raises BadFile."""
    try:
        return msgspec.json.decode(octets, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFile({"file": f"{file} cannot be used: {error}"}) from None
