"""What the documents say is there: links, commands, settings, addresses, files and the words on buttons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import click
import msgspec
import pytest

from academy.cli import main
from academy.outbox import rules as outbox
from academy.settings import Settings
from tests.test_import_order import FLOORS
from tests.test_routes import ROUTES

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
NOT_OURS = {".venv", ".git", "node_modules", "shots", "data", "demo-data", ".pytest_cache", "vendor"}
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not NOT_OURS & set(path.relative_to(ROOT).parts) and path.is_file()
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code(text: str) -> Iterator[str]:
    """What stands in backticks, and the lines of blocks of shell."""
    blocks = re.findall(r"```(?:sh|ini)\n(.*?)```", text, re.DOTALL)
    yield from (line.partition(" #")[0].strip() for block in blocks for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


# ------------------------------------------------------------------- links
def anchors(text: str) -> set[str]:
    """The addresses of headings within a page, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path, text: str) -> list[str]:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, part = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (part and part not in anchors(file.read_text())):
            broken.append(target)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    assert broken_links(document, document.read_text()) == []


def test_a_broken_link_is_found() -> None:
    text = "[a](missing.md) [b](#nowhere) [c](https://example.org) [d](#links)\n## Links\n"

    assert broken_links(ROOT / "README.md", text) == ["missing.md", "#nowhere", "#links"]


# ---------------------------------------------------------------- commands
def unknown_commands(lines: Iterator[str]) -> list[str]:
    unknown = []
    for line in lines:
        for said in re.findall(r"(?:^|bin/|\s)academy ((?:[a-z-]+ ?)+)", line + " "):
            command: click.Command | None = main
            for word in said.split():
                if not isinstance(command, click.Group):
                    break  # the rest are arguments
                command = command.get_command(click.Context(command), word)
            if command is None:
                unknown.append(said.strip())
            for option in re.findall(r"--[a-z-]+", line):
                known = {each for param in command.params for each in param.opts} if command else set()
                if command and option not in known | {"--help"}:
                    unknown.append(f"{said.strip()} {option}")
    return unknown


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_commands_are_there(document: Path) -> None:
    assert unknown_commands(code(document.read_text())) == []


def test_an_unknown_command_or_option_is_found() -> None:
    said = ["academy serve", "academy dance", "academy token create EMAIL --forever", "academy backup FILE"]

    assert unknown_commands(iter(said)) == ["dance", "token create --forever"]


def test_the_operations_guide_names_every_command() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    commands = []
    for first, command in main.commands.items():
        within = command.commands if isinstance(command, click.Group) else [""]
        commands += [f"{first} {second}".strip() for second in within]

    assert [command for command in commands if f"`academy {command}" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_targets_of_make_are_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {said for line in code(document.read_text()) for said in re.findall(r"\bmake ([a-z-]+)", line)}

    assert named - targets == set()


# ---------------------------------------------------------------- settings
def test_every_setting_is_in_the_table_with_its_default() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    rows = dict(re.findall(r"^\| `ACADEMY_(\w+)` \| ([^|]+) \|", text, re.MULTILINE))
    said = {"BASE_URL": "host and port", "ORGANISATION": "an example"}
    expected = {}
    for field in msgspec.structs.fields(Settings):
        default = {True: "1", False: "0"}[field.default] if isinstance(field.default, bool) else str(field.default)
        expected[field.name.upper()] = said.get(field.name.upper(), f"`{default}`" if default else "empty")

    assert rows == expected


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_settings_exist(document: Path) -> None:
    known = {f"ACADEMY_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}

    assert set(re.findall(r"ACADEMY_[A-Z0-9_]*[A-Z0-9]", document.read_text())) - known == set()


def test_the_pauses_between_tries_are_those_of_the_outbox() -> None:
    text = " ".join((ROOT / "docs" / "operations.md").read_text().split())
    pauses = [outbox.pause(tries, 1.0) for tries in range(1, 10)]

    assert pauses == [timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 240, 480, 960, 1800, 1800)]
    assert text.count("15 seconds, then 30, 1 minute, 2, 4, 8, 16, and from then on every 30") == 1


# ------------------------------------------------------- files and addresses
@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each not in GUIDES], ids=name)
def test_files_that_are_named_are_there(document: Path) -> None:
    named = {said for said in code(document.read_text()) if re.fullmatch(r"[a-z_]+/[\w/.-]*(?:\.py|\.html|/)", said)}
    homes = (ROOT, ROOT / "academy", ROOT / "cohorts")
    made = {"data/", "mail/", "demo-data/", "shots/"}

    assert {said for said in named - made if not any((home / said).exists() for home in homes)} == set()


def test_the_floors_are_those_that_the_test_of_imports_holds() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    drawn = re.search(r"```\n(academy\.cli\n.*?)```", text, re.DOTALL)
    assert drawn is not None
    built = [[room for room in floor if room != "academy.reports"] for floor in FLOORS]

    assert [line.split(" | ") for line in drawn[1].splitlines()] == built[::-1]


@pytest.mark.parametrize("guide", GUIDES, ids=name)
def test_addresses_are_those_of_pages(guide: Path) -> None:
    pages = {re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path) for route in ROUTES}
    named = {said for said in code(guide.read_text()) if said.startswith("/")}

    assert named - pages == set()


def test_the_api_guide_names_every_call_and_its_scope() -> None:
    rows = re.findall(r"^\| `(read|enrol|manage)` \| (.+)$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    named = {(scope, call) for scope, row in rows for call in re.findall(r"`([A-Z]+ /api/[^`]+)`", row)}
    served = {
        (match[1], f"{route.method} {re.sub(r':[a-z]+}', '}', route.path)}")
        for route in ROUTES
        if (match := re.search(r"scope (\w+)", route.who))
    }

    assert named == served


# ------------------------------------------------------------ words on pages
@cache
def words_of_pages() -> str:
    """All text of templates, and the strings of our modules: some buttons are named by a rule."""
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    for house in ("academy", "cohorts", "mentoring"):
        for path in (ROOT / house).rglob("*.py"):
            if "demo" not in path.parts and "migrations" not in path.parts:
                tree = ast.parse(path.read_text())
                constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
                texts += [f'"{value}"' for value in constants if isinstance(value, str)]
    return "\n".join(texts)


def missing_words(text: str) -> list[str]:
    """What is set in bold and stands on no page, as a whole text and not as part of a longer one."""
    said = {" ".join(found.split()) for found in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)}
    return sorted(
        words
        for words in said
        if not re.search(rf"[\">}}]{re.escape(re.sub(r'12', '%s', words))}[\"<{{]", words_of_pages())
    )


@pytest.mark.parametrize("guide", GUIDES, ids=name)
def test_buttons_are_called_what_the_guides_call_them(guide: Path) -> None:
    assert missing_words(guide.read_text()) == []


def test_a_button_that_is_called_otherwise_is_found() -> None:
    assert missing_words("Press **Save the session**, then **Launch the rocket**.") == ["Launch the rocket"]
