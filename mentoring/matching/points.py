"""What each criterion contributes to the score of a pair. This file is the truth; the fast table is tested against it.

Points are whole numbers on one scale from 0 to 100 that is the same for everybody: 40 means the same for every pair of
every run with these weights. An answer that was not given contributes nothing.
"""

from __future__ import annotations

import msgspec

from mentoring.matching.criteria import SCALE, Criterion, Weights
from mentoring.matching.people import Earlier, Ended, Mentee, Mentor, plain, plain_set
from mentoring.matching.regions import hops
from mentoring.matching.rules import same


class Contributions(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Points by criterion. They add up to the score."""

    skills: int = 0
    role: int = 0
    seniority: int = 0
    region: int = 0
    choice: int = 0
    mentors_choice: int = 0
    background: int = 0
    history: int = 0
    limit: int = 0
    """What was added or taken so that the score stays between 0 and 100."""

    @property
    def score(self) -> int:
        return sum(msgspec.structs.astuple(self))

    def by_criterion(self) -> dict[Criterion, int]:
        return {Criterion(name): points for name, points in msgspec.structs.asdict(self).items()}


def contributions(mentor: Mentor, mentee: Mentee, weights: Weights) -> Contributions:
    """What each criterion contributes to the score of this pair."""
    points = {
        "skills": skills_points(wanted=mentee.skills_wanted, offered=mentor.skills, weights=weights),
        "role": weights.role[0]
        if same(mentor.role, mentee.role)
        else profession_points(mentor.profession, mentee.profession, weights),
        "seniority": seniority_points(mentor.grade, mentee.grade, mentee.wants_gap, weights),
        "region": region_points(mentor.region, mentee.region, weights),
        "choice": choice_points(mentor.id, mentee.choices, weights),
        "mentors_choice": weights.mentors_choice if mentee.id in mentor.choices else 0,
        "background": weights.background
        if plain_set(mentee.background_wanted) & plain_set(mentor.characteristics)
        else 0,
        "history": history_points(mentor.id, mentee.history, weights),
    }
    total = sum(points.values())
    return Contributions(**points, limit=min(SCALE, max(0, total)) - total)


def reach(mentee: Mentee, weights: Weights) -> int:
    """The most points that any mentor could have with what this mentee answered. Whom mentors choose is not counted.

    A low score says little about a pair where hardly anything was asked: it is read beside this.
    """
    most = [
        weights.skills if in_rank(mentee.skills_wanted) else 0,
        weights.role[0] if plain(mentee.role) else weights.role[1] if plain(mentee.profession) else 0,
        weights.seniority if mentee.grade is not None and mentee.wants_gap is not None else 0,
        weights.region[0] if plain(mentee.region) else 0,
        weights.choices[0] if mentee.choices and weights.choices else 0,
        weights.background if plain_set(mentee.background_wanted) else 0,
        weights.go_on if any(one.ended is Ended.GO_ON for one in mentee.history) else 0,
    ]
    return min(SCALE, sum(most))


def is_poor(score: int, *, floor: int, reach: int) -> bool:
    """Whether a pair is below a floor, as far as its mentee's answers could have lifted it above: where they make 50
    points possible, a floor of 30 is one of 15. So nobody's pairs are poor for want of answers alone."""
    return score < floor and SCALE * score < floor * reach


def skills_points(*, wanted: tuple[str, ...], offered: tuple[str, ...], weights: Weights) -> int:
    """All points when every skill wanted is offered. Of n wanted, the first weighs n, the second n − 1 … the last 1."""
    ranked = in_rank(wanted)
    there = plain_set(offered)
    hit = sum(len(ranked) - rank for rank, skill in enumerate(ranked) if skill in there)
    return share(hit, of=len(ranked) * (len(ranked) + 1) // 2, most=weights.skills)


def in_rank(wanted: tuple[str, ...]) -> list[str]:
    """The first five different skills."""
    return list(dict.fromkeys(plain(skill) for skill in wanted if skill.strip()))[:5]


def share(hit: int, *, of: int, most: int) -> int:
    """``most`` × ``hit`` / ``of``, to the nearest whole point; halves go up."""
    return (2 * most * hit + of) // (2 * of) if of else 0


def profession_points(mentor: str, mentee: str, weights: Weights) -> int:
    """For people whose role is not the same."""
    if same(mentor, mentee):
        return weights.role[1]
    two = {plain(mentor), plain(mentee)}
    close = "" not in two and any({plain(a), plain(b)} == two for a, b in weights.related)
    return weights.role[2] if close else 0


def seniority_points(mentor: int | None, mentee: int | None, wanted: int | None, weights: Weights) -> int:
    """The most when the gap is the one wanted, less for each grade that it differs."""
    if mentor is None or mentee is None or wanted is None:
        return 0
    return max(0, weights.seniority - weights.seniority_step * abs(mentor - mentee - wanted))


def region_points(mentor: str, mentee: str, weights: Weights) -> int:
    between = hops(mentor, mentee)
    return 0 if between is None or between > 2 else weights.region[between]


def choice_points(mentor: str, choices: tuple[str, ...], weights: Weights) -> int:
    rank = choices.index(mentor) if mentor in choices else len(weights.choices)
    return weights.choices[rank] if rank < len(weights.choices) else 0


def history_points(mentor: str, history: tuple[Earlier, ...], weights: Weights) -> int:
    """Who wants to go on scores for it; who only completed loses. The wish counts, whichever was first."""
    how = {one.ended for one in history if one.mentor == mentor}
    if Ended.GO_ON in how:
        return weights.go_on
    return weights.completed if Ended.COMPLETED in how else 0
