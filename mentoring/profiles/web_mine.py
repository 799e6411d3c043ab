"""A mentor's and a mentee's own page in a round: sign up, change, choose, pause, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock, database
from academy.accounts import limits
from academy.accounts.guards import actor, me
from academy.errors import ChangedMeanwhile, DomainError, Invalid, NotFound
from academy.invites.times import utc_to_local
from academy.people import service as people_service
from academy.web.access import Who
from academy.web.forms import Fields, read_form
from academy.web.pages import redirect
from mentoring.profiles import forms_people, known, own_pages, queries, rules, service
from mentoring.profiles.own_pages import mentee_page, mentor_page, withdraw_page
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.rules import CannotSignUp
from mentoring.profiles.tables import ApartKind, MentorStatus, PoolStatus, ProfileSource, Side


@get("/mentoring/{round:str}/mentor", who=Who.SIGNED_IN)
async def mentor(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """The offer to be a mentor, filled with what is known; who comes from Home or a mail sends it with one button."""
    here = await visible(round)
    return await mentor_page(request, here)


@post("/mentoring/{round:str}/mentor", who=Who.SIGNED_IN)
async def offer(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    fields, now, person = await read_form(request), clock.now(), me(request)
    mine = await queries.mentor_of(here.id, person)
    try:
        former = mine.answers if mine else (await known.known_mentor(person))[0]
        form = forms_people.read_mentor(fields, former=former, own=True)
        errors: dict[str, str] = {}
        named = [
            await _by_address(address, f"choice_{rank}", errors, person, now=now)
            for rank, address in enumerate(form.named, start=1)
        ]
        not_this = await _by_address(form.not_this, "not_this", errors, person, now=now)
        if errors:
            raise Invalid(errors)
        async with database.transaction():
            _same_version(mine, fields)
            await service.sign_up_mentor(
                here.id,
                person,
                form.answers,
                capacity=form.capacity,
                choices=[each for each in named if each],
                told=form.told,
                source=await _source(person),
                actor=actor(request),
                now=now,
            )
            if not_this:
                await service.keep_apart(person, not_this, ApartKind.CONFIDENTIAL, actor=actor(request), now=now)
    except Invalid as error:
        return await mentor_page(request, here, fields=fields, errors=error.errors)
    except (CannotSignUp, ChangedMeanwhile, rules.BadProfile) as error:
        return await mentor_page(request, here, fields=fields, errors={"": error.message}, status=error.status)
    if mine is not None and mine.status is MentorStatus.ACTIVE:
        return redirect(f"/mentoring/{round}/mentor", said="Your answers are saved.")
    return redirect(
        "/mentoring", said="Thank you for offering to be a mentor. We write to you when we have found somebody."
    )


@get("/mentoring/{round:str}/mentee", who=Who.SIGNED_IN)
async def mentee(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    return await mentee_page(request, here)


@post("/mentoring/{round:str}/mentee", who=Who.SIGNED_IN)
async def ask(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    fields, now, person = await read_form(request), clock.now(), me(request)
    mine = await queries.mentee_of(here.id, person)
    try:
        former = mine.answers if mine else await known.known_mentee(person)
        lists = any(name.startswith(("choice_", "not_this")) for name in fields)  # else they have a page of their own
        before = await queries.choices(here.id, Side.MENTEE, person)
        there = await queries.mentors(here.id) if lists else []
        form = forms_people.read_mentee(
            fields,
            former=former,
            known=await queries.told(here.id, person),
            mentors=[*(each.person for each in there if each.person != person), *(each.person for each in before)],
            own=True,
        )
        async with database.transaction():
            _same_version(mine, fields)
            await service.sign_up_mentee(
                here.id,
                person,
                form.answers,
                choices=form.choices if lists else None,
                told=form.told,
                source=await _source(person),
                actor=actor(request),
                now=now,
            )
            if form.not_this:
                await service.keep_apart(person, form.not_this, ApartKind.CONFIDENTIAL, actor=actor(request), now=now)
    except Invalid as error:
        return await mentee_page(request, here, fields=fields, errors=error.errors)
    except (CannotSignUp, ChangedMeanwhile, rules.BadProfile) as error:
        return await mentee_page(request, here, fields=fields, errors={"": error.message}, status=error.status)
    if mine is not None and mine.status is not PoolStatus.WITHDRAWN:
        return redirect(f"/mentoring/{round}/mentee", said="Your answers are saved.")
    said = "We look for the best mentor for you, and write to you when pairs are made."
    if here.mentors > own_pages.MOST_LISTED:
        return redirect(f"/mentoring/{round}/mentee/mentors", said=f"{said} Choose mentors now, if you like.")
    return redirect("/mentoring", said=said)


@post("/mentoring/{round:str}/mentor/pause", who=Who.SIGNED_IN)
async def pause(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here, fields, now = await visible(round), await read_form(request), clock.now()
    mine = await _my_mentor(here, me(request))
    try:
        until = forms_people.paused_until(
            fields, missing="Enter the day from which you are back.", today=utc_to_local(now).date()
        )
    except Invalid as error:
        return await mentor_page(request, here, errors=error.errors, pause=fields.get("paused_until", ""))
    await service.pause_mentor(mine.id, until, actor=actor(request), now=now)
    said = "You are asked again from now on." if until is None else "Saved. Nobody new until then."
    return redirect(f"/mentoring/{round}/mentor", said=said)


@get("/mentoring/{round:str}/mentor/withdraw", who=Who.SIGNED_IN)
async def ask_withdraw_mentor(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    await _my_mentor(here, me(request))
    return withdraw_page(request, here, Side.MENTOR)


@post("/mentoring/{round:str}/mentor/withdraw", who=Who.SIGNED_IN)
async def withdraw_mentor(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    mine = await _my_mentor(here, me(request))
    fields = await read_form(request)
    try:
        reason = forms_people.reason(fields)
    except Invalid as error:
        return withdraw_page(request, here, Side.MENTOR, typed=fields, errors=error.errors)
    await service.withdraw_mentor(mine.id, reason=reason, actor=actor(request), now=clock.now())
    return redirect("/mentoring", said="You are no longer a mentor in this round. Thank you for having offered.")


@get("/mentoring/{round:str}/mentee/withdraw", who=Who.SIGNED_IN)
async def ask_withdraw_mentee(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    await my_mentee(here, me(request))
    return withdraw_page(request, here, Side.MENTEE)


@post("/mentoring/{round:str}/mentee/withdraw", who=Who.SIGNED_IN)
async def withdraw_mentee(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await visible(round)
    mine = await my_mentee(here, me(request))
    fields = await read_form(request)
    try:
        reason = forms_people.reason(fields)
    except Invalid as error:
        return withdraw_page(request, here, Side.MENTEE, typed=fields, errors=error.errors)
    await service.withdraw_mentee(mine.id, reason=reason, actor=actor(request), now=clock.now())
    return redirect("/mentoring", said="You are no longer looking for a mentor in this round.")


@post("/mentoring/{round:str}/mentor/apart/{apart:uuid}", who=Who.SIGNED_IN)
async def mentor_takes_back(
    request: Request[Any, Any, Any], round: FromPath[str], apart: FromPath[UUID]
) -> Response[Any]:
    return await _take_back(request, round, Side.MENTOR, apart)


@post("/mentoring/{round:str}/mentee/apart/{apart:uuid}", who=Who.SIGNED_IN)
async def mentee_takes_back(
    request: Request[Any, Any, Any], round: FromPath[str], apart: FromPath[UUID]
) -> Response[Any]:
    return await _take_back(request, round, Side.MENTEE, apart)


async def _take_back(request: Request[Any, Any, Any], round: str, side: Side, apart: UUID) -> Response[Any]:
    """Take back what one said in confidence."""
    await visible(round)
    await service.take_back(apart, me(request))
    return redirect(f"/mentoring/{round}/{side.value}", said="Taken back. You may be paired.")


async def visible(slug: str) -> RoundView:
    """A round that others than coordinators may see. Raises NotFound."""
    here = await queries.round(slug)
    if not here.public:
        raise NotFound("We can't find that round of mentoring. It may not be open yet.")
    return here


async def _my_mentor(here: RoundView, person: UUID) -> MentorView:
    mine = await queries.mentor_of(here.id, person)
    if mine is None or mine.status is MentorStatus.WITHDRAWN:
        raise NotFound("You are not a mentor in this round.")
    return mine


async def my_mentee(here: RoundView, person: UUID) -> MenteeView:
    mine = await queries.mentee_of(here.id, person)
    if mine is None or mine.status is PoolStatus.WITHDRAWN:
        raise NotFound("You are not a mentee in this round.")
    return mine


def _same_version(mine: MentorView | MenteeView | None, fields: Fields) -> None:
    if mine is not None and fields.get("version", "") not in ("", str(mine.version)):
        raise ChangedMeanwhile("You saved other answers from another page meanwhile. Save again to keep these.")


async def _source(person: UUID) -> ProfileSource:
    return ProfileSource.SELF if await queries.alumnus_since(person) is None else ProfileSource.ALUMNI


async def _by_address(address: str, field: str, errors: dict[str, str], person: UUID, *, now: datetime) -> UUID | None:
    """Who has this address. It tells somebody whether we know an address, so it is limited."""
    if not address:
        return None
    await limits.check("mentoring-names", str(person), most=30, minutes=24 * 60, now=now)
    try:
        found = await people_service.find(address)
    except DomainError:
        found = None
    if found is None:
        errors[field] = f"We know nobody with the address {address}. Check it, or ask the coordinator."
    elif found == person:
        errors[field] = "This is you. Enter somebody else's address."
    return found


routes: list[Any] = [
    mentor,
    offer,
    mentee,
    ask,
    pause,
    ask_withdraw_mentor,
    withdraw_mentor,
    ask_withdraw_mentee,
    withdraw_mentee,
    mentor_takes_back,
    mentee_takes_back,
]
