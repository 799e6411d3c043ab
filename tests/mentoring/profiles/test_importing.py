"""Lists of mentors and mentees that coordinators bring."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from academy import database as room
from academy.audit.service import ACADEMY, Actor
from academy.audit.tables import Entry
from academy.errors import Invalid, NotFound
from academy.people import service as people
from academy.people.tables import EmailAddress, Person
from academy.web import exports
from mentoring import jobs
from mentoring.profiles import importing, lists, queries, service
from mentoring.profiles.answers import Told
from mentoring.profiles.importing import Done
from mentoring.profiles.rules import CannotSignUp
from mentoring.profiles.tables import MentorProfile, ProfileImport, ProfileSource, RoundStatus, Side
from mentoring.waiting import LEASE, WorkState
from tests.support.examples import examples
from tests.support.makers import a_coordinator, a_mentor, a_person, a_round, an_organisation

pytestmark = pytest.mark.usefixtures("database")

MENTORS = """first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,characteristics,biography
Mia,Mentor,mia@leeds.example,no,Head of Digital,Grade 6,Leeds City Council,"Digital, data and technology","Woman, veteran","Twenty years
in councils"
Max,Mentor,max@york.example,yes,Deputy Director,SCS1,City of York Council,Finance,,
"""  # noqa: E501
MENTEES = """first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,match with similar identity,identity to match,biography
Mo,Mentee,mo@hull.example,no,Analyst,HEO,Hull City Council,Finance,yes,woman,Curious
Max,Mentor,max@york.example,yes,Deputy Director,SCS1,City of York Council,Finance,no,woman,
"""  # noqa: E501


async def brought(round: UUID, text: str | bytes, now: datetime, *, side: Side | None = None) -> UUID:
    octets = text if isinstance(text, bytes) else text.encode()
    return await service.bring_file(round, octets=octets, file_name="list.csv", side=side, actor=ACADEMY, now=now)


async def imported(round: UUID, text: str | bytes, now: datetime, *, side: Side | None = None) -> Done:
    return await service.import_people(round, await brought(round, text, now, side=side), actor=ACADEMY, now=now)


async def test_the_civil_service_s_mentors_come_in_with_nothing_to_choose(now: datetime) -> None:
    round = await a_round(now=now)
    leeds = await an_organisation(name="Leeds City Council", now=now)

    done = await imported(round, MENTORS, now)

    max_, mia = await queries.mentors(round)
    assert done == Done(added=2, skipped=0)
    assert (mia.name, mia.address, mia.organisation, mia.source) == (
        "Mia Mentor",
        "mia@leeds.example",
        leeds,
        ProfileSource.IMPORT,
    )
    assert (mia.answers.grade, mia.answers.job_title) == (7, "Head of Digital")
    assert mia.answers.profession == "Digital, data and technology"
    assert mia.answers.biography == "Twenty years\nin councils"
    assert (max_.answers.grade, max_.organisation, max_.organisation_name) == (8, None, "City of York Council")
    assert await queries.told(round, mia.person) == {
        "gender": Told(question="gender", answer="woman", for_matching=True),
        "own_words": Told(question="own_words", answer="veteran", for_matching=True),
    }


async def test_the_civil_service_s_mentees_come_in_and_one_person_can_be_both(now: datetime) -> None:
    round = await a_round(now=now)
    await imported(round, MENTORS, now)

    done = await imported(round, MENTEES, now)

    max_, mo = await queries.mentees(round)
    assert done == Done(added=2, skipped=0)
    assert mo.answers.same_background == ("gender",)
    assert max_.answers.same_background == ()
    assert [one.side for one in await queries.of_person(max_.person)] == [Side.MENTEE, Side.MENTOR]
    assert await Person.count() == 3


async def test_a_second_import_adds_nothing(now: datetime) -> None:
    round = await a_round(now=now)
    first, again = await imported(round, MENTORS, now), await imported(round, MENTORS, now)

    assert (first, again) == (Done(2, 0), Done(0, 2))
    assert await MentorProfile.count() == 2


async def test_a_preview_says_who_is_left_out_and_why_and_writes_nothing(now: datetime) -> None:
    round = await a_round(now=now)
    ana = await a_person(name="Ana", address="ana@leeds.example", now=now)
    await people.add_address(ana, address="a.example@leeds.example", now=now, verified=True)
    await a_mentor(round=round, person=await a_person(address="in@leeds.example", now=now), now=now)
    text = (
        "Name;Email;Grade\nAna;ana@leeds.example;G7\nBea;;G7\nCai;cai at leeds;G7\n;dee@leeds.example;\n"
        "Ana E;A.Example@leeds.example;\nIn;IN@leeds.example;\nFay;fay@leeds.example;Band 9\nFay;fay@LEEDS.example;\n"
    )
    before = await Person.count()
    file = await service.file_of(round, await brought(round, text, now, side=Side.MENTOR))

    found = await service.preview(file)

    assert [(each.number, each.name, each.notes) for each in found.imported] == [
        (2, "Ana", ()),
        (8, "Fay", ("The grade “Band 9” is not known, so it is left out.",)),
    ]
    assert [(each.number, each.reason) for each in found.skipped] == [
        (3, "The email address is missing."),
        (4, "“cai at leeds” is not an email address."),
        (5, "The name is missing or cannot be used: Enter a name."),
        (6, "The person stands in row 2 with another address."),
        (7, "They are a mentor of this round already."),
        (9, "The address stands in row 8 already."),
    ]
    assert await Person.count() == before


async def test_somebody_we_know_keeps_their_name_and_employer(now: datetime) -> None:
    round = await a_round(now=now)
    ana = await a_person(name="Ana Example", address="ana@leeds.example", now=now)
    await people.set_employment(ana, organisation=None, organisation_name="Leeds", job_title="", on=now.date())

    await imported(round, "name,email\nA. N. Example,Ana@leeds.example\n", now, side=Side.MENTEE)

    (one,) = await queries.mentees(round)
    assert (one.person, one.name, one.organisation_name) == (ana, "Ana Example", "Leeds")


async def test_a_workbook_comes_in_like_a_csv(now: datetime) -> None:
    round = await a_round(now=now)
    octets = exports.as_xlsx(["Name", "Email", "How many mentees"], [["Ana", "ana@leeds.example", 3]])

    assert await imported(round, octets, now, side=Side.MENTOR) == Done(1, 0)
    assert [one.capacity for one in await queries.mentors(round)] == [3]


async def test_who_did_not_agree_to_the_use_of_their_answers_is_left_out(now: datetime) -> None:
    round = await a_round(now=now)
    text = (
        "Do you agree to us using the information …,Your first name,Your last name,Your Civil Service email address\n"
        "Yes,Mia,Mentor,mia@leeds.example\nNo,Mo,Mentor,mo@leeds.example\n,Max,Mentor,max@leeds.example\n"
    )

    assert await imported(round, text, now, side=Side.MENTOR) == Done(1, 2)
    assert [one.name for one in await queries.mentors(round)] == ["Mia Mentor"]


async def test_a_form_s_list_takes_only_those_who_said_yes(now: datetime) -> None:
    round = await a_round(now=now)
    text = (
        "Timestamp,Do you want to sign up as a mentor?,Do you agree to us using the information …,Your first name,"
        "Your last name,Your Civil Service email address,Your job title or role,Your department or agency,Your grade,"
        "Your profession\n"
        "1/2/2026,Yes,Yes,Mia,Mentor,mia@leeds.example,Head,Leeds,Grade 7,Finance\n"
        "1/2/2026,No,Yes,Mo,Mentee,mo@leeds.example,Analyst,Leeds,EO,Finance\n"
    )

    assert await imported(round, text, now, side=Side.MENTOR) == Done(1, 1)
    (mia,) = await queries.mentors(round)
    assert (mia.name, mia.organisation_name, mia.answers.job_title, mia.answers.grade) == (
        "Mia Mentor",
        "Leeds",
        "Head",
        6,
    )


async def test_columns_that_do_not_tell_the_side_ask_for_it(now: datetime) -> None:
    round = await a_round(now=now)

    with pytest.raises(Invalid) as refused:
        await brought(round, "name,email\nAna,ana@leeds.example\n", now)

    assert list(refused.value.errors) == ["side"]


async def test_a_mapping_needs_an_address_and_a_name(now: datetime) -> None:
    round = await a_round(now=now)
    file = await brought(round, "who,where\nAna,ana@leeds.example\n", now, side=Side.MENTOR)

    with pytest.raises(Invalid, match="email address"):
        await service.import_people(round, file, actor=ACADEMY, now=now)
    with pytest.raises(Invalid, match="column with the name"):
        await service.choose_columns(file, {1: "email"})
    with pytest.raises(Invalid, match="stands for two columns"):
        await service.choose_columns(file, {0: "email", 1: "email"})
    await service.choose_columns(file, {0: "name", 1: "email"})

    assert await service.import_people(round, file, actor=ACADEMY, now=now) == Done(1, 0)


async def test_a_file_belongs_to_its_round(now: datetime) -> None:
    file = await brought(await a_round(now=now), MENTORS, now)

    with pytest.raises(NotFound):
        await service.file_of(await a_round(now=now), file)


async def test_a_closed_round_takes_nobody(now: datetime) -> None:
    round = await a_round(status=RoundStatus.CLOSED, now=now)

    with pytest.raises(CannotSignUp):
        await brought(round, MENTORS, now)


async def test_files_are_forgotten_after_a_week_and_what_they_did_stays(now: datetime) -> None:
    round = await a_round(now=now)
    file = await brought(round, MENTORS, now)
    await service.import_people(round, file, actor=ACADEMY, now=now)

    assert await service.purge_files(now + timedelta(days=6)) == 0
    assert await service.purge_files(now + timedelta(days=8)) == 1
    assert await service.purge_files(now + timedelta(days=8)) == 0
    rows = await ProfileImport.select(ProfileImport.added, ProfileImport.content)
    assert [(row["added"], row["content"]) for row in rows] == [(2, None)]
    with pytest.raises(NotFound, match="no longer keep"):
        await service.file_of(round, file)


async def test_two_coordinators_who_import_at_once_add_everybody_once(now: datetime) -> None:
    round = await a_round(now=now)
    files = [await brought(round, MENTORS, now) for _ in range(2)]

    done = await asyncio.gather(*(service.import_people(round, file, actor=ACADEMY, now=now) for file in files))

    assert sum(each.added for each in done) == 2
    assert await MentorProfile.count() == 2


async def break_over_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The import writes one person at a time, and breaks over the second."""
    really, written = importing._write, 0

    async def write(*given: Any, **named: Any) -> int:
        nonlocal written
        written += 1
        if written == 2:
            raise OSError("the disk is gone")
        return await really(*given, **named)

    monkeypatch.setattr(importing, "PIECE", 1)
    monkeypatch.setattr(importing, "_write", write)


async def test_an_import_that_breaks_half_way_leaves_nobody(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    round = await a_round(now=now)
    file = await brought(round, MENTORS, now)

    with monkeypatch.context() as patched:
        await break_over_the_second(patched)
        with pytest.raises(OSError, match="the disk is gone"):
            await service.import_people(round, file, actor=ACADEMY, now=now)

    assert (await Person.count(), await MentorProfile.count()) == (0, 0)
    assert await service.import_people(round, file, actor=ACADEMY, now=now) == Done(2, 0)


async def test_without_one_transaction_it_would_leave_some(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    round = await a_round(now=now)
    file = await brought(round, MENTORS, now)
    await break_over_the_second(monkeypatch)
    monkeypatch.setattr(room, "transaction", nullcontext)
    monkeypatch.setattr(room, "lock", AsyncMock())

    with pytest.raises(OSError, match="the disk is gone"):
        await service.import_people(round, file, actor=ACADEMY, now=now)

    assert await MentorProfile.count() == 1


async def test_who_signs_up_at_this_moment_is_left_as_they_are(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    round = await a_round(now=now)
    file = await brought(round, MENTORS, now)
    really = lists.preview

    async def meanwhile(*given: Any) -> Any:
        found = await really(*given)
        if await Person.count() == 0:
            await a_mentor(round=round, person=await a_person(address="mia@leeds.example", now=now), grade=3, now=now)
        return found

    monkeypatch.setattr(lists, "preview", meanwhile)

    assert await service.import_people(round, file, actor=ACADEMY, now=now) == Done(added=1, skipped=1)
    assert sorted(one.answers.grade or 0 for one in await queries.mentors(round)) == [3, 8]


@pytest.mark.usefixtures("clock")
async def test_a_long_import_is_asked_for_once_and_survives_who_dies_over_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    round = await a_round(now=now)
    file = await brought(round, MENTORS, now)
    monkeypatch.setattr(importing, "SMALL", 0)
    cora = await a_coordinator(name="Cora", now=now)
    asked = [await service.ask_import(round, file, actor=Actor(cora, "Cora"), now=now) for _ in range(2)]
    assert [each.state for each in asked] == [WorkState.WAITING] * 2
    lost: dict[Any, Any] = {ProfileImport.state: WorkState.WORKING, ProfileImport.leased_until: now + LEASE}
    await ProfileImport.update(lost).where(ProfileImport.id == file)

    assert await jobs.suggestions(now) == 0
    assert await jobs.suggestions(now + LEASE) == 1
    assert await jobs.suggestions(now + LEASE) == 0

    done = await service.standing(round, file)
    assert (done.state, done.added, done.asked_by_name) == (WorkState.READY, 2, "Cora")
    actors = await Entry.select(Entry.actor).where(Entry.verb == "mentor.import")
    assert [each["actor"] for each in actors] == [cora] * 2


@pytest.mark.usefixtures("clock")
async def test_two_processes_that_carry_out_one_list_count_it_once(now: datetime) -> None:
    """The lease of the first was over, though it went on working."""
    round = await a_round(now=now)
    file = await brought(round, MENTORS, now)

    both = await asyncio.gather(
        *(service.import_people(round, file, actor=ACADEMY, now=now) for _ in range(2)), return_exceptions=True
    )

    assert both == [Done(2, 0), Done(2, 0)]
    assert await MentorProfile.count() == 2
    assert await Entry.count().where(Entry.verb == "mentoring_round.import") == 1


async def test_a_list_can_be_imported_again_with_other_columns(now: datetime) -> None:
    round = await a_round(now=now)
    text = "name,email,second\nAna,a@x.example,b@x.example\n"
    file = await brought(round, text, now, side=Side.MENTEE)
    await service.import_people(round, file, actor=ACADEMY, now=now)

    await service.choose_columns(file, {0: "name", 2: "email"})

    assert await service.import_people(round, file, actor=ACADEMY, now=now) == Done(1, 0)
    assert len(await queries.mentees(round)) == 2


LINES = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Ben", "", "Cai\tD", "=1+1", "<b>"]),
        st.sampled_from(["a@x.example", "A@X.example", "b@x.example", "c@x.example", "no", ""]),
        st.sampled_from(["G7", "SEO", "zzz", "", "10", "11"]),
    ),
    min_size=1,
    max_size=8,
)


@examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
async def test_whatever_is_in_a_list_a_second_import_adds_nothing(
    database: room.Engine, now: datetime, lines: Sequence[tuple[str, str, str]]
) -> None:
    round = await a_round(now=now)
    octets = exports.as_csv(["name", "email", "grade"], lines)

    first = await imported(round, octets, now, side=Side.MENTEE)
    again = await imported(round, octets, now, side=Side.MENTEE)

    assert again.added == 0
    assert first.added == len(await queries.mentees(round))
    assert len({one.person for one in await queries.mentees(round)}) == first.added


async def test_a_long_list_leaves_the_loop_to_others(now: datetime) -> None:
    """While hundreds of people come in, a visitor's request is looked after between the pieces."""
    round = await a_round(now=now)
    lines = [[f"Person {number}", f"p{number}@x.example", "SEO"] for number in range(600)]
    file = await brought(round, exports.as_csv(["name", "email", "grade"], lines), now, side=Side.MENTOR)
    turns = 0

    async def visitor() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    visiting = asyncio.create_task(visitor())
    await asyncio.sleep(0)
    done = await service.import_people(round, file, actor=ACADEMY, now=now)
    visiting.cancel()

    assert done.added == 600
    assert turns > 20
    assert await EmailAddress.count() == 600


async def test_what_a_list_says_of_somebody_is_marked_as_brought_until_they_save_it_themself(now: datetime) -> None:
    round = await a_round(now=now)
    await imported(round, MENTORS, now)
    await imported(round, MENTEES, now)
    facts = await queries.pool(round, now=now)
    (mo,) = [one for one in facts.pool.mentees if one.name == "Mo Mentee"]
    assert mo.background_wanted == ("brought with a list, gender: woman",)
    (mentee,) = [one for one in await queries.mentees(round) if one.name == "Mo Mentee"]

    own = [Told(question="gender", answer="woman")]
    await service.change_mentee(
        mentee.id, mentee.answers, told=own, version=mentee.version, actor=Actor(mentee.person, "Mo"), now=now
    )

    (mo,) = [one for one in (await queries.pool(round, now=now)).pool.mentees if one.name == "Mo Mentee"]
    assert mo.background_wanted == ("gender: woman",)
