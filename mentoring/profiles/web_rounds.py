"""Coordinators' pages of rounds: the list, a new one, its overview, settings and moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import ChangedMeanwhile, Invalid, NotFound
from academy.web.access import Who
from academy.web.forms import Fields, Reader, parse_day, read_form, version_of
from academy.web.pages import page, redirect
from mentoring.profiles import criteria_words, forms, places, queries, rounds, rules, service, texts
from mentoring.profiles.places import Figure
from mentoring.profiles.queries import RoundView
from mentoring.profiles.rules import RoundDetails
from mentoring.profiles.tables import RoundStatus

SECTION = "Mentoring"
COLOURS = {
    RoundStatus.DRAFT: "grey",
    RoundStatus.OPEN: "green",
    RoundStatus.MATCHING: "yellow",
    RoundStatus.RUNNING: "blue",
    RoundStatus.CLOSED: "grey",
}
MOVE_WORDS = {
    (RoundStatus.DRAFT, RoundStatus.OPEN): "Open sign-up",
    (RoundStatus.OPEN, RoundStatus.MATCHING): "End sign-up",
    (RoundStatus.MATCHING, RoundStatus.OPEN): "Open sign-up again",
}
"""Moves with one button on the overview; they can be taken back, except the first, which people have seen."""
SAID = {
    RoundStatus.OPEN: "Sign-up is open. Everybody can see the round.",
    RoundStatus.MATCHING: "Sign-up is over. Now suggest pairs.",
    RoundStatus.CLOSED: "The round is closed.",
}


@get("/mentoring/rounds", who=Who.COORDINATOR)
async def list_rounds(request: Request[Any, Any, Any]) -> Response[Any]:
    found = await queries.rounds()
    return page(
        request,
        "mentoring/profiles/rounds.html",
        section=SECTION,
        staff=True,
        rounds=found,
        templates=await queries.templates(),
        status_words=rules.STATUS_WORDS,
        colours=COLOURS,
        sign_up_words=forms.sign_up_words,
        now=clock.now(),
    )


@get("/mentoring/rounds/new", who=Who.COORDINATOR)
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    """First what to start from: a template, a former round or one of the built-in texts, and the first day. Then the
    form is filled from it, with all dates moved (``from`` and ``starts_on`` in the address)."""
    wanted = request.query_params.get("from", "")
    if not wanted:
        return await _choose(request)
    details = await _start(wanted, parse_day(request.query_params.get("starts_on", "")))
    return await _new(request, {**forms.typed_round(details), "slug": ""}, source=wanted)


@post("/mentoring/rounds/new", who=Who.COORDINATOR)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    fields = await read_form(request)
    source, now = fields.get("from", ""), clock.now()
    by = actor(request)
    try:
        taken = await queries.slugs()
        details = forms.read_round(fields, slug=rules.free_slug(fields.get("name", ""), taken))
        former = await _former(source)
        made = await service.create_round(
            details,
            criteria=(await queries.criteria(former.id)).criteria if former else texts.criteria_of(source),
            cloned_from=former.id if former else None,
            note=f"As in {former.name}" if former else "",
            actor=by,
            now=now,
        )
    except Invalid as error:
        return await _new(request, fields, source=source, errors=error.errors)
    except rules.SlugTaken as error:
        return await _new(request, fields, source=source, errors={"slug": error.message})
    here = await queries.round_by_id(made)
    return redirect(f"/mentoring/rounds/{here.slug}", said=f"{here.name} is made. Only coordinators see it.")


@get("/mentoring/rounds/{round:str}", who=Who.COORDINATOR)
async def overview(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """Figures, what needs somebody, and where the round is. Rooms above add their parts (see ``places``)."""
    here = await queries.round(round)
    now = clock.now()
    parts = [await part(here, now) for part in places.overview]
    criteria = await queries.criteria(here.id)
    return page(
        request,
        "mentoring/profiles/round.html",
        status=200,
        figures=[*_figures(here), *(figure for part in parts for figure in part.figures)],
        needs=[need for part in parts for need in part.needs],
        moves=[
            (to.value, words)
            for (status, to), words in MOVE_WORDS.items()
            if status is here.status and rules.why_not_move(status, to, is_template=here.is_template) is None
        ],
        may_close=rules.why_not_move(here.status, RoundStatus.CLOSED, is_template=here.is_template) is None,
        may_remove=await rounds.why_not_remove(here) is None,
        in_force=criteria_words.in_force(criteria.criteria.rules),
        criteria=criteria,
        ends_on=here.ends_on,
        audiences=rules.AUDIENCE_WORDS,
        sign_up=forms.sign_up_words(here, now=now),
        **head(request, here, "Overview"),
    )


@post("/mentoring/rounds/{round:str}/move", who=Who.COORDINATOR)
async def move(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    reader = Reader(await read_form(request))
    to = reader.choice("to", RoundStatus, "Choose what the round becomes.")
    reader.done()
    assert to is not None
    if to is RoundStatus.RUNNING:
        raise rules.ForbiddenMove("A round runs once its pairs are published.")
    await service.move_round(here.id, to, actor=actor(request), now=clock.now())
    return redirect(f"/mentoring/rounds/{round}", said=SAID.get(to, "Saved."))


@get("/mentoring/rounds/{round:str}/close", who=Who.COORDINATOR)
async def ask_close(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    refused = rules.why_not_move(here.status, RoundStatus.CLOSED, is_template=here.is_template)
    return page(
        request,
        "mentoring/profiles/close.html",
        refused=refused.message if refused else "",
        **head(request, here, "Overview"),
    )


@get("/mentoring/rounds/{round:str}/settings", who=Who.COORDINATOR)
async def settings(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    return _settings(request, here, forms.typed_round(here.details, version=str(here.version)))


@post("/mentoring/rounds/{round:str}/settings", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    fields = await read_form(request)
    try:
        details = forms.read_round(fields, slug=here.slug)
        await service.change_round(
            here.id,
            details,
            version=version_of(fields),
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return _settings(request, here, fields, errors=error.errors)
    except rules.BadRound as error:
        return _settings(request, here, fields, errors={error.field: error.message})
    except rules.SlugTaken as error:
        return _settings(request, here, fields, errors={"slug": error.message})
    except ChangedMeanwhile as error:
        typed = {**fields, "version": str(here.version)}
        return _settings(request, here, typed, errors={"name": f"{error.message} Save again to use yours."}, status=409)
    return redirect(f"/mentoring/rounds/{details.slug}/settings", said="The settings are saved.")


@post("/mentoring/rounds/{round:str}/keep-as-template", who=Who.COORDINATOR)
async def keep_as_template(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """A copy of texts, settings and criteria that stands first where a new round is made. The same is kept once."""
    here = await queries.round(round)
    there = await queries.templates()
    if await _is_kept(here, there):
        return redirect("/mentoring/rounds", said=f"{here.name} is a template already.")
    names, number = {each.name for each in there}, 1
    while (name := f"{here.name[:140]} (template{f' {number}' if number > 1 else ''})") in names:
        number += 1
    await service.clone_round(
        here.id,
        name=name,
        starts_on=here.starts_on,
        is_template=True,
        actor=actor(request),
        now=clock.now(),
    )
    return redirect("/mentoring/rounds", said=f"{here.name} is kept as a template.")


async def _is_kept(here: RoundView, templates: Sequence[RoundView]) -> bool:
    """Whether a template says the same as this round, in all but its name and address."""
    criteria = (await queries.criteria(here.id)).criteria
    for each in templates:
        same = msgspec.structs.replace(each.details, name=here.name, slug=here.slug) == here.details
        if same and (await queries.criteria(each.id)).criteria == criteria:
            return True
    return False


@get("/mentoring/rounds/{round:str}/remove", who=Who.COORDINATOR)
async def ask_remove(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    refused = await rounds.why_not_remove(here)
    return page(
        request,
        "mentoring/profiles/remove.html",
        refused=refused.message if refused else "",
        **head(request, here, "Overview"),
    )


@post("/mentoring/rounds/{round:str}/remove", who=Who.COORDINATOR)
async def remove(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    await service.remove_round(here.id, actor=actor(request), now=clock.now())
    return redirect("/mentoring/rounds", said=f"{here.name} is taken away.")


def head(request: Request[Any, Any, Any], here: RoundView, tab: str) -> dict[str, Any]:
    """What the head of each page of a round needs."""
    return {
        "section": SECTION,
        "staff": True,
        "round": here,
        "tabs": places.tabs(here.slug),
        "tab": tab,
        "status_text": "Template" if here.is_template else rules.STATUS_WORDS[here.status],
        "status_colour": COLOURS[here.status],
    }


def _figures(here: RoundView) -> list[Figure]:
    people = f"/mentoring/rounds/{here.slug}/people"
    return [
        Figure(value=str(here.mentees), label="Mentees", href=f"{people}?side=mentee"),
        Figure(value=str(here.mentors), label="Mentors", href=people),
        Figure(
            value=str(here.places),
            label="Places",
            note="fewer than mentees" if here.places < here.mentees else "",
            warn=here.places < here.mentees,
        ),
    ]


async def _choose(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(
        request,
        "mentoring/profiles/choose.html",
        section=SECTION,
        staff=True,
        templates=await queries.templates(),
        rounds=await queries.rounds(),
        built_in=[(key, words) for key, (words, _) in texts.BUILT_IN.items()],
    )


async def _former(source: str) -> RoundView | None:
    """The round whose address ``source`` is; None for the built-in ones. Raises NotFound."""
    return None if not source or source in texts.BUILT_IN else await queries.round(source)


async def _start(source: str, starts_on: date | None) -> RoundDetails:
    """What the form is filled with; without a first day it is the former one a year later. Raises NotFound."""
    former = await _former(source)
    if former is None:
        if source not in texts.BUILT_IN:
            raise NotFound
        return msgspec.structs.replace(texts.BUILT_IN[source][1], starts_on=starts_on)
    name = re.sub(r"\s*\(template( \d+)?\)$", "", former.name)
    starts_on = starts_on or rules.ends_on(former.starts_on, 12)
    if starts_on and former.starts_on and starts_on.year != former.starts_on.year:
        name = name.replace(str(former.starts_on.year), str(starts_on.year))
    if name == former.name and starts_on and str(starts_on.year) not in name:
        name = f"{name} {starts_on.year}"  # two rounds of one name cannot be told apart
    return rules.shifted(former.details, starts_on=starts_on, name=name, slug=former.slug)


async def _new(
    request: Request[Any, Any, Any], typed: dict[str, str], *, source: str, errors: dict[str, str] | None = None
) -> Response[Any]:
    former = await _former(source)
    return page(
        request,
        "mentoring/profiles/new.html",
        former=former,
        criteria=await queries.criteria(former.id) if former else None,
        section=SECTION,
        staff=True,
        errors=forms.in_order(errors or {}),
        typed={name: typed.get(name, "") for name in (*forms.NAMES, "version")},
        source=source,
        audiences=forms.AUDIENCES,
    )


def _settings(
    request: Request[Any, Any, Any],
    here: RoundView,
    typed: dict[str, str] | Fields,
    *,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    return page(
        request,
        "mentoring/profiles/settings.html",
        status=status,
        errors=forms.in_order(errors or {}),
        typed={name: typed.get(name, "") for name in (*forms.NAMES, "version")},
        audiences=forms.AUDIENCES,
        **head(request, here, "Settings"),
    )


routes: list[Any] = [
    list_rounds,
    new,
    create,
    overview,
    move,
    ask_close,
    settings,
    change,
    keep_as_template,
    ask_remove,
    remove,
]
