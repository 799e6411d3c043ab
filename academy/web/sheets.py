"""Files as lists: the spreadsheets that people bring, as rows of text. The way back is ``exports``.

CSV in UTF-8 (with or without a mark), UTF-16 or Windows-1252, with commas, semicolons or tabs; and XLSX (ECMA-376), of
which the first visible sheet is read; a date in it comes as Excel's number. Both are somebody's upload: sizes are
limited, and XML with a document type, where entities could be declared, is refused. Reading takes a moment for a long
file: call it in a thread.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import msgspec

from academy.errors import Invalid

LARGEST_FILE = 5_000_000
LARGEST_CONTENT = 40_000_000
"""Octets that a workbook may unpack to, all parts that are read together."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
_PIECE = 65_536

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_UNCLOSED = "Look there for a quotation mark that is not closed, or a very long cell."


class Row(msgspec.Struct, frozen=True):
    """One row that is not empty, with the number that a spreadsheet shows beside it."""

    number: int
    cells: list[str]


def read(octets: bytes) -> list[Row]:
    """The rows of a CSV or XLSX file. Raises Invalid for ``file``, with what to do."""
    if len(octets) > LARGEST_FILE:
        raise _bad(f"The file is larger than {LARGEST_FILE // 1_000_000} MB. Split it into smaller ones.")
    if octets.startswith(_OLD_EXCEL):
        raise _bad("This is an old Excel file, or one with a password. Save it as .xlsx or CSV and choose that file.")
    rows = list(_workbook(octets) if octets.startswith(b"PK\x03\x04") else _csv(octets))
    if not rows:
        raise _bad("The file is empty. Choose one with a heading row.")
    return rows


def _bad(sentence: str) -> Invalid:
    return Invalid({"file": sentence})


def _kept(rows: Iterator[Row]) -> Iterator[Row]:
    """Those with something in them, within the limits."""
    many = 0
    for row in rows:
        if len(row.cells) > MOST_COLUMNS:
            raise _bad(f"Row {row.number} has more than {MOST_COLUMNS} columns. Take out those you do not need.")
        if any(len(cell) > LONGEST_CELL for cell in row.cells):
            raise _bad(f"A cell in row {row.number} is longer than {LONGEST_CELL:,} characters. Shorten it.")
        cells = [cell.strip() for cell in row.cells]
        if any(cells):
            many += 1
            if many > MOST_ROWS:
                raise _bad(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller ones.")
            yield Row(row.number, cells)


# --------------------------------------------------------------------- CSV
def decoded(octets: bytes) -> str:
    """The text of a file that does not say its encoding: UTF-16 by its mark or its zeros, else UTF-8, else
    Windows-1252."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    start = octets[:400]
    if len(start) >= 4 and start.count(0) > len(start) // 3:
        return octets.decode("utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be", "replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _csv(octets: bytes) -> Iterator[Row]:
    text = decoded(octets)
    if "\0" in text:
        raise _bad("This is neither a CSV nor an Excel file. Save the spreadsheet as one of them and choose that.")
    text, delimiter, skipped = _delimiter(text)
    return _kept(_csv_rows(text, delimiter, skipped))


def _csv_rows(text: str, delimiter: str, skipped: int) -> Iterator[Row]:
    number = skipped
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=skipped + 1):
            yield Row(number, cells)
    except csv.Error:
        raise _bad(f"The file cannot be read after row {number}. {_UNCLOSED}") from None


def _delimiter(text: str) -> tuple[str, str, int]:
    """The text, its delimiter, and how many lines were left out: Excel may name the delimiter in a line of its own."""
    first, _, rest = text.partition("\n")
    if named := re.fullmatch(r'"?sep=([,;\t|])"?', first.strip("\r\n ")):
        return rest, named[1], 1
    counts, quoted = dict.fromkeys(",;\t", 0), False
    for sign in text.lstrip()[:50_000]:  # the first line that says anything
        if sign == '"':
            quoted = not quoted
        elif not quoted:
            if sign == "\n":
                break
            if sign in counts:
                counts[sign] += 1
    return text, max(counts, key=lambda sign: counts[sign]), 0


# -------------------------------------------------------------------- XLSX
class _Parts:
    """The parts of a workbook, unpacked one at a time and never more than the limit together."""

    def __init__(self, octets: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(io.BytesIO(octets))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
            raise _bad("The Excel file is damaged. Open it, save it again and choose that file.") from None
        self._left = LARGEST_CONTENT

    def has(self, name: str) -> bool:
        return name in self._file.NameToInfo

    def pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._file.open(name) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise _bad("The Excel file is too large when it is unpacked. Save it as CSV instead.")
                    yield piece
        except RuntimeError:  # a password
            raise _bad("The Excel file has a password. Save it without one and choose that file.") from None
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
            raise _bad("The Excel file is damaged. Open it, save it again and choose that file.") from None


class _Reader:
    """Base of the small readers below: element names without prefixes, and no document types."""

    def parse(self, pieces: Iterator[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, given: self.start(name.rpartition(":")[2], given)
        parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError):
            raise _bad("The Excel file is damaged. Open it, save it again and choose that file.") from None

    def _refuse(self, *_: Any) -> None:
        raise _bad("The Excel file has a part that Excel does not write. Save it as CSV instead.")

    def start(self, name: str, given: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


class _Elements(_Reader):
    """The attributes of each element of a name."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.found: list[dict[str, str]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == self.wanted:
            self.found.append({key.rpartition(":")[2]: value for key, value in given.items()})


class _Strings(_Reader):
    """The texts that cells share (ECMA-376, part 1, section 18.4.9), without how they are pronounced."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_sound = False

    def start(self, name: str, given: dict[str, str]) -> None:
        self._in_sound = self._in_sound or name == "rPh"
        self._in_text = name == "t" and not self._in_sound

    def end(self, name: str) -> None:
        if name == "si":
            self.found.append("".join(self._parts))
            self._parts = []
        elif name == "rPh":
            self._in_sound = False
        self._in_text = False

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)


class _Sheet(_Reader):
    """The rows of a sheet (section 18.3.1.73)."""

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self.rows: list[Row] = []
        self._number = 0
        self._cells: dict[int, str] = {}
        self._column = -1
        self._kind = ""
        self._parts: list[str] = []
        self._reads = self._in_sound = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            told = given.get("r", "")
            self._number = int(told) if told.isdigit() and len(told) < 9 else self._number + 1
            self._cells, self._column = {}, -1
        elif name == "c":
            found = re.match(r"[A-Z]{1,3}", given.get("r", ""))
            self._column = _column(found[0]) if found else self._column + 1
            self._kind = given.get("t", "n")
            self._parts = []
        elif name == "rPh":
            self._in_sound = True
        self._reads = name == "v" or (name == "t" and not self._in_sound)

    def end(self, name: str) -> None:
        self._reads = False
        if name == "rPh":
            self._in_sound = False
        elif name == "c":
            if self._column >= MOST_COLUMNS and "".join(self._parts).strip():
                raise _bad(f"Row {self._number} has more than {MOST_COLUMNS} columns. Take out those you do not need.")
            if 0 <= self._column < MOST_COLUMNS:
                self._cells[self._column] = self._value("".join(self._parts))
        elif name == "row":
            last = max((column for column, value in self._cells.items() if value), default=-1)
            if last >= 0:
                if len(self.rows) > MOST_ROWS:
                    raise _bad(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller ones.")
                self.rows.append(Row(self._number, [self._cells.get(column, "") for column in range(last + 1)]))

    def text(self, data: str) -> None:
        if self._reads:
            self._parts.append(data)

    def _value(self, written: str) -> str:
        if self._kind == "s":
            at = int(written) if written.strip().isdigit() else -1
            return self._strings[at] if 0 <= at < len(self._strings) else ""
        if self._kind == "b":
            return "Yes" if written.strip() == "1" else "No"
        if self._kind == "e":  # #N/A and the like say nothing
            return ""
        if self._kind == "n" and re.fullmatch(r"-?\d{1,15}\.0+|-?\d(\.\d+)?E\+?\d{1,2}", written.strip()):
            number = float(written)
            return str(int(number)) if number == int(number) else written
        return written


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _workbook(octets: bytes) -> Iterator[Row]:
    parts = _Parts(octets)
    if not parts.has("xl/workbook.xml"):
        raise _bad("This is neither a CSV nor an Excel file. Save the spreadsheet as one of them and choose that.")
    sheets, links = _Elements("sheet"), _Elements("Relationship")
    sheets.parse(parts.pieces("xl/workbook.xml"))
    links.parse(parts.pieces("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id", ""): each.get("Target", "") for each in links.found}
    shown = [each for each in sheets.found if each.get("state", "visible") == "visible"]
    if not shown:
        raise _bad("The Excel file has no sheet. Choose one with a heading row.")
    target = targets.get(shown[0].get("id", ""), "")
    name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    strings = _Strings()
    if parts.has("xl/sharedStrings.xml"):
        strings.parse(parts.pieces("xl/sharedStrings.xml"))
    sheet = _Sheet(strings.found)
    sheet.parse(parts.pieces(name))
    return _kept(iter(sheet.rows))
