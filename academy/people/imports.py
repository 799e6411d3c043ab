"""Lists of organisations, from the spreadsheets that people have."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from academy.errors import Invalid
from academy.people.organisations import KIND_NAMES, NewOrganisation
from academy.people.rules import UNUSABLE
from academy.people.tables import OrganisationKind

COUNCILS = Path(__file__).parent / "data" / "uk_local_authorities.csv"
CREDIT = "UK Local Authorities (past and current) by mySociety, CC BY 4.0"

LARGEST_FILE = 5_000_000
MOST_ROWS = 50_000
_UNCLOSED = "Look there for a quotation mark that is not closed, or a very long cell."


def councils() -> list[NewOrganisation]:
    """The local authorities of the United Kingdom, as shipped (see the credit beside the file)."""
    return read_organisations(COUNCILS.read_bytes())


_COLUMNS = {
    "name": ("name", "organisation", "organisation name", "official-name", "official name"),
    "short_name": ("short_name", "short name", "nice-name"),
    "kind": ("kind", "organisation kind", "sector"),
    "nation": ("nation", "country"),
    "region": ("region",),
    "code": ("gss_code", "gss code", "gss-code", "code"),
    "member": ("member",),
}
_KINDS = {
    "council": OrganisationKind.LOCAL_AUTHORITY,
    "local government": OrganisationKind.LOCAL_AUTHORITY,
    "public": OrganisationKind.OTHER_PUBLIC,
    "public sector": OrganisationKind.OTHER_PUBLIC,
    "private": OrganisationKind.PRIVATE,
    "partner": OrganisationKind.PRIVATE,
    "charity": OrganisationKind.THIRD_SECTOR,
    "voluntary": OrganisationKind.THIRD_SECTOR,
} | {key: kind for kind, name in KIND_NAMES.items() for key in (kind.value, name.lower())}


def read_organisations(octets: bytes) -> list[NewOrganisation]:
    """Read a CSV file: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs.

    Columns: name, and as far as there are any kind, nation, region, code (or gss_code), short_name, member.
    Raises Invalid, naming the rows: the first row is the heading, row 1.
    """
    table = _table(octets)
    if not table:
        raise Invalid({"file": "The file is empty. Choose a CSV file with a heading row."})
    heading = [cell.strip().casefold() for cell in table[0]]
    where = {
        field: next((heading.index(name) for name in names if name in heading), None)
        for field, names in _COLUMNS.items()
    }
    if where["name"] is None:
        raise Invalid({"file": "The first row must name the columns, and one of them must be called name."})
    kind_of_list = "type" in heading and "gss_code" in heading
    found: list[NewOrganisation] = []
    errors: dict[str, str] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        values = {
            field: cells[place].strip() if place is not None and place < len(cells) else ""
            for field, place in where.items()
        }
        wrong = _wrong(values)
        if wrong:
            errors[f"row {number}"] = f"Row {number}: {wrong}"
            if len(errors) == 20:
                break
            continue
        default = OrganisationKind.LOCAL_AUTHORITY if kind_of_list else OrganisationKind.OTHER_PUBLIC
        found.append(
            NewOrganisation(
                name=values["name"],
                short_name=values["short_name"],
                kind=_KINDS[values["kind"].casefold()] if values["kind"] else default,
                nation=values["nation"],
                region=values["region"],
                code=values["code"] or None,
                member=values["member"].casefold() in ("1", "yes", "y", "true", "member"),
            )
        )
    if errors:
        raise Invalid(errors)
    if not found:
        raise Invalid({"file": "The file has a heading but no organisations."})
    return found


def _wrong(values: dict[str, str]) -> str:
    if not values["name"]:
        return "the name is missing."
    for field, most in (("name", 200), ("short_name", 120), ("nation", 40), ("region", 60), ("code", 40)):
        if len(values[field]) > most:
            return f"the {field.replace('_', ' ')} is longer than {most} characters."
        if UNUSABLE.search(values[field]):
            return f"the {field.replace('_', ' ')} has a character that cannot be used."
    if values["kind"] and values["kind"].casefold() not in _KINDS:
        return "the kind must be one of: " + ", ".join(KIND_NAMES.values()) + "."
    return ""


def _table(octets: bytes) -> list[list[str]]:
    if len(octets) > LARGEST_FILE:
        raise Invalid({"file": "The file is larger than 5 MB. Split it into smaller ones."})
    text = decoded(octets)
    if "\0" in text:
        raise Invalid({"file": "This is not a CSV file. Save the spreadsheet as CSV and choose that file."})
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise Invalid({"file": f"The file has more than {MOST_ROWS:,} rows. Split it into smaller ones."})
    except csv.Error:
        raise Invalid({"file": f"The file cannot be read after row {len(rows)}. {_UNCLOSED}"}) from None
    return rows


def decoded(octets: bytes) -> str:
    """The text of a file that does not say its encoding: UTF-16 by its mark, else UTF-8, else Windows-1252."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
