"""One session as coordinators see and change it: how it stands, cancel, waive, answer or mark for the coach."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.coaching.bookings import queries, rules, service, words
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import CALLED, KIND_CALLED, OUTCOMES, Party
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.credits import queries as credits
from cohorts.coaching.credits import rules as credit_rules
from cohorts.coaching.credits.tables import CreditKind
from cohorts.coaching.desk import forms
from cohorts.coaching.desk.web_person import SECTION, Here, opened

S = "/cohorts/{code:str}/coaching/{enrolment:uuid}/sessions/{session:uuid}"
CREDIT_CALLED = {
    CreditKind.RESERVED: "Held for this session",
    CreditKind.USED: "Used",
    CreditKind.RETURNED: "Given back",
}
MARKS = [(each.value, CALLED[each]) for each in OUTCOMES]


@get(S, who=Who.COORDINATOR)
async def show(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """Dates, attendance, what became of the credit, and every step; never what was written."""
    here = await opened(code, enrolment)
    return await _page(request, here, here.session(session))


@get(S + "/cancel", who=Who.COORDINATOR)
async def ask_cancel(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    here = await opened(code, enrolment)
    return _ask(request, here, here.session(session), "cancel")


@post(S + "/cancel", who=Who.COORDINATOR)
async def cancel(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """Not bound by the cut-off: the credit comes back, both are told, and both calendars let go of it."""
    here = await opened(code, enrolment)
    found = here.session(session)
    fields = await read_form(request)
    try:
        reason = forms.read_reason(fields)
    except Invalid as error:
        return _ask(request, here, found, "cancel", typed=fields, errors=error.errors)
    await service.cancel(session, reason=reason, by=Party.ACADEMY, actor=actor(request), now=clock.now())
    back = f" {here.one.name} has the session back to book another time." if found.has_credit else ""
    told = f"The session is cancelled. {here.one.name} and {found.coach_name} get an email.{back}"
    return redirect(_path(here, found), said=told)


@get(S + "/waive", who=Who.COORDINATOR)
async def ask_waive(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    here = await opened(code, enrolment)
    return _ask(request, here, here.session(session), "waive")


@post(S + "/waive", who=Who.COORDINATOR)
async def waive(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """Give a used credit back, with a reason."""
    here = await opened(code, enrolment)
    found = here.session(session)
    fields = await read_form(request)
    try:
        reason = forms.read_reason(fields, "Say why. The coachee reads it beside the session.")
    except Invalid as error:
        return _ask(request, here, found, "waive", typed=fields, errors=error.errors)
    try:
        await service.waive(session, reason=reason, actor=actor(request), now=clock.now())
    except credit_rules.NothingToGiveBack as error:
        return redirect(_path(here, found), warned=error.message)
    return redirect(_path(here, found), said=f"The session is given back. {here.one.name} can book another one.")


@post(S + "/answer", who=Who.COORDINATOR)
async def answer(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """Yes or no for a coach who has not answered, once the coordinator has spoken with them."""
    here = await opened(code, enrolment)
    found = here.session(session)
    fields = await read_form(request)
    yes = fields.get("answer") == "yes"
    who, now = actor(request), clock.now()
    try:
        if found.open_request is not None:
            await service.answer_move(found.open_request.id, yes=yes, actor=who, now=now)
        elif found.status is SessionStatus.REQUESTED:
            await service.answer_booking(session, yes=yes, actor=who, now=now)
        else:
            return redirect(_path(here, found), warned="Nothing waits for an answer any more.")
    except (rules.SlotTaken, rules.Clash, rules.TooLate) as error:
        return redirect(_path(here, found), warned=f"{error.message} Nothing was changed: move or cancel the session.")
    return redirect(_path(here, found), said=f"Answered for {found.coach_name}. {here.one.name} gets an email.")


@post(S + "/mark", who=Who.COORDINATOR)
async def mark(
    request: Request[Any, Any, Any], code: FromPath[str], enrolment: FromPath[UUID], session: FromPath[UUID]
) -> Response[Any]:
    """Note how a session went, for a coach who has not."""
    here = await opened(code, enrolment)
    found = here.session(session)
    fields = await read_form(request)
    chosen = next((each for each in OUTCOMES if each.value == fields.get("outcome")), None)
    if chosen is None:
        return await _page(request, here, found, errors={"outcome": "Choose how it went."}, status=422)
    try:
        await service.mark(session, chosen, actor=actor(request), now=clock.now())
    except credit_rules.NoCredit as error:
        return redirect(_path(here, found), warned=error.message)
    return redirect(_path(here, found), said=f"Noted: {CALLED[chosen].lower()}.")


def _path(here: Here, session: SessionView) -> str:
    return f"{here.path}/sessions/{session.id}"


async def _page(
    request: Request[Any, Any, Any],
    here: Here,
    session: SessionView,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    now, zone = clock.now(), request.user.time_zone
    entries = await credits.ledger(here.one.enrolment)
    credit = credit_rules.of_session(entries, session.id)
    return page(
        request,
        "cohorts/coaching/desk/session.html",
        section=SECTION,
        staff=True,
        status=status,
        errors=errors,
        cohort=here.cohort,
        one=here.one,
        session=session,
        person=here.path,
        at=_path(here, session),
        kind=KIND_CALLED[session.kind],
        tagged=words.tag(session, now=now),
        called=CALLED[session.status],
        credit=CREDIT_CALLED.get(credit, "None needed") if credit else "None needed",
        may_waive=credit is CreditKind.USED and not session.waived_reason,
        may_cancel=rules.why_not_cancel(session, by=Party.ACADEMY, now=now) is None,
        may_move=session.live,
        may_mark=session.status in (SessionStatus.BOOKED, *OUTCOMES) and session.starts_at <= now,
        marks=MARKS,
        steps=[words.step(each, zone) for each in reversed(await queries.history(session.id))],
        zone=zone,
        now=now,
    )


def _ask(
    request: Request[Any, Any, Any],
    here: Here,
    session: SessionView,
    what: str,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    now = clock.now()
    if what == "cancel" and (refused := rules.why_not_cancel(session, by=Party.ACADEMY, now=now)) is not None:
        raise refused
    if what not in ("cancel", "waive"):
        raise NotFound
    meaning = words.cancelling(session, rules.Consequence(), here.rules, None, by=Party.ACADEMY)
    return page(
        request,
        "cohorts/coaching/desk/ask.html",
        section=SECTION,
        staff=True,
        errors=errors,
        one=here.one,
        session=session,
        what=what,
        at=_path(here, session),
        meaning=f"{session.coach_name} is told too. {meaning}",
        typed=typed or {},
        zone=request.user.time_zone,
    )


routes: list[Any] = [show, ask_cancel, cancel, ask_waive, waive, answer, mark]
