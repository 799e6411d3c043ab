"""A coach at their own pages: the week, exceptions, rules, the profile; what is kept when something is wrong."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest

from academy.audit.service import ACADEMY
from cohorts.coaching.bookings.tables import CoachingSession, SessionStatus
from cohorts.coaching.times import queries, rules, service
from cohorts.coaching.times.rules import CoachProfile, CoachRules, DayException, Stretch
from cohorts.coaching.times.tables import BusySource, BusyTime, ExceptionKind, Nation
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import a_coach, a_coordinator, a_person, an_enrolment, weekly
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")

TIMES = "/coach/times"
MONDAY = date(2026, 6, 8)
"""A week after the day of the tests' clock."""


@pytest.fixture(autouse=True)
def fixed(clock: Clock) -> None:
    """Monday, 1 June 2026, 10:00 in London."""


async def signed_in(client: httpx.AsyncClient, coach: UUID) -> UUID:
    await sign_in(client, (await queries.coach(coach)).person)
    return coach


async def version(coach: UUID) -> str:
    return str((await queries.coach(coach)).version)


def typed(answer: httpx.Response) -> dict[str, str]:
    """The text fields of a page, by name."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)" type="text" value="([^"]*)"', answer.text)
    }


def seen(answer: httpx.Response) -> dict[str, str]:
    """What people see, by day."""
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]*)</dd></div>\n", answer.text))


async def a_session(coach: UUID, *, starts_at: datetime, minutes: int = 60, status: str = "booked") -> UUID:
    row = CoachingSession(
        coach=coach,
        enrolment=(await an_enrolment()).enrolment,
        status=SessionStatus(status),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        created_at=starts_at - timedelta(days=9),
    )
    await CoachingSession.insert(row)
    return row.id


# ---------------------------------------------------------------- who may
async def test_only_coaches_open_the_pages_of_coaches(client: httpx.AsyncClient) -> None:
    pages = [TIMES, f"{TIMES}/rules", "/coach/profile", f"{TIMES}/exceptions/{uuid4()}/remove"]
    left = await a_coach(name="Lea Left")
    await service.leave(left, actor=ACADEMY, now=datetime(2026, 6, 1, 9, tzinfo=UTC))
    answers: dict[str, list[int]] = {}
    people = {
        "nobody": None,
        "participant": await a_person(),
        "coordinator": await a_coordinator(),
        "left": (await queries.coach(left)).person,
        "coach": (await queries.coach(await a_coach())).person,
    }
    for name, person in people.items():
        client.cookies.clear()
        if person:
            await sign_in(client, person)
        answers[name] = [(await client.get(path)).status_code for path in pages]

    assert answers == {
        "nobody": [303, 303, 303, 303],
        "participant": [403, 403, 403, 403],
        "coordinator": [403, 403, 403, 403],
        "left": [403, 403, 403, 403],
        "coach": [200, 200, 200, 404],
    }


# ---------------------------------------------------------------- the week
async def test_the_page_shows_the_week_and_says_who_can_book_nobody_yet(client: httpx.AsyncClient) -> None:
    await signed_in(client, await a_coach(times=rules.NO_TIMES))

    answer = await client.get(TIMES)

    assert (answer.status_code, heading(answer)) == (200, "Your times")
    assert "Nobody can book you yet. Enter the hours of a usual week, then save." in words(answer)
    assert {name: value for name, value in typed(answer).items() if name.startswith("d")} == {
        f"d{day}_0_{part}": "" for day in range(7) for part in ("from", "to")
    }


async def test_a_coach_saves_a_week_with_several_stretches_a_day(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach(times=rules.NO_TIMES))
    form = {"d0_0_from": "9:00am", "d0_0_to": "12:00", "d0_1_from": "1pm", "d0_1_to": "14:30", "d4_0_from": ""}

    answer = await post(client, TIMES, {**form, "version": await version(coach)}, page=TIMES)

    assert (answer.status_code, answer.headers["location"]) == (303, TIMES)
    assert await queries.weekly(coach) == ((Stretch(540, 720), Stretch(780, 870)), (), (), (), (), (), ())
    assert typed(await client.get(TIMES))["d0_1_to"] == "2:30pm"


async def test_what_is_wrong_is_said_at_once_and_what_was_typed_stays(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach(times=weekly((9, 10))))
    form = {"d0_0_from": "9am", "d0_0_to": "8am", "d2_0_from": "<b>", "d2_0_to": "5pm"}

    answer = await post(client, TIMES, {**form, "version": await version(coach)}, page=TIMES)

    assert answer.status_code == 422
    assert field_errors(answer) == {
        "d0_0_to": "Monday: it must end after 9am, the same day.",
        "d2_0_from": "Wednesday: enter when you start, like 9am.",
    }
    assert {name: typed(answer)[name] for name in form} == form
    assert await queries.weekly(coach) == weekly((9, 10))


async def test_a_row_is_added_without_javascript_and_nothing_typed_is_lost(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach(times=weekly((9, 10))))
    form = {"d1_0_from": "8am", "d1_0_to": "10am", "do": "add-1", "version": await version(coach)}

    answer = await post(client, TIMES, form, page=TIMES)

    assert answer.status_code == 200
    fields = typed(answer)
    assert (fields["d1_0_from"], fields["d1_1_from"], fields["d1_1_to"]) == ("8am", "", "")
    assert "d2_1_from" not in fields
    assert re.findall(r'id="([^"]+)"[^>]* autofocus', answer.text) == ["d1_1_from"]
    assert "Not saved yet." in words(answer)
    assert await queries.weekly(coach) == weekly((9, 10))


async def test_mondays_times_are_copied_and_not_saved_before_the_coach_says_so(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach(times=rules.NO_TIMES))
    form = {"d0_0_from": "8am", "d0_0_to": "10am", "d5_0_from": "1pm", "d5_0_to": "2pm", "do": "copy"}

    answer = await post(client, TIMES, {**form, "version": await version(coach)}, page=TIMES)

    fields = typed(answer)
    assert [fields[f"d{day}_0_from"] for day in range(7)] == ["8am"] * 5 + ["1pm", ""]
    assert await queries.weekly(coach) == rules.NO_TIMES


async def test_enter_in_a_field_saves_and_adds_no_row(client: httpx.AsyncClient) -> None:
    """Browsers press the first button of a form."""
    await signed_in(client, await a_coach())

    form = re.findall(
        r'<form method="post" action="/coach/times" novalidate>.*?</form>', (await client.get(TIMES)).text, re.S
    )

    first, *_ = re.findall(r"<button[^>]*>", form[0])
    assert "name=" not in first


@pytest.mark.parametrize("shown", ["0", "", "x", "99999999999"])
async def test_another_window_that_saved_first_is_not_undone(client: httpx.AsyncClient, shown: str) -> None:
    coach = await signed_in(client, await a_coach(times=weekly((9, 10))))
    form = {"d0_0_from": "2pm", "d0_0_to": "3pm", "version": shown}

    answer = await post(client, TIMES, form, page=TIMES)

    assert answer.status_code == 409
    assert typed(answer)["d0_0_from"] == "2pm"
    shown_words = words(answer)
    assert "Somebody else saved your week while you had it open" in shown_words
    where = shown_words.index("Typed by you")
    assert shown_words[where + 1 : where + 4] == ["Monday", "9am to 10am", "2pm to 3pm"]
    assert await queries.weekly(coach) == weekly((9, 10))
    again = {**form, "version": await version(coach)}
    assert (await post(client, TIMES, again, page=TIMES)).status_code == 303


# ------------------------------------------------------------------ exceptions
async def test_leave_is_added_shown_and_removed_after_a_question(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach())
    form = {"kind": "leave", "from_on": "2026-06-08", "to_on": "2026-06-12", "note": "Portugal"}

    added = await post(client, f"{TIMES}/exceptions", form, page=TIMES)

    assert (added.status_code, added.headers["location"]) == (303, TIMES)
    (made,) = await queries.exceptions(coach)
    shown = words(await client.get(TIMES))
    assert "Leave is added: 8 June 2026 to 12 June 2026." in shown
    assert "Portugal" in shown
    here = f"{TIMES}/exceptions/{made.id}/remove"
    assert heading(await client.get(here)) == "Remove leave: 8 June 2026 to 12 June 2026?"
    assert len(await queries.exceptions(coach)) == 1
    assert (await post(client, here, page=here)).status_code == 303
    assert await queries.exceptions(coach) == []


@pytest.mark.parametrize(
    ("kind", "added", "asked"),
    [
        ("extra", "Extra hours are added", "Remove extra hours"),
        ("off", "Time off is added", "Remove time off"),
    ],
)
async def test_each_kind_of_exception_is_told_in_a_sentence(
    client: httpx.AsyncClient, kind: str, added: str, asked: str
) -> None:
    coach = await signed_in(client, await a_coach())

    form = {"kind": kind, "from_on": "2026-06-13", "from_at": "10am", "to_at": "12pm"}
    await post(client, f"{TIMES}/exceptions", form, page=TIMES)
    (made,) = await queries.exceptions(coach)

    assert f"{added}: 13 June 2026, 10am to 12pm." in words(await client.get(TIMES))
    question = await client.get(f"{TIMES}/exceptions/{made.id}/remove")
    assert heading(question) == f"{asked}: 13 June 2026, 10am to 12pm?"


async def test_an_exception_that_makes_no_sense_is_said_and_kept(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach())
    form = {"kind": "extra", "from_on": "2026-06-13", "from_at": "10am", "to_at": "", "note": "Open day"}

    answer = await post(client, f"{TIMES}/exceptions", form, page=TIMES)

    assert answer.status_code == 422
    assert field_errors(answer) == {"to_at": "Enter until when, like 5:30pm."}
    assert (typed(answer)["from_at"], typed(answer)["note"]) == ("10am", "Open day")
    assert '<details class="govuk-details app-details" id="add" open>' in answer.text
    assert await queries.exceptions(coach) == []


async def test_the_exception_of_another_coach_is_not_found(client: httpx.AsyncClient, now: datetime) -> None:
    other = await a_coach(name="Olu Other")
    off = DayException(kind=ExceptionKind.OFF, from_on=MONDAY, to_on=MONDAY)
    made = await service.add_exception(other, off, actor=ACADEMY, now=now)
    await signed_in(client, await a_coach())
    here = f"{TIMES}/exceptions/{made}/remove"

    assert (await client.get(here)).status_code == 404
    assert (await post(client, here, page=TIMES)).status_code == 404
    assert len(await queries.exceptions(other)) == 1


async def test_what_is_booked_in_the_time_of_leave_is_named(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach())
    inside = await a_session(coach, starts_at=datetime(2026, 6, 9, 9, tzinfo=UTC))
    await a_session(coach, starts_at=datetime(2026, 6, 11, 9, tzinfo=UTC))
    await a_session(coach, starts_at=datetime(2026, 6, 9, 12, tzinfo=UTC), status="cancelled_by_coachee")

    await post(
        client, f"{TIMES}/exceptions", {"kind": "leave", "from_on": "2026-06-09", "to_on": "2026-06-10"}, page=TIMES
    )
    answer = await client.get(TIMES)

    assert re.findall(r"/coaching/sessions/([0-9a-f-]+)", answer.text) == [str(inside)]
    said = (
        "Leave is added: 9 June 2026 to 10 June 2026. 1 session stays booked in that time until you move or cancel it."
    )
    assert said in words(answer)


async def test_exceptions_that_are_over_are_not_shown(client: httpx.AsyncClient, now: datetime) -> None:
    coach = await signed_in(client, await a_coach())
    for day in (date(2026, 5, 31), date(2026, 6, 1)):
        off = DayException(kind=ExceptionKind.OFF, from_on=day, to_on=day)
        await service.add_exception(coach, off, actor=ACADEMY, now=now)

    shown = words(await client.get(TIMES))

    assert ("31 May 2026" in shown, "1 June 2026" in shown) == (False, True)


# ---------------------------------------------------------- what people see
async def test_the_preview_shows_the_free_times_of_two_weeks(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach(times=weekly((9, 11), days=[1, 3]), notice_hours=24))
    await a_session(coach, starts_at=datetime(2026, 6, 9, 8, tzinfo=UTC))  # 9am to 10am in London
    source = BusySource(coach=coach, name="Work", created_at=datetime(2026, 6, 1, tzinfo=UTC))
    await BusySource.insert(source)
    busy = {"starts_at": datetime(2026, 6, 11, 9, tzinfo=UTC), "ends_at": datetime(2026, 6, 11, 12, tzinfo=UTC)}
    await BusyTime.insert(BusyTime(source=source.id, coach=coach, **busy))

    answer = await client.get(TIMES)

    assert seen(answer) == {
        "Tuesday 2 June": "10am",  # 24 hours from now
        "Thursday 4 June": "9am, 9:30am, 10am",
        "Thursday 11 June": "9am",
    }


async def test_without_the_calendars_the_preview_would_show_more(client: httpx.AsyncClient) -> None:
    """The control of the test above."""
    await signed_in(client, await a_coach(times=weekly((9, 11), days=[1, 3]), notice_hours=24))

    assert set(seen(await client.get(TIMES))) == {
        "Tuesday 2 June",
        "Thursday 4 June",
        "Tuesday 9 June",
        "Thursday 11 June",
    }


async def test_the_preview_is_for_one_length_and_names_bank_holidays(client: httpx.AsyncClient, clock: Clock) -> None:
    clock.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    await signed_in(client, await a_coach(times=weekly((9, 10), days=[4]), lengths=(30, 60), notice_hours=0))

    assert seen(await client.get(TIMES)) == {"Friday 25 December": "Bank holiday", "Friday 1 January": "Bank holiday"}

    clock.now = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert seen(await client.get(TIMES)) == {"Friday 5 June": "9am, 9:30am", "Friday 12 June": "9am, 9:30am"}
    assert seen(await client.get(f"{TIMES}?minutes=60")) == {"Friday 5 June": "9am", "Friday 12 June": "9am"}
    assert seen(await client.get(f"{TIMES}?minutes=7")) == {
        "Friday 5 June": "9am, 9:30am",
        "Friday 12 June": "9am, 9:30am",
    }


async def test_the_page_asks_the_same_number_of_queries_for_one_row_and_for_three(
    client: httpx.AsyncClient, now: datetime
) -> None:
    counts = []
    for rows in (1, 3):
        coach = await a_coach(times=weekly(*[(9 + each, 10 + each) for each in range(0, rows * 2, 2)]))
        for number in range(rows):
            day = MONDAY + timedelta(days=number)
            off = DayException(kind=ExceptionKind.OFF, from_on=day, to_on=day)
            await service.add_exception(coach, off, actor=ACADEMY, now=now)
            await a_session(coach, starts_at=datetime(2026, 6, 8 + number, 9, tzinfo=UTC))
        client.cookies.clear()
        await signed_in(client, coach)
        with counted() as statements:
            assert (await client.get(TIMES)).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 9


async def test_the_calendars_that_say_when_the_coach_is_busy_are_named_with_how_they_work(
    client: httpx.AsyncClient, now: datetime
) -> None:
    coach = await signed_in(client, await a_coach())
    assert "Add a calendar" in words(await client.get(TIMES))
    calendars: dict[str, dict[str, object]] = {"Work": {"read_at": now}, "Home": {"failures": 9}, "Club": {}}
    for number, (name, told) in enumerate(calendars.items()):
        made = {"created_at": now + timedelta(minutes=number), **told}
        await BusySource.insert(BusySource(coach=coach, name=name, address="https://cal.example/secret.ics", **made))

    answer = await client.get(TIMES)

    where = (shown := words(answer)).index("Work")
    assert shown[where : where + 6] == ["Work", "Working", "Home", "Not working", "Club", "Not read yet"]
    assert "secret" not in answer.text


# ------------------------------------------------------- rules and profile
RULES = {
    "zone": "America/New_York",
    "nation": "scotland",
    "lengths": "90",
    "buffer": "0",
    "notice": "48",
    "horizon": "30",
    "most_a_day": "2",
    "most_a_week": "",
    "place": "Room 4",
    "link": "https://meet.example/dan",
    "confirms": "yes",
}


async def test_a_coach_changes_the_rules(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach(times=weekly((9, 12), days=[0])))
    here = f"{TIMES}/rules"

    answer = await post(client, here, {**RULES, "version": await version(coach)}, page=here)

    assert (answer.status_code, answer.headers["location"]) == (303, TIMES)
    pattern = (await queries.patterns([coach]))[coach]
    assert (pattern.zone, pattern.nation, pattern.lengths) == ("America/New_York", Nation.SCOTLAND, (90,))
    assert (pattern.buffer_minutes, pattern.notice_hours, pattern.horizon_days) == (0, 48, 30)
    assert (pattern.most_a_day, pattern.most_a_week) == (2, None)
    shown = await client.get(TIMES)
    assert "When people can book you. Times are New York time, EDT." in words(shown)
    assert seen(shown) == {"Monday 8 June": "9am, 9:30am, 10am, 10:30am"}
    assert (await queries.coach(coach)).confirms is True


async def test_wrong_rules_are_said_at_once_and_kept(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach())
    before, here = await queries.coach(coach), f"{TIMES}/rules"
    form = {**RULES, "lengths": [], "buffer": "lots", "link": "meet", "version": str(before.version)}

    answer = await post(client, here, form, page=here)

    assert answer.status_code == 422
    assert list(field_errors(answer)) == ["lengths", "buffer", "link"]
    assert (typed(answer)["buffer"], typed(answer)["link"]) == ("lots", "meet")
    assert '<option value="America/New_York" selected>' in answer.text
    assert await queries.coach(coach) == before


async def test_rules_that_another_window_saved_first_are_shown_beside_what_was_typed(
    client: httpx.AsyncClient, now: datetime
) -> None:
    coach = await signed_in(client, await a_coach())
    shown, here = await version(coach), f"{TIMES}/rules"
    told = CoachRules(buffer_minutes=45, link="https://meet.example/dan")
    await service.change_coach(coach, told, version=int(shown), actor=ACADEMY, now=now)
    form = {**RULES, "zone": "Europe/London", "nation": "england-and-wales", "lengths": "60", "version": shown}

    answer = await post(client, here, form, page=here)

    assert answer.status_code == 409
    where = (shown_words := words(answer)).index("Typed by you")
    assert shown_words[where + 1 : where + 4] == ["Kept free before and after", "45", "0"]
    assert typed(answer)["buffer"] == "0"
    assert (await queries.coach(coach)).buffer_minutes == 45


async def test_a_coach_writes_the_profile_and_sees_it_as_people_do(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client, await a_coach())
    form = {"headline": "Leading change", "profile": "I ask <more>.\n\nThan I answer.", "version": await version(coach)}

    answer = await post(client, "/coach/profile", form, page="/coach/profile")

    assert (answer.status_code, answer.headers["location"]) == (303, "/coach/profile")
    kept = await queries.coach(coach)
    assert (kept.headline, kept.profile) == ("Leading change", "I ask <more>.\n\nThan I answer.")
    shown = await client.get("/coach/profile")
    assert '<p class="govuk-body app-lines">I ask &lt;more&gt;.\n\nThan I answer.</p>' in shown.text


async def test_a_profile_that_is_too_long_or_saved_elsewhere_is_kept_in_the_form(
    client: httpx.AsyncClient, now: datetime
) -> None:
    coach = await signed_in(client, await a_coach())
    shown = await version(coach)

    long = await post(client, "/coach/profile", {"headline": "x" * 161, "version": shown}, page="/coach/profile")
    profile = CoachProfile(headline="Theirs")
    await service.change_coach(coach, profile, version=int(shown), actor=ACADEMY, now=now)
    late = await post(client, "/coach/profile", {"headline": "Mine", "version": shown}, page="/coach/profile")

    assert (long.status_code, typed(long)["headline"]) == (422, "x" * 161)
    assert (late.status_code, typed(late)["headline"]) == (409, "Mine")
    assert {"Theirs", "Mine"} <= set(words(late))
    assert (await queries.coach(coach)).headline == "Theirs"
