"""What needs a coordinator today, over all cohorts and rounds of mentoring."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from litestar import Request, Response, get

from academy import clock
from academy.home import queries
from academy.invites.times import UK, local_to_utc, utc_to_local
from academy.outbox import queries as outbox
from academy.web.access import Who
from academy.web.pages import page
from cohorts.dashboard.needs import Need, needs_of_all
from cohorts.dashboard.queries import figures_of_live
from cohorts.enrolment.queries import TAG_COLOUR
from cohorts.schedule.tables import CohortStatus
from mentoring.reports import queries as mentoring

SHOWN = 20
"""Needs shown at first; the rest follows on request."""


@get("/today", who=Who.COORDINATOR)
async def today(request: Request[Any, Any, Any]) -> Response[Any]:
    """Decisions, one button each; the sessions of the week; who is new; mail that does not leave."""
    now = clock.now()
    figures = await figures_of_live(now=now)
    running = [one for one in figures if one.status is CohortStatus.OPEN]
    waiting: list[Need | mentoring.Need] = [*needs_of_all(figures, now), *await mentoring.needs(now)]
    needs = sorted(waiting, key=lambda need: need.urgency)
    failed, stuck = await outbox.troubles(now=now)
    everything = request.query_params.get("needs") == "all"
    return page(
        request,
        "academy/home/today.html",
        section="Today",
        staff=True,
        needs=needs if everything else needs[:SHOWN],
        needs_in_all=len(needs),
        failed=failed,
        stuck=stuck,
        soon=await queries.soon(now=now),
        newcomers=await queries.newcomers(since=yesterday(now)),
        colours=TAG_COLOUR,
        cohorts=len(running),
        planned=len([one for one in figures if one.status is CohortStatus.PLANNED]),
        taken=sum(one.taken for one in running),
        capacity=sum(one.capacity for one in running),
        waiting=sum(one.waiting for one in running),
        now=now,
    )


def yesterday(now: datetime) -> datetime:
    """The instant at which yesterday began in the UK."""
    day = utc_to_local(now, UK).date() - timedelta(days=1)
    return local_to_utc(day, time(0), UK)


routes: list[Any] = [today]
