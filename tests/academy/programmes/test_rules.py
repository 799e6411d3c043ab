"""The rules of programmes: status, slugs, hours, logos."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.programmes import rules
from academy.programmes.tables import ProgrammeKind, ProgrammeStatus

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 20


@pytest.mark.parametrize("status", ProgrammeStatus)
@pytest.mark.parametrize("to", ProgrammeStatus)
def test_a_programme_moves_only_by_the_table(status: ProgrammeStatus, to: ProgrammeStatus) -> None:
    if to in rules.MOVES[status]:
        assert rules.move(status, to) is to
    else:
        with pytest.raises(rules.ForbiddenMove):
            rules.move(status, to)


def test_every_kind_and_status_has_words() -> None:
    assert set(rules.KIND_WORDS) == set(ProgrammeKind)
    assert set(rules.STATUS_WORDS) == set(ProgrammeStatus)


@pytest.mark.parametrize(
    ("status", "summary", "description", "sentence"),
    [
        ("draft", "S", "D", ""),
        ("archived", "S", "D", ""),
        ("published", "S", "D", "This programme is published already."),
        ("draft", "", "D", "Add a summary before you publish."),
        ("draft", "", "", "Add a summary and a description before you publish."),
    ],
)
def test_publishing_needs_texts(status: str, summary: str, description: str, sentence: str) -> None:
    assert rules.why_not_publish(status=status, summary=summary, description=description) == sentence


# ------------------------------------------------------------------- slugs
@given(st.text(max_size=200), st.integers(5, 80))
def test_a_slug_can_stand_in_an_address(text: str, most: int) -> None:
    made = rules.slug(text, most=most)

    assert 1 <= len(made) <= most
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert rules.slug(made, most=most) == made


@given(st.text(max_size=100), st.lists(st.integers(1, 12)))
def test_a_free_slug_is_free_and_short_enough(text: str, numbers: list[int]) -> None:
    wanted = rules.slug(text, most=80)
    taken = {wanted, *(f"{wanted[:77]}-{number}" for number in numbers)}

    made = rules.free_slug(wanted, taken)

    assert made not in taken
    assert len(made) <= 80


def test_slugs_read_like_the_name() -> None:
    assert rules.slug("Empowering Women – NI (Béal Feirste)") == "empowering-women-ni-beal-feirste"
    assert rules.free_slug("top-talent", {"top-talent", "top-talent-2"}) == "top-talent-3"


# ------------------------------------------------------------------- hours
@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("6", 360),
        ("1.5", 90),
        ("1h 30m", 90),
        ("1:30", 90),
        ("90 minutes", 90),
        ("90m", 90),
        ("1 hour 30 minutes", 90),
        ("2 hours and 5 mins", 125),
        ("0.25", 15),
        ("0", 0),
        ("3000", None),
        ("", None),
        ("six", None),
        ("-1", None),
        ("1:75", None),
        ("1e3", None),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, minutes: int | None) -> None:
    assert rules.minutes_of(typed) == minutes


@given(st.integers(0, rules.MOST_MINUTES))
def test_hours_shown_in_a_form_are_read_back_the_same(minutes: int) -> None:
    assert rules.minutes_of(rules.typed_hours(minutes)) == minutes


# ------------------------------------------------------------------- logos
@pytest.mark.parametrize(("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_a_logo_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert rules.logo_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a", PNG[:8], JPEG[:-2], b"%PDF-1.7"],
)
def test_anything_else_is_no_logo(content: bytes) -> None:
    with pytest.raises(rules.BadLogo, match="PNG, JPEG or WebP"):
        rules.logo_type(content)


def test_a_logo_of_more_than_512_kilobytes_is_refused() -> None:
    rules.logo_type(PNG + b"\0" * (512 * 1024 - len(PNG)))

    with pytest.raises(rules.BadLogo, match="512 KB"):
        rules.logo_type(PNG + b"\0" * (512 * 1024 - len(PNG) + 1))


# ------------------------------------------------------------ sponsorships
def test_a_sponsorship_holds_on_its_first_and_its_last_day() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)

    held = [rules.holds(first, last, on) for on in (date(2025, 12, 31), first, last, date(2027, 1, 1))]

    assert held == [False, True, True, False]
    assert rules.holds(first, None, date(2099, 1, 1))


def test_a_sponsorship_does_not_end_before_it_starts() -> None:
    with pytest.raises(rules.BadSponsorship):
        rules.check_dates(from_on=date(2026, 1, 2), to_on=date(2026, 1, 1))
