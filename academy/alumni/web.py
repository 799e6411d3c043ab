"""Certificates for their holders, for coordinators, and for anybody who wants to check one. The list of alumni."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from academy import clock
from academy.accounts.guards import actor
from academy.alumni import forms, queries, rules, service
from academy.alumni.pdf import certificate_pdf
from academy.alumni.queries import AlumnusRow, CertificateFacts
from academy.errors import Invalid, NotFound
from academy.invites import times
from academy.web import lists
from academy.web.access import Who
from academy.web.forms import read_form
from academy.web.pages import page, redirect
from academy.web.templates import template_filter

for words in (rules.hours, times.uk_date):
    template_filter(words)

NOT_FOR_SEARCH = {"X-Robots-Tag": "noindex, nofollow"}

COLUMNS = [
    lists.Column[AlumnusRow]("name", "Name", lambda row: row.name),
    lists.Column[AlumnusRow]("organisation", "Organisation", lambda row: row.organisation),
    lists.Column[AlumnusRow]("since", "Alumni since", lambda row: row.since_on),
    lists.Column[AlumnusRow]("completed", "Completed", lambda row: row.completions),
    lists.Column[AlumnusRow]("latest", "Latest programme", lambda row: row.latest_programme),
    lists.Column[AlumnusRow]("latest_on", "Latest completed on", lambda row: row.latest_on),
    lists.Column[AlumnusRow]("hours", "Contact minutes", lambda row: row.minutes),
]


async def visible(request: Request[Any, Any, Any], certificate: UUID) -> CertificateFacts:
    """The certificate, if the visitor is its holder or a coordinator. Raises NotFound."""
    found = await queries.certificate(certificate)
    if found is None or not (request.user.coordinator or str(found.person) == request.user.person):
        raise NotFound
    return found


async def existing(certificate: UUID) -> CertificateFacts:
    found = await queries.certificate(certificate)
    if found is None:
        raise NotFound
    return found


def address(request: Request[Any, Any, Any]) -> str:
    return str(request.app.state.settings.address)


async def as_pdf(request: Request[Any, Any, Any], certificate: CertificateFacts) -> Response[bytes]:
    """The certificate to look at or keep. One that was replaced or revoked is not handed out. Raises NotFound."""
    if not certificate.valid:
        raise NotFound("This certificate was replaced or revoked, so there is nothing to download.")
    settings = request.app.state.settings
    content = await certificate_pdf(certificate, address=settings.address, brand=settings.brand_colour)
    return Response(
        content,
        media_type="application/pdf",
        headers={**NOT_FOR_SEARCH, "Content-Disposition": f'inline; filename="{certificate.file_name}"'},
    )


# ------------------------------------------------- holder and coordinators
@get("/certificates/{certificate:uuid}", who=Who.SIGNED_IN)
async def show(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[str]:
    found = await visible(request, certificate)
    mine = str(found.person) == request.user.person
    return page(
        request,
        "academy/alumni/certificate.html",
        section="Cohorts" if request.user.coordinator and not mine else "Home",
        certificate=found,
        mine=mine,
        called=rules.CALLED[found.state],
        verify_address=address(request) + found.verify_path,
    )


@get("/certificates/{certificate:uuid}/certificate.pdf", who=Who.SIGNED_IN)
async def download_pdf(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[bytes]:
    return await as_pdf(request, await visible(request, certificate))


@post("/certificates/{certificate:uuid}/keep", who=Who.COORDINATOR)
async def keep(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[None]:
    await service.keep(certificate, actor=actor(request), now=clock.now())
    return redirect(f"/certificates/{certificate}", said="The certificate stays as it is.")


@get("/certificates/{certificate:uuid}/reissue", who=Who.COORDINATOR)
async def ask_reissue(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[str]:
    found = await existing(certificate)
    typed = {
        "name": found.holder_name,
        "contact_minutes": str(found.contact_minutes),
        "cpd_minutes": str(found.cpd_minutes),
    }
    return page(request, "academy/alumni/reissue.html", section="Cohorts", staff=True, certificate=found, typed=typed)


@post("/certificates/{certificate:uuid}/reissue", who=Who.COORDINATOR)
async def reissue(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    try:
        correction = forms.parse_correction(fields)
    except Invalid as error:
        typed = {name: fields.get(name, "") for name in ("name", "contact_minutes", "cpd_minutes")}
        return page(
            request,
            "academy/alumni/reissue.html",
            section="Cohorts",
            staff=True,
            status=422,
            errors=error.errors,
            certificate=await existing(certificate),
            typed=typed,
        )
    fresh = await service.reissue(
        certificate,
        name=correction.name,
        contact_minutes=correction.contact_minutes,
        cpd_minutes=correction.cpd_minutes,
        actor=actor(request),
        now=clock.now(),
    )
    return redirect(fresh.path, said=f"The new certificate is {fresh.number}. A mail with it is on its way.")


@get("/certificates/{certificate:uuid}/revoke", who=Who.COORDINATOR)
async def ask_revoke(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[str]:
    return page(
        request,
        "academy/alumni/revoke.html",
        section="Cohorts",
        staff=True,
        certificate=await existing(certificate),
        typed={"reason": ""},
    )


@post("/certificates/{certificate:uuid}/revoke", who=Who.COORDINATOR)
async def revoke(request: Request[Any, Any, Any], certificate: FromPath[UUID]) -> Response[Any]:
    fields = await read_form(request)
    try:
        reason = forms.parse_reason(fields)
    except Invalid as error:
        return page(
            request,
            "academy/alumni/revoke.html",
            section="Cohorts",
            staff=True,
            status=422,
            errors=error.errors,
            certificate=await existing(certificate),
            typed={"reason": fields.get("reason", "")},
        )
    await service.revoke(certificate, reason=reason, actor=actor(request), now=clock.now())
    return redirect(f"/certificates/{certificate}", said="The certificate is revoked.")


# ------------------------------------------------------------ for everybody
@get("/verify", who=Who.ANYONE)
async def ask_code(request: Request[Any, Any, Any]) -> Response[Any]:
    """The page to type a code into; with ``?code=`` it sends on to that certificate."""
    typed = str(request.query_params.get("code", ""))[:500].replace("\x00", "")
    if code := forms.code_in(typed):
        return redirect(f"/verify/{code}")
    errors = {"code": "Enter the code at the end of the address on the certificate. It has 22 characters."}
    return page(
        request,
        "academy/alumni/verify.html",
        status=422 if typed else 200,
        errors=errors if typed else None,
        typed=typed,
    )


@get("/verify/{code:str}", who=Who.LINK_HOLDER)
async def verify(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """What a certificate says and whether it holds. Nothing but what is printed on it."""
    found = await queries.by_code(code) if forms.looks_like_a_code(code) else None
    if found is None:
        shown = page(request, "academy/alumni/verify_unknown.html", status=404, typed="")
    else:
        shown = page(request, "academy/alumni/verified.html", certificate=found, called=rules.CALLED[found.state])
    shown.headers.update(NOT_FOR_SEARCH)
    return shown


@get("/verify/{code:str}/certificate.pdf", who=Who.LINK_HOLDER)
async def verified_pdf(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    found = await queries.by_code(code) if forms.looks_like_a_code(code) else None
    if found is None:
        raise NotFound
    return await as_pdf(request, found)


# ------------------------------------------------------------------ alumni
@get("/alumni", who=Who.COORDINATOR)
async def alumni(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = lists.wanted(request)
    everybody = await queries.alumni()
    programme = asked.query.get("programme", "")
    find = asked.find.casefold()
    rows = [
        row
        for row in everybody.rows
        if (not find or find in f"{row.name} {row.organisation}".casefold())
        and (not programme or programme in row.programmes)
    ]
    if asked.export:
        return await lists.export(rows, COLUMNS, asked, name="alumni")
    return page(
        request,
        "academy/alumni/alumni.html",
        section="People",
        staff=True,
        shown=lists.show(rows, COLUMNS, asked),
        everybody=len(everybody.rows),
        programmes=everybody.programmes,
        programme=programme,
    )


routes = [
    show,
    download_pdf,
    keep,
    ask_reissue,
    reissue,
    ask_revoke,
    revoke,
    ask_code,
    verify,
    verified_pdf,
    alumni,
]
