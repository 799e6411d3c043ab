"""The dashboard of one cohort: figures, what needs the coordinator, roster, sessions, waiting list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.audit import queries as audit_queries
from academy.errors import DomainError
from academy.invites.tables import Reply
from academy.web import lists
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.lists import Column
from academy.web.pages import page, redirect
from academy.web.words import counted
from cohorts.dashboard import queries, service
from cohorts.dashboard.needs import needs
from cohorts.dashboard.queries import OnRoster
from cohorts.enrolment import service as enrolment
from cohorts.enrolment.rules import CALLED, LIVE
from cohorts.enrolment.tables import EnrolmentStatus
from cohorts.schedule import queries as schedule_queries
from cohorts.schedule.rules import stage, why_not_publish

REPLIES = {
    Reply.ACCEPTED: ("Coming", "green"),
    Reply.TENTATIVE: ("Tentative", "yellow"),
    Reply.DECLINED: ("Declined", "red"),
    Reply.NEEDS_ACTION: ("No reply", "grey"),
}
"""What a reply is called, and the colour of its tag: never the colour alone."""

NEXT_STEPS = {
    Reply.NEEDS_ACTION: "Reply to the invite",
    Reply.DECLINED: "Ask what is in the way",
    Reply.TENTATIVE: "Settle whether they come",
}

LOW = 75
"""Per cent of the marked sessions under which attendance is shown as low."""

COLUMNS: list[Column[OnRoster]] = [
    Column("name", "Name", lambda one: one.name),
    Column("organisation", "Organisation", lambda one: one.organisation),
    Column("job", "Job title", lambda one: one.job_title),
    Column("email", "Email", lambda one: one.address),
    Column("status", "Status", lambda one: CALLED[one.status]),
    Column("reply", "Reply", lambda one: REPLIES[one.reply][0] if one.reply else ""),
    Column("attended", "Sessions attended", lambda one: one.attended),
    Column("marked", "Sessions marked", lambda one: one.marked),
    Column("next", "Next step", lambda one: next_step(one)),
]


@get("/cohorts/{code:str}/manage", who=Who.COORDINATOR)
async def overview(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """The cohort at a glance. The roster filters by reply, attendance and name, sorts, pages and exports."""
    now = clock.now()
    cohort = await schedule_queries.found_cohort(code)
    asked = lists.wanted(request)
    figures = await queries.figures(cohort["id"], now=now)
    everyone = await queries.roster(cohort["id"], now=now)
    shown = [one for one in everyone if _fits(one, asked.query)]
    if asked.export:
        return await lists.export(shown, COLUMNS, asked, name=f"{code}-roster")
    sessions = await queries.session_lines(cohort["id"])
    return page(
        request,
        "cohorts/dashboard/overview.html",
        section="Cohorts",
        staff=True,
        cohort=cohort,
        figures=figures,
        stage=stage(cohort, now),
        needs=[need for need in needs(figures, now) if need.href != _back(code)],
        roster=lists.show(shown, COLUMNS, asked, size=50),
        live=sum(one.status in LIVE for one in everyone),
        low=sum(is_low(one) for one in everyone if one.status in LIVE),
        is_low=is_low,
        next_step=next_step,
        replies=REPLIES,
        called=CALLED,
        sessions=sessions,
        waiting=await queries.first_waiting(cohort["id"]),
        why_not_publish=why_not_publish(
            status=cohort["status"],
            sessions=sum(not one.cancelled for one in sessions),
            place=cohort["venue"],
            link=cohort["link"],
            format=cohort["format"],
            capacity=cohort["capacity"],
            programme_published=cohort["programme_status"] == "published",
        ),
        entries=await audit_queries.entries_about("cohort", cohort["id"]),
        now=now,
    )


@post("/cohorts/{code:str}/ask-again", who=Who.COORDINATOR)
async def ask_again(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Remind everyone who has not replied about the next session."""
    cohort = await schedule_queries.found_cohort(code)
    told = await service.ask_again(cohort["id"], actor=actor(request), now=clock.now())
    return _reminded(await _from(request, code), told)


@post("/cohorts/{code:str}/fill", who=Who.COORDINATOR)
async def fill(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Give free places to the first on the waiting list."""
    cohort = await schedule_queries.found_cohort(code)
    moved = await enrolment.fill_free_places(cohort["id"], now=clock.now())
    to = await _from(request, code)
    if not moved:
        return redirect(to, warned="No place is free.")
    return redirect(to, said=f"{len(moved)} moved up from the waiting list.")


@post("/cohorts/{code:str}/selected", who=Who.COORDINATOR)
async def selected(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Do one thing for the people who are ticked."""
    now = clock.now()
    cohort = await schedule_queries.found_cohort(code)
    fields = await read_form(request)
    chosen = {one for text in fields.all("person") if (one := _uuid(text)) is not None}
    people = [one for one in await queries.roster(cohort["id"], now=now) if one.enrolment in chosen]
    if not people:
        return redirect(_back(code), warned="Nobody was ticked. Tick people first, then press Go.")
    if fields.get("action") == "remind":
        told = await service.ask_again(cohort["id"], actor=actor(request), now=now, only=chosen)
        return _reminded(_back(code), told)
    if fields.get("action") == "invite":
        sent = await service.send_invites_again(
            cohort["id"], [one.person for one in people], actor=actor(request), now=now
        )
        if not sent:
            why = "No invite was sent again: no session is to come, or they were sent a moment ago."
            return redirect(_back(code), warned=why)
        return redirect(_back(code), said="1 invite goes out again." if sent == 1 else f"{sent} invites go out again.")
    raise BadAction("Choose what to do with the people you ticked.")


class BadAction(DomainError):
    """Something else than the list offers was asked for."""

    status = 422


def is_low(one: OnRoster) -> bool:
    return one.marked > 0 and 100 * one.attended < LOW * one.marked


def next_step(one: OnRoster) -> str:
    """What a coordinator may want to do about one person, the most urgent only; empty: nothing."""
    if one.status not in LIVE:
        return one.reason
    if one.bounced:
        return "Check the address: mail comes back"
    if one.status is not EnrolmentStatus.ENROLLED:
        return "Confirm the place"
    if is_low(one) and one.reply:  # a session is still to come
        return "Talk about attendance"
    return NEXT_STEPS.get(one.reply, "") if one.reply else ""


def _fits(one: OnRoster, query: dict[str, str]) -> bool:
    """Whether a person is in the view that the address asks for. People who left are shown when asked for."""
    wanted = query.get("status", "")
    if (wanted == "left") == (one.status in LIVE):
        return False
    if query.get("reply") and (one.reply or "none") != query["reply"]:
        return False
    if query.get("attendance") == "low" and not is_low(one):
        return False
    if query.get("confirmed") == "no" and one.held_until is None:
        return False
    find = query.get("q", "").strip().casefold()
    return find in f"{one.name} {one.organisation} {one.address}".casefold()


def _reminded(to: str, told: int) -> Response[Any]:
    if not told:
        return redirect(to, warned="They were all reminded today already.")
    return redirect(to, said=f"Reminder sent to {counted(told, 'person', 'people')}.")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _from(request: Request[Any, Any, Any], code: str) -> str:
    """The page whose button was pressed: this one, or the one of all cohorts."""
    return "/today" if (await read_form(request)).get("back") == "/today" else _back(code)


def _back(code: str) -> str:
    return f"/cohorts/{code}/manage"


routes = [overview, ask_again, fill, selected]
