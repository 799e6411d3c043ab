"""Numbers, titles, moves, and when a certificate needs a decision."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from academy.alumni import forms, rules
from academy.alumni.tables import CertificateState as S
from academy.errors import Invalid

ON = datetime(2026, 7, 2, 12, tzinfo=UTC)


def test_a_number_can_be_read_out_and_tells_nothing() -> None:
    numbers = {rules.new_number(2026) for _ in range(500)}

    assert len(numbers) == 500
    assert all(re.fullmatch(r"LA-2026-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", number) for number in numbers)


def test_a_code_has_128_bits_and_looks_like_one() -> None:
    codes = {rules.new_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(forms.looks_like_a_code(code) for code in codes)


@pytest.mark.parametrize(
    ("programme", "cohort", "title", "beside"),
    [
        ("Top Talent", "Top Talent, Essex", "Top Talent, Essex", "Essex"),
        ("Top Talent", "Essex, June 2026", "Top Talent: Essex, June 2026", "Essex, June 2026"),
        ("Top Talent", "Top Talent", "Top Talent", ""),
        ("Top Talent", "Top Talented people", "Top Talented people", "Top Talented people"),
        ("Top Talent", "", "Top Talent", ""),
        ("Top Talent", "Top Talent – autumn", "Top Talent – autumn", "Autumn"),
    ],
)
def test_a_title_names_the_programme_once(programme: str, cohort: str, title: str, beside: str) -> None:
    assert rules.title(programme, cohort) == title
    assert rules.cohort_beside(programme, cohort) == beside


@given(some.text(max_size=160), some.text(max_size=200))
def test_any_title_fits(programme: str, cohort: str) -> None:
    assert len(rules.title(programme, cohort)) <= 200
    rules.cohort_beside(programme, cohort)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "none"),
        (1, "1 minute"),
        (60, "1 hour"),
        (90, "1 hour 30 minutes"),
        (720, "12 hours"),
        (121, "2 hours 1 minute"),
    ],
)
def test_hours_in_words(minutes: int, words: str) -> None:
    assert rules.hours(minutes) == words


def test_an_ended_certificate_goes_nowhere() -> None:
    assert rules.move(S.VALID, S.REVOKED) is S.REVOKED
    for state in (S.REVOKED, S.SUPERSEDED):
        for to in S:
            with pytest.raises(rules.CertificateEnded):
                rules.move(state, to)


def test_registers_that_agree_need_no_decision() -> None:
    assert rules.corrected(certificate_minutes=360, register_minutes=360, missed_compulsory=[], on=ON) == ""


def test_a_compulsory_session_missed_after_all_is_named() -> None:
    text = rules.corrected(certificate_minutes=360, register_minutes=360, missed_compulsory=["Day 2"], on=ON)

    assert text == "Attendance was corrected on 2 July 2026: Day 2 is compulsory."


CODE = "Qm3xJ0c1T2yZtq8Vw9LhKA"


@pytest.mark.parametrize(
    "pasted",
    [
        CODE,
        f"  {CODE}\n",
        f"https://academy.example.org/verify/{CODE}",
        f"academy.example.org/verify/{CODE}/",
        f"/verify/{CODE}?utm_source=x#top",
        f"academy.example.org/verify/{CODE}.",
    ],
)
def test_a_code_is_found_in_what_people_paste(pasted: str) -> None:
    assert forms.code_in(pasted) == CODE


@pytest.mark.parametrize("pasted", ["", "LA-2026-7F3K-9QXW", CODE[:-1], CODE + "x", "../../etc/passwd", "ŵ" * 22])
def test_anything_else_is_no_code(pasted: str) -> None:
    assert forms.code_in(pasted) == ""


def test_a_correction_collects_every_error() -> None:
    with pytest.raises(Invalid) as refused:
        forms.parse_correction({"name": "  ", "contact_minutes": "-3", "cpd_minutes": "1e9"})

    assert set(refused.value.errors) == {"name", "contact_minutes", "cpd_minutes"}
