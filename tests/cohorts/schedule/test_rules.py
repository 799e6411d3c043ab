"""The rules of cohorts and sessions."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.people import organisations
from cohorts.schedule import rules
from cohorts.schedule.rules import CohortDetails, Engagement, Stage
from cohorts.schedule.tables import CohortStatus, Format

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

instants = st.integers(0, 2880).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
spans = st.tuples(instants, st.integers(1, 3000)).map(
    lambda pair: Engagement(starts_at=pair[0], ends_at=pair[0] + timedelta(minutes=pair[1]))
)


# ------------------------------------------------------------------ status
@pytest.mark.parametrize("status", CohortStatus)
@pytest.mark.parametrize("to", CohortStatus)
def test_a_cohort_moves_only_by_the_table(status: CohortStatus, to: CohortStatus) -> None:
    if to in rules.MOVES[status]:
        assert rules.move(status, to) is to
    else:
        with pytest.raises(rules.ForbiddenMove):
            rules.move(status, to)


def test_a_closed_or_cancelled_cohort_stays_so() -> None:
    assert rules.MOVES[CohortStatus.CLOSED] == frozenset() == rules.MOVES[CohortStatus.CANCELLED]


def test_a_refused_move_says_why() -> None:
    with pytest.raises(rules.ForbiddenMove, match=r"^This cohort is cancelled, so it can't be published\.$"):
        rules.move(CohortStatus.CANCELLED, CohortStatus.OPEN)


@pytest.mark.parametrize(
    ("starts", "ends", "taken", "stage"),
    [
        (HOUR, 2 * HOUR, 0, Stage.OPEN),
        (HOUR, 2 * HOUR, 19, Stage.OPEN),
        (HOUR, 2 * HOUR, 20, Stage.FULL),
        (0 * HOUR, HOUR, 20, Stage.RUNNING),
        (-HOUR, HOUR, 0, Stage.RUNNING),
        (-HOUR, 0 * HOUR, 0, Stage.FINISHED),
    ],
)
def test_the_stage_of_a_published_cohort_follows_from_the_time(
    starts: timedelta, ends: timedelta, taken: int, stage: Stage
) -> None:
    cohort = {"status": "open", "first_starts_at": NOW + starts, "last_ends_at": NOW + ends}

    assert rules.stage({**cohort, "capacity": 20, "taken": taken}, NOW) == stage


@given(
    status=st.sampled_from(CohortStatus),
    first=st.none() | instants,
    last=st.none() | instants,
    now=instants,
    capacity=st.none() | st.integers(0, 5),
    taken=st.none() | st.integers(0, 5),
)
def test_every_cohort_has_a_stage_with_words(
    status: CohortStatus,
    first: datetime | None,
    last: datetime | None,
    now: datetime,
    capacity: int | None,
    taken: int | None,
) -> None:
    found = rules.stage(
        SimpleNamespace(status=status, starts_at=first, ends_at=last, capacity=capacity, taken=taken), now
    )

    assert found.text and found.colour
    assert (found in (Stage.OPEN, Stage.FULL, Stage.RUNNING, Stage.FINISHED)) == (status is CohortStatus.OPEN)
    assert found.open == (found in (Stage.OPEN, Stage.FULL))


def test_stages_never_go_back_in_time() -> None:
    order = [Stage.OPEN, Stage.RUNNING, Stage.FINISHED]

    seen = [
        rules.stage({"status": "open", "first_starts_at": NOW, "last_ends_at": NOW + 3 * HOUR}, NOW + hours * HOUR)
        for hours in range(-3, 6)
    ]

    assert seen == sorted(seen, key=order.index)


# ----------------------------------------------------------------- publish
READY = {
    "status": "planned",
    "sessions": 1,
    "place": "Shire Hall",
    "link": "",
    "format": "in_person",
    "capacity": 20,
    "programme_published": True,
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, ""),
        ({"status": "open"}, "This cohort is published."),
        ({"status": "cancelled"}, "This cohort is cancelled."),
        ({"programme_published": False}, "Publish the programme first."),
        ({"sessions": 0}, "Add at least one session before you publish."),
        ({"capacity": 0}, "Set at least one place before you publish."),
        ({"place": ""}, "Enter the place where people meet."),
        ({"format": "virtual"}, "Enter the link that people join by."),
        ({"format": "virtual", "place": "", "link": "https://meet.example/1"}, ""),
        ({"format": "hybrid"}, "A hybrid cohort needs a place and a link."),
        ({"format": "hybrid", "link": "https://meet.example/1"}, ""),
    ],
)
def test_publishing_needs_what_people_must_know(change: dict[str, object], sentence: str) -> None:
    assert rules.why_not_publish(**{**READY, **change}) == sentence  # type: ignore[arg-type]


# ------------------------------------------------------------------- times
def test_a_session_ends_after_it_starts_and_within_a_day() -> None:
    rules.check_times(starts_at=NOW, ends_at=NOW + timedelta(hours=24))

    with pytest.raises(rules.BadTimes, match="must end after it starts"):
        rules.check_times(starts_at=NOW, ends_at=NOW)
    with pytest.raises(rules.BadTimes, match="24 hours at most"):
        rules.check_times(starts_at=NOW, ends_at=NOW + timedelta(hours=24, minutes=1))


def test_registration_closes_after_it_opens() -> None:
    with pytest.raises(rules.BadTimes):
        rules.check_cohort(CohortDetails(name="A", code="a", registration_opens_at=NOW, registration_closes_at=NOW))


def test_the_minimum_is_not_above_the_places() -> None:
    rules.check_cohort(CohortDetails(name="A", code="a", capacity=5, minimum=5))

    with pytest.raises(rules.TooFewPlaces):
        rules.check_cohort(CohortDetails(name="A", code="a", capacity=5, minimum=6))


@given(st.integers(0, 50), st.integers(0, 50))
def test_capacity_never_falls_below_the_places_taken(capacity: int, taken: int) -> None:
    if capacity >= taken:
        rules.check_capacity(capacity, taken=taken)
    else:
        with pytest.raises(rules.TooFewPlaces):
            rules.check_capacity(capacity, taken=taken)


def test_a_refused_capacity_says_what_would_do() -> None:
    with pytest.raises(rules.TooFewPlaces) as refused:
        rules.check_capacity(17, taken=18)

    assert refused.value.message == "18 places are taken. Enter 18 or more, or withdraw people first."


# ---------------------------------------------------------------- overlaps
@given(spans, spans)
def test_overlapping_is_mutual(one: Engagement, other: Engagement) -> None:
    assert rules.overlaps(one, other) == rules.overlaps(other, one)


@given(spans, spans)
def test_two_things_overlap_if_some_minute_belongs_to_both(one: Engagement, other: Engagement) -> None:
    shared = min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)

    assert rules.overlaps(one, other) == (shared > timedelta(0))


def test_back_to_back_is_no_clash() -> None:
    morning = Engagement(starts_at=NOW, ends_at=NOW + HOUR)
    next_one = Engagement(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)

    assert rules.clashes(morning, [next_one]) == []


def test_a_session_does_not_clash_with_itself_and_clashes_come_in_order() -> None:
    session = uuid4()
    wanted = Engagement(starts_at=NOW, ends_at=NOW + 4 * HOUR, session=session)
    late = Engagement(starts_at=NOW + 2 * HOUR, ends_at=NOW + 3 * HOUR, session=uuid4())
    early = Engagement(starts_at=NOW - HOUR, ends_at=NOW + HOUR, session=uuid4())
    itself = Engagement(starts_at=NOW, ends_at=NOW + HOUR, session=session)

    assert rules.clashes(wanted, [late, itself, early]) == [early, late]


@given(st.lists(st.tuples(st.sampled_from(["planned", "cancelled"]), spans), max_size=6))
def test_the_span_covers_every_session_that_counts_and_nothing_more(sessions: list[tuple[str, Engagement]]) -> None:
    planned = [each for status, each in sessions if status == "planned"]
    counting = planned or [each for _, each in sessions]

    first, last = rules.span((status, each.starts_at, each.ends_at) for status, each in sessions)

    assert first == min((each.starts_at for each in counting), default=None)
    assert last == max((each.ends_at for each in counting), default=None)


@pytest.mark.parametrize(
    ("format", "own", "expected"),
    [
        ("in_person", {}, ("Shire Hall", "")),
        ("virtual", {}, ("", "https://meet.example/1")),
        ("hybrid", {}, ("Shire Hall", "https://meet.example/1")),
        ("in_person", {"own_place": "Town Hall"}, ("Town Hall", "")),
        ("in_person", {"own_place": "", "own_link": "https://meet.example/2"}, ("", "https://meet.example/2")),
    ],
)
def test_a_session_is_where_its_cohort_is_unless_it_says_otherwise(
    format: str, own: dict[str, str], expected: tuple[str, str]
) -> None:
    found = rules.place_and_link(format=format, venue="Shire Hall", link="https://meet.example/1", **own)

    assert found == expected


# ------------------------------------------------------------------- words
@given(st.text(max_size=120), st.text(max_size=120), st.none() | instants)
def test_a_suggested_code_can_stand_in_an_address(programme: str, place: str, starts: datetime | None) -> None:
    code = rules.suggest_code(programme, place, starts)

    assert 1 <= len(code) <= 60
    assert set(code) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not code.startswith("-") and not code.endswith("-")


def test_the_code_names_programme_place_and_year() -> None:
    assert rules.suggest_code("Top Talent", "Essex", NOW) == "top-talent-essex-2026"
    assert rules.suggest_code("Women’s Leadership & Growth", "Caerdydd / Cardiff") == (
        "womens-leadership-and-growth-caerdydd-cardiff"
    )


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Top Talent, Essex", "Essex"),
        ("Essex", "Essex"),
        ("Top Talent", "East of England"),
        ("top talent – Leeds", "Leeds"),
    ],
)
def test_the_place_is_what_the_name_adds_to_the_programme(name: str, place: str) -> None:
    assert rules.place_of(name, "Top Talent", "East of England") == place


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=160))
def test_an_event_title_fits_and_keeps_the_session(cohort: str, title: str) -> None:
    made = rules.event_title(cohort, title)

    assert len(made) <= 200
    assert made.endswith(title)


def test_a_webinar_of_the_same_name_is_named_once() -> None:
    assert rules.event_title("Digital Inclusion", "Digital inclusion") == "Digital inclusion"
    assert rules.event_title("Top Talent, Essex", "Day 1") == "Top Talent, Essex: Day 1"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("7,1", "7,1"),
        ("1 and 7", "7,1"),
        (" 14; 2 , 2", "14,2"),
        ("", ""),
        ("0", None),
        ("61", None),
        ("one week", None),
        ("-1", None),
        ("1,2,3,4,5", None),
    ],
)
def test_reminders_are_days_before(typed: str, stored: str | None) -> None:
    assert rules.typed_reminders(typed) == stored


def test_stored_reminders_come_most_days_first() -> None:
    assert rules.reminder_days("1,14,7") == [14, 7, 1]
    assert rules.reminder_days("") == []


def test_every_format_has_words() -> None:
    assert set(rules.FORMAT_WORDS) == set(Format)


def test_a_region_has_one_spelling_here_and_for_organisations() -> None:
    assert set(rules.REGIONS) - {"England", rules.ONLINE} == set(organisations.REGIONS)
