"""A list that filters, sorts and pages by its address, and exports what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response

from academy.web import exports
from academy.web.pages import download

T = TypeVar("T")


class Column(msgspec.Struct, Generic[T], frozen=True):
    """One column: its name in the address, its heading, and its value for sorting and exporting."""

    key: str
    heading: str
    value: Callable[[T], Any]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the address asks of a list. ``sort`` is a column's key, with a minus for Z to A."""

    find: str = ""
    sort: str = ""
    page: int = 1
    export: str = ""
    query: dict[str, str] = msgspec.field(default_factory=dict)

    def base(self, *without: str) -> str:
        """The query of this view, less some names, ready to have one more added."""
        kept = {key: value for key, value in self.query.items() if value and key not in without}
        return "?" + (urlencode(kept) + "&" if kept else "")

    @property
    def sort_base(self) -> str:
        return self.base("sort", "page", "export")

    @property
    def page_base(self) -> str:
        return self.base("page", "export")

    @property
    def export_base(self) -> str:
        return self.base("page", "export")


def wanted(request: Request[Any, Any, Any]) -> Wanted:
    """Read find, sort, page and export; anything odd counts as not said."""
    query = {key: str(value)[:200] for key, value in request.query_params.items()}
    number = query.get("page", "1")
    return Wanted(
        find=query.get("q", "").replace("\x00", "").strip()[:100],
        sort=query.get("sort", ""),
        page=min(max(int(number), 1), 100_000) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        export=query.get("export", "") if query.get("export") in ("csv", "xlsx") else "",
        query=query,
    )


class Shown(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list."""

    rows: list[T]
    total: int
    page: int
    pages: int
    wanted: Wanted


def show(rows: Sequence[T], columns: Sequence[Column[T]], asked: Wanted, *, size: int = 50) -> Shown[T]:
    """Sort and page rows that are already read. For lists of one cohort; longer ones page in the database."""
    ordered = sort(rows, columns, asked)
    pages = max(1, -(-len(ordered) // size))
    number = min(asked.page, pages)
    return Shown(ordered[(number - 1) * size : number * size], len(ordered), number, pages, asked)


def sort(rows: Sequence[T], columns: Sequence[Column[T]], asked: Wanted) -> list[T]:
    """The rows in the order asked for; empty values last, in either direction."""
    by = {column.key: column.value for column in columns}.get(asked.sort.lstrip("-"))
    if by is None:
        return list(rows)
    full = [row for row in rows if by(row) not in (None, "")]
    empty = [row for row in rows if by(row) in (None, "")]

    def order(row: T) -> Any:
        value = by(row)
        return value.casefold() if isinstance(value, str) else value

    return sorted(full, key=order, reverse=asked.sort.startswith("-")) + empty


async def export(rows: Sequence[T], columns: Sequence[Column[T]], asked: Wanted, *, name: str) -> Response[bytes]:
    """The whole list, sorted as asked, as the file asked for. Written in a thread: a long one takes seconds, and
    nobody else waits for it."""
    return await asyncio.to_thread(_export, rows, columns, asked, name)


def _export(rows: Sequence[T], columns: Sequence[Column[T]], asked: Wanted, name: str) -> Response[bytes]:
    headings = [column.heading for column in columns]
    cells = [[column.value(row) for column in columns] for row in sort(rows, columns, asked)]
    if asked.export == "xlsx":
        return download(exports.as_xlsx(headings, cells), name=f"{name}.xlsx", media_type=exports.XLSX)
    return download(exports.as_csv(headings, cells), name=f"{name}.csv", media_type=exports.CSV)
