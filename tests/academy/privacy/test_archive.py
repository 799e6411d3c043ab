"""One file with a page to read and the same for programs: both say the same, and the page needs nothing else."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from academy import database as room
from academy.invites.times import uk_date, uk_time
from academy.privacy import archive as archives
from academy.privacy import service
from academy.privacy.archive import archive, as_html
from academy.privacy.classes import ACCOUNT, CLASSES, TRAIL
from academy.privacy.copying import Column, Copy, Records, as_json, in_words, left_out
from academy.privacy.drawn import DRAWN
from academy.privacy.held import As
from academy.privacy.register import ALSO_HELD, REGISTER
from tests.academy.privacy.planted import NOW, planted
from tests.academy.privacy.test_planted import HEAD

ANA = UUID("00000000-0000-4000-8000-00000000000a")


def a_copy(*rows: list[Any], columns: tuple[Column, ...] = (Column("name", "Name"),), **told: Any) -> Copy:
    """One list under the account."""
    return Copy(**{
        "person": ANA, "name": "Ana Archer", "time_zone": "Europe/London", "made_at": NOW,
        "organisation": "Example Society", "contact": "academy@example.org", "for_staff": False,
        "lists": [Records(what="You", of=ACCOUNT, columns=columns, rows=list(rows))], "left_out": [], **told,
    })  # fmt: skip


class Page(HTMLParser):
    """The page as a reader takes it in: classes, their lists, the records of a list, and the values of a record."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.classes: list[tuple[str, list[tuple[str, list[list[tuple[str, str]]]]]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._into: list[str] | None = None
        self._in_record = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_record = self._in_record or tag == "article"
        if tag in ("h2", "h3", "dt", "dd"):
            self._into = []
        if tag == "article":
            self.classes[-1][1][-1][1].append([])

    def handle_endtag(self, tag: str) -> None:
        said = "".join(self._into or [])
        if tag == "h2":
            self.classes.append((said, []))
        elif tag == "h3":
            self.classes[-1][1].append((said, []))
        elif tag == "dt" and self._in_record:
            self._name = said
        elif tag == "dd" and self._in_record:
            self.classes[-1][1][-1][1][-1].append((self._name, said))
        elif tag == "article":
            self._in_record = False

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)


AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read(cell: Any) -> str:
    """A value of the file for programs, as people read it."""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, str) and AN_INSTANT.fullmatch(cell):
        instant = datetime.fromisoformat(cell)
        return f"{uk_date(instant, 'Europe/London')}, {uk_time(instant, 'Europe/London')}"
    if isinstance(cell, str) and A_DAY.fullmatch(cell):
        day = date.fromisoformat(cell)
        return f"{day.day} {day:%B %Y}"
    return str(cell)


# ----------------------------------------------------------------- both alike
@pytest.mark.parametrize("staff", [False, True], ids=["self", "staff"])
async def test_page_and_programs_say_the_same(database: room.Engine, staff: bool) -> None:
    here = await planted()
    copy = await service.copy_of(here.ana, staff=staff, head=HEAD, now=NOW)

    page, document = Page(as_html(copy)), msgspec.json.decode(as_json(copy))

    told = [
        (
            kind["what"],
            [
                (
                    f"{each['what']} ({len(each['rows'])})",
                    [
                        [(each["columns"][path], cell) for path, cell in row.items() if cell not in (None, "", [], {})]
                        for row in each["rows"]
                    ],
                )
                for each in kind["lists"]
            ],
        )
        for kind in document["classes"]
    ]
    shown = page.classes[: len(told)]
    assert [heading for heading, _ in page.classes[len(told) :]] == ["What is not in this copy, and why", "Your rights"]
    assert [(kind, [what for what, _ in lists]) for kind, lists in shown] == [
        (kind, [what for what, _ in lists]) for kind, lists in told
    ]
    differ = [
        (what, name, cell, said)
        for (_, told_lists), (_, shown_lists) in zip(told, shown, strict=True)
        for (what, told_rows), (_, shown_rows) in zip(told_lists, shown_lists, strict=True)
        for told_row, shown_row in zip(told_rows, shown_rows, strict=True)
        for (name, cell), (said_name, said) in zip(told_row, shown_row, strict=True)
        if name != said_name or (not isinstance(cell, dict) and said.replace("_", " ") != read(cell).replace("_", " "))
    ]
    assert differ == []


async def test_the_file_for_programs_says_what_it_is(database: room.Engine) -> None:
    copy = a_copy(["Ana"], left_out=left_out((*REGISTER, *DRAWN), staff=False))

    document = msgspec.json.decode(as_json(copy))

    assert {name: document[name] for name in document if name not in ("classes", "not_in_this_copy")} == {
        "person": str(ANA),
        "name": "Ana Archer",
        "made_at": "2026-06-01T09:00:00Z",
        "controller": "Example Society",
        "contact": "academy@example.org",
        "made_for": "person",
    }
    assert document["classes"] == [
        {
            "what": ACCOUNT.what, "seen_by": ACCOUNT.seen_by, "why": ACCOUNT.why, "kept": ACCOUNT.kept,
            "lists": [{"what": "You", "columns": {"name": "Name"}, "rows": [{"name": "Ana"}]}],
        }
    ]  # fmt: skip


def test_the_same_copy_is_the_same_file() -> None:
    assert archive(a_copy(["Ana"])) == archive(a_copy(["Ana"]))


def test_the_file_holds_the_page_and_the_same_for_programs() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(a_copy(["Ana"])))) as bundle:
        assert bundle.testzip() is None
        assert [(each.filename, each.date_time) for each in bundle.infolist()] == [
            ("everything.html", (2026, 6, 1, 9, 0, 0)),
            ("everything.json", (2026, 6, 1, 9, 0, 0)),
        ]


# -------------------------------------------------------------------- the page
def test_what_people_typed_is_escaped() -> None:
    name = "<script>alert(1)</script>\"'&"
    html = as_html(a_copy([name], name=name, organisation=name, contact=name))

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert Page(html).classes[0][1][0][1] == [[("Name", name)]]


async def test_the_page_needs_nothing_else(database: room.Engine) -> None:
    here = await planted()
    html = as_html(await service.copy_of(here.ana, staff=False, head=HEAD, now=NOW))

    page = Page(html)

    assert {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    } == set()
    links = [given["href"] or "" for tag, given in page.tags if tag == "a"]
    ids = {given["id"] for _, given in page.tags if given.get("id")}
    assert [each for each in links if not each.startswith("mailto:") and each.removeprefix("#") not in ids] == []
    assert [name for _, given in page.tags for name in given if name.startswith("on") or name in ("src", "style")] == []
    assert re.findall(r"url\(|@import", html) == []


def test_a_list_without_records_is_not_shown() -> None:
    empty = Records(what="Nothing", of=TRAIL, columns=(Column("x", "X"),), rows=[])
    copy = a_copy(["Ana"])

    shown = as_html(msgspec.structs.replace(copy, lists=[*copy.lists, empty]))

    assert [heading for heading, _ in Page(shown).classes] == [
        ACCOUNT.what, "What is not in this copy, and why", "Your rights",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "how", "said"),
    [
        (None, As.IT_IS, ""),
        ("", As.IT_IS, ""),
        ("–", As.IT_IS, "–"),
        (True, As.IT_IS, "Yes"),
        (False, As.IT_IS, "No"),
        (0, As.IT_IS, "0"),
        (datetime(2026, 6, 1, 9, 30, tzinfo=UTC), As.IT_IS, "1 June 2026, 10:30am"),
        (date(2026, 6, 1), As.IT_IS, "1 June 2026"),
        ("cancelled_by_coach", As.STATE, "cancelled by coach"),
        ("cancelled_by_coach", As.IT_IS, "cancelled_by_coach"),
        ("My_file", As.STATE, "My_file"),
        ({"from_status": "in_pool", "n": 2}, As.JSON, "from status: in pool; n: 2"),
        (["a_b", "c"], As.JSON, "a_b, c"),
        ({"status": None}, As.JSON, "status: –"),
        ({}, As.JSON, ""),
        ([], As.JSON, ""),
    ],
)
def test_values_in_words(cell: Any, how: As, said: str) -> None:
    assert in_words(cell, "Europe/London", how) == said


# ------------------------------------------------------------ what is left out
def test_what_is_left_out_is_listed_with_its_reason() -> None:
    found = {each.what: each.why for each in left_out((*REGISTER, *DRAWN), staff=False)}

    assert "Browsers that are signed in: the link or key itself" in found
    assert {what for what, _ in ALSO_HELD} <= set(found)
    assert [what for what in found if "_" in what] == []


def test_a_coordinators_copy_lists_what_only_the_person_sees() -> None:
    mine = {each.what for each in left_out((*REGISTER, *DRAWN), staff=False)}
    theirs = {each.what for each in left_out((*REGISTER, *DRAWN), staff=True)}

    hidden = {each.what for each in (*REGISTER, *DRAWN) if not each.staff}
    assert hidden <= theirs - mine
    assert "You as a mentee: in what you would like a mentor like yourself" in theirs - mine


def test_classes_come_in_the_order_of_the_privacy_page() -> None:
    lists = [Records(what=str(n), of=kind, columns=(), rows=[[]]) for n, kind in enumerate(reversed(CLASSES))]

    assert [kind for kind, _ in a_copy(lists=lists).by_class()] == list(CLASSES)


# --------------------------------------------------------------- kept as a file
def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"

    archives.write(b"octets", file)

    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"octets", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["copy.zip"]


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    file.write_bytes(b"former")
    file.chmod(0o644)

    refused = archives.why_not_write(file, force=False)

    assert str(refused) == f"{file} is there already. Nothing was made. Use --force to replace it."
    assert archives.why_not_write(file, force=True) is None
    archives.write(b"octets", file)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"octets", 0o600)


def test_a_link_to_another_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere, file = tmp_path / "elsewhere", tmp_path / "copy.zip"
    elsewhere.write_bytes(b"theirs")
    file.symlink_to(elsewhere)

    archives.write(b"octets", file)

    assert (elsewhere.read_bytes(), file.read_bytes(), file.is_symlink()) == (b"theirs", b"octets", False)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    refused = archives.why_not_write(tmp_path / "none" / "copy.zip", force=False)

    assert str(refused) == f"{tmp_path / 'none'} is no folder that can be written to. Nothing was made."
