"""Credits as arithmetic: whatever lines a ledger has, nothing is counted twice and nothing gets lost."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import Invalid
from cohorts.coaching.credits import rules
from cohorts.coaching.credits.rules import Balance, Entry, RuleChoices, Rules, balance
from cohorts.coaching.credits.tables import CreditKind as K

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def entries(*told: tuple[K, int, UUID | None]) -> list[Entry]:
    return [
        Entry(number=number, kind=kind, change=change, session=session, at=NOW + timedelta(minutes=number))
        for number, (kind, change, session) in enumerate(told, 1)
    ]


def some_rules(**changed: Any) -> Rules:
    return Rules(id=uuid4(), programme=uuid4(), version=1, changed_at=NOW, **changed)


# ------------------------------------------------------------------- balances
ONE, TWO = UUID(int=1), UUID(int=2)


def test_nothing_granted_is_nothing() -> None:
    assert balance([]) == Balance()


def test_a_booked_session_holds_a_credit() -> None:
    found = balance(entries((K.GRANTED, 3, None), (K.RESERVED, -1, ONE)))

    assert found == Balance(granted=3, reserved=1, left=2)


def test_a_session_that_took_place_has_used_its_credit() -> None:
    found = balance(entries((K.GRANTED, 3, None), (K.RESERVED, -1, ONE), (K.USED, 0, ONE)))

    assert found == Balance(granted=3, used=1, left=2)


def test_a_reservation_that_comes_back_was_never_spent() -> None:
    found = balance(entries((K.GRANTED, 3, None), (K.RESERVED, -1, ONE), (K.RETURNED, 1, ONE)))

    assert found == Balance(granted=3, left=3)


def test_a_used_credit_that_comes_back_is_counted_as_returned() -> None:
    found = balance(entries((K.GRANTED, 3, None), (K.RESERVED, -1, ONE), (K.USED, 0, ONE), (K.RETURNED, 1, ONE)))

    assert found == Balance(granted=3, used=1, returned=1, left=3)
    assert found.all == 4


def test_what_is_withdrawn_was_not_granted_and_what_expires_is_gone() -> None:
    found = balance(entries((K.GRANTED, 3, None), (K.GRANTED, -1, None), (K.EXPIRED, -2, None)))

    assert found == Balance(granted=2, expired=2)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Entry]:
    """Lines as the verbs write them: each session's chain follows its table, and nothing is taken that is not left."""
    lines: list[tuple[K, int, UUID | None]] = []
    stands: dict[UUID, K] = {}
    left = 0
    for _ in range(draw(st.integers(0, 30))):
        what = draw(st.sampled_from(["grant", "withdraw", "expire", "session"]))
        if what == "grant":
            number = draw(st.integers(0, 5))
            lines.append((K.GRANTED, number, None))
            left += number
        elif what in ("withdraw", "expire") and left:
            number = draw(st.integers(1, left))
            lines.append((K.GRANTED if what == "withdraw" else K.EXPIRED, -number, None))
            left -= number
        elif what == "session":
            session = UUID(int=draw(st.integers(1, 4)))
            wanted = draw(st.sampled_from([K.RESERVED, K.USED, K.RETURNED]))
            steps = rules.lines_to(stands[session], wanted) if session in stands else (K.RESERVED,)
            needs = max(0, *(-sum(rules.CHANGE[step] for step in steps[: n + 1]) for n in range(len(steps))), 0)
            if needs <= left:
                for step in steps:
                    lines.append((step, rules.CHANGE[step], session))
                    left += rules.CHANGE[step]
                    stands[session] = step
    return entries(*lines)


@given(ledgers())
def test_reserved_used_and_left_are_what_was_granted_and_not_expired(lines: list[Entry]) -> None:
    found = balance(lines)

    assert found.reserved + found.used + found.left == found.granted - found.expired + found.returned == found.all
    assert found.left == sum(line.change for line in lines)
    assert min(found.reserved, found.used, found.left, found.returned, found.expired) >= 0


@given(ledgers(), st.integers(1, 4), st.sampled_from([K.RESERVED, K.USED, K.RETURNED]))
def test_every_way_of_a_credit_ends_where_it_should(lines: list[Entry], number: int, wanted: K) -> None:
    stands = rules.of_session(lines, UUID(int=number))

    if stands is not None:
        way = [stands, *rules.lines_to(stands, wanted)]
        assert way[-1] is wanted
        assert all(after is not before for before, after in zip(way, way[1:], strict=False))
        assert (K.RETURNED, K.USED) not in zip(way, way[1:], strict=False), "used without having been held"


def test_how_the_credit_of_a_session_stands_is_its_last_line() -> None:
    lines = entries((K.GRANTED, 3, None), (K.RESERVED, -1, ONE), (K.RESERVED, -1, TWO), (K.USED, 0, ONE))

    assert rules.of_session(lines, ONE) is K.USED
    assert rules.of_session(lines, TWO) is K.RESERVED
    assert rules.of_session(lines, UUID(int=3)) is None


def test_control_counting_every_returned_line_breaks_the_sum() -> None:
    lines = entries((K.GRANTED, 3, None), (K.RESERVED, -1, ONE), (K.RETURNED, 1, ONE))
    found = balance(lines)
    counted = sum(line.kind is K.RETURNED for line in lines)

    assert found.reserved + found.used + found.left != found.granted - found.expired + counted


# --------------------------------------------------------------------- grants
def test_the_first_grant_is_what_the_rules_say() -> None:
    assert rules.first_grant(some_rules(credits=4)) == 4


def test_who_was_moved_from_another_cohort_gets_what_was_not_spent_there() -> None:
    assert rules.first_grant(some_rules(credits=4), Balance(granted=4, used=3, returned=1, left=2)) == 2


def test_nobody_owes_credits() -> None:
    assert rules.first_grant(some_rules(credits=1), Balance(granted=4, used=3, left=1)) == 0


@pytest.mark.parametrize(
    ("stands", "number"),
    [
        (Balance(granted=3, expired=3), 3),
        (Balance(granted=3, used=2, expired=1), 1),
        (Balance(granted=3, used=1, reserved=1, expired=1), 1),
        (Balance(granted=5, used=4, expired=1), 0),
        (Balance(granted=3, used=1, returned=1, expired=3), 3),
    ],
)
def test_who_comes_back_gets_up_to_what_the_rules_say_less_what_is_spent(stands: Balance, number: int) -> None:
    assert rules.grant_again(some_rules(), stands) == number


def test_somebody_has_come_back_who_was_enrolled_after_their_credits_expired() -> None:
    lines = entries((K.GRANTED, 3, None), (K.EXPIRED, -3, None))
    at = lines[-1].at

    assert rules.came_back(lines, at)
    assert rules.came_back(lines, at + timedelta(days=1))
    assert not rules.came_back(lines, at - timedelta(days=1))
    assert not rules.came_back(lines, None)
    assert not rules.came_back(lines[:1], at)


def test_who_has_been_granted_since_is_not_granted_again() -> None:
    lines = entries((K.GRANTED, 3, None), (K.EXPIRED, -3, None), (K.GRANTED, 0, None))

    assert not rules.came_back(lines, NOW + timedelta(days=1))


# ---------------------------------------------------------------------- rules
def test_the_usual_rules_can_be_used() -> None:
    rules.check(RuleChoices())


def test_every_number_out_of_its_range_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check(
            RuleChoices(
                credits=-1,
                chemistry_calls=4,
                chemistry_minutes=5,
                cancel_hours=-1,
                move_hours=337,
                most_moves=21,
                expire_days=-1,
            )
        )

    assert sorted(refused.value.errors) == sorted(rules._LIMITS)
