"""What coordinators type about the criteria of a round."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from academy.errors import DomainError
from academy.web.forms import Fields, Reader
from mentoring.matching.criteria import SCALE, Apart, Criteria, Criterion, Mode, Rules, Weights
from mentoring.matching.people import plain
from mentoring.profiles.criteria_words import SWITCHES, WEIGHTS, most

_FIELDS_OF: dict[Criterion, tuple[str, ...]] = {
    Criterion.SKILLS: ("skills",),
    Criterion.ROLE: ("role",),
    Criterion.SENIORITY: ("seniority", "seniority_step"),
    Criterion.REGION: ("region",),
    Criterion.CHOICE: ("choices",),
    Criterion.MENTORS_CHOICE: ("mentors_choice",),
    Criterion.BACKGROUND: ("background",),
    Criterion.HISTORY: ("go_on", "completed"),
}


def read_criteria(fields: Fields, *, former: Criteria) -> tuple[Criteria, str]:
    """The criteria and the note about them. A number that was not changed keeps its steps, whoever set them.

    Raises Invalid with every error at once.
    """
    reader = Reader(fields)
    rules = _rules(reader, former.rules)
    weights = _weights(reader, former.weights)
    mode = reader.choice("mode", Mode, "Choose what comes first.") or former.mode
    floors = _floors(reader)
    least = reader.whole("least", "Enter the least score.", low=0, high=SCALE, default=former.least)
    keep = reader.whole("keep", "Enter how many points a pair is worth.", low=0, high=SCALE, default=former.keep)
    note = reader.text("note", most=300, label="The note")
    made = former
    if not reader.errors:
        try:
            made = Criteria(rules=rules, weights=weights, mode=mode, floors=floors, least=least or 0, keep=keep or 0)
        except DomainError as error:
            reader.wrong("floors", error.message)
    reader.done()
    return made, note


def _rules(reader: Reader, former: Rules) -> Rules:
    apart = reader.choice("apart", Apart, "Choose who is kept apart.") or former.apart
    gap_from = reader.whole("gap_from", low=-9, high=9, what="number of levels")
    gap_to = reader.whole("gap_to", low=-9, high=9, what="number of levels")
    hops = reader.whole("in_person_hops", "Enter a number of regions.", low=0, high=12, default=former.in_person_hops)
    switches = {name: reader.yes(name) for name in SWITCHES}
    try:
        return Rules(
            apart=apart,
            gap_from=gap_from,
            gap_to=gap_to,
            in_person_hops=former.in_person_hops if hops is None else hops,
            **switches,
        )
    except DomainError as error:
        reader.wrong("gap_to", error.message)
        return former


def _weights(reader: Reader, former: Weights) -> Weights:
    was = most(former)
    typed: dict[Criterion, int] = {}
    for criterion in WEIGHTS:
        points = reader.whole(
            f"weight_{criterion.value}", "Enter a number of points; 0 if it does not count.", low=0, high=SCALE,
            default=was[criterion],
        )  # fmt: skip
        typed[criterion] = was[criterion] if points is None else points
    try:
        made = Weights.of(typed, related=_related(reader, former))
        same = {
            name: getattr(former, name)
            for criterion, names in _FIELDS_OF.items()
            if typed[criterion] == was[criterion]
            for name in names
        }
        return msgspec.structs.replace(made, **same)
    except DomainError as error:
        reader.wrong("weight_skills", error.message)
        return former


def _related(reader: Reader, former: Weights) -> tuple[tuple[str, str], ...]:
    """Two professions on each line. A form without the field changes nothing."""
    if "related" not in reader.fields:
        return former.related
    found: dict[tuple[str, str], None] = {}
    for line in reader.text("related", most=4000, lines=True, label="The list").splitlines():
        parts = [" ".join(part.split()) for part in line.split("+")]
        if not any(parts):
            continue
        if len(parts) != 2 or not all(parts) or plain(parts[0]) == plain(parts[1]):
            reader.wrong("related", "Enter two professions on each line with a plus between them: Finance + Audit.")
            return former.related
        found[(parts[0], parts[1])] = None
    return tuple(found)


def _floors(reader: Reader) -> tuple[int, ...]:
    typed = reader.text("floors", most=40)
    parts = [part for part in re.split(r"[,;\s]+", typed) if part]
    if not all(re.fullmatch(r"\d{1,3}", part) for part in parts):
        reader.wrong("floors", "Enter scores with commas between them, like 10, 20, 30.")
        return ()
    return tuple(sorted({int(part) for part in parts}))


def typed_criteria(criteria: Criteria, *, number: int) -> dict[str, Any]:
    """The fields as they stand in the form before anybody types."""
    rules = criteria.rules
    return {
        "apart": rules.apart.value,
        **{name: "yes" if getattr(rules, name) else "" for name in SWITCHES},
        "gap_from": "" if rules.gap_from is None else str(rules.gap_from),
        "gap_to": "" if rules.gap_to is None else str(rules.gap_to),
        "in_person_hops": str(rules.in_person_hops),
        **{f"weight_{criterion.value}": str(points) for criterion, points in most(criteria.weights).items()},
        "related": "\n".join(f"{one} + {other}" for one, other in criteria.weights.related),
        "mode": criteria.mode.value,
        "floors": ", ".join(str(floor) for floor in criteria.floors),
        "least": str(criteria.least),
        "keep": str(criteria.keep),
        "note": "",
        "after": str(number),
    }


def kept(typed: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """The same with what was sent: a box that is not ticked sends nothing."""
    return {name: fields.get(name, "" if name in SWITCHES else value) for name, value in typed.items()}
