"""The first page of a coach: what waits for an answer, what comes, what has no outcome yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get

from academy import clock
from academy.accounts.guards import me
from academy.errors import NotFound
from academy.web.access import Who
from academy.web.pages import page
from cohorts.coaching.bookings import queries as bookings
from cohorts.coaching.bookings import words
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.record import coachees, parts, web_answers
from cohorts.coaching.times import queries as times
from cohorts.coaching.times.queries import CoachView

LATEST = 10
"""Past sessions that are shown before one asks for all."""


LATELY = timedelta(days=182)
"""Whose coaching ended longer ago is left out of the list of coachees."""


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A coach's sessions, sorted by what they ask of the coach."""

    asking: list[SessionView]
    unmarked: list[SessionView]
    coming: list[SessionView]
    past: list[SessionView]
    """The latest first."""
    now: datetime

    @property
    def this_week(self) -> int:
        """Sessions in the seven days from now."""
        return sum(each.starts_at <= self.now + timedelta(days=7) for each in self.coming)

    @property
    def delivered(self) -> int:
        """Sessions that took place in this calendar year."""
        return sum(
            each.status is SessionStatus.COMPLETED and each.starts_at.year == self.now.year for each in self.past
        )


def desk(sessions: list[SessionView], *, now: datetime) -> Desk:
    """Sort all sessions of a coach, in order of their start. A live session stands once: where it asks for most."""
    asking = [each for each in sessions if parts.waits_for_coach(each, now)]
    booked = [each for each in sessions if each.status is SessionStatus.BOOKED]
    return Desk(
        asking=asking,
        unmarked=[each for each in booked if each.ends_at <= now],
        coming=[each for each in booked if each.ends_at > now],
        past=[each for each in reversed(sessions) if not each.live],
        now=now,
    )


async def coach_of(request: Request[Any, Any, Any]) -> CoachView:
    """The coach that the visitor is. Raises NotFound."""
    found = await times.coach_of(me(request))
    if found is None:
        raise NotFound
    return found


@get("/coach", who=Who.COACH)
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    """Requests with one button each, then what has no outcome, then what comes, then what was."""
    now = clock.now()
    coach = await coach_of(request)
    found = desk(await bookings.of_coach(coach.id), now=now)
    everything = request.query_params.get("past") == "all"
    return page(
        request,
        "cohorts/coaching/record/coach.html",
        section="Coaching",
        coach=coach,
        desk=found,
        past=found.past if everything else found.past[:LATEST],
        coachees=await coachees.coached(coach.id, since=now - LATELY),
        asked_for=web_answers.asked_for,
        tag=words.tag,
        called=words.called,
        zone=request.user.time_zone,
        now=now,
    )


routes: list[Any] = [show]
