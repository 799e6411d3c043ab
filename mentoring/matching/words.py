"""What speaks for a pair and what against it, in words. Only what counts is named, and only as far as it is true."""

from __future__ import annotations

from mentoring.matching.criteria import Criterion, Weights
from mentoring.matching.people import Mentee, Mentor, plain, plain_set
from mentoring.matching.points import Contributions, in_rank
from mentoring.matching.regions import hops
from mentoring.matching.rules import same

ORDINALS = ("first", "second", "third", "fourth", "fifth")


def strongest(mentor: Mentor, mentee: Mentee, points: Contributions, weights: Weights) -> str:
    """The criterion that gives most points, in words; empty when none does."""
    gives = {one: worth for one, worth in points.by_criterion().items() if one is not Criterion.LIMIT and worth > 0}
    if not gives:
        return ""
    return in_favour(max(gives, key=gives.__getitem__), mentor, mentee)


def weakest(mentor: Mentor, mentee: Mentee, points: Contributions, weights: Weights) -> str:
    """The criterion that both answered and that falls shortest of what it could give; empty when none does."""
    there, most = points.by_criterion(), weights.most()
    short = {one: most[one] - there[one] for one in answered(mentor, mentee)}
    if points.history < 0:
        short[Criterion.HISTORY] = most[Criterion.HISTORY] - points.history
    short = {one: missing for one, missing in short.items() if missing > 0}
    if not short:
        return ""
    return against(max(short, key=short.__getitem__), mentor, mentee)


def in_favour(criterion: Criterion, mentor: Mentor, mentee: Mentee) -> str:
    match criterion:
        case Criterion.SKILLS:
            ranked, there = in_rank(mentee.skills_wanted), plain_set(mentor.skills)
            hits = [skill for skill in ranked if skill in there]
            told = (
                f"offers {len(hits)} of {len(ranked)} skills wanted" if len(ranked) > 1 else "offers the skill wanted"
            )
            return f"{told}, the first among them" if len(ranked) > 1 and hits[:1] == ranked[:1] else told
        case Criterion.ROLE:
            if same(mentor.role, mentee.role):
                return f"the same role ({mentor.role})"
            if same(mentor.profession, mentee.profession):
                return f"the same profession ({mentor.profession})"
            return f"related professions ({mentor.profession} and {mentee.profession})"
        case Criterion.SENIORITY:
            return _gap(mentor, mentee)
        case Criterion.REGION:
            between = hops(mentor.region, mentee.region)
            return f"the same region ({mentor.region})" if between == 0 else "regions close to each other"
        case Criterion.CHOICE:
            return f"the mentee's {ORDINALS[mentee.choices.index(mentor.id)]} choice"
        case Criterion.MENTORS_CHOICE:
            return "named by the mentor"
        case Criterion.BACKGROUND:
            return "a background that the mentee asked for"
        case _:
            return "both would like to go on with each other"


def against(criterion: Criterion, mentor: Mentor, mentee: Mentee) -> str:
    match criterion:
        case Criterion.SKILLS:
            ranked, there = in_rank(mentee.skills_wanted), plain_set(mentor.skills)
            names = {plain(skill): skill for skill in mentee.skills_wanted}
            missing = [names[skill] for skill in ranked if skill not in there]
            return f"does not offer {missing[0]}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
        case Criterion.ROLE:
            return "another role"
        case Criterion.SENIORITY:
            return _gap(mentor, mentee)
        case Criterion.REGION:
            return f"another region ({mentor.region} and {mentee.region})"
        case Criterion.CHOICE:
            if mentor.id in mentee.choices[:5]:
                return f"only the mentee's {ORDINALS[mentee.choices.index(mentor.id)]} choice"
            return "not among the mentee's choices"
        case Criterion.BACKGROUND:
            return "not the background that the mentee asked for"
        case _:
            return "they have completed a pairing before"


def answered(mentor: Mentor, mentee: Mentee) -> list[Criterion]:
    """The criteria to which both gave an answer."""
    known = {
        Criterion.SKILLS: bool(mentee.skills_wanted and mentor.skills),
        Criterion.ROLE: bool((mentee.role and mentor.role) or (mentee.profession and mentor.profession)),
        Criterion.SENIORITY: None not in (mentor.grade, mentee.grade, mentee.wants_gap),
        Criterion.REGION: hops(mentor.region, mentee.region) is not None,
        Criterion.CHOICE: bool(mentee.choices),
        Criterion.BACKGROUND: bool(mentee.background_wanted and mentor.characteristics),
    }
    return [one for one, given in known.items() if given]


def _gap(mentor: Mentor, mentee: Mentee) -> str:
    gap = (mentor.grade or 0) - (mentee.grade or 0)
    levels = f"{abs(gap)} level{'' if abs(gap) == 1 else 's'} {'above' if gap >= 0 else 'below'}"
    return f"{levels}, as wanted" if gap == mentee.wants_gap else f"{levels}, {mentee.wants_gap} wanted"
