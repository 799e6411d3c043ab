"""What the columns of somebody's list of mentors or mentees mean: guessed, then confirmed. Pure.

The lists of the civil service's mentoring scheme and the headings of its sign-up form are known by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from mentoring.profiles.tables import Side

MENTOR, MENTEE = Side.MENTOR, Side.MENTEE


class Field(msgspec.Struct, frozen=True):
    """Something that a column can hold."""

    key: str
    words: str
    headings: tuple[str, ...]
    """What lists call it, without capitals and marks."""
    parts: tuple[str, ...] = ()
    """Words in a long heading, such as a question of a form, that give it away."""
    sides: tuple[Side, ...] = (MENTOR, MENTEE)


FIELDS: tuple[Field, ...] = (
    Field("name", "Full name", ("name", "full name", "your name", "your full name")),
    Field("first_name", "First name", ("first name", "firstname", "forename", "given name"), ("first name",)),
    Field("last_name", "Last name", ("last name", "lastname", "surname", "family name"), ("last name", "surname")),
    Field("email", "Email address", ("email", "email address", "e mail", "work email"), ("email address",)),
    Field("job_title", "Job title", ("job title", "role", "job", "title", "position"), ("job title", "job role")),
    Field("grade", "Grade", ("grade", "level", "pay grade"), ("your grade",)),
    Field(
        "organisation",
        "Organisation",
        ("organisation", "organization", "employer", "council", "department", "company"),
        ("department or agency", "your organisation", "your department", "your council"),
    ),
    Field("profession", "Profession", ("profession", "professional area", "service area"), ("your profession",)),
    Field("region", "Region", ("region", "location", "area"), ("your region",)),
    Field("formats", "How they can meet", ("format", "formats", "meeting format", "how to meet")),
    Field("languages", "Languages", ("language", "languages")),
    Field("access_offered", "Access they can offer", ("access", "access offered"), sides=(MENTOR,)),
    Field("access_needs", "Access needs", ("access", "access needs", "access requirements"), sides=(MENTEE,)),
    Field(
        "skills", "Skills offered", ("skills", "skills offered", "expertise", "can help with"), ("offer",), (MENTOR,)
    ),
    Field(
        "skills_wanted",
        "Skills wanted, the most wanted first",
        ("skills", "skills wanted", "development areas", "wants help with"),
        sides=(MENTEE,),
    ),
    Field("goals", "Goals", ("goals", "goal", "objectives", "aims"), ("hope to", "would you like to"), (MENTEE,)),
    Field("wants_gap", "Levels above them wanted", ("wanted grade gap", "grade gap"), sides=(MENTEE,)),
    Field(
        "capacity", "How many mentees", ("capacity", "places", "number of mentees"), ("how many mentees",), (MENTOR,)
    ),
    Field("biography", "Biography", ("biography", "bio", "about", "about me"), ("biography", "about yourself")),
    Field(
        "characteristics",
        "Characteristics, for matching",
        ("characteristics", "identity", "identities"),
        sides=(MENTOR,),
    ),
    Field(
        "similar",
        "Wants a similar identity (yes or no)",
        ("match with similar identity", "similar identity"),
        sides=(MENTEE,),
    ),
    Field("identity", "Identity to match", ("identity to match", "identity"), sides=(MENTEE,)),
    Field(
        "takes_part",
        "Takes part: only rows with yes count",
        ("sign up as a mentor", "mentor"),
        ("do you want to sign up as a mentor",),
        (MENTOR,),
    ),
    Field(
        "takes_part_as_mentee",
        "Takes part: only rows with yes count",
        ("sign up as a mentee", "mentee"),
        ("do you want to sign up as a mentee",),
        (MENTEE,),
    ),
    Field(
        "agrees",
        "Agreed to the use of their answers: only rows with yes count",
        ("consent", "agreed", "agreement"),
        ("do you agree", "do you consent", "agree to us using"),
    ),
)

IGNORED = ("timestamp", "both mentor and mentee", "id", "start time", "completion time")
"""Columns that the known lists have and nobody needs."""

_CIVIL_SERVICE = {
    "first name",
    "last name",
    "email address",
    "both mentor and mentee",
    "job title",
    "grade",
    "organisation",
    "profession",
    "biography",
}
_LISTS = {
    MENTOR: _CIVIL_SERVICE | {"characteristics"},
    MENTEE: _CIVIL_SERVICE | {"match with similar identity", "identity to match"},
}

Mapping = dict[int, str]
"""The key of the field of each column that counts, by its place from 0."""


def plain_heading(heading: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", heading.replace("_", " ")).split()).casefold()


def fields_of(side: Side) -> list[Field]:
    return [field for field in FIELDS if side in field.sides]


def guess(headings: Sequence[str], side: Side) -> Mapping:
    """The likely field of each column; a field stands for one column only, the first that fits best."""
    plain = [plain_heading(heading) for heading in headings]
    found: Mapping = {}
    for field in fields_of(side):
        for wanted in field.headings:
            if wanted in plain and (at := plain.index(wanted)) not in found:
                found[at] = field.key
                break
    for field in fields_of(side):
        if field.key in found.values():
            continue
        for at, heading in enumerate(plain):
            if at not in found and heading not in IGNORED and any(part in heading for part in field.parts):
                found[at] = field.key
                break
    if "first_name" in found.values() and "last_name" in found.values():
        found = {at: key for at, key in found.items() if key != "name"}
    return dict(sorted(found.items()))


def is_known_list(headings: Sequence[str], side: Side) -> bool:
    """Whether this is the civil service's list of that side, in which every column is known."""
    return {plain_heading(heading) for heading in headings if heading} == _LISTS[side]


def likely_side(headings: Sequence[str]) -> Side | None:
    """Whose list it is, where its columns tell."""
    plain = {plain_heading(heading) for heading in headings}
    asked = [side for side in (MENTOR, MENTEE) if any(f"sign up as a {side.value}" in each for each in plain)]
    if len(asked) == 1:
        return asked[0]
    if plain & {"match with similar identity", "identity to match", "skills wanted", "wanted grade gap"}:
        return MENTEE
    if plain & {"characteristics", "skills offered", "capacity", "number of mentees"}:
        return MENTOR
    return None


def why_not_usable(mapping: Mapping) -> dict[str, str]:
    """What a mapping lacks, by the control of the page that would put it right."""
    keys = list(mapping.values())
    errors: dict[str, str] = {}
    twice = next((key for key in keys if keys.count(key) > 1), "")
    if twice:
        words = next(field.words for field in FIELDS if field.key == twice)
        second = [at for at, key in mapping.items() if key == twice][1]
        errors[f"column-{second}"] = f"“{words}” stands for two columns. Choose it for one of them."
    if "email" not in keys:
        errors["column-0"] = "Choose the column with the email address: people are recognised by it."
    elif "name" not in keys and not {"first_name", "last_name"} & set(keys):
        errors["column-0"] = "Choose the column with the name."
    return errors
