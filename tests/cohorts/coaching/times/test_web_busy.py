"""A coach at the page of calendars: what is said, what is hidden, and what others may not see."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar

from academy.audit.service import ACADEMY
from academy.settings import Settings
from cohorts.coaching.times import busy, queries, sources
from cohorts.coaching.times.addresses import CannotFetch, Refused
from cohorts.coaching.times.tables import BusySource
from tests.cohorts.coaching.times.test_busy import calendar
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.makers import a_coach, a_person
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database", "clock")

ADDRESS = "https://calendar.example.org/private-1f2e/basic.ics?key=hush"
GONE = "There is no calendar at this address any more. Publish it again, and paste the new address."

Fetched = Callable[..., Awaitable[bytes]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address is that of a calendar with two entries; those that were asked for."""
    found: list[str] = []

    async def fetch(address: str, **options: object) -> bytes:
        found.append(address)
        return calendar("0309", "0411")

    monkeypatch.setattr(busy, "fetch", fetch)
    return found


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No calendar is there."""

    async def fetch(address: str, **options: object) -> bytes:
        error: CannotFetch = Refused(GONE)
        raise error

    monkeypatch.setattr(busy, "fetch", fetch)


async def signed_in(client: httpx.AsyncClient, *, name: str = "Daniel Reid") -> UUID:
    coach = await a_coach(name=name)
    await sign_in(client, (await queries.coach(coach)).person)
    return coach


async def add(client: httpx.AsyncClient, address: str = ADDRESS, *, name: str = "Work") -> httpx.Response:
    return await post(client, "/coach/busy/addresses", {"address": address, "name": name}, page="/coach/busy")


async def load(client: httpx.AsyncClient, content: bytes, *, name: str = "Clinic") -> httpx.Response:
    files = {"file": ("calendar.ics", content, "text/calendar")}
    return await post(client, "/coach/busy/files", {"file_name": name}, page="/coach/busy", files=files)


async def said(client: httpx.AsyncClient, answer: httpx.Response) -> str:
    """What the next page says, once."""
    assert (answer.status_code, answer.headers["location"]) == (303, "/coach/busy")
    shown = words(await client.get("/coach/busy"))
    return next(text for text in shown if text.startswith("The "))


async def test_a_coach_without_calendars_is_told_what_they_are_for(client: httpx.AsyncClient) -> None:
    await signed_in(client)

    answer = await client.get("/coach/busy")

    assert (answer.status_code, heading(answer)) == (200, "Busy elsewhere")
    assert "No calendars yet" in words(answer)


async def test_an_address_is_added_and_read_at_once(client: httpx.AsyncClient, asked: list[str]) -> None:
    coach = await signed_in(client)

    assert await said(client, await add(client)) == "The calendar Work is read. It has 2 busy times to come."

    answer = await client.get("/coach/busy")
    shown = words(answer)
    assert asked == [ADDRESS]
    assert [
        text for text in ("Work", "Working", "calendar.example.org", "1 June 2026, 10am") if text not in shown
    ] == []
    assert len(await sources.sources_of(coach, now=(await queries.coach(coach)).created_at)) == 1
    assert [part for part in ("private-1f2e", "hush") if part in answer.text] == []


async def test_an_address_without_a_name_has_that_of_its_server(client: httpx.AsyncClient, asked: list[str]) -> None:
    await signed_in(client)

    assert await said(client, await add(client, name=" ")) == (
        "The calendar calendar.example.org is read. It has 2 busy times to come."
    )


@pytest.mark.usefixtures("broken")
async def test_a_calendar_that_cannot_be_read_stays_and_says_why(client: httpx.AsyncClient) -> None:
    await signed_in(client)

    answer = await add(client)
    told = words(await client.get("/coach/busy"))
    assert answer.status_code == 303
    assert told[told.index(f"The calendar Work could not be read. {GONE}") - 1] == "Important"

    shown = words(await client.get("/coach/busy"))
    assert ("Last try failed" in shown, GONE in shown, "Not yet" in shown) == (True, True, True)


@pytest.mark.usefixtures("broken")
async def test_after_three_failures_the_page_warns(client: httpx.AsyncClient, clock: Clock) -> None:
    coach = await signed_in(client)
    await add(client)
    (source,) = await queries.sources(coach)
    for _ in range(2):
        await post(client, f"/coach/busy/{source['id']}/read", page="/coach/busy")

    never = words(await client.get("/coach/busy"))
    await BusySource.update({BusySource.read_at: clock.now}).where(BusySource.id == source["id"])
    once = words(await client.get("/coach/busy"))

    assert "Not working" in never
    assert "We know nothing of this calendar, so people may book you while you are busy." in never
    assert (
        "We use what this calendar said when it was last read. New entries are missing, "
        "so people may book you while you are busy."
    ) in once


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Paste the address of your published calendar."),
        ("http://calendar.example.org/", "Enter an address that starts with https:// or webcal://"),
        ("https://localhost/", "The address must name a server on the internet, like calendar.example.org."),
    ],
)
async def test_a_wrong_address_is_kept_with_what_is_wrong(
    client: httpx.AsyncClient, asked: list[str], address: str, sentence: str
) -> None:
    await signed_in(client)

    answer = await add(client, address)

    assert (answer.status_code, field_errors(answer), asked) == (422, {"address": sentence}, [])
    assert f'value="{address}"' in answer.text


async def test_the_same_calendar_twice_and_the_sixth_are_refused(client: httpx.AsyncClient, asked: list[str]) -> None:
    await signed_in(client)
    await add(client)
    again = await add(client)
    for number in range(4):
        await add(client, f"https://calendar.example.org/{number}.ics")

    sixth = await add(client, "https://calendar.example.org/6.ics")

    assert list(field_errors(again)) == list(field_errors(sixth)) == ["address"]
    assert "You have 5 calendars. To add another one, remove one first." in words(sixth)


async def test_a_file_is_loaded_and_loaded_again(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client)

    first = await said(client, await load(client, calendar("0309")))
    second = await said(client, await load(client, calendar("0409", "0509")))

    assert first == "The file is read. It has 1 busy time to come. It is not kept."
    assert second == "The file is read. It has 2 busy times to come. It is not kept."
    assert len(await queries.sources(coach)) == 1
    shown = words(await client.get("/coach/busy"))
    assert [text for text in ("Clinic", "A file", "Covers until", "1 June 2027") if text not in shown] == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose the file of a calendar. Its name ends in .ics."),
        (b"name,date", "This is not a calendar. It must be one in the iCalendar format, which ends in .ics."),
        (
            b"BEGIN:VCALENDAR\r\n" + b"X" * 1_048_576,
            "The calendar is larger than 1 MB. Publish only free and busy times, or fewer months of it.",
        ),
    ],
)
async def test_a_file_that_is_no_calendar_is_refused(client: httpx.AsyncClient, content: bytes, sentence: str) -> None:
    await signed_in(client)

    answer = await load(client, content)

    assert (answer.status_code, field_errors(answer)) == (422, {"file": sentence})


async def test_a_calendar_is_read_again(client: httpx.AsyncClient, asked: list[str], clock: Clock) -> None:
    coach = await signed_in(client)
    await add(client)
    (source,) = await queries.sources(coach)
    later = clock.advance(minutes=3)

    answer = await post(client, f"/coach/busy/{source['id']}/read", page="/coach/busy")

    assert await said(client, answer) == "The calendar Work is read. It has 2 busy times to come."
    assert (await queries.sources(coach))[0]["read_at"] == later
    assert len(asked) == 2


async def test_nobody_makes_us_ask_other_servers_without_end(
    client: httpx.AsyncClient, asked: list[str], clock: Clock
) -> None:
    coach = await signed_in(client)
    await add(client)
    (source,) = await queries.sources(coach)
    answers = [await post(client, f"/coach/busy/{source['id']}/read", page="/coach/busy") for _ in range(20)]

    assert [each.status_code for each in answers] == [303] * 19 + [429]
    assert len(asked) == 20
    clock.advance(minutes=11)
    assert (await post(client, f"/coach/busy/{source['id']}/read", page="/coach/busy")).status_code == 303


async def test_removing_asks_first(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client)
    await load(client, calendar("0309"))
    (source,) = await queries.sources(coach)

    asking = await client.get(f"/coach/busy/{source['id']}/remove")
    assert heading(asking) == "Remove the calendar Clinic?"
    assert len(await queries.sources(coach)) == 1
    done = await post(client, f"/coach/busy/{source['id']}/remove", page=f"/coach/busy/{source['id']}/remove")

    assert await said(client, done) == "The calendar Clinic and its busy times are removed."
    assert await queries.sources(coach) == []


async def test_another_coachs_calendar_is_not_there(client: httpx.AsyncClient, asked: list[str]) -> None:
    now = (await queries.coach(await signed_in(client))).created_at
    other = await a_coach(name="Isla Reid")
    theirs = await busy.add_address(other, "Work", ADDRESS, actor=ACADEMY, now=now)

    for calendar_id in (theirs, uuid4()):
        for path in (f"/coach/busy/{calendar_id}/read", f"/coach/busy/{calendar_id}/remove"):
            assert (await post(client, path, page="/coach/busy")).status_code == 404
        assert (await client.get(f"/coach/busy/{calendar_id}/remove")).status_code == 404
    assert (asked, len(await queries.sources(other))) == ([], 1)


async def test_a_file_cannot_be_read_again(client: httpx.AsyncClient) -> None:
    coach = await signed_in(client)
    await load(client, calendar("0309"))
    (source,) = await queries.sources(coach)

    assert (await post(client, f"/coach/busy/{source['id']}/read", page="/coach/busy")).status_code == 404


async def test_only_coaches_have_this_page(client: httpx.AsyncClient) -> None:
    await sign_in(client, await a_person())

    assert (await client.get("/coach/busy")).status_code == 403


async def test_a_machine_that_may_not_reach_out_takes_files_only(
    client: httpx.AsyncClient, app: Litestar, settings: Settings, asked: list[str]
) -> None:
    coach = await signed_in(client)
    await add(client)
    (source,) = await queries.sources(coach)
    app.state["settings"] = msgspec.structs.replace(settings, calendar_import=False)

    shown = await client.get("/coach/busy")
    adding = await add(client, "https://calendar.example.org/other.ics")
    reading = await post(client, f"/coach/busy/{source['id']}/read", page="/coach/busy")
    loading = await load(client, calendar("0309"))

    assert 'name="address"' not in shown.text and "Read again" not in words(shown)  # noqa: PT018
    assert [adding.status_code, reading.status_code, loading.status_code] == [409, 409, 303]
    assert len(asked) == 1


async def test_the_page_asks_a_constant_number_of_queries(client: httpx.AsyncClient, clock: Clock) -> None:
    coach = await signed_in(client)
    numbers = []
    for names in (["One"], ["Two", "Three"]):
        for name in names:
            await busy.add_file(coach, name, calendar("0309"), actor=ACADEMY, now=clock.now)
        with counted() as statements:
            assert (await client.get("/coach/busy")).status_code == 200
        numbers.append(len(statements))

    assert numbers[0] == numbers[1]


async def test_a_session_that_is_over_leaves_no_busy_time_to_come(client: httpx.AsyncClient, clock: Clock) -> None:
    coach = await signed_in(client)
    await busy.add_file(coach, "Clinic", calendar("0309"), actor=ACADEMY, now=clock.now)

    later = clock.now + timedelta(days=10)

    assert [each.times for each in await sources.sources_of(coach, now=later)] == [0]
