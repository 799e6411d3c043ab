"""The certificate as a PDF: one tagged page (PDF/UA-1), made when it is asked for.

Its design is ``templates/academy/alumni/certificate.typ``. The words go in as data and never as markup, the page reads
no other file and fetches nothing, and all fonts are those that typst brings along.
"""

from __future__ import annotations

import asyncio
import io
from collections import OrderedDict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from academy.alumni import rules
from academy.alumni.queries import CertificateFacts
from academy.invites.times import uk_date
from academy.web.theme import tokens

DESIGN = Path(__file__).parents[2] / "templates" / "academy" / "alumni" / "certificate.typ"
MOST_KEPT = 64

_kept: OrderedDict[tuple[CertificateFacts, str, str], bytes] = OrderedDict()
_one_at_a_time = asyncio.Semaphore(1)
"""A certificate takes about 20 ms of one core in a thread; a hundred at once would take it from everybody else."""


async def certificate_pdf(certificate: CertificateFacts, *, address: str, brand: str) -> bytes:
    """The certificate. ``address`` is the academy's public address, ``brand`` its colour (``#4b2e83``)."""
    key = (certificate, address, brand)
    if key not in _kept:
        async with _one_at_a_time:
            if key not in _kept:
                _kept[key] = await asyncio.to_thread(draw, certificate, address=address, brand=brand)
                if len(_kept) > MOST_KEPT:
                    _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def draw(certificate: CertificateFacts, *, address: str, brand: str, picture: bool = False) -> bytes:
    """The PDF, or a PNG ``picture`` of it. Takes its time: call it in a thread.

    Letters that typst's own fonts lack (Chinese, Arabic) are taken from the machine's fonts; where it has none either,
    the page is still made, with boxes for them, and does not call itself PDF/UA.
    """
    import typst  # 40 MB of fonts and code: not before the first certificate

    given = {"data": msgspec.json.encode(words(certificate, address=address, brand=brand)).decode()}
    tries: list[tuple[bool, list[Any]]] = [(True, ["ua-1"]), (False, ["ua-1"]), (False, [])]
    for own_fonts_only, standards in tries:
        try:
            made = typst.compile(  # type: ignore[call-overload]
                str(DESIGN),
                root=str(DESIGN.parent),
                format="png" if picture else "pdf",
                ppi=100 if picture else None,
                timestamp=int(certificate.issued_at.timestamp()),
                sys_inputs=given,
                ignore_system_fonts=own_fonts_only,
                pdf_standards=[] if picture else standards,
            )
            return bytes(made[0] if isinstance(made, list) else made)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    raise AssertionError("without a standard to keep, no letter is refused")


def words(certificate: CertificateFacts, *, address: str, brand: str) -> dict[str, object]:
    """Everything that the design shows, as plain values."""
    colours = tokens(brand)
    verify = address + certificate.verify_path
    facts = [
        ("Awarded", uk_date(certificate.awarded_on)),
        ("Contact hours", rules.hours(certificate.contact_minutes) if certificate.contact_minutes else ""),
        ("CPD", rules.hours(certificate.cpd_minutes) if certificate.cpd_minutes else ""),
        ("Certificate number", certificate.number),
    ]
    return {
        "brand": colours["--govuk-brand-colour"],
        "edge": colours["--app-tint-line"],
        "document_title": f"Certificate of completion: {certificate.holder_name}, {certificate.title}",
        "summary": f"{certificate.holder_name} has completed {certificate.title}.",
        "organisation": certificate.organisation_name,
        "name": certificate.holder_name,
        "programme": certificate.programme_name,
        "cohort": certificate.cohort_beside,
        "facts": [fact for fact in facts if fact[1]],
        "sponsor": certificate.sponsor_line,
        "address": verify,
        "shown_address": verify.removeprefix("https://").removeprefix("http://"),
        "qr": qr_code(verify, dark=colours["--app-brand-dark"]),
        "qr_alt": f"QR code with the address of the page that checks this certificate on {urlsplit(address).netloc}",
    }


def qr_code(address: str, *, dark: str = "#000000") -> str:
    """A QR code as SVG, with a quarter of its modules to spare for print and folds (level Q)."""
    import segno

    drawn = io.BytesIO()
    segno.make(address, error="q", boost_error=False, micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=0, dark=dark
    )
    return drawn.getvalue().decode()
