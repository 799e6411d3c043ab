"""What pages say of cut-offs, costs and clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cohorts.coaching.bookings import words
from cohorts.coaching.bookings.queries import Change, SessionView
from cohorts.coaching.bookings.rules import Consequence, Moving, Party
from cohorts.coaching.bookings.tables import SessionKind, SessionStatus
from cohorts.coaching.credits.rules import Balance, Rules
from cohorts.coaching.credits.tables import CreditKind

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
UK = "Europe/London"
NOBODY = UUID(int=0)
LEFT = Balance(granted=3, reserved=1, left=2)


def rules(**told: Any) -> Rules:
    return Rules(id=NOBODY, programme=NOBODY, version=1, changed_at=NOW, **told)


def session(**told: Any) -> SessionView:
    starts_at = told.pop("starts_at", NOW + timedelta(days=7))
    filled: dict[str, Any] = {
        name: {"str": "", "int": 0, "bool": False}.get(str(kind).removesuffix(" | None"))
        for name, kind in SessionView.__annotations__.items()
    }
    ids = dict.fromkeys(("id", "coach", "coach_person", "enrolment", "coachee", "cohort", "programme"), NOBODY)
    return SessionView(
        **{
            **filled,
            **ids,
            "coach_name": "Daniel Reid",
            "coachee_name": "Priya Nair",
            "kind": SessionKind.COACHING,
            "status": SessionStatus.BOOKED,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=1),
            "zone": UK,
            "created_at": NOW,
            "has_credit": True,
            "minutes": None,
            **told,
        }
    )


@pytest.mark.parametrize(
    ("told", "hours", "said"),
    [
        ({}, 72, "You can move or cancel it until 10am on Wednesday 3 June. {after}"),
        ({"late_cancel_uses_credit": False}, 72, "You can move or cancel it until 10am on Wednesday 3 June."),
        (
            {"move_hours": 48},
            72,
            "You can move it until 10am on Tuesday 2 June. You can cancel it until 10am on Wednesday 3 June. {after}",
        ),
        ({"most_moves": 0}, 72, "You can cancel it until 10am on Wednesday 3 June. {after}"),
        ({"move_hours": 96}, 72, "You can cancel it until 10am on Wednesday 3 June. {after}"),
        ({}, 20, "It starts in less than 24 hours: if you cancel it, it counts as one of your sessions."),
        ({"late_cancel_uses_credit": False}, 20, "You can still cancel it."),
    ],
)
def test_until_when_a_session_can_be_moved_and_cancelled(told: dict[str, Any], hours: int, said: str) -> None:
    found = words.until_when(NOW + timedelta(hours=hours), rules(**told), kind=SessionKind.COACHING, zone=UK, now=NOW)

    assert found == said.format(after="After that, cancelling it uses one of your sessions.")


def test_a_chemistry_call_speaks_of_no_cost() -> None:
    starts_at = NOW + timedelta(days=3)

    assert words.until_when(starts_at, rules(), kind=SessionKind.CHEMISTRY, zone=UK, now=NOW) == (
        "You can move or cancel it until 10am on Wednesday 3 June."
    )
    assert words.left_after(LEFT, SessionKind.CHEMISTRY, rules()) == "2 of 3. A chemistry call uses none."
    assert words.left_after(LEFT, SessionKind.COACHING, rules()) == "1 of 3"


@pytest.mark.parametrize(
    ("means", "has_credit", "by", "said"),
    [
        (
            Consequence(),
            True,
            Party.COACHEE,
            "You get the session back: 3 of 3 left to book. Daniel Reid is told, and it leaves both calendars.",
        ),
        (
            Consequence(late=True),
            True,
            Party.COACHEE,
            "You get the session back: 3 of 3 left to book. Daniel Reid is told, and it leaves both calendars.",
        ),
        (
            Consequence(late=True, uses_credit=True),
            True,
            Party.COACHEE,
            "It starts in less than 24 hours, so it counts as one of your sessions. You have 2 of 3 left to book.",
        ),
        (Consequence(), False, Party.COACHEE, "Daniel Reid is told, and it leaves both calendars."),
        (
            Consequence(),
            True,
            Party.COACH,
            "Priya Nair is told and gets the session back, to book another time. It leaves both calendars.",
        ),
        (Consequence(), False, Party.COACH, "Priya Nair is told. It leaves both calendars."),
    ],
)
def test_what_cancelling_means_is_said_before(means: Consequence, has_credit: bool, by: Party, said: str) -> None:
    assert words.cancelling(session(has_credit=has_credit), means, rules(), LEFT, by=by) == said


@pytest.mark.parametrize(
    ("moves", "said"),
    [(0, "after this you can move it once more"), (1, "after this you can’t move it again")],
)
def test_how_often_it_can_still_be_moved(moves: int, said: str) -> None:
    found = words.moving(session(moves=moves), Moving.ALLOWED, rules(), by=Party.COACHEE, now=NOW)

    assert found == f"Both calendars change by themselves; {said}."


def test_a_coach_who_confirms_is_asked_for_each_time() -> None:
    assert words.moving(session(), Moving.REQUEST, rules(), by=Party.COACHEE, now=NOW) == (
        "Daniel Reid confirms each time, so this becomes a request. Until they say yes, the session stays where it is."
    )


@pytest.mark.parametrize(
    ("told", "credit", "for_coach", "said"),
    [
        ({}, CreditKind.RESERVED, False, ""),
        ({"status": SessionStatus.REQUESTED}, CreditKind.RESERVED, True, "Priya Nair waits for your yes."),
        ({"status": SessionStatus.COMPLETED, "minutes": 50}, CreditKind.USED, False, "You met for 50 minutes."),
        ({"status": SessionStatus.NO_SHOW_COACHEE}, CreditKind.USED, True, "Priya Nair did not come."),
        ({"status": SessionStatus.NO_SHOW_COACH}, None, True, "It is noted that you could not be there."),
        (
            {"status": SessionStatus.CANCELLED_BY_COACHEE, "late": True, "waived_reason": "You were ill."},
            CreditKind.RETURNED,
            False,
            "You cancelled it at short notice. The academy gave you the session back: You were ill.",
        ),
        ({"status": SessionStatus.CANCELLED_BY_ACADEMY}, None, False, "The academy cancelled it."),
        ({"status": SessionStatus.CANCELLED_BY_COACHEE}, None, True, "Priya Nair cancelled it."),
    ],
)
def test_how_a_session_stands(told: dict[str, Any], credit: CreditKind | None, for_coach: bool, said: str) -> None:
    found = words.standing(session(**told), credit, for_coach=for_coach, now=NOW)

    assert found.startswith(said) if said else found == ""


def test_one_clock_or_two() -> None:
    starts, ends = NOW, NOW + timedelta(hours=1)

    assert words.other_clock(starts, ends, UK, "Europe/Lisbon") == ""
    assert words.other_clock(starts, ends, UK, "Australia/Sydney") == "That is 7pm to 8pm, Sydney time, AEST."
    late = NOW + timedelta(hours=6)
    assert words.other_clock(late, late, UK, "Australia/Sydney").startswith("That is Tuesday 2 June, 1am")


def test_a_step_that_nobody_has_named_is_still_told() -> None:
    change = Change(
        at=NOW,
        verb="something new",
        from_status="booked",
        to_status=SessionStatus.BOOKED,
        from_starts_at=None,
        to_starts_at=None,
        by_name="Priya Nair",
        reason="",
    )

    assert words.step(change, UK) == ("10am on Monday 1 June", "Priya Nair changed it", "")


@pytest.mark.parametrize(("number", "said"), [(1, "1 hour"), (24, "24 hours"), (47, "47 hours"), (72, "3 days")])
def test_hours_in_words(number: int, said: str) -> None:
    assert words.hours(number) == said


@pytest.mark.parametrize(("number", "said"), [(1, "1 day"), (10, "10 days"), (56, "8 weeks")])
def test_days_in_words(number: int, said: str) -> None:
    assert words.days(number) == said
