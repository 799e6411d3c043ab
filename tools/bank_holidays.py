"""For maintainers: bring the bank holidays up to date with what GOV.UK publishes, and write the file that we commit.

    python tools/bank_holidays.py           # from https://www.gov.uk/bank-holidays.json
    python tools/bank_holidays.py FILE      # from a copy of it

GOV.UK lists the last years and the next ones. Years that it lists replace ours; those before stay.
The tool stops when the list looks unlike what it knows. People who install or run the product never run it.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

ADDRESS = "https://www.gov.uk/bank-holidays.json"
FILE = Path(__file__).parents[1] / "cohorts" / "coaching" / "times" / "data" / "bank_holidays.csv"
NATIONS = ("england-and-wales", "northern-ireland", "scotland")
LEAST_A_YEAR = 8
"""No nation has had fewer since 1978."""

Line = tuple[str, str, str]
"""Nation, day as 2026-06-15, name."""


class ChangedShape(Exception):
    """The list is built unlike the ones this tool knows; the message says how."""


def published(found: Mapping[str, Any]) -> set[Line]:
    """What GOV.UK lists. Raises ChangedShape."""
    if set(found) != set(NATIONS):
        raise ChangedShape(f"The nations are {sorted(found)}.")
    lines = set()
    for nation, listed in found.items():
        for event in listed["events"]:
            lines.add((nation, date.fromisoformat(event["date"]).isoformat(), " ".join(event["title"].split())))
    for nation in NATIONS:
        for year in _years(lines):
            if sum(line[0] == nation and line[1].startswith(year) for line in lines) < LEAST_A_YEAR:
                raise ChangedShape(f"{nation} has fewer than {LEAST_A_YEAR} bank holidays in {year}.")
    return lines


def together(ours: Iterable[Line], theirs: Iterable[Line]) -> list[Line]:
    """Theirs, and ours of the years that they do not list, in order of nation and day."""
    theirs = set(theirs)
    listed = _years(theirs)
    return sorted(theirs | {line for line in ours if line[1][:4] not in listed})


def _years(lines: Iterable[Line]) -> set[str]:
    return {day[:4] for _, day, _ in lines}


def read(text: str) -> list[Line]:
    return [(row["nation"], row["day"], row["name"]) for row in csv.DictReader(io.StringIO(text))]


def written(lines: Iterable[Line]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("nation", "day", "name"))
    rows.writerows(lines)
    return out.getvalue()


def main(arguments: list[str]) -> None:
    if arguments:
        content = Path(arguments[0]).read_bytes()
    else:
        with urllib.request.urlopen(ADDRESS, timeout=30) as answer:
            content = answer.read()
    ours = read(FILE.read_text(encoding="utf-8")) if FILE.exists() else []
    lines = together(ours, published(json.loads(content)))
    FILE.write_text(written(lines), encoding="utf-8")
    print(f"{len(lines)} bank holidays, {len(set(lines) - set(ours))} of them new, up to {max(_years(lines))}.")


if __name__ == "__main__":
    main(sys.argv[1:])
