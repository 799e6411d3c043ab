"""Pages about who supports a programme, and the logos that everyone sees."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.database.transactions import Row
from academy.errors import DomainError, Invalid, NotFound
from academy.invites.times import utc_to_local
from academy.programmes import forms, queries, rules, service
from academy.web.access import Who
from academy.web.forms import Fields, Reader, read_form, read_upload
from academy.web.pages import page, redirect

LOGO_CSP = "default-src 'none'; sandbox"
FIELDS = ("organisation", "role", "from_on", "to_on", "web_address", "logo_alt")


@get("/programmes/{slug:str}/sponsors", who=Who.COORDINATOR)
async def sponsors(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    typed = {**dict.fromkeys(FIELDS, ""), "role": "Supported by", "from_on": _today().isoformat()}
    return await _page(request, await queries.found_programme(slug), typed)


@post("/programmes/{slug:str}/sponsors", who=Who.COORDINATOR)
async def add_sponsor(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    programme = await queries.found_programme(slug)
    fields = await read_form(request)
    upload = await read_upload(request, "logo", most=rules.MOST_LOGO_BYTES)
    try:
        details = forms.read_sponsorship(fields, upload, today=_today())
        await service.add_sponsorship(programme["id"], details, actor=actor(request), now=clock.now())
    except Invalid as error:
        return await _page(request, programme, _typed(fields), errors=error.errors)
    except rules.BadSponsorship as error:
        return await _page(request, programme, _typed(fields), errors={"organisation": error.message})
    return redirect(f"/programmes/{slug}/sponsors", said="The sponsor is added.")


@get("/programmes/{slug:str}/sponsors/{sponsorship:uuid}", who=Who.COORDINATOR)
async def sponsor(request: Request[Any, Any, Any], slug: FromPath[str], sponsorship: FromPath[UUID]) -> Response[Any]:
    programme, row = await _both(slug, sponsorship)
    return _sponsor_page(request, programme, row, {"to_on": _today().isoformat(), "logo_alt": row["logo_alt"]})


@post("/programmes/{slug:str}/sponsors/{sponsorship:uuid}/end", who=Who.COORDINATOR)
async def end_sponsor(
    request: Request[Any, Any, Any], slug: FromPath[str], sponsorship: FromPath[UUID]
) -> Response[Any]:
    programme, row = await _both(slug, sponsorship)
    fields = await read_form(request)
    reader = Reader(fields)
    on = reader.day("to_on", "Enter the last day, like 24 June 2026.")
    try:
        reader.done()
        assert on is not None
        await service.end_sponsorship(sponsorship, on=on, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _sponsor_page(request, programme, row, fields, errors=error.errors)
    except rules.BadSponsorship as error:
        return _sponsor_page(request, programme, row, fields, errors={"to_on": error.message})
    return redirect(f"/programmes/{slug}/sponsors", said=f"The last day of {row['organisation_name']} is set.")


@post("/programmes/{slug:str}/sponsors/{sponsorship:uuid}/logo", who=Who.COORDINATOR)
async def change_logo(
    request: Request[Any, Any, Any], slug: FromPath[str], sponsorship: FromPath[UUID]
) -> Response[Any]:
    programme, row = await _both(slug, sponsorship)
    fields = await read_form(request)
    upload = await read_upload(request, "logo", most=rules.MOST_LOGO_BYTES)
    try:
        logo = forms.read_logo(fields, upload)
        await service.set_logo(sponsorship, logo, actor=actor(request), now=clock.now())
    except Invalid as error:
        return _sponsor_page(request, programme, row, fields, errors=error.errors)
    except DomainError as error:
        return _sponsor_page(request, programme, row, fields, errors={"logo": error.message})
    return redirect(f"/programmes/{slug}/sponsors", said=f"The logo of {row['organisation_name']} is changed.")


@get("/sponsors/{sponsorship:uuid}/logo", who=Who.ANYONE)
async def logo(request: Request[Any, Any, Any], sponsorship: FromPath[UUID]) -> Response[bytes]:
    """The picture with a type of our choosing; a browser asked to run it as anything else has nothing to run."""
    found = await queries.logo(sponsorship)
    if found is None:
        raise NotFound
    content, media_type = found
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "public, max-age=3600",
        "Content-Security-Policy": LOGO_CSP,
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, media_type=media_type, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


async def _both(slug: str, sponsorship: UUID) -> tuple[Row, Row]:
    programme, row = await queries.found_programme(slug), await queries.sponsorship(sponsorship)
    if row is None or row["programme"] != programme["id"]:
        raise NotFound
    return programme, row


def _today() -> date:
    return utc_to_local(clock.now()).date()


def _typed(fields: Fields) -> dict[str, str]:
    return {name: fields.get(name, "") for name in FIELDS}


async def _page(
    request: Request[Any, Any, Any], programme: Row, typed: dict[str, str], *, errors: dict[str, str] | None = None
) -> Response[Any]:
    rows = await queries.sponsorships(programme["id"])
    today = _today()
    for row in rows:
        row["state"] = (
            ("Now", "green")
            if rules.holds(row["from_on"], row["to_on"], today)
            else (("Later", "blue") if row["from_on"] > today else ("Ended", "grey"))
        )
    return page(
        request,
        "academy/programmes/sponsors.html",
        section="Programmes",
        staff=True,
        errors=errors,
        programme=programme,
        status_words=rules.STATUS_WORDS,
        sponsorships=rows,
        organisations=[("", "Choose an organisation"), *await queries.organisation_choices()],
        typed=typed,
    )


def _sponsor_page(
    request: Request[Any, Any, Any],
    programme: Row,
    row: Row,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "academy/programmes/sponsor.html",
        section="Programmes",
        staff=True,
        errors=errors,
        programme=programme,
        sponsorship=row,
        typed={"to_on": typed.get("to_on", ""), "logo_alt": typed.get("logo_alt", "")},
    )


routes = [sponsors, add_sponsor, sponsor, end_sponsor, change_logo, logo]
