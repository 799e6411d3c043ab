"""Why two people are a pair, in words that both may read.

Characteristics are left out, since they were told for matching alone; so is at which place somebody was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from mentoring.matching.regions import hops
from mentoring.matching.rules import same
from mentoring.profiles import options
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers

MOST = 3
"""Reasons that a mail names."""


def reasons(mentor: MentorAnswers, mentee: MenteeAnswers, points: Mapping[str, int]) -> list[str]:
    """The best reasons first, by points where a run gave some; what is not true of both is not said."""
    found: dict[str, str] = {}
    offered = set(mentor.skills)
    if hits := [options.words(options.SKILLS, key) for key in mentee.skills_wanted if key in offered]:
        found["skills"] = f"Wanted and offered: {_listed(hits)}."
    if points.get("choice", 0) > 0:
        found["choice"] = "The mentee would like this mentor."
    if points.get("mentors_choice", 0) > 0:
        found["mentors_choice"] = "The mentor would like this mentee."
    if same(mentor.job_title, mentee.job_title):
        found["role"] = f"Both work as {mentor.job_title}."
    elif same(mentor.profession, mentee.profession):
        found["role"] = f"Both work in the same profession: {mentor.profession}."
    if mentor.grade is not None and mentee.grade is not None and mentor.grade > mentee.grade:
        gap = mentor.grade - mentee.grade
        found["seniority"] = f"The mentor is {gap} grade{'' if gap == 1 else 's'} above the mentee."
    if hops(mentor.region, mentee.region) == 0:
        found["region"] = f"Both are in the same region: {mentor.region}."
    if points.get("history", 0) > 0:
        found["history"] = "Both would like to go on with each other."
    known = list(found)
    ranked = sorted(known, key=lambda name: (-points.get(name, 0), known.index(name)))
    return [found[name] for name in ranked][:MOST]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
