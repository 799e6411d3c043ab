"""Spreadsheets as people bring them, and files that mean harm."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import Invalid
from academy.web import exports, sheets
from academy.web.sheets import Row, read

TABLE = "name;email\r\nZoë Ångström;zoe@leeds.example\r\n"


def rows(octets: bytes) -> list[list[str]]:
    return [row.cells for row in read(octets)]


def workbook(*lines: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def remade(octets: bytes, **parts: bytes) -> bytes:
    """A workbook with some parts replaced; names have _ for / and stand without their ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_whatever_its_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    octets = TABLE.replace(";", delimiter).encode(encoding)

    assert rows(octets) == [["name", "email"], ["Zoë Ångström", "zoe@leeds.example"]]


def test_a_heading_full_of_commas_does_not_hide_the_semicolons() -> None:
    assert rows(b'"If you agree, say so, please";email\nYes;a@b.example\n')[1] == ["Yes", "a@b.example"]


def test_a_line_that_names_the_delimiter_is_no_row() -> None:
    assert read(b"sep=;\r\na;b\r\n1;2\r\n") == [Row(2, ["a", "b"]), Row(3, ["1", "2"])]


def test_rows_keep_the_numbers_of_the_spreadsheet() -> None:
    assert [row.number for row in read(b"a,b\n\n1,2\n,\n3,4\n")] == [1, 3, 5]
    assert [row.number for row in read(workbook(["a"], [None], ["1"]))] == [1, 3]


def test_a_workbook_is_read_with_numbers_booleans_gaps_and_rich_texts() -> None:
    octets = workbook(["name", None, "grade", "both"], ["Ana & Ben", None, 7, True], ["<b>", None, 7.5, False])

    assert rows(octets) == [["name", "", "grade", "both"], ["Ana & Ben", "", "7", "Yes"], ["<b>", "", "7.5", "No"]]


def test_what_we_export_can_be_brought_back() -> None:
    octets = exports.as_xlsx(["Name", "Grade"], [["Ana", 7], ["Émile", 8]])

    assert rows(octets) == [["Name", "Grade"], ["Ana", "7"], ["Émile", "8"]]


def test_the_first_sheet_that_is_shown_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet("People").append(["name"])
    out = io.BytesIO()
    book.save(out)

    assert rows(out.getvalue()) == [["name"]]


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)


@given(st.lists(st.lists(PLAIN.map(lambda text: text.strip().lstrip("=+-@")), min_size=1, max_size=4)))
def test_every_text_comes_back_from_both_kinds_of_file(lines: list[list[str]]) -> None:
    from_csv = rows(exports.as_csv(["heading"], lines))
    from_book = rows(exports.as_xlsx(["heading"], lines))

    full = [["heading"], *([cell.strip() for cell in line] for line in lines)]
    assert from_csv == [line for line in full if any(line)]
    assert from_book == [line[: max(at for at, cell in enumerate(line) if cell) + 1] for line in from_csv]


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b'a,b\n"1,2\n', "quotation mark"),
        (b"a,b\n1,\x00\x00\n", "neither"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"PK\x03\x04 and nothing", "damaged"),
        (b"x" * (sheets.LARGEST_FILE + 1), "larger than 5 MB"),
        (b"a," * 300, "more than 200 columns"),
        (b"a\n" + b"x" * 30_000, "longer than"),
        (b"a\n" * 30_000, "more than 20,000 rows"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(octets: bytes, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(octets)

    assert says in refused.value.errors["file"]


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("readme.txt", "hello")

    with pytest.raises(Invalid, match="neither"):
        read(out.getvalue())


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<worksheet><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData></worksheet>"""


def test_xml_that_declares_entities_is_refused() -> None:
    with pytest.raises(Invalid, match="does not write"):
        read(remade(workbook(["a"]), sheet1=LAUGHS))


def test_without_the_refusal_the_entities_would_be_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets._Reader, "_refuse", lambda *_: None)

    assert rows(remade(workbook(["a"]), sheet1=LAUGHS)) == [["haha"]]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b"<worksheet>" + b" " * 2_000_000 + b"</worksheet>"
    octets = remade(workbook(["a"]), sheet1=bomb)
    assert len(octets) < 20_000
    monkeypatch.setattr(sheets, "LARGEST_CONTENT", 1_000_000)

    with pytest.raises(Invalid, match="too large when it is unpacked"):
        read(octets)


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet><sheetData>",
        b"not xml at all",
        b"",
        b'<worksheet><row r="99999999999"><c r="ZZZ1"><v>1</v></c></row></worksheet>',
        b'<worksheet><row r="x"><c r="1" t="s"><v>99999</v></c><c t="s"><v>-1</v></c></row></worksheet>',
    ],
)
def test_a_broken_sheet_is_an_answer_not_a_fault(sheet: bytes) -> None:
    with pytest.raises(Invalid):
        read(remade(workbook(["a"]), sheet1=sheet))


@given(st.binary(max_size=300))
def test_no_file_at_all_is_a_fault(octets: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe"):
        try:
            read(start + octets)
        except Invalid as refused:
            assert refused.errors["file"]
