"""When a mail is tried again and given up, whose fault a refusal is, and which links may be clicked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.outbox import rules
from academy.outbox.rules import Piece
from academy.outbox.tables import MessageState as S

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_pauses_grow_to_half_an_hour_and_no_further() -> None:
    assert [rules.pause(tries, 1.0).total_seconds() for tries in range(1, 10)] == [
        15,
        30,
        60,
        120,
        240,
        480,
        960,
        1800,
        1800,
    ]
    assert rules.pause(1, 0.0).total_seconds() == 11.25


@given(st.integers(1, 10_000), st.floats(0, 1), st.integers(0, 100_000))
def test_the_next_try_is_later_and_never_skips_the_last_chance(tries: int, luck: float, seconds: int) -> None:
    deadline = NOW + timedelta(seconds=seconds)

    again = rules.next_attempt(attempts=tries, luck=luck, now=NOW, deadline=deadline)

    assert NOW + timedelta(seconds=11) < again <= NOW + rules.LONGEST_PAUSE
    assert again <= max(deadline - rules.LAST_TRY, NOW + rules.FIRST_PAUSE)


def test_sending_makes_sense_until_the_session_starts_or_for_72_hours() -> None:
    start, end = NOW + timedelta(days=40), NOW + timedelta(days=41)

    assert rules.deadline(now=NOW) == NOW + timedelta(hours=72)
    assert rules.deadline(now=NOW, starts_at=start, ends_at=end) == start
    assert rules.deadline(now=start, starts_at=start, ends_at=end) == end
    assert rules.deadline(now=end, starts_at=start, ends_at=end) == end + timedelta(minutes=30)


def test_a_lease_outlives_every_send() -> None:
    assert timedelta(seconds=30) < rules.LEASE <= timedelta(seconds=60)


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        (550, "5.1.1 no such user", True),
        (550, "no such user", True),
        (553, "5.1.3 bad syntax", True),
        (550, "5.2.1 mailbox disabled", True),
        (550, "5.7.1 we do not like your mail", False),
        (550, "5.1.8 your sender is bad", False),
        (552, "5.2.2 mailbox full", False),
        (554, "spam", False),
    ],
)
def test_only_some_refusals_are_about_the_address(code: int, text: str, wanted: bool) -> None:
    assert rules.speaks_of_address(code, text) is wanted


def test_only_links_to_ourselves_can_be_clicked() -> None:
    text = "See https://a.example/r/x?y=1. Not https://a.example.evil/r or http://a.example/ or https://b.example."

    assert rules.pieces(text, "https://a.example") == [
        Piece("See "),
        Piece("https://a.example/r/x?y=1", "/r/x?y=1"),
        Piece(". Not https://a.example.evil/r or http://a.example/ or https://b.example."),
    ]


def test_paths_become_links_when_the_mail_is_written() -> None:
    values = {"manage_path": "/r/x", "link": "/s", "join_link": "https://meet.example/1", "place": "/not", "n": 3}

    assert rules.with_links(values, "https://a.example") == {
        "manage_link": "https://a.example/r/x",
        "link": "https://a.example/s",
        "join_link": "https://meet.example/1",
        "place": "/not",
        "n": 3,
    }


def test_a_prefix_cannot_mean_more_than_it_says() -> None:
    assert rules.like_prefix("reminder:1") == "reminder:1%"
    for wrong in ("", "a", "reminder:%", "reminder:_", "reminder: x"):
        with pytest.raises(rules.WrongPrefix):
            rules.like_prefix(wrong)


def test_the_same_key_gives_the_same_message_id() -> None:
    assert rules.message_id("invite:1") == rules.message_id("invite:1") != rules.message_id("invite:2")
    assert rules.full_message_id("x", "academy@example.org") == "<x@example.org>"


def test_what_is_sent_or_dropped_moves_no_further() -> None:
    assert rules.move(S.FAILED, S.QUEUED) is S.QUEUED
    for before in (S.SENT, S.DROPPED):
        for after in S:
            with pytest.raises(rules.CannotSendAgain):
                rules.move(before, after)


def test_each_state_has_words() -> None:
    assert set(rules.WORDS) == set(rules.MOVES) == set(S)
