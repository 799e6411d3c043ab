"""The verbs of profiles: signing up, changing, pausing, withdrawing. Each is one transaction.

The audit trail says which answers were changed, not what they are: some are told in trust, and they go with the
profile. What a pairing needs when somebody withdraws is composed above, in ``mentoring.pairings``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, About, Actor
from academy.errors import ChangedMeanwhile, NotFound
from academy.people import queries as people
from academy.people.service import CHUNK
from mentoring.profiles import people_read, places, rounds_read, rules
from mentoring.profiles.answers import MenteeAnswers, MentorAnswers, Told, as_json
from mentoring.profiles.known import known_mentor
from mentoring.profiles.people_read import MenteeView, MentorView
from mentoring.profiles.rounds_read import RoundView
from mentoring.profiles.tables import (
    Choice,
    EqualityAnswer,
    MenteeProfile,
    MentorProfile,
    MentorStatus,
    PoolStatus,
    ProfileSource,
    Side,
)

Mine = MentorView | MenteeView

_TABLES: dict[Side, Any] = {Side.MENTOR: MentorProfile, Side.MENTEE: MenteeProfile}
_WITHDRAWN = {Side.MENTOR: MentorStatus.WITHDRAWN, Side.MENTEE: PoolStatus.WITHDRAWN}


async def sign_up_mentor(
    round: UUID,
    person: UUID,
    answers: MentorAnswers,
    *,
    capacity: int = 1,
    choices: Sequence[UUID] | None = None,
    told: Sequence[Told] | None = None,
    source: ProfileSource = ProfileSource.SELF,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Offer to be a mentor; who had withdrawn comes back, who is in changes their answers. Returns the profile.

    ``choices`` and what is ``told`` of oneself stay as they are where they are not given. People themselves are held
    to the sign-up window, coordinators and imports are not. Raises CannotSignUp, BadProfile, NotFound.
    """
    capacity = rules.check_capacity(capacity)
    async with database.transaction():
        await database.lock(f"profile:{round}:{person}")
        mine = await people_read.mentor_of(round, person)
        if mine is not None and mine.status is MentorStatus.ACTIVE:
            await change_mentor(
                mine.id, answers, capacity=capacity, choices=choices, told=told, version=mine.version,
                actor=actor, now=now,
            )  # fmt: skip
            return mine.id
        return await _come_in(
            Side.MENTOR, round, person, mine, source=source, choices=choices, told=told, actor=actor, now=now,
            values={"status": MentorStatus.ACTIVE.value, "answers": as_json(answers), "capacity": capacity,
                    "paused_until": None},
            after={"capacity": capacity},
        )  # fmt: skip


async def sign_up_mentee(
    round: UUID,
    person: UUID,
    answers: MenteeAnswers,
    *,
    choices: Sequence[UUID] | None = None,
    told: Sequence[Told] | None = None,
    source: ProfileSource = ProfileSource.SELF,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Ask for a mentor; the rest as with ``sign_up_mentor``."""
    async with database.transaction():
        await database.lock(f"profile:{round}:{person}")
        mine = await people_read.mentee_of(round, person)
        if mine is not None and mine.status is not PoolStatus.WITHDRAWN:
            await change_mentee(
                mine.id, answers, choices=choices, told=told, version=mine.version, actor=actor, now=now
            )
            return mine.id
        return await _come_in(
            Side.MENTEE, round, person, mine, source=source, choices=choices, told=told, actor=actor, now=now,
            values={"status": PoolStatus.IN_POOL.value, "answers": as_json(answers)},
        )  # fmt: skip


async def change_mentor(
    profile: UUID,
    answers: MentorAnswers,
    *,
    capacity: int,
    choices: Sequence[UUID] | None = None,
    told: Sequence[Told] | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Save a mentor's answers. Fewer places than pairings end none of them. Raises ChangedMeanwhile, CannotSignUp,
    BadProfile, NotFound."""
    capacity = rules.check_capacity(capacity)
    async with database.transaction():
        await database.lock(f"mentor:{profile}")
        mine = await people_read.mentor(profile)
        others = {"capacity": capacity} if capacity != mine.capacity else {}
        await _change(
            Side.MENTOR, mine, answers, others, choices=choices, told=told, version=version, actor=actor, now=now
        )


async def change_mentee(
    profile: UUID,
    answers: MenteeAnswers,
    *,
    choices: Sequence[UUID] | None = None,
    told: Sequence[Told] | None = None,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Save a mentee's answers. Raises ChangedMeanwhile, CannotSignUp, BadProfile, NotFound."""
    async with database.transaction():
        await database.lock(f"mentee:{profile}")
        mine = await people_read.mentee(profile)
        await _change(Side.MENTEE, mine, answers, {}, choices=choices, told=told, version=version, actor=actor, now=now)


async def from_alumni(
    round: UUID, person: UUID, *, source: ProfileSource = ProfileSource.ALUMNI, actor: Actor, now: datetime
) -> UUID:
    """Somebody who has completed a programme becomes a mentor in one step, with what we know of them.

    Who is a mentor of the round already keeps their answers. Raises CannotSignUp, NotFound.
    """
    mine = await people_read.mentor_of(round, person)
    if mine is not None and mine.status is MentorStatus.ACTIVE:
        return mine.id
    answers, capacity = await known_mentor(person)
    return await sign_up_mentor(round, person, answers, capacity=capacity, source=source, actor=actor, now=now)


async def pause_mentor(profile: UUID, until: date | None, *, actor: Actor, now: datetime) -> None:
    """Take nobody new before that day; on it they are back by themselves. None ends a pause. Raises NotFound."""
    async with database.transaction():
        await database.lock(f"mentor:{profile}")
        mine = await people_read.mentor(profile)
        here = await _changeable(mine, mine.version)
        if mine.paused_until == until:
            return
        await MentorProfile.update({"paused_until": until, "changed_at": now, "version": mine.version + 1}).where(
            MentorProfile.id == profile
        )
        await _record(
            "mentor.pause", here, profile, mine.person, actor=actor, now=now,
            before={"paused_until": mine.paused_until}, after={"paused_until": until},
        )  # fmt: skip


async def withdraw_mentor(profile: UUID, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """Take part no longer; the answers stay until the round is closed. Pairings that have begun go on, and what
    waits for an answer is over. Raises NotFound."""
    await _withdraw(Side.MENTOR, profile, reason=reason, actor=actor, now=now)


async def withdraw_mentee(profile: UUID, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """Look for a mentor no longer. A pairing that has begun goes on; nobody is asked any more. Raises NotFound."""
    await _withdraw(Side.MENTEE, profile, reason=reason, actor=actor, now=now)


async def set_pool_status(profile: UUID, status: PoolStatus, now: datetime, *, actor: Actor = ACADEMY) -> None:
    """What runs and pairings find out about a mentee: nobody was found, or they were let down and come first.

    Raises ForbiddenMove for somebody who has withdrawn, NotFound.
    """
    async with database.transaction():
        await database.lock(f"mentee:{profile}")
        mine = await people_read.mentee(profile)
        here = await rounds_read.round_by_id(mine.round)
        if refused := rules.why_not_pool_move(mine.status, status):
            raise refused
        if mine.status is status:
            return
        await MenteeProfile.update({"status": status.value}).where(MenteeProfile.id == profile)
        await _record(
            "mentee.pool", here, profile, mine.person, actor=actor, now=now,
            before={"status": mine.status.value}, after={"status": status.value},
        )  # fmt: skip


async def set_pool_statuses(
    round: UUID, mentees: Sequence[UUID], status: PoolStatus, now: datetime, *, actor: Actor = ACADEMY
) -> None:
    """The same for many mentees of one round at once."""
    async with database.transaction():
        for profile in sorted(mentees):
            await database.lock(f"mentee:{profile}")
        here = await rounds_read.round_by_id(round)
        wanted = {*mentees}
        found = [one for one in await people_read.mentees(round, withdrawn=True) if one.id in wanted]
        if len(found) < len(wanted):
            raise NotFound
        for one in found:
            if refused := rules.why_not_pool_move(one.status, status):
                raise refused
        changed = [one for one in found if one.status is not status]
        for start in range(0, len(changed), CHUNK):
            ids = [one.id for one in changed[start : start + CHUNK]]
            await MenteeProfile.update({"status": status.value}).where(MenteeProfile.id.is_in(ids))
        await audit.record_all([
            audit.entry(
                "mentee.pool", About("mentee_profile", one.id, here.name), actor=actor, now=now, person=one.person,
                before={"status": one.status.value}, after={"status": status.value},
            )
            for one in changed
        ])  # fmt: skip


async def _come_in(
    side: Side,
    round: UUID,
    person: UUID,
    mine: Mine | None,
    *,
    values: Mapping[str, Any],
    source: ProfileSource,
    choices: Sequence[UUID] | None,
    told: Sequence[Told] | None,
    actor: Actor,
    now: datetime,
    after: dict[str, Any] | None = None,
) -> UUID:
    """A profile for somebody who has none in the round, or the former one (``mine``) of somebody who comes back."""
    here = await rounds_read.round_by_id(round)
    await _check_sign_up(here, person, side, source, now=now)
    table = _TABLES[side]
    values = {**await _employer(person), **values, "source": source.value, "changed_at": now}
    if mine is None:
        profile = uuid4()
        await table.insert(table(id=profile, round=round, person=person, created_at=now, **values))
    else:
        profile = mine.id
        await table.update({**values, "version": mine.version + 1}).where(table.id == profile)
    await _write_choices(round, side, person, choices)
    await _write_told(round, person, told, now=now)
    await _record(f"{side}.sign_up", here, profile, person, actor=actor, now=now, after=after)
    return profile


async def _change(
    side: Side,
    mine: Mine,
    answers: MentorAnswers | MenteeAnswers,
    others: Mapping[str, Any],
    *,
    choices: Sequence[UUID] | None,
    told: Sequence[Told] | None,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down other answers, and what ``others`` there are (columns and their new values)."""
    here = await _changeable(mine, version)
    table = _TABLES[side]
    values = {**await _employer(mine.person), "answers": as_json(answers), **others}
    await table.update({**values, "changed_at": now, "version": version + 1}).where(table.id == mine.id)
    await _write_choices(mine.round, side, mine.person, choices)
    await _write_told(mine.round, mine.person, told, now=now)
    after = {**_differing(mine.answers, answers), **others}
    await _record(f"{side}.change", here, mine.id, mine.person, actor=actor, now=now, after=after)


async def _withdraw(side: Side, profile: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    async with database.transaction():
        for leave in places.leaving:  # before the own lock, since the rooms above take several in one order for all
            await leave(side, profile, actor, now)
        await database.lock(f"{side}:{profile}")
        mine: Mine = await (people_read.mentor if side is Side.MENTOR else people_read.mentee)(profile)
        here = await rounds_read.round_by_id(mine.round)
        if mine.status is _WITHDRAWN[side]:
            return
        table = _TABLES[side]
        await table.update({"status": _WITHDRAWN[side].value, "changed_at": now, "version": mine.version + 1}).where(
            table.id == profile
        )
        await _record(f"{side}.withdraw", here, profile, mine.person, actor=actor, now=now, note=reason)


async def _check_sign_up(here: RoundView, person: UUID, side: Side, source: ProfileSource, *, now: datetime) -> None:
    if refused := rules.why_not_change(here.status):
        raise refused
    if here.is_template:
        raise rules.CannotSignUp("This is a template. Make a round from it first.")
    if source in (ProfileSource.COORDINATOR, ProfileSource.IMPORT):
        return
    refused = rules.why_not_sign_up(
        status=here.status,
        may=here.mentors_may if side is Side.MENTOR else here.mentees_may,
        opens_at=here.opens_at,
        closes_at=here.closes_at,
        alumnus=await people_read.alumnus_since(person) is not None,
        now=now,
    )
    if refused:
        raise refused


async def _changeable(mine: Mine, version: int) -> RoundView:
    if mine.version != version:
        raise ChangedMeanwhile("These answers were saved from another page meanwhile. Nothing was changed.")
    here = await rounds_read.round_by_id(mine.round)
    if refused := rules.why_not_change(here.status):
        raise refused
    return here


async def _employer(person: UUID) -> dict[str, Any]:
    job = (await people.jobs([person])).get(person)
    return {
        "organisation": job.organisation if job else None,
        "organisation_name": job.name[:200] if job else "",
    }


async def _write_choices(round: UUID, side: Side, person: UUID, choices: Sequence[UUID] | None) -> None:
    if choices is None:
        return
    kept = rules.check_choices(person, choices)
    await Choice.delete().where(Choice.round == round, Choice.side == side, Choice.chooser == person)
    await database.insert(
        [
            Choice(round=round, side=side, chooser=person, chosen=chosen, rank=rank)
            for rank, chosen in enumerate(kept, start=1)
        ]
    )


async def _write_told(round: UUID, person: UUID, told: Sequence[Told] | None, *, now: datetime) -> None:
    if told is None:
        return
    await EqualityAnswer.delete().where(EqualityAnswer.round == round, EqualityAnswer.person == person)
    await database.insert(
        [
            EqualityAnswer(
                round=round, person=person, question=each.question, answer=each.answer[:80],
                for_matching=each.for_matching, told_at=now,
            )
            for each in told
            if each.answer
        ]
    )  # fmt: skip


def _differing(before: msgspec.Struct, after: msgspec.Struct) -> dict[str, Any]:
    names = [name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)]
    return {"answers": names} if names else {}


async def _record(
    verb: str,
    here: RoundView,
    profile: UUID,
    person: UUID,
    *,
    actor: Actor,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    about = About(f"{verb.partition('.')[0]}_profile", profile, here.name)
    await audit.record(verb, about, actor=actor, now=now, person=person, before=before, after=after, note=note)
