"""Anything that can happen to coaching, in any order, beside a model of what should be; checked after each step.

The controls plant a mistake and see that it is found.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase

from academy.errors import DomainError
from academy.invites import service as invites
from cohorts.coaching.bookings import letters, rules, slots, steps
from cohorts.coaching.credits.ledger import Ledger
from tests.cohorts.coaching.bookings.machine import HAPPENS, Machine
from tests.support.machines import play


@pytest.mark.slow
def test_whatever_happens_on_sqlite_credits_times_and_calendars_are_right(on_sqlite: None) -> None:
    play(Machine, 25)


@pytest.mark.slow
def test_whatever_happens_on_postgresql_credits_times_and_calendars_are_right(on_postgresql: None) -> None:
    play(Machine, 10)


# ---------------------------------------------------------------- planted bugs
Plant = Callable[[pytest.MonkeyPatch], None]


async def nothing(*_: Any, **__: Any) -> None: ...


async def nobody(people: Sequence[UUID], **_: Any) -> dict[UUID, list[Any]]:
    return {person: [] for person in people}


def overlaps_are_not_looked_for(patch: pytest.MonkeyPatch) -> None:
    async def no_overlap(*_: Any, **__: Any) -> list[Any]:
        return []

    patch.setattr(slots, "held", no_overlap)


def calendars_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invites.queries, "busy", nobody)


def late_cancellations_cost_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "what_cancelling_means", lambda *_, **__: rules.Consequence())


def credits_outlive_the_place(patch: pytest.MonkeyPatch) -> None:
    async def none(*_: Any, **__: Any) -> int:
        return 0

    patch.setattr(Ledger, "expire", none)


def moves_are_not_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(letters, "change_in_calendars", nothing)


def cancelled_sessions_stay_in_calendars(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(letters, "take_out_of_calendars", nothing)


def the_former_coach_stays_invited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invites, "withdraw", nothing)


def a_wish_holds_the_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "close_request", nothing)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "often"),
    [
        (overlaps_are_not_looked_for, ["books", "reassigns"]),
        (calendars_are_not_looked_at, []),
        (late_cancellations_cost_nothing, ["books", "cancels"]),
        (credits_outlive_the_place, []),
        (moves_are_not_told, ["books", "moves"]),
        (cancelled_sessions_stay_in_calendars, ["cancels"]),
        (the_former_coach_stays_invited, ["reassigns"]),
        (a_wish_holds_the_session, ["books", "moves", "time_passes"]),
    ],
)
def test_a_planted_mistake_is_found(
    on_sqlite: None, monkeypatch: pytest.MonkeyPatch, plant: Plant, often: list[str]
) -> None:
    """What the mistake is in happens more ``often`` than else, so that few examples find it."""
    plant(monkeypatch)
    monkeypatch.setattr(Machine, "happens", HAPPENS + often * 12)

    with pytest.raises((AssertionError, DomainError)):
        play(Machine, 120, phases=(Phase.generate,))
