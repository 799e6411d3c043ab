"""Text from people: what is kept, what is dropped, what can never become a link."""

import pytest

from academy.outbox.plain import ascii_domain, clean_line, clean_text, unlinked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoë O'Neill", "Zoë O'Neill"),
        ("  two  blanks ", "two blanks"),
        ("a\tb", "a b"),
        ("a\r\nb\rc\x0bd\u2028e\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("a\x00b\x1fc\x7fd\x9fe", "abcde"),
        ("\ufeffa\ud800b", "ab"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("👩‍💻 שלום", "👩‍💻 שלום"),
        ("\n\na\n\n", "a"),
        ("", ""),
    ],
)
def test_text_keeps_its_words_and_lines_and_loses_what_nobody_can_see(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept
    assert clean_text(kept) == kept


def test_a_line_is_one_line() -> None:
    assert clean_line("Priya\r\nBcc: x@y.example\n\nShah ") == "Priya Bcc: x@y.example Shah"


@pytest.mark.parametrize("text", ["Priya Shah", "Dr. Shah", "9:30am", "24.6.2026", "e.g. this", "A & B", "St. Mary's"])
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert unlinked(text) == text


@pytest.mark.parametrize("text", ["http://evil.example", "evil.com", "a@b.example"])
def test_what_looks_like_an_address_is_parted_without_showing(text: str) -> None:
    assert unlinked(text) != text
    assert unlinked(text).replace("\u2060", "") == text


def test_a_domain_is_written_in_ascii_and_the_rest_is_left() -> None:
    assert ascii_domain("jörg@bücher.example") == "jörg@xn--bcher-kva.example"
    assert ascii_domain("Priya@Council.example") == "Priya@Council.example"
    with pytest.raises(ValueError, match="mail server"):
        ascii_domain("a@bü..cher")
