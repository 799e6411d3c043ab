"""All cohorts, for coordinators: filter, sort, page, export."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from academy import clock, database
from academy.database.transactions import Row
from academy.invites.times import utc_to_local
from academy.web.access import Who
from academy.web.lists import Column, export, show, wanted
from academy.web.pages import page
from cohorts.schedule import queries, rules
from cohorts.schedule.rules import Stage

_ALL = database.compiled_sql("""
SELECT c.id, c.code, c.name, c.status, c.region, c.format, c.venue, c.zone, c.capacity, c.minimum, c.first_starts_at,
       c.last_ends_at, p.slug AS programme_slug, p.name AS programme_name, o.name AS sponsor_name,
       coalesce(e.taken, 0) AS taken, coalesce(e.waiting, 0) AS waiting, coalesce(s.sessions, 0) AS sessions
FROM cohort c JOIN programme p ON p.id = c.programme
LEFT JOIN sponsorship b ON b.id = c.sponsorship LEFT JOIN organisation o ON o.id = b.organisation
LEFT JOIN (SELECT cohort, count(CASE WHEN status IN ('enrolled', 'offered') THEN 1 END) AS taken,
                  count(CASE WHEN status = 'waitlisted' THEN 1 END) AS waiting
           FROM enrolment GROUP BY cohort) e ON e.cohort = c.id
LEFT JOIN (SELECT cohort, count(*) AS sessions FROM cohort_session WHERE status = 'planned' GROUP BY cohort) s
       ON s.cohort = c.id
ORDER BY c.first_starts_at DESC, c.name, c.id
""")

ACTIVE = "active"
ACTIVE_STAGES = (Stage.PLANNED, Stage.OPEN, Stage.FULL, Stage.RUNNING)
"""Planned, open or running: what a coordinator mostly looks for."""

ANY = "any"

STAGES = [
    (ACTIVE, "Planned, open or running"),
    (ANY, "Any stage"),
    *((str(stage), words[0]) for stage, words in rules.STAGE_WORDS.items()),
]

COLUMNS: list[Column[Row]] = [
    Column("name", "Cohort", lambda row: row["name"]),
    Column("code", "Code", lambda row: row["code"]),
    Column("programme", "Programme", lambda row: row["programme_name"]),
    Column("stage", "Stage", lambda row: row["stage"].text),
    Column("starts", "Starts", lambda row: row["starts"]),
    Column("ends", "Ends", lambda row: row["ends"]),
    Column("sessions", "Sessions", lambda row: row["sessions"]),
    Column("region", "Region", lambda row: row["region"]),
    Column("format", "Format", lambda row: rules.FORMAT_WORDS[row["format"]]),
    Column("place", "Place", lambda row: row["venue"]),
    Column("taken", "Places taken", lambda row: row["taken"]),
    Column("capacity", "Places", lambda row: row["capacity"]),
    Column("waiting", "Waiting", lambda row: row["waiting"]),
    Column("sponsor", "Sponsor", lambda row: row["sponsor_name"]),
]


@get("/cohorts", who=Who.COORDINATOR)
async def cohorts(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = wanted(request)
    programme, region = asked.query.get("programme", ""), asked.query.get("region", "")
    stage = asked.query.get("stage", ANY if programme or asked.find else ACTIVE)
    rows = await _ALL.run()
    now = clock.now()
    for row in rows:
        row["stage"] = rules.stage(row, now)
        row["starts"] = row["first_starts_at"] and utc_to_local(row["first_starts_at"], row["zone"])
        row["ends"] = row["last_ends_at"] and utc_to_local(row["last_ends_at"], row["zone"])
    found = [
        row
        for row in rows
        if _fits(row, asked.find)
        and programme in ("", row["programme_slug"])
        and region in ("", row["region"])
        and (stage in (ANY, row["stage"]) or (stage == ACTIVE and row["stage"] in ACTIVE_STAGES))
    ]
    if stage == ACTIVE:
        found.reverse()  # the next one first
    if asked.export:
        return await export(found, COLUMNS, asked, name="cohorts")
    return page(
        request,
        "cohorts/dashboard/cohorts.html",
        section="Cohorts",
        staff=True,
        shown=show(found, COLUMNS, asked),
        any_at_all=bool(rows),
        programme=programme,
        programmes=[("", "Any programme"), *await queries.programme_choices()],
        region=region,
        regions=[("", "Any region"), *((name, name) for name in rules.REGIONS)],
        stage=stage,
        stages=STAGES,
        format_words=rules.FORMAT_WORDS,
    )


def _fits(row: Row, find: str) -> bool:
    words = " ".join((row["name"], row["code"], row["programme_name"], row["venue"], row["sponsor_name"] or ""))
    return all(word in words.casefold() for word in find.casefold().split())


routes = [cohorts]
