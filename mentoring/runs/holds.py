"""Pin a pair, rule one out, let go of it, or swap two mentees: what the next run has to keep to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import NotFound
from mentoring.profiles import queries as profiles
from mentoring.profiles.queries import MenteeView, MentorView
from mentoring.runs import queries, rules
from mentoring.runs.queries import Held
from mentoring.runs.tables import Hold, HoldKind


async def pin(mentor: UUID, mentee: UUID, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """This pair stays in every further run. ``mentor`` and ``mentee`` are profiles.

    Another mentor to whom the mentee was pinned is let go of; so is the pair's being ruled out. Raises NotFound.
    """
    async with database.transaction():
        one, other, held = await _both(mentor, mentee)
        for each in held:
            if each.mentee_profile == mentee and (each.mentor_profile == mentor or each.kind is HoldKind.PINNED):
                await Hold.delete().where(Hold.id == each.id)
        await _hold([(one, other)], HoldKind.PINNED, "pair.pin", reason=reason, actor=actor, now=now)


async def rule_out(mentor: UUID, mentee: UUID, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """This pair does not come back. A pin of it is let go of. Raises NotFound."""
    async with database.transaction():
        one, other, held = await _both(mentor, mentee)
        for each in held:
            if (each.mentor_profile, each.mentee_profile) == (mentor, mentee):
                await Hold.delete().where(Hold.id == each.id)
        await _hold([(one, other)], HoldKind.RULED_OUT, "pair.rule_out", reason=reason, actor=actor, now=now)


async def release(mentor: UUID, mentee: UUID, *, actor: Actor, now: datetime) -> None:
    """Neither pinned nor ruled out any more. Again, it changes nothing. Raises NotFound."""
    async with database.transaction():
        one, other, held = await _both(mentor, mentee)
        for each in held:
            if (each.mentor_profile, each.mentee_profile) == (mentor, mentee):
                await Hold.delete().where(Hold.id == each.id)
                await _record("pair.release", one, other, actor=actor, now=now, before={"held": each.kind.value})


async def swap(first: tuple[UUID, UUID], second: tuple[UUID, UUID], *, actor: Actor, now: datetime) -> None:
    """Two mentees change mentors, and both new pairs are pinned. Each tuple is a mentor's and a mentee's profile.

    Raises NotFound and HeldOtherwise.
    """
    if first[1] == second[1]:
        raise rules.HeldOtherwise("Choose two different mentees to swap.")
    if first[0] == second[0]:
        raise rules.HeldOtherwise("Both have the same mentor already, so there is nothing to swap.")
    async with database.transaction():
        await pin(first[0], second[1], actor=actor, now=now)
        await pin(second[0], first[1], actor=actor, now=now)


async def let_go_of_pins(pairs: Sequence[tuple[UUID, UUID]], *, round: UUID) -> None:
    """Pins of pairs whose mentors are asked now have done their work: should the mentor say no, or the two part, the
    next suggestion must not bring them together again. Each pair is a mentor's and a mentee's profile."""
    async with database.transaction():
        await database.lock(f"holds:{round}")
        for each in await queries.holds(round):
            if each.kind is HoldKind.PINNED and (each.mentor_profile, each.mentee_profile) in pairs:
                await Hold.delete().where(Hold.id == each.id)


# ---------------------------------------------------------------------- parts
async def _both(mentor: UUID, mentee: UUID) -> tuple[MentorView, MenteeView, list[Held]]:
    """The two with what is held in their round, with everybody else who would change it waiting. Raises NotFound."""
    one, other = await profiles.mentor(mentor), await profiles.mentee(mentee)
    if one.round != other.round:
        raise NotFound
    await database.lock(f"holds:{one.round}")
    return one, other, await queries.holds(one.round)


async def _hold(
    pairs: Sequence[tuple[MentorView, MenteeView]],
    kind: HoldKind,
    verb: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    for one, other in pairs:
        await Hold.insert(
            Hold(
                round=one.round,
                mentor_profile=one.id,
                mentee_profile=other.id,
                kind=kind,
                reason=reason[:300],
                held_by=actor.person,
                held_at=now,
            )
        )
        await _record(verb, one, other, actor=actor, now=now, note=reason)


async def _record(
    verb: str, mentor: MentorView, mentee: MenteeView, *, actor: Actor, now: datetime, **told: Any
) -> None:
    here = await profiles.round_by_id(mentor.round)
    about = About("mentoring round", here.id, here.name)
    note = told.pop("note", "")
    named = f"{mentor.name} and {mentee.name}" + (f": {note}" if note else "")
    await audit.record(verb, about, actor=actor, now=now, person=mentee.person, note=named, **told)
