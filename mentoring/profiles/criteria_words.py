"""Criteria in words: what each rule and each number means, and what two versions differ in. Pure."""

from __future__ import annotations

import msgspec

from mentoring.matching.criteria import Apart, Criteria, Criterion, Mode, Rules, Weights

APART = {
    Apart.ANY: "Anybody, also of the same organisation",
    Apart.ORGANISATION: "Never within one organisation",
    Apart.GROUP: "Never within one organisation or group of organisations",
}

SWITCHES: dict[str, tuple[str, str]] = {
    "not_in_line": (
        "Not in the line of management",
        "Nobody is paired with a person above or below them. Coordinators say who is in whose line on a person's page.",
    ),
    "shared_format": (
        "They can meet in the same way",
        "At least one of online and in person suits both. Who did not answer is taken to be open to both.",
    ),
    "language": ("They share a language", "Only where both said which languages they speak."),
    "access": (
        "The mentor can meet the mentee's access needs",
        "Only where the mentor said what they can offer; a mentor who did not answer is not left out.",
    ),
    "ended_badly": ("Not again with somebody with whom a pairing ended early", "In this round or one before."),
}
"""Hard rules that are on or off: title and sentence, by their names in ``Rules``."""

WEIGHTS: dict[Criterion, tuple[str, str]] = {
    Criterion.SKILLS: (
        "Skills",
        "All points if the mentor offers everything that the mentee wants to learn; the first wanted weighs most.",
    ),
    Criterion.ROLE: (
        "Role and profession",
        "All points for the same job title; two thirds for the same profession, a third for a related one (below).",
    ),
    Criterion.SENIORITY: (
        "Seniority",
        "All points if the mentor is as many levels above the mentee as they wished; a third less for each level "
        "that it differs.",
    ),
    Criterion.REGION: ("Region", "All points in the same region; less next door and one further."),
    Criterion.CHOICE: (
        "The mentee's choices",
        "All points for the mentee's first choice; less for the second to the fifth.",
    ),
    Criterion.MENTORS_CHOICE: ("The mentor's choice", "All points if the mentor asked for this mentee."),
    Criterion.BACKGROUND: (
        "The same background",
        "All points if a mentee wished for a mentor like themselves, and this mentor agreed to be matched on it.",
    ),
    Criterion.HISTORY: (
        "Going on",
        "All points if the two were a pair before and would like to go on. A pair that has completed loses two "
        "thirds of it: somebody new is better.",
    ),
}

MODES: dict[Mode, tuple[str, str]] = {
    Mode.FLOORS: (
        "As many pairs as possible, as few poor ones as possible",
        "Then the highest total. The usual choice: it costs hardly any points and about halves the poor pairs.",
    ),
    Mode.QUALITY: (
        "Good pairs only",
        "The highest total of pairs from a least score on. Who has nobody that good stays without a mentor.",
    ),
    Mode.WORST: ("Raise the worst pair", "As many pairs as possible, then the worst of them as good as possible."),
    Mode.STABLE: (
        "Nobody would rather swap",
        "No mentor and mentee are left who would both prefer each other. It costs more points and some pairs.",
    ),
}


class Difference(msgspec.Struct, frozen=True):
    """One line in which two versions differ."""

    what: str
    before: str
    after: str


def lines(criteria: Criteria) -> dict[str, str]:
    """Everything that a round decides, as words, in the order of the page."""
    rules, weights = criteria.rules, criteria.weights
    return {
        "Organisations": APART[rules.apart],
        **{title: "On" if getattr(rules, name) else "Off" for name, (title, _) in SWITCHES.items()},
        "Regions apart, in person": str(rules.in_person_hops),
        "Levels between them, at least": _or_none(rules.gap_from),
        "Levels between them, at most": _or_none(rules.gap_to),
        **{title: _points(weights, criterion) for criterion, (title, _) in WEIGHTS.items()},
        "Related professions": _related(weights),
        "What comes first": MODES[criteria.mode][0],
        "Poor pairs are those below": ", ".join(str(floor) for floor in criteria.floors) or "none",
        "Least score": str(criteria.least),
        "Points for keeping a pair": str(criteria.keep),
    }


def differences(before: Criteria, after: Criteria) -> list[Difference]:
    """What was changed from one version to another."""
    first, second = lines(before), lines(after)
    return [Difference(what, first[what], second[what]) for what in second if first[what] != second[what]]


def most(weights: Weights) -> dict[Criterion, int]:
    """The number that the page shows for each criterion."""
    return {criterion: weights.most()[criterion] for criterion in WEIGHTS}


def _points(weights: Weights, criterion: Criterion) -> str:
    steps = {
        Criterion.ROLE: weights.role,
        Criterion.REGION: weights.region,
        Criterion.CHOICE: weights.choices,
        Criterion.SENIORITY: (weights.seniority, -weights.seniority_step),
        Criterion.HISTORY: (weights.go_on, weights.completed),
    }.get(criterion, (weights.most()[criterion],))
    return ", ".join(str(step) for step in steps) or "0"


def _related(weights: Weights) -> str:
    return "; ".join(f"{one} and {other}" for one, other in weights.related) or "none"


def _or_none(number: int | None) -> str:
    return "none" if number is None else str(number)


def in_force(rules: Rules) -> list[str]:
    """The hard rules that are on, for people who want to know how pairs are made."""
    found = [APART[rules.apart]] if rules.apart is not Apart.ANY else []
    found += [title for name, (title, _) in SWITCHES.items() if getattr(rules, name)]
    if rules.gap_from is not None or rules.gap_to is not None:
        low = f"at least {rules.gap_from}" if rules.gap_from is not None else ""
        high = f"at most {rules.gap_to}" if rules.gap_to is not None else ""
        found.append(f"The mentor's level is {' and '.join(part for part in (low, high) if part)} above the mentee's")
    return found
