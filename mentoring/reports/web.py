"""Coordinators' reports of a round: what happened, the people behind each number, and how groups fare."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from academy import clock
from academy.errors import NotFound
from academy.web import lists
from academy.web.access import Who
from academy.web.lists import Column
from academy.web.pages import page
from mentoring.profiles import places
from mentoring.profiles import queries as profiles
from mentoring.profiles.places import Section
from mentoring.profiles.tables import Side
from mentoring.profiles.web_rounds import head
from mentoring.reports import fairness, queries, rules
from mentoring.reports.hiding import LEAST, Shown
from mentoring.reports.standing import LISTS, Line

TAB = "Reports"
HIDDEN = "hidden"
"""What stands in a cell, on the page and in the file, whose number is left out."""

COLUMNS: list[Column[Line]] = [
    Column("name", "Name", lambda line: line.name),
    Column("address", "Email address", lambda line: line.address),
    Column("organisation", "Organisation", lambda line: line.organisation),
    Column("state", "State", lambda line: line.state),
    Column("other", "With", lambda line: line.other_name),
    Column("since", "Since", lambda line: line.since),
    Column("note", "Note", lambda line: line.note),
]

places.sections.append(Section(80, TAB, "/reports"))


@get("/mentoring/rounds/{round:str}/reports", who=Who.COORDINATOR)
async def reports(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Where everybody stands, meetings, answers and evaluations, beside the round before. ``table`` is exported."""
    here, now = await profiles.round(round), clock.now()
    facts = await queries.facts(here, now=now)
    charts = rules.charts(facts)
    former = await queries.compared_with(here)
    measures = rules.measures(facts)
    before = rules.measures(await queries.facts(former, now=now)) if former else []
    asked = lists.wanted(request)
    if asked.export:
        return await _export(here.slug, charts, measures, before, asked)
    return page(
        request,
        "mentoring/reports/reports.html",
        people=rules.people_figures(facts),
        places=rules.place_figures(facts),
        meetings=rules.meeting_figures(facts),
        answers=rules.answer_figures(facts),
        charts=charts,
        completion=rules.completion(facts),
        percent=rules.percent,
        said=rules.said(facts.evaluations),
        together=rules.TOGETHER,
        former=former,
        compared=list(zip(measures, before, strict=True)) if former else [],
        **head(request, here, TAB),
    )


@get("/mentoring/rounds/{round:str}/reports/people", who=Who.COORDINATOR)
async def people(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The people behind a number (``show``). Names and addresses, never characteristics."""
    here, asked = await profiles.round(round), lists.wanted(request)
    key = asked.query.get("show", "mentees")
    if key not in LISTS:
        raise NotFound
    title, lines_of = LISTS[key]
    lines = lines_of(await queries.facts(here, now=clock.now()))
    if asked.export:
        return await lists.export(lines, COLUMNS, asked, name=f"{here.slug}-{key}")
    return page(
        request,
        "mentoring/reports/people.html",
        title=title,
        key=key,
        shown=lists.show(lines, COLUMNS, asked),
        choices=[(name, words) for name, (words, _) in LISTS.items()],
        **head(request, here, TAB),
    )


@get("/mentoring/rounds/{round:str}/reports/fairness", who=Who.COORDINATOR)
async def how_fair(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """How groups of mentees or mentors fared, with small numbers left out; ``table`` is exported."""
    here, asked = await profiles.round(round), lists.wanted(request)
    side = Side.MENTOR if asked.query.get("side") == Side.MENTOR.value else Side.MENTEE
    found = await fairness.counted(here.id, side)
    if asked.export:
        table = next((each for each in found.tables if each.title == asked.query.get("table")), None) if found else None
        if table is None:
            raise NotFound
        return await _download(
            _cells(table), FAIRNESS_COLUMNS, asked, name=f"{here.slug}-{side.value}s-by-{table.title.lower()}"
        )
    base = f"/mentoring/rounds/{here.slug}/reports/fairness"
    return page(
        request,
        "mentoring/reports/fairness.html",
        side=side.value,
        sides=[("Mentees", base), ("Mentors", f"{base}?side=mentor")],
        found=found,
        counted_from=fairness.counted_from(here.published_at),
        now=clock.now(),
        least=LEAST,
        hidden_word=HIDDEN,
        percent=rules.percent,
        base=lists.Wanted(query={"side": side.value} if side is Side.MENTOR else {}).base(),
        **head(request, here, TAB),
    )


FAIRNESS_COLUMNS = ("Answer", "Took part", "Paired", "Completed", "Average score of the pairs")


def _cells(table: Shown) -> list[tuple[Any, ...]]:
    """The same as the page shows, for a file; with the total."""
    rows = [
        (row.words, *(_cell(each) for each in (row.people, row.paired, row.completed, row.score))) for row in table.rows
    ]
    completed = "not counted yet" if table.completed is None else table.completed
    if table.completed is None:
        rows = [(*row[:3], "not counted yet", row[4]) for row in rows]
    return [*rows, ("All", table.people, table.paired, completed, "")]


def _cell(number: int | None) -> int | str:
    return HIDDEN if number is None else number


async def _export(
    slug: str,
    charts: dict[str, rules.Chart],
    measures: Sequence[rules.Measure],
    before: Sequence[rules.Measure],
    asked: lists.Wanted,
) -> Response[bytes]:
    table = asked.query.get("table", "")
    if table in charts:
        chart = charts[table]
        return await _download(
            [(bar.label, bar.value) for bar in chart.bars], chart.columns, asked, name=f"{slug}-{table}"
        )
    if table != "rounds":
        raise NotFound
    rows = [
        (each.label, each.value, *([before[number].value] if before else [])) for number, each in enumerate(measures)
    ]
    columns = ("Measure", "This round", *(["The round before"] if before else []))
    return await _download(rows, columns, asked, name=f"{slug}-report")


async def _download(
    rows: Sequence[tuple[Any, ...]], columns: Sequence[str], asked: lists.Wanted, *, name: str
) -> Response[bytes]:
    named = [Column(str(number), heading, itemgetter(number)) for number, heading in enumerate(columns)]
    return await lists.export(rows, named, asked, name=name)


routes: list[Any] = [reports, people, how_fair]
