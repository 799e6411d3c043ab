"""One person in a round, for coordinators: both profiles, changing them, pausing, withdrawing, keeping apart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import ChangedMeanwhile, DomainError, Invalid, NotFound
from academy.invites.times import uk_date, utc_to_local
from academy.people import service as people_service
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form, version_of
from academy.web.pages import page, redirect
from mentoring.profiles import forms_people, queries, rules, service
from mentoring.profiles.answers import MOST_SKILLS_WANTED
from mentoring.profiles.profile_words import STATES, shown_mentee, shown_mentor, skill_groups
from mentoring.profiles.queries import MenteeView, MentorView, RoundView
from mentoring.profiles.tables import ApartKind, MentorStatus, PoolStatus, Side
from mentoring.profiles.web_rounds import head

KINDS = [
    (ApartKind.NAMED.value, "They know each other, or another reason"),
    (ApartKind.LINE.value, "One is in the other's line of management"),
]
KIND_WORDS = {ApartKind.NAMED.value: "Kept apart", ApartKind.LINE.value: "In one line of management"}


@get("/mentoring/rounds/{round:str}/people/{person:uuid}", who=Who.COORDINATOR)
async def person_page(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, mentor, mentee = await _in_round(round, person)
    return await _page(request, here, mentor, mentee)


@get("/mentoring/rounds/{round:str}/people/{person:uuid}/mentor", who=Who.COORDINATOR)
async def edit_mentor(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, mentor, _ = await _in_round(round, person)
    return _mentor_page(request, here, _there(mentor))


@post("/mentoring/rounds/{round:str}/people/{person:uuid}/mentor", who=Who.COORDINATOR)
async def change_mentor(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, found, _ = await _in_round(round, person)
    mentor, fields = _there(found), await read_form(request)
    try:
        form = forms_people.read_mentor(fields, former=mentor.answers, own=False)
        await service.change_mentor(
            mentor.id,
            form.answers,
            capacity=form.capacity,
            version=version_of(fields),
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return _mentor_page(request, here, mentor, fields=fields, errors=error.errors)
    except (ChangedMeanwhile, rules.CannotSignUp) as error:
        return _mentor_page(request, here, mentor, fields=fields, errors={"": error.message}, status=error.status)
    return redirect(f"/mentoring/rounds/{round}/people/{person}", said=f"The profile of {mentor.name} is saved.")


@get("/mentoring/rounds/{round:str}/people/{person:uuid}/mentee", who=Who.COORDINATOR)
async def edit_mentee(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, _, mentee = await _in_round(round, person)
    return _mentee_page(request, here, _there(mentee))


@post("/mentoring/rounds/{round:str}/people/{person:uuid}/mentee", who=Who.COORDINATOR)
async def change_mentee(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, _, found = await _in_round(round, person)
    mentee, fields = _there(found), await read_form(request)
    try:
        form = forms_people.read_mentee(fields, former=mentee.answers, known={}, mentors=[], own=False)
        await service.change_mentee(
            mentee.id, form.answers, version=version_of(fields), actor=actor(request), now=clock.now()
        )
    except Invalid as error:
        return _mentee_page(request, here, mentee, fields=fields, errors=error.errors)
    except (ChangedMeanwhile, rules.CannotSignUp) as error:
        return _mentee_page(request, here, mentee, fields=fields, errors={"": error.message}, status=error.status)
    return redirect(f"/mentoring/rounds/{round}/people/{person}", said=f"The profile of {mentee.name} is saved.")


@post("/mentoring/rounds/{round:str}/people/{person:uuid}/pause", who=Who.COORDINATOR)
async def pause(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, found, mentee = await _in_round(round, person)
    mentor, fields, now = _there(found), await read_form(request), clock.now()
    try:
        until = forms_people.paused_until(
            fields, missing="Enter the day from which they are back.", today=utc_to_local(now).date()
        )
    except Invalid as error:
        return await _page(request, here, mentor, mentee, typed=fields, errors=error.errors)
    await service.pause_mentor(mentor.id, until, actor=actor(request), now=now)
    said = f"{mentor.name} takes nobody new before {uk_date(until)}." if until else f"{mentor.name} is back."
    return redirect(f"/mentoring/rounds/{round}/people/{person}", said=said)


@get("/mentoring/rounds/{round:str}/people/{person:uuid}/withdraw", who=Who.COORDINATOR)
async def ask_withdraw(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, mentor, mentee = await _in_round(round, person)
    return _withdraw_page(request, here, mentor, mentee)


@post("/mentoring/rounds/{round:str}/people/{person:uuid}/withdraw", who=Who.COORDINATOR)
async def withdraw(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, mentor, mentee = await _in_round(round, person)
    reader, by, now = Reader(await read_form(request)), actor(request), clock.now()
    side = reader.choice("side", Side, "Choose what they withdraw as.")
    reason = reader.text("reason", most=300, lines=True, label="The reason")
    try:
        reader.done()
    except Invalid as error:
        return _withdraw_page(request, here, mentor, mentee, typed=reader.fields, errors=error.errors)
    if side is Side.MENTOR:
        await service.withdraw_mentor(_there(mentor).id, reason=reason, actor=by, now=now)
    else:
        await service.withdraw_mentee(_there(mentee).id, reason=reason, actor=by, now=now)
    return redirect(
        f"/mentoring/rounds/{round}/people/{person}", said="Withdrawn. Add them again to take them back in."
    )


@post("/mentoring/rounds/{round:str}/people/{person:uuid}/apart", who=Who.COORDINATOR)
async def keep_apart(request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID]) -> Response[Any]:
    here, mentor, mentee = await _in_round(round, person)
    reader = Reader(await read_form(request))
    address = reader.email("other", "Enter the email address of the other person.")
    kind = reader.one_of("kind", [key for key, _ in KINDS], "Choose why.")
    reason = reader.text("reason", most=300, label="The reason")
    try:
        reader.done()
        other = await people_service.find(address)
        if other is None:
            raise Invalid({"other": f"We know nobody with the address {address}."})
        await service.keep_apart(person, other, ApartKind(kind), reason=reason, actor=actor(request), now=clock.now())
    except Invalid as error:
        return await _page(request, here, mentor, mentee, typed=reader.fields, errors=error.errors)
    except DomainError as error:
        return await _page(
            request, here, mentor, mentee, typed=reader.fields, errors={"other": error.message}, status=error.status
        )
    return redirect(f"/mentoring/rounds/{round}/people/{person}", said="The two are never paired, in any round.")


@post("/mentoring/rounds/{round:str}/people/{person:uuid}/apart/{apart:uuid}", who=Who.COORDINATOR)
async def allow_together(
    request: Request[Any, Any, Any], round: FromPath[str], person: FromPath[UUID], apart: FromPath[UUID]
) -> Response[Any]:
    await _in_round(round, person)
    if apart not in {each.id for each in await queries.apart(person)}:
        raise NotFound
    await service.allow_together(apart, actor=actor(request), now=clock.now())
    return redirect(f"/mentoring/rounds/{round}/people/{person}", said="The two may be paired again.")


async def _in_round(slug: str, person: UUID) -> tuple[RoundView, MentorView | None, MenteeView | None]:
    """The round and both profiles of this person. Raises NotFound for somebody who is not in it."""
    here = await queries.round(slug)
    mentor, mentee = await queries.mentor_of(here.id, person), await queries.mentee_of(here.id, person)
    if mentor is None and mentee is None:
        raise NotFound("This person is not in this round.")
    return here, mentor, mentee


def _there(profile: Any) -> Any:
    if profile is None:
        raise NotFound("This person is not on that side of this round.")
    return profile


async def _page(
    request: Request[Any, Any, Any],
    here: RoundView,
    mentor: MentorView | None,
    mentee: MenteeView | None,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    one: Any = mentor or mentee
    today = utc_to_local(clock.now()).date()
    typed = typed or {}
    return page(
        request,
        "mentoring/profiles/person.html",
        status=status,
        errors=errors,
        person=one.person,
        name=one.name,
        address=one.address,
        mentor=shown_mentor(mentor, today),
        mentee=shown_mentee(mentee, today),
        active_mentor=mentor is not None and mentor.status is MentorStatus.ACTIVE,
        active_mentee=mentee is not None and mentee.status is not PoolStatus.WITHDRAWN,
        paused=mentor is not None and not rules.takes_new(mentor.paused_until, today=today),
        choices={
            side.value: await queries.choices(here.id, side, one.person)
            for side, there in ((Side.MENTOR, mentor), (Side.MENTEE, mentee))
            if there is not None
        },
        apart=await queries.apart(one.person),
        kinds=KINDS,
        kind_words=KIND_WORDS,
        states=STATES,
        typed={
            "other": typed.get("other", ""),
            "kind": typed.get("kind", KINDS[0][0]),
            "reason": typed.get("reason", ""),
            "paused_until": typed.get("paused_until", ""),
        },
        **head(request, here, "People"),
    )


def _mentor_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    mentor: MentorView,
    *,
    fields: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    typed = forms_people.typed_mentor(mentor.answers, capacity=mentor.capacity, told={})
    typed = forms_people.kept(typed, fields) if fields is not None else typed
    choose = forms_people.choices_for(Side.MENTOR, mentor.answers)
    return page(
        request,
        "mentoring/profiles/edit.html",
        status=status,
        errors=errors,
        profile=mentor,
        side=Side.MENTOR.value,
        typed=typed,
        choose=choose,
        groups=skill_groups(choose["skills"], typed["skills"]),
        skill_ranks=[],
        **head(request, here, "People"),
    )


def _mentee_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    mentee: MenteeView,
    *,
    fields: Fields | None = None,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    typed = forms_people.typed_mentee(mentee.answers, told={})
    return page(
        request,
        "mentoring/profiles/edit.html",
        status=status,
        errors=errors,
        profile=mentee,
        side=Side.MENTEE.value,
        typed=forms_people.kept(typed, fields) if fields is not None else typed,
        choose=forms_people.choices_for(Side.MENTEE, mentee.answers),
        groups=[],
        skill_ranks=range(1, MOST_SKILLS_WANTED + 1),
        **head(request, here, "People"),
    )


def _withdraw_page(
    request: Request[Any, Any, Any],
    here: RoundView,
    mentor: MentorView | None,
    mentee: MenteeView | None,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    one: Any = mentor or mentee
    sides = [
        (side.value, text)
        for side, text, there in (
            (Side.MENTOR, "As a mentor", mentor is not None and mentor.status is MentorStatus.ACTIVE),
            (Side.MENTEE, "As a mentee", mentee is not None and mentee.status is not PoolStatus.WITHDRAWN),
        )
        if there
    ]
    return page(
        request,
        "mentoring/profiles/withdraw_person.html",
        errors=errors,
        typed={"side": sides[0][0] if sides else "", "reason": "", **(typed or {})},
        person=one.person,
        name=one.name,
        sides=sides,
        **head(request, here, "People"),
    )


routes: list[Any] = [
    person_page,
    edit_mentor,
    change_mentor,
    edit_mentee,
    change_mentee,
    pause,
    ask_withdraw,
    withdraw,
    keep_apart,
    allow_together,
]
