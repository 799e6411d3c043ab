"""The verbs of cohorts. Each is one transaction with one line in the audit trail.

What also reaches enrolments (fewer or more places, a session added later, calling a cohort off) is composed above:
``cohorts.dashboard.changes`` and ``cohorts.enrolment.service`` call these.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.database.transactions import Row
from academy.errors import ChangedMeanwhile, NotFound
from academy.invites import service as invites
from academy.programmes import queries as programmes
from cohorts.schedule import queries, rules
from cohorts.schedule.rules import CohortDetails as CohortDetails
from cohorts.schedule.rules import SessionDetails as SessionDetails
from cohorts.schedule.sessions import Leaders as Leaders
from cohorts.schedule.sessions import Newcomer as Newcomer
from cohorts.schedule.sessions import add_session as add_session
from cohorts.schedule.sessions import call_off, insert_session, invite_leaders, keep_dates_in_step, locked_cohort
from cohorts.schedule.sessions import cancel_session as cancel_session
from cohorts.schedule.sessions import change_session as change_session
from cohorts.schedule.sessions import invite_uninvited_leaders as invite_uninvited_leaders
from cohorts.schedule.sessions import set_facilitators as set_facilitators
from cohorts.schedule.tables import Cohort, CohortStatus, Format, SessionStatus


async def create_cohort(
    programme: UUID,
    details: CohortDetails,
    *,
    sessions: Sequence[SessionDetails] = (),
    actor: Actor,
    now: datetime,
) -> UUID:
    """Plan a cohort with its sessions; only coordinators see it. Raises CodeTaken, BadTimes, TooFewPlaces, NotFound."""
    rules.check_cohort(details)
    async with database.transaction():
        if await programmes.by_id(programme) is None:
            raise NotFound
        await _check_code(details.code)
        made = Cohort(programme=programme, created_at=now, **_values(details))
        await Cohort.insert(made)
        row = await queries.by_id(made.id)
        assert row is not None
        for session in sessions:
            await insert_session(row, session, now=now)
        await keep_dates_in_step(made.id)
        await audit.record(
            "cohort.create",
            _about(row),
            actor=actor,
            now=now,
            after={**_values(details), "sessions": [msgspec.structs.asdict(each) for each in sessions]},
        )
    return made.id


async def change_cohort(
    cohort: UUID,
    details: CohortDetails,
    *,
    version: int,
    places_taken: int = 0,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Save the settings; by how many places the capacity rose, for the caller to fill.

    Remaining sessions that are where the cohort is follow it to another place or link: people are asked again, and
    read the ``reason``, which a published cohort needs for that. A new name only reaches their calendars.
    ``places_taken`` is counted by the caller under the lock ``cohort:<id>``.
    Raises ChangedMeanwhile, CodeTaken, CodeFixed, TooFewPlaces, BadTimes, BadPlace, ReasonMissing, ForbiddenMove
    and NotFound.
    """
    rules.check_cohort(details)
    rules.check_capacity(details.capacity, taken=places_taken)
    async with database.transaction():
        row = await locked_cohort(cohort)
        if row["version"] != version:
            raise ChangedMeanwhile("Somebody else saved this cohort while you had it open. Nothing was changed.")
        wanted = _values(details)
        before, after = audit.changed(row, wanted)
        if not after:
            return 0
        if details.code != row["code"]:
            if row["status"] != CohortStatus.PLANNED:
                raise rules.CodeFixed("The code stands in links that people have, so it stays once published.")
            await _check_code(details.code)
        if row["status"] == CohortStatus.OPEN and (
            why_not := rules.why_not_placed(format=details.format, place=details.venue, link=details.link)
        ):
            raise rules.BadPlace(why_not)
        await Cohort.update({**wanted, "version": version + 1}).where(Cohort.id == cohort)
        await _sessions_follow(row, details, reason=reason, now=now)
        await audit.record("cohort.change", _about(row), actor=actor, now=now, before=before, after=after, note=reason)
    return max(details.capacity - row["capacity"], 0)


async def publish(cohort: UUID, *, actor: Actor, now: datetime) -> None:
    """Show it to everyone; registration follows its window, and who leads a session is invited to it.

    Raises CannotPublish with what is missing, and NotFound.
    """
    async with database.transaction():
        row = await locked_cohort(cohort, changeable=False)
        sessions = [each for each in await queries.sessions(cohort) if each["status"] == SessionStatus.PLANNED]
        if why_not := why_not_publish(row, sessions):
            raise rules.CannotPublish(why_not)
        await _move(row, CohortStatus.OPEN, {"published_at": now})
        leaders = await queries.facilitators(cohort)
        for session in sessions:
            if leading := leaders.get(session["id"]):
                await invite_leaders(session["event"], [each["person"] for each in leading], now=now)
        await audit.record(
            "cohort.publish",
            _about(row),
            actor=actor,
            now=now,
            before={"status": row["status"]},
            after={"status": CohortStatus.OPEN.value},
        )


def why_not_publish(cohort: Row, sessions: Sequence[Row]) -> str:
    """The rule for a cohort and its sessions as they were read; the page asks the same."""
    return rules.why_not_publish(
        status=cohort["status"],
        sessions=sum(each["status"] == SessionStatus.PLANNED for each in sessions),
        place=cohort["venue"],
        link=cohort["link"],
        format=cohort["format"],
        capacity=cohort["capacity"],
        programme_published=cohort["programme_status"] == "published",
    )


async def cancel_cohort(cohort: UUID, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call off the cohort and every session that is not over; everyone invited is told and calendars follow.

    Enrolments are moved by ``enrolment.service.cancel_cohort``, which calls this one.
    Raises ReasonMissing, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        row = await locked_cohort(cohort, changeable=False)
        if row["status"] == CohortStatus.OPEN and not reason:
            raise rules.ReasonMissing("Enter a reason. Everyone who has a place reads it.")
        await _move(row, CohortStatus.CANCELLED, {"cancel_reason": reason})
        called_off = await remaining_sessions(cohort, now=now)
        for session in called_off:
            await call_off(session, reason=reason, programme_slug=row["programme_slug"], now=now)
        await keep_dates_in_step(cohort)
        await audit.record(
            "cohort.cancel",
            _about(row),
            actor=actor,
            now=now,
            before={"status": row["status"]},
            after={"status": CohortStatus.CANCELLED.value, "sessions": len(called_off)},
            note=reason,
        )


async def make_virtual(cohort: UUID, link: str, reason: str, *, actor: Actor, now: datetime) -> int:
    """Everything that is still to come takes place at ``link``; how many sessions that are.

    Cohort, sessions, invites, reminders and reports follow at once, also sessions with a place of their own.
    Raises BadPlace, ReasonMissing, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        row = await locked_cohort(cohort)
        if not link:
            raise rules.BadPlace("Enter the link that people join by.")
        if row["status"] == CohortStatus.OPEN and not reason:
            raise rules.ReasonMissing("Enter a reason. Everyone who is invited reads it.")
        sessions = await remaining_sessions(cohort, now=now)
        for session in sessions:
            await invites.change_event(session["event"], now=now, reason=reason, place="", link=link)
        wanted: dict[Any, Any] = {"format": Format.VIRTUAL.value, "venue": "", "link": link}
        await Cohort.update({**wanted, "version": row["version"] + 1}).where(Cohort.id == cohort)
        before, after = audit.changed(row, wanted)
        await audit.record(
            "cohort.make_virtual",
            _about(row),
            actor=actor,
            now=now,
            before=before,
            after={**after, "sessions": len(sessions)},
            note=reason,
        )
    return len(sessions)


async def remaining_sessions(cohort: UUID, *, now: datetime) -> list[Row]:
    """Those that are neither over nor cancelled."""
    return [
        row for row in await queries.sessions(cohort) if row["status"] == SessionStatus.PLANNED and row["ends_at"] > now
    ]


async def _sessions_follow(row: Row, details: CohortDetails, *, reason: str, now: datetime) -> None:
    """Remaining sessions that have no place of their own go where the cohort goes; calendars learn a new name."""
    was = rules.place_and_link(format=row["format"], venue=row["venue"], link=row["link"])
    to = rules.place_and_link(format=details.format, venue=details.venue, link=details.link)
    if was == to and details.name == row["name"]:
        return
    for session in await remaining_sessions(row["id"], now=now):
        changed: dict[str, Any] = {}
        if was != to and (session["place"], session["link"]) == was:
            if row["status"] == CohortStatus.OPEN and not reason:
                raise rules.ReasonMissing("Enter a reason for the new place. Everyone who is invited reads it.")
            changed = {"place": to[0], "link": to[1]}
        if details.name != row["name"]:
            changed["title"] = rules.event_title(details.name, session["title"])
            changed["description"] = rules.event_description(details.name, session["title"])
            changed["context"] = {"cohort": details.name}
        if changed:
            await invites.change_event(session["event"], now=now, reason=reason, **changed)


async def _check_code(code: str) -> None:
    """Raises CodeTaken."""
    await database.lock("cohort codes")
    if code in rules.RESERVED_CODES or await Cohort.exists().where(Cohort.code == code):
        raise rules.CodeTaken("Another cohort has this code. Change it, for example by adding the month.")


async def _move(row: Row, to: CohortStatus, values: dict[Any, Any]) -> None:
    rules.move(CohortStatus(row["status"]), to)
    await Cohort.update({"status": to.value, "version": row["version"] + 1, **values}).where(Cohort.id == row["id"])


def _about(row: Row) -> About:
    return About("cohort", row["id"], row["name"])


def _values(details: CohortDetails) -> dict[Any, Any]:
    return {**msgspec.structs.asdict(details), "format": details.format.value}
