"""The page of a pairing for its two people: the other, meetings, goals, the agreement, and one's own notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor, me
from academy.errors import ChangedMeanwhile, DomainError, Invalid, NotFound
from academy.people import in_copies
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import page, redirect, turned_back
from mentoring.pairings import forms, letters, notes, service
from mentoring.pairings.notes import Note
from mentoring.pairings.own_page import note_copies, own_pairing, section, show
from mentoring.pairings.queries import PairingView

PAIRING = "/mentoring/pairings/{pairing:uuid}"


@get(PAIRING, who=Who.SIGNED_IN)
async def pairing_page(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    return await show(request, await own_pairing(request, pairing))


# -------------------------------------------------------- agreement and goals
@post(f"{PAIRING}/agree", who=Who.SIGNED_IN)
async def agree(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    await own_pairing(request, pairing)
    at = letters.path(pairing)
    try:
        await service.agree(pairing, person=me(request), actor=actor(request), now=clock.now())
    except DomainError as refused:
        return turned_back(at, refused)
    return redirect(f"{at}#agreement", said="You have agreed. Both of you see it.")


@post(f"{PAIRING}/goals", who=Who.SIGNED_IN)
async def add_goal(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    fields = await read_form(request)
    try:
        await service.add_goal(pairing, forms.goal(fields), by=me(request), now=clock.now())
    except Invalid as error:
        return await show(request, found, typed=fields, errors=error.errors)
    except NotFound:
        raise
    except DomainError as refused:
        return await show(request, found, typed=fields, errors={"text": refused.message}, status=refused.status)
    return redirect(f"{letters.path(pairing)}#goals", said="Added. Both of you see it.")


@post(f"{PAIRING}/goals/{{goal:uuid}}", who=Who.SIGNED_IN)
async def change_goal(request: Request[Any, Any, Any], pairing: FromPath[UUID], goal: FromPath[UUID]) -> Response[Any]:
    """Tick it off, open it again, or take it away; what was taken away can be added again from the same page."""
    await own_pairing(request, pairing)
    fields, now, at = await read_form(request), clock.now(), f"{letters.path(pairing)}#goals"
    try:
        match fields.get("do", ""):
            case "done":
                await service.tick_goal(pairing, goal, done=True, now=now)
                return redirect(at, said="Well done. It is ticked off for both of you.")
            case "open":
                await service.tick_goal(pairing, goal, done=False, now=now)
                return redirect(at, said="It is open again.")
            case "drop":
                await service.drop_goal(pairing, goal, now=now)
                return redirect(at, said="Taken away for both of you. You can take it back on this page.")
            case "back":
                await service.take_goal_back(pairing, goal, now=now)
                return redirect(at, said="It is back.")
    except DomainError as refused:
        return turned_back(at, refused)
    raise NotFound


# -------------------------------------------------------------- private notes
@post(f"{PAIRING}/notes", who=Who.SIGNED_IN)
async def add_note(request: Request[Any, Any, Any], pairing: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    fields = await read_form(request)
    copies = note_copies(request, found)
    try:
        text = forms.note(fields)
        copies.check_told(fields)
    except Invalid as error:
        return await show(request, found, typed=fields, errors=error.errors)
    except ChangedMeanwhile as error:
        return await show(request, found, typed=fields, errors={"note": error.message}, status=409)
    await service.write_note(pairing, text, author=me(request), now=clock.now(), in_copies=copies.given)
    return _saved(found, given=copies.given)


@get(f"{PAIRING}/notes/{{note:uuid}}", who=Who.SIGNED_IN)
async def note_page(request: Request[Any, Any, Any], pairing: FromPath[UUID], note: FromPath[UUID]) -> Response[Any]:
    """Change one note, or remove it for good."""
    found = await own_pairing(request, pairing)
    return _note_page(request, found, await notes.note(pairing, note, author=me(request)))


@post(f"{PAIRING}/notes/{{note:uuid}}", who=Who.SIGNED_IN)
async def change_note(request: Request[Any, Any, Any], pairing: FromPath[UUID], note: FromPath[UUID]) -> Response[Any]:
    found = await own_pairing(request, pairing)
    stands = await notes.note(pairing, note, author=me(request))
    fields, copies = await read_form(request), note_copies(request, found, stands)
    try:
        text = forms.note(fields)
        copies.check_told(fields)
    except Invalid as error:
        return _note_page(request, found, stands, typed=fields, errors=error.errors)
    except ChangedMeanwhile as error:
        return _note_page(request, found, stands, typed=fields, errors={"note": error.message}, status=409)
    await service.change_note(pairing, note, text, author=me(request), now=clock.now(), in_copies=copies.given)
    return _saved(found, given=copies.given)


@post(f"{PAIRING}/notes/{{note:uuid}}/remove", who=Who.SIGNED_IN)
async def remove_note(request: Request[Any, Any, Any], pairing: FromPath[UUID], note: FromPath[UUID]) -> Response[Any]:
    """The page of the note has asked."""
    await own_pairing(request, pairing)
    await service.remove_note(pairing, note, author=me(request))
    return redirect(f"{letters.path(pairing)}#notes", said="The note is gone.")


def _saved(found: PairingView, *, given: bool) -> Response[Any]:
    said = in_copies.said(found.mentee_name, in_copies=given)
    return redirect(f"{letters.path(found.id)}#notes", said=f"Saved. {said}")


def _note_page(
    request: Request[Any, Any, Any],
    found: PairingView,
    note: Note,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    return page(
        request,
        "mentoring/pairings/note.html",
        section=section(request),
        status=status,
        errors=errors,
        at=letters.path(found.id),
        note=note.id,
        copies=note_copies(request, found, note),
        text=note.text if typed is None else typed.get("note", ""),
    )


routes: list[Any] = [
    pairing_page,
    agree,
    add_goal,
    change_goal,
    add_note,
    note_page,
    change_note,
    remove_note,
]
