"""A coordinator brings a list of mentors or mentees: the file is kept, its columns confirmed, its rows looked at.

Nothing is imported yet: see ``importing``. Files are read in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import DomainError, Invalid, NotFound
from academy.people.service import CHUNK
from academy.people.tables import EmailAddress
from academy.web import sheets
from academy.web.sheets import Row
from mentoring.profiles import columns, rounds_read, rules
from mentoring.profiles.columns import Mapping
from mentoring.profiles.drafts import Draft, Skipped, read_rows
from mentoring.profiles.tables import ProfileImport, Side
from mentoring.waiting import WorkState

KEPT = timedelta(days=7)
"""So long a file is kept after it was brought."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was brought, as far as the pages need it."""

    id: UUID
    round: UUID
    side: Side
    name: str
    mapping: Mapping
    headings: list[str]
    rows: list[Row]
    """Without the heading."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a list is: brought, being imported, imported."""

    id: UUID
    round: UUID
    side: Side
    name: str
    state: WorkState | None
    """None until somebody wants it imported."""
    progress: int
    """Per cent."""
    problem: str
    added: int | None
    skipped: int | None
    asked_by: UUID | None
    asked_by_name: str
    done_at: datetime | None

    @property
    def under_way(self) -> bool:
        return self.state in (WorkState.WAITING, WorkState.WORKING)


class BeingImported(DomainError):
    """Somebody has pressed the button already."""


class Preview(msgspec.Struct, frozen=True):
    """What importing a file would do."""

    imported: list[Draft]
    skipped: list[Skipped]


async def bring_file(
    round: UUID, *, octets: bytes, file_name: str, side: Side | None = None, actor: Actor, now: datetime
) -> UUID:
    """Keep a list, with a guess at its columns; nobody is imported yet. Without a ``side`` its columns tell it.

    Raises Invalid for a file that cannot be read, or that could be either side's, CannotSignUp for a closed round,
    and NotFound.
    """
    here = await rounds_read.round_by_id(round)
    if refused := rules.why_not_change(here.status):
        raise refused
    if here.is_template:
        raise rules.CannotSignUp("This is a template. Make a round from it first.")
    if not octets:
        raise Invalid({"file": "Choose a CSV or Excel file."})
    rows = await asyncio.to_thread(sheets.read, octets)
    headings = rows[0].cells
    whose = side or columns.likely_side(headings)
    if whose is None:
        raise Invalid({"side": "Choose whether these are mentors or mentees: the columns do not tell."})
    if len(rows) < 2:
        raise Invalid({"file": "The file has a heading but nobody in it."})
    made = ProfileImport(
        round=round,
        side=whose,
        file_name=_name(file_name),
        content=octets,
        mapping=_as_json(columns.guess(headings, whose)),
        brought_by=actor.person,
        brought_at=now,
    )
    async with database.transaction():
        await ProfileImport.insert(made)
        await audit.record(
            "mentoring_round.bring_file", About("mentoring_round", round, here.name), actor=actor, now=now,
            after={"file": made.file_name, "side": whose.value, "rows": len(rows) - 1},
        )  # fmt: skip
    return made.id


async def choose_columns(file: UUID, mapping: Mapping) -> None:
    """Save what the columns mean; a list that was imported with others can be imported again.

    Raises Invalid for a mapping that lacks something, BeingImported, NotFound.
    """
    if wrong := columns.why_not_usable(mapping):
        raise Invalid(wrong)
    async with database.transaction():
        if not await ProfileImport.exists().where(ProfileImport.id == file):
            raise NotFound
        if not await _MAP.run(file=file, mapping=_as_json(mapping)):
            raise BeingImported("This list is being imported. Wait until it is done to change its columns.")


async def file_of(round: UUID, file: UUID) -> File:
    """The list with its rows. Raises NotFound, also when it is kept no longer."""
    row = await _FILE.first(file=file, round=round)
    if row is None or row["content"] is None:
        raise NotFound("We no longer keep that file. Bring it again.")
    rows = await asyncio.to_thread(sheets.read, bytes(row["content"]))
    return File(
        id=file,
        round=round,
        side=Side(row["side"]),
        name=row["file_name"],
        mapping={int(at): key for at, key in msgspec.json.decode(row["mapping"]).items()},
        headings=rows[0].cells,
        rows=rows[1:],
    )


async def standing(round: UUID, file: UUID) -> Standing:
    """How far a list is, without reading it. Raises NotFound."""
    row = await _STANDING.first(file=file, round=round)
    if row is None:
        raise NotFound
    return Standing(
        **{**row, "side": Side(row["side"]), "state": WorkState(row["state"]) if row["state"] else None}, round=round
    )


async def preview(file: File, told: Callable[[float], None] | None = None) -> Preview:
    """Who would be imported, and who not and why; nothing is written."""
    drafts, skipped = await asyncio.to_thread(read_rows, file.rows, file.mapping, file.side, told)
    known = await _owners([draft.key for draft in drafts])
    there = await in_round(file.round, file.side)
    already = f"They are a {file.side.value} of this round already."
    people_seen: dict[UUID, int] = {}
    kept: list[Draft] = []
    for draft in drafts:
        person = known.get(draft.key)
        if person is not None and person in there:
            skipped.append(Skipped(draft.number, draft.name, already))
        elif person is not None and person in people_seen:
            first = people_seen[person]
            skipped.append(Skipped(draft.number, draft.name, f"The person stands in row {first} with another address."))
        else:
            if person is not None:
                people_seen[person] = draft.number
            kept.append(draft)
    return Preview(kept, sorted(skipped, key=lambda each: each.number))


async def purge_files(now: datetime) -> int:
    """Forget the content of files that were brought long ago; how many. What they did stays in the audit trail."""
    rows = await _OLD.run(before=now - KEPT)
    for row in rows:
        await ProfileImport.update({ProfileImport.content: None}).where(ProfileImport.id == row["id"])
    return len(rows)


_FILE = database.compiled_sql(
    "SELECT side, file_name, content, mapping FROM profile_import WHERE id = :file AND round = :round"
)
_STANDING = database.compiled_sql("""
    SELECT x.id, x.side, x.file_name AS name, x.state, x.progress, x.problem, x.added, x.skipped, x.asked_by,
           coalesce(p.name, '') AS asked_by_name, x.done_at
    FROM profile_import x LEFT JOIN person p ON p.id = x.asked_by
    WHERE x.id = :file AND x.round = :round
""")
_MAP = database.compiled_sql("""
    UPDATE profile_import SET mapping = :mapping, state = ''
    WHERE id = :file AND state NOT IN ('waiting', 'working') RETURNING id
""")
_OLD = database.compiled_sql("SELECT id FROM profile_import WHERE content IS NOT NULL AND brought_at < :before")
_THERE = {
    Side.MENTOR: database.compiled_sql("SELECT person FROM mentor_profile WHERE round = :round"),
    Side.MENTEE: database.compiled_sql("SELECT person FROM mentee_profile WHERE round = :round"),
}


async def in_round(round: UUID, side: Side) -> set[UUID]:
    """Who has a profile of this side, withdrawn or not: an import brings nobody back."""
    return {row["person"] for row in await _THERE[side].run(round=round)}


async def _owners(keys: list[str]) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for start in range(0, len(keys), CHUNK):
        rows = await EmailAddress.select(EmailAddress.normalised, EmailAddress.person).where(
            EmailAddress.normalised.is_in(keys[start : start + CHUNK])
        )
        found |= {row["normalised"]: row["person"] for row in rows}
    return found


def _as_json(mapping: Mapping) -> str:
    return msgspec.json.encode({str(at): key for at, key in mapping.items()}).decode()


def _name(file_name: str) -> str:
    """A file's name without folders, and with nothing that cannot be shown."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:200] or "list"
