"""Why two people are a pair, in words to the one who reads them.

Characteristics are left out, since they were told for matching alone; so is at which place somebody was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from academy.web.words import counted, listed
from mentoring.matching.regions import hops
from mentoring.matching.rules import same
from mentoring.profiles import options
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers
from mentoring.profiles.tables import Side

MOST = 3
"""Reasons that a mail names."""


def reasons(mentor: MentorAnswers, mentee: MenteeAnswers, points: Mapping[str, int], *, to: Side) -> list[str]:
    """The best reasons first, by points where a run gave some; what is not true of both is not said.

    How far the mentor is above is a reason only where that is about as far as the mentee wished.
    """
    to_mentor = to is Side.MENTOR
    found: dict[str, str] = {}
    offered = set(mentor.skills)
    if hits := [options.words(options.SKILLS, key) for key in mentee.skills_wanted if key in offered]:
        told = "You offer what they want to work on" if to_mentor else "They offer what you want to work on"
        found["skills"] = f"{told}: {listed(hits)}."
    if points.get("choice", 0) > 0:
        found["choice"] = "They would like you as their mentor." if to_mentor else "You said that you would like them."
    if points.get("mentors_choice", 0) > 0:
        found["mentors_choice"] = (
            "You said that you would like them." if to_mentor else "They would like you as their mentee."
        )
    if same(mentor.job_title, mentee.job_title):
        found["role"] = f"Both of you work as {mentor.job_title}."
    elif same(mentor.profession, mentee.profession):
        found["role"] = f"Both of you work in the same profession: {mentor.profession}."
    if mentor.grade is not None and mentee.grade is not None and mentor.grade > mentee.grade:
        gap = mentor.grade - mentee.grade
        if points.get("seniority", 0) > 0 or gap == mentee.wants_gap:
            above = counted(gap, "level")
            told = f"You are {above} above them" if to_mentor else f"They are {above} above you"
            wished = "they wished" if to_mentor else "you wished"
            found["seniority"] = f"{told}, as {wished}." if gap == mentee.wants_gap else f"{told}."
    if hops(mentor.region, mentee.region) == 0:
        found["region"] = f"Both of you are in the same region: {mentor.region}."
    if points.get("history", 0) > 0:
        found["history"] = "Both of you would like to go on with each other."
    known = list(found)
    ranked = sorted(known, key=lambda name: (-points.get(name, 0), known.index(name)))
    return [found[name] for name in ranked][:MOST]
