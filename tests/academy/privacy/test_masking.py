"""Names of others are found however they are written, and nothing else is touched."""

from __future__ import annotations

import unicodedata
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from academy.privacy import masking
from academy.privacy.masking import ADDRESS_MASK, MASK, NUMBER_MASK, Others, masked, masked_values, others

OWN = "Mary Ann Lee"
KNOWN = others(
    ["John Smith", "Anne-Marie O’Neil", "José García Márquez", "Dr Jane Mary Doe", "Cher", "Theo Ther", "Ann Lee", OWN],
    own_name=OWN,
    own_addresses=["Mary.Lee@council.example", "o'lee@home.example"],
)


@pytest.mark.parametrize(
    "text",
    [
        "John Smith",
        "JOHN SMITH",
        "john smith",
        "John  \n Smith",
        "John\u00a0Smith",
        "john_smith",
        "Smith, John",
        "Anne-Marie O’Neil",
        "Anne Marie O'Neil",
        "Annemarie ONeil",
        "ANNE‑MARIE O NEIL",
        "O’Neil, Anne-Marie",
        "José García Márquez",
        "Jose Garcia Marquez",
        unicodedata.normalize("NFD", "JOSÉ GARCÍA MÁRQUEZ"),
        "García Márquez, José",
        "José Márquez",
        "Dr Jane Mary Doe",
        "Dr. Jane Mary Doe",
        "Jane Mary Doe",
        "Jane Doe",
        "Doe, Jane Mary",
        "Ann Lee",
    ],
)
def test_a_full_name_of_somebody_else_is_masked(text: str) -> None:
    assert masked(f"Said to {text}’s manager.", KNOWN).startswith(f"Said to {MASK}")
    assert masked(f"({text})", KNOWN).count(MASK) == 1
    assert [part for part in text.split() if len(part) > 2 and part in masked(text, KNOWN)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Goals were agreed. Nothing else was said.",
        "Mary Ann Lee",
        "MARY ANN LEE, and Lee, Mary Ann",
        "the other",
        "Cher",
        "John and Smith",
        "Write to mary.lee@council.example or 'o'lee@home.example'.",
        "On 2026-06-01 at 09:30, 12 of 0123 people",
        "Zeit\u00adschrift, naïve, 3½ hours, 😀",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert masked(text, KNOWN) == text


def test_the_longest_name_counts() -> None:
    """Ann Lee is somebody else, and a part of one's own name."""
    assert masked("Mary Ann Lee wrote to Ann Lee.", KNOWN) == f"Mary Ann Lee wrote to {MASK}."


def test_the_own_name_without_its_middle_may_be_somebody_elses() -> None:
    known = others(["Mary Lee"], own_name=OWN, own_addresses=[])

    assert masked("Mary Lee and Mary Ann Lee", known) == f"{MASK} and Mary Ann Lee"


def test_a_namesake_is_not_masked() -> None:
    assert masked("Mary Ann Lee", others([OWN, OWN], own_name=OWN, own_addresses=[])) == "Mary Ann Lee"


@pytest.mark.parametrize(
    "address", ["john@x.example", "J.Smith+leaders@x.co.example", "o’neil@x.example", "JOHN@X.EXAMPLE"]
)
def test_an_address_of_somebody_else_is_masked(address: str) -> None:
    assert masked(f"Ask <{address}>, or mary.lee@council.example.", KNOWN) == (
        f"Ask <{ADDRESS_MASK}>, or mary.lee@council.example."
    )


@pytest.mark.parametrize(
    "number", ["020 7946 0018", "07700 900123", "+44 7700 900123", "+44 (0)20 7946 0018", "(01632) 960-123"]
)
def test_a_telephone_number_is_masked(number: str) -> None:
    assert masked(f"Call {number} today.", KNOWN) == f"Call {NUMBER_MASK} today."


def test_a_document_is_masked_in_all_its_texts_and_keeps_its_shape() -> None:
    said: dict[str, Any] = {"note": "John Smith", "all": ["Ann Lee", 3, None, {"by": "john@x.example"}], "yes": True}

    assert masked_values(said, KNOWN) == {"note": MASK, "all": [MASK, 3, None, {"by": ADDRESS_MASK}], "yes": True}


# ------------------------------------------------------------- whatever comes
LETTERS = "abcdeilnorstu"
a_word = st.builds(
    lambda word, accent: unicodedata.normalize("NFC", word[0] + accent + word[1:]),
    st.text(LETTERS, min_size=2, max_size=6),
    st.sampled_from(["", "", "\u0301", "\u0308"]),
)
a_name = st.builds(
    lambda words, between: "".join(each + gap for each, gap in zip(words, [*between, ""], strict=False)),
    st.lists(a_word, min_size=2, max_size=4),
    st.lists(st.sampled_from([" ", " ", "-", " O'"]), min_size=3, max_size=3),
).map(lambda name: name.title().strip())
an_own_name = st.lists(st.text("hjkmpw", min_size=2, max_size=6), min_size=2, max_size=3).map(
    lambda ws: " ".join(ws).title()
)
words_between = st.text("fgvxyz .,;:\n()0123456789–’", max_size=12)


@st.composite
def a_way_of_writing(draw: st.DrawFn, name: str) -> str:
    """The same name with other capitals, spaces, hyphens, apostrophes and accents."""
    if draw(st.booleans()):
        name = unicodedata.normalize("NFD", name)
    if draw(st.booleans()):
        name = "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each))
    name = name.replace("'", draw(st.sampled_from(["'", "’", "", " "])))
    name = name.replace("-", draw(st.sampled_from(["-", "‑", " ", "–"])))
    name = name.replace(" ", draw(st.sampled_from([" ", "  ", "\n", "\u00a0", ", ", "_"])))
    return draw(st.sampled_from([str.lower, str.upper, str.title, str]))(name)


def stays(text: str, known: Others) -> list[str]:
    """Names of others that are still in a text, looked for without the rule that is tried."""
    pieces = text.replace(ADDRESS_MASK, MASK).replace(NUMBER_MASK, MASK).split(MASK)
    found = []
    for piece in pieces:
        plain = [each for each in (masking.fold(word) for word in masking._WORD.findall(piece)) if each]
        for start in range(len(plain)):
            found += [key for end in range(start + 2, start + 7) if (key := "".join(plain[start:end])) in known.names]
    return found


@st.composite
def a_text(draw: st.DrawFn) -> tuple[list[str], str, str]:
    """Names, one of them written in any way between other words, and the name of whose copy it is."""
    names = draw(st.lists(a_name.filter(lambda name: " " in name), min_size=1, max_size=4))
    written = draw(a_way_of_writing(draw(st.sampled_from(names))))
    return names, f"{draw(words_between)} {written} {draw(words_between)}", draw(an_own_name)


@given(a_text())
def test_no_full_name_survives_however_it_is_written(example: tuple[list[str], str, str]) -> None:
    names, text, own = example
    known = others(names, own_name=own, own_addresses=[])

    said = masked(text, known)

    assert MASK in said
    assert [key for key in stays(said, known) if key in {_key(name) for name in names}] == []


def _key(name: str) -> str:
    return "".join(masking.fold(word) for word in masking._WORD.findall(name))


@given(a_text())
def test_masking_once_more_changes_nothing(example: tuple[list[str], str, str]) -> None:
    names, text, own = example
    known = others([*names, "Somebody Else", "Else Address"], own_name=own, own_addresses=[])

    once = masked(text, known)

    assert masked(once, known) == once


@given(a_text(), st.data())
def test_the_own_name_stays(example: tuple[list[str], str, str], data: st.DataObject) -> None:
    names, text, own = example
    assume(own.casefold() not in [name.casefold() for name in names])
    known = others([*names, own], own_name=own, own_addresses=["me@home.example"])
    written = data.draw(a_way_of_writing(own))

    said = masked(f"{text} . me@home.example . {written}", known)

    assert said.endswith(f"me@home.example . {written}")


@given(st.text(max_size=80))
def test_a_text_without_names_is_unchanged(text: str) -> None:
    assume("@" not in text and sum(each.isdigit() for each in text) < 9)

    assert masked(text, others(["Mia Mentor"], own_name=OWN, own_addresses=[])) == text or "mentor" in text.lower()


# ---------------------------------------------------------------------- speed
def looks(text: str, names: list[str]) -> int:
    """How often a name is looked up while a text is masked."""
    known = others(names, own_name=OWN, own_addresses=[])

    class Counted(dict[str, int]):
        asked = 0

        def get(self, key: str, default: int = 0) -> int:  # type: ignore[override]
            Counted.asked += 1
            return super().get(key, default)

    masked(text, Others(**{**{name: getattr(known, name) for name in known.__struct_fields__},
                           "names": Counted(known.names)}))  # fmt: skip
    return Counted.asked


def names(how_many: int) -> list[str]:
    return [f"Name{_letters(number)} Sur{_letters(number)}" for number in range(how_many)]


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(each)] for each in f"{number:05}")


@pytest.mark.parametrize("text", ["a ", "name sur ", "Word by word ", "x@"])
def test_twice_the_text_is_twice_the_work(text: str) -> None:
    many = names(100)

    assert looks(text * 400, many) <= 2 * looks(text * 200, many) + 100


def test_more_names_are_not_more_work() -> None:
    text = "Something was said of the budget, and of naming it. " * 100

    assert looks(text, names(5_000)) <= looks(text, names(5)) * 2


@pytest.mark.parametrize("text", ["a" * 200_000, "0" * 200_000, "a@" * 100_000, "+4" * 100_000, "a\u0301" * 100_000])
def test_a_long_run_is_read_once(text: str) -> None:
    """One letter after the other, without a space: what looks for addresses must not begin anew at each."""
    steps = 0
    search = masking._ADDRESS

    class Stepping:
        def sub(self, put: Any, within: str) -> str:
            nonlocal steps
            steps += sum(1 for _ in search.finditer(within)) + 1
            return search.sub(put, within)

    with patch.object(masking, "_ADDRESS", Stepping()):
        masked(text, KNOWN)

    assert steps <= len(text)
