"""The register as pages: who may see it, what is saved, what is kept when something is wrong."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from academy.audit.service import ACADEMY
from cohorts.attendance import forms
from cohorts.attendance.tables import Attendance
from cohorts.schedule import sessions as schedule
from cohorts.schedule.tables import Facilitator
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.courses import FIRST, OVER, Course, P, a_course
from tests.support.makers import a_coordinator, a_person

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def during_the_session(clock: Clock) -> None:
    clock.now = FIRST + timedelta(minutes=30)


def address(session: UUID) -> str:
    return f"/sessions/{session}/register"


async def a_facilitator(*sessions: UUID) -> UUID:
    person = await a_person(name="Robin Okafor")
    for session in sessions:
        await schedule.set_facilitators(session, [person], actor=ACADEMY, now=FIRST - timedelta(days=5))
    return person


def was(answer: httpx.Response) -> dict[str, str]:
    """The hidden fields that say what the page showed."""
    return dict(re.findall(r'name="(was-[^"]+)" value="([^"]+)"', answer.text))


async def send(client: httpx.AsyncClient, course: Course, day: int, **fields: str) -> httpx.Response:
    """Send the register's form; ``mark_Ana`` is Ana's mark."""
    here = address(course.sessions[day - 1])
    form = was(await client.get(here))
    for name, value in fields.items():
        part, _, who = name.partition("_")
        form[f"{part}-{course.enrolments[who]}" if who else part] = value
    return await post(client, here, form, page=here)


# ---------------------------------------------------------------- who may
async def test_only_coordinators_and_who_leads_the_session_see_its_register(client: httpx.AsyncClient) -> None:
    course, other = await a_course("Ana", code="mine"), await a_course("Ben", code="other")
    robin = await a_facilitator(course.sessions[0])
    await a_facilitator(other.sessions[0])
    seen: dict[str, list[int]] = {}
    everybody = {
        "nobody": None,
        "participant": course.people["Ana"],
        "facilitator": robin,
        "coordinator": await a_coordinator(),
    }
    for name, person in everybody.items():
        client.cookies.clear()
        if person:
            await sign_in(client, person)
        sessions = [course.sessions[0], course.sessions[1], other.sessions[0], uuid4()]
        seen[name] = [(await client.get(address(session))).status_code for session in sessions]
        seen[name].append((await client.get("/my-sessions")).status_code)

    assert seen == {
        "nobody": [303, 303, 303, 303, 303],
        "participant": [403, 403, 403, 403, 403],
        "facilitator": [200, 404, 404, 404, 200],
        "coordinator": [200, 200, 200, 404, 200],
    }


async def test_a_facilitator_can_neither_save_nor_undo_another_register(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana")
    await sign_in(client, await a_facilitator(course.sessions[0]))
    mark = {f"mark-{course.enrolments['Ana']}": "present", f"was-{course.enrolments['Ana']}": "x"}

    for path in (address(course.sessions[1]), address(course.sessions[1]) + "/undo"):
        assert (await post(client, path, mark, page="/my-sessions")).status_code == 404

    assert await Attendance.count() == 0


async def test_without_the_look_at_who_leads_a_facilitator_would_see_any_register(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the two tests above."""
    from cohorts.attendance import web

    async def anybody(*_: object) -> bool:
        return True

    course = await a_course("Ana")
    await sign_in(client, await a_facilitator(course.sessions[0]))
    monkeypatch.setattr(web, "leads", anybody)

    assert (await client.get(address(course.sessions[1]))).status_code == 200


async def test_a_facilitator_sees_their_own_sessions_and_nobody_elses(client: httpx.AsyncClient) -> None:
    course, other = await a_course("Ana", code="mine"), await a_course("Ben", code="other")
    robin = await a_facilitator(course.sessions[0])
    await a_facilitator(other.sessions[1])
    await sign_in(client, robin)

    answer = await client.get("/my-sessions")

    assert re.findall(r"/sessions/([0-9a-f-]+)/register", answer.text) == [str(course.sessions[0])]
    assert "0 of 1 marked" in words(answer)


async def test_who_no_longer_leads_the_session_no_longer_sees_it(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana")
    robin = await a_facilitator(course.sessions[0], course.sessions[1])
    await sign_in(client, robin)
    await Facilitator.delete().where(Facilitator.session == course.sessions[0])

    assert (await client.get(address(course.sessions[0]))).status_code == 404


# ------------------------------------------------------------------ saving
async def test_one_form_saves_everybody(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana", "Ben", "Cai", "Dai", "Eve")
    await sign_in(client, await a_facilitator(course.sessions[0]))

    answer = await send(
        client,
        course,
        1,
        mark_Ana="present",
        mark_Ben="late",
        minutes_Ben="150",
        mark_Cai="partial",
        minutes_Cai="60",
        note_Cai="Left at 11",
        mark_Dai="absent_excused",
        mark_Eve="absent",
    )

    assert answer.status_code == 303
    assert await course.marks(1) == {
        "Ana": ("present", 180),
        "Ben": ("late", 150),
        "Cai": ("partial", 60),
        "Dai": ("absent_excused", 0),
        "Eve": ("absent", 0),
    }
    page = await client.get(answer.headers["location"])
    assert heading(page) == "Register: Day 1"
    assert "Saved: 5 marks." in words(page)
    assert "Last saved by Robin Okafor at 10am on Wednesday 24 June." in words(page)


async def test_the_second_button_saves_and_marks_the_rest_present(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana", "Ben", "Cai")
    await sign_in(client, await a_coordinator())

    await send(client, course, 1, mark_Ben="absent", rest="present")

    assert await course.marks(1) == {"Ana": ("present", 180), "Ben": ("absent", 0), "Cai": ("present", 180)}


async def test_undo_is_offered_after_a_save_and_brings_back_what_was(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_course("Ana")
    await sign_in(client, await a_coordinator())
    here = address(course.sessions[0])
    await send(client, course, 1, mark_Ana="present")
    clock.advance(minutes=1)
    await send(client, course, 1, mark_Ana="absent")
    (saved_at,) = re.findall(r'name="saved_at" value="([^"]+)"', (await client.get(here)).text)

    answer = await post(client, here + "/undo", {"saved_at": saved_at}, page=here)

    assert answer.status_code == 303
    assert await course.marks(1) == {"Ana": ("present", 180)}
    assert "Bring the save back" in (await client.get(here)).text
    clock.advance(days=1, minutes=1)
    assert "saved_at" not in (await client.get(here)).text


@pytest.mark.parametrize("saved_at", ["", "yesterday", "2026-06-24T10:00:00", "2026-06-24T10:00:00+00:00"])
async def test_undo_of_something_else_is_refused(client: httpx.AsyncClient, saved_at: str) -> None:
    course = await a_course("Ana")
    await sign_in(client, await a_coordinator())
    here = address(course.sessions[0])
    await send(client, course, 1, mark_Ana="present")

    assert (await post(client, here + "/undo", {"saved_at": saved_at}, page=here)).status_code == 409
    assert await course.marks(1) == {"Ana": ("present", 180)}


async def test_two_people_take_one_register_without_undoing_each_other(client: httpx.AsyncClient) -> None:
    course = await a_course("Ana", "Ben")
    await sign_in(client, await a_coordinator())
    here = address(course.sessions[0])
    opened = was(await client.get(here))
    await course.take(1, at=FIRST, Ben=P)  # somebody else, while this page is open

    form = opened | {f"mark-{course.enrolments['Ana']}": "absent"}
    await post(client, here, form, page=here)

    assert await course.marks(1) == {"Ana": ("absent", 0), "Ben": ("present", 180)}


async def test_missing_minutes_are_asked_for_by_name_and_all_else_is_kept(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    course = await a_course("Ana", "Ben")
    clock.now = OVER
    await sign_in(client, await a_coordinator())

    answer = await send(client, course, 1, mark_Ana="present", mark_Ben="late", note_Ben="The 8:10 train")

    assert answer.status_code == 422
    ben = course.enrolments["Ben"]
    assert field_errors(answer) == {f"minutes-{ben}": "Ben Example: enter how many minutes they were there."}
    assert f'id="minutes-{ben}"' in answer.text
    assert len(re.findall(r'value="(?:present|late)" checked', answer.text)) == 2
    assert 'value="The 8:10 train"' in answer.text
    assert await Attendance.count() == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"mark_Ana": "late", "minutes_Ana": "ages"}, "minutes"),
        ({"mark_Ana": "late", "minutes_Ana": "181"}, "minutes"),
        ({"mark_Ana": "asleep"}, "mark"),
        ({"note_Ana": "Ill?"}, "mark"),
        ({"mark_Ana": "absent", "note_Ana": "x" * 301}, "note"),
        ({"mark_Ana": "absent", "note_Ana": "a\x07b"}, "note"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_link_to_the_field(
    client: httpx.AsyncClient, fields: dict[str, str], field: str
) -> None:
    course = await a_course("Ana")
    await sign_in(client, await a_coordinator())

    answer = await send(client, course, 1, **fields)

    assert answer.status_code == 422
    assert list(field_errors(answer)) == [f"{field}-{course.enrolments['Ana']}"]


async def test_before_the_hour_there_is_a_sentence_and_no_form(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_course("Ana")
    await sign_in(client, await a_coordinator())
    clock.now = FIRST - timedelta(hours=1, minutes=1)
    here = address(course.sessions[0])

    page = await client.get(here)
    ana = course.enrolments["Ana"]
    answer = await post(client, here, {f"was-{ana}": "x", f"mark-{ana}": "present"})

    assert "The register opens 1 hour before the session: Wednesday 24 June at 8:30am." in words(page)
    assert "Save" not in words(page)
    assert answer.status_code == 409


async def test_after_closing_a_facilitator_only_looks(client: httpx.AsyncClient, clock: Clock) -> None:
    course = await a_course("Ana")
    await course.take(1, Ana=P)
    await course.take(2, Ana=P)
    robin = await a_facilitator(course.sessions[0])
    await course.close()
    clock.now = OVER
    await sign_in(client, robin)

    page = await client.get(address(course.sessions[0]))

    assert "This cohort is closed. Ask the coordinator to correct the register." in words(page)
    assert 'name="mark-' not in page.text


async def test_a_long_register_has_pages_and_everyone_present_reaches_all_of_them(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cohorts.attendance import web

    monkeypatch.setattr(web, "PAGE", 2)
    course = await a_course("Ana", "Ben", "Cai")
    await sign_in(client, await a_coordinator())
    here = address(course.sessions[0])
    second = await client.get(here + "?page=2")

    await post(client, here + "?page=2", was(second) | {"rest": "present"}, page=here)

    assert len(was(second)) == 1
    assert {mark for mark, _ in (await course.marks(1)).values()} == {"present"}


def test_a_row_that_nobody_touched_is_not_sent_on() -> None:
    assert forms.seal("late", " 90 ", "x") == forms.seal("late", "90", "x ")
    assert forms.seal("late", "90", "") != forms.seal("late", "91", "")
