"""One's own coaching in the JSON API, as coachee and as coach. Notes and reflections are not in it.

What belongs to somebody else is answered like what does not exist. Who asks for a time that has gone is told the
nearest three in ``nearest``.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.calls import perform
from academy.accounts.guards import actor, me
from academy.errors import Invalid, NotFound
from academy.web import api
from academy.web.access import Who
from academy.web.api import Json, utc
from cohorts.coaching import api_shapes as shapes
from cohorts.coaching import api_staff
from cohorts.coaching.api_shapes import (
    Booking,
    Cancelling,
    Coaches,
    CoachingSessionOut,
    Moving,
    MyCoachings,
    Outcome,
    Sessions,
    Times,
)
from cohorts.coaching.bookings import own, queries, service
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.times import queries as times

MINE = ["My coaching"]
COACHES = ["My coachees"]


# ------------------------------------------------------------------ as coachee
@get("/api/my/coaching", who=Who.API_READ, tags=MINE, gives=MyCoachings)
async def my_coaching(request: Request[Any, Any, Any]) -> Json:
    """One's own coaching: credits, the coach, and every session."""
    return api.answer(MyCoachings([shapes.own_coaching(each) for each in await queries.own(me(request), clock.now())]))


@get("/api/my/coaching/{enrolment:uuid}/coaches", who=Who.API_READ, tags=MINE, gives=Coaches)
async def my_coaches(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """Whom one may book: the programme's coaches, or the chosen one alone."""
    here = await own.here(request, enrolment, now=clock.now())
    return api.answer(Coaches([shapes.coach(each) for each in here.coaches]))


@get("/api/my/coaching/{enrolment:uuid}/times", who=Who.API_READ, tags=MINE, gives=Times,
     asks={"coach": "The coach's id.", "minutes": "The length of the session.", "kind": "coaching or chemistry.",
           "from": "The first day, such as 2026-06-24."})  # fmt: skip
async def my_times(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """When a coach can be booked, as things stand now."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)
    asked = request.query_params
    coach = here.coach(_id(asked.get("coach", "")))
    if coach is None:
        raise Invalid({"coach": "Say which coach, by the id from the list of coaches."})
    kind = SessionKind.CHEMISTRY if asked.get("kind") == SessionKind.CHEMISTRY else SessionKind.COACHING
    minutes = own.length_of(here.mine, coach, kind, _number(asked.get("minutes", "")))
    starts = []
    if kind is SessionKind.COACHING or own.why_not_book(here.mine, kind, coach) is None:
        starts = await own.free(coach, here.person, minutes=minutes, now=now)
    since = _day(asked.get("from", ""))
    wanted = [each for each in starts if since is None or each.date() >= since]
    return api.answer(Times(coach=coach.id, minutes=minutes, zone=coach.zone, starts=wanted))


@post("/api/my/coaching/{enrolment:uuid}/sessions", who=Who.API_ENROL, tags=MINE, body=Booking,
      gives=CoachingSessionOut, codes=(201,))  # fmt: skip
async def book(request: Request[Any, Any, Any], enrolment: FromPath[UUID]) -> Json:
    """Book a session. The same booking again is answered with the same session."""
    now = clock.now()
    here = await own.here(request, enrolment, now=now)  # before the body is read: others' is not there

    async def book_it(body: Booking) -> tuple[int, CoachingSessionOut]:
        coach = here.coach(body.coach)
        if coach is None:
            raise NotFound
        await own.not_too_often(here.person, now=now)
        session = await service.book(
            enrolment,
            coach.id,
            starts_at=utc(body.starts_at),
            minutes=own.length_of(here.mine, coach, body.kind, None) if body.minutes is None else body.minutes,
            kind=body.kind,
            note=body.note,
            despite_clash=body.despite_clash,
            by=Party.COACHEE,
            actor=actor(request),
            now=now,
        )
        return 201, await _mine_or_not(request, session)

    return await perform(request, Booking, book_it, now=now)


@get("/api/my/coaching-sessions/{session:uuid}", who=Who.API_READ, tags=MINE, gives=CoachingSessionOut)
async def my_session(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """A session in which one is coached, or coaches."""
    return api.answer(shapes.session(await queries.session(session, person=me(request))))


@post(
    "/api/my/coaching-sessions/{session:uuid}/move", who=Who.API_ENROL, tags=MINE, body=Moving, gives=CoachingSessionOut
)
async def move(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Move a session, or after the cut-off ask to: then ``wish`` waits for the coach's yes. Coaches simply move."""
    now = clock.now()
    by = await _party(request, session)

    async def move_it(body: Moving) -> tuple[int, CoachingSessionOut]:
        if by is Party.COACHEE:
            await own.not_too_often(me(request), now=now)
        await service.move(
            session,
            starts_at=utc(body.starts_at),
            note=body.note,
            despite_clash=body.despite_clash,
            by=by,
            actor=actor(request),
            now=now,
        )
        return 200, await _mine_or_not(request, session)

    return await perform(request, Moving, move_it, now=now)


@post("/api/my/coaching-sessions/{session:uuid}/cancel", who=Who.API_ENROL, tags=MINE, body=Cancelling,
      gives=CoachingSessionOut)  # fmt: skip
async def cancel(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Cancel a session. ``late`` says that it was after the cut-off; the credits say what that meant."""
    now = clock.now()
    by = await _party(request, session)

    async def cancel_it(body: Cancelling) -> tuple[int, CoachingSessionOut]:
        await service.cancel(session, reason=body.reason, by=by, actor=actor(request), now=now)
        return 200, await _mine_or_not(request, session)

    return await perform(request, Cancelling, cancel_it, now=now)


# -------------------------------------------------------------------- as coach
@get("/api/my/coachees/sessions", who=Who.API_READ, tags=COACHES, gives=Sessions)
async def my_coachees(request: Request[Any, Any, Any]) -> Json:
    """Every session in which one coaches."""
    return api.answer(Sessions(shapes.sessions(await queries.of_coach((await _as_coach(request)).id))))


@post("/api/my/coachees/sessions/{session:uuid}/outcome", who=Who.API_ENROL, tags=COACHES, body=Outcome,
      gives=CoachingSessionOut)  # fmt: skip
async def outcome(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Json:
    """Say how a session went, once it has begun."""
    now = clock.now()
    if await _party(request, session) is not Party.COACH:
        raise NotFound("You have no such session.")

    async def mark(body: Outcome) -> tuple[int, CoachingSessionOut]:
        status = SessionStatus(body.status)
        await service.mark(session, status, minutes=body.minutes, actor=actor(request), now=now)
        return 200, await _mine_or_not(request, session)

    return await perform(request, Outcome, mark, now=now)


# ---------------------------------------------------------------------- shared
async def _party(request: Request[Any, Any, Any], session: UUID) -> Party:
    """As what the token's owner takes part. Raises NotFound, also for everybody else's."""
    party = (await queries.session(session, person=me(request))).party_of(me(request))
    if party is None:
        raise NotFound("You have no such session.")
    return party


async def _mine_or_not(request: Request[Any, Any, Any], session: UUID) -> CoachingSessionOut:
    return shapes.session(await queries.session(session, person=me(request)))


async def _as_coach(request: Request[Any, Any, Any]) -> times.CoachView:
    coach = await times.coach_of(me(request))
    if coach is None:
        raise NotFound("You are not a coach.")
    return coach


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound("There is no such coach.") from None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"from": "Give a day as 2026-06-24."}) from None


routes: list[Any] = [
    my_coaching,
    my_coaches,
    my_times,
    book,
    my_session,
    move,
    cancel,
    my_coachees,
    outcome,
    *api_staff.routes,
]
