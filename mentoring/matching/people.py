"""Mentors and mentees as the matching sees them: answers, and nothing else about a person.

An answer that was not given is ``None`` or empty. It neither bars a pair nor gives it points. Ids are the caller's, one
per person: who is mentor and mentee at once has the same id on both sides and is never paired with themself.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from academy.errors import DomainError


class BadPool(DomainError):
    """The people cannot be matched as they were given."""

    status = 422


class Format(StrEnum):
    VIRTUAL = "virtual"
    IN_PERSON = "in_person"


class Ended(StrEnum):
    """How an earlier pairing of the two ended."""

    COMPLETED = "completed"
    GO_ON = "go_on"
    """Both would like to continue."""
    BADLY = "badly"


class Earlier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An earlier pairing with this mentor."""

    mentor: str
    ended: Ended


class Pair(msgspec.Struct, frozen=True, order=True, gc=False):
    """One mentor and one mentee, by their ids."""

    mentor: str
    mentee: str


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is asked of both sides."""

    id: str
    name: str = ""
    """For sentences; it decides nothing."""
    organisation: str = ""
    organisation_group: str = ""
    """A family of organisations that a scheme treats as one, such as a combined authority."""
    grade: int | None = None
    role: str = ""
    profession: str = ""
    region: str = ""
    formats: tuple[Format, ...] = ()
    languages: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    """Ids of the people above this person in the line of management."""
    not_these: tuple[str, ...] = ()
    """Ids of people whom this person does not want to be paired with, said in confidence."""
    opted_in: bool = True


class Mentor(Person, frozen=True, kw_only=True):
    access_offered: tuple[str, ...] | None = None
    """Access needs that this mentor can meet; ``()`` when they said that they can meet none."""
    skills: tuple[str, ...] = ()
    characteristics: tuple[str, ...] = ()
    """Given by the mentor for matching only; they count only where a mentee asked for them."""
    choices: tuple[str, ...] = ()
    """Ids of mentees whom this mentor would like."""
    places: int = 1
    """How many mentees they can take now; 0 while they pause."""
    let_down: bool = False
    """Left by a mentee, and without one since: first among equals."""


class Mentee(Person, frozen=True, kw_only=True):
    access_needs: tuple[str, ...] = ()
    skills_wanted: tuple[str, ...] = ()
    """The most wanted first."""
    wants_gap: int | None = None
    """How many grades above their own they would like their mentor to be."""
    background_wanted: tuple[str, ...] = ()
    """Characteristics that this mentee would like a mentor to share with them; any one of them will do."""
    choices: tuple[str, ...] = ()
    """Ids of mentors, the first choice first; five at most count."""
    history: tuple[Earlier, ...] = ()
    waited_before: bool = False
    """Left without a mentor in an earlier round, or let down by one: served first."""


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who takes part."""

    mentors: tuple[Mentor, ...]
    mentees: tuple[Mentee, ...]

    def in_order(self) -> Pool:
        """The same people sorted by id, so that the order of rows decides nothing. Raises BadPool."""
        for side, people in (("mentors", self.mentors), ("mentees", self.mentees)):
            seen: set[str] = set()
            for one in people:
                if one.id in seen:
                    raise BadPool(f"{one.name or one.id} stands among the {side} twice. Keep one of the two.")
                seen.add(one.id)
        return Pool(
            mentors=tuple(sorted(self.mentors, key=_id)),
            mentees=tuple(sorted(self.mentees, key=_id)),
        )


def _id(one: Person) -> str:
    return one.id


def plain(text: str) -> str:
    """A word as it is compared: without capitals and doubled spaces. Whole answers are compared, never parts."""
    return " ".join(text.split()).casefold()


def plain_set(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain(text) for text in texts if text.strip())
