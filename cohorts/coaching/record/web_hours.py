"""A coach's hours: offered, booked, delivered, missed and lost, for each month and year."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from academy import clock
from academy.web import lists
from academy.web.access import Who
from academy.web.lists import Column
from academy.web.pages import page
from cohorts.coaching.record import hours
from cohorts.coaching.record.hours import Month
from cohorts.coaching.record.web_coach import coach_of

COLUMNS: list[Column[Month]] = [
    Column("month", "Month", lambda row: row.first.strftime("%Y-%m")),
    Column("offered", "Hours offered (by times as they are now)", lambda row: hours.decimal(row.hours.offered)),
    Column("booked", "Hours booked", lambda row: hours.decimal(row.hours.booked)),
    Column("delivered", "Hours delivered", lambda row: hours.decimal(row.hours.delivered)),
    Column("no_show", "Hours of no-shows", lambda row: hours.decimal(row.hours.no_show)),
    Column("lost", "Hours cancelled late", lambda row: hours.decimal(row.hours.lost)),
]


@get("/coach/hours", who=Who.COACH)
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    """One year by month, with its sum; the file has the same."""
    now = clock.now()
    coach = await coach_of(request)
    asked = lists.wanted(request)
    found = await hours.of_year(coach, asked.query.get("year", ""), now=now)
    if asked.export:
        return await lists.export(found.months, COLUMNS, asked, name=f"coaching-hours-{found.year}")
    return page(
        request,
        "cohorts/coaching/record/hours.html",
        section="Coaching",
        found=found,
        shown=hours.shown,
        asked=asked,
    )


routes: list[Any] = [show]
