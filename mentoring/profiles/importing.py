"""The people of a list are imported: all of them or none, and doing it twice adds nobody twice.

A long list is a row that waits, so that no page waits for it. It is read in a thread; then everybody is written in one
transaction, some hundred in a statement, and whoever reads pages meanwhile is answered between two statements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import clock, database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, About, Actor
from academy.errors import Invalid, NotFound
from academy.people import queries as people
from academy.people import service as people_service
from academy.people.service import NewPerson
from mentoring import waiting
from mentoring.matching.people import plain
from mentoring.profiles import columns, lists, rounds_read, rules
from mentoring.profiles.answers import as_json
from mentoring.profiles.drafts import Draft
from mentoring.profiles.lists import File, Standing
from mentoring.profiles.tables import (
    EqualityAnswer,
    MenteeProfile,
    MentorProfile,
    ProfileImport,
    ProfileSource,
    Side,
)
from mentoring.waiting import Kind, Told, WorkState

SMALL = 300
"""Rows that are imported while the page waits; more of them are imported in the background."""
PIECE = 500
"""People who are written together."""
LOOKS_AGAIN = 2
"""Times that the list is gone through anew since one of them signed up at this moment, and nothing was written."""
READ = 0.4
"""How far it is once the list is read."""


class Done(msgspec.Struct, frozen=True):
    """What importing a file did."""

    added: int
    skipped: int


async def ask_import(round: UUID, file: UUID, *, actor: Actor, now: datetime) -> Standing:
    """Have a list imported. A short one is imported at once; a long one is a row that waits for ``start_import``.

    While it is being imported, or once it is, a second wish does nothing.
    Raises Invalid for a mapping that lacks something, CannotSignUp for a closed round, NotFound.
    """
    here = await lists.file_of(round, file)
    await _check(here)
    if await _ASK.run(file=file, person=actor.person, now=now) and len(here.rows) <= SMALL:
        await waiting.work(IMPORTS, file, now=now)
    return await lists.standing(round, file)


def start_import(file: UUID) -> None:
    """Begin in the background, outside any transaction. Whoever looks meanwhile sees the progress."""
    waiting.start(IMPORTS, file)


async def import_people(
    round: UUID, file: UUID, *, actor: Actor, now: datetime, told: Callable[[float], None] | None = None
) -> Done:
    """Import who is not there yet, all or none. Persons are recognised by their addresses and keep their names; new
    ones are made. ``told`` hears how far it is, from 0 to 1.

    Raises Invalid for a mapping that lacks something, CannotSignUp for a closed round, NotFound.
    """
    here = await lists.file_of(round, file)
    await _check(here)
    tell = told or (lambda _: None)
    for _ in range(LOOKS_AGAIN):
        with suppress(database.Duplicate):
            return await _import(here, actor=actor, now=now, told=tell)
    return await _import(here, actor=actor, now=now, told=tell)


async def _import(here: File, *, actor: Actor, now: datetime, told: Told) -> Done:
    """Raises Duplicate when somebody else makes one of the people or profiles meanwhile."""
    found = await lists.preview(here, lambda done: told(READ * done))
    await ProfileImport.update({ProfileImport.progress: int(100 * READ)}).where(ProfileImport.id == here.id)
    employers = {plain(name): UUID(key) for key, name in await people.organisation_choices()}
    async with database.transaction():
        await database.lock(f"mentoring-round:{here.round}")
        before = await lists.standing(here.round, here.id)
        if before.state is WorkState.READY:  # another process took it up, and was faster
            return Done(before.added or 0, before.skipped or 0)
        of = await _check(here)
        there = await lists.in_round(here.round, here.side)
        added = 0
        for start in range(0, len(found.imported), PIECE):
            piece = found.imported[start : start + PIECE]
            added += await _write(here, piece, employers, there, actor=actor, now=now)
            told(READ + (1 - READ) * (start + len(piece)) / len(found.imported))
        done = Done(added, len(here.rows) - added)
        await ProfileImport.update(
            {
                ProfileImport.state: WorkState.READY,
                ProfileImport.added: done.added,
                ProfileImport.skipped: done.skipped,
                ProfileImport.done_at: now,
            }
        ).where(ProfileImport.id == here.id)
        await audit.record(
            "mentoring_round.import", About("mentoring_round", here.round, of.name), actor=actor, now=now,
            after={"file": here.name, "side": here.side.value, "added": done.added, "skipped": done.skipped},
        )  # fmt: skip
    return done


async def _carry_out(file: UUID, told: Told) -> Mapping[str, Any]:
    row = await _ROUND.first(file=file)
    if row is None:
        raise NotFound
    asked = await lists.standing(row["round"], file)
    by = Actor(asked.asked_by, asked.asked_by_name) if asked.asked_by else ACADEMY
    done = await import_people(row["round"], file, actor=by, now=clock.now(), told=told)
    return {"added": done.added, "skipped": done.skipped}


IMPORTS = Kind(
    ProfileImport, _carry_out, "The import stopped because of a mistake of ours. Nobody was imported; try again."
)


async def _check(file: File) -> rounds_read.RoundView:
    """The round, if the list can be imported. Raises Invalid, CannotSignUp and NotFound."""
    of = await rounds_read.round_by_id(file.round)
    if refused := rules.why_not_change(of.status):
        raise refused
    if wrong := columns.why_not_usable(file.mapping):
        raise Invalid(wrong)
    return of


async def _write(
    file: File,
    drafts: Sequence[Draft],
    employers: dict[str, UUID],
    there: set[UUID],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Some of the people; how many profiles are new. ``there`` are those who have one, and get the new ones."""
    persons = await people_service.find_or_create_many([_person(draft, employers) for draft in drafts], now)
    jobs = await people.jobs(persons)
    new = [(person, draft) for person, draft in dict(zip(persons, drafts, strict=True)).items() if person not in there]
    there |= {person for person, _ in new}
    profiles: list[dict[str, Any]] = []
    for person, draft in new:
        job = jobs.get(person)
        employer = draft.organisation_name or (job.name if job else "")
        profiles.append(
            {
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
                **({"capacity": draft.capacity} if file.side is Side.MENTOR else {}),
            }
        )
    await database.insert_values(MentorProfile if file.side is Side.MENTOR else MenteeProfile, profiles)
    await database.insert_values(
        EqualityAnswer,
        [
            {"round": file.round, "person": person, "told_at": now, "brought": True, **msgspec.structs.asdict(told)}
            for person, draft in new
            for told in draft.told
        ],
        unless=[EqualityAnswer.round, EqualityAnswer.person, EqualityAnswer.question],
    )
    about = f"{file.side.value}_profile"
    await audit.record_all([
        audit.entry(
            f"{file.side.value}.import", About(about, profile["id"], draft.name), actor=actor, now=now,
            person=person, after={"file": file.name, "row": draft.number},
        )
        for profile, (person, draft) in zip(profiles, new, strict=True)
    ])  # fmt: skip
    return len(new)


def _person(draft: Draft, employers: dict[str, UUID]) -> NewPerson:
    return NewPerson(
        name=draft.name,
        address=draft.address,
        organisation=employers.get(plain(draft.organisation_name)),
        organisation_name=draft.organisation_name,
        job_title=draft.answers.job_title,
    )


_ASK = database.compiled_sql("""
    UPDATE profile_import SET state = 'waiting', progress = 0, problem = '', asked_by = :person, asked_at = :now
    WHERE id = :file AND state IN ('', 'failed') RETURNING id
""")
_ROUND = database.compiled_sql("SELECT round FROM profile_import WHERE id = :file")
