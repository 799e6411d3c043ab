"""What coaches type, as it is meant; and the sentence for what can't be meant."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.errors import Invalid
from academy.web.forms import Fields
from cohorts.coaching.times import forms
from cohorts.coaching.times.forms import Row
from cohorts.coaching.times.rules import NO_TIMES, CoachProfile, CoachRules, DayException, Stretch
from cohorts.coaching.times.tables import ExceptionKind, Nation
from tests.support.makers import weekly

TODAY = date(2026, 6, 8)


def sent(**fields: str) -> Fields:
    return Fields(fields.items())


def wrong(read: Any, *given: Any, **told: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        read(*given, **told)
    return caught.value.errors


# ------------------------------------------------------------------- times
@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("9:00am", 540),
        ("9am", 540),
        (" 9.30 AM ", 570),
        ("14:30", 870),
        ("12pm", 720),
        ("noon", 720),
        ("12am", 0),
        ("midnight", 0),
        ("00:00", 0),
        ("9", None),
        ("25:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, minute: int | None) -> None:
    assert forms.minute_of(text) == minute


@pytest.mark.parametrize("text", ["midnight", "12am", "24:00", "00:00", "0:00"])
def test_midnight_as_an_end_is_the_end_of_the_day(text: str) -> None:
    assert forms.minute_of(text, end=True) == 1440


@given(st.integers(0, 1440))
def test_a_time_that_is_shown_is_read_back(minute: int) -> None:
    assert forms.minute_of(forms.clock(minute), end=minute == 1440) == minute


# ---------------------------------------------------------------- the week
def test_the_week_that_the_form_shows_is_the_week_it_reads() -> None:
    week = weekly((0, 1.5), (9, 12), (13, 24), days=[0, 3, 6])

    fields = {
        forms.name(weekday, row.number, part): value
        for weekday, rows in enumerate(forms.typed_week(week))
        for row in rows
        for part, value in (("from", row.starts), ("to", row.ends))
    }

    assert forms.read_week(fields) == week


def test_empty_rows_are_not_there() -> None:
    assert forms.read_week(sent(d0_0_from="", d0_0_to="  ")) == NO_TIMES
    assert forms.read_week(sent(d0_0_from="", d0_0_to="", d0_1_from="9am", d0_1_to="10am"))[0] == (Stretch(540, 600),)
    assert forms.typed_week(NO_TIMES) == [[Row(0, "", "")]] * 7


def test_every_error_of_the_week_is_told_at_once_with_its_weekday() -> None:
    fields = sent(
        d0_0_from="9am", d0_0_to="", d1_0_from="", d1_0_to="5pm", d2_0_from="nine", d2_0_to="5pm", d3_0_from="5pm",
        d3_0_to="9am", d4_0_from="9am", d4_0_to="12pm", d4_1_from="11am", d4_1_to="1pm",
    )  # fmt: skip

    assert wrong(forms.read_week, fields) == {
        "d0_0_to": "Monday: enter when you finish, like 5:30pm.",
        "d1_0_from": "Tuesday: enter when you start, like 9am.",
        "d2_0_from": "Wednesday: enter when you start, like 9am.",
        "d3_0_to": "Thursday: it must end after 5pm, the same day.",
    }


def test_stretches_that_overlap_are_told_on_the_later_row() -> None:
    fields = sent(d4_0_from="9am", d4_0_to="12pm", d4_1_from="11am", d4_1_to="1pm", d4_2_from="1pm", d4_2_to="2pm")

    assert wrong(forms.read_week, fields) == {
        "d4_1_from": "Friday: 11am to 1pm overlaps 9am to 12pm. Make one of them."
    }


def test_the_same_stretch_twice_overlaps_itself() -> None:
    fields = sent(d0_0_from="9am", d0_0_to="10am", d0_1_from="9am", d0_1_to="10am")

    assert list(wrong(forms.read_week, fields)) == ["d0_1_from"]


def test_one_more_row_comes_last_and_there_is_an_end() -> None:
    rows = forms.typed_week(weekly((9, 10)))

    more = forms.with_one_more(rows, 2)

    assert [len(day) for day in more] == [1, 1, 2, 1, 1, 1, 1]
    assert more[2] == [Row(0, "9am", "10am"), Row(1, "", "")]
    for _ in range(10):
        more = forms.with_one_more(more, 2)
    assert len(more[2]) == forms.MOST_STRETCHES


def test_mondays_times_are_copied_until_friday() -> None:
    rows = forms.typed_week(weekly((9, 10), days=[0, 5]))

    assert forms.like_monday(rows) == [rows[0]] * 5 + rows[5:]


# -------------------------------------------------------------- exceptions
def test_leave_without_a_last_day_is_one_day() -> None:
    found, note = forms.read_exception(sent(kind="leave", from_on="2026-06-10", note=" Portugal "), today=TODAY)

    assert found == DayException(kind=ExceptionKind.LEAVE, from_on=date(2026, 6, 10), to_on=date(2026, 6, 10))
    assert note == "Portugal"


def test_time_off_and_extra_hours_may_be_part_of_a_day() -> None:
    for kind in ("off", "extra"):
        fields = sent(kind=kind, from_on="10 June 2026", to_on="12/6/2026", from_at="6pm", to_at="midnight")

        found, _ = forms.read_exception(fields, today=TODAY)

        assert (found.kind, found.minutes, found.to_on) == (kind, (1080, 1440), date(2026, 6, 12))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, ["kind", "from_on"]),
        ({"kind": "leave", "from_on": "2026-06-10", "to_on": "2026-06-09"}, ["to_on"]),
        ({"kind": "leave", "from_on": "2026-06-01"}, ["from_on"]),
        ({"kind": "leave", "from_on": "2026-06-01", "to_on": "2026-06-07"}, ["to_on"]),
        ({"kind": "leave", "from_on": "2029-06-01"}, ["from_on"]),
        ({"kind": "leave", "from_on": "2026-06-10", "to_on": "2029-06-10"}, ["to_on"]),
        ({"kind": "leave", "from_on": "2026-06-10", "from_at": "9am", "to_at": "10am"}, ["from_at"]),
        ({"kind": "extra", "from_on": "2026-06-10"}, ["from_at", "to_at"]),
        ({"kind": "off", "from_on": "2026-06-10", "from_at": "9am"}, ["to_at"]),
        ({"kind": "off", "from_on": "2026-06-10", "from_at": "9am", "to_at": "9am"}, ["to_at"]),
        ({"kind": "off", "from_on": "2026-06-10", "from_at": "x", "to_at": "9am"}, ["from_at"]),
        ({"kind": "off", "from_on": "2026-06-10", "note": "x" * 201}, ["note"]),
    ],
)
def test_an_exception_that_makes_no_sense_is_refused_at_its_field(fields: dict[str, str], where: list[str]) -> None:
    assert list(wrong(forms.read_exception, sent(**fields), today=TODAY)) == where


def test_leave_that_has_begun_can_still_be_told() -> None:
    found, _ = forms.read_exception(sent(kind="leave", from_on="2026-06-01", to_on="2026-06-08"), today=TODAY)

    assert found.from_on == date(2026, 6, 1)


# ------------------------------------------------------- rules and profile
USUAL = {
    "zone": "Europe/London",
    "nation": "england-and-wales",
    "lengths": "60",
    "buffer": "15",
    "notice": "24",
    "horizon": "56",
}


def test_rules_are_read() -> None:
    told = {**USUAL, "most_a_day": "3", "place": "Room 4", "link": "https://meet.example/ä", "confirms": "yes"}

    found = forms.read_rules(Fields([*told.items(), ("lengths", "45")]))

    assert found == CoachRules(
        lengths=(45, 60), most_a_day=3, place="Room 4", link="https://meet.example/%C3%A4", confirms=True
    )


def test_a_length_that_was_set_elsewhere_stays() -> None:
    assert forms.read_rules(sent(**{**USUAL, "lengths": "50"}), offered=[50, 60]).lengths == (50,)
    assert list(wrong(forms.read_rules, sent(**{**USUAL, "lengths": "50"}))) == ["lengths"]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"nation": "wales"}, "nation"),
        ({"lengths": ""}, "lengths"),
        ({"buffer": ""}, "buffer"),
        ({"buffer": "241"}, "buffer"),
        ({"notice": "-1"}, "notice"),
        ({"notice": "48", "horizon": "2"}, "notice"),
        ({"horizon": "0"}, "horizon"),
        ({"most_a_day": "0"}, "most_a_day"),
        ({"most_a_day": "3", "most_a_week": "2"}, "most_a_day"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"place": "x" * 301}, "place"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(changed: dict[str, str], where: str) -> None:
    assert list(wrong(forms.read_rules, sent(**{**USUAL, **changed}))) == [where]


def test_nothing_in_the_profile_is_needed() -> None:
    assert forms.read_profile(sent()) == CoachProfile()
    assert forms.read_profile(sent(headline=" I  listen ", profile="One\r\n\r\nTwo")) == CoachProfile(
        headline="I listen", profile="One\n\nTwo"
    )
    assert list(wrong(forms.read_profile, sent(headline="x" * 161, profile="x" * 4001))) == ["headline", "profile"]


@pytest.mark.parametrize("nation", Nation)
def test_every_nation_can_be_chosen(nation: Nation) -> None:
    assert nation.value in dict(forms.NATIONS)
    assert forms.read_rules(sent(**{**USUAL, "nation": nation.value})).nation is nation
