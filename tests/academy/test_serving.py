"""What a start needs, and what it must not bring along."""

import subprocess
import sys
from pathlib import Path

from piccolo.conf.apps import Finder

from academy.database import versions

LARGE = {"black", "markdown_it", "piccolo.apps.migrations.auto", "piccolo.conf.apps", "pydantic", "segno", "typst",
         "xlsxwriter"}  # fmt: skip
"""Each of these takes longer to import than a small room; together they took as long as everything else."""

START = """
import sys
from pathlib import Path
from academy.serving import configure, require_current
from academy.settings import Settings

settings = Settings(data_dir=Path(sys.argv[1]))
configure(settings)
{then}
print(*sorted(set(sys.modules) & set(sys.argv[2].split(","))))
"""


def loaded(folder: Path, *, then: str = "") -> set[str]:
    """Which large modules a process has after composing the application."""
    done = subprocess.run(
        [sys.executable, "-c", START.format(then=then), str(folder), ",".join(LARGE)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_start_imports_nothing_large(tmp_path: Path) -> None:
    assert loaded(tmp_path) == set()


def test_control_a_large_module_would_be_seen(tmp_path: Path) -> None:
    assert loaded(tmp_path, then="import xlsxwriter") == {"xlsxwriter"}


def test_the_steps_are_those_of_piccolos_apps() -> None:
    apps = Finder().get_app_configs(sort_by_migration_dependencies=True)

    assert [(app.app_name, Path(app.resolved_migrations_folder_path)) for app in apps] == [
        (name, versions.folder(name)) for name in versions.APPS
    ]
