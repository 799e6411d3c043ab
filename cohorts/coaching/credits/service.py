"""The verbs of credits, rules and chosen coaches. Each is one transaction; ``ledger`` writes the lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import ChangedMeanwhile, NotFound
from academy.programmes import queries as programmes
from cohorts.coaching.credits import ledger as ledgers
from cohorts.coaching.credits import queries, rules
from cohorts.coaching.credits.ledger import Ledger as Ledger
from cohorts.coaching.credits.ledger import locked as locked
from cohorts.coaching.credits.ledger import opened as opened
from cohorts.coaching.credits.rules import RuleChoices, Rules
from cohorts.coaching.credits.tables import CoachChoice, CoachingRules, CreditEntry, CreditKind
from cohorts.coaching.times import queries as times


async def set_rules(programme: UUID, choices: RuleChoices, *, version: int, actor: Actor, now: datetime) -> Rules:
    """Say how coaching works in a programme; with its first rules a programme has coaching.

    ``version`` is the one that was changed, 0 where there were none. What has been granted and booked stays as it is.
    Raises NotFound, Invalid and ChangedMeanwhile.
    """
    rules.check(choices)
    async with database.transaction():
        await database.lock(f"coaching-rules:{programme}")
        found_programme = await programmes.by_id(programme)
        if found_programme is None:
            raise NotFound
        before = await queries.rules_of(programme)
        if (before.version if before else 0) != version:
            raise ChangedMeanwhile("Somebody else changed these rules meanwhile. Look at them before you change them.")
        names = RuleChoices.__struct_fields__
        values: dict[Any, Any] = {each: getattr(choices, each) for each in names}
        stamp: dict[Any, Any] = {"version": version + 1, "changed_at": now, "changed_by": actor.person}
        if before is None:
            await CoachingRules.insert(CoachingRules(programme=programme, **values, **stamp))
        else:
            await CoachingRules.update({**values, **stamp}).where(CoachingRules.id == before.id)
        was, becomes = audit.changed({each: getattr(before, each) for each in names} if before else {}, values)
        about = About("programme", programme, found_programme["name"])
        await audit.record("coaching.rules", about, actor=actor, now=now, before=was if before else None, after=becomes)
        found = await queries.rules_of(programme)
        assert found is not None
        return found


async def grant(enrolment: UUID, credits: int, *, note: str, actor: Actor, now: datetime) -> None:
    """Give somebody more sessions. Raises NoCoaching, ReasonNeeded, NotFound."""
    async with database.transaction():
        ledger = await _for_staff(enrolment, note, now=now)
        if not ledger.place.enrolled:
            raise rules.NoCoaching("This person has no place in the cohort, so there is nothing to grant.")
        if not 1 <= credits <= rules.MOST_CREDITS:
            raise rules.NothingToWithdraw("Enter a number of sessions from 1 to 50.")
        await ledger.add(CreditKind.GRANTED, credits, note=note, actor=actor, now=now)


async def withdraw(enrolment: UUID, credits: int, *, note: str, actor: Actor, now: datetime) -> None:
    """Take back sessions that were granted and are still left. Raises NothingToWithdraw, ReasonNeeded, NotFound."""
    async with database.transaction():
        ledger = await _for_staff(enrolment, note, now=now)
        if not 1 <= credits <= ledger.left:
            has = {0: "Nothing is left", 1: "Only one session is left"}.get(
                ledger.left, f"{ledger.left} sessions are left"
            )
            raise rules.NothingToWithdraw(f"{has}, so {credits} can't be taken back. Cancel a booked session first.")
        await ledger.add(CreditKind.GRANTED, -credits, note=note, actor=actor, now=now)


async def reserve(enrolment: UUID, session: UUID, *, note: str = "", actor: Actor, now: datetime) -> None:
    """Hold a credit for a session. Raises NoCredit, NoCoaching."""
    async with database.transaction():
        ledger = await opened(enrolment, now=now)
        _ = ledger.rules
        await ledger.reserve(session, note=note, actor=actor, now=now)


async def use(session: UUID, *, note: str = "", actor: Actor, now: datetime) -> bool:
    """A reserved credit has become use. False if the session needs none."""
    return await _settle(session, CreditKind.USED, note=note, actor=actor, now=now)


async def give_back(session: UUID, *, note: str = "", actor: Actor, now: datetime) -> bool:
    """A reserved or used credit comes back. False if the session needs none."""
    return await _settle(session, CreditKind.RETURNED, note=note, actor=actor, now=now)


async def expire(enrolment: UUID, *, note: str, actor: Actor, now: datetime) -> int:
    """What is left ends. Returns how many. Running it twice does no harm."""
    async with database.transaction():
        return await (await locked(enrolment)).expire(note=note, actor=actor, now=now)


async def expire_old(enrolment: UUID, *, after: timedelta, note: str, actor: Actor, now: datetime) -> int:
    """What is left ends once ``after`` has passed since the cohort's last session, but not what was granted since.

    Returns how many. Running it twice does no harm.
    """
    async with database.transaction():
        ledger = await locked(enrolment)
        last = ledger.place.last_ends_at
        if last is None or last + after > now:
            return 0
        since = sum(
            max(0, each.change)
            for each in ledger.entries
            if each.kind is CreditKind.GRANTED and each.at >= last + after
        )
        return await ledger.expire(most=ledger.left - since, note=note, actor=actor, now=now)


async def ensure_granted(enrolment: UUID, *, now: datetime) -> Ledger:
    """Write down what somebody is granted, unless it is written. For the minute job."""
    async with database.transaction():
        return await opened(enrolment, now=now)


async def transfer(
    from_: UUID, to: UUID, *, sessions: Sequence[UUID] = (), note: str = "", actor: Actor, now: datetime
) -> int:
    """Take what is left, and the reservations of ``sessions``, from one enrolment of a person to another.

    What was spent stays with the former one. Returns how many credits came along. Raises NotFound.
    """
    async with database.transaction():
        for key in sorted({f"enrolment-credits:{from_}", f"enrolment-credits:{to}"}):
            await database.lock(key)
        old, new = await locked(from_), await locked(to)
        for session in sessions:
            await old.settle(session, CreditKind.RETURNED, note=note, actor=actor, now=now)
        moved = await old.expire(note=note or f"Moved to {new.place.cohort_name}", actor=actor, now=now)
        by_rule = new.left if [each.kind for each in new.entries] == [CreditKind.GRANTED] else 0
        if moved != by_rule or not new.entries:
            why = note or f"From {old.place.cohort_name}"
            await new.add(CreditKind.GRANTED, moved - by_rule, note=why, actor=actor, now=now)
        for session in sessions:
            if old.stands(session) is not None:
                await new.reserve(session, note=note, actor=actor, now=now)
        coach = old.place.chosen
        if coach is not None and new.place.choice is None and new.place.programme == old.place.programme:
            await CoachChoice.insert(CoachChoice(enrolment=to, coach=coach, chosen_at=now, chosen_by=actor.person))
        return moved


async def choose_coach(enrolment: UUID, coach: UUID, *, by_staff: bool = False, actor: Actor, now: datetime) -> None:
    """Choose a coach of the programme. Afterwards the choice is locked, unless the coach leaves the programme.

    A coordinator may change it. Choosing the same coach again changes nothing. Raises NoCoaching, ChoiceLocked, and
    NotFound for a coach of other programmes.
    """
    async with database.transaction():
        ledger = await opened(enrolment, now=now)
        _ = ledger.rules
        if not ledger.place.enrolled:
            raise rules.NoCoaching("Only people with a place in the cohort choose a coach.")
        await lock_choice(ledger, coach, by_staff=by_staff, actor=actor, now=now)


async def lock_choice(ledger: Ledger, coach: UUID, *, by_staff: bool = False, actor: Actor, now: datetime) -> None:
    """The same under a ledger that is open. Raises ChoiceLocked and NotFound."""
    place = ledger.place
    if place.choice == coach:
        return
    of_programme = {each.id: each for each in await times.coaches_of(place.programme)}
    if coach not in of_programme:
        raise rules.NotOfThisProgramme("This coach is not a coach of your programme. Choose one of the list.")
    if place.choice is None:
        await CoachChoice.insert(CoachChoice(enrolment=place.id, coach=coach, chosen_at=now, chosen_by=actor.person))
    elif by_staff or place.chosen is None:
        await CoachChoice.update({"coach": coach, "chosen_at": now, "chosen_by": actor.person}).where(
            CoachChoice.enrolment == place.id
        )
    else:
        raise rules.ChoiceLocked(
            f"You have chosen {of_programme[place.choice].name} as your coach. Ask the coordinator to change that."
        )
    ledger.place = msgspec.structs.replace(place, choice=coach, chosen=coach)
    await audit.record(
        "coaching.choose",
        place.about,
        actor=actor,
        now=now,
        person=place.person,
        before={"coach": str(place.choice)} if place.choice else None,
        after={"coach": of_programme[coach].name},
    )


async def _for_staff(enrolment: UUID, note: str, *, now: datetime) -> Ledger:
    if not note.strip():
        raise rules.ReasonNeeded("Say why. It stands in the list of credits.")
    ledger = await ledgers.opened(enrolment, now=now)
    _ = ledger.rules
    return ledger


async def _settle(session: UUID, wanted: CreditKind, *, note: str, actor: Actor, now: datetime) -> bool:
    async with database.transaction():
        rows = (
            await CreditEntry.select(CreditEntry.enrolment)
            .where(CreditEntry.session == session)
            .order_by(CreditEntry.at, CreditEntry.number)
        )
        if not rows:
            return False
        ledger = await locked(rows[-1]["enrolment"])
        return await ledger.settle(session, wanted, note=note, actor=actor, now=now) is not None
