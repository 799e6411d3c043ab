"""Busy times are read from published calendars and from files; the last good ones stay while a calendar fails."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio

from academy import database as room
from academy.audit.queries import entries_about
from academy.audit.service import ACADEMY
from academy.errors import NotFound
from academy.outbox.tables import Message
from cohorts.coaching.times import busy, queries, service, sources
from cohorts.coaching.times.addresses import BadAddress
from cohorts.coaching.times.busy import CannotRead, KnownAlready, TooManyCalendars, pause, together
from cohorts.coaching.times.fetch import Reach
from cohorts.coaching.times.rules import Interval
from cohorts.coaching.times.sources import SourceView
from cohorts.coaching.times.tables import BusySource, BusySourceKind, BusyTime
from tests.support.calendar_server import HOST, Certificate, Server, plain, serving
from tests.support.makers import a_coach, a_person
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("database")

ADDRESS = f"webcal://{HOST}/private-1f2e/basic.ics"
GONE = plain(b"", status="410 Gone")


def calendar(*starts: str, more: str = "") -> bytes:
    """Entries of an hour in June 2026, each by its day and hour in UTC, such as ``0309``."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{each}\r\nSUMMARY:Private\r\nDTSTART:202606{each[:2]}T{each[2:]}0000Z\r\n"
        f"DURATION:PT1H\r\n{more}END:VEVENT\r\n"
        for each in starts
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


class Published(msgspec.Struct):
    """A server with one calendar, whose answer can be changed."""

    server: Server
    answers: list[object]

    @property
    def reach(self) -> Reach:
        return self.server.reach()

    def says(self, answer: object) -> None:
        self.answers[0] = answer


@pytest_asyncio.fixture
async def published(certificate: Certificate) -> AsyncIterator[Published]:
    """A published calendar, busy on 3 June from 9:00 to 10:00 UTC."""
    answers: list[object] = [plain(calendar("0309"))]

    async def answer(writer: asyncio.StreamWriter) -> None:
        await answers[0](writer)  # type: ignore[operator]

    async with serving(certificate, answer) as server:
        yield Published(server, answers)


async def times(coach: UUID) -> list[str]:
    far = datetime(2030, 1, 1, tzinfo=UTC)
    found = await queries.busy([coach], datetime(2020, 1, 1, tzinfo=UTC), far)
    return [f"{each.starts_at:%d %b %H:%M}" for each in found[coach]]


async def only(coach: UUID, now: datetime) -> SourceView:
    (found,) = await sources.sources_of(coach, now=now)
    return found


async def added(now: datetime, *, coach: UUID | None = None, address: str = ADDRESS) -> tuple[UUID, UUID]:
    coach = coach or await a_coach(now=now)
    return coach, await busy.add_address(coach, "Work", address, actor=ACADEMY, now=now)


# ------------------------------------------------------------------ addresses
async def test_a_published_calendar_is_read(now: datetime, published: Published) -> None:
    coach, source = await added(now)

    assert await busy.read(source, now=now, reach=published.reach)

    assert await times(coach) == ["03 Jun 09:00"]
    found = await only(coach, now)
    assert (found.id, found.kind, found.name, found.server) == (source, BusySourceKind.ADDRESS, "Work", HOST)
    assert (found.read_at, found.failures, found.problem, found.times, found.until) == (now, 0, "", 1, None)


async def test_a_reading_replaces_the_times_of_this_calendar_and_no_other(now: datetime, published: Published) -> None:
    coach, source = await added(now)
    await busy.add_file(coach, "Clinic", calendar("0411"), actor=ACADEMY, now=now)
    other = await a_coach(name="Isla Reid", now=now)
    await busy.add_file(other, "Work", calendar("0511"), actor=ACADEMY, now=now)
    await busy.read(source, now=now, reach=published.reach)

    published.says(plain(calendar("1009", "1109")))
    await busy.read(source, now=now, reach=published.reach)

    assert await times(coach) == ["04 Jun 11:00", "10 Jun 09:00", "11 Jun 09:00"]
    assert await times(other) == ["05 Jun 11:00"]


async def test_a_reading_that_finds_the_same_writes_no_times(now: datetime, published: Published) -> None:
    _, source = await added(now)
    await busy.read(source, now=now, reach=published.reach)

    with counted() as statements:
        await busy.read(source, now=now + timedelta(hours=1), reach=published.reach)

    assert [sql for sql in statements if "busy_time" in sql and not sql.startswith("SELECT")] == []


async def test_how_far_a_calendar_is_read_follows_the_coachs_horizon(now: datetime, published: Published) -> None:
    coach = await a_coach(horizon_days=7, now=now)
    _, source = await added(now, coach=coach)
    published.says(plain(calendar("0309", "2112", "2209")))

    await busy.read(source, now=now, reach=published.reach)

    assert await times(coach) == ["03 Jun 09:00", "21 Jun 12:00"]


async def test_an_invite_that_the_coach_declined_does_not_count(now: datetime, published: Published) -> None:
    person = await a_person(name="Daniel Reid", address="Daniel@Council.example", now=now)
    coach, source = await added(now, coach=await a_coach(person=person, now=now))
    published.says(plain(calendar("0309", more="ATTENDEE;PARTSTAT=DECLINED:mailto:daniel@council.example\r\n")))

    await busy.read(source, now=now, reach=published.reach)

    assert await times(coach) == []


async def test_what_could_not_be_used_is_shown_beside_the_times(now: datetime, published: Published) -> None:
    coach, source = await added(now)
    published.says(plain(calendar("0309", more="RRULE:FREQ=HOURLY\r\n")))

    assert await busy.read(source, now=now, reach=published.reach)

    found = await only(coach, now)
    assert (found.times, found.failures) == (1, 0)
    assert found.problem == (
        "1 entry repeats in a way that we cannot follow: only its first time counts as busy (on 3 June 2026)."
    )


async def test_a_calendar_belongs_to_a_coach_once(now: datetime) -> None:
    coach, _ = await added(now)

    with pytest.raises(KnownAlready):
        await added(now, coach=coach, address=ADDRESS.replace("webcal", "https"))


async def test_five_calendars_are_enough(now: datetime) -> None:
    coach = await a_coach(now=now)
    for number in range(4):
        await added(now, coach=coach, address=f"{ADDRESS}?{number}")
    await busy.add_file(coach, "Clinic", calendar(), actor=ACADEMY, now=now)

    with pytest.raises(TooManyCalendars):
        await added(now, coach=coach, address=f"{ADDRESS}?5")
    with pytest.raises(TooManyCalendars):
        await busy.add_file(coach, "Other", calendar(), actor=ACADEMY, now=now)


async def test_a_bad_address_or_coach_adds_nothing(now: datetime) -> None:
    with pytest.raises(BadAddress):
        await added(now, address="http://10.0.0.1/")
    with pytest.raises(NotFound):
        await added(now, coach=uuid4())

    assert await BusySource.count() == 0


async def test_the_trail_tells_of_calendars_without_their_names_and_addresses(now: datetime) -> None:
    coach, source = await added(now)
    await busy.remove_source(source, coach=coach, actor=ACADEMY, now=now)

    lines = [line for line in await entries_about("coach", coach) if "calendar" in line.verb]

    assert sorted(line.verb for line in lines) == ["coach.add_calendar", "coach.remove_calendar"]
    assert "private-1f2e" not in repr(lines)


# -------------------------------------------------------------------- files
async def test_a_file_is_read_for_a_year_and_not_kept(now: datetime) -> None:
    coach = await a_coach(now=now)

    source = await busy.add_file(coach, "Clinic", calendar("0309"), actor=ACADEMY, now=now)

    found = await only(coach, now)
    assert (found.id, found.kind, found.server, found.times) == (source, BusySourceKind.FILE, "", 1)
    assert found.until == now + timedelta(days=365)
    assert await times(coach) == ["03 Jun 09:00"]
    with pytest.raises(NotFound):
        await busy.read(source, now=now)


async def test_a_file_of_the_same_name_takes_the_place_of_the_one_before(now: datetime) -> None:
    coach = await a_coach(now=now)
    first = await busy.add_file(coach, "Clinic", calendar("0309"), actor=ACADEMY, now=now)

    second = await busy.add_file(coach, "clinic", calendar("0409"), actor=ACADEMY, now=now)

    assert first == second
    assert await times(coach) == ["04 Jun 09:00"]


async def test_a_file_that_is_no_calendar_changes_nothing(now: datetime) -> None:
    coach = await a_coach(now=now)
    await busy.add_file(coach, "Clinic", calendar("0309"), actor=ACADEMY, now=now)

    with pytest.raises(CannotRead) as refused:
        await busy.add_file(coach, "Clinic", b"name,date", actor=ACADEMY, now=now)

    assert refused.value.message.startswith("This is not a calendar.")
    assert await times(coach) == ["03 Jun 09:00"]


async def test_a_calendar_is_removed_with_its_times(now: datetime) -> None:
    coach = await a_coach(now=now)
    source = await busy.add_file(coach, "Clinic", calendar("0309"), actor=ACADEMY, now=now)

    with pytest.raises(NotFound):
        await busy.remove_source(source, coach=await a_coach(name="Isla", now=now), actor=ACADEMY, now=now)
    assert await BusyTime.count() == 1
    await busy.remove_source(source, coach=coach, actor=ACADEMY, now=now)

    assert (await BusySource.count(), await BusyTime.count()) == (0, 0)


# ------------------------------------------------------------------ failures
async def test_the_last_good_times_stay_while_a_calendar_fails(now: datetime, published: Published) -> None:
    coach, source = await added(now)
    await busy.read(source, now=now, reach=published.reach)
    for number, answer in enumerate([GONE, plain(b"<!doctype html>"), plain(calendar("1009")[:-10])], start=1):
        published.says(answer)

        assert not await busy.read(source, now=now + timedelta(hours=number), reach=published.reach)

        found = await only(coach, now)
        assert (found.failures, found.failing, found.read_at, found.times) == (number, number == 3, now, 1)
        assert found.problem != ""
    published.says(plain(calendar("1009")))
    assert await busy.read(source, now=now + timedelta(hours=5), reach=published.reach)

    found = await only(coach, now)
    assert (found.failures, found.problem, await times(coach)) == (0, "", ["10 Jun 09:00"])


async def test_trouble_that_nobody_thought_of_is_a_failure_too(
    now: datetime, published: Published, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    coach, source = await added(now)
    monkeypatch.setattr(busy.ics, "read", lambda *given, **named: 1 / 0)

    assert not await busy.read(source, now=now, reach=published.reach)

    assert (await only(coach, now)).problem == busy.UNEXPECTED
    assert "private-1f2e" not in caplog.text
    assert [record.message for record in caplog.records] == ["a calendar cannot be read"]


async def test_after_three_days_of_failures_the_coach_is_told_once(now: datetime, published: Published) -> None:
    coach, source = await added(now)
    await busy.read(source, now=now, reach=published.reach)
    published.says(GONE)
    for hours in (1, 2, 30, 71):
        await busy.read(source, now=now + timedelta(hours=hours), reach=published.reach)
    assert await Message.count().where(Message.kind == "coaching-calendar") == 0

    for hours in (72, 84, 200):
        await busy.read(source, now=now + timedelta(hours=hours), reach=published.reach)

    (mail,) = await Message.select().where(Message.kind == "coaching-calendar")
    assert mail["person"] == (await queries.coach(coach)).person
    assert mail["subject"] == "Your calendar “Work” could not be read for three days"
    assert "private-1f2e" not in repr(mail)


async def test_a_calendar_that_stops_again_later_is_told_again(now: datetime, published: Published) -> None:
    _, source = await added(now)
    for day in (0, 10):
        published.says(plain(calendar("0309")))
        await busy.read(source, now=now + timedelta(days=day), reach=published.reach)
        published.says(GONE)
        for more in (4, 5, 6):
            await busy.read(source, now=now + timedelta(days=day + more), reach=published.reach)

    assert await Message.count().where(Message.kind == "coaching-calendar") == 2


def test_the_pause_after_failures_grows_up_to_twelve_hours() -> None:
    hours = [[pause(failures) / timedelta(hours=1) for _ in range(50)] for failures in range(9)]

    assert [round((min(each) + max(each)) / 2) for each in hours] == pytest.approx(
        [1, 1, 2, 4, 8, 12, 12, 12, 12], abs=1
    )
    assert all(0.85 <= value <= 1.15 for value in hours[0])
    assert len(set(hours[0])) > 1


def test_only_as_many_sentences_are_kept_as_there_is_room_for() -> None:
    assert together(["One.", "Two."]) == "One. Two."
    assert together(["x" * 200, "y" * 200]) == "x" * 200
    assert together([]) == ""


# ------------------------------------------------------------------ timed work
async def test_calendars_are_read_every_hour(now: datetime, published: Published) -> None:
    coach, _ = await added(now)
    later = now + timedelta(minutes=5)

    assert await busy.read_due(now, reach=published.reach) == 1
    assert await busy.read_due(later, reach=published.reach) == 0
    assert await busy.read_due(now + timedelta(minutes=70), reach=published.reach) == 1

    assert (await only(coach, now)).read_at == now + timedelta(minutes=70)
    assert published.server.connections == 2


async def test_two_schedulers_read_each_calendar_once(now: datetime, published: Published) -> None:
    for number in range(3):
        await added(now, coach=await a_coach(name=f"Coach {number}", now=now))

    counts = await asyncio.gather(*(busy.read_due(now, reach=published.reach) for _ in range(2)))

    assert sum(counts) == 3
    assert published.server.connections == 3


async def test_only_a_few_calendars_are_fetched_at_the_same_time(now: datetime, certificate: Certificate) -> None:
    at_once, most, full = 0, 0, asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        if at_once == busy.AT_ONCE:
            full.set()
        await full.wait()
        await asyncio.sleep(0.05)
        at_once -= 1
        await GONE(writer)

    for number in range(10):
        await added(now, coach=await a_coach(name=f"Coach {number}", now=now))

    async with serving(certificate, slow) as server:
        assert await busy.read_due(now, reach=server.reach(seconds=30)) == 10

    assert most == busy.AT_ONCE


async def test_one_bad_calendar_stops_no_other(now: datetime, published: Published) -> None:
    bad, _ = await added(now, address="https://nowhere.example.org/x.ics")
    good, _ = await added(now, coach=await a_coach(name="Isla Reid", now=now))
    reach = published.server.reach()

    async def resolve(host: str, port: int) -> list[str]:
        if host != HOST:
            raise RuntimeError("on purpose")
        return ["127.0.0.1"]

    await busy.read_due(now, reach=msgspec.structs.replace(reach, resolve=resolve))

    assert (await times(bad), await times(good)) == ([], ["03 Jun 09:00"])


async def test_files_and_calendars_of_coaches_who_left_are_not_due(now: datetime) -> None:
    coach, _ = await added(now)
    await busy.add_file(coach, "Clinic", calendar(), actor=ACADEMY, now=now)
    await service.leave(coach, actor=ACADEMY, now=now)

    assert await sources.due(now + timedelta(days=1)) == []


async def test_a_calendar_that_is_removed_while_it_is_fetched_leaves_nothing(
    now: datetime, certificate: Certificate
) -> None:
    coach, source = await added(now)

    async def remove_first(writer: asyncio.StreamWriter) -> None:
        await busy.remove_source(source, coach=coach, actor=ACADEMY, now=now)
        await plain(calendar("0309"))(writer)

    async with serving(certificate, remove_first) as server:
        assert not await busy.read(source, now=now, reach=server.reach())

    assert (await BusySource.count(), await BusyTime.count()) == (0, 0)


async def test_nothing_is_fetched_inside_a_transaction(now: datetime, published: Published) -> None:
    _, source = await added(now)

    with pytest.raises(room.TransactionMisuse):
        async with room.transaction():
            await busy.read(source, now=now, reach=published.reach)

    assert published.server.connections == 0


async def test_times_that_are_over_are_forgotten(now: datetime) -> None:
    coach = await a_coach(now=now)
    await busy.add_file(coach, "Clinic", calendar("0309", "0409"), actor=ACADEMY, now=now)

    await busy.forget_past(datetime(2026, 6, 4, 10, 30, tzinfo=UTC))

    assert await times(coach) == ["04 Jun 09:00"]


async def test_the_calendars_of_a_coach_who_left_are_forgotten_after_a_month(now: datetime) -> None:
    coach, _ = await added(now)
    other, _ = await added(now, coach=await a_coach(name="Isla Reid", now=now))
    await service.leave(coach, actor=ACADEMY, now=now)

    await busy.forget_past(now + timedelta(days=30))
    assert await BusySource.count() == 2
    await busy.forget_past(now + timedelta(days=31))

    assert [row["coach"] for row in await BusySource.select(BusySource.coach)] == [other]


async def test_a_coach_is_not_free_when_a_calendar_says_busy(now: datetime) -> None:
    from cohorts.coaching.bookings import slots

    coach = await a_coach(buffer_minutes=0, now=now)
    span = {"minutes": 60, "since": datetime(2026, 6, 3, tzinfo=UTC), "until": datetime(2026, 6, 4, tzinfo=UTC)}
    before = (await slots.free([coach], now=now, **span))[coach]  # type: ignore[arg-type]

    await busy.add_file(coach, "Clinic", calendar("0309"), actor=ACADEMY, now=now)
    after = (await slots.free([coach], now=now, **span))[coach]  # type: ignore[arg-type]

    meeting = Interval(datetime(2026, 6, 3, 9, tzinfo=UTC), datetime(2026, 6, 3, 10, tzinfo=UTC))
    hour = timedelta(hours=1)
    assert set(before) - set(after) == {
        each for each in before if each < meeting.ends_at and each + hour > meeting.starts_at
    }
    assert len(before) > len(after) > 0
