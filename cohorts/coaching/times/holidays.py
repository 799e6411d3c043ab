"""The bank holidays of the United Kingdom, from a file of ours: nothing is fetched while the product runs.

``data/bank_holidays.csv`` holds what GOV.UK has published (source and licence in ``data/README.md``).
``tools/bank_holidays.py`` brings it up to date. After ``known_until`` no day counts as a bank holiday.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from cohorts.coaching.times.tables import Nation

FILE = Path(__file__).parent / "data" / "bank_holidays.csv"


def bank_holidays(nation: Nation) -> frozenset[date]:
    """All known bank holidays of one nation, substitute days included; none for ``Nation.NONE``."""
    return _published().get(Nation(nation), frozenset())


@cache
def known_until() -> date:
    """The last day of the last year for which every nation's bank holidays are known."""
    return date(min(max(days).year for days in _published().values()), 12, 31)


@cache
def _published() -> dict[Nation, frozenset[date]]:
    found: dict[Nation, set[date]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(Nation(row["nation"]), set()).add(date.fromisoformat(row["day"]))
    return {nation: frozenset(days) for nation, days in found.items()}
