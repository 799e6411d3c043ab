"""The ``academy`` command, as an operator uses it."""

import json
import re
import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from academy.cli import main
from tests.conftest import Clock


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The variables of a new installation, not migrated yet."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("new_postgres_url")
    return {"ACADEMY_DATA_DIR": str(tmp_path / "data"), "ACADEMY_DATABASE_URL": url, "ACADEMY_PORT": "8765"}


def academy(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)


def test_an_academy_is_set_up_and_kept_by_commands(environment: dict[str, str], tmp_path: Path, clock: Clock) -> None:
    assert academy(environment, "migrate").exit_code == 0
    assert academy(environment, "migrate").output == "The database is up to date.\n"
    assert academy(environment, "person", "add", "cora@example.org", "--role", "coordinator").output == (
        "cora@example.org is there, as coordinator.\n"
    )
    link = academy(environment, "sign-in-link", "cora@example.org").output
    assert re.fullmatch(r"http://127\.0\.0\.1:8765/sign-in/[\w-]{43}\n", link)
    token = academy(environment, "token", "create", "cora@example.org", "--scope", "manage").output
    assert re.fullmatch(r"[\w-]{43}\n", token)

    councils = tmp_path / "organisations.csv"
    councils.write_text("name;kind;region\nEssex County Council;local authority;East of England\n", encoding="utf-16")
    first, second = (academy(environment, "import", "organisations", str(councils)).output for _ in range(2))
    assert first == "1 organisations added, 0 changed, 0 left as they were.\n"
    assert second == "0 organisations added, 0 changed, 1 left as they were.\n"

    status = json.loads(academy(environment, "outbox", "status", "--json").output)
    assert status["queued"] == 0

    kept = str(tmp_path / "kept.sqlite")
    assert academy(environment, "backup", kept).exit_code == 0
    assert academy(environment, "restore", kept, "--verify").exit_code == 0
    refused = academy(environment, "restore", kept)
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)


def test_a_backup_that_was_changed_is_found_out(environment: dict[str, str], tmp_path: Path) -> None:
    academy(environment, "migrate")
    academy(environment, "person", "add", "cora@example.org")
    kept = tmp_path / "kept.sqlite"
    academy(environment, "backup", str(kept))
    octets = kept.read_bytes()
    assert octets.count(b"cora@example.org") > 0
    kept.write_bytes(octets.replace(b"cora@example.org", b"mala@example.org"))

    assert academy(environment, "restore", str(kept), "--verify").exit_code == 1


def test_what_cannot_be_done_is_said_in_a_sentence(environment: dict[str, str]) -> None:
    academy(environment, "migrate")

    refused = academy(environment, "sign-in-link", "nobody@example.org")

    assert (refused.exit_code, refused.output) == (
        1,
        "Nobody here has the address nobody@example.org. Add them with: academy person add nobody@example.org\n",
    )


def test_a_copy_of_everything_is_kept_for_its_owner(environment: dict[str, str], tmp_path: Path, clock: Clock) -> None:
    academy(environment, "migrate")
    academy(environment, "person", "add", "ana@example.org", "--name", "Ana Archer")
    file = tmp_path / "ana.zip"

    done = academy(environment, "copy-of", "ana@example.org", str(file))

    assert (done.exit_code, done.output) == (0, f"Wrote {file}. Only the person it is about should have it.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as bundle:
        told = json.loads(bundle.read("everything.json"))
    assert (told["name"], told["made_for"]) == ("Ana Archer", "person")


def test_a_copy_that_is_there_is_kept_unless_forced(environment: dict[str, str], tmp_path: Path, clock: Clock) -> None:
    academy(environment, "migrate")
    academy(environment, "person", "add", "ana@example.org")
    file = tmp_path / "ana.zip"
    file.write_text("former")

    refused = academy(environment, "copy-of", "ana@example.org", str(file))

    assert (refused.exit_code, refused.output, file.read_text()) == (
        1,
        f"{file} is there already. Nothing was made. Use --force to replace it.\n",
        "former",
    )
    assert academy(environment, "copy-of", "ana@example.org", str(file), "--force").exit_code == 0
    assert zipfile.is_zipfile(file)


def test_a_copy_of_nobody_is_refused_in_a_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    academy(environment, "migrate")

    refused = academy(environment, "copy-of", "nobody@example.org", str(tmp_path / "nobody.zip"))

    assert (refused.exit_code, refused.output) == (
        1,
        "Nobody here has the address nobody@example.org. Add them with: academy person add nobody@example.org\n",
    )
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


def test_a_wrong_setting_is_named() -> None:
    refused = academy({"ACADEMY_PORT": "eighty"}, "migrate")

    assert (refused.exit_code, refused.output) == (1, "ACADEMY_PORT is 'eighty'. It must be a whole number.\n")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "academy"

    refused = academy({"ACADEMY_DATA_DIR": str(folder)}, "migrate")

    assert (refused.exit_code, refused.output) == (
        1,
        f"ACADEMY_DATA_DIR is {folder}, which cannot be made: Not a directory.\n",
    )


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_an_academy_that_is_not_migrated_is_not_started(environment: dict[str, str], command: str) -> None:
    refused = academy(environment, command)

    assert (refused.exit_code, refused.output) == (
        1,
        "The database is not at this version yet. Run: academy migrate\n",
    )


def test_every_route_says_who_may_use_it(environment: dict[str, str]) -> None:
    routes = json.loads(academy(environment, "routes", "--json").output)

    assert {"path": "/", "method": "GET", "who": "anyone"} in routes
    assert [route for route in routes if route["who"] == "closed"] == []
