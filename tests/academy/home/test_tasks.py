"""What a person has to do."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.home.tasks import tasks
from academy.invites.queries import Event
from academy.invites.tables import EventStatus, Reply
from cohorts.attendance.queries import Led
from cohorts.attendance.rules import Times
from cohorts.enrolment.queries import OwnEnrolment
from cohorts.enrolment.service import manage_path
from cohorts.enrolment.tables import EnrolmentStatus as S

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def event(number: int = 1, reply: Reply = Reply.NEEDS_ACTION) -> Event:
    starts = NOW + timedelta(days=number)
    return Event(
        id=UUID(int=number),
        uid="",
        sequence=0,
        title=f"Day {number}",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        zone="Europe/London",
        place="",
        link="",
        description="",
        status=EventStatus.CONFIRMED,
        reply=reply,
        path="",
        created_at=NOW,
        changed_at=NOW,
    )


def place(status: S = S.OFFERED, **but: Any) -> OwnEnrolment:
    told = {
        "enrolment": UUID(int=9),
        "cohort": UUID(int=8),
        "code": "tt",
        "name": "Top Talent, Essex",
        "programme_name": "Top Talent",
        "position": 0,
        "confirmed": False,
        "held_until": NOW + timedelta(hours=24),
        "first_starts_at": None,
        "last_ends_at": None,
        "zone": "Europe/London",
    }
    return OwnEnrolment(status=status, **{**told, **but})


def test_nothing_to_do() -> None:
    assert tasks([], []) == []


def test_a_held_place_is_confirmed_by_one_button() -> None:
    (task,) = tasks([place()], [])

    assert task.what == "Confirm your place in Top Talent, Essex"
    assert task.why == "It is kept for you until 10am on Tuesday 2 June."
    assert (task.action, task.post) == ("Confirm", f"{manage_path(UUID(int=9))}/confirm")


def test_so_is_a_number_on_the_waiting_list() -> None:
    (task,) = tasks([place(S.WAITLISTED, position=2)], [])

    assert task.what == "Confirm that you want to wait for Top Talent, Essex"


@pytest.mark.parametrize(
    "but",
    [
        {"confirmed": True, "held_until": None},
        {"held_until": None},
        {"status": S.EXPIRED},
        {"status": S.WITHDRAWN},
        {"status": S.ENROLLED, "confirmed": True, "held_until": None},
    ],
)
def test_what_is_confirmed_or_over_is_no_task(but: dict[str, Any]) -> None:
    assert tasks([place(**but)], []) == []


def test_the_place_that_ends_first_is_first() -> None:
    late, soon = place(code="late"), place(code="soon", held_until=NOW + timedelta(hours=1))

    assert [task.id for task in tasks([late, soon], [])] == ["confirm-soon", "confirm-late"]


def test_the_next_session_asks_on_its_own_card() -> None:
    assert tasks([], [event(1)]) == []


def test_a_later_session_asks_with_two_buttons() -> None:
    (task,) = tasks([], [event(1, Reply.ACCEPTED), event(2)])

    assert (task.what, task.why, task.event, task.post) == (
        "Are you coming to Day 2?",
        "Wednesday 3 June, 10am",
        event(2),
        "",
    )


def test_several_sessions_are_one_task() -> None:
    (task,) = tasks([], [event(1), event(2, Reply.DECLINED), event(3)])

    assert (task.what, task.post) == ("2 sessions wait for your answer", "/home/coming")


REPLIES = st.lists(st.sampled_from(Reply), max_size=6)


@given(REPLIES)
def test_every_unanswered_session_is_asked_about_somewhere(replies: list[Reply]) -> None:
    events = [event(number, reply) for number, reply in enumerate(replies, 1)]

    found = tasks([], events)

    silent = sum(reply is Reply.NEEDS_ACTION for reply in replies)
    asked_by_card = silent == 1 and replies[0] is Reply.NEEDS_ACTION
    assert len(found) == (1 if silent and not asked_by_card else 0)
    assert all(bool(task.post) != (task.event is not None) for task in found)


def led(number: int, *, ended: timedelta, **but: Any) -> Led:
    told = {"id": UUID(int=number), "title": f"Day {number}", "cohort_name": "", "programme_name": "", "place": ""}
    told |= {"link": "", "cancelled": False, "cancel_reason": "", "closed": False, "expected": 12, "marked": 0}
    return Led(**told | {"times": Times(NOW - ended - timedelta(hours=3), NOW - ended)} | but)


def test_who_leads_is_asked_for_the_registers_of_what_is_over() -> None:
    (task,) = tasks([], [], [led(1, ended=timedelta(days=3), marked=2)])

    assert (task.what, task.why, task.href) == (
        "Take the register of Day 1",
        "Friday 29 May: 2 of 12 marked. Hours and certificates come from it.",
        f"/sessions/{UUID(int=1)}/register",
    )


@pytest.mark.parametrize(
    ("ended", "but", "asked"),
    [
        (timedelta(), {}, True),
        (-timedelta(seconds=1), {}, False),
        (timedelta(days=1), {"marked": 12}, False),
        (timedelta(days=1), {"cancelled": True}, False),
        (timedelta(days=1), {"closed": True}, False),
    ],
)
def test_a_register_is_untaken_until_everybody_is_marked(ended: timedelta, but: dict[str, Any], asked: bool) -> None:
    assert led(1, ended=ended, **but).untaken(NOW) is asked
