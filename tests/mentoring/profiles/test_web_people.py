"""Coordinators' pages of the people of a round."""

import io
from datetime import timedelta
from uuid import UUID

import httpx
import openpyxl
import pytest

from academy import clock
from academy.audit.service import ACADEMY
from academy.audit.tables import Entry
from academy.outbox.tables import Message
from academy.people import queries as people
from academy.people import service as people_service
from mentoring import waiting
from mentoring.profiles import importing, queries, rules, service
from mentoring.profiles.answers import Told
from mentoring.profiles.tables import (
    ApartKind,
    MentorStatus,
    PoolStatus,
    ProfileImport,
    ProfileSource,
    RoundStatus,
    Side,
)
from tests.conftest import Clock
from tests.support.client import post, sign_in, words
from tests.support.makers import a_coordinator, a_mentee, a_mentor, a_person, a_round, an_organisation
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")
ROUND = "/mentoring/rounds/spring"
PEOPLE = f"{ROUND}/people"


@pytest.fixture
async def cora(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A coordinator's browser."""
    await sign_in(client, await a_coordinator())
    return client


async def test_mentors_and_mentees_have_a_list_each(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    await a_mentor(round=round, name="Mia Mentor", capacity=3)
    await a_mentee(round=round, name="Mo Mentee")

    mentors, mentees = (await cora.get(PEOPLE)).text, (await cora.get(f"{PEOPLE}?side=mentee")).text

    assert ("Mia Mentor" in mentors, "Mo Mentee" in mentors) == (True, False)
    assert ("Mia Mentor" in mentees, "Mo Mentee" in mentees) == (False, True)
    assert "1 mentor." in mentors and "1 mentee." in mentees


async def test_lists_are_filtered_by_state_region_and_words(cora: httpx.AsyncClient, clock: Clock) -> None:
    round = await a_round(slug="spring")
    await a_mentor(round=round, name="Ada", region="Wales", job_title="Chief of waste")
    gone, paused = await a_mentor(round=round, name="Bea"), await a_mentor(round=round, name="Cai")
    await service.withdraw_mentor(gone, actor=ACADEMY, now=clock.now)
    await service.pause_mentor(paused, (clock.now + timedelta(days=9)).date(), actor=ACADEMY, now=clock.now)

    async def names(query: str) -> list[str]:
        page = (await cora.get(PEOPLE + query)).text
        return [name for name in ("Ada", "Bea", "Cai") if f">{name}<" in page]

    assert await names("") == ["Ada", "Cai"]
    assert await names("?state=withdrawn") == ["Bea"]
    assert await names("?state=paused") == ["Cai"]
    assert await names("?region=Wales") == ["Ada"]
    assert await names("?q=CHIEF+of") == ["Ada"]
    assert await names("?q=nobody") == []


async def test_the_list_is_downloaded_with_its_filter_and_without_what_is_told_in_trust(
    cora: httpx.AsyncClient,
) -> None:
    round = await a_round(slug="spring")
    told = [Told(question="gender", answer="woman", for_matching=True)]
    await a_mentee(round=round, name="=Ada", told=told, access_needs=("step_free",), job_title="+Head")
    await a_mentee(round=round, name="Bea", region="Wales")

    csv = (await cora.get(f"{PEOPLE}?side=mentee&export=csv&q=ada")).text
    book = openpyxl.load_workbook(io.BytesIO((await cora.get(f"{PEOPLE}?side=mentee&export=xlsx")).content))

    assert csv.splitlines()[0].startswith("\ufeffName,Email address,Organisation,Job title,Level")
    assert len(csv.splitlines()) == 2 and "'=Ada" in csv and "'+Head" in csv
    assert [cell.value for cell in book.active["A"]] == ["Name", "'=Ada", "Bea"]
    assert "woman" not in csv.lower() and "step" not in csv.lower()


async def test_somebody_is_added_by_name_and_address(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring", status=RoundStatus.MATCHING)  # coordinators are not held to the window
    hull = await an_organisation(name="Hull City Council", region="Yorkshire and The Humber")

    answer = await post(
        cora,
        f"{PEOPLE}/add",
        {"side": "mentee", "name": "Mo New", "email": "mo@hull.example", "organisation": "hull city council"},
        page=f"{PEOPLE}/add",
    )

    (mo,) = await queries.mentees(round)
    assert answer.headers["location"] == f"{PEOPLE}/{mo.person}/mentee"
    assert (mo.name, mo.organisation, mo.source) == ("Mo New", hull, ProfileSource.COORDINATOR)
    assert mo.answers.region == "Yorkshire and The Humber"


async def test_who_is_there_already_keeps_their_answers(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person(address="ana@hull.example")
    await a_mentor(round=round, person=ana, capacity=4)

    await post(
        cora, f"{PEOPLE}/add", {"side": "mentor", "name": "A", "email": "ANA@hull.example"}, page=f"{PEOPLE}/add"
    )

    assert [one.capacity for one in await queries.mentors(round)] == [4]


async def test_adding_says_what_is_missing(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    await a_round(slug="old", status=RoundStatus.CLOSED)

    answer = await post(cora, f"{PEOPLE}/add", {"email": "x", "organisation": "Kept"}, page=f"{PEOPLE}/add")
    closed = await post(
        cora,
        "/mentoring/rounds/old/people/add",
        {"side": "mentor", "name": "Ana", "email": "new@hull.example"},
        page=f"{PEOPLE}/add",
    )

    assert answer.status_code == 422
    for says in ("name.", "correct format", "Choose whether they are a mentor or a mentee.", "Kept"):
        assert says in answer.text
    assert (closed.status_code, "This round is closed" in closed.text) == (409, True)
    assert await people_service.find("new@hull.example") is None  # nobody is made when the rest is refused


async def test_one_page_shows_both_profiles_of_a_person(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana, mia = await a_person(name="Ana Both"), await a_person(name="Mia Wanted")
    await a_mentor(round=round, person=ana, skills=("politics",), access_offered=())
    await a_mentor(round=round, person=mia)
    told = [Told(question="gender", answer="woman")]
    await a_mentee(round=round, person=ana, choices=[mia], goals="Lead\nwell", told=told, access_needs=("captions",))

    page = (await cora.get(f"{PEOPLE}/{ana}")).text

    for text in ("Working with councillors", "None of those asked for", "Mia Wanted", "Live captions in calls"):
        assert text in page
    assert "Woman" not in page


async def test_a_profile_is_changed_and_what_is_told_in_trust_stays(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana, mia = await a_person(name="Ana"), await a_person(name="Mia")
    await a_mentor(round=round, person=mia)
    told = [Told(question="gender", answer="woman")]
    profile = await a_mentee(
        round=round, person=ana, choices=[mia], told=told, same_background=("gender",), skills_wanted=("Excel",)
    )
    path = f"{PEOPLE}/{ana}/mentee"
    assert "Excel" in (await cora.get(path)).text  # an answer that came with a list

    answer = await post(
        cora, path, {"version": "1", "skill_1": "Excel", "skill_2": "cyber", "grade": "5", "goals": "More"}, page=path
    )

    saved = await queries.mentee(profile)
    assert answer.status_code == 303
    assert (saved.answers.skills_wanted, saved.answers.grade) == (("Excel", "cyber"), 5)
    assert saved.answers.same_background == ("gender",)
    assert [each.person for each in await queries.choices(round, Side.MENTEE, ana)] == [mia]
    assert list(await queries.told(round, ana)) == ["gender"]


async def test_a_mentor_s_profile_is_changed_and_a_stale_page_is_told(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person(name="Ana")
    profile = await a_mentor(round=round, person=ana)
    path = f"{PEOPLE}/{ana}/mentor"

    wrong = await post(cora, path, {"version": "1", "capacity": "0", "biography": "Typed"}, page=path)
    saved = await post(cora, path, {"version": "1", "capacity": "3"}, page=path)
    stale = await post(cora, path, {"version": "1", "capacity": "5"}, page=path)

    assert (wrong.status_code, "Typed" in wrong.text) == (422, True)
    assert (saved.status_code, stale.status_code) == (303, 409)
    assert (await queries.mentor(profile)).capacity == 3


async def test_a_coordinator_pauses_and_withdraws_somebody(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person(name="Ana")
    mentor, mentee = await a_mentor(round=round, person=ana), await a_mentee(round=round, person=ana)
    path = f"{PEOPLE}/{ana}"

    await post(cora, f"{path}/pause", {"paused_until": "1 July 2026"}, page=path)
    assert "Paused until 1 July 2026" in (await cora.get(path)).text
    past = await post(cora, f"{path}/pause", {"paused_until": "2020-01-01"}, page=path)
    await post(cora, f"{path}/pause", {"do": "end"}, page=path)
    await post(cora, f"{path}/withdraw", {"side": "mentee", "reason": "New job"}, page=f"{path}/withdraw")

    assert "Enter a day in the future." in past.text
    assert (await queries.mentor(mentor)).status is MentorStatus.ACTIVE
    assert (await queries.mentor(mentor)).paused_until is None
    assert (await queries.mentee(mentee)).status is PoolStatus.WITHDRAWN


async def test_two_people_are_kept_apart_and_allowed_again(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person(name="Ana")
    boss = await a_person(name="Bo Boss", address="bo@hull.example")
    await a_mentee(round=round, person=ana)
    await a_mentor(round=round, person=boss)
    path = f"{PEOPLE}/{ana}"

    await post(cora, f"{path}/apart", {"other": "Bo@hull.example", "kind": "line", "reason": "Her boss"}, page=path)
    both = [(await cora.get(f"{PEOPLE}/{each}")).text for each in (ana, boss)]
    (kept,) = await queries.apart(boss)
    await post(cora, f"{path}/apart/{kept.id}", page=path)

    assert all("In one line of management: Her boss" in page for page in both)
    assert (kept.kind, kept.name) == (ApartKind.LINE, "Ana")
    assert await queries.apart(ana) == []


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"other": ""}, "Enter the email address of the other person."),
        ({"other": "no@x.example"}, "We know nobody with the address no@x.example."),
        ({"other": "ana@hull.example"}, "Choose two different people."),
        ({"other": "ana@hull.example", "kind": "confidential"}, "Choose why."),
    ],
)
async def test_keeping_apart_says_what_is_wrong(cora: httpx.AsyncClient, sent: dict[str, str], says: str) -> None:
    round = await a_round(slug="spring")
    ana = await a_person(address="ana@hull.example")
    await a_mentor(round=round, person=ana)

    answer = await post(
        cora, f"{PEOPLE}/{ana}/apart", {"kind": "named", "reason": "Kept", **sent}, page=f"{PEOPLE}/{ana}"
    )

    assert (says in answer.text, 'value="Kept"' in answer.text) == (True, True)
    assert await queries.apart(ana) == []


async def test_what_is_not_in_this_round_is_not_there(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    mentor, nobody = await a_person(), await a_person()
    await a_mentor(round=round, person=mentor)
    other = await a_round(slug="other")
    await a_mentor(round=other, person=nobody)

    statuses = {
        path: (await cora.get(f"{PEOPLE}/{path}")).status_code
        for path in (f"{mentor}", f"{mentor}/mentor", f"{mentor}/mentee", f"{nobody}", f"{nobody}/withdraw")
    }

    assert list(statuses.values()) == [200, 200, 404, 404, 404]


async def test_pages_of_people_take_the_same_queries_for_one_and_for_three(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    ana = await a_person()
    await a_mentor(round=round, person=ana)
    counts: list[list[int]] = []
    for more in (1, 2):
        for _ in range(more):
            mia = await a_person()
            await a_mentor(round=round, person=mia)
            await a_mentee(round=round)
            await service.keep_apart(ana, mia, ApartKind.NAMED, actor=ACADEMY, now=Clock().now)
        seen = []
        for path in (PEOPLE, f"{PEOPLE}?side=mentee", f"{PEOPLE}/{ana}", f"{PEOPLE}/{ana}/mentor"):
            with counted() as statements:
                await cora.get(path)
            seen.append(len(statements))
        counts.append(seen)
    assert counts[0] == counts[1]


# ------------------------------------------------------------------ import
CSV = b"Name;E-Mail;Band;Note\nAna;ana@hull.example;G7;x\nBea;;SEO;y\n"


async def upload(
    cora: httpx.AsyncClient, octets: bytes, side: str = "mentor", name: str = "list.csv"
) -> httpx.Response:
    return await post(
        cora, f"{ROUND}/import", {"side": side}, page=f"{ROUND}/import", files={"file": (name, octets, "text/csv")}
    )


async def test_a_list_is_uploaded_mapped_checked_and_imported(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")

    file = (await upload(cora, CSV)).headers["location"]
    columns = (await cora.get(file)).text
    assert "Meaning of Band" in columns and "ana@hull.example" in columns
    mapped = await post(
        cora, file, {"column-0": "name", "column-1": "email", "column-2": "grade", "column-3": ""}, page=file
    )
    check = (await cora.get(mapped.headers["location"])).text
    assert "Import 1 mentor" in check and "The email address is missing." in check and "Service manager" in check
    done = await post(cora, f"{file}/check", page=f"{file}/check")

    assert done.headers["location"] == PEOPLE
    assert [(one.name, one.answers.grade) for one in await queries.mentors(round)] == [("Ana", 6)]
    afterwards = words(await cora.get(f"{file}/check"))
    assert "1 mentor imported, 1 row left out." in afterwards
    assert "Nobody in this list is new" in (await cora.get(f"{(await again(cora))}/check")).text


async def again(cora: httpx.AsyncClient) -> str:
    """The same list once more, with its columns chosen."""
    file = (await upload(cora, CSV)).headers["location"]
    await post(cora, file, {"column-0": "name", "column-1": "email", "column-2": "grade"}, page=file)
    return str(file)


async def test_a_list_is_imported_once_however_often_the_button_is_pressed(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    file = await again(cora)

    first = await post(cora, f"{file}/check", page=f"{file}/check")
    second = await post(cora, f"{file}/check")

    assert first.headers["location"] == second.headers["location"] == PEOPLE
    assert len(await queries.mentors(round)) == 1
    assert await Entry.count().where(Entry.verb == "mentoring_round.import") == 1


async def test_a_long_list_is_imported_while_its_page_says_how_far_it_is(
    cora: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    round = await a_round(slug="spring")
    file = await again(cora)
    monkeypatch.setattr(importing, "SMALL", 0)
    begun: list[UUID] = []
    monkeypatch.setattr(service, "start_import", begun.append)

    pressed = await post(cora, f"{file}/check", page=f"{file}/check")

    assert pressed.headers["location"] == f"{file}/check"
    await ProfileImport.update({ProfileImport.progress: 40}).where(ProfileImport.id == begun[0])
    meanwhile = await cora.get(f"{file}/check")
    assert 'role="status"' in meanwhile.text and 'data-poll="2"' in meanwhile.text
    assert "40 per cent" in meanwhile.text and "Look again" in words(meanwhile)
    assert await queries.mentors(round) == []

    await waiting.work(importing.IMPORTS, begun[0], now=clock.now())

    afterwards = await cora.get(f"{file}/check")
    assert "1 mentor imported, 1 row left out." in words(afterwards)
    assert "data-poll" not in afterwards.text


async def test_what_cannot_be_imported_says_why_and_can_be_tried_again(
    cora: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    round = await a_round(slug="spring")
    file = await again(cora)

    async def refuse(*_: object, **__: object) -> None:
        raise rules.CannotSignUp("This round is closed.")

    with monkeypatch.context() as patched:
        patched.setattr(importing, "import_people", refuse)
        await post(cora, f"{file}/check", page=f"{file}/check")

    assert "This round is closed." in (await cora.get(f"{file}/check")).text
    assert (await post(cora, f"{file}/check", page=f"{file}/check")).headers["location"] == PEOPLE
    assert len(await queries.mentors(round)) == 1


async def test_columns_stay_while_a_list_is_imported(cora: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_round(slug="spring")
    file = await again(cora)
    monkeypatch.setattr(importing, "SMALL", 0)
    monkeypatch.setattr(service, "start_import", lambda _: None)
    await post(cora, f"{file}/check", page=f"{file}/check")

    refused = await post(cora, file, {"column-0": "email", "column-1": "name"}, page=PEOPLE)

    assert (refused.status_code, "This list is being imported." in refused.text) == (409, True)


async def test_a_civil_service_list_needs_one_click(cora: httpx.AsyncClient) -> None:
    round = await a_round(slug="spring")
    octets = (
        b"first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,"
        b"characteristics,biography\nMia,Mentor,mia@x.example,no,Head,SCS1,DfE,Policy,,\n"
    )

    file = (await upload(cora, octets, side="")).headers["location"]
    assert "list of mentors" in (await cora.get(file)).text
    check = (await post(cora, file, {"do": "as-guessed"}, page=file)).headers["location"]
    await post(cora, check, page=check)

    assert [(one.name, one.organisation_name) for one in await queries.mentors(round)] == [("Mia Mentor", "DfE")]


@pytest.mark.parametrize(
    ("octets", "side", "says"),
    [
        (b"", "mentor", "Choose a CSV or Excel file."),
        (b"name,email\n", "mentor", "has a heading but nobody in it"),
        (b"name,email\na,b@x.example\n", "", "Choose whether these are mentors or mentees"),
        (b"name,email\na,b@x.example\n", "boss", "Choose whether these are mentors or mentees."),
        (b"PK\x03\x04rubbish", "mentor", "The Excel file is damaged."),
        (b"%PDF-1.7\x00\x00", "mentor", "neither a CSV nor an Excel file"),
    ],
)
async def test_a_file_that_cannot_be_used_says_why(
    cora: httpx.AsyncClient, octets: bytes, side: str, says: str
) -> None:
    await a_round(slug="spring")

    answer = await upload(cora, octets, side=side)

    assert (answer.status_code, says in answer.text) == (422, True)


async def test_a_name_that_means_harm_stays_a_name(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring")

    file = (await upload(cora, CSV, name="../../<script>.csv")).headers["location"]

    assert "&lt;script&gt;.csv" in (await cora.get(file)).text


async def test_a_mapping_without_an_address_says_so_and_keeps_the_rest(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    file = (await upload(cora, CSV)).headers["location"]

    answer = await post(cora, file, {"column-0": "name", "column-2": "grade", "column-3": "nonsense"}, page=file)

    assert (answer.status_code, "Choose the column with the email address" in answer.text) == (422, True)
    assert '<option value="grade" selected>' in answer.text


async def test_a_file_of_another_round_is_not_there(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    await a_round(slug="other")
    file = UUID((await upload(cora, CSV)).headers["location"].rpartition("/")[2])

    for end in ("", "/check"):
        assert (await cora.get(f"/mentoring/rounds/other/import/{file}{end}")).status_code == 404


async def test_an_import_tells_nobody_by_mail(cora: httpx.AsyncClient) -> None:
    await a_round(slug="spring")
    file = (await upload(cora, CSV)).headers["location"]
    await post(cora, file, {"column-0": "name", "column-1": "email"}, page=file)
    await post(cora, f"{file}/check", page=f"{file}/check")

    ana = await people_service.find("ana@hull.example")
    assert ana is not None and (await people.contact(ana)).name == "Ana"
    assert await Message.count() == 0
