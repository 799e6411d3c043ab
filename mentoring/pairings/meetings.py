"""Meetings of a pair: offered with an invite for both calendars, or just logged.

There is one meeting a day: who logs what the other has logged already changes nothing, so hours are never counted
twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from academy import database
from academy.audit import service as audit
from academy.audit.service import Actor
from academy.errors import NotFound
from academy.invites import reminders
from academy.invites import service as invites
from academy.invites.times import UK, local_to_utc, utc_to_local
from mentoring.pairings import letters, rules, steps
from mentoring.pairings.queries import StaffView
from mentoring.pairings.tables import Meeting, MeetingStatus, Pairing

NOON = time(12)
"""When a meeting is taken to have begun of which only the day is known."""
ENDED = "The pairing has ended."


class MeetingView(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting as both see it."""

    id: UUID
    pairing: UUID
    event: UUID | None
    status: MeetingStatus
    starts_at: datetime
    minutes: int
    place: str
    link: str
    added_by: UUID
    added_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def day(self) -> date:
        """In the UK."""
        return utc_to_local(self.starts_at, UK).date()


_MEETING = """
    SELECT m.id, m.pairing, m.event, m.status, m.starts_at, m.minutes, m.added_by, m.added_at,
           coalesce(v.place, '') AS place, coalesce(v.link, '') AS link
    FROM meeting m LEFT JOIN calendar_event v ON v.id = m.event
    WHERE
"""
_ONE = database.compiled_sql(f"{_MEETING} m.id = :meeting AND m.pairing = :pairing")
_OF_PAIRING = database.compiled_sql(f"{_MEETING} m.pairing = :pairing ORDER BY m.starts_at, m.id")
_TOMORROW = database.compiled_sql("""
    SELECT m.event, m.starts_at, v.changed_at, i.person, i.invited_at
    FROM meeting m JOIN calendar_event v ON v.id = m.event
    JOIN invitee i ON i.event = v.id AND i.state = 'invited'
    WHERE m.status = 'planned' AND m.starts_at > :now AND m.starts_at <= :horizon
    ORDER BY m.starts_at, m.id, i.person
""")


async def of_pairing(pairing: UUID) -> list[MeetingView]:
    """All meetings of a pair, the first one first."""
    return [_view(row) for row in await _OF_PAIRING.run(pairing=pairing)]


async def one(pairing: UUID, meeting: UUID) -> MeetingView:
    """A meeting of this pair. Raises NotFound."""
    row = await _ONE.first(meeting=meeting, pairing=pairing)
    if row is None:
        raise NotFound
    return _view(row)


async def offer_meeting(
    pairing: UUID,
    *,
    starts_at: datetime,
    minutes: int,
    place: str = "",
    link: str = "",
    about: str = "",
    zone: str = UK,
    by: UUID,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put a meeting into both calendars; who it does not suit moves or cancels it on the page of the pairing.

    The same time again (a double click) is the same meeting. Raises NotNow and NotFound.
    """
    async with database.transaction():
        here = await _alive(pairing, now=now)
        for each in await of_pairing(pairing):
            if each.status is MeetingStatus.PLANNED and each.starts_at == starts_at:
                return each.id
        event = await invites.create_event(
            title="Mentoring",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            zone=zone,
            place=place,
            link=link,
            description=about,
            wording="meeting",
            private=True,
            context={"round_name": here.round_name},
            now=now,
        )
        both = {here.mentor: here.mentee_name, here.mentee: here.mentor_name}
        await invites.invite(
            event,
            list(both),
            paths=dict.fromkeys(both, letters.path(pairing)),
            titles={person: f"Mentoring: {other}" for person, other in both.items()},
            own={person: {"with_name": other} for person, other in both.items()},
            now=now,
        )
        made = uuid4()
        await Meeting.insert(
            Meeting(
                id=made, pairing=pairing, event=event, status=MeetingStatus.PLANNED, starts_at=starts_at,
                minutes=minutes, added_by=by, added_at=now,
            )
        )  # fmt: skip
        await _noted("offer_meeting", here, {"starts": starts_at.isoformat()}, actor=actor, now=now)
    return made


async def change_meeting(
    pairing: UUID,
    meeting: UUID,
    *,
    starts_at: datetime,
    minutes: int,
    place: str = "",
    link: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Move a planned meeting, or say where it is: both calendars follow. Raises NotNow and NotFound."""
    async with database.transaction():
        here = await _alive(pairing, now=now)
        found = await one(pairing, meeting)
        booked = found.event is not None
        if refused := rules.why_not_move_meeting(found.status, found.starts_at, booked=booked, now=now):
            raise refused
        assert found.event is not None
        await invites.change_event(
            found.event,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            place=place,
            link=link,
            now=now,
        )
        await Meeting.update({Meeting.starts_at: starts_at, Meeting.minutes: minutes}).where(Meeting.id == meeting)
        await _noted("change_meeting", here, {"starts": starts_at.isoformat()}, actor=actor, now=now)


async def cancel_meeting(pairing: UUID, meeting: UUID, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """A planned meeting does not take place: it leaves both calendars. One that was logged by mistake goes too.

    A second call does nothing. Raises NotFound.
    """
    async with database.transaction():
        here = await steps.locked(pairing, now=now)
        found = await one(pairing, meeting)
        if found.status is MeetingStatus.CANCELLED:
            return
        await _move(found, MeetingStatus.CANCELLED)
        if found.event is not None:  # of what is over nobody is told
            await invites.cancel_event(found.event, reason=reason, now=now)
        await _settle(here)
        await _noted("cancel_meeting", here, {"day": found.day.isoformat()}, actor=actor, now=now)


async def log_meeting(pairing: UUID, *, day: date, minutes: int, by: UUID, actor: Actor, now: datetime) -> MeetingView:
    """The two have met. A meeting that was planned for that day is the one; what was logged already stays.

    Silence is over with it. Raises NotNow and NotFound.
    """
    async with database.transaction():
        here = await steps.locked(pairing, now=now)
        if here.status not in rules.MET:
            raise NotFound
        if refused := rules.why_not_log(day, answered_at=here.answered_at, ended_at=here.ended_at, now=now):
            raise refused
        of_day = [each for each in await of_pairing(pairing) if each.day == day]
        if known := next((each for each in of_day if each.status is MeetingStatus.HELD), None):
            return known
        planned = next((each for each in of_day if each.status in rules.MAY_HAVE_BEEN), None)
        if planned is not None:
            await _move(planned, MeetingStatus.HELD, minutes=minutes)
            logged = planned.id
        else:
            logged = uuid4()
            await Meeting.insert(
                Meeting(
                    id=logged, pairing=pairing, status=MeetingStatus.HELD,
                    starts_at=local_to_utc(day, NOON, UK), minutes=minutes, added_by=by, added_at=now,
                )
            )  # fmt: skip
        await _settle(here)
        await _noted("log_meeting", here, {"day": day.isoformat(), "minutes": minutes}, actor=actor, now=now)
        return await one(pairing, logged)


async def did_not_meet(pairing: UUID, meeting: UUID, *, actor: Actor, now: datetime) -> None:
    """A planned meeting that is over did not take place. Said twice, it is said once. Raises NotNow and NotFound."""
    async with database.transaction():
        here = await steps.locked(pairing, now=now)
        found = await one(pairing, meeting)
        if found.status is MeetingStatus.MISSED:
            return
        if found.starts_at > now:
            raise rules.NotNow("This meeting is still to come. Cancel it if it does not take place.")
        await _move(found, MeetingStatus.MISSED)
        await _noted("miss_meeting", here, {"day": found.day.isoformat()}, actor=actor, now=now)


async def call_off_coming(here: StaffView, *, now: datetime) -> None:
    """The pairing is over: what is still planned leaves the calendars. The caller holds its locks."""
    for each in await of_pairing(here.id):
        if each.status is MeetingStatus.PLANNED and each.starts_at > now:
            await _move(each, MeetingStatus.CANCELLED)
            if each.event is not None:
                await invites.cancel_event(each.event, reason=ENDED, now=now)


async def remind(now: datetime) -> int:
    """Remind both of a meeting on the day before it, unless they have just been told of it. Returns how many mails."""
    rows = await _TOMORROW.run(now=now, horizon=now + reminders.A_DAY)
    return await reminders.send([reminders.Expected(**row) for row in rows], now=now)


async def _alive(pairing: UUID, *, now: datetime) -> StaffView:
    here = await steps.locked(pairing, now=now)
    if refused := rules.why_not_meet(here.status):
        raise refused
    return here


async def _move(meeting: MeetingView, status: MeetingStatus, *, minutes: int | None = None) -> None:
    if status not in rules.MEETING_MOVES[meeting.status]:
        raise rules.NotNow("This meeting was marked before. Load the page again to see it.")
    values: dict[Any, Any] = {Meeting.status: status}
    if minutes is not None:
        values[Meeting.minutes] = minutes
    await Meeting.update(values).where(Meeting.id == meeting.id)


async def _settle(here: StaffView) -> None:
    """The day of the last meeting, from the meetings; a pair that has met is on nobody's list."""
    held = [each.day for each in await of_pairing(here.id) if each.status is MeetingStatus.HELD]
    last = max(held, default=None)
    values: dict[Any, Any] = {Pairing.last_met_on: last}
    if last is not None and (here.last_met_on is None or last > here.last_met_on):
        values[Pairing.listed_at] = None
    await Pairing.update(values).where(Pairing.id == here.id)


async def _noted(verb: str, here: StaffView, after: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    await audit.record(f"pairing.{verb}", here.about, actor=actor, now=now, person=here.mentee, after=dict(after))


def _view(row: dict[str, Any]) -> MeetingView:
    return MeetingView(**{**row, "status": MeetingStatus(row["status"])})
