"""State machines: anything that happens to an academy, in any order, and what must hold after each step.

Each example has an academy of its own: on SQLite a file, on PostgreSQL an emptied database. Which of the two is said
by the test, with ``on_sqlite`` or ``on_postgresql``.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from academy import database as room
from academy.database.migrate import migrate
from academy.errors import DomainError
from academy.settings import Settings
from tests.conftest import MEMORY, NOW, empty
from tests.support.examples import examples


class No(Exception):
    """What a model says where the verb refuses: the name of its error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Academy(RuleBasedStateMachine):
    """An academy without rows; what is done to it is done in the machine's own loop."""

    template: ClassVar[Path]
    postgres: ClassVar[str] = ""
    model: Any
    """What should be, where the machine has a model."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        if not self.postgres:
            shutil.copy(self.template, self.folder / "academy.sqlite3")
        self.engine = room.connect(Settings(data_dir=self.folder, database_url=self.postgres))
        self.run(room.open(self.engine))
        room.use(self.engine)
        if self.postgres:
            self.run(empty(self.engine))
        self.now = NOW

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(coroutine)

    def teardown(self) -> None:
        self.run(room.close(self.engine))
        self.loop.close()
        shutil.rmtree(self.folder)

    def both(self, expected: Callable[[Any], Any], verb: Coroutine[Any, Any, Any]) -> tuple[Any, Any] | None:
        """Carry out a verb and what the model says of it: both refuse for the same reason, or neither does.

        Returns what the two give, or nothing where they refuse; then the model is as it was.
        """
        model, should, refused = deepcopy(self.model), None, ""
        try:
            should = expected(model)
        except No as no:
            refused = no.error
        try:
            result = self.run(verb)
        except DomainError as error:
            assert type(error).__name__ == refused, f"refused with {error!r} instead of {refused or 'nothing'}"
            self.is_refused(error)
            return None
        assert not refused, f"not refused with {refused}"
        self.model = model
        return should, result

    def is_refused(self, error: DomainError) -> None:
        """What else must hold of a refusal."""


def play(machine: type[Academy], number: int, *, steps: int = 40, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    """That many examples, the same ones each time; twenty times as many at night."""
    run_state_machine_as_test(
        machine,
        settings=examples(
            number,
            stateful_step_count=steps,
            phases=phases,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(scope="session")
def _template() -> Iterator[Path]:
    """A migrated SQLite file to start each example from."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        asyncio.run(migrate(Settings(data_dir=Path(folder))))
        yield Path(folder) / "academy.sqlite3"


@pytest.fixture
def on_sqlite(_template: Path) -> None:
    """Machines play on SQLite."""
    Academy.template, Academy.postgres = _template, ""


@pytest.fixture
def on_postgresql(new_postgres_url: str, tmp_path: Path) -> Iterator[None]:
    """Machines play on PostgreSQL."""
    asyncio.run(migrate(Settings(data_dir=tmp_path, database_url=new_postgres_url)))
    Academy.postgres = new_postgres_url
    yield
    Academy.postgres = ""
