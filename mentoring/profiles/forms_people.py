"""What mentors and mentees type about themselves, and coordinators about them. Nothing of it is required."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from academy.web.forms import Fields, Reader
from mentoring.matching.people import Format
from mentoring.profiles import options
from mentoring.profiles.answers import (
    MOST_CAPACITY,
    MOST_CHOICES,
    MOST_SKILLS_WANTED,
    MenteeAnswers,
    MentorAnswers,
    Told,
)
from mentoring.profiles.tables import Side

MOST_NAMED = 3
"""Mentees whom a mentor can name."""
LISTS = ("skills", "formats", "languages", "access", "same_background")
_ORDER = (
    "capacity",
    *(f"skill_{rank}" for rank in range(1, MOST_SKILLS_WANTED + 1)),
    "goals",
    *(f"choice_{rank}" for rank in range(1, MOST_CHOICES + 1)),
    "skills",
    "biography",
    "grade",
    "wants_gap",
    "job_title",
    "profession",
    "region",
    "formats",
    "languages",
    "access",
    "not_this",
    "same_background",
)


class MentorForm(msgspec.Struct, frozen=True, kw_only=True):
    """A mentor's page as sent. ``told`` is None where the questions were not on it."""

    answers: MentorAnswers
    capacity: int
    told: tuple[Told, ...] | None
    named: tuple[str, ...]
    """E-mail addresses of mentees whom they would like."""
    not_this: str
    """The e-mail address of somebody with whom they do not want to be paired."""


class MenteeForm(msgspec.Struct, frozen=True, kw_only=True):
    """A mentee's page as sent."""

    answers: MenteeAnswers
    told: tuple[Told, ...] | None
    choices: tuple[UUID, ...]
    not_this: UUID | None


def read_mentor(fields: Fields, *, former: MentorAnswers, own: bool) -> MentorForm:
    """``former`` answers that are in no list of ours stay possible; ``own`` is false for a coordinator's page, which
    has no questions about the person. Raises Invalid with every error at once."""
    reader = Reader(fields)
    capacity = reader.whole(
        "capacity", "Enter how many mentees you can take.", low=1, high=MOST_CAPACITY, what="number of mentees"
    )
    access = _several(reader, "access", _keys(options.ACCESS), former.access_offered or (), more=(options.NO_ACCESS,))
    answers = MentorAnswers(
        **_both(reader, former),
        access_offered=() if options.NO_ACCESS in access else (access or None),
        skills=_several(reader, "skills", _keys(options.SKILLS), former.skills),
    )
    form = MentorForm(
        answers=answers,
        capacity=capacity or 1,
        told=_told(reader) if own else None,
        named=tuple(
            dict.fromkeys(
                each for rank in range(1, MOST_NAMED + 1) if (each := reader.email(f"choice_{rank}", "")) and own
            )
        ),
        not_this=reader.email("not_this", "") if own else "",
    )
    _done(reader)
    return form


def read_mentee(
    fields: Fields, *, former: MenteeAnswers, known: Mapping[str, Told], mentors: Iterable[UUID], own: bool
) -> MenteeForm:
    """``mentors`` are those that can be chosen, ``known`` what the person told before."""
    reader = Reader(fields)
    there = set(mentors)
    skills: list[str] = []
    allowed = {*_keys(options.SKILLS), *former.skills_wanted}
    for rank in range(1, MOST_SKILLS_WANTED + 1):
        skill = reader.one_of(f"skill_{rank}", ("", *allowed), "Choose a skill from the list.")
        if skill and skill in skills:
            reader.wrong(f"skill_{rank}", "This skill stands above already. Choose another one, or none.")
        elif skill:
            skills.append(skill)
    choices: list[UUID] = []
    for rank in range(1, MOST_CHOICES + 1) if own else ():
        chosen = _from_list(reader, f"choice_{rank}", there)
        if chosen in choices:
            reader.wrong(f"choice_{rank}", "This mentor stands above already. Choose another one, or none.")
        elif chosen:
            choices.append(chosen)
    not_this = _from_list(reader, "not_this", there) if own else None
    if not_this and not_this in choices:
        reader.wrong("not_this", "You have chosen this mentor above. Take them out in one of the two places.")
    questions = (*(key for key, _, _ in options.QUESTIONS), options.OWN_WORDS)
    same = _several(reader, "same_background", questions, former.same_background)
    answers = MenteeAnswers(
        **_both(reader, former),
        access_needs=_several(reader, "access", _keys(options.ACCESS), former.access_needs),
        skills_wanted=tuple(skills),
        wants_gap=_number(reader, "wants_gap", [gap for gap, _ in options.GAPS]),
        goals=reader.text("goals", most=2000, lines=True, label="The text"),
        same_background=same if own else former.same_background,
    )
    told = _told(reader, known=known) if own else None
    if told is not None:
        for question in same:
            if not any(each.question == question for each in told):
                words = options.question_words(question).lower()
                reader.wrong("same_background", f"Answer the question about {words} as well: we compare the two.")
    form = MenteeForm(answers=answers, told=told, choices=tuple(choices), not_this=not_this)
    _done(reader)
    return form


def paused_until(fields: Fields, *, missing: str, today: date) -> date | None:
    """The day on which a mentor is back; None ends a pause. ``missing`` asks for it. Raises Invalid."""
    if fields.get("do") == "end":
        return None
    reader = Reader(fields)
    until = reader.day("paused_until", missing)
    if until and until <= today:
        reader.wrong("paused_until", "Enter a day in the future.")
    reader.done()
    return until


def reason(fields: Fields) -> str:
    """Why somebody withdraws; may be empty. Raises Invalid."""
    reader = Reader(fields)
    told = reader.text("reason", most=300, lines=True, label="The reason")
    reader.done()
    return told


def _done(reader: Reader) -> None:
    reader.errors = {name: reader.errors[name] for name in (*_ORDER, *reader.errors) if name in reader.errors}
    reader.done()


def _both(reader: Reader, former: MentorAnswers | MenteeAnswers) -> dict[str, Any]:
    return {
        "grade": _number(reader, "grade", [number for number, _ in options.GRADES]),
        "job_title": reader.text("job_title", most=160, label="The job title"),
        "profession": reader.one_of(
            "profession", ("", *options.PROFESSIONS, former.profession), "Choose a profession from the list."
        ),
        "region": reader.one_of("region", ("", *options.REGIONS, former.region), "Choose a region from the list."),
        "formats": tuple(Format(each) for each in _several(reader, "formats", [kind.value for kind in Format], ())),
        "languages": _several(reader, "languages", _keys(options.LANGUAGES), former.languages),
        "biography": reader.text("biography", most=2000, lines=True, label="The text"),
    }


def _keys(listed: options.Options) -> list[str]:
    return [key for key, _ in listed]


def _number(reader: Reader, name: str, allowed: Sequence[int]) -> int | None:
    typed = reader.one_of(name, ("", *(str(number) for number in allowed)), "Choose one from the list.")
    return int(typed) if typed else None


def _several(
    reader: Reader, name: str, allowed: Sequence[str], former: Sequence[str], more: Sequence[str] = ()
) -> tuple[str, ...]:
    sent = reader.fields.all(name) if isinstance(reader.fields, Fields) else []
    if unknown := [each for each in sent if each not in {*allowed, *former, *more}]:
        reader.wrong(name, "Choose from the list.")
    return tuple(dict.fromkeys(each for each in sent if each not in unknown))


def _from_list(reader: Reader, name: str, allowed: set[UUID]) -> UUID | None:
    found = reader.uuid(name)
    if found is not None and found not in allowed:
        reader.wrong(name, "Choose a mentor from the list.")
        return None
    return found


def _told(reader: Reader, *, known: Mapping[str, Told] | None = None) -> tuple[Told, ...]:
    """A mentor's page says whether the answers may be used for matching; a mentee's leaves what was said there."""

    def told(question: str, answer: str) -> Told:
        before = (known or {}).get(question)
        agreed = reader.yes("for_matching") if known is None else before is not None and before.for_matching
        return Told(question=question, answer=answer, for_matching=agreed)

    found = []
    for question, _, answers in options.QUESTIONS:
        answer = reader.one_of(f"told_{question}", ("", *_keys(answers)), "Choose an answer from the list.")
        if answer:
            found.append(told(question, answer))
    if own := reader.text(f"told_{options.OWN_WORDS}", most=80, label="The text"):
        found.append(told(options.OWN_WORDS, own))
    return tuple(found)


# ------------------------------------------------------- what the page shows
def typed_mentor(
    answers: MentorAnswers, *, capacity: int, told: Mapping[str, Told], named: Sequence[str] = ()
) -> dict[str, Any]:
    """The fields of a mentor's page before anybody types."""
    access = (options.NO_ACCESS,) if answers.access_offered == () else (answers.access_offered or ())
    return {
        **_typed_both(answers, told),
        "capacity": str(capacity),
        "skills": list(answers.skills),
        "access": list(access),
        "for_matching": "yes" if any(each.for_matching for each in told.values()) else "",
        **{f"choice_{rank}": _at(named, rank) for rank in range(1, MOST_NAMED + 1)},
    }


def typed_mentee(answers: MenteeAnswers, *, told: Mapping[str, Told], choices: Sequence[UUID] = ()) -> dict[str, Any]:
    """The fields of a mentee's page before anybody types."""
    return {
        **_typed_both(answers, told),
        "goals": answers.goals,
        "wants_gap": str(answers.wants_gap or ""),
        "access": list(answers.access_needs),
        "same_background": list(answers.same_background),
        **{f"skill_{rank}": _at(answers.skills_wanted, rank) for rank in range(1, MOST_SKILLS_WANTED + 1)},
        **{f"choice_{rank}": str(_at(choices, rank)) for rank in range(1, MOST_CHOICES + 1)},
    }


def _typed_both(answers: MentorAnswers | MenteeAnswers, told: Mapping[str, Told]) -> dict[str, Any]:
    questions = (*(key for key, _, _ in options.QUESTIONS), options.OWN_WORDS)
    return {
        "grade": str(answers.grade or ""),
        "job_title": answers.job_title,
        "profession": answers.profession,
        "region": answers.region,
        "formats": [kind.value for kind in answers.formats],
        "languages": list(answers.languages),
        "biography": answers.biography,
        "not_this": "",
        **{f"told_{question}": told[question].answer if question in told else "" for question in questions},
    }


def _at(values: Sequence[Any], rank: int) -> Any:
    return values[rank - 1] if rank <= len(values) else ""


def kept(typed: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """The same with what was sent, so that nobody types anything twice."""
    return {
        name: fields.all(name) if name in LISTS else fields.get(name, "" if name == "for_matching" else value)
        for name, value in typed.items()
    }


def choices_for(side: Side, answers: MentorAnswers | MenteeAnswers) -> dict[str, Any]:
    """What the page chooses from; answers that came with an import and are in no list of ours stay on it."""
    skills = answers.skills if isinstance(answers, MentorAnswers) else answers.skills_wanted
    access = answers.access_offered if isinstance(answers, MentorAnswers) else answers.access_needs
    none = [(options.NO_ACCESS, "None of these")] if side is Side.MENTOR else []
    return {
        "grades": [("", "Not said"), *options.GRADES],
        "gaps": [("", "No preference"), *options.GAPS],
        "professions": [("", "Not said"), *((each, each) for each in _and(options.PROFESSIONS, [answers.profession]))],
        "regions": [("", "Not said"), *((each, each) for each in _and(options.REGIONS, [answers.region]))],
        "formats": options.FORMATS,
        "languages": _and_pairs(options.LANGUAGES, answers.languages),
        "access": [*_and_pairs(options.ACCESS, access or ()), *none],
        "skills": _and_pairs(options.SKILLS, skills),
        "questions": options.QUESTIONS,
        "same": [*((key, text) for key, text, _ in options.QUESTIONS), (options.OWN_WORDS, "What I wrote myself")],
    }


def _and(listed: Sequence[str], more: Sequence[str]) -> list[str]:
    return [*listed, *(each for each in more if each and each not in listed)]


def _and_pairs(listed: options.Options, more: Sequence[str]) -> list[tuple[str, str]]:
    there = _keys(listed)
    return [*listed, *((each, each) for each in more if each not in there)]
