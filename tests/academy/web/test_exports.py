"""Exported lists open right in Excel, and no cell runs."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest

from academy.web import exports

HOSTILE = ["=1+1", "+44 7700 900123", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("https://evil.example","x")']


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_could_run_starts_with_an_apostrophe_in_csv(cell: str) -> None:
    text = exports.as_csv(["Name"], [[cell]]).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text, newline="")))[1] == ["'" + cell]


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_could_run_is_text_in_xlsx(cell: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(["Name"], [[cell]]))).active

    assert (sheet["A2"].data_type, sheet["A2"].hyperlink) == ("s", None)


def test_without_the_protection_excel_would_run_the_cell() -> None:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "=1+1")
    sheet = openpyxl.load_workbook(out).active

    assert sheet["A1"].data_type == "f"


def test_csv_is_utf8_with_a_mark_that_excel_needs() -> None:
    assert exports.as_csv(["Naïve"], [["Siân"]]) == "\ufeffNaïve\r\nSiân\r\n".encode()


def test_numbers_stay_numbers_and_instants_are_written_plainly() -> None:
    sheet = openpyxl.load_workbook(
        io.BytesIO(exports.as_xlsx(["n", "at", "yes"], [[3, datetime(2026, 6, 1, 9, tzinfo=UTC), True]]))
    ).active

    assert [cell.value for cell in sheet[2]] == [3, "2026-06-01 09:00", "Yes"]
