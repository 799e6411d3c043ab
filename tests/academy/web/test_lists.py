"""A list filters, sorts and pages by its address."""

import asyncio
import threading
from typing import Any

import msgspec
import pytest

from academy.web import exports, lists
from academy.web.lists import Column, Wanted


class Row(msgspec.Struct, frozen=True):
    name: str
    number: int | None = None


class Asked(msgspec.Struct):
    """As much of a request as a list reads."""

    query_params: dict[str, str]


COLUMNS: list[Column[Row]] = [
    Column("name", "Name", lambda row: row.name),
    Column("number", "Number", lambda row: row.number),
]


def wanted(**query: str) -> Wanted:
    request: Any = Asked(query)
    return lists.wanted(request)


def names(sort: str, rows: list[Row]) -> list[str]:
    return [row.name for row in lists.sort(rows, COLUMNS, Wanted(sort=sort))]


def test_sorting_minds_neither_case_nor_direction() -> None:
    rows = [Row("ben"), Row("Ana"), Row("Cy")]

    assert (names("name", rows), names("-name", rows)) == (["Ana", "ben", "Cy"], ["Cy", "ben", "Ana"])


def test_what_has_no_value_comes_last_in_both_directions() -> None:
    rows = [Row("none"), Row("two", 2), Row("one", 1)]

    assert (names("number", rows), names("-number", rows)) == (["one", "two", "none"], ["two", "one", "none"])


def test_an_unknown_column_leaves_the_order() -> None:
    assert names("password", [Row("b"), Row("a")]) == ["b", "a"]


@pytest.mark.parametrize(("page", "shown"), [(1, [0, 1]), (3, [4]), (99, [4])])
def test_a_page_out_of_range_is_the_last(page: int, shown: list[int]) -> None:
    found = lists.show([Row(str(number)) for number in range(5)], COLUMNS, Wanted(page=page), size=2)

    assert [int(row.name) for row in found.rows] == shown


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "9" * 40, ""])
def test_an_odd_page_number_is_the_first(page: str) -> None:
    assert wanted(page=page).page == 1


def test_a_link_of_the_list_keeps_the_filters_and_drops_what_it_changes() -> None:
    asked = wanted(q="ana", sort="name", page="3")

    assert (asked.sort_base, asked.page_base) == ("?q=ana&", "?q=ana&sort=name&")


def test_only_known_kinds_of_file_are_exported() -> None:
    assert (wanted(export="csv").export, wanted(export="exe").export) == ("csv", "")


async def test_nobody_waits_while_a_long_list_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    others_were_served = threading.Event()
    served: list[bool] = []

    def slow(*_: Any) -> bytes:
        served.append(others_were_served.wait(5))
        return b""

    monkeypatch.setattr(exports, "as_csv", slow)
    asyncio.get_running_loop().call_later(0.05, others_were_served.set)

    await lists.export([Row("Ana")], COLUMNS, Wanted(export="csv"), name="people")

    assert served == [True]
