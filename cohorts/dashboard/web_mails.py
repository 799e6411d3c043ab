"""The mails about one cohort and its sessions: the outbox, narrowed, under the tabs of the cohort."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from academy import clock
from academy.outbox import queries, reading, rules
from academy.outbox.queries import Filter
from academy.outbox.tables import MessageState
from academy.outbox.web import COLOURS, COLUMNS, MOST_EXPORTED
from academy.web import lists
from academy.web.access import Who
from academy.web.pages import page
from cohorts.schedule import queries as schedule
from cohorts.schedule.queries import found_cohort
from cohorts.schedule.rules import stage

STATES = [("", "Any state"), *((state.value, words) for state, words in rules.WORDS.items())]


@get("/cohorts/{code:str}/mails", who=Who.COORDINATOR)
async def mails(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Confirmations, invites, changes and reminders of this cohort, the newest first."""
    cohort = await found_cohort(code)
    asked = lists.wanted(request)
    state = asked.query.get("state", "")
    wanted = Filter(
        about=(cohort["id"], *(row["event"] for row in await schedule.sessions(cohort["id"]))),
        state=state if state in set(MessageState) else "",
        find=asked.find,
    )
    if asked.export:
        found, _ = await queries.lines(wanted, page=1, size=MOST_EXPORTED)
        return await lists.export(found, COLUMNS, asked, name=f"{code}-mails")
    found, total = await queries.lines(wanted, page=asked.page)
    return page(
        request,
        "cohorts/dashboard/mails.html",
        section="Cohorts",
        staff=True,
        cohort=cohort,
        stage=stage(cohort, clock.now()),
        lines=found,
        total=total,
        number=asked.page,
        pages=max(1, -(-total // queries.PAGE)),
        asked=asked,
        wanted=wanted,
        states=STATES,
        words=rules.WORDS,
        colours=COLOURS,
        kind_words=reading.kind_words,
    )


routes = [mails]
