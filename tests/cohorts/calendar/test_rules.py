"""What an address of the calendar asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.calendar import rules
from cohorts.calendar.rules import View


def test_the_plain_calendar_has_no_query() -> None:
    assert rules.view({}).query() == ""


def test_a_view_is_its_address_and_back() -> None:
    view = View(kind="webinar", region="South East", format="virtual", when="past", find="cyber")

    assert rules.view(view.filters) == view


@pytest.mark.parametrize(
    "query",
    [{"type": "party"}, {"when": "now"}, {"format": "by post"}, {"page": "0"}, {"page": "-1"}, {"page": "9" * 30}],
)
def test_what_is_no_filter_of_ours_counts_as_not_said(query: dict[str, str]) -> None:
    assert rules.view(query) == View()


@given(st.dictionaries(st.sampled_from(["type", "region", "format", "when", "q", "page"]), st.text()))
def test_any_address_is_a_view_that_has_an_address(query: dict[str, str]) -> None:
    view = rules.view(query)

    assert rules.view(view.filters).filters == view.filters


@pytest.mark.parametrize(
    ("capacity", "taken", "waiting", "told"),
    [
        (20, 0, 0, "20 places left"),
        (20, 17, 0, "Only 3 places left"),
        (100, 90, 0, "Only 10 places left"),
        (20, 19, 0, "Only 1 place left"),
        (20, 20, 0, "Full, waiting list open"),
        (20, 20, 4, "Full, 4 waiting"),
    ],
)
def test_places_are_told_as_people_ask(capacity: int, taken: int, waiting: int, told: str) -> None:
    assert rules.places_in_words(capacity, taken=taken, waiting=waiting) == told


def test_a_subscribed_view_is_named_after_its_filters() -> None:
    assert rules.name(View(kind="webinar", region="London"), "Leadership Academy") == (
        "Leadership Academy: webinars, London"
    )


@pytest.mark.parametrize(
    ("needed", "sessions", "told"),
    [
        (None, 0, ""),
        (1, 1, ""),
        (None, 2, "Attend both sessions"),
        (3, 2, "Attend both sessions"),
        (None, 3, "Attend all 3 sessions"),
        (2, 3, "Attend 2 of the 3 sessions"),
    ],
)
def test_completing_is_told_by_the_sessions_that_there_are(needed: int | None, sessions: int, told: str) -> None:
    assert rules.to_complete(needed, sessions) == told
