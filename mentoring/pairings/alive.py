"""What keeps pairings alive: the question whether two have met, a kind nudge, and then the coordinator's list.

All of it looks at dates. Nobody's words are read.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from academy import database
from academy.audit.service import Actor
from academy.errors import NotFound
from academy.invites.times import UK, utc_to_local
from mentoring.pairings import letters, meetings, queries, rules, steps
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import CheckIn, MeetingStatus, Pairing, PairingStatus

ASK_AFTER = timedelta(hours=18)
"""How long after a planned meeting it is asked whether it took place: the next morning."""
NOT_OLDER = timedelta(days=14)
"""Planned meetings that are longer over are asked about no more."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The question whether two have met, and of whom it was asked."""

    id: UUID
    pairing: UUID
    person: UUID
    asked_at: datetime
    answered_at: datetime | None
    met: bool
    meeting: UUID | None


_CHECK_IN = "SELECT id, pairing, person, asked_at, answered_at, met, meeting FROM check_in"
_ONE = database.compiled_sql(f"{_CHECK_IN} WHERE id = :check_in")
_OF_PAIRING = database.compiled_sql(f"{_CHECK_IN} WHERE pairing = :pairing ORDER BY asked_at DESC, id")
_UNMARKED = database.compiled_sql("""
    SELECT m.id, m.pairing, m.starts_at FROM meeting m JOIN pairing x ON x.id = m.pairing
    WHERE m.status = 'planned' AND m.starts_at <= :before AND m.starts_at > :oldest AND x.status = 'active'
        AND NOT EXISTS (SELECT 1 FROM check_in c WHERE c.meeting = m.id)
    ORDER BY m.starts_at, m.id
""")
_TO_ASK = database.compiled_sql(
    """
    SELECT x.id, x.last_met_on, x.starts_on, x.resumed_on, r.rhythm_weeks,
           (SELECT max(c.asked_at) FROM check_in c WHERE c.pairing = x.id) AS asked_at
    FROM pairing x JOIN mentoring_round r ON r.id = x.round
    WHERE x.status = 'active' AND coalesce(x.last_met_on, x.starts_on) <= :before
        AND NOT EXISTS (SELECT 1 FROM meeting m
            WHERE m.pairing = x.id AND m.status = 'planned' AND m.starts_at > :now)
    ORDER BY x.starts_on, x.id
    """,
    types={"asked_at": datetime},
)


# ------------------------------------------------------------------ did you meet?
async def check_in(id: UUID) -> Asked:
    """A question that was asked. Raises NotFound."""
    row = await _ONE.first(check_in=id)
    if row is None:
        raise NotFound
    return Asked(**row)


async def ask_check_ins(now: datetime) -> int:
    """Ask mentees whether they have met: the morning after a planned meeting that nobody has marked, and a rhythm
    after the last one. Each once. Returns how many were asked."""
    asked = 0
    for row in await _UNMARKED.run(before=now - ASK_AFTER, oldest=now - NOT_OLDER):
        asked += await _ask_about(row["pairing"], row["id"], now=now)
    today = utc_to_local(now, UK).date()
    for row in await _TO_ASK.run(before=today - timedelta(weeks=1), now=now):
        if _is_to_ask(_Dates(**{name: row[name] for name in _Dates.__struct_fields__}), row["asked_at"], today):
            asked += await _ask_again(row["id"], today, now=now)
    return asked


async def answer_check_in(
    id: UUID, *, met: bool, day: date | None = None, minutes: int = 0, actor: Actor, now: datetime
) -> bool:
    """Yes with day and minutes, which logs the meeting, or no. A yes after a no is taken, and a no after a yes is not.

    False if it was answered so before. Raises NotNow and NotFound.
    """
    asked = await check_in(id)
    async with database.transaction():
        await steps.locked(asked.pairing, now=now)
        asked = await check_in(id)
        if asked.met or (asked.answered_at is not None and not met):
            return False
        logged = asked.meeting
        if met:
            assert day is not None
            held = await meetings.log_meeting(
                asked.pairing, day=day, minutes=minutes, by=asked.person, actor=actor, now=now
            )
            logged = held.id
            if asked.meeting not in (None, held.id):  # they met on another day than planned
                await _missed(asked, actor=actor, now=now)
        elif asked.meeting is not None:
            await _missed(asked, actor=actor, now=now)
        await CheckIn.update({CheckIn.answered_at: now, CheckIn.met: met, CheckIn.meeting: logged}).where(
            CheckIn.id == id
        )
        return True


async def _missed(asked: Asked, *, actor: Actor, now: datetime) -> None:
    assert asked.meeting is not None
    planned = await meetings.one(asked.pairing, asked.meeting)
    if planned.status is MeetingStatus.PLANNED and planned.starts_at <= now:
        await meetings.did_not_meet(asked.pairing, planned.id, actor=actor, now=now)


async def _ask_about(pairing: UUID, meeting: UUID, *, now: datetime) -> int:
    async with database.transaction():
        here = await steps.locked(pairing, now=now)
        planned = await meetings.one(pairing, meeting)
        known = await _of_pairing(pairing)
        if here.status is not PairingStatus.ACTIVE or planned.status is not MeetingStatus.PLANNED:
            return 0
        if any(each.meeting == meeting for each in known):
            return 0
        return await _ask(here, meeting=meeting, day=planned.day, now=now)


class _Dates(msgspec.Struct, frozen=True):
    last_met_on: date | None
    starts_on: date | None
    resumed_on: date | None
    rhythm_weeks: int


def _is_to_ask(dates: _Dates | StaffView, asked_at: datetime | None, today: date) -> bool:
    since = rules.quiet_since(dates)
    if since is None or (asked_at is not None and utc_to_local(asked_at, UK).date() > since):
        return False
    return today >= since + rules.ask_after(rhythm_weeks=dates.rhythm_weeks, met=dates.last_met_on is not None)


async def _ask_again(pairing: UUID, today: date, *, now: datetime) -> int:
    async with database.transaction():
        here = await steps.locked(pairing, now=now)
        if here.status is not PairingStatus.ACTIVE or here.next_meeting_at is not None:
            return 0
        latest = next((each.asked_at for each in await _of_pairing(pairing)), None)
        return await _ask(here, now=now) if _is_to_ask(here, latest, today) else 0


async def _ask(here: StaffView, *, meeting: UUID | None = None, day: date | None = None, now: datetime) -> int:
    row = CheckIn(pairing=here.id, person=here.mentee, asked_at=now, meeting=meeting)
    await CheckIn.insert(row)
    await letters.ask_whether_met(here, row.id, here.mentee, day=day, now=now)
    return 1


# --------------------------------------------------------------------- nudges
async def nudge_due(now: datetime) -> int:
    """A kind nudge to both of a pair that has gone quiet, once for each silence; a week later still nothing, and it
    stands on the coordinator's list. Returns how many pairs were nudged or listed."""
    done = 0
    for each in await queries.perhaps_quiet(now):
        if not _is_due(each, now):
            continue
        async with database.transaction():
            here = await steps.locked(each.id, now=now)
            if not _is_due(here, now):
                continue
            if rules.was_nudged(here):
                await Pairing.update({Pairing.listed_at: now}).where(Pairing.id == here.id)
            else:
                await Pairing.update({Pairing.nudged_at: now}).where(Pairing.id == here.id)
                await letters.nudge(here, now=now)
            done += 1
    return done


def _is_due(pairing: StaffView, now: datetime) -> bool:
    how = pairing.health(now)
    if pairing.listed_at is not None:
        return False
    return how is rules.Health.SILENT or (how is rules.Health.QUIET and not rules.was_nudged(pairing))


async def _of_pairing(pairing: UUID) -> list[Asked]:
    return [Asked(**row) for row in await _OF_PAIRING.run(pairing=pairing)]
