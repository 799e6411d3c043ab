from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from academy.people import rules


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("Ana@Council.Gov.UK", "ana@council.gov.uk"),
        (" ana@council.gov.uk ", "ana@council.gov.uk"),
        ("ana+academy@council.gov.uk", "ana+academy@council.gov.uk"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("re\u0301ne\u0301@council.example", "réné@council.example"),
    ],
)
def test_two_spellings_of_an_address_are_the_same(address: str, same: str) -> None:
    assert rules.normalise(address) == same


@pytest.mark.parametrize(
    "address", ["", "ana", "@council.example", "ana@", "a@" + "b" * 260 + ".example", "a@\udc80.uk"]
)
def test_what_is_no_address_has_no_normal_form(address: str) -> None:
    with pytest.raises(rules.NotAnAddress):
        rules.normalise(address)


@given(some.emails())
def test_a_normal_form_is_its_own_normal_form(address: str) -> None:
    assert rules.normalise(rules.normalise(address)) == rules.normalise(address)


@pytest.mark.parametrize(
    "address",
    [
        "ana@council.example\nBcc: all@council.example",
        "Ana <ana@council.example>",
        "ana@council.example,bob@council.example",
        "ana\0@council.example",
        "ana@council",
        "a" * 250 + "@council.example",
    ],
)
def test_an_address_that_writes_a_header_or_two_recipients_is_refused(address: str) -> None:
    with pytest.raises(rules.NotAnAddress):
        rules.check_address(address)


_LOCAL = some.text("aBz9_.+-'INFO@ !", min_size=1, max_size=12)
_DOMAIN = some.text("aZ9.-_xn", min_size=1, max_size=14) | some.sampled_from(["x.uk", "x", "xn--bcher-kva.example"])


@given(_LOCAL, _DOMAIN)
def test_an_ordinary_address_is_judged_like_any_other(local: str, domain: str) -> None:
    def judged(check: Callable[[str], str]) -> str:
        try:
            return check(f"{local}@{domain}")
        except rules.NotAnAddress:
            return "refused"

    assert judged(rules.check_address) == judged(lambda address: rules._checked(address.strip()))


def test_a_role_is_written_small() -> None:
    assert rules.check_address("INFO@Council.Example") == "info@council.example"
    assert rules.check_address("Ana.Info@Council.Example") == "Ana.Info@council.example"


@pytest.mark.parametrize("name", ["Ana\nBcc: all@x.uk", "Ana\x00", "Ana\u202etxt", "Ana\u2028B", "Ana\ud800", "A\x85B"])
def test_a_name_with_a_line_break_or_control_character_is_refused(name: str) -> None:
    with pytest.raises(rules.NotAName, match="^The name has a character that cannot be used"):
        rules.check_name(name)


@pytest.mark.parametrize("name", ["See https://evil.example", "www.evil.example", "Ana <b>", "ftp://x"])
def test_a_name_that_is_a_message_is_refused(name: str) -> None:
    with pytest.raises(rules.NotAName, match="^Enter a name without links"):
        rules.check_name(name)


@pytest.mark.parametrize(
    "name", ["Siân O’Connor-Ní Dhomhnaill", "Nguyễn Thị Minh Khai", "李小龙", "J. R. Hartley", "X Æ"]
)
def test_names_of_people_are_taken_as_they_are(name: str) -> None:
    assert rules.check_name(f"  {name} ") == name


def test_a_name_has_an_end() -> None:
    assert rules.check_name("A" * 120) == "A" * 120
    with pytest.raises(rules.NotAName, match="^The name must be 120 characters or fewer"):
        rules.check_name("A" * 121)
    with pytest.raises(rules.NotAName, match="^Enter a name"):
        rules.check_name(" \t ")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dr Siân Evans", "Sian EVANS"), ("Evans, Sian", "Sian Evans"), ("Łukasz Nowak", "lukasz  nowak"), ("Mr", "mr")],
)
def test_spellings_of_a_name_are_alike(one: str, other: str) -> None:
    assert rules.likeness(one) == rules.likeness(other)


def test_two_persons_are_perhaps_the_same_by_name_or_by_a_tag_only() -> None:
    assert rules.perhaps_the_same("Ana Lee", ["ana@a.uk"], "Lee, Ana", ["lee@b.uk"])
    assert rules.perhaps_the_same("Ana Lee", ["ana@a.uk"], "A. Smith", ["ana+old@a.uk"])
    assert not rules.perhaps_the_same("Ana Lee", ["ana@a.uk"], "Anna Lee", ["anna@a.uk"])
