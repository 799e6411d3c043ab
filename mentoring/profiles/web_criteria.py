"""The criteria of a round: hard rules, points, what comes first; every save is a version with author and note."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.errors import ChangedMeanwhile, Invalid
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import page, redirect
from mentoring.matching.criteria import Apart
from mentoring.profiles import criteria_words, forms_criteria, queries, service
from mentoring.profiles.queries import CriteriaVersion, RoundView
from mentoring.profiles.web_rounds import head


@get("/mentoring/rounds/{round:str}/criteria", who=Who.COORDINATOR)
async def criteria(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    latest = await queries.criteria(here.id)
    return _form(request, here, latest, forms_criteria.typed_criteria(latest.criteria, number=latest.number))


@post("/mentoring/rounds/{round:str}/criteria", who=Who.COORDINATOR)
async def change(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    here = await queries.round(round)
    latest = await queries.criteria(here.id)
    fields = await read_form(request)
    typed = forms_criteria.kept(forms_criteria.typed_criteria(latest.criteria, number=latest.number), fields)
    try:
        made, note = forms_criteria.read_criteria(fields, former=latest.criteria)
        number = await service.new_criteria(
            here.id,
            made,
            note=note,
            after=_number(fields.get("after", "")) or 0,
            actor=actor(request),
            now=clock.now(),
        )
    except Invalid as error:
        return _form(request, here, latest, typed, errors=error.errors)
    except ChangedMeanwhile as error:
        typed["after"] = str(latest.number)
        errors = {"note": f"{error.message} These are yours: save again to use them, or look at the versions first."}
        return _form(request, here, latest, typed, errors=errors, status=409)
    said = f"Saved as version {number}." if number != latest.number else "Nothing was changed."
    return redirect(f"/mentoring/rounds/{round}/criteria", said=said)


@get("/mentoring/rounds/{round:str}/criteria/versions", who=Who.COORDINATOR)
async def versions(request: Request[Any, Any, Any], round: FromPath[str]) -> Response[Any]:
    """All versions, and what two of them differ in: ``from`` and ``to`` in the address, else the last two."""
    here = await queries.round(round)
    found = await queries.criteria_versions(here.id)
    numbers = {each.number: each for each in found}
    last = found[0].number
    to = numbers.get(_number(request.query_params.get("to", "")) or last, found[0])
    before = numbers.get(_number(request.query_params.get("from", "")) or max(to.number - 1, 1), found[-1])
    return page(
        request,
        "mentoring/profiles/criteria_versions.html",
        versions=found,
        before=before,
        to=to,
        differences=criteria_words.differences(before.criteria, to.criteria),
        choices=[(str(each.number), f"Version {each.number}") for each in found],
        zone=request.user.time_zone,
        **head(request, here, "Criteria"),
    )


def _number(typed: str) -> int | None:
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None


def _form(
    request: Request[Any, Any, Any],
    here: RoundView,
    latest: CriteriaVersion,
    typed: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    status: int | None = None,
) -> Response[Any]:
    group = latest.criteria.rules.apart is Apart.GROUP
    return page(
        request,
        "mentoring/profiles/criteria.html",
        status=status,
        errors=errors,
        typed=typed,
        latest=latest,
        aparts=[(kind.value, text) for kind, text in criteria_words.APART.items() if kind is not Apart.GROUP or group],
        switches=[(name, title, text) for name, (title, text) in criteria_words.SWITCHES.items()],
        weights=[(criterion.value, title, text) for criterion, (title, text) in criteria_words.WEIGHTS.items()],
        modes=[(mode.value, title, text) for mode, (title, text) in criteria_words.MODES.items()],
        zone=request.user.time_zone,
        **head(request, here, "Criteria"),
    )


routes: list[Any] = [criteria, change, versions]
