"""What the two share: the agreement that each signs, the goals, and pauses."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, Actor
from academy.errors import NotFound
from academy.invites.times import UK, utc_to_local
from mentoring.pairings import rules, steps
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import AgreementSigned, PairingGoal, PairingStatus
from mentoring.profiles import queries as profiles

MOST_GOALS = 12


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the two work on."""

    id: UUID
    text: str
    added_by: UUID
    added_at: datetime
    done_at: datetime | None
    dropped_at: datetime | None


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """That one of the two agreed, and to which words."""

    person: UUID
    text: str
    agreed_at: datetime


_GOALS = database.compiled_sql("""
    SELECT id, text, added_by, added_at, done_at, dropped_at FROM pairing_goal
    WHERE pairing = :pairing ORDER BY position, id
""")
_SIGNED = database.compiled_sql("""
    SELECT person, text, agreed_at FROM agreement_signed WHERE pairing = :pairing ORDER BY agreed_at, id
""")
_LAST = database.compiled_sql(
    "SELECT coalesce(max(position), 0) AS last FROM pairing_goal WHERE pairing = :pairing", types={"last": int}
)
_TO_RESUME = database.compiled_sql("""
    SELECT id FROM pairing WHERE status = 'paused' AND paused_until IS NOT NULL AND paused_until <= :today
    ORDER BY paused_until, id
""")


async def goals(pairing: UUID) -> list[Goal]:
    """What the two work on, in their order."""
    return [each for each in await all_goals(pairing) if each.dropped_at is None]


async def all_goals(pairing: UUID) -> list[Goal]:
    """The same with what they took away again."""
    return [Goal(**row) for row in await _GOALS.run(pairing=pairing)]


async def signed(pairing: UUID) -> list[Signed]:
    """Who has agreed to the agreement."""
    return [Signed(**row) for row in await _SIGNED.run(pairing=pairing)]


async def agree(pairing: UUID, *, person: UUID, actor: Actor, now: datetime) -> None:
    """One of the two agrees to the round's agreement, in the words that it has now. A second time does nothing."""
    async with database.transaction():
        here = await _under_way(pairing, now=now)
        if here.side_of(person) is None:
            raise NotFound
        text = (await profiles.round_by_id(here.round)).agreement
        row = AgreementSigned(pairing=pairing, person=person, text=text, agreed_at=now)
        if await database.insert([row], unless=(AgreementSigned.pairing, AgreementSigned.person)):
            await audit.record("pairing.agree", here.about, actor=actor, now=now, person=person)


async def add_goal(pairing: UUID, text: str, *, by: UUID, now: datetime) -> UUID:
    """Both see it, and both can tick it. The same words again are the same goal. Raises NotNow and NotFound."""
    async with database.transaction():
        await _under_way(pairing, now=now)
        known = await goals(pairing)
        for each in known:
            if each.text == text:
                return each.id
        if len(known) >= MOST_GOALS:
            raise rules.NotNow(f"You have {MOST_GOALS} goals. Tick one off or take one away first.")
        last = (await _LAST.run(pairing=pairing))[0]["last"]
        row = PairingGoal(pairing=pairing, position=last + 1, text=text, added_by=by, added_at=now)
        await PairingGoal.insert(row)
        return row.id


async def tick_goal(pairing: UUID, goal: UUID, *, done: bool, now: datetime) -> Goal:
    """A goal is reached, or is not after all. Raises NotNow and NotFound."""
    return await _change_goal(pairing, goal, {"done_at": now if done else None}, now=now)


async def drop_goal(pairing: UUID, goal: UUID, *, now: datetime) -> Goal:
    """They no longer work on it. Returns what it was. Raises NotNow and NotFound."""
    return await _change_goal(pairing, goal, {"dropped_at": now}, now=now)


async def take_goal_back(pairing: UUID, goal: UUID, *, now: datetime) -> Goal:
    """They work on it after all. Raises NotNow and NotFound."""
    return await _change_goal(pairing, goal, {"dropped_at": None}, now=now)


async def _change_goal(pairing: UUID, goal: UUID, values: dict[str, datetime | None], *, now: datetime) -> Goal:
    async with database.transaction():
        await _under_way(pairing, now=now)
        found = next((each for each in await all_goals(pairing) if each.id == goal), None)
        if found is None:
            raise NotFound
        await PairingGoal.update(dict(values)).where(PairingGoal.id == goal)  # type: ignore[arg-type]
        return found


async def pause(pairing: UUID, *, until: date | None = None, actor: Actor, now: datetime) -> None:
    """Nobody is nudged meanwhile; on the day ``until`` it goes on by itself. Raises ForbiddenMove and NotFound."""
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        status = None if before.status is PairingStatus.PAUSED else PairingStatus.PAUSED
        await steps.write(
            before, verb="pause", status=status, columns={"paused_until": until, "listed_at": None},
            actor=actor, now=now,
        )  # fmt: skip


async def resume(pairing: UUID, *, actor: Actor, now: datetime) -> None:
    """It goes on; silence is counted from today. A second call does nothing. Raises ForbiddenMove and NotFound."""
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        if before.status is PairingStatus.ACTIVE:
            return
        if before.status is not PairingStatus.PAUSED:  # what is accepted begins with its round, and not before
            raise rules.ForbiddenMove("This pairing is not paused, so there is nothing to take up again.")
        await steps.write(
            before,
            verb="resume",
            status=PairingStatus.ACTIVE,
            columns={"paused_until": None, "resumed_on": utc_to_local(now, UK).date()},
            actor=actor,
            now=now,
        )


async def resume_due(now: datetime) -> int:
    """Pauses that end today end by themselves. Returns how many."""
    today = utc_to_local(now, UK).date()
    done = 0
    for row in await _TO_RESUME.run(today=today):
        async with database.transaction():
            before = await steps.locked(row["id"], now=now)
            if before.status is PairingStatus.PAUSED and before.paused_until and before.paused_until <= today:
                await resume(row["id"], actor=ACADEMY, now=now)
                done += 1
    return done


async def _under_way(pairing: UUID, *, now: datetime) -> StaffView:
    here = await steps.locked(pairing, now=now)
    if here.status not in rules.UNDER_WAY:
        raise rules.NotNow("This pairing is over, so nothing more is changed in it.")
    return here
