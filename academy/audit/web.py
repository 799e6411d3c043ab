"""The audit trail as a page for coordinators."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get

from academy import clock
from academy.audit import queries
from academy.audit.queries import Line
from academy.web.access import Who
from academy.web.forms import parse_day
from academy.web.lists import Column, export, wanted
from academy.web.pages import page, redirect
from academy.web.templates import template_filter

SIZE = 50
MOST_EXPORTED = 20_000
UK = ZoneInfo("Europe/London")

COLUMNS: list[Column[Line]] = [
    Column("at", "When (UK time)", lambda line: line.at.astimezone(UK)),
    Column("who", "Who", lambda line: line.actor_name),
    Column("verb", "Did what", lambda line: line.verb),
    Column("kind", "Kind of record", lambda line: line.about_kind),
    Column("name", "Record", lambda line: line.about_name),
    Column("person", "Whose", lambda line: line.person_name or ""),
    Column("changes", "From and to", lambda line: "; ".join(map("{0[0]}: {0[1]} → {0[2]}".format, line.changes))),
    Column("note", "Note", lambda line: line.note),
]  # fmt: skip


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_CODE = re.compile(r"[a-z]+(_[a-z]+)+")


@template_filter
def done(verb: str) -> str:
    """A verb as people read it: "enrolment: move up"."""
    return verb.replace(".", ": ").replace("_", " ")


@template_filter
def moment(value: str) -> datetime | None:
    """The instant that a changed value stands for, so that it is shown in the reader's zone; else None."""
    return datetime.fromisoformat(value) if _INSTANT.fullmatch(value) else None


@template_filter
def plain_words(value: str) -> str:
    """A value as people read it: ``in_person`` is "in person"; what people typed stays."""
    return value.replace("_", " ") if _CODE.fullmatch(value) else value


@get("/audit", who=Who.COORDINATOR)
async def trail(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = wanted(request)
    first = parse_day(asked.query.get("from", "").strip())
    last = parse_day(asked.query.get("to", "").strip())
    chosen: dict[str, Any] = {
        "verb": asked.query.get("verb", ""),
        "find": asked.find,
        "since": _midnight(first) if first else datetime(2000, 1, 1, tzinfo=UTC),
        "until": _midnight(last + timedelta(days=1)) if last else clock.now() + timedelta(days=1),
    }
    if asked.export:
        found = await queries.entries(**chosen, most=MOST_EXPORTED)
        return await export(found.lines, COLUMNS, asked, name="audit-trail")
    found = await queries.entries(**chosen, most=SIZE, skip=(asked.page - 1) * SIZE)
    pages = max(1, -(-found.total // SIZE))
    if asked.page > pages:
        return redirect(f"/audit{asked.page_base}page={pages}")
    return page(
        request,
        "academy/audit/trail.html",
        section="People",
        staff=True,
        lines=found.lines,
        total=found.total,
        pages=pages,
        asked=asked,
        verbs=[("", "Anything"), *((verb, done(verb)) for verb in await queries.verbs())],
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        zone=request.user.time_zone,
    )


def _midnight(day: date) -> datetime:
    """The first instant of a day in the United Kingdom."""
    return datetime(day.year, day.month, day.day, tzinfo=UK).astimezone(UTC)


routes: list[Any] = [trail]
