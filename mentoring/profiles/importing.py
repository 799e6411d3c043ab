"""A coordinator brings a list of mentors or mentees: the file is kept, its columns confirmed, its rows looked at, and
then imported. Doing it twice adds nobody twice.

Files are read in threads, and people are written some hundred at a time, each in a transaction of its own: whoever
uses the academy meanwhile does not wait. What was written stays if the rest fails; the same import goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import Invalid, NotFound
from academy.people import queries as people
from academy.people import service as people_service
from academy.people.service import CHUNK, NewPerson
from academy.people.tables import EmailAddress
from academy.web import sheets
from academy.web.sheets import Row
from mentoring.matching.people import plain
from mentoring.profiles import columns, rounds_read, rules
from mentoring.profiles.answers import as_json
from mentoring.profiles.columns import Mapping
from mentoring.profiles.drafts import Draft, Skipped, read_rows
from mentoring.profiles.tables import (
    EqualityAnswer,
    MenteeProfile,
    MentorProfile,
    ProfileImport,
    ProfileSource,
    Side,
)

PIECE = 100
"""People in one transaction."""
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
    added: int | None
    skipped: int | None


class Preview(msgspec.Struct, frozen=True):
    """What importing a file would do."""

    imported: list[Draft]
    skipped: list[Skipped]


class Done(msgspec.Struct, frozen=True):
    """What importing a file did."""

    added: int
    skipped: int


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
    """Save what the columns mean. Raises Invalid for a mapping that lacks something, NotFound."""
    if wrong := columns.why_not_usable(mapping):
        raise Invalid(wrong)
    async with database.transaction():
        if not await ProfileImport.exists().where(ProfileImport.id == file):
            raise NotFound
        await ProfileImport.update({ProfileImport.mapping: _as_json(mapping)}).where(ProfileImport.id == file)


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
        added=row["added"],
        skipped=row["skipped"],
    )


async def preview(file: File) -> Preview:
    """Who would be imported, and who not and why; nothing is written."""
    drafts, skipped = await asyncio.to_thread(read_rows, file.rows, file.mapping, file.side)
    known = await _owners([draft.key for draft in drafts])
    there = await _profiles(file.round, file.side)
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


async def import_people(round: UUID, file: UUID, *, actor: Actor, now: datetime) -> Done:
    """Import who is not there yet. Persons are recognised by their addresses and keep their names; new ones are made.

    Raises Invalid for a mapping that lacks something, CannotSignUp for a closed round, NotFound.
    """
    here = await file_of(round, file)
    of = await rounds_read.round_by_id(round)
    if refused := rules.why_not_change(of.status):
        raise refused
    if wrong := columns.why_not_usable(here.mapping):
        raise Invalid(wrong)
    found = await preview(here)
    employers = {plain(name): UUID(key) for key, name in await people.organisation_choices()}
    added = 0
    for start in range(0, len(found.imported), PIECE):
        added += await _write(here, found.imported[start : start + PIECE], employers, actor=actor, now=now)
    skipped = len(here.rows) - added
    async with database.transaction():
        first = await ProfileImport.exists().where(ProfileImport.id == file, ProfileImport.done_at.is_null())
        if first:
            await ProfileImport.update(
                {ProfileImport.added: added, ProfileImport.skipped: skipped, ProfileImport.done_at: now}
            ).where(ProfileImport.id == file)
        await audit.record(
            "mentoring_round.import", About("mentoring_round", round, of.name), actor=actor, now=now,
            after={"file": here.name, "side": here.side.value, "added": added, "skipped": skipped},
        )  # fmt: skip
    return Done(added, skipped)


async def purge_files(now: datetime) -> int:
    """Forget the content of files that were brought long ago; how many. What they did stays in the audit trail."""
    rows = await _OLD.run(before=now - KEPT)
    for row in rows:
        await ProfileImport.update({ProfileImport.content: None}).where(ProfileImport.id == row["id"])
    return len(rows)


async def _write(
    file: File, drafts: Sequence[Draft], employers: dict[str, UUID], *, actor: Actor, now: datetime
) -> int:
    """One piece, in one transaction; how many profiles are new."""
    async with database.transaction():
        await database.lock(f"mentoring-round:{file.round}")
        persons = await people_service.find_or_create_many([_person(draft, employers) for draft in drafts], now)
        there = await _profiles(file.round, file.side)
        jobs = await people.jobs(persons)
        new = [
            (person, draft) for person, draft in dict(zip(persons, drafts, strict=True)).items() if person not in there
        ]
        table: type[MentorProfile] | type[MenteeProfile] = MentorProfile if file.side is Side.MENTOR else MenteeProfile
        profiles: list[Any] = []
        for person, draft in new:
            job = jobs.get(person)
            employer = draft.organisation_name or (job.name if job else "")
            values: dict[str, Any] = {
                "id": uuid4(),
                "round": file.round,
                "person": person,
                "organisation": employers.get(plain(employer))
                or (job.organisation if job and not draft.organisation_name else None),
                "organisation_name": employer[:200],
                "answers": as_json(draft.answers),
                "source": ProfileSource.IMPORT,
                "created_at": now,
                "changed_at": now,
            }
            if file.side is Side.MENTOR:
                values["capacity"] = draft.capacity
            profiles.append(table(**values))
        await database.insert(profiles)
        await database.insert(
            [
                EqualityAnswer(
                    round=file.round, person=person, question=told.question, answer=told.answer,
                    for_matching=told.for_matching, told_at=now,
                )
                for person, draft in new
                for told in draft.told
            ],
            unless=[EqualityAnswer.round, EqualityAnswer.person, EqualityAnswer.question],
        )  # fmt: skip
        about = f"{file.side.value}_profile"
        await database.insert(
            [
                audit.entry(
                    f"{file.side.value}.import", About(about, profile.id, draft.name), actor=actor, now=now,
                    person=person, after={"file": file.name, "row": draft.number},
                )
                for profile, (person, draft) in zip(profiles, new, strict=True)
            ]
        )  # fmt: skip
    return len(new)


def _person(draft: Draft, employers: dict[str, UUID]) -> NewPerson:
    return NewPerson(
        name=draft.name,
        address=draft.address,
        organisation=employers.get(plain(draft.organisation_name)),
        organisation_name=draft.organisation_name,
        job_title=draft.answers.job_title,
    )


_FILE = database.compiled_sql("""
    SELECT side, file_name, content, mapping, added, skipped FROM profile_import
    WHERE id = :file AND round = :round
""")
_OLD = database.compiled_sql("SELECT id FROM profile_import WHERE content IS NOT NULL AND brought_at < :before")
_THERE = {
    Side.MENTOR: database.compiled_sql("SELECT person FROM mentor_profile WHERE round = :round"),
    Side.MENTEE: database.compiled_sql("SELECT person FROM mentee_profile WHERE round = :round"),
}


async def _profiles(round: UUID, side: Side) -> set[UUID]:
    """Who has a profile, withdrawn or not: an import brings nobody back."""
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
