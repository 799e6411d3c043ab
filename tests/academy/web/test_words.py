"""Numbers and lists as sentences say them."""

import pytest

from academy.web.words import counted, listed


def test_one_is_not_many() -> None:
    assert [counted(number, "session") for number in (0, 1, 2)] == ["0 sessions", "1 session", "2 sessions"]
    assert [counted(number, "person", "people") for number in (1, 7)] == ["1 person", "7 people"]


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["Essex"], "Essex"), (["Essex", "Kent"], "Essex and Kent"), (["A", "B", "C"], "A, B and C")],
)
def test_the_last_of_a_list_comes_after_and(words: list[str], said: str) -> None:
    assert listed(words) == said
