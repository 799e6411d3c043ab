"""Bank holidays are those that GOV.UK has published, without asking anybody while the product runs."""

import importlib.util
import json
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cohorts.coaching.times.holidays import FILE, bank_holidays, known_until
from cohorts.coaching.times.tables import Nation

ROOT = Path(__file__).parents[4]
NATIONS = [Nation.ENGLAND_AND_WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND]


def of(nation: Nation, year: int) -> list[str]:
    return [f"{day:%d %b}" for day in sorted(bank_holidays(nation)) if day.year == year]


def test_england_and_wales_in_2026() -> None:
    assert of(Nation.ENGLAND_AND_WALES, 2026) == [
        "01 Jan", "03 Apr", "06 Apr", "04 May", "25 May", "31 Aug", "25 Dec", "28 Dec",
    ]  # fmt: skip


def test_scotland_has_its_own_and_the_day_of_the_world_cup_in_2026() -> None:
    assert of(Nation.SCOTLAND, 2026) == [
        "01 Jan", "02 Jan", "03 Apr", "04 May", "25 May", "15 Jun", "03 Aug", "30 Nov", "25 Dec", "28 Dec",
    ]  # fmt: skip


def test_northern_ireland_keeps_st_patrick_and_the_boyne() -> None:
    assert of(Nation.NORTHERN_IRELAND, 2026) == [
        "01 Jan", "17 Mar", "03 Apr", "06 Apr", "04 May", "25 May", "13 Jul", "31 Aug", "25 Dec", "28 Dec",
    ]  # fmt: skip


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize(
    "day",
    [
        date(2012, 6, 5),  # the Queen's Diamond Jubilee
        date(2020, 5, 8),  # early May moved to VE Day
        date(2022, 6, 3),  # the Platinum Jubilee
        date(2022, 9, 19),  # the State Funeral of Queen Elizabeth II
        date(2023, 5, 8),  # the coronation of King Charles III
        date(2027, 12, 27),  # Christmas Day on a Saturday: the substitute day
        date(2027, 12, 28),
    ],
)
def test_days_of_all_three_nations(nation: Nation, day: date) -> None:
    assert day in bank_holidays(nation)


def test_whoever_keeps_none_has_none() -> None:
    assert bank_holidays(Nation.NONE) == frozenset()


@pytest.mark.parametrize("nation", NATIONS)
def test_every_year_that_is_known_is_whole(nation: Nation) -> None:
    least = {Nation.ENGLAND_AND_WALES: 8, Nation.SCOTLAND: 9, Nation.NORTHERN_IRELAND: 10}[nation]
    days = bank_holidays(nation)

    years = range(2012, known_until().year + 1)
    assert {day.year for day in days} == set(years)
    assert [year for year in years if not least <= len(of(nation, year)) <= least + 2] == []
    assert [day for day in days if day.weekday() > 4] == []


def test_good_friday_is_two_days_before_easter() -> None:
    easter = {2024: date(2024, 3, 31), 2025: date(2025, 4, 20), 2026: date(2026, 4, 5), 2027: date(2027, 3, 28)}

    for sunday in easter.values():
        for nation in NATIONS:
            assert sunday - timedelta(days=2) in bank_holidays(nation)


def test_they_are_known_to_the_end_of_2028_at_least() -> None:
    assert known_until() >= date(2028, 12, 31)


# ---------------------------------------------------------- the tool that brings them up to date
@pytest.fixture
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bank_holidays_tool", ROOT / "tools" / "bank_holidays.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listed(year: int, days: int = 8) -> dict[str, Any]:
    """A list in the form of GOV.UK's, with the first days of January."""
    events = [{"title": f"Day  {day}", "date": f"{year}-01-{day:02}", "notes": ""} for day in range(1, days + 1)]
    return {
        nation: {"division": nation, "events": events}
        for nation in ("england-and-wales", "scotland", "northern-ireland")
    }


def test_a_year_that_is_listed_replaces_ours_and_the_others_stay(tool: ModuleType) -> None:
    ours = [("scotland", "2025-01-02", "2nd January"), ("scotland", "2026-12-25", "Christmas Day")]

    lines = tool.together(ours, tool.published(listed(2026)))

    assert [line for line in lines if line[0] == "scotland"] == [
        ("scotland", "2025-01-02", "2nd January"),
        *(("scotland", f"2026-01-0{day}", f"Day {day}") for day in range(1, 9)),
    ]


@pytest.mark.parametrize("found", [listed(2026, days=7), {"england": {"events": []}}])
def test_a_list_that_looks_wrong_is_refused(tool: ModuleType, found: dict[str, Any]) -> None:
    with pytest.raises(tool.ChangedShape):
        tool.published(found)


def test_the_file_is_as_the_tool_writes_it(tool: ModuleType) -> None:
    text = FILE.read_text(encoding="utf-8")

    assert tool.written(sorted(tool.read(text))) == text


def test_the_tool_adds_a_year_to_the_file(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, copy = tmp_path / "ours.csv", tmp_path / "list.json"
    file.write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    copy.write_text(json.dumps(listed(2040)))
    monkeypatch.setattr(tool, "FILE", file)

    tool.main([str(copy)])

    assert capsys.readouterr().out.endswith("24 of them new, up to 2040.\n")
    assert file.read_text(encoding="utf-8").count("2040-01-") == 24
