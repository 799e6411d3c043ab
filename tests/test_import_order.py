"""Imports point down: a floor, two houses, a roof. The houses never meet."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FLOORS = [
    ["academy.settings", "academy.clock", "academy.errors"],
    ["academy.web", "academy.database"],
    ["academy.people"],
    ["academy.outbox", "academy.accounts", "academy.audit"],
    ["academy.programmes", "academy.invites"],
    ["academy.alumni"],
    ["cohorts", "mentoring"],
    ["academy.reports", "academy.privacy", "academy.home", "academy.api"],
    ["academy.app", "academy.scheduler"],
    ["academy.serving"],
    ["academy.demo"],
    ["academy.cli"],
]
ROOMS_OF_COHORTS = [
    ["cohorts.schedule"],
    ["cohorts.enrolment"],
    ["cohorts.coaching.times"],
    ["cohorts.coaching.credits"],
    ["cohorts.coaching.bookings"],
    ["cohorts.coaching.record"],
    ["cohorts.coaching.desk"],
    ["cohorts.coaching.jobs"],
    ["cohorts.attendance"],
    ["cohorts.completion", "cohorts.calendar"],
    ["cohorts.dashboard"],
    ["cohorts.jobs", "cohorts.routes"],
]
ROOMS_OF_MENTORING = [
    ["mentoring.matching", "mentoring.waiting"],
    ["mentoring.profiles"],
    ["mentoring.pairings"],
    ["mentoring.runs"],
    ["mentoring.reports"],
    ["mentoring.jobs"],
]
SIDE_BY_SIDE = {
    frozenset({"academy.web", "academy.database"}): False,
    frozenset({"cohorts", "mentoring"}): False,
}


def level(module: str, floors: list[list[str]]) -> tuple[int, str] | None:
    for height, names in enumerate(floors):
        for name in names:
            if module == name or module.startswith(name + "."):
                return height, name
    return None


def sources() -> list[Path]:
    found = [path for house in ("academy", "cohorts", "mentoring") for path in (ROOT / house).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("academy", "cohorts", "mentoring")}


def upward_steps(module: str, imported: set[str], floors: list[list[str]]) -> list[str]:
    here = level(module, floors)
    if here is None:
        return []
    wrong = []
    for name in sorted(imported):
        there = level(name, floors)
        if there is None or there[1] == here[1]:
            continue
        meets = SIDE_BY_SIDE.get(frozenset({here[1], there[1]}), True)
        if there[0] > here[0] or not meets:
            wrong.append(f"{module} imports {name}")
    return wrong


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_a_module_imports_only_from_its_own_floor_and_below(path: Path) -> None:
    module, imported = module_of(path), imports_of(path)

    assert [
        step
        for floors in (FLOORS, ROOMS_OF_COHORTS, ROOMS_OF_MENTORING)
        for step in upward_steps(module, imported, floors)
    ] == []


def test_every_module_stands_on_a_floor() -> None:
    plumbing = {"academy", "academy.piccolo_app"}

    assert [
        module for path in sources() if level(module := module_of(path), FLOORS) is None and module not in plumbing
    ] == []


def test_an_upward_step_is_found() -> None:
    assert upward_steps("academy.people.service", {"cohorts.enrolment.service"}, FLOORS) == [
        "academy.people.service imports cohorts.enrolment.service"
    ]
    assert upward_steps("mentoring.pairings", {"cohorts.schedule"}, FLOORS) == [
        "mentoring.pairings imports cohorts.schedule"
    ]
