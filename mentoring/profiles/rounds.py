"""The verbs of rounds and their criteria. Each is one transaction with one line in the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import ChangedMeanwhile
from mentoring.matching.criteria import Criteria
from mentoring.profiles import rounds_read, rules
from mentoring.profiles.rounds_read import RoundView
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import (
    MenteeProfile,
    MentoringRound,
    MentorProfile,
    RoundCriteria,
    RoundStatus,
)


async def create_round(
    details: RoundDetails,
    *,
    criteria: Criteria | None = None,
    is_template: bool = False,
    cloned_from: UUID | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> UUID:
    """Make a round; only coordinators see it until it is opened. Its criteria are the usual ones unless given, and
    ``note`` says where they come from.

    Raises BadRound, SlugTaken.
    """
    rules.check_round(details)
    made = uuid4()
    try:
        async with database.transaction():
            await MentoringRound.insert(
                MentoringRound(
                    id=made, is_template=is_template, cloned_from=cloned_from, created_at=now, **_values(details)
                )
            )
            await _insert_criteria(made, criteria or rules.usual_criteria(), number=1, note=note, actor=actor, now=now)
            await audit.record(
                "mentoring_round.create", About("mentoring_round", made, details.name), actor=actor, now=now,
                after={**_values(details), "template": is_template},
            )  # fmt: skip
    except database.Duplicate:
        raise rules.SlugTaken from None
    return made


async def change_round(round: UUID, details: RoundDetails, *, version: int, actor: Actor, now: datetime) -> None:
    """Save the settings. The address stays once people may know it. Raises BadRound, ChangedMeanwhile, SlugTaken,
    NotFound."""
    rules.check_round(details)
    try:
        async with database.transaction():
            here = await locked(round)
            if here.version != version:
                raise ChangedMeanwhile("Somebody else saved this round while you had it open. Nothing was changed.")
            if details.slug != here.slug and here.public:
                raise rules.BadRound("The address stands in links that people have, so it stays.", field="slug")
            before, after = audit.changed(_values(here.details), _values(details))
            if not after:
                return
            await MentoringRound.update({**_values(details), "version": version + 1}).where(MentoringRound.id == round)
            await audit.record("mentoring_round.change", _about(here), actor=actor, now=now, before=before, after=after)
    except database.Duplicate:
        raise rules.SlugTaken from None


async def clone_round(
    round: UUID,
    *,
    name: str,
    slug: str = "",
    starts_on: date | None,
    is_template: bool = False,
    actor: Actor,
    now: datetime,
) -> UUID:
    """A new draft with the texts, settings and latest criteria of another round and its dates moved to the new start.

    People do not come along. With ``is_template`` it is kept to make rounds from. Raises BadRound, SlugTaken, NotFound.
    """
    async with database.transaction():
        former = await rounds_read.round_by_id(round)
        latest = await rounds_read.criteria(round)
        wanted = slug or rules.free_slug(name, await rounds_read.slugs())
        return await create_round(
            rules.shifted(former.details, starts_on=starts_on, name=name, slug=wanted),
            criteria=latest.criteria,
            is_template=is_template,
            cloned_from=round,
            note=f"As in {former.name}",
            actor=actor,
            now=now,
        )


async def move_round(round: UUID, status: RoundStatus, *, actor: Actor, now: datetime) -> None:
    """Open a round, end sign-up, let it run, or close it. Raises ForbiddenMove, NotFound."""
    async with database.transaction():
        here = await locked(round)
        if refused := rules.why_not_move(here.status, status, is_template=here.is_template):
            raise refused
        values: dict[Any, Any] = {"status": status.value, "version": here.version + 1}
        if status is RoundStatus.RUNNING and here.published_at is None:
            values["published_at"] = now
        if status is RoundStatus.CLOSED:
            values["closed_at"] = now
        await MentoringRound.update(values).where(MentoringRound.id == round)
        await audit.record(
            "mentoring_round.move", _about(here), actor=actor, now=now,
            before={"status": here.status.value}, after={"status": status.value},
        )  # fmt: skip


async def remove_round(round: UUID, *, actor: Actor, now: datetime) -> None:
    """Take away a template, or a draft in which nobody takes part. Raises InUse, NotFound."""
    async with database.transaction():
        here = await locked(round)
        if refused := await why_not_remove(here):
            raise refused
        await MentoringRound.delete().where(MentoringRound.id == round)
        await audit.record("mentoring_round.remove", _about(here), actor=actor, now=now, before=_values(here.details))


async def why_not_remove(here: RoundView) -> rules.InUse | None:
    """The rule for the page and the verb."""
    if here.status is not RoundStatus.DRAFT:
        return rules.InUse("Only a draft can be taken away. Close this round instead.")
    used = await MentorProfile.exists().where(MentorProfile.round == here.id) or await MenteeProfile.exists().where(
        MenteeProfile.round == here.id
    )
    return rules.InUse("People are in this round already, so it stays.") if used else None


async def new_criteria(
    round: UUID, criteria: Criteria, *, note: str = "", after: int | None = None, actor: Actor, now: datetime
) -> int:
    """Save criteria as a new version and return its number; the same criteria again make none.

    ``after`` is the number that was on the page: another one since then raises ChangedMeanwhile. Raises NotFound.
    """
    async with database.transaction():
        here = await locked(round)
        latest = await rounds_read.criteria(round)
        if after is not None and latest.number != after:
            raise ChangedMeanwhile("Somebody else saved new criteria while you had these open. Nothing was changed.")
        if latest.criteria == criteria:
            return latest.number
        number = latest.number + 1
        await _insert_criteria(round, criteria, number=number, note=note, actor=actor, now=now)
        before, changed = audit.changed(msgspec.to_builtins(latest.criteria), msgspec.to_builtins(criteria))
        await audit.record(
            "mentoring_round.criteria", _about(here), actor=actor, now=now,
            before={"number": latest.number, **before}, after={"number": number, **changed}, note=note,
        )  # fmt: skip
    return number


async def _insert_criteria(
    round: UUID, criteria: Criteria, *, number: int, note: str, actor: Actor, now: datetime
) -> None:
    await RoundCriteria.insert(
        RoundCriteria(
            round=round,
            number=number,
            criteria=msgspec.json.encode(criteria).decode(),
            note=note[:300],
            author=actor.person,
            made_at=now,
        )
    )


async def locked(round: UUID) -> RoundView:
    """The round, held until the transaction ends. Raises NotFound."""
    await database.lock(f"mentoring-round:{round}")
    return await rounds_read.round_by_id(round)


def _about(here: RoundView) -> About:
    return About("mentoring_round", here.id, here.name)


def _values(details: RoundDetails) -> dict[Any, Any]:
    return msgspec.structs.asdict(details)
