"""Mentors are asked, and say yes or no, or nothing until it is too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import ACADEMY, About, Actor
from academy.errors import DomainError
from academy.invites.times import UK, utc_to_local
from mentoring.pairings import letters, queries, rules, steps
from mentoring.pairings.queries import StaffView
from mentoring.pairings.rules import CannotPair, PairedAlready
from mentoring.pairings.tables import DeclineReason, Pairing, PairingChange, PairingStatus
from mentoring.profiles import queries as profiles
from mentoring.profiles import service as pool
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.tables import PoolStatus, RoundStatus

PIECE = 200
"""Pairings that are written together; others have their turn in between."""


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A pair to be asked about. Ids are those of profiles; the rest says how it came about."""

    mentor_profile: UUID
    mentee_profile: UUID
    score: int | None = None
    points: dict[str, int] = {}
    run: UUID | None = None


class _People(msgspec.Struct, frozen=True):
    """Who takes part in a round, and what stands between them."""

    round: RoundView
    mentors: dict[UUID, MentorView]
    mentees: dict[UUID, MenteeView]
    taken: dict[UUID, int]
    paired: set[UUID]
    apart: set[frozenset[UUID]]
    """Persons who are kept apart, for whichever reason: nobody overrides that."""
    asked_before: frozenset[UUID]


async def propose(
    round: UUID, pairs: Sequence[Proposed], *, answer_days: int | None = None, actor: Actor, now: datetime
) -> list[UUID]:
    """Ask the mentors of all these pairs, or of none. Returns the pairings in the same order.

    Mentors have ``answer_days`` (the round's unless given) to answer; mentees hear that somebody is asked.
    Raises NoPlace, PairedAlready and CannotPair.
    """
    async with database.transaction():
        there = await _alone_with(round, pairs, now=now)
        days = there.round.answer_days if answer_days is None else answer_days
        until = rules.answer_by(days=days, now=now)
        made: list[UUID] = []
        for start in range(0, len(pairs), PIECE):
            rows = [
                _values(there, pair, PairingStatus.PROPOSED, now=now, answer_by=until)
                for pair in pairs[start : start + PIECE]
            ]
            await _insert(there, rows, actor=actor, verb="propose", now=now)
            made += [row["id"] for row in rows]
        new = {*made}
        asked = [each for each in await queries.live(round, now=now) if each.id in new]
        await letters.ask_mentors(
            asked,
            round=there.round,
            mentors=there.mentors,
            mentees=there.mentees,
            again=there.asked_before,
            now=now,
        )
    return made


async def pair_by_hand(round: UUID, pair: Proposed, *, actor: Actor, now: datetime) -> UUID:
    """Make a pair at once, since both have agreed to it; both are introduced. Raises as ``propose``."""
    async with database.transaction():
        there = await _alone_with(round, [pair], now=now)
        made = _values(there, pair, PairingStatus.ACCEPTED, now=now)
        await _insert(there, [made], actor=actor, verb="pair", now=now)
        await _begin(await queries.pairing_for_staff(made["id"], now=now), actor=actor, now=now)
    return UUID(str(made["id"]))


async def accept(pairing: UUID, *, actor: Actor, now: datetime) -> PairingStatus:
    """The mentor says yes: both are introduced, and the pairing begins with its round (at once if that has begun).

    A second yes changes nothing. Returns how it stands. Raises TooLate, ForbiddenMove, CannotPair and NotFound.
    """
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        if before.status in rules.UNDER_WAY:
            return before.status
        if refused := rules.why_not_answer(before.status, answer_by=before.answer_by, now=now):
            raise refused
        if (await profiles.mentee(before.mentee_profile)).status is PoolStatus.WITHDRAWN:
            raise CannotPair("This person no longer looks for a mentor. Thank you all the same.")
        if frozenset((before.mentor, before.mentee)) in await profiles.kept_apart(before.round):
            raise CannotPair("This proposal has been taken back. Thank you all the same.")
        await letters.ask_no_more(pairing, now=now)
        after = await steps.write(
            before,
            verb="accept",
            status=PairingStatus.ACCEPTED,
            columns={"answered_at": now},
            actor=actor,
            now=now,
        )
        return await _begin(after, actor=actor, now=now)


async def decline(
    pairing: UUID, reason: DeclineReason, *, note: str = "", actor: Actor, now: datetime
) -> PairingStatus:
    """The mentor says no; coordinators read why. The mentee is asked about elsewhere by ``unfollowed``.

    A second no changes nothing. Raises TooLate, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        if before.status is PairingStatus.DECLINED:
            return before.status
        if refused := rules.why_not_answer(before.status, answer_by=before.answer_by, now=now):
            raise refused
        await letters.ask_no_more(pairing, now=now)
        after = await steps.write(
            before,
            verb="decline",
            status=PairingStatus.DECLINED,
            columns={"answered_at": now, "decline_reason": reason.value, "decline_note": note[:300]},
            actor=actor,
            now=now,
        )
        return after.status


async def take_back(pairing: UUID, *, actor: Actor, now: datetime) -> None:
    """A coordinator asks this mentor no longer. Nobody else is asked by itself. Raises ForbiddenMove, NotFound."""
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        await letters.ask_no_more(pairing, now=now)
        await steps.write(
            before,
            verb="take_back",
            status=PairingStatus.EXPIRED,
            columns={"answered_at": now, "followed_at": now},
            note="Taken back",
            actor=actor,
            now=now,
        )


async def expire_due(now: datetime) -> int:
    """Proposals that nobody answered in time are over, and those of two who are kept apart by now.

    Returns how many; an answer that came first stands.
    """
    done = 0
    for each in await queries.to_expire(now):
        async with database.transaction():
            before = await steps.locked(each.id, now=now)
            if before.status is not PairingStatus.PROPOSED:
                continue
            await letters.ask_no_more(each.id, now=now)
            await steps.write(
                before,
                verb="expire",
                status=PairingStatus.EXPIRED,
                columns={"answered_at": now},
                actor=ACADEMY,
                now=now,
            )
            done += 1
    return done


async def activate_due(now: datetime) -> int:
    """Accepted pairings whose first day has come begin. Returns how many."""
    done = 0
    for each in await queries.to_activate(utc_to_local(now, UK).date(), now=now):
        async with database.transaction():
            before = await steps.locked(each.id, now=now)
            if before.status is not PairingStatus.ACCEPTED:
                continue
            await steps.write(before, verb="begin", status=PairingStatus.ACTIVE, actor=ACADEMY, now=now)
            done += 1
    return done


async def followed(pairing: UUID, *, asked_again: bool, now: datetime) -> None:
    """Somebody has looked after a proposal that was declined or expired: another mentor was asked, or none is left.

    With none left the mentee hears that a coordinator looks, and stands as not matched. A second call does nothing.
    """
    async with database.transaction():
        before = await steps.locked(pairing, now=now)
        if before.followed_at is not None:
            return
        await Pairing.update({Pairing.followed_at: now}).where(Pairing.id == pairing)
        if asked_again:
            return
        if (await profiles.mentee(before.mentee_profile)).status is not PoolStatus.WITHDRAWN:
            await pool.set_pool_status(before.mentee_profile, PoolStatus.NO_MATCH_FOUND, now)
            await letters.tell_waiting(before, now=now)


async def _begin(accepted: StaffView, *, actor: Actor, now: datetime) -> PairingStatus:
    """Dates, introductions, and the first day if it is today."""
    round = await profiles.round_by_id(accepted.round)
    first = rules.starts_on(round.starts_on, now=now)
    last = letters.lasts_until(first, round.months)
    await Pairing.update({Pairing.starts_on: first, Pairing.ends_on: last}).where(Pairing.id == accepted.id)
    after = await queries.pairing_for_staff(accepted.id, now=now)
    mentor, mentee = await profiles.mentor(after.mentor_profile), await profiles.mentee(after.mentee_profile)
    if mentee.status is not PoolStatus.IN_POOL:
        await pool.set_pool_status(mentee.id, PoolStatus.IN_POOL, now, actor=actor)
    await letters.introduce(after, mentor, mentee, now=now)
    if first > utc_to_local(now, UK).date():
        return after.status
    begun = await steps.write(after, verb="begin", status=PairingStatus.ACTIVE, actor=ACADEMY, now=now)
    return begun.status


async def _alone_with(round: UUID, pairs: Sequence[Proposed], *, now: datetime) -> _People:
    """Lock everybody of these pairs, and see that each of them can be made. Raises as ``propose``."""
    await steps.lock(mentors=[each.mentor_profile for each in pairs], mentees=[each.mentee_profile for each in pairs])
    before = await queries.of_round(round, now=now)
    there = _People(
        await profiles.round_by_id(round),
        {each.id: each for each in await profiles.mentors(round)},
        {each.id: each for each in await profiles.mentees(round)},
        await queries.places_taken(round),
        {each.mentee_profile for each in before if each.live},
        await profiles.kept_apart(round),
        frozenset(
            each.mentee_profile for each in before if each.status in (PairingStatus.DECLINED, PairingStatus.EXPIRED)
        ),
    )
    if there.round.status is RoundStatus.CLOSED or there.round.is_template:
        raise CannotPair("This round is closed, so no more pairs can be made in it.")
    for pair in pairs:
        if refused := _why_not(there, pair, now=now):
            raise refused
        there.taken[pair.mentor_profile] = there.taken.get(pair.mentor_profile, 0) + 1
        there.paired.add(pair.mentee_profile)
    return there


def _why_not(there: _People, pair: Proposed, *, now: datetime) -> DomainError | None:
    mentor, mentee = there.mentors.get(pair.mentor_profile), there.mentees.get(pair.mentee_profile)
    if mentor is None or mentee is None:
        return CannotPair("One of these two no longer takes part in the round.")
    if frozenset((mentor.person, mentee.person)) in there.apart:
        return CannotPair(f"{mentor.name} and {mentee.name} are kept apart. Choose somebody else.")
    if mentee.id in there.paired:
        return PairedAlready(f"{mentee.name} has a mentor in this round, or one has been asked.")
    return rules.why_not_pair(
        mentor=mentor.person,
        mentee=mentee.person,
        taken=there.taken.get(mentor.id, 0),
        capacity=mentor.capacity,
        takes_new=mentor.takes_new(utc_to_local(now, UK).date()),
    )


def _values(
    there: _People, pair: Proposed, status: PairingStatus, *, now: datetime, answer_by: datetime | None = None
) -> dict[str, Any]:
    """What stands in the row of a new pairing."""
    return {
        "id": uuid4(),
        "round": there.round.id,
        "mentor": there.mentors[pair.mentor_profile].person,
        "mentee": there.mentees[pair.mentee_profile].person,
        "mentor_profile": pair.mentor_profile,
        "mentee_profile": pair.mentee_profile,
        "run": pair.run,
        "status": rules.move(None, status),
        "score": pair.score,
        "points": msgspec.json.encode(pair.points).decode(),
        "proposed_at": now,
        "answer_by": answer_by,
        "answered_at": None if answer_by else now,
        "created_at": now,
    }


async def _insert(there: _People, made: Sequence[Mapping[str, Any]], *, actor: Actor, verb: str, now: datetime) -> None:
    await database.insert_values(Pairing, made)
    await database.insert_values(
        PairingChange, [steps.change(each["id"], None, each["status"], actor=actor, now=now) for each in made]
    )
    await audit.record_all(
        [
            audit.entry(
                f"pairing.{verb}",
                About("pairing", each["id"], there.round.name),
                actor=actor,
                now=now,
                person=each["mentee"],
                after={"mentor": there.mentors[each["mentor_profile"]].name},
            )
            for each in made
        ]
    )
