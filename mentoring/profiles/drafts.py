"""A row of somebody's list becomes a profile, with a note for each cell that could not be understood. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from academy.errors import DomainError
from academy.people.rules import check_address, check_name, normalise
from academy.web.forms import unusable
from academy.web.sheets import Row
from mentoring.matching.people import Format, plain
from mentoring.profiles import options
from mentoring.profiles.answers import (
    MOST_CAPACITY,
    MOST_SKILLS_WANTED,
    MenteeAnswers,
    MentorAnswers,
    Told,
)
from mentoring.profiles.columns import Mapping
from mentoring.profiles.tables import Side

YES = {"yes", "y", "true", "1", "x"}
NO = {"", "no", "n", "false", "0"}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who will be imported."""

    number: int
    """Of the row, as the spreadsheet shows it."""
    name: str
    address: str
    key: str
    """The address as it is compared."""
    organisation_name: str
    answers: MentorAnswers | MenteeAnswers
    capacity: int = 1
    told: tuple[Told, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out, and why."""


class Skipped(msgspec.Struct, frozen=True):
    """A row that is not imported."""

    number: int
    who: str
    reason: str


class _Cells:
    """One row by the fields of its columns, and the notes about it."""

    def __init__(self, row: Row, mapping: Mapping) -> None:
        self._values = {key: row.cells[at] if at < len(row.cells) else "" for at, key in mapping.items()}
        self.notes: list[str] = []

    def text(self, key: str, most: int) -> str:
        """On one line and at most so long; what cannot be written is left out."""
        value = _usable(" ".join(self._values.get(key, "").split()))
        if len(value) > most:
            self.notes.append(f"{key.replace('_', ' ').capitalize()} is cut after {most} characters.")
            value = value[:most].rstrip()
        return value

    def lines(self, key: str, most: int) -> str:
        value = _usable(self._values.get(key, "").replace("\r\n", "\n").replace("\r", "\n")).strip()
        if len(value) > most:
            self.notes.append(f"{key.replace('_', ' ').capitalize()} is cut after {most} characters.")
            value = value[:most].rstrip()
        return value

    def several(self, key: str, most: int = 40) -> list[str]:
        parts = (" ".join(part.split()) for part in re.split(r"[,;\n|]", self.lines(key, 4000)))
        return [part[:80] for part in dict.fromkeys(parts) if part][:most]

    def known(self, key: str, find: Callable[[str], Any], words: str) -> Any:
        typed = self.text(key, 80)
        if not typed:
            return None
        found = find(typed)
        if found in (None, ""):
            self.notes.append(f"{words} “{typed}” is not known, so it is left out.")
            return None
        return found

    def number(self, key: str, low: int, high: int, words: str) -> int | None:
        typed = self.text(key, 12)
        if not typed:
            return None
        if not re.fullmatch(r"\d{1,3}", typed) or not low <= int(typed) <= high:
            self.notes.append(f"{words} “{typed}” is not a number from {low} to {high}, so it is left out.")
            return None
        return int(typed)


def _usable(value: str) -> str:
    """Without what cannot be written."""
    return "".join(sign for sign in value if not unusable(sign)) if unusable(value) else value


def read_rows(
    rows: Sequence[Row], mapping: Mapping, side: Side, told: Callable[[float], None] | None = None
) -> tuple[list[Draft], list[Skipped]]:
    """Everybody in the rows (without the heading), and who is left out. The same address counts once: its first row.

    ``told`` hears how far it is, from 0 to 1.
    """
    drafts: list[Draft] = []
    skipped: list[Skipped] = []
    first: dict[str, int] = {}
    for at, row in enumerate(rows):
        if told is not None and at % 500 == 0:
            told(at / len(rows))
        found = read_row(row, mapping, side)
        if isinstance(found, Skipped):
            skipped.append(found)
        elif found.key in first:
            skipped.append(Skipped(row.number, found.name, f"The address stands in row {first[found.key]} already."))
        else:
            first[found.key] = row.number
            drafts.append(found)
    return drafts, skipped


def read_row(row: Row, mapping: Mapping, side: Side) -> Draft | Skipped:
    """One row. Without a usable name and address it cannot be imported; any other cell can be missing or wrong."""
    cells = _Cells(row, mapping)
    name = cells.text("name", 500) or f"{cells.text('first_name', 250)} {cells.text('last_name', 250)}".strip()
    typed = cells.text("email", 500)
    who = name[:120] or typed[:120]
    takes_part = "takes_part" if side is Side.MENTOR else "takes_part_as_mentee"
    if takes_part in mapping.values() and plain(cells.text(takes_part, 80)) in NO:
        return Skipped(row.number, who, f"They do not take part as a {side.value}.")
    if "agrees" in mapping.values() and plain(cells.text("agrees", 80)) in NO:
        return Skipped(row.number, who, "They did not agree to the use of their answers.")
    if not typed:
        return Skipped(row.number, who, "The email address is missing.")
    try:
        address, key = check_address(typed), normalise(typed)
    except DomainError:
        return Skipped(row.number, who, f"“{typed[:80]}” is not an email address.")
    try:
        name = check_name(name)
    except DomainError as error:
        return Skipped(row.number, who, f"The name is missing or cannot be used: {error.message}")
    answers, told = (_mentor if side is Side.MENTOR else _mentee)(cells)
    return Draft(
        number=row.number,
        name=name,
        address=address,
        key=key,
        organisation_name=cells.text("organisation", 200),
        answers=answers,
        capacity=(cells.number("capacity", 1, MOST_CAPACITY, "The number of mentees") or 1),
        told=told,
        notes=tuple(cells.notes),
    )


def _both(cells: _Cells) -> dict[str, Any]:
    profession = cells.text("profession", 80)
    return {
        "grade": cells.known("grade", options.grade_named, "The grade"),
        "job_title": cells.text("job_title", 160),
        "profession": next((each for each in options.PROFESSIONS if plain(each) == plain(profession)), profession),
        "region": cells.known("region", options.region_named, "The region") or "",
        "formats": cells.known("formats", _formats, "The way to meet") or (),
        "languages": tuple(options.key_of(options.LANGUAGES, part) or part for part in cells.several("languages")),
        "biography": cells.lines("biography", 2000),
    }


def _mentor(cells: _Cells) -> tuple[MentorAnswers, tuple[Told, ...]]:
    access = tuple(options.key_of(options.ACCESS, part) or part for part in cells.several("access_offered"))
    return MentorAnswers(
        **_both(cells),
        access_offered=access or None,
        skills=tuple(options.key_of(options.SKILLS, part) or part for part in cells.several("skills")),
    ), _told(cells.several("characteristics"))


def _mentee(cells: _Cells) -> tuple[MenteeAnswers, tuple[Told, ...]]:
    wishes = plain(cells.text("similar", 80)) not in NO
    told = _told(cells.several("identity")) if wishes else ()
    skills = [options.key_of(options.SKILLS, part) or part for part in cells.several("skills_wanted")]
    if len(skills) > MOST_SKILLS_WANTED:
        cells.notes.append(f"Only the first {MOST_SKILLS_WANTED} skills count.")
    return MenteeAnswers(
        **_both(cells),
        access_needs=tuple(options.key_of(options.ACCESS, part) or part for part in cells.several("access_needs")),
        skills_wanted=tuple(skills[:MOST_SKILLS_WANTED]),
        wants_gap=cells.number("wants_gap", 1, 9, "The number of levels"),
        goals=cells.lines("goals", 2000),
        same_background=tuple(each.question for each in told),
    ), told


def _formats(typed: str) -> tuple[Format, ...]:
    text = plain(typed)
    if any(word in text for word in ("both", "either", "hybrid", "any")):
        return (Format.VIRTUAL, Format.IN_PERSON)
    return tuple(
        kind
        for kind, signs in (
            (Format.VIRTUAL, ("virtual", "online", "remote", "teams", "video")),
            (Format.IN_PERSON, ("person", "face")),
        )
        if any(sign in text for sign in signs)
    )


_COMMON = {
    "female": ("gender", "woman"),
    "women": ("gender", "woman"),
    "male": ("gender", "man"),
    "men": ("gender", "man"),
    "asian": ("ethnic_group", "asian"),
    "black": ("ethnic_group", "black"),
    "white": ("ethnic_group", "white"),
    "mixed": ("ethnic_group", "mixed"),
    "disabled": ("disability", "yes"),
    "disability": ("disability", "yes"),
    "lgbt": ("lgbtq", "yes"),
    "lgbtq": ("lgbtq", "yes"),
    "lgbt+": ("lgbtq", "yes"),
    "lgbtq+": ("lgbtq", "yes"),
    "lgbtqia+": ("lgbtq", "yes"),
    "carer": ("caring", "yes"),
    "parent": ("caring", "yes"),
}


def characteristic_named(typed: str) -> tuple[str, str] | None:
    """The question and answer that a word in a list means; none for what we have no question for."""
    for question, _, answers in options.QUESTIONS:
        if question in ("gender", "ethnic_group") and (found := options.key_of(answers, typed)):
            return question, found
    return _COMMON.get(plain(typed))


def _told(parts: Sequence[str]) -> tuple[Told, ...]:
    """One answer for each question; what there is no question for stays in their own words."""
    found: dict[str, str] = {}
    own: list[str] = []
    for part in parts:
        if plain(part) in ("prefer not to say", "none", "n/a", "na"):
            continue
        known = characteristic_named(part)
        if known is not None and known[0] not in found:
            found[known[0]] = known[1]
        else:
            own.append(part)
    if own:
        found[options.OWN_WORDS] = ", ".join(own)[:80].rstrip(", ")
    return tuple(Told(question=question, answer=answer, for_matching=True) for question, answer in found.items())
