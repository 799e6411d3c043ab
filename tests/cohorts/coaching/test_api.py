"""Programs book coaching for their owners, and coordinators' programs see to everybody's."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from academy import clock as clock_module
from academy.audit.service import ACADEMY
from cohorts.coaching.bookings import own
from cohorts.coaching.credits import service as credits
from cohorts.coaching.record import notes
from cohorts.coaching.times import service as coaches
from tests.conftest import Clock
from tests.support import makers
from tests.support.makers import Coaching
from tests.support.programs import Program, problem, program
from tests.support.queries import counted


@pytest.fixture
async def who(client: httpx.AsyncClient, clock: Clock) -> Coaching:
    return await makers.coaching()


@pytest.fixture
async def ana(client: httpx.AsyncClient, who: Coaching) -> Program:
    """The coachee's program."""
    return await program(client, who.person, "read", "enrol")


@pytest.fixture
async def coach(client: httpx.AsyncClient, who: Coaching) -> Program:
    return await program(client, who.coach_person, "read", "enrol")


@pytest.fixture
async def cora(client: httpx.AsyncClient, clock: Clock) -> Program:
    return await program(client, await makers.a_coordinator(), "read", "manage")


async def free(who: Coaching, ana: Program) -> list[str]:
    answer = await ana.get(f"/api/my/coaching/{who.enrolment}/times?coach={who.coach}")
    return answer.json()["starts"]


async def booked(who: Coaching, ana: Program) -> dict:
    starts = (await free(who, ana))[0]
    answer = await ana.post(
        f"/api/my/coaching/{who.enrolment}/sessions", {"coach": str(who.coach), "starts_at": starts}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def left(ana: Program) -> int:
    (mine,) = (await ana.get("/api/my/coaching")).json()["coaching"]
    return mine["credits"]["left"]


# ------------------------------------------------------------------ as coachee
async def test_somebody_reads_their_credits_and_whom_they_can_book(who: Coaching, ana: Program) -> None:
    (mine,) = (await ana.get("/api/my/coaching")).json()["coaching"]
    (told,) = (await ana.get(f"/api/my/coaching/{who.enrolment}/coaches")).json()["coaches"]

    assert mine["enrolment"] == str(who.enrolment)
    assert mine["credits"] == {"granted": 3, "reserved": 0, "used": 0, "returned": 0, "expired": 0, "left": 3}
    assert mine["sessions"] == []
    assert (told["id"], told["name"], told["minutes"]) == (str(who.coach), "Daniel Reid", [60])


async def test_neither_a_coach_who_has_left_nor_a_second_call_with_one_can_be_booked(
    who: Coaching, ana: Program
) -> None:
    await makers.coaching_rules(who.programme, chemistry_calls=2)
    await makers.a_coach(name="Helen Lowe", programme=who.programme)
    path = f"/api/my/coaching/{who.enrolment}"
    before = await ana.get(f"{path}/times?coach={who.coach}&kind=chemistry")
    call = {"coach": str(who.coach), "kind": "chemistry", "minutes": 30}
    await ana.post(f"{path}/sessions", {**call, "starts_at": before.json()["starts"][0]})

    again = await ana.get(f"{path}/times?coach={who.coach}&kind=chemistry")
    refused = await ana.post(f"{path}/sessions", {**call, "starts_at": before.json()["starts"][-1]})
    await credits.choose_coach(who.enrolment, who.coach, actor=ACADEMY, now=clock_module.now())
    await coaches.leave(who.coach, actor=ACADEMY, now=clock_module.now())
    gone = await ana.post(f"{path}/sessions", {"coach": str(who.coach), "starts_at": before.json()["starts"][-1]})

    assert (len(before.json()["starts"]) > 0, again.json()["starts"]) == (True, [])
    assert (refused.status_code, gone.status_code) == (409, 404)


async def test_times_are_free_starts_in_utc_from_the_day_that_is_asked_for(who: Coaching, ana: Program) -> None:
    everything = await free(who, ana)
    later = await ana.get(f"/api/my/coaching/{who.enrolment}/times?coach={who.coach}&from=2026-06-10")

    assert everything[0] == "2026-06-02T09:00:00Z"  # a day's notice, a quarter-hour grid, ten o'clock in London
    assert later.json()["starts"] == [each for each in everything if each >= "2026-06-10"]
    assert (later.json()["minutes"], later.json()["zone"]) == (60, "Europe/London")


async def test_a_session_is_booked_moved_and_cancelled_under_one_id(who: Coaching, ana: Program) -> None:
    made = await booked(who, ana)
    another = (await free(who, ana))[5]

    moved = await ana.post(f"/api/my/coaching-sessions/{made['id']}/move", {"starts_at": another})
    assert (moved.status_code, moved.json()["id"], moved.json()["starts_at"]) == (200, made["id"], another)
    assert (moved.json()["moves"], await left(ana)) == (1, 2)

    cancelled = await ana.post(f"/api/my/coaching-sessions/{made['id']}/cancel", {"reason": "A clash"})
    assert (cancelled.json()["status"], cancelled.json()["late"], await left(ana)) == ("cancelled_by_coachee", False, 3)


async def test_programs_book_and_move_no_more_often_than_people(
    who: Coaching, ana: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST_AN_HOUR", 2)
    made = await booked(who, ana)
    starts = await free(who, ana)

    moved = [
        await ana.post(f"/api/my/coaching-sessions/{made['id']}/move", {"starts_at": starts[place]}) for place in (5, 8)
    ]
    again = await ana.post(
        f"/api/my/coaching/{who.enrolment}/sessions", {"coach": str(who.coach), "starts_at": starts[12]}
    )

    assert [each.status_code for each in (*moved, again)] == [200, 429, 429]


async def test_who_asks_for_a_time_that_has_gone_is_told_the_nearest_three(
    client: httpx.AsyncClient, who: Coaching, ana: Program
) -> None:
    made = await booked(who, ana)
    other = await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, name="Ben")
    ben = await program(client, other.person, "read", "enrol")

    answer = await ben.post(
        f"/api/my/coaching/{other.enrolment}/sessions", {"coach": str(who.coach), "starts_at": made["starts_at"]}
    )

    assert problem(answer) == (409, "SlotTaken", [])
    free_now = await free(other, ben)
    assert len(answer.json()["nearest"]) == 3
    assert set(answer.json()["nearest"]) <= set(free_now)


async def test_the_same_booking_again_is_one_session(who: Coaching, ana: Program) -> None:
    starts = (await free(who, ana))[0]
    body = {"coach": str(who.coach), "starts_at": starts}
    path = f"/api/my/coaching/{who.enrolment}/sessions"

    with_key = [(await ana.post(path, body, key="one")).json()["id"] for _ in range(2)]
    without = (await ana.post(path, body)).json()["id"]

    assert {*with_key, without} == {with_key[0]}
    assert await left(ana) == 2


async def test_after_the_cut_off_a_move_is_a_wish_that_waits(who: Coaching, ana: Program, clock: Clock) -> None:
    made = await booked(who, ana)
    clock.now = datetime.fromisoformat(made["starts_at"]) - timedelta(hours=3)
    another = (await free(who, ana))[0]

    answer = await ana.post(f"/api/my/coaching-sessions/{made['id']}/move", {"starts_at": another})

    assert answer.json()["starts_at"] == made["starts_at"]
    assert answer.json()["wish"]["starts_at"] == another


async def test_others_sessions_and_places_are_not_there(
    client: httpx.AsyncClient, who: Coaching, ana: Program, clock: Clock
) -> None:
    made = await booked(who, ana)
    stranger = await program(client, await makers.a_person(name="Sam"), "read", "enrol")
    session, place = f"/api/my/coaching-sessions/{made['id']}", f"/api/my/coaching/{who.enrolment}"

    answers = [
        await stranger.get(session),
        await stranger.post(f"{session}/move", {"starts_at": made["starts_at"]}),
        await stranger.post(f"{session}/cancel"),
        await stranger.get(f"{place}/coaches"),
        await stranger.get(f"{place}/times?coach={who.coach}"),
        await stranger.post(f"{place}/sessions", {"coach": str(who.coach), "starts_at": made["starts_at"]}),
        await stranger.get("/api/my/coachees/sessions"),
        await stranger.get(f"/api/my/coaching-sessions/{uuid4()}"),
    ]

    assert [each.status_code for each in answers] == [404] * 8


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"starts_at": "2026-06-02T09:00:00Z"}, ["body"]),
        ({"coach": "x", "starts_at": "2026-06-02T09:00:00Z"}, ["coach"]),
        ({"coach": str(UUID(int=1)), "starts_at": "2026-06-02T09:00:00"}, ["starts_at"]),
        ({"coach": str(UUID(int=1)), "starts_at": "2026-06-02T09:00:00Z", "status": "completed"}, ["body"]),
        ({"coach": str(UUID(int=1)), "starts_at": "2026-06-02T09:00:00Z", "minutes": 100000}, ["minutes"]),
    ],
)
async def test_a_body_that_cannot_be_used_is_refused_by_field(
    who: Coaching, ana: Program, body: dict, fields: list[str]
) -> None:
    answer = await ana.post(f"/api/my/coaching/{who.enrolment}/sessions", body)

    assert problem(answer) == (422, "Invalid", fields)


async def test_a_body_says_what_to_do_and_never_how_things_stand(who: Coaching, ana: Program, coach: Program) -> None:
    made = await booked(who, ana)
    path = f"/api/my/coaching-sessions/{made['id']}"

    answers = [
        await ana.post(f"{path}/move", {"starts_at": made["starts_at"], "status": "completed"}),
        await ana.post(f"{path}/cancel", {"late": False}),
        await coach.post(f"/api/my/coachees/sessions/{made['id']}/outcome", {"status": "completed", "credits": 9}),
    ]

    assert [problem(each) for each in answers] == [(422, "Invalid", ["body"])] * 3


async def test_a_day_that_is_none_is_refused(who: Coaching, ana: Program) -> None:
    answer = await ana.get(f"/api/my/coaching/{who.enrolment}/times?coach={who.coach}&from=tomorrow")

    assert problem(answer) == (422, "Invalid", ["from"])


# -------------------------------------------------------------------- as coach
async def test_a_coach_reads_their_sessions_and_says_how_one_went(
    who: Coaching, ana: Program, coach: Program, clock: Clock
) -> None:
    made = await booked(who, ana)
    path = f"/api/my/coachees/sessions/{made['id']}/outcome"
    early = await coach.post(path, {"status": "completed"})
    clock.now = datetime.fromisoformat(made["ends_at"])

    done = await coach.post(path, {"status": "completed", "minutes": 50})

    assert problem(early) == (409, "TooEarly", [])
    assert (done.json()["status"], done.json()["minutes"]) == ("completed", 50)
    (told,) = (await coach.get("/api/my/coachees/sessions")).json()["sessions"]
    assert (told["id"], told["coachee_name"]) == (made["id"], "Priya Nair")


async def test_a_coachee_cannot_say_how_it_went(who: Coaching, ana: Program, clock: Clock) -> None:
    made = await booked(who, ana)
    clock.now = datetime.fromisoformat(made["ends_at"])

    answer = await ana.post(f"/api/my/coachees/sessions/{made['id']}/outcome", {"status": "no_show_coach"})

    assert answer.status_code == 404


# ----------------------------------------------------------------- coordinators
async def test_a_coordinator_sees_everybodys_credits_and_no_word_of_what_was_said(
    who: Coaching, ana: Program, cora: Program
) -> None:
    starts = (await free(who, ana))[0]
    body = {"coach": str(who.coach), "starts_at": starts, "note": "My manager frightens me"}
    made = (await ana.post(f"/api/my/coaching/{who.enrolment}/sessions", body)).json()
    await notes.write_note(UUID(made["id"]), "A secret", author=who.coach_person, now=datetime.fromisoformat(starts))
    code = made["cohort"]

    answer = await cora.get(f"/api/cohorts/{code}/coaching")

    (line,) = answer.json()["people"]
    assert (line["name"], line["credits"]["left"], line["credits"]["reserved"]) == ("Priya Nair", 2, 1)
    assert [each["id"] for each in line["sessions"]] == [made["id"]]
    assert "frightens" not in answer.text
    assert "secret" not in answer.text


async def test_credits_are_granted_taken_back_and_given_back(
    who: Coaching, ana: Program, coach: Program, cora: Program, clock: Clock
) -> None:
    path = f"/api/enrolments/{who.enrolment}/credits"
    granted = await cora.post(path, {"credits": 2, "note": "A hard year"})
    taken = await cora.post(path, {"credits": -1, "note": "One too many"})
    too_many = await cora.post(path, {"credits": -9, "note": "All"})
    nothing = await cora.post(path, {"credits": 0, "note": "Hm"})
    made = await booked(who, ana)
    clock.now = datetime.fromisoformat(made["ends_at"])
    await coach.post(f"/api/my/coachees/sessions/{made['id']}/outcome", {"status": "no_show_coachee"})
    waived = await cora.post(f"/api/coaching-sessions/{made['id']}/waive", {"reason": "Ill"})

    assert [granted.json()["left"], taken.json()["left"]] == [5, 4]
    assert problem(too_many) == (409, "NothingToWithdraw", [])
    assert problem(nothing) == (422, "Invalid", ["credits"])
    assert (waived.status_code, await left(ana)) == (200, 4)


async def test_a_coordinator_cancels_a_session_and_the_credit_comes_back(
    who: Coaching, ana: Program, cora: Program
) -> None:
    made = await booked(who, ana)

    answer = await cora.post(f"/api/coaching-sessions/{made['id']}/cancel", {"reason": "Your coach is ill."})

    assert (answer.json()["status"], await left(ana)) == ("cancelled_by_academy", 3)


async def test_all_coaches_are_listed_and_those_who_left_are_not(who: Coaching, cora: Program, clock: Clock) -> None:
    gone = await makers.a_coach(name="Gone Away")
    await makers.coaching_times.leave(gone, actor=makers.ACADEMY, now=clock.now)

    assert [each["name"] for each in (await cora.get("/api/coaches")).json()["coaches"]] == ["Daniel Reid"]


async def test_a_cohort_without_coaching_has_none_to_show(cora: Program, clock: Clock) -> None:
    await makers.a_cohort(code="plain")

    assert (await cora.get("/api/cohorts/plain/coaching")).status_code == 404
    assert (await cora.get("/api/cohorts/nowhere/coaching")).status_code == 404


async def test_reading_costs_the_same_number_of_queries_for_one_and_for_three(
    client: httpx.AsyncClient, who: Coaching, ana: Program, cora: Program
) -> None:
    made = await booked(who, ana)
    paths = ["/api/my/coaching", f"/api/cohorts/{made['cohort']}/coaching"]
    programs = dict(zip(paths, (ana, cora), strict=True))
    await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, name="Not yet granted")
    first = {}
    for path in paths:
        with counted() as queries:
            await programs[path].get(path)
        first[path] = len(queries)

    await booked(who, ana)
    await booked(who, ana)
    for number in range(2):
        await makers.coaching(programme=who.programme, cohort=who.cohort, coach=who.coach, name=f"More {number}")
    for path in paths:
        with counted() as queries:
            await programs[path].get(path)
        assert len(queries) == first[path], path
