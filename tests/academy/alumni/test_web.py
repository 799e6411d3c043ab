"""Certificates as pages: for their holder, for coordinators, for anybody with the code. The list of alumni."""

import re

import httpx
import pytest

from academy.alumni import queries
from academy.alumni.queries import CertificateFacts
from academy.outbox.tables import Message
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.courses import OVER, A, Course, P, a_course
from tests.support.makers import a_coordinator, a_person

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def afterwards(clock: Clock) -> None:
    clock.now = OVER


async def awarded(*names: str) -> tuple[Course, CertificateFacts]:
    """Everybody completes; the certificate is that of the first."""
    course = await a_course(*(names or ("Ana",)))
    for day in (1, 2):
        await course.take(day, **dict.fromkeys(course.people, P))
    await course.close()
    (found,) = await queries.certificates_of(next(iter(course.people.values())))
    return course, found


async def test_a_certificate_is_its_holder_s_and_the_coordinators(client: httpx.AsyncClient) -> None:
    course, certificate = await awarded("Ana", "Ben")
    seen = []
    for person in (None, course.people["Ben"], course.people["Ana"], await a_coordinator()):
        client.cookies.clear()
        if person:
            await sign_in(client, person)
        paths = ("", "/certificate.pdf", "/reissue", "/revoke")
        seen.append([(await client.get(certificate.path + path)).status_code for path in paths])

    assert seen == [[303] * 4, [404, 404, 403, 403], [200, 200, 403, 403], [200] * 4]


async def test_the_pdf_comes_under_a_plain_name_and_is_kept_by_nobody(client: httpx.AsyncClient) -> None:
    course, certificate = await awarded()
    await sign_in(client, course.people["Ana"])

    answer = await client.get(certificate.path + "/certificate.pdf")

    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="certificate-{certificate.number}.pdf"'
    assert answer.headers["cache-control"] == "no-store"


async def test_anybody_with_the_code_sees_that_it_is_genuine_and_no_search_engine_does(
    client: httpx.AsyncClient,
) -> None:
    _, certificate = await awarded()

    answer = await client.get(certificate.verify_path)

    assert answer.status_code == 200
    assert heading(answer) == "This certificate is genuine"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert {"Ana Example", "Top Talent, Essex", "1 July 2026", "6 hours", certificate.number} <= set(words(answer))
    assert "council.example" not in answer.text
    assert str(certificate.person) not in answer.text
    assert (await client.get(certificate.verify_path + "/certificate.pdf")).content.startswith(b"%PDF-")


@pytest.mark.parametrize("code", ["A" * 22, "x", "a" * 5000, "LA-2026-7F3K-9QXW", "%00", "..%2f..%2fetc"])
async def test_an_unknown_code_gets_a_page_that_helps(client: httpx.AsyncClient, code: str) -> None:
    answer = await client.get(f"/verify/{code}")

    assert answer.status_code == 404
    if "%2f" not in code:
        assert heading(answer) == "No certificate has this code"
    assert (await client.get(f"/verify/{code}/certificate.pdf")).status_code == 404


async def test_a_code_can_be_typed_or_its_address_pasted(client: httpx.AsyncClient) -> None:
    _, certificate = await awarded()

    found = await client.get("/verify", params={"code": f"https://academy.example.org/verify/{certificate.code} "})
    wrong = await client.get("/verify", params={"code": certificate.number})

    assert (found.status_code, found.headers["location"]) == (303, certificate.verify_path)
    assert (wrong.status_code, list(field_errors(wrong))) == (422, ["code"])
    assert (await client.get("/verify")).status_code == 200


async def test_a_corrected_name_makes_a_new_certificate_and_the_old_code_says_so(client: httpx.AsyncClient) -> None:
    course, old = await awarded()
    await sign_in(client, await a_coordinator())
    here = old.path + "/reissue"
    fields = {"name": "Siân Example", "contact_minutes": "360", "cpd_minutes": "300"}

    answer = await post(client, here, fields, page=here)

    new, former = await queries.certificates_of(course.people["Ana"])
    assert answer.headers["location"] == new.path
    assert (new.holder_name, new.awarded_on, new.valid) == ("Siân Example", old.awarded_on, True)
    assert (former.id, former.state.value, former.replaced_by) == (old.id, "superseded", new.id)
    public = await client.get(old.verify_path)
    assert heading(public) == "This certificate was replaced"
    assert "Example" not in " ".join(words(public)).replace("Example Society of Digital Leaders", "")
    assert (await client.get(old.verify_path + "/certificate.pdf")).status_code == 404
    assert heading(await client.get(new.verify_path)) == "This certificate is genuine"
    keys = await Message.select(Message.key).where(Message.kind == "certificate").order_by(Message.queued_at)
    assert {row["key"] for row in keys} == {f"certificate:{old.id}", f"certificate:{new.id}"}
    assert (await post(client, here, fields, page=new.path + "/reissue")).status_code == 409


async def test_a_correction_keeps_what_was_typed_and_names_every_error(client: httpx.AsyncClient) -> None:
    _, old = await awarded()
    await sign_in(client, await a_coordinator())
    here = old.path + "/reissue"

    answer = await post(client, here, {"name": "", "contact_minutes": "six", "cpd_minutes": "300"}, page=here)

    assert answer.status_code == 422
    assert set(field_errors(answer)) == {"name", "contact_minutes"}
    assert 'value="six"' in answer.text


async def test_a_revoked_certificate_says_so_without_the_reason(client: httpx.AsyncClient) -> None:
    _, certificate = await awarded()
    await sign_in(client, await a_coordinator())
    here = certificate.path + "/revoke"
    assert list(field_errors(await post(client, here, {"reason": " "}, page=here))) == ["reason"]

    await post(client, here, {"reason": "Was at another event"}, page=here)

    public = await client.get(certificate.verify_path)
    assert heading(public) == "This certificate was revoked"
    assert "another event" not in public.text
    assert "Ana" not in public.text
    assert "Was at another event" in " ".join(words(await client.get(certificate.path)))
    assert (await client.get(certificate.path + "/certificate.pdf")).status_code == 404


async def test_a_flag_is_shown_to_coordinators_only_and_taken_off_by_keeping(client: httpx.AsyncClient) -> None:
    course, certificate = await awarded()
    await course.take(2, Ana=A)
    await sign_in(client, course.people["Ana"])
    assert "needs a decision" not in (await client.get(certificate.path)).text
    await sign_in(client, await a_coordinator())
    assert "This certificate needs a decision" in words(await client.get(certificate.path))

    await post(client, certificate.path + "/keep", page=certificate.path)

    assert (await queries.certificate(certificate.id)) == certificate


async def test_the_mail_leads_to_the_certificate_and_carries_no_file() -> None:
    _, certificate = await awarded()

    (row,) = await Message.select(Message.context, Message.subject, Message.about_id).where(
        Message.kind == "certificate"
    )

    assert f'"verify_path":"{certificate.verify_path}"' in row["context"]
    assert row["subject"] == "Your certificate for Top Talent, Essex"
    assert row["about_id"] == certificate.id


async def test_the_list_of_alumni_filters_sorts_and_exports(client: httpx.AsyncClient) -> None:
    course, _ = await awarded("Ana", "Ŵyn", "Cai")
    await sign_in(client, course.people["Ana"])
    assert (await client.get("/alumni")).status_code == 403
    await sign_in(client, await a_coordinator())

    def names(answer: httpx.Response) -> list[str]:
        return re.findall(r'href="/people/[0-9a-f-]{36}">([^<]+)</a>', answer.text)

    assert names(await client.get("/alumni")) == ["Ana Example", "Cai Example", "Ŵyn Example"]
    assert names(await client.get("/alumni?q=ŵYN")) == ["Ŵyn Example"]
    assert names(await client.get("/alumni?sort=-name")) == ["Ŵyn Example", "Cai Example", "Ana Example"]
    assert names(await client.get("/alumni?programme=none")) == []
    exported = await client.get("/alumni?q=cai&export=csv")
    assert exported.content.decode("utf-8-sig").split("\r\n")[1] == (
        "Cai Example,,2026-06-25,1,Top Talent,2026-06-25,360"
    )


async def test_nobody_is_on_the_list_who_completed_nothing(client: httpx.AsyncClient) -> None:
    await a_person(name="Ida Idle")
    await sign_in(client, await a_coordinator())

    assert "No alumni yet" in words(await client.get("/alumni"))
