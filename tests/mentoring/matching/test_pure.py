"""The core of matching needs no academy around it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOREIGN = {"piccolo", "litestar", "jinja2", "asyncpg", "sqlite3", "numpy", "scipy", "academy.database", "academy.clock"}


def loaded_by(module: str) -> set[str]:
    """What importing a module brings into a fresh process."""
    program = f"import sys, {module}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return set(told.split())


@pytest.mark.parametrize("module", ["suggest", "solver", "files", "worker"])
def test_it_loads_no_database_no_web_and_no_clock(module: str) -> None:
    assert loaded_by(f"mentoring.matching.{module}") & FOREIGN == set()


def test_a_room_of_the_academy_does_load_them() -> None:
    assert {"piccolo", "academy.database"} <= loaded_by("academy.people.service")
