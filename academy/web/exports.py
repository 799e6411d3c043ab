"""Lists as files that open right in Excel, with nothing in a cell that runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

CSV = "text/csv"  # the framework adds the character set
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet reads as a formula."""
    if isinstance(value, str):
        return "'" + value if value.startswith(_STARTS_A_FORMULA) else value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with a byte-order mark, which Excel needs, and CRLF ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in columns])
    writer.writerows([neutral(value) for value in row] for row in rows)
    return ("\ufeff" + text.getvalue()).encode("utf-8", "replace")


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "List") -> bytes:
    """A workbook of one sheet. Text stays text: neither formulas nor links are made of it."""
    import xlsxwriter  # not at the start: it is large and seldom needed

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    page = book.add_worksheet(sheet[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(columns):
        page.write_string(0, column, name, head)
        page.set_column(column, column, 18)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            value = neutral(value)
            if isinstance(value, bool):
                page.write_string(number, column, "Yes" if value else "No")
            elif isinstance(value, int | float):
                page.write_number(number, column, value)
            else:
                page.write_string(number, column, str(value))
    page.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
