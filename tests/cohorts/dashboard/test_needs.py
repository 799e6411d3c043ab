"""What a coordinator has to decide: each rule at its edges, and what holds for any figures."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.programmes.tables import ProgrammeKind
from cohorts.coaching.desk.queries import Figures as Coaching
from cohorts.dashboard.needs import (
    ASK_AFTER,
    ASK_WITHIN,
    BOOK_BEFORE,
    PUBLISH_WITHIN,
    WARN_WITHIN,
    needs,
    needs_of_all,
)
from cohorts.dashboard.queries import Figures
from cohorts.schedule.tables import CohortStatus

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SESSION = UUID(int=7)
ALL_WELL: dict[str, Any] = {
    "id": UUID(int=1),
    "code": "tt-essex",
    "name": "Top Talent, Essex",
    "programme_name": "Top Talent",
    "kind": ProgrammeKind.LEADERSHIP,
    "status": CohortStatus.OPEN,
    "zone": "Europe/London",
    "capacity": 20,
    "minimum": 8,
    "first_starts_at": NOW + timedelta(days=40),
    "last_ends_at": NOW + timedelta(days=60),
    "taken": 12,
    "unconfirmed": 0,
    "waiting": 0,
    "first_waiting": None,
    "next_event": UUID(int=2),
    "next_title": "Day 1",
    "next_starts_at": NOW + timedelta(days=40),
    "invited_at": NOW - timedelta(days=1),
    "accepted": 12,
    "tentative": 0,
    "declined": 0,
    "silent": 0,
    "no_register": 0,
    "no_register_session": None,
    "no_register_title": None,
    "marked": 0,
    "attended": 0,
    "failed_mails": 0,
    "to_decide": 0,
}


def figures(**but: Any) -> Figures:
    """A cohort where nothing needs anybody, but for what is said."""
    return Figures(**{**ALL_WELL, **but})


def found(**but: Any) -> list[str]:
    """What is needed, by the last part of its id."""
    return [need.id.removeprefix("tt-essex-") for need in needs(figures(**but), NOW)]


def test_where_all_is_well_nothing_is_needed() -> None:
    assert needs(figures(), NOW) == []


# ----------------------------------------------------------------- mails
def test_failed_mails_lead_to_the_mails_of_this_cohort() -> None:
    (need,) = needs(figures(failed_mails=1), NOW)

    assert (need.what, need.href, need.post) == (
        "1 mail could not be delivered",
        "/cohorts/tt-essex/mails?state=failed",
        "",
    )


def test_several_failed_mails_are_one_need() -> None:
    (need,) = needs(figures(failed_mails=3), NOW)

    assert need.what == "3 mails could not be delivered"


# --------------------------------------------------------------- minimum
@pytest.mark.parametrize(
    ("starts_in", "taken", "expected"),
    [
        (WARN_WITHIN, 7, ["minimum"]),
        (WARN_WITHIN + SECOND, 7, []),
        (SECOND, 7, ["minimum"]),
        (timedelta(0), 7, []),
        (WARN_WITHIN, 8, []),
        (WARN_WITHIN, 0, ["minimum"]),
    ],
)
def test_too_few_people_are_told_in_the_last_week(starts_in: timedelta, taken: int, expected: list[str]) -> None:
    assert found(first_starts_at=NOW + starts_in, taken=taken) == expected


def test_too_few_people_are_told_in_numbers_and_with_the_day() -> None:
    (need,) = needs(figures(first_starts_at=NOW + timedelta(days=3), taken=1, minimum=8), NOW)

    assert need.what == "1 of at least 8 people have a place"
    assert need.why == "It starts on Thursday 4 June. Go ahead, find more people, or cancel it."


def test_a_minimum_does_not_matter_before_a_cohort_is_published() -> None:
    assert found(status=CohortStatus.PLANNED, first_starts_at=NOW + timedelta(days=3), taken=0) == ["publish"]


# -------------------------------------------------------------- registers
def test_a_missing_register_leads_to_the_latest_one() -> None:
    (need,) = needs(figures(no_register=1, no_register_session=SESSION, no_register_title="Day 1"), NOW)

    assert (need.what, need.href) == ("Nobody has taken the register of Day 1", f"/sessions/{SESSION}/register")


@pytest.mark.parametrize(("missing", "more"), [(2, " and 1 earlier session"), (4, " and 3 earlier sessions")])
def test_several_missing_registers_are_one_need(missing: int, more: str) -> None:
    (need,) = needs(figures(no_register=missing, no_register_session=SESSION, no_register_title="Day 4"), NOW)

    assert need.what == f"Nobody has taken the register of Day 4{more}"


def test_a_cohort_that_is_closed_needs_no_register() -> None:
    assert found(status=CohortStatus.CLOSED, no_register=1, no_register_session=SESSION, no_register_title="x") == []


# ----------------------------------------------------------------- places
@pytest.mark.parametrize(
    ("taken", "waiting", "expected"),
    [(19, 1, ["place"]), (20, 1, []), (21, 1, []), (19, 0, []), (0, 5, ["place"])],
)
def test_a_place_that_is_free_while_somebody_waits(taken: int, waiting: int, expected: list[str]) -> None:
    assert found(taken=taken, waiting=waiting, first_waiting="Tom Price") == expected


def test_one_button_gives_the_place_to_the_first_in_line() -> None:
    (need,) = needs(figures(taken=19, waiting=4, first_waiting="Tom Price"), NOW)

    assert (need.what, need.why) == ("A place is free", "First on the waiting list: Tom Price.")
    assert (need.action, need.post, need.href) == ("Give the place", "/cohorts/tt-essex/fill", "")


def test_several_free_places_are_counted() -> None:
    (need,) = needs(figures(taken=17, waiting=4, first_waiting="Tom Price"), NOW)

    assert (need.what, need.action) == ("3 places are free", "Give the places")


def test_no_place_is_given_when_nothing_is_to_come() -> None:
    assert found(taken=19, waiting=1, first_waiting="Tom Price", next_event=None, next_starts_at=None) == []


# ---------------------------------------------------------------- replies
@pytest.mark.parametrize(
    ("starts_in", "invited", "expected"),
    [
        (ASK_WITHIN, ASK_AFTER, ["silent"]),
        (ASK_WITHIN + SECOND, ASK_AFTER, []),
        (ASK_WITHIN, ASK_AFTER - SECOND, []),
        (SECOND, ASK_AFTER, ["silent"]),
        (timedelta(0), ASK_AFTER, []),
    ],
)
def test_silence_counts_a_week_after_the_invite_and_three_weeks_before(
    starts_in: timedelta, invited: timedelta, expected: list[str]
) -> None:
    assert found(silent=3, next_starts_at=NOW + starts_in, invited_at=NOW - invited) == expected


@pytest.mark.parametrize(("silent", "what"), [(1, "1 person has"), (3, "3 people have")])
def test_who_is_silent_is_counted_and_the_day_named(silent: int, what: str) -> None:
    one = figures(silent=silent, next_starts_at=NOW + timedelta(days=5), invited_at=NOW - timedelta(days=9))

    (need,) = needs(one, NOW)

    assert need.what == f"{what} not replied about Saturday 6 June"
    assert (need.why, need.post) == ("The invite went out 9 days ago.", "/cohorts/tt-essex/ask-again")


def test_a_day_is_named_by_the_clocks_of_the_place() -> None:
    late = datetime(2026, 6, 6, 23, 30, tzinfo=UTC)

    (london,) = needs(figures(silent=1, next_starts_at=late, invited_at=NOW - timedelta(days=9)), NOW)
    (here,) = needs(
        figures(silent=1, next_starts_at=late, invited_at=NOW - timedelta(days=9), zone="America/New_York"), NOW
    )

    assert (london.what[-14:], here.what[-15:]) == (" Sunday 7 June", "Saturday 6 June")


# ------------------------------------------------------- closing, deciding
@pytest.mark.parametrize(
    ("ended", "missing", "expected"),
    [(timedelta(0), 0, ["close"]), (-SECOND, 0, []), (timedelta(days=3), 1, ["register"])],
)
def test_a_cohort_is_closed_after_its_last_session_and_its_last_register(
    ended: timedelta, missing: int, expected: list[str]
) -> None:
    over = {"next_event": None, "next_starts_at": None, "no_register": missing}
    asked = {"no_register_session": SESSION, "no_register_title": "Day 2"} if missing else {}

    assert found(last_ends_at=NOW - ended, **over, **asked) == expected


@pytest.mark.parametrize("status", [CohortStatus.CLOSED, CohortStatus.CANCELLED])
def test_what_is_over_is_not_closed_again(status: CohortStatus) -> None:
    assert found(status=status, last_ends_at=NOW - timedelta(days=1)) == []


def test_a_corrected_certificate_is_decided_on_after_the_cohort_is_closed() -> None:
    assert found(status=CohortStatus.CLOSED, to_decide=1) == ["decide"]


# -------------------------------------------------------------- publishing
@pytest.mark.parametrize(
    ("starts_in", "expected"),
    [(PUBLISH_WITHIN, ["publish"]), (PUBLISH_WITHIN + SECOND, []), (SECOND, ["publish"]), (timedelta(0), [])],
)
def test_a_cohort_is_to_be_published_eight_weeks_before(starts_in: timedelta, expected: list[str]) -> None:
    assert found(status=CohortStatus.PLANNED, first_starts_at=NOW + starts_in) == expected


# -------------------------------------------------------------------- order
def test_the_most_urgent_is_first() -> None:
    many = {
        "failed_mails": 1,
        "waiting": 1,
        "first_waiting": "Tom",
        "silent": 2,
        "next_starts_at": NOW + timedelta(days=5),
        "invited_at": NOW - timedelta(days=9),
        "to_decide": 1,
        "no_register": 1,
        "no_register_session": SESSION,
        "no_register_title": "Day 1",
    }

    assert found(**many) == ["mails", "register", "place", "silent", "decide"]


def test_over_all_cohorts_urgency_counts_before_the_order_of_the_cohorts() -> None:
    early = figures(code="a", name="A", to_decide=1)
    late = figures(code="b", name="B", failed_mails=1)

    assert [(need.code, need.cohort) for need in needs_of_all([early, late], NOW)] == [("b", "B"), ("a", "A")]


INSTANTS = st.integers(-90, 90).map(lambda hours: NOW + timedelta(hours=12 * hours))
SMALL = st.integers(0, 30)
ANY = st.builds(
    figures,
    status=st.sampled_from(CohortStatus),
    capacity=SMALL,
    minimum=SMALL,
    taken=SMALL,
    waiting=SMALL,
    first_waiting=st.just("Tom Price"),
    first_starts_at=st.none() | INSTANTS,
    last_ends_at=st.none() | INSTANTS,
    next_event=st.none() | st.just(UUID(int=2)),
    next_starts_at=st.none() | INSTANTS,
    invited_at=st.none() | INSTANTS,
    silent=SMALL,
    no_register=SMALL,
    no_register_session=st.none() | st.just(SESSION),
    no_register_title=st.just("Day 1"),
    failed_mails=SMALL,
    to_decide=SMALL,
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu"]),
)


@given(ANY)
def test_each_need_is_a_sentence_a_reason_and_one_button(one: Figures) -> None:
    for need in needs(one, NOW):
        assert need.what and need.why.endswith(".") and need.action
        assert bool(need.href) != bool(need.post)
        assert (need.cohort, need.code) == (one.name, one.code)


@given(st.lists(ANY, max_size=5))
def test_needs_are_in_order_and_none_comes_twice(cohorts: list[Figures]) -> None:
    several = [figures(**{**_plain(one), "code": f"c{number}"}) for number, one in enumerate(cohorts)]

    all_needs = needs_of_all(several, NOW)

    assert [need.urgency for need in all_needs] == sorted(need.urgency for need in all_needs)
    assert len({need.id for need in all_needs}) == len(all_needs)
    assert len(all_needs) == sum(len(needs(one, NOW)) for one in several)


@given(ANY)
def test_a_cohort_that_is_over_for_good_asks_only_about_mails_and_certificates(one: Figures) -> None:
    closed = figures(**{**_plain(one), "status": CohortStatus.CANCELLED})

    assert {need.id for need in needs(closed, NOW)} <= {"tt-essex-mails", "tt-essex-decide"}


def _plain(one: Figures) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Figures.__struct_fields__}


def test_nobody_is_chased_about_a_webinar() -> None:
    silent = {"silent": 200, "next_starts_at": NOW + ASK_WITHIN, "invited_at": NOW - ASK_AFTER}

    assert (found(**silent), found(**silent, kind=ProgrammeKind.WEBINAR)) == (["silent"], [])


# ------------------------------------------------------------------- coaching
def coaching(**but: Any) -> Coaching:
    """Coaching of this cohort in which nobody has to do anything, but for what is said."""
    told = {name: ALL_WELL[name] for name in ("code", "name", "programme_name", "zone", "last_ends_at")}
    counts = {"expire_days": None, "idle": 0, "unanswered": 0, "unmarked": 0}
    return Coaching(**{"cohort": ALL_WELL["id"], **told, **counts, **but})


def test_a_cohort_without_coaching_and_one_where_all_is_well_need_nothing() -> None:
    assert found(coaching=None) == found(coaching=coaching()) == []


def test_requests_that_a_coach_leaves_unanswered_and_sessions_without_outcome_lead_to_the_list() -> None:
    (asked, held) = needs(figures(coaching=coaching(unanswered=2, unmarked=1)), NOW)

    assert (asked.what, asked.href) == (
        "2 coaching requests not answered for two days",
        "/cohorts/tt-essex/coaching?show=waiting",
    )
    assert (held.what, held.href) == (
        "1 coaching session without an outcome",
        "/cohorts/tt-essex/coaching?show=unmarked",
    )


@pytest.mark.parametrize(
    ("ends", "needed"),
    [(BOOK_BEFORE + SECOND, False), (BOOK_BEFORE, True), (SECOND, True), (timedelta(), False)],
)
def test_who_has_nothing_booked_is_reminded_before_the_end(ends: timedelta, needed: bool) -> None:
    one = coaching(idle=3, last_ends_at=NOW + ends)

    assert (found(coaching=one) == ["coaching-book"]) is needed


def test_the_end_is_when_what_is_left_ends() -> None:
    later = coaching(idle=1, last_ends_at=NOW + timedelta(days=1), expire_days=90)
    sooner = coaching(idle=1, last_ends_at=NOW - timedelta(days=1), expire_days=30)

    assert found(coaching=later) == []
    (need,) = needs(figures(coaching=sooner), NOW)
    assert (need.what, need.why, need.post) == (
        "1 person has coaching left and nothing booked",
        "What is left ends on Tuesday 30 June.",
        "/cohorts/tt-essex/coaching/remind",
    )
