"""What a round may become, who may sign up, and how dates move."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from academy.errors import DomainError
from academy.invites.times import utc_to_local
from mentoring.matching.criteria import Criteria
from mentoring.profiles import rules
from mentoring.profiles.rules import MOVES, BadRound, RoundDetails
from mentoring.profiles.tables import Audience, PoolStatus, RoundStatus

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
S = RoundStatus


def details(**changed: object) -> RoundDetails:
    return RoundDetails(**{"name": "Mentoring 2026", "slug": "mentoring-2026", **changed})  # type: ignore[arg-type]


# ------------------------------------------------------------------- moves
@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("to", S)
def test_the_table_alone_decides_what_a_round_becomes(status: S, to: S) -> None:
    assert (rules.why_not_move(status, to) is None) == (to in MOVES[status])


def test_every_round_can_come_to_its_end_and_none_comes_back_from_it() -> None:
    reached, edge = {S.DRAFT}, {S.DRAFT}
    while edge:
        edge = {to for each in edge for to in MOVES[each]} - reached
        reached |= edge
    assert reached == set(S)
    assert MOVES[S.CLOSED] == frozenset()


def test_sign_up_can_be_opened_again_while_pairs_are_made() -> None:
    assert S.OPEN in MOVES[S.MATCHING] and S.MATCHING in MOVES[S.OPEN]


def test_a_template_goes_nowhere() -> None:
    refused = rules.why_not_move(S.DRAFT, S.OPEN, is_template=True)
    assert refused is not None and "template" in refused.message


@pytest.mark.parametrize("to", [PoolStatus.NO_MATCH_FOUND, PoolStatus.WAITING_REMATCH])
def test_who_withdrew_is_not_brought_back_by_a_run(to: PoolStatus) -> None:
    assert rules.why_not_pool_move(PoolStatus.WITHDRAWN, to) is not None
    assert rules.why_not_pool_move(PoolStatus.IN_POOL, to) is None


# ------------------------------------------------------------------ rounds
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"slug": "Mentoring 2026"}, "slug"),
        ({"slug": "rounds"}, "slug"),
        ({"opens_at": NOW, "closes_at": NOW}, "closes_on"),
        ({"closes_at": NOW, "starts_on": date(2026, 5, 31)}, "starts_on"),
        ({"months": 0}, "months"),
        ({"rhythm_weeks": 27}, "rhythm_weeks"),
        ({"answer_days": 0}, "answer_days"),
    ],
)
def test_a_round_that_contradicts_itself_says_where(changed: dict[str, object], field: str) -> None:
    with pytest.raises(BadRound) as refused:
        rules.check_round(details(**changed))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("wanted", "taken", "slug"),
    [
        ("Mentoring 2026", [], "mentoring-2026"),
        ("Mentoring 2026", ["mentoring-2026"], "mentoring-2026-2"),
        ("Rounds", [], "rounds-2"),
        ("Été & après", [], "ete-and-apres"),
    ],
)
def test_an_address_that_nobody_has(wanted: str, taken: list[str], slug: str) -> None:
    assert rules.free_slug(wanted, taken) == slug


@given(st.text(max_size=200), st.lists(st.text(max_size=10)))
def test_every_name_gives_an_address_that_is_accepted(name: str, taken: list[str]) -> None:
    found = rules.free_slug(name, taken)

    assert found not in taken and len(found) <= 60
    rules.check_round(details(slug=found))


# ------------------------------------------------------------------ clones
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(old=DAYS, new=DAYS, before=st.integers(1, 200), long=st.integers(1, 150), hour=st.integers(0, 23))
def test_a_clone_keeps_every_distance_in_days_and_the_time_of_day(
    old: date, new: date, before: int, long: int, hour: int
) -> None:
    closes = datetime(old.year, old.month, old.day, hour, 30, tzinfo=UTC) - timedelta(days=before)
    former = details(starts_on=old, opens_at=closes - timedelta(days=long), closes_at=closes)

    clone = rules.shifted(former, starts_on=new, name="Next", slug="next")

    assert (clone.name, clone.slug, clone.starts_on) == ("Next", "next", new)
    for was, now in ((former.opens_at, clone.opens_at), (former.closes_at, clone.closes_at)):
        assert was and now
        assert new - utc_to_local(now).date() == old - utc_to_local(was).date()
        # the hour that spring skips is told an hour later
        assert utc_to_local(now).minute == 30 and utc_to_local(now).hour - utc_to_local(was).hour in (0, 1)
    same = ("summary", "agreement", "months", "rhythm_weeks", "answer_days", "mentors_may", "mentees_may")
    assert [getattr(clone, name) for name in same] == [getattr(former, name) for name in same]


@given(old=DAYS, new=DAYS)
def test_a_clone_of_a_good_round_is_good_and_there_and_back_is_the_same(old: date, new: date) -> None:
    at = datetime(old.year, old.month, old.day, 11, tzinfo=UTC) - timedelta(days=30)
    former = details(starts_on=old, opens_at=at, closes_at=at + timedelta(days=20))
    rules.check_round(former)

    clone = rules.shifted(former, starts_on=new, name="Next", slug="next")
    back = rules.shifted(clone, starts_on=old, name=former.name, slug=former.slug)

    rules.check_round(clone)
    assert back == former


def test_without_a_start_a_clone_has_no_dates() -> None:
    clone = rules.shifted(details(starts_on=date(2026, 9, 1), closes_at=NOW), starts_on=None, name="N", slug="n")

    assert (clone.starts_on, clone.opens_at, clone.closes_at) == (None, None, None)


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        (date(2026, 9, 1), 9, date(2027, 6, 1)),
        (date(2026, 5, 31), 9, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (None, 9, None),
    ],
)
def test_the_last_day(starts_on: date | None, months: int, ends_on: date | None) -> None:
    assert rules.ends_on(starts_on, months) == ends_on


# ----------------------------------------------------------------- sign-up
def refusal(**changed: object) -> str:
    facts: dict[str, object] = {
        "status": S.OPEN,
        "may": Audience.ANYONE,
        "opens_at": None,
        "closes_at": None,
        "alumnus": False,
        "now": NOW,
        **changed,
    }
    refused = rules.why_not_sign_up(**facts)  # type: ignore[arg-type]
    return refused.message if refused else ""


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, ""),
        ({"status": S.DRAFT}, "Sign-up is not open yet."),
        ({"status": S.MATCHING}, "Sign-up is over."),
        ({"closes_at": NOW}, "Sign-up is over."),
        ({"opens_at": NOW}, ""),
        ({"opens_at": NOW + timedelta(days=1)}, "Sign-up opens at 10am on 2 June 2026."),
        ({"may": Audience.NOBODY}, "The coordinator adds people"),
        ({"may": Audience.ALUMNI}, "people who have completed a programme"),
        ({"may": Audience.ALUMNI, "alumnus": True}, ""),
    ],
)
def test_who_may_sign_up_and_when(facts: dict[str, object], says: str) -> None:
    assert refusal(**facts).startswith(says) if says.startswith("S") else says in refusal(**facts)
    assert bool(refusal(**facts)) == bool(says)


@pytest.mark.parametrize(
    ("until", "takes"),
    [(None, True), (date(2026, 6, 2), False), (date(2026, 6, 1), True), (date(2026, 5, 1), True)],
)
def test_a_pause_ends_by_itself_on_its_day(until: date | None, takes: bool) -> None:
    assert rules.takes_new(until, today=date(2026, 6, 1)) is takes


@pytest.mark.parametrize("capacity", [0, -1, 11])
def test_a_capacity_that_cannot_be(capacity: int) -> None:
    with pytest.raises(rules.BadProfile):
        rules.check_capacity(capacity)


@given(st.uuids(), st.lists(st.uuids(), max_size=8))
def test_choices_keep_their_order_and_stand_once(person: object, chosen: list[object]) -> None:
    assume(person not in chosen)
    twice = [each for each in chosen for _ in range(2)]
    try:
        kept = rules.check_choices(person, twice)  # type: ignore[arg-type]
    except DomainError:
        assert len(set(chosen)) > 5
    else:
        assert list(kept) == list(dict.fromkeys(chosen))


def test_the_usual_criteria_are_those_of_the_matching_with_related_professions() -> None:
    usual = rules.usual_criteria()

    assert usual.rules == Criteria().rules and usual.weights.most() == Criteria().weights.most()
    assert ("Cyber security", "Digital, data and technology") in usual.weights.related
