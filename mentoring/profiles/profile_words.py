"""Profiles in words, for lists and pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from academy.invites.times import uk_date, utc_to_local
from mentoring.profiles import options, rules
from mentoring.profiles.queries import MenteeView, MentorView, OwnProfile
from mentoring.profiles.tables import MentorStatus, PoolStatus, ProfileSource

SOURCES = {
    ProfileSource.SELF: "Signed up",
    ProfileSource.COORDINATOR: "Added",
    ProfileSource.IMPORT: "Imported",
    ProfileSource.ALUMNI: "Alumni",
}
STATES = {
    "active": ("Takes part", "green"),
    "paused": ("Paused", "yellow"),
    "no_match_found": ("No match found", "orange"),
    "waiting_rematch": ("Waits for another mentor", "orange"),
    "withdrawn": ("Withdrawn", "grey"),
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of either list, in words."""

    person: UUID
    name: str
    address: str
    organisation: str
    job_title: str
    grade: int | None
    profession: str
    region: str
    skills: str
    places: int
    state: str
    state_note: str
    source: str
    signed_up: date


def line_of(one: MentorView | MenteeView, *, today: date) -> Line:
    skills = one.answers.skills if isinstance(one, MentorView) else one.answers.skills_wanted
    state, note = _state(one, today=today)
    return Line(
        person=one.person,
        name=one.name,
        address=one.address,
        organisation=one.organisation_name,
        job_title=one.answers.job_title,
        grade=one.answers.grade,
        profession=one.answers.profession,
        region=one.answers.region,
        skills="; ".join(options.words(options.SKILLS, key) for key in skills),
        places=one.capacity if isinstance(one, MentorView) else 0,
        state=state,
        state_note=note,
        source=SOURCES[one.source],
        signed_up=utc_to_local(one.created_at).date(),
    )


def _state(one: MentorView | MenteeView, *, today: date) -> tuple[str, str]:
    if isinstance(one, MentorView):
        if one.status is MentorStatus.WITHDRAWN:
            return "withdrawn", ""
        if one.paused_until and not rules.takes_new(one.paused_until, today=today):
            return "paused", f"until {uk_date(one.paused_until)}"
        return "active", ""
    return ("active" if one.status is PoolStatus.IN_POOL else one.status.value), ""


def state_of(one: OwnProfile, *, today: date) -> str:
    """How somebody takes part in a round: ``Paused until 1 September 2026``."""
    state = "active" if one.status == PoolStatus.IN_POOL else one.status
    if state == MentorStatus.ACTIVE and one.paused_until and not rules.takes_new(one.paused_until, today=today):
        return f"{STATES['paused'][0]} until {uk_date(one.paused_until)}"
    return STATES[state][0]


def shown_mentor(one: MentorView | None, today: date) -> dict[str, Any] | None:
    if one is None:
        return None
    offered = one.answers.access_offered
    access = "" if offered is None else _words(options.ACCESS, offered) if offered else "None of those asked for"
    return _shown(
        one,
        [
            ("Places", str(one.capacity)),
            ("Offers", _words(options.SKILLS, one.answers.skills)),
            *_rows(one),
            ("Access offered", access),
            ("In their words", one.answers.biography),
        ],
        today=today,
    )


def shown_mentee(one: MenteeView | None, today: date) -> dict[str, Any] | None:
    if one is None:
        return None
    answers = one.answers
    return _shown(
        one,
        [
            ("Wants", _words(options.SKILLS, answers.skills_wanted)),
            ("Goals", answers.goals),
            ("Levels above", options.words(options.GAPS, answers.wants_gap)),
            *_rows(one),
            ("Access needs", _words(options.ACCESS, answers.access_needs)),
            ("A mentor like them", "Yes, where a mentor agreed" if answers.same_background else ""),
            ("In their words", answers.biography),
        ],
        today=today,
    )


def _shown(one: MentorView | MenteeView, rows: list[tuple[str, str]], *, today: date) -> dict[str, Any]:
    """What was answered, line by line; the rest is only named."""
    line = line_of(one, today=today)
    words, colour = STATES[line.state]
    return {
        "state": f"{words} {line.state_note}".strip(),
        "colour": colour,
        "source": SOURCES[one.source],
        "since": one.created_at,
        "rows": [row for row in rows if row[1]],
        "unanswered": ", ".join(what.lower() for what, answer in rows if not answer),
    }


def _rows(one: MentorView | MenteeView) -> list[tuple[str, str]]:
    given = one.answers
    return [
        ("Organisation", one.organisation_name),
        ("Job", given.job_title),
        ("Level", options.words(options.GRADES, given.grade)),
        ("Profession", given.profession),
        ("Region", given.region),
        ("Meeting", _words(options.FORMATS, [kind.value for kind in given.formats])),
        ("Languages", _words(options.LANGUAGES, given.languages)),
    ]


def _words(listed: options.Options | Sequence[tuple[str, str]], keys: Sequence[str]) -> str:
    return "\n".join(options.words(listed, key) for key in keys)


_GROUPS = (
    ("Leading people", "first_team", "inclusion"),
    ("Leading yourself", "confidence", "networks"),
    ("The organisation", "strategy", "community"),
    ("Digital", "digital_strategy", "product"),
)


def skill_groups(skills: list[tuple[str, str]], chosen: list[str]) -> list[dict[str, Any]]:
    """The skills in groups that open and close; one in which something is chosen is open."""
    keys = [key for key, _ in skills]
    found: list[dict[str, Any]] = []
    end = 0
    for title, first, last in _GROUPS:
        start, end = keys.index(first), keys.index(last) + 1
        found.append({"title": title, "options": skills[start:end]})
    if skills[end:]:
        found.append({"title": "In your own words", "options": skills[end:]})
    for group in found:
        group["chosen"] = sum(key in chosen for key, _ in group["options"])
    return found
