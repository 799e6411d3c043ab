"""A coach's answer to a booking or to a wish to move: one button for a yes, one page for a no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect
from cohorts.coaching.bookings import forms, queries, service
from cohorts.coaching.bookings.queries import SessionView
from cohorts.coaching.bookings.rules import Clash, Party, SlotTaken
from cohorts.coaching.record import parts

GONE = "There is nothing to answer here any more."


async def asked(request: Request[Any, Any, Any], session: UUID) -> SessionView:
    """A session of which the visitor is the coach. Raises NotFound for everybody else."""
    found = await queries.session(session, person=me(request))
    if found.party_of(me(request)) is not Party.COACH:
        raise NotFound
    return found


def asked_for(session: SessionView) -> str:
    """Names what is asked, so that nobody says yes to another time than they have read."""
    wish = session.open_request
    return wish.starts_at.isoformat() if wish else session.starts_at.isoformat()


@get("/coaching/sessions/{session:uuid}/answer", who=Who.COACH)
async def ask(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """What is asked for, a yes, and a no with a word to the coachee."""
    found = await asked(request, session)
    if not parts.waits_for_coach(found, clock.now()):
        return redirect(f"/coaching/sessions/{session}", warned=GONE)
    return _page(request, found)


@post("/coaching/sessions/{session:uuid}/answer", who=Who.COACH)
async def answer(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Say yes or no. What has changed meanwhile is shown anew, not answered."""
    now = clock.now()
    found = await asked(request, session)
    fields = await read_form(request)
    if not parts.waits_for_coach(found, now) or fields.get("answer") not in ("yes", "no"):
        return redirect(f"/coaching/sessions/{session}", warned=GONE)
    if fields.get("asked_for") != asked_for(found):
        problem = f"{found.coachee_name} has asked for another time meanwhile. Read it, then answer."
        return _page(request, found, status=409, problem=problem)
    yes = fields["answer"] == "yes"
    try:
        note = forms.short(fields, "note")
        await _answer(request, found, yes=yes, note=note, despite_clash="despite_clash" in fields)
    except Invalid as error:
        return _page(request, found, status=422, typed=fields, errors=error.errors)
    except (Clash, SlotTaken) as error:
        return _page(request, found, status=409, typed=fields, problem=error.message, clash=isinstance(error, Clash))
    told = "You have said yes" if yes else "You have said no"
    return redirect("/coach", said=f"{told}. {found.coachee_name} gets an email.")


async def _answer(
    request: Request[Any, Any, Any], found: SessionView, *, yes: bool, note: str, despite_clash: bool
) -> None:
    now = clock.now()
    if found.open_request is None:
        await service.answer_booking(
            found.id, yes=yes, note=note, despite_clash=despite_clash, actor=actor(request), now=now
        )
        return
    await service.answer_move(
        found.open_request.id, yes=yes, note=note, despite_clash=despite_clash, actor=actor(request), now=now
    )


def _page(
    request: Request[Any, Any, Any],
    found: SessionView,
    *,
    status: int = 200,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    clash: bool = False,
) -> Response[Any]:
    return page(
        request,
        "cohorts/coaching/record/answer.html",
        section="Coaching",
        status=status,
        errors=errors or ({"": problem} if problem else None),
        session=found,
        wish=found.open_request,
        asked_for=asked_for(found),
        clash=clash,
        typed=typed or {},
        zone=request.user.time_zone,
    )


routes: list[Any] = [ask, answer]
