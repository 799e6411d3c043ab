"""The verbs of sessions. Each keeps the session, its calendar event and the dates of its cohort in step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from academy import database
from academy.accounts import service as accounts
from academy.accounts.tables import Role
from academy.audit import service as audit
from academy.audit.service import About, Actor
from academy.database.transactions import Row
from academy.errors import ChangedMeanwhile, NotFound
from academy.invites import service as invites
from academy.people import service as people_service
from cohorts.schedule import queries, rules
from cohorts.schedule.rules import SessionDetails
from cohorts.schedule.tables import Cohort, CohortSession, CohortStatus, Facilitator, SessionStatus

LED = "/my-sessions"
"""Where people find what they lead."""


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody who is to lead and may not be known to us yet."""

    name: str
    address: str


class Leaders(msgspec.Struct, frozen=True):
    """Who leads a session."""

    people: tuple[UUID, ...] = ()
    newcomers: tuple[Newcomer, ...] = ()


async def add_session(
    cohort: UUID, details: SessionDetails, *, leaders: Leaders | None = None, actor: Actor, now: datetime
) -> UUID:
    """Plan a session. Nobody is invited here: ``dashboard.changes.add_session`` also invites those who have a place.

    Raises BadTimes, BadPlace, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        row = await locked_cohort(cohort)
        made = await insert_session(row, details, now=now)
        await keep_dates_in_step(cohort)
        if leaders is not None:
            added = await queries.session(made)
            assert added is not None
            await _take_on(added, await _known(leaders, now=now), actor=actor, now=now)
        await audit.record(
            "session.add", About("session", made, details.title), actor=actor, now=now, after=_told(details)
        )
    return made


async def change_session(
    session: UUID,
    details: SessionDetails,
    *,
    reason: str = "",
    seen: str | None = None,
    leaders: Leaders | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Save what is said of a session; whether its time or place changed.

    A new time or place is told to everyone invited and to who leads, who are asked again, and needs a ``reason``
    once the cohort is published. A corrected title reaches calendars and asks nobody. ``seen`` is ``mark_of`` what
    the form showed.
    Raises BadTimes, BadPlace, ReasonMissing, ChangedMeanwhile, ForbiddenMove and NotFound.
    """
    rules.check_times(starts_at=details.starts_at, ends_at=details.ends_at)
    async with database.transaction():
        row = await _locked_session(session)
        if seen is not None and seen != mark_of(row):
            raise ChangedMeanwhile("Somebody else changed this session while you had it open. Nothing was changed.")
        rules.check_not_over(ended_at=row["ends_at"], ends_at=details.ends_at, now=now)
        wanted = _event_values(row, details)
        changed = {name: value for name, value in wanted.items() if row[name] != value}
        moved = bool(changed)
        _check_reason(row["cohort_status"], reason, needed=moved)
        if details.title != row["title"]:
            changed["title"] = rules.event_title(row["cohort_name"], details.title)
            changed["description"] = rules.event_description(row["cohort_name"], details.title)
        wanted_leaders = None if leaders is None else await _known(leaders, now=now)
        if wanted_leaders is not None:
            await _let_go(row, wanted_leaders, now=now)  # first, so that they hear of no change that is not theirs
        if changed:
            await invites.change_event(row["event"], now=now, reason=reason, **changed)
        await CohortSession.update(
            {CohortSession.title: details.title, CohortSession.compulsory: details.compulsory}
        ).where(CohortSession.id == session)
        await keep_dates_in_step(row["cohort"])
        if wanted_leaders is not None:
            await _take_on(row, wanted_leaders, actor=actor, now=now)
        before, after = audit.changed(row, {**wanted, "title": details.title, "compulsory": details.compulsory})
        if after:
            await audit.record(
                "session.move" if moved else "session.change",
                About("session", session, details.title),
                actor=actor,
                now=now,
                before=before,
                after=after,
                note=reason,
            )
    return moved


async def cancel_session(session: UUID, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call a session off. Everyone invited is told why and their calendars follow; the others go on.

    Raises ReasonMissing, ForbiddenMove and NotFound.
    """
    async with database.transaction():
        row = await _locked_session(session)
        _check_reason(row["cohort_status"], reason, needed=True)
        await call_off(row, reason=reason, programme_slug=row["programme_slug"], now=now)
        await keep_dates_in_step(row["cohort"])
        await audit.record(
            "session.cancel",
            About("session", session, row["title"]),
            actor=actor,
            now=now,
            before={"status": row["status"]},
            after={"status": SessionStatus.CANCELLED.value},
            note=reason,
        )


async def set_facilitators(session: UUID, leaders: Leaders | Sequence[UUID], *, actor: Actor, now: datetime) -> None:
    """Exactly these lead the session and may take its register; who is new to it gets the role. Raises NotFound.

    Once the cohort is published it stands in their calendars, and who leads it no longer is told so.
    """
    async with database.transaction():
        row = await _locked_session(session)
        given = leaders if isinstance(leaders, Leaders) else Leaders(tuple(leaders))
        wanted = await _known(given, now=now)
        before = [each["name"] for each in await queries.facilitators_of(session)]
        await _let_go(row, wanted, now=now)
        await _take_on(row, wanted, actor=actor, now=now)
        after = [each["name"] for each in await queries.facilitators_of(session)]
        if before != after:
            await audit.record(
                "session.set_facilitators",
                About("session", session, row["title"]),
                actor=actor,
                now=now,
                before={"facilitators": before},
                after={"facilitators": after},
            )


async def invite_uninvited_leaders(session: UUID, *, now: datetime) -> int:
    """Invite who leads a session to come and is not invited to, such as who was named before leaders were invited.

    Returns how many. Again, it finds nobody. Raises NotFound.
    """
    async with database.transaction():
        found = await queries.session(session)
        if found is None:
            raise NotFound
        await database.lock(f"cohort:{found['cohort']}")
        people = (await queries.uninvited_leaders(now=now)).get(session, [])  # now that nobody else changes them
        if people:
            await invite_leaders(found["event"], people, now=now)
        return len(people)


async def keep_dates_in_step(cohort: UUID) -> None:
    """Write the first start and the last end of the sessions on the cohort: the one place that does."""
    rows = await queries.sessions(cohort)
    first, last = rules.span((row["status"], row["starts_at"], row["ends_at"]) for row in rows)
    await Cohort.update({Cohort.first_starts_at: first, Cohort.last_ends_at: last}).where(Cohort.id == cohort)


def mark_of(session: Row) -> str:
    """A mark of a session as it stands, for a form to carry."""
    names = ("title", "compulsory", "status", "starts_at", "ends_at", "place", "link")
    return rules.fingerprint(*(str(session[name]) for name in names))


# ------------------------------------------------- for the verbs of cohorts
async def insert_session(cohort: Row, details: SessionDetails, *, now: datetime) -> UUID:
    """The session and its event, in the cohort's zone; inside the caller's transaction. Raises BadTimes, BadPlace."""
    rules.check_times(starts_at=details.starts_at, ends_at=details.ends_at)
    place, link = rules.place_and_link(
        format=cohort["format"],
        venue=cohort["venue"],
        link=cohort["link"],
        own_place=details.place,
        own_link=details.link,
    )
    if cohort["status"] == CohortStatus.OPEN and not (place or link):
        raise rules.BadPlace("Enter a place or a link for the session.")
    event = await invites.create_event(
        title=rules.event_title(cohort["name"], details.title),
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        zone=cohort["zone"],
        place=place,
        link=link,
        description=rules.event_description(cohort["name"], details.title),
        now=now,
        context={"cohort": cohort["name"], "programme_path": f"/programmes/{cohort['programme_slug']}"},
    )
    made = CohortSession(
        cohort=cohort["id"], event=event, title=details.title, compulsory=details.compulsory, created_at=now
    )
    await CohortSession.insert(made)
    return made.id


async def call_off(session: Row, *, reason: str, programme_slug: str, now: datetime) -> None:
    """Cancel one session and its event; inside the caller's transaction."""
    await CohortSession.update(
        {CohortSession.status: SessionStatus.CANCELLED.value, CohortSession.cancel_reason: reason}
    ).where(CohortSession.id == session["id"])
    await invites.cancel_event(session["event"], reason=reason, now=now, rebook_path=f"/programmes/{programme_slug}")


async def invite_leaders(event: UUID, people: Sequence[UUID], *, now: datetime) -> None:
    """Put a session into the calendars of those who lead it, and tell them that they do."""
    await invites.invite(event, people, leading=True, paths=dict.fromkeys(people, LED), now=now)


async def locked_cohort(cohort: UUID, *, changeable: bool = True) -> Row:
    """Serialise on the cohort and read it. Raises NotFound, and ForbiddenMove if it is closed or cancelled."""
    await database.lock(f"cohort:{cohort}")
    row = await queries.by_id(cohort)
    if row is None:
        raise NotFound
    if changeable and (why_not := rules.why_not_changeable(row["status"])):
        raise rules.ForbiddenMove(why_not)
    return row


async def _locked_session(session: UUID) -> Row:
    found = await queries.session(session)
    if found is None:
        raise NotFound
    await database.lock(f"cohort:{found['cohort']}")
    row = await queries.session(session)  # again, now that nobody else changes it
    assert row is not None
    why_not = rules.why_not_session_changeable(cohort_status=row["cohort_status"], session_status=row["status"])
    if why_not:
        raise rules.ForbiddenMove(why_not)
    return row


def _event_values(row: Row, details: SessionDetails) -> dict[str, Any]:
    place, link = rules.place_and_link(
        format=row["format"],
        venue=row["venue"],
        link=row["cohort_link"],
        own_place=details.place,
        own_link=details.link,
    )
    if row["cohort_status"] == CohortStatus.OPEN and not (place or link):
        raise rules.BadPlace("Enter a place or a link for the session.")
    return {"starts_at": details.starts_at, "ends_at": details.ends_at, "place": place, "link": link}


def _check_reason(cohort_status: str, reason: str, *, needed: bool) -> None:
    if needed and cohort_status == CohortStatus.OPEN and not reason:
        raise rules.ReasonMissing("Enter a reason. Everyone who is invited reads it.")


async def _known(leaders: Leaders, *, now: datetime) -> set[UUID]:
    """Who is to lead, newcomers among them."""
    newcomers = [
        await people_service.find_or_create(name=one.name, address=one.address, now=now) for one in leaders.newcomers
    ]
    return {*leaders.people, *newcomers}


async def _let_go(session: Row, wanted: set[UUID], *, now: datetime) -> None:
    """Whoever is not wanted no longer leads the session, and it leaves their calendar."""
    gone = {row["person"] for row in await queries.facilitators_of(session["id"])} - wanted
    for person in sorted(gone):
        await Facilitator.delete().where(Facilitator.session == session["id"], Facilitator.person == person)
        await invites.withdraw(session["event"], person, leading=True, now=now)


async def _take_on(session: Row, wanted: set[UUID], *, actor: Actor, now: datetime) -> None:
    """Whoever is wanted leads the session, gets the role, and is invited if the cohort is published."""
    there = {row["person"] for row in await queries.facilitators_of(session["id"])}
    new = sorted(wanted - there)
    for person in new:
        await Facilitator.insert(Facilitator(session=session["id"], person=person))
        await accounts.grant(person, Role.FACILITATOR, actor, now)
    if new and session["cohort_status"] == CohortStatus.OPEN:
        await invite_leaders(session["event"], new, now=now)


def _told(details: SessionDetails) -> dict[str, Any]:
    return msgspec.structs.asdict(details)
