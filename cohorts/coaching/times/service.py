"""The verbs of coaches and their times. Each is one transaction with one line in the audit trail.

Sessions that are booked stay booked, whatever changes here: what becomes of them when a coach is ill or leaves is
decided by a coordinator, who sees them all in one list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.errors import ChangedMeanwhile, NotFound
from academy.invites.times import zone_named
from academy.people.queries import details as person_details
from academy.programmes import queries as programmes
from cohorts.coaching.times import queries, rules
from cohorts.coaching.times.queries import CoachView
from cohorts.coaching.times.rules import CoachProfile as CoachProfile
from cohorts.coaching.times.rules import CoachRules as CoachRules
from cohorts.coaching.times.rules import DayException, Week
from cohorts.coaching.times.tables import Coach, CoachProgramme, Nation, TimeException, WeeklyTime

NATIONS = {
    "scotland": Nation.SCOTLAND,
    "northern ireland": Nation.NORTHERN_IRELAND,
    "england": Nation.ENGLAND_AND_WALES,
    "wales": Nation.ENGLAND_AND_WALES,
}
"""Whose bank holidays a new coach keeps, by the nation they live in."""

OTHER_TIMES = "These times were changed meanwhile, perhaps in another window. Nothing was changed."


# ------------------------------------------------------------------ coaches
async def make_coach(person: UUID, *, programme: UUID, actor: Actor, now: datetime) -> UUID:
    """The person coaches in this programme, with the role that opens a coach's pages; their id as a coach.

    A coach of other programmes gets one more; one who had left comes back; one who is there already stays as they are.
    Zone and bank holidays are those of the person until they say otherwise. Raises NotFound.
    """
    async with database.transaction():
        await database.lock(f"coach of {person}")
        who, course = await person_details(person), await programmes.by_id(programme)
        if course is None:
            raise NotFound
        known = await queries.coach_of(person)
        if known is None:
            coach = Coach(
                person=person,
                zone=who.time_zone,
                nation=NATIONS.get(who.nation.casefold(), Nation.ENGLAND_AND_WALES).value,
                created_at=now,
            )
            await Coach.insert(coach)
            known_id: UUID = coach.id
        else:
            known_id = known.id
            if known.left_at is not None:
                await Coach.update({Coach.left_at: None}).where(Coach.id == known_id)
            elif programme in known.programmes:
                return known_id
        if known is None or programme not in known.programmes:
            await CoachProgramme.insert(CoachProgramme(coach=known_id, programme=programme, added_at=now))
        await accounts.grant(person, Role.COACH, actor, now)
        await audit.record(
            "coach.add",
            About("coach", known_id, who.name),
            actor=actor,
            now=now,
            person=person,
            after={"programme": course["name"]},
        )
    return known_id


async def change_coach(
    coach: UUID, form: CoachRules | CoachProfile, *, version: int, actor: Actor, now: datetime
) -> None:
    """Save the rules or the profile. Raises ChangedMeanwhile, BadRules, UnknownZone and NotFound."""
    if isinstance(form, CoachRules):
        rules.check_rules(form)
        zone_named(form.zone)
    async with database.transaction():
        known = await _locked(coach, version=version)
        wanted = _values(form)
        before, after = audit.changed(_values(known), wanted)
        if not after:
            return
        await Coach.update({**wanted, "version": known.version + 1}).where(Coach.id == coach)
        await _record("coach.change", known, actor=actor, now=now, before=before, after=after)


async def end_in_programme(coach: UUID, programme: UUID, *, actor: Actor, now: datetime) -> None:
    """The coach is no longer offered to the people of this programme. Raises NotFound if they are not in it."""
    async with database.transaction():
        known = await _locked(coach)
        course = await programmes.by_id(programme)
        if course is None or programme not in known.programmes:
            raise NotFound
        await CoachProgramme.update({CoachProgramme.ended_at: now}).where(
            CoachProgramme.coach == coach, CoachProgramme.programme == programme, CoachProgramme.ended_at.is_null()
        )
        await _record("coach.end_in_programme", known, actor=actor, now=now, before={"programme": course["name"]})


async def leave(coach: UUID, *, actor: Actor, now: datetime) -> None:
    """The coach is offered to nobody any more, and the role ends. Times and programmes are kept for a return.

    Raises NotFound.
    """
    async with database.transaction():
        known = await _locked(coach)
        if known.left_at is not None:
            return
        await Coach.update({Coach.left_at: now}).where(Coach.id == coach)
        await accounts.revoke(known.person, Role.COACH, actor, now)
        await _record("coach.leave", known, actor=actor, now=now)


async def come_back(coach: UUID, *, actor: Actor, now: datetime) -> None:
    """A coach who had left is offered again, with the times and in the programmes of before. Raises NotFound."""
    async with database.transaction():
        known = await _locked(coach)
        if known.left_at is None:
            return
        await Coach.update({Coach.left_at: None}).where(Coach.id == coach)
        await accounts.grant(known.person, Role.COACH, actor, now)
        await _record("coach.come_back", known, actor=actor, now=now)


# -------------------------------------------------------------------- times
async def set_weekly(coach: UUID, times: Week, *, version: int | None = None, actor: Actor, now: datetime) -> None:
    """Put the stretches of each weekday, Monday first, in the place of those that were there.

    Raises NoSuchTime, NotFound, and ChangedMeanwhile where ``version`` is told and another one is there by now.
    """
    rules.check_week(times)
    async with database.transaction():
        known = await _locked(coach, version=version)
        before = _told(await queries.weekly(coach))
        if before == _told(times):
            return
        await WeeklyTime.delete().where(WeeklyTime.coach == coach)
        await database.insert(
            [
                WeeklyTime(coach=coach, weekday=weekday, from_minute=each.from_minute, to_minute=each.to_minute)
                for weekday, day in enumerate(times)
                for each in day
            ]
        )
        await Coach.update({Coach.version: known.version + 1}).where(Coach.id == coach)
        await _record(
            "coach.set_weekly", known, actor=actor, now=now, before={"weekly": before}, after={"weekly": _told(times)}
        )


async def add_exception(coach: UUID, exception: DayException, *, note: str = "", actor: Actor, now: datetime) -> UUID:
    """Days on which something else holds. ``note`` is for the coach alone. Raises NoSuchTime and NotFound."""
    rules.check_exception(exception)
    async with database.transaction():
        known = await _locked(coach)
        told = _exception_values(exception)
        made = TimeException(coach=coach, note=note, created_at=now, **told)
        await TimeException.insert(made)
        await _record("coach.add_exception", known, actor=actor, now=now, after=told)
    return made.id


async def remove_exception(exception: UUID, *, coach: UUID, actor: Actor, now: datetime) -> None:
    """The weekly pattern holds again on its days. Raises NotFound, also for another coach's."""
    async with database.transaction():
        known = await _locked(coach)
        for each in await queries.exceptions(coach):
            if each.id == exception:
                await TimeException.delete().where(TimeException.id == exception)
                await _record("coach.remove_exception", known, actor=actor, now=now, before=_exception_values(each))
                return
        raise NotFound


# -------------------------------------------------------------------- parts
async def _locked(coach: UUID, *, version: int | None = None) -> CoachView:
    await database.lock(f"coach:{coach}")
    known = await queries.coach(coach)
    if version is not None and version != known.version:
        raise ChangedMeanwhile(OTHER_TIMES)
    return known


async def _record(verb: str, coach: CoachView, *, actor: Actor, now: datetime, **told: dict[str, Any]) -> None:
    about = About("coach", coach.id, coach.name)
    await audit.record(verb, about, actor=actor, now=now, person=coach.person, **told)  # type: ignore[arg-type]


def _values(form: CoachRules | CoachProfile | CoachView) -> dict[Any, Any]:
    """As the columns hold them."""
    told = msgspec.structs.asdict(form)
    if "lengths" in told:
        told["lengths"] = ",".join(str(minutes) for minutes in sorted(set(told["lengths"])))
        told["nation"] = told["nation"].value
    return told


def _exception_values(exception: DayException) -> dict[str, Any]:
    names = DayException.__struct_fields__
    return {**{name: getattr(exception, name) for name in names}, "kind": exception.kind.value}


def _told(times: Week) -> list[list[list[int]]]:
    """As the audit trail keeps it: minutes from midnight, for each weekday."""
    return [sorted([each.from_minute, each.to_minute] for each in day) for day in times]
