"""What coach and coachee are told: invites in both calendars, and mails where there is nothing in a calendar yet.

Both are invited to one event, each with a title of their own; it is private, so that shared calendars show only that
they are busy. A move changes this event in place.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from academy.audit.service import About
from academy.invites import service as invites
from academy.invites.times import when
from academy.outbox import service as outbox
from academy.people.queries import contacts
from cohorts.coaching.bookings.queries import RequestView, SessionView
from cohorts.coaching.bookings.rules import KIND_CALLED

WORDING = "coaching"


def path(session: UUID) -> str:
    """The one address of a session, for both, for ever."""
    return f"/coaching/sessions/{session}"


def about(session: SessionView) -> About:
    """As the audit trail names it."""
    return About("coaching session", session.id, f"{KIND_CALLED[session.kind]}, {session.cohort_name}")


def _titles(session: SessionView) -> dict[UUID, str]:
    called = KIND_CALLED[session.kind]
    return {
        session.coach_person: f"{called}: {session.coachee_name}",
        session.coachee: f"{called} with {session.coach_name}",
    }


def _own(session: SessionView) -> dict[UUID, dict[str, str]]:
    return {
        session.coach_person: {"with_name": session.coachee_name},
        session.coachee: {"with_name": session.coach_name},
    }


async def put_into_calendars(session: SessionView, *, now: datetime) -> UUID:
    """A new event, to which both are invited. Returns it."""
    event = await invites.create_event(
        title=KIND_CALLED[session.kind],
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.zone,
        place=session.place,
        link=session.link,
        wording=WORDING,
        private=True,
        context={"programme": session.programme_name},
        now=now,
    )
    both = [session.coach_person, session.coachee]
    await invites.invite(
        event,
        both,
        paths=dict.fromkeys(both, path(session.id)),
        titles=_titles(session),
        own=_own(session),
        now=now,
    )
    return event


async def change_in_calendars(session: SessionView, *, reason: str = "", now: datetime) -> None:
    """The session has another time or place by now: both calendars move in place."""
    if session.event is not None:
        await invites.change_event(
            session.event,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            place=session.place,
            link=session.link,
            reason=reason,
            now=now,
        )


async def change_coach(before: SessionView, session: SessionView, *, reason: str = "", now: datetime) -> None:
    """The session has another coach by now: it leaves the calendar of the former one, and the coachee's is changed."""
    if session.event is None:
        return
    await invites.withdraw(session.event, before.coach_person, now=now)
    await invites.change_event(
        session.event,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        link=session.link,
        titles={session.coachee: _titles(session)[session.coachee]},
        own={session.coachee: _own(session)[session.coachee]},
        reason=reason,
        now=now,
    )
    coach = session.coach_person
    await invites.invite(
        session.event,
        [coach],
        paths={coach: path(session.id)},
        titles={coach: _titles(session)[coach]},
        own={coach: _own(session)[coach]},
        now=now,
    )


async def ask_another_coach(before: SessionView, session: SessionView, *, reason: str, now: datetime) -> None:
    """Another coach is asked to take a session: it leaves both calendars, and the coachee hears whom we have asked."""
    to = (await contacts([session.coachee])).get(session.coachee)
    zone = to.time_zone if to else session.zone
    then = when(session.starts_at, session.ends_at, session.zone, zone)
    if before.event is not None:
        await invites.withdraw(before.event, before.coach_person, now=now)
        asked = f"We have asked {session.coach_name} to coach you instead: {then}. "
        asked += "You get an email with the answer, and the time is kept for you until then."
        await invites.cancel_event(before.event, reason=f"{reason} {asked}".strip(), now=now)
    elif to is not None:
        await outbox.queue(
            "coaching-answer",
            key=f"coaching-answer:{session.id}:{session.coach}:{now:%Y%m%dT%H%M%S}",
            to=to,
            context={
                "with_name": before.coach_name,
                "programme": session.programme_name,
                "when": then,
                "stays": "",
                "instead": session.coach_name,
                "reason": reason,
                "manage_path": path(session.id),
            },
            about=about(session),
            now=now,
        )
    await ask_coach(session, instead_of=before.coach_name, now=now)


async def take_out_of_calendars(session: SessionView, *, reason: str, now: datetime) -> None:
    """Both are told that the session does not take place."""
    if session.event is not None:
        await invites.cancel_event(session.event, reason=reason, now=now)


def _asking(session: SessionView) -> str:
    return f"coaching-request:{session.id}:"


async def ask_coach(
    session: SessionView, *, request: RequestView | None = None, instead_of: str = "", now: datetime
) -> None:
    """The coach is asked for a yes: to a booking, with ``request`` to another time for it, or to a session that another
    coach, ``instead_of`` whom they are asked, had before."""
    to = (await contacts([session.coach_person])).get(session.coach_person)
    if to is None:
        return
    wanted = request or session
    asked = str(request.id) if request else f"{session.starts_at:%Y%m%dT%H%M}"
    if instead_of:  # the same coach may be asked for the same time once more
        asked = f"{session.coach}:{now:%Y%m%dT%H%M%S}"
    await outbox.queue(
        "coaching-request",
        key=f"{_asking(session)}{asked}",
        to=to,
        context={
            "with_name": session.coachee_name,
            "programme": session.programme_name,
            "when": when(wanted.starts_at, wanted.ends_at, session.zone, to.time_zone),
            "instead_of": when(session.starts_at, session.ends_at, session.zone, to.time_zone) if request else "",
            "instead_of_coach": instead_of,
            "note": request.note if request else "",
            "manage_path": path(session.id),
        },
        about=about(session),
        deadline=session.starts_at if session.starts_at > now else None,
        now=now,
    )


async def ask_no_more(session: SessionView, *, now: datetime) -> None:
    """What the coach was asked is no longer the question: a mail that still waits is not sent."""
    await outbox.drop(_asking(session), now=now)


async def say_no(
    session: SessionView, *, key: UUID, request: RequestView | None = None, reason: str, now: datetime
) -> None:
    """The coachee hears that a booking, or with ``request`` another time for it, is not to be."""
    to = (await contacts([session.coachee])).get(session.coachee)
    if to is None:
        return
    wanted = request or session
    await outbox.queue(
        "coaching-answer",
        key=f"coaching-answer:{key}",
        to=to,
        context={
            "with_name": session.coach_name,
            "programme": session.programme_name,
            "when": when(wanted.starts_at, wanted.ends_at, session.zone, to.time_zone),
            "stays": when(session.starts_at, session.ends_at, session.zone, to.time_zone) if request else "",
            "instead": "",
            "reason": reason,
            "manage_path": path(session.id),
        },
        about=about(session),
        now=now,
    )
