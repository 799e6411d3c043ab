"""The certificate, read back: what it says, to whom it can be read aloud, and what a hostile name does to it."""

import asyncio
import io
import re
import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
import segno
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from academy.alumni import pdf
from academy.alumni.queries import CertificateFacts
from academy.alumni.tables import CertificateState

ADDRESS, BRAND = "https://academy.example.org", "#4b2e83"
CODE = "Qm3xJ0c1T2yZtq8Vw9LhKA"
FACTS = CertificateFacts(
    id=UUID(int=1),
    person=UUID(int=2),
    completion=UUID(int=3),
    number="LA-2026-7F3K-9QXW",
    code=CODE,
    state=CertificateState.VALID,
    holder_name="Siân Ŵyn Łukaszewska-O’Brien",
    title="Top Talent, Essex",
    programme_name="Top Talent",
    cohort_name="Top Talent, Essex",
    cohort_id=UUID(int=4),
    cohort_code="tt-essex-2026",
    organisation_name="Example Society of Digital Leaders",
    sponsor_line="Supported by Ŷstrad Partners",
    contact_minutes=720,
    cpd_minutes=630,
    completed_on=date(2026, 6, 25),
    awarded_on=date(2026, 7, 1),
    issued_at=datetime(2026, 7, 1, 9, tzinfo=UTC),
    needs_decision="",
    ended_at=None,
    end_reason="",
    replaced_by=None,
)


def read(facts: CertificateFacts = FACTS, brand: str = BRAND) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.draw(facts, address=ADDRESS, brand=brand)))


def text_of(found: PdfReader) -> str:
    assert len(found.pages) == 1
    return re.sub(r"\s+", " ", found.pages[0].extract_text())


def test_it_says_who_completed_what_and_when() -> None:
    text = text_of(read())

    for words in (
        "Siân Ŵyn Łukaszewska-O’Brien",
        "Top Talent",
        "Essex",
        "1 July 2026",
        "12 hours",
        "10 hours 30 minutes",
        "LA-2026-7F3K-9QXW",
        "Example Society of Digital Leaders",
        "Supported by Ŷstrad Partners",
        f"academy.example.org/verify/{CODE}",
    ):
        assert words in text
    assert "Certificate of completion" in text


def test_a_screen_reader_gets_a_title_a_language_a_heading_and_the_picture_in_words() -> None:
    found = read()
    root = found.trailer["/Root"]

    assert found.metadata is not None
    assert found.metadata.title == "Certificate of completion: Siân Ŵyn Łukaszewska-O’Brien, Top Talent, Essex"
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in found.xmp_metadata.stream.get_data()  # type: ignore[union-attr]
    tags, pictures = structure(root["/StructTreeRoot"])
    assert {"/H1", "/P", "/Link", "/Figure"} <= tags
    assert pictures == ["QR code with the address of the page that checks this certificate on academy.example.org"]


def structure(node: object) -> tuple[set[str], list[str]]:
    """The kinds of element in the tag tree, and the words that stand for pictures."""
    tags: set[str] = set()
    pictures: list[str] = []
    waiting, seen = [node], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            if "/S" in one:
                tags.add(str(one["/S"]))
                if one["/S"] == "/Figure":
                    pictures.append(str(one["/Alt"]))
            if "/K" in one:
                waiting.append(one.raw_get("/K") if hasattr(one, "raw_get") else one["/K"])
    return tags, pictures


def test_every_link_leads_to_the_page_that_checks_it() -> None:
    links = {str(note.get_object()["/A"]["/URI"]) for note in read().pages[0]["/Annots"]}

    assert links == {f"{ADDRESS}/verify/{CODE}"}


def test_the_qr_code_holds_the_same_address() -> None:
    address = f"{ADDRESS}/verify/{CODE}"
    drawn = io.BytesIO()
    segno.make_qr(address, error="q", boost_error=False).save(drawn, kind="svg", xmldecl=False, border=0)

    in_colour = str(pdf.words(FACTS, address=ADDRESS, brand=BRAND)["qr"])
    assert re.sub(r"#[0-9a-f]{6}", "#000", in_colour) == drawn.getvalue().decode()


def test_the_same_certificate_makes_the_same_octets() -> None:
    assert pdf.draw(FACTS, address=ADDRESS, brand=BRAND) == pdf.draw(FACTS, address=ADDRESS, brand=BRAND)


HOSTILE = [
    '#read("/etc/passwd")',
    "#sys.inputs",
    "*bold* _it_ $x^2$ `raw` <label> @ref // comment /* x */ \\u{41}",
    '"); #panic("x',
    '{"name": "somebody else"}',
    '#import "@preview/cetz:0.3.0": *',
    "<script>alert(1)</script>",
    "= Heading\\ #pagebreak()",
    "~ -- --- ... 'quotes' \"double\"",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_printed(name: str) -> None:
    found = read(msgspec.structs.replace(FACTS, holder_name=name, sponsor_line=name, organisation_name=name[:60]))

    plain = re.sub(r"\s+", "", text_of(found))
    assert plain.count(re.sub(r"\s+", "", name)) == (3 if len(name) <= 60 else 2)


def test_set_as_markup_the_same_name_would_run() -> None:
    """The control: what the design avoids by taking names as data."""
    import typst

    source = f"#set document(title: [x])\n{HOSTILE[1]}".encode()
    plain = PdfReader(io.BytesIO(typst.compile(source, format="pdf", sys_inputs={"a": "secret"})))  # type: ignore[arg-type]

    assert "secret" in plain.pages[0].extract_text()


@pytest.mark.parametrize("name", ["A" * 120, "Wolfeschlegelsteinhausen-" * 4, "Ana", "Łucja ŵŷ " * 13])
def test_long_names_stay_on_the_page(name: str) -> None:
    long = msgspec.structs.replace(
        FACTS, holder_name=name, programme_name="Leadership " * 14, cohort_name="Cohort of the north " * 10
    )

    assert "LA-2026-7F3K-9QXW" in text_of(read(long))


def test_letters_that_our_fonts_lack_still_give_a_certificate() -> None:
    found = read(msgspec.structs.replace(FACTS, holder_name="王小明"))

    assert "LA-2026-7F3K-9QXW" in text_of(found)


@pytest.mark.parametrize("brand", ["#ffdd00", "#000000", "#00703c"])
def test_any_brand_colour_will_do(brand: str) -> None:
    assert "Siân" in text_of(read(brand=brand))


async def test_certificates_are_made_in_a_thread_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._kept.clear()
    threads: set[int] = set()
    really_draw = pdf.draw

    def draw(*given: Any, **named: Any) -> bytes:
        threads.add(threading.get_ident())
        return really_draw(*given, **named)

    monkeypatch.setattr(pdf, "draw", draw)
    many = [msgspec.structs.replace(FACTS, holder_name=f"Person {number}") for number in range(pdf.MOST_KEPT + 6)]

    made = await asyncio.gather(*(pdf.certificate_pdf(one, address=ADDRESS, brand=BRAND) for one in many))

    assert len({len(one) > 5000 for one in made}) == 1
    assert len(pdf._kept) == pdf.MOST_KEPT
    assert threading.get_ident() not in threads, "other pages had to wait"
    assert await pdf.certificate_pdf(many[-1], address=ADDRESS, brand=BRAND) is made[-1]
