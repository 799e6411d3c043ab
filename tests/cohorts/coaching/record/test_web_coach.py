"""A coach's own pages: what waits, what comes, hours and log."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from academy import database as room
from academy.audit.service import ACADEMY
from academy.invites import service as invites
from cohorts.coaching.bookings import service as booking
from cohorts.coaching.bookings.hours import hours as count_of_everybody
from cohorts.coaching.bookings.rules import Party
from cohorts.coaching.bookings.tables import CoachingSession, MoveRequest, SessionStatus
from cohorts.coaching.record import circle, hours, queries, service
from cohorts.coaching.record.log import NewEntry
from cohorts.coaching.record.tables import LogKind
from cohorts.coaching.times import queries as times
from tests.conftest import Clock
from tests.support.client import field_errors, heading, post, sign_in, words
from tests.support.coached import Pair, a_pair
from tests.support.makers import a_person
from tests.support.queries import counted


@pytest.fixture
async def pair(clock: Clock) -> Pair:
    return await a_pair(now=clock.now)


async def a_wish(pair: Pair, session: object, *, days: float) -> datetime:
    starts_at = pair.now + timedelta(days=days)
    await MoveRequest.insert(
        MoveRequest(
            session=session,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            note="A meeting came up.",
            asked_at=pair.now,
        )
    )
    return starts_at


async def status_of(session: object) -> str:
    rows = await CoachingSession.select(CoachingSession.status).where(CoachingSession.id == session)
    return str(rows[0]["status"])


class TestSessions:
    async def test_what_asks_for_something_comes_first(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.session(days=3, status=SessionStatus.REQUESTED, note="About my team")
        await pair.session(days=-1)
        await pair.session(days=5)
        await pair.session(days=-9, status=SessionStatus.COMPLETED)
        await sign_in(client, pair.coach_person)

        page = await client.get("/coach")

        told = words(page)
        assert "Priya Nair asks for Thursday 4 June 2026, 10am to 11am (UK time)" in told
        assert "About my team" in told
        assert "How did it go with Priya Nair?" in told
        order = [told.index(text) for text in ("For you to do", "Next sessions", "Earlier and cancelled sessions")]
        assert order == sorted(order)
        figures = [told[told.index(label) + 1] for label in ("Waiting for your answer", "In the next 7 days")]
        assert figures == ["1", "1"]

    async def test_a_yes_takes_one_button(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=3, status=SessionStatus.REQUESTED)
        await sign_in(client, pair.coach_person)
        asked_for = (pair.now + timedelta(days=3)).isoformat()

        answer = await post(
            client,
            f"/coaching/sessions/{session}/answer",
            {"answer": "yes", "asked_for": asked_for},
            page="/coach",
        )

        assert answer.headers["location"] == "/coach"
        assert await status_of(session) == "booked"

    async def test_a_no_is_said_with_a_word_to_the_coachee(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=3, status=SessionStatus.REQUESTED, note="About my team")
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}/answer"
        asked_for = (pair.now + timedelta(days=3)).isoformat()

        page = await client.get(path)
        await post(client, path, {"answer": "no", "asked_for": asked_for, "note": "I teach that day."}, page=path)

        assert heading(page) == "Priya Nair asks for a session"
        assert "About my team" in words(page)
        assert await status_of(session) == "cancelled_by_coach"

    async def test_a_wish_to_move_shows_both_times_and_moves_with_a_yes(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=0.5)
        wanted = await a_wish(pair, session, days=2)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}/answer"

        page = await client.get(path)
        await room.fetch("UPDATE coach SET notice_hours = 0 WHERE id = {}", pair.coach)
        answer = await post(client, path, {"answer": "no", "asked_for": wanted.isoformat()}, page=path)

        assert "Wednesday 3 June 2026, 10am to 11am (UK time)" in words(page)
        assert "A meeting came up." in words(page)
        assert "The academy can read it too." in words(page)
        assert answer.headers["location"] == "/coach"
        assert [row["state"] for row in await MoveRequest.select(MoveRequest.state)] == ["declined"]

    async def test_a_yes_to_a_wish_moves_the_session(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await booking.book(
            pair.enrolment,
            pair.coach,
            starts_at=pair.now + timedelta(hours=12),
            minutes=60,
            by=Party.ACADEMY,
            actor=ACADEMY,
            now=pair.now,
        )
        wanted = await a_wish(pair, session, days=2)
        await sign_in(client, pair.coach_person)

        answer = await post(
            client,
            f"/coaching/sessions/{session}/answer",
            {"answer": "yes", "asked_for": wanted.isoformat()},
            page="/coach",
        )

        assert answer.headers["location"] == "/coach"
        rows = await CoachingSession.select(CoachingSession.starts_at).where(CoachingSession.id == session)
        assert rows[0]["starts_at"] == wanted
        assert [row["state"] for row in await MoveRequest.select(MoveRequest.state)] == ["accepted"]

    async def test_what_stands_in_a_calendar_is_said_before_a_yes_counts(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=3, status=SessionStatus.REQUESTED)
        starts_at = pair.now + timedelta(days=3)
        event = await invites.create_event(
            title="Board meeting", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), now=pair.now,
            context={"cohort": "Top Talent"},
        )  # fmt: skip
        await invites.invite(
            event,
            [pair.coach_person],
            now=pair.now,
            context={"cohort": "Top Talent"},
            paths={pair.coach_person: "/home"},
        )
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}/answer"
        said = {"answer": "yes", "asked_for": starts_at.isoformat()}

        warned = await post(client, path, said, page=path)
        stands = await status_of(session)
        await post(client, path, {**said, "despite_clash": "yes"}, page=path)

        assert warned.status_code == 409
        assert "Say yes all the same" in words(warned)
        assert "Board meeting" not in warned.text
        assert stands == "requested"
        assert await status_of(session) == "booked"

    async def test_nobody_says_yes_to_another_time_than_they_have_read(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        session = await pair.session(days=0.5)
        await a_wish(pair, session, days=2)
        await sign_in(client, pair.coach_person)
        path = f"/coaching/sessions/{session}/answer"
        read = (pair.now + timedelta(days=1)).isoformat()

        answer = await post(client, path, {"answer": "yes", "asked_for": read}, page=path)

        assert answer.status_code == 409
        assert field_errors(answer) == {}
        assert "Priya Nair has asked for another time meanwhile. Read it, then answer." in words(answer)
        assert [row["state"] for row in await MoveRequest.select(MoveRequest.state)] == ["open"]

    async def test_an_answer_to_nothing_leads_to_the_session(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=3)
        await sign_in(client, pair.coach_person)

        answer = await post(client, f"/coaching/sessions/{session}/answer", {"answer": "no"}, page="/coach")

        assert answer.headers["location"] == f"/coaching/sessions/{session}"
        assert await status_of(session) == "booked"

    async def test_the_coachee_does_not_answer_for_the_coach(self, client: httpx.AsyncClient, pair: Pair) -> None:
        session = await pair.session(days=3, status=SessionStatus.REQUESTED)
        other = await a_pair(now=pair.now, coach="Eve Coach", coachee="Omar Other")

        await sign_in(client, pair.coachee)
        of_coachee = await post(client, f"/coaching/sessions/{session}/answer", {"answer": "yes"}, page="/help")
        await sign_in(client, other.coach_person)
        of_other = await post(client, f"/coaching/sessions/{session}/answer", {"answer": "yes"}, page="/coach")

        assert (of_coachee.status_code, of_other.status_code) == (403, 404)
        assert await status_of(session) == "requested"

    async def test_who_is_no_coach_has_no_such_page_and_no_such_menu(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        await sign_in(client, await a_person(now=pair.now))
        assert (await client.get("/coach")).status_code == 403
        assert 'href="/coach"' not in (await client.get("/help")).text

        await sign_in(client, pair.coach_person)
        assert 'href="/coach"' in (await client.get("/help")).text

    async def test_ten_past_sessions_are_shown_and_all_on_request(self, client: httpx.AsyncClient, pair: Pair) -> None:
        for day in range(1, 13):
            await pair.session(days=-day, status=SessionStatus.COMPLETED)
        await sign_in(client, pair.coach_person)

        few, every = await client.get("/coach"), await client.get("/coach?past=all")

        assert words(few).count("Took place") == 10
        assert "See all 12 earlier sessions" in words(few)
        assert words(every).count("Took place") == 12

    async def test_goals_that_the_coach_has_not_agreed_to_are_to_be_done(
        self, client: httpx.AsyncClient, pair: Pair
    ) -> None:
        await pair.with_goals("Speak up")
        await sign_in(client, pair.coach_person)

        page = await client.get("/coach")
        seal = (await circle.goals(pair.enrolment)).seal
        await service.agree(pair.enrolment, seal=seal, actor=pair.as_coach, now=pair.now)
        after = await client.get("/coach")

        assert "Read the goals of Priya Nair" in words(page)
        assert "Read the goals of Priya Nair" not in words(after)

    async def test_the_queries_do_not_grow_with_the_sessions(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)
        found = []
        for week in (1, 2, 3):
            await pair.session(days=7 * week)
            await pair.session(days=7 * week + 1, status=SessionStatus.REQUESTED)
            await pair.session(days=-7 * week)
            await client.get("/coach")
            with counted() as statements:
                await client.get("/coach")
            found.append(len(statements))

        assert found[0] == found[2]


class TestHours:
    async def test_a_year_by_month_has_the_sum_that_the_count_of_everybody_gives(self, pair: Pair) -> None:
        await pair.session(days=-40, minutes=60, status=SessionStatus.COMPLETED)
        await pair.session(days=-39, minutes=45, status=SessionStatus.NO_SHOW_COACHEE)
        late = await pair.session(days=-3, minutes=90, status=SessionStatus.CANCELLED_BY_COACHEE)
        await CoachingSession.update({CoachingSession.late: True}).where(CoachingSession.id == late)
        await pair.session(days=2, minutes=30)
        coach = await times.coach(pair.coach)

        year = await hours.of_year(coach, "", now=pair.now)

        by_month = {month.name: month.hours for month in year.months}
        assert by_month["April"].delivered == 60
        assert by_month["April"].no_show == 45
        assert by_month["May"].lost == 90
        assert by_month["June"].booked == 30
        # London's year begins at 00:00 UTC, and July at 23:00 UTC of 30 June
        whole = await count_of_everybody(
            pair.coach, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 30, 23, tzinfo=UTC)
        )
        total = year.total
        assert (total.booked, total.delivered, total.no_show, total.lost) == (
            whole.booked,
            whole.delivered,
            whole.no_show,
            whole.lost,
        )

    async def test_nothing_was_offered_before_the_coach_was_there(self, pair: Pair) -> None:
        for weekday in range(7):
            await room.fetch(
                "INSERT INTO weekly_time (id, coach, weekday, from_minute, to_minute) VALUES ({}, {}, {}, 540, 600)",
                uuid4(),
                pair.coach,
                weekday,
            )
        await pair.session(days=-40, status=SessionStatus.COMPLETED)
        coach = await times.coach(pair.coach)

        year = await hours.of_year(coach, "", now=pair.now)

        offered = {month.name: month.hours.offered for month in year.months}
        assert offered == {"April": 0, "May": 0, "June": 29 * 60}  # from 10am on 1 June

    async def test_the_page_and_its_files(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await pair.session(days=-2, minutes=90, status=SessionStatus.COMPLETED)
        await pair.session(days=-400, minutes=60, status=SessionStatus.COMPLETED)
        await sign_in(client, pair.coach_person)

        page = await client.get("/coach/hours")
        before = await client.get("/coach/hours?year=2025")
        csv = await client.get("/coach/hours?export=csv")
        xlsx = await client.get("/coach/hours?export=xlsx&year=2025")

        assert heading(page) == "Your hours in 2026"
        assert "1.5" in words(page)
        assert "Offered, by your times as they are now" in words(page)
        assert csv.text.splitlines()[0].split(",")[1] == "Hours offered (by times as they are now)"
        assert heading(before) == "Your hours in 2025"
        assert "2026-05,0.0,1.5,1.5,0.0,0.0" in csv.text.splitlines()
        assert xlsx.headers["content-disposition"] == 'attachment; filename="coaching-hours-2025.xlsx"'

    async def test_a_year_that_is_none_is_this_one(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)

        for year in ("1066", "x", "", "2027", "9" * 300):
            assert heading(await client.get(f"/coach/hours?year={year}")) == "Your hours in 2026"

    async def test_its_queries_do_not_grow(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)
        found = []
        for day in (1, 2, 3):
            await pair.session(days=-50 * day, status=SessionStatus.COMPLETED)
            await client.get("/coach/hours")
            with counted() as statements:
                await client.get("/coach/hours")
            found.append(len(statements))

        assert found[0] == found[2]


class TestLog:
    typed = {"kind": "cpd", "what": "A day on ethics", "day": "2026-05-04", "minutes": "1.5 hours"}

    async def test_a_line_is_added_changed_and_removed_with_asking(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)
        await post(client, "/coach/log", self.typed, page="/coach/log")
        (line,) = await queries.log_of(pair.coach)
        path = f"/coach/log/{line.id}"
        shown = await client.get("/coach/log")

        await post(client, f"{path}/change", {**self.typed, "minutes": "75"}, page=f"{path}/change")
        (changed,) = await queries.log_of(pair.coach)
        asks = await client.get(f"{path}/remove")
        await post(client, f"{path}/remove", page=f"{path}/remove")

        assert (line.kind, line.day, line.minutes) == (LogKind.CPD, date(2026, 5, 4), 90)
        assert "4 May 2026. CPD, 1 hour 30 minutes" in words(shown)
        assert "CPD: 1 hour 30 minutes" in words(shown)
        assert changed.minutes == 75
        assert heading(asks) == "Remove this line of the log?"
        assert await queries.log_of(pair.coach) == []

    async def test_what_is_wrong_is_said_and_what_was_typed_stays(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)

        answer = await post(
            client, "/coach/log", {"what": "Ethics", "day": "2 June 2026", "minutes": "a while"}, page="/coach/log"
        )

        assert field_errors(answer) == {
            "kind": "Choose CPD or supervision.",
            "day": "Enter a day that is not in the future.",
            "minutes": "Enter how long it took, in minutes, like 90, or in hours, like 1.5 hours.",
        }
        assert 'value="Ethics"' in answer.text

    @pytest.mark.parametrize(
        ("text", "minutes"), [("90", 90), ("90 min", 90), ("1.5 hours", 90), ("2h", 120), ("1 hour", 60)]
    )
    async def test_lengths_are_minutes_unless_they_say_hours(
        self, client: httpx.AsyncClient, pair: Pair, text: str, minutes: int
    ) -> None:
        await sign_in(client, pair.coach_person)

        await post(client, "/coach/log", {**self.typed, "minutes": text}, page="/coach/log")

        assert [line.minutes for line in await queries.log_of(pair.coach)] == [minutes]

    async def test_another_coach_finds_nothing(self, client: httpx.AsyncClient, pair: Pair) -> None:
        entry = NewEntry(kind=LogKind.SUPERVISION, day=date(2026, 5, 4), minutes=60, what="zebra")
        line = await service.add_log(pair.coach, entry, now=pair.now)
        eve = await a_pair(now=pair.now, coach="Eve Coach", coachee="Omar Other")
        await sign_in(client, eve.coach_person)

        assert "zebra" not in (await client.get("/coach/log")).text
        assert "zebra" not in (await client.get("/coach/log?export=csv")).text
        for path in (f"/coach/log/{line}/change", f"/coach/log/{line}/remove"):
            assert (await client.get(path)).status_code == 404
            assert (await post(client, path, self.typed, page="/coach/log")).status_code == 404
        assert [each.what for each in await queries.log_of(pair.coach)] == ["zebra"]

    async def test_a_file_has_no_formulas(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)
        await post(client, "/coach/log", {**self.typed, "what": "=HYPERLINK(1)"}, page="/coach/log")

        csv = await client.get("/coach/log?export=csv")

        assert csv.text.splitlines()[1] == "2026-05-04,CPD,'=HYPERLINK(1),90,"

    async def test_its_queries_do_not_grow(self, client: httpx.AsyncClient, pair: Pair) -> None:
        await sign_in(client, pair.coach_person)
        found = []
        for day in (1, 2, 3):
            entry = NewEntry(kind=LogKind.CPD, day=date(2026, 5, day), minutes=60, what="Ethics")
            await service.add_log(pair.coach, entry, now=pair.now)
            await client.get("/coach/log")
            with counted() as statements:
                await client.get("/coach/log")
            found.append(len(statements))

        assert found[0] == found[2]
