"""What the roster says of one person."""

from typing import Any
from uuid import UUID

import pytest

from academy.invites.tables import Reply
from cohorts.dashboard.queries import OnRoster
from cohorts.dashboard.web_overview import is_low, next_step
from cohorts.enrolment.tables import EnrolmentStatus

PERSON: dict[str, Any] = {
    "enrolment": UUID(int=1),
    "person": UUID(int=2),
    "name": "Ana",
    "address": "",
    "organisation": "",
    "job_title": "",
    "status": EnrolmentStatus.ENROLLED,
    "held_until": None,
    "reason": "",
    "reply": Reply.ACCEPTED,
    "attended": 0,
    "marked": 0,
    "bounced": False,
    "certificate": None,
}


@pytest.mark.parametrize(
    ("but", "step"),
    [
        ({}, ""),
        ({"reply": Reply.NEEDS_ACTION}, "Reply to the invite"),
        ({"reply": Reply.DECLINED}, "Ask what is in the way"),
        ({"reply": Reply.TENTATIVE}, "Settle whether they come"),
        ({"reply": None}, ""),
        ({"reply": Reply.DECLINED, "attended": 1, "marked": 2}, "Talk about attendance"),
        ({"reply": None, "attended": 1, "marked": 2}, ""),
        ({"attended": 1, "marked": 2, "bounced": True}, "Check the address: mail comes back"),
        ({"status": EnrolmentStatus.OFFERED, "reply": None}, "Confirm the place"),
        ({"status": EnrolmentStatus.WITHDRAWN, "reason": "New job", "bounced": True}, "New job"),
    ],
)
def test_the_next_step_is_the_most_urgent_one(but: dict[str, Any], step: str) -> None:
    assert next_step(OnRoster(**{**PERSON, **but})) == step


@pytest.mark.parametrize(
    ("attended", "marked", "low"), [(0, 0, False), (3, 4, False), (2, 3, True), (0, 1, True), (75, 100, False)]
)
def test_attendance_is_low_under_three_quarters(attended: int, marked: int, low: bool) -> None:
    assert is_low(OnRoster(**{**PERSON, "attended": attended, "marked": marked})) is low
