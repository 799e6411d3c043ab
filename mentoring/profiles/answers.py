"""What mentors and mentees answer, each in one struct that is stored as JSON. No answer is needed to be matched.

Keys are those of ``options``; texts that came with an import and are in no list (a profession, a job title) are kept
as they were. Characteristics stand apart, in ``EqualityAnswer``.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from mentoring.matching.people import Format

MOST_CHOICES = 5
MOST_SKILLS_WANTED = 5
MOST_CAPACITY = 10


class _Answers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    grade: int | None = None
    """1 to 10, see ``options.GRADES``."""
    job_title: str = ""
    profession: str = ""
    region: str = ""
    formats: tuple[Format, ...] = ()
    languages: tuple[str, ...] = ()
    biography: str = ""
    """Read by those of the other side: mentees who choose, and both of a pair."""


class MentorAnswers(_Answers, frozen=True, kw_only=True, omit_defaults=True):
    access_offered: tuple[str, ...] | None = None
    """What they can offer; ``()`` says that they can offer none of it, ``None`` that they did not answer."""
    skills: tuple[str, ...] = ()


class MenteeAnswers(_Answers, frozen=True, kw_only=True, omit_defaults=True):
    access_needs: tuple[str, ...] = ()
    """Read by coordinators, and by the mentor once the two are a pair."""
    skills_wanted: tuple[str, ...] = ()
    """The most wanted first, five at most."""
    wants_gap: int | None = None
    goals: str = ""
    same_background: tuple[str, ...] = ()
    """The characteristics in which they would like a mentor like themselves: keys of ``options.QUESTIONS``."""


A = TypeVar("A", MentorAnswers, MenteeAnswers)

_mentor = msgspec.json.Decoder(MentorAnswers)
_mentee = msgspec.json.Decoder(MenteeAnswers)


def as_json(answers: MentorAnswers | MenteeAnswers) -> str:
    return msgspec.json.encode(answers).decode()


def mentor_answers(stored: str) -> MentorAnswers:
    return _mentor.decode(stored)


def mentee_answers(stored: str) -> MenteeAnswers:
    return _mentee.decode(stored)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A characteristic that somebody tells of themself."""

    question: str
    answer: str
    for_matching: bool = False
