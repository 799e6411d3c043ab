"""What coach and coachee write on the page of their session. Goals, evaluation and the coach's pages are beside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.people import in_copies
from academy.people.in_copies import Copies
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import download, page, redirect
from cohorts.coaching.bookings import rules as bookings
from cohorts.coaching.bookings import service
from cohorts.coaching.bookings.tables import SessionStatus
from cohorts.coaching.record import (
    actions,
    forms,
    notes,
    parts,
    queries,
    web_answers,
    web_coach,
    web_evaluation,
    web_goals,
    web_hours,
    web_log,
)
from cohorts.coaching.record.queries import Seat
from cohorts.coaching.record.tables import Party

__all__ = ["parts", "routes"]


async def seat_of(request: Request[Any, Any, Any], session: UUID) -> Seat:
    """The visitor's seat in the session. Raises NotFound for who has none."""
    return await queries.seat(session, me(request))


async def coach_seat(request: Request[Any, Any, Any], session: UUID) -> Seat:
    """The same for its coach alone."""
    seat = await seat_of(request, session)
    if seat.party is not Party.COACH:
        raise NotFound
    return seat


def section(request: Request[Any, Any, Any], seat: Seat) -> str:
    return "Coaching" if seat.party is Party.COACH else request.user.own_section


def again(
    request: Request[Any, Any, Any], seat: Seat, form: str, errors: dict[str, str], *, status: int = 422, **context: Any
) -> Response[Any]:
    """One form of the session's page by itself, with what was typed and what is wrong with it."""
    return page(
        request,
        "cohorts/coaching/record/form.html",
        section=section(request, seat),
        status=status,
        errors=errors,
        seat=seat,
        form=form,
        **context,
    )


# ------------------------------------------------------------------- outcome
@post("/coaching/sessions/{session:uuid}/outcome", who=Who.SIGNED_IN)
async def mark(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Say how it went: it took place, the coachee did not come, or the coach could not.

    Also for a coach who has left the academy since: what they delivered is theirs to note.
    """
    seat = await coach_seat(request, session)
    fields = await read_form(request)
    planned = int((seat.ends_at - seat.starts_at).total_seconds() // 60)
    try:
        said = forms.outcome(fields, planned=planned)
    except Invalid as error:
        return again(request, seat, "outcome", error.errors, typed=fields, planned=planned)
    await service.mark(session, said.status, minutes=said.minutes, actor=actor(request), now=clock.now())
    told = f"Noted: {bookings.CALLED[said.status].lower()}"
    if said.status is SessionStatus.COMPLETED:
        told = f"Noted: it took place, {said.minutes} minutes"
    back = "/coach" if fields.get("back") == "coach" and request.user.coach else seat.path
    return redirect(back, said=f"{told}. You can take this back on the page of the session.")


@post("/coaching/sessions/{session:uuid}/outcome/undo", who=Who.SIGNED_IN)
async def undo_mark(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Nothing is noted any more; the credit is as it was."""
    seat = await coach_seat(request, session)
    await service.mark(session, SessionStatus.BOOKED, actor=actor(request), now=clock.now())
    return redirect(seat.path, said="Taken back. Say again how it went.")


# ---------------------------------------------------------------------- note
@post("/coaching/sessions/{session:uuid}/note", who=Who.SIGNED_IN)
async def save_note(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Save the note that only its author reads; empty, it is deleted."""
    seat = await seat_of(request, session)
    fields = await read_form(request)
    told = await _told(request, seat)
    instead = fields.get("instead_of", "")
    try:
        text = forms.note(fields)
        if text:
            told.check_told(fields)
    except Invalid as error:
        return _note_again(request, seat, told, fields, error.errors, instead_of=instead)
    except ChangedMeanwhile as error:
        return _note_again(request, seat, told, fields, {"note": error.message}, instead_of=instead, status=409)
    try:
        saved = await notes.write_note(
            session, text, author=me(request), now=clock.now(), instead_of=instead, in_copies=told.given
        )
    except ChangedMeanwhile as error:
        wrong = {"note": f"{error.message} Below is what you have just typed, and above it what is saved."}
        stands, told = await queries.note(session, me(request)), await _told(request, seat)
        other = stands.text if stands else ""
        instead = notes.seen(stands)
        return _note_again(request, seat, told, fields, wrong, instead_of=instead, other_text=other, status=409)
    if saved is None:
        return redirect(f"{seat.path}#note-title", said="Your note is deleted.")
    reads = in_copies.said(seat.coachee_name, in_copies=saved.in_copies)
    return redirect(f"{seat.path}#note-title", said=f"Your note is saved. {reads}")


async def _told(request: Request[Any, Any, Any], seat: Seat) -> Copies:
    """What the form for the visitor's note says of copies."""
    stands = await queries.note(seat.session, me(request))
    return notes.copies(seat, stands, gives=request.app.state.settings.gives_notes_about)


def _note_again(
    request: Request[Any, Any, Any],
    seat: Seat,
    told: Copies,
    fields: Fields,
    errors: dict[str, str],
    *,
    instead_of: str,
    other_text: str = "",
    status: int = 422,
) -> Response[Any]:
    """The form with what was typed, and with what is saved where that is something else."""
    return again(
        request,
        seat,
        "note",
        errors,
        status=status,
        typed=fields,
        copies=told,
        instead_of=instead_of,
        other_text=other_text,
    )


@get("/coaching/my-notes.txt", who=Who.SIGNED_IN)
async def my_notes(request: Request[Any, Any, Any]) -> Response[bytes]:
    """All that the visitor wrote for themselves, as a text file. Nobody can ask for anybody else's."""
    text = notes.as_text(await queries.notes_of(me(request)), name=request.user.name, now=clock.now())
    return download(("\ufeff" + text).encode(), name="my-coaching-notes.txt", media_type="text/plain; charset=utf-8")


# ------------------------------------------------------------------- actions
@post("/coaching/sessions/{session:uuid}/actions", who=Who.SIGNED_IN)
async def add_action(request: Request[Any, Any, Any], session: FromPath[UUID]) -> Response[Any]:
    """Write down what the coachee will do; both read it."""
    seat = await seat_of(request, session)
    fields = await read_form(request)
    try:
        new = forms.action(fields)
    except Invalid as error:
        return again(request, seat, "action", error.errors, typed=fields)
    await actions.add_action(session, new.text, due_on=new.due_on, author=me(request), now=clock.now())
    return redirect(f"{seat.path}#actions", said=f"Added. {seat.other_name} sees it too.")


@post("/coaching/sessions/{session:uuid}/actions/{action:uuid}/done", who=Who.SIGNED_IN)
async def action_done(
    request: Request[Any, Any, Any], session: FromPath[UUID], action: FromPath[UUID]
) -> Response[Any]:
    seat = await seat_of(request, session)
    await actions.done(session, action, by=me(request), now=clock.now())
    return redirect(f"{seat.path}#actions", said="Ticked off.")


@post("/coaching/sessions/{session:uuid}/actions/{action:uuid}/undo", who=Who.SIGNED_IN)
async def action_undo(
    request: Request[Any, Any, Any], session: FromPath[UUID], action: FromPath[UUID]
) -> Response[Any]:
    seat = await seat_of(request, session)
    await actions.undo(session, action, by=me(request))
    return redirect(f"{seat.path}#actions", said="It is open again.")


@get("/coaching/sessions/{session:uuid}/actions/{action:uuid}/remove", who=Who.SIGNED_IN)
async def ask_remove_action(
    request: Request[Any, Any, Any], session: FromPath[UUID], action: FromPath[UUID]
) -> Response[Any]:
    """Asks first, since it is gone for both."""
    seat = await seat_of(request, session)
    found = await queries.action(seat, action)
    if refused := actions.why_not_remove(found, by=me(request)):
        raise refused
    return page(
        request, "cohorts/coaching/record/remove_action.html", section=section(request, seat), seat=seat, action=found
    )


@post("/coaching/sessions/{session:uuid}/actions/{action:uuid}/remove", who=Who.SIGNED_IN)
async def remove_action(
    request: Request[Any, Any, Any], session: FromPath[UUID], action: FromPath[UUID]
) -> Response[Any]:
    seat = await seat_of(request, session)
    await actions.remove(session, action, by=me(request))
    return redirect(f"{seat.path}#actions", said="The action is removed.")


routes: list[Any] = [
    mark,
    undo_mark,
    save_note,
    my_notes,
    add_action,
    action_done,
    action_undo,
    ask_remove_action,
    remove_action,
    *web_answers.routes,
    *web_goals.routes,
    *web_evaluation.routes,
    *web_coach.routes,
    *web_hours.routes,
    *web_log.routes,
]
